"""One operation at its turn: its arguments, and the state that it changes."""

from __future__ import annotations

from msgspec import Struct

from analyzer.history.kinds import Kinds
from analyzer.history.replay.fields import FieldReader
from analyzer.history.replay.working import Draft, MisfitError, Working
from analyzer.history.values import Operation, WrittenOperation
from analyzer.source.values import Made, Maybe, Undecided, Value
from analyzer.states.forms import Former
from analyzer.states.values import FieldState, Form


class Readers(Struct, frozen=True):
    """What gives arguments their meaning."""

    kinds: Kinds
    former: Former
    fields: FieldReader


class Step:
    """An operation of a migration of `app`, carried out on `working`.  Reading raises MisfitError."""

    def __init__(self, app: str, operation: Operation, working: Working, readers: Readers) -> None:
        self.app = app
        self.operation = operation
        self.working = working
        self.readers = readers

    @property
    def place(self) -> tuple[str, int]:
        return (self.operation.file, self.operation.line)

    def value(self, name: str, position: int | None = None) -> Value | None:
        """An argument as Django's own operation gets it; None where it is not given, or None."""
        if not isinstance(self.operation, WrittenOperation):
            return None
        return self.readers.kinds.argument(self.operation.made, name, position)

    def text(self, name: str, position: int | None = None) -> str:
        """An argument that must be a text."""
        found = self.value(name, position)
        if isinstance(found, str):
            return found
        raise MisfitError(f"its `{name}` is not decided{because(found)}")

    def form(self, name: str, position: int | None = None) -> Form:
        return self.readers.former.value(self.value(name, position))

    def flag(self, name: str, position: int | None, default: bool) -> bool:
        found = self.value(name, position)
        return found if isinstance(found, bool) else default

    def model(self, name: str = "model_name") -> Draft:
        """The model that the operation is about, named by its first argument."""
        return self.working.model(self.app, self.text(name, 0))

    def field(self, name: str, value: Value | None, draft: Draft) -> FieldState:
        """A field that an operation gives to a model; what is not decided about it becomes a doubt."""
        if isinstance(value, Maybe):
            self.doubt(draft, name, value.why)
            value = value.value
        if not isinstance(value, Made):
            raise MisfitError(f"field `{name}` is not decided{because(value)}")
        read = self.readers.fields.read(name, value, draft, self.working.models, self.place)
        for why in read.open:
            self.doubt(draft, name, why)
        return read.field

    def doubt(self, draft: Draft, field: str, why: str) -> None:
        self.working.doubt(draft.app, draft.name.lower(), field, why, self.place)

    def settle(self, draft: Draft, field: str | None = None) -> None:
        """What the operation says replaces whatever was in doubt about a field, or the whole model."""
        self.working.settle(draft.app, draft.name.lower(), field)


def because(value: Value | None) -> str:
    return f": {value.why}" if isinstance(value, (Undecided, Maybe)) else ""
