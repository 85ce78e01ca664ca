"""What an operation leaves behind: rows with their keys, hidden schema, and what it needs for that."""

from __future__ import annotations

import pytest

from analyzer.data.sql import statements
from analyzer.data.values import Row
from tests.data.shop import forward, migration, operations, python, sql


def rows(body: str) -> list[tuple[str, dict[str, str], str, bool]]:
    return [(row.target, dict(row.key), row.how, row.many) for row in python(forward(body)).rows]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Tag.objects.create(name='x', n=3)", [("shop.Tag", {"name": "x", "n": "3"}, "create", False)]),
        ("Tag(name='x').save()", [("shop.Tag", {"name": "x"}, "save", False)]),
        (
            "Tag.objects.get_or_create(slug='x', defaults={'name': 'y'})",
            [("shop.Tag", {"slug": "x"}, "get_or_create", False)],
        ),
        # A row that is saved again is one row
        ("tag = Tag.objects.create(name='x')\ntag.save()", [("shop.Tag", {"name": "x"}, "create", False)]),
        # Constants are counted …
        (
            "for name in ('x', 'y'):\n    Tag.objects.create(name=name)",
            [("shop.Tag", {"name": name}, "create", False) for name in "xy"],
        ),
        (
            "Tag.objects.bulk_create([Tag(name=name) for name in ('x', 'y')])",
            [("shop.Tag", {"name": name}, "bulk_create", False) for name in "xy"],
        ),
        # … what is read somewhere else is not
        ("for name in read():\n    Tag.objects.create(name=name)", [("shop.Tag", {}, "create", True)]),
        ("Tag.objects.bulk_create([Tag(name=n) for n in read()])", [("shop.Tag", {}, "bulk_create", True)]),
        # A long text is no key, nor is one that is only known in part
        (f"Tag.objects.create(text={'x' * 300!r})", [("shop.Tag", {}, "create", False)]),
        ("Tag.objects.create(name=f'x{read()}')", [("shop.Tag", {}, "create", False)]),
        ("Tag.objects.update(name='x')", []),
        ("for tag in Tag.objects.all():\n    Shop.objects.create(tag=tag)", []),
    ],
)
def test_rows_of_code(body: str, expected: list[tuple[str, dict[str, str], str, bool]]) -> None:
    assert rows(f"from elsewhere import read\n{body}") == expected


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("INSERT INTO shop_tag (id, name) VALUES (1, 'x'), (2, 'it''s')", [("1", "x"), ("2", "it's")]),
        ("INSERT INTO shop_tag (id, name) VALUES (1, now())", [("1",)]),
        ("INSERT INTO shop_tag VALUES (1, 'x')", [()]),
        ("INSERT INTO shop_tag (name) SELECT 'x' WHERE NOT EXISTS (SELECT 1 FROM shop_tag)", [()]),
    ],
)
def test_rows_of_sql(text: str, keys: list[tuple[str, ...]]) -> None:
    found = sql(text).rows
    assert [tuple(value for _, value in row.key) for row in found] == keys
    assert {(row.how, row.many) for row in found} == {("insert", False)}


def test_parameters_are_constants_of_a_row() -> None:
    body = "schema_editor.execute('INSERT INTO shop_tag (name, n) VALUES (%s, %s)', ['it', 2])"
    assert [dict(row.key) for row in python(forward(body)).rows] == [{"name": "it", "n": "2"}]


def test_a_row_of_a_table_is_one_of_its_model() -> None:
    files = "# shop/models.py\nfrom django.db import models\nclass Tag(models.Model): pass\n"
    (found,) = operations(files, migration("", 'migrations.RunSQL("INSERT INTO shop_tag (n) VALUES (1)")'))
    assert found.rows == (Row("shop.Tag", (("n", "1"),), "insert", False, found.file, found.line),)
    assert found.needs == ("shop.Tag",)


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("CREATE EXTENSION IF NOT EXISTS pg_trgm", [("extension", "pg_trgm", "", "create")]),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", [("index", "i", "t", "create")]),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1", [("materialized view", "v", "", "create")]),
        ("CREATE TRIGGER g BEFORE UPDATE ON t EXECUTE FUNCTION f()", [("trigger", "g", "t", "create")]),
        (
            "CREATE TEXT SEARCH CONFIGURATION c (copy=english)",
            [("text search configuration", "c", "", "create")],
        ),
        ("DROP VIEW IF EXISTS a, b CASCADE", [("view", "a", "", "drop"), ("view", "b", "", "drop")]),
        (
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0), DROP CONSTRAINT d, ALTER COLUMN e SET DEFAULT 1",
            [
                ("constraint", "c", "t", "create"),
                ("constraint", "d", "t", "drop"),
                ("default", "e", "t", "create"),
            ],
        ),
        ("ALTER TABLE t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY", []),
        ("GRANT SELECT ON t TO reader", [("grant", "", "t", "create")]),
        (
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN CREATE TYPE m AS ENUM ('a'); END IF; END $$",
            [("type", "m", "", "create")],
        ),
    ],
)
def test_objects_of_sql(text: str, objects: list[tuple[str, str, str, str]]) -> None:
    found = [part for statement in statements(text) for part in statement.objects]
    assert [(one.kind, one.name, one.table, one.action) for one in found] == objects


@pytest.mark.parametrize(
    ("body", "deeds"),
    [
        ("UPDATE t SET a = CASE WHEN b THEN 1 ELSE 2 END;", ["change"]),
        ("INSERT INTO t (a) VALUES (1);", ["insert"]),
        ("FOR r IN SELECT * FROM u LOOP INSERT INTO t (a) VALUES (r.a); END LOOP;", ["copy"]),
        ("FOR r IN SELECT * FROM pg_class LOOP EXECUTE format('DROP TABLE %I', r.n); END LOOP;", ["restate"]),
        ("EXECUTE 'CREATE INDEX i ON t (a)'; RAISE NOTICE 'done';", ["schema"]),
    ],
)
def test_the_statements_of_an_anonymous_block(body: str, deeds: list[str]) -> None:
    text = f"DO $do$ DECLARE r record; n int := 0; BEGIN {body} END $do$ LANGUAGE plpgsql"
    assert [statement.deed for statement in statements(text)] == deeds


@pytest.mark.parametrize(
    ("written", "kind", "hints", "atomic"),
    [
        ("migrations.RunPython(run)", "none", False, None),
        ("migrations.RunPython(run, run, atomic=False)", "code", False, False),
        ("migrations.RunPython(run, migrations.RunPython.noop, hints={'a': 1})", "noop", True, None),
        ("migrations.RunPython(run, lambda *args: None, None, {})", "code", False, None),
        ("migrations.RunPython(run, MISSING)", "unknown", False, None),
        ("migrations.RunSQL('SELECT 1')", "none", False, None),
        ("migrations.RunSQL('SELECT 1', 'SELECT 2')", "sql", False, None),
        ("migrations.RunSQL('SELECT 1', migrations.RunSQL.noop)", "noop", False, None),
    ],
)
def test_how_an_operation_is_undone(written: str, kind: str, hints: bool, atomic: bool | None) -> None:
    code = "from shop.elsewhere import MISSING\ndef run(apps, schema_editor): pass"
    (found,) = operations(migration(code, written))
    assert (found.reverse_kind, found.hints, found.atomic) == (kind, hints, atomic)


def test_the_models_that_an_operation_works_with() -> None:
    body = "Other = apps.get_model('other.thing')\nfor tag in Tag.objects.all():\n    tag.shop.save()"
    assert python(forward(body)).needs == ("other.thing", "shop.Shop", "shop.Tag")
