"""Operations of Django and of packages that run SQL or code, and what they do: data.

Read in the source of Django 5.2, django-pgtrigger 4.17, django-postgres-extra 3.0, django-mysql 4.19,
django-add-default-value 0.10, django-hierarkey 2.0, django-migrate-sql-deux 2.1, pgvector 0.4,
django-multitenant 4.1 and Wagtail 7.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from analyzer.data.values import Action

Deed = Literal["schema", "restate", "change", "nothing"]


class Packaged(Struct, frozen=True):
    """What an operation does: `kind` and `action` of the object that it names by `named` and `table`.

    `name` is the object's where the class itself says it.  `named` and `table` are keywords with the
    position that they may have instead.
    """

    deed: Deed
    why: str
    kind: str = ""
    action: Action = "create"
    name: str = ""
    named: tuple[str, int] | None = None
    table: tuple[str, int] | None = None


STATE = "the models' state says it"
UNSAID = "no model says it"
GONE = "a fresh schema does not have it"

_POSTGRES = "django.contrib.postgres.operations."
_PARTITIONS = "psqlextra.backend.migrations.operations."
_EXTENSIONS = {
    "BloomExtension": "bloom",
    "BtreeGinExtension": "btree_gin",
    "BtreeGistExtension": "btree_gist",
    "CITextExtension": "citext",
    "CryptoExtension": "pgcrypto",
    "HStoreExtension": "hstore",
    "TrigramExtension": "pg_trgm",
    "UnaccentExtension": "unaccent",
    "VectorExtension": "vector",
}


def extension(name: str) -> Packaged:
    """An operation of a class that names its extension; every package calls them so."""
    known = _EXTENSIONS.get(name, "")
    return Packaged("schema", f"makes an extension, and {UNSAID}", "extension", "create", known)


_RESTATED = Packaged("restate", STATE)
_TRIGGER = Packaged("restate", "the models' Meta.triggers says it")
_SQL_ITEM = Packaged(
    "restate", "the sql_config of an app says it, and its own makemigrations writes it again"
)
_PARTITION = Packaged(
    "schema", f"makes a partition, and {UNSAID}", "partition", "create", "", ("name", 1), ("model_name", 0)
)
_NO_PARTITION = Packaged("restate", GONE, "partition", "drop", "", ("name", 1), ("model_name", 0))
_DEFAULT = Packaged(
    "schema",
    f"sets a default of a column, and {UNSAID}",
    "default",
    "create",
    "",
    ("name", 1),
    ("model_name", 0),
)
_DISTRIBUTED = Packaged(
    "schema", f"distributes a table, and {UNSAID}", "table option", "create", "", None, ("model_name", 0)
)

PACKAGED: Mapping[str, Packaged] = {
    f"{_POSTGRES}CreateExtension": Packaged(
        "schema", f"makes an extension, and {UNSAID}", "extension", "create", "", ("name", 0)
    ),
    f"{_POSTGRES}CreateCollation": Packaged(
        "schema", f"makes a collation, and {UNSAID}", "collation", "create", "", ("name", 0)
    ),
    f"{_POSTGRES}RemoveCollation": Packaged("restate", GONE, "collation", "drop", "", ("name", 0)),
    f"{_POSTGRES}AddIndexConcurrently": _RESTATED,
    f"{_POSTGRES}RemoveIndexConcurrently": _RESTATED,
    f"{_POSTGRES}AddConstraintNotValid": _RESTATED,
    f"{_POSTGRES}ValidateConstraint": _RESTATED,
    "pgtrigger.migrations.AddTrigger": _TRIGGER,
    "pgtrigger.migrations.RemoveTrigger": _TRIGGER,
    **{
        f"{_PARTITIONS}PostgresAdd{kind}Partition": _PARTITION
        for kind in ("Default", "Hash", "List", "Range")
    },
    **{
        f"{_PARTITIONS}PostgresDelete{kind}Partition": _NO_PARTITION
        for kind in ("Default", "Hash", "List", "Range")
    },
    **{
        f"{module}.{name}": _SQL_ITEM
        for module in ("django_migrate_sql.operations", "migrate_sql.operations")
        for name in ("AlterSQL", "AlterSQLState", "CreateSQL", "DeleteSQL", "ReverseAlterSQL")
    },
    "django_add_default_value.AddDefaultValue": _DEFAULT,
    "django_add_default_value.add_default_value.AddDefaultValue": _DEFAULT,
    "django_multitenant.db.migrations.Distribute": _DISTRIBUTED,
    "django_multitenant.db.migrations.distribute.Distribute": _DISTRIBUTED,
    "django_mysql.operations.AlterStorageEngine": Packaged(
        "schema", f"sets the engine of a table, and {UNSAID}", "table option", "create", "", None, ("name", 0)
    ),
    "django_mysql.operations.InstallPlugin": Packaged(
        "schema", f"installs a plugin, and {UNSAID}", "plugin", "create", "", ("name", 0)
    ),
    "django_mysql.operations.InstallSOName": Packaged(
        "schema", f"installs plugins, and {UNSAID}", "plugin", "create", "", ("soname", 0)
    ),
    "django_migration_linter.operations.IgnoreMigration": Packaged("nothing", "speaks to a linter alone"),
    "hierarkey.utils.CleanHierarkeyDuplicates": Packaged("change", "deletes settings that are there twice"),
    "sortedm2m.operations.AlterSortedManyToManyField": Packaged("restate", STATE),
    "wagtail.blocks.migrations.migrate_operation.MigrateStreamData": Packaged(
        "change", "rewrites the stream fields of pages that exist"
    ),
}
"""By dotted path."""

BY_PACKAGE: Mapping[tuple[str, str], Packaged] = {
    (path.partition(".")[0], path.rpartition(".")[2]): known
    for path, known in PACKAGED.items()
    if not path.startswith("django.")
}
"""By package and class: most packages also give their operations by shorter paths."""
