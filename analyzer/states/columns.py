"""The columns of a model's fields, as far as names of indexes are made of them."""

from __future__ import annotations

from analyzer.schema.fields import Declared
from analyzer.schema.models import Candidate, Registry
from analyzer.source.values import Undecided
from analyzer.states.values import Form, Unsure

COLUMN_NAMES = ("get_attname", "get_attname_column")
DJANGO = "django."


class Columns:
    """Finds the column of a field of a model, inherited ones included."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    def column(self, candidate: Candidate, name: str) -> Form:
        """`db_column`, else the name, with `_id` for what points to one row."""
        pending, seen = [candidate], {candidate.cls.key}
        while pending:
            model = pending.pop(0)
            found = self._local(model, name)
            if found is not None:
                return found
            above = [parent for parent, link in self.registry.parents(model.cls) if link is not None]
            pending += [parent for parent in above if parent.cls.key not in seen]
            seen.update(parent.cls.key for parent in above)
        return Unsure(f"there is no field `{name}`")

    def _local(self, model: Candidate, name: str) -> Form | None:
        """The column of a field that the model itself has; None where it has none of that name."""
        fields = self.registry.local_fields(model.cls)
        named = name if name in fields else name.removesuffix("_id")
        if named in fields and (named == name or fields[named].field.kind in ("FK", "O2O")):
            return self._declared(named, fields[named])
        links = {link for _, link in self.registry.parents(model.cls) if link is not None}
        if name in links:
            return f"{name}_id"
        return "id" if name == "id" and not links and not self.registry.has_primary_key(fields) else None

    def _declared(self, name: str, declared: Declared) -> Form:
        given = self.registry.fields.argument(declared, "db_column")
        if isinstance(given, str) and given:
            return given
        if given is not None and given != "":
            return Unsure(given.why if isinstance(given, Undecided) else "`db_column` is not decided")
        cls = declared.field.cls
        if cls is None:
            return Unsure(declared.field.why or f"the source of {declared.field.path} is not known")
        for ancestor in self.registry.classes.ancestry(cls).classes:
            bound = self.registry.classes.attributes(ancestor)
            if not ancestor.module.name.startswith(DJANGO) and any(n in bound for n in COLUMN_NAMES):
                return Unsure(f"{ancestor.path} names columns in a way of its own")
        return f"{name}_id" if declared.field.kind in ("FK", "O2O") else name
