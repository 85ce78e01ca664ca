"""What is carried over to a draft: what is there at the end of the history, and what that rests on."""

from __future__ import annotations

from analyzer.reset.drafts.compose import Drafts
from tests.reset.test_drafts import MODEL, drafted, run, the


def function(body: str, takes: str = "", name: str = "counted") -> str:
    make = f"CREATE OR REPLACE FUNCTION {name}({takes}) RETURNS int LANGUAGE sql AS $$SELECT {body}$$"
    return f'operations = [migrations.RunSQL("{make}", "DROP FUNCTION {name}({takes})")]'


def sql(text: str) -> str:
    return f'operations = [migrations.RunSQL("{text}", migrations.RunSQL.noop)]'


def migrations_of(found: Drafts) -> list[str]:
    return [operation.migration for file in found.files for operation in file.operations]


def test_of_a_function_that_is_replaced_the_last_body_is_carried_over() -> None:
    assert migrations_of(drafted(function("1"), function("2"))) == ["0003_next"]


def test_functions_that_take_other_types_stand_beside_each_other() -> None:
    found = drafted(function("1", "a int"), function("2", "b text"), sql("DROP FUNCTION counted(int)"))
    assert migrations_of(found) == ["0003_next"]
    assert "SELECT 2" in the(found)


def test_the_earlier_body_comes_along_where_something_in_between_rests_on_it() -> None:
    view = sql("CREATE VIEW counts AS SELECT counted()")
    found = drafted(function("1"), view, function("2"))
    assert migrations_of(found) == ["0002_next", "0003_next", "0004_next"]


def test_what_alters_an_object_comes_behind_what_makes_it() -> None:
    made, more = sql("CREATE TYPE mood AS ENUM ('sad')"), sql("ALTER TYPE mood ADD VALUE 'glad'")
    found = drafted(made, more)
    assert found.files == ()
    assert found.first.index("CREATE TYPE mood") < found.first.index("ADD VALUE")


def test_whatever_is_carried_over_is_drafted_or_said_to_be_left() -> None:
    found = drafted(
        "from django.contrib.postgres.operations import *\n---\noperations = [HStoreExtension()]",
        "from blog.making import VIEW\n---\noperations = [migrations.RunSQL(VIEW)]",
        run("unknown(Post)", more="from blog.gone import unknown"),
        more="# blog/making.py\nVIEW = 'CREATE VIEW titles AS SELECT 1'\n",
    )
    assert "HStoreExtension()" in found.first
    told = {*migrations_of(found), *(one.operation.migration for one in found.left)}
    assert told == {"0003_next", "0004_next"}


def filled(before: str, after: str) -> str:
    """A seed, behind it a field that was filled by `before` and is filled by `after` in the end."""
    add = f'operations = [migrations.AddField("post", "rank", {before})]'
    change = f'operations = [migrations.AlterField("post", "rank", {after})]'
    seed = run("Post.objects.create(title='a')")
    model = MODEL + f"    rank = {after}\n"
    imports = "import django.utils.timezone\n---\n"
    return the(drafted(imports + add, seed, imports + change, model=model))


def test_a_field_that_was_filled_otherwise_gets_what_it_got() -> None:
    number = "models.IntegerField(default={})"
    assert '"rank": 7' in filled(number.format(7), number.format(8))
    assert '"rank"' not in filled(number.format(7), number.format(7))
    assert '"rank": None' in filled(
        "models.IntegerField(null=True)", "models.IntegerField(null=True, default=8)"
    )
    assert "\"rank\": ''" in filled("models.CharField()", "models.CharField(default='x')")
    assert '"rank"' not in filled("models.IntegerField(null=True)", number.format(8))


def test_what_filled_a_field_may_be_a_function() -> None:
    text = filled(
        "models.DateTimeField(default=django.utils.timezone.now)", "models.DateTimeField(null=True)"
    )
    assert '"rank": django.utils.timezone.now()' in text
    assert "import django.utils.timezone\n" in text


def test_a_field_that_came_later_keeps_what_the_rows_were_given_then() -> None:
    add = """operations = [migrations.AddField("post", "rank", models.IntegerField(default=7)),
        migrations.AlterField("post", "rank", models.IntegerField(default=8))]"""
    model = MODEL + "    rank = models.IntegerField(default=8)\n"
    assert '"rank": 7' in the(drafted(run("Post.objects.create(title='a')"), add, model=model))


def test_a_field_that_is_given_is_not_filled_under_its_new_name() -> None:
    rename = """operations = [migrations.RenameField("post", "text", "body"),
        migrations.AlterField("post", "body", models.TextField(default="x"))]"""
    model = "class Post(models.Model):\n    title = models.CharField(max_length=20, unique=True)\n"
    model += '    body = models.TextField(default="x")\n'
    text = the(drafted(run("Post.objects.create(title='a', text='b')"), rename, model=model))
    assert text.count('"body":') == 1
