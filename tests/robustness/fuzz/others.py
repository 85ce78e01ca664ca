"""Inputs that are no Python: configuration, requirement and lock files, SQL, links, odd file names."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.robustness.fuzz.mutations import LIGHT, mutated


@dataclass(frozen=True)
class Link:
    """A symbolic link instead of a file."""

    target: str


@dataclass(frozen=True)
class Pipe:
    """A named pipe instead of a file: reading it would wait for ever."""


Content = bytes | Link | Pipe

TOML = """
[project]
name = "shop"
requires-python = ">=3.9"
dependencies = ["Django>=4.2,<5", "psycopg[binary]==3.1", 'x @ git+https://example.org/x',
    "y; python_version < '3'"]
optional-dependencies = {dev = ["pytest"]}
[dependency-groups]
dev = ["django~=5.0", {include-group = "test"}]
test = [{include-group = "dev"}]
[tool.poetry.dependencies]
python = "^3.10"
django = {version = "^4.2", extras = ["argon2"]}
[tool.poetry.group.dev.dependencies]
x = "*"
"""
OPTIONS = """
exclude = ["old/", "*.bak.py", "**/x/**"]
all-apps = true
jobs = 2
settings = "config/settings.py"
django-version = "4.2"
cache = false
output = "out"
project = "a name"
"""
POETRY_LOCK = """
[[package]]
name = "django"
version = "4.2.1"
description = "x"
[[package]]
name = "sqlparse"
version = "0.4"
[metadata]
content-hash = "00"
"""
PIPFILE_LOCK = """
{"_meta": {"requires": {"python_version": "3.10"}},
 "default": {"django": {"version": "==4.2.1", "hashes": ["sha256:00"]}, "x": {"git": "https://example.org"}},
 "develop": {"pytest": {"version": "==8"}}}
