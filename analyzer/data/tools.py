"""What calls on Django's tools do: `apps`, the schema editor, connections and cursors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from analyzer.data import sql
from analyzer.data.ddl import Object
from analyzer.data.effects import FREE, Needs, Origin
from analyzer.data.items import fetched
from analyzer.data.operators import filled
from analyzer.data.sqltext import HOLE, words
from analyzer.data.world import (
    ANY,
    NONE,
    Args,
    Bag,
    Fixed,
    Kwargs,
    Model,
    OneOf,
    Outside,
    Some,
    Tool,
    Value,
    all_needs,
    needs_of,
)

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

_RESTATES = ("create_model", "add_field", "alter_", "rename_", "delete_model", "remove_", "_")
"""Beginnings of the schema editor's methods that make what the models' state says."""

MAX_ROWS = 200
"""Rows of one statement that are told one by one."""

_MAKES = ("add_index", "add_constraint")


def on_tool(machine: Machine, tool: Tool, name: str, args: Args, kwargs: Kwargs) -> Value:
    """A method of one of Django's tools."""
    match tool.kind:
        case "apps":
            return _on_apps(machine, name, args, kwargs)
        case "editor":
            return _on_editor(machine, name, args, kwargs)
        case "connection":
            return _on_connection(machine, name, args, kwargs)
        case "cursor":
            return _on_cursor(machine, tool, name, args, kwargs)
        case _:
            return ANY


def _on_apps(machine: Machine, name: str, args: Args, kwargs: Kwargs) -> Value:
    if name in ("get_model", "get_registered_model"):
        return model_named(machine, [*args, *kwargs.values()])
    return Bag("list", [Model("?")], True) if name == "get_models" else ANY


def model_named(machine: Machine, args: Args) -> Value:
    """`get_model("app", "Model")`, `get_model("app.Model")` or `get_model(settings.X)`."""
    label = ".".join(_word(arg) for arg in args[:2]) or "?"
    label = machine.labels.of(label if "." in label else f"?.{label}")
    machine.touched.add(label)
    return Model(label)


def _word(arg: Value) -> str:
    match arg:
        case OneOf(options):
            return _word(options[0])
        case Fixed(str() as text) if HOLE not in text:
            return text
        case Outside(path):
            return f"settings.{path.rpartition('.')[2]}"
        case Model(label):
            return label
        case _:
            return "?"


def _on_connection(machine: Machine, name: str, args: Args, kwargs: Kwargs) -> Value:
    if name in ("cursor", "schema_editor"):
        return Tool("cursor" if name == "cursor" else "editor")
    if name in ("execute", "executescript") and args:
        run_sql(machine, args[0], params=_given(args, kwargs))
    return ANY


_COPIES = words("copy_from copy_expert copy")


def _on_cursor(machine: Machine, tool: Tool, name: str, args: Args, kwargs: Kwargs) -> Value:
    text = args[0] if args else ANY
    if name in ("execute", "executescript"):
        run_sql(machine, text, params=_given(args, kwargs))
        return tool
    if name == "executemany":
        run_sql(machine, text, all_needs(args[1:]))
    elif name == "fetchone":
        return Some(needs_of(fetched(machine)))
    elif name in ("fetchall", "fetchmany"):
        return fetched(machine)
    elif name in _COPIES:
        run_sql(machine, Fixed("COPY rows FROM STDIN") if name == "copy_from" else text)
    elif name == "callproc":
        machine.record("unclear", "", "calls a database procedure")
    return ANY


def _on_editor(machine: Machine, name: str, args: Args, kwargs: Kwargs) -> Value:
    if name == "execute":
        run_sql(machine, args[0] if args else kwargs.get("sql", ANY), params=_given(args, kwargs))
        return NONE
    if name in ("quote_name", "quote_value"):
        return args[0] if args and isinstance(args[0], Fixed) else Fixed(HOLE)
    if name.startswith("_") and name.endswith("_sql"):
        return _written_sql(name)
    label = next((arg.label for arg in args if isinstance(arg, Model)), "")
    if name.startswith(_RESTATES):
        machine.record("restate", label, f"schema_editor.{name}(): the models' state says it")
    elif name.startswith(_MAKES):
        made = Object(name.removeprefix("add_"), "", label, "create")
        machine.record("schema", label, f"schema_editor.{name}()", objects=(made,), expressible=True)
    return ANY


