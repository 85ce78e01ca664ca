"""Models as Django would register them: which classes they are, and the fields they end up with.

Follows django.db.models.base.ModelBase.__new__: fields of abstract bases are copied in the order
of the MRO unless something nearer binds the name; concrete bases bring a parent link.
"""

from __future__ import annotations

from msgspec import Struct

from analyzer.schema.apps import Apps
from analyzer.schema.classes import Ancestor, Class, Classes, Gap
from analyzer.schema.companions import companions
from analyzer.schema.fields import GENERIC_RELATION, Declared, Fields
from analyzer.schema.gaps import open_bases
from analyzer.schema.makers import rewriting_metaclass
from analyzer.schema.meta import effective_meta, is_abstract, option, text_option
from analyzer.schema.settings import Settings
from analyzer.schema.tables import table_name
from analyzer.schema.values import App, Model
from analyzer.schema.version import Version, default_auto_field
from analyzer.source.facts import Assign, ClassDef, Stmt
from analyzer.source.modules import Module
from analyzer.source.names import Defined
from analyzer.source.scopes import COMPOUND, flatten

MODEL = "django.db.models.base.Model"
OPTIONS = frozenset(
    {
        "abstract", "app_label", "constraints", "db_table", "db_table_comment", "default_manager_name",
        "default_permissions", "default_related_name", "get_latest_by", "index_together", "indexes",
        "managed", "order_with_respect_to", "ordering", "permissions", "proxy", "swappable",
        "unique_together", "verbose_name", "verbose_name_plural",
    }
)  # fmt: skip
"""Meta options that only a model's Meta has (a form's has `model` and `fields`)."""


class Candidate(Struct, frozen=True):
    """A class that is a model, with what Meta says, before relations are resolved."""

    cls: Class
    app: App | None
    app_label: str
    abstract: bool
    proxy: bool
    managed: bool
    swappable: str | None
    db_table: str | None
    gaps: tuple[Gap, ...]

    @property
    def name(self) -> str:
        return self.cls.qualname.rpartition(".")[2]

    @property
    def label(self) -> str:
        return f"{self.app_label}.{self.name}"


