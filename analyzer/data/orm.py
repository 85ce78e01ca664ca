"""What calls on models, querysets and instances do to rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import json

from analyzer.data.attributes import attribute, is_manager, member
from analyzer.data.effects import FREE, Key, Kind, Needs, Origin
from analyzer.data.items import counted
from analyzer.data.sqltext import HOLE
from analyzer.data.world import (
    ANY,
    NONE,
    Args,
    Bag,
    Code,
    Drawn,
    Fixed,
    Kwargs,
    Made,
    Model,
    Relation,
    Row,
    Rows,
    Some,
    Value,
    all_needs,
    needs_of,
    sources,
    truth,
)

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

MAX_KEY = 200
"""Letters of a constant by which a row may be told from others; longer ones are contents."""

MAX_BULK = 200
UNDECIDED = "?"
"""Stands in a key for a condition that no constant says."""

ONE_OF = "__in"
"""Ends the name of a field in a key whose value is a list of constants, as JSON."""

CHANGE: Kind = "change"
UNCLEAR: Kind = "unclear"
LINK = "link"
"""How a row of a many-to-many relation is made between rows that must be there."""

GET_OR_CREATE = frozenset({"get_or_create", "update_or_create"})
_GET = frozenset({"get", "latest", "earliest", "get_by_natural_key", "get_current"})
_ONE = frozenset({"first", "last"})
_CHANGES = {
    "update": "updates rows that exist",
    "delete": "deletes rows that exist",
    "bulk_update": "updates rows that exist",
    "_raw_delete": "deletes rows that exist",
    "rebuild": "rebuilds a tree of rows",
    "partial_rebuild": "rebuilds a tree of rows",
    "fix_tree": "rebuilds a tree of rows",
}
_LINKS = {
    "add": "links rows that exist",
    "set": "links rows that exist",
    "remove": "unlinks rows that exist",
    "clear": "unlinks rows that exist",
}
_LOOKS = frozenset({"refresh_from_db", "full_clean", "clean", "clean_fields"})
_PLAIN = frozenset({"values", "values_list", "dates", "datetimes"})
_TREE = ("add_root", "add_child", "add_sibling", "load_bulk", "insert_node")
_SAME_ROWS = frozenset(
    {
        "all",
        "using",
        "order_by",
        "select_related",
        "prefetch_related",
        "only",
        "defer",
        "iterator",
        "annotate",
    }
    | {"select_for_update", "reverse", "get_queryset"}
)
_QUERIES = frozenset(
    {"filter", "exclude", "get", "all", "only", "using", "none", "first", "get_or_create", "update_or_create"}
)


def creates(name: str) -> bool:
    """Whether a method of this name inserts rows, by Django's and the common tree packages' words."""
    plain = name.removeprefix("a") if name.startswith(("acreate", "aget_or", "aupdate_or", "abulk")) else name
    return plain.startswith(("create", "bulk_create", "get_or_create", "update_or_create")) or plain in _TREE


def _sync(name: str) -> str:
    """`acreate` does what `create` does."""
    known = name[1:] if name.startswith("a") else ""
    both = (
        _GET
        | _ONE
        | GET_OR_CREATE
        | set(_CHANGES)
        | {"count", "exists", "aggregate", "create", "bulk_create"}
    )
    return known if known in both else name


def rebuilds(name: str) -> bool:
    """Whether a method of this name puts the trees of a table in order, by the common packages' words."""
    return _CHANGES.get(name, "").startswith("rebuilds")


def selected(query: Made) -> Value:
    """The SQL of a queryset."""
    rows = query.args[0]
    return Fixed(" ".join(("SELECT * FROM", rows.label)) if isinstance(rows, Rows) else "SELECT 1")


def on_model(machine: Machine, model: Model, name: str, args: Args, kwargs: Kwargs) -> Value:
    """`Model.method(…)`: the project's own methods are followed, those of tree packages are known."""
    if is_manager(name):
        return attribute(machine, model, name)
    if model.definition is not None:
        found = member(machine, model.definition, name, model)
        if isinstance(found, Code):
            return machine.call(found, args, kwargs)
    if creates(name):
        machine.record("create", model.label, f"creates rows of {model.label}", key=key_of(kwargs), how=name)
        return Row(model.label, FREE, True, saved=True)
    if name in _CHANGES:
        machine.record("change", model.label, _CHANGES[name], sources(model.label))
    if name.startswith(("get_root", "get_tree", "all")):
        return Rows(model.label, sources(model.label))
    return ANY


def made(model_label: str, kwargs: Kwargs) -> Row:
    """`Model(…)`: an instance that is not saved yet."""
    return Row(model_label, FREE, True, key_of(kwargs))


