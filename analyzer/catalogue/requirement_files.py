"""The text of one requirement or lock file to (distribution, specifier) pairs.

Pure and total: what a file does not say in one of the usual ways is left out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from analyzer.source.extract import extract
from analyzer.source.facts import Assign, Call, Evaluate, Expr, FileFacts, Items, Literal, Op, Ref

Pairs = Iterator[tuple[str, str]]

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]\n]*\])?\s*(\(?[^;#@\n]*)(@?)")
_NEXT = re.compile(r"[<>=!~]=?=?")
_INCLUDE = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)[\s=]*([^\s#]+)", re.MULTILINE)
_LOCKED = re.compile(r"""\[\[package\]\]\s*\nname = "([^"\n]+)"\s*\nversion = "([^"\n]+)\"""")
_SECTION = re.compile(
    r"^install_requires\s*=[ \t]*([^\n]*\n(?:[ \t]+[^\n]*\n|[ \t]*\n|#[^\n]*\n)*)", re.MULTILINE
)


def requirement(line: str) -> tuple[str, str] | None:
    """A requirement as PEP 508 writes it, without extras and marker; None where it is none."""
    found = _REQUIREMENT.match(line)
    if found is None:
        return None
    name, spec, url = found.groups()
    spec = spec.split(" --")[0].strip().strip("()").strip()
    if url or not spec:
        return name, ""
    return (name, spec) if _NEXT.match(spec) else None


def pip(text: str) -> Pairs:
    """A requirements file; see `included` for what it includes."""
    for line in text.replace("\\\n", " ").splitlines():
        if not line.lstrip().startswith(("-", "#")):
            found = requirement(line)
            if found is not None:
                yield found


def included(text: str) -> tuple[str, ...]:
    """The files that a requirements file includes, as written."""
    return tuple(_INCLUDE.findall(text))


def pyproject(text: str) -> Pairs:
    """PEP 621, PEP 735 and Poetry."""
    data = _toml(text)
    project, poetry = _table(data, "project"), _table(data, "tool", "poetry")
    yield from _listed(project.get("dependencies"))
    yield from _poetry(poetry.get("dependencies"))
    for listed in (
        *_table(project, "optional-dependencies").values(),
        *_table(data, "dependency-groups").values(),
    ):
        yield from _listed(listed)
    for group in (poetry.get("dev-dependencies"), *_table(poetry, "group").values()):
        yield from _poetry(group.get("dependencies", group) if isinstance(group, dict) else None)


def pipfile(text: str) -> Pairs:
    """Pipenv's own file."""
    data = _toml(text)
    yield from _poetry(data.get("packages"))
    yield from _poetry(data.get("dev-packages"))


def locked(text: str) -> Pairs:
    """The lock files of uv, Poetry and PDM, which agree in how they name a package and its version."""
    for name, found in _LOCKED.findall(text.replace("\r\n", "\n")):
        yield name, f"=={found}"


def pipfile_lock(text: str) -> Pairs:
    """Pipenv's lock file."""
    import json

    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    for section in ("default", "develop"):
        for name, entry in _table(data, section).items():
            found = entry.get("version") if isinstance(entry, dict) else None
            if isinstance(found, str):
                yield name, found


def setup_cfg(text: str) -> Pairs:
    """setup.cfg: `install_requires`."""
    for section in _SECTION.findall(text.replace("\r\n", "\n") + "\n"):
        yield from _listed(section.splitlines())


def setup_py(text: str) -> Pairs:
    """setup.py: `install_requires` as far as it is a list of texts, or a name for one."""
    facts = extract(text.encode("utf-8", "replace"), full=False)
    for stmt in facts.body:
        if isinstance(stmt, Evaluate) and isinstance(stmt.value, Call):
            given = stmt.value.argument("install_requires")
            if given is not None:
                yield from _listed(_texts(given, facts, 0))


def _texts(expr: Expr, facts: FileFacts, depth: int) -> list[str]:
    """The texts of a list display, of a sum of such, or of a name for one."""
    match expr:
        case Items(items=items):
            return [item.value for item in items if isinstance(item, Literal) and isinstance(item.value, str)]
        case Op("+", (left, right)):
            return _texts(left, facts, depth) + _texts(right, facts, depth)
        case Ref() if depth == 0:
            values = [s.value for s in facts.body if isinstance(s, Assign) and expr in s.targets]
            return [text for value in values for text in _texts(value, facts, 1)]
        case _:
            return []


def _listed(lines: object) -> Pairs:
    for line in lines if isinstance(lines, list) else ():
        found = requirement(line) if isinstance(line, str) else None
        if found is not None:
            yield found


def _poetry(table: object) -> Pairs:
    """Poetry's and Pipenv's tables: a specifier by name, or a table with a `version`."""
    for name, entry in table.items() if isinstance(table, dict) else ():
        first = entry[0] if isinstance(entry, list) and entry else entry
        found = first.get("version", "") if isinstance(first, dict) else first
        if isinstance(found, str):
            yield name, "" if found == "*" else found


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(data: object, *keys: str) -> dict[str, Any]:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


Reader = Callable[[str], Iterable[tuple[str, str]]]

READERS: dict[str, Reader] = {
    "pyproject.toml": pyproject,
    "setup.cfg": setup_cfg,
    "setup.py": setup_py,
    "Pipfile": pipfile,
    "Pipfile.lock": pipfile_lock,
    "uv.lock": locked,
    "poetry.lock": locked,
    "pdm.lock": locked,
}
