"""Migration files: which there are, and what they say as far as source decides it."""

from __future__ import annotations

import pytest

from analyzer.history.values import Key, Migration
from tests.projects import analysed

BLOG = """
# settings.py
INSTALLED_APPS = ["blog"]
SECRET_KEY = "x"
# blog/__init__.py
# blog/models.py
# blog/migrations/__init__.py
# blog/migrations/0001_initial.py
from django.db import migrations
class Migration(migrations.Migration):
    initial = True
"""


def migration(body: str, before: str = "", settings: str = "", **files: str) -> Migration:
    """The migration `blog.0002_it` with these lines in its class, beside an empty `0001_initial`."""
    text = BLOG.replace('SECRET_KEY = "x"\n', f'SECRET_KEY = "x"\n{settings}')
    text += "# blog/migrations/0002_it.py\nfrom django.conf import settings\n"
    text += f"from django.db import migrations, models\n{before}\nclass Migration(migrations.Migration):\n"
    text += "".join(f"    {line}\n" for line in body.splitlines())
    text += "".join(f"# blog/{name}.py\n{content}\n" for name, content in files.items())
    found = analysed(text).migration(("blog", "0002_it"))
    assert found is not None
    return found


def names(text: str) -> list[str]:
    """The migrations of a project, as "app.name"."""
    return [".".join(found.key) for found in analysed(text).migrations]


EMPTY = "from django.db import migrations\nclass Migration(migrations.Migration): pass\n"


@pytest.mark.parametrize("name", ["0002_second", "second", "0002-second", "é"])
def test_every_module_with_a_migration_is_one(name: str) -> None:
    assert names(f"{BLOG}# blog/migrations/{name}.py\n{EMPTY}") == sorted(
        ["blog.0001_initial", f"blog.{name}"]
    )


@pytest.mark.parametrize(
    "name", ["_0002_second", "~0002_second", "0002_second.bak", ".0002_second", "", "deep/0002_second"]
)
def test_what_django_passes_over_is_none(name: str) -> None:
    """Private names, names that no import statement could hold, and folders."""
    assert names(f"{BLOG}# blog/migrations/{name}.py\n{EMPTY}") == ["blog.0001_initial"]


def test_a_migration_may_come_from_elsewhere() -> None:
    text = f"# blog/helpers.py\n{EMPTY}# blog/migrations/0002_it.py\nfrom blog.helpers import Migration\n"
    assert names(BLOG + text) == ["blog.0001_initial", "blog.0002_it"]


SOUTH = """
# settings.py
INSTALLED_APPS = ["blog", "shop"]
# blog/__init__.py
# blog/models.py
from django.db import models
class Post(models.Model): ...
# blog/migrations/__init__.py
# blog/migrations/0001_initial.py
from south.v2 import SchemaMigration
class Migration(SchemaMigration):
    def forwards(self, orm):
        pass
# blog/migrations/0002_title.py
from south.db import db
class Migration:
    def forwards(self, orm):
        pass
# shop/__init__.py
# shop/migrations/__init__.py
# shop/migrations/0001_initial.py
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = []
"""


@pytest.mark.parametrize("own", ["", f"# blog/migrations/0003_own.py\n{EMPTY}"])
def test_migrations_of_south_make_an_app_one_without_migrations(own: str) -> None:
    found = analysed(SOUTH + own)
    assert [".".join(one.key) for one in found.migrations] == ["shop.0001_initial"]
    assert found.drift.differences == ()
    assert [(one.code, one.file) for one in found.findings] == [("MS119", "blog/migrations/0001_initial.py")]


def test_settings_may_move_or_switch_off_migrations() -> None:
    moved = BLOG.replace("# blog/__init__", 'MIGRATION_MODULES = {"blog": "db.blog"}\n# blog/__init__')
    assert names(f"{moved}# db/__init__.py\n# db/blog/__init__.py\n# db/blog/0001_x.py\n{EMPTY}") == [
        "blog.0001_x"
    ]
    assert names(BLOG.replace("# blog/__init__", 'MIGRATION_MODULES = {"blog": None}\n# blog/__init__')) == []


def test_the_app_of_a_migration_is_its_label() -> None:
    config = "from django.apps import AppConfig\nclass C(AppConfig):\n    name = 'blog'\n    label = 'web'\n"
    assert names(f"{BLOG}# blog/apps.py\n{config}") == ["web.0001_initial"]


