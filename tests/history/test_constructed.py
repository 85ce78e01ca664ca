"""Migrations whose `__init__` decides what their operations are."""

from __future__ import annotations

import pytest

from tests.history.replays import POST, SETTINGS, migration, states

CONSTRUCTED = """
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
{body}
"""
NOTE = "migrations.AddField('post', 'note', models.TextField())"
RUN = "migrations.RunSQL(sql='SELECT 1', reverse_sql=migrations.RunSQL.noop)"


def left(body: str, settings: str = "", operations: str = "[]") -> tuple[list[str], list[str], list[str]]:
    """(fields of blog.Post, places in doubt, migrations that are not understood)"""
    lines = CONSTRUCTED.format(body="\n".join(f"        {line}" for line in body.splitlines()))
    text = SETTINGS.replace('SECRET_KEY = "x"', f'SECRET_KEY = "x"\n{settings}')
    text += migration("blog", "m1", f"[{POST}]") + migration("blog", "m2", operations, "blog.m1", more=lines)
    found = states(text)
    model = found.final.model("blog.Post")
    doubts = [".".join(filter(None, (d.app, d.model, d.field))) for d in found.final.doubts]
    return list(model.fields) if model else [], doubts, [unknown.what for unknown in found.unknown]


POSTGRES = "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}"
SQLITE = "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3'}}"


@pytest.mark.parametrize(
    ("settings", "fields"), [(POSTGRES, ["id", "title", "note"]), (SQLITE, ["id", "title"])]
)
def test_operations_for_one_database(settings: str, fields: list[str]) -> None:
    body = f"if connection.vendor == 'postgresql':\n    self.operations = [{NOTE}]"
    assert left(body, settings) == (fields, [], [])


def test_operations_that_change_no_state_leave_nothing_in_doubt() -> None:
    body = f"if connection.vendor == 'postgresql':\n    self.operations = [{RUN}]"
    assert left(body) == (["id", "title"], [], [])


def test_an_operation_that_may_be_there_leaves_its_field_in_doubt() -> None:
    body = f"if connection.vendor == 'postgresql':\n    self.operations = [{NOTE}]"
    assert left(body)[:2] == (["id", "title", "note"], ["blog.post.note"])


@pytest.mark.parametrize(
    "body",
    [
        f"self.operations = self.operations + [{NOTE}]",
        f"self.operations += [{NOTE}]",
        f"added = [{NOTE}]\nself.operations = [*self.operations, *added]",
    ],
)
def test_operations_that_are_added(body: str) -> None:
    assert left(body, operations=f"[{RUN}]") == (["id", "title", "note"], [], [])


@pytest.mark.parametrize(
    "body",
    [
        "change(self)",
        "self.operations.extend(more())",
        "self.dependencies = []",
        "setattr(self, 'operations', [])",
        "for more in range(2):\n    self.operations = more",
    ],
)
def test_a_constructor_that_does_more_is_not_followed(body: str) -> None:
    assert left(body)[1] == ["blog"]
