"""Migration files as Django's loader finds and reads them (django.db.migrations.loader).

Every module of an app's migrations package whose name does not begin with `_` or `~` and that has
a class `Migration`; its attributes evaluated as far as source decides them.
"""

from __future__ import annotations

from msgspec import Struct

from analyzer.history.chosen import Chooser
from analyzer.history.constructed import constructed
from analyzer.history.manners import SWAPPABLE, Manner, manner
from analyzer.history.operations import Operations
from analyzer.history.values import Key, Migration
from analyzer.schema.classes import Class, Classes
from analyzer.schema.fields import Fields
from analyzer.schema.values import App, Unknown
from analyzer.source.asked import SETTINGS
from analyzer.source.discover import parent
from analyzer.source.execute import Executor
from analyzer.source.facts import Assign, Call, Evaluate, FuncDef, Items, Ref
from analyzer.source.modules import Module, Modules
from analyzer.source.scopes import flatten, heads
from analyzer.source.values import Made, Maybe, Named, Sequence, Undecided, Value

CHANGING = ("__init__", "mutate_state")
"""Methods by which a migration can make other changes to a state than its operations do to its app."""


class MigrationFiles(Struct, frozen=True):
    """What the migrations packages of own apps hold.

    `namespace` are apps whose migrations folder has no `__init__.py`, `strangers` files in a
    migrations package that define no Migration; `broken` are (app label, file, why) of those that
    cannot be read, and may well define one.  `manners` says of each migration how it is written.
    """

    migrations: tuple[Migration, ...]
    namespace: tuple[tuple[App, str], ...]
    strangers: tuple[tuple[App, str], ...]
    broken: tuple[tuple[str, str, str], ...]
    unknown: tuple[Unknown, ...]
    manners: dict[Key, Manner]


def read_migrations(apps: tuple[App, ...], classes: Classes) -> MigrationFiles:
    """All migrations in the tree, dependencies as written: of its own apps, and those that
    MIGRATION_MODULES puts there for a package's app."""
    reader = _Reader(classes)
    for app in apps:
        if app.migrations_module is not None:
            reader.app(app)
    return MigrationFiles(
        tuple(sorted(reader.migrations, key=lambda m: m.key)),
        tuple(reader.namespace),
        tuple(reader.strangers),
        tuple(reader.broken),
        tuple(reader.unknown),
        reader.manners,
    )


def read_folder(app: App, folder: str, classes: Classes) -> tuple[Migration, ...]:
    """The migrations in a folder, taken for those of an app."""
    reader = _Reader(classes)
    reader.folder(app, folder)
    return tuple(sorted(reader.migrations, key=lambda m: m.key))