def key_of(kwargs: Kwargs) -> Key:
    """The constants among the arguments, by which rows are found again; a long text is no key."""
    return tuple(
        (name.removesuffix("__exact").removesuffix("__iexact"), str(value.value))
        for name, value in sorted(kwargs.items())
        if isinstance(value, Fixed) and value.value is not None and _is_key(str(value.value))
    )


def _is_key(text: str) -> bool:
    return len(text) <= MAX_KEY and HOLE not in text


def _picked(kwargs: Kwargs) -> Key:
    """The constants by which a filter looks for certain rows; yes and no alone pick none."""
    out: list[tuple[str, str]] = []
    for name, value in sorted(kwargs.items()):
        field, _, lookup = name.partition("__")
        if lookup.removesuffix("__in").removesuffix("__exact") not in ("", "in", "exact", "iexact"):
            out.append((UNDECIDED, ""))  # through a relation, or by a comparison
        elif isinstance(value, Fixed) and not isinstance(value.value, (bool, type(None))):
            out.append((field, str(value.value) if lookup != "iexact" else ""))
        elif isinstance(value, Bag) and value.filled and value.items:
            out.append((field, ""))
    return tuple(out)


def _conditions(args: Args, kwargs: Kwargs) -> Key | None:
    """What a filter asks for, where comparing fields with constants says all of it."""
    found = dict(key_of(kwargs))
    for name, value in kwargs.items():
        if name.endswith(ONE_OF) and isinstance(value, Bag) and counted(value):
            if not all(isinstance(item, Fixed) for item in value.items):
                return None
            found[name] = json.encode(
                sorted(str(i.value) for i in value.items if isinstance(i, Fixed))
            ).decode()
    return None if args or len(found) < len(kwargs) else tuple(sorted(found.items()))


def _narrowed(rows: Rows, args: Args, kwargs: Kwargs) -> Rows:
    """The rows that a filter leaves."""
    needs, picked = rows.needs, _picked(kwargs)
    if not picked and (args or kwargs):
        picked = ((UNDECIDED, ""),)
    if picked:
        known = {origin for origin in needs if origin.label == rows.label}
        keys = tuple(pair for origin in sorted(known) for pair in origin.key)
        needs = (needs - known) | {Origin(rows.label, keys + picked)}
    asked = _conditions(args, kwargs)
    key = rows.key + (key_of(kwargs) if asked is None else asked)
    return Rows(rows.label, needs, rows.plain, key, rows.manager, rows.whole and asked is not None)


def on_rows(machine: Machine, rows: Rows, name: str, args: Args, kwargs: Kwargs) -> Value:
    """A method of a manager or queryset."""
    if rows.manager is not None and name not in _QUERIES:
        found = member(machine, rows.manager, name, rows)
        if isinstance(found, Code):
            return machine.call(found, args, kwargs)
    name = _sync(name)
    if creates(name):
        return _create(machine, rows.label, name, args, kwargs, FREE)
    if name in _GET:
        return get(machine, _narrowed(rows, args, kwargs))
    if name in _ONE:
        key = rows.key if rows.whole else ()
        return Some(rows.needs) if rows.plain else Row(rows.label, rows.needs, False, key)
    if name in ("count", "exists", "contains"):
        return Drawn(0 if name == "count" else False, rows.needs)
    if name in ("aggregate", "in_bulk", "explain"):
        return Some(rows.needs)
    if name in _CHANGES or name in ("remove", "clear"):
        why = _CHANGES.get(name, "unlinks rows that exist")
        how = "delete" if name.endswith("delete") and rows.whole and rows.manager is None else ""
        machine.record("change", rows.label, f"{why} ({rows.label})", rows.needs, rows.key, how=how)
        return Drawn(0, rows.needs)
    if name in ("get_for_model", "get_for_id"):
        return Row(rows.label, FREE, True)
    return _queried(rows, name, args, kwargs)


def _queried(rows: Rows, name: str, args: Args, kwargs: Kwargs) -> Value:
    """Another queryset made of one, or an instance of its model."""
    if name == "model":
        return made(rows.label, kwargs)
    if name in _PLAIN:
        return Rows(rows.label, rows.needs, True, rows.key, rows.manager, rows.whole)
    if name == "raw":
        return Rows(rows.label, sources(rows.label), whole=False)
    if name == "filter":
        return _narrowed(rows, args, kwargs)
    if name in _SAME_ROWS:
        return rows
    left = Rows(rows.label, rows.needs, rows.plain, rows.key, rows.manager, False)
    return _narrowed(left, [], {UNDECIDED: ANY}) if name == "exclude" else left


