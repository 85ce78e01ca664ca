"""Operations on whole models (django.db.migrations.operations.models)."""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.history.replay.options import COLLECTED, TOGETHER, together
from analyzer.history.replay.step import Step, because
from analyzer.history.replay.working import Draft, MisfitError, points
from analyzer.source.values import Made, Maybe, Named, Sequence, Table, Undecided, Value
from analyzer.states.values import FieldState, Form, Listing

MODEL = "django.db.models.Model"
LONGER = ("django.db.models.base.Model",)
"""What `django.db.models.Model` is called where it is defined."""


def create_model(step: Step) -> None:
    name = step.text("name", 0)
    draft = Draft(step.app, name, *step.place)
    step.working.put(draft)
    step.settle(draft)
    for field, value in _fields(step, draft):
        try:
            step.working.set_field(draft, step.field(field, value, draft))
        except MisfitError as misfit:
            step.doubt(draft, field, str(misfit))
    draft.options = _options(step, draft)
    step.working.set_bases(draft, _bases(step, draft, 3))
    draft.managers = managers(step, draft, 4)


def _fields(step: Step, draft: Draft) -> list[tuple[str, Value]]:
    value = step.value("fields", 1)
    if not isinstance(value, Sequence) or not value.complete:
        step.doubt(draft, "", f"its fields are not decided{because(value)}")
    out: list[tuple[str, Value]] = []
    for item in value.items if isinstance(value, Sequence) else ():
        pair = item.value if isinstance(item, Maybe) else item
        match pair:
            case Sequence(items=(str() as name, field)):
                out.append((name, Maybe(field, item.why) if isinstance(item, Maybe) else field))
            case Sequence(items=(Undecided() as name, _)):
                step.doubt(draft, "", f"the name of one of its fields is not decided{because(name)}")
            case _:
                step.doubt(draft, "", f"one of its fields is not decided{because(item)}")
    return out


def _options(step: Step, draft: Draft) -> dict[str, Form]:
    value = step.value("options", 2)
    found: dict[str, Form] = {}
    if isinstance(value, Table):
        found = {str(key): step.readers.former.value(option) for key, option in value.pairs}
    if value is not None and not (isinstance(value, Table) and value.complete):
        step.doubt(draft, "", f"its options are not decided{because(value)}")
    for name in TOGETHER:
        if name in found:
            found[name] = together(found[name])
    for name in COLLECTED:
        found.setdefault(name, Listing("list", ()))
    return found


def alter_bases(step: Step) -> None:
    """What no operation of Django's does, and projects do themselves."""
    draft = step.model("name")
    step.working.set_bases(draft, _bases(step, draft, 1))


def _bases(step: Step, draft: Draft, position: int) -> tuple[str, ...]:
    value = step.value("bases", position)
    if value is None:
        return (MODEL,)
    if not isinstance(value, Sequence):
        step.doubt(draft, "", f"its bases are not decided{because(value)}")
        return (MODEL,)
    out: list[str] = []
    for item in value.items:
        found = _base(step, item)
        if found is None:
            step.doubt(draft, "", f"one of its bases is not decided{because(item)}")
        else:
            out.append(found)
    return tuple(out) or (MODEL,)


def _base(step: Step, item: Value) -> str | None:
    """A base as a label where it names a registered model, else as the dotted path of the class."""
    match item:
        case str():
            app, _, name = item.partition(".")
            known = step.working.models.get((app, name.lower()))
            return known.label if known else step.readers.fields.labels.by_lower.get(item.lower(), item)
        case Named() | Made():
            path = item.path
            return MODEL if path in LONGER else step.readers.fields.labels.by_path.get(path, path)
        case _:
            return None


def managers(step: Step, draft: Draft, position: int) -> tuple[tuple[str, Form], ...]:
    """(name, manager) pairs, in order."""
    value = step.value("managers", position)
    if value is None:
        return ()
    out: list[tuple[str, Form]] = []
    for item in value.items if isinstance(value, Sequence) else (value,):
        if isinstance(item, Sequence) and len(item.items) == 2 and isinstance(item.items[0], str):
            out.append((item.items[0], step.readers.former.value(item.items[1])))
        else:
            step.doubt(draft, "", f"its managers are not decided{because(item)}")
    return tuple(out)


def delete_model(step: Step) -> None:
    draft = step.model("name")
    step.settle(draft)
    step.working.drop(draft.key)


def rename_model(step: Step) -> None:
    """Relations to the model follow it.  So do bases, which Django leaves with a name that leads nowhere."""
    draft, new = step.model("old_name"), step.text("new_name", 1)
    working, lowered, label = step.working, draft.label.lower(), f"{step.app}.{new}"
    working.drop(draft.key)
    working.move_doubts(step.app, (draft.name.lower(), None), (new.lower(), None))
    draft.name = new
    working.put(draft)
    working.set_bases(draft, draft.bases)
    for field in list(draft.fields.values()):
        _repoint(step, draft, field, lowered, label)
    for other, name in working.pointing(lowered):
        if name in other.fields:
            _repoint(step, other, other.fields[name], lowered, label)
        if any(points(base, lowered) for base in other.bases):
            bases = tuple(label if points(base, lowered) else base for base in other.bases)
            working.set_bases(other, bases)


def _repoint(step: Step, draft: Draft, field: FieldState, lowered: str, label: str) -> None:
    """Let a field that points to one label point to another."""
    target = label if points(field.target, lowered) else field.target
    through = label if points(field.through, lowered) else field.through
    step.working.set_field(draft, replace(field, target=target, through=through))
