"""Where the migrations of a package's app begin and end, as their own edges say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from analyzer.catalogue.site import Packages
from analyzer.source.facts import Assign, Call, ClassDef, Expr, FileFacts, Items, Literal, Ref
from analyzer.source.scopes import flatten


def ends(packages: Packages, app: str, label: str) -> tuple[str, ...]:
    """The first and the last migration of an app by the names of its package and its label; () of none.

    Of several leaves the one with the smallest name is the last, as it is where Django resolves
    `__latest__`, which is before squashed migrations replace others (MigrationLoader.check_key).
    """
    names = packages.migrations(app)
    modules = (packages.facts(f"{app}.migrations.{name}") for name in names)
    parents = {
        name for facts in modules if facts is not None for name in _named(facts, label, "dependencies")
    }
    leaves = [name for name in names if name not in parents]
    return (names[0], min(leaves or names[-1:])) if names else ()


def leaf(packages: Packages, app: str, label: str) -> str:
    """The last migration of a package's app once squashed ones replaced others; "" where it has none.

    As it is where no migration is applied, of several the one with the smallest name
    (MigrationLoader.build_graph, MigrationGraph.leaf_nodes).
    """
    modules = {name: packages.facts(f"{app}.migrations.{name}") for name in packages.migrations(app)}
    known = {name: facts for name, facts in modules.items() if facts is not None}
    replaced = {
        old: name for name, facts in known.items() for old in _named(facts, label, "replaces") if old in known
    }
    standing = {name: _standing(name, replaced) for name in known}
    above = {
        standing[parent]
        for name, facts in known.items()
        for parent in _named(facts, label, "dependencies")
        if parent in known and standing[parent] != standing[name]
    }
    leaves = {name for name in standing.values() if name not in above}
    return min(leaves or known, default="")


def needs(packages: Packages, app: str, label: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """What each migration of a package's app depends on: (app, name), or ("", setting) for the app whose
    model a setting names (`swappable_dependency`)."""
    modules = {name: packages.facts(f"{app}.migrations.{name}") for name in packages.migrations(app)}
    return {
        name: tuple(_dependency(item) for item in _items(facts, "dependencies"))
        for name, facts in modules.items()
        if facts is not None
    }


def _dependency(item: Expr) -> tuple[str, str]:
    match item:
        case Call(func=Ref(func), args=(Ref(setting),)) if func.endswith("swappable_dependency"):
            return "", setting.rpartition(".")[2]
        case Items(items=(Literal(str(app)), Literal(str(name)))):
            return app, name
        case _:
            return "", ""


def _standing(name: str, replaced: Mapping[str, str]) -> str:
    """The squashed migration in place of one; a squash may be squashed itself."""
    seen = {name}
    while name in replaced and replaced[name] not in seen:
        name = replaced[name]
        seen.add(name)
    return name


def _named(facts: FileFacts, label: str, attribute: str) -> list[str]:
    """The migrations of the app that an attribute of a migration names."""
    pairs = map(_pair, _items(facts, attribute))
    return [name for app, name in pairs if app == label and isinstance(name, str)]


def _items(facts: FileFacts, attribute: str) -> list[Expr]:
    classes = [stmt for stmt in facts.body if isinstance(stmt, ClassDef) and stmt.name == "Migration"]
    listed = [stmt.value for cls in classes for stmt in flatten(cls.body) if _sets(stmt, attribute)]
    return [item for value in listed if isinstance(value, Items) for item in value.items]


def _sets(stmt: object, attribute: str) -> TypeGuard[Assign]:
    return isinstance(stmt, Assign) and Ref(attribute) in stmt.targets


def _pair(item: Expr) -> tuple[object, object]:
    match item:
        case Items(items=(Literal(app), Literal(name))):
            return app, name
        case _:
            return None, None
