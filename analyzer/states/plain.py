"""Fields whose class has no code of its own, taken apart without constructing anything.

Nearly all fields of a project are of Django's own classes, whose rules are data (`builtin`): which
arguments come out follows from those that go in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from analyzer.schema.classes import Ancestry, Class, Gap
from analyzer.source.facts import Call, Expr, FuncDef, Literal
from analyzer.states.builtin import Always, Plain, behaviour, is_left_out, is_ruled
from analyzer.states.construct import DATED, is_bare
from analyzer.states.objects import short
from analyzer.states.values import Absent, FieldState, Form, Name, Unsure

LABELS = ("to", "through")
"""Arguments that name models."""


class Plan(Struct, frozen=True):
    """What a class does with its arguments.  `always` come out where nothing is given for them."""

    path: str
    params: tuple[str, ...]
    always: Mapping[str, Form]
    forced: frozenset[str]
    omitted: Mapping[str, Plain | Always]
    never: frozenset[str]


def plan(ancestry: Ancestry, method: Callable[[Class, str], FuncDef | None]) -> Plan | None:
    """The plan of a class; None where a class that is not Django's takes part with code of its own."""
    for cls in ancestry.order:
        if isinstance(cls, Gap):
            return None
        if is_ruled(cls.path):
            break
        if is_bare(cls):
            return None
        if method(cls, "__init__") is not None or method(cls, "deconstruct") is not None:
            return None
    rules = behaviour(tuple(cls.path for cls in ancestry.order))
    if rules is None:
        return None
    standing = {**rules.initial, **rules.forced}
    always = {name: value for name, value in standing.items() if not is_left_out(name, value, rules.omitted)}
    return Plan(
        short(ancestry.order[0].path),
        rules.params,
        always,
        frozenset(rules.forced),
        rules.omitted,
        rules.never,
    )


def follow(
    plan: Plan, call: Call, changed: FieldState, form: Callable[[str, Expr], Form]
) -> dict[str, Form] | None:
    """The arguments that come out of a call; None where they cannot be told by place and name."""
    if call.unpacks or len(call.args) > len(plan.params):
        return None
    given: dict[str, Form] = {}
    for name, expr in (*zip(plan.params, call.args, strict=False), *call.kwargs):
        if name not in plan.never and name not in plan.forced:
            given[name] = _form(name, expr, form)
    for name, new in changed.changed:
        if isinstance(new, Absent):
            given.pop(name, None)
        else:
            given[name] = new
    if not DATED.isdisjoint(given) and any(given.get(name) for name in DATED):
        given.update((name, True) for name in DATED & given.keys() if _is_true(given[name]))
        given.pop("editable", None)
        given.pop("blank", None)
    out = dict(plan.always)
    for name, value in given.items():
        if is_left_out(name, value, plan.omitted):
            out.pop(name, None)
        else:
            out[name] = value
    return out


def _is_true(form: Form) -> bool:
    """Whether a value counts as true, as functions and classes do; a name in capitals may be any value."""
    if isinstance(form, Name):
        return not form.unread or not form.path.rpartition(".")[2].isupper()
    return bool(form) and not isinstance(form, Unsure)


def _form(name: str, expr: Expr, form: Callable[[str, Expr], Form]) -> Form:
    if type(expr) is Literal and name not in LABELS:
        return expr.value
    return form(name, expr)
