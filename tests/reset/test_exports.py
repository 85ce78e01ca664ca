"""Exports as tools write them: rows out, or a message that names file and line."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyzer.reset.exports import Export, ExportError, read_exports

HEAD = "id,app,name,applied\n"
ROW = "1,blog,0001_initial,2024-05-01 10:00:00.25+02\n"


def read(folder: Path, content: str | bytes) -> tuple[Export, ...]:
    path = folder / "export"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_exports(path, "export")


def rows(folder: Path, content: str | bytes) -> list[tuple[str, str]]:
    (found,) = read(folder, content)
    return [row.key for row in found.rows]


BLOG = [("blog", "0001_initial"), ("blog", "0002_title")]


MYSQL = """
+------+--------------+
| app  | name         |
+------+--------------+
| blog | 0001_initial |
| blog | 0002_title   |
+------+--------------+
2 rows in set (0.00 sec)
"""
DUMPED = """INSERT INTO django_migrations VALUES(1,'blog','0001_initial','2024-05-01 10:00:00');
INSERT INTO django_migrations VALUES(2,'blog','0002_title','2024-05-01 10:00:00');
"""
NAMED = """INSERT INTO `django_migrations` (`name`, `app`) VALUES ('0001_initial','blog'),
('0002_title','blog');
"""
TAB = "id\tapp\tname\r\n1\tblog\t0001_initial\r\n2\tblog\t0002_title\r\n"
PSQL = " app  |     name     \n------+--------------\n blog | 0001_initial\n blog | 0002_title\n(2 rows)\n\n"
LISTED = """blog
 [X] 0001_initial
 [X] 0002_title (applied at 2024-05-01 10:00:00)
shop
 (no migrations)
