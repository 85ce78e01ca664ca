"""The history around an operation: what earlier ones seeded, what later ones take away again."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, json

from analyzer.data.ddl import Object, meant
from analyzer.data.effects import Effect, Key, Needs, Origin
from analyzer.data.labels import Labels
from analyzer.data.models import ModelFates
from analyzer.data.operations import Run
from analyzer.data.orm import ONE_OF, UNDECIDED
from analyzer.data.written import naming
from analyzer.history.values import Key as MigrationKey
from analyzer.history.values import Migration, Operation

Identity = tuple[str, str]


class _Event(Struct, frozen=True):
    """An object made or dropped: `order` counts the operations, `at` their migrations.

    `arguments` are those of a routine; what `replaces` takes the place of what was there.
    """

    order: int
    at: int
    action: str
    certain: bool
    arguments: str | None
    replaces: bool


class _Seed(Struct, frozen=True):
    """Rows that a migration leaves on a fresh database."""

    effect: Effect
    key: MigrationKey


class _Delete(Struct, frozen=True):
    """Rows deleted: those of a model that these constants pick."""

    order: int
    at: int
    label: str
    key: Key


class History:
    """Migrations in an order in which they may run, and what their operations left behind."""

    def __init__(self, migrations: tuple[Migration, ...], labels: Labels) -> None:
        self.labels = labels
        self.ordered = in_order(migrations)
        self.fates = ModelFates(self.ordered, labels)
        self._place = {migration.key: at for at, migration in enumerate(self.ordered)}
        self._by_key = {migration.key: migration for migration in self.ordered}
        self._seeded: dict[str, list[_Seed]] = {}
        self._events: dict[Identity, list[_Event]] = {}
        self._deleted: list[_Delete] = []
        self._words: dict[str, frozenset[str]] = {}
        self._order = 0

    def learn(self, migration: Migration, run: Run, lasting: tuple[Effect, ...]) -> int:
        """Remember what an operation made and took away; tells its place among all."""
        self._order += 1
        at = self._place[migration.key]
        for effect in lasting:
            self._seeded.setdefault(self._label(effect.target), []).append(_Seed(effect, migration.key))
        for effect in run.effects:
            for part in effect.objects if effect.live else ():
                certain = not effect.doubtful
                again = part.replaces and certain and not run.hints
                event = _Event(self._order, at, part.action, certain, part.arguments, again)
                self._events.setdefault(part.family, []).append(event)
            related = effect.target.count(".") > 1
            if effect.how == "delete" and not related and not effect.doubtful and self._happens(effect):
                label = self._label(effect.target)
                self._deleted.append(_Delete(self._order, at, label, effect.key))
                left = [seed for seed in self._seeded.get(label, ()) if not _picks(effect.key, seed.effect)]
                self._seeded[label] = left
        return self._order

    def _happens(self, effect: Effect) -> bool:
        """Whether nothing but the rows themselves decides if they are deleted."""
        label = self._label(effect.target)
        return all(self._label(origin.label) == label or self._is_seeded(origin) for origin in effect.needs)

    def seeds(self, needs: Needs) -> bool:
        """Whether these rows are ones that an earlier migration puts there: picked by constants, or any."""
        return bool(needs) and all(self._is_seeded(origin) for origin in needs)

    def _is_seeded(self, origin: Origin) -> bool:
        if origin.label.count(".") > 1:
            return False
        return any(
            _agree(origin.key, seed.effect.key) for seed in self._seeded.get(self._label(origin.label), ())
        )

    def surely_seeds(self, migration: Migration, needs: Needs) -> bool:
        """Whether earlier migrations put rows there that no condition of these leaves out.

        Where constants pick the rows, it is enough that one of the seeded rows may be meant.
        """
        return all(
            any(
                self._meant(origin.key, seed) or self._surely(migration, origin.key, seed)
                for seed in self._seeded.get(self._label(origin.label), ())
            )
            for origin in needs
        )

    def _meant(self, picked: Key, seed: _Seed) -> bool:
        named = bool(picked) and not any(field == UNDECIDED for field, _ in picked)
        return named and _agree(picked, seed.effect.key)

    def _surely(self, migration: Migration, picked: Key, seed: _Seed) -> bool:
        if seed.effect.doubtful or not _fits(picked, seed.effect.key):
            return False
        return self._before(seed.key, migration.key)

    def _before(self, one: MigrationKey, other: MigrationKey) -> bool:
        """Whether a migration runs before another, or is it, whatever the order of the rest."""
        if one == other:
            return True
        known = self._by_key
        pending, seen = [other], {other}
        while pending:
            for parent in known[pending.pop()].parents:
                if parent == one:
                    return True
                if parent in known and parent not in seen:
                    seen.add(parent)
                    pending.append(parent)
        return False

    def touches_seeds(self, effect: Effect) -> bool:
        """Whether rows that an effect changes may be seeded ones: those picked, or one got by its name."""
        if not effect.needs:
            seeds = self._seeded.get(self._label(effect.target), ())
            return any(_agree(effect.key, seed.effect.key) for seed in seeds)
        return any(self._seeded.get(self._label(origin.label)) for origin in effect.needs)

    def _label(self, target: str) -> str:
        """The model that rows are of, lower case, however code or SQL names it."""
        label = self.labels.of(target) if "." in target else self.labels.of_table(target) or target
        return ".".join(label.lower().split(".")[:2])

    # ------------------------------------------------------------ state beside it

    def paired(self, migration: Migration, operation: Operation) -> bool:
        """Whether state operations stand beside it that say the same to the models' state."""
        group: list[Operation] = []
        for other in migration.operations:
            if other.inside is None:
                if any(known is operation for known in group):
                    break
                group = []
            group.append(other)
        if not any(known is operation for known in group):
            return False
        return any(other.inside == "state_operations" for other in group)

    def in_state(self, app: str, objects: tuple[Object, ...]) -> bool:
        """Whether schema operations of the app speak of all these indexes or constraints by name."""
        made = [part for part in objects if part.action == "create"]
        if not made:
            return False
        if app not in self._words:
            named = (
                word
                for migration in self.ordered
                if migration.app == app
                for operation in migration.operations
                for word in naming(operation)
            )
            self._words[app] = frozenset(word.lower() for word in named)
        return all(part.name.lower() in self._words[app] for part in made)

    # ------------------------------------------------------------ later history

    def undone(self, order: int, migration: Migration, effect: Effect) -> str | None:
        """The later migration that takes away what an effect left, if one does."""
        at = self._place[migration.key]
        if effect.kind == "create":
            place = self._row_gone(order, at, effect)
        else:
            places = [self._gone(order, at, part) for part in effect.objects if part.action == "create"]
            known = [place for place in places if place is not None]
            place = max(known) if known and len(known) == len(places) else None
        return None if place is None else ".".join(self.ordered[place].key)

    def last(self, names: Iterable[str]) -> str:
        """The last of some migrations."""
        wanted = set(names)
        return [name for key in self._place if (name := ".".join(key)) in wanted][-1]

    def _gone(self, order: int, at: int, part: Object) -> int | None:
        """Where an object goes: dropped for good or to be made anew, replaced, or with its table."""
        if not part.family[1].rpartition(".")[2]:
            return None
        events = self._events.get(part.family, ())
        later = [one for one in events if one.order > order and meant(one.arguments, part.arguments)]
        drops = [n for n, event in enumerate(later) if event.action == "drop" and event.certain]
        if drops:
            after = [event for event in later[drops[-1] :] if event.action == "create"]
            if not after:
                return later[drops[-1]].at
            return after[0].at if after[0].certain else None
        anew = [one.at for one in later if one.replaces and one.at != at and one.arguments == part.arguments]
        if anew:
            return anew[-1]
        borne = self._events.get(part.bearer, ()) if part.bearer is not None else ()
        for event in borne:
            if event.order > order and event.action == "drop" and event.certain:
                return event.at
        label = self.labels.of_table(part.table) if part.table else None
        return self.fates.gone(at, label) if label is not None else None

    def _row_gone(self, order: int, at: int, effect: Effect) -> int | None:
        """Where rows go: with their model, by a later delete that picks them, or with their table."""
        label = self._label(effect.target)
        if effect.target.count(".") > 1:
            return None
        for delete in self._deleted:
            if delete.order > order and delete.label == label and _picks(delete.key, effect):
                return delete.at
        return self.fates.gone(at, self.labels.of(label))


