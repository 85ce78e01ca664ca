"""The seeds of a project: what each needs, what it rests on, and what of it is out of date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.data.values import DataOperation, Row
from analyzer.history.values import Key
from analyzer.outcome import Analysis
from analyzer.reset.values import Seed

ABOUT_MODELS = frozenset({"auth.Permission", "contenttypes.ContentType"})
"""Rows that `post_migrate` makes for every model: no seed rests on another for them."""


def seeds(analysis: Analysis, ordered: Iterable[DataOperation]) -> tuple[Seed, ...]:
    """The seeds among operations that stand in the order in which they run."""
    listed = tuple(ordered)
    made: dict[str, list[Key]] = {}
    first: dict[tuple[Row, ...], Key] = {}
    out = []
    for at, operation in enumerate(listed):
        if not has_seed(operation):
            continue
        key = (operation.app, operation.migration)
        targets = {row.target for row in operation.rows}
        own = frozenset() if operation.verdict == "mixed" else targets
        wanted = {*operation.needs} - own - ABOUT_MODELS
        after = {(label, one) for label in wanted for one in made.get(label, ()) if one != key}
        out.append(
            Seed(
                operation=operation,
                after=tuple(sorted(after)),
                fails=_fails(key, analysis),
                stale=tuple(_stale(operation, analysis)),
                later=tuple(dict.fromkeys(_later(targets, listed[at + 1 :], key))),
                same=first.get(operation.rows) if _elsewhere(operation) else None,
            )
        )
        first.setdefault(operation.rows, key)
        for label in targets:
            made.setdefault(label, []).append(key)
    return tuple(out)


def has_seed(operation: DataOperation) -> bool:
    return operation.net == "seed" or (operation.net == "mixed" and bool(operation.rows))


def _fails(key: Key, analysis: Analysis) -> str:
    late = sorted({row.label for row in analysis.lookups.rows if row.migration == key})
    if not late or key in analysis.lookups.making:
        return ""
    return f"gets rows of {', '.join(late)}, which only `post_migrate` makes"


def _elsewhere(operation: DataOperation) -> bool:
    """Whether the code that makes the rows stands outside of the migration, so that others may run it."""
    return bool(operation.rows) and all(row.file != operation.file for row in operation.rows)


def _later(targets: set[str], behind: Iterable[DataOperation], own: Key) -> Iterator[Key]:
    """The migrations behind a seed's own that change or delete rows of its models."""
    for operation in behind:
        key = (operation.app, operation.migration)
        if operation.net in ("one-time", "mixed") and key != own and targets & {*operation.tables_or_models}:
            yield key


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