class Registry:
    """All model classes found so far, and the fields each ends up with."""

    def __init__(self, classes: Classes, fields: Fields, apps: Apps, settings: Settings, on: Version) -> None:
        self.classes = classes
        self.fields = fields
        self.apps = apps
        self.settings = settings
        self.default_auto_field = settings.text("DEFAULT_AUTO_FIELD", default_auto_field(on))
        self.by_key: dict[str, Candidate | None] = {}
        self.added: dict[str, dict[str, Declared]] = {}
        self.made: dict[str, Class | None] = {}  # without source; None for those that are no models
        self.perhaps: dict[str, str] = {}  # why a made class may not be there at all
        self.exact: dict[str, str] = {}  # what makes them, of made classes whose fields are all known
        self._local: dict[str, dict[str, Declared]] = {}
        self._parents: dict[str, tuple[tuple[Candidate, str | None], ...]] = {}
        self._by_label: dict[str, Class] | None = None
        classes.model_by_label = self._class_of

    def _class_of(self, label: str) -> Class | None:
        """The class that is written where a model of that label would be."""
        if self._by_label is None:
            self._by_label = {}
            modules, files = self.classes.names.modules, self.classes.names.modules.files
            for path in sorted({*files.read, *(path for path, _ in files.selected)}):
                app = self.apps.containing(modules.name_of(path))
                if app is None or app.installed is False or "/migrations/" in path:
                    continue
                for cls in classes_of(self.classes, path, modules.name_of(path)):
                    self._by_label.setdefault(f"{app.label}.{cls.qualname}".lower(), cls)
        return self._by_label.get(label.lower()) or self._external_class(label)

    def _external_class(self, label: str) -> Class | None:
        app_label, _, name = label.partition(".")
        app = next((app for app in self.apps.apps if app.label == app_label and not app.own), None)
        module = self.classes.names.modules.find(f"{app.name}.models") if app is not None else None
        if module is None:
            return None
        return self.classes.of_binding(self.classes.names.member(module, name))

    def candidate(self, cls: Class) -> Candidate | None:
        """The model that a class is; None where it is none."""
        if cls.key not in self.by_key:
            self.by_key[cls.key] = None
            self.by_key[cls.key] = self._candidate(cls)
        return self.by_key[cls.key]

    def _candidate(self, cls: Class) -> Candidate | None:
        ancestry = self.classes.ancestry(cls)
        if cls.path == MODEL:
            return None
        gaps: tuple[Gap, ...] = ancestry.gaps
        rewriting = rewriting_metaclass(self.classes, cls) if cls.module.own else None
        if not ancestry.has(MODEL):
            if not gaps or not cls.module.own or any(map(_no_model, ancestry.order)):
                return None
            if not self._looks_like_model(cls):
                return None
        meta = effective_meta(self.classes, cls)
        app = self.apps.containing(cls.module.name)
        label = text_option(self.classes, meta, "app_label") or (app.label if app else "")
        if not label and not is_abstract(self.classes, cls):
            label = cls.module.name.rpartition(".")[0].rpartition(".")[2] or cls.module.name
        return Candidate(
            cls=cls,
            app=next((a for a in self.apps.apps if a.label == label), app),
            app_label=label,
            abstract=is_abstract(self.classes, cls),
            proxy=option(self.classes, meta, "proxy") is True and self._own_option(cls, "proxy"),
            managed=option(self.classes, meta, "managed") is not False,
            swappable=text_option(self.classes, meta, "swappable"),
            db_table=text_option(self.classes, meta, "db_table"),
            gaps=(*open_bases(self.classes, cls), *([rewriting] if rewriting else [])),
        )

    def _own_option(self, cls: Class, name: str) -> bool:
        return "Meta" in self.classes.attributes(cls)

    def _looks_like_model(self, cls: Class) -> bool:
        """A class of unknown ancestry counts as a model if only models are written like it."""
        if self._model_bases(cls):
            return True
        declared = self.fields.declared(cls)
        if any(field.field.cls is not None for field in declared.values()):
            return True
        if ".models" in cls.module.name and any(_named_like_model(b) for b in self.classes.bases(cls)):
            return True
        meta = self.classes.attributes(cls).get("Meta")
        return isinstance(meta, ClassDef) and any(_is_option(stmt) for stmt in meta.body)

    # ------------------------------------------------------------ fields

    def local_fields(self, cls: Class, anew: bool = False) -> dict[str, Declared]:
        """A model's fields without those of concrete parents, by name."""
        if anew or cls.key not in self._local:
            self._local[cls.key] = {}
            self._local[cls.key] = self._collect(cls)
        return self._local[cls.key]

    def _collect(self, cls: Class) -> dict[str, Declared]:
        own = dict(self.fields.declared(cls))
        own.update(self.added.get(cls.key, {}))
        own.update(companions(self.fields, own))
        bound = set(self.classes.attributes(cls))
        direct = {base.key for base in self._model_bases(cls)}
        hidden: set[str] = set()
        fields = dict(own)
        for ancestor in self.classes.ancestry(cls).classes[1:]:
            candidate = self.candidate(ancestor)
            if ancestor.key not in direct:
                hidden.update(self.classes.attributes(ancestor))
                hidden.update(self._field_names(candidate))
                continue
            if candidate is None or not candidate.abstract:
                hidden.update(self._field_names(candidate))
                continue
            for name, field in self.local_fields(ancestor).items():
                if field.field.kind == "GFK" or field.field.path == GENERIC_RELATION:
                    # Private fields are copied whatever hides the name, unless it is a field again.
                    if name not in own:
                        fields[name] = field
                elif name not in fields and name not in bound and name not in hidden:
                    fields[name] = field
        return fields

    def _field_names(self, candidate: Candidate | None) -> set[str]:
        """All names that the fields of a model bind on its class, those that Django adds included."""
        if candidate is None or candidate.proxy:
            return set()
        fields = self.local_fields(candidate.cls)
        if candidate.abstract:
            return set(fields)
        links = {link for _, link in self.parents(candidate.cls) if link is not None}
        automatic = not links and not self.has_primary_key(fields)
        return {*fields, *links, *(["id"] if automatic else [])}

    def inherits_name(self, cls: Class, name: str) -> bool:
        """Whether an ancestor's field has the name already: then Django adds no link of that name.

        The link of an abstract base is copied like its other fields, unless something nearer hides it.
        """
        direct = {base.key for base in self._model_bases(cls)}
        for ancestor in self.classes.ancestry(cls).classes[1:]:
            candidate = self.candidate(ancestor)
            copied = candidate is not None and candidate.abstract and ancestor.key in direct
            if copied and any(link == name for _, link in self.parents(ancestor)):
                return self.inherits_name(ancestor, name)
            if name in self._field_names(candidate):
                return True
        return False

    def has_primary_key(self, fields: dict[str, Declared]) -> bool:
        return any(map(self.fields.is_primary_key, fields.values()))

    def _model_bases(self, cls: Class) -> list[Class]:
        return [
            base
            for base in self.classes.bases(cls)
            if isinstance(base, Class) and self.candidate(base) is not None
        ]

    def parents(self, cls: Class) -> tuple[tuple[Candidate, str | None], ...]:
        """Concrete parents with the name of the link to each; None for a proxy's."""
        if cls.key not in self._parents:
            self._parents[cls.key] = ()
            self._parents[cls.key] = self._find_parents(cls)
        return self._parents[cls.key]

    def _find_parents(self, cls: Class) -> tuple[tuple[Candidate, str | None], ...]:
        this = self.candidate(cls)
        found: dict[str, tuple[Candidate, str | None]] = {}
        for base in self._model_bases(cls):
            candidate = self.candidate(base)
            if candidate is None or self._is_above(cls, base):
                continue
            if candidate.abstract:
                for parent, link in self.parents(base):
                    found.setdefault(parent.cls.key, (parent, link))
                continue
            is_proxy = this is not None and this.proxy
            concrete = self.concrete(candidate)
            if is_proxy:
                found[concrete.cls.key] = (concrete, None)
            else:
                link = self._explicit_link(cls, concrete) or f"{concrete.name.lower()}_ptr"
                found[concrete.cls.key] = (concrete, link)
        return tuple(found.values())

    def _is_above(self, cls: Class, base: Class) -> bool:
        """Whether a class is an ancestor of its own base: source that Python refuses."""
        return any(ancestor.key == cls.key for ancestor in self.classes.ancestry(base).classes)

    def concrete(self, candidate: Candidate) -> Candidate:
        """The model whose table a proxy uses."""
        seen: set[str] = set()
        while candidate.proxy and candidate.cls.key not in seen:
            seen.add(candidate.cls.key)
            parents = self.parents(candidate.cls)
            if not parents:
                break
            candidate = parents[0][0]
        return candidate

    def _explicit_link(self, cls: Class, parent: Candidate) -> str | None:
        for name, field in self.local_fields(cls).items():
            if field.field.kind == "O2O":
                target = self.fields.target(field)
                is_link = self.fields.argument(field, "parent_link") is True
                same = target.cls is not None and target.cls.key == parent.cls.key
                named = (target.text or "").lower() in (parent.label.lower(), parent.name.lower())
                if is_link and (same or named):
                    return name
        return None

    def abstract_ancestors(self, cls: Class) -> tuple[str, ...]:
        out = []
        for ancestor in self.classes.ancestry(cls).classes[1:]:
            candidate = self.candidate(ancestor)
            if candidate is not None and candidate.abstract:
                out.append(ancestor.path)
        return tuple(out)


