"""Files of the project that a migration's code names from its own place, and what it reads there."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from analyzer.data.sqltext import HOLE
from analyzer.data.world import ANY, Args, Bag, Fixed, Made, Outside, Value

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

FILE = "builtins.__file__"
_SAME = frozenset(
    {"abspath", "realpath", "normpath", "fspath", "fsdecode", "resolve", "absolute", "expanduser"}
)
_PATHS = ("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath")
_CLASSES = (*_PATHS, "builtins.str")
_OPEN = ("builtins.open", "io.open", "codecs.open")
_READS = frozenset({"read", "read_text", "read_bytes", "readlines", "decode"})


def place(path: str) -> Made:
    """A path below the root of the project."""
    return Made(FILE, (Fixed(normpath(path)),), (), 0, "")


def path_of(value: Value) -> str | None:
    """The path that a value is, where the project's own source decides it."""
    match value:
        case Made(path, (Fixed(str() as text),)) if path == FILE:
            return text
        case _:
            return None


def call(path: str, args: Args) -> Value | None:
    """What functions of os.path and pathlib make of places; None where it is not about one."""
    first = path_of(args[0]) if args else None
    if first is None:
        return None
    module, _, name = path.rpartition(".")
    if path in _OPEN or (path in _CLASSES and len(args) == 1):
        return args[0]
    if module in ("os.path", "os") and name in _SAME:
        return args[0]
    if path == "os.path.dirname":
        return _inside(dirname(first))
    if path == "os.path.join" or path in _CLASSES:
        return joined(first, args[1:])
    return None


def relative(machine: Machine, path: str, args: Args) -> Value | None:
    """A file by its place below the folder that the project is run from, or one that settings name.

    None where no folder around the caller, or more than one, has such a file.
    """
    if path != "os.path.join" and path not in _OPEN and path not in _PATHS:
        return None
    parts = args[:1] if path in _OPEN else args
    if parts and _is_setting(parts[0]):
        return parts[0] if len(parts) == 1 else _around(machine, parts[1:])
    return _around(machine, parts) if path != "os.path.join" else None


def _is_setting(value: Value) -> bool:
    return isinstance(value, Outside) and value.path.startswith("django.conf.settings.")


def _around(machine: Machine, parts: Args) -> Value | None:
    """The only file with this name below one of the folders around the caller."""
    texts = [part.value for part in parts if isinstance(part, Fixed) and isinstance(part.value, str)]
    name = "/".join(texts).removeprefix(f"{HOLE}/")
    if len(texts) < len(parts) or name.startswith("/") or "." not in name or HOLE in name:
        return None
    places = {normpath(join(folder, name)) for folder in _above(machine.file)}
    files = machine.names.modules.files
    found = [one for one in sorted(places) if not one.startswith("..") and files.text(one) is not None]
    return place(found[0]) if len(found) == 1 else None


def under(machine: Machine, start: Value, other: Value) -> Value | None:
    """`settings.BASE_DIR / "name"`: a file, or else a folder that may hold it."""
    if not _is_setting(start) or not isinstance(start, Outside):
        return None
    name = start.path.partition("/")[2]
    parts: Args = [Fixed(name), other] if name else [other]
    found = _around(machine, parts)
    if found is None and isinstance(other, Fixed) and isinstance(other.value, str):
        return Outside(f"{start.path}/{other.value}")
    return found


def joined(start: str, rest: Args) -> Value:
    """A place below another; anything where a part is not decided or leads elsewhere."""
    parts = [part.value for part in rest if isinstance(part, Fixed) and isinstance(part.value, str)]
    if len(parts) < len(rest) or any(part.startswith("/") for part in parts):
        return ANY
    return _inside(join(start, *parts))


def below(start: str, op: str, other: Value) -> Value:
    """`place / "name"` or `place + "/name"`."""
    if op == "/":
        return joined(start, [other])
    return _inside(start + other.value) if isinstance(other, Fixed) and isinstance(other.value, str) else ANY


def _inside(path: str) -> Value:
    found = normpath(path or ".")
    return ANY if found.startswith("..") else place(found)


def on_place(machine: Machine, owner: Made, name: str, args: Args) -> Value | None:
    """A method of a place, or of the file that was opened there; None for any other object."""
    path = path_of(owner)
    if path is None:
        return None
    if name in _SAME or name in ("open", "__enter__"):
        return owner
    if name == "joinpath":
        return joined(path, args)
    if name in ("with_name", "with_suffix") and args and isinstance(args[0], Fixed):
        stem = path.rpartition(".")[0] if name == "with_suffix" else f"{dirname(path)}/"
        return _inside(f"{stem}{args[0].value}")
    if name in _READS:
        text = machine.names.modules.files.text(path)
        if text is None:
            return ANY
        return (
            Bag("list", [Fixed(line) for line in text.splitlines()], True)
            if name == "readlines"
            else Fixed(text)
        )
    return ANY


def attribute(owner: Made, name: str) -> Value | None:
    """`place.parent` and the like; None for any other object."""
    path = path_of(owner)
    if path is None:
        return None
    parts: dict[str, Callable[[], Value]] = {
        "parent": lambda: _inside(dirname(path)),
        "parents": lambda: Bag("tuple", [_inside(up) for up in _above(path)], True),
        "name": lambda: Fixed(path.rpartition("/")[2]),
        "stem": lambda: Fixed(path.rpartition("/")[2].rpartition(".")[0]),
    }
    found = parts.get(name)
    return found() if found is not None else None


def _above(path: str) -> list[str]:
    out = []
    while path and path != ".":
        path = dirname(path)
        out.append(path or ".")
    return out
