"""The tables that Django names itself, shortened as the default database wants it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from analyzer.schema.settings import Settings
from analyzer.schema.values import Model, Unknown

LIMITS: dict[str, int | None] = {"sqlite": None, "postgresql": 63, "mysql": 64, "oracle": 30}
"""`DatabaseOperations.max_name_length` of Django's own backends, by vendor."""

LONGEST = 63
"""Letters up to which a name is taken as it is where the database is not known."""

WHY = f"is longer than {LONGEST} letters, and no settings read tell the database, which may shorten it"

DIGEST = 4
"""Letters of the digest that ends a shortened name."""


def table_name(app_label: str, model: str, settings: Settings) -> str:
    """The table of a model whose Meta names none; whole where the database is not known.

    Follows django.db.models.options.Options.contribute_to_class.
    """
    return _fitting(f"{app_label}_{model.lower()}", settings)


def through_table(owner: str, field: str, settings: Settings) -> str:
    """The table of a many-to-many field that names none (`ManyToManyField._get_m2m_db_table`)."""
    quoted = len(owner) > 1 and owner[0] == owner[-1] == '"'
    return _fitting(f"{owner[1:-1] if quoted else owner}_{field}", settings)


def _fitting(name: str, settings: Settings) -> str:
    vendor = _vendor(settings)
    return truncated(name, LIMITS[vendor] if vendor is not None else None)


def truncated(name: str, limit: int | None) -> str:
    """A name that fits, its end replaced by a digest of it all (django.db.backends.utils.truncate_name)."""
    if limit is None or len(name) <= limit:
        return name
    digest = hashlib.md5(name.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()[:DIGEST]
    return name[: limit - DIGEST] + digest


def undecided_tables(models: Iterable[Model], settings: Settings) -> list[Unknown]:
    """The long names that Django makes, where no setting read tells which database has to hold them."""
    if _vendor(settings) is not None:
        return []
    return [
        Unknown(model.file, model.line, f"table of {model.label}", f"{model.db_table} {WHY}")
        for model in models
        if model.own and not model.proxy and len(model.db_table) > LONGEST
        and model.db_table == f"{model.app}_{model.object_name.lower()}"
    ]  # fmt: skip


def _vendor(settings: Settings) -> str | None:
    vendor = settings.connection().get("django.db.connection.vendor")
    return vendor if isinstance(vendor, str) else None
