"""Models that a project hands to a package's function, which makes them heirs of its base class.

Which functions do so is data in `catalogue.rules.REGISTERED`.
"""

from __future__ import annotations

from analyzer.catalogue.rules import ADDED_FIELDS, REGISTERED
from analyzer.schema.classes import Class
from analyzer.schema.models import MODEL, Registry
from analyzer.schema.requests import Requests
from analyzer.source.facts import Assign, Call, ClassDef, Evaluate, Ref
from analyzer.source.scopes import flatten


def add_registered(registry: Registry) -> None:
    """Make the classes that a package's function is called with heirs of its base class."""
    requests = Requests(registry)
    modules = registry.classes.names.modules
    for path, facts in modules.files.loaded():
        module = modules.find(modules.name_of(path), path)
        if module is None or module.path != path:
            continue
        for stmt in flatten(facts.body):
            call = stmt.value if isinstance(stmt, Evaluate) else None
            base = REGISTERED.get(requests.path(call, module)) if isinstance(call, Call) else None
            cls = (
                requests.named(call.args[0], module)
                if base and isinstance(call, Call) and call.args
                else None
            )
            if base is not None and cls is not None and isinstance(call, Call):
                _register(registry, cls, base, call)


def _register(registry: Registry, cls: Class, base: str, call: Call) -> None:
    module, _, name = base.rpartition(".")
    names = registry.classes.names
    found = names.modules.find(module)
    above = registry.classes.of_binding(names.member(found, name)) if found is not None else None
    if above is None or registry.classes.is_a(cls, base):
        return
    bases = registry.classes.bases(cls)
    registry.classes.set_bases(cls, (above, *(b for b in bases if b.path != MODEL)))
    options = ADDED_FIELDS[base].options
    written = tuple(Assign((Ref(key),), "=", value, call.line) for key, value in call.kwargs)
    registry.classes.attributes(cls)[options] = ClassDef(options, (), (), (), written, call.line)
