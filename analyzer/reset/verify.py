"""Do the new migrations add up to the same schema as the old ones, and is nothing of them lost?"""

from __future__ import annotations

from msgspec import Struct

from analyzer.pipeline import Examined
from analyzer.reset.equivalence import Side, StateDifference, state_differences
from analyzer.states.deconstruct import Deconstructor


class Verified(Struct, frozen=True):
    """The comparison of two trees; `apps` are those whose migrations were compared."""

    apps: tuple[str, ...]
    models: int
    fields: int
    differences: tuple[StateDifference, ...]

    @property
    def equal(self) -> bool | None:
        """Whether both come to one database; None where source does not decide it."""
        kinds = {difference.kind for difference in self.differences}
        return False if "schema" in kinds else None if "undecided" in kinds else True


def verify(old: Examined, new: Examined) -> Verified:
    """Compare what the migrations of all apps of two trees add up to."""
    sides = (_side(old), _side(new))
    apps = {key[0] for found in (old, new) for key in found.analysis.history.nodes}
    own = {migration.app for found in (old, new) for migration in found.analysis.migrations}
    compared = tuple(sorted(apps & own))
    states = [model for key, model in old.state.models.items() if key[0] in compared]
    return Verified(
        compared,
        len(states),
        sum(len(model.fields) for model in states),
        state_differences(*sides, compared),
    )


def _side(found: Examined) -> Side:
    resolver = found.schema.resolver
    labels = resolver.by_key
    fields = resolver.registry.fields
    return Side(found.state, Deconstructor(fields, label=lambda cls: labels.get(cls.key)))
