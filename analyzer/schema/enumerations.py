"""Enumerations and what they make of their members: `Status.DRAFT`, `Status.choices`.

Follows django.db.models.enums: the value of a member is what its class body says, without the
label; a label that is not given comes from the name.  `model_utils.Choices` objects likewise.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from analyzer.schema.classes import Class, Classes
from analyzer.schema.kept import kept_argument
from analyzer.schema.makers import metaclasses
from analyzer.schema.membership import VALUE, Constructors
from analyzer.source.branches import RETURNED
from analyzer.source.comprehension import MEMBERS
from analyzer.source.execute import Executor
from analyzer.source.facts import Assign, Expr, FuncDef, Ref
from analyzer.source.names import Defined
from analyzer.source.scopes import flatten
from analyzer.source.values import Made, Named, Sequence, Undecided, Value

CHOICES = "django.db.models.enums.Choices"
ENUMERATIONS = ("enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag")
NUMBERS = ("django.db.models.enums.IntegerChoices", "enum.IntEnum", "enum.IntFlag")
TEXTS = ("django.db.models.enums.TextChoices", "enum.StrEnum")
AUTO = "enum.auto"
OBJECTS = ("model_utils.choices.Choices", "model_utils.Choices")
"""Classes whose objects are made from (value, name, label) and iterate as choices."""

FUNCTIONAL = {
    "django.db.models.enums.TextChoices": True,
    "django.db.models.enums.IntegerChoices": False,
}
"""Classes that a call makes an enumeration of: whether its values are the names, or numbers from 1."""

NAMESPACES = ("types.SimpleNamespace",)
"""Classes whose objects have their keywords as attributes."""

CLASS = "__class__"
NAMES = "__dict__"
MAX_BUSY = 12
"""So many attributes may wait for one another."""

IMPLICIT = ("__module__", "__dict__", "__weakref__", "__doc__")
"""Names that every class has beside those of its body."""


class Member(Struct, frozen=True):
    """A member; `itself` is what it equals: its value, or nothing but itself in an `enum.Enum`.

    `attributes` are those that a constructor of its class gives it.
    """

    name: str
    node: Expr
    itself: Value
    value: Value
    label: Value
    attributes: tuple[tuple[str, Value], ...] = ()


class Enumerations:
    """Answers what an attribute of a class or of an object like one is, as its body's own scope says.

    None where the body says nothing of it, or nothing special.
    """

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self._members: dict[str, tuple[Member, ...] | None] = {}
        self._busy: set[tuple[str | int, str]] = set()

    def attribute(self, owner: Named | Made, dotted: str) -> Value | None:
        key = (id(owner.call) if isinstance(owner, Made) else owner.path, dotted)
        if key in self._busy or len(self._busy) > MAX_BUSY:
            return Undecided(f"`{dotted}` is defined by itself, or by too many others")
        self._busy.add(key)
        found = self._attribute(owner, dotted)
        self._busy.discard(key)
        return found

    def _attribute(self, owner: Named | Made, dotted: str) -> Value | None:
        if isinstance(owner, Made):
            if owner.path in NAMESPACES:
                return self.classes.evaluator.argument(owner, dotted)
            if owner.path in FUNCTIONAL:
                return self._of_call(owner, dotted)
            if dotted == CLASS:
                made = self.classes.evaluator.evaluate(owner.call.func, owner.module, dict(owner.local))
                return made if isinstance(made, Named) and self._makes_itself(made) else None
            if owner.path in OBJECTS:
                return self._of_object(owner, dotted)
            return kept_argument(self.classes, owner, dotted)
        cls = self.classes.of_binding(owner.binding)
        if cls is None and isinstance(owner.binding, Defined):
            return self._of_named(owner.binding, dotted)
        members = self.members(cls) if cls is not None and self._is_read(cls) else None
        if cls is not None and dotted == NAMES and cls.module.own:
            return Sequence("list", (*IMPLICIT, *self.classes.attributes(cls)))
        if cls is None or members is None:
            plain = cls is not None and cls.module.own and "." not in dotted
            if cls is not None and plain and self._is_remade(cls):
                return Undecided(f"a metaclass makes the attributes of {cls.path}")
            return self.classes.value(cls, dotted) if cls is not None and plain else None
        if dotted == MEMBERS:
            named = (Named(Defined(cls.module, f"{cls.qualname}.{m.name}", m.node)) for m in members)
            return Sequence("list", tuple(named))
        name, _, rest = dotted.partition(".")
        member = next((m for m in members if m.name == name and name != "__empty__"), None)
        if member is not None:
            return self._of_member(cls, member, rest)
        said = self.classes.lookup(cls, name)
        own = said is not None and said[0].module.own
        told = not rest and not own and CHOICES in self.classes.ancestry(cls).paths
        return _of_class(self._labelled(cls, members), name) if told else None

    def _labelled(self, cls: Class, members: tuple[Member, ...]) -> tuple[Member, ...]:
        """Members with the labels that a property of the project's gives them, if there is one."""
        found = self.classes.lookup(cls, "label")
        if found is None or not found[0].module.own or not isinstance(found[1], FuncDef):
            return members
        return tuple(
            member
            if member.name == "__empty__"
            else replace(member, label=self._of_member(cls, member, "label"))
            for member in members
        )

    def _is_remade(self, cls: Class) -> bool:
        """Whether a metaclass that is none of Django's makes the class of what its body says."""
        maker = next(metaclasses(self.classes, cls), None)
        if maker is None or maker.module.name.startswith("django."):
            return False
        return Ref("type") in maker.node.bases and "__new__" in self.classes.attributes(maker)

    def _makes_itself(self, made: Named) -> bool:
        """Whether what is called is a class whose objects are of that class."""
        cls = self.classes.of_binding(made.binding)
        found = self.classes.ancestry(cls).classes if cls is not None else ()
        return bool(found) and not any("__new__" in self.classes.attributes(above) for above in found)

    def _is_read(self, cls: Class) -> bool:
        """Whether a class is the project's, or of a package in the version that is in use."""
        return cls.module.own or self.classes.names.modules.in_use(cls.module)

    def _of_member(self, cls: Class, member: Member, rest: str) -> Value:
        found = self.classes.lookup(cls, rest) if rest else None
        own = found is not None and found[0].module.own and isinstance(found[1], FuncDef)
        unknown = Undecided(f"what `{rest}` of {cls.path} gives is not followed")
        plain = unknown if own else _of_member(member, rest)
        if not isinstance(plain, Undecided):
            return plain
        if found is None or not isinstance(found[1], FuncDef) or found[1].decorators != (Ref("property"),):
            return plain
        owner, node = found[0], self.classes.names.modules.function(found[0].module, found[1])
        itself = Named(Defined(cls.module, f"{cls.qualname}.{member.name}", member.node))
        env: dict[str, Value] = {"self": itself, "self.value": member.value, "self.name": member.name}
        Executor(self.classes.evaluator).run((node.body or ()) if node else (), owner.module, env, 1)
        return env.get(RETURNED, plain)

    def _of_named(self, binding: Defined, dotted: str) -> Value | None:
        """An attribute of a member that stands for itself."""
        outer, _, name = binding.qualname.rpartition(".")
        found = self.classes.names.resolve(binding.module, outer) if outer else None
        cls = self.classes.of_binding(found)
        members = self.members(cls) if cls is not None else None
        member = next((m for m in members or () if m.name == name), None)
        return self._of_member(cls, member, dotted) if cls is not None and member is not None else None

    def members(self, cls: Class) -> tuple[Member, ...] | None:
        """The members of a class in order, `__empty__` first; None if it is no enumeration."""
        if cls.key not in self._members:
            self._members[cls.key] = None
            paths = self.classes.ancestry(cls).paths
            if CHOICES in paths or not paths.isdisjoint(ENUMERATIONS):
                self._members[cls.key] = self._read(cls, paths)
        return self._members[cls.key]

    def _read(self, cls: Class, paths: frozenset[str]) -> tuple[Member, ...]:
        found: dict[str, Member] = {}
        written = {base for above in self.classes.ancestry(cls).classes for base in above.node.bases}
        numbers = not paths.isdisjoint(NUMBERS) or Ref("int") in written
        texts = not paths.isdisjoint(TEXTS) or Ref("str") in written
        constructors = Constructors(self.classes, cls)
        own = (maker for maker in metaclasses(self.classes, cls) if maker.module.own)
        remade = any("__new__" in self.classes.attributes(maker) for maker in own)
        last = 0
        for stmt in flatten(cls.node.body, lambda test: self.classes.decides(test, cls.module)):
            if not isinstance(stmt, Assign) or not isinstance(stmt.targets[0], Ref):
                continue
            name = stmt.targets[0].name
            if name.startswith("_") and name != "__empty__":
                continue
            given = self.classes.evaluator.evaluate(
                stmt.value, cls.module, self.classes.scope(cls, stmt.value, stmt.line)
            )
            value, label = _split(given) if CHOICES in paths else (given, None)
            if isinstance(value, Made) and value.path == AUTO:
                value = last + 1 if numbers else name if texts else Undecided("`auto()`")
            said = constructors.attributes(value) if constructors.given else {}
            value = said.pop(VALUE, value)
            if remade:
                value = Undecided(f"a metaclass makes the members of {cls.path}")
            if isinstance(value, Sequence) and (numbers or texts or CHOICES in paths):
                value = Undecided(f"what {cls.path} makes of several values is not decided")
            if isinstance(value, int):
                last = value
            if name == "__empty__":
                found = {name: Member(name, stmt.value, None, None, given), **found}
            else:
                named = said.get("label", _spoken(name)) if CHOICES not in paths else _spoken(name)
                spoken = named if label is None else label
                equal = numbers or texts or CHOICES in paths
                itself = value if equal else Named(Defined(cls.module, f"{cls.qualname}.{name}", stmt.value))
                found[name] = Member(name, stmt.value, itself, value, spoken, tuple(said.items()))
        return tuple(found.values())

    def _of_call(self, made: Made, name: str) -> Value | None:
        """An attribute of an enumeration that a call makes: `TextChoices("Status", ["open", "shut"])`."""
        args, named = self.classes.evaluator.arguments(made.call, made.module, dict(made.local))
        if len(args.items) != 2 or named.pairs or not args.complete:
            return None
        listed = args.items[1]
        names = listed.replace(",", " ").split() if isinstance(listed, str) else listed
        items = names.items if isinstance(names, Sequence) and names.complete else names
        if not isinstance(items, (list, tuple)) or not all(isinstance(item, str) for item in items):
            return None
        texts = FUNCTIONAL[made.path]
        members = [
            Member(item, made.call, item if texts else place, item if texts else place, _spoken(item))
            for place, item in enumerate(map(str, items), 1)
        ]
        found = next((member for member in members if member.name == name), None)
        return found.itself if found is not None else _of_class(members, name)

    def _of_object(self, made: Made, name: str) -> Value | None:
        rows = self.rows(made)
        if rows is None:
            return None
        return next((value for value, attribute, _ in rows if attribute == name), None)

    def rows(self, made: Made) -> list[tuple[Value, Value, Value]] | None:
        """(value, attribute, label) of each choice of a `Choices(…)` object; None if not all are decided."""
        if made.call.kwargs:
            return None
        args, _ = self.classes.evaluator.arguments(made.call, made.module, dict(made.local))
        rows: list[tuple[Value, Value, Value]] = []
        return rows if args.complete and all(_add_rows(arg, rows) for arg in args.items) else None


