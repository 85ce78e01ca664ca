"""What source leaves open about a state: said where it is, of a field, a model or a whole app."""

from __future__ import annotations

import pytest

from analyzer.states.values import Doubt
from tests.history.replays import POST, doubts, fields, history, migration, shown, states

UNSURE = "*([{}] if connection.vendor == 'x' else [])"


def left(*operations: str, before: str = "", **files: str) -> tuple[dict[str, str], list[str]]:
    """The fields of blog.Post, and what is in doubt."""
    found = states(history(f"[{POST}]", *operations, before=before, **files)).final
    model = found.model("blog.Post")
    return fields(model) if model is not None else {}, doubts(found)


PLAIN = {"id": "AutoField", "title": "CharField"}
NOTE = {**PLAIN, "note": "TextField"}


@pytest.mark.parametrize(
    ("operation", "place"),
    [
        ("AddField('nobody', 'a', models.TextField())", "blog.nobody.a"),
        ("RemoveField('post', 'a')", "blog.post.a"),
        ("RenameField('post', 'a', 'b')", "blog.post.a blog.post.b"),
        ("DeleteModel('nobody')", "blog.nobody"),
        ("RenameModel('Nobody', 'Somebody')", "blog.nobody blog.somebody"),
        ("AlterModelTable('nobody', 'x')", "blog.nobody"),
        ("RemoveIndex('post', 'by_a')", "blog.post"),
        ("RenameIndex('post', 'new', old_name='old')", "blog.post"),
        ("AlterConstraint('post', 'x', models.UniqueConstraint(name='x'))", "blog.post"),
        ("AddField('post', 'a', unknown())", "blog.post.a"),
        ("AddField('post', unknown(), models.TextField())", "blog.post"),
        ("AddField(unknown(), 'a', models.TextField())", "blog"),
        ("AddIndex('post', unknown())", "blog.post"),
        ("AlterModelOptions('post', unknown())", "blog.post"),
        ("AddField('post', 'title', models.ForeignKey(unknown(), CASCADE))", "blog.post.title"),
        ("AddField('post', 'title', models.TextField(null=unknown()))", "blog.post.title"),
        ("CreateModel('Other', unknown())", "blog.other"),
        ("CreateModel('Other', [('a', unknown())])", "blog.other.a"),
        ("CreateModel('Other', [], bases=unknown())", "blog.other"),
        ("CreateModel(unknown(), [])", "blog"),
    ],
)
def test_an_operation_that_does_not_fit_is_in_doubt(operation: str, place: str) -> None:
    assert left(f"[migrations.{operation}]", before="from nowhere import unknown")[1] == place.split()


def test_what_comes_after_it_is_replayed() -> None:
    found = left(
        "[migrations.RemoveField('post', 'a'), migrations.AddField('post', 'note', models.TextField())]"
    )
    assert found == (NOTE, ["blog.post.a"])


def test_django_alters_a_field_that_is_not_there() -> None:
    assert left("[migrations.AlterField('post', 'note', models.TextField())]") == (NOTE, ["blog.post.note"])


def test_a_doubt_says_where_and_why() -> None:
    found = states(history(f"[{POST}]", "[migrations.RemoveField('post', 'a')]"))
    why = "RemoveField does not fit: blog.Post has no field `a` here"
    assert found.final.doubts == (Doubt("blog", "post", "a", why, "blog/migrations/m2.py", 6 + 1),)
    assert [(item.file, item.what, item.why) for item in found.unknown] == [
        ("blog/migrations/m2.py", "blog.post.a", why)
    ]


# ---------------------------------------------------------------- operations that may not be there


@pytest.mark.parametrize(
    ("operation", "found"),
    [
        ("AddField('post', 'note', models.TextField())", (NOTE, ["blog.post.note"])),
        ("AddField('post', 'title', models.TextField())", (PLAIN, ["blog.post.title"])),
        ("RemoveField('post', 'title')", (PLAIN, ["blog.post.title"])),
        ("AlterField('post', 'title', models.TextField())", (PLAIN, ["blog.post.title"])),
        ("RenameField('post', 'title', 'name')", (PLAIN, ["blog.post.name", "blog.post.title"])),
        ("DeleteModel('Post')", (PLAIN, ["blog.post"])),
        ("RenameModel('Post', 'Article')", (PLAIN, ["blog.article", "blog.post"])),
        ("RunPython(print)", (PLAIN, [])),
    ],
)
def test_only_what_is_added_is_taken_to_be_there(
    operation: str, found: tuple[dict[str, str], list[str]]
) -> None:
    assert left(f"[{UNSURE.format('migrations.' + operation)}]") == found


