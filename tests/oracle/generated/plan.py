"""What a generated project is made of while it is being written: apps, modules and classes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")


class Dice:
    """Decisions, all made through `randrange`, so that hypothesis can shrink them: 0 is the plain one."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def below(self, count: int) -> int:
        return self._random.randrange(count) if count > 1 else 0

    def percent(self, chance: int) -> bool:
        """True in so many of a hundred cases; False is the plain one."""
        return self.below(100) >= 100 - chance

    def one(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def some(self, options: Sequence[T], most: int) -> list[T]:
        """Up to `most` different ones, in an order of their own."""
        left = list(options)
        out: list[T] = []
        for _ in range(min(self.below(most + 1), len(left))):
            out.append(left.pop(self.below(len(left))))
        return out

    def shuffled(self, options: Sequence[T]) -> list[T]:
        left = list(options)
        return [left.pop(self.below(len(left))) for _ in range(len(left))]


@dataclass(eq=False)
class Source:
    """A module: imports above, code below.  `package` where the file is an `__init__.py`."""

    name: str
    package: bool = False
    app: App | None = None
    knows_user: bool = False
    """Whether the user model is registered by the time this module is imported."""
    loading: bool = False
    """Whether it is half imported while the modules that it loads are: then they leave it alone."""
    bound: dict[str, object] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    exports: dict[str, Klass] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return self.name.replace(".", "/") + ("/__init__.py" if self.package else ".py")

    @property
    def parent(self) -> str:
        """The package that relative imports of one dot start from."""
        return self.name if self.package else self.name.rpartition(".")[0]

    def add_import(self, line: str) -> None:
        if line not in self.imports:
            self.imports.append(line)

    def add(self, block: str) -> None:
        self.code.append(textwrap.dedent(block).strip("\n"))

    def text(self) -> str:
        imports = "\n".join(self.imports)
        blocks = [block for block in (imports, *self.code, *self.after) if block]
        return "\n\n".join(blocks) + "\n" if blocks else ""


@dataclass(eq=False)
class Klass:
    """A class of the project.  `shadow` is a plain class with the same bases: it knows the MRO."""

    name: str
    qualname: str
    source: Source
    kind: str
    """`abstract`, `concrete`, `proxy` or `plain`."""
    shadow: type
    label: str = ""
    fields: set[str] = field(default_factory=set)
    """Names of all fields that it may have itself, those of abstract bases included."""
    binds: set[str] = field(default_factory=set)
    """Names that its body binds."""
    key: bool = False
    """Whether it has a primary key of its own."""
    concrete: list[Klass] = field(default_factory=list)
    """The concrete models that it inherits from, without those of abstract bases."""
    homes: list[tuple[Source, str]] = field(default_factory=list)
    """Modules that give it away, with the name it has there."""
    importable: bool = True

    @property
    def is_model(self) -> bool:
        return self.kind != "plain"

    @property
    def full_label(self) -> str:
        return f"{self.label}.{self.name}"

    @property
    def real(self) -> Klass:
        """The model whose table a proxy uses."""
        return self.concrete[0].real if self.kind == "proxy" else self

    def ancestors(self, known: Sequence[Klass]) -> list[Klass]:
        by_shadow = {klass.shadow: klass for klass in known}
        return [by_shadow[base] for base in self.shadow.__mro__[1:] if base in by_shadow]


@dataclass(eq=False)
class App:
    name: str
    label: str
    installed: bool = True
    folder: str = ""
    """What stands before its path: a folder that the settings put on `sys.path`."""
    entry: str = ""
    sources: list[Source] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    """Names of concrete models still to be written, promised to whoever points there by a string."""


@dataclass(eq=False)
class Project:
    dice: Dice
    root: str = ""
    migrated: bool = False
    """Whether its models must be such that a migration can hold them."""
    settings: str = ""
    apps: list[App] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    classes: list[Klass] = field(default_factory=list)
    taken: set[tuple[str, str]] = field(default_factory=set)
    """(label, lower-case name) of every model."""
    values: dict[str, Any] = field(default_factory=dict)
    """Settings that are more than Django's defaults, as Python source by name."""
    user: Klass | None = None
    constants: list[Constant] = field(default_factory=list)
    custom: list[CustomField] = field(default_factory=list)

    @property
    def installed(self) -> list[App]:
        return [app for app in self.apps if app.installed]

    def source(self, name: str, app: App | None = None, *, package: bool = False) -> Source:
        made = Source(name, package, app)
        self.sources.append(made)
        if app is not None:
            app.sources.append(made)
        return made

    def module(self, name: str) -> Source:
        return next(source for source in self.sources if source.name == name)

    def files(self) -> dict[str, str]:
        """Every file by path, missing `__init__.py` of packages included."""
        out: dict[str, str] = {}
        for source in self.sources:
            parts = source.name.split(".")
            for depth in range(1, len(parts)):
                out.setdefault("/".join(parts[:depth]) + "/__init__.py", "")
            out[source.path] = source.text()
        placed = {self._folder_of(path) + path: text for path, text in out.items()}
        for app in self.apps:
            for folder in _packages(app.folder):
                placed.setdefault(f"{folder}/__init__.py", "")
        prefix = f"{self.root}/" if self.root else ""
        return {prefix + path: text for path, text in placed.items()}

    def _folder_of(self, path: str) -> str:
        top = path.partition("/")[0]
        folder = next((app.folder for app in self.apps if app.name.partition(".")[0] == top), "")
        return f"{folder}/" if folder else ""


def _packages(folder: str) -> list[str]:
    """A folder and those above it."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


@dataclass(frozen=True)
class Constant:
    """A name for a target: `name` (dotted inside a class) in a module is `label` to Django."""

    source: Source
    name: str
    label: str


@dataclass(frozen=True)
class CustomField:
    """A field class of the project, how it is called, and what it needs."""

    source: Source
    name: str
    arguments: str
    needs_target: bool = False
    kind: str = ""
