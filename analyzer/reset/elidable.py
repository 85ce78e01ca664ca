"""`elidable=True` written into the calls of one-time operations, and the change as a patch.

Only a call that stands as such in a migration's own list is touched.  What comes out is parsed again
and must be the same code but for the new arguments; else the file is left alone.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import accumulate, pairwise

from msgspec import Struct

OPERATIONS = ("RunPython", "RunSQL")
POSITION = 4
"""Where both take `elidable` without a keyword."""

MAX_SIZE = 1_000_000
CONTEXT = 3

Row = tuple[str, str]
"""A line of a patch: its sign and its text."""

_PLAIN_PATH = re.compile(r"[\w./+@=-]+", re.ASCII)
_BETWEEN = re.compile(rb"(?P<comma>\s*,)?(?P<rest>(?:\s|#[^\n]*\n)*)")


class Left(Struct, frozen=True, order=True):
    """An operation that must be marked by hand, because …"""

    file: str
    line: int
    why: str


class Marked(Struct, frozen=True):
    """What became of some operations: new contents by file, a patch to apply, and what is left.

    `done` are (file, line) of the operations that the patch marks.  The patch is relative to the
    project: `git apply` or `patch -p1` in its folder takes it.
    """

    contents: dict[str, bytes]
    patch: str
    done: tuple[tuple[str, int], ...]
    left: tuple[Left, ...]


def mark(sources: Mapping[str, bytes], places: Iterable[tuple[str, int]]) -> Marked:
    """Mark the operations at (file, line) as elidable, in those files whose contents are given."""
    by_file: dict[str, list[int]] = {}
    for file, line in sorted(set(places)):
        by_file.setdefault(file, []).append(line)
    contents: dict[str, bytes] = {}
    done: list[tuple[str, int]] = []
    left: list[Left] = []
    parts: list[str] = []
    for file, lines in by_file.items():
        data = sources.get(file)
        edited = _Source(data).marked(lines) if data is not None else "the file was not read"
        if isinstance(edited, str):
            left += [Left(file, line, edited) for line in lines]
            continue
        new, refused, rows = edited
        left += [Left(file, line, why) for line, why in refused.items()]
        if new == data or data is None:
            continue
        if not _PLAIN_PATH.fullmatch(file):
            left += [Left(file, line, "the name of its file is not plain") for line in lines]
            continue
        contents[file] = new
        parts.append(_unified(file, rows))
        done += [(file, line) for line in lines if line not in refused]
    return Marked(contents, "".join(parts), tuple(done), tuple(sorted(left)))


class _Source:
    """The bytes of one file, and the calls in it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.starts = [0]
        for line in data.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def marked(self, lines: Collection[int]) -> tuple[bytes, dict[int, str], list[Row]] | str:
        """(new contents, what could not be marked by line, the change), or why nothing can be."""
        tree = _parsed(self.data)
        if isinstance(tree, str):
            return tree
        refused: dict[int, str] = {}
        edits: list[tuple[int, bytes]] = []
        for line in lines:
            found = [call for call in _calls(tree) if call.lineno == line]
            why = _unfit(found[0]) if len(found) == 1 else "the operation is not written in the list itself"
            placed = self._edits(found[0]) if not why else []
            if not placed:
                refused[line] = why or "its arguments are written in an unusual way"
                continue
            edits += placed
            found[0].keywords.append(ast.keyword("elidable", ast.Constant(value=True)))
        new = self.data
        for at, inserted in sorted(edits, reverse=True):
            new = new[:at] + inserted + new[at:]
        again = _parsed(new)
        try:
            safe = not isinstance(again, str) and ast.dump(again) == ast.dump(tree)
        except RecursionError:
            return "its file is nested too deeply"
        if not safe:
            return "the change could not be made safely"
        return new, refused, list(self._rows(edits))

    def _rows(self, edits: Iterable[tuple[int, bytes]]) -> Iterator[Row]:
        """The lines of the file with those that the edits take out and put in."""
        waiting = dict(edits)
        for start, end in pairwise(self.starts):
            if start in waiting:
                yield "+", waiting.pop(start).decode()
            old = new = self.data[start:end]
            for at in sorted((at for at in waiting if start < at < end), reverse=True):
                new = new[: at - start] + waiting.pop(at) + new[at - start :]
            if new == old:
                yield " ", old.decode()
            else:
                yield "-", old.decode()
                yield "+", new.decode()

    def _edits(self, call: ast.Call) -> list[tuple[int, bytes]]:
        """What to insert where, so that the call has one more argument."""
        last = max([*call.args, *(word.value for word in call.keywords)], key=self._end)
        first = next((word for word in call.keywords if word.value is last), last)
        end, close = self._end(last), self._end(call) - 1
        between = _BETWEEN.fullmatch(self.data[end:close])
        if between is None:
            return []
        start = self._at(first.lineno, first.col_offset)
        margin = self.data[self.starts[first.lineno - 1] : start]
        rest = between["rest"]
        if b"\n" not in rest or margin.strip():
            return [(end, b", elidable=True")]
        newline = b"\r\n" if b"\r\n" in rest else b"\n"
        comma = between["comma"]
        after = end + len(comma or b"") + rest.index(b"\n") + 1
        line = margin + b"elidable=True," + newline
        return [(after, line)] if comma else [(end, b","), (after, line)]

    def _at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column

    def _end(self, node: ast.expr) -> int:
        return self._at(node.end_lineno or 1, node.end_col_offset or 0)


