"""Can this project be reset, and what to look at first: the verdict, from what was found alone.

A verdict never promises: what was not looked for is not claimed to be absent.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from analyzer.audits.rules import Finding, Severity
from analyzer.data.values import DataOperation, Verdict
from analyzer.render.drifting import CODES, touching
from analyzer.render.tally import (
    Tally,
    is_left_out,
    is_unknown,
    own_apps,
    own_relations,
    run_on_fresh,
    stuck,
    tally,
    unsuppressed,
)
from analyzer.render.untying import cut_edges
from analyzer.render.words import count, joined, number, plural, printable, some

if TYPE_CHECKING:
    from analyzer.analysis import Analysis
    from analyzer.reset.values import Ledgers


class Concern(Struct, frozen=True):
    """One thing to look at: what it is, why it matters for a reset, and one place to start."""

    what: str
    why: str
    file: str
    line: int


IN_LEDGERS = ("MS401", "MS402", "MS403", "MS404", "MS405")
"""Rules about each data operation, which are told together."""


class Standing(Struct, frozen=True):
    """How the project stands: one sentence, and the concerns behind it, gravest first."""

    answer: str
    concerns: tuple[Concern, ...]


def standing(analysis: Analysis) -> Standing:
    errors = [f for f in unsuppressed(analysis) if f.severity is Severity.ERROR and f.code not in CODES]
    return Standing(_answer(tally(analysis), len(errors)), concerns(analysis))


def _answer(numbers: Tally, errors: int) -> str:
    verdicts = numbers.data_operations_at_end
    warnings = numbers.findings_by_severity["warning"]
    lost = _lost(verdicts)
    open_questions = _open_questions(numbers)
    if not numbers.migrations:
        return "There is nothing to reset: no migrations were found."
    first = _first(numbers, errors)
    if first:
        more = f" A reset would also lose {joined(lost)}." if lost else ""
        return f"Not yet: {first}{more}"
    if lost:
        more = f" {joined(open_questions).capitalize()} could not be decided." if open_questions else ""
        return f"Not by deleting and regenerating alone: that would lose {joined(lost)}.{more}"
    if open_questions:
        return f"Probably, but {joined(open_questions)} could not be decided from source."
    if numbers.model_cycles:
        return "Yes, as far as source tells, though not level by level: a cycle has to be untied."
    if warnings:
        return f"Yes, as far as source tells; look at {count(warnings, 'warning')} before."
    return "Yes: nothing was found that stands in the way."


def _first(numbers: Tally, errors: int) -> str:
    """What has to be resolved before anything else; "" for nothing.  `errors` are those beside drift."""
    resolved = f"{count(errors, 'error')} {plural(errors, 'has')} to be resolved first." if errors else ""
    if not numbers.drift:
        return resolved
    operations = count(numbers.drift, "operation")
    said = f"models and migrations disagree, makemigrations would write {operations}."
    if numbers.drift_in_tables:
        said += " A reset over that can change the schema silently; make them agree first."
    else:
        said += " That changes no table, but make them agree first."
    return f"{said} Also, {resolved}" if resolved else said


def _lost(verdicts: dict[str, int]) -> list[str]:
    named = (("seed", "seed"), ("schema", "hidden schema change"), ("mixed", "mixed operation"))
    return [count(verdicts[verdict], noun) for verdict, noun in named if verdicts[verdict]]


def _open_questions(numbers: Tally) -> list[str]:
    asked = (
        (numbers.data_operations_at_end["unknown"], "data operation"),
        (numbers.relations_unknown, "relation"),
        (numbers.models_unknown + numbers.abstract_unknown, "model"),
        (numbers.migrations_incomplete, "migration"),
        (numbers.drift_unknown, "possible difference"),
    )
    return [count(value, noun) for value, noun in asked if value]


def concerns(analysis: Analysis) -> tuple[Concern, ...]:
    """Everything worth a look, gravest first."""
    return (
        *_drift_concerns(analysis),
        *_finding_concerns(analysis, Severity.ERROR, without=CODES),
        *_data_concerns(analysis),
        *cycle_concerns(analysis),
        *_finding_concerns(
            analysis,
            Severity.WARNING,
            without=(*IN_LEDGERS, "MS201", "MS202") if analysis.model_cycles else IN_LEDGERS,
        ),
        *_reading_concerns(analysis),
        *_finding_concerns(analysis, Severity.NOTE, without=(*CODES, *IN_LEDGERS)),
    )


def _finding_concerns(analysis: Analysis, severity: Severity, without: tuple[str, ...] = ()) -> list[Concern]:
    wanted = [f for f in unsuppressed(analysis) if f.severity is severity and f.code not in without]
    wanted.sort(key=_place)
    return [_of_code(code, list(group)) for code, group in groupby(wanted, key=lambda finding: finding.code)]


def _place(finding: Finding) -> tuple[str, str, int]:
    return (finding.code, finding.file, finding.line)


def _of_code(code: str, group: list[Finding]) -> Concern:
    first = group[0]
    more = f" ({number(len(group) - 1)} more like it)" if len(group) > 1 else ""
    return Concern(f"{code}: {printable(first.message)}{more}", "", first.file, first.line)


def _drift_concerns(analysis: Analysis) -> list[Concern]:
    """The differences between models and migrations that are certain, those in tables first."""
    certain = analysis.drift.certain
    if not certain:
        return []
    in_tables = touching(analysis)
    first = (in_tables or certain)[0]
    apps = sorted({difference.app for difference in certain})
    operations = count(len(certain), "operation")
    what = f"Drift: makemigrations would write {operations} in {printable(some(apps, 3))}"
    why = (
        f"{number(len(in_tables))} can change tables; after a reset fresh databases and existing ones would "
        "differ, and no check would tell"
        if in_tables
        else f"no table changes; write {'it' if len(certain) == 1 else 'them'} before a reset, so that it "
        "changes nothing else"
    )
    return [Concern(what, why, first.file, first.line)]


def carried(found: Ledgers) -> tuple[str, str]:
    """What a reset must carry over, and how much of the rest is not decided."""
    hidden = f"{count(len(found.hidden), 'object')} of hidden schema"
    return f"{count(len(found.seeds), 'seed')} · {hidden}", f"{number(len(found.undecided))} to decide"


DATA_REASONS: tuple[tuple[Verdict, str, str], ...] = (
    ("seed", "seed", "a fresh database needs these rows, and only the migrations create them"),
    ("schema", "hidden schema change", "no model expresses this, so fresh migrations will not create it"),
    ("mixed", "mixed operation", "each does several things at once and has to be taken apart"),
    ("unknown", "undecided data operation", "source does not tell; read them before you drop them"),
)


def _data_concerns(analysis: Analysis) -> list[Concern]:
    found = []
    for verdict, noun, why in DATA_REASONS:
        operations = [o for o in run_on_fresh(analysis) if o.net == verdict]
        if operations:
            first = max(operations, key=lambda operation: operation.confidence)
            found.append(Concern(_operations(operations, noun), why, first.file, first.line))
    return found


def _operations(operations: list[DataOperation], noun: str) -> str:
    apps = sorted({operation.app for operation in operations})
    return f"{count(len(operations), noun)} in {printable(some(apps, 3))}"


def cycle_concerns(analysis: Analysis) -> list[Concern]:
    """What cycles of models mean for a rebuild."""
    if not analysis.model_cycles:
        return []
    cut = cut_edges(analysis.model_cycles)
    cycles = count(len(analysis.model_cycles), "cycle")
    placed = len(stuck(analysis))
    remedy = f"{count(len(cut), 'postponed relation')} would do"
    why = f"{count(placed, 'model')} cannot be built level by level; {remedy}"
    first = cut[0] if cut else None
    return [Concern(f"{cycles} of models", why, first.file if first else "", first.line if first else 0)]


def _reading_concerns(analysis: Analysis) -> list[Concern]:
    found = []
    relations = [relation for relation in own_relations(analysis) if is_unknown(relation)]
    if relations:
        first = next((relation for relation in relations if relation.file), relations[0])
        what = f"{count(len(relations), 'unknown relation')}"
        left_out = sum(map(is_left_out, relations))
        why = f"levels and cycles leave {number(left_out)} out" if left_out else "each has a likely target"
        found.append(Concern(what, why, first.file, first.line))
    models = [
        model for model in (*analysis.models, *analysis.abstract_models) if model.own and not model.certain
    ]
    if models:
        what = f"{count(len(models), 'unknown model')}"
        found.append(Concern(what, "fields or relations may be missing", models[0].file, models[0].line))
    unsure = [difference for difference in analysis.drift.differences if not difference.certain]
    if unsure:
        what = f"{count(len(unsure), 'possible difference')} between models and migrations"
        why = "source does not decide; makemigrations --check does"
        found.append(Concern(what, why, unsure[0].file, unsure[0].line))
    undecided = [app.label for app in own_apps(analysis) if app.installed is None]
    if undecided and not analysis.reading.all_apps:
        what = f"{count(len(undecided), 'app')} not known to be installed: {printable(some(undecided, 3))}"
        found.append(Concern(what, "name the settings with --settings", "", 0))
    return found
