"""What the names around a class in a function stand for where an heir calls that function."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.schema.classes import Class, Classes
from analyzer.source.execute import Executor, parameters
from analyzer.source.facts import Call, FuncDef, Ref
from analyzer.source.modules import Module
from analyzer.source.names import Defined
from analyzer.source.values import Value

LOCAL = ".<locals>."
NOTHING: dict[str, Value] = {}


def enclosing(classes: Classes, cls: Class, heir: Class) -> dict[str, Value]:
    """The parameters and local names of the function that made a class for an heir; none without one."""
    function, local, _ = cls.qualname.rpartition(LOCAL)
    for call, home in _called(classes, heir) if local else ():
        found = classes.names.resolve(home, call.func.name) if isinstance(call.func, Ref) else None
        if not isinstance(found, Defined) or not isinstance(found.node, FuncDef):
            continue
        if found.module != cls.module or found.qualname != function:
            continue
        node = classes.names.modules.function(found.module, found.node)
        if node is None or node.body is None:
            break
        env = parameters(
            classes.evaluator, node, cls.module, classes.evaluator.arguments(call, home, NOTHING)
        )
        executor = Executor(classes.evaluator)
        executor.inside = function
        executor.run(node.body, cls.module, env, 1)
        return env
    return {}


def _called(classes: Classes, heir: Class) -> Iterator[tuple[Call, Module]]:
    """The calls among the bases of a class and its ancestors, be it by the name of what they make."""
    for ancestor in classes.ancestry(heir).classes:
        for expr in ancestor.node.bases:
            match expr:
                case Call():
                    yield expr, ancestor.module
                case Ref(name):
                    match classes.names.resolve(ancestor.module, name):
                        case Defined(module, _, Call() as call):
                            yield call, module
                        case _:
                            pass
                case _:
                    pass
