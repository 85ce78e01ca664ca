"""A migration's module as text that can be taken apart: its operations, and what each of them uses."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from itertools import accumulate

from msgspec import Struct

MAX_SIZE = 1_000_000
MOST_TESTS = 8
OF_MIGRATIONS = frozenset({"operations", "dependencies", "replaces", "run_before"})
SEPARATE = "SeparateDatabaseAndState"
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Edit(Struct, frozen=True, order=True):
    """Bytes of a module that are something else in the draft."""

    start: int
    end: int
    text: bytes


class Test(Struct, frozen=True):
    """A condition that must hold, or must not."""

    node: ast.expr
    holds: bool = True


class Place(Struct, frozen=True):
    """An operation of a migration's own list, with the conditions that it stands under, the outermost
    first; a `listed` one is an expression that makes a list of them."""

    node: ast.expr
    tests: tuple[Test, ...] = ()
    listed: bool = False


class Part(Struct, frozen=True):
    """A statement that a copied operation rests on, with the names that it binds.

    One that is `inside` stands in the class of the migration, and there under the conditions `tests`.
    """

    node: ast.stmt
    names: frozenset[str]
    at: int
    inside: bool = False
    tests: tuple[Test, ...] = ()


class Source:
    """The text of one module.  Raises ValueError, which says why, where it cannot be taken apart."""

    def __init__(self, file: str, module: str, data: bytes) -> None:
        self.file = file
        self.module = module
        self.package = module.rpartition(".")[0]
        self.data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
        self.tree = _parsed(self.data)
        self.starts = [0, *accumulate(len(line) for line in self.data.splitlines(keepends=True))]
        found = [
            node for node in self.tree.body if isinstance(node, ast.ClassDef) and node.name == "Migration"
        ]
        if not found:
            raise ValueError("the class Migration does not stand in the module itself")
        self.migration = found[-1]
        self.parts = [
            Part(node, frozenset(_bound(node)), at)
            for at, node in enumerate(self.tree.body)
            if node is not self.migration
        ]
        self.own = [
            Part(node, frozenset(_bound(node)), at, inside=True, tests=tests)
            for at, (node, tests) in enumerate(_beside(self.migration.body, ()))
        ]
        self.conditional = {name for node in self.migration.body for name in _bound(node)} - OF_MIGRATIONS

    # ------------------------------------------------------------ text

    def at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        decorators = getattr(node, "decorator_list", ())
        line = min([node.lineno, *(one.lineno for one in decorators)])
        start = self.starts[line - 1] + node.col_offset
        return start, self.at(node.end_lineno or line, node.end_col_offset or 0)

    def text(self, node: ast.expr | ast.stmt, edits: Iterable[Edit] = ()) -> str:
        """The source of a node with edits carried out; the same place is edited once."""
        start, end = self.span(node)
        out, at = [], start
        for edit in sorted(set(edits)):
            if at <= edit.start and edit.end <= end:
                out += [self.data[at : edit.start], edit.text]
                at = edit.end
        return b"".join([*out, self.data[at:end]]).decode("utf-8")

    # ------------------------------------------------------------ operations

    def places(self) -> list[Place]:
        """The operations that are written in the list itself, in order."""
        return list(self._listed(self.migration.body, ()))

    def _listed(self, body: Iterable[ast.stmt], tests: tuple[Test, ...]) -> Iterator[Place]:
        if len(tests) > MOST_TESTS:
            return
        for node in body:
            match node:
                case ast.Assign(targets=[ast.Name(id="operations")], value=value):
                    yield from self._items(value, tests, 0)
                case ast.AnnAssign(target=ast.Name(id="operations"), value=ast.expr() as value):
                    yield from self._items(value, tests, 0)
                case ast.AugAssign(target=ast.Name(id="operations"), value=value):
                    yield from self._items(value, tests, 0)
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="operations"), attr=how),
                                             args=[value])) if how in ("append", "extend"):  # fmt: skip
                    listed = ast.List(elts=[value]) if how == "append" else value
                    yield from self._items(listed, tests, 0)
                case ast.If(test=test, body=then, orelse=other):
                    yield from self._listed(then, (*tests, Test(test)))
                    yield from self._listed(other, (*tests, Test(test, holds=False)))

    def _items(self, value: ast.expr, tests: tuple[Test, ...], depth: int) -> Iterator[Place]:
        if depth > MOST_TESTS:
            return
        match value:
            case ast.List(elts=items) | ast.Tuple(elts=items):
                for item in items:
                    yield from self._item(item, tests, depth)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield from self._items(left, tests, depth + 1)
                yield from self._items(right, tests, depth + 1)
            case ast.IfExp(test=test, body=then, orelse=other):
                yield from self._items(then, (*tests, Test(test)), depth + 1)
                yield from self._items(other, (*tests, Test(test, holds=False)), depth + 1)
            case ast.Call() | ast.ListComp():
                yield Place(value, tests, listed=True)
            case ast.Name(id=name):
                for part in (*self.parts, *self.own):
                    if isinstance(part.node, ast.Assign) and name in part.names:
                        yield from self._items(part.node.value, tests, depth + 1)

    def _item(self, item: ast.expr, tests: tuple[Test, ...], depth: int) -> Iterator[Place]:
        if isinstance(item, ast.Starred):
            yield from self._items(item.value, tests, depth + 1)
        elif isinstance(item, ast.Call) and called(item) == SEPARATE:
            given = [word.value for word in item.keywords if word.arg == "database_operations"]
            for inner in [*given, *item.args[:1]]:
                yield from self._items(inner, tests, depth + 1)
        else:
            yield Place(item, tests)

    def makes(self, place: Place, line: int) -> bool:
        """Whether what makes a list, or the function of the module that it calls, stands at a line."""
        made: list[ast.expr | ast.stmt] = [place.node]
        if isinstance(place.node, ast.Call) and isinstance(place.node.func, ast.Name):
            name = place.node.func.id
            made += [
                part.node
                for part in self.parts
                if isinstance(part.node, ast.FunctionDef) and name in part.names
            ]
        return any(node.lineno <= line <= (node.end_lineno or 0) for node in made)

    # ------------------------------------------------------------ what code rests on

    def used(self, nodes: Iterable[ast.AST]) -> tuple[list[Part], list[Part], set[str]]:
        """(statements of the module, statements of the class) that nodes use, and what these use; the names.

        Raises ValueError where they use the migration itself.
        """
        known, inner = _by_name(self.parts), _by_name(self.own)
        found: dict[tuple[bool, int], Part] = {}
        names: set[str] = set()
        pending: list[tuple[ast.AST, bool]] = [(node, True) for node in nodes]
        while pending:
            while pending:
                node, inside = pending.pop()
                read = _read(node)
                names |= read
                for part in _wanted(read, inner if inside else {}, known):
                    if (part.inside, part.at) not in found:
                        found[part.inside, part.at] = part
                        pending += [(part.node, part.inside), *((one.node, True) for one in part.tests)]
            bound = {name for part in found.values() if not part.inside for name in part.names}
            for part in self.parts:
                if (False, part.at) not in found and _changes(part.node, bound):
                    found[False, part.at] = part
                    pending.append((part.node, False))
        unknown = (names & self.conditional) - inner.keys() - known.keys()
        if unknown:
            raise ValueError(f"it uses `{min(unknown)}`, which its migration binds under a condition")
        if "Migration" in names:
            raise ValueError("it uses the class of its own migration")
        ordered = [found[key] for key in sorted(found)]
        return [part for part in ordered if not part.inside], [part for part in ordered if part.inside], names


def _beside(body: Iterable[ast.stmt], tests: tuple[Test, ...]) -> Iterator[tuple[ast.stmt, tuple[Test, ...]]]:
    """The statements of a migration's class that do not speak of its lists, out of their conditions."""
    for node in body:
        if not OF_MIGRATIONS & {*_bound(node), *_read(node)}:
            yield node, tests
        elif isinstance(node, ast.If) and len(tests) < MOST_TESTS:
            yield from _beside(node.body, (*tests, Test(node.test)))
            yield from _beside(node.orelse, (*tests, Test(node.test, holds=False)))


