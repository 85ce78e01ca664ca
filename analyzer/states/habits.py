"""What a project changes in how Django writes migrations, for all fields or models at once.

Some projects set a function of their own in the place of `Field.deconstruct`, or take names out of
`AlterModelOptions.ALTER_OPTION_KEYS`, while they are loaded or in a `makemigrations` of their own, so
that some arguments are never written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce

from msgspec import Struct

from analyzer.source.bodies import outside
from analyzer.source.evaluate import Evaluator
from analyzer.source.execute import Executor
from analyzer.source.facts import (
    Assign,
    Call,
    Evaluate,
    Expr,
    FuncDef,
    Import,
    Literal,
    Ref,
    Stmt,
)
from analyzer.source.modules import Module
from analyzer.source.names import Defined, Names, Package
from analyzer.source.scopes import children, expressions, flatten
from analyzer.source.values import Value
from analyzer.states.patched import DECONSTRUCT, Patch

KEYS = ("django.db.migrations.operations.", ".AlterModelOptions.ALTER_OPTION_KEYS")
COMMAND = "management/commands/makemigrations.py"
TELLING = re.compile(r"utodetector|ALTER_OPTION_KEYS|write_migration_files")
WRITING = re.compile(rf"{TELLING.pattern}|deconstruct")
"""What a `makemigrations` of a project's own that changes what is written names, or sets."""


class Habits(Struct, frozen=True):
    """What stands in the place of `Field.deconstruct`, and options that are never written.

    `doubt` says why more may be left out.
    """

    patch: Patch | None = None
    options: frozenset[str] = frozenset()
    doubt: str = ""


def habits(names: Names, evaluator: Evaluator) -> Habits:
    """The habits of a project, from the modules that were read and its `makemigrations`."""
    reader = _Reader(names, evaluator)
    found = Habits()
    files = names.modules.files
    for path, facts in files.loaded():
        data = files.data(path)
        told = b"econstruct" in data or b"_OPTION_KEYS" in data
        module = names.modules.find(names.modules.name_of(path), path) if told else None
        if module is not None:
            known = (reader.statement(stmt, module, ()) for stmt in flatten(facts.body))
            found = reduce(_joined, filter(None, known), found)
    for file in files.tree.files:
        if f"/{file.path}".endswith(f"/{COMMAND}"):
            found = _joined(found, reader.command(file.path))
    return found


def _joined(one: Habits, other: Habits) -> Habits:
    doubt = one.doubt or other.doubt
    if one.patch is not None and other.patch not in (None, one.patch):
        doubt = doubt or f"`deconstruct` of all fields is set more than once ({one.patch.place})"
    return Habits(one.patch or other.patch, one.options | other.options, doubt)


