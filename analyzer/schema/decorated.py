"""Functions that a decorator makes a field of, from a field or the class of one that it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from analyzer.catalogue.rules import FIELD_DECORATORS
from analyzer.schema.classes import Class
from analyzer.source.facts import Call, FuncDef, Literal, Ref
from analyzer.source.names import Defined, External

if TYPE_CHECKING:
    from analyzer.schema.fields import Declared, Fields


def decorated(fields: Fields, name: str, function: FuncDef, owner: Class) -> Declared | None:
    """The field that a function of a class body becomes; `why` says where that is only likely."""
    match function.decorators:
        case (Call(func=Ref(written), args=(given, *_)) as call, *_):
            field = given if isinstance(given, Call) else _called(fields, call, owner)
            found = fields.field(name, field, owner, function.line) if field is not None else None
            known = found is not None and found.field.cls is not None
            return _marked(fields, found, written) if found is not None and known else None
        case _:
            return None


def _called(fields: Fields, call: Call, owner: Class) -> Call | None:
    """The call of the field class that a decorator is given, with the decorator's other arguments."""
    match call.args[0]:
        case Ref(name) as func:
            cls = fields.classes.of_binding(fields.classes.names.resolve(owner.module, name))
            is_field = cls is not None and fields.of_class(cls) is not None
            return Call(func, call.args[1:], call.kwargs, call.line) if is_field else None
        case _:
            return None


def _marked(fields: Fields, found: Declared, written: str) -> Declared:
    """The field as the decorator leaves it behind."""
    binding = fields.classes.names.resolve(found.owner.module, written)
    path = binding.path if isinstance(binding, (Defined, External)) else ""
    rule = FIELD_DECORATORS.get(path)
    if rule is None:
        why = f"what `{written}(…)` makes of the field is not known"
        return replace(found, field=replace(found.field, why=found.field.why or why))
    name = rule.name or found.field.name
    kwargs = tuple(pair for pair in found.made.call.kwargs if pair[0] not in {"editable", *rule.own})
    call = replace(found.made.call, kwargs=(*kwargs, ("editable", Literal(False))))
    return replace(found, field=replace(found.field, name=name), made=replace(found.made, call=call))
