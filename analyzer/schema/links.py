"""Fields that metaclasses of packages give to the heirs of their base classes, and packages to the bases.

Which they are is data in `catalogue.rules` (LINKS, BASE_FIELDS); here is how they follow from a class.
"""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.catalogue.rules import BASE_FIELDS, LINKS, Link
from analyzer.schema.classes import Class
from analyzer.schema.companions import made_up, nullable, on_delete, plain_path
from analyzer.schema.fields import RELATED
from analyzer.schema.models import Registry, classes_of
from analyzer.source.facts import ClassDef, Expr, Literal
from analyzer.source.scopes import bound_names, flatten
from analyzer.source.values import Named

USER = "user"
ATTRIBUTE = "attribute "

Heirs = Mapping[str, Mapping[str, Class]]
"""The last heir of each base by module."""


def add_links(registry: Registry) -> None:
    """Give the heirs of packages' base classes the relations that their metaclasses add."""
    modules = registry.classes.names.modules
    meant = {base for link in LINKS for base in link.bases}
    heirs: dict[str, dict[str, Class]] = {}
    linked: list[tuple[Class, Link]] = []
    known = [
        cls
        for path, _facts in modules.files.loaded()
        for cls in classes_of(registry.classes, path, modules.name_of(path))
    ]
    _add_base_fields(registry, known)
    for cls in [*known, *_external(registry)]:
        direct = {base.path for base in registry.classes.bases(cls)} & meant
        for base in direct:
            heirs.setdefault(cls.module.name, {})[base] = cls
        linked += [(cls, link) for link in LINKS if direct.intersection(link.bases)]
    for cls, link in linked:
        candidate = registry.candidate(cls)
        if candidate is None or candidate.abstract or _has(registry, cls, link.name):
            continue
        if any(_heir(heirs, cls, base) is None for base in link.together):
            continue
        target = _target(registry, cls, link.target, heirs)
        through = _target(registry, cls, link.through, heirs) if link.through else None
        if target is not None:
            named = {**nullable(link.null), "on_delete": on_delete("CASCADE"), **dict(link.named)}
            if isinstance(through, Literal):
                named = {"through": through.value, **dict(link.named)}
            path = f"{RELATED}{link.field}"
            field = made_up(
                registry.fields, link.name, path, (target,), named, cls, cls.node.line, link.bases[0]
            )
            registry.added.setdefault(cls.key, {})[link.name] = field


def _external(registry: Registry) -> list[Class]:
    """The classes in the models modules of installed packages."""
    names = registry.classes.names
    out: list[Class] = []
    for app in registry.apps.apps:
        module = None if app.own else names.modules.find(f"{app.name}.models")
        for stmt in flatten(names.modules.facts(module).body) if module is not None else ():
            if module is not None and isinstance(stmt, ClassDef):
                out.append(Class(module, stmt.name, stmt))
    return out


def _add_base_fields(registry: Registry, known: list[Class]) -> None:
    names = registry.classes.names
    for row in BASE_FIELDS:
        if not any(row.base in registry.classes.ancestry(cls).paths for cls in known):
            continue
        module, _, name = row.base.rpartition(".")
        found = names.modules.find(module)
        cls = registry.classes.of_binding(names.member(found, name)) if found is not None else None
        body = flatten(names.modules.facts(found).body) if found is not None else ()
        bound = {name for stmt in body for name in bound_names(stmt)}
        if cls is not None and bound.issuperset(row.imports) and bound.isdisjoint(row.lacks):
            called = registry.settings.text(row.setting, row.name)
            path = plain_path(row.field)
            named = {**nullable(row.null), **dict(row.named)}
            field = made_up(registry.fields, called, path, (), named, cls, cls.node.line, row.base)
            registry.added.setdefault(cls.key, {})[called] = field


def _target(registry: Registry, cls: Class, said: str, heirs: Heirs) -> Expr | None:
    if said == USER:
        return Literal(registry.settings.auth_user_model)
    if said.startswith(ATTRIBUTE):
        value = registry.classes.constant(cls, said.removeprefix(ATTRIBUTE))
        named = registry.classes.of_binding(value.binding) if isinstance(value, Named) else None
    else:
        named = _heir(heirs, cls, said)
    candidate = registry.candidate(named) if named is not None else None
    return Literal(candidate.label) if candidate is not None else None


def _heir(heirs: Heirs, cls: Class, base: str) -> Class | None:
    """The model in a class's module that inherits what stands for a base: any of the ways to write it."""
    same = next((link.bases for link in LINKS if base in link.bases), (base,))
    known = heirs.get(cls.module.name, {})
    return next((known[path] for path in same if path in known), None)


def _has(registry: Registry, cls: Class, name: str) -> bool:
    return any(name in registry.classes.attributes(c) for c in registry.classes.ancestry(cls).classes)