def _wanted(
    names: Iterable[str], inner: dict[str, list[Part]], known: dict[str, list[Part]]
) -> Iterator[Part]:
    for name in names:
        yield from inner.get(name) or known.get(name) or ()


def _by_name(parts: Iterable[Part]) -> dict[str, list[Part]]:
    out: dict[str, list[Part]] = {}
    for part in parts:
        for name in part.names:
            out.setdefault(name, []).append(part)
    return out


def parses(text: str) -> bool:
    """Whether a text is Python."""
    try:
        _parsed(text.encode("utf-8", "surrogateescape"))
    except ValueError:
        return False
    return True


def one_line(said: str) -> str:
    """Text as it may stand in a comment."""
    return said if said.isprintable() else ascii(said)[1:-1]


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _parsed(data: bytes) -> ast.Module:
    if len(data) > MAX_SIZE:
        raise ValueError("its file is too long")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("its file is not UTF-8") from error
    if b"\r" in data or b"\f" in data:
        raise ValueError("its file has unusual line ends")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise ValueError("its file cannot be parsed") from error


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds where it stands."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names):
            yield from (one.asname or one.name.partition(".")[0] for one in names)
        case ast.ImportFrom(names=names):
            yield from (one.asname or one.name for one in names)
        case _:
            for inner in _outside_of_functions(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    yield inner.id
                elif isinstance(inner, ast.stmt) and inner is not node and not isinstance(inner, ast.Expr):
                    yield from _bound(inner) if _binds(inner) else ()


def _binds(node: ast.stmt) -> bool:
    return isinstance(
        node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
    )


def _outside_of_functions(node: ast.AST) -> Iterator[ast.AST]:
    pending = [node]
    while pending:
        one = pending.pop()
        yield one
        for inner in ast.iter_child_nodes(one):
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
                yield inner
            else:
                pending.append(inner)


def _read(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _changes(node: ast.stmt, names: set[str]) -> bool:
    """Whether a statement calls a method of a name, as `NAMES.update(…)`, or sets an item of it."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name in names
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            return name in names
        case _:
            return False


def renamed(source: Source, node: ast.stmt | ast.expr, names: dict[str, str]) -> Iterator[Edit]:
    """The edits that give names of the module other ones; what a function binds itself keeps its name."""
    if not names:
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name in names:
        yield _name_edit(source, node, names[node.name])
    pending: list[tuple[ast.AST, frozenset[str]]] = [(node, frozenset())]
    while pending:
        one, hidden = pending.pop()
        if isinstance(one, _SCOPES):
            hidden |= _local(one)
        if isinstance(one, ast.Name) and one.id in names and one.id not in hidden:
            yield Edit(*source.span(one), names[one.id].encode())
        pending += [(inner, hidden) for inner in ast.iter_child_nodes(one)]


def _name_edit(
    source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, name: str
) -> Edit:
    start = source.data.index(node.name.encode(), source.at(node.lineno, node.col_offset + len("def ")))
    return Edit(start, start + len(node.name.encode()), name.encode())


def _local(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    args = function.args
    out = {one.arg for one in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
    out |= {one.arg for one in (args.vararg, args.kwarg) if one is not None}
    shared: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            out.add(node.id)
        elif isinstance(node, ast.Global):
            shared |= set(node.names)
    return frozenset(out - shared)
