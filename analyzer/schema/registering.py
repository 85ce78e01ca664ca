"""Functions of the project that hand their first argument on to one of a package."""

from __future__ import annotations

from collections.abc import Collection

from analyzer.schema.requests import Requests
from analyzer.source.facts import Call, FuncDef, Ref, Return
from analyzer.source.modules import Module
from analyzer.source.names import Defined, Names
from analyzer.source.scopes import flatten


def hands_on(call: Call, module: Module, names: Names, requests: Requests, paths: Collection[str]) -> bool:
    """Whether a call of the project's own function returns what one of these paths makes of its argument."""
    binding = names.resolve(module, call.func.name) if isinstance(call.func, Ref) else None
    if not isinstance(binding, Defined) or not isinstance(binding.node, FuncDef) or not binding.module.own:
        return False
    node = names.modules.function(binding.module, binding.node)
    if node is None or not node.params:
        return False
    given = (Ref(node.params[0]),)
    returned = (stmt.value for stmt in flatten(node.body or ()) if isinstance(stmt, Return))
    return any(
        isinstance(value, Call) and value.args[:1] == given and requests.path(value, binding.module) in paths
        for value in returned
    )
