"""What migrations' code looks up: only what is wrong in every run is an error, and guards are believed."""

from __future__ import annotations

import pytest

from analyzer.audits.operation_examples import FIRST, migration
from tests.projects import analysed

RUN = "migrations.RunPython(forward, migrations.RunPython.noop, elidable=True)"
SETTINGS = """
# settings.py
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "blog", "news"]
"""
NEWS = """
# news/__init__.py
# news/models.py
from django.db import models
class Item(models.Model):
    id = models.AutoField(primary_key=True)
    text = models.TextField()
# news/migrations/__init__.py
# news/migrations/0001_initial.py
from django.db import migrations, models
class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(name="Item", fields=[
            ("id", models.AutoField(primary_key=True, serialize=False)),
            ("text", models.TextField()),
        ]),
    ]
"""


def forward(body: str, imports: str = "") -> str:
    lines = "\n".join(f"    {line}" for line in body.strip("\n").splitlines())
    return f"{imports}\ndef forward(apps, schema_editor):\n{lines}\n"


def said(
    body: str, imports: str = "", parents: str = '("blog", "0001_initial")', more: str = ""
) -> list[str]:
    """The codes and severities of what is found about one migration of the app `blog`."""
    text = (
        SETTINGS + FIRST + NEWS + more + migration("0002_code", RUN, forward(body, imports), parents=parents)
    )
    found = (one for one in analysed(text).findings if "MS410" < one.code < "MS416")
    return [f"{one.code} {one.severity.value}" for one in found]


BOTH = '("blog", "0001_initial"), ("news", "0001_initial")'


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('apps.get_model("blog", "Post")', []),
        ('apps.get_model("blog.Post")', []),
        ('apps.get_model(app_label="blog", model_name="post")', []),
        ('apps.get_model("blog", "Gone")', ["MS413 error"]),
        ('apps.get_model("blog", "Post_tags")', []),  # may be what a many-to-many field makes
        ('if x:\n    apps.get_model("blog", "Gone")', ["MS413 warning"]),
        ('if x:\n    return\napps.get_model("blog", "Gone")', ["MS413 warning"]),
        ('try:\n    apps.get_model("blog", "Gone")\nexcept LookupError:\n    pass', []),
        ('if apps.is_installed("shop"):\n    apps.get_model("blog", "Gone")', []),
        ("apps.get_model(name, model)", []),
        ('apps.get_model("elsewhere", "Thing")', []),
        ('apps.get_model("news", "Item")', ["MS413 error"]),
        ('apps.get_model("auth", "User")', ["MS412 warning"]),
        ('def inner(registry):\n    registry.get_model("blog", "Gone")\ninner(apps)', ["MS413 error"]),
        ('from django.apps import apps\napps.get_model("blog", "Gone")', []),
    ],
)
def test_models_that_are_looked_up(body: str, found: list[str]) -> None:
    assert said(body) == found


def test_a_dependency_makes_a_model_sure() -> None:
    assert said('apps.get_model("news", "Item")', parents=BOTH) == []
    assert said('apps.get_model("auth", "User")', parents=f'{BOTH}, ("auth", "0001_initial")') == []


def test_a_model_that_is_there_by_luck_is_a_warning() -> None:
    more = migration(
        "0002_blog", RUN, forward('apps.get_model("blog", "Post")'), "news", '("news", "0001_initial")'
    )
    text = SETTINGS + FIRST + NEWS + more
    (found,) = (one for one in analysed(text).findings if one.code == "MS412")
    assert 'depend on ("blog", "0001_initial")' in found.message


POST = 'Post = apps.get_model("blog", "Post")\n'
SUBTITLE = migration(
    "0003_subtitle",
    'migrations.AddField("post", "subtitle", models.CharField(max_length=80, default=""))',
    parents='("blog", "0002_code")',
)


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ('Post.objects.create(title="x")', []),
        ('Post.objects.create(subtitle="x")', ["MS413 error"]),
        ('Post(subtitle="x")', ["MS413 error"]),
        ('Post.objects.filter(subtitle__gt="x").delete()', ["MS413 error"]),
        ('Post.objects.filter(title="x").update(subtitle="x")', ["MS413 error"]),
        ('Post.objects.get_or_create(title="x", defaults={"subtitle": "y"})', []),
        ('Post.objects.annotate(subtitle=F("title")).filter(subtitle="x")', []),
        ('Post.objects.filter(never_a_field="x")', []),
        ('Post.objects.filter(pk=1)', []),
        ('Post.objects.filter(**what)', []),
        ('for post in Post.objects.all():\n    Post.objects.filter(subtitle="x")', ["MS413 warning"]),
        ('for word in ["a", "b"]:\n    Post.objects.filter(subtitle=word)', ["MS413 error"]),
    ],
)  # fmt: skip
def test_fields_that_come_later(call: str, found: list[str]) -> None:
    assert said(POST + call, more=SUBTITLE) == found


def test_a_field_that_the_migration_itself_adds_is_there() -> None:
    operations = 'migrations.AddField("post", "subtitle", models.TextField(default="")),\n' + RUN
    text = FIRST + migration("0002_code", operations, forward(POST + "Post.objects.filter(subtitle='')"))
    assert not [one for one in analysed(text).findings if one.code == "MS413"]


@pytest.mark.parametrize(
    ("body", "imports", "found"),
    [
        ("Post.objects.all()", "from blog.models import Post", ["MS411 warning"]),
        ("from blog.models import Post\nPost.objects.all()", "", ["MS411 warning"]),
        ("models.Post(title='x').save()", "from blog import models", ["MS411 warning"]),
        ("Permission.objects.all()", "from django.contrib.auth.models import Permission", ["MS411 warning"]),
        ("get_user_model()", "from django.contrib.auth import get_user_model", []),
        (
            "User = get_user_model()\nUser.objects.all()",
            "from django.contrib.auth import get_user_model",
            ["MS411 warning"],
        ),
        ("print(Post.TITLES)", "from blog.models import Post", []),
        (POST + "Post.objects.all()", "from blog.models import Post", []),
        ("pass", "from blog.models import Post", []),
    ],
)
def test_models_as_they_are_now(body: str, imports: str, found: list[str]) -> None:
    assert said(body, imports) == found


