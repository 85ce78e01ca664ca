"""What an operation does to a migration state: what one of Django's does, nothing, or not decided."""

from __future__ import annotations

from functools import partial

from msgspec import Struct

from analyzer.history.aside import Lookup, leaves_alone
from analyzer.history.forwards import INHERITED, Change, changes
from analyzer.history.holding import FORWARDS, Held, held, is_idle, kept
from analyzer.history.packaged import PACKAGED
from analyzer.schema.classes import Class, Classes
from analyzer.schema.constructors import Chain, Construction, Constructor
from analyzer.source.facts import Call, Evaluate, FuncDef, Op, Ref, Stmt
from analyzer.source.modules import Module
from analyzer.source.parameters import positional
from analyzer.source.values import Made, Named, Value

DJANGO = "django.db.migrations."
BASE = "Operation"

RUNNERS = frozenset({"RunPython", "RunSQL", "SeparateDatabaseAndState"})
"""Operations without any effect of their own on a state; what they hold is listed behind them."""

STATE = frozenset(
    {
        "CreateModel", "DeleteModel", "RenameModel", "AlterModelTable", "AlterModelTableComment",
        "AlterModelOptions", "AlterModelManagers", "AlterUniqueTogether", "AlterIndexTogether",
        "AlterOrderWithRespectTo", "AddField", "RemoveField", "AlterField", "RenameField", "AddIndex",
        "RemoveIndex", "RenameIndex", "AddConstraint", "RemoveConstraint", "AlterConstraint",
    }
)  # fmt: skip
"""Operations of django.db.migrations that change a state."""


LOWER = "_lower"
"""How operations name the lower case of what they are given."""

PLACES = {(True, "model_name"): 0, (True, "name"): 1, (False, "name"): 0, (False, "model_name"): 0}
"""Where operations, those on fields and others, take their names without a keyword."""


class Kind(Struct, frozen=True):
    """What a class does: `django` and `why` as in `Operation`.

    `chain` are the constructors between a call and Django's own, `holds` the parameters whose
    operations change the state in the operation's place, and `changes` what the class does instead of
    all that, written in the module `home`; `inherited` is the operation of Django's among them.
    """

    django: str
    why: str = ""
    chain: tuple[Constructor, ...] = ()
    holds: tuple[Held, ...] = ()
    changes: tuple[Change, ...] = ()
    inherited: str = ""
    home: Module | None = None


