"""Models with their fields and relations resolved to labels."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from analyzer.schema.classes import Class
from analyzer.schema.fields import Declared, Target
from analyzer.schema.meta import effective_meta, text_option
from analyzer.schema.metaclasses import metaclass_fields
from analyzer.schema.models import Candidate, Registry, to_model
from analyzer.schema.tables import undecided_tables
from analyzer.schema.values import Field, Model, Relation, RelationKind, Unknown
from analyzer.source.facts import Call, Ref
from analyzer.source.values import Made, Named

GLOBAL_RELATIVE = "self"


class Schema(Struct, frozen=True):
    """What the models say: own and external models, abstract ones apart, relations, and gaps."""

    models: tuple[Model, ...]
    abstract_models: tuple[Model, ...]
    relations: tuple[Relation, ...]
    unknown: tuple[Unknown, ...]


class _Found(Struct, frozen=True):
    fields: tuple[Field, ...]
    relations: tuple[Relation, ...]


class Resolver:
    """Turns candidates into models; targets are looked up among all of them."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.labels: dict[str, str] = {}
        self.by_key: dict[str, str] = {}
        self.candidates: dict[str, Candidate] = {}
        self._generics: dict[str, dict[str, Declared]] = {}
        self.user = registry.settings.auth_user_model

    def schema(self, own: list[Candidate], external: list[Candidate]) -> Schema:
        for candidate in (*external, *own):
            self.by_key[candidate.cls.key] = candidate.label
            self.candidates[candidate.label.lower()] = candidate
            if not candidate.abstract:
                self.labels[candidate.label.lower()] = candidate.label
        models: list[Model] = []
        abstract: list[Model] = []
        relations: list[Relation] = []
        for candidate in (*own, *external):
            model = to_model(self.registry, candidate, candidate.cls.module.own, self.user)
            found = self._fields(candidate)
            if candidate.abstract:
                if model.own:
                    abstract.append(replace(model, fields=found.fields))
                continue
            models.append(replace(model, fields=found.fields))
            if not model.swapped:
                relations.extend(found.relations)
        places = {model.label: (model.file, model.line) for model in models if model.own}
        unknown: list[Unknown] = []
        for r in relations:
            if not r.certain and (r.file or r.source in places):  # one that a package's base brings
                file, line = (r.file, r.line) if r.file else places[r.source]
                unknown.append(Unknown(file, line, f"{r.source}.{r.field}", r.why))
        unknown += [
            Unknown(m.file, m.line, m.label, m.why) for m in (*models, *abstract) if m.own and not m.certain
        ]
        unknown += [
            Unknown(field.file, field.line, f"{field.declared_in}.{field.name}", field.why)
            for model in (*models, *abstract)
            for field in model.fields
            if model.own and field.why and field.kind is None
        ]
        unknown += undecided_tables(models, self.registry.settings)
        return Schema(
            tuple(sorted(_unique(models), key=lambda m: (m.label, m.file, m.line))),
            tuple(sorted(abstract, key=lambda m: (m.name, m.file, m.line))),
            tuple(sorted(set(relations), key=lambda r: (r.source, r.field, r.file, r.line))),
            tuple(sorted(set(unknown))),
        )

    def _fields(self, candidate: Candidate) -> _Found:
        fields: list[Field] = []
        relations: list[Relation] = []
        declared = self._generic(candidate)
        if not candidate.proxy:
            declared.update(self.registry.local_fields(candidate.cls))
        links: dict[str, Candidate] = {}
        for link, parent in [] if candidate.proxy else self._links(candidate):
            links.setdefault(link, parent)  # two parents of one name share the link to the first
        for name, field in declared.items():
            if field.field.hidden:
                continue
            kind = field.field.kind
            if kind is None:
                fields.append(self._plain(name, field))
                continue
            relation = self._relation(candidate, name, field, kind, name in links)
            relations.append(relation)
            if field.field.kind != "GFK":
                fields.append(_as_field(field.field.name, relation, field.field.why))
        if not candidate.abstract and not candidate.proxy:
            for name, parent in links.items():
                if name not in declared and not self.registry.inherits_name(candidate.cls, name):
                    relation = self._parent_link(candidate, name, parent)
                    relations.append(relation)
                    fields.append(_as_field("OneToOneField", relation))
            if not links and not self.registry.has_primary_key(declared):
                fields.append(self._automatic(candidate))
            names = {field.name for field in fields}
            fields.extend(field for field in self.added(candidate) if field.name not in names)
        if not candidate.abstract and "_order" not in declared:
            fields.extend(self._order(candidate))
        return _Found(tuple(sorted(fields, key=lambda f: f.name)), tuple(relations))

    def _generic(self, candidate: Candidate) -> dict[str, Declared]:
        """Generic foreign keys of concrete parents: each child has its own copy, proxies too."""
        pending = [] if candidate.cls.key in self._generics else [candidate]
        while pending:
            cls = pending[-1].cls
            above = [parent for parent, _ in self.registry.parents(cls)]
            if cls.key not in self._generics:
                self._generics[cls.key] = {}
                pending += [parent for parent in above if parent.cls.key not in self._generics]
                continue
            pending.pop()
            for parent in above:
                self._generics[cls.key].update(self._generics[parent.cls.key])
                local = self.registry.local_fields(parent.cls)
                generic = {name: field for name, field in local.items() if field.field.kind == "GFK"}
                self._generics[cls.key].update(generic)
        return dict(self._generics[candidate.cls.key])

    def _links(self, candidate: Candidate) -> list[tuple[str, Candidate]]:
        return [(link, parent) for parent, link in self.registry.parents(candidate.cls) if link is not None]

    def _plain(self, name: str, field: Declared) -> Field:
        null = self._flag(field, "null")
        owner, made = field.owner, field.field
        return Field(name, made.name, null, None, None, owner.path, owner.module.path, field.line, made.why)

    def _flag(self, field: Declared, name: str) -> bool:
        value = self.registry.fields.argument(field, name)
        if value is None and name == "null":
            return field.field.name == "NullBooleanField"
        return value is True

    def _automatic(self, candidate: Candidate) -> Field:
        app = candidate.app
        setting = self.registry.default_auto_field
        chosen = (app.default_auto_field if app is not None else None) or setting
        cls = candidate.cls
        return Field(
            "id", chosen.rpartition(".")[2], False, None, None, cls.path, cls.module.path, cls.node.line
        )

    def _order(self, candidate: Candidate) -> list[Field]:
        """What `order_with_respect_to` adds (django.db.models.options.Options._prepare)."""
        classes, cls = self.registry.classes, candidate.cls
        meta = effective_meta(classes, cls)
        if text_option(classes, meta, "order_with_respect_to") is None:
            return []
        return [Field("_order", "OrderWrt", False, None, None, cls.path, cls.module.path, cls.node.line)]

    def added(self, candidate: Candidate) -> list[Field]:
        """Fields that a catalogued base's metaclass adds, unless a concrete parent already has them."""
        return [
            Field(f.name, f.field.name, False, None, None, f.owner.path, f.owner.module.path, f.line)
            for f in metaclass_fields(self.registry, candidate)
        ]

    def _parent_link(self, candidate: Candidate, name: str, parent: Candidate) -> Relation:
        cls = candidate.cls
        return Relation(
            source=candidate.label,
            field=name,
            kind="O2O",
            target=parent.label,
            null=False,
            parent_link=True,
            through=None,
            on_delete="CASCADE",
            swappable_setting=self._setting_of(parent.label),
            declared_in=cls.path,
            file=cls.module.path,
            line=cls.node.line,
            certain=True,
        )

    def _relation(
        self, candidate: Candidate, name: str, field: Declared, kind: RelationKind, link: bool
    ) -> Relation:
        target, why = (None, "") if kind == "GFK" else self._label(self._target(field), candidate)
        through = None
        if kind == "M2M":
            through, problem = self.through(field, candidate)
            why = why or problem
        why = why or field.field.why or self._doubt(field) or self._spelling(target)
        return Relation(
            source=candidate.label,
            field=name,
            kind=kind,
            target=target,
            null=self._flag(field, "null"),
            parent_link=link or (kind == "O2O" and self._flag(field, "parent_link")),
            through=through,
            on_delete=self._on_delete(field) if kind in ("FK", "O2O") else None,
            swappable_setting=self._setting_of(target),
            declared_in=field.owner.path,
            file=field.owner.module.path,
            line=field.line,
            certain=not why,
            why=why,
        )

    def _spelling(self, target: str | None) -> str:
        """Why a target that nobody knows may be called otherwise: a name without capitals is no class's."""
        name = target.rpartition(".")[2] if target is not None else ""
        if target is None or not name.islower() or target.lower() in self.labels:
            return ""
        return f"the source of {target} is not known, which the class may write with capitals"

    def _doubt(self, field: Declared) -> str:
        """Why a package's field class that names its own target may name another one."""
        cls = field.field.cls
        if cls is None or cls.module.own or not field.owner.module.own:
            return ""
        why = self.registry.classes.doubt(cls.module.name, cls.qualname)
        given = self.registry.fields.handed(field, "to", 0) if why else None
        return "" if given is not None and given.module.own else why

    def target(self, field: Declared, candidate: Candidate) -> tuple[str | None, str]:
        """(label, why not) of where a relation points, for the model that has the field."""
        return self._label(self._target(field), candidate)

    def _target(self, field: Declared) -> Target:
        return self.registry.fields.target(field)

    def _label(self, target: Target, candidate: Candidate) -> tuple[str | None, str]:
        """(label, why not) of a target as the model that has the field sees it."""
        if target.cls is not None:
            return self._label_of_class(target.cls)
        if target.text is None:
            return None, target.why
        if target.text == GLOBAL_RELATIVE:
            return candidate.label, ""
        text = target.text if "." in target.text else f"{candidate.app_label}.{target.text}"
        return self.labels.get(text.lower(), text), target.why or self._unset(target)

    def _unset(self, target: Target) -> str:
        """Why a setting's default may not hold: nobody knows the settings."""
        if target.setting is None or self.registry.settings.path is not None:
            return ""
        return f"setting {target.setting} is taken for its default: no settings module was found"

    def _label_of_class(self, cls: Class) -> tuple[str | None, str]:
        known = self.by_key.get(cls.key)
        if known is not None:
            return known, ""
        found = self.registry.candidate(cls)
        if found is not None:
            return found.label, ""
        return None, f"{cls.path} is not known to be a model"

    def through(self, field: Declared, candidate: Candidate) -> tuple[str | None, str]:
        """(label, why not) of the through model that a many-to-many field names."""
        given = self.registry.fields.handed(field, "through", 5)
        if given is None:
            return None, ""
        target = self.registry.fields.target_of(given.expr, given.module, dict(given.local))
        if target.text is None and target.cls is None and not target.why:
            return None, ""
        label, why = self._label(target, candidate)
        return label, why

    def _on_delete(self, field: Declared) -> str | None:
        given = self.registry.fields.handed(field, "on_delete", 1)
        local = dict(given.local) if given is not None else {}
        match given.expr if given is not None else None:
            case Ref(name) if name in local:
                value = local[name]
                return value.path.rpartition(".")[2] if isinstance(value, (Named, Made)) else None
            case Ref(name):
                return name.rpartition(".")[2]
            case Call(func=Ref(name)):
                return name.rpartition(".")[2]
            case _:
                return None

    def _setting_of(self, target: str | None) -> str | None:
        if target is not None and target.lower() == self.user.lower():
            return "AUTH_USER_MODEL"
        return None


def _as_field(cls: str, relation: Relation, why: str = "") -> Field:
    return Field(
        relation.field,
        cls,
        relation.null,
        relation.kind,
        relation.target,
        relation.declared_in,
        relation.file,
        relation.line,
        why,
    )


def _unique(models: list[Model]) -> list[Model]:
    """One model a label: of conditional definitions the first stands for all."""
    seen: dict[str, Model] = {}
    for model in models:
        seen.setdefault(model.label, model)
    return list(seen.values())
