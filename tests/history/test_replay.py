"""Replaying operations: what each does to models, fields and options of a state."""

from __future__ import annotations

import pytest

from analyzer.states.values import Absent, Built, Form, Listing, ModelState
from tests.history.replays import POST, doubts, fields, history, shown, states

ID = "('id', models.AutoField(primary_key=True))"
PLAIN = {"id": "AutoField", "title": "CharField"}


def post(*operations: str) -> ModelState:
    """The model blog.Post after these lists of operations, which leave nothing open."""
    state = states(history(f"[{POST}]", *operations)).final
    assert doubts(state) == []
    found = state.model("blog.Post")
    assert found is not None
    return found


def names(form: Form) -> list[object]:
    assert isinstance(form, Listing)
    return [item.keyword("name") if isinstance(item, Built) else item for item in form.items]


def groups(form: Form) -> list[tuple[object, ...]]:
    assert isinstance(form, Listing)
    assert form.kind == "set"
    return [item.items for item in form.items if isinstance(item, Listing)]


# ---------------------------------------------------------------- models


def test_a_model_is_created_with_fields_options_bases_and_managers() -> None:
    text = f"""[migrations.CreateModel(name="Post", fields=[{ID}], options={{"ordering": ["id"]}},
        bases=("blog.Base", helpers.Mixin, models.Model),
        managers=[("objects", helpers.Manager())])]"""
    helpers = "class Mixin: pass\nclass Manager: use_in_migrations = True"
    found = states(history(text, before="from blog import helpers", helpers=helpers)).final.models
    model = found["blog", "post"]
    assert (model.label, fields(model)) == ("blog.Post", {"id": "AutoField"})
    assert model.bases == ("blog.Base", "blog.helpers.Mixin", "django.db.models.Model")
    assert model.managers == (("objects", Built("blog.helpers.Manager", (), ())),)
    assert model.options == {
        "ordering": Listing("list", ("id",)),
        "indexes": Listing("list", ()),
        "constraints": Listing("list", ()),
    }
    assert (model.file, model.line) == ("blog/migrations/m1.py", 7)


def test_a_model_without_more_has_the_base_of_all_models() -> None:
    assert post().bases == ("django.db.models.Model",)


def test_a_deleted_model_is_gone() -> None:
    assert shown(states(history(f"[{POST}]", "[migrations.DeleteModel('POST')]")).final) == {}


def test_a_renamed_model_takes_relations_along() -> None:
    links = f"""[migrations.CreateModel("Link", [
        ("post", models.ForeignKey("blog.Post", CASCADE)),
        ("one", models.OneToOneField("blog.POST", CASCADE)),
        ("many", models.ManyToManyField("post")),
        ("through", models.ManyToManyField("shop.Item", through="blog.Post")),
    ]), migrations.AddField("post", "parent", models.ForeignKey("self", CASCADE)),
    migrations.CreateModel("Child", [{ID}], bases=("blog.post",))]"""
    state = states(history(f"[{POST}]", links, "[migrations.RenameModel('Post', 'Article')]")).final
    assert shown(state) == {
        "blog.Article": {**PLAIN, "parent": "ForeignKey to blog.Article"},
        "blog.Link": {
            "post": "ForeignKey to blog.Article",
            "one": "OneToOneField to blog.Article",
            "many": "ManyToManyField to blog.Article",
            "through": "ManyToManyField to shop.Item",
        },
        "blog.Child": {"id": "AutoField"},
    }
    assert state.models["blog", "link"].fields["through"].through == "blog.Article"
    assert state.models["blog", "child"].bases == ("blog.Article",)


def test_a_model_that_was_renamed_still_follows_the_next_renaming() -> None:
    child = f"[migrations.CreateModel('Child', [{ID}], bases=('blog.post',))]"
    again = "[migrations.RenameModel('Child', 'Kid'), migrations.RenameModel('Post', 'Article')]"
    assert states(history(f"[{POST}]", child, again)).final.models["blog", "kid"].bases == ("blog.Article",)


def test_a_relation_follows_the_settings() -> None:
    found = post("[migrations.AddField('post', 'by', models.ForeignKey(settings.AUTH_USER_MODEL, CASCADE))]")
    assert fields(found)["by"] == "ForeignKey to auth.User"


# ---------------------------------------------------------------- options


