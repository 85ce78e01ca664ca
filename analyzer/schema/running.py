"""Which statements and calls run when a module is imported, and which only when a function is called.

Read from the facts of one file; nothing is looked up elsewhere but whether a condition holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from analyzer.source.facts import (
    Assign,
    Call,
    ClassDef,
    Evaluate,
    Expr,
    For,
    FuncDef,
    If,
    Import,
    Jump,
    Literal,
    Op,
    Ref,
    Return,
    Stmt,
    Try,
    While,
    With,
)
from analyzer.source.scopes import Decide, children, flatten

TYPE_CHECKING = (Ref("TYPE_CHECKING"), Ref("typing.TYPE_CHECKING"))


class Step(Struct, frozen=True):
    """A statement that runs; `sure` is False under a condition that is not decided."""

    stmt: Stmt
    sure: bool


class Called(Struct, frozen=True):
    """A call that runs: what is called as written, `call` None where it is a bare decorator."""

    name: str
    call: Call | None
    line: int
    sure: bool


class Code(Struct, frozen=True):
    """What one body does: its imports and calls."""

    imports: tuple[tuple[Import, bool], ...]
    calls: tuple[Called, ...]


class ModuleCode(Struct, frozen=True):
    """The code of a file: what its import runs, and its functions by qualified name."""

    top: Code
    functions: dict[str, Code]


def module_code(body: tuple[Stmt, ...], decide: Decide) -> ModuleCode:
    """Sort a module's code by when it runs; a function's nested ones count as run by it, perhaps."""
    functions: dict[str, Code] = {}
    for name, node in _functions(body, ""):
        functions[name] = _code(steps(node.body or (), decide), inner=True)
    return ModuleCode(_code(steps(body, decide), inner=False), functions)


def steps(body: tuple[Stmt, ...], decide: Decide, sure: bool = True) -> Iterator[Step]:
    """The statements that run with a block, those in class bodies included, in reading order.

    A handler of `try` runs perhaps, a branch that is not decided as well.
    """
    for stmt in body:
        match stmt:
            case If(test=test, body=inner, orelse=orelse):
                holds = _holds(test, decide)
                if holds is not False:
                    yield from steps(inner, decide, sure and holds is True)
                if holds is not True:
                    yield from steps(orelse, decide, sure and holds is False)
            case Try():
                yield from steps(stmt.body, decide, sure)
                for handler in stmt.handlers:
                    yield from steps(handler.body, decide, False)
                yield from steps(stmt.orelse + stmt.final, decide, sure)
            case ClassDef(body=inner):
                yield Step(stmt, sure)
                yield from steps(inner, decide, sure)
            case For() | While() | With():
                yield Step(stmt, sure)
                yield from steps(stmt.body, decide, sure)
            case _:
                yield Step(stmt, sure)


def _holds(test: Expr, decide: Decide) -> bool | None:
    match test:
        case Op("not", (inner,)):
            holds = _holds(inner, decide)
            return None if holds is None else not holds
        case Op("==", (Ref("__name__"), Literal("__main__"))):
            return False
        case _ if test in TYPE_CHECKING:
            return False
        case _:
            return decide(test)


def _functions(body: tuple[Stmt, ...], prefix: str) -> Iterator[tuple[str, FuncDef]]:
    for stmt in flatten(body):
        if isinstance(stmt, FuncDef):
            yield prefix + stmt.name, stmt
        elif isinstance(stmt, ClassDef):
            yield from _functions(stmt.body, f"{prefix}{stmt.name}.")


def _code(run: Iterator[Step], inner: bool) -> Code:
    imports: list[tuple[Import, bool]] = []
    calls: list[Called] = []
    pending = list(run)
    for step in pending:
        if isinstance(step.stmt, Import):
            imports.append((step.stmt, step.sure))
        elif isinstance(step.stmt, FuncDef) and inner:
            pending.extend(steps(step.stmt.body or (), lambda test: None, sure=False))
        calls.extend(_calls(step))
    return Code(tuple(imports), tuple(calls))


def _calls(step: Step) -> Iterator[Called]:
    if isinstance(step.stmt, (FuncDef, ClassDef)):
        for decorator in step.stmt.decorators:
            if isinstance(decorator, Ref):
                yield Called(decorator.name, None, step.stmt.line, step.sure)
    for expr in _expressions(step.stmt):
        for call in calls_in(expr):
            name = written(call.func)
            if name:
                yield Called(name, call, call.line, step.sure)


def written(func: Expr) -> str:
    """What is called, by its dotted name; `().name` for a method of something computed."""
    match func:
        case Ref(name):
            return name
        case Op(op, _) if op.startswith("."):
            return f"(){op}"
        case _:
            return ""


def _expressions(stmt: Stmt) -> tuple[Expr, ...]:
    match stmt:
        case Assign(value=value) | Evaluate(value=value):
            return (value,)
        case Return(value=value) | Jump(value=value):
            return (value,) if value is not None else ()
        case For(iterable=iterable):
            return (iterable,)
        case With(items=items):
            return tuple(expr for expr, _ in items)
        case ClassDef():
            return (*stmt.bases, *stmt.decorators)
        case FuncDef():
            return stmt.decorators
        case _:
            return ()


def calls_in(expr: Expr) -> Iterator[Call]:
    """The calls in an expression, the bodies of lambdas left out."""
    pending = [expr]
    while pending:
        part = pending.pop()
        if type(part) in (Ref, Literal):
            continue
        if isinstance(part, Call):
            yield part
        if not isinstance(part, Op) or part.op != "lambda":
            pending += children(part)
