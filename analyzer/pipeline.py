"""The pipeline, readable aloud: a project's source in, everything known about it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from analyzer.catalogue.migrations import leaf
from analyzer.catalogue.site import Externals, Mark
from analyzer.history.migrations import MigrationFiles
from analyzer.history.replay.states import States
from analyzer.history.values import Migration
from analyzer.options import Options
from analyzer.outcome import Analysis
from analyzer.recalling import Reached, reached
from analyzer.remembered import Earlier
from analyzer.schema.settings import Choice
from analyzer.schema.values import App
from analyzer.source.loading import Progress
from analyzer.sources import Sources
from analyzer.stages import Begun, Recalled, begin, conclude, fill, migrate
from analyzer.states.values import ProjectState
from analyzer.unmoved import Unmoved, compared, noted

if TYPE_CHECKING:
    from analyzer.schema.read import SchemaReading


class Examined(Struct, frozen=True):
    """An analysis, with the readings it sums up and the installed packages it rests on.

    `migrations` hold the calls that make their operations; `states` are what each of them found and left.
    """

    analysis: Analysis
    unmoved: Unmoved
    reached: Reached
    states: States
    packages: Externals
    schema: SchemaReading
    written: MigrationFiles
    migrations: tuple[Migration, ...]

    @property
    def state(self) -> ProjectState:
        """What all migrations add up to."""
        return self.states.final

    @property
    def looked(self) -> dict[str, Mark]:
        """The places of installed packages that this rests on, with their marks."""
        return self.packages.looked

    def last(self, app: App) -> str | None:
        """The last migration of a package's app; "" where it has none, None where that is not known."""
        name = leaf(self.packages, app.name, app.label)
        return name or ("" if self.packages.knows(app.name) else None)


def examine(found: Sources, options: Options, progress: Progress) -> Examined:
    """Work out everything from files that have been read."""
    from analyzer.history.drift.project import project_drift
    from analyzer.modelling import modelled
    from analyzer.schema.read import read_models

    begun = begin(found, options)
    progress("models", 0, 0)
    schema = read_models(begun.registry, begun.packages, begun.django)
    of_models = _seen(begun)

    progress("migrations", 0, 0)
    migrated = migrate(begun, schema.models)

    progress("drift", 0, 0)
    before = _seen(begun)
    begun.names.modules.led_to.clear()
    drift = project_drift(schema, migrated.migrations, migrated.states.final)
    of_drift = _seen(begun)
    asked = of_models.led_to | of_drift.led_to | schema.consulted
    unmoved = noted(begun, schema, migrated, asked, of_models.read | (of_drift.read - before.read))

    progress("levels and cycles", 0, 0)
    models = modelled(begun, schema, unmoved)

    progress("data operations", 0, 0)
    filled = fill(begun, models, migrated, Recalled())

    progress("findings", 0, 0)
    analysis = conclude(begun, models, migrated, filled, drift)
    found.files.save()
    led_to = before.led_to | begun.names.modules.led_to
    return Examined(
        analysis,
        unmoved,
        reached(begun, filled.ran, led_to, unmoved.plain),
        migrated.states,
        begun.packages,
        schema,
        migrated.written,
        migrated.migrations,
    )


class Renewed(Struct, frozen=True):
    """An analysis of which the part about models was known; `looked` as in `Examined`."""

    analysis: Analysis
    unmoved: Unmoved
    reached: Reached
    looked: dict[str, Mark]


def renew(
    found: Sources, options: Options, progress: Progress, earlier: Earlier, now: dict[str, str]
) -> Renewed | None:
    """Work out what migrations say where nothing but plain ones changed since an earlier analysis.

    `now` are the plain migrations, as `unmoved.plain` tells them.  None where that does not hold after all.
    """
    try:
        known = msgspec.msgpack.decode(earlier.analysis, type=Analysis)
        unmoved = msgspec.msgpack.decode(earlier.unmoved, type=Unmoved)
        done = msgspec.msgpack.decode(earlier.reached, type=Reached)
    except msgspec.DecodeError:
        return None  # somebody else's file, however well sealed
    found.files.load(((path, True) for path in now), 1, progress)
    said = known.reading
    choice = Choice(said.settings, said.settings_reason, said.settings_candidates, unmoved.settled)
    begun = begin(found, options, choice)
    if not unmoved.holds(begun, now):
        found.files.forget()
        return None

    progress("migrations", 0, 0)
    migrated = migrate(begun, known.models)

    if compared(begun, migrated) != unmoved.state:
        return _compared_anew(found, options, progress)
    models = unmoved.modelled(known, now)

    progress("data operations", 0, 0)
    filled = fill(begun, models, migrated, done.recalled(begun, known, unmoved.plain, now))

    progress("findings", 0, 0)
    analysis = conclude(begun, models, migrated, filled, known.drift)
    found.files.save(partial=True)
    done = reached(begun, filled.ran, begun.names.modules.led_to, now, done)
    looked = {**earlier.installed, **begun.packages.looked}
    return Renewed(analysis, replace(unmoved, plain=now), done, looked)


def _compared_anew(found: Sources, options: Options, progress: Progress) -> Renewed:
    """Everything once more, since what the models are compared with is another now.

    What migrations led to is forgotten first: models are read before they are, and must not see it.
    """
    found.files.forget()
    found.files.load(found.files.selected, 1, progress)
    made = examine(found, options, progress)
    return Renewed(made.analysis, made.unmoved, made.reached, made.looked)


class Seen(Struct, frozen=True):
    """The files that were read so far, and those that names have led to."""

    read: frozenset[str]
    led_to: frozenset[str]


def _seen(begun: Begun) -> Seen:
    return Seen(frozenset(begun.files.read), frozenset(begun.names.modules.led_to))
