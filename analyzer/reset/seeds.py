"""The seeds of a project: what each needs, what it rests on, and what of it is out of date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.data.values import DataOperation
from analyzer.history.values import Key
from analyzer.outcome import Analysis
from analyzer.reset.values import Seed

ABOUT_MODELS = frozenset({"auth.Permission", "contenttypes.ContentType"})
"""Rows that `post_migrate` makes for every model: no seed rests on another for them."""


def seeds(analysis: Analysis, ordered: Iterable[DataOperation]) -> tuple[Seed, ...]:
    """The seeds among operations that stand in the order in which they run."""
    late = {(row.migration, row.label) for row in analysis.lookups.rows}
    made: dict[str, list[Key]] = {}
    out = []
    for operation in ordered:
        key = (operation.app, operation.migration)
        targets = {row.target for row in operation.rows}
        own = frozenset() if operation.verdict == "mixed" else targets
        wanted = {*operation.needs} - own - ABOUT_MODELS
        after = {(label, one) for label in wanted for one in made.get(label, ()) if one != key}
        gets = sorted(label for migration, label in late if migration == key)
        raises = bool(gets) and key not in analysis.lookups.making
        fails = f"gets rows of {', '.join(gets)}, which only `post_migrate` makes" if raises else ""
        out.append(Seed(operation, tuple(sorted(after)), fails, tuple(_stale(operation, analysis))))
        for label in targets:
            made.setdefault(label, []).append(key)
    return tuple(out)


def _stale(operation: DataOperation, analysis: Analysis) -> Iterator[str]:
    """Models and fields that a seed names and that are not there any more, with what became of them."""
    fields: dict[str, set[str]] = {label: set() for label in operation.needs}
    for row in operation.rows:
        fields.setdefault(row.target, set()).update(name for name, _ in row.key)
    for label, names in sorted(fields.items()):
        app, _, model = label.partition(".")
        known = analysis.state.models.get((app, model.lower()))
        ended = analysis.ended.get(f"{app}.{model.lower()}")
        if known is None and ended is not None:
            yield f"model {label}: {ended}"
        for name in sorted(names if known is not None else ()):
            gone = analysis.ended.get(f"{app}.{model.lower()}.{name}")
            if gone is not None and known is not None and name not in known.fields:
                yield f"field {label}.{name}: {gone}"
