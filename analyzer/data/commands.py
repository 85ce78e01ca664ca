"""`call_command`: the project's own commands are followed into `handle()`, Django's are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.data.attributes import member
from analyzer.data.world import ANY, Code, Defines, Fixed, Instance, Outside, Value
from analyzer.source.facts import ClassDef
from analyzer.source.names import Defined

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

_TASKS = frozenset(
    [
        "clear_cache",
        "clearsessions",
        "collectstatic",
        "compilemessages",
        "flush",
        "rebuild_index",
        "update_index",
        "clear_index",
        "search_index",
        "invalidate_cache",
        "thumbnail",
        "rebuild_search",
        "clean_duplicate_history",
        "createinitialrevisions",
        "populate_history",
        "delete_stale_contenttypes",
        "remove_stale_contenttypes",
        "fixtree",
        "update_translation_fields",
        "sync_translation_fields",
        "warm_cache",
        "diffsettings",
        "check",
    ]
)
_QUIET = frozenset({"migrate", "showmigrations", "makemigrations", "check", "help"})


def call_command(machine: Machine, args: Args, kwargs: Kwargs) -> Value:
    """Run what a management command does."""
    name = args[0] if args else kwargs.get("command_name", kwargs.get("name", ANY))
    if not isinstance(name, Fixed) or not isinstance(name.value, str):
        if isinstance(name, Instance):
            _handle(machine, name, name.cls)
        else:
            machine.record("unclear", "", "calls a command that source does not name")
        return ANY
    command = name.value
    if command == "loaddata":
        files = [str(arg.value) for arg in args[1:] if isinstance(arg, Fixed)]
        machine.record("create", files[0] if files else "?", f"loaddata {' '.join(files)}".strip())
        return ANY
    found = _find(machine, command)
    if found is not None:
        _handle(machine, Instance(found, {}, []), found)
    elif command == "createcachetable":
        machine.record("schema", "", "createcachetable makes a table that no model has")
    elif command in _TASKS:
        machine.record("task", "", f"runs the command {command}")
    elif command not in _QUIET:
        machine.record("unclear", "", f"calls the command {command}, whose source is not known")
    return ANY


def _find(machine: Machine, command: str) -> Defines | None:
    modules = machine.names.modules
    ending = f"management/commands/{command}.py"
    paths = sorted(path for path in modules.files.paths if path == ending or path.endswith(f"/{ending}"))
    for path in paths:
        module = modules.find(modules.name_of(path), path)
        if module is not None and module.path == path:
            binding = machine.names.member(module, "Command")
            if isinstance(binding, Defined) and isinstance(binding.node, ClassDef):
                return Defines(binding.module, binding.qualname, binding.node)
    return None


def _handle(machine: Machine, instance: Instance, cls: Defines) -> None:
    for method in ("handle", "handle_noargs", "handle_label", "run"):
        code = member(machine, cls, method, instance)
        if isinstance(code, Code):
            machine.call(code, [], {})
            return
    machine.record("unclear", "", f"the command {cls.module.name} has no handle() that was found")


_ = Outside