def _spoken(name: str) -> str:
    """The label of a member that has none of its own."""
    return name.replace("_", " ").title()


def _add_rows(given: Value, rows: list[tuple[Value, Value, Value]]) -> bool:
    match given:
        case str() | int():
            rows.append((given, given, given))
        case Sequence(items=(_, Sequence(items=inner))):
            return all(_add_rows(item, rows) for item in inner)
        case Sequence(items=(value, label)):
            rows.append((value, value, label))
        case Sequence(items=(value, name, label)):
            rows.append((value, name, label))
        case _:
            return False
    return True


def _split(given: Value) -> tuple[Value, Value | None]:
    """(value, label) of a member of Choices: the last of several is the label if it is a text."""
    if not isinstance(given, Sequence) or given.kind not in ("list", "tuple") or len(given.items) < 2:
        return given, None
    *values, label = given.items
    if not isinstance(label, (str, Undecided)):
        return given, None
    return values[0] if len(values) == 1 else Sequence("tuple", tuple(values)), label


def _of_member(member: Member, rest: str) -> Value:
    match rest:
        case "":
            return member.itself
        case "value":
            return member.value
        case "label":
            return member.label
        case "name":
            return member.name
        case _:
            unknown = Undecided(f"attribute `{rest}` of a member of an enumeration is not known")
            return dict(member.attributes).get(rest, unknown)


def _of_class(members: Iterable[Member], name: str) -> Value | None:
    listed: dict[str, list[Value]] = {
        "choices": [Sequence("tuple", (member.value, member.label)) for member in members],
        "values": [member.value for member in members],
        "labels": [member.label for member in members],
        "names": [member.name for member in members],
    }
    return Sequence("list", tuple(listed[name])) if name in listed else None
