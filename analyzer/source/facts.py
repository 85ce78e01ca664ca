"""What one file says: frozen, picklable values without any meaning attached.

Expressions are a tiny tree of six kinds, statements a slightly larger one.  Names stay as
written; `names` gives them their meaning.  Lines are 1-based.
"""

from __future__ import annotations

from typing import Union

from msgspec import Struct

FACTS_VERSION = 3
"""Part of the cache key: raise it whenever the shape or the content of facts changes."""


class Literal(Struct, frozen=True, array_like=True, tag="L", gc=False):
    """A constant; bytes are given as text, since only Python 2 era migrations hold them."""

    value: bool | int | float | str | None


class Ref(Struct, frozen=True, array_like=True, tag="R", gc=False):
    """A dotted name as written, e.g. `models.CharField`."""

    name: str


class Call(Struct, frozen=True, array_like=True, tag="C"):
    """A call.  `*x` is an `Op("*")` in `args`, `**x` a keyword named `**`."""

    func: Expr
    args: tuple[Expr, ...]
    kwargs: tuple[tuple[str, Expr], ...]
    line: int

    @property
    def unpacks(self) -> bool:
        """Whether there is a `*x` or `**x` among the arguments."""
        for arg in self.args:
            if type(arg) is Op and arg.op == "*":
                return True
        return "**" in dict(self.kwargs)

    def argument(self, name: str, position: int | None = None) -> Expr | None:
        """The value of a keyword, or of the positional argument that stands for it."""
        for key, value in self.kwargs:
            if key == name:
                return value
        if position is not None and position < len(self.args):
            for arg in self.args[: position + 1]:
                if type(arg) is Op and arg.op == "*":
                    return None
            return self.args[position]
        return None


class Items(Struct, frozen=True, array_like=True, tag="I"):
    """A list, tuple or set display; `*x` inside is an `Op("*")`."""

    kind: str
    items: tuple[Expr, ...]


class Mapping(Struct, frozen=True, array_like=True, tag="D"):
    """A dict display; `**x` inside has no key."""

    pairs: tuple[tuple[Expr | None, Expr], ...]


class Op(Struct, frozen=True, array_like=True, tag="O"):
    """An operator: `+`, `[]`, `.name` on a non-name, `if`, `f` (f-string), `for` (comprehension) …"""

    op: str
    args: tuple[Expr, ...]


class Opaque(Struct, frozen=True, array_like=True, tag="X", gc=False):
    """Seen but not understood: the beginning of its text."""

    text: str
    line: int


Expr = Union[Literal, Ref, Call, Items, Mapping, Op, Opaque]


class Assign(Struct, frozen=True, array_like=True, tag="="):
    """`a = b = value`, `a: T = value` (op `=`) or `a += value` (op `+=`)."""

    targets: tuple[Expr, ...]
    op: str
    value: Expr
    line: int


class Evaluate(Struct, frozen=True, array_like=True, tag="e"):
    """An expression statement; `assert x` is `Op("assert")`."""

    value: Expr
    line: int


class Import(Struct, frozen=True, array_like=True, tag="i"):
    """`from module import names` (level = leading dots; name `*` for all), or `import module as alias`."""

    module: str
    level: int
    names: tuple[tuple[str, str], ...] | None
    alias: str | None
    line: int


class ClassDef(Struct, frozen=True, array_like=True, tag="c"):
    name: str
    bases: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    decorators: tuple[Expr, ...]
    body: tuple[Stmt, ...]
    line: int


class FuncDef(Struct, frozen=True, array_like=True, tag="f"):
    """A function; `body` is None where it was not read, and then there are no `params` either.

    `params` are its parameters as written, stars included, with `/` and `*` where they stand
    alone; `defaults` those that need not be given, with what they are then.
    """

    name: str
    params: tuple[str, ...]
    decorators: tuple[Expr, ...]
    body: tuple[Stmt, ...] | None
    line: int
    defaults: tuple[tuple[str, Expr], ...] = ()


class If(Struct, frozen=True, array_like=True, tag="?"):
    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    line: int


class For(Struct, frozen=True, array_like=True, tag="l"):
    target: Expr
    iterable: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    line: int


class While(Struct, frozen=True, array_like=True, tag="w"):
    test: Expr
    body: tuple[Stmt, ...]
    line: int


class Handler(Struct, frozen=True, array_like=True):
    exception: Expr | None
    body: tuple[Stmt, ...]


class Try(Struct, frozen=True, array_like=True, tag="t"):
    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]
    line: int


class With(Struct, frozen=True, array_like=True, tag="W"):
    items: tuple[tuple[Expr, Expr | None], ...]
    body: tuple[Stmt, ...]
    line: int


class Return(Struct, frozen=True, array_like=True, tag="r"):
    value: Expr | None
    line: int


class Jump(Struct, frozen=True, array_like=True, tag="j"):
    """`raise`, `break`, `continue` or `del`, with its operand if it has one."""

    kind: str
    value: Expr | None
    line: int


Stmt = Union[Assign, Evaluate, Import, ClassDef, FuncDef, If, For, While, Try, With, Return, Jump]


class Problem(Struct, frozen=True, array_like=True):
    """Something in a file that could not be read."""

    line: int
    kind: str
    message: str


class FileFacts(Struct, frozen=True, array_like=True):
    """All that is kept of one file; `full` tells whether every function body was read."""

    body: tuple[Stmt, ...]
    problems: tuple[Problem, ...]
    full: bool
