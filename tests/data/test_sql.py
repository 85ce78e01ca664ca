"""What a statement of SQL does, told by its words alone."""

from __future__ import annotations

import pytest

from analyzer.data.ddl import Object
from analyzer.data.sql import statements
from analyzer.data.sqltext import HOLE
from tests.data.shop import migration, operations, sql


def deeds(text: str) -> list[str]:
    return [statement.deed for statement in statements(text)]


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        # Rows
        ("INSERT INTO tag (name) VALUES ('new'), ('old')", "insert"),
        ("INSERT INTO tag SELECT 1, 'x' WHERE NOT EXISTS (SELECT 1 FROM tag)", "insert"),
        ("ALTER SEQUENCE tag_id_seq RESTART WITH 10", "insert"),
        ("INSERT INTO tag (name) SELECT name FROM label", "copy"),
        ("WITH old AS (SELECT * FROM label) INSERT INTO tag SELECT name FROM old", "copy"),
        ("UPDATE ONLY public.tag SET name = upper(name)", "change"),
        ("DELETE FROM tag", "change"),
        ("TRUNCATE TABLE tag", "change"),
        ("ALTER DATABASE shop REFRESH COLLATION VERSION", "change"),
        ("SELECT setval('tag_id_seq', (SELECT max(id) FROM tag))", "change"),
        # Neither rows nor schema
        ("SELECT 1", "nothing"),
        ("SET CONSTRAINTS ALL IMMEDIATE", "nothing"),
        ("PRAGMA foreign_keys = OFF", "nothing"),
        ("CREATE TEMPORARY TABLE t (id int)", "nothing"),
        ("ALTER TABLE tag DISABLE TRIGGER ALL", "nothing"),
        # What no model expresses
        ("CREATE EXTENSION IF NOT EXISTS pg_trgm", "schema"),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS tag_name ON tag (upper(name))", "schema"),
        ("CREATE OR REPLACE VIEW busy AS SELECT * FROM tag", "schema"),
        (
            "CREATE DEFINER=`root`@`localhost` TRIGGER t BEFORE INSERT ON tag FOR EACH ROW SET @a = 1",
            "schema",
        ),
        ("ALTER TABLE tag ADD CONSTRAINT named CHECK (name <> '')", "schema"),
        ("ALTER TABLE tag ALTER COLUMN name SET DEFAULT ''", "schema"),
        ('ALTER TABLE tag ALTER COLUMN name TYPE text COLLATE "C"', "schema"),
        ("GRANT SELECT ON tag TO reader", "schema"),
        ("ALTER TABLE tag SET (autovacuum_enabled = true, fillfactor = 70)", "schema"),
        ("ALTER TABLE tag ALTER COLUMN name SET (n_distinct = -1)", "schema"),
        ("ALTER TABLE tag SET UNLOGGED", "schema"),
        ("ALTER TABLE public.tag SET SCHEMA archive", "schema"),
        ("ALTER INDEX tag_name SET (fastupdate = off)", "schema"),
        ("ALTER SEQUENCE tag_id_seq INCREMENT BY 10", "schema"),
        ("DO $$ BEGIN CREATE TYPE mood AS ENUM ('ok'); END $$", "schema"),
        # What the models' state says anyway
        ("DROP INDEX IF EXISTS tag_name", "restate"),
        ("CREATE UNIQUE INDEX CONCURRENTLY shop_tag_name_851cd501_uniq ON shop_tag (name)", "restate"),
        ("CREATE INDEX shop_tag_name_851cd501_like ON shop_tag (name varchar_pattern_ops)", "restate"),
        (
            "ALTER TABLE tag ADD CONSTRAINT tag_x_id_5941597d_fk_x_id FOREIGN KEY (x) REFERENCES x (id)",
            "restate",
        ),
        ("ALTER SEQUENCE tag_id_seq RENAME TO label_id_seq", "restate"),
        ("ALTER SEQUENCE tag_id_seq OWNED BY tag.id", "restate"),
        ("ALTER TABLE tag ALTER COLUMN name SET DEFAULT NULL", "restate"),
        ("ALTER TABLE tag RENAME COLUMN name TO title", "restate"),
        ("ALTER TABLE tag ALTER COLUMN name TYPE varchar(200)", "restate"),
        ("ALTER TABLE tag ALTER COLUMN name DROP NOT NULL", "restate"),
        # Not decided
        (f"{HOLE} tag", "unknown"),
        ("SELECT refresh_everything()", "unknown"),
        ("CALL tidy_up()", "unknown"),
    ],
)
def test_one_statement(text: str, deed: str) -> None:
    assert deeds(text) == [deed]


