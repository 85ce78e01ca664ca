"""Routines of one name are told apart by the types that they take."""

from __future__ import annotations

import pytest

from analyzer.data.routines import arguments
from analyzer.data.sqltext import split
from tests.data.shop import migration, operations


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("f()", ""),
        ("f(int)", "integer"),
        ("f(a int4, OUT b text)", "integer"),
        ('f("json" json, VARIADIC "keys" text[])', "json,text[]"),
        ("f(text[], IN a varchar(20) DEFAULT 'x', numeric(3, 2) = 1)", "text[],character varying,numeric"),
        ("f(double precision, a timestamp with time zone, b timestamptz)",
         "double precision,timestamp with time zone,timestamp with time zone"),
        ("f(a public.mood, pg_catalog.int8)", "mood,bigint"),
        ("f(integer ARRAY[4])", "integer[]"),
        ("f", None),
        ("f(basetype = text, sfunc = g)", None),
        ("f(a int", None),
    ],
)  # fmt: skip
def test_what_a_routine_takes(text: str, types: str | None) -> None:
    (words,) = split(text)
    assert arguments(words) == types


def nets(*texts: str) -> list[tuple[str, str | None]]:
    """The net verdicts of RunSQL operations, each in a migration of its own, with what superseded them."""
    files, parent = [], ""
    for at, text in enumerate(texts, 1):
        files.append(migration("", f"migrations.RunSQL({text!r})", f"000{at}_step", parent))
        parent = f"000{at}_step"
    return [(one.net, one.superseded_by) for one in operations(*files)]


INT = "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$SELECT 1$$"
TEXT = "CREATE FUNCTION f(a text) RETURNS int LANGUAGE sql AS $$SELECT 1$$"


def test_a_drop_drops_what_takes_the_same() -> None:
    kept = ("schema", None)
    assert nets(INT, TEXT, "DROP FUNCTION f(integer)")[:2] == [("redundant", "shop.0003_step"), kept]
    assert nets(TEXT, "DROP FUNCTION f(int)")[0] == kept
    assert nets(TEXT, "DROP FUNCTION f")[0] == ("redundant", "shop.0002_step")


def test_what_is_replaced_is_not_needed_any_more() -> None:
    again = INT.replace("CREATE", "CREATE OR REPLACE")
    other = TEXT.replace("CREATE", "CREATE OR REPLACE")
    assert nets(INT, again) == [("redundant", "shop.0002_step"), ("schema", None)]
    assert nets(INT, other) == [("schema", None), ("schema", None)]


def test_what_is_made_and_dropped_at_once_is_told_by_what_it_takes() -> None:
    assert nets(f"{INT}; DROP FUNCTION f(text)") == [("schema", None)]
    assert nets(f"{INT}; DROP FUNCTION f(int)") == [("redundant", None)]


def test_a_table_that_takes_the_place_of_a_models_table_is_no_hidden_one() -> None:
    models = "# shop/models.py\nfrom django.db import models\nclass Tag(models.Model): pass\n"
    make = migration("", "migrations.RunSQL('CREATE TABLE fresh AS SELECT * FROM shop_tag')")
    take = "DROP TABLE shop_tag; ALTER TABLE fresh RENAME TO {}"

    def nets(table: str) -> list[str]:
        sql = f"migrations.RunSQL({take.format(table)!r})"
        return [one.net for one in operations(models, make, migration("", sql, "0002_step", "0001_initial"))]

    assert nets("shop_tag") == ["redundant", "redundant"]
    assert nets("other") == ["schema", "redundant"]


def test_what_stands_on_a_table_goes_with_it() -> None:
    index = "CREATE INDEX i ON old (n)"
    assert nets(index, "DROP TABLE old")[0] == ("redundant", "shop.0002_step")
    assert nets(f"CREATE TABLE old (n int); {index}; DROP TABLE old") == [("redundant", None)]
    assert nets(index, "ALTER TABLE old RENAME TO new")[0] == ("schema", None)


def test_what_is_made_behind_a_drop_stays() -> None:
    again = "DROP TABLE IF EXISTS t; CREATE TABLE t (n int); CREATE INDEX i ON t (n)"
    assert nets(again) == [("schema", None)]
    assert nets("DROP TABLE t; ALTER TABLE u RENAME TO t; CREATE INDEX i ON t (n)") == [("schema", None)]
