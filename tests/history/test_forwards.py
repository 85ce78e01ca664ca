"""Operations of a project's own whose `state_forwards` says itself what becomes of the models."""

from __future__ import annotations

import pytest

from tests.history.replays import POST, doubts, fields, history, states

CLASSES = """
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

class Of(Operation):
    def __init__(self, model_name, bases=None):
        self.model_name = model_name
        self.bases = bases

class Put(Of):
    def state_forwards(self, app_label, state):
        {body}

class Altered(migrations.AlterField):
    def __init__(self):
        super().__init__("Post", "title", field=models.TextField())
    def state_forwards(self, app_label, state):
        {body}
"""
PLAIN = {"id": "AutoField", "title": "CharField"}
NOTE = {**PLAIN, "note": "TextField"}
FIELDS = "state.models[app_label, 'post'].fields"
EITHER = """if type(state.models) is list:
    state.remove_field(app_label, 'post', 'title')
else:
    state.models[(app_label, 'post')].fields.pop('title')"""
BEFORE = """state.models[app_label, self.model_name_lower].fields['note'] = self.field
super(Altered, self).state_forwards(app_label, state)"""
AFTER = """super().state_forwards(app_label, state)
state.rename_field(app_label, self.model_name_lower, self.name, 'text')"""
TWO = """if state.old:
    found = state.models[app_label, 'post']
else:
    found = state.models[app_label, 'other']
found.fields.pop('title')"""


def after(body: str, operation: str) -> tuple[dict[str, str], tuple[str, ...], list[str]]:
    """The fields and bases of blog.Post, and what is in doubt, after an operation with such a body."""
    lines = "\n        ".join(body.splitlines())
    text = history(
        f"[{POST}]",
        f"[{operation}]",
        before="from blog.helpers import *",
        helpers=CLASSES.replace("{body}", lines),
    )
    found = states(text).final
    model = found.model("blog.Post")
    return (fields(model), model.bases, doubts(found)) if model is not None else ({}, (), doubts(found))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (f"{FIELDS}['note'] = models.TextField()", NOTE),
        (f"{FIELDS}.update({{'note': models.TextField()}})", NOTE),
        (f"{FIELDS}.insert(0, ('note', models.TextField()))", NOTE),
        (f"{FIELDS}.append(('note', models.TextField()))", NOTE),
        (f"{FIELDS}.pop('title')", {"id": "AutoField"}),
        (f"del {FIELDS}['title']\nstate.reload_model(app_label, 'post')", {"id": "AutoField"}),
        ("found = state.models[app_label, 'post']\nfound.fields['note'] = models.TextField()", NOTE),
        ("state.add_field(app_label, 'post', 'note', models.TextField(), True)", NOTE),
        ("state.remove_field(app_label, self.model_name, 'title')", {"id": "AutoField"}),
        ("state.remove_model(app_label, self.model_name.lower())", {}),
        ("state.notes = []\nstate.rename_field(app_label, 'post', 'title', 'name')\nreturn",
         {"id": "AutoField", "name": "CharField"}),
        (EITHER, {"id": "AutoField"}),
    ],
)  # fmt: skip
def test_what_it_does_to_fields_is_what_operations_do(body: str, found: dict[str, str]) -> None:
    assert after(body, "Put('Post')")[::2] == (found, [])


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("super().state_forwards(app_label, state)", {"id": "AutoField", "title": "TextField"}),
        (BEFORE, {"id": "AutoField", "title": "TextField", "note": "TextField"}),
        (AFTER, {"id": "AutoField", "text": "TextField"}),
    ],
)
def test_what_it_inherits_happens_at_its_turn(body: str, found: dict[str, str]) -> None:
    assert after(body, "Altered()")[::2] == (found, [])


def test_a_model_gets_other_bases() -> None:
    body = "state.models[app_label, self.model_name.lower()].bases = self.bases"
    assert after(body, "Put('Post', ('blog.mixins.Mixin',))") == (PLAIN, ("blog.mixins.Mixin",), [])


@pytest.mark.parametrize(
    "body",
    [
        f"{FIELDS}.clear()",
        f"{FIELDS}[name()] = models.TextField()",
        "found = state.models[app_label, 'post']\nfound.fields.clear()",
        "state.models['shop', 'post'].fields['note'] = models.TextField()",
        "if app_label == 'blog':\n    return\nstate.remove_field(app_label, 'post', 'title')",
        "if app_label == 'blog':\n    state.remove_field(app_label, 'post', 'title')",
        "for name in names():\n    state.remove_field(app_label, 'post', name)",
        "state.add_model(self.model)",
        TWO,
        "if state.models.clear():\n    state.notes = 1",
        "super().state_forwards(app_label, state)",
    ],
)
def test_anything_else_is_in_doubt(body: str) -> None:
    assert after(body, "Put('Post')")[2] in (["blog"], ["blog.post"])
