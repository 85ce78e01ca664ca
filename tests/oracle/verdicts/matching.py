"""From the records of runs and migscan's answer to one outcome an operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain
from operator import or_
from typing import Any

from tests.oracle.verdicts.catalogs import Thing, meaning
from tests.oracle.verdicts.judging import Left, Outcome, Place, Ran

Json = Mapping[str, Any]
Site = tuple[str, str, Place]
"""App, migration, and the line where one or several operations are written."""

WHOLE = ("table", "view", "materialized view", "function", "trigger", "extension", "type", "schema")
"""Kinds that stay what they are where their text is replaced later."""


def outcomes(answer: Json, records: Sequence[tuple[Json, Json]], apart: Mapping[str, str]) -> list[Outcome]:
    """`records` are those of each database with what its tables would be from the models alone.

    `apart` says by `app.migration:operation` why what running an operation showed does not count.
    """
    said: dict[Site, list[Json]] = defaultdict(list)
    for entry in answer["data_operations"]:
        said[(entry["app"], entry["migration"], (entry["file"], entry["line"]))].append(entry)
    runs = [_by_site(list(ran(record, fresh)), said) for record, fresh in records]
    found: list[Outcome] = []
    for site in sorted({*said, *chain.from_iterable(runs)}):
        found += _at_site(site, said.get(site, []), [run.get(site, []) for run in runs])
    reasons = _Reasons(answer, [record for record, _ in records], apart)
    return [reasons.set_apart(outcome) for outcome in found]


def _by_site(operations: Iterable[Ran], said: Mapping[Site, Any]) -> dict[Site, list[Ran]]:
    """By the line that migscan knows an operation by, else the one that made it."""
    found: dict[Site, list[Ran]] = defaultdict(list)
    for one in operations:
        sites = [(one.app, one.migration, place) for place in one.places]
        found[next((site for site in sites if site in said), sites[0])].append(one)
    return found


def _at_site(site: Site, said: Sequence[Json], runs: Sequence[Sequence[Ran]]) -> Iterator[Outcome]:
    """Class by class: one by one where migscan says as much as there is, else all of them together."""
    classes = {entry["operation"] for entry in said}
    alone = next(iter(classes)) if len(classes) == 1 else ""

    def cls(one: Ran) -> str:
        return one.operation if one.operation in classes else alone or one.operation

    for name in sorted({*classes, *(cls(one) for run in runs for one in run)}):
        entries = [entry for entry in said if entry["operation"] == name]
        yield from _of_class(site, name, entries, [[one for one in run if cls(one) == name] for run in runs])


def _of_class(
    site: Site, name: str, said: Sequence[Json], runs: Sequence[Sequence[Ran]]
) -> Iterator[Outcome]:
    for number in range(count := max(len(said), 1)):
        entry = said[number] if said else None
        alike = [run[number : number + 1] if len(run) == count else run for run in runs]
        left = [one.left for run in alike for one in run]
        yield Outcome(*site, name, entry, reduce(or_, left) if left else None)


class _Reasons:
    """Why an operation was not run."""

    def __init__(self, answer: Json, records: Sequence[Json], apart: Mapping[str, str]) -> None:
        self.apart = apart
        self.ran = {tuple(key) for record in records for key in record["ran"]}
        self.stopped = [record["stopped"] for record in records if record["stopped"]]
        self.replaced = {
            tuple(key): f"{migration['app']}.{migration['name']}"
            for migration in answer["migrations"]
            for key in migration["replaces"]
            if (migration["app"], migration["name"]) in self.ran
        }

    def set_apart(self, one: Outcome) -> Outcome:
        why = self.apart.get(f"{one.app}.{one.migration}:{one.operation}", "") or self.why(one)
        return Outcome(
            one.app, one.migration, one.place, one.operation, one.said, one.left, why
        ) if why else one  # fmt: skip

    def why(self, one: Outcome) -> str:
        if one.left is not None:
            return one.left.failed[0] if one.left.failed else ""
        key = (one.app, one.migration)
        if key in self.replaced and key not in self.ran:
            return f"{self.replaced[key]} runs in its place"
        if key not in self.ran:
            where = [f"{'.'.join(stop['migration'])}: {stop['why']}" for stop in self.stopped]
            return f"not reached, {where[0]}" if where else "Django loads no such migration"
        return "its migration has no such operation when it runs"


# ---------------------------------------------------------------- what is left of an operation


OWN_MAKING = frozenset({"django_content_type"})
"""Tables whose rows Django makes whenever somebody asks for them, and after every `migrate`."""


def ran(record: Json, fresh: Json) -> Iterator[Ran]:
    """The operations of a record, what each left told apart by what is in the models."""
    end = {thing.identity: thing for thing in map(_thing, record["end"])}
    stays = {meaning(thing) for thing in end.values()}
    from_models = {meaning(thing) for thing in map(_thing, fresh["end"])}
    for one in record["operations"]:
        places = tuple((path, line) for path, line in one["places"])
        yield Ran(one["app"], one["migration"], one["operation"], places, _left(one, end, stays, from_models))


def _left(one: Json, end: Mapping[str, Thing], stays: set[Any], from_models: set[Any]) -> Left:
    if one["failed"]:
        return Left(failed=(one["failed"],))
    sorts: dict[str, list[Thing]] = defaultdict(list)
    for thing in map(_thing, one["made"]):
        last = end.get(thing.identity)
        if last is None or (last.text != thing.text and thing.kind not in WHOLE):
            sorts["superseded"].append(thing)
        else:
            sorts["expressed" if meaning(last) in from_models else "hidden"].append(last)
    for thing in map(_thing, one["gone"]):
        lacks = meaning(thing) in from_models and meaning(thing) not in stays
        sorts["hidden" if lacks else "gone"].append(thing)
    sorts["gone"] += map(_thing, one["renamed"])
    told = {table: count for table, count in one["rows"].items() if table not in OWN_MAKING}
    return Left(
        tuple(table for table, count in told.items() if count["made"]),
        tuple(table for table, count in told.items() if count["changed"] or count["removed"]),
        tuple(sorts["hidden"]),
        tuple(sorts["expressed"]),
        tuple(sorts["superseded"]),
        tuple(sorts["gone"]),
    )


def _thing(told: Json) -> Thing:
    return Thing(**told)
