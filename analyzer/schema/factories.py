"""Models that a class attribute makes: history tables, translation tables.

What the attribute's class is called, and what it makes, is data in `catalogue.rules`; here is how
such a model follows from the one that it is made for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from analyzer.catalogue.rules import COPIED_AS, HISTORY, HISTORY_FIELDS, TRANSLATION, TRANSLATION_BASES
from analyzer.schema.classes import Class
from analyzer.schema.models import Candidate, Registry
from analyzer.schema.values import Field, Model, Relation
from analyzer.source.facts import Assign, Call, Ref
from analyzer.source.values import Made, Named, Sequence


class Product(Struct, frozen=True):
    """A model that another one's attribute makes, with its relations."""

    model: Model
    relations: tuple[Relation, ...]


class _Attribute(Struct, frozen=True):
    owner: Class
    name: str
    made: Made
    line: int
    kind: str


class Factories:
    """Finds the attributes and makes the models, from models already resolved."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.classes = registry.classes
        self._kinds: dict[str, str | None] = {}

    def products(
        self, candidate: Candidate, models: Mapping[str, Model], relations: Mapping[str, list[Relation]]
    ) -> Iterator[Product]:
        """The models made for a concrete model."""
        if candidate.proxy or not candidate.cls.module.own:
            return
        for attribute in self._attributes(candidate.cls):
            if attribute.kind == HISTORY:
                yield self._history(candidate, attribute, models, relations)
            else:
                yield self._translation(candidate, attribute, models[candidate.label])

    def _attributes(self, cls: Class) -> Iterator[_Attribute]:
        for ancestor in self.classes.ancestry(cls).classes:
            if not ancestor.module.own:
                continue
            for name, stmt in self.classes.attributes(ancestor).items():
                if not isinstance(stmt, Assign) or not isinstance(stmt.value, Call):
                    continue
                kind = self._kind(stmt.value, ancestor)
                if kind is None:
                    continue
                made = Made(kind, stmt.value, ancestor.module)
                inherits = kind == HISTORY and self._argument(made, "inherit") is True
                if ancestor.key == cls.key or inherits:
                    yield _Attribute(ancestor, name, made, stmt.line, kind)

    def _kind(self, call: Call, owner: Class) -> str | None:
        """Which factory a call makes, by the ancestors of the class that is called."""
        if not isinstance(call.func, Ref):
            return None
        binding = self.classes.names.resolve(owner.module, call.func.name)
        path = getattr(binding, "path", "")
        if path not in self._kinds:
            cls = self.classes.of_binding(binding)
            paths = self.classes.ancestry(cls).paths if cls is not None else {path}
            self._kinds[path] = next((kind for kind in (HISTORY, TRANSLATION) if kind in paths), None)
        return self._kinds[path]

    def _argument(self, made: Made, name: str) -> object:
        return self.classes.evaluator.argument(made, name)

    # ------------------------------------------------------------ history

    def _history(
        self,
        candidate: Candidate,
        attribute: _Attribute,
        models: Mapping[str, Model],
        relations: Mapping[str, list[Relation]],
    ) -> Product:
        base = models[candidate.label]
        made = attribute.made
        given = self._argument(made, "custom_model_name")
        name = given if isinstance(given, str) else f"Historical{candidate.name}"
        app = self._argument(made, "app")
        label = f"{app if isinstance(app, str) else base.app}.{name}"
        table = self._argument(made, "table_name")
        excluded = self._argument(made, "excluded_fields")
        left_out = set(excluded.items) if isinstance(excluded, Sequence) else set()
        fields = {f.name: _copied(f) for f in self._all_fields(candidate, models) if f.name not in left_out}
        edges = [
            _nullable(relation, label)
            for source in (candidate, *self._ancestors(candidate))
            for relation in relations.get(source.label, ())
            if relation.field in fields and relation.kind in ("FK", "O2O")
        ]
        for extra, cls, null in self._own_fields(made):
            fields[extra] = Field(extra, cls, null, None, None, base.name, base.file, attribute.line)
        user = self._user(label, base, attribute)
        if self._argument(made, "history_user_id_field") is None:
            fields[user.field] = _as_field(user)
            edges.append(user)
        model = replace(
            base,
            label=label,
            app=label.partition(".")[0],
            name=f"{base.name.rpartition('.')[0]}.{name}",
            line=attribute.line,
            db_table=table if isinstance(table, str) else f"{label.partition('.')[0]}_{name.lower()}",
            abstract_ancestors=self._bases(made),
            parents=(),
            swappable=None,
            managed=True,
            fields=tuple(sorted(fields.values(), key=lambda field: field.name)),
        )
        return Product(model, tuple(edges))

    def _ancestors(self, candidate: Candidate) -> list[Candidate]:
        found = [parent for parent, _ in self.registry.parents(candidate.cls)]
        return found + [above for parent in found for above in self._ancestors(parent)]

    def _all_fields(self, candidate: Candidate, models: Mapping[str, Model]) -> Iterator[Field]:
        """The concrete fields of a model and its parents, as `_meta.fields` has them."""
        for source in (*reversed(self._ancestors(candidate)), candidate):
            model = models.get(source.label)
            for field in model.fields if model is not None else ():
                if field.kind != "M2M":
                    yield field

    def _own_fields(self, made: Made) -> Iterator[tuple[str, str, bool]]:
        settings = self.classes.evaluator.settings
        uuid = settings.get("SIMPLE_HISTORY_HISTORY_ID_USE_UUID") is True
        text = settings.get("SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD") is True
        written = {
            "history_id": ("history_id_field", "UUIDField" if uuid else "AutoField"),
            "history_change_reason": ("history_change_reason_field", "TextField" if text else "CharField"),
        }
        for name, cls, null in HISTORY_FIELDS:
            argument, default = written.get(name, ("", cls))
            value = self._argument(made, argument)
            yield name, value.path.rpartition(".")[2] if isinstance(value, Made) else default, null

    def _user(self, label: str, base: Model, attribute: _Attribute) -> Relation:
        return Relation(
            source=label,
            field="history_user",
            kind="FK",
            target=self.registry.settings.auth_user_model,
            null=True,
            parent_link=False,
            through=None,
            on_delete="SET_NULL",
            swappable_setting="AUTH_USER_MODEL",
            declared_in=base.name,
            file=base.file,
            line=attribute.line,
            certain=True,
        )

    def _bases(self, made: Made) -> tuple[str, ...]:
        value = self._argument(made, "bases")
        out: list[str] = []
        for item in value.items if isinstance(value, Sequence) else ():
            cls = self.classes.of_binding(item.binding) if isinstance(item, Named) else None
            if cls is not None and self.registry.candidate(cls) is not None:
                out += [cls.path, *self.registry.abstract_ancestors(cls)]
        return tuple(out)

    # ------------------------------------------------------------ translations

    def _translation(self, candidate: Candidate, attribute: _Attribute, base: Model) -> Product:
        name = f"{candidate.name}Translation"
        label = f"{base.app}.{name}"
        fields: dict[str, Field] = {}
        for key, value in attribute.made.call.kwargs:
            declared = self.registry.fields.field(key, value, attribute.owner, attribute.line)
            if declared is not None and not declared.field.hidden:
                null = self.registry.fields.argument(declared, "null") is True
                fields[key] = Field(
                    key, declared.field.name, null, None, None, base.name, base.file, attribute.line
                )
        master = replace(
            self._user(label, base, attribute),
            field="master",
            target=base.label,
            on_delete="CASCADE",
            swappable_setting=None,
        )
        fields["master"] = replace(_as_field(master), cls="TranslationsForeignKey")
        auto = next((f for f in base.fields if f.name == "id" and f.cls.endswith("AutoField")), None)
        automatic = auto.cls if auto is not None else "AutoField"
        for extra, cls in (("id", automatic), ("language_code", "CharField")):
            fields[extra] = Field(extra, cls, False, None, None, base.name, base.file, attribute.line)
        model = replace(
            base,
            label=label,
            name=f"{base.name.rpartition('.')[0]}.{name}",
            line=attribute.line,
            db_table=f"{base.db_table}_translation",
            abstract_ancestors=TRANSLATION_BASES,
            parents=(),
            swappable=None,
            fields=tuple(sorted(fields.values(), key=lambda field: field.name)),
        )
        return Product(model, (master,))


def _copied(field: Field) -> Field:
    """A field as history keeps it: automatic keys become numbers, files text, one-to-ones foreign keys."""
    if field.kind == "O2O":
        return replace(field, kind="FK", cls="ForeignKey", null=True)
    if field.kind == "FK":
        return replace(field, null=True)
    return replace(field, cls=COPIED_AS.get(field.cls, field.cls))


def _nullable(relation: Relation, source: str) -> Relation:
    return replace(relation, source=source, kind="FK", null=True, parent_link=False, on_delete="DO_NOTHING")


def _as_field(relation: Relation) -> Field:
    return Field(
        relation.field,
        "ForeignKey",
        relation.null,
        relation.kind,
        relation.target,
        relation.declared_in,
        relation.file,
        relation.line,
    )
