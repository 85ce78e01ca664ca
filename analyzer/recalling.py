"""What the data operations of an earlier run did, which holds for those that are what they were.

A data operation rests on its own file, on the labels of models, and on what it is led to.  Where only
plain migrations change (see `analyzer.unmoved`), that is what it was unless one of these is led to.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from analyzer.data.ran import Ran
from analyzer.stages import Begun, Recalled
from analyzer.unmoved import end_of, of_migrations

if TYPE_CHECKING:
    from analyzer.outcome import Analysis


class Reached(Struct, frozen=True):
    """What the data operations of one run did, and what they stood on beside files that must not change.

    `led` are the plain migrations that other files led to, `absent` the modules of migrations that were
    asked for and not there, `roots` the source roots by which folders were named.
    """

    ran: Ran
    led: tuple[str, ...]
    absent: tuple[str, ...]
    roots: tuple[tuple[str, str], ...]

    def recalled(
        self, begun: Begun, known: Analysis, before: dict[str, str], now: dict[str, str]
    ) -> Recalled:
        """What still holds of an analysis, now that the plain migrations of `before` are those of `now`."""
        modules = begun.names.modules
        moved = {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
        if (
            not {end_of(path) for path in moved}.isdisjoint(map(end_of, self.led))
            or any(modules.find(name) is not None for name in self.absent)
            or any(modules.root_of(folder) != root for folder, root in self.roots)
        ):
            return Recalled()
        gone = {".".join(one.key) for one in known.migrations if one.file in moved}
        runs = {key: runs for key, runs in self.ran.runs.items() if key not in gone}
        return Recalled(replace(self.ran, runs=runs), known.receivers)


def reached(
    begun: Begun, ran: Ran, led_to: Collection[str], plain: Collection[str], earlier: Reached | None = None
) -> Reached:
    """What the next run must know of this one, and of the one before it where it took something from that."""
    modules, files = begun.names.modules, begun.files
    roots = modules.roots(path for path in files.read if path not in plain)
    absent = {name for name in modules.missing() if of_migrations(name)}
    return Reached(
        ran=ran,
        led=tuple(sorted({*led_to, *(earlier.led if earlier else ())} & {*plain})),
        absent=tuple(sorted({*absent, *(earlier.absent if earlier else ())})),
        roots=tuple(sorted({*roots, *(earlier.roots if earlier else ())})),
    )
