"""Finer cases of rules about packages, the user model and resets: when they speak, and when they do not."""

from __future__ import annotations

import pytest

from tests.projects import analysed, marked

EMPTY = "from django.db import migrations\nclass Migration(migrations.Migration): pass\n"
BLOG = f"""
# blog/__init__.py
# blog/models.py
# blog/migrations/__init__.py
# blog/migrations/0001_initial.py
{EMPTY}"""


def settings(*lines: str, apps: str = "'django.contrib.auth', 'django.contrib.contenttypes', 'blog'") -> str:
    return "\n".join((f"\n# settings.py\nINSTALLED_APPS = [{apps}]", *lines, ""))


def found(text: str, family: str = "MS") -> list[str]:
    return sorted(f.code for f in analysed(text).findings if f.code.startswith(family))


def places(text: str, code: str) -> set[tuple[str, int]]:
    return {(f.file, f.line) for f in analysed(text).findings if f.code == code}


# ---------------------------------------------------------------- MIGRATION_MODULES


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("{'blog': 'blog.other'}", ["MS112"]),
        ("{'blogs': 'blog.migrations'}", ["MS112"]),
        ("{'blog': 'blog.migrations'}", []),
        ("{'blog': None}", []),
        ("{'auth': 'elsewhere.migrations'}", []),
        ("{'blog': 'elsewhere.migrations'}", ["MS112"]),
        ("{'blog': unknown()}", []),
        ("unknown()", []),
    ],
)
def test_where_migrations_are_kept(value: str, codes: list[str]) -> None:
    assert found(settings(f"MIGRATION_MODULES = {value}") + BLOG, "MS1") == codes


def test_the_line_of_the_setting_is_blamed_wherever_it_is() -> None:
    text = """
# settings.py
from base import *
# base.py
INSTALLED_APPS = ["blog"]
MIGRATION_MODULES = {"blog": "blog.other"}  # MS112
"""
    assert places(text + BLOG, "MS112") == marked(text, "MS112")


def test_a_folder_of_migrations_that_holds_no_python_is_there_all_the_same() -> None:
    text = settings("MIGRATION_MODULES = {'blog': 'blog.old_migrations'}") + BLOG
    readme = "# blog/old_migrations/README.md\nMoved.\n"
    error, warning = (
        next(f for f in analysed(text + more).findings if f.code == "MS112") for more in ("", readme)
    )
    assert (error.severity.value, error.message.split(", ")[1]) == ("error", "which does not exist")
    assert (warning.severity.value, warning.message.split(", ")[1]) == (
        "warning",
        "which holds none: Django reads none",
    )


def test_a_module_named_migrations_is_no_package_of_migrations() -> None:
    text = (
        settings()
        + "# blog/__init__.py\n# blog/models.py\n# blog/migrations.py\nx = 1\n# blog/tools.py\ny = 1\n"
    )
    assert found(text) == []


# ---------------------------------------------------------------- packages' migrations


@pytest.mark.parametrize(
    ("dependency", "codes"),
    [
        ("('auth', '0001_initial')", []),
        ("('auth', '0099_own')", ["MS113"]),
        ("('auth', '__first__')", ["MS109"]),
        ("('elsewhere', '0099_own')", []),
        ("('elsewhere', '0002_auto_20200101_1200')", ["MS114"]),
        ("('auth', '0002_auto_20200101_1200')", ["MS113"]),
        ("('waffle', '0099_own')", []),
    ],
)
def test_dependencies_on_packages(dependency: str, codes: list[str]) -> None:
    text = BLOG.replace("Migration): pass", f"Migration):\n    dependencies = [{dependency}]")
    assert found(settings() + text, "MS1") == codes


@pytest.mark.parametrize(
    ("required", "codes"),
    [("==2.2.1", ["MS113"]), ("==2.3.0", []), (">=2.0,<4.0", []), ("==9.0", [])],
    ids=["known", "between two known ones", "several", "later than all known ones"],
)
def test_what_a_package_lacks_is_known_of_the_pinned_version_alone(required: str, codes: list[str]) -> None:
    dependency = "    dependencies = [('waffle', '0099_own')]"
    text = settings(apps="'django.contrib.auth', 'django.contrib.contenttypes', 'waffle', 'blog'")
    text += BLOG.replace("Migration): pass", f"Migration):\n{dependency}")
    assert found(f"{text}# requirements.txt\ndjango-waffle{required}\n", "MS1") == codes


