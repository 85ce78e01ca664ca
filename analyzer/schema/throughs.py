"""The through models of many-to-many fields, where a package makes other models of them.

Those that Django makes itself stand nowhere in the source; follows
django.db.models.fields.related.create_many_to_many_intermediary_model.
"""

from __future__ import annotations

from analyzer.schema.classes import Class
from analyzer.schema.columns import label_of
from analyzer.schema.companions import made_up, on_delete
from analyzer.schema.fields import RELATED, Declared
from analyzer.schema.models import MODEL, Candidate, Registry
from analyzer.schema.tables import table_name, through_table
from analyzer.source.facts import Assign, ClassDef, Expr, Literal, Ref
from analyzer.source.values import Named, Value


class Throughs:
    """Finds and makes the classes, once each."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._made: dict[tuple[str, str], Class | None] = {}

    def of(self, cls: Class, field: str) -> Class | None:
        """The class behind a model's many-to-many field; None where source does not decide it."""
        key = (cls.key, field)
        if key not in self._made:
            self._made[key] = self._find(cls, field)
        return self._made[key]

    def _find(self, cls: Class, field: str) -> Class | None:
        declared = self.registry.local_fields(cls).get(field)
        if declared is None:
            parents = self.registry.parents(cls)
            return next((found for parent, _ in parents if (found := self.of(parent.cls, field))), None)
        if declared.field.kind != "M2M":
            return None
        expr = declared.made.call.argument("through", 5)
        if expr is not None:
            return self._written(declared, expr, cls)
        return self._automatic(cls, field, declared)

    def _written(self, declared: Declared, expr: Expr, cls: Class) -> Class | None:
        classes = self.registry.classes
        value = classes.evaluator.evaluate(expr, declared.made.module)
        if isinstance(value, Named):
            return classes.of_binding(value.binding)
        candidate = self.registry.candidate(cls)
        if not isinstance(value, str) or candidate is None:
            return None
        return classes.model_by_label(value if "." in value else f"{candidate.app_label}.{value}")

    def _automatic(self, cls: Class, field: str, declared: Declared) -> Class | None:
        candidate = self.registry.candidate(cls)
        target = label_of(self.registry, declared, candidate) if candidate is not None else None
        model = self._model()
        if candidate is None or candidate.abstract or target is None or model is None:
            return None
        owner, other = candidate.name.lower(), target.partition(".")[2].lower()
        ends = (owner, other) if owner != other else (f"from_{owner}", f"to_{other}")
        name, line = f"{candidate.name}_{field}", declared.line
        options = {"app_label": candidate.app_label, "db_table": self._table(candidate, field, declared)}
        said = tuple(Assign((Ref(key),), "=", Literal(value), line) for key, value in options.items())
        meta = ClassDef("Meta", (), (), (), said, line)
        through = Class(cls.module, name, ClassDef(name, (), (), (), (meta,), line))
        self.registry.classes.set_bases(through, (model,))
        fields, path = self.registry.fields, f"{RELATED}ForeignKey"
        named: dict[str, Value] = {"related_name": f"{name}+", "on_delete": on_delete("CASCADE")}
        named["db_tablespace"] = fields.argument(declared, "db_tablespace") or self._tablespace()
        if fields.argument(declared, "db_constraint") is False:
            named["db_constraint"] = False
        self.registry.added[through.key] = {
            end: made_up(fields, end, path, (Literal(to),), named, cls, line)
            for end, to in zip(ends, (candidate.label, target), strict=True)
        }
        self.registry.made[through.key] = None
        return through

    def _table(self, owner: Candidate, field: str, declared: Declared) -> str:
        """The table that the field names, else the owner's with the field behind it (`_get_m2m_db_table`)."""
        said = self.registry.fields.argument(declared, "db_table")
        settings = self.registry.settings
        table = owner.db_table or table_name(owner.app_label, owner.name, settings)
        return said if isinstance(said, str) and said else through_table(table, field, settings)

    def _tablespace(self) -> str:
        """Where a field's index stands that says nothing of it."""
        return self.registry.settings.text("DEFAULT_INDEX_TABLESPACE", "")

    def _model(self) -> Class | None:
        names = self.registry.classes.names
        module, _, name = MODEL.rpartition(".")
        found = names.modules.find(module)
        return self.registry.classes.of_binding(names.member(found, name)) if found is not None else None
