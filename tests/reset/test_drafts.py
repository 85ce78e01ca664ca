"""Drafts of what `makemigrations` does not write: what is copied, what is rewritten, what is left."""

from __future__ import annotations

import ast

from analyzer.reset.drafts.compose import Drafts, drafts
from analyzer.reset.drafts.module import one_line
from analyzer.reset.plan import Wishes, plan
from tests.reset.resets import examined, two_apps

FIELD = (
    """("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))"""
)
MODEL = """class Post(models.Model):
    title = models.CharField(max_length=20, unique=True)
    text = models.TextField()
"""
CREATE = f"""migrations.CreateModel("Post", [{FIELD}, ("title", models.CharField(max_length=20, unique=True)),
    ("text", models.TextField())])"""


def history(*files: str, app: str = "blog", first: str = CREATE) -> str:
    """Migrations of an app: the first makes its models, each of the others is written below its head."""
    out = f"""# {app}/migrations/0001_initial.py
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = []
    operations = [{first}]
"""
    parent = "0001_initial"
    for at, text in enumerate(files, 2):
        head, body = text.split("---\n") if "---\n" in text else ("", text)
        out += f"""# {app}/migrations/{at:04}_next.py
from django.db import migrations, models
{head}
class Migration(migrations.Migration):
    dependencies = [("{app}", "{parent}")]
    {body.strip()}
"""
        parent = f"{at:04}_next"
    return out


def drafted(*files: str, model: str = MODEL, more: str = "", procedure: str = "sql") -> Drafts:
    found = examined(two_apps(model, more=history(*files) + more))
    made = drafts(found, plan(found, Wishes(procedure=procedure)))  # type: ignore[arg-type]
    for one in made.files:
        ast.parse(one.text)
    return made


def run(body: str, name: str = "forward", more: str = "") -> str:
    """A migration that runs a function; `Post` is the model in it."""
    return f"""{more}
def {name}(apps, schema_editor):
    Post = apps.get_model("blog", "Post")
    {body}
---
    operations = [migrations.RunPython({name}, migrations.RunPython.noop)]
"""


def the(found: Drafts) -> str:
    (one,) = found.files
    return one.text


def test_a_seed_is_copied_with_what_it_uses() -> None:
    found = drafted(
        run(
            "for title in TITLES:\n        Post.objects.get_or_create(title=slugify(title))",
            more="from django.utils.text import slugify\nTITLES = ['a', 'b']\nOTHER = 1",
        )
    )
    text = the(found)
    assert "from django.utils.text import slugify" in text
    assert "TITLES = ['a', 'b']" in text
    assert "OTHER" not in text
    assert "# blog/migrations/0002_next.py:" in text
    assert "reverse_code=migrations.RunPython.noop" in text
    assert found.left == ()


def test_a_file_has_the_number_behind_the_predicted_ones_and_depends_on_them() -> None:
    (one,) = drafted(run("Post.objects.get_or_create(title='a')")).files
    assert one.path == "blog/migrations/0002_seeds.py"
    assert '("blog", "0001_initial"),' in one.text


def test_by_placeholders_a_file_has_the_name_of_its_placeholder() -> None:
    (one,) = drafted(run("Post.objects.get_or_create(title='a')"), procedure="placeholder").files
    assert one.path == "blog/migrations/0004_squashed_seeds.py"
    assert '("blog", "0003_squashed"),' in one.text


def test_names_that_clash_are_told_apart() -> None:
    text = the(
        drafted(
            run("Post.objects.get_or_create(title=NAME)", more="NAME = 'a'"),
            run("Post.objects.get_or_create(title=NAME)", more="NAME = 'b'"),
        )
    )
    assert "NAME = 'a'" in text
    assert "NAME_2 = 'b'" in text
    assert "def forward_2(apps" in text
    assert "get_or_create(title=NAME_2)" in text
    assert "forward_2,\n" in text


def test_a_local_name_is_never_renamed() -> None:
    text = the(
        drafted(
            run("Post.objects.get_or_create(title=NAME)", more="NAME = 'a'"),
            run(
                "NAME = 'c'\n    Post.objects.get_or_create(title=NAME + other(NAME))",
                more="NAME = 'b'\ndef other(x):\n    return NAME",
            ),
        )
    )
    assert "    NAME = 'c'\n    Post.objects.get_or_create(title=NAME + other(NAME))" in text
    assert "return NAME_2" in text


def test_create_with_a_unique_key_is_made_once() -> None:
    text = the(drafted(run("Post.objects.create(title='a', text='x')")))
    assert "Post.objects.get_or_create(title='a', defaults={\"text\": 'x'})" in text


def test_the_object_of_create_is_still_the_object() -> None:
    text = the(drafted(run("post = Post.objects.create(title='a', text='x')\n    post.save()")))
    assert "post = Post.objects.get_or_create(title='a', defaults={\"text\": 'x'})[0]" in text


