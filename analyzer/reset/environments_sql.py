"""Statements about `django_migrations` that a person may run after looking: shown, never run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzer.history.values import Key

TABLE = "django_migrations"
MOST = 20
"""Rows that one statement names."""


def record(keys: Iterable[Key]) -> str:
    """Write rows of migrations whose effect is in the database."""
    rows = ", ".join(f"({_text(app)}, {_text(name)}, CURRENT_TIMESTAMP)" for app, name in keys)
    return f"INSERT INTO {TABLE} (app, name, applied) VALUES {rows};"  # noqa: S608 - shown


def rename(key: Key, name: str) -> str:
    """Let the row of a renamed file follow it."""
    return f"UPDATE {TABLE} SET name = {_text(name)} WHERE {_is(key)};"  # noqa: S608 - shown


def relabel(old: str, new: str) -> str:
    """Let the rows of an app follow its new label."""
    return f"UPDATE {TABLE} SET app = {_text(new)} WHERE app = {_text(old)};"  # noqa: S608 - shown


def relabel_types(old: str, new: str) -> str:
    """Let content types follow an app's new label; generic relations and permissions hang on them."""
    return f"UPDATE django_content_type SET app_label = {_text(new)} WHERE app_label = {_text(old)};"  # noqa: S608 - shown


def forget(keys: Sequence[Key]) -> str:
    """Remove the rows of migrations; of many the first ones."""
    shown = [f"DELETE FROM {TABLE} WHERE {_is(key)};" for key in keys[:MOST]]  # noqa: S608 - shown
    return " ".join([*shown, *([f"and so on for {len(keys) - MOST} more"] if len(keys) > MOST else [])])


def forget_app(app: str) -> str:
    """Remove all rows of an app."""
    return f"DELETE FROM {TABLE} WHERE app = {_text(app)};"  # noqa: S608 - shown


def forget_row(key: Key, number: int | None) -> str:
    """Remove one of several equal rows."""
    which = f"id = {number}" if number is not None else f"{_is(key)} AND id <> (the one that stays)"
    return f"DELETE FROM {TABLE} WHERE {which};"  # noqa: S608 - shown


def _is(key: Key) -> str:
    return f"app = {_text(key[0])} AND name = {_text(key[1])}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
