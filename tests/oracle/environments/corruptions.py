"""Exports damaged at random: the answer is right, or a clear message; never a false green.

    python -m tests.oracle.environments.corruptions [--count N] [--seed N]

Three databases of one project (all is well, one row without a file, one migration behind), each in every
form that an export may have, each damaged in one of many ways.  Green is right only where the damaged file
still names every migration that must be applied, and no longer names the row without a file.

Exit code: 0 none is wrong, 1 some are.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from analyzer.analysis import analyse
from analyzer.options import Options
from analyzer.reset import environments_examples as example
from analyzer.reset.environments import compare, read_applied, views
from analyzer.reset.environments_disk import Disk
from analyzer.reset.environments_reading import read_disk
from analyzer.reset.environments_values import Verdict
from analyzer.reset.exports_values import ExportError
from tests.reset.comparing import write

Rows = Sequence[tuple[str, str]]
Damage = Callable[[bytes, random.Random], bytes]

PROJECT = "".join(
    [example.PACKAGE, example.FIRST, *(
        example.migration(f"{n:04}_step_{n}", f"{n - 1:04}_step_{n - 1}" if n > 2 else "0001_initial")
        for n in range(2, 13)
    )]
)  # fmt: skip
INSERT = "INSERT INTO"
NEEDED = [("blog", "0001_initial"), *(("blog", f"{n:04}_step_{n}") for n in range(2, 13))]
GHOST = ("blog", "0013_hotfix_of_night")


def _dated(rows: Rows) -> list[tuple[str, str, str, str]]:
    first = datetime(2024, 3, 1, 10, tzinfo=UTC)
    return [
        (
            str(n),
            app,
            name,
            (first + timedelta(seconds=7 * n, microseconds=321 + n)).strftime("%Y-%m-%d %H:%M:%S.%f"),
        )
        for n, (app, name) in enumerate(rows, 1)
    ]


def _lines(rows: Rows, separator: str, head: bool) -> str:
    table = [("id", "app", "name", "applied")] * head + _dated(rows)
    return "".join(f"{separator.join(row)}\n" for row in table)


def _drawn(rows: Rows) -> str:
    body = "".join(f" {i:>3} | {a:<12} | {n:<30} | {w}\n" for i, a, n, w in _dated(rows))
    return f" id  | app          | name   | applied\n-----+------+------+-----\n{body}({len(rows)} rows)\n\n"


def _boxed(rows: Rows) -> str:
    rule = "+----+-----+------+------+\n"
    body = "".join(f"| {' | '.join(row)} |\n" for row in _dated(rows))
    return f"{rule}| id | app | name | applied |\n{rule}{body}{rule}"


def _copy(rows: Rows) -> str:
    body = "".join("\t".join(row) + "\n" for row in _dated(rows))
    return (
        "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n\n"
        f"COPY public.django_migrations (id, app, name, applied) FROM stdin;\n{body}\\.\n\n"
        "--\n-- PostgreSQL database dump complete\n--\n"
    )


def _inserts(rows: Rows) -> str:
    body = "".join(
        f"{INSERT} public.django_migrations VALUES ({i}, '{a}', '{n}', '{w}+00');\n"
        for i, a, n, w in _dated(rows)
    )
    return f"--\n-- PostgreSQL database dump\n--\n\n{body}\n--\n-- PostgreSQL database dump complete\n--\n"


def _mysql(rows: Rows) -> str:
    body = ",".join(f"({i},'{a}','{n}','{w}')" for i, a, n, w in _dated(rows))
    return (
        "-- MySQL dump 10.13  Distrib 8.0.36\n\n/*!40101 SET NAMES utf8 */;\n"
        f"INSERT INTO `django_migrations` VALUES {body};\n-- Dump completed on 2024-03-02\n"
    )


def _listed(rows: Rows) -> str:
    by_app: dict[str, list[str]] = {}
    for app, name in rows:
        by_app.setdefault(app, []).append(name)
    return "".join(
        f"{app}\n" + "".join(f" [X] {n}\n" for n in names) for app, names in sorted(by_app.items())
    )


def _database(rows: Rows) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "db.sqlite3")
        with closing(sqlite3.connect(path)) as database:
            database.execute(
                "CREATE TABLE django_migrations (id integer PRIMARY KEY AUTOINCREMENT, "
                "app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied datetime NOT NULL)"
            )
            database.executemany("INSERT INTO django_migrations VALUES (?, ?, ?, ?)", _dated(rows))
            database.commit()
        return path.read_bytes()


FORMS: dict[str, Callable[[Rows], bytes]] = {
    "csv": lambda rows: _lines(rows, ",", True).encode(),
    "csv without head": lambda rows: _lines(rows, ",", False).encode(),
    "two columns": lambda rows: "".join(f"{app},{name}\n" for app, name in rows).encode(),
    "tsv": lambda rows: _lines(rows, "\t", True).encode(),
    "pipes": lambda rows: _lines(rows, "|", False).encode(),
    "psql": lambda rows: _drawn(rows).encode(),
    "mysql": lambda rows: _boxed(rows).encode(),
    "pg_dump": lambda rows: _copy(rows).encode(),
    "pg_dump --inserts": lambda rows: _inserts(rows).encode(),
    "mysqldump": lambda rows: _mysql(rows).encode(),
    "showmigrations": lambda rows: _listed(rows).encode(),
    "plan": lambda rows: "".join(f"[X]  {app}.{name}\n" for app, name in rows).encode(),
    "SQLite": _database,
}


def _spliced(data: bytes, chance: random.Random, piece: bytes, length: int = 0) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + piece + data[at + length :]


def _shuffled(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _line(data: bytes, chance: random.Random, times: int) -> bytes:
    """One line left out, or repeated."""
    lines = data.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    return b"".join([*lines[:at], *[lines[at]] * times, *lines[at + 1 :]])


def _flipped(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(1, 9))


ENDS = (b"\n\\.\n", b"\n(3 rows)\n", b";\n")

DAMAGES: dict[str, Damage] = {
    "cut off": lambda data, chance: data[: chance.randrange(len(data))],
    "beginning cut off": lambda data, chance: data[chance.randrange(len(data)) :],
    "bits flipped": _flipped,
    "bytes lost": lambda data, chance: _spliced(data, chance, b"", chance.randrange(1, 40)),
    "bytes put in": lambda data, chance: _spliced(data, chance, _noise(chance)),
    "a line lost": lambda data, chance: _line(data, chance, 0),
    "a line twice": lambda data, chance: _line(data, chance, 2),
    "lines shuffled": _shuffled,
    "CRLF": lambda data, _: data.replace(b"\n", b"\r\n"),
    "CR": lambda data, _: data.replace(b"\n", b"\r"),
    "BOM": lambda data, _: b"\xef\xbb\xbf" + data,
    "UTF-16": lambda data, _: data.decode("latin-1").encode("utf-16"),
    "latin-1 inside": lambda data, chance: _spliced(data, chance, b"\xe9"),
    "null bytes": lambda data, chance: _spliced(data, chance, b"\0\0"),
    "another delimiter": lambda data, chance: data.replace(b",", chance.choice((b";", b" ", b":", b"\t"))),
    "quotes": lambda data, chance: _spliced(data, chance, chance.choice((b'"', b"'", b"`"))),
    "text before": lambda data, _: b"Timing is on.\n" + data,
    "text behind": lambda data, _: data + b"Time: 1,234 ms\n",
    "an end too early": lambda data, chance: _spliced(data, chance, chance.choice(ENDS)),
    "upper case": lambda data, _: data.upper(),
    "spaces": lambda data, chance: _spliced(data, chance, b"   "),
    "another table": lambda data, _: data.replace(b"_migrations", b"_types").replace(b"name", b"model"),
    "twice": lambda data, _: data + data,
    "empty": lambda _, __: b"",
    "blank": lambda _, __: b" \n\n",
    "other rows": lambda data, _: data.replace(b"blog", b"polls").replace(b"_step_", b"_stage_"),
}  # fmt: skip


@dataclass(frozen=True)
class Try:
    """One damaged export and what became of it."""

    name: str
    data: bytes
    outcome: str
    wrong: str


def project(folder: Path) -> tuple[Path, Disk]:
    """The project on disk, and what its files say."""
    root = folder / "project"
    root.mkdir()
    write(root, PROJECT)
    options = Options(jobs=1, cache=False)
    return root, read_disk(root, options, analyse(root, options))


def tries(disk: Disk, folder: Path, count: int, seed: int) -> Iterator[Try]:
    """Damage and compare, `count` times."""
    chance = random.Random(seed)  # noqa: S311 - a test, not a secret
    bases = {
        "well": NEEDED,
        "ghost": [*NEEDED, GHOST],
        "behind": NEEDED[:-1],
    }
    path = folder / "export"
    for _ in range(count):
        base, form, damage = (chance.choice(list(one)) for one in (bases, FORMS, DAMAGES))
        data = DAMAGES[damage](FORMS[form](bases[base]), chance)
        path.write_bytes(data)
        outcome = answer(disk, path)
        yield Try(f"{base}, {form}, {damage}", data, outcome, _wrong(data, base, outcome))


def answer(disk: Disk, path: Path) -> str:
    """ "refused", or the verdict; what is refused must be said in one line that names the file."""
    try:
        found = compare(views(read_applied([("prod", path)]), disk), disk)
    except ExportError as error:
        said = str(error)
        assert said.startswith(f"{path}:"), said
        assert said.isprintable(), said
        return "refused"
    return found.verdict.value


def _wrong(data: bytes, base: str, outcome: str) -> str:
    if outcome in ("refused", Verdict.BLOCKER.value):
        return ""
    text = data.replace(b"\0", b"").lower()
    if base == "behind" and NEEDED[-1][1].encode() not in text:
        return "green, and one migration is not applied"
    lost = [name for _, name in NEEDED if name.encode() not in text]
    if lost:
        return f"green, and {lost[0]} is not in the file"
    told = [line for line in text.splitlines() if GHOST[1].encode() in line]
    if told and b"values" in told[0] and b"django_migrations" not in told[0]:
        return ""  # the damage made it a row of another table
    return "green, and the row without a file is there" if told else ""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, disk = project(folder)
        done = list(tries(disk, folder, said.count, said.seed))
    outcomes = Counter(one.outcome for one in done)
    wrong = [one for one in done if one.wrong]
    sys.stdout.write(f"{len(done)} damaged exports: {dict(sorted(outcomes.items()))}, {len(wrong)} wrong\n")
    for one in wrong:
        sys.stdout.write(f"  {one.name}: {one.wrong}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