def _written_sql(name: str) -> Value:
    """A statement that the schema editor writes: `_create_index_sql`, `_delete_fk_sql`."""
    verb, _, kind = name.removeprefix("_").removesuffix("_sql").partition("_")
    if verb == "create" and kind == "index":
        return Fixed(f"CREATE INDEX {HOLE} ON {HOLE}")
    if verb == "create" and kind:
        return Fixed(f"ALTER TABLE {HOLE} ADD CONSTRAINT {HOLE} {kind.upper()}")
    if verb == "delete":
        return Fixed(f"DROP INDEX {HOLE}")
    return Fixed(f"ALTER TABLE {HOLE} RENAME {HOLE}") if verb in ("rename", "alter") else ANY


# ---------------------------------------------------------------- SQL


def _given(args: Args, kwargs: Kwargs) -> Value | None:
    """The parameters of a statement."""
    return args[1] if len(args) > 1 else kwargs.get("params")


def run_sql(
    machine: Machine, text: Value, needs: Needs = FREE, params: Value | None = None, *, takes: bool = True
) -> None:
    """Record what a text of SQL does, or each of several texts or (text, parameters) pairs.

    `takes` is False where it does not say what its routines take.
    """
    match text:
        case Fixed(str() as written):
            for statement in sql.statements(written if params is None else filled(written, params)):
                objects = tuple(replace(part, arguments=None) for part in statement.objects)
                _record(machine, statement if takes else replace(statement, objects=objects), needs)
        case OneOf(options) if len({_outline(option) for option in options}) == 1:
            takes = len({_outline(option, takes=True) for option in options}) == 1
            run_sql(machine, options[0], needs, params, takes=takes)
        case OneOf(options):
            with machine.doubting():
                for option in options:
                    run_sql(machine, option, needs, params)
        case Bag() if text.items or text.filled is False:
            for item in text.items:
                run_sql(machine, _first(item), needs, _second(item))
        case Fixed():
            pass
        case Outside(path) if path.endswith(".noop"):
            pass
        case _:
            machine.record("unclear", "", "SQL that source does not show", needs | needs_of(text))


def _outline(text: Value, *, takes: bool = False) -> object:
    """What a text of SQL does to which objects; texts that differ in the rest alone are as one."""
    if not isinstance(text, Fixed) or not isinstance(text.value, str):
        return text
    return tuple(
        (
            found.deed,
            found.target,
            tuple((part.identity if takes else part.family, part.action) for part in found.objects),
        )
        for found in sql.statements(text.value)
    )


def _first(item: Value) -> Value:
    """`(sql, params)` stands for its SQL."""
    return item.items[0] if isinstance(item, Bag) and item.kind in ("tuple", "list") and item.items else item


def _second(item: Value) -> Value | None:
    pair = isinstance(item, Bag) and item.kind in ("tuple", "list") and len(item.items) == 2
    return item.items[1] if pair and isinstance(item, Bag) else None


def _record(machine: Machine, found: sql.Statement, needs: Needs) -> None:
    target, objects = found.target, found.objects
    why = found.why if not target or target in found.why else f"{found.why} ({target})"
    match found.deed:
        case "insert":
            many = found.rows is None or len(found.rows) > MAX_ROWS
            for key in (found.rows or ((),))[:MAX_ROWS]:
                machine.record("create", target, why, needs, key, how="insert", many=many)
        case "copy":
            rows = frozenset(Origin(table) for table in found.tables[1:] or found.tables or ("?",))
            machine.record("create", target, why, needs | rows, how="insert", many=True)
        case "change":
            for key in (found.rows or ((),))[:MAX_ROWS]:
                how = "delete" if found.rows else ""
                machine.record("change", target, why, needs | {Origin(target or "?")}, key, how=how)
        case "schema":
            machine.record("schema", target, why, objects=objects, expressible=found.expressible)
        case "restate":
            taken = not found.becomes or machine.labels.of_table(found.becomes)  # by a model, which says it
            machine.record("restate", target, why, objects=objects if taken else ())
        case "unknown":
            machine.record("unclear", target, why, needs)
        case "nothing" if found.why == "a query":
            machine.queried = found.tables
        case _:
            pass
