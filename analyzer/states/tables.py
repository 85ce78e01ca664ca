"""What of a field its table shows, and what only Python sees."""

from __future__ import annotations

NOT_IN_TABLES = frozenset(
    {
        "allow_files", "allow_folders", "allow_unicode", "auto_created", "auto_now", "auto_now_add", "blank",
        "choices", "default", "editable", "error_messages", "height_field", "help_text", "limit_choices_to",
        "match", "parent_link", "path", "recursive", "related_name", "related_query_name", "serialize",
        "storage", "symmetrical", "through_fields", "unique_for_date", "unique_for_month",
        "unique_for_year", "upload_to", "validators", "verbose_name", "width_field",
    }
)  # fmt: skip
"""Arguments of fields that no column depends on: those of django.db.models.Field.non_db_attrs, but for
`on_delete`, which can be the database's, and `db_column`; and what is only used in Python."""