def test_create_without_a_unique_key_is_left_and_flagged() -> None:
    text = the(drafted(run("Post.objects.create(text='x')")))
    assert "    # migscan: runs once; no unique field tells its rows apart\n    Post.objects.create(" in text


RENAMED = """class Article(models.Model):
    name = models.CharField(max_length=20, unique=True)
    text = models.TextField()
"""
RENAME = """operations = [migrations.RenameModel("Post", "Article"),
        migrations.RenameField("Article", "title", "name")]"""


def test_models_and_fields_that_were_renamed_get_their_new_names() -> None:
    text = the(drafted(run("Post.objects.get_or_create(title='a')"), RENAME, model=RENAMED))
    assert "apps.get_model(\"blog\", 'Article')" in text
    assert "# migscan: was Post until blog.0003_next" in text
    assert "get_or_create(name='a')" in text


SHORT = "class Post(models.Model):\n    title = models.CharField(max_length=20, unique=True)\n"
REMOVE = 'operations = [migrations.RemoveField("post", "text")]'


def test_a_field_that_is_gone_is_left_out_of_what_is_made() -> None:
    text = the(drafted(run("Post.objects.get_or_create(title='a', text='x')"), REMOVE, model=SHORT))
    assert "Post.objects.get_or_create(title='a', )" in text
    assert "# migscan: text is gone since blog.0003_next, and left out" in text


def test_what_asks_for_a_model_that_is_gone_is_not_drafted_and_says_why() -> None:
    delete = 'operations = [migrations.DeleteModel("Old")]'
    make = f'operations = [migrations.CreateModel("Old", [{FIELD}])]'
    seed = """
def forward(apps, schema_editor):
    apps.get_model("blog", "Old").objects.all()
    apps.get_model("blog", "Post").objects.get_or_create(title="a")
---
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
"""
    found = drafted(make, seed, delete)
    assert [one.why for one in found.left] == ["line 4: blog.Old is gone since blog.0004_next"]
    assert "# migscan: not drafted: blog.0003_next," in the(found)


WIDER = MODEL + "    rank = models.IntegerField()\n"
ADD = """operations = [migrations.AddField("post", "rank", models.IntegerField(default=7),
        preserve_default=False)]"""


def test_a_field_that_came_later_gets_what_the_old_rows_got() -> None:
    text = the(drafted(run("Post.objects.create(title='a')"), ADD, model=WIDER))
    assert "get_or_create(title='a', defaults={\"rank\": 7})" in text
    assert "# migscan: rank is what blog.0003_next gave to the rows that were there" in text


def test_a_change_of_seeded_rows_comes_behind_the_seed() -> None:
    change = run("Post.objects.filter(title='a').update(title='b')", name="change")
    text = the(drafted(run("Post.objects.get_or_create(title='a')"), change))
    assert text.index("            forward,\n") < text.index("            change,\n")


VIEW = """operations = [migrations.RunSQL("CREATE VIEW titles AS SELECT title FROM blog_post",
        "DROP VIEW titles", state_operations=[])]"""


def test_hidden_schema_is_drafted_with_its_reverse_and_without_state() -> None:
    (one,) = drafted(VIEW).files
    assert one.path == "blog/migrations/0002_db_objects.py"
    assert 'reverse_sql="DROP VIEW titles"' in one.text
    assert "state_operations" not in one.text


def test_operations_under_a_condition_stay_under_it() -> None:
    conditional = """from django.db import connection
---
    operations = []
    if connection.vendor == "postgresql":
        operations += [migrations.RunSQL("CREATE VIEW titles AS SELECT 1", "DROP VIEW titles")]
"""
    text = the(drafted(conditional))
    assert 'if (connection.vendor == "postgresql"):\n        operations += [' in text


def test_what_a_class_binds_under_a_condition_comes_along_under_it() -> None:
    conditional = """from django.db import connection
---
    operations = []
    if connection.vendor == "postgresql":
        pass
    else:
        from blog.models import able

        def named(text):
            return f"CREATE VIEW {text}"

        operations += []
        if able():
            operations.append(migrations.RunSQL(named("titles AS SELECT 1"), "DROP VIEW titles"))
"""
    found = drafted(conditional)
    assert found.left == ()
    vendor = 'not (connection.vendor == "postgresql")'
    assert f"    if {vendor}:\n        from blog.models import able\n" in the(found)
    assert f"    if {vendor}:\n        def named(text):\n            return" in the(found)
    assert f"    if {vendor} and (able()):\n        operations += [" in the(found)


VIRTUAL = f"""from django.db import connection
---
    operations = []
    if connection.vendor == "sqlite":
        operations += [migrations.SeparateDatabaseAndState(
            [migrations.RunSQL("CREATE VIRTUAL TABLE blog_found USING fts5(text)", "DROP TABLE blog_found")],
            [migrations.CreateModel("Found", [{FIELD}, ("text", models.TextField())])],
        )]
"""
FOUND = "class Found(models.Model):\n    text = models.TextField()\n"


