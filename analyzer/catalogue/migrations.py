"""Where the migrations of a package's app begin and end, as their own edges say."""

from __future__ import annotations

from typing import TypeGuard

from analyzer.catalogue.site import Packages
from analyzer.source.facts import Assign, ClassDef, Expr, FileFacts, Items, Literal, Ref
from analyzer.source.scopes import flatten


def ends(packages: Packages, app: str, label: str) -> tuple[str, ...]:
    """The first and the last migration of an app by the names of its package and its label; () of none.

    Of several leaves the one with the smallest name is the last, as it is where Django resolves
    `__latest__`, which is before squashed migrations replace others (MigrationLoader.check_key).
    """
    names = packages.migrations(app)
    modules = (packages.facts(f"{app}.migrations.{name}") for name in names)
    parents = {name for facts in modules if facts is not None for name in _parents(facts, label)}
    leaves = [name for name in names if name not in parents]
    return (names[0], min(leaves or names[-1:])) if names else ()


def _parents(facts: FileFacts, label: str) -> list[object]:
    classes = [stmt for stmt in facts.body if isinstance(stmt, ClassDef) and stmt.name == "Migration"]
    listed = [stmt.value for cls in classes for stmt in flatten(cls.body) if _are_dependencies(stmt)]
    pairs = [_pair(item) for value in listed if isinstance(value, Items) for item in value.items]
    return [name for app, name in pairs if app == label]


def _are_dependencies(stmt: object) -> TypeGuard[Assign]:
    return isinstance(stmt, Assign) and Ref("dependencies") in stmt.targets


def _pair(item: Expr) -> tuple[object, object]:
    match item:
        case Items(items=(Literal(app), Literal(name))):
            return app, name
        case _:
            return None, None
