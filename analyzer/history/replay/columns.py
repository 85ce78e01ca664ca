"""Operations on fields (django.db.migrations.operations.fields)."""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.history.replay.options import TOGETHER, groups_of, listed
from analyzer.history.replay.step import Step
from analyzer.history.replay.working import Draft, MisfitError, points
from analyzer.source.facts import Expr, Literal
from analyzer.states.values import Absent, FieldState, Form, Listing


def add_field(step: Step) -> None:
    draft, name = step.model(), step.text("name", 1)
    step.settle(draft, name)
    step.working.set_field(draft, _given(step, draft, name))


def alter_field(step: Step) -> None:
    """Django puts the field there even where none was, and fails when it writes SQL for it."""
    draft, name = step.model(), step.text("name", 1)
    known = name in draft.fields
    if known:
        step.settle(draft, name)
    step.working.set_field(draft, _given(step, draft, name))
    if not known:
        raise MisfitError(f"{draft.label} has no field `{name}` here")


def _given(step: Step, draft: Draft, name: str) -> FieldState:
    """The field of the operation; a default for the rows that exist is not kept, if it says so."""
    field = step.field(name, step.value("field", 2), draft)
    if step.flag("preserve_default", 3, default=True):
        return field
    return replace(field, changed=(*field.changed, ("default", Absent())))


def remove_field(step: Step) -> None:
    draft, name = step.model(), step.text("name", 1)
    if draft.fields.pop(name, None) is None:
        raise MisfitError(f"{draft.label} has no field `{name}` here")
    step.settle(draft, name)


def rename_field(step: Step) -> None:
    """Names follow in the model's own options and fields, and in `to_field` of what points to it.

    Indexes, constraints and `through_fields` keep the old name, as Django leaves them.
    """
    draft, old, new = step.model(), step.text("old_name", 1), step.text("new_name", 2)
    found = draft.fields.pop(old, None)
    if found is None:
        raise MisfitError(f"{draft.label} has no field `{old}` here")
    key = draft.name.lower()
    step.working.move_doubts(draft.app, (key, old), (key, new))
    step.working.set_field(draft, replace(found, name=new))
    for name, field in draft.fields.items():
        draft.fields[name] = _following(step, field, ("from_fields", "field_names"), old, new)
    for option in TOGETHER:
        if isinstance(draft.options.get(option), Listing):
            groups = groups_of(draft.options[option])
            draft.options[option] = listed({tuple(new if n == old else n for n in g) for g in groups})
    label = draft.label.lower()
    for other, name in step.working.pointing(label):
        if name in other.fields and points(other.fields[name].target, label):
            followed = _following(step, other.fields[name], ("to_field", "to_fields"), old, new)
            if followed is not other.fields[name]:
                step.working.set_field(other, followed)


def _following(step: Step, field: FieldState, names: tuple[str, ...], old: str, new: str) -> FieldState:
    """The field with a name replaced wherever one of these arguments holds it."""
    given = field.declared.made.call.kwargs
    if not field.changed and not any(_may_hold(key, expr, names, old) for key, expr in given):
        return field
    for name in names:
        form = _argument(step, field, name)
        if form == old:
            field = _changed(field, name, new)
        elif isinstance(form, Listing) and old in form.items:
            items = tuple(new if item == old else item for item in form.items)
            field = _changed(field, name, Listing(form.kind, items))
    return field


def _may_hold(key: str, expr: Expr, names: tuple[str, ...], old: str) -> bool:
    """Whether a keyword argument may be one of these and hold a name."""
    return key == "**" or (key in names and not (isinstance(expr, Literal) and expr.value != old))


def _argument(step: Step, field: FieldState, name: str) -> Form | Absent:
    for known, form in reversed(field.changed):
        if known == name:
            return form
    call = field.declared.made.call
    if name not in dict(call.kwargs) and not call.unpacks:
        return Absent()
    value = step.readers.fields.fields.argument(field.declared, name)
    return step.readers.former.value(value) if value is not None else Absent()


def _changed(field: FieldState, name: str, form: Form) -> FieldState:
    others = tuple((known, value) for known, value in field.changed if known != name)
    return replace(field, changed=(*others, (name, form)))