class _Reader:
    def __init__(self, names: Names, evaluator: Evaluator) -> None:
        self.names = names
        self.modules = names.modules
        self.evaluator = evaluator

    # ------------------------------------------------------------ a command

    def command(self, path: str) -> Habits:
        """What a command changes: in its own file, and in those that it imports from."""
        files = self.modules.files
        module = self.modules.find(self.modules.name_of(path), path)
        if module is None or f".{module.name}".endswith(".django.core.management.commands.makemigrations"):
            return Habits()
        doubt = Habits(doubt=f"the project's own `makemigrations` ({path}) may leave it out")
        body = files.facts(path, full=True).body
        found = self._changes(body, module, (), doubt)
        sources = {source.path: source for stmt in outside(body) for source in self._imported(stmt, module)}
        for source in sources.values():
            if WRITING.search(files.data(source.path).decode(errors="replace")):
                inner = files.facts(source.path, full=True).body
                found = _joined(found, self._changes(inner, source, (), doubt))
        return found

    def _imported(self, stmt: Stmt, module: Module) -> Iterator[Module]:
        """The own modules that an import names, or takes names from."""
        if not isinstance(stmt, Import):
            return
        source = self.names.target(module, stmt)
        members = [self.names.member(source, name) for name, _ in stmt.names or ()] if source else []
        homes = (found.module for found in members if isinstance(found, (Defined, Package)))
        for found in (source, *homes):
            if found is not None and found.own and found.path and found.path != module.path:
                yield found

    def _changes(
        self, body: tuple[Stmt, ...], module: Module, around: tuple[Stmt, ...], doubt: Habits
    ) -> Habits:
        """What statements change, also inside functions; `around` is the body of one."""
        found = Habits()
        for stmt in outside(body):
            if isinstance(stmt, FuncDef) and stmt.body:
                found = _joined(found, self._changes(stmt.body, module, stmt.body, doubt))
            known = self.statement(stmt, module, around)
            if known is not None:
                found = _joined(found, known)
            elif self._is_telling(stmt, module):
                found = _joined(found, doubt)
        return found

    def _is_telling(self, stmt: Stmt, module: Module) -> bool:
        """Whether a statement may change what is written in a way that is not understood."""
        match stmt:
            case Import(module=source, names=names):
                words = [source, *(name for name, _ in names or ())]
                unknown = self.names.target(module, stmt) is None
                return any((WRITING if unknown else TELLING).search(word) for word in words)
            case FuncDef(name=name):
                return TELLING.search(name) is not None
            case Assign(targets=targets):
                set_ = [target.name for target in targets if isinstance(target, Ref)]
                if any(TELLING.search(name) or name.endswith(".deconstruct") for name in set_):
                    return True
            case _:
                pass
        return _names_it(stmt)

    # ------------------------------------------------------------ a statement

    def statement(self, stmt: Stmt, module: Module, around: tuple[Stmt, ...]) -> Habits | None:
        """The habit that a statement is; None where it is none."""
        match stmt:
            case Assign(targets=(Ref(name),), op="=", value=Ref(function)) if name.endswith(".deconstruct"):
                if self._path(module, name) == DECONSTRUCT:
                    return self._of_function(function, module, around, f"{module.path}:{stmt.line}")
            case Evaluate(value=Call(func=Ref(name), args=(Literal(str() as key),))) if name.endswith(
                ".remove"
            ):
                path = self._path(module, name.removesuffix(".remove"))
                if path.startswith(KEYS[0]) and f".{path}".endswith(KEYS[1]):
                    return Habits(options=frozenset([key]))
            case _:
                pass
        return None

    def _path(self, module: Module, dotted: str) -> str:
        """The full name of an attribute, though the attribute itself be unknown."""
        owner, _, name = dotted.rpartition(".")
        found = self.names.resolve(module, owner)
        return f"{getattr(found, 'path', '')}.{name}"

    def _of_function(self, name: str, module: Module, around: tuple[Stmt, ...], place: str) -> Habits:
        """What a function does in the place of `deconstruct`."""
        local = [stmt for stmt in flatten(around) if isinstance(stmt, FuncDef) and stmt.name == name]
        if local:
            env: dict[str, Value] = {}
            Executor(self.evaluator).run(around, module, env, 1)
            return Habits(Patch(local[-1], module, tuple(env.items()), place))
        found = self.names.resolve(module, name)
        node = found.node if isinstance(found, Defined) else None
        if isinstance(node, FuncDef) and isinstance(found, Defined):
            whole = self.modules.function(found.module, node)
            if whole is not None:
                return Habits(Patch(whole, found.module, (), place))
        return Habits(doubt=f"the project sets its own `deconstruct` for all fields ({place})")


def _names_it(stmt: Stmt) -> bool:
    """Whether an expression of a statement names what writes migrations, or hands it over as text."""
    pending: list[tuple[Expr | None, bool]] = [(expr, False) for expr in expressions(stmt)]
    while pending:
        expr, handed = pending.pop()
        match expr:
            case Ref(name) if TELLING.search(name):
                return True
            case Literal(str() as text) if handed and WRITING.search(text):
                return True
            case None:
                pass
            case _:
                pending += [(inner, handed or isinstance(expr, Call)) for inner in children(expr)]
    return False
