"""Models of several types in one table (django-typed-models): heirs that are proxies.

Follows typedmodels.models.TypedModelMetaclass: an heir of a concrete model is a proxy in the same app.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from analyzer.catalogue.rules import TYPED
from analyzer.schema.classes import Class, Classes
from analyzer.schema.meta import own_meta, text_option

if TYPE_CHECKING:
    from analyzer.schema.models import Candidate, Registry


def as_typed(registry: Registry, candidate: Candidate) -> Candidate:
    """The model as it is: a proxy of the one whose type it is."""
    whole = whole_of(registry, candidate.cls) if not candidate.abstract and not candidate.proxy else None
    if whole is None:
        return candidate
    label = text_option(registry.classes, own_meta(registry.classes, candidate.cls), "app_label")
    if label is not None:
        return replace(candidate, proxy=True)
    return replace(candidate, proxy=True, app=whole.app, app_label=whole.app_label)


def whole_of(registry: Registry, cls: Class) -> Candidate | None:
    """The concrete model that a class is a type of; None where it is none."""
    if not is_typed(registry.classes, cls):
        return None
    for ancestor in registry.classes.ancestry(cls).classes[1:]:
        candidate = registry.candidate(ancestor) if is_typed(registry.classes, ancestor) else None
        if candidate is not None and not candidate.abstract and not candidate.proxy:
            return candidate
    return None


def is_typed(classes: Classes, cls: Class) -> bool:
    return any(cls.path != base and classes.is_a(cls, base) for base in TYPED)
