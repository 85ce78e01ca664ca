"""Runs a migration's code on an empty database, as far as source decides what it does.

Statements live here; `expressions` knows values, `calls` and `orm` what calls do.  A condition that
rows decide splits the run: what an empty database takes goes on, the other branch runs under the
`needs` of the condition, and so does all that follows an early return.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from analyzer.data import calls, expressions
from analyzer.data.attributes import class_value, from_binding
from analyzer.data.effects import FREE, Effect, Key, Kind, Needs
from analyzer.data.items import iterate
from analyzer.data.sql import Thing
from analyzer.data.world import (
    ANY,
    NONE,
    Code,
    Defines,
    Frame,
    Holder,
    Outside,
    Some,
    Value,
    depending,
    either,
    later,
    needs_of,
    truth,
)
from analyzer.source.facts import (
    Assign,
    Call,
    ClassDef,
    Evaluate,
    Expr,
    For,
    FuncDef,
    Handler,
    If,
    Import,
    Items,
    Jump,
    Opaque,
    Ref,
    Return,
    Stmt,
    Try,
    While,
    With,
)
from analyzer.source.modules import Module
from analyzer.source.names import Defined, Names, Package, absolute, flatten

MAX_STEPS = 6_000
MAX_DEPTH = 14

_LOOKUP_ERRORS = (
    "DoesNotExist",
    "Exception",
    "IndexError",
    "StopIteration",
    "AttributeError",
    "TypeError",
    "Http404",
)


class Left(Struct, frozen=True):
    """How an empty database leaves a block before its end, and the rows that would keep it inside."""

    how: str
    needs: Needs


class Machine:
    """One run of one operation."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.effects: list[Effect] = []
        self.here: Needs = FREE
        self.doubts = 0
        self.line = 0
        self.file = ""
        self.steps = MAX_STEPS
        self.statement: Expr | None = None
        self.bare = False
        self.catching = 0
        self.raised: Needs | None = None
        self.queried: tuple[str, ...] = ()
        self.globals: dict[tuple[str, str], Value] = {}
        self.stack: list[int] = []

    # ------------------------------------------------------------ what is found

    def record(
        self,
        kind: Kind,
        target: str,
        why: str,
        needs: Needs = FREE,
        key: Key = (),
        thing: Thing | None = None,
        drops: Thing | None = None,
        expressible: bool = False,
    ) -> None:
        """Note an effect of the line that runs now."""
        effect = Effect(
            kind=kind,
            needs=self.here | needs,
            target=target,
            why=why,
            file=self.file,
            line=self.line,
            doubtful=self.doubts > 0,
            key=key,
            thing=thing,
            drops=drops,
            expressible=expressible,
        )
        if effect not in self.effects[-40:]:
            self.effects.append(effect)

    def missing(self, needs: Needs) -> Needs:
        """Those of the rows that are not known to exist where the run is now."""
        return needs - self.here

    def fails_without(self, needs: Needs) -> bool:
        """A lookup that raises on an empty database; True where something around it catches that."""
        if not self.catching or not self.missing(needs):
            return False
        self.raised = (self.raised or FREE) | self.missing(needs)
        return True

    @contextmanager
    def under(self, needs: Needs) -> Iterator[None]:
        """What happens inside needs these rows."""
        before = self.here
        self.here = before | needs
        try:
            yield
        finally:
            self.here = before

    @contextmanager
    def doubting(self) -> Iterator[None]:
        """What happens inside stands under a condition that is not decided."""
        self.doubts += 1
        try:
            yield
        finally:
            self.doubts -= 1

    # ------------------------------------------------------------ blocks

    def run(self, body: tuple[Stmt, ...], frame: Frame) -> Left | None:
        """Run a block; tells if an empty database leaves it before its end."""
        for at, stmt in enumerate(body):
            self.steps -= 1
            if self.steps <= 0:
                if self.steps == 0:
                    self.record("unclear", "", "more code than is followed")
                return None
            left = self.step(stmt, frame)
            if left is None and self.raised is not None:
                left = Left("raise", self.raised)
            if left is not None:
                rest = body[at + 1 :]
                if rest and self.missing(left.needs):
                    self.aside(rest, frame, left.needs)
                return left
        return None

    def aside(self, body: tuple[Stmt, ...], frame: Frame, needs: Needs) -> None:
        """Run a block that an empty database does not reach; its names keep what they were there."""
        before = dict(frame.names)
        raised, self.raised = self.raised, None
        on = self.missing(needs)
        with self.under(needs):
            self.run(body, frame)
        self.raised = raised
        for name, new in frame.names.items():
            frame.names[name] = later(before.get(name), new, on)

    def step(self, stmt: Stmt, frame: Frame) -> Left | None:
        match stmt:
            case Evaluate(value, line):
                self.line = line
                self.statement = value
                expressions.evaluate(self, value, frame)
            case Assign():
                self.line = stmt.line
                self._assign(stmt, frame)
            case If():
                return self._if(stmt, frame)
            case For():
                return self._for(stmt, frame)
            case While():
                return self._while(stmt, frame)
            case Try():
                return self._try(stmt, frame)
            case With():
                return self._with(stmt, frame)
            case Return(value, line):
                self.line = line
                found = NONE if value is None else expressions.evaluate(self, value, frame)
                frame.returned.append((self.here, found))
                return Left("return", FREE)
            case Jump():
                return self._jump(stmt, frame)
            case FuncDef(name=name):
                frame.names[name] = Code(stmt, frame.module, name, frame)
            case ClassDef(name=name):
                frame.names[name] = class_value(self, Defines(frame.module, name, stmt))
            case Import():
                self._import(stmt, frame)
        return None

    def _assign(self, stmt: Assign, frame: Frame) -> None:
        value = expressions.evaluate(self, stmt.value, frame)
        for target in stmt.targets:
            if stmt.op == "=":
                expressions.bind(self, target, value, frame)
            else:
                expressions.augment(self, target, stmt.op[:-1], value, frame)

    def _jump(self, stmt: Jump, frame: Frame) -> Left | None:
        self.line = stmt.line
        if stmt.kind == "raise":
            if self.here:
                self.record("check", "", "refuses to go on with rows that do not fit")
            return Left("raise", FREE)
        if stmt.kind in ("break", "continue"):
            return Left("loop", FREE)
        return None

    # ------------------------------------------------------------ branches

    def _if(self, stmt: If, frame: Frame) -> Left | None:
        self.line = stmt.line
        test = expressions.evaluate(self, stmt.test, frame)
        known = truth(test, self.here)
        if known is None:
            return self._undecided(stmt.body, stmt.orelse, frame)
        taken, other = (stmt.body, stmt.orelse) if known else (stmt.orelse, stmt.body)
        on = self.missing(needs_of(test))
        if not on:
            return self.run(taken, frame)
        before = dict(frame.names)
        left = self.run(taken, frame)
        after = frame.names
        frame.names = before
        self.aside(other, frame, on)
        for name, value in after.items():
            frame.names[name] = later(value, frame.names.get(name, value), on)
        return None if left is None else Left(left.how, left.needs | on)

    def _undecided(self, one: tuple[Stmt, ...], other: tuple[Stmt, ...], frame: Frame) -> Left | None:
        before = dict(frame.names)
        with self.doubting():
            left = self.run(one, frame)
            after, frame.names = frame.names, before
            left_too = self.run(other, frame)
        for name, value in after.items():
            known = frame.names.get(name)
            frame.names[name] = (
                value if known is None or left_too else known if left else either(value, known)
            )
        return Left(left.how, left.needs | left_too.needs) if left and left_too else None

    def _for(self, stmt: For, frame: Frame) -> Left | None:
        self.line = stmt.line
        source = expressions.evaluate(self, stmt.iterable, frame)
        left: Left | None = None
        for item, needs in iterate(self, source):
            on = self.missing(needs)
            self.line = stmt.line
            if on:
                before = dict(frame.names)
                with self.under(needs):
                    expressions.bind(self, stmt.target, item, frame)
                    self.run(stmt.body, frame)
                for name, new in frame.names.items():
                    frame.names[name] = later(before.get(name), new, on)
            else:
                expressions.bind(self, stmt.target, item, frame)
                left = self.run(stmt.body, frame) or left
            if self.steps <= 0:
                break
        after = self.run(stmt.orelse, frame)
        if left is not None and left.how != "loop" and truth(source, self.here):
            return left
        return after

    def _while(self, stmt: While, frame: Frame) -> Left | None:
        self.line = stmt.line
        test = expressions.evaluate(self, stmt.test, frame)
        known = truth(test, self.here)
        on = self.missing(needs_of(test))
        if known is False:
            if on:
                self.aside(stmt.body, frame, on)
            return None
        left = self.run(stmt.body, frame)
        return left if known and left is not None and left.how != "loop" else None

    def _try(self, stmt: Try, frame: Frame) -> Left | None:
        caught = any(_catches(handler) for handler in stmt.handlers)
        raised, self.raised = self.raised, None
        before = dict(frame.names)
        self.catching += caught
        left = self.run(stmt.body, frame)
        self.catching -= caught
        failed = self.raised is not None or (left is not None and left.how == "raise" and caught)
        needs = self.raised or (left.needs if left else FREE)
        self.raised = raised
        if failed and caught:
            left = self._handled(stmt.handlers, frame, before, needs)
            if stmt.orelse:
                self.aside(stmt.orelse, frame, needs)
        else:
            left = self._unhandled(stmt, frame, left)
        after = self.run(stmt.final, frame)
        return left or after

    def _handled(
        self, handlers: tuple[Handler, ...], frame: Frame, before: dict[str, Value], needs: Needs
    ) -> Left | None:
        """An empty database goes on in the handler that catches the failed lookup."""
        handler = next(handler for handler in handlers if _catches(handler))
        after = frame.names
        frame.names = dict(before)
        left = self.run(handler.body, frame)
        for name, value in after.items():
            known = frame.names.get(name)
            frame.names[name] = later(known, value, needs) if known is None or left is None else value
        if left is None or left.how == "raise":
            return None
        return Left(left.how, left.needs | needs)

    def _unhandled(self, stmt: Try, frame: Frame, left: Left | None) -> Left | None:
        if left is None:
            left = self.run(stmt.orelse, frame)
        leave = True
        with self.doubting():
            for handler in stmt.handlers:
                before = dict(frame.names)
                gone = self.run(handler.body, frame)
                leave = leave and gone is not None
                names = frame.names
                for name, value in before.items():
                    names[name] = value if gone else either(value, names.get(name, value))
        return left if leave else None

    def _with(self, stmt: With, frame: Frame) -> Left | None:
        self.line = stmt.line
        swallows = False
        for value, target in stmt.items:
            found = expressions.evaluate(self, value, frame)
            swallows = swallows or (isinstance(value, Call) and _called(value.func) == "suppress")
            if target is not None:
                expressions.bind(self, target, found, frame)
        if not swallows:
            return self.run(stmt.body, frame)
        raised, self.raised = self.raised, None
        self.catching += 1
        left = self.run(stmt.body, frame)
        self.catching -= 1
        self.raised = raised
        return None if left is not None and left.how == "raise" else left

    # ------------------------------------------------------------ functions

    def call(self, code: Code, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """Run a function of the project; what it returns on an empty database."""
        node = code.node if code.node.body is not None else self.full(code.module, code.qualname)
        if node is None or node.body is None:
            self.record("unclear", "", f"`{code.qualname}` was not found in the project")
            return Some(own=True)
        if id(node.body) in self.stack or len(self.stack) > MAX_DEPTH:
            return ANY
        frame = Frame(code.module, code.outer, self._class_of(code))
        calls.bind_parameters(code, node, args, kwargs, frame)
        file, line, here = self.file, self.line, self.here
        self.file = code.module.path
        self.stack.append(id(node.body))
        left = self.run(node.body, frame)
        self.stack.pop()
        self.file, self.line = file, line
        if frame.yielded is not None:
            return frame.yielded
        if self.raised is not None and left is not None and left.how == "raise":
            return depending(_result(frame, here, True), self.missing(left.needs))
        return _result(frame, here, left is not None and left.how in ("return", "raise"))

    def evaluate(self, expr: Expr, frame: Frame) -> Value:
        return expressions.evaluate(self, expr, frame)

    def _class_of(self, code: Code) -> Defines | None:
        """The class whose method a function is: where its `super()` begins."""
        outer = code.qualname.rpartition(".")[0]
        binding = self.names.resolve(code.module, outer) if outer and code.owner is not None else None
        if isinstance(binding, Defined) and isinstance(binding.node, ClassDef):
            return Defines(binding.module, binding.qualname, binding.node)
        return None

    def full(self, module: Module, qualname: str) -> FuncDef | None:
        """A function with its body, read now if only its outline was."""
        body = self.names.modules.facts(module, full=True).body
        *outer, name = qualname.split(".")
        for part in outer:
            found = [stmt for stmt in flatten(body) if isinstance(stmt, ClassDef) and stmt.name == part]
            if not found:
                return None
            body = found[-1].body
        functions = [stmt for stmt in flatten(body) if isinstance(stmt, FuncDef) and stmt.name == name]
        return functions[-1] if functions else None

    def _import(self, stmt: Import, frame: Frame) -> None:
        if stmt.names is None:
            path = stmt.module if stmt.alias else stmt.module.partition(".")[0]
            name = stmt.alias or path
            module = self.names.modules.find(path, frame.module.path)
            own = module is not None and module.own
            frame.names[name] = Holder(Package(module)) if own and module else Outside(path)
            return
        source = self.names.target(frame.module, stmt)
        for name, alias in stmt.names:
            if source is None:
                path = f"{absolute(frame.module, stmt)}.{name}"
                missing = Some(own=True, why=f"`{path}` is not found in the project")
                frame.names[alias] = missing if self.names.modules.is_own(path) else Outside(path)
            else:
                binding = self.names.member(source, name)
                frame.names[alias] = from_binding(self, binding)


def _result(frame: Frame, here: Needs, surely: bool) -> Value:
    live = [value for needs, value in frame.returned if not needs - here]
    if not surely or not live:
        live.append(NONE)
    found = live[0]
    for value in live[1:]:
        found = either(found, value)
    for needs, value in frame.returned:
        if needs - here:
            found = later(found, value, needs - here)
    return found


def _called(func: Expr) -> str:
    return func.name.rpartition(".")[2] if isinstance(func, Ref) else ""


def _catches(handler: Handler) -> bool:
    """Whether a handler catches a lookup that finds no row."""
    match handler.exception:
        case None:
            return True
        case Ref(name):
            return name.endswith(_LOOKUP_ERRORS)
        case Items(items=items):
            return any(isinstance(item, Ref) and item.name.endswith(_LOOKUP_ERRORS) for item in items)
        case Opaque(text):
            return any(error in text for error in _LOOKUP_ERRORS)
        case _:
            return False
