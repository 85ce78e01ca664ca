"""The code of data operations gone through for what it looks up, from `RunPython` into helpers.

Nothing is run: what is said to be certain stands on the straight way through the code, under no
condition, in no loop over rows and behind no early `return`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from analyzer.data.lookups.blocks import USER
from analyzer.data.lookups.values import (
    FieldLookup,
    Lookups,
    MigrationImport,
    ModelLookup,
    RealModel,
    RowLookup,
)
from analyzer.data.lookups.ways import Way
from analyzer.history.values import Key, Migration, Operation, WrittenOperation
from analyzer.source.facts import Call, Expr, FuncDef, Import, Literal, Ref, Stmt
from analyzer.source.modules import Module
from analyzer.source.names import Defined, Names, Package, absolute
from analyzer.source.scopes import children, expressions, inside

IMPORTERS = ("import_module", "__import__")


def read_lookups(migrations: Iterable[Migration], names: Names, models: Mapping[str, str]) -> Lookups:
    """What the code of all data operations looks up; `models` are labels by dotted path."""
    found = _Found()
    listed = tuple(migrations)
    by_module = {migration.module: migration.key for migration in listed}
    for migration in listed:
        running = [
            (at, operation) for at, operation in enumerate(migration.operations) if _runs_code(operation)
        ]
        if not running:
            continue
        module = names.modules.find(migration.module, migration.file)
        if module is None:
            continue
        for at, operation in running:
            _Reader(names, models, found, migration, at).operation(operation, module)
        found.imports.update(_imports(migration, module, names, by_module))
    return Lookups(
        tuple(sorted(found.models)),
        tuple(sorted(found.fields)),
        tuple(sorted(found.real)),
        tuple(sorted(found.rows)),
        tuple(sorted(found.imports)),
        frozenset(found.making),
    )


class _Found:
    def __init__(self) -> None:
        self.models: set[ModelLookup] = set()
        self.fields: set[FieldLookup] = set()
        self.real: set[RealModel] = set()
        self.rows: set[RowLookup] = set()
        self.imports: set[MigrationImport] = set()
        self.making: set[Key] = set()


def _runs_code(operation: Operation) -> bool:
    return operation.cls == "RunPython" and operation.inside != "state_operations"


class _Reader:
    """Notes what the ways through one operation's code come by."""

    def __init__(
        self, names: Names, models: Mapping[str, str], found: _Found, migration: Migration, at: int
    ) -> None:
        self.names = names
        self.models = models
        self.found = found
        self.migration = migration
        self.at = at

    def operation(self, operation: Operation, module: Module) -> None:
        if not isinstance(operation, WrittenOperation):
            return
        call = operation.made.call
        home = self.names.modules.find(operation.module, operation.file) or module
        code = self._function(call.argument("code", 0), home)
        if code is not None:
            certain = not operation.maybe
            Way(self.names, self, module).begin(*code, call.line, certain)

    def _function(self, code: Expr | None, module: Module) -> tuple[Module, FuncDef] | None:
        """The function that an operation is given; of a partial the one inside."""
        match code:
            case Ref(name):
                binding = self.names.resolve(module, name)
                if not isinstance(binding, Defined):
                    binding = self.names.resolve(module, f"Migration.{name}")
                if isinstance(binding, Defined) and isinstance(binding.node, FuncDef):
                    return binding.module, binding.node
            case Call(Ref("partial" | "functools.partial"), (inner, *_)):
                return self._function(inner, module)
            case _:
                pass
        return None

    # ------------------------------------------------------------ what a way comes by

    def model(self, file: str, line: int, app: str, model: str, certain: bool) -> None:
        key = self.migration.key
        self.found.models.add(ModelLookup(key, self.at, file, line, app, model, certain))

    def field(self, place: tuple[str, int], model: tuple[str, str], field: str, certain: bool) -> None:
        key = self.migration.key
        self.found.fields.add(FieldLookup(key, self.at, *place, *model, field, certain))

    def real(self, place: tuple[str, int], path: str, through: str) -> None:
        self.found.real.add(RealModel(self.migration.key, *place, path, through))

    def row(self, place: tuple[str, int], label: str) -> None:
        self.found.rows.add(RowLookup(self.migration.key, *place, label))

    def makes(self) -> None:
        self.found.making.add(self.migration.key)

    def is_model(self, path: str) -> bool:
        return path == USER or path in self.models


def _imports(
    migration: Migration, module: Module, names: Names, by_module: Mapping[str, Key]
) -> Iterator[MigrationImport]:
    """Other migrations that the file imports, wherever in it."""
    for stmt in _all(names.modules.facts(module, full=True).body):
        dotted = list(_imported(module, stmt, names))
        for expr in expressions(stmt):
            dotted += _by_text(expr)
        for name, line in dotted:
            other = by_module.get(name)
            if other is not None and other != migration.key:
                yield MigrationImport(migration.key, module.path, line, other)


def _imported(module: Module, stmt: Stmt, names: Names) -> Iterator[tuple[str, int]]:
    if not isinstance(stmt, Import):
        return
    target = names.target(module, stmt)
    if target is not None and target.path:
        yield target.name, stmt.line
    for name, alias in stmt.names or ():
        if name != "*" and absolute(module, stmt).endswith("migrations"):
            binding = names.imported(module, stmt, alias)
            if isinstance(binding, Package):
                yield binding.module.name, stmt.line


def _by_text(expr: Expr) -> Iterator[tuple[str, int]]:
    pending = [expr]
    while pending:
        one = pending.pop()
        match one:
            case Call(Ref(name), (Literal(str() as text), *_)) if name.rpartition(".")[2] in IMPORTERS:
                yield text, one.line
            case _:
                pass
        pending += children(one)


def _all(body: tuple[Stmt, ...]) -> Iterator[Stmt]:
    pending = list(body)
    while pending:
        stmt = pending.pop()
        yield stmt
        pending += inside(stmt)
