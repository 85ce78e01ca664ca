"""Do the new migrations add up to the same schema as the old ones, and is nothing of them lost?"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from analyzer.data.alive import in_order
from analyzer.pipeline import Examined
from analyzer.reset.accounts import Account, accounts
from analyzer.reset.definitions import renamed
from analyzer.reset.equivalence import Side, StateDifference, state_differences
from analyzer.states.deconstruct import Deconstructor


class Verified(Struct, frozen=True):
    """The comparison of two trees; `apps` are those whose migrations were compared.

    `only_old` and `only_new` are apps that have migrations on one side alone; `models` and `fields`
    count what the old side comes to.
    """

    apps: tuple[str, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    models: int
    fields: int
    migrations: tuple[int, int]
    differences: tuple[StateDifference, ...]
    accounts: tuple[Account, ...]

    @property
    def equal(self) -> bool | None:
        """Whether both come to one schema; None where source does not decide it."""
        kinds = {difference.kind for difference in self.differences}
        return False if "schema" in kinds else None if "undecided" in kinds else True

    @property
    def nothing_lost(self) -> bool | None:
        """Whether rows and hidden schema of the old side are all there; None where that is not decided."""
        fates = {account.fate for account in self.accounts}
        return False if fates & {"missing", "changed"} else None if "undecided" in fates else True


def verify(old: Examined, new: Examined, apps: Iterable[str] = ()) -> Verified:
    """Compare what the migrations of two trees add up to, of all apps or of those named."""
    before, after = _apps(old), _apps(new)
    wanted = set(apps) or before | after
    compared = tuple(sorted((before | after) & wanted))
    models = [model for key, model in old.state.models.items() if key[0] in compared]
    lost, there = (
        [
            one
            for one in in_order(found.analysis.data_operations, found.analysis.history)
            if one.app in compared
        ]
        for found in (old, new)
    )
    return Verified(
        apps=compared,
        only_old=tuple(sorted((before - after) & wanted)),
        only_new=tuple(sorted((after - before) & wanted)),
        models=len(models),
        fields=sum(len(model.fields) for model in models),
        migrations=(_migrations(old, compared), _migrations(new, compared)),
        differences=state_differences(_side(old), _side(new), compared),
        accounts=accounts(lost, there, new.analysis.receivers, renamed(old.migrations)),
    )


def _apps(found: Examined) -> set[str]:
    """The project's own apps whose migrations Django loads."""
    own = {migration.app for migration in found.analysis.migrations}
    return {app for app, _ in found.analysis.history.nodes} & own


def _migrations(found: Examined, apps: tuple[str, ...]) -> int:
    return sum(app in apps for app, _ in found.analysis.history.nodes)


def _side(found: Examined) -> Side:
    resolver = found.schema.resolver
    labels = resolver.by_key
    return Side(found.state, Deconstructor(resolver.registry.fields, label=lambda cls: labels.get(cls.key)))
