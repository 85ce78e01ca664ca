"""What names and attributes mean in a migration's code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from analyzer.data import places
from analyzer.data.quiet import is_quiet
from analyzer.data.sqltext import words
from analyzer.data.world import (
    ANY,
    Bag,
    Bound,
    Code,
    Defines,
    Fixed,
    Frame,
    Holder,
    Inherited,
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
    either,
    later,
    needs_of,
    sources,
)
from analyzer.source.facts import ClassDef, FuncDef, Ref
from analyzer.source.names import Defined, External, Package, Unresolved

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

MAX_CLASSES = 12
_SETTINGS = "constance.config"
"""Settings that are rows."""

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
    if name == "__file__" and frame.module.own and frame.module.path:
        return places.place(frame.module.path)
    if key not in machine.globals:
        machine.globals[key] = ANY
        with machine.working_out(key) as ends:
            if ends:
                machine.globals[key] = from_binding(machine, machine.names.resolve(frame.module, name))
    return machine.globals[key]


def from_binding(machine: Machine, binding: object) -> Value:
    """The value of what a name is bound to."""
    match binding:
        case Defined(module, qualname, node) if module.own:
            if isinstance(node, ClassDef):
                return class_value(machine, Defines(module, qualname, node))
            if isinstance(node, FuncDef):
                return Code(node, module, qualname)
            with machine.elsewhere(module.path):
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
    """What a module's name holds; an empty container there, or in an object there, is filled elsewhere."""
    for bag in (value, *(value.attributes.values() if isinstance(value, Instance) else ())):
        if isinstance(bag, Bag) and bag.filled is False and not bag.needs:
            bag.filled = None
    return value


_MODEL_BASES = ("Model", "AbstractUser", "AbstractBaseUser", "MP_Node", "NS_Node", "AL_Node")
"""How the ancestors of models are called, where their own ancestors are not known."""


def class_value(machine: Machine, cls: Defines) -> Value:
    """A class of the project: a model where an ancestor says so."""
    if any(_is_model(path) for path in ancestors(machine, cls)):
        package = cls.module.name.partition(".models")[0].rpartition(".")[2]
        label = machine.labels.of_class(f"{cls.module.name}.{cls.qualname}") or f"{package}.{cls.qualname}"
        machine.touched.add(label)
        return Model(label, cls)
    return cls


def _is_model(path: str) -> bool:
    return path.endswith(_MODEL_BASES) and not path.startswith("django.db.migrations.")


def ancestors(machine: Machine, cls: Defines, depth: int = 0) -> Iterator[str]:
    """The dotted paths of a class's ancestors outside the project, as far as they are known."""
    for base in cls.node.bases:
        if not isinstance(base, Ref) or depth > MAX_CLASSES:
            continue
        binding = machine.names.resolve(cls.module, base.name)
        if isinstance(binding, External) or (isinstance(binding, Defined) and not binding.module.own):
            yield binding.path
        if isinstance(binding, Defined) and isinstance(binding.node, ClassDef):
            yield from ancestors(machine, Defines(binding.module, binding.qualname, binding.node), depth + 1)


def unread_base(machine: Machine, cls: Defines) -> str:
    """An ancestor outside the project that may touch rows, whose methods are not known; "" without one."""
    for path in ancestors(machine, cls):
        if path.partition(".")[0] not in sys.stdlib_module_names and not is_quiet(f"{path}."):
            return path
    return ""


# ---------------------------------------------------------------- attributes

_ROW_METHODS = words("save asave save_base delete adelete refresh_from_db full_clean clean")
_LINKING = words("add set create")
_ABOUT_CONNECTION = words("vendor alias settings_dict ops features introspection")
QUERY = "django.db.models.sql.Query"
_MANAGERS = words("_default_manager _base_manager")


def is_manager(name: str) -> bool:
    """Whether an attribute of a model is named as managers are."""
    return name in _MANAGERS or (name[:1].islower() and name.lower().endswith(("objects", "manager")))


def label_of(path: str) -> str:
    """The label of a model that only its dotted path is known of."""
    package, _, name = path.rpartition(".")
    return f"{package.partition('.models')[0].rpartition('.')[2]}.{name}" if package else name


def attribute(machine: Machine, value: Value, name: str) -> Value:
    """`value.name`, not called."""
    read = _ATTRIBUTES.get(type(value))
    return read(machine, value, name) if read is not None else Some(needs_of(value))


def _of_holder(machine: Machine, value: Holder, name: str) -> Value:
    return from_binding(machine, machine.names.attribute(value.binding, name))


def _of_outside(machine: Machine, value: Outside, name: str) -> Value:
    if is_manager(name):
        label = machine.labels.of(label_of(value.path))
        machine.touched.add(label)
        return Rows(label, sources(label))
    return outside(f"{value.path}.{name}")


def _of_class(machine: Machine, value: Defines, name: str) -> Value:
    return member(machine, value, name, None)


def _of_instance(machine: Machine, value: Instance, name: str) -> Value:
    if name in value.attributes:
        return value.attributes[name]
    if name in ("stdout", "stderr"):
        return Outside(f"sys.{name}")
    return member(machine, value.cls, name, value)


