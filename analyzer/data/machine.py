"""One run of one operation on an empty database: where it is, what it has found, what it may cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from analyzer.data import calls, expressions, statements
from analyzer.data.ddl import Object
from analyzer.data.effects import FREE, Effect, Key, Kind, Needs
from analyzer.data.labels import Labels
from analyzer.data.statements import Left
from analyzer.data.world import ANY, NONE, Code, Defines, Frame, Some, Value, depending, either, later
from analyzer.source.facts import ClassDef, Expr, Stmt
from analyzer.source.names import Defined, Names

MAX_STEPS = 40_000
"""Statements and expressions of one run; real operations stay below a tenth of it."""

WHOLE = MAX_STEPS * 3 // 4
"""With so many left a run begins anew, as good as."""
MAX_TASK = 2_000
"""Of these, those of a task that is only started."""

MAX_DEPTH = 150
MAX_CALLS = 14
RECENT = 40


class Machine:
    """The state of a run.  `here` are the rows that exist where it is now; empty on an empty database.

    `doubts` counts undecided conditions around it, `several` the loops whose turns source does not
    count, `settled` the conditions that its own names decided, `catching` the handlers of failed lookups;
    `again` tells that a loop takes its second turn; `raised` is set while such a failure is on its way
    to its handler.
    """

    def __init__(self, names: Names, labels: Labels, file: str, line: int) -> None:
        self.names = names
        self.labels = labels
        self.file = file
        self.line = line
        self.effects: list[Effect] = []
        self.here: Needs = FREE
        self.doubts = 0
        self.several = 0
        self.settled = 0
        self.again = False
        self.arms: tuple[int, ...] = ()
        self._arms = 0
        self.touched: set[str] = set()
        self.catching = 0
        self.raised: Needs | None = None
        self.statement: Expr | None = None
        self.bare = False
        self.queried: tuple[str, ...] = ()
        self.globals: dict[tuple[str, str], Value] = {}
        self.endless: set[tuple[str, str]] = set()
        """Names of modules whose values take more code than is followed; runs may share them."""
        self.stack: list[int] = []
        self._steps = MAX_STEPS
        self._depth = 0

    # ------------------------------------------------------------ what is found

    def record(
        self,
        kind: Kind,
        target: str,
        why: str,
        needs: Needs = FREE,
        key: Key = (),
        objects: tuple[Object, ...] = (),
        expressible: bool = False,
        how: str = "",
        many: bool = False,
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
            objects=objects,
            expressible=expressible,
            how=how,
            many=many or self.several > 0,
            arms=self.arms,
        )
        if not self._repeated(effect):
            self.effects.append(effect)

    def _repeated(self, effect: Effect) -> bool:
        """Whether an effect was noted just before, and nothing came of its objects since."""
        recent = self.effects[-RECENT:]
        if effect not in recent:
            return False
        about = {part.family for part in effect.objects}
        since = recent[len(recent) - recent[::-1].index(effect) :]
        return all(about.isdisjoint(part.family for part in one.objects) for one in since)

    # ------------------------------------------------------------ where it is

    def missing(self, needs: Needs) -> Needs:
        """Those of the rows that are not known to exist where the run is now."""
        return needs - self.here

    def fails_without(self, needs: Needs) -> bool:
        """A lookup that raises on an empty database; True where something around it catches that."""
        if not self.catching or not self.missing(needs):
            return False
        self.raised = (self.raised or FREE) | self.missing(needs)
        return True

    def failure(self) -> Needs | None:
        """Take the failed lookup that is on its way, so that it goes no further."""
        raised, self.raised = self.raised, None
        return raised

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
    def doubting(self, doubt: bool = True) -> Iterator[None]:
        """What happens inside stands under a condition that is not decided."""
        self.doubts += doubt
        try:
            yield
        finally:
            self.doubts -= doubt

    @contextmanager
    def branching(self) -> Iterator[None]:
        """What happens inside is one branch of a condition that is not decided."""
        self._arms += 1
        before, self.arms = self.arms, (*self.arms, self._arms)
        try:
            with self.doubting():
                yield
        finally:
            self.arms = before

    @contextmanager
    def turning(self, counted: bool) -> Iterator[None]:
        """What happens inside happens once for each item of something, perhaps of unknown length."""
        self.several += not counted
        try:
            yield
        finally:
            self.several -= not counted

    @contextmanager
    def elsewhere(self, file: str) -> Iterator[None]:
        """What happens inside happened when its module was imported: under no condition at all."""
        kept = (self.here, self.doubts, self.several, self.catching, self.raised, self.file, self.line)
        self.here, self.doubts, self.several, self.catching, self.raised = FREE, 0, 0, 0, None
        self.file = file
        try:
            yield
        finally:
            (
                self.here,
                self.doubts,
                self.several,
                self.catching,
                self.raised,
                self.file,
                self.line,
            ) = kept

    def afford(self) -> bool:
        """Whether the run may go on; where it may not, that is an effect of its own."""
        self._steps -= 1
        if self._steps == 0:
            self._give_up("more code than is followed")
        return self._steps > 0

    @contextmanager
    def working_out(self, key: tuple[str, str]) -> Iterator[bool]:
        """What happens inside works out the value of a module's name; False where that has no end."""
        if key in self.endless and self._steps > 1:
            self._steps = 1
            self.afford()
        before = self._steps
        yield before > 0
        if before > WHOLE and self._steps <= 0:
            self.endless.add(key)

    def _give_up(self, why: str) -> None:
        """What comes now stays unknown, wherever it would have run."""
        here, self.here = self.here, FREE
        self.record("unclear", "", why)
        self.here = here

    # ------------------------------------------------------------ what runs

    def evaluate(self, expr: Expr, frame: Frame) -> Value:
        """What an expression is here; anything where it is nested too deep or the run too long."""
        if self._depth > MAX_DEPTH:
            self._give_up("code nested deeper than is followed")
            return ANY
        if not self.afford():
            return ANY
        self._depth += 1
        found = expressions.evaluate(self, expr, frame)
        self._depth -= 1
        return found

    def run(self, body: tuple[Stmt, ...], frame: Frame) -> Left | None:
        """Run a block; tells if an empty database leaves it before its end."""
        if self._depth > MAX_DEPTH:
            self._give_up("code nested deeper than is followed")
            return None
        self._depth += 1
        left = statements.run(self, body, frame)
        self._depth -= 1
        return left

    def call(self, code: Code, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """Run a function of the project; what it returns on an empty database."""
        node = self.names.modules.function(code.module, code.node)
        if node is None or node.body is None:
            self.record("unclear", "", f"`{code.qualname}` was not found in the project")
            return Some(own=True)
        if id(node.body) in self.stack:
            return ANY
        if len(self.stack) > MAX_CALLS:
            self._give_up("calls deeper than are followed")
            return ANY
        frame = Frame(code.module, code.outer, self._class_of(code))
        calls.bind_parameters(self, code, node, args, kwargs, frame)
        file, line = self.file, self.line
        self.file = code.module.path
        self.stack.append(id(node.body))
        left = self.run(node.body, frame)
        self.stack.pop()
        self.file, self.line = file, line
        if frame.yielded is not None:
            return frame.yielded
        failed = self.raised is not None and left is not None and left.how == "raise"
        found = _returned(frame, self.here, left is not None and left.how in ("return", "raise"))
        return depending(found, self.missing(left.needs)) if failed and left is not None else found

    def start(self, code: Code, args: list[Value], kwargs: dict[str, Value]) -> None:
        """Run what a task queue runs some time later: what stays unknown of it is not the operation's."""
        known, steps = len(self.effects), self._steps
        self._steps = budget = min(steps, MAX_TASK)
        self.call(code, args, kwargs)
        self._steps = steps - budget + max(self._steps, 0)
        self.effects[known:] = [
            replace(effect, kind="outside") if effect.kind == "unclear" else effect
            for effect in self.effects[known:]
        ]

    def _class_of(self, code: Code) -> Defines | None:
        """The class whose method a function is: where its `super()` begins."""
        outer = code.qualname.rpartition(".")[0]
        binding = self.names.resolve(code.module, outer) if outer and code.owner is not None else None
        if isinstance(binding, Defined) and isinstance(binding.node, ClassDef):
            return Defines(binding.module, binding.qualname, binding.node)
        return None


def _returned(frame: Frame, here: Needs, surely: bool) -> Value:
    """What a function returns on an empty database, with what rows would make of it."""
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