def test_a_plain_table_gives_way_to_the_virtual_one_of_its_model() -> None:
    found = drafted(VIRTUAL, model=MODEL + FOUND)
    assert found.left == ()
    text = the(found)
    assert text.index("            drop_plain_blog_found,\n") < text.index("CREATE VIRTUAL TABLE")
    assert "exists():\n        raise RuntimeError(" in text.partition("def drop_plain_blog_found(")[2]


def test_a_plain_table_that_others_point_to_stays_and_is_told() -> None:
    point = 'migrations.AddField("post", "found", models.ForeignKey("blog.Found", models.CASCADE, null=True))'
    found = drafted(
        VIRTUAL,
        f"operations = [{point}]",
        model=f'{MODEL}    found = models.ForeignKey("Found", models.CASCADE, null=True)\n{FOUND}',
    )
    (why,) = (one.why for one in found.left)
    assert why.startswith("new files make a plain table blog.Post points to: ")


def test_what_tables_need_goes_to_the_head_of_the_first_file() -> None:
    extension = """from django.contrib.postgres.operations import CITextExtension
---
    operations = [CITextExtension()]
"""
    found = drafted(extension)
    assert found.files == ()
    assert '"blog/migrations/0001_initial.py"' in found.first
    assert "CITextExtension()" in found.first


def test_what_imports_a_deleted_migration_is_not_drafted() -> None:
    found = drafted(
        run("Post.objects.get_or_create(title=old.TITLE)",
            more='import importlib\nold = importlib.import_module("blog.migrations.0001_initial")')
    )  # fmt: skip
    assert [one.why for one in found.left] == ["it imports blog.migrations.0001_initial, which is deleted"]


def test_operations_that_a_function_of_the_migration_makes_are_copied_with_it() -> None:
    found = drafted(
        """
def forward(apps, schema_editor):
    apps.get_model("blog", "Post").objects.get_or_create(title="a")
def made():
    return [migrations.RunPython(forward, migrations.RunPython.noop)]
---
    operations = made()
"""
    )
    assert found.left == ()
    assert "        *made(),\n" in the(found)
    assert "def made():" in the(found)


def test_permissions_are_made_before_a_seed_that_looks_them_up() -> None:
    text = the(
        drafted(
            """
def forward(apps, schema_editor):
    Permission = apps.get_model("auth", "Permission")
    Permission.objects.get(codename="add_post")
    apps.get_model("blog", "Post").objects.get_or_create(title="a")
---
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
"""
        )
    )
    assert text.index("make_permissions, migrations") < text.index("            forward,\n")
    assert '("auth", ' in text


def test_places_that_name_old_migrations_are_told_what_to_say() -> None:
    found = drafted(
        run("Post.objects.get_or_create(title='a')"),
        more="# deploy.sh\npython manage.py migrate blog 0002_next\n",
    )
    (one,) = found.references
    assert (one.file, one.line, one.migration) == ("deploy.sh", 1, ("blog", "0002_next"))
    assert one.instead == "write `migrate blog` without a name; where it must be one, `0001_initial`"


def test_code_that_only_deleted_migrations_use_is_free_to_go() -> None:
    upload = "operations = [migrations.RunPython(blog.paths.upload, migrations.RunPython.noop)]"
    paths = "# blog/paths.py\ndef upload(apps, editor):\n    pass\ndef kept(apps, editor):\n    pass\n"
    more = paths + "# blog/views.py\nfrom blog.paths import kept\n"
    (one,) = drafted(f"import blog.paths\n---\n{upload}", more=more).freed
    assert (one.module, one.name, one.file, one.line, one.why) == (
        "blog.paths",
        "upload",
        "blog/paths.py",
        1,
        "",
    )


def test_no_name_of_the_project_ends_a_comment() -> None:
    odd = "blog/models.py\nimport os"
    assert "\n" not in one_line(odd)


def test_several_databases_get_what_each_of_them_understands() -> None:
    both = """
---
    operations = [
        migrations.RunSQL("CREATE VIEW titles AS SELECT 1", "DROP VIEW titles", hints={"vendor": "sqlite"}),
        migrations.RunSQL("CREATE VIEW titles AS SELECT 2", "DROP VIEW titles", hints={"vendor": "oracle"}),
    ]
"""
    text = the(drafted(both))
    assert "SELECT 1" in text
    assert "SELECT 2" in text
    assert text.count("hints={") == 2


def test_with_replaces_the_draft_says_where_its_operations_go() -> None:
    brought = drafted(run("Post.objects.get_or_create(title='a')"), procedure="replaces")
    assert "# `last_operations.py` appends it to the last new file of the app" in the(brought)
    assert "migrations.RunPython(" in brought.last


def test_a_squash_and_what_cannot_be_done_have_no_drafts() -> None:
    assert drafted(run("Post.objects.get_or_create(title='a')"), procedure="squash").files == ()
