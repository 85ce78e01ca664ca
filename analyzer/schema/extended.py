"""Models and fields that code makes, before any relation is resolved: one step after the other.

The order is Django's: what modules and metaclasses give to classes, the models that fields and
packages make of them, and last the columns that an app config adds when all models are there.
"""

from __future__ import annotations

from msgspec import Struct

from analyzer.schema.additions import add_fields
from analyzer.schema.factories import Factories
from analyzer.schema.languages import LanguageColumns
from analyzer.schema.late_copies import copy_columns
from analyzer.schema.links import add_links
from analyzer.schema.metaclasses import name_tables
from analyzer.schema.models import Candidate, Registry
from analyzer.schema.registrations import add_registered
from analyzer.schema.tagmodels import add_tag_models
from analyzer.schema.type_fields import add_types
from analyzer.schema.values import Unknown


class Extended(Struct, frozen=True):
    """Models that belong to the apps of installed packages, and what of all this is not known.

    `carried` are the keys of classes that functions make which are known to run.
    """

    external: tuple[Candidate, ...]
    unknown: tuple[Unknown, ...]
    carried: frozenset[str]


def extend(registry: Registry) -> Extended:
    """Fill `registry.added` and `registry.made`."""
    factories = Factories(registry)
    given, asked = add_fields(registry)
    add_registered(registry)
    add_links(registry)
    add_types(registry)
    name_tables(registry)
    add_tag_models(registry, factories)
    factories.make(asked)
    columns = LanguageColumns(registry, factories.requests)
    columns.add()
    uncopied = tuple(copy_columns(factories, columns.added))
    return Extended(
        tuple(factories.external()),
        (*given, *factories.unknown, *columns.unknown, *uncopied),
        frozenset(factories.carried),
    )
