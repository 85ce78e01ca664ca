"""One function's body out of a file of which only the outline was read.

Reading the function's own lines costs a fraction of reading its file again.  What stands there alone
is trusted only if it is that function and nothing else, without any problem.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from msgspec.structs import replace

from analyzer.source.extract import decode
from analyzer.source.facts import ClassDef, FileFacts, FuncDef, If, Stmt, Try
from analyzer.source.scopes import COMPOUND

_DECORATOR = re.compile(r"[ \t]*@")


def alone(data: bytes, outline: FileFacts, function: FuncDef) -> FuncDef | None:
    """The function read from its own lines; None where they do not stand alone."""
    text, problem = decode(data)
    if problem is not None or outline.problems:
        return None
    lines = text.split("\n")[function.line - 1 : _end(outline.body, function.line)]
    from analyzer.source import syntax

    indented = lines[0][:1].isspace()
    above = "\n" * (function.line - 2) + "if 1:\n" if indented else "\n" * (function.line - 1)
    facts = syntax.parse(above + "\n".join(_without_next(lines)) + "\n", True)
    body = facts.body
    if indented and len(body) == 1 and isinstance(body[0], If):
        body = body[0].body
    match body:
        case (FuncDef(name=function.name, line=function.line) as found,) if not facts.problems:
            return replace(found, decorators=function.decorators)
        case _:
            return None


def at(body: tuple[Stmt, ...], line: int) -> FuncDef | None:
    """The function that begins at a line of a file that was read in full."""
    return next((stmt for stmt in outside(body) if isinstance(stmt, FuncDef) and stmt.line == line), None)


def _end(body: tuple[Stmt, ...], line: int) -> int | None:
    """The last line before the next statement outside of functions."""
    starts = sorted(stmt.line for stmt in outside(body))
    following = bisect_right(starts, line)
    return starts[following] - 1 if following < len(starts) else None


def _without_next(lines: list[str]) -> list[str]:
    """The lines up to the decorators of what follows."""
    width = len(lines[0]) - len(lines[0].lstrip())
    for number, line in enumerate(lines[1:], 1):
        if _DECORATOR.match(line) and len(line) - len(line.lstrip()) <= width:
            return lines[:number]
    return lines


def outside(body: tuple[Stmt, ...]) -> Iterator[Stmt]:
    """All statements that are not inside a function."""
    pending = list(body)
    while pending:
        stmt = pending.pop()
        yield stmt
        if isinstance(stmt, (ClassDef, *COMPOUND)):
            pending += stmt.body
        if isinstance(stmt, Try):
            pending += [inner for handler in stmt.handlers for inner in handler.body]
            pending += stmt.orelse + stmt.final
        elif isinstance(stmt, COMPOUND):
            pending += getattr(stmt, "orelse", ())
