"""Relations that metaclasses of packages give to the heirs of their base classes.

Which they are is data in `catalogue.rules.LINKS`; here is how they follow from a class.
"""

from __future__ import annotations

from analyzer.catalogue.rules import LINKS, Link
from analyzer.schema.classes import Class
from analyzer.schema.companions import made_up, nullable
from analyzer.schema.models import Registry, classes_of
from analyzer.source.facts import Expr, Literal, Ref
from analyzer.source.values import Named

USER = "user"
ATTRIBUTE = "attribute "


def add_links(registry: Registry) -> None:
    """Give the heirs of packages' base classes the relations that their metaclasses add."""
    modules = registry.classes.names.modules
    heirs: list[tuple[Class, Link]] = []
    for path, _facts in modules.files.loaded():
        for cls in classes_of(registry.classes, path, modules.name_of(path)):
            paths = registry.classes.ancestry(cls).paths
            heirs += [(cls, link) for link in LINKS if link.base in paths]
    for cls, link in heirs:
        candidate = registry.candidate(cls)
        if candidate is None or candidate.abstract or _has(registry, cls, link.name):
            continue
        target = _target(registry, cls, link.target, heirs)
        through = _target(registry, cls, link.through, heirs) if link.through else None
        if target is not None:
            named = (*nullable(link.null), ("on_delete", Ref("models.CASCADE")))
            if through is not None:
                named = (("through", through),)
            field = made_up(link.name, link.field, (target,), named, cls, cls.node.line)
            registry.added.setdefault(cls.key, {})[link.name] = field


def _target(registry: Registry, cls: Class, said: str, heirs: list[tuple[Class, Link]]) -> Expr | None:
    if said == USER:
        return Literal(registry.settings.auth_user_model)
    if said.startswith(ATTRIBUTE):
        value = registry.classes.constant(cls, said.removeprefix(ATTRIBUTE))
        named = registry.classes.of_binding(value.binding) if isinstance(value, Named) else None
    else:
        same = (heir for heir, link in heirs if link.base == said and heir.module == cls.module)
        named = next(same, None)
    candidate = registry.candidate(named) if named is not None else None
    return Literal(candidate.label) if candidate is not None else None


def _has(registry: Registry, cls: Class, name: str) -> bool:
    return any(name in registry.classes.attributes(c) for c in registry.classes.ancestry(cls).classes)
