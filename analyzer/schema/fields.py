"""Fields as class bodies declare them: which class, of which kind, pointing where."""

from __future__ import annotations

from msgspec import Struct

from analyzer.catalogue.rules import TARGETS
from analyzer.schema.classes import Class, Classes
from analyzer.schema.values import RelationKind
from analyzer.source.evaluate import SETTINGS
from analyzer.source.facts import (
    Assign,
    Call,
    ClassDef,
    Evaluate,
    Expr,
    FuncDef,
    Items,
    Literal,
    Mapping,
    Op,
    Ref,
    Stmt,
)
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External, Unresolved
from analyzer.source.scopes import flatten
from analyzer.source.values import Made, Named, Undecided, Value

RELATED = "django.db.models.fields.related."
KINDS: tuple[tuple[str, RelationKind], ...] = (
    (RELATED + "OneToOneField", "O2O"),
    (RELATED + "ForeignKey", "FK"),
    (RELATED + "ManyToManyField", "M2M"),
    ("django.contrib.contenttypes.fields.GenericForeignKey", "GFK"),
)
POSITIONS = {"to": 0, "on_delete": 1}
"""Arguments of relation fields that may be given without a keyword."""

FIELD = "django.db.models.fields.Field"
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
    """A field in the body of a class, before any model inherits it."""

    name: str
    field: FieldClass
    made: Made
    owner: Class
    line: int


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

    def declared(self, cls: Class) -> dict[str, Declared]:
        """The fields that a class body itself declares, by name."""
        out: dict[str, Declared] = {}
        for name, stmt in self.classes.attributes(cls).items():
            if isinstance(stmt, Assign) and isinstance(stmt.value, (Call, Ref)):
                found = self.field(name, stmt.value, cls, stmt.line)
                if found is not None:
                    out[name] = found
        return out

    def field(self, name: str, value: Expr, owner: Class, line: int) -> Declared | None:
        """The field that an expression makes, if its class is or looks like a field's."""
        if isinstance(value, Ref):
            return None
        made = self._made(value, owner)
        if made is None:
            return None
        earlier = self._earlier(value, owner.module, self.classes.first_line(owner))
        if earlier:
            made = Made(made.path, made.call, made.module, (*made.local, *earlier))
        field = self.field_class(made)
        return Declared(name, field, made, owner, line) if field is not None else None

    def _earlier(self, value: Expr, module: Module, line: int) -> list[tuple[str, Value]]:
        """Names in an expression that the module binds anew below it, as they stand here."""
        out: list[tuple[str, Value]] = []
        for name in sorted({written.partition(".")[0] for written in references(value)}):
            binding = self.classes.names.before(module, name, line)
            if binding is not None:
                out.append((name, self.classes.evaluator.binding_value(binding, name)))
        return out

    def _made(self, value: Expr, owner: Class) -> Made | None:
        if isinstance(value, Call) and isinstance(value.func, Call):
            called = self.classes.evaluator.evaluate(value.func, owner.module)
            return Made(called.path, value, owner.module) if isinstance(called, Named) else None
        if not isinstance(value, Call) or not isinstance(value.func, Ref):
            return None
        binding = self.classes.names.resolve(owner.module, value.func.name)
        match binding:
            case Defined() | External():
                if isinstance(binding, Defined) and isinstance(binding.node, FuncDef):
                    result = self.classes.evaluator.evaluate(value, owner.module)
                    return result if isinstance(result, Made) else None
                if isinstance(binding, Defined) and isinstance(binding.node, ClassDef):
                    return Made(binding.path, value, owner.module)
                if isinstance(binding, External):
                    return Made(binding.path, value, owner.module)
                alias = self.classes.evaluator.binding_value(binding, value.func.name)
                return Made(alias.path, value, owner.module) if isinstance(alias, Named) else None
            case Unresolved():
                return Made(value.func.name, value, owner.module)
            case _:
                return None

    def field_class(self, made: Made) -> FieldClass | None:
        """Whether what is called is a field class, by its ancestors."""
        if made.path not in self._kinds:
            binding = self._binding(made)
            cls = self.classes.of_binding(binding)
            self._kinds[made.path] = self._of_class(cls) if cls is not None else _by_name(made.path)
        return self._kinds[made.path]

    def _binding(self, made: Made) -> object:
        func = made.call.func
        if isinstance(func, Ref):
            found = self.classes.names.resolve(made.module, func.name)
            if isinstance(found, Defined) and isinstance(found.node, ClassDef):
                return found
            value = self.classes.evaluator.binding_value(found, func.name)
            return value.binding if isinstance(value, Named) else found
        return None

    def _of_class(self, cls: Class) -> FieldClass | None:
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
        """An argument as given in the call, or as the field class's `__init__` sets it."""
        given = self.classes.evaluator.argument(declared.made, name, position)
        if given is not None and not self._forces(declared.field, name):
            return given
        return self.fixed(declared.field, name)

    def _forces(self, field: FieldClass, name: str) -> bool:
        """Whether a field class of the project sets a keyword whatever it is called with."""
        for cls in self.classes.ancestry(field.cls).classes if field.cls is not None else ():
            init = self.classes.attributes(cls).get("__init__") if cls.module.own else None
            if isinstance(init, FuncDef) and any(overrides(stmt, name) for stmt in init.body or ()):
                return True
        return False

    def fixed(self, field: FieldClass, name: str) -> Value | None:
        """A keyword that the class or an own ancestor sets in its `__init__`."""
        found = self.fixed_expr(field, name)
        return self.classes.evaluator.evaluate(found[0], found[1]) if found is not None else None

    def fixed_expr(self, field: FieldClass, name: str) -> tuple[Expr, Module] | None:
        if field.cls is None:
            return None
        for cls in self.classes.ancestry(field.cls).classes:
            init = self.classes.attributes(cls).get("__init__")
            if isinstance(init, FuncDef) and init.body is not None:
                for stmt in flatten(init.body):
                    expr = sets(stmt, name)
                    if expr is not None:
                        return expr, cls.module
        return None

    def target(self, declared: Declared) -> Target:
        """Where a relation points, as source says it."""
        expr = declared.made.call.argument("to", 0)
        module, local = declared.made.module, dict(declared.made.local)
        if expr is None:
            known = self._catalogued_target(declared.field)
            fixed = self.fixed_expr(declared.field, "to") if known is None else None
            if known is not None:
                return Target(text=known)
            if fixed is None:
                return Target(why="its target is not given in the source read")
            expr, module = fixed
            local = {}
        return self.target_of(expr, module, local)

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
                    default = "auth.User" if name == "AUTH_USER_MODEL" else None
                    why = "" if default else f"setting {name} is not found in the settings read"
                    return Target(text=default, setting=name, why=why)
                return Target(why=f"the source of {value.path} is not known")
            case Made(path) if path.rpartition(".")[2] == "get_user_model":
                user = self.classes.evaluator.settings.get("AUTH_USER_MODEL", "auth.User")
                return Target(text=user if isinstance(user, str) else None, setting="AUTH_USER_MODEL")
            case Undecided(why):
                return self._wrapped_setting(expr) or Target(why=why)
            case _:
                return Target(why="its target is computed")

    def _wrapped_setting(self, expr: Expr) -> Target | None:
        """`settings.X` where `settings` is an object of the project's own around Django's."""
        if not isinstance(expr, Ref):
            return None
        owner, _, name = expr.name.rpartition(".")
        value = self.classes.evaluator.settings.get(name)
        if owner.rpartition(".")[2] != "settings" or not isinstance(value, str):
            return None
        why = f"`{expr.name}` is read through an object of the project's own, taken for Django's settings"
        return Target(text=value, setting=name, why=why)

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


