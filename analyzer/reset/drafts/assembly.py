"""One migration put together from parts of old ones."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from analyzer.history.values import Key
from analyzer.reset.drafts.module import Edit, Part, Place, Source, Test, called, one_line, renamed
from analyzer.reset.placeholders import quoted

NOOP = {"RunPython": "migrations.RunPython.noop", "RunSQL": "migrations.RunSQL.noop"}
REVERSE = {"RunPython": "reverse_code", "RunSQL": "reverse_sql"}
NAMES = {
    "RunPython": ("code", "reverse_code", "atomic", "hints", "elidable"),
    "RunSQL": ("sql", "reverse_sql", "state_operations", "hints", "elidable"),
}
"""The parameters of Django's operations, in order."""

INDENT = " " * 4

Write = Callable[[ast.expr], str]
Writer = Callable[[Write], str]
Imported = tuple[int, str, str]
"""(dots, module, name) of an import; the name is empty where the module itself is imported."""


class Assembly:
    """A migration in the making.  `gone` are the modules of migrations that will not be there."""

    def __init__(self, gone: Collection[str]) -> None:
        self.gone = gone
        self.imports: dict[str, Imported] = {"migrations": (0, "django.db", "migrations")}
        self.future: set[str] = set()
        self.origins: dict[str, tuple[str, int] | Imported] = {"migrations": self.imports["migrations"]}
        self.names: dict[tuple[str, str], str] = {}
        self.copied: set[tuple[str, bool, int]] = set()
        self.bodies: list[str] = []
        self.inside: list[str] = []
        self.operations: list[tuple[str, str]] = []
        self.atomic = True
        self.wanted: set[str] = set()

    # ------------------------------------------------------------ adding

    def add(
        self, source: Source, place: Place, kept: Sequence[ast.expr], text: Writer, edits: Collection[Edit]
    ) -> None:
        """Add an operation with all that the `kept` parts of it use.  Raises ValueError, which says why not.

        `text` writes the operation, given what writes a node.
        """
        nodes = [*kept, *(test.node for test in place.tests)]
        parts, own, used = source.used(nodes)
        tests = (test.node for part in own for test in part.tests)
        for node in (*nodes, *tests, *(part.node for part in (*parts, *own))):
            self._present(source, node)
        if own and source.migration.body[0].col_offset != len(INDENT):
            raise ValueError("the class of its migration is written with unusual indentation")
        names = {name: self._name(source, part, name) for part in parts for name in sorted(part.names)}
        changed = {old: new for old, new in names.items() if old != new}
        self.wanted = used
        for part in parts:
            self._copy(source, part, changed, edits)
        for part in own:
            self._copy(source, part, changed, edits)

        def write(node: ast.expr) -> str:
            return source.text(node, [*edits, *renamed(source, node, changed)])

        self.operations.append((_condition(place.tests, write), text(write)))

    def _present(self, source: Source, node: ast.AST) -> None:
        package = source.package
        for inner in ast.walk(node):
            if isinstance(inner, ast.Constant) and isinstance(said := inner.value, str) and said in self.gone:
                raise ValueError(f"it imports {said}, which is deleted")
            if isinstance(inner, ast.ImportFrom):
                module = _absolute(package, inner.level, inner.module or "")
                named = {module, *(f"{module}.{one.name}" for one in inner.names)} & set(self.gone)
                if named:
                    raise ValueError(f"it imports {min(named)}, which is deleted")

    def _name(self, source: Source, part: Part, name: str) -> str:
        """What a name of a module is called here."""
        known = self.names.get((source.file, name))
        if known is not None:
            return known
        origin = _origin(source, part, name)
        taken, number = name, 1
        while self.origins.get(taken, origin) != origin or taken == "Migration":
            number += 1
            taken = f"{name}_{number}"
        self.origins[taken] = origin
        self.names[source.file, name] = taken
        return taken

    def _copy(self, source: Source, part: Part, changed: dict[str, str], edits: Collection[Edit]) -> None:
        key = (source.file, part.inside, part.at)
        if isinstance(part.node, ast.Import | ast.ImportFrom) and not part.inside:
            self._import(source, part.node)
            return
        if key in self.copied:
            return
        self.copied.add(key)

        def write(node: ast.expr | ast.stmt) -> str:
            return source.text(node, [*edits, *renamed(source, node, changed)])

        text = write(part.node)
        head = f"# {one_line(source.file)}:{part.node.lineno}"
        if part.inside:
            self.inside.append(f"{INDENT}{head}\n{_guarded(part.node, text, _condition(part.tests, write))}")
        else:
            self.bodies.append(f"{head}\n{text}\n")

    def _import(self, source: Source, node: ast.Import | ast.ImportFrom) -> None:
        for one in node.names:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                self.future.add(one.name)
                continue
            bound = one.asname or (
                one.name if isinstance(node, ast.ImportFrom) else one.name.partition(".")[0]
            )
            if bound not in self.wanted and bound != "*":
                continue
            taken = self.names[source.file, bound]
            if isinstance(node, ast.ImportFrom):
                self.imports[taken] = (node.level, node.module or "", one.name)
            elif one.asname or taken == bound == one.name:
                self.imports[taken] = (0, one.name, "")
            else:
                self.imports[f"{taken} {one.name}"] = (0, one.name, "")

    def extension(self, name: str, origin: str) -> None:
        """Add an operation of Django's that makes an extension."""
        self.imports[name] = (0, "django.contrib.postgres.operations", name)
        self.operations.append(("", f"{INDENT * 2}# {one_line(origin)}\n{INDENT * 2}{name}(),"))

    def function(self, name: str, text: str) -> None:
        """Add a function that is copied from nowhere."""
        self.origins[name] = ("", 0)
        self.bodies.append(text)

    def name_modules(self, modules: Iterable[str]) -> None:
        """Import modules that what was copied names in full."""
        for module in modules:
            if any(f"{module}." in text for text in (*self.bodies, *(text for _, text in self.operations))):
                root = module.partition(".")[0]
                self.imports[root if root == module else f"{root} {module}"] = (0, module, "")

    # ------------------------------------------------------------ writing

    def text(
        self, head: Iterable[str], dependencies: Iterable[tuple[Key, str]], notes: Iterable[str] = ()
    ) -> str:
        """The migration; dependencies with what each is for, `notes` are comments below the operations."""
        lines = [f"# {one_line(line)}".rstrip() for line in head]
        lines += ["", *self._imports(), "", ""]
        for body in self.bodies:
            lines += [body, ""]
        lines += ["class Migration(migrations.Migration):"]
        if not self.atomic:
            lines += [f"{INDENT}atomic = False", ""]
        lines.append(f"{INDENT}dependencies = [")
        for (app, name), why in dependencies:
            said = f"  # {one_line(why)}" if why else ""
            lines.append(f"{INDENT * 2}({quoted(app)}, {quoted(name)}),{said}")
        lines += [f"{INDENT}]", ""]
        for text in self.inside:
            lines += [text, ""]
        lines += [*self._operations(), *(f"{INDENT}# {one_line(note)}" for note in notes)]
        return "\n".join(lines).rstrip() + "\n"

    def parts(self) -> tuple[str, str, str]:
        """Imports, what stands before the class, and the operations, for a file that there is already."""
        before = "".join(f"{body}\n\n" for body in self.bodies)
        operations = "".join(f"{text}\n" for _, text in self.operations)
        return "".join(f"{line}\n" for line in self._imports()), before, operations

    def _operations(self) -> Iterator[str]:
        yield f"{INDENT}operations = ["
        open_, condition = True, ""
        for wanted, text in self.operations:
            if wanted != condition or not open_:
                if open_:
                    yield f"{INDENT * (2 if condition else 1)}]"
                if wanted:
                    yield f"{INDENT}if {wanted}:"
                yield f"{INDENT * (2 if wanted else 1)}operations += ["
                open_, condition = True, wanted
            yield text
        yield f"{INDENT * (2 if condition else 1)}]"

    def _imports(self) -> Iterator[str]:
        if self.future:
            yield f"from __future__ import {', '.join(sorted(self.future))}"
            yield ""
        together: dict[str, list[str]] = {}
        ordered = sorted(self.imports.items(), key=lambda one: (one[1], one[0]))
        for bound, (level, module, name) in ordered:
            if name:
                listed = together.setdefault(f"{'.' * level}{module}", [])
                listed.append(name if bound == name else f"{name} as {bound}")
            else:
                plain = bound.partition(" ")[0] in (module, module.partition(".")[0])
                yield f"import {module}" if plain else f"import {module} as {bound}"
        for module, names in sorted(together.items()):
            yield f"from {module} import {', '.join(names)}"