class Kinds:
    """The kinds of operation classes, each worked out once."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self.evaluator = classes.evaluator
        self._known: dict[str, Kind] = {}
        self._chains: dict[str, Chain] = {}

    def of(self, made: Made) -> Kind:
        """What the class that a call makes an operation of does to a state."""
        found = self._known.get(made.path)
        if found is None:
            found = self._known[made.path] = self._kind(made)
        return found

    def is_operation(self, path: str) -> bool:
        """Whether a dotted name is that of an operation of Django's or of a known package."""
        named = path == f"{DJANGO}{BASE}" or path.startswith(f"{DJANGO}operations.")
        return named or _known(path) is not None

    def argument(self, made: Made, name: str, position: int | None = None) -> Value | None:
        """An argument as Django's own operation gets it; None where it gets none."""
        chain = self.of(made).chain
        if not chain:
            return self.evaluator.argument(made, name, position)
        construction = Construction(self.evaluator, made, self._chains.setdefault(made.path, Chain(chain)))
        found = construction.argument(name, position)
        return construction.value(found) if found is not None else None

    def _kind(self, made: Made) -> Kind:
        known = _known(made.path)
        if known is not None:
            return Kind(known)
        value = self.evaluator.evaluate(made.call.func, made.module, dict(made.local))
        cls = self.classes.of_binding(value.binding) if isinstance(value, Named) else None
        if cls is None:
            return Kind("", f"the source of {made.path} is not known")
        chain: list[Constructor] = []
        for ancestor in self.classes.ancestry(cls).order:
            known = _known(ancestor.path)
            if known is not None:
                return Kind(known, chain=tuple(chain))
            if not isinstance(ancestor, Class):
                return Kind("", f"the source of {ancestor.path}, which {made.path} inherits, is not known")
            init = self.classes.attributes(ancestor).get("__init__")
            if isinstance(init, FuncDef):
                chain.append(Constructor(init, ancestor.module))
            forwards = self._method(ancestor, FORWARDS)
            if forwards is not None and not _hands_on(forwards, partial(self._inherited, cls)):
                holds = held(forwards, self._method(cls, "__init__"))
                if self._does_nothing(cls, forwards) or holds is not None:
                    return Kind("", chain=tuple(chain), holds=holds or ())
                told = self._told(cls, ancestor, forwards)
                if told is not None:
                    return told
                why = f"what `{FORWARDS}` of {ancestor.path} does is not followed"
                base = (_known(path.path) for path in self.classes.ancestry(cls).order)
                return Kind(next(filter(None, base), ""), why, tuple(chain))
        return Kind("", f"{made.path} is not known to be an operation")

    def attribute(self, made: Made, name: str) -> Value | None:
        """What an attribute of an operation's own is: one of Django's, or a parameter that it keeps."""
        if name.endswith(LOWER):
            found = self.attribute(made, name.removesuffix(LOWER))
            return found.lower() if isinstance(found, str) else None
        kind = self.of(made)
        init = kind.chain[0].node if kind.chain else None
        param = kept(init).get(name) if init is not None else None
        if init is not None and param is not None:
            places = positional(init.params)[1:]
            return self.evaluator.argument(made, param, places.index(param) if param in places else None)
        return self.argument(made, name, PLACES.get((kind.inherited.endswith("Field"), name)))

    def _told(self, cls: Class, owner: Class, forwards: FuncDef) -> Kind | None:
        """The kind of a class whose own `state_forwards` does what operations of Django's do."""
        found = changes(forwards, partial(self._inherited, cls))
        if found is None:
            return None
        order = self.classes.ancestry(cls).order
        chain: list[Constructor] = []
        for place, ancestor in enumerate(order):
            known = _known(ancestor.path)
            if known is not None or ancestor.path.endswith(f".{BASE}") or not isinstance(ancestor, Class):
                own = INHERITED if known is None else known
                misses = own == INHERITED and any(change.django == INHERITED for change in found)
                told = Kind(own if own in RUNNERS else "", "", tuple(chain), (), found, own, owner.module)
                return None if misses else told
            if place > order.index(owner) and self._method(ancestor, FORWARDS) is not None:
                return None
            init = self._method(ancestor, "__init__")
            if init is not None:
                chain.append(Constructor(init, ancestor.module))
        return None

    def _does_nothing(self, cls: Class, forwards: FuncDef) -> bool:
        """Whether a body does nothing at all, or nothing to the models of the state."""
        if forwards.body is None or any(map(_is_super_call, forwards.body)):
            return False
        return _leave_alone(forwards.body, forwards, partial(self._inherited, cls))

    def _inherited(self, cls: Class, name: str) -> FuncDef | None:
        """The method of a name that objects of a class have."""
        found = self.classes.lookup(cls, name)
        return self._method(found[0], name) if found is not None else None

    def _method(self, cls: Class, name: str) -> FuncDef | None:
        """A method of a class's own, with its body where the file can be read again."""
        found = self.classes.attributes(cls).get(name)
        if not isinstance(found, FuncDef):
            return None
        return self.classes.names.modules.function(cls.module, found) or found


def _known(path: str) -> str | None:
    """The operation of Django's that a dotted name means; None where it is no name of Django's."""
    if path in PACKAGED:
        return PACKAGED[path]
    name = path.rpartition(".")[2]
    if not path.startswith(DJANGO) or name == BASE:
        return None
    return name if name in STATE or name in RUNNERS else None


def _hands_on(method: FuncDef, lookup: Lookup) -> bool:
    """Whether a method does what the next class's does: it calls that, and else leaves the state alone."""
    if method.body is None:
        return False
    calls = [place for place, stmt in enumerate(method.body) if _is_super_call(stmt)]
    if len(calls) != 1 or not all(isinstance(stmt, Evaluate) for stmt in method.body[: calls[0]]):
        return False
    return _leave_alone(tuple(stmt for stmt in method.body if not _is_super_call(stmt)), method, lookup)


def _leave_alone(body: tuple[Stmt, ...], method: FuncDef, lookup: Lookup) -> bool:
    """Whether statements of a `state_forwards` change nothing in the state that it gets."""
    if all(map(is_idle, body)):
        return True
    return len(method.params) > 2 and leaves_alone(body, method.params[2], lookup)


def _is_super_call(stmt: Stmt) -> bool:
    match stmt:
        case Evaluate(value=Call(func=Op(op, (Call(func=Ref("super")),)))):
            return op == f".{FORWARDS}"
        case _:
            return False