def test_a_field_that_a_condition_adds_to_a_new_model_may_be_there() -> None:
    listed = """[("id", models.AutoField(primary_key=True))] + (
        [("note", models.TextField())] if settings.NOTES else [])"""
    state = states(history(f"[migrations.CreateModel('Post', fields={listed})]")).final
    assert shown(state) == {"blog.Post": {"id": "AutoField", "note": "TextField"}}
    assert doubts(state) == ["blog.post.note"]


@pytest.mark.parametrize(
    ("later", "place"),
    [
        ("AlterField('post', 'note', models.TextField())", []),
        ("RemoveField('post', 'note')", []),
        ("RenameField('post', 'note', 'text')", ["blog.post.text"]),
        ("DeleteModel('post')", []),
        ("RenameModel('post', 'Article')", ["blog.article.note"]),
        ("AlterField('post', 'title', models.TextField())", ["blog.post.note"]),
    ],
)
def test_a_doubt_ends_where_a_later_operation_settles_it(later: str, place: list[str]) -> None:
    unsure = UNSURE.format("migrations.AddField('post', 'note', models.TextField())")
    assert left(f"[{unsure}]", f"[migrations.{later}]")[1] == place


def test_a_migration_finds_the_doubts_of_its_time() -> None:
    unsure = UNSURE.format("migrations.AddField('post', 'note', models.TextField())")
    found = states(history(f"[{POST}]", f"[{unsure}]", "[migrations.RemoveField('post', 'note')]", "[]"))
    seen = [found.at(("blog", f"m{number}")) for number in (1, 2, 3, 4)]
    assert [doubts(state) for state in seen if state is not None] == [[], [], ["blog.post.note"], []]


def test_both_ways_of_a_helper_are_candidates() -> None:
    helper = """
from django.conf import settings
from django.db import migrations, models
def steps():
    if settings.TWO_STEPS:
        return [migrations.RemoveField("post", "title")]
    return [migrations.AddField("post", "note", models.TextField())]
"""
    found = left("[*steps()]", before="from blog.helpers import steps", helpers=helper)
    assert found == (NOTE, ["blog.post.note", "blog.post.title"])


CHOICE = """
from itertools import chain
from django.db import migrations, models
from django.db.migrations.recorder import MigrationRecorder
STEPS = {
    "one": [migrations.AddField("post", "note", models.TextField())],
    "two": [migrations.RemoveField("post", "title"), migrations.RunPython(print)],
}
def applied():
    return MigrationRecorder(None).migration_qs.latest("id")
def chosen(steps):
    names = sorted(steps)[names.index(applied()):]
    return [step for step in chain.from_iterable(steps[name] for name in names)]
def made(steps):
    return chosen(steps) + [migrations.DeleteModel("Post")] + unknown()
"""


def test_operations_that_are_chosen_at_run_time_are_each_in_doubt() -> None:
    later = "[migrations.AddField('post', 'last', models.TextField())]"
    found = left(f"chosen(STEPS) + {later}", before="from blog.helpers import *", helpers=CHOICE)
    assert found == ({**NOTE, "last": "TextField"}, ["blog.post.note", "blog.post.title"])


@pytest.mark.parametrize(
    "operations", ["made(STEPS)", "unknown(STEPS)", "chosen(unknown)", "[unknown]", "unknown"]
)
def test_the_whole_app_is_in_doubt_where_operations_are_not_known(operations: str) -> None:
    assert left(operations, before="from blog.helpers import *", helpers=CHOICE)[1] == ["blog"]


def test_the_whole_app_is_in_doubt_where_a_migration_cannot_be_read() -> None:
    broken = "# blog/migrations/m2.py\nclass Migration(:\n    (((\n"
    assert doubts(states(history(f"[{POST}]") + broken).final) == ["blog"]


@pytest.mark.parametrize(
    "more",
    [
        "    def __init__(self, name, app_label):\n        super().__init__(name, 'shop')\n",
        "    def mutate_state(self, state, preserve=True):\n        return state\n",
        "Migration.operations.append(migrations.DeleteModel('Post'))\n",
        "Migration.operations += [migrations.DeleteModel('Post')]\n",
        "if connection.vendor == 'x':\n    Migration.operations = []\n",
        "x = (((\n",
    ],
)
def test_the_whole_app_is_in_doubt_where_a_migration_does_more_than_its_operations(more: str) -> None:
    assert doubts(
        states(history(f"[{POST}]") + migration("blog", "m2", "[]", "blog.m1", more=more)).final
    ) == ["blog"]


