"""What a project changes in how Django writes migrations, for all fields or models at once.

Some projects set a function of their own in the place of `Field.deconstruct`, take names out of
`AlterModelOptions.ALTER_OPTION_KEYS`, or have a `makemigrations` of their own, so that some arguments
are never written.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from analyzer.source.evaluate import Evaluator
from analyzer.source.facts import (
    Assign,
    Call,
    Evaluate,
    Expr,
    For,
    FuncDef,
    Items,
    Jump,
    Literal,
    Op,
    Ref,
    Return,
    Stmt,
)
from analyzer.source.modules import Module
from analyzer.source.names import Defined, Names
from analyzer.source.scopes import flatten
from analyzer.source.values import Sequence

DECONSTRUCT = "django.db.models.fields.Field.deconstruct"
KEYS = ("django.db.migrations.operations.", ".AlterModelOptions.ALTER_OPTION_KEYS")
COMMAND = "management/commands/makemigrations.py"
TELLING = (b"deconstruct", b"utodetector", b"ALTER_OPTION_KEYS", b"write_migration_files")
"""What stands in a `makemigrations` of a project's own that changes what is written."""


class Habits(Struct, frozen=True):
    """Arguments of fields, and options, that are never written; `doubt` says why more may be left out."""

    fields: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()
    doubt: str = ""


def habits(names: Names, evaluator: Evaluator) -> Habits:
    """The habits of a project, from the modules that were read."""
    found = Habits()
    files = names.modules.files
    for path, facts in files.loaded():
        data = files.data(path)
        told = b"econstruct" in data or b"_OPTION_KEYS" in data
        module = names.modules.find(names.modules.name_of(path), path) if told else None
        if module is None:
            continue
        for stmt in flatten(facts.body):
            found = _joined(found, _of_statement(stmt, module, names, evaluator))
    for file in files.tree.files:
        if f"/{file.path}".endswith(f"/{COMMAND}") and any(word in files.data(file.path) for word in TELLING):
            doubt = f"the project's own `makemigrations` ({file.path}) may leave it out"
            found = _joined(found, Habits(doubt=doubt))
    return found


def _joined(one: Habits, other: Habits) -> Habits:
    return Habits(one.fields | other.fields, one.options | other.options, one.doubt or other.doubt)


def _of_statement(stmt: Stmt, module: Module, names: Names, evaluator: Evaluator) -> Habits:
    match stmt:
        case Assign(targets=(Ref(name),), op="=", value=Ref(function)) if name.endswith(".deconstruct"):
            if _path(names, module, name) == DECONSTRUCT:
                return _of_function(names.resolve(module, function), evaluator, f"{module.path}:{stmt.line}")
        case Evaluate(value=Call(func=Ref(name), args=(Literal(str() as key),))) if name.endswith(".remove"):
            path = _path(names, module, name.removesuffix(".remove"))
            if path.startswith(KEYS[0]) and f".{path}".endswith(KEYS[1]):
                return Habits(options=frozenset([key]))
        case _:
            pass
    return Habits()


def _path(names: Names, module: Module, dotted: str) -> str:
    """The full name of an attribute, though the attribute itself be unknown."""
    owner, _, name = dotted.rpartition(".")
    found = names.resolve(module, owner)
    return f"{getattr(found, 'path', '')}.{name}"


def _of_function(function: object, evaluator: Evaluator, place: str) -> Habits:
    """The arguments that a function in the place of `deconstruct` always takes away."""
    doubt = f"the project sets its own `deconstruct` for all fields ({place})"
    if not isinstance(function, Defined) or not isinstance(function.node, FuncDef):
        return Habits(doubt=doubt)
    node = evaluator.names.modules.function(function.module, function.node)
    if node is None:
        return Habits(doubt=doubt)
    taken = frozenset(_taken(node, function.module, evaluator))
    return Habits(fields=taken, doubt="" if all(map(_is_plain, node.body or ())) else doubt)


def _taken(node: FuncDef, module: Module, evaluator: Evaluator) -> Iterator[str]:
    for stmt in node.body or ():
        match stmt:
            case For(target=Ref(name), iterable=iterable, body=(inner,)) if _dropped(inner) == Ref(name):
                values = evaluator.evaluate(iterable, module)
                items = values.items if isinstance(values, Sequence) and values.complete else ()
                yield from (item for item in items if isinstance(item, str))
            case _:
                dropped = _dropped(stmt)
                if isinstance(dropped, Literal) and isinstance(dropped.value, str):
                    yield dropped.value


def _dropped(stmt: Stmt) -> Expr | None:
    """The key that a statement takes out of a dict."""
    match stmt:
        case Evaluate(value=Call(func=Ref(name), args=(key, *_))) if name.endswith(".pop"):
            return key
        case Jump(kind="delete", value=Op("[]", (Ref(), key))):
            return key
        case _:
            return None


def _is_plain(stmt: Stmt) -> bool:
    """Whether a statement does no more than call Django's own method, drop keys, and return."""
    match stmt:
        case Assign(targets=(Items(),), value=Call()) | Return():
            return True
        case For(body=(inner,)):
            return _dropped(inner) is not None
        case _:
            return _dropped(stmt) is not None
