"""The plan of a reset: what becomes of each app, and the artefacts."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.errors import UsageError
from analyzer.render.plan import plan_files
from analyzer.render.plan.commands import named_settings
from analyzer.reset.plan import PROCEDURES, Procedure, Wishes, plan
from tests.projects import write
from tests.reset.resets import examined, migration, planned, two_apps

POST = "class Post(models.Model):\n    title = models.TextField()"
FIELDS = """migrations.CreateModel("Post", [("id", models.BigAutoField(auto_created=True, primary_key=True,
 serialize=False, verbose_name="ID")), ("title", models.TextField())])"""
HISTORY = migration("blog/migrations/0001_a", operations=FIELDS) + migration(
    "blog/migrations/0002_b", ("blog", "0001_a")
)
BLOG = two_apps(POST, more=HISTORY)


def test_an_app_is_reset() -> None:
    found = planned(BLOG)
    assert [(one.app, one.verdict, one.before, one.after) for one in found.decisions] == [
        ("blog", "reset", 2, 1)
    ]
    assert found.procedure == "placeholder"
    assert found.delete == ("blog/migrations/0001_a.py", "blog/migrations/0002_b.py")
    assert found.feasible


def test_an_app_whose_models_are_not_migrated_is_blocked_with_the_operation() -> None:
    found = planned(two_apps(f"{POST}\n    more = models.IntegerField()", more=HISTORY))
    (one,) = found.decisions
    assert (one.verdict, one.why, one.file) == (
        "blocked",
        "models and migrations disagree: makemigrations would write AddField post.more",
        "blog/models.py",
    )
    assert not found.feasible
    head = plan_files(found)["PLAN.md"].split("##")[0]
    assert head.startswith("# Migration reset of project\n\n**It cannot be done like this;**")


def test_without_migrations_there_is_nothing_to_plan() -> None:
    text = plan_files(planned(two_apps(POST)))["PLAN.md"]
    assert text.endswith("## Why it cannot be done like this\n\n- No app of the project has migrations.\n")


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_gates_name_the_commands_that_answer_them(procedure: Procedure) -> None:
    text = plan_files(planned(BLOG, procedure=procedure))["PLAN.md"]
    assert "migscan verify . --base before-migration-reset\n" in text
    assert (
        "`migscan compare . --applied prod=prod.csv --applied dev=dev.csv --expect new` ends with 0" in text
    )
    assert text.index("git tag before-migration-reset") < text.index("migscan verify")


def test_what_changed_no_table_is_told_before_a_reset_makes_it_real() -> None:
    faked = 'migrations.SeparateDatabaseAndState(state_operations=[migrations.AddIndex("post", None)])'
    real = faked.replace("state_operations=", "[migrations.RunSQL('SELECT 1')], ")
    more = HISTORY + "".join(
        migration(f"blog/migrations/000{number}_x", ("blog", f"000{number - 1}_{before}"), operations=said)
        for number, before, said in ((3, "b", faked), (4, "x", real))
    )
    (one,) = planned(two_apps(POST, more=more), procedure="placeholder").state_only
    assert (one.migration, one.said) == ("0003_x", ("AddIndex post",))


def test_an_app_that_would_get_as_many_files_is_left_alone() -> None:
    more = HISTORY + migration(
        "shop/migrations/0001_s", operations=FIELDS.replace('"Post"', '"Item"').replace("title", "name")
    )
    found = planned(two_apps(POST, "class Item(models.Model):\n    name = models.TextField()", more=more))
    assert [(one.app, one.verdict, one.why) for one in found.decisions] == [
        ("blog", "reset", ""),
        ("shop", "leave", "new files would be as many"),
    ]


def test_unless_it_names_a_migration_that_goes() -> None:
    more = HISTORY + migration(
        "shop/migrations/0001_s",
        ("blog", "0002_b"),
        operations=FIELDS.replace('"Post"', '"Item"').replace("title", "name"),
    )
    found = planned(two_apps(POST, "class Item(models.Model):\n    name = models.TextField()", more=more))
    assert [one.verdict for one in found.decisions] == ["reset", "reset"]


def test_what_would_close_a_circle_with_what_stays_is_blocked_and_the_rest_goes_on() -> None:
    """blog stays, since it drifts; shop needs it, and one of its migrations needs shop."""
    item = FIELDS.replace('"Post"', '"Item"').replace("title", "name")
    link = 'migrations.AddField("item", "post", models.ForeignKey("blog.Post", models.CASCADE))'
    more = (
        migration("blog/migrations/0001_a", operations=FIELDS)
        + migration("blog/migrations/0002_b", ("blog", "0001_a"), ("shop", "0001_s"))
        + migration("shop/migrations/0001_s", operations=item)
        + migration("shop/migrations/0002_t", ("shop", "0001_s"), ("blog", "0001_a"), operations=link)
        + migration("shop/migrations/0003_u", ("shop", "0002_t"))
    )
    shop = (
        "class Item(models.Model):\n    name = models.TextField()\n"
        "    post = models.ForeignKey('blog.Post', models.CASCADE)"
    )
    found = planned(two_apps(f"{POST}\n    more = models.IntegerField()", shop, more=more))
    said = {one.app: one.why for one in found.decisions if one.verdict == "blocked"}
    assert said.keys() == {"blog", "shop"}
    assert (
        "(shop.0001_initial → blog.0002_b → shop.0001_initial, each needs the next): reset blog"
        in said["shop"]
    )


def test_what_is_carried_over_keeps_its_place_behind_a_migration_that_stays() -> None:
    """`shop` has no model any more, so that its migration stays, between two of `blog`."""
    trigger = 'migrations.RunSQL("CREATE TRIGGER t AFTER INSERT ON blog_post BEGIN SELECT 1; END")'
    function = 'migrations.RunSQL("CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql")'
    between = migration("shop/migrations/0001_s", ("blog", "0002_b"), operations=function)
    before = HISTORY + between + migration("blog/migrations/0003_c", ("blog", "0002_b"), operations=trigger)
    (blog, _) = planned(two_apps(POST, more=before)).decisions
    assert blog.verdict == "reset", "nothing stands between them"

    parents = (("blog", "0002_b"), ("shop", "0001_s"))
    after = HISTORY + between + migration("blog/migrations/0003_c", *parents, operations=trigger)
    (blog, _) = planned(two_apps(POST, more=after)).decisions
    assert (blog.verdict, blog.file) == ("blocked", "blog/migrations/0003_c.py")
    assert blog.why.startswith("0003_c is to be carried over and runs after shop.0001_s, which stays")

    plain = migration("shop/migrations/0001_s", ("blog", "0002_b"))
    after = HISTORY + plain + migration("blog/migrations/0003_c", *parents, operations=trigger)
    (blog, _) = planned(two_apps(POST, more=after)).decisions
    assert blog.verdict == "reset", "a migration that runs nothing may as well come later"


def test_an_app_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(UsageError, match="no app 'shop' with migrations in the project; there are: blog"):
        planned(BLOG, apps=("shop",))


def test_placeholders_go_on_after_the_last_migration() -> None:
    files = plan_files(planned(BLOG))
    path = "placeholder/release-n/blog/migrations/0003_squashed.py"
    assert files[path].endswith(
        'class Migration(migrations.Migration):\n    dependencies = [\n        ("blog", "0002_b"),\n    ]\n\n'
        "    operations = []\n"
    )
    assert files["placeholder/delete.txt"].splitlines() == [
        "blog/migrations/0001_a.py",
        "blog/migrations/0002_b.py",
        "blog/migrations/0003_squashed.py",
    ]


def test_a_migration_that_fills_tables_gets_a_place_of_its_own() -> None:
    fills = "migrations.RunSQL(\"INSERT INTO blog_post (title) VALUES ('a')\")"
    more = HISTORY + migration("blog/migrations/0003_c", ("blog", "0002_b"), operations=fills)
    found = planned(two_apps(POST, more=more))
    assert [one.name for one in found.placeholders] == ["0004_squashed", "0005_squashed_seeds"]
    assert "`blog/migrations/0003_c.py:4`" in plan_files(found)["PLAN.md"]


def test_helpers_in_a_migrations_package_must_move_out() -> None:
    found = planned(f"{BLOG}# blog/migrations/_tools.py\n")
    assert found.decisions[0].why == "once blog/migrations/_tools.py has moved out of the migrations package"
    assert "blog/migrations/_tools.py" not in found.delete


def test_a_migration_that_stays_and_names_one_that_goes_is_pointed_elsewhere() -> None:
    more = HISTORY + migration("shop/migrations/0001_s", ("blog", "0002_b"))
    found = planned(two_apps(POST, more=more), apps=("blog",))
    assert [(one.child, one.parent) for one in found.inbound] == [(("shop", "0001_s"), ("blog", "0002_b"))]
    assert '"0003_squashed"' in plan_files(found)["placeholder/point.py"]


@pytest.mark.parametrize("procedure", ["placeholder", "replaces"])
def test_the_script_of_new_names_renames_files_and_what_depends_on_them(
    tmp_path: Path, procedure: str
) -> None:
    found = planned(BLOG, procedure=procedure)
    script = plan_files(found)[f"{procedure}/new_names.py"]
    written = (
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n\n"
        "    initial = True\n\n"
        "    dependencies = [\n        ('blog', '0001_initial'),\n    ]\n\n    operations = [\n    ]\n"
    )
    write(tmp_path, {"blog/migrations/0001_initial.py": written, "new_names.py": script})
    done = subprocess.run([sys.executable, "new_names.py"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    (new,) = (tmp_path / "blog/migrations").iterdir()
    word = "squashed" if procedure == "placeholder" else "remade"
    assert new.name == f"0003_{word}.py"
    assert f'("blog", "0003_{word}")' in new.read_text()
    assert ('("blog", "0002_b")' in new.read_text()) is (procedure == "replaces")


def test_a_database_that_missed_the_placeholders_is_stopped_by_the_files_that_take_their_names(
    tmp_path: Path,
) -> None:
    """Their tables may have had other names then, so that no table would be in the way."""
    files = plan_files(planned(BLOG))
    generated = (
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n\n"
        "    dependencies = [\n    ]\n\n    operations = [\n    ]\n"
    )
    write(tmp_path, {"blog/migrations/0001_initial.py": generated})
    for name in ("new_names.py", "clean_up.py"):
        write(tmp_path, {name: files[f"placeholder/{name}"]})
    run = functools.partial(subprocess.run, cwd=tmp_path, check=True)
    run([sys.executable, "new_names.py"])
    new = tmp_path / "blog/migrations/0003_squashed.py"
    assert 'APP = "blog"\nOLD = ["0001_a", "0002_b"]\n' in new.read_text()
    assert "RunPython(is_up_to_date, migrations.RunPython.noop)" in new.read_text()
    run([sys.executable, "clean_up.py"])
    assert ast.dump(ast.parse(new.read_text())) == ast.dump(ast.parse(generated))


def test_the_script_changes_nothing_where_a_file_is_missing(tmp_path: Path) -> None:
    write(tmp_path, {"new_names.py": plan_files(planned(BLOG))["placeholder/new_names.py"]})
    done = subprocess.run([sys.executable, "new_names.py"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "run makemigrations first" in done.stderr


def test_replaces_goes_again_in_the_second_release(tmp_path: Path) -> None:
    script = plan_files(planned(BLOG, procedure="replaces"))["replaces/finish.py"]
    text = (
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        '    replaces = [\n        ("blog", "0001_a"),\n        ("blog", "0002_b"),\n    ]\n\n'
        "    operations = []\n"
    )
    write(tmp_path, {"blog/migrations/0003_remade.py": text, "finish.py": script})
    done = subprocess.run([sys.executable, "finish.py"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    left = (tmp_path / "blog/migrations/0003_remade.py").read_text()
    assert "replaces" not in left
    assert 'OLD = ["0001_a", "0002_b"]\n' in left, "a database that missed the first release is stopped"
    assert "RunPython(is_up_to_date, migrations.RunPython.noop)" in left


def test_only_what_scripts_of_the_plan_wrote_goes_again(tmp_path: Path) -> None:
    script = plan_files(planned(BLOG, procedure="replaces"))["replaces/clean_up.py"]
    text = """from django.db import migrations

