"""What an object keeps of the arguments that it was made with: `self.name = name` in its constructor."""

from __future__ import annotations

from analyzer.schema.classes import Class, Classes
from analyzer.source.bodies import outside
from analyzer.source.facts import Assign, FuncDef, Ref, Stmt
from analyzer.source.parameters import keywords, positional
from analyzer.source.scopes import children, expressions, flatten
from analyzer.source.values import Made, Named, Value

INIT = "__init__"
HOOKS = frozenset({"__new__", "__getattr__", "__getattribute__", "__setattr__"})
SELF = "self."
BUILTINS = "builtins."
NAMES = "__dict__"


def kept_argument(classes: Classes, made: Made, name: str) -> Value | None:
    """An attribute of an object of a class of the project's; None where anything else may set it.

    Of code outside of the class's own body only the modules of the class and of the object are looked at.
    """
    callee = classes.evaluator.evaluate(made.call.func, made.module, dict(made.local))
    cls = classes.of_binding(callee.binding) if isinstance(callee, Named) else None
    if cls is None or not cls.module.own or "." in name:
        return None
    found = classes.lookup(cls, INIT)
    if found is None or not found[0].module.own or not isinstance(found[1], FuncDef):
        return None
    owner, init = found[0], classes.names.modules.function(found[0].module, found[1])
    param = _param(init.body, name, init.params) if init is not None and init.body is not None else None
    if init is None or param is None or _has_a_say(classes, cls, owner, name):
        return None
    homes = (classes.names.modules.facts(module).body for module in (cls.module, made.module))
    if _hands_itself_on(init) or any(_sets(body, name) for body in homes):
        return None
    args, named = classes.evaluator.arguments(made.call, made.module, dict(made.local))
    places = positional(init.params)[1:]
    given = dict(zip(places, args.items, strict=False)) if args.complete else {}
    if param in given or not args.complete or not named.complete:
        return given.get(param)
    given |= {str(key): value for key, value in named.pairs}
    default = dict(init.defaults).get(param)
    if param in given or default is None:
        return given.get(param)
    return classes.evaluator.evaluate(default, owner.module)


def _param(body: tuple[Stmt, ...], name: str, params: tuple[str, ...]) -> str | None:
    """The parameter that a constructor's body binds to an attribute, as it was given."""
    given = {stmt.value for stmt in body if isinstance(stmt, Assign) and Ref(SELF + name) in stmt.targets}
    bound = [target for stmt in flatten(body) if isinstance(stmt, Assign) for target in stmt.targets]
    match tuple(given):
        case (Ref(param),) if param in keywords(params)[1:] or param in positional(params)[1:]:
            return param if bound.count(Ref(SELF + name)) == 1 and Ref(param) not in bound else None
        case _:
            return None


def _has_a_say(classes: Classes, cls: Class, owner: Class, name: str) -> bool:
    """Whether anything in the class or above it binds the attribute too."""
    ancestry = classes.ancestry(cls)
    if not all(gap.path.startswith(BUILTINS) for gap in ancestry.gaps):
        return True
    for ancestor in ancestry.classes:
        bound = classes.attributes(ancestor)
        if not ancestor.module.own or name in bound or not HOOKS.isdisjoint(bound):
            return True
        for method in (stmt for stmt in bound.values() if isinstance(stmt, FuncDef)):
            if method.name == INIT and ancestor.key == owner.key:
                continue
            node = classes.names.modules.function(ancestor.module, method)
            if node is None or _sets(node.body or (), name) or _hands_itself_on(node):
                return True
    return False


def _hands_itself_on(method: FuncDef) -> bool:
    """Whether a method gives its object, or the names in it, to something that may set any of them."""
    itself = next(iter(positional(method.params)), "")
    whole = {itself, f"{itself}.{NAMES}", f"{itself}.{NAMES}.update"}
    pending = [expr for stmt in outside(method.body or ()) for expr in expressions(stmt)]
    while pending:
        expr = pending.pop()
        if isinstance(expr, Ref) and expr.name in whole:
            return True
        pending += children(expr)
    return False


def _sets(body: tuple[Stmt, ...], name: str) -> bool:
    targets = (target for stmt in flatten(body) if isinstance(stmt, Assign) for target in stmt.targets)
    return any(isinstance(target, Ref) and target.name.endswith(f".{name}") for target in targets)
