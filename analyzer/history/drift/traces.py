"""What speaks against a difference: models and fields that may be made somewhere all the same.

For a model, a class of its name that was not taken for a model, a call of `type`, an import from a
package, or something that names its product after the model it is made of.  For a field, other
fields that add more than themselves, and calls of `add_to_class`.  And packages that a model
inherits from, of which another version may be in use than the one that was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from analyzer.catalogue.recipes import RECIPES
from analyzer.catalogue.rules import ADDED_FIELDS
from analyzer.history.drift.adding import Adding
from analyzer.history.drift.bodies import Bodies
from analyzer.history.drift.contributing import contributes
from analyzer.history.drift.elsewhere import Elsewhere, makes_unnamed
from analyzer.history.drift.outside import Outside
from analyzer.schema.classes import Class
from analyzer.schema.languages import ADDS, repeats
from analyzer.schema.makers import gives_unnamed, retouched, sets_argument
from analyzer.schema.meta import effective_meta
from analyzer.schema.models import Candidate, classes_of
from analyzer.schema.read import SchemaReading
from analyzer.schema.unseen import binds_unseen
from analyzer.schema.values import App
from analyzer.schema.version import KNOWN
from analyzer.source.discover import parent
from analyzer.source.facts import Assign, Call, ClassDef, Import, Ref, Stmt
from analyzer.source.names import Defined, External, absolute
from analyzer.source.scopes import flatten
from analyzer.states.values import FieldState, ModelKey, ModelState

ANY = "*"
HISTORY = "historical"
PRODUCTS = ("historical{}", "{}history", "{}event", "{}translation")
"""How packages call what they make of a model, whatever app it is in."""
VERSION = "whose version in use may not be the one that was read"

_CLASS = re.compile(
    rb"^[ \t]*class[ \t]+(\w+)|\btype\(\s*[\"'](\w+)[\"']|^([A-Z]\w*)[ \t]*=[ \t]*[\w.]+\(", re.MULTILINE
)
POSITIONAL = frozenset({"verbose_name", "to", "on_delete", "block_types"})
"""Arguments of fields that calls mostly give by their place."""

FACTORIES = frozenset(recipe.factory for recipe in RECIPES if recipe.way == "attribute")
"""Classes whose objects, as attributes of a model, make others."""

INDEXING = frozenset({"AddIndex", "AlterIndexTogether", "RemoveIndex", "RenameIndex"})

SHORTEST = 3
"""Names of models that are shorter say nothing as a part of another name."""


class Traces:
    """Looks for what may make a model, or a field, beside what its class says."""

    def __init__(self, reading: SchemaReading) -> None:
        self.reading = reading
        self.registry = reading.resolver.registry
        self.modules = reading.classes.names.modules
        self.unknown = {unknown.what.lower(): unknown for unknown in reading.unknown}
        self._texts: dict[str, dict[str, bytes]] = {}
        self._starred: dict[str, dict[str, str]] = {}
        self._outside = Outside(reading.classes)
        self._gifts = Adding(reading.classes)
        self._elsewhere = Elsewhere(reading.classes)
        self._bodies = Bodies(reading.classes, self._gifts)

    # ------------------------------------------------------------ models

    def of_model(self, model: ModelState) -> str:
        """Why a model may be there though no class was taken for it; "" where nothing speaks for it."""
        unknown = self.unknown.get(f"{model.app}.{model.name}".lower())
        if unknown is not None:
            return unknown.why
        app = next((app for app in self.reading.apps.apps if app.label == model.app), None)
        found = self._class(app, model.name.lower()) or self._imported(app, model.name) if app else ""
        return found or self._product(model.key) or (self._unnamed(app) if app else "")

    def _unnamed(self, app: App) -> str:
        """The file of an app that makes classes whose names are not written there; "" without."""
        read = self.modules.files.data
        path = next((path for path in self._files(app) if makes_unnamed(read(path))), "")
        return f"a class under a name that is computed is made in {path}" if path else ""

    def _class(self, app: App, name: str) -> str:
        """Why a class of that name in an app's files, or one that they import, may be the model."""
        if app.label not in self._texts:
            self._texts[app.label] = {
                path: self.modules.files.data(path).lower() for path in self._files(app)
            }
            self._starred[app.label] = dict(self._imports(app))
        for path, written in self._written(app, name):
            why = self._why(path, written) if written else "a call makes what has that name"
            if why:
                return f"{why} in {path}"
        starred = self._starred[app.label]
        return starred.get(name, starred.get(ANY, ""))

    def _imported(self, app: App, name: str) -> str:
        """Whether the models module may get a class of that name from a package."""
        module = self.modules.find(f"{app.name}.models", f"{app.path}/__init__.py")
        found = self.reading.classes.names.member(module, name) if module is not None else None
        match found:
            case External(path):
                return f"it may be {path}, whose source is not known"
            case Defined(home) if not home.own:
                return f"it may be {found.path}"
            case _:
                return ""

    def _files(self, app: App) -> Iterator[str]:
        """The files of an app without its migrations."""
        package = self.modules.find(app.migrations_module or "", f"{app.path}/__init__.py")
        migrations = f"{parent(package.path)}/" if package is not None and package.path else "/"
        inside = f"{app.path}/" if app.path else ""
        for file in self.modules.files.tree.files:
            if file.path.startswith(inside) and not file.path.startswith(migrations):
                yield file.path

    def _written(self, app: App, wanted: str) -> Iterator[tuple[str, str]]:
        """Where classes of a name in lower case are written or made: (file, name or "" for a call)."""
        for path, text in self._texts[app.label].items():
            for match in (
                _CLASS.finditer(self.modules.files.data(path))
                if not wanted.isascii() or wanted.encode() in text
                else ()
            ):
                written, *made = (group.decode(errors="replace") for group in match.groups(default=b""))
                if (written or made[0] or made[1]).lower() == wanted:
                    yield path, written

    def _imports(self, app: App) -> Iterator[tuple[str, str]]:
        """What star imports in an app's files bring from packages."""
        loaded = dict(self.modules.files.loaded())
        for path in self._files(app):
            for stmt in flatten(loaded[path].body) if path in loaded else ():
                if isinstance(stmt, Import) and stmt.names and stmt.names[0][0] == "*":
                    yield from self._from_package(path, stmt)

    def _from_package(self, path: str, stmt: Import) -> Iterator[tuple[str, str]]:
        """The classes that a star import may bring from a package."""
        module = self.modules.find(self.modules.name_of(path), path)
        source = self.reading.classes.names.target(module, stmt) if module is not None else None
        if source is None and module is not None and not self.modules.is_own(absolute(module, stmt)):
            yield ANY, f"it may come from `from {stmt.module} import *` in {path}"
        elif source is not None and not source.own:
            for inner in flatten(self.modules.facts(source).body):
                if isinstance(inner, ClassDef):
                    yield inner.name.lower(), f"{path} imports all of {source.name}, which has one"

    def _why(self, path: str, name: str) -> str:
        """Why a class may be the model; "" where it is known to be something else."""
        for cls in classes_of(self.reading.classes, path, self.modules.name_of(path)):
            if cls.qualname.rpartition(".")[2] != name:
                continue
            candidate = self.registry.candidate(cls)
            if candidate is not None:
                return "" if candidate.abstract else "there is a model of that name"
            gaps = self.reading.classes.ancestry(cls).gaps
            return (
                f"there is a class of that name, whose bases are not all known ({gaps[0].why}),"
                if gaps
                else ""
            )
        return "there is a class of that name, which is not read,"

    def _product(self, key: ModelKey) -> str:
        """The model that one is called after: what is made of others is called so."""
        name = _plain(key[1])
        for candidate in self.reading.candidates:
            other = _plain(candidate.name)
            inside = len(other) >= SHORTEST and other in name and other != name
            near = candidate.app_label == key[0] and inside and not candidate.abstract
            if near and self._may_make_models(candidate):
                return f"something that is not followed may make it of {candidate.label}"
        for model in self.reading.models:
            other = _plain(model.object_name)
            if name in (pattern.format(other) for pattern in PRODUCTS):
                return f"something that is not followed may make it of {model.label}"
        return "models that keep the history of others are called so" if name.startswith(HISTORY) else ""

    def _may_make_models(self, candidate: Candidate) -> bool:
        """Whether something in or about a class may make other models: decorators, what packages give
        it, attributes that are calls, fields with a mind of their own, calls that name the class."""
        if candidate.cls.node.decorators or candidate.gaps:
            return True
        fields = self.registry.local_fields(candidate.cls)
        if any(
            contributes(self.reading.classes, FieldState(name, field, "", 0))
            for name, field in fields.items()
        ):
            return True
        for ancestor in self.reading.classes.ancestry(candidate.cls).classes:
            if ancestor.module.name.startswith("django."):
                continue
            if _is_foreign(ancestor) or "metaclass" in dict(ancestor.node.keywords):
                return True
            attributes = self.reading.classes.attributes(ancestor)
            made = (stmt for name, stmt in attributes.items() if name not in fields and _is_made(stmt))
            if not all(self._is_followed(stmt, ancestor) for stmt in made):
                return True
        return self._is_handed_over(candidate)

    def _is_followed(self, stmt: Stmt, owner: Class) -> bool:
        """Whether an attribute is made by something that makes no models, or whose models are all known."""
        match stmt:
            case Assign(value=Call(func=Ref(name))):
                classes = self.reading.classes
                binding = classes.names.resolve(owner.module, name)
                path = binding.path if isinstance(binding, (Defined, External)) else ""
                if path != "builtins.type" and path.startswith(("builtins.", "django.")):
                    return True
                cls = classes.of_binding(binding)
                return cls is not None and not FACTORIES.isdisjoint(classes.ancestry(cls).paths)
            case _:
                return False

    def _is_handed_over(self, candidate: Candidate) -> bool:
        """Whether a call at the top of a module gets the class, other than for the admin and signals."""
        name = candidate.name.encode()
        call = re.compile(
            rb"^(?:\w+ *= *)?(?!admin\b|(?:pre|post)_\w+\.)[\w.]+\([^()\n]*\b" + re.escape(name) + rb"\b",
            re.MULTILINE,
        )
        files, histories = self.modules.files, set(self.modules.files.tree.migration_dirs)
        paths = (file.path for file in files.tree.files if parent(file.path) not in histories)
        texts = (data for path in paths if name in (data := files.data(path)))
        return any(map(call.search, texts))

    # ------------------------------------------------------------ packages

    def of_bases(self, key: ModelKey) -> str:
        """The package that a model inherits from, if there is one."""
        candidate = self.reading.resolver.candidates.get(".".join(key))
        return self._foreign(candidate.cls) if candidate is not None else ""

    def of_meta(self, key: ModelKey, operation: str) -> str:
        """The package that a model's Meta comes from, or whose metaclass adds to it, if there is one."""
        candidate = self.reading.resolver.candidates.get(".".join(key))
        paths = self.reading.classes.ancestry(candidate.cls).paths if candidate is not None else frozenset()
        adding = next((path for path in ADDED_FIELDS if path in paths), None)
        if adding is not None and operation in INDEXING:
            return f"{adding} may add indexes of its own, {VERSION}"
        if candidate is not None and candidate.cls.key in self.registry.exact:
            return self._foreign(candidate.cls)
        meta = effective_meta(self.reading.classes, candidate.cls) if candidate is not None else None
        return self._foreign(meta) if meta is not None else ""

    def of_option(self, key: ModelKey, option: str) -> str:
        """The metaclass, or the class of a field, that may change an option of a model, if there is one."""
        candidate = self.reading.resolver.candidates.get(".".join(key))
        if candidate is None:
            return ""
        fields = self.registry.local_fields(candidate.cls).values() if option == "constraints" else ()
        found = [contributes(self.reading.classes, FieldState(field.name, field, "", 0)) for field in fields]
        found += [retouched(self.reading.classes, candidate.cls, option)]
        return next(filter(None, found), "") or repeats(self.registry, candidate.cls, option)

    def of_metaclass(self, key: ModelKey, names: Iterable[str]) -> str:
        """The metaclass that may set all of some arguments of a model's fields, if there is one."""
        candidate = self.reading.resolver.candidates.get(".".join(key))
        if candidate is None:
            return ""
        found = [sets_argument(self.reading.classes, candidate.cls, name) for name in names]
        return found[0] if all(found) else ""

    def of_arguments(self, field: FieldState, names: Iterable[str]) -> str:
        """What else may set some arguments of a field than the call that makes it; "" where nothing does.

        A package's field class may in another version give other arguments than the call does.
        """
        outside = self._outside.of_arguments(field, names)
        if outside:
            return outside
        call, cls = field.declared.made.call, field.declared.field.cls
        given = {name for name, _ in call.kwargs} | (POSITIONAL if call.args else set())
        for ancestor in self.reading.classes.ancestry(cls).classes if cls is not None else ():
            if ancestor.module.name.startswith("django."):
                return ""
            own = self.reading.classes.attributes(ancestor).keys()
            if not self._may_differ(ancestor) or own.isdisjoint(("__init__", "deconstruct")):
                continue
            doubt = self.reading.classes.doubt(ancestor.module.name, ancestor.qualname)
            if doubt or not given.issuperset(names):
                return f"its class is {ancestor.path}, {VERSION}"
        return ""

    def of_target(self, one: FieldState, other: FieldState) -> str:
        """The setting that one of two relations is written with, where nobody knows the settings."""
        if self.reading.settings.path is not None:
            return ""
        found = (self.registry.fields.target(field.declared).setting for field in (one, other))
        setting = next((name for name in found if name is not None), None)
        return f"setting {setting} is not known: no settings module was found" if setting else ""

    def of_owner(self, field: FieldState) -> str:
        """The package that a field was inherited from, if there is one."""
        owner = field.declared.owner
        if field.declared.maker:
            return self._made(field.declared.maker)
        older = owner.module.name.startswith("django.contrib.") and self.reading.django.oldest < KNOWN[0]
        return f"it comes from {owner.path}, {VERSION}" if _is_foreign(owner) or older else ""

    def _foreign(self, cls: Class) -> str:
        if cls.key in self.registry.exact:
            return self._made(self.registry.exact[cls.key])
        for ancestor in self.reading.classes.ancestry(cls).classes:
            if self._may_differ(ancestor):
                return f"it inherits {ancestor.path}, {VERSION}"
        return ""

    def _made(self, maker: str) -> str:
        """What makes a model or a field, if it may make another one in the version in use."""
        return "" if self.modules.is_catalogued(maker) else f"{maker} makes it, {VERSION}"

    def _may_differ(self, cls: Class) -> bool:
        """Whether a class is a package's, of which another version than the one in use was read."""
        return _is_foreign(cls) and not self.modules.in_use(cls.module)

    # ------------------------------------------------------------ fields

    def of_field(self, field: FieldState) -> str:
        """Why a field that only the models have may be none; "" where nothing speaks for it."""
        cls = field.declared.field.cls
        doubt = (
            contributes(self.reading.classes, field)
            if cls is None
            else field.declared.field.why or self._gifts.itself(cls)
        )
        return doubt or self.of_owner(field)

    def of_missing(self, key: ModelKey, name: str) -> str:
        """Why a field that only the migrations have may be there; "" where nothing speaks for it."""
        candidate = self.reading.resolver.candidates.get(".".join(key))
        if candidate is None:
            return self._also_in(key, name)
        return (
            self._languages(candidate)
            or self._adds(candidate, name)
            or self._unseen(candidate)
            or gives_unnamed(self.reading.classes, candidate.cls)
            or self.of_bases(key)
            or self._also_in(key, name)
        )

    def _also_in(self, key: ModelKey, name: str) -> str:
        """The model that a history keeps, where it has a field of that name, perhaps before it was copied."""
        kept = self.reading.resolver.candidates.get(f"{key[0]}.{key[1].removeprefix(HISTORY)}")
        if kept is None or not key[1].startswith(HISTORY):
            return ""
        has = name in self.registry.local_fields(kept.cls)
        return f"{kept.label} has a field of that name" if has else ""

    def _languages(self, candidate: Candidate) -> str:
        """Why it is not known which columns a model has for its languages; "" where that is known."""
        unknown = self.unknown.get(candidate.label.lower())
        return unknown.why if unknown is not None and unknown.why.startswith(ADDS) else ""

    def _unseen(self, candidate: Candidate) -> str:
        """The statement in the body of a class, or of one that it inherits, that may bind any name."""
        places = map(binds_unseen, self.reading.classes.ancestry(candidate.cls).classes)
        place = next(filter(None, places), "")
        return f"{place} may bind it by a name that does not stand there" if place else ""

    def _adds(self, candidate: Candidate, name: str) -> str:
        """Whether something may add a field of a name to a model from outside."""
        for field in self.registry.local_fields(candidate.cls).values():
            cls = field.field.cls
            state = FieldState(field.name, field, "", 0)
            found = (
                contributes(self.reading.classes, state)
                if cls is None
                else self._gifts.others(cls, field.name, name)
            )
            if found:
                return f"`{field.name}` may add it: {found}"
        found = self._elsewhere.of_model(candidate.cls, candidate.label, name)
        return f"{found} may add it" if found else self._bodies.of_model(candidate.cls, name)


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def _is_made(stmt: Stmt) -> bool:
    """Whether an attribute of a class is what a call makes, and no manager by its name."""
    match stmt:
        case Assign(value=Call(func=Ref(name))):
            called = name.rpartition(".")[2]
            return not called.endswith(("Manager", "from_queryset", "as_manager"))
        case _:
            return False


def _is_foreign(cls: Class) -> bool:
    return not cls.module.own and not cls.module.name.startswith("django.")
