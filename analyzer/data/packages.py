"""What functions of Django and of well-known packages do, by their dotted paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from analyzer.data import orm, places
from analyzer.data.builtin import builtin
from analyzer.data.commands import call_command
from analyzer.data.items import pour
from analyzer.data.quiet import is_quiet
from analyzer.data.sqltext import HOLE, words
from analyzer.data.tools import model_named
from analyzer.data.world import (
    ANY,
    Args,
    Bag,
    Called,
    Code,
    Fixed,
    Frame,
    Kwargs,
    Lambda,
    Made,
    Model,
    Outside,
    Partial,
    Row,
    Rows,
    Some,
    Value,
    all_needs,
    sources,
)

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

MAX_CALLBACKS = 8
_CONTAINERS = ("list", "set", "dict", "deque")

_TASK_FUNCTIONS = words("delay apply_async enqueue send_task")
_TASKS = tuple(
    words(
        """os.remove os.unlink os.rename os.makedirs os.mkdir os.rmdir os.replace os.symlink os.system
        shutil. subprocess. requests. urllib.request. django.core.cache. django.core.mail.
        django.core.files.storage."""
    )
)
"""Beginnings of paths that work on something beside the database."""


def call(machine: Machine, path: str, args: Args, kwargs: Kwargs, called: Called) -> Value:
    """A call of what is defined outside the project."""
    module, _, name = path.rpartition(".")
    found = places.call(path, args) or places.relative(machine, path, args)
    if found is not None:
        return found
    if module == "builtins":
        return builtin(machine, name, args, kwargs, called)
    known = _KNOWN.get(name)
    if known is not None:
        return known(machine, path, args, kwargs)
    if name.startswith("create_") and name.endswith("permissions"):
        return _permissions(machine, path, args, kwargs)
    if path.startswith(("psycopg2.sql.", "psycopg.sql.")):
        return args[0] if name == "SQL" and args else Fixed(HOLE)
    row = orm.on_outside_model(path, kwargs)
    if row is not None:
        return row
    if name[:1].isupper():
        return Made(path, tuple(args), tuple(kwargs.items()), machine.line, machine.file)
    return _other(machine, path, [*args, *kwargs.values()], called)


def _other(machine: Machine, path: str, everything: Args, called: Called) -> Value:
    """Only a call whose result nobody uses is made for what it does."""
    bare = machine.bare
    callbacks(machine, everything, called)
    if path.startswith(_TASKS):
        machine.record("task", "", f"runs {path}()")
    elif path.rpartition(".")[2] in _TASK_FUNCTIONS:
        machine.record("task", "", f"starts the task {path.rpartition('.')[0]}")
    elif bare and not is_quiet(path):
        machine.record("outside", "", f"calls {path}(), whose source is not known")
    return Some(all_needs(everything))


def callbacks(machine: Machine, values: Args, called: Called) -> None:
    """Functions handed to a function that is not followed are taken to be called, with anything.

    An empty container may come back filled.
    """
    for value in values:
        if isinstance(value, Bag) and value.filled is False and not value.needs:
            value.filled = None
    functions = [value for value in values if isinstance(value, (Code, Lambda, Partial))]
    if not functions or len(machine.stack) > MAX_CALLBACKS:
        return
    needs = all_needs(value for value in values if value not in functions)
    with machine.under(needs):
        for function in functions:
            called(machine, function, [Some(needs)] * 4, {})


def connected(machine: Machine, path: str, args: Args, kwargs: Kwargs, called: Called) -> Value:
    """A handler of `post_migrate` runs once all migrations have; other signals wait for an event."""
    if path.endswith("post_migrate"):
        callbacks(machine, [*args[:1], kwargs.get("receiver", ANY)], called)
    return ANY


# ---------------------------------------------------------------- functions known by name


def _get_model(machine: Machine, path: str, args: Args, kwargs: Kwargs) -> Value:
    return model_named(machine, [*args, *kwargs.values()])


def _user_model(machine: Machine, path: str, args: Args, kwargs: Kwargs) -> Value:
    return model_named(machine, [Fixed("settings.AUTH_USER_MODEL")])


def _permissions(machine: Machine, path: str, args: Args, kwargs: Kwargs) -> Value:
    why = f"{path.rpartition('.')[2]}() creates rows"
    machine.record("create", "auth.Permission", why, how="command", many=True)
    return ANY


def _content_types(machine: Machine, path: str, args: Args, kwargs: Kwargs) -> Value:
    machine.record("task", "", "makes content types, which migrating makes anyway")
    return ANY


def _command(machine: Machine, path: str, args: Args, kwargs: Kwargs) -> Value:
    return call_command(machine, args, kwargs)


def _partial(machine: Machine, path: str, args: Args, kwargs: Kwargs) -> Value:
    return Partial(args[0], tuple(args[1:]), tuple(kwargs.items())) if args else ANY


def _container(machine: Machine, path: str, args: Args, kwargs: Kwargs) -> Value:
    bag = Bag("list" if path.endswith("deque") else "dict")
    for arg in args:
        if isinstance(arg, (Bag, Rows, Some)):
            pour(machine, bag, arg)
    return bag


def _defaultdict(machine: Machine, path: str, args: Args, kwargs: Kwargs) -> Value:
    """A dict that fills as it is asked; of containers, these are filled in their turn."""
    bag = Bag("dict")
    match args[:1]:
        case [Outside(path=made)]:
            kind = made.rpartition(".")[2]
            bag.default = Bag("list" if kind == "deque" else kind) if kind in _CONTAINERS else None
        case [Lambda(body=body, frame=frame)]:
            value = machine.evaluate(body, Frame(frame.module, frame, frame.cls))
            bag.default = value if isinstance(value, Bag) else None
        case _:
            pass
    for arg in args[1:]:
        pour(machine, bag, arg)
    return bag


def _chain(machine: Machine, path: str, args: Args, kwargs: Kwargs) -> Value:
    bag = Bag("list")
    for arg in args:
        pour(machine, bag, arg)
    return bag


def _same(machine: Machine, path: str, args: Args, kwargs: Kwargs) -> Value:
    return args[0] if args else ANY


def _or_404(machine: Machine, path: str, args: Args, kwargs: Kwargs) -> Value:
    match args:
        case [Model(label), *_]:
            return orm.get(machine, Rows(label, sources(label)))
        case [Rows() as rows, *_]:
            return orm.get(machine, rows)
        case _:
            return ANY


def _assign_perm(machine: Machine, path: str, args: Args, kwargs: Kwargs) -> Value:
    """guardian's `assign_perm` links rows; part of a seed where one of them is new."""
    row = next((arg for arg in [*args, *kwargs.values()] if isinstance(arg, Row)), None)
    if row is None or row.new:
        machine.record("create", "guardian.permission", "assign_perm() grants a permission", how="grant")
    else:
        machine.record("change", row.label, f"assign_perm() on a {row.label} that exists", row.needs)
    return ANY


_KNOWN: dict[str, Callable[[Machine, str, Args, Kwargs], Value]] = {
    **dict.fromkeys(("get_model", "get_registered_model", "load_model"), _get_model),
    "get_user_model": _user_model,
    **dict.fromkeys(("create_permissions", "emit_post_migrate_signal", "create_default_site"), _permissions),
    **dict.fromkeys(
        ("create_contenttypes", "update_contenttypes", "update_all_contenttypes"), _content_types
    ),
    "call_command": _command,
    "partial": _partial,
    "defaultdict": _defaultdict,
    **dict.fromkeys(("OrderedDict", "Counter", "deque", "ChainMap"), _container),
    **dict.fromkeys(("chain", "from_iterable"), _chain),
    **dict.fromkeys(("dedent", "cleandoc", "mark_safe", "sync_to_async", "async_to_sync"), _same),
    **dict.fromkeys(("get_object_or_404", "get_list_or_404"), _or_404),
    "assign_perm": _assign_perm,
}
