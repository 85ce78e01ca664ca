"""What running a migration's code would do to a database, one line of source at a time."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from analyzer.data.ddl import Object

Kind = Literal["create", "change", "schema", "restate", "task", "check", "outside", "unclear"]
"""`create` inserts rows, `change` works on rows that exist, `schema` makes what no model expresses,
`restate` what the models' state says anyway, `task` runs something beside the rows (cache, files,
commands), `check` only looks; `outside` calls a package whose source is not known, `unclear` calls
or runs what source does not decide."""


Key = tuple[tuple[str, str], ...]
"""Constants by field name, by which rows are created or picked; an empty text stands for several."""


class Origin(Struct, frozen=True, order=True):
    """Rows that must exist for something to happen: of a model or table, perhaps picked by constants."""

    label: str
    key: Key = ()


Needs = frozenset[Origin]
"""What must exist before something happens at all; nothing of it does on an empty database."""

FREE: Needs = frozenset()


class Effect(Struct, frozen=True):
    """One thing that code does.  `needs` is empty where it happens on an empty database, too.

    `doubtful` marks what stands under a condition that source does not decide; `key` holds the
    constant values by which rows are created or picked, `how` says how they are made, `many` that it
    stands for several.  `objects` are made or dropped; `expressible` tells that a state may say them.
    `arms` are the branches of undecided conditions around it, each with a number of its own.
    """

    kind: Kind
    needs: Needs
    target: str
    why: str
    file: str
    line: int
    doubtful: bool = False
    key: Key = ()
    objects: tuple[Object, ...] = ()
    expressible: bool = False
    how: str = ""
    many: bool = False
    arms: tuple[int, ...] = ()

    @property
    def live(self) -> bool:
        """Whether it happens on an empty database."""
        return not self.needs
