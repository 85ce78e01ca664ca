"""Operations on the indexes, constraints and triggers of a model (django.db.migrations.operations.models)."""

from __future__ import annotations

from analyzer.history.replay.options import groups_of, listed
from analyzer.history.replay.step import Step
from analyzer.history.replay.working import Draft, MisfitError
from analyzer.states.values import Built, Form, Listing, Unsure

INDEX = "django.db.models.Index"


def add_index(step: Step) -> None:
    _append(step, step.model(), "indexes", step.form("index", 1))


def remove_index(step: Step) -> None:
    _remove(step, "indexes")


def rename_index(step: Step) -> None:
    """An index gets another name; or a group of `index_together` becomes an index."""
    draft, new = step.model(), step.text("new_name", 1)
    fields = step.form("old_fields", 3)
    if fields is not None:
        group = _names(fields)
        kept = groups_of(draft.options.get("index_together")) - {group}
        _append(step, draft, "indexes", Built(INDEX, (), (("fields", fields), ("name", new))))
        if "index_together" in draft.options:
            draft.options["index_together"] = listed(kept)
        return
    old = step.text("old_name", 2)
    items = _items(draft, "indexes")
    found = [_name(item) == old for item in items]
    if not any(found):
        raise MisfitError(f"{draft.label} has no index `{old}` here")
    changed = tuple(_named(i, new) if hit else i for i, hit in zip(items, found, strict=True))
    draft.options["indexes"] = Listing("list", changed)


def add_constraint(step: Step) -> None:
    _append(step, step.model(), "constraints", step.form("constraint", 1))


def remove_constraint(step: Step) -> None:
    _remove(step, "constraints")


def alter_constraint(step: Step) -> None:
    draft, name, new = step.model(), step.text("name", 1), step.form("constraint", 2)
    items = _items(draft, "constraints")
    if not any(_name(item) == name for item in items):
        raise MisfitError(f"{draft.label} has no constraint `{name}` here")
    draft.options["constraints"] = Listing("list", tuple(new if _name(i) == name else i for i in items))


def add_trigger(step: Step) -> None:
    """django-pgtrigger: triggers are an option of the model's state."""
    _append(step, step.model(), "triggers", step.form("trigger", 1))


def remove_trigger(step: Step) -> None:
    _remove(step, "triggers")


def _append(step: Step, draft: Draft, option: str, item: Form) -> None:
    if _name(item) is None:
        why = item.why if isinstance(item, Unsure) else "it has no name"
        step.doubt(draft, "", f"one of its {option} is not decided: {why}")
    draft.options[option] = Listing("list", (*_items(draft, option), item))


def _remove(step: Step, option: str) -> None:
    """Take away what has the name; Django says nothing where there is none, unless it must write SQL."""
    draft, name = step.model(), step.text("name", 1)
    items = _items(draft, option)
    kept = tuple(item for item in items if _name(item) != name)
    if len(kept) == len(items):
        raise MisfitError(f"{draft.label} has none of its {option} called `{name}` here")
    draft.options[option] = Listing("list", kept)


def _items(draft: Draft, option: str) -> tuple[Form, ...]:
    found = draft.options.get(option)
    return found.items if isinstance(found, Listing) else ()


def _name(item: Form) -> str | None:
    found = item.keyword("name") if isinstance(item, Built) else None
    return found if isinstance(found, str) else None


def _named(item: Form, name: str) -> Form:
    if not isinstance(item, Built):
        return item
    given = (*((key, value) for key, value in item.kwargs if key != "name"), ("name", name))
    return Built(item.path, item.args, tuple(sorted(given, key=lambda pair: pair[0])))


def _names(form: Form) -> tuple[str, ...]:
    items = form.items if isinstance(form, Listing) else ()
    return tuple(item for item in items if isinstance(item, str))
