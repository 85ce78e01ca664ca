"""What calls on Django's tools do: `apps`, the schema editor, connections and cursors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.data import sql
from analyzer.data.effects import FREE, Needs, Origin
from analyzer.data.items import fetched
from analyzer.data.sqltext import HOLE
from analyzer.data.world import (
    ANY,
    NONE,
    Bag,
    Fixed,
    Model,
    OneOf,
    Outside,
    Row,
    Rows,
    Some,
    Tool,
    Value,
    all_needs,
    depending,
    needs_of,
)

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

_EDITS_STATE = (
    "create_model",
    "add_field",
    "alter_",
    "rename_",
    "delete_model",
    "remove_",
    "_remake",
    "_delete",
    "_alter",
)
_EDITS_BEYOND = ("add_index", "add_constraint", "add_unique")


def on_tool(machine: Machine, tool: Tool, name: str, args: Args, kwargs: Kwargs) -> Value:
    match tool.kind:
        case "apps":
            return _on_apps(name, args, kwargs)
        case "editor":
            return _on_editor(machine, name, args, kwargs)
        case "connection":
            return _on_connection(machine, name, args)
        case "cursor":
            return _on_cursor(machine, tool, name, args)
        case _:
            return ANY


def _on_apps(name: str, args: Args, kwargs: Kwargs) -> Value:
    if name in ("get_model", "get_registered_model"):
        return model_named([*args, *kwargs.values()])
    if name == "get_models":
        return Bag("list", [Model("?")], True)
    return ANY


def model_named(args: Args) -> Value:
    """`get_model("app", "Model")`, `get_model("app.Model")` or `get_model(settings.X)`."""
    words: list[str] = []
    for arg in args[:2]:
        if isinstance(arg, OneOf):
            arg = arg.options[0]
        if isinstance(arg, Fixed) and isinstance(arg.value, str):
            words.append("?" if HOLE in arg.value else arg.value)
        elif isinstance(arg, Outside):
            words.append(f"settings.{arg.path.rpartition('.')[2]}")
        elif isinstance(arg, Model):
            words.append(arg.label)
        else:
            words.append("?")
    label = ".".join(words)
    return Model(label if "." in label else f"?.{label}")


def _on_connection(machine: Machine, name: str, args: Args) -> Value:
    if name == "cursor":
        return Tool("cursor")
    if name == "schema_editor":
        return Tool("editor")
    if name in ("execute", "executescript") and args:
        run_sql(machine, args[0])
    return ANY


def _on_cursor(machine: Machine, tool: Tool, name: str, args: Args) -> Value:
    match name:
        case "execute" | "executescript":
            run_sql(machine, args[0] if args else ANY)
            return tool
        case "executemany":
            run_sql(machine, args[0] if args else ANY, all_needs(args[1:]))
        case "fetchone":
            found = fetched(machine)
            return Some(needs_of(found))
        case "fetchall" | "fetchmany":
            return fetched(machine)
        case "copy_from" | "copy_expert" | "copy":
            run_sql(machine, args[0] if name != "copy_from" and args else Fixed("COPY rows"))
        case "callproc":
            machine.record("unclear", "", "calls a database procedure")
        case _:
            pass
    return ANY


def _on_editor(machine: Machine, name: str, args: Args, kwargs: Kwargs) -> Value:
    if name == "execute":
        run_sql(machine, args[0] if args else kwargs.get("sql", ANY))
        return NONE
    if name in ("quote_name", "quote_value"):
        return args[0] if args and isinstance(args[0], Fixed) else Fixed(HOLE)
    label = next((arg.label for arg in args if isinstance(arg, Model)), "")
    if name.startswith(_EDITS_STATE):
        machine.record("restate", label, f"schema_editor.{name}(): the models' state says it")
    elif name.startswith(_EDITS_BEYOND):
        machine.record("schema", label, f"schema_editor.{name}()", expressible=True)
    return ANY


def run_sql(machine: Machine, text: Value, needs: Needs = FREE) -> None:
    """Record what a text of SQL does."""
    match text:
        case Fixed(str() as written):
            found = sql.statements(written)
            for statement in found:
                _statement(machine, statement, needs)
        case OneOf(options):
            with machine.doubting():
                for option in options:
                    run_sql(machine, option, needs)
        case Bag():
            for item in text.items:
                run_sql(machine, _first(item), needs)
            if text.filled is None and not text.items:
                machine.record("unclear", "", "SQL that source does not show", needs)
        case Fixed():
            pass
        case Outside(path) if path.endswith(".noop"):
            pass
        case _:
            machine.record("unclear", "", "SQL that source does not show", needs | needs_of(text))


def _first(item: Value) -> Value:
    """`(sql, params)` stands for its SQL."""
    return item.items[0] if isinstance(item, Bag) and item.kind in ("tuple", "list") and item.items else item


def _statement(machine: Machine, found: sql.Statement, needs: Needs) -> None:
    target, why = found.target, found.why
    if target and target not in why:
        why = f"{why} ({target})"
    match found.deed:
        case "insert":
            machine.record("create", target, why, needs)
        case "copy":
            rows = frozenset(Origin(table) for table in found.tables[1:] or found.tables) or frozenset(
                {Origin("?")}
            )
            machine.record("create", target, why, needs | rows)
        case "change":
            machine.record("change", target, why, needs | {Origin(target or "?")})
        case "schema":
            machine.record("schema", target, why, thing=found.thing, expressible=found.expressible)
        case "restate":
            machine.record("restate", target, why, drops=found.drops)
        case "unknown":
            machine.record("unclear", target, why, needs)
        case "nothing":
            if found.tables or found.why == "a query":
                machine.queried = found.tables


_ = (Row, Rows, depending)