def classes_of(classes: Classes, module_path: str, module_name: str) -> list[Class]:
    """The classes at the top of an own module, also inside `if` and `try`, and nested in classes."""
    found = classes.by_module.get(module_path)
    if found is None:
        found = classes.by_module[module_path] = _classes_of(classes, module_path, module_name)
    return found


def _classes_of(classes: Classes, module_path: str, module_name: str) -> list[Class]:
    module = classes.names.modules.find(module_name, module_path)
    if module is None or (module.own and module.path != module_path):
        return []
    out: list[Class] = []
    pending = [
        Defined(module, inner.name, inner)
        for stmt in classes.names.modules.facts(module).body
        if isinstance(stmt, (ClassDef, *COMPOUND))
        for inner in _alternatives(classes, module, stmt)
    ]
    while pending:
        binding = pending.pop(0)
        cls = classes.of_binding(binding)
        if cls is None:
            continue
        out.append(cls)
        for stmt in flatten(cls.node.body):
            if isinstance(stmt, ClassDef) and stmt.name != "Meta":
                pending.append(Defined(module, f"{cls.qualname}.{stmt.name}", stmt))
    return out


def _alternatives(classes: Classes, module: Module, stmt: Stmt) -> list[ClassDef]:
    """The classes in a statement; of several that one condition chooses from, the one that the name means."""
    if isinstance(stmt, ClassDef):
        return [stmt]
    taken = flatten((stmt,), lambda test: classes.decides(test, module))
    found = [inner for inner in taken if isinstance(inner, ClassDef)]
    if len(found) < 2:
        return found
    out: list[ClassDef] = []
    for inner in found:
        meant = classes.names.member(module, inner.name)
        same = [other for other in found if other.name == inner.name and other is not inner]
        if not (isinstance(meant, Defined) and any(meant.node is other for other in same)):
            out.append(inner)
    return out