"""
SAMPLES: dict[str, str] = {
    "requirements.txt": "Django==4.2.1\n-r requirements/base.txt\n-c ../../etc/passwd\n"
    "x[y]>=1,!=2 ; z\n--hash=sha256:00\n",
    "requirements/base.txt": "-r ../requirements.txt\n-r base.txt\ndjango>=3 # old\n-e .\nhttps://example.org/x.whl\n",
    "pyproject.toml": TOML,
    "migscan.toml": OPTIONS,
    "poetry.lock": POETRY_LOCK,
    "uv.lock": POETRY_LOCK,
    "pdm.lock": POETRY_LOCK,
    "pylock.toml": POETRY_LOCK,
    "Pipfile": "[packages]\ndjango = '~=4.2'\nx = {version = '*', editable = true}\n",
    "Pipfile.lock": PIPFILE_LOCK,
    "setup.cfg": "[options]\ninstall_requires =\n    Django>=4.2\n    x\n"
    "[options.extras_require]\na = %(b)s\n",
    "setup.py": "from setuptools import setup\nR = ['Django>=4.2']\n"
    "setup(install_requires=R + open('x').read().split())\n",
    "tox.ini": "[tox]\nenvlist = py{310,311}-django{42,50}\n[testenv]\ndeps = django42: Django>=4.2,<5\n",
    "environment.yml": "dependencies:\n  - python=3.10\n  - django=4.2\n  - pip:\n    - x==1\n",
    ".gitignore": "*.pyc\n/build/\n!keep.py\n**/old/**\n[a-\n\\\n/**/a/**/b/**/c\n#x\n   \n!\n/\n",
    "odd/.gitignore": "!../*\n*.py\n!models.py\n",
    "max_migration.txt": "0001_initial\n",
    ".python-version": "3.11\n",
    "runtime.txt": "python-3.11\n",
}
DEEP = (
    "[",
    "{",
    '{"a":',
    "[a=",
    "a = [",
    "(",
    "-r requirements.txt\n",
    "**/",
    "[[package]]\n",
    "%(a)s",
    "!",
    "\\",
    "a.",
)
SQL = """
CREATE TABLE a (id serial PRIMARY KEY, b text DEFAULT 'x''y' CHECK (b <> ''));
-- comment
/* a /* nested */ comment */ INSERT INTO shop_maker (name)
VALUES ('a;b'), (E'\\'c'), ($$d;$$), ($tag$e$$f$tag$);
CREATE OR REPLACE FUNCTION f()
RETURNS trigger AS $body$ BEGIN NEW.x := 1;
RETURN NEW;
END;
$body$ LANGUAGE plpgsql;
CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();
DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN ALTER TABLE "a"."b" ADD COLUMN c int;
END IF;
END $$;
UPDATE shop_product SET x = (SELECT max(y) FROM z WHERE z.a = shop_product.a);
WITH q AS (DELETE FROM a RETURNING *) SELECT 1;
CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON a USING gin (b gin_trgm_ops) WHERE b IS NOT NULL;
DROP VIEW v;
COMMENT ON TABLE a IS 'x';
DELIMITER // CREATE PROCEDURE p() BEGIN SELECT `a`;
END // DELIMITER ;
SET FOREIGN_KEY_CHECKS=0;
VACUUM;
GRANT ALL ON a TO b;
"""
SQL_PARTS = (
    "'",
    '"',
    "$$",
    "$a$",
    "/*",
    "*/",
    "--",
    ";",
    "(",
    ")",
    "`",
    "E'\\",
    "\0",
    "%s",
    "%(a)s",
    "{}",
    "BEGIN",
    "END",
    "AS",
    "\n",
)
TARGETS = (
    ".", "..", "../..", "/", "/dev/zero", "/dev/null", "/proc/self/mem", "/proc/self/environ", "nowhere",
    "models.py", "self.py", "../outside", "../outside/models.py", "../outside/requirements.txt",
    "../../outside/models.py", "../../../outside/models.py", "../../outside", "/etc/passwd", "/proc",
)  # fmt: skip
ODD_NAMES = (
    "with blank.py", "qu'ote\".py", "new\nline.py", "<script>.py", "a`|b.py", "\udcff.py",
    "b\u00fccher.py", "0002_.py", "..py", ".py", "__init__.py.py", "a.b.py", "import.py", "-.py", "~.py",
    "%s.py", "{}.py", "x" * 200+".py", "\u202e.py", "models.PY", "CON.py", "$(id).py",
    "0001_initial.py.py", "[a].py", "*.py", "\x1b[31m.py",
)  # fmt: skip


def configuration(random: Random) -> tuple[str, bytes]:
    """(path, content) of one file that is no Python."""
    path = random.choice(sorted(SAMPLES))
    data = SAMPLES[path].encode()
    if random.random() < 0.25:
        depth = random.choice((20, 500, 5000, 100_000))
        deep = (random.choice(DEEP) * depth)[:400_000].encode()
        return path, random.choice((deep, data + deep, b"a = " + deep, b'{"default": ' + deep))
    return path, mutated(random, data, random.choice(sorted(SAMPLES.values())).encode(), LIGHT)


def options(random: Random) -> tuple[str, bytes]:
    """(path, content) of migscan's own configuration."""
    data = OPTIONS.encode()
    if random.random() < 0.8:
        data = mutated(random, data, TOML.encode(), LIGHT)
    return ("migscan.toml", data) if random.random() < 0.5 else ("pyproject.toml", b"[tool.migscan]\n" + data)


def sql(random: Random) -> str:
    """Statements that a database may or may not take."""
    text = SQL
    for _ in range(random.choice((0, 1, 3, 10))):
        at = random.randint(0, len(text))
        text = text[:at] + random.choice(SQL_PARTS) * random.choice((1, 1, 2, 3000)) + text[at:]
    if random.random() < 0.2:
        text = text[: random.randint(0, len(text))]
    if random.random() < 0.1:
        text *= random.choice((5, 60))
    return text


def sql_migration(random: Random, app: str) -> bytes:
    """A migration that runs such statements."""
    text = sql(random)
    spelled = repr(text) if random.random() < 0.8 else f"[{text!r}, ({text!r}, None)]"
    back = random.choice(("migrations.RunSQL.noop", "None", repr(sql(random)), "'DROP TABLE a'"))
    return (
        "from django.db import migrations\nclass Migration(migrations.Migration):\n"
        f"    dependencies = [('{app}', '0001_initial')]\n"
        f"    operations = [migrations.RunSQL({spelled}, {back})]\n"
    ).encode("utf-8", "surrogatepass")


def special(random: Random) -> Content:
    """What is no file."""
    return Pipe() if random.random() < 0.15 else Link(random.choice(TARGETS))