# ---------------------------------------------------------------- max_migration.txt


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ("0001_initial", []),
        ("0001_initial\n\n", []),
        ("0001_other", ["MS115"]),
        ("0001_initial\n0001_other", ["MS115"]),
        ("<<<<<<< HEAD\n0001_initial", ["MS115"]),
    ],
)
def test_lists_of_last_migrations(lines: str, codes: list[str]) -> None:
    text = f"{settings()}{BLOG}# blog/migrations/max_migration.txt\n{lines}\n"
    assert found(text, "MS1") == codes


# ---------------------------------------------------------------- relations

PEOPLE = """
# people/__init__.py
# people/models.py
from django.contrib.auth.models import AbstractUser
class Person(AbstractUser): ...
"""
WITH_PEOPLE = "'django.contrib.auth', 'django.contrib.contenttypes', 'people', 'blog'"


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        ("models.ForeignKey('people.Person', models.CASCADE)", []),
        ("models.ForeignKey('people.Nobody', models.CASCADE)", ["MS203"]),
        ("models.ManyToManyField('people.Nobody')", ["MS203"]),
        ("models.ForeignKey('Nobody', models.CASCADE)", ["MS203"]),
        ("models.ForeignKey('self', models.CASCADE)", []),
        ("models.ForeignKey('elsewhere.Thing', models.CASCADE)", []),
        ("models.ForeignKey('auth.User', models.CASCADE)", ["MS204"]),
        ("models.ForeignKey('auth.Group', models.CASCADE)", []),
        ("models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)", []),
        ("models.ForeignKey(find(), models.CASCADE)", []),
    ],
)
def test_targets(field: str, codes: list[str]) -> None:
    text = f"""
# blog/__init__.py
# blog/models.py
from django.conf import settings
from django.db import models
class Post(models.Model):
    other = {field}
"""
    chosen = settings("AUTH_USER_MODEL = 'people.Person'", apps=WITH_PEOPLE)
    assert found(chosen + PEOPLE + text, "MS2") == codes


def test_a_swap_that_is_not_decided_is_no_error() -> None:
    text = """
# blog/__init__.py
# blog/models.py
from django.db import models
class Post(models.Model):
    other = models.ForeignKey('auth.User', models.CASCADE)
"""
    chosen = settings("AUTH_USER_MODEL = unknown()", apps=WITH_PEOPLE)
    assert found(chosen + PEOPLE + text, "MS2") == []


def relating(dependencies: str, operation: str = "", people: str = "") -> str:
    operation = operation or (
        "migrations.AddField('post', 'by', models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE))"
    )
    return f"""
# people/migrations/__init__.py
# people/migrations/0001_initial.py
from django.db import migrations, models
class Migration(migrations.Migration):
    {people or "operations = [migrations.CreateModel('Person', [])]"}
# blog/__init__.py
# blog/models.py
# blog/migrations/__init__.py
# blog/migrations/0001_initial.py
from django.conf import settings
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [{dependencies}]
    operations = [{operation}]
"""


@pytest.mark.parametrize(
    ("dependencies", "operation", "codes"),
    [
        ("", "", ["MS205"]),
        ("migrations.swappable_dependency(settings.AUTH_USER_MODEL)", "", []),
        ("('people', '0001_initial')", "", []),
        ("('contenttypes', '0001_initial')", "", ["MS205"]),
        ("('admin', '0001_initial')", "", []),
        ("('unknown', '0001_initial')", "", []),
        ("('blog', '0000_gone')", "", []),
        ("", "migrations.RunPython(settings.AUTH_USER_MODEL)", []),
        ("", "migrations.AddField('post', 'n', models.IntegerField())", []),
    ],
)
def test_who_relates_to_users_depends_on_them(dependencies: str, operation: str, codes: list[str]) -> None:
    apps = f"{WITH_PEOPLE}, 'django.contrib.admin'"
    text = (
        settings("AUTH_USER_MODEL = 'people.Person'", apps=apps) + PEOPLE + relating(dependencies, operation)
    )
    assert found(text, "MS2") == codes


def test_only_the_first_that_relates_to_users_is_blamed() -> None:
    more = relating("").partition("# blog/migrations/0001_initial.py\n")[2].replace("'by'", "'also'")
    more = more.replace("dependencies = []", "dependencies = [('blog', '0001_initial')]")
    text = settings("AUTH_USER_MODEL = 'people.Person'", apps=WITH_PEOPLE) + PEOPLE + relating("")
    assert {file for file, _ in places(f"{text}# blog/migrations/0002_more.py\n{more}", "MS205")} == {
        "blog/migrations/0001_initial.py"
    }


def test_a_user_model_renamed_in_the_first_migration_is_there() -> None:
    people = "operations = [migrations.CreateModel('Human', []), migrations.RenameModel('Human', 'Person')]"
    chosen = settings("AUTH_USER_MODEL = 'people.Person'", apps=WITH_PEOPLE) + PEOPLE
    assert found(chosen + relating("('people', '0001_initial')", people=people), "MS206") == []
    people = "operations = unknown()"
    assert found(chosen + relating("('people', '0001_initial')", people=people), "MS206") == []