def test_a_real_model_behind_a_helper_is_told_where_the_migration_calls_it() -> None:
    more = "# blog/tools.py\nfrom blog.models import Post\ndef rebuild():\n    Post.objects.all()\n"
    text = FIRST + more + migration("0002_code", RUN, forward("rebuild()", "from blog.tools import rebuild"))
    (found,) = (one for one in analysed(text).findings if one.code == "MS411")
    assert (found.file, found.line) == ("blog/migrations/0002_code.py", 4)
    assert "rebuild (blog/tools.py:3)" in found.message


def test_a_real_model_that_only_stands_in_for_one_that_is_given_is_not_used() -> None:
    more = """# blog/tools.py
def rebuild(model=None, other=None):
    from blog.models import Post
    if model is None:
        model = Post
    if other:
        pass
    else:
        other = Post
    model.objects.all()
    other.objects.all()
"""
    imported = "from blog.tools import rebuild"
    given = FIRST + more + migration("0002_code", RUN, forward(f"{POST}rebuild(Post, other=Post)", imported))
    assert not [one for one in analysed(given).findings if one.code == "MS411"]
    left = FIRST + more + migration("0002_code", RUN, forward(f"{POST}rebuild(other=Post)", imported))
    assert [one.code for one in analysed(left).findings if one.code == "MS411"] == ["MS411"]


TYPES = 'ContentType = apps.get_model("contenttypes", "ContentType")\n'
COMMAND = 'from django.core.management import call_command\ncall_command("update_permissions")\n'
ON_TYPES = '("blog", "0001_initial"), ("contenttypes", "0001_initial")'


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('ContentType.objects.get(model="post")', ["MS414 warning"]),
        ('ContentType.objects.filter(model="post").delete()', []),
        ('ContentType.objects.get_or_create(model="post")', []),
        ('ContentType.objects.get_for_model(Post)\nContentType.objects.get(model="post")', []),
        (COMMAND + 'ContentType.objects.get(model="post")', []),
        ('for post in Post.objects.all():\n    ContentType.objects.get(model="post")', []),
        ('try:\n    ContentType.objects.get(model="post")\nexcept Exception:\n    pass', []),
    ],
)
def test_rows_that_post_migrate_makes(body: str, found: list[str]) -> None:
    assert said(POST + TYPES + body, parents=ON_TYPES) == found


def test_only_migrations_in_the_graph_are_judged() -> None:
    code = forward('apps.get_model("blog", "Gone")')
    text = SETTINGS.replace('"blog", ', "") + FIRST + NEWS + migration("0002_code", RUN, code)
    assert not [one for one in analysed(text).findings if one.code == "MS413"]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ('migrations.RunSQL("CREATE INDEX CONCURRENTLY i ON t (x)", "")', 1),
        ('migrations.RunSQL("create unique index concurrently if not exists i on t (x)", "")', 1),
        ('migrations.RunSQL("-- CREATE INDEX CONCURRENTLY i ON t (x)", "")', 0),
        ('migrations.RunSQL("REFRESH MATERIALIZED VIEW CONCURRENTLY v", "")', 0),
        ('migrations.RunSQL("COMMIT; CREATE INDEX CONCURRENTLY i ON t (x)", "")', 0),
        ('AddIndexConcurrently("post", models.Index(fields=["title"], name="i"))', 1),
    ],
)
def test_indexes_built_concurrently(written: str, found: int) -> None:
    before = "from django.contrib.postgres.operations import AddIndexConcurrently\n"
    for more, expected in (("", found), ("atomic = False\n", 0)):
        text = FIRST + migration("0002_index", written, before, more=more)
        assert sum(one.code == "MS422" for one in analysed(text).findings) == expected


def reported(*written: tuple[str, str]) -> list[str]:
    """The codes of the last family for migrations of these (operations, code) behind the first one."""
    text, parent = FIRST, "0001_initial"
    for at, (operations, before) in enumerate(written, 2):
        text += migration(f"000{at}_next", operations, before, parents=f'("blog", "{parent}")')
        parent = f"000{at}_next"
    return [one.code for one in analysed(text).findings if one.code > "MS420"]


HSTORE = "from django.contrib.postgres.fields import HStoreField\n"
MORE = ('migrations.AddField("post", "more", HStoreField(default=dict))', HSTORE)
MAKE = ('migrations.RunSQL("CREATE EXTENSION hstore", "DROP EXTENSION hstore")', "")


def test_an_extension_that_comes_too_late() -> None:
    assert reported(MORE, MAKE) == ["MS423"]
    assert reported(MAKE, MORE) == []
    assert reported(MORE) == [], "somebody else may have made it"
    assert reported((f"{MAKE[0]},\n{MORE[0]}", HSTORE)) == []
    assert reported((f"{MORE[0]},\n{MAKE[0]}", HSTORE)) == ["MS423"]


LONGER = 'migrations.AlterField("post", "title", models.CharField(max_length=90))'


def test_rows_and_then_their_table_in_one_transaction() -> None:
    change = forward(POST + "Post.objects.update(title='')")
    assert reported((f"{RUN},\n{LONGER}", change)) == ["MS421"]
    assert reported((f"{LONGER},\n{RUN}", change)) == []
    assert reported((RUN, change), (LONGER, "")) == []
