"""`call_command`: the project's own commands are followed into `handle()`, Django's are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.data import fixtures
from analyzer.data.attributes import member
from analyzer.data.ddl import Object
from analyzer.data.sqltext import words
from analyzer.data.world import ANY, Args, Code, Defines, Fixed, Instance, Kwargs, Value
from analyzer.source.facts import ClassDef
from analyzer.source.names import Defined

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

_TASKS = words(
    """clear_cache clearsessions collectstatic compilemessages flush rebuild_index update_index clear_index
    search_index invalidate_cache thumbnail rebuild_search clean_duplicate_history createinitialrevisions
    populate_history delete_stale_contenttypes remove_stale_contenttypes update_translation_fields
    sync_translation_fields"""
)
_QUIET = words("migrate showmigrations makemigrations check diffsettings")
_METHODS = ("handle", "handle_noargs", "handle_label", "run", "execute")


def call_command(machine: Machine, args: Args, kwargs: Kwargs) -> Value:
    """Run what a management command does."""
    match args[0] if args else kwargs.get("command_name", ANY):
        case Fixed(str() as name):
            _named(machine, name, args[1:])
        case Instance(cls) as command:
            _handle(machine, command, cls)
        case _:
            machine.record("unclear", "", "calls a command that source does not name")
    return ANY


def _named(machine: Machine, name: str, args: Args) -> None:
    if name == "loaddata":
        for arg in args or [ANY]:
            _load(machine, str(arg.value) if isinstance(arg, Fixed) else "")
        return
    found = _find(machine, name)
    if found is not None:
        _handle(machine, Instance(found, {}, []), found)
    elif name == "createcachetable":
        made = (Object("table", "", "", "create"),)
        machine.record("schema", "", "createcachetable makes a table that no model has", objects=made)
    elif name in _TASKS:
        machine.record("task", "", f"runs the command {name}")
    elif name not in _QUIET:
        machine.record("unclear", "", f"calls the command {name}, whose source is not known")


def _load(machine: Machine, name: str) -> None:
    """Record the rows of a fixture, one by one as far as its file can be read."""
    why = f"loaddata {name}".strip()
    found = fixtures.records(machine, name) if name else None
    if found is None or not found[0]:
        machine.record("create", "", why, how="loaddata", many=True)
        return
    for model, key in found[0]:
        machine.record("create", machine.labels.of(model), why, key=key, how="loaddata", many=not found[1])


def _find(machine: Machine, name: str) -> Defines | None:
    modules = machine.names.modules
    ending = f"management/commands/{name}.py"
    for path in sorted(path for path in modules.files.paths if path.endswith(ending)):
        module = modules.find(modules.name_of(path), path)
        if module is None or not f"/{path}".endswith(f"/{ending}"):
            continue
        binding = machine.names.member(module, "Command")
        if isinstance(binding, Defined) and isinstance(binding.node, ClassDef):
            return Defines(binding.module, binding.qualname, binding.node)
    return None


def _handle(machine: Machine, command: Instance, cls: Defines) -> None:
    for method in _METHODS:
        code = member(machine, cls, method, command)
        if isinstance(code, Code):
            machine.call(code, [], {})
            return
    machine.record("unclear", "", f"the command {cls.module.name} has no handle() that was found")
