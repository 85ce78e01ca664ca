"""Fields as class bodies declare them: which class, of which kind, pointing where."""

from __future__ import annotations

import typing

from msgspec import Struct
from msgspec.structs import replace

from analyzer.catalogue.rules import TARGETS
from analyzer.schema.classes import Class, Classes
from analyzer.schema.constructors import Argument, Chain, Construction, Constructor
from analyzer.schema.decorated import decorated
from analyzer.schema.generics import meant, without_types
from analyzer.schema.partials import completed
from analyzer.schema.values import RelationKind
from analyzer.schema.wrapped import hands_on
from analyzer.source.asked import SETTINGS
from analyzer.source.facts import (
    Assign,
    Call,
    ClassDef,
    Expr,
    FuncDef,
    Literal,
    Op,
    Ref,
)
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External, Unresolved
from analyzer.source.scopes import heads
from analyzer.source.values import Made, Named, Undecided, Value

RELATED = "django.db.models.fields.related."
KINDS: tuple[tuple[str, RelationKind], ...] = (
    (RELATED + "OneToOneField", "O2O"),
    (RELATED + "ForeignKey", "FK"),
    (RELATED + "ManyToManyField", "M2M"),
    ("django.contrib.contenttypes.fields.GenericForeignKey", "GFK"),
)
FIELD = "django.db.models.fields.Field"
COMPOSITE_KEY = "django.db.models.fields.composite.CompositePrimaryKey"
DEFAULT_USER = "auth.User"
"""AUTH_USER_MODEL where nobody sets it."""
GENERIC_RELATION = "django.contrib.contenttypes.fields.GenericRelation"
RELATED_FIELD = RELATED + "RelatedField"

BY_NAME: tuple[tuple[str, RelationKind], ...] = (
    ("OneToOneField", "O2O"),
    ("ManyToManyField", "M2M"),
    ("ForeignKey", "FK"),
    ("ParentalKey", "FK"),
    ("ParentalManyToManyField", "M2M"),
)


NO_MODEL_FIELDS = ("form", "serializer", "rest_framework", "graphene", "filter", "elasticsearch", "factory")
"""Parts of dotted names whose field classes are those of forms, APIs and search indexes."""


class FieldClass(Struct, frozen=True):
    """What a field's class is.  `why` is set where only its name speaks for it."""

    name: str
    path: str
    kind: RelationKind | None
    hidden: bool
    cls: Class | None
    why: str = ""


class Declared(Struct, frozen=True):
    """A field in the body of a class, before any model inherits it.

    `maker` is the dotted path of what makes it where no body has it; `copy` how that makes it of another.
    """

    name: str
    field: FieldClass
    made: Made
    owner: Class
    line: int
    maker: str = ""
    copy: Copy | None = None


class Step(Struct, frozen=True):
    """What code does to a field object that is there already.

    "turn": it becomes one of the class `path`.  "put": attributes are set; "index": where it is
    unique, it is only indexed from then on.  "rebuild": it is taken apart and made once more, with
    the keywords `named`; of the class `path`, else of the class that `deconstruct` says where
    `written`, else of its own.
    """

    kind: typing.Literal["turn", "put", "index", "rebuild"]
    path: str = ""
    named: tuple[tuple[str, Value], ...] = ()
    written: bool = False


class Copy(Struct, frozen=True):
    """A field that is made of another one's object, step by step; `why` says what is not followed."""

    of: Declared
    steps: tuple[Step, ...]
    why: str = ""


class Target(Struct, frozen=True):
    """Where a relation points: a label-like text relative to its app, or a class; else why not."""

    text: str | None = None
    cls: Class | None = None
    setting: str | None = None
    why: str = ""


