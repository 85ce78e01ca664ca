"""What a run may be told, from `migscan.toml` or `[tool.migscan]` in `pyproject.toml`, then from flags.

Flags win over files.  Relative paths in a file count from the file's folder, those on the command
line from the current directory.  An unknown key is an error: a typo must not switch something off.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import UNSET, Struct, UnsetType, ValidationError, convert
from msgspec.structs import fields, replace

from analyzer.errors import UsageError

CONFIG_FILE = "migscan.toml"
PYPROJECT = "pyproject.toml"

_PROGRAM = re.compile(r"dot[\w.-]*")
"""What a project's file may have started: a tree that is read is not to be trusted."""

_DJANGO = re.compile(r"[1-9][0-9]?\.[0-9]{1,2}")


Level = Literal["error", "warning", "note", "off"]
Threshold = Literal["error", "warning", "note"]


class AppOptions(Struct, frozen=True, rename="kebab"):
    """What a configuration file says about the findings of one app."""

    severity: dict[str, Level] = {}
    ignore: tuple[str, ...] = ()


class Options(Struct, frozen=True):
    """How to read a project, what to write, and which findings count.

    `settings` is a file (relative to the project) or a dotted module; None lets migscan choose.
    `django_version` is `X.Y`; None lets migscan find out which Django the project runs with.
    `jobs` is 0 where migscan may choose the number of processes itself.  `dot` names a Graphviz
    program to draw with; None means the embedded one.

    Rules are named by code, name or family; `severity` and `apps` say how bad their findings are,
    `fail_on` from which severity on a run ends with exit code 1, and `baseline` which are known.
    """

    exclude: tuple[str, ...] = ()
    settings: str | None = None
    jobs: int = 0
    cache: bool = True
    all_apps: bool = False
    graphs: bool = True
    output: Path | None = None
    force: bool = False
    quiet: bool = False
    dot: str | None = None
    project: str | None = None
    site_packages: Path | None = None
    django_version: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = {}
    severity: dict[str, Level] = {}
    apps: dict[str, AppOptions] = {}
    require_reasons: bool = False
    fail_on: Threshold = "error"
    baseline: Path | None = None


class _File(Struct, frozen=True, rename="kebab"):
    """The keys that a configuration file may hold; `--force` and `--quiet` are for a person to say."""

    exclude: tuple[str, ...] | UnsetType = UNSET
    settings: str | UnsetType = UNSET
    jobs: int | UnsetType = UNSET
    cache: bool | UnsetType = UNSET
    all_apps: bool | UnsetType = UNSET
    graphs: bool | UnsetType = UNSET
    output: str | UnsetType = UNSET
    dot: str | UnsetType = UNSET
    project: str | UnsetType = UNSET
    site_packages: str | UnsetType = UNSET
    django_version: str | UnsetType = UNSET
    select: tuple[str, ...] | UnsetType = UNSET
    ignore: tuple[str, ...] | UnsetType = UNSET
    extend_select: tuple[str, ...] | UnsetType = UNSET
    per_file_ignores: dict[str, tuple[str, ...]] | UnsetType = UNSET
    severity: dict[str, Level] | UnsetType = UNSET
    apps: dict[str, AppOptions] | UnsetType = UNSET
    require_reasons: bool | UnsetType = UNSET
    fail_on: Threshold | UnsetType = UNSET
    baseline: str | UnsetType = UNSET


class Flags(Struct, frozen=True):
    """What the command line said; None (or empty) where it said nothing."""

    exclude: tuple[str, ...] = ()
    settings: str | None = None
    jobs: int | None = None
    cache: bool | None = None
    all_apps: bool | None = None
    graphs: bool | None = None
    output: Path | None = None
    force: bool | None = None
    quiet: bool | None = None
    dot: str | None = None
    project: str | None = None
    site_packages: Path | None = None
    django_version: str | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    fail_on: Threshold | None = None
    baseline: Path | None = None