def test_the_body_of_a_function_is_not_run() -> None:
    text = (
        "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN DELETE FROM tag; END; $$ LANGUAGE plpgsql; SELECT 1"
    )
    assert deeds(text) == ["schema", "nothing"]


def test_semicolons_inside_a_trigger_end_no_statement() -> None:
    body = "UPDATE tag SET n = CASE WHEN 1 THEN 2 END; DELETE FROM x;"
    trigger = f"CREATE TRIGGER t AFTER UPDATE ON tag BEGIN {body} END"
    assert deeds(f"{trigger}; DROP TABLE old") == ["schema", "restate"]


def test_texts_and_comments_are_no_statements() -> None:
    assert deeds("-- DROP TABLE tag;\n/* DELETE FROM tag; */") == []
    assert deeds("INSERT INTO tag VALUES ('; DELETE FROM tag')") == ["insert"]


def test_names_are_read_through_quotes_and_schemas() -> None:
    (found,) = statements('CREATE TRIGGER "Stamp" BEFORE UPDATE ON "public"."shop_tag" EXECUTE FUNCTION f()')
    assert found.target == "shop_tag"
    assert found.objects == (Object("trigger", "Stamp", "shop_tag", "create"),)


def test_a_rule_is_one_of_its_table() -> None:
    (found,) = statements("CREATE RULE keep AS ON DELETE TO shop_tag DO INSTEAD NOTHING")
    assert found.objects == (Object("rule", "keep", "shop_tag", "create"),)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("INSERT INTO shop_tag (name) VALUES ('new')", "seed"),
        ("INSERT INTO shop_tag (name) SELECT name FROM shop_label", "one-time"),
        ("UPDATE shop_tag SET name = 'x'", "one-time"),
        ("CREATE VIEW busy AS SELECT 1", "schema"),
        ("DROP TABLE IF EXISTS shop_old", "redundant"),
        ("SELECT 1", "noop"),
        ("", "noop"),
        ("SELECT refresh_everything()", "unknown"),
        ("CREATE VIEW busy AS SELECT 1; UPDATE shop_tag SET name = 'x'", "mixed"),
        # Made only to be dropped again …
        ("CREATE TABLE copy (id int); DROP TABLE copy", "redundant"),
        # … or under another name than that of a column that goes …
        (
            "ALTER TABLE tag ADD COLUMN new int; UPDATE tag SET new = id; ALTER TABLE tag RENAME new TO old",
            "one-time",
        ),
        # … is not the same as dropped to be made anew.
        ("DROP VIEW IF EXISTS busy; CREATE VIEW busy AS SELECT 1", "schema"),
    ],
)
def test_a_text_as_a_whole(text: str, verdict: str) -> None:
    assert sql(text).verdict == verdict


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        ('["UPDATE shop_shop SET n = 1", "INSERT INTO shop_tag (n) VALUES (2)"]', "mixed"),
        ('[("INSERT INTO shop_tag (n) VALUES (%s)", [1])]', "seed"),
        ("STATEMENTS", "seed"),
        ('f"DROP TABLE IF EXISTS {NAME}"', "redundant"),
        ('"DROP TABLE %s" % NAME', "redundant"),
        ('open("tags.sql").read()', "unknown"),
        ("[open(name).read() for name in NAMES]", "unknown"),
        ("migrations.RunSQL.noop", "noop"),
    ],
)
def test_where_the_text_comes_from(written: str, verdict: str) -> None:
    code = 'STATEMENTS = ["INSERT INTO shop_tag (n) VALUES (1)"]\nNAME = "old"\nNAMES = ["a.sql"]'
    (found,) = operations(migration(code, f"migrations.RunSQL({written})"))
    assert found.verdict == verdict