# ---------------------------------------------------------------- dependencies


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("dependencies = [('blog', '0001_initial')]", [("blog", "0001_initial")]),
        ("dependencies = (('blog', '0001_initial'),)", [("blog", "0001_initial")]),
        ("dependencies = BEFORE", [("blog", "0001_initial")]),
        (
            "dependencies = BEFORE + [('auth', '__first__')]",
            [("blog", "0001_initial"), ("auth", "__first__")],
        ),
        ("dependencies = []\ndependencies += BEFORE", [("blog", "0001_initial")]),
        ("dependencies = [(app, '0001_initial') for app in ['blog']]", [("blog", "0001_initial")]),
        (
            "dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]",
            [("auth", "__first__")],
        ),
        ("dependencies = [migrations.swappable_dependency('core.Place')]", [("core", "__first__")]),
        ("dependencies = []", []),
        ("pass", []),
    ],
)
def test_dependencies_are_read(lines: str, found: list[Key]) -> None:
    read = migration(lines, before="BEFORE = [('blog', '0001_initial')]")
    assert (list(read.dependencies), read.complete) == (found, True)


def test_a_swappable_dependency_follows_the_settings() -> None:
    lines = "dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]"
    assert migration(lines, settings='AUTH_USER_MODEL = "blog.User"\n').dependencies == (
        ("blog", "__first__"),
    )


@pytest.mark.parametrize(
    "lines",
    [
        "dependencies = unknown()",
        "dependencies = [('blog', unknown)]",
        "dependencies = [*unknown]",
        "dependencies = [migrations.swappable_dependency(settings.NO_SUCH_MODEL)]",
        "operations = unknown()",
        "operations = [unknown]",
        "operations = [migrations.RunSQL('')] + unknown()",
        "operations = [migrations.SeparateDatabaseAndState(state_operations=unknown())]",
    ],
)
def test_what_is_not_decided_is_said(lines: str) -> None:
    found = migration(lines)
    assert not found.complete
    assert found.why


def test_other_attributes_are_read() -> None:
    found = migration("initial = False\natomic = False\nrun_before = [('core', '0001')]\n"
                      "replaces = [('blog', '0001_initial')]")  # fmt: skip
    assert (found.initial, found.atomic) == (False, False)
    assert (found.run_before, found.replaces) == ((("core", "0001"),), (("blog", "0001_initial"),))
    found = migration("pass")
    assert (found.initial, found.atomic, found.run_before, found.replaces) == (None, True, (), ())


def test_each_dependency_knows_its_line() -> None:
    found = migration("dependencies = [\n    ('blog', '0001_initial'),\n]")
    assert found.lines == {("blog", "0001_initial"): 5}
    assert (found.file, found.line) == ("blog/migrations/0002_it.py", 4)


# ---------------------------------------------------------------- operations


def operations(lines: str, before: str = "", **files: str) -> list[str]:
    found = migration(lines, before, **files)
    assert found.complete, found.why
    return [operation.cls for operation in found.operations]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("operations = [migrations.RunSQL('SELECT 1')]", ["RunSQL"]),
        ("operations = (migrations.RunSQL(''), migrations.RunPython(f))", ["RunSQL", "RunPython"]),
        ("operations = [migrations.RunPython(f, migrations.RunPython.noop)]", ["RunPython"]),
        ("operations = ADDED", ["AddField"]),
        ("operations = ADDED + [migrations.RunSQL('')]", ["AddField", "RunSQL"]),
        ("operations = [add(name) for name in ['a', 'b']]", ["AddField", "AddField"]),
        (
            "operations = []\nfor name in ['a', 'b']:\n    operations.append(add(name))",
            ["AddField", "AddField"],
        ),
        ("operations = [add('a')]", ["AddField"]),
        ("operations = [Own('a')]", ["Own"]),
        ("if True:\n    operations = [migrations.RunSQL('')]", ["RunSQL"]),
        ("operations = []", []),
    ],
)
def test_operations_are_read_in_order(lines: str, found: list[str]) -> None:
    before = """
def f(apps, schema_editor): pass
def add(name):
    return migrations.AddField("post", name, models.CharField())
ADDED = [migrations.AddField("post", "x", models.CharField())]
class Own(migrations.AddField): pass
"""
    assert operations(lines, before) == found