def _condition(tests: Iterable[Test], write: Write) -> str:
    """Conditions as one that asks them in their order."""
    return " and ".join(f"{'' if test.holds else 'not '}({write(test.node)})" for test in tests)


def _guarded(node: ast.stmt, text: str, condition: str) -> str:
    """A statement of a class as it stands there: what follows its first line is as deep as it was."""
    return f"{INDENT}if {condition}:\n{' ' * node.col_offset}{text}" if condition else f"{INDENT}{text}"


def _origin(source: Source, part: Part, name: str) -> tuple[str, int] | Imported:
    node = part.node
    if isinstance(node, ast.ImportFrom):
        found = next(one for one in node.names if (one.asname or one.name) == name)
        return (node.level, f"{source.package}:{node.module}" if node.level else str(node.module), found.name)
    if isinstance(node, ast.Import):
        found = next(one for one in node.names if (one.asname or one.name.partition(".")[0]) == name)
        return (0, found.name if found.asname else name, "")
    return (source.file, part.at)


def _absolute(package: str, level: int, module: str) -> str:
    if not level:
        return module
    parts = package.split(".")
    base = parts[: len(parts) - (level - 1)]
    return ".".join([*base, *([module] if module else [])])


def arguments(call: ast.Call) -> dict[str, ast.expr] | None:
    """The arguments of an operation of Django's by name; None where source does not tell them apart."""
    names = NAMES.get(called(call))
    if names is None or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    if any(word.arg is None for word in call.keywords) or len(call.args) > len(names):
        return None
    out = dict(zip(names, call.args, strict=False))
    return out | {word.arg: word.value for word in call.keywords if word.arg is not None}
