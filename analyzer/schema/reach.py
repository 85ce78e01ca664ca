"""Which modules Django imports when it starts, and which of them define models.

`django.setup()` imports every installed app's package, config and `models`, and runs each config's
`ready` (django.apps.registry.Apps.populate); the commands for migrations also import the URL
configuration (django.core.checks.urls) and the migrations.  From there the imports of the project's
own modules are followed, only as far as they lead to a module in question.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator

from msgspec import Struct

from analyzer.schema.apps import Apps
from analyzer.schema.classes import Classes
from analyzer.schema.dynamic import named_texts
from analyzer.schema.imports import Imports, Looked, Origin, is_test
from analyzer.schema.roots import Roots, find_roots
from analyzer.schema.runners import READY, Runners
from analyzer.schema.settings import Settings
from analyzer.source.discover import parent
from analyzer.source.loading import wanted as matters

SETUP, CHECKS, PERHAPS, NEVER = "setup", "checks", "perhaps", "never"
ONLY_CHECKS = (
    "only what a command loads beyond setup imports its module: the URL configuration, or a migration"
)
PLAIN, DYNAMIC, ALL = 1, 2, 3
MAX_STEPS = 20_000
"""Files looked at for one module in question, beyond which it counts as perhaps loaded."""


class Reached(Struct, frozen=True):
    """How a module comes to be imported: by `setup`, by system `checks`, `perhaps` or `never`; and why."""

    how: str
    why: str = ""


class Reach:
    """Answers how files come to be imported; `wanted` are those that will be asked for."""

    def __init__(self, classes: Classes, apps: Apps, settings: Settings, wanted: Iterable[str]) -> None:
        installed = tuple(app.name for app in apps.apps if app.installed is not False)
        self.imports = Imports(classes, installed)
        self.classes = classes
        self.roots: Roots = find_roots(self.imports, apps, settings)
        self.setup = self._closure(sorted(set(wanted)))
        self._stage = 0
        self._ends: dict[str, dict[str, str]] = {}
        self._started: dict[str, bool] = {}
        self._dead: dict[tuple[str, bool, bool], set[str]] = {}
        self._importers: dict[str, dict[str, bool]] = {}
        self._forward: dict[str, dict[str, bool]] = {}
        self._distances: dict[tuple[str, bool], dict[str, int]] = {}
        self._origins: dict[tuple[str, str], tuple[Origin, ...]] = {}
        self._loose: list[tuple[str | None, str]] | None = None

    @property
    def imports_of_all(self) -> dict[str, Looked] | None:
        """What each file may import, those of tests and migrations too; None where that did not matter."""
        if self._stage < ALL:
            return None
        return {path: tuple(sorted(targets.items())) for path, targets in self._forward.items()}

    # ------------------------------------------------------------ from the roots

    def _closure(self, wanted: list[str]) -> set[str]:
        """What setup surely imports, followed through files that are read anyway.

        Of the others only the packages above a module in question are read.
        """
        files = self.imports.files
        looks = [(file.path, files.scan(file.path)) for file in files.tree.files]
        read = {path for path, looked in looks if matters(path, looked) is not None}
        found = self._follow(read)
        above = {f"{folder}/__init__.py" for path in wanted if path not in found for folder in _folders(path)}
        return self._follow(read | above) if above - read else found

    def _follow(self, read: set[str]) -> set[str]:
        found: set[str] = set()
        pending = list(self.roots.setup)
        for path, function in sorted(self.roots.run):
            module = self.imports.module(path)
            code = self.imports.code(path).functions.get(function) if module is not None else None
            if module is not None and code is not None:
                pending += [target for target, _, sure in self.imports.of(module, code) if sure]
        while pending:
            path = pending.pop()
            if path in found:
                continue
            found.add(path)
            module = self.imports.module(path) if path in read else None
            if module is not None:
                code = self.imports.code(path).top
                pending += [target for target, _, sure in self.imports.of(module, code) if sure]
        return found

    def from_outside(self) -> frozenset[str]:
        """The files of tests, among others, that files which are none may import."""
        return self.imports.of_tests()

    def of(self, path: str) -> Reached:
        """How a file comes to be imported: looked for with more effort as long as nothing is found."""
        if path in self.setup:
            return Reached(SETUP)
        self._look(PLAIN)
        if self._way(path, SETUP, perhaps=False, margin=True) is not None:
            return Reached(SETUP)
        found = self._searched(path, DYNAMIC)
        return found if found.how != NEVER else self._searched(path, ALL)

    def _searched(self, path: str, stage: int) -> Reached:
        self._look(stage)
        if self._find(path, SETUP) is not None:
            return Reached(SETUP)
        if self._find(path, CHECKS) is not None:
            return Reached(CHECKS, ONLY_CHECKS)
        loose = self._loosely()
        why = self._way(path, PERHAPS, perhaps=True, margin=False)
        if why is None and loose is not None:
            why = f"the dynamic import at {loose} may load it"
        return Reached(PERHAPS, why) if why is not None else Reached(NEVER, self._nothing(path))

    def _goals(self, how: str) -> dict[str, str]:
        """Where a search may end, with the reason to give."""
        if how not in self._ends:
            self._ends[how] = self._find_goals(how)
        return self._ends[how]

    def _find_goals(self, how: str) -> dict[str, str]:
        if how == SETUP:
            return dict.fromkeys([*self.setup, READY], "")
        checks = (*self.roots.checks, *(self.roots.migrations if self._stage == ALL else ()))
        if how == CHECKS:
            return dict.fromkeys(checks, "")
        return {**self.roots.perhaps, **dict.fromkeys([*self.setup, READY, *checks], "")}

    # ------------------------------------------------------------ backwards from a module

    def importers(self, path: str) -> dict[str, bool]:
        """The files that may import a file; True where that stands at their margin."""
        return self._importers.get(path, {})

    def _look(self, stage: int) -> None:
        """Look at imports: of the code alone, then dynamic ones too, then those in tests and migrations."""
        if stage <= self._stage:
            return
        self._stage = stage
        self._forward = self.imports.rough(tests=stage == ALL, dynamic=stage >= DYNAMIC)
        self._importers = {}
        for source, targets in self._forward.items():
            for target, margin in targets.items():
                self._importers.setdefault(target, {})[source] = margin
        self._distances.clear()
        self._ends.clear()
        self._origins.clear()
        self._started.clear()
        self._dead.clear()
        self.runners = Runners(self.imports, self.roots.run, self._near_importers)
        self._loose = None

    def _distance(self, how: str, margin: bool) -> dict[str, int]:
        """How many imports each file is away from the goals; only those at the margin with `margin`."""
        key = (how, margin)
        if key not in self._distances:
            found = dict.fromkeys(self._goals(how), 0)
            if not margin:
                found.update({path: 0 for path, _ in self.roots.run})
            layer = list(found)
            while layer:
                after: list[str] = []
                for path in layer:
                    for target, at_margin in self._forward.get(path, {}).items():
                        if target not in found and (at_margin or not margin):
                            found[target] = found[path] + 1
                            after.append(target)
                layer = after
            self._distances[key] = found
        return self._distances[key]

    def _find(self, wanted: str, how: str) -> str | None:
        """Whether a module is surely imported from one of the goals; None where no way is found.

        Ways that stand at the margin of all files are tried before those through functions.
        """
        for margin in (True, False):
            if self._way(wanted, how, perhaps=False, margin=margin) is not None:
                return ""
        return None

    def _way(self, wanted: str, how: str, perhaps: bool, margin: bool) -> str | None:
        """The reason to give for a way from one of the goals; None where there is none.

        What a search in vain has come by need not be looked at again.
        """
        goals, distance = self._goals(how), self._distance(how, margin)
        if wanted in goals:
            return goals[wanted]
        dead = self._dead.setdefault((how, perhaps, margin), set())
        why: dict[str, str] = {wanted: ""}
        heap: list[tuple[int, str, str]] = []

        def widen(target: str) -> None:
            for importer, at_margin in self.importers(target).items():
                near = importer in distance and importer not in dead
                if near and importer != target and (at_margin or not margin):
                    heapq.heappush(heap, (distance[importer], importer, target))

        if wanted not in dead:
            widen(wanted)
        steps = 0
        while heap:
            _, importer, target = heapq.heappop(heap)
            steps += 1
            if steps > MAX_STEPS:
                return "too many modules may import its module to follow them all" if perhaps else None
            for origin in self.origins(importer, target):
                if origin.path in why or origin.path in dead or not (origin.sure or perhaps):
                    continue
                reason = why[target] or ("" if origin.sure else origin.why)
                if origin.path in goals:
                    return reason or goals[origin.path]
                why[origin.path] = reason
                widen(origin.path)
        dead.update(why)
        return None

    def origins(self, importer: str, target: str) -> tuple[Origin, ...]:
        """The modules whose import makes `importer` import `target`: itself, or what calls its function."""
        key = (importer, target)
        if key not in self._origins:
            self._origins[key] = tuple(self._find_origins(importer, target))
        return self._origins[key]

    def _find_origins(self, importer: str, target: str) -> Iterator[Origin]:
        module = self.imports.module(importer)
        if module is None:
            return
        top = self.imports.code(importer).top
        perhaps: Origin | None = None
        for found, line, sure in self.imports.of(module, top):
            if found == target:
                origin = Origin(importer, line, sure, f"imported under a condition at {importer}:{line}")
                if sure:
                    yield origin
                    return
                perhaps = perhaps or origin
        for text, line, sure in named_texts(top):
            if target in self.imports.named(text, importer):
                yield Origin(importer, line, sure, f"named at {importer}:{line}")
        for site in self.imports.sites(importer):
            if target in set(self.imports.matched(site, importer)):
                why = f"the dynamic import at {importer}:{site.line} may load it"
                sure = site.sure and (site.decided or site.of_apps)
                yield from self._by(importer, site.function, site.line, sure, why)
        if perhaps is not None:
            yield perhaps
        for function, line in self._inside(importer, target):
            why = f"imported inside `{function}` at {importer}:{line}, which may run"
            yield from self._by(importer, function, line, True, why)

    def _inside(self, importer: str, target: str) -> Iterator[tuple[str, int]]:
        """The functions of a file that import another one, with the lines."""
        word = self._word(target)
        module = self.imports.module(importer)
        self.imports.consulted.add(importer)
        if module is None or word not in self.imports.files.data(importer):
            return
        for name, code in self.imports.code(importer, full=True).functions.items():
            line = next((line for found, line, _ in self.imports.of(module, code) if found == target), None)
            if line is not None:
                yield name, line

    @staticmethod
    def _word(path: str) -> bytes:
        stem = path.removesuffix(".py").removesuffix("/__init__")
        return stem.rpartition("/")[2].encode()

    def _by(self, path: str, function: str, line: int, sure: bool, why: str) -> Iterator[Origin]:
        """What runs a function, or the module itself where the code stands in none."""
        if not function:
            yield Origin(path, line, sure, why)
            return
        for origin in self.runners.of(path, function):
            yield Origin(origin.path, line, origin.sure and sure, why)

    # ------------------------------------------------------------ what may load anything

    def _loosely(self) -> str | None:
        """Where a dynamic import that may load anything runs when Django starts.

        What such imports are handed as a text becomes a place where a search may end.
        """
        if self._loose is None:
            self._loose = list(self._find_loose())
            for text, where in self._loose:
                for path in self.imports.named(text, "") if text is not None else ():
                    self.roots.perhaps.setdefault(path, f"the dynamic import at {where} may load it")
            self._ends.pop(PERHAPS, None)
            self._distances.pop((PERHAPS, False), None)
            self._dead.pop((PERHAPS, True, False), None)
        return next((where for text, where in self._loose if text is None), None)

    def _find_loose(self) -> Iterator[tuple[str | None, str]]:
        for file in self.imports.files.tree.files:
            if is_test(file.path) or not self._near(file.path):
                continue
            for site in self.imports.sites(file.path):
                if not site.anything:
                    continue
                for text, path, outer in self._handed(file.path, site.function):
                    if any(self._starts(origin.path) for origin in self._by(path, outer, 0, True, "")):
                        yield text, f"{file.path}:{site.line}"
                        if text is None:
                            return

    def _handed(self, path: str, function: str) -> Iterator[tuple[str | None, str, str]]:
        """(text or None, file, function) of what is handed to a function that imports, and from where."""
        if not function:
            yield None, path, ""
            return
        for text, caller in self.runners.given(path, function):
            yield text, caller.path, caller.outer

    def _near(self, path: str) -> bool:
        """Whether imports may lead from a start to a file at all."""
        return any(path in self._distance(how, margin=False) for how in (SETUP, CHECKS))

    def _near_importers(self, path: str) -> Iterator[str]:
        return (importer for importer in self.importers(path) if self._near(importer))

    def _starts(self, path: str) -> bool:
        if path == READY or path in self.setup:
            return True
        if path not in self._started:
            self._started[path] = any(self._find(path, how) is not None for how in (SETUP, CHECKS))
        return self._started[path]

    def _nothing(self, path: str) -> str:
        """Why a module counts as not imported."""
        for importer in sorted(self.importers(path)):
            if importer == path or is_test(importer):
                continue
            for function, line in self._inside(importer, path):
                return f"only functions that run later import its module (`{function}`, {importer}:{line})"
        return "nothing that Django loads imports its module"


def _folders(path: str) -> Iterator[str]:
    folder = parent(path)
    while folder:
        yield folder
        folder = parent(folder)
