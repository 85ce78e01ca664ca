"""What names and attributes mean in a migration's code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.data.world import (
    ANY,
    Bag,
    Bound,
    Code,
    Defines,
    Fixed,
    Frame,
    Holder,
    Instance,
    Made,
    Model,
    OneOf,
    Outside,
    Partial,
    Relation,
    Row,
    Rows,
    Some,
    Super,
    Tool,
    Value,
    all_needs,
    needs_of,
    sources,
)
from analyzer.source.facts import ClassDef, FuncDef, Ref
from analyzer.source.names import Defined, External, Package, Unresolved

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

MAX_CLASSES = 12
_TOOLS = {
    "django.apps.apps": "apps",
    "django.apps.registry.apps": "apps",
    "django.db.connection": "connection",
    "django.db.transaction.connection": "connection",
    "django.db.connections": "connections",
}


# ---------------------------------------------------------------- names


def named(machine: Machine, dotted: str, frame: Frame) -> Value:
    head, *rest = dotted.split(".")
    value = frame.find(head)
    if value is None:
        value = _global(machine, head, frame)
    for name in rest:
        value = attribute(machine, value, name)
    return value


def _global(machine: Machine, name: str, frame: Frame) -> Value:
    key = (frame.module.path or frame.module.name, name)
    if key not in machine.globals:
        machine.globals[key] = ANY
        binding = machine.names.resolve(frame.module, name)
        machine.globals[key] = from_binding(machine, binding)
    return machine.globals[key]


def from_binding(machine: Machine, binding: object) -> Value:
    """The value of what a name is bound to."""
    match binding:
        case Defined(module, qualname, node) if module.own:
            if isinstance(node, ClassDef):
                return class_value(machine, Defines(module, qualname, node))
            if isinstance(node, FuncDef):
                return Code(node, module, qualname)
            return _global_value(machine.evaluate(node, Frame(module)))
        case Package(module):
            return Holder(binding) if module.own else Outside(module.name)
        case Defined() | External():
            path = binding.path
            return Tool(_TOOLS[path]) if path in _TOOLS else Outside(path)
        case Unresolved(path, reason):
            return Some(own=True, why=reason or f"`{path}` is not found")
        case _:
            return ANY


def _global_value(value: Value) -> Value:
    """What a module's name holds; an empty container there is one that is filled elsewhere."""
    if isinstance(value, Bag) and value.filled is False and not value.needs:
        value.filled = None
    return value


def class_value(machine: Machine, cls: Defines) -> Value:
    """A class of the project: a model where an ancestor says so."""
    if any(
        path.startswith("django.db.models.") or path.endswith("Model") for path in ancestors(machine, cls)
    ):
        package = cls.module.name.partition(".models")[0].rpartition(".")[2]
        return Model(f"{package}.{cls.qualname}", cls)
    return cls


def ancestors(machine: Machine, cls: Defines, depth: int = 0) -> Iterator[str]:
    """The dotted paths of a class's ancestors outside the project, as far as they are known."""
    for base in cls.node.bases:
        if not isinstance(base, Ref) or depth > 12:
            continue
        binding = machine.names.resolve(cls.module, base.name)
        match binding:
            case Defined(module, qualname, ClassDef() as node) if module.own:
                yield from ancestors(machine, Defines(module, qualname, node), depth + 1)
            case Defined() | External():
                yield binding.path


# ---------------------------------------------------------------- attributes

_ROW_METHODS = frozenset(
    {"save", "asave", "save_base", "delete", "adelete", "refresh_from_db", "full_clean", "clean"}
)
_ROWS_CLASSES = frozenset({"through", "model"})


def is_manager(name: str) -> bool:
    return (
        name.lower().endswith(("objects", "manager", "_unfiltered")) and name[:1] != name[:1].upper()
    ) or name in (
        "_default_manager",
        "_base_manager",
    )


def label_of(path: str) -> str:
    """The label of a model that only its dotted path is known of."""
    package, _, name = path.rpartition(".")
    return f"{package.partition('.models')[0].rpartition('.')[2]}.{name}" if package else name