@pytest.mark.parametrize("more", ["    def apply(self, *args): pass\n", "print(Migration.operations)\n"])
def test_other_code_in_a_migration_is_no_reason_for_doubt(more: str) -> None:
    assert (
        doubts(states(history(f"[{POST}]") + migration("blog", "m2", "[]", "blog.m1", more=more)).final) == []
    )


def test_nothing_more_is_said_about_what_is_in_doubt_anyway() -> None:
    found = left("unknown()", "[migrations.RemoveField('post', 'a'), migrations.DeleteModel('nobody')]")
    assert found[1] == ["blog"]


def test_another_app_is_not_touched_by_it() -> None:
    text = history("unknown()") + migration("shop", "m1", f"[{POST}]")
    assert (list(shown(states(text).final)), doubts(states(text).final)) == (["shop.Post"], ["blog"])


# ---------------------------------------------------------------- operations of another make

CLASSES = """
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from nowhere import Stranger

class Note(migrations.AddField):
    def __init__(self, model_name, name="note"):
        super().__init__(model_name, name, models.TextField())

class Slowly(Note):
    def database_forwards(self, *args): pass
    def state_forwards(self, app_label, state):
        print("it comes")
        super().state_forwards(app_label, state)

class Idle(Operation):
    def state_forwards(self, app_label, state):
        '''Nothing.'''

class Busy(migrations.AddField):
    def state_forwards(self, app_label, state):
        state.models[app_label, "post"].fields.clear()

class Half(migrations.AddField):
    def state_forwards(self, app_label, state):
        if something():
            super().state_forwards(app_label, state)

class One(Operation):
    def __init__(self, operation):
        self.operation = operation
    def state_forwards(self, app_label, state):
        self.operation.state_forwards(app_label, state)

class Many(Operation):
    def __init__(self, vendor, operations=()):
        self.vendor = vendor
        self.operations = operations or []
    def state_forwards(self, app_label, state):
        for operation in self.operations:
            operation.state_forwards(app_label, state)

class Noting(Note):
    def notes(self, state):
        if not hasattr(state, "notes"):
            state.notes = []
        return state.notes
    def state_forwards(self, app_label, state):
        super().state_forwards(app_label, state)
        for note in self.notes(state):
            note.append((app_label, self.name))

class Aside(Operation):
    def state_forwards(self, app_label, state):
        if app_label not in state.notes:
            return
        state.notes.pop()

class Handing(Operation):
    def clear(self, state):
        state.models.clear()
    def state_forwards(self, app_label, state):
        self.clear(state)

class Renamed(Operation):
    def state_forwards(self, app_label, state):
        other = state
        other.models.clear()

class Late(Note):
    def state_forwards(self, app_label, state):
        if app_label == "shop":
            return
        super().state_forwards(app_label, state)

class Unfinished(Operation): pass
class Strange(Stranger): pass
class NoOperation: pass
"""


@pytest.mark.parametrize(
    ("operation", "found"),
    [
        ("Note('post')", (NOTE, [])),
        ("Slowly('post')", (NOTE, [])),
        ("Idle()", (PLAIN, [])),
        ("One(Note('post'))", (NOTE, [])),
        ("One(operation=migrations.RunPython(print))", (PLAIN, [])),
        ("Many('x', [Note('post'), One(Note('post', 'text'))])", ({**NOTE, "text": "TextField"}, [])),
        ("One(Busy('post', 'note', models.TextField()))", (PLAIN, ["blog.post"])),
        ("One(unknown())", (PLAIN, ["blog"])),
        ("Many(operations=unknown())", (PLAIN, ["blog"])),
        ("Busy('post', 'note', models.TextField())", (PLAIN, ["blog.post"])),
        ("Half(model_name='post', name='note')", (PLAIN, ["blog.post"])),
        ("Noting('post')", (NOTE, [])),
        ("Aside()", (PLAIN, [])),
        ("Handing()", (PLAIN, ["blog"])),
        ("Renamed()", (PLAIN, ["blog"])),
        ("Late(model_name='post')", (PLAIN, ["blog.post"])),
        ("Unfinished()", (PLAIN, ["blog"])),
        ("Strange(model_name='post')", (PLAIN, ["blog.post"])),
        ("Stranger('x')", (PLAIN, ["blog"])),
        ("NoOperation()", (PLAIN, ["blog"])),
    ],
)
def test_a_class_of_its_own_does_what_it_inherits_unless_it_says_otherwise(
    operation: str, found: tuple[dict[str, str], list[str]]
) -> None:
    assert left(f"[{operation}]", before="from blog.helpers import *", helpers=CLASSES) == found