def _parsed(data: bytes) -> ast.Module | str:
    """The syntax tree, or why there is none to work on."""
    if len(data) > MAX_SIZE:
        return "its file is too long"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "its file is not UTF-8"
    if data.replace(b"\r\n", b"").count(b"\r") or b"\f" in data or data.startswith(b"\xef\xbb\xbf"):
        return "its file has unusual line ends"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return "its file cannot be parsed"


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls that stand in the list `operations` of class Migration, in that of another one's too."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            for stmt in node.body:
                if isinstance(stmt, ast.Assign | ast.AnnAssign) and _assigns(stmt):
                    yield from _listed(stmt.value)


def _assigns(stmt: ast.Assign | ast.AnnAssign) -> bool:
    targets = stmt.targets if isinstance(stmt, ast.Assign) else [stmt.target]
    return any(isinstance(target, ast.Name) and target.id == "operations" for target in targets)


def _listed(value: ast.expr | None) -> Iterator[ast.Call]:
    if not isinstance(value, ast.List | ast.Tuple):
        return
    for item in value.elts:
        if not isinstance(item, ast.Call):
            continue
        if _named(item) == "SeparateDatabaseAndState":
            given = [word.value for word in item.keywords if word.arg == "database_operations"]
            yield from _listed(next(iter([*given, *item.args[:1]]), None))
        else:
            yield item


def _named(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _unfit(call: ast.Call) -> str:
    """Why an argument cannot be added to a call."""
    if _named(call) not in OPERATIONS:
        return f"{_named(call) or 'the operation'} is no RunPython or RunSQL of Django's"
    words = [word.arg for word in call.keywords]
    if None in words or any(isinstance(arg, ast.Starred) for arg in call.args):
        return "its arguments are unpacked"
    if "elidable" in words or len(call.args) > POSITION:
        return "it says already whether it is elidable"
    if "state_operations" in words or (_named(call) == "RunSQL" and len(call.args) > POSITION - 2):
        return "a squash would drop its state operations, too"
    return "" if call.args or words else "it has no arguments"


# ---------------------------------------------------------------- as a patch


def _unified(file: str, rows: list[Row]) -> str:
    """A traditional patch, which is taken relative to the folder that it is applied in."""
    out = [f"--- a/{file}\n", f"+++ b/{file}\n"]
    changed = [at for at, (sign, _) in enumerate(rows) if sign != " "]
    old = [0, *accumulate(sign != "+" for sign, _ in rows)]
    new = [0, *accumulate(sign != "-" for sign, _ in rows)]
    for first, last in _hunks(changed):
        begin, end = max(first - CONTEXT, 0), min(last + CONTEXT + 1, len(rows))
        spans = (_range(count[begin], count[end]) for count in (old, new))
        out.append("@@ -{} +{} @@\n".format(*spans))
        out += [_line(sign, line) for sign, line in rows[begin:end]]
    return "".join(out)


def _hunks(changed: list[int]) -> Iterator[tuple[int, int]]:
    """First and last row of changes that stand close together."""
    start = changed[0]
    for one, other in pairwise([*changed, changed[-1] + 3 * CONTEXT]):
        if other - one > 2 * CONTEXT:
            yield start, one
            start = other


def _line(sign: str, line: str) -> str:
    return f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"


def _range(start: int, stop: int) -> str:
    length = stop - start
    begin = start + 1 if length else start
    return f"{begin}" if length == 1 else f"{begin},{length}"
