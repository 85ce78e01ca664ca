"""Operations on the options of a model's Meta (django.db.migrations.operations.models)."""

from __future__ import annotations

from analyzer.history.replay.step import Step, because
from analyzer.source.values import Table
from analyzer.states.values import Form, Listing, Unsure

ALTERED = (
    "base_manager_name",
    "default_manager_name",
    "default_related_name",
    "get_latest_by",
    "managed",
    "ordering",
    "permissions",
    "default_permissions",
    "select_on_save",
    "verbose_name",
    "verbose_name_plural",
)
"""AlterModelOptions.ALTER_OPTION_KEYS: what it does not name falls back to its default."""

TOGETHER = ("unique_together", "index_together")
COLLECTED = ("indexes", "constraints")
"""Options that every model of a state has."""


def alter_table(step: Step) -> None:
    step.model("name").options["db_table"] = step.form("table", 1)


def alter_table_comment(step: Step) -> None:
    step.model("name").options["db_table_comment"] = step.form("table_comment", 1)


def alter_unique_together(step: Step) -> None:
    step.model("name").options["unique_together"] = together(step.form("unique_together", 1))


def alter_index_together(step: Step) -> None:
    step.model("name").options["index_together"] = together(step.form("index_together", 1))


def alter_order(step: Step) -> None:
    step.model("name").options["order_with_respect_to"] = step.form("order_with_respect_to", 1)


def alter_options(step: Step) -> None:
    """Keys that are given replace, keys of `ALTERED` that are not given go, all others stay."""
    draft, value = step.model("name"), step.value("options", 1)
    pairs = value.pairs if isinstance(value, Table) else ()
    if not isinstance(value, Table) or not value.complete:
        step.doubt(draft, "", f"its options are not decided{because(value)}")
        return
    given = {str(key): step.readers.former.value(option) for key, option in pairs}
    for name in TOGETHER:
        if name in given:
            given[name] = together(given[name])
    kept = {name: form for name, form in draft.options.items() if name in given or name not in ALTERED}
    draft.options = {**kept, **given}


def together(form: Form) -> Form:
    """Groups of field names as a set of tuples, which is how they are compared
    (django.db.models.options.normalize_together)."""
    if isinstance(form, Unsure):
        return form
    items = form.items if isinstance(form, Listing) else ()
    if any(isinstance(item, str) for item in items):
        items = (Listing("tuple", items),)
    groups: set[tuple[str, ...]] = set()
    for item in items:
        names = item.items if isinstance(item, Listing) else (item,)
        words = tuple(name for name in names if isinstance(name, str))
        if len(words) < len(names):
            return Unsure("a field name in it is not decided")
        groups.add(words)
    return listed(groups)


def listed(groups: set[tuple[str, ...]]) -> Listing:
    """Groups of field names as the form of an option."""
    return Listing("set", tuple(Listing("tuple", group) for group in sorted(groups)))


def groups_of(form: Form | None) -> set[tuple[str, ...]]:
    """The groups of field names that an option holds."""
    items = form.items if isinstance(form, Listing) else ()
    return {
        tuple(name for name in item.items if isinstance(name, str))
        for item in items
        if isinstance(item, Listing)
    }