ANCHOR = "0002_b"


def is_up_to_date(apps, schema_editor):
    raise RuntimeError(ANCHOR)


def seed(apps, schema_editor):
    replaces = ["0001_a"]
    APP = apps.get_model("blog", "Post")
    APP.objects.create(title=replaces[0])


class Migration(migrations.Migration):
    replaces = [("blog", "0001_a")]

    operations = [
        migrations.RunPython(is_up_to_date, migrations.RunPython.noop),
        migrations.RunPython(seed),
    ]
"""
    write(tmp_path, {"blog/migrations/0003_remade.py": text, "clean_up.py": script})
    subprocess.run([sys.executable, "clean_up.py"], cwd=tmp_path, check=True)
    left = (tmp_path / "blog/migrations/0003_remade.py").read_text()
    assert 'replaces = ["0001_a"]' in left
    assert 'APP = apps.get_model("blog", "Post")' in left
    for gone in ("is_up_to_date", "ANCHOR", 'replaces = [("blog"'):
        assert gone not in left


@pytest.mark.parametrize("procedure", ["placeholder", "replaces", "sql", "squash"])
def test_the_same_project_gives_the_same_plan(procedure: str) -> None:
    assert plan_files(planned(BLOG, procedure=procedure)) == plan_files(planned(BLOG, procedure=procedure))


def test_commands_name_the_manage_py_and_the_settings_that_the_plan_was_made_with() -> None:
    more = """# manage.py
# apart/manage.py
# apart/config.py
INSTALLED_APPS = ["blog"]
# blog/migrations/0001_a.py
from django.db import migrations
class Migration(migrations.Migration): ...
"""
    files = two_apps("class Post(models.Model): ...", more=more)
    plain = plan(examined(files), Wishes(apps=("blog",)))
    named = plan(examined(files, settings="apart/config.py"), Wishes(apps=("blog",)))
    assert (plain.manage, plain.settings) == ("manage.py", "")
    assert (named.manage, named.settings) == ("apart/manage.py", "apart/config.py")
    assert (named_settings(plain), named_settings(named)) == ("", " --settings apart/config.py")


@pytest.mark.parametrize("procedure", ["placeholder", "replaces"])
def test_old_rows_can_be_deleted_where_prune_refuses(procedure: str) -> None:
    files = plan_files(planned(BLOG, procedure=procedure))
    assert "run `prune.sql` once per database then" in files["PLAN.md"].replace("Run `prune", "run `prune")
    assert "DELETE FROM django_migrations WHERE app = 'blog' AND name IN (" in files[f"{procedure}/prune.sql"]
