"""A block as its constructors leave it: the blocks inside, and the keywords that it keeps.

Follows the constructors of wagtail.blocks.BaseStructBlock, BaseStreamBlock and BaseChoiceBlock, of
BaseTypedTableBlock and ImageBlock; those of a project's classes are carried out on values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from analyzer.schema.classes import Ancestor, Class, Classes, Gap
from analyzer.source.execute import parameters
from analyzer.source.facts import Assign, Call, Evaluate, Expr, FuncDef, Op, Ref, Stmt
from analyzer.source.parameters import bound
from analyzer.source.scopes import children, expressions, inside
from analyzer.source.values import Sequence, Table, Undecided, Value
from analyzer.states.blocks.known import KEPT_BY, STRUCT, Rule, canonical, spellings
from analyzer.states.construct import Method

INSIDE = "self.child_blocks"
HIDDEN = (INSIDE, "self.base_blocks", "self.declared_blocks", "self._constructor")
"""Attributes that constructors of Wagtail set: what else is done with them is not followed."""

SEARCH = "search_index"


class Construction:
    """One block while its constructors run."""

    def __init__(self, classes: Classes, cls: Class, rule: Rule, declared: Value) -> None:
        self.classes = classes
        self.evaluator = classes.evaluator
        self.order: tuple[Ancestor, ...] = classes.ancestry(cls).order
        self.rule = rule
        self.declared = declared
        self.state: dict[str, Value] = {}
        self.kept: Table | None = None
        self.why = ""

    def run(self, args: Sequence, named: Table) -> Undecided | None:
        """Carry out the constructors; why they cannot be followed, if so."""
        self.initialise(0, args, named)
        if self.kept is None:
            self.fail("its constructor does not call Wagtail's")
        return Undecided(self.why) if self.why else None

    @property
    def inside(self) -> Value:
        """The blocks inside, by name."""
        return self.state.get(INSIDE)

    def fail(self, why: str) -> None:
        self.why = self.why or why

    def keep(self, env: Mapping[str, Value]) -> None:
        """Take over what a method made of `self`."""
        self.state.update((name, value) for name, value in env.items() if name.startswith("self."))

    def taken_apart(self, start: int) -> Value:
        return Undecided("taken apart by its constructor")

    def initialise(self, start: int, args: Sequence, named: Table) -> None:
        """Carry out the first constructor from a place in the order of classes on."""
        for place, cls in enumerate(self.order[start:], start):
            if isinstance(cls, Gap):
                self.fail(cls.why)
                return
            if canonical(cls.path) in KEPT_BY:
                self._keep_keywords(cls, args, named)
                return
            node = self.classes.attributes(cls).get("__init__")
            if not cls.module.own and not cls.path.startswith("wagtail."):
                self.fail(f"the code of {cls.path} is not read")
                return
            if node is not None:
                self._carry_out(node, cls, place, args, named)
                return

    def _carry_out(self, node: Stmt, cls: Class, place: int, args: Sequence, named: Table) -> None:
        outline = node if isinstance(node, FuncDef) else None
        whole = self.evaluator.names.modules.function(cls.module, outline) if outline is not None else None
        if whole is None or whole.body is None or not _is_followed(whole.body):
            self.fail(f"the constructor of {cls.path} is not followed")
            return
        method = FuncDef(whole.name, whole.params[1:], (), whole.body, whole.line, whole.defaults)
        local = parameters(self.evaluator, method, cls.module, (args, named))
        Method(self, place).carry_out(whole, cls, local)

    # ------------------------------------------------------------ Wagtail's own

    def _keep_keywords(self, cls: Class, args: Sequence, named: Table) -> None:
        if not args.complete or not named.complete or self.kept is not None:
            self.fail(args.why or "what its constructor is given is not decided")
            return
        given = bound(self._params(cls)[1:], args.items, {str(key): value for key, value in named.pairs})
        self.kept = Table(tuple(given.options.items()))
        if self.rule.way == "children":
            local = pairs(given.given.get("local_blocks"))
            blocks = self.declared
            if isinstance(blocks, Table) and isinstance(local, Table):
                blocks = Table((*blocks.pairs, *local.pairs))
            self.state[INSIDE] = blocks if isinstance(local, Table) else local
        elif self.rule.way == "choices":
            self.kept = Table((*self.kept.pairs, *self._choices(given.given)))

    def _params(self, cls: Class) -> tuple[str, ...]:
        """The parameters of a constructor in the version of Wagtail in use."""
        node = self.classes.attributes(cls).get("__init__")
        if isinstance(node, FuncDef) and node.params:
            return node.params
        struct = next(filter(None, map(self.classes.at, spellings(STRUCT))), None)
        init = self.classes.attributes(struct).get("__init__") if struct is not None else None
        known = isinstance(init, FuncDef) and SEARCH in init.params
        return (*self.rule.params[:-1], SEARCH, self.rule.params[-1]) if known else self.rule.params

    def _choices(self, given: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
        choices = given.get("choices")
        if choices is None:
            cls = next(item for item in self.order if isinstance(item, Class))
            choices = self.classes.constant(cls, "choices")
        if isinstance(choices, Sequence):
            choices = Sequence("list", choices.items, choices.complete, choices.why)
        yield "choices", choices
        if given.get("required", True) is not True:
            yield "required", given["required"]
        if given.get("help_text") is not None:
            yield "help_text", given["help_text"]


class Apart:
    """One block while the `deconstruct` methods of a project's classes run, given what Wagtail's tells."""

    def __init__(self, classes: Classes, cls: Class, told: Value) -> None:
        self.classes = classes
        self.evaluator = classes.evaluator
        self.order: tuple[Ancestor, ...] = classes.ancestry(cls).order
        self.told = told
        self.state: dict[str, Value] = {}
        self.why = ""

    def fail(self, why: str) -> None:
        self.why = self.why or why

    def keep(self, env: Mapping[str, Value]) -> None:
        """What a method sets on the block is not asked for again."""

    def initialise(self, start: int, args: Sequence, named: Table) -> None:
        self.fail("its `deconstruct` calls a constructor")

    def taken_apart(self, start: int) -> Value:
        """What the first `deconstruct` from a place in the order of classes on returns."""
        for place, cls in enumerate(self.order[start:], start):
            if isinstance(cls, Gap) or not cls.module.own:
                break
            node = self.classes.attributes(cls).get("deconstruct")
            if isinstance(node, FuncDef):
                whole = self.evaluator.names.modules.function(cls.module, node)
                if whole is None or whole.body is None:
                    return Undecided(f"`deconstruct` of {cls.path} is not followed")
                return Method(self, place).carry_out(whole, cls, {})
        return self.told


def pairs(value: Value) -> Table | Undecided:
    """Blocks given as (name, block) pairs, by name."""
    match value:
        case None:
            return Table(())
        case Sequence(items=items, complete=True):
            found: list[tuple[str, Value]] = []
            for item in items:
                match item:
                    case Sequence(items=(str() as name, block), complete=True):
                        found.append((name, block))
                    case _:
                        return Undecided("a name or a block in a list of blocks is not decided")
            return Table(tuple(found))
        case Sequence(why=why) | Undecided(why):
            return Undecided(why or "a list of blocks is not decided")
        case _:
            return Undecided("a list of blocks is not decided")


def _is_followed(body: Iterable[Stmt]) -> bool:
    """Whether a constructor does nothing to the blocks inside but set them one by one."""
    pending = list(body)
    while pending:
        stmt = pending.pop()
        pending += inside(stmt)
        match stmt:
            case Assign(targets=(Op("[]", (Ref(name), key)),), op="=", value=value) if name == INSIDE:
                written: list[Expr] = [key, value]
            case Evaluate(value=Call(func=Ref(name))) if name.startswith("self."):
                return False
            case _:
                written = [*expressions(stmt)]
        while written:
            expr = written.pop()
            if isinstance(expr, Ref) and expr.name.startswith(HIDDEN):
                return False
            written += children(expr)
    return True
