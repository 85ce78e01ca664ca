"""What packages' metaclasses change in the heirs of their base classes: plain fields, table names.

Which they are is data in `catalogue.rules` (ADDED_FIELDS, TABLES).
"""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.catalogue.rules import ADDED_FIELDS, TABLES
from analyzer.schema.classes import Class
from analyzer.schema.models import Candidate, Registry, classes_of
from analyzer.schema.tables import table_name
from analyzer.schema.values import Field
from analyzer.source.facts import ClassDef


def metaclass_fields(registry: Registry, candidate: Candidate) -> list[Field]:
    """Fields that a catalogued base's metaclass adds, unless a concrete parent already has them."""
    classes, cls = registry.classes, candidate.cls
    out: list[Field] = []
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
            line, file = cls.node.line, cls.module.path
            out.append(Field(name, added.field_class, False, None, None, cls.path, file, line))
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
