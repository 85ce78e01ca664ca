"""Models as a migration state holds them, and values as the autodetector compares them.

Both sides of a drift are told in these terms: what the models say, and what the operations of the
migrations add up to (django.db.migrations.state).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Union

from msgspec import Struct

if TYPE_CHECKING:
    from analyzer.schema.fields import Declared


UNORDERED = "unordered"
"""The kind of a listing that was a set, in the order that Python happens to keep it."""

PERHAPS = "perhaps"
"""The kind of a list of pairs some of which may not be there, and of those pairs."""


class Listing(Struct, frozen=True, tag=True):
    """A list, tuple or set."""

    kind: str
    items: tuple[Form, ...]


class Dictionary(Struct, frozen=True, tag=True):
    """A dict, in the order it was written."""

    pairs: tuple[tuple[Form, Form], ...]


class Name(Struct, frozen=True, tag=True):
    """A function or class itself, by its dotted path; where its source is `unread`, it may be any value."""

    path: str
    unread: bool = False


class Built(Struct, frozen=True, tag=True):
    """An object by the call that makes it; keywords sorted by name.

    `unread` where the source of what is called is not known: another call may make an equal object.
    """

    path: str
    args: tuple[Form, ...]
    kwargs: tuple[tuple[str, Form], ...]
    unread: bool = False

    def keyword(self, name: str) -> Form:
        """The value of a keyword; `Unsure` where it is not given."""
        return next((value for key, value in self.kwargs if key == name), Unsure("not given"))


class Unsure(Struct, frozen=True, tag=True):
    """Source does not decide the value, because …"""

    why: str


class Definitions:
    """Objects that values share, each told apart once; what is equal has the same place.

    `compared` keeps whether two of them are equal, by their places and the other's definitions.
    """

    def __init__(self) -> None:
        self.built: list[Built] = []
        self.compared: dict[tuple[int, Definitions, int], bool | None] = {}
        self._places: dict[Built, int] = {}

    def place(self, built: Built) -> int:
        """The place of an object among the others."""
        known = self._places.get(built)
        if known is None:
            known = self._places[built] = len(self.built)
            self.built.append(built)
        return known


class Reference(Struct, frozen=True, tag=True):
    """An object by its place among definitions; `why` says what in it is not decided, `unread` not known."""

    definitions: Definitions
    place: int
    why: str = ""
    unread: str = ""

    @property
    def built(self) -> Built:
        """The object itself."""
        return self.definitions.built[self.place]


Form = Union[str, int, float, bool, None, Listing, Dictionary, Name, Built, Reference, Unsure]
"""A value taken apart: two values are equal for the autodetector when their forms are."""


def reason(form: Form) -> str:
    """Why a form is not decided: the first reason in it; empty if it is."""
    match form:
        case Unsure(why) | Reference(why=why):
            return why
        case Listing(items=items):
            return next((why for why in map(reason, items) if why), "")
        case Dictionary(pairs):
            return next((why for pair in pairs for why in map(reason, pair) if why), "")
        case Built(args=args, kwargs=kwargs):
            found = (*args, *(value for _, value in kwargs))
            return next((why for why in map(reason, found) if why), "")
        case _:
            return ""


class FieldState(Struct, frozen=True):
    """A field of a state: the call that makes it, and what came after.

    `target` and `through` are labels as `app.Model`, renamings applied; `why` says why a target is
    None though the field is a relation.  `changed` are arguments that something other than the call
    set: a later operation (`RenameField` changes `to_field`), or Django itself (`serialize=False` of
    a primary key); an argument that is taken away is `Absent`.  `file` and `line` are where the
    field was last written.  `null` is that argument as Django's field gets it, read for reports.
    """

    name: str
    declared: Declared
    file: str
    line: int
    target: str | None = None
    through: str | None = None
    why: str = ""
    changed: tuple[tuple[str, Form | Absent], ...] = ()
    null: bool = False


class Absent(Struct, frozen=True):
    """No argument at all, whatever the call says."""


class ModelState(Struct, frozen=True):
    """A model of a state (django.db.migrations.state.ModelState).

    `options` are those of Meta that Django keeps, by name; `indexes` and `constraints` among them are
    listings of `Built`.  `bases` are labels (`app.Model`) of models and dotted paths of other classes.
    `managers` are (name, manager) in order.  `why` says what of the model is not decided.
    """

    app: str
    name: str
    fields: dict[str, FieldState]
    options: dict[str, Form]
    bases: tuple[str, ...]
    managers: tuple[tuple[str, Form], ...]
    file: str
    line: int
    why: str = ""

    @property
    def label(self) -> str:
        return f"{self.app}.{self.name}"

    @property
    def key(self) -> ModelKey:
        return (self.app, self.name.lower())


ModelKey = tuple[str, str]
"""(app label, model name in lower case): how Django finds a model in a state."""


EXISTENCE = "<existence>"
"""What stands for the field of a doubt that a model is there at all."""


class Doubt(Struct, frozen=True, order=True):
    """Something that source leaves open: in an app, in one of its models, or in one field.

    `model` is in lower case; it is empty where the whole app is meant, `field` where the whole model is;
    `field` is EXISTENCE where only that is open whether the model is there.
    """

    app: str
    model: str
    field: str
    why: str
    file: str
    line: int

    def covers(self, app: str, model: str = "", field: str = "") -> bool:
        """Whether the doubt may change a place: it lies on it, around it, or inside it."""
        if self.app != app or (self.model and model and self.model != model):
            return False
        return not (self.field and field and self.field != field)


class ProjectState(Struct, frozen=True):
    """All models of a state by key, and what is not decided about them."""

    models: dict[ModelKey, ModelState]
    doubts: tuple[Doubt, ...] = ()

    def model(self, label: str) -> ModelState | None:
        app, _, name = label.partition(".")
        return self.models.get((app, name.lower()))

    def doubts_about(self, app: str, model: str = "", field: str = "") -> Iterator[Doubt]:
        return (doubt for doubt in self.doubts if doubt.covers(app, model, field))
