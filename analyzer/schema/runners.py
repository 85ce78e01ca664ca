"""What runs a function when Django starts: calls of it in code that runs then, found backwards.

A call counts where its name leads to the function, or to the class whose instance it makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from analyzer.schema.imports import Imports, Origin
from analyzer.schema.running import Called, Code, ModuleCode
from analyzer.source.facts import ClassDef
from analyzer.source.modules import Module
from analyzer.source.names import Binding, Defined, Unresolved, absolute
from analyzer.source.values import Sequence as Listed

READY = "<ready>"
"""Stands for Django itself, which calls `AppConfig.ready`."""

MADE = ("__init__", "__new__", "__post_init__")
"""Methods that run when an instance is made."""

IMPLICIT = (
    "__init_subclass__",
    "__set_name__",
    "__getattr__",
    "__call__",
    "__prepare__",
    "contribute_to_class",
)
"""Methods that run without being called by name: nothing says when."""

MAX_FUNCTIONS = 200
"""Functions looked at to find what runs one of them."""

MAX_FILES = 60
"""Files that may call a function, beyond which it counts as perhaps run."""


class Caller(Struct, frozen=True):
    """A call in the function `outer` of a file, or in the file's own code where that is ""."""

    path: str
    outer: str
    called: Called


class Runners:
    """Finds what runs a function."""

    def __init__(
        self,
        imports: Imports,
        ready: frozenset[tuple[str, str]],
        importers: Callable[[str], Iterable[str]],
    ) -> None:
        self.imports = imports
        self.ready = ready
        self.importers = importers
        self._known: dict[tuple[str, str], tuple[Origin, ...]] = {}
        self._callers: dict[tuple[str, str], tuple[Caller, ...] | None] = {}
        self._indexes: dict[str, _Index] = {}

    def of(self, path: str, function: str) -> tuple[Origin, ...]:
        """The modules whose import runs a function of a file, READY among them."""
        key = (path, function)
        if key not in self._known:
            self._known[key] = tuple(self._find(path, function))
        return self._known[key]

    def _find(self, path: str, function: str) -> Iterator[Origin]:
        seen: dict[tuple[str, str], bool] = {}
        pending = [(path, function, True)]
        while pending:
            place, name, sure = pending.pop()
            if seen.get((place, name)) or ((place, name) in seen and not sure):
                continue
            seen[place, name] = sure
            if (place, name) in self.ready:
                yield Origin(READY, 0, sure)
                continue
            callers = self.callers(place, name) if not self._implicit(place, name) else None
            if callers is None or len(seen) > MAX_FUNCTIONS:
                yield Origin(place, 0, False)
                continue
            for caller in callers:
                certain = sure and caller.called.sure
                if caller.outer:
                    pending.append((caller.path, caller.outer, certain))
                else:
                    yield Origin(caller.path, caller.called.line, certain)

    def _implicit(self, path: str, function: str) -> bool:
        """Whether a function may run without a call that names it."""
        owner, _, name = function.rpartition(".")
        return name in IMPLICIT or (name in MADE and self._is_metaclass(path, owner))

    def callers(self, path: str, function: str) -> tuple[Caller, ...] | None:
        """The calls of a function in code that may run when Django starts; None where they are too many."""
        key = (path, function)
        if key not in self._callers:
            owner, _, name = function.rpartition(".")
            word = owner.rpartition(".")[2] if name in MADE else name
            places = self._places(path, word)
            found = None if len(places) > MAX_FILES else tuple(self._calling(places, word, path, function))
            self._callers[key] = found
        return self._callers[key]

    def _calling(self, places: list[str], word: str, path: str, function: str) -> Iterator[Caller]:
        for place in places:
            module = self.imports.module(place)
            if module is None:
                continue
            for outer, code, called in self._index(place).named(word):
                if (place, outer) != (path, function) and self._calls(
                    module, code, outer, called, path, function
                ):
                    yield Caller(place, outer, called)

    def _index(self, place: str) -> _Index:
        if place not in self._indexes:
            self._indexes[place] = _Index(self.imports.code(place, full=True))
        return self._indexes[place]

    def _places(self, path: str, word: str) -> list[str]:
        """Files that may call the name: the one itself, and those that import it or a package that does."""
        near = {path, *self.importers(path)}
        if path.endswith("/__init__.py"):
            near.update(place for place, _ in self.ready)  # there `self.module` is an app's package
        for folder in _folders(path):
            above = f"{folder}/__init__.py"
            if above in near:
                near.update(self.importers(above))
        name = word.encode("utf-8", "replace")
        self.imports.consulted.update(near)
        return [place for place in sorted(near) if _calls_it(self.imports.files.data(place), name)]

    def given(self, path: str, function: str) -> Iterator[tuple[str | None, Caller]]:
        """What calls hand to a function as its first argument: texts, or None where they are not decided.

        An argument that a calling function was handed itself is looked for at that one's calls.
        """
        seen: set[tuple[str, str]] = set()
        pending = [(path, function)]
        while pending:
            here = pending.pop()
            if here in seen:
                continue
            seen.add(here)
            callers = self.callers(*here)
            if here in self.ready or callers is None or len(seen) > MAX_FUNCTIONS:
                yield None, Caller(*here, Called(function, None, 0, False))
                continue
            for caller in callers:
                texts = self._first(caller)
                if texts is not None:
                    yield from ((text, caller) for text in texts)
                elif caller.outer:
                    pending.append((caller.path, caller.outer))
                else:
                    yield None, caller

    def _first(self, caller: Caller) -> list[str] | None:
        call, module = caller.called.call, self.imports.module(caller.path)
        first = call.args[0] if call is not None and call.args else None
        if first is None or module is None:
            return None
        value = self.imports.classes.evaluator.evaluate(first, module)
        items = value.items if isinstance(value, Listed) and value.complete else (value,)
        return (
            [item for item in items if isinstance(item, str)]
            if all(isinstance(item, str) for item in items)
            else None
        )

    def _is_metaclass(self, path: str, owner: str) -> bool:
        module = self.imports.module(path)
        found = self.imports.classes.names.resolve(module, owner) if module is not None and owner else None
        cls = self.imports.classes.of_binding(found)
        return cls is not None and "builtins.type" in self._ancestors(cls.node)

    @staticmethod
    def _ancestors(node: ClassDef) -> set[str]:
        return {"builtins.type"} if any(getattr(base, "name", "") == "type" for base in node.bases) else set()

    def _calls(
        self, module: Module, code: Code, outer: str, called: Called, path: str, function: str
    ) -> bool:
        owner, _, name = function.rpartition(".")
        head, _, rest = called.name.partition(".")
        if head in ("self", "cls", "()") and rest:
            if rest == f"module.{name}":
                return path.endswith("__init__.py") and module.name.startswith(
                    self.imports.modules.name_of(path)
                )
            return module.path == path and outer.rpartition(".")[0] == owner and rest == name
        found = self._resolve(module, code, called.name)
        if not isinstance(found, Defined) or found.module.path != path:
            return False
        return found.qualname == function or (name in MADE and found.qualname == owner)

    def _resolve(self, module: Module, code: Code, written: str) -> Binding:
        """What a name means in a body, its own imports first."""
        names = self.imports.classes.names
        head, _, rest = written.partition(".")
        for stmt, _ in code.imports:
            for name, alias in stmt.names or ():
                source = names.modules.find(absolute(module, stmt), module.path) if alias == head else None
                if source is not None:
                    found = names.member(source, name)
                    return names.attribute(found, rest) if rest else found
        found = names.resolve(module, written)
        if isinstance(found, Unresolved) and rest:
            for stmt, _ in code.imports:
                path = stmt.module if stmt.names is None else ""
                if path and written.startswith(f"{stmt.alias or path}."):
                    source = names.modules.find(path, module.path)
                    tail = written.removeprefix(f"{stmt.alias or path}.")
                    return (
                        names.attribute(names.member(source, tail.partition(".")[0]), tail.partition(".")[2])
                        if (source is not None and "." in tail)
                        else (names.member(source, tail) if source is not None else found)
                    )
        return found