"""


@pytest.mark.parametrize(
    "content",
    [
        "app,name\nblog,0001_initial\nblog,0002_title\n",
        "blog,0001_initial\nblog,0002_title\n",
        "name;app\n0001_initial;blog\n0002_title;blog\n",
        '"id","app","name"\n1,"blog","0001_initial"\n2,"blog","0002_title"\n',
        "1|blog|0001_initial|2024-05-01 10:00:00.25\n2|blog|0002_title|2024-05-01 10:00:01\n",
        TAB,
        "\ufeffapp,name\nblog,0001_initial\nblog,0002_title",
        PSQL,
        MYSQL,
        LISTED,
        "\x1b[36;1mblog\x1b[0m\n [X] 0001_initial\n [X] 0002_title (2 squashed migrations)\n",
        "[X]  blog.0001_initial\n[X]  blog.0002_title ... (blog.0001_initial, auth.0001_initial)\n",
        DUMPED,
        NAMED,
        "COPY public.django_migrations (app, name) FROM stdin;\nblog\t0001_initial\nblog\t0002_title\n\\.\n",
    ],
)
def test_every_form_gives_its_rows(content: str, tmp_path: Path) -> None:
    assert rows(tmp_path, content) == BLOG
    assert rows(tmp_path, content.encode("utf-16")) == BLOG, "as PowerShell redirects it"


def test_a_name_may_end_with_a_space(tmp_path: Path) -> None:
    assert rows(tmp_path, "app , name\nblog,0001_initial\nblog, 0002_title \n") == [
        ("blog", "0001_initial"),
        ("blog", "0002_title "),
    ]


def test_a_date_is_told_in_utc(tmp_path: Path) -> None:
    (found,) = read(tmp_path, HEAD + ROW)
    assert found.rows[0].applied == datetime(2024, 5, 1, 8, 0, 0, 250_000, UTC)
    assert found.rows[0].line == 2


def test_a_listing_is_partial_and_knows_what_waits(tmp_path: Path) -> None:
    squash = "0002_s (2 squashed migrations) Run 'manage.py migrate' to finish recording."
    text = f"blog\n [X] 0001_initial\n [-] {squash}\n [ ] 0003_c\n"
    (found,) = read(tmp_path, text)
    assert found.partial
    assert [row.name for row in found.unrecorded] == ["0002_s"]
    assert [row.name for row in found.waiting] == ["0003_c"]


def test_a_dump_of_several_schemas_holds_several_databases(tmp_path: Path) -> None:
    text = "".join(
        f"COPY {schema}.django_migrations (app, name) FROM stdin;\nblog\t0001_initial\n\\.\n"
        for schema in ("eu", '"us-1"')
    )
    assert [one.database for one in read(tmp_path, text)] == ["eu", "us-1"]


def test_what_only_looks_like_a_statement_is_none(tmp_path: Path) -> None:
    inside = "INSERT INTO django_migrations VALUES (9,'x','0009_x','2024-05-01 10:00:00');"
    text = (
        "-- PostgreSQL database dump\n"
        f"CREATE FUNCTION f() RETURNS void AS $$ BEGIN\n-- don't\n{inside}\nEND $$ LANGUAGE plpgsql;\n"
        f"COPY public.note (id, body) FROM stdin;\n1\t{inside}\n\\.\n"
        f"INSERT INTO note VALUES (1, 'it''s\n{inside}\n');\n"
        f"/* {inside}\n{inside} */\n"
        "INSERT INTO public.django_migrations VALUES (1, 'blog', '0001_initial', '2024-05-01 10:00:00+00');\n"
        "-- PostgreSQL database dump complete\n"
    )
    assert rows(tmp_path, text) == [("blog", "0001_initial")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "export: is empty"),
        ("\n\n", "export: is empty"),
        ("app,name\n", "holds a head and no row"),
        ("id,app_label,model\n1,auth,user\n", "export:1: the columns are id, app_label, model, not those"),
        (HEAD + ROW + "2,blog,0002\n", "export:3: 3 values where 4 are expected"),
        (HEAD + ROW + "1,blog,0002_a,2024-05-01 10:00:00\n", "export:3: the id 1 stands twice"),
        (HEAD + "1,blog,0001_initial,yesterday\n", "export:2: `yesterday` is no date"),
        (HEAD + "1,blog,0001_initial,2024-13-01 10:00:00\n", "export:2: `2024-13-01 10:00:00` is no date"),
        (HEAD + "1,blog,../../etc/passwd,2024-05-01 10:00:00\n", "export:2: `../../etc/passwd` is no name"),
        (HEAD + "1,\x1b[31mblog,0001,2024-05-01 10:00:00\n", r"export:2: `\x1b[31mblog` is no app label"),
        (HEAD.encode() + b"1,blog,0001_\xff,2024-05-01 10:00:00\n", "export:2: is no UTF-8 text"),
        (b"app,name\nblog,\x000001\n", "export:2: holds a null byte"),
        (" app | name\n-----+-----\n blog | 0001_a\n", "the table has no end"),
        (" app | name\n-----+-----\n blog | 0001_a\n(2 rows)\n", "says 2 rows, and 1 stand above"),
        ("blog\n [X] 0001_initial\nTraceback (most recent call last):\n", "export:3: is no line that"),
        ("COPY django_migrations (app, name) FROM stdin;\nblog\t0001_a\n", "export:1: the data that begin"),
        (f"-- MySQL dump 10\n{DUMPED}", "export:3: the dump stops"),
        ("CREATE TABLE django_migrations (id int);\n", "without the rows of a table django_migrations"),
        (b"PGDMP\x01\x0e", "pg_restore"),
        (b"\x1f\x8b\x08", "unpack it first"),
    ],
)  # fmt: skip
def test_what_is_no_whole_export_is_refused(content: str | bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError) as told:
        read(tmp_path, content)
    assert message in str(told.value)


def test_a_database_is_read_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "db #1?.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE django_migrations (id integer PRIMARY KEY, app, name, applied)")
        database.execute(
            "INSERT INTO django_migrations VALUES (4, 'blog', '0001_initial', '2024-05-01 10:00:00')"
        )
        database.commit()
    before = path.read_bytes()
    (found,) = read_exports(path)
    assert [(row.key, row.line) for row in found.rows] == [(("blog", "0001_initial"), 4)]
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_database_that_is_being_written_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE django_migrations (id integer PRIMARY KEY, app, name, applied)")
        database.commit()
        with pytest.raises(ExportError, match="has changes beside it"):
            read_exports(path)


def test_a_database_without_the_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE VIEW django_migrations AS SELECT 1 AS app, 2 AS name")
        database.commit()
    with pytest.raises(ExportError, match="has no table django_migrations"):
        read_exports(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing", Path("/dev/zero")):
        with pytest.raises(ExportError):
            read_exports(path)