def test_operations_may_come_from_another_module() -> None:
    helper = "from django.db import migrations\nSTEPS = [migrations.RunSQL('')]\n"
    assert operations("operations = STEPS", "from blog.helpers import STEPS", helpers=helper) == ["RunSQL"]


def test_operations_may_be_inherited() -> None:
    text = """
# blog/migrations/0002_it.py
from django.db import migrations
class Base(migrations.Migration):
    operations = [migrations.RunSQL("")]
class Migration(Base):
    dependencies = [("blog", "0001_initial")]
"""
    found = analysed(BLOG + text).migration(("blog", "0002_it"))
    assert found is not None
    assert [operation.cls for operation in found.operations] == ["RunSQL"]


@pytest.mark.parametrize(
    "arguments",
    [
        "database_operations=[migrations.RunSQL('')], state_operations=[migrations.RemoveField('a', 'b')]",
        "[migrations.RunSQL('')], [migrations.RemoveField('a', 'b')]",
    ],
)
def test_what_stands_inside_an_operation_follows_it(arguments: str) -> None:
    found = migration(f"operations = [migrations.SeparateDatabaseAndState({arguments})]")
    assert [(operation.cls, operation.inside) for operation in found.operations] == [
        ("SeparateDatabaseAndState", None),
        ("RunSQL", "database_operations"),
        ("RemoveField", "state_operations"),
    ]


def test_an_operation_knows_its_place_and_its_dotted_path() -> None:
    (found,) = migration("operations = [\n    migrations.RunSQL(''),\n]").operations
    assert (found.file, found.line) == ("blog/migrations/0002_it.py", 6)
    assert found.path.startswith("django.db.migrations.")
    assert found.path.endswith(".RunSQL")


def test_python_2_and_broken_files_are_migrations_too() -> None:
    text = f"# blog/migrations/0002_old.py\n# -*- coding: utf-8 -*-\nprint 'x'\n{EMPTY}"
    assert names(BLOG + text) == ["blog.0001_initial", "blog.0002_old"]
    text = f"# blog/migrations/0002_bad.py\n{EMPTY.replace(': pass', ':')}    dependencies = [(\n"
    found = analysed(BLOG + text)
    assert [finding.code for finding in found.findings] == ["MS001"]


@pytest.mark.parametrize(
    ("operation", "django"),
    [
        ("migrations.AddField('a', 'b', None)", "AddField"),
        ("migrations.operations.AddField('a', 'b', None)", "AddField"),
        ("Own('a', 'b', None)", "AddField"),
        ("AddIndexConcurrently('a', None)", "AddIndex"),
        ("migrations.RunSQL('')", "RunSQL"),
        ("TrigramExtension()", ""),
        ("django_migrate_sql.operations.CreateSQL(name='a', sql='')", ""),
        ("hierarkey.utils.CleanHierarkeyDuplicates('a', 'b')", ""),
    ],
)
def test_an_operation_knows_which_one_of_djangos_it_is(operation: str, django: str) -> None:
    before = "from django.contrib.postgres.operations import AddIndexConcurrently, TrigramExtension\n"
    before += "import django_migrate_sql.operations, hierarkey.utils\n"
    before += "class Own(migrations.AddField): pass"
    (found,) = migration(f"operations = [{operation}]", before).operations
    assert (found.django, found.why) == (django, "")


def test_an_operation_that_a_condition_adds_is_kept_with_why() -> None:
    lines = (
        "operations = [migrations.RunSQL('')]\nif settings.X:\n    operations += [migrations.RunPython(f)]"
    )
    found = migration(lines)
    assert [(operation.cls, bool(operation.maybe)) for operation in found.operations] == [
        ("RunSQL", False),
        ("RunPython", True),
    ]
    assert (found.complete, found.further) == (False, "")


@pytest.mark.parametrize(
    "lines",
    ["operations = [migrations.RunSQL('')] + unknown()", "operations = unknown()", "operations = [x]"],
)
def test_a_migration_says_why_it_may_have_more_operations(lines: str) -> None:
    assert migration(lines).further


def test_operations_that_are_made_without_end_are_cut_off() -> None:
    before = "def f(n):\n    return [migrations.SeparateDatabaseAndState([], f(n)) for x in [1, 2, 3]]"
    found = migration("operations = f(1)", before)
    assert found.further
    assert len(found.operations) < 100_000
