"""Every word that is looked for in the bytes of a whole project keeps a migration from being plain."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import analyzer
from analyzer.sources import sources
from analyzer.unmoved import plain
from tests.projects import write
from tests.test_unmoved import EMPTY, FRESH

PLACES = ("schema", "states", "history/drift", "source")
HARMLESS = {
    b"__all__": "asked of packages alone",
    b"test": "no migration is asked, nor what tests import",
    b"oscar": "beside `get_class`, which counts",
    b"@": "asked of files that are noted as consulted",
    b"migrat": "who names migrations is told anew in every run",
    b"class Migration(": "every plain migration holds it",
    b"post_migrate": "receivers are told anew in every run",
    b"migscan:": "comments are read anew in every run",
}
LOOKS = ("extract", "mentions", "namings")
"""Modules of `source` that look at one file at a time; what they say of it is compared by itself."""


def words() -> Iterator[bytes]:
    """What stands at the left of an `in` and is bytes, or one by one comes from a tuple of them."""
    home = Path(analyzer.__file__).parent
    for path in sorted(path for place in PLACES for path in (home / place).glob("*.py")):
        if path.stem in LOOKS and path.parent.name == "source":
            continue
        module = importlib.import_module(".".join(path.relative_to(home.parent).with_suffix("").parts))
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, (ast.GeneratorExp, ast.ListComp, ast.SetComp)):
                every = {ast.unparse(one.target): one.iter for one in node.generators}
                compared = (inner for inner in ast.walk(node) if isinstance(inner, ast.Compare))
                for left in (ast.unparse(inner.left) for inner in compared):
                    yield from bound(every[left], module) if left in every else ()
            elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
                yield from bound(node.left, module)


def bound(expr: ast.expr, module: ModuleType) -> Iterator[bytes]:
    """The bytes that an expression is, as far as it is written with names of its module."""
    found: object = None
    match expr:
        case ast.Constant():
            found = expr.value
        case ast.Name(name):
            found = getattr(module, name, None)
        case ast.Call(ast.Attribute(ast.Name(name), "encode")):
            text = getattr(module, name, None)
            found = text.encode() if isinstance(text, str) else None
        case _:
            pass
    for one in found if isinstance(found, tuple) else (found,):
        if isinstance(one, bytes):
            yield one


def test_the_words_are_found() -> None:
    known = {b"AppConfig", b"sys.modules", b"import_module", b"._meta.get_field", b"econstruct"}
    assert set(words()) >= known | HARMLESS.keys()


def test_a_word_that_is_looked_for_everywhere_keeps_a_migration_from_being_plain(tmp_path: Path) -> None:
    asked = sorted(set(words()) - HARMLESS.keys())
    files = {f"shop/migrations/{at:04}_x.py": f"{EMPTY}# {word.decode()}\n" for at, word in enumerate(asked)}
    found = sources(write(tmp_path, files), FRESH).files
    assert [asked[int(path[16:20])] for path in plain(found)] == []


def test_a_migration_without_them_is_plain(tmp_path: Path) -> None:
    path = "shop/migrations/0001_x.py"
    assert plain(sources(write(tmp_path, {path: EMPTY}), FRESH).files).keys() == {path}
