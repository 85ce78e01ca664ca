"""What operations of packages do to a migration state, where it is not what they inherit: data.

Read in the source of Django 5.2, django-pgtrigger 4.17, django-postgres-extra 3.0, django-mysql 4.19,
django-migration-linter 6.0, django-add-default-value 0.10, django-hierarkey 2.0 and
django-migrate-sql-deux 2.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def _in(module: str, names: Iterable[str], django: str = "") -> dict[str, str]:
    return {f"{module}.{name}": django for name in names}


_POSTGRES = "django.contrib.postgres.operations"
_PARTITIONS = "psqlextra.backend.migrations.operations"
_KINDS = ("Default", "Hash", "List", "Range")
_SQL = ("AlterSQL", "AlterSQLState", "CreateSQL", "DeleteSQL", "ReverseAlterSQL")
_VIEWS = ("PartitionedModel", "ViewModel", "MaterializedViewModel")

PACKAGED: Mapping[str, str] = {
    f"{_POSTGRES}.AddIndexConcurrently": "AddIndex",
    f"{_POSTGRES}.RemoveIndexConcurrently": "RemoveIndex",
    f"{_POSTGRES}.AddConstraintNotValid": "AddConstraint",
    **_in(_POSTGRES, ("ValidateConstraint", "CreateExtension", "CollationOperation")),
    **_in(_POSTGRES, ("CreateCollation", "RemoveCollation")),
    "pgtrigger.migrations.AddTrigger": "AddTrigger",
    "pgtrigger.migrations.RemoveTrigger": "RemoveTrigger",
    **_in(_PARTITIONS, (f"PostgresAdd{kind}Partition" for kind in _KINDS)),
    **_in(_PARTITIONS, (f"PostgresDelete{kind}Partition" for kind in _KINDS)),
    **_in(_PARTITIONS, (f"PostgresCreate{kind}" for kind in _VIEWS), "CreateModel"),
    **_in(_PARTITIONS, (f"PostgresDelete{kind}" for kind in _VIEWS), "DeleteModel"),
    **_in("django_mysql.operations", ("InstallPlugin", "InstallSOName", "AlterStorageEngine")),
    **_in("django_migration_linter.operations", ("IgnoreMigration",)),
    **_in("django_migrate_sql.operations", _SQL),
    **_in("migrate_sql.operations", _SQL),
    **_in("hierarkey.utils", ("CleanHierarkeyDuplicates",)),
    **_in("django_add_default_value", ("AddDefaultValue",)),
    **_in("django_add_default_value.add_default_value", ("AddDefaultValue",)),
}
"""By dotted path: the operation of Django's that does to a state what the class does, "" for none."""
