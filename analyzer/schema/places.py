"""Where settings are written: the place that a finding about one blames."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.schema.settings import Settings
from analyzer.source.facts import Assign, ClassDef, Ref, Stmt
from analyzer.source.names import Defined, Names
from analyzer.source.scopes import flatten

Places = dict[str, tuple[str, int]]
"""File and line by the name of a setting."""

ASKED = ("AUTH_USER_MODEL", "DATABASES", "DATABASE_ROUTERS", "MIGRATION_MODULES", "TENANT_APPS")


def places(settings: Settings, names: Names) -> Places:
    """The last assignment of each setting in the module that binds it, as far as there is one to see."""
    start = names.modules.find(settings.module or "", settings.path or "")
    found: Places = {}
    for name in ASKED if start is not None else ():
        binding = names.member(start, name) if start is not None else None
        home = binding.module if isinstance(binding, Defined) else start
        if home is not None and home.own:
            lines = list(_assigning(names.modules.facts(home).body, name))
            found[name] = (home.path, lines[-1] if lines else 1)
    return found


def _assigning(body: tuple[Stmt, ...], name: str) -> Iterator[int]:
    for stmt in flatten(body):
        if isinstance(stmt, Assign) and Ref(name) in stmt.targets:
            yield stmt.line
        elif isinstance(stmt, ClassDef):  # settings as class attributes
            yield from _assigning(stmt.body, name)