def sets(stmt: Stmt, name: str) -> Expr | None:
    """The value that a statement of `__init__` gives to a keyword: three usual ways to write it."""
    match stmt:
        case Assign(targets=targets, value=value) if Op("[]", (Ref("kwargs"), Literal(name))) in targets:
            return value
        case Assign(value=Call(func=Ref("dict"), args=(), kwargs=given)) if name in dict(given):
            return dict(given)[name]
        case Assign(value=Mapping(pairs)) if any(key == Literal(name) for key, _ in pairs):
            return next(value for key, value in pairs if key == Literal(name))
        case Evaluate(value=Call(func=Ref("kwargs.update"), args=(Mapping(pairs), *_))):
            return next((value for key, value in pairs if key == Literal(name)), None)
        case Evaluate(value=Call(func=Ref("kwargs.setdefault"), args=(Literal(key), value))) if key == name:
            return value
        case Evaluate(value=Call() as call) if _is_super_init(call):
            shift = isinstance(call.func, Ref)  # `models.ForeignKey.__init__(self, to, …)`
            position = POSITIONS.get(name)
            found = call.argument(name, None if position is None else position + shift)
            return None if found == Ref(name) else found
        case _:
            return None


def overrides(stmt: Stmt, name: str) -> bool:
    """Whether a statement of `__init__` sets a keyword even where the caller gave another value."""
    match stmt:
        case Assign(value=Mapping()) | Evaluate(value=Call(func=Ref("kwargs.setdefault"))):
            return False
        case _:
            return sets(stmt, name) is not None


def references(expr: Expr) -> set[str]:
    """The names that an expression is written with."""
    match expr:
        case Ref(name):
            return {name}
        case Call(func=func, args=args, kwargs=kwargs):
            return references(func).union(*map(references, args), *(references(v) for _, v in kwargs))
        case Items(items=items) | Op(args=items):
            return set[str]().union(*map(references, items))
        case _:
            return set()


def _is_super_init(call: Call) -> bool:
    match call.func:
        case Op(".__init__", (Call(func=Ref("super")),)):
            return True
        case Ref(name):
            return name.endswith(".__init__")
        case _:
            return False