Site = tuple[str, Code, Called]
"""A call, and the code that it stands in, with the function's name."""


class _Index:
    """The calls of a file by the last part of their name, and by what a body's own imports call so."""

    def __init__(self, code: ModuleCode) -> None:
        self._sites: dict[str, list[Site]] = {}
        for outer, inner in (("", code.top), *code.functions.items()):
            renamed: dict[str, set[str]] = {}
            for stmt, _ in inner.imports:
                for name, alias in stmt.names or ():
                    renamed.setdefault(alias, set()).add(name)
            for called in inner.calls:
                words = renamed.get(called.name, set()) | {called.name.rpartition(".")[2]}
                for word in words:
                    self._sites.setdefault(word, []).append((outer, inner, called))

    def named(self, word: str) -> Sequence[Site]:
        return self._sites.get(word, ())


_WORD = re.compile(rb"\w")
_CALLED = re.compile(rb"(?:\s|\\|#[^\n]*\n)*(?:\(|as\b)")
"""What follows a name that is called, or that an import gives another name."""


def _calls_it(data: bytes, word: bytes) -> bool:
    """Whether a file may call a name, decorate with it or give it another name."""
    at = data.find(word)
    while at >= 0:
        end = at + len(word)
        if _WORD.match(data, max(at - 1, 0), at) is None and _WORD.match(data, end, end + 1) is None:
            start = data.rfind(b"\n", 0, at) + 1
            if _CALLED.match(data, end) is not None or b"@" in data[start:at]:
                return True
        at = data.find(word, end)
    return False


def _folders(path: str) -> Iterator[str]:
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