class _Reader:
    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self.evaluator = classes.evaluator
        self.modules: Modules = classes.names.modules
        self.fields = Fields(classes)
        self.operations = Operations(classes)
        self.chooser = Chooser(self.operations.kinds)
        self.bodies: dict[str, dict[str, Value]] = {}
        self.by_folder: dict[str, list[str]] = {}
        for file in self.modules.files.tree.files:
            self.by_folder.setdefault(parent(file.path), []).append(file.path)
        self.migrations: list[Migration] = []
        self.namespace: list[tuple[App, str]] = []
        self.strangers: list[tuple[App, str]] = []
        self.broken: list[tuple[str, str, str]] = []
        self.unknown: list[Unknown] = []
        self.manners: dict[Key, Manner] = {}

    def app(self, app: App) -> None:
        package = self.modules.find(app.migrations_module or "", f"{app.path}/__init__.py")
        if package is None or not package.own or not package.package:
            return
        folder = parent(package.path) if package.path else self._folder(package, app)
        if not package.path and folder:
            self.namespace.append((app, folder))
        if not folder and not package.path.startswith("migrations"):
            return
        self.folder(app, folder)

    def folder(self, app: App, folder: str) -> None:
        for path in self.by_folder.get(folder, ()):
            name = path.rpartition("/")[2].removesuffix(".py")
            if name and name[0] not in "_~" and "." not in name:
                self.file(app, path, name)

    def _folder(self, package: Module, app: App) -> str:
        folders = self.modules.folders(package.name)
        wanted = f"{app.path}/migrations"
        return wanted if wanted in folders else next(iter(folders), "")

    def file(self, app: App, path: str, name: str) -> None:
        self.modules.files.facts(path, full=True)
        module = self.modules.find(self.modules.name_of(path), path)
        if module is None:
            return
        cls = self.classes.of_binding(self.classes.names.member(module, "Migration"))
        if cls is None:
            facts = self.modules.facts(module)
            if facts.problems:
                self.broken.append((app.label, path, facts.problems[0].message))
            else:
                self.strangers.append((app, path))
            return
        self.migrations.append(self.migration(app, name, module, path, cls))

    def migration(self, app: App, name: str, module: Module, path: str, cls: Class) -> Migration:
        problems: list[str] = []
        lines: dict[Key, int] = {}
        dependencies = self.keys(cls, "dependencies", lines, problems)
        value, made = self._operations(cls), self._constructed(cls)
        listed = self.operations.listed(value if made is None else made, path)
        gaps = [listed.further] if listed.further else []
        beside = self._beside(cls, path, CHANGING if made is None else CHANGING[1:])
        problems += [*listed.problems, *beside]
        initial = self.classes.constant(cls, "initial")
        atomic = self.classes.constant(cls, "atomic")
        line = cls.node.line if cls.module.path == path else 1
        found = Migration(
            app=app.label,
            name=name,
            module=module.name,
            file=path,
            line=line,
            dependencies=dependencies,
            parents=(),
            run_before=self.keys(cls, "run_before", lines, problems),
            replaces=self.keys(cls, "replaces", lines, problems),
            initial=initial if isinstance(initial, bool) else None,
            atomic=atomic is not False,
            operations=listed.operations,
            lines=lines,
            complete=not problems,
            why="; ".join(problems),
            further="; ".join([*gaps, *beside]),
        )
        if problems:
            self.unknown.append(Unknown(path, line, f"{app.label}.{name}", found.why))
        self.manners[found.key] = manner(self.classes, cls, self._swappable(cls))
        return found

    def _swappable(self, cls: Class) -> tuple[str, ...]:
        """The models that `dependencies` names by `swappable_dependency`, as far as source decides."""
        value = self.attribute(cls, "dependencies")
        items = value.items if isinstance(value, Sequence) else ()
        inner = [item.value if isinstance(item, Maybe) else item for item in items]
        made = [item for item in inner if isinstance(item, Made) and item.call.args]
        labels = [self._setting(item) for item in made if item.path.rpartition(".")[2] == SWAPPABLE]
        return tuple(sorted(label for label in labels if label is not None))

    def attribute(self, cls: Class, name: str) -> Value:
        """An attribute of a Migration class after its body has run, inherited ones included."""
        found = self.classes.lookup(cls, name)
        if found is None or not found[0].module.own:
            return Sequence("list", ())
        owner = found[0]
        env = self.bodies.get(owner.key)
        if env is None:
            env = self.bodies[owner.key] = {}
            Executor(self.evaluator).run(owner.node.body, owner.module, env)
        if name not in env and isinstance(found[1], Assign):
            return Sequence("list", ())  # in a branch that is not taken
        return env.get(name, Undecided(f"`{name}` is not a plain attribute"))

    def _operations(self, cls: Class) -> Value:
        """What `operations` comes to; where a function chooses them at run time, all that it may choose."""
        value = self.attribute(cls, "operations")
        if isinstance(value, Sequence) and value.complete:
            return value
        found = self.classes.lookup(cls, "operations")
        if found is None:
            return value
        owner, stmt = found
        if not isinstance(stmt, Assign):
            return value
        mentions = [s for s in flatten(owner.node.body) if isinstance(s, (Assign, Evaluate)) and _touches(s)]
        chosen = self.chooser.sequence(stmt.value, owner.module) if mentions == [stmt] else None
        return value if chosen is None else chosen

    def _constructed(self, cls: Class) -> Sequence | None:
        """The operations that the project's own `__init__` leaves; None without one, or one not followed."""
        found = self.classes.lookup(cls, CHANGING[0])
        if found is None or not isinstance(found[1], FuncDef) or not found[0].module.own:
            return None
        node = self.modules.function(found[0].module, found[1])
        value = self._operations(cls)
        return None if node is None else constructed(self.evaluator, node, found[0].module, value)

    def _beside(self, cls: Class, path: str, changing: tuple[str, ...]) -> list[str]:
        """What may change the operations, or what they work on, beside the attribute itself."""
        out = [
            f"line {problem.line}: {problem.message}" for problem in self.modules.files.facts(path).problems
        ]
        for name in changing:
            found = self.classes.lookup(cls, name)
            if found is not None and found[0].module.own:
                out.append(f"what `{name}` of {found[0].path} does is not followed")
        name = cls.qualname.rpartition(".")[2]
        for stmt in flatten(self.modules.facts(cls.module).body):
            if isinstance(stmt, (Assign, Evaluate)) and any(_changes(ref, name) for ref in _written(stmt)):
                out.append(f"`{name}.operations` is changed at line {stmt.line}")
        return out

    def keys(self, cls: Class, name: str, lines: dict[Key, int], problems: list[str]) -> tuple[Key, ...]:
        value = self.attribute(cls, name)
        if not isinstance(value, Sequence):
            why = value.why if isinstance(value, Undecided) else "not a list"
            problems.append(f"`{name}`: {why}")
            return ()
        if not value.complete:
            problems.append(f"`{name}`: {value.why}")
        line = self._line(cls, name)
        out: list[Key] = []
        for item in value.items:
            key = self.key(item)
            if isinstance(item, Maybe):
                problems.append(f"`{name}`: one {item.why}")
            if key is None:
                problems.append(f"`{name}`: {_why(item)}")
            else:
                lines.setdefault(key, line)
                out.append(key)
        return tuple(out)

    def _line(self, cls: Class, name: str) -> int:
        found = self.classes.lookup(cls, name)
        return found[1].line if found is not None else cls.node.line

    def key(self, item: Value) -> Key | None:
        if isinstance(item, Maybe):
            item = item.value
        if isinstance(item, Sequence) and len(item.items) >= 2:
            app, name = item.items[:2]
            if isinstance(app, str) and isinstance(name, str):
                return (app, name)
        if isinstance(item, Made) and item.path.rpartition(".")[2] == SWAPPABLE and item.call.args:
            label = self._setting(item)
            if label is not None:
                return (label.partition(".")[0], "__first__")
        return None

    def _setting(self, item: Made) -> str | None:
        value = self.evaluator.evaluate(item.call.args[0], item.module, dict(item.local))
        if isinstance(value, str):
            return value
        if isinstance(value, Named) and value.path == SETTINGS + "AUTH_USER_MODEL":
            return "auth.User"
        target = self.fields.target_of(item.call.args[0], item.module, dict(item.local))
        return target.text


def _written(stmt: Assign | Evaluate) -> list[str]:
    """The names that a statement assigns to, or whose method it calls."""
    match stmt:
        case Assign(targets=targets):
            return [target.name for target in targets if isinstance(target, Ref)]
        case Evaluate(value=Call(func=Ref(name))):
            return [name]
        case _:
            return []


def _changes(name: str, cls: str) -> bool:
    return f"{name}.".startswith(f"{cls}.operations.")


def _touches(stmt: Assign | Evaluate) -> bool:
    """Whether a statement binds or uses the name `operations`."""
    targets = stmt.targets if isinstance(stmt, Assign) else ()
    return "operations" in heads(Items("tuple", (*targets, stmt.value)))


def _why(item: Value) -> str:
    """Why an item of `dependencies` is no (app, name) pair."""
    if isinstance(item, Made) and item.call.args:
        argument = item.call.args[0]
        written = argument.name if isinstance(argument, Ref) else "a computed value"
        return f"an item is `{item.path.rpartition('.')[2]}({written})`, which source does not decide"
    return item.why if isinstance(item, Undecided) else "an item is not decided"