def attribute(machine: Machine, value: Value, name: str) -> Value:
    """`value.name`, not called."""
    match value:
        case Holder(binding):
            return from_binding(machine, machine.names.attribute(binding, name))
        case Outside(path):
            if is_manager(name):
                return Rows(label_of(path), sources(label_of(path)))
            return outside(f"{path}.{name}")
        case Defines():
            return member(machine, value, name, None)
        case Instance(cls, attributes):
            return attributes[name] if name in attributes else member(machine, cls, name, value)
        case Model():
            return _model_attribute(machine, value, name)
        case Rows(label):
            return (
                Model(f"{label}.{name}" if name == "through" else label)
                if name in _ROWS_CLASSES
                else Bound(value, name)
            )
        case Row():
            return Bound(value, name) if name in _ROW_METHODS else Relation(value, name)
        case Relation(row, outer):
            if name == "through":
                return Model(f"{value.label}.through")
            return (
                Bound(value, name)
                if name in ("add", "set", "create")
                else Relation(_follow(row, outer), name)
            )
        case Tool(kind):
            return _tool_attribute(kind, value, name)
        case Some(needs):
            return Rows("?", needs | sources("?")) if is_manager(name) else value
        case OneOf(options):
            found = [attribute(machine, option, name) for option in options if not isinstance(option, Fixed)]
            return found[0] if len(found) == 1 else OneOf(tuple(found)) if found else ANY
        case Super(cls, owner):
            return _inherited(machine, cls, name, owner)
        case Made(_, args):
            return Some(all_needs(args))
        case Bag() | Partial():
            return Bound(value, name)
        case _:
            return Some(needs_of(value))


def _follow(row: Row, name: str) -> Row:
    label = row.label if row.label.count(".") > 3 else f"{row.label}.{name}"
    return Row(label, row.needs, row.new)


def outside(path: str) -> Value:
    return Tool(_TOOLS[path]) if path in _TOOLS else Outside(path)


def _tool_attribute(kind: str, value: Tool, name: str) -> Value:
    match kind, name:
        case "editor", "connection":
            return Tool("connection")
        case "state", "apps":
            return Tool("apps")
        case (
            "connection" | "editor",
            "vendor" | "alias" | "settings_dict" | "ops" | "features" | "introspection",
        ):
            return ANY
        case _:
            return Bound(value, name)


def _model_attribute(machine: Machine, model: Model, name: str) -> Value:
    if model.definition is not None:
        found = member(machine, model.definition, name, model)
        if is_manager(name) or (isinstance(found, Instance) and name[:1].islower()):
            manager = found.cls if isinstance(found, Instance) else None
            return Rows(model.label, sources(model.label), manager=manager)
        if isinstance(found, Code):
            return found
        if not isinstance(found, Some):
            return found
    if is_manager(name):
        return Rows(model.label, sources(model.label))
    if name[:1].isupper() or name.startswith("_"):
        return ANY
    return Rows(f"{model.label}.{name}", sources(f"{model.label}.{name}"))


def member(machine: Machine, cls: Defines, name: str, owner: Value | None) -> Value:
    """An attribute that a class of the project or one of its ancestors defines."""
    binding = machine.names.attribute(Defined(cls.module, cls.qualname, cls.node), name)
    if name == "noop" and not isinstance(binding, Defined):
        base = next(ancestors(machine, cls), "")
        return Outside(f"{base}.noop") if base else ANY
    if not isinstance(binding, Defined) or not binding.module.own:
        return outside(binding.path) if isinstance(binding, (Defined, External)) else ANY
    if not isinstance(binding.node, FuncDef):
        return from_binding(machine, binding)
    words = {d.name.rpartition(".")[2] for d in binding.node.decorators if isinstance(d, Ref)}
    holder = owner if owner is not None else cls if "classmethod" in words else None
    code = Code(binding.node, binding.module, binding.qualname, None, holder)
    if words & {"property", "cached_property"} and owner is not None:
        return machine.call(code, [], {})
    return code


def _inherited(machine: Machine, cls: Defines, name: str, owner: Value) -> Value:
    """`super().name`: looked up in the bases, past the class itself."""
    for base in cls.node.bases:
        if isinstance(base, Ref):
            binding = machine.names.resolve(cls.module, base.name)
            if isinstance(binding, Defined) and isinstance(binding.node, ClassDef) and binding.module.own:
                found = member(machine, Defines(binding.module, binding.qualname, binding.node), name, owner)
                if not isinstance(found, Some):
                    return found
            elif isinstance(binding, (Defined, External)):
                return Bound(owner, f"super:{binding.path}:{name}")
    return ANY
