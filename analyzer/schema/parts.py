"""The fields that a made model has of itself, by the `Part`s of its recipe."""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.catalogue.making import BESIDE, MODEL, USER, Part
from analyzer.schema.classes import Classes
from analyzer.schema.companions import made_up, on_delete, plain_path
from analyzer.schema.fields import RELATED, Copy, Declared, Step
from analyzer.schema.keywords import is_newer, layered, values_of
from analyzer.schema.models import Registry
from analyzer.schema.requests import Request, given, value_of
from analyzer.source.facts import Expr, Literal
from analyzer.source.values import Made, Sequence, Undecided, Value

RELATIONS = ("ForeignKey", "OneToOneField")


def parts_of(registry: Registry, request: Request, mixed: str = "") -> dict[str, Declared]:
    """The fields beside the copied ones, by name; `mixed` is why what requests share is not followed."""
    found: dict[str, Declared] = {}
    for part in request.recipe.parts:
        field = _part(registry, request, part, found, mixed)
        if field is not None:
            found[part.name] = field
    return found


def _part(
    registry: Registry, request: Request, part: Part, before: dict[str, Declared], mixed: str
) -> Declared | None:
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
    return _made(registry, request, part, value, said, mixed)


def _is_given(classes: Classes, request: Request, name: str) -> bool:
    said = given(classes, request, name)
    return said is not None and said != Literal(None)


def _given_field(registry: Registry, request: Request, part: Part, said: Expr) -> Declared | None:
    """A field that stands in the argument itself."""
    holder = replace(request.model, module=request.made.module)
    declared = registry.fields.field(part.name, said, holder, request.line)
    if declared is None:
        return None
    steps = tuple(Step("put", named=(pair,)) for pair in values_of(registry, request, part.given).items())
    kwargs = declared.made.call.kwargs
    if part.primary_key:
        kwargs = (*(pair for pair in kwargs if pair[0] != "primary_key"), ("primary_key", Literal(True)))
    made = replace(declared.made, call=replace(declared.made.call, kwargs=kwargs))
    shown = Declared(part.name, declared.field, made, request.model, request.line, request.recipe.factory)
    return replace(shown, copy=Copy(declared, steps)) if steps else shown


def _made(
    registry: Registry, request: Request, part: Part, value: Value | None, said: Expr | None, mixed: str
) -> Declared:
    settings = registry.classes.evaluator.settings
    flagged = next((chosen for setting, chosen in part.flags if settings.get(setting) is True), "")
    cls, why = flagged or part.field, ""
    named: dict[str, Value] = {"null": True} if part.null and not flagged else {}
    if part.primary_key:
        named["primary_key"] = True
    if part.takes == "keywords":
        config = value if isinstance(value, Made) else None
        name = config.path.rpartition(".")[2] if config is not None else ""
        cls = dict(part.instead).get(name, cls)
        layers = part.layers if cls == part.field else part.layers[:1]
        found, why = layered(registry, request, layers, part.named, config)
        named.update(found)
        if value is not None and config is None:
            why = f"its argument `{part.argument}` is not followed"
        if part.named_after and said is None:
            named.setdefault("related_name", _back(registry, request, part))
            why = why or (mixed if config is not None else "")
    else:
        named.update(values_of(registry, request, part.of_flags if flagged else part.named))
        if is_newer(registry, request, request.recipe.newer):
            named.update(values_of(registry, request, part.since))
    short = cls.rpartition(".")[2]
    args: tuple[Expr, ...] = ()
    path = plain_path(cls)
    if part.target and (short in RELATIONS or cls.endswith("ForeignKey")):
        args = (_target(registry, request, part, value),)
        named.setdefault("on_delete", on_delete(part.on_delete))
        path = cls if "." in cls else f"{RELATED}{cls}"
    else:
        named.pop("on_delete", None)
    declared = made_up(
        registry.fields, part.name, path, args, named, request.model, request.line, request.recipe.factory
    )
    if args and part.takes == "target" and said is not None:
        call = replace(declared.made.call, args=(said,))
        local = (*request.made.local, *declared.made.local)
        made = replace(request.made, path=declared.made.path, call=call, local=local)
        declared = replace(declared, made=made)
    return replace(declared, copy=Copy(declared, (), why)) if why else declared


def _back(registry: Registry, request: Request, part: Part) -> Value:
    """What the way back is called (pghistory `core._generate_related_name`)."""
    classes = registry.classes
    fields = value_of(classes, request, part.named_after)
    based = value_of(classes, request, request.recipe.based_by) or classes.evaluator.settings.get(
        request.recipe.base_setting
    )
    if based is not None or not (fields is None or isinstance(fields, Sequence)):
        return Undecided("the name of the way back is not followed")
    name = request.recipe.base.rpartition(".")[2].lower()
    if is_newer(registry, request, request.recipe.newer):
        name = f"{name}s"
    words = [*(fields.items if isinstance(fields, Sequence) else ()), name]
    return "_".join(map(str, words))


def _target(registry: Registry, request: Request, part: Part, value: Value | None) -> Expr:
    if part.target == BESIDE:
        return Literal(request.beside)
    if part.target == USER:
        return Literal(registry.settings.auth_user_model)
    if part.target != MODEL:
        return Literal(part.target)
    candidate = registry.candidate(request.model)
    return Literal(candidate.label if candidate is not None else request.model.path)
