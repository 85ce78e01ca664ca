"""Modules that packages put into `sys.modules` under another name, as they do with what they carry along.

Followed is what stands at the top of a package: `sys.modules["name"] = module` and
`sys.modules.setdefault("name", module)`, where an import of the package's binds the module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.source.facts import Import
from analyzer.source.marks import SYS_MODULES
from analyzer.source.modules import Module, Modules
from analyzer.source.names import absolute
from analyzer.source.scopes import flatten

_PUT = re.compile(
    rb"""^sys\.modules(?:\.setdefault\(\s*["']([\w.]+)["']\s*,|\[\s*["']([\w.]+)["']\s*\]\s*=)\s*([\w.]+)""",
    re.MULTILINE,
)


def stand_ins(modules: Modules) -> dict[str, str]:
    """What each name in `sys.modules` that packages of the tree put there really is called."""
    found: dict[str, str] = {}
    for path in modules.files.holding(SYS_MODULES):
        if path.endswith("__init__.py"):
            found.update(_put_by(modules, path))
    return found


def _put_by(modules: Modules, path: str) -> Iterator[tuple[str, str]]:
    puts = list(_PUT.finditer(modules.files.data(path)))
    name = modules.name_of(path)
    if puts and name:
        imported = dict(_imported(modules, Module(name, path, True, True)))
        for match in puts:
            word, other, written = (group.decode() for group in match.groups(b""))
            if written in imported:
                yield word or other, imported[written]


def _imported(modules: Modules, module: Module) -> Iterator[tuple[str, str]]:
    """What a module's imports may bind modules to, as it is written, and the modules' names."""
    for stmt in flatten(modules.facts(module).body):
        match stmt:
            case Import(names=None):
                yield stmt.alias or stmt.module, stmt.module
            case Import(names=names):
                yield from ((alias, f"{absolute(module, stmt)}.{name}") for name, alias in names or ())
            case _:
                pass