@pytest.mark.parametrize(
    ("operation", "name", "value"),
    [
        ("AlterModelTable('post', 'posts')", "db_table", "posts"),
        ("AlterModelTable(name='post', table=None)", "db_table", None),
        ("AlterModelTableComment('post', 'all')", "db_table_comment", "all"),
        ("AlterOrderWithRespectTo('post', 'title')", "order_with_respect_to", "title"),
        ("AlterModelOptions('post', {'ordering': 'title'})", "ordering", "title"),
    ],
)
def test_an_option_is_set(operation: str, name: str, value: Form) -> None:
    assert post(f"[migrations.{operation}]").options[name] == value


def test_options_that_are_not_named_again_fall_back_unless_others_set_them() -> None:
    first = "[migrations.AlterModelOptions('post', {'ordering': ['title'], 'verbose_name': 'a'})]"
    second = "[migrations.AlterModelTable('post', 'posts')]"
    third = "[migrations.AlterModelOptions('post', {'verbose_name': 'b'})]"
    options = post(first, second, third).options
    assert (options.get("ordering"), options["verbose_name"], options["db_table"]) == (None, "b", "posts")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("{('title', 'id')}", [("title", "id")]),
        ("[['title', 'id'], ('id', 'title')]", [("id", "title"), ("title", "id")]),
        ("('title', 'id')", [("title", "id")]),
        ("set([('title', 'id')])", [("title", "id")]),
        ("set([])", []),
        ("None", []),
    ],
)
def test_groups_of_names_have_one_form(written: str, found: list[tuple[str, ...]]) -> None:
    model = post(f"[migrations.AlterUniqueTogether('post', {written}),"
                 f" migrations.AlterIndexTogether(name='post', index_together={written})]")  # fmt: skip
    assert groups(model.options["unique_together"]) == groups(model.options["index_together"]) == found


def test_managers_are_replaced() -> None:
    model = post("[migrations.AlterModelManagers('post', [('people', models.Manager())])]")
    assert [name for name, _ in model.managers] == ["people"]
    assert post("[migrations.AlterModelManagers(name='post', managers=[])]").managers == ()


# ---------------------------------------------------------------- fields


def test_fields_are_added_altered_and_removed() -> None:
    found = post(
        "[migrations.AddField('Post', 'a', models.IntegerField(null=True))]",
        "[migrations.AlterField(model_name='post', name='a', field=models.TextField())]",
        "[migrations.RemoveField('post', 'title')]",
    )
    assert fields(found) == {"id": "AutoField", "a": "TextField"}
    assert (found.fields["a"].file, found.fields["a"].line) == ("blog/migrations/m3.py", 7)


@pytest.mark.parametrize("verb", ["AddField('post', 'a'", "AlterField('post', 'title'"])
def test_a_default_for_existing_rows_is_not_kept(verb: str) -> None:
    kept = post(f"[migrations.{verb}, models.IntegerField(default=1))]")
    dropped = post(f"[migrations.{verb}, models.IntegerField(default=1), preserve_default=False)]")
    name = verb.split("'")[3]
    assert kept.fields[name].changed == ()
    assert dropped.fields[name].changed == (("default", Absent()),)


def test_a_renamed_field_is_followed_by_what_names_it() -> None:
    links = """[migrations.CreateModel("Link", [
        ("post", models.ForeignKey("blog.Post", CASCADE, to_field="title")),
        ("other", models.ForeignKey("blog.Post", CASCADE))]),
        migrations.AlterUniqueTogether("post", {("title", "id")}),
        migrations.AddIndex("post", models.Index(fields=["title"], name="by_title"))]"""
    state = states(history(f"[{POST}]", links, "[migrations.RenameField('post', 'title', 'name')]")).final
    model, link = state.models["blog", "post"], state.models["blog", "link"]
    assert fields(model) == {"id": "AutoField", "name": "CharField"}
    assert groups(model.options["unique_together"]) == [("name", "id")]
    assert (link.fields["post"].changed, link.fields["other"].changed) == ((("to_field", "name"),), ())
    index = model.options["indexes"]
    assert isinstance(index, Listing)
    assert index.items[0].keyword("fields") == Listing("list", ("title",))  # type: ignore[union-attr]


# ---------------------------------------------------------------- indexes and constraints


