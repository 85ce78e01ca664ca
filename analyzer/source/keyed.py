"""Builtins that call a function for every item: `sorted(…, key=…)`, `max`, `min`, `map`, `filter`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.source.builtin import call_builtin, places
from analyzer.source.comprehension import MEMBERS
from analyzer.source.facts import Call, Expr, Items, Literal, Op, Ref
from analyzer.source.modules import Module
from analyzer.source.values import Made, Named, Sequence, Table, Undecided, Value, likely, truth

if TYPE_CHECKING:
    from analyzer.source.evaluate import Env, Evaluator

GETTER = "operator.itemgetter"
ITEM, GIVEN = "<item>", "<given>"
"""Local names for what a function is called with, and for all of that."""

Function = tuple[Expr, Value]
"""A function as it is written, and what that comes to."""


def called(
    evaluator: Evaluator, name: str, call: Call, place: tuple[Module, Env, int], given: list[Value]
) -> Value:
    """What a builtin of that name gives for arguments."""
    named = evaluator.keywords(call, *place)
    first = given[0] if given else None
    given = [_gone_through(evaluator, value) for value in given]
    evaluator.comprehension.spend(sum(len(value.items) for value in given if isinstance(value, Sequence)))
    function = call.argument("key") if name in ("sorted", "max", "min") else None
    if name == "filter" and call.args[:1] == (Literal(None),) and len(given) == 2 and not call.kwargs:
        return _true_ones(evaluator.evaluate(_with_optional_items(call.args[1]), *place), given[1])
    if name in ("filter", "map") and len(given) > 1 and not call.kwargs and not call.unpacks:
        return _for_each(evaluator, name, (call.args[0], first), given[1:], place)
    if function is None or function == Literal(None) or call.unpacks:
        return call_builtin(name, given, named.without("key"))
    if not {key for key, _ in call.kwargs} <= {"key", "reverse"}:
        return Undecided(f"`{name}(…)` with these keywords is not evaluated")
    items = given[0] if len(given) == 1 else Sequence("tuple", tuple(given))
    if isinstance(items, (Table, Sequence)):
        items = call_builtin("list", [items])
    keys = _results(evaluator, (function, named.get("key")), [items], place)
    backwards = truth(named.get("reverse")) if named.has("reverse") else False
    unknown = Undecided(f"`{name}(…)` of values that are not decided")
    if not isinstance(items, Sequence) or not isinstance(keys, Sequence) or backwards is None:
        return keys if isinstance(keys, Undecided) else unknown
    order = places(keys.items, backwards or name == "max")
    if order is None or not keys.complete or (name != "sorted" and not order):
        return unknown
    return (
        Sequence("list", tuple(items.items[at] for at in order))
        if name == "sorted"
        else items.items[order[0]]
    )


def _gone_through(evaluator: Evaluator, value: Value) -> Value:
    """The members of an enumeration where it is gone through."""
    return (evaluator.members(value, MEMBERS) or value) if isinstance(value, Named) else value


def _for_each(
    evaluator: Evaluator, name: str, function: Function, given: list[Value], place: tuple[Module, Env, int]
) -> Value:
    given = [
        call_builtin("list", [value]) if isinstance(value, (Table, Sequence)) else value for value in given
    ]
    found = _results(evaluator, function, given, place)
    if name == "map" or not isinstance(found, Sequence):
        return found
    answers = [truth(item) for item in found.items]
    items = given[0].items if isinstance(given[0], Sequence) else ()
    if None in answers or not found.complete:
        return Undecided("`filter(…)` by a condition that is not decided")
    kept = tuple(item for item, answer in zip(items, answers, strict=False) if answer)
    return Sequence("list", kept)


def _with_optional_items(display: Expr) -> Expr:
    """A list in which `x if condition else None` is `*([x] if condition else [])`."""
    if not isinstance(display, Items):
        return display
    items: list[Expr] = []
    for item in display.items:
        match item:
            case Op("if", (body, test, Literal(None | "" | False | 0))):
                body = Op("if", (Items("list", (body,)), test, Items("list", ())))
                items.append(Op("*", (body,)))
            case _:
                items.append(item)
    return Items(display.kind, tuple(items))


def _true_ones(display: Value, given: Value) -> Value:
    """`filter(None, …)`: the items that count as true, those that may be there or not among them."""
    found = call_builtin("list", [display if isinstance(display, Sequence) else given])
    if not isinstance(found, Sequence):
        return found
    unknown = next((item for item in found.items if likely(item) is None), None)
    why = found.why if unknown is None else "`filter(…)` of values that are not decided"
    kept = tuple(item for item in found.items if likely(item))
    return Sequence("list", kept, found.complete and unknown is None, why)


def _results(
    evaluator: Evaluator, what: Function, given: list[Value], place: tuple[Module, Env, int]
) -> Value:
    """What a function gives for the items of sequences, one after another: a comprehension of its calls."""
    module, env, calls = place
    names = tuple(f"{ITEM}{number}" for number in range(len(given)))
    items = tuple(map(Ref, names))
    function, getter = what
    match function:
        case Op("lambda", (Items(items=params), body, _)):
            names = tuple(str(param.value) for param in params if isinstance(param, Literal))
            if len(names) != len(given) or not all(name.isidentifier() for name in names):
                return Undecided("a function of other parameters")
        case Ref():
            body = Call(function, items, (), 0)
        case Call(args=(key,)) if isinstance(getter, Made) and getter.path == GETTER and len(items) == 1:
            body = Op("[]", (items[0], key))
        case _:
            return Undecided("a function that is not followed")
    rows = given[0] if len(given) == 1 else call_builtin("zip", given)
    target: Expr = Ref(names[0]) if len(given) == 1 else Items("tuple", tuple(map(Ref, names)))
    each = Op("for", (Literal("list"), body, Op("in", (target, Ref(GIVEN)))))
    return evaluator.evaluate(each, module, {**env, GIVEN: rows}, calls)