_ADD_UP = ("exclude", "ignore", "extend_select")


def load(root: Path, flags: Flags = Flags()) -> Options:  # noqa: B008 - a frozen value
    """The options for a run on `root`; lists of what to leave out or add add up, else the flag wins."""
    options = from_file(root)
    said = {name: value for name, value in _items(flags) if value is not None}
    for name in _ADD_UP:
        known = getattr(options, name)
        said[name] = (*known, *(item for item in getattr(flags, name) if item not in known))
    return checked(replace(options, **said))


def checked(options: Options) -> Options:
    """The options, if their values make sense."""
    if options.jobs < 0:
        raise UsageError(f"jobs must be 0 (choose) or more, not {options.jobs}")
    if options.site_packages is not None and not options.site_packages.is_dir():
        raise UsageError(f"{options.site_packages}: no such folder of installed packages")
    if options.django_version is not None and not _DJANGO.fullmatch(options.django_version):
        raise UsageError(f"django-version must be X.Y, such as 4.2, not {options.django_version!r}")
    return options


def from_file(root: Path) -> Options:
    """The options in the project's own configuration; `migscan.toml` comes before `pyproject.toml`."""
    own = root / CONFIG_FILE
    if own.is_file():
        return _options(_read(own), own.name, "", root)
    pyproject = root / PYPROJECT
    if pyproject.is_file():
        tool = _read(pyproject).get("tool")
        table = tool.get("migscan") if isinstance(tool, dict) else None
        if table is not None:
            return _options(table, pyproject.name, "tool.migscan.", root)
    return Options()


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path.name}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path.name}: not UTF-8, as TOML must be") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path.name}: not valid TOML: {error}") from error


def _options(table: object, file: str, prefix: str, root: Path) -> Options:
    if not isinstance(table, dict):
        raise UsageError(f"{file}: '{prefix.rstrip('.')}' must be a table")
    _refuse_unknown(table, file, prefix)
    try:
        values = convert(table, _File)
    except ValidationError as error:
        raise UsageError(f"{file}: {_explain(str(error), prefix)}") from error
    said = {name: value for name, value in _items(values) if value is not UNSET}
    for name in ("output", "baseline"):
        if isinstance(path := said.get(name), str):
            said[name] = _inside(root, path, f"{file}: '{prefix}{name}'")
    if isinstance(site := said.get("site_packages"), str):
        said["site_packages"] = root / site
    if isinstance(dot := said.get("dot"), str) and not _PROGRAM.fullmatch(dot):
        raise UsageError(
            f"{file}: '{prefix}dot' must be Graphviz's dot on PATH; --dot names any other program"
        )
    return checked(replace(Options(), **said))


def _inside(root: Path, said: str, where: str) -> Path:
    """A path that a file of the project may name: one inside the project."""
    path = root / said
    if not path.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{where} leads out of the project: {said}")
    return path


def _refuse_unknown(table: Mapping[str, object], file: str, prefix: str) -> None:
    _refuse(table, [field.encode_name for field in fields(_File)], file, prefix)
    apps = table.get("apps")
    for label, said in sorted(apps.items()) if isinstance(apps, dict) else ():
        if isinstance(said, dict):
            _refuse(said, [f.encode_name for f in fields(AppOptions)], file, f"{prefix}apps.{label}.")


def _refuse(table: Mapping[str, object], known: list[str], file: str, prefix: str) -> None:
    for key in sorted(table):
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(sorted(known))}"
            raise UsageError(f"{file}: unknown key '{prefix}{key}'; {hint}")


def _explain(message: str, prefix: str) -> str:
    """msgspec's message with the key as the file writes it."""
    what, _, where = message.partition(" - at `$.")
    return f"'{prefix}{where.rstrip('`')}': {what[:1].lower()}{what[1:]}" if where else message


def _items(values: Struct) -> list[tuple[str, object]]:
    return [(name, getattr(values, name)) for name in values.__struct_fields__]