def get(machine: Machine, rows: Rows) -> Value:
    """A lookup that must find its row; without it an empty database goes no further."""
    caught = machine.fails_without(rows.needs)
    needs = rows.needs if caught else FREE
    return Some(needs) if rows.plain else Row(rows.label, needs, False, rows.key if rows.whole else ())


def _create(machine: Machine, label: str, name: str, args: Args, kwargs: Kwargs, needs: Needs) -> Value:
    row = Row(label, needs, True, saved=True)
    if "bulk" in name:
        given = args[0] if args else kwargs.get("objs", ANY)
        needs = needs | needs_of(given)
        if truth(given, machine.here) is False and not needs_of(given):
            return Bag("list")
        with machine.doubting(isinstance(given, Some)):
            for key in _bulk_keys(given):
                machine.record(
                    "create", label, f"bulk_create of {label}", needs, key, how=name, many=not counted(given)
                )
        return given
    machine.record("create", label, f"{name}() of {label}", needs, key_of(kwargs), how=name)
    if name in GET_OR_CREATE:
        return Bag("tuple", [row, ANY], True)
    return row


def _bulk_keys(given: Value) -> list[Key]:
    """The keys of the instances that are given, one after the other."""
    items = given.items[:MAX_BULK] if isinstance(given, Bag) else []
    return [item.key if isinstance(item, Row) else () for item in items] or [()]


def on_row(machine: Machine, row: Row, name: str, args: Args, kwargs: Kwargs) -> Value:
    """A method of an instance."""
    if name in ("save", "asave", "save_base"):
        if row.saved:
            return NONE
        if row.new:
            machine.record("create", row.label, f"saves a new {row.label}", row.needs, row.key, how="save")
        else:
            machine.record("change", row.label, f"saves a {row.label} that exists", row.needs, row.key)
        return NONE
    if name in ("delete", "adelete"):
        if not row.new:
            why = f"deletes a {row.label} that exists"
            machine.record("change", row.label, why, row.needs, row.key, how="delete" if row.key else "")
        return ANY
    if creates(name):
        machine.record("create", row.label, f"{name}() of {row.label}", row.needs, key_of(kwargs), how=name)
        return Row(row.label, row.needs, True, saved=True)
    if name == "move":
        machine.record("change", row.label, "moves rows that exist", row.needs)
    else:
        _unfollowed(machine, row, name)
    return Some(row.needs)


def _unfollowed(machine: Machine, row: Row, name: str) -> None:
    """A method of an instance whose result nobody uses is called for what it does."""
    if machine.bare and not row.new and name not in _LOOKS:
        machine.record("outside", row.label, f"calls .{name}() of rows of {row.label}", row.needs)


def on_relation(machine: Machine, relation: Relation, name: str, args: Args, kwargs: Kwargs) -> Value:
    """A method of what hangs on an instance: of a related manager or row, or of a plain value."""
    row, label = relation.row, relation.label
    name = _sync(name)
    if creates(name):
        return _create(machine, label, name, args, kwargs, row.needs)
    if name in _CHANGES or name in _LINKS or name == "save":
        if not row.new:
            why = _CHANGES.get(name) or _LINKS.get(name) or "saves a related row"
            linking = bool(args) and name in ("add", "set")
            needs = row.needs | (all_needs(args) if linking else FREE)
            # A row that a lookup by constants must find is there on an empty database, and so is its link.
            if linking and row.key and not row.needs:
                machine.record(
                    "create", label, f"links a {row.label} that must be there", needs, row.key, how=LINK
                )
            else:
                machine.record("change", label, f"{why} ({label})", needs, row.key)
        return NONE
    if name in (
        "all",
        "filter",
        "exclude",
        "order_by",
        "select_related",
        "values_list",
        "values",
        "iterator",
    ):
        return Rows(label, row.needs | sources(label), name.startswith("values"), whole=False)
    if name in ("get", "first", "last"):
        rows = Rows(label, row.needs | sources(label), whole=False)
        return on_rows(machine, rows, name, args, kwargs)
    if name in ("count", "exists"):
        return Drawn(0, row.needs | sources(label))
    _unfollowed(machine, row, name)
    return Some(row.needs)


def on_outside_model(path: str, kwargs: Kwargs) -> Row | None:
    """An instance of a package's model, where the path of a class says that it is one."""
    *parts, name = path.split(".")
    if name[:1].isupper() and "models" in parts and not path.startswith("django.db."):
        return made(f"{parts[max(parts.index('models') - 1, 0)]}.{name}", kwargs)
    return None
