"""Permissions and content types for seeds that need them: Django makes them at the end of `migrate`."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.reset.placeholders import quoted

GUARD = "make_permissions"


def guard_text(apps: Iterable[str]) -> str:
    """A function for RunPython that makes them for some apps at once, as `post_migrate` would later.

    Follows django.contrib.auth.management.create_permissions, which makes content types, too.
    """
    listed = ", ".join(map(quoted, apps))
    return f"""\
def {GUARD}(apps, schema_editor):
    # Made by migscan: what follows looks up rows that the end of `migrate` would make.
    from django.apps import apps as installed
    from django.contrib.auth.management import create_permissions

    for label in [{listed}]:
        create_permissions(
            installed.get_app_config(label), verbosity=0, using=schema_editor.connection.alias, apps=apps
        )
"""