def _of_rows(machine: Machine, value: Rows, name: str) -> Value:
    if name == "model":
        return Model(value.label)
    if name == "query":
        return Made(QUERY, (value,), (), 0, "")
    return Model(f"{value.label}.through") if name == "through" else Bound(value, name)


def _of_row(machine: Machine, value: Row, name: str) -> Value:
    return Bound(value, name) if name in _ROW_METHODS else Relation(value, name)


def _of_relation(machine: Machine, value: Relation, name: str) -> Value:
    if name == "through":
        return Model(f"{value.label}.through")
    if name in _LINKING:
        return Bound(value, name)
    row = value.row
    label = row.label if row.label.count(".") > 3 else value.label
    return Relation(Row(label, row.needs, row.new), name)


def _of_tool(machine: Machine, value: Tool, name: str) -> Value:
    match value.kind, name:
        case "editor", "connection":
            return Tool("connection")
        case "state", "apps":
            return Tool("apps")
        case "connection" | "editor", _ if name in _ABOUT_CONNECTION:
            return ANY
        case _:
            return Bound(value, name)


def _of_model(machine: Machine, model: Model, name: str) -> Value:
    if model.definition is not None:
        found = member(machine, model.definition, name, model)
        manager = found.cls if isinstance(found, Instance) else None
        if is_manager(name) or (manager is not None and name[:1].islower()):
            return Rows(model.label, sources(model.label), manager=manager, whole=manager is None)
        if not isinstance(found, Some):
            return found
    if is_manager(name):
        return Rows(model.label, sources(model.label))
    if name[:1].isupper() or name.startswith("_"):
        return ANY
    return Rows(f"{model.label}.{name}", sources(f"{model.label}.{name}"), whole=False)


def _of_some(machine: Machine, value: Some, name: str) -> Value:
    return Rows("?", value.needs | sources("?"), whole=False) if is_manager(name) else value


def _of_options(machine: Machine, value: OneOf, name: str) -> Value:
    options = [option for option in value.options if not isinstance(option, Fixed)]
    found = [attribute(machine, option, name) for option in options]
    return OneOf(tuple(found)) if len(found) > 1 else (found or [ANY])[0]


def _of_made(machine: Machine, value: Made, name: str) -> Value:
    return places.attribute(value, name) or Some(all_needs(value.args))


def _bound(machine: Machine, value: Value, name: str) -> Value:
    return Bound(value, name)


def _of_super(machine: Machine, value: Super, name: str) -> Value:
    """Looked up in the bases, past the class itself."""
    for base in value.cls.node.bases:
        if not isinstance(base, Ref):
            continue
        binding = machine.names.resolve(value.cls.module, base.name)
        match binding:
            case Defined(module, qualname, ClassDef() as node) if module.own:
                found = member(machine, Defines(module, qualname, node), name, value.owner)
                if not isinstance(found, Some):
                    return found
            case Defined() | External():
                return Inherited(value.owner, binding.path, name)
    return ANY


_ATTRIBUTES: dict[type[Value], Callable[..., Value]] = {
    Holder: _of_holder,
    Outside: _of_outside,
    Defines: _of_class,
    Instance: _of_instance,
    Rows: _of_rows,
    Row: _of_row,
    Relation: _of_relation,
    Tool: _of_tool,
    Model: _of_model,
    Some: _of_some,
    OneOf: _of_options,
    Made: _of_made,
    Bag: _bound,
    Partial: _bound,
    Super: _of_super,
}


def put(machine: Machine, owner: Value, attr: str, value: Value) -> None:
    """`owner.attr = value`; only objects of the project's own classes remember it."""
    if isinstance(owner, Instance):
        old = owner.attributes.get(attr)
        kept = old is not None and machine.doubts > 0
        owner.attributes[attr] = either(old, value) if old and kept else later(old, value, machine.here)
    elif isinstance(owner, Outside) and owner.path == _SETTINGS:
        why = f"writes the setting {attr}"
        machine.record("create", "constance.Constance", why, key=(("key", attr),), how="save")
    elif isinstance(owner, Outside) and not is_quiet(owner.path):
        machine.record("outside", "", f"sets {attr} of {owner.path}, whose source is not known")


def outside(path: str) -> Value:
    """What a package defines; Django's tools are known."""
    return Tool(_TOOLS[path]) if path in _TOOLS else Outside(path)


def member(machine: Machine, cls: Defines, name: str, owner: Value | None) -> Value:
    """An attribute that a class of the project or one of its ancestors defines."""
    binding = machine.names.attribute(Defined(cls.module, cls.qualname, cls.node), name)
    if name == "noop" and not isinstance(binding, Defined):
        base = next(ancestors(machine, cls), "")
        return Outside(f"{base}.noop") if base else ANY
    if not isinstance(binding, Defined) or not binding.module.own:
        if isinstance(binding, (Defined, External)):
            return outside(binding.path)
        base = unread_base(machine, cls)
        return outside(f"{base}.{name}") if base else ANY
    if not isinstance(binding.node, FuncDef):
        return from_binding(machine, binding)
    words = {d.name.rpartition(".")[2] for d in binding.node.decorators if isinstance(d, Ref)}
    holder = owner if owner is not None else cls if "classmethod" in words else None
    code = Code(binding.node, binding.module, binding.qualname, None, holder)
    if words & {"property", "cached_property"} and owner is not None:
        return machine.call(code, [], {})
    return code