def test_indexes_come_change_their_names_and_go() -> None:
    added = """[migrations.AddIndex("post", models.Index(fields=["title"], name="one")),
        migrations.AddIndex(model_name="post", index=models.Index(fields=["id"], name="two"))]"""
    assert names(post(added).options["indexes"]) == ["one", "two"]
    renamed = "[migrations.RenameIndex('post', new_name='three', old_name='one')]"
    assert names(post(added, renamed).options["indexes"]) == ["three", "two"]
    assert names(post(added, "[migrations.RemoveIndex('post', 'one')]").options["indexes"]) == ["two"]


def test_a_group_of_index_together_may_become_an_index() -> None:
    together = "[migrations.AlterIndexTogether('post', [('title', 'id'), ('id', 'title')])]"
    model = post(together, "[migrations.RenameIndex('post', 'both', old_fields=('title', 'id'))]")
    assert groups(model.options["index_together"]) == [("id", "title")]
    assert names(model.options["indexes"]) == ["both"]


def test_constraints_come_change_and_go() -> None:
    added = """[migrations.AddConstraint("post", models.UniqueConstraint(fields=["title"], name="one")),
        migrations.AddConstraint("post", models.CheckConstraint(condition=Q(id__gt=1), name="two"))]"""
    assert names(post(added).options["constraints"]) == ["one", "two"]
    altered = (
        "[migrations.AlterConstraint('post', 'two', models.UniqueConstraint(fields=['id'], name='two'))]"
    )
    found = post(added, altered).options["constraints"]
    assert isinstance(found, Listing)
    assert isinstance(found.items[1], Built)
    assert found.items[1].path == "django.db.models.UniqueConstraint"
    assert names(post(added, "[migrations.RemoveConstraint('post', 'one')]").options["constraints"]) == [
        "two"
    ]


def test_models_of_packages_own_make_are_models_all_the_same() -> None:
    before = "import psqlextra.backend.migrations.operations as extra"
    text = """[extra.PostgresCreatePartitionedModel(
            name="Day", fields=[("id", models.AutoField(primary_key=True))],
            partitioning_options={"key": ["id"]}),
        extra.PostgresAddDefaultPartition(model_name="Day", name="rest"),
        extra.PostgresDeletePartitionedModel("Post")]"""
    state = states(history(f"[{POST}]", text, before=before)).final
    assert (shown(state), doubts(state)) == ({"blog.Day": {"id": "AutoField"}}, [])


def test_operations_of_packages_do_what_they_stand_for() -> None:
    before = (
        "from django.contrib.postgres.operations import *\n"
        "from django.contrib.postgres import operations as postgres\n"
        "import pgtrigger, pgtrigger.migrations"
    )
    text = """[postgres.TrigramExtension(), postgres.CreateCollation("c", "l"),
        postgres.AddIndexConcurrently("post", models.Index(fields=["id"], name="one")),
        postgres.AddConstraintNotValid("post", models.CheckConstraint(condition=Q(id__gt=1), name="two")),
        postgres.ValidateConstraint("post", "two"), postgres.AddIndexConcurrently("post", models.Index(
            fields=["id"], name="three")), postgres.RemoveIndexConcurrently("post", "three"),
        pgtrigger.migrations.AddTrigger("post", pgtrigger.compiler.Trigger(name="four"))]"""
    state = states(history(f"[{POST}]", text, before=before)).final
    options = state.models["blog", "post"].options
    found = [names(options[name]) for name in ("indexes", "constraints", "triggers")]
    assert (found, doubts(state)) == ([["one"], ["two"], ["four"]], [])


# ---------------------------------------------------------------- operations that hold others


@pytest.mark.parametrize(
    ("operation", "gone"),
    [
        ("SeparateDatabaseAndState(state_operations=[{}])", True),
        ("SeparateDatabaseAndState([], [{}])", True),
        ("SeparateDatabaseAndState(database_operations=[{}])", False),
        ("SeparateDatabaseAndState([{}])", False),
        ("SeparateDatabaseAndState([migrations.SeparateDatabaseAndState([], [{}])])", False),
        ("SeparateDatabaseAndState([], [migrations.SeparateDatabaseAndState([{}])])", False),
        ("SeparateDatabaseAndState([], [migrations.SeparateDatabaseAndState([], [{}])])", True),
        ("RunSQL('', state_operations=[{}])", True),
        ("RunSQL('', '', [{}])", True),
        ("RunPython(print)", False),
    ],
)
def test_only_operations_on_the_state_change_it(operation: str, gone: bool) -> None:
    inner = "migrations.RemoveField('post', 'title')"
    assert ("title" in post(f"[migrations.{operation.format(inner)}]").fields) is not gone
