"""Models with their fields and relations resolved to labels."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from analyzer.catalogue.rules import ADDED_FIELDS
from analyzer.schema.classes import Class
from analyzer.schema.factories import Factories, Product
from analyzer.schema.fields import Declared, Target
from analyzer.schema.models import Candidate, Registry, to_model
from analyzer.schema.values import Field, Model, Relation, RelationKind, Unknown
from analyzer.source.facts import Call, ClassDef, Ref

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
        self.user = registry.settings.auth_user_model

    def schema(self, own: list[Candidate], external: list[Candidate]) -> Schema:
        for candidate in (*external, *own):
            self.by_key[candidate.cls.key] = candidate.label
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
        for product in self._products(own, models, relations):
            models.append(product.model)
            relations.extend(product.relations)
        unknown = [
            Unknown(r.file, r.line, f"{r.source}.{r.field}", r.why)
            for r in relations
            if r.file and not r.certain
        ]
        unknown += [
            Unknown(m.file, m.line, m.label, m.why) for m in (*models, *abstract) if m.own and not m.certain
        ]
        return Schema(
            tuple(sorted(_unique(models), key=lambda m: (m.label, m.file, m.line))),
            tuple(sorted(abstract, key=lambda m: (m.name, m.file, m.line))),
            tuple(sorted(set(relations), key=lambda r: (r.source, r.field, r.file, r.line))),
            tuple(sorted(set(unknown))),
        )

    def _products(
        self, own: list[Candidate], models: list[Model], relations: list[Relation]
    ) -> list[Product]:
        factories = Factories(self.registry)
        by_label = {model.label: model for model in models}
        by_source: dict[str, list[Relation]] = {}
        for relation in relations:
            by_source.setdefault(relation.source, []).append(relation)
        return [
            product
            for candidate in own
            if not candidate.abstract
            for product in factories.products(candidate, by_label, by_source)
        ]

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
                fields.append(_as_field(field.field.name, relation))
        if not candidate.abstract and not candidate.proxy:
            for name, parent in links.items():
                if name not in declared and not self.registry.inherits_name(candidate.cls, name):
                    relation = self._parent_link(candidate, name, parent)
                    relations.append(relation)
                    fields.append(_as_field("OneToOneField", relation))
            if not links and not self.registry.has_primary_key(declared):
                fields.append(self._automatic(candidate))
            names = {field.name for field in fields}
            fields.extend(field for field in self._added(candidate) if field.name not in names)
        return _Found(tuple(sorted(fields, key=lambda f: f.name)), tuple(relations))

    def _generic(self, candidate: Candidate) -> dict[str, Declared]:
        """Generic foreign keys of concrete parents: each child has its own copy, proxies too."""
        out: dict[str, Declared] = {}
        for parent, _ in self.registry.parents(candidate.cls):
            out.update(self._generic(parent))
            local = self.registry.local_fields(parent.cls)
            out.update((name, field) for name, field in local.items() if field.field.kind == "GFK")
        return out

    def _links(self, candidate: Candidate) -> list[tuple[str, Candidate]]:
        return [(link, parent) for parent, link in self.registry.parents(candidate.cls) if link is not None]

    def _plain(self, name: str, field: Declared) -> Field:
        null = self._flag(field, "null")
        owner = field.owner
        return Field(name, field.field.name, null, None, None, owner.path, owner.module.path, field.line)

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

    def _added(self, candidate: Candidate) -> list[Field]:
        """Fields that a catalogued base's metaclass adds, unless a concrete parent already has them."""
        classes = self.registry.classes
        cls = candidate.cls
        out: list[Field] = []
        for path, added in ADDED_FIELDS.items():
            parents = [parent.cls for parent, _ in self.registry.parents(cls)]
            if not classes.is_a(cls, path) or any(classes.is_a(parent, path) for parent in parents):
                continue
            found = classes.lookup(cls, added.options)
            options = None
            if found is not None and isinstance(found[1], ClassDef):
                options = Class(found[0].module, f"{found[0].qualname}.{added.options}", found[1])
            for option, default in added.names.items():
                given = classes.constant(options, option) if options is not None else None
                name = given if isinstance(given, str) else default
                line, file = cls.node.line, cls.module.path
                out.append(Field(name, added.field_class, False, None, None, cls.path, file, line))
        return out

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
            through, problem = self._through(field, candidate)
            why = why or problem
        why = why or (field.field.why if field.field.cls is None else "")
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
        return self.labels.get(text.lower(), text), target.why

    def _label_of_class(self, cls: Class) -> tuple[str | None, str]:
        known = self.by_key.get(cls.key)
        if known is not None:
            return known, ""
        found = self.registry.candidate(cls)
        if found is not None:
            return found.label, ""
        return None, f"{cls.path} is not known to be a model"

    def _through(self, field: Declared, candidate: Candidate) -> tuple[str | None, str]:
        expr = field.made.call.argument("through", 5)
        if expr is None:
            return None, ""
        target = self.registry.fields.target_of(expr, field.made.module, dict(field.made.local))
        if target.text is None and target.cls is None and not target.why:
            return None, ""
        label, why = self._label(target, candidate)
        return label, why

    def _on_delete(self, field: Declared) -> str | None:
        expr = field.made.call.argument("on_delete", 1)
        if expr is None:
            fixed = self.registry.fields.fixed_expr(field.field, "on_delete")
            expr = fixed[0] if fixed is not None else None
        match expr:
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


def _as_field(cls: str, relation: Relation) -> Field:
    return Field(
        relation.field,
        cls,
        relation.null,
        relation.kind,
        relation.target,
        relation.declared_in,
        relation.file,
        relation.line,
    )


def _unique(models: list[Model]) -> list[Model]:
    """One model a label: of conditional definitions the first stands for all."""
    seen: dict[str, Model] = {}
    for model in models:
        seen.setdefault(model.label, model)
    return list(seen.values())
