"""Drift in words: the sentence that says how far models and migrations are proved equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.history.drift.values import Difference, Drift
from analyzer.render.words import count, number
from analyzer.states.tables import NOT_IN_TABLES

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

CODES = ("MS301", "MS302", "MS303", "MS304")
"""The rules that say the same, one difference each."""

REMEMBERED = frozenset({"AlterModelOptions", "AlterModelManagers", "AlterConstraint"})
"""Operations of Django's that send nothing to a database."""


def proof(drift: Drift) -> str:
    """How far it is proved that models and migrations agree."""
    certain, unsure = len(drift.certain), len(drift.differences) - len(drift.certain)
    equal = f"all {number(drift.fields)} fields" if drift.equal == drift.fields else _of(drift)
    if certain:
        more = f", {number(unsure)} not decided" if unsure else ""
        return f"Drift: {count(certain, 'operation')} certain{more}; {equal} proved equal."
    if unsure:
        return f"No certain drift: {count(unsure, 'operation')} not decided; {equal} proved equal."
    if not drift.fields:
        return "Nothing to compare: no model has migrations."
    left = len(drift.undecided)
    return f"No drift: proved for {equal}{f', {number(left)} not decided' if left else ''}."


def _of(drift: Drift) -> str:
    return f"{number(drift.equal)} of {count(drift.fields, 'field')}"


class Tables:
    """Tells which differences can change a table, and which change only what Django remembers."""

    def __init__(self, analysis: Analysis) -> None:
        models = [model for model in analysis.models if model.own]
        self.without = {model.label.lower() for model in models if model.proxy or not model.managed}
        known = {model.label.lower() for model in models}
        for (app, name), state in analysis.state.models.items():
            plain = state.options.get("proxy") is True or state.options.get("managed") is False
            if plain and f"{app}.{name}" not in known:
                self.without.add(f"{app}.{name}")

    def touched(self, difference: Difference) -> bool:
        """Whether the operation can change a table; it can where nothing says that it cannot."""
        if f"{difference.app}.{difference.model}" in self.without or difference.operation in REMEMBERED:
            return False
        if difference.operation != "AlterField" or not difference.arguments:
            return True
        return not NOT_IN_TABLES.issuperset(difference.arguments)


def touching(analysis: Analysis) -> tuple[Difference, ...]:
    """The certain differences that can change a table."""
    tables = Tables(analysis)
    return tuple(difference for difference in analysis.drift.certain if tables.touched(difference))