def _picks(picked: Key, made: Effect) -> bool:
    """Whether a delete of the rows that some constants pick takes those that an effect makes."""
    known = dict(made.key)
    for field, value in picked:
        name = field.removesuffix(ONE_OF)
        if name not in known or (
            known[name] not in json.decode(value) if name != field else known[name] != value
        ):
            return False
    return True


def in_order(migrations: tuple[Migration, ...]) -> tuple[Migration, ...]:
    """Parents before children; otherwise by app and name."""
    known = {migration.key: migration for migration in migrations}
    done: dict[MigrationKey, Migration] = {}
    for key in sorted(known):
        stack = [key]
        entered: set[MigrationKey] = set()
        while stack:
            top = stack[-1]
            waiting = [p for p in known[top].parents if p in known and p not in done and p not in entered]
            entered.add(top)
            if top in done or not waiting:
                done.setdefault(stack.pop(), known[top])
            else:
                stack.extend(sorted(waiting, reverse=True))
    return tuple(done.values())


def _fits(picked: Key, made: Key) -> bool:
    """Whether rows made with some constants are surely among those that others pick."""
    known = dict(made)
    return all(known.get(field) == value for field, value in picked)


def _agree(picked: Key, made: Key) -> bool:
    """Whether rows picked by some constants may be those that were made with others."""
    known = dict(made)
    return all(value in ("", known.get(field, value)) or not known.get(field) for field, value in picked)
