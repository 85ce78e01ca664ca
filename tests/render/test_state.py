"""The state of migrations in the JSON document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analyzer.render.json import document
from analyzer.render.state import plain
from analyzer.states.values import Built, Dictionary, Form, Listing, Name, Unsure
from tests.history.replays import history, migration
from tests.projects import analysed

POST = """[migrations.CreateModel("Post", [
    ("title", models.CharField(max_length=10, null=True)),
    ("by", models.ForeignKey(settings.AUTH_USER_MODEL, CASCADE)),
    ("tags", models.ManyToManyField("shop.Tag")),
], options={"ordering": ["-title"], "indexes": [models.Index(fields=["title"], name="by_title")]})]"""


def state(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(document(analysed(text)))["state"]
    return found


def test_models_have_their_fields_by_name() -> None:
    tag = migration("shop", "m1", "[migrations.CreateModel('Tag', [], bases=('blog.post', models.Model))]")
    assert state(history(POST) + tag) == [
        {
            "label": "blog.Post",
            "bases": ["django.db.models.Model"],
            "options": {
                "constraints": [],
                "indexes": [
                    {
                        "call": "django.db.models.Index",
                        "args": [],
                        "kwargs": {"fields": ["title"], "name": "by_title"},
                    }
                ],
                "ordering": ["-title"],
            },
            "fields": [
                {"name": "by", "class": "ForeignKey", "null": False, "target": "auth.User"},
                {"name": "tags", "class": "ManyToManyField", "null": False, "target": "shop.Tag"},
                {"name": "title", "class": "CharField", "null": True, "target": None},
            ],
        },
        {
            "label": "shop.Tag",
            "bases": ["blog.Post", "django.db.models.Model"],
            "options": {"constraints": [], "indexes": []},
            "fields": [],
        },
    ]


def test_what_is_left_open_is_among_the_unknown() -> None:
    text = history(POST, "[migrations.RemoveField('post', 'nothing')]")
    found = json.loads(document(analysed(text)))["unknown"]
    assert [item["what"] for item in found] == ["blog.post.nothing"]


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ("x", "x"),
        (None, None),
        (2**70, str(2**70)),
        (Listing("tuple", (1, 2.5, True)), [1, 2.5, True]),
        (Listing("set", (2, 1)), [1, 2]),
        (Dictionary(((1, "a"),)), {"1": "a"}),
        (Name("a.b"), "a.b"),
        (Built("a.B", (1,), (("c", None),)), {"call": "a.B", "args": [1], "kwargs": {"c": None}}),
        (Unsure("it is not known"), {"unknown": "it is not known"}),
    ],
)
def test_a_value_has_a_plain_form(form: Form, found: object) -> None:
    assert plain(form) == found
