"""What packages' metaclasses change in the heirs of their base classes: plain fields, table names.

Which they are is data in `catalogue.rules` (ADDED_FIELDS, TABLES).
"""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.catalogue.rules import ADDED_FIELDS, TABLES
from analyzer.schema.classes import Class
from analyzer.schema.companions import made_up, plain_path
from analyzer.schema.fields import Declared
from analyzer.schema.models import Candidate, Registry, classes_of
from analyzer.schema.tables import table_name
from analyzer.source.facts import ClassDef
from analyzer.source.values import Value


def metaclass_fields(registry: Registry, candidate: Candidate) -> list[Declared]:
    """Fields that a catalogued base's metaclass adds, unless a concrete parent already has them."""
    classes, cls = registry.classes, candidate.cls
    out: list[Declared] = []
    for path, added in ADDED_FIELDS.items():
        parents = [parent.cls for parent, _ in registry.parents(cls)]
        if not classes.is_a(cls, path) or any(classes.is_a(parent, path) for parent in parents):
            continue
        found = classes.lookup(cls, added.options)
        options = None
        if found is not None and isinstance(found[1], ClassDef):
            options = Class(found[0].module, f"{found[0].qualname}.{added.options}", found[1])
        for option, default in added.names.items():
            given = classes.constant(options, option) if options is not None else None
            name = given if isinstance(given, str) else default
            named: dict[str, Value] = {"editable": False, "db_index": option in added.indexed}
            field = plain_path(added.field_class)
            out.append(made_up(registry.fields, name, field, (), named, cls, cls.node.line, path))
    return out


def name_tables(registry: Registry) -> None:
    """Give models the tables that a catalogued base's metaclass names; those of Meta stay."""
    modules = registry.classes.names.modules
    for path, _facts in modules.files.loaded():
        for cls in classes_of(registry.classes, path, modules.name_of(path)):
            paths = registry.classes.ancestry(cls).paths - {cls.path}
            pattern = next((TABLES[base] for base in TABLES if base in paths), None)
            candidate = registry.candidate(cls) if pattern is not None else None
            if pattern is None or candidate is None or candidate.abstract or candidate.db_table is not None:
                continue
            table = pattern.format(table_name(candidate.app_label, candidate.name, registry.settings))
            registry.by_key[cls.key] = replace(candidate, db_table=table)