def to_model(registry: Registry, candidate: Candidate, own: bool, auth_user: str) -> Model:
    """The published form of a candidate, its fields left to `relations`."""
    cls = candidate.cls
    label = candidate.label
    concrete = registry.concrete(candidate)
    table = concrete.db_table or table_name(concrete.app_label, concrete.name, registry.settings)
    swapped = False
    if candidate.swappable is not None:
        wanted = registry.settings.text(
            candidate.swappable, auth_user if candidate.swappable == "AUTH_USER_MODEL" else label
        )
        swapped = wanted.lower() != label.lower()
    return Model(
        label=label,
        app=candidate.app_label,
        name=cls.path,
        file=cls.module.path,
        line=cls.node.line,
        installed=candidate.app.installed if candidate.app is not None else None,
        own=own,
        abstract=candidate.abstract,
        proxy=candidate.proxy,
        managed=candidate.managed,
        swappable=candidate.swappable,
        swapped=swapped,
        auto_created=False,
        db_table=table,
        abstract_ancestors=registry.abstract_ancestors(cls),
        parents=tuple(parent.label for parent, _ in registry.parents(cls)),
        fields=(),
        certain=not candidate.gaps,
        why="; ".join(gap.why for gap in candidate.gaps),
    )


def _is_option(stmt: Stmt) -> bool:
    return isinstance(stmt, Assign) and any(
        getattr(target, "name", None) in OPTIONS for target in stmt.targets
    )


OTHER = ("django.db.models.manager.", "django.db.models.query.", "django.db.models.fields.")
"""Modules of Django whose classes nobody makes models of."""

NO_MODELS = ("serializer", "forms", "filter", "views", "admin", "factory", "graphene", "schema", "pydantic")


def _named_like_model(base: Ancestor) -> bool:
    """A base of unknown source named as a model is: `AbstractUser`, `TimeStampedModel`, `load_model(…)`."""
    name = base.path.rpartition(".")[2]
    made = name.endswith(")") and "model" in name.lower()
    return isinstance(base, Gap) and (made or name.startswith("Abstract") or name.endswith("Model"))


def _no_model(ancestor: Ancestor) -> bool:
    """Bases of packages that make forms, serializers and the like, to tell by their module's name."""
    if isinstance(ancestor, Class) and ancestor.module.own:
        return False
    return ancestor.path.startswith(OTHER) or any(word in ancestor.path.lower() for word in NO_MODELS)
