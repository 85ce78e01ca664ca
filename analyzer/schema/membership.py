"""What constructors of an enumeration make of its members: their values, and attributes of their own.

Follows enum.EnumType.__new__: `__new__` and `__init__` get what the class body says, without the
label that django.db.models.enums takes off, and `_value_` is what they set it to.
"""

from __future__ import annotations

from analyzer.schema.classes import Class, Classes
from analyzer.source.execute import parameters
from analyzer.source.facts import FuncDef, Ref, Return, Stmt
from analyzer.source.filling import Filling
from analyzer.source.modules import Module
from analyzer.source.names import Defined
from analyzer.source.scopes import flatten
from analyzer.source.values import Named, Sequence, Table, Undecided, Value

VALUE = "_value_"
CONSTRUCTORS = ("__new__", "__init__")
DJANGO = "django."


class Constructors:
    """The constructors that an enumeration is given by the project, if it is given any."""

    def __init__(self, classes: Classes, cls: Class) -> None:
        self.classes = classes
        self.cls = cls
        found = (classes.lookup(cls, name) for name in CONSTRUCTORS)
        self.given = [(owner, node) for owner, node in filter(None, found) if isinstance(node, FuncDef)]
        self.given = [pair for pair in self.given if not pair[0].module.name.startswith(DJANGO)]

    def attributes(self, value: Value) -> dict[str, Value]:
        """What they set of a member whose class body says `value`; `_value_` is always there."""
        if isinstance(value, Sequence) and value.kind == "tuple":
            args = value
        else:
            args = Sequence("tuple", (value,))
        said: dict[str, Value] = {}
        for owner, outline in self.given:
            node = self.classes.names.modules.function(owner.module, outline)
            sets = None if node is None else self._carried_out(node, owner.module, args)
            if sets is None:
                said[VALUE] = Undecided(f"what `{outline.name}` of {owner.path} makes of it is not decided")
            else:
                said |= sets
        return said if VALUE in said else {VALUE: self._unset(value), **said}

    def _unset(self, value: Value) -> Value:
        """The value that no constructor sets: what is written, where no other class has a say."""
        made = any(node.name == CONSTRUCTORS[0] for _, node in self.given)
        several = made and isinstance(value, Sequence)
        return Undecided(f"the values of {self.cls.path} are not decided") if several else value

    def _carried_out(self, node: FuncDef, module: Module, args: Sequence) -> dict[str, Value] | None:
        """The attributes that a constructor sets; None where it is not known which object it makes."""
        own = next(iter(node.params), "")
        name = own if node.name == CONSTRUCTORS[1] else _returned(node.body or ())
        if not own or not name or node.decorators:
            return None
        itself = Named(Defined(self.cls.module, self.cls.qualname, self.cls.node))
        handed = Sequence("tuple", (itself, *args.items), args.complete, args.why)
        env = parameters(self.classes.evaluator, node, module, (handed, Table(())))
        if name == own:
            env[own] = Undecided("a member that is not made yet")
        Filling(self.classes.evaluator).run(node.body or (), module, env, 1)
        start = f"{name}."
        return {key.removeprefix(start): value for key, value in env.items() if key.startswith(start)}


def _returned(body: tuple[Stmt, ...]) -> str:
    """The local name of the object that a function returns, if it is the same wherever it does."""
    returned = [stmt.value for stmt in flatten(body) if isinstance(stmt, Return)]
    names = {value.name for value in returned if isinstance(value, Ref)}
    return names.pop() if len(names) == 1 and all(isinstance(value, Ref) for value in returned) else ""
