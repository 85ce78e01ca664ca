"""The statements at the margin of modules, in order: what they bind and load for certain."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from analyzer.source.facts import Assign, ClassDef, FuncDef, Import
from analyzer.source.modules import Module, Modules
from analyzer.source.scopes import Entry, bound_names

STAR = "*"
MAX_HOPS = 40
MAX_STARS = 50
"""So many star imports above a line, and one into another, are asked for a name."""

Target = Callable[[Module, Import], Module | None]
Exported = Callable[[Module], frozenset[str] | None]


class Margins:
    """Reads the margin of each module once.

    `target` is the module that an import statement imports from, `exported` the `__all__` of one.
    """

    def __init__(self, modules: Modules, target: Target, exported: Exported) -> None:
        self.modules = modules
        self._target = target
        self._exported = exported
        self._bound: dict[str, dict[str, list[Entry]]] = {}
        self._loads: dict[str, dict[str, int]] = {}
        self._brought: dict[tuple[str, str], bool] = {}

    def last(self, module: Module, name: str, line: int) -> Entry | None:
        """The last statement above a line that binds a name."""
        return next(reversed(_above(self._entries(module, name), line)), None)

    def stars(self, module: Module, line: int) -> list[Import]:
        """The star imports above a line, the last one first."""
        above = _above(self._entries(module, STAR), line)
        return [star for star in reversed(above) if isinstance(star, Import)]

    def loads(self, package: Module, submodule: Module) -> int:
        """The line at which a package first imports one of its submodules by name; 0 where it does not."""
        if package.path not in self._loads:
            lines = self._loads[package.path] = {}
            for stmt in self.modules.facts(package).body:
                for path in self._loaded(package, stmt) if isinstance(stmt, Import) else ():
                    lines.setdefault(path, stmt.line)
        return self._loads[package.path].get(submodule.path, 0)

    def _loaded(self, package: Module, stmt: Import) -> Iterator[str]:
        """The files below a package that one of its import statements names."""
        source = self._target(package, stmt)
        if source is None:
            return
        names = [source.name]
        if source.path == package.path:
            names = [f"{package.name}.{name}" for name, _ in stmt.names or ()]
        for name in names:
            inner = name.removeprefix(f"{package.name}.")
            first = f"{package.name}.{inner.partition('.')[0]}"
            for each in (first, name) if inner != name else ():
                found = self.modules.find(each, package.path)
                if found is not None:
                    yield found.path

    def brings(self, module: Module, star: Import, name: str, hops: int = 0) -> bool:
        """Whether a star import certainly brings a name: the other module binds it, or imports it as its
        own submodule, or has it by a star import in turn."""
        source = self._target(module, star)
        if source is None or not source.path or source.path == module.path or hops > MAX_HOPS:
            return False
        key = (source.path, name)
        if key not in self._brought:
            self._brought[key] = False
            self._brought[key] = self._has(source, name, hops)
        return self._brought[key]

    def _has(self, source: Module, name: str, hops: int) -> bool:
        exported = self._exported(source)
        if exported is not None or name.startswith("_"):
            return exported is not None and name in exported
        if self._entries(source, name):
            return True
        submodule = self.modules.find(f"{source.name}.{name}", source.path) if source.package else None
        if submodule is not None and self.loads(source, submodule):
            return True
        stars = self._entries(source, STAR)[-MAX_STARS:]
        return any(self.brings(source, star, name, hops + 1) for star in stars if isinstance(star, Import))

    def _entries(self, module: Module, name: str) -> Sequence[Entry]:
        key = module.path or module.name
        if key not in self._bound:
            found = self._bound[key] = {}
            for stmt in self.modules.facts(module).body:
                if isinstance(stmt, (Assign, ClassDef, FuncDef, Import)):
                    for bound in bound_names(stmt):
                        found.setdefault(bound, []).append(stmt)
        return self._bound[key].get(name, ())


def _above(entries: Sequence[Entry], line: int) -> Sequence[Entry]:
    """Of statements in reading order the last ones above a line."""
    end = bisect_left(entries, line, key=lambda entry: entry.line)
    return entries[max(0, end - MAX_STARS) : end]
