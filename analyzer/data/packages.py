"""What functions of Django and of well-known packages do, by their dotted paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.data import orm
from analyzer.data.builtin import builtin
from analyzer.data.commands import call_command
from analyzer.data.effects import FREE
from analyzer.data.items import pour
from analyzer.data.sqltext import HOLE
from analyzer.data.tools import model_named
from analyzer.data.world import (
    ANY,
    Bag,
    Bound,
    Code,
    Fixed,
    Lambda,
    Made,
    Model,
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

_PERMISSIONS = frozenset(
    {"create_permissions", "emit_post_migrate_signal", "create_default_site"}
)
_GET_MODEL = frozenset({"get_model", "get_registered_model", "get_class", "load_model"})
_CONTAINERS = frozenset({"defaultdict", "OrderedDict", "Counter", "deque", "ChainMap", "SortedDict"})
_TASKS = [
    "os.remove",
    "os.unlink",
    "os.rename",
    "os.makedirs",
    "os.mkdir",
    "os.rmdir",
    "os.removedirs",
    "os.replace",
    "os.symlink",
    "shutil.",
    "django.core.cache.",
    "django.core.mail.",
    "subprocess.",
    "requests.",
    "django.core.files.storage.default_storage.",
    "os.system",
    "urllib.request.",
]
_QUIET = [
    "builtins.",
    "logging.",
    "django.utils.",
    "django.db.",
    "django.conf.",
    "django.apps.",
    "django.core.exceptions.",
    "django.core.validators.",
    "django.contrib.postgres.",
    "django.core.management.",
    "django.test.",
    "django.core.paginator.",
    "time.",
    "datetime.",
    "re.",
    "json.",
    "uuid.",
    "copy.",
    "collections.",
    "itertools.",
    "math.",
    "hashlib.",
    "random.",
    "string.",
    "os.",
    "functools.",
    "typing.",
    "warnings.",
    "tqdm.",
    "operator.",
    "decimal.",
    "sys.",
    "urllib.",
    "pytz.",
    "io.",
    "csv.",
    "textwrap.",
    "inspect.",
    "pathlib.",
    "contextlib.",
    "six.",
    "yaml.",
    "html.",
    "base64.",
    "traceback.",
    "pprint.",
    "enum.",
    "dataclasses.",
    "django.core.files.",
    "django.core.serializers.",
    "psycopg2.",
    "psycopg.",
    "structlog.",
    "dateutil.",
    "zoneinfo.",
    "secrets.",
    "tempfile.",
    "gc.",
    "types.",
    "codecs.",
    "unicodedata.",
    "abc.",
    "statistics.",
    "fractions.",
    "calendar.",
    "locale.",
    "platform.",
    "struct.",
    "pickle.",
    "gettext.",
    "slugify.",
    "markdown.",
    "bs4.",
    "lxml.",
    "bleach.",
    "simplejson.",
    "ujson.",
    "unidecode.",
    "ast.",
    "__future__.",
]


def call(machine: Machine, path: str, args: Args, kwargs: Kwargs, called: Called) -> Value:
    """A call of what is defined outside the project."""
    module, _, name = path.rpartition(".")
    if module == "builtins":
        return builtin(machine, name, args, kwargs, called)
    special = _special(machine, path, name, args, kwargs, called)
    if special is not None:
        return special
    row = orm.on_outside_model(path, kwargs)
    if row is not None:
        return row
    everything = [*args, *kwargs.values()]
    if name[:1].isupper():
        return Made(path, tuple(args), tuple(kwargs.items()), machine.line, machine.file)
    callbacks(machine, everything, called)
    if path.startswith(tuple(_TASKS)):
        machine.record("task", "", f"runs {path}()")
    elif name in ("delay", "apply_async", "enqueue"):
        machine.record("task", "", f"starts the task {module}")
    elif machine.bare and not path.startswith(tuple(_QUIET)):
        machine.record("outside", "", f"calls {path}(), whose source is not known")
    return Some(all_needs(everything))


def _special(
    machine: Machine, path: str, name: str, args: Args, kwargs: Kwargs, called: Called
) -> Value | None:
    first = args[0] if args else ANY
    if name in _GET_MODEL:
        return model_named([*args, *kwargs.values()])
    if name == "get_user_model":
        return Model("settings.AUTH_USER_MODEL")
    if name in _PERMISSIONS or (name.startswith("create_") and name.endswith("permissions")):
        machine.record("create", "auth.Permission", f"{name}() creates rows")
        return ANY
    if name.endswith("contenttypes") and path.startswith("django."):
        machine.record("task", "", f"{name}(): content types come by themselves after migrating")
        return ANY
    if name == "call_command":
        return call_command(machine, args, kwargs)
    if name == "partial" and args:
        return Partial(first, tuple(args[1:]), tuple(kwargs.items()))
    if name in _CONTAINERS:
        bag = Bag("dict" if name != "deque" else "list")
        for arg in args:
            if isinstance(arg, (Bag, Rows, Some)):
                pour(machine, bag, arg)
        return bag
    if name == "assign_perm":
        return _assign(machine, [*args, *kwargs.values()])
    if path.startswith(("psycopg2.sql.", "psycopg.sql.")):
        return first if name == "SQL" else Fixed(HOLE)
    if name in ("dedent", "cleandoc", "text", "mark_safe", "sync_to_async", "async_to_sync"):
        return first
    if path == "django.db.migrations.RunPython.noop" or path.endswith("RunPython.noop"):
        return ANY
    if name in ("chain", "from_iterable"):
        bag = Bag("list")
        for arg in args:
            pour(machine, bag, arg)
        return bag
    if name in ("get_object_or_404", "get_list_or_404") and isinstance(first, (Model, Rows)):
        rows = first if isinstance(first, Rows) else Rows(first.label, sources(first.label))
        return orm.get(machine, rows)
    return None


def _assign(machine: Machine, args: Args) -> Value:
    """guardian's `assign_perm` links rows; part of a seed where one of them is new."""
    row = next((arg for arg in args if isinstance(arg, Row)), None)
    if row is None or row.new:
        machine.record("create", "guardian.permission", "assign_perm() grants a permission")
    else:
        machine.record("change", row.label, f"assign_perm() on a {row.label} that exists", row.needs)
    return ANY


def connected(machine: Machine, path: str, args: Args, kwargs: Kwargs, called: Called) -> Value:
    """A handler of `post_migrate` runs once all migrations have; other signals wait for an event."""
    if path.endswith("post_migrate"):
        callbacks(machine, [*args[:1], kwargs.get("receiver", ANY)], called)
    return ANY


def callbacks(machine: Machine, values: Args, called: Called) -> None:
    """Functions handed to a function that is not followed are taken to be called, with anything."""
    functions = [value for value in values if isinstance(value, (Code, Lambda, Partial, Bound))]
    if not functions or len(machine.stack) > 8:
        return
    needs = all_needs(value for value in values if value not in functions)
    with machine.under(needs):
        for function in functions:
            if not isinstance(function, Bound):
                called(machine, function, [Some(needs)] * 4, {})


_ = FREE
