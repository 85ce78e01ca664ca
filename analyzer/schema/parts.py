"""The fields that a made model has of itself, by the `Part`s of its recipe."""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.catalogue.recipes import BESIDE, MODEL, USER, Part
from analyzer.schema.classes import Classes
from analyzer.schema.columns import plain
from analyzer.schema.companions import made_up
from analyzer.schema.fields import RELATED, Declared, FieldClass
from analyzer.schema.models import Registry
from analyzer.schema.requests import Request, given, value_of
from analyzer.source.facts import Call, Expr, Literal, Ref
from analyzer.source.values import Made, Value

RELATIONS = ("ForeignKey", "OneToOneField")


def parts_of(registry: Registry, request: Request) -> dict[str, Declared]:
    """The fields beside the copied ones, by name."""
    found: dict[str, Declared] = {}
    for part in request.recipe.parts:
        field = _part(registry, request, part, found)
        if field is not None:
            found[part.name] = field
    return found


def _part(registry: Registry, request: Request, part: Part, before: dict[str, Declared]) -> Declared | None:
    classes = registry.classes
    if part.beside is not None:
        other = before.get(part.beside[0])
        if other is None or other.field.name != part.beside[1]:
            return None
    if part.needs and not _is_given(classes, request, part.needs):
        return None
    if part.unless and _is_given(classes, request, part.unless):
        return None
    said = given(classes, request, part.argument) if part.argument else None
    if said == Literal(None) and part.takes == "keywords":
        return None
    value = value_of(classes, request, part.argument) if part.argument else None
    if part.takes == "field" and said is not None and value is not None:
        return _given_field(registry, request, part, said)
    if value is None and said is None and part.setting:
        value = classes.evaluator.settings.get(part.setting)
    return _made(registry, request, part, value, said)


def _is_given(classes: Classes, request: Request, name: str) -> bool:
    said = given(classes, request, name)
    return said is not None and said != Literal(None)


def _given_field(registry: Registry, request: Request, part: Part, said: Expr) -> Declared | None:
    """A field that stands in the argument itself."""
    holder = replace(request.model, module=request.made.module)
    declared = registry.fields.field(part.name, said, holder, request.line)
    if declared is None:
        return None
    kwargs = declared.made.call.kwargs
    if part.primary_key:
        kwargs = (*(pair for pair in kwargs if pair[0] != "primary_key"), ("primary_key", Literal(True)))
    made = replace(declared.made, call=replace(declared.made.call, kwargs=kwargs))
    return Declared(part.name, declared.field, made, request.model, request.line)


def _made(
    registry: Registry, request: Request, part: Part, value: Value | None, said: Expr | None
) -> Declared:
    settings = registry.classes.evaluator.settings
    cls = next((chosen for setting, chosen in part.flags if settings.get(setting) is True), part.field)
    null, on_delete = part.null, part.on_delete
    if part.takes == "keywords" and isinstance(value, Made):
        name = value.path.rpartition(".")[2]
        cls = dict(part.instead).get(name, cls)
        null = _option(registry, value, "null", null)
        deleted = value.call.argument("on_delete")
        on_delete = deleted.name.rpartition(".")[2] if isinstance(deleted, Ref) else on_delete
    named: list[tuple[str, Expr]] = [("null", Literal(True))] if null else []
    if part.primary_key:
        named.append(("primary_key", Literal(True)))
    short = cls.rpartition(".")[2]
    if not part.target or (short not in RELATIONS and not cls.endswith("ForeignKey")):
        return plain(part.name, cls, request.model, request.line, tuple(named))
    named.append(("on_delete", Ref(on_delete)))
    target = _target(registry, request, part, value)
    declared = made_up(part.name, "ForeignKey", (target,), tuple(named), request.model, request.line)
    if "." in cls:
        field = FieldClass(short, RELATED + "ForeignKey", "FK", False, None)
        return replace(declared, field=field)
    if part.takes == "target" and said is not None:
        call = Call(declared.made.call.func, (said,), tuple(named), request.line)
        return replace(declared, made=replace(request.made, call=call))
    return declared


def _option(registry: Registry, made: Made, name: str, default: bool) -> bool:
    found = registry.classes.evaluator.argument(made, name)
    return found if isinstance(found, bool) else default


def _target(registry: Registry, request: Request, part: Part, value: Value | None) -> Expr:
    if part.target == BESIDE:
        return Literal(request.beside)
    if part.target == USER:
        return Literal(registry.settings.auth_user_model)
    if part.target != MODEL:
        return Literal(part.target)
    candidate = registry.candidate(request.model)
    return Literal(candidate.label if candidate is not None else request.model.path)
