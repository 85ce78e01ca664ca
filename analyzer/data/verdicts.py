"""From what an operation does to a verdict: what a reset would lose, and what it need not care about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from analyzer.data.ddl import Object, meant
from analyzer.data.effects import Effect, Origin
from analyzer.data.labels import Labels
from analyzer.data.later import History, Identity
from analyzer.data.operations import Run, Runner
from analyzer.data.orm import LINK
from analyzer.data.outcomes import Sorted, objects_of, rows_of
from analyzer.data.ran import Runs, placed, restored
from analyzer.data.values import DataOperation, Evidence, OnEmpty, Verdict
from analyzer.history.values import Migration
from analyzer.source.names import Names

MAX_EVIDENCE = 8


class Told(Struct, frozen=True):
    """Data operations, with what a later run may take from this one."""

    operations: tuple[DataOperation, ...]
    runs: Runs


def data_operations(
    migrations: tuple[Migration, ...], names: Names, labels: Labels, known: Runs | None = None
) -> Told:
    """Every operation that runs code or SQL, with a candidate verdict and its evidence.

    `known` are the runs of migrations that do what they did in an earlier run.
    """
    history = History(migrations, labels)
    runner = Runner(names, labels)
    found: list[Judged] = []
    runs: Runs = {}
    for migration in history.ordered:
        key = ".".join(migration.key)
        before = known.get(key) if known is not None else None
        done = tuple(runner.runs(migration) if before is None else restored(migration, before))
        runs[key] = placed(migration, done) if before is None else before
        for run in done:
            judged = judge(migration, run, history)
            order = history.learn(migration, run, judged.effects.seeds)
            found.append(replace(judged, order=order))
    place = {migration.key: at for at, migration in enumerate(migrations)}
    told = [netted(judged, history) for judged in found]
    told.sort(key=lambda o: (o.app, place.get((o.app, o.migration), 0), o.file, o.line))
    return Told(tuple(told), runs)


class Judged(Struct, frozen=True):
    """An operation with its verdict, what it does, and its place among all operations."""

    operation: DataOperation
    migration: Migration
    effects: Sorted
    order: int = 0


def judge(migration: Migration, run: Run, history: History) -> Judged:
    """The verdict on one operation."""
    found = sort(migration, run, history)
    verdict, decisive = decide(found)
    operation, labels = run.operation, history.labels
    targets = {effect.target for effect in run.effects if effect.target not in ("", "?")}
    asked = {origin.label for effect in run.effects for origin in effect.needs}
    return Judged(
        DataOperation(
            app=migration.app,
            migration=migration.name,
            file=migration.file if run.line else operation.file,
            line=run.line or operation.line,
            operation=operation.cls,
            forward=run.forward,
            reverse=run.reverse,
            elidable=run.elidable,
            verdict=verdict,
            confidence=confidence(verdict, decisive, found, run.elidable, history),
            runs_on_empty=on_empty(verdict, found),
            evidence=evidence(run, verdict, decisive, history),
            tables_or_models=tuple(sorted({labels.of(target) for target in targets})),
            net=verdict,
            reverse_kind=run.reverse_kind,
            atomic=run.atomic,
            hints=run.hints,
            rows=rows_of(found.seeds, labels),
            objects=objects_of(run.effects, found, labels),
            needs=labels.models(targets | asked | run.touched),
        ),
        migration,
        found,
    )


def netted(judged: Judged, history: History) -> DataOperation:
    """The operation with what all later migrations leave of it."""
    operation, found = judged.operation, judged.effects
    if operation.verdict not in ("seed", "schema", "mixed"):
        return operation
    gone = {
        effect: by
        for effect in (*found.seeds, *found.schema)
        if (by := history.undone(judged.order, judged.migration, effect)) is not None
    }
    if not gone:
        return operation
    net, _ = decide(
        replace(
            found,
            seeds=tuple(effect for effect in found.seeds if effect not in gone),
            schema=tuple(effect for effect in found.schema if effect not in gone),
            rows=found.rows + tuple(effect for effect in found.seeds if effect in gone),
            restated=found.restated + tuple(effect for effect in found.schema if effect in gone),
        )
    )
    by = history.last(gone.values()) if net != operation.verdict else None
    return replace(operation, net=net, superseded_by=by)


def sort(migration: Migration, run: Run, history: History) -> Sorted:
    effects = run.effects
    seeds = tuple(
        e for e in effects if e.kind == "create" and (e.live or history.surely_seeds(migration, e.needs))
    )
    maybe = tuple(e for e in effects if e.kind == "create" and e not in seeds and history.seeds(e.needs))
    made = {e.target for e in seeds} | {e.target.rpartition(".")[0] for e in seeds if e.how == LINK}
    vanishing = _vanishing(effects)
    paired = run.paired or history.paired(migration, run.operation)
    said = tuple(
        e
        for e in effects
        if e.kind == "schema" and e.expressible and (paired or history.in_state(migration.app, e.objects))
    )
    made_here = [e for e in effects if e.kind == "schema" and e not in said]
    each = [e for e in made_here if not e.live and not history.seeds(e.needs)]
    return Sorted(
        seeds=seeds,
        schema=tuple(e for e in made_here if e not in each and e not in vanishing),
        rows=tuple(
            e
            for e in effects
            if (e.kind == "create" and e not in seeds and e not in maybe)
            or e.kind == "task"
            or e in each
            or (e.kind == "change" and e.target not in made and not (made and e.target == "?"))
        ),
        restated=said + tuple(e for e in effects if e.kind == "restate"),
        unclear=maybe + tuple(e for e in effects if e.kind == "unclear" and e.live),
        rest=tuple(
            e for e in effects if e.kind in ("check", "outside") or (e.kind == "unclear" and not e.live)
        ),
    )


def _vanishing(effects: tuple[Effect, ...]) -> set[Effect]:
    """What makes nothing but what the same operation drops again before it ends."""
    fate: dict[Effect, bool] = {}
    behind: dict[Identity, list[tuple[Effect, Object]]] = {}
    for effect in reversed(effects):
        made = [part for part in effect.objects if part.action == "create"]
        if made and effect not in fate:
            fate[effect] = all(_is_dropped(effect, part, behind) for part in made)
        for part in effect.objects:
            if part.action == "drop":
                behind.setdefault(part.family, []).append((effect, part))
    return {effect for effect, gone in fate.items() if gone}


def _is_dropped(
    effect: Effect, made: Object, behind: Mapping[Identity, Sequence[tuple[Effect, Object]]]
) -> bool:
    """Whether one of the drops behind an effect takes what it made."""
    found = [one for one, part in behind.get(made.family, ()) if meant(part.arguments, made.arguments)]
    found += [one for one, _ in behind.get(made.bearer, ())] if made.bearer is not None else []
    return any(
        (effect.doubtful or not one.doubtful) and one.arms == effect.arms[: len(one.arms)] for one in found
    )


def decide(found: Sorted) -> tuple[Verdict, tuple[Effect, ...]]:
    """What a fresh database needs decides first; what cannot be told comes before what may go."""
    if found.seeds:
        if found.rows or found.schema:
            return "mixed", found.seeds[:3] + found.schema[:2] + found.rows[:3]
        return "seed", found.seeds
    if found.schema:
        return ("mixed", found.schema[:3] + found.rows[:3]) if found.rows else ("schema", found.schema)
    if found.unclear:
        return "unknown", found.unclear
    if found.rows:
        return "one-time", found.rows
    if found.restated:
        return "redundant", found.restated
    outside = tuple(e for e in found.rest if e.kind == "outside" and e.live)
    if outside:
        return "unknown", outside
    if found.rest:
        return "one-time", found.rest
    return "noop", ()


def confidence(
    verdict: Verdict,
    decisive: tuple[Effect, ...],
    found: Sorted,
    elidable: bool | None,
    history: History,
) -> float:
    """How sure the verdict is: less under conditions that source does not decide or beside unknown calls."""
    if verdict == "unknown":
        return 0.0
    value = 0.95 if verdict in ("one-time", "noop") else 0.9
    if decisive and all(effect.doubtful for effect in decisive):
        value -= 0.25
    if found.unclear or any(effect.kind == "outside" for effect in found.rest):
        value -= 0.15
    if verdict in ("redundant", "mixed"):
        value -= 0.15
    if verdict == "one-time" and any(history.touches_seeds(e) for e in decisive if e.kind == "change"):
        value -= 0.25  # whoever carries the seed over must carry its last state
    if elidable is True and verdict in ("seed", "schema", "mixed"):
        value -= 0.2
    return round(max(value, 0.1), 2)


def on_empty(verdict: Verdict, found: Sorted) -> OnEmpty:
    if found.seeds:
        return "creates_rows"
    if found.schema or found.restated:
        return "changes_schema"
    return "unknown" if verdict == "unknown" else "nothing"


def evidence(
    run: Run, verdict: Verdict, decisive: tuple[Effect, ...], history: History
) -> tuple[Evidence, ...]:
    """The lines that speak for a verdict, each with what it means on an empty database."""
    found = [Evidence(e.file, e.line, _why(e, verdict, history)) for e in decisive]
    if not found:
        operation = run.operation
        why = "Django's own noop" if run.noop else "neither rows nor schema are touched"
        found = [Evidence(operation.file, operation.line, why)]
    return tuple(dict.fromkeys(found))[:MAX_EVIDENCE]


def _why(effect: Effect, verdict: Verdict, history: History) -> str:
    words = [effect.why]
    if effect.kind in ("create", "schema") and effect.needs:
        rows = _rows(effect.needs)
        if verdict == "unknown":
            words.append(f"for {rows}, some of which an earlier migration may seed")
        elif verdict in ("seed", "mixed", "schema") and history.seeds(effect.needs):
            words.append(f"for {rows}, which an earlier migration seeds")
        else:
            words.append(f"only if there are {rows}")
    elif effect.kind == "create":
        words.append("on an empty database, too")
    elif effect.kind == "change" and history.touches_seeds(effect):
        words.append("some of which an earlier migration seeds")
    if effect.doubtful:
        words.append("under a condition that source does not decide")
    return ", ".join(words)


def _rows(needs: Iterable[Origin]) -> str:
    labels = sorted({origin.label for origin in needs if origin.label != "?"})
    return f"rows of {', '.join(labels)}" if labels else "rows"
