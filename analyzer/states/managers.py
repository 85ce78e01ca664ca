"""The managers of a model that its migration state keeps (django.db.migrations.state.ModelState.from_model).

Managers that say `use_in_migrations`, and plain ones in place of a default or base manager that does
not, so that the default stays the default.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from analyzer.catalogue.rules import MANAGER_MAKERS
from analyzer.schema.classes import Class, Gap
from analyzer.schema.meta import effective_meta, text_option
from analyzer.schema.models import Registry
from analyzer.source.facts import Assign, Call, Expr, Op, Ref
from analyzer.source.modules import Module
from analyzer.source.values import Made, Named, Value
from analyzer.states.forms import Former
from analyzer.states.values import Built, Form, Unsure

MANAGER = "django.db.models.manager.BaseManager"
DEFAULTS = (MANAGER, "django.db.models.manager.Manager")
KEEPS = "use_in_migrations"
PLAIN = Built("django.db.models.manager.Manager", (), ())
FROM_QUERYSET = ".from_queryset"
AS_MANAGER = ".as_manager"
OBJECTS = "objects"
LOCAL = ".<locals>."
CLASS = ".__class__"
EXPRESSION = "an expression"
"""How a gap is called whose base is neither a name nor a call."""

MAX_DEPTH = 20


class Manager(Struct, frozen=True):
    """A manager in a class body: whether migrations keep it (None: not decided), and what it is then."""

    name: str
    kept: bool | None
    form: Form
    why: str = ""


class Managers:
    """Reads the managers of models."""

    def __init__(self, registry: Registry, former: Former) -> None:
        self.registry = registry
        self.classes = registry.classes
        self.former = former
        self._local: dict[str, tuple[Manager, ...]] = {}
        self._managers: dict[str, bool] = {}
        self._bases: dict[str, str | None] = {}

    def state(self, cls: Class) -> tuple[tuple[str, Form], ...]:
        """What the state of a model keeps, in order."""
        found: dict[str, Manager] = {}
        for ancestor in self._models(cls):
            for manager in self.local(ancestor):
                found.setdefault(manager.name, manager)
        default = self._default(cls) or next(iter(found), OBJECTS)
        base = self._base(cls)
        out: list[tuple[str, Form]] = []
        for name, manager in found.items():
            if manager.kept is None:
                out.append((name, Unsure(manager.why)))
            elif manager.kept:
                out.append((name, manager.form))
            elif name in (default, base):
                out.append((name, PLAIN))
        only = out == [(OBJECTS, PLAIN)] and default == OBJECTS
        return () if only and not found[OBJECTS].kept else tuple(out)

    def _models(self, cls: Class) -> list[Class]:
        """The class and its ancestors that are models, in the order of resolution."""
        above = [c for c in self.classes.ancestry(cls).classes[1:] if self.registry.candidate(c) is not None]
        return [cls, *above]

    def _default(self, cls: Class) -> str | None:
        """The default manager that Meta names, or that of the nearest parent where the class has none."""
        named = self._named(cls, "default_manager_name")
        if named is not None or self.local(cls):
            return named
        parent = next(iter(self._models(cls)[1:]), None)
        return self._named(parent, "default_manager_name") if parent is not None else None

    def _base(self, cls: Class) -> str | None:
        """The base manager that Meta names, its own or that of the nearest parent and so on."""
        asked: list[str] = []
        current: Class | None = cls
        while current is not None and current.key not in self._bases:
            named = self._named(current, "base_manager_name")
            self._bases[current.key] = named
            asked.append(current.key)
            current = next(iter(self._models(current)[1:]), None) if named is None else None
        if current is not None:
            self._bases.update(dict.fromkeys(asked, self._bases[current.key]))
        elif asked:
            self._bases.update(dict.fromkeys(asked, self._bases[asked[-1]]))
        return self._bases[cls.key]

    def _named(self, cls: Class, option: str) -> str | None:
        return text_option(self.classes, effective_meta(self.classes, cls), option)

    def local(self, cls: Class) -> tuple[Manager, ...]:
        """The managers that a class body binds; `objects` where Django adds it to a concrete model."""
        if cls.key not in self._local:
            self._local[cls.key] = ()
            found = [
                manager
                for name, stmt in self.classes.attributes(cls).items()
                if isinstance(stmt, Assign) and isinstance(stmt.value, Call)
                for manager in self._manager(name, stmt.value, cls)
            ]
            self._local[cls.key] = tuple(found) or self._automatic(cls)
        return self._local[cls.key]

    def _automatic(self, cls: Class) -> tuple[Manager, ...]:
        candidate = self.registry.candidate(cls)
        if candidate is None or candidate.abstract or any(self.local(c) for c in self._models(cls)[1:]):
            return ()
        return (Manager(OBJECTS, False, PLAIN),)

    def _manager(self, name: str, call: Call, cls: Class) -> list[Manager]:
        if isinstance(call.func, Ref) and call.func.name.endswith(AS_MANAGER):
            return [Manager(name, False, PLAIN)]
        maker, dynamic = self._maker(call, cls.module)
        if isinstance(maker, Gap):
            why = f"whether migrations keep the manager `{name}` is not known: {maker.why}"
            return [Manager(name, None, PLAIN, why)] if _is_called_manager(maker.path) else []
        if maker is None or not (self._is_manager(maker) or self._may_be_manager(maker)):
            return []
        kept = self._kept(maker)
        if kept is None:
            return [Manager(name, None, PLAIN, f"whether migrations keep the manager `{name}` is not known")]
        made = Made(maker.path, call, cls.module)
        dynamic_why = "a manager class that no module holds cannot be kept in migrations"
        form = Unsure(dynamic_why) if dynamic and kept else self.former.value(made) if kept else PLAIN
        return [Manager(name, kept, form)]

    def _maker(self, call: Call, module: Module) -> tuple[Class | Gap | None, bool]:
        """The class of what a call makes, as in `_class`; a class inside a function cannot be kept."""
        found, dynamic = self._class(call.func, module)
        if isinstance(found, Gap):
            if found.path in MANAGER_MAKERS:
                return self._inherited(call.argument(MANAGER_MAKERS[found.path], 0), module), True
            inner = self._inside(self.classes.evaluator.evaluate(call, module))
            return (inner, True) if inner is not None else (found, dynamic)
        return found, dynamic

    def _inherited(self, given: Expr | None, module: Module) -> Class | Gap | None:
        """The manager class that a function is given, else Django's own."""
        if given is not None:
            return self._class(given, module)[0]
        home = self.classes.names.modules.find(DEFAULTS[1].rpartition(".")[0])
        return (
            self.classes.of_binding(self.classes.names.member(home, "Manager")) if home is not None else None
        )

    def _inside(self, made: Value) -> Class | None:
        """The class inside a function that a value was made of."""
        if not isinstance(made, Made) or LOCAL not in made.path:
            return None
        value = self.classes.evaluator.evaluate(made.call.func, made.module, dict(made.local))
        return self.classes.of_binding(value.binding) if isinstance(value, Named) else None

    def _class(self, func: Expr, module: Module, depth: int = 0) -> tuple[Class | Gap | None, bool]:
        """(the class that is called, whether it is made on the spot by `from_queryset`)."""
        if depth > MAX_DEPTH:
            return None, False
        match func:
            case Ref(name):
                binding = self.classes.names.resolve(module, name)
                found = self.classes.of_binding(binding)
                if found is not None:
                    return found, False
                node = getattr(binding, "node", None)
                home = getattr(binding, "module", module)
                if isinstance(node, Call) and _makes_class(node):
                    return self._class(node, home, depth + 1)[0], True
                value = self.classes.evaluator.binding_value(binding, name)
                made = self.classes.of_binding(value.binding) if isinstance(value, Named) else None
                if made is not None:
                    return made, False
                path = getattr(binding, "path", name)
                return Gap(path, f"the source of {path} is not known"), False
            case Call(func=Ref(name)) if name.endswith(FROM_QUERYSET):
                return self._class(Ref(name.removesuffix(FROM_QUERYSET)), module, depth + 1)[0], True
            case Call(func=Op(op, (inner,))) if op == FROM_QUERYSET:
                return self._class(inner, module, depth + 1)[0], True
            case _:
                return None, False

    def _is_manager(self, cls: Class) -> bool:
        if cls.key not in self._managers:
            self._managers[cls.key] = False
            ancestors = self.classes.ancestry(cls).classes
            self._managers[cls.key] = self.classes.is_a(cls, MANAGER) or any(
                self._above(c, base) is not None for c in ancestors for base in c.node.bases
            )
        return self._managers[cls.key]

    def _may_be_manager(self, cls: Class) -> bool:
        """Whether a class that is called a manager inherits what is not known."""
        return _is_called_manager(cls.path) and self._unknown(cls)

    def _above(self, cls: Class, base: Expr) -> Class | None:
        """The class behind a base written as `Manager.from_queryset(QuerySet)` or `made(…).__class__`."""
        match base:
            case Call() if _makes_class(base):
                found = self._class(base, cls.module)[0]
            case Op(op, (Call() as made,)) if op == CLASS:
                found = self._maker(made, cls.module)[0]
            case _:
                found = None
        return found if isinstance(found, Class) and self._is_manager(found) else None

    def _kept(self, cls: Class) -> bool | None:
        """Whether a manager class says `use_in_migrations`; BaseManager, which says no, comes last."""
        said = next(iter(self._said(cls, set())), None)
        if said is not None:
            return said if isinstance(said, bool) else None
        return None if self._unknown(cls) else False

    def _unknown(self, cls: Class) -> bool:
        """Whether anything above a class is not known; a base that is the class of a manager is."""
        ancestry = self.classes.ancestry(cls)
        written = [(c, base) for c in ancestry.classes for base in c.node.bases if isinstance(base, Op)]
        followed = all(self._above(c, base) is not None for c, base in written)
        return any(not (_is_known(gap) or (followed and gap.path == EXPRESSION)) for gap in ancestry.gaps)

    def _said(self, cls: Class, seen: set[str]) -> Iterator[Value]:
        """What the ancestors say, those behind a call of `from_queryset` included."""
        for ancestor in self.classes.ancestry(cls).classes:
            if ancestor.key in seen or ancestor.path in DEFAULTS:
                continue
            seen.add(ancestor.key)
            if KEEPS in self.classes.attributes(ancestor):
                yield self.classes.constant(ancestor, KEEPS)
            for base in ancestor.node.bases:
                above = self._above(ancestor, base)
                if above is not None:
                    yield from self._said(above, seen)


def _is_known(gap: Gap) -> bool:
    return gap.path.startswith("builtins.") or gap.path.endswith(f"{FROM_QUERYSET}(…)")


def _makes_class(call: Call) -> bool:
    match call.func:
        case Ref(name) | Op(name):
            return name.endswith(FROM_QUERYSET)
        case _:
            return False


def _is_called_manager(path: str) -> bool:
    return path.lower().endswith("manager")