class Fields:
    """Reads fields out of class bodies."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self._kinds: dict[str, FieldClass | None] = {}
        self._chains: dict[str, Chain] = {}
        self._inits: dict[int, Constructor] = {}
        self._keys: dict[int, tuple[Declared, bool]] = {}

    def declared(self, cls: Class) -> dict[str, Declared]:
        """The fields that a class body itself declares, by name."""
        out: dict[str, Declared] = {}
        for name, stmt in self.classes.attributes(cls).items():
            found = None
            if isinstance(stmt, Assign) and isinstance(stmt.value, (Call, Ref, Op)):
                found = self.field(name, stmt.value, cls, stmt.line)
            elif isinstance(stmt, FuncDef) and stmt.decorators:
                found = decorated(self, name, stmt, cls)
            if found is not None:
                found = self._named(found)
                out[found.name] = found
        return out

    def _named(self, declared: Declared) -> Declared:
        """The field under the name that its call gives it (`Field.set_attributes_from_name`)."""
        call = declared.made.call
        if not (call.unpacks or len(call.args) > 1 or any(key == "name" for key, _ in call.kwargs)):
            return declared
        name = self.argument(declared, "name") if declared.field.cls is not None else None
        return replace(declared, name=name) if isinstance(name, str) and name else declared

    def field(self, name: str, value: Expr, owner: Class, line: int) -> Declared | None:
        """The field that an expression makes, if its class is or looks like a field's."""
        if isinstance(value, Ref):
            return None
        value, why = without_types(self.classes, value, owner.module)
        if isinstance(value, Op):
            return self._part(name, value, owner, line)
        if not isinstance(value, Call):
            return None
        whole = completed(self.classes, value, owner.module)
        made = self._made(whole.call, owner, line, whole.module)
        if made is not None:
            local = [*self._local(value, owner, line), *whole.local]
            if local:
                made = Made(made.path, made.call, made.module, (*made.local, *local))
            field = self.field_class(made)
            if field is not None:
                known = replace(field, why=field.why or why) if why else field
                return Declared(name, known, made, owner, line)
        return self._wrapped(name, value, owner, line)

    def _part(self, name: str, value: Op, owner: Class, line: int) -> Declared | None:
        """The field that is one of several which a function returns: `amount, unit = measured()`."""
        whole: Expr = value
        while isinstance(whole, Op) and whole.op == "[]" and whole.args:
            whole = whole.args[0]
        if whole is value or not isinstance(whole, Call):
            return None
        scope = dict(self._local(value, owner, line))
        made = self.classes.evaluator.evaluate(value, owner.module, scope)
        field = self.field_class(made) if isinstance(made, Made) else None
        return (
            Declared(name, field, made, owner, line) if field is not None and isinstance(made, Made) else None
        )

    def _wrapped(self, name: str, value: Call, owner: Class, line: int) -> Declared | None:
        """The field that a function is given which may give it back: `marked(models.TextField())`."""
        match value:
            case Call(func=Ref(written), args=(Call() as inner, *_)):
                found = self.field(name, inner, owner, line)
                called = self.classes.names.resolve(owner.module, written)
                if found is None or self.classes.of_binding(called) is not None:
                    return None
                why = f"what `{written}(…)` makes of the field is not known"
                return replace(found, field=replace(found.field, why=found.field.why or why))
            case _:
                return None

    def _local(self, value: Expr, owner: Class, line: int) -> list[tuple[str, Value]]:
        """Names in an expression that mean something else at its place than at the end of the module:
        those that the class body binds, and those that the module binds anew below the class."""
        out = self.classes.scope(owner, value, line)
        outermost = self.classes.first_line(owner)
        for name in sorted(heads(value) - out.keys()):
            binding = self.classes.names.before(owner.module, name, outermost)
            if binding is not None:
                out[name] = self.classes.evaluator.binding_value(binding, name)
        return sorted(out.items(), key=lambda pair: pair[0])

    def _made(self, value: Call, owner: Class, line: int, home: Module) -> Made | None:
        if isinstance(value.func, Call):
            called = self.classes.evaluator.evaluate(value.func, home)
            return Made(called.path, value, home) if isinstance(called, Named) else None
        if not isinstance(value.func, Ref):
            return None
        if isinstance(self.classes.attributes(owner).get(value.func.name), FuncDef) and home == owner.module:
            result = self.classes.evaluator.evaluate(value, home, self.classes.scope(owner, value, line))
            return result if isinstance(result, Made) else None
        binding = self.classes.names.resolve(home, value.func.name)
        match binding:
            case Defined() | External():
                if isinstance(binding, Defined) and isinstance(binding.node, FuncDef):
                    scope = self.classes.scope(owner, value, line) if home == owner.module else {}
                    result = self.classes.evaluator.evaluate(value, home, scope)
                    return result if isinstance(result, Made) else None
                if isinstance(binding, Defined) and isinstance(binding.node, ClassDef):
                    return Made(binding.path, value, home)
                if isinstance(binding, External):
                    return Made(binding.path, value, home)
                alias = self.classes.evaluator.binding_value(binding, value.func.name)
                known = (
                    alias if isinstance(alias, Named) else meant(self.classes.names, home, value.func.name)
                )
                return Made(known.path, value, home) if known is not None else None
            case Unresolved():
                return Made(value.func.name, value, home)
            case _:
                return None

    def field_class(self, made: Made) -> FieldClass | None:
        """Whether what is called is a field class, by its ancestors."""
        if made.path not in self._kinds:
            binding = self._binding(made)
            cls = self.classes.of_binding(binding)
            self._kinds[made.path] = self.of_class(cls) if cls is not None else _by_name(made.path)
        return self._kinds[made.path]

    def _binding(self, made: Made) -> object:
        func = made.call.func
        if isinstance(func, Ref):
            found = self.classes.names.resolve(made.module, func.name)
            if isinstance(found, Defined) and isinstance(found.node, ClassDef):
                return found
            value = self.classes.evaluator.binding_value(found, func.name)
            if isinstance(value, Named):
                return value.binding
            return meant(self.classes.names, made.module, func.name) or found
        return None

    def of_class(self, cls: Class) -> FieldClass | None:
        """What a class is as that of a field, by its ancestors; None where it is none."""
        ancestry = self.classes.ancestry(cls)
        name = cls.qualname.rpartition(".")[2]
        paths = {item.path for item in ancestry.order}
        if GENERIC_RELATION in paths:
            return FieldClass(name, cls.path, None, True, cls)
        for path, kind in KINDS:
            if path in paths:
                return FieldClass(name, cls.path, kind, False, cls)
        if FIELD in paths:
            return FieldClass(name, cls.path, None, RELATED_FIELD in paths, cls)
        for gap in ancestry.gaps:
            guessed = _by_name(gap.path)
            if guessed is not None:
                why = f"{name} inherits {gap.path}, whose source is not known"
                return FieldClass(name, cls.path, guessed.kind, False, cls, why)
        return None

    def argument(self, declared: Declared, name: str, position: int | None = None) -> Value | None:
        """The value of what `handed` tells."""
        construction = self._construction(declared)
        found = construction.argument(name, position)
        return construction.value(found) if found is not None else None

    def handed(self, declared: Declared, name: str, position: int | None = None) -> Argument | None:
        """What Django's own field gets for an argument, through the constructors of the class."""
        return self._construction(declared).argument(name, position)

    def is_primary_key(self, declared: Declared) -> bool:
        """Whether a field says that it is the primary key, or can be nothing else."""
        known = self._keys.get(id(declared))
        if known is None:
            cls = declared.field.cls
            composite = cls is not None and self.classes.ancestry(cls).has(COMPOSITE_KEY)
            is_key = composite or self.argument(declared, "primary_key") is True
            known = self._keys[id(declared)] = (declared, is_key)
        return known[1]

    def _construction(self, declared: Declared) -> Construction:
        return Construction(self.classes.evaluator, declared.made, self._constructors(declared.field.cls))

    def _constructors(self, cls: Class | None) -> Chain:
        if cls is None:
            return Chain(())
        if cls.key not in self._chains:
            known = self.classes.ancestry(cls).classes
            found = [(self.classes.attributes(c).get("__init__"), c.module) for c in known]
            chain = [self._constructor(init, module) for init, module in found if isinstance(init, FuncDef)]
            self._chains[cls.key] = Chain(chain)
        return self._chains[cls.key]

    def _constructor(self, init: FuncDef, module: Module) -> Constructor:
        """One for each `__init__`: it remembers what was asked."""
        known = self._inits.get(id(init))
        if known is None or known.module != module:
            known = self._inits[id(init)] = Constructor(init, module)
        return known

    def target(self, declared: Declared) -> Target:
        """Where a relation points, as source says it."""
        known = self._catalogued_target(declared.field)
        given = self.handed(declared, "to", 0)
        found = Target(why="its target is not given in the source read")
        if given is not None:
            found = self.target_of(given.expr, given.module, dict(given.local))
        return Target(text=known) if known is not None and found.text is None and found.cls is None else found

    def _catalogued_target(self, field: FieldClass) -> str | None:
        if field.cls is None:
            return TARGETS.get(field.path)
        paths = [ancestor.path for ancestor in self.classes.ancestry(field.cls).order]
        return next((TARGETS[path] for path in paths if path in TARGETS), None)

    def target_of(self, expr: Expr, module: Module, local: dict[str, Value]) -> Target:
        setting = self._setting(expr, module)
        value = self.classes.evaluator.evaluate(expr, module, local)
        match value:
            case str():
                return Target(text=value, setting=setting)
            case Named(binding):
                cls = self.classes.of_binding(binding)
                if cls is not None:
                    return Target(cls=cls, setting=setting)
                if value.path.startswith(SETTINGS):
                    name = value.path.removeprefix(SETTINGS)
                    default = DEFAULT_USER if name == "AUTH_USER_MODEL" else None
                    why = "" if default else f"setting {name} is not found in the settings read"
                    return Target(text=default, setting=name, why=why)
                return Target(why=f"the source of {value.path} is not known")
            case Made(path) if path.rpartition(".")[2] == "get_user_model":
                user = self.classes.evaluator.settings.get("AUTH_USER_MODEL", DEFAULT_USER)
                return Target(text=user if isinstance(user, str) else None, setting="AUTH_USER_MODEL")
            case Undecided(why):
                return self._wrapped_setting(expr, module) or Target(why=why)
            case _:
                return Target(why="its target is computed")

    def _wrapped_setting(self, expr: Expr, module: Module) -> Target | None:
        """`settings.X` where `settings` is an object of the project's own around Django's."""
        if not isinstance(expr, Ref):
            return None
        owner, _, name = expr.name.rpartition(".")
        default = DEFAULT_USER if name == "AUTH_USER_MODEL" else None
        label = self.classes.evaluator.settings.get(name, default)
        if owner.rpartition(".")[2] != "settings" or not isinstance(label, str):
            return None
        value = self.classes.evaluator.binding_value(self.classes.names.resolve(module, owner), owner)
        cls = self.classes.of_binding(self._binding(value)) if isinstance(value, Made) else None
        if hands_on(self.classes, cls, name):
            return Target(text=label, setting=name)
        why = f"`{expr.name}` is read through an object of the project's own, taken for Django's settings"
        return Target(text=label, setting=name, why=why)

    def _setting(self, expr: Expr, module: Module) -> str | None:
        """The setting that a target is written with, `settings.X` or `getattr(settings, "X")`."""
        if isinstance(expr, Call) and expr.func == Ref("getattr") and len(expr.args) >= 2:
            owner, name = expr.args[:2]
            if isinstance(owner, Ref) and isinstance(name, Literal) and isinstance(name.value, str):
                expr = Ref(f"{owner.name}.{name.value}")
        if not isinstance(expr, Ref) or "." not in expr.name:
            return None
        binding = self.classes.names.resolve(module, expr.name)
        if isinstance(binding, External) and binding.path.startswith(SETTINGS):
            return binding.path.removeprefix(SETTINGS)
        return None


def _by_name(path: str) -> FieldClass | None:
    """An unknown class that is called as only fields are: its name is all there is to go by."""
    name = path.rpartition(".")[2]
    why = f"the source of {path} is not known; its name says what it is"
    for ending, kind in BY_NAME:
        if name.endswith(ending):
            return FieldClass(name, path, kind, False, None, why)
    if name == "TaggableManager":
        return FieldClass(name, path, None, True, None, why)
    if name.endswith("Field") and not any(word in path.lower() for word in NO_MODEL_FIELDS):
        return FieldClass(name, path, None, False, None, why)
    return None
