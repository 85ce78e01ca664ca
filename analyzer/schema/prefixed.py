"""Settings whose defaults a class gives: `class BlogConf(AppConf): LENGTH = 10` is `settings.BLOG_LENGTH`.

Follows appconf.base.AppConfMetaClass: upper-case names of the class body get the prefix that Meta or
the package's name says, and hold where the settings themselves say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from analyzer.catalogue.rules import PREFIXED_SETTINGS
from analyzer.schema.classes import Class, Classes
from analyzer.schema.models import classes_of
from analyzer.source.facts import Assign, ClassDef
from analyzer.source.marks import APPCONF
from analyzer.source.values import Undecided, Value, identity

BASES = frozenset({"appconf.AppConf", "appconf.base.AppConf"})
HOLDER = "django.conf.settings"
CONFIGURE = "configure"
_WRITTEN = re.compile(rb"\bappconf\b")


def prefixed_settings(classes: Classes, installed: Iterable[str]) -> dict[str, Value]:
    """The defaults by full name, those of packages and of the project itself.

    One that two of its classes give differently is not decided.
    """
    found: dict[str, Value] = {}
    modules = classes.names.modules
    packaged = dict[str, Value]()
    for module in (modules.find(PREFIXED_SETTINGS[app]) for app in installed if app in PREFIXED_SETTINGS):
        for stmt in modules.facts(module).body if module is not None else ():
            if isinstance(stmt, ClassDef) and module is not None:
                packaged.update(_given(classes, Class(module, stmt.name, stmt)))
    for path in modules.files.holding(APPCONF):
        if not path.endswith(".py") or not _WRITTEN.search(modules.files.data(path)):
            continue
        for cls in classes_of(classes, path, modules.name_of(path)):
            for name, value in _given(classes, cls):
                same = name not in found or identity(found[name]) == identity(value) is not None
                found[name] = value if same else Undecided(f"more than one class gives {name}")
    return {**packaged, **found}


def _given(classes: Classes, cls: Class) -> Iterator[tuple[str, Value]]:
    """The settings that one class sets, if it is of that kind."""
    ancestry = classes.ancestry(cls)
    if BASES.isdisjoint(ancestry.paths):
        return
    prefix = _prefix(classes, cls)
    methods = {name for above in ancestry.classes if above.module.own for name in classes.attributes(above)}
    for name, stmt in classes.attributes(cls).items():
        if not name.isupper() or not isinstance(stmt, Assign):
            continue
        value = classes.value(cls, name)
        changed = CONFIGURE in methods or f"{CONFIGURE}_{name.lower()}" in methods
        if prefix is None or changed or value is None:
            value = Undecided(f"what {cls.path} makes of {name} is not followed")
        yield name if name.startswith(prefix or "") else f"{prefix}_{name}", value


def _prefix(classes: Classes, cls: Class) -> str | None:
    """The prefix of a class's settings; None where it is not decided, or they are no settings of Django's."""
    found = classes.lookup(cls, "Meta")
    said: list[Value] = []
    if found is not None:
        if not isinstance(found[1], ClassDef):
            return None
        meta = Class(found[0].module, f"{found[0].qualname}.Meta", found[1])
        names = {name for above in classes.ancestry(meta).classes for name in classes.attributes(above)}
        if "holder" in names and classes.constant(meta, "holder") != HOLDER:
            return None
        said = [classes.constant(meta, name) for name in ("prefix", "app_label") if name in names]
    prefix = said[0] if said else f".{cls.module.name}".split(".")[-2]
    return prefix.upper() if isinstance(prefix, str) else None