# ---------------------------------------------------------------- resets


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ("is_dangerous = True", ["MS505"]),
        ("def apply(self, *args): pass", ["MS505"]),
        ("LIMIT = 3\n    operations = [migrations.RunSQL('x' * LIMIT)]", []),
        ("if connection.vendor == 'sqlite':\n        fast = 1\n    if fast:\n        operations = []", []),
        ("def forward(apps, editor): pass", []),
        ("initial = True\n    atomic = False\n    replaces = []", []),
        ('"""What it does."""', []),
    ],
)
def test_attributes_of_a_migration(lines: str, codes: list[str]) -> None:
    text = BLOG.replace("Migration): pass", f"Migration):\n    {lines}")
    assert found(text, "MS5") == codes


@pytest.mark.parametrize(
    ("path", "line", "codes"),
    [
        ("Dockerfile", 'CMD ["python", "manage.py", "migrate"]', ["MS506"]),
        ("docker-compose.yml", "command: python manage.py migrate --noinput", ["MS506"]),
        ("deploy/entrypoint.sh", "python -m django-admin migrate", ["MS506"]),
        ("Procfile", "release: ./manage.py migrate", ["MS506"]),
        ("Dockerfile", "# RUN python manage.py migrate", []),
        ("Dockerfile", "RUN python manage.py migrate --check", []),
        ("Dockerfile", "RUN python manage.py makemigrations", []),
        ("Makefile", "manage.py migrate", []),
        ("README.md", "manage.py migrate", []),
    ],
)
def test_what_migrates_when_it_starts(path: str, line: str, codes: list[str]) -> None:
    assert found(f"{BLOG}# {path}\n{line}\n", "MS5") == codes


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ("DATABASES = {'default': {}}", []),
        ("DATABASES = {'default': {}, 'old': {}}", ["MS507"]),
        ("DATABASE_ROUTERS = ['x.Router']", ["MS507"]),
        ("DATABASE_ROUTERS = []", []),
        ("TENANT_APPS = ['blog']", ["MS507"]),
    ],
)
def test_several_databases(lines: str, codes: list[str]) -> None:
    assert found(settings(lines) + BLOG, "MS5") == codes


def test_a_package_that_depends_on_a_name_is_a_warning() -> None:
    text = f"""{settings(apps="'sites', 'django.contrib.redirects'")}
# sites/__init__.py
# sites/models.py
# sites/migrations/__init__.py
# sites/migrations/0001_initial.py
{EMPTY}"""
    (finding,) = (f for f in analysed(text).findings if f.code == "MS503")
    assert (finding.severity.value, finding.file) == ("warning", "sites/migrations/0001_initial.py")
    assert "redirects.0001_initial" in finding.message


# ---------------------------------------------------------------- two apps of one label

AUTHOR = """
# auth/__init__.py
# auth/models.py
# blog/__init__.py
# blog/models.py
from django.db import models
class Post(models.Model):
    author = models.ForeignKey("auth.User", models.CASCADE)
"""


@pytest.mark.parametrize(
    ("apps", "more", "codes"),
    [
        ("'auth', 'blog'", "", ["MS203"]),
        ("'django.contrib.auth', 'auth', 'blog'", "", []),
        ("'auth', 'blog'", "from base import MORE\nINSTALLED_APPS += MORE", []),
    ],
    ids=["the project's own", "both, as before Django 1.7", "perhaps both"],
)
def test_a_target_in_one_of_two_apps_of_that_label_may_be_the_others(
    apps: str, more: str, codes: list[str]
) -> None:
    assert found(settings(more, apps=apps) + AUTHOR, "MS203") == codes


# ---------------------------------------------------------------- hidden schema


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("'ALTER TABLE post ADD COLUMN more integer'", "the column more of post"),
        ("'ALTER TABLE post ADD COLUMN ' + name() + ' integer'", "a column of post whose name is computed"),
        ("'CREATE INDEX ON post (title)'", "the index of post"),
    ],
)
def test_hidden_schema_is_named_as_far_as_source_names_it(sql: str, said: str) -> None:
    body = (
        "from elsewhere import name\nclass Migration(migrations.Migration):\n"
        f"    operations = [migrations.RunSQL({sql}, '')]\n"
    )
    text = BLOG.replace("class Migration(migrations.Migration): pass\n", body)
    (message,) = (one.message for one in analysed(text).findings if one.code == "MS402")
    assert message.partition(", which")[0] == f"blog.0001_initial: RunSQL makes {said}"
