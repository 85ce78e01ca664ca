"""What the class of a field does to the model that a field of it is given to (`contribute_to_class`).

Whether the field becomes one of the model's own, and which other fields may come along: its methods
are read, with the functions and methods that they hand the model to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.history.drift import methods
from analyzer.schema.classes import Class, Classes, Gap
from analyzer.schema.given import ADDS, CONTRIBUTES, SELF, Giving
from analyzer.source.facts import Call, ClassDef, Evaluate, Expr, FuncDef, Import, Literal, Op, Ref, Stmt
from analyzer.source.modules import Module
from analyzer.source.names import Binding, Defined, External
from analyzer.source.scopes import flatten, heads
from analyzer.source.values import Named, Undecided, Value

DECIDES = "decides itself what it adds to a model"
PREPARED = "class_prepared"
MAX_FUNCTIONS = 40
"""So many functions are read of one class: what follows is not known."""

ASKS = frozenset(
    {
        "append", "copy", "format", "get", "get_field", "get_fields", "index", "items", "join", "keys",
        "lower", "partial", "pop", "replace", "set_attributes_from_name", "setdefault", "split", "strip",
        "update", "upper", "values",
    }
)  # fmt: skip
"""What may get a model or a field and gives no model another field."""

EXECUTE = frozenset({"builtins.__import__", "builtins.compile", "builtins.eval", "builtins.exec"})

Owned = tuple[Class, FuncDef | None]


class Adding:
    """Reads what field classes add to models."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self._read: dict[tuple[str, str], tuple[frozenset[int] | None, frozenset[str]]] = {}

    def itself(self, cls: Class) -> str:
        """Why a field of a class may be none of the fields of its model; "" where it is one."""
        for owner, method in self._methods(cls):
            if method is None or not methods.hands_itself_on(method):
                return f"{owner.path} {DECIDES}"
            if not methods.overrides(method):
                return ""
        return ""

    def others(self, cls: Class, name: str, wanted: str) -> str:
        """Why a field of a class, of that name, may add another one, the `wanted`; "" where it does not."""
        for owner, method in self._methods(cls):
            if method is None or wanted in self._added(cls, owner, method, name, wanted):
                return f"{owner.path} {DECIDES}"
        return ""

    def _methods(self, cls: Class) -> Iterator[Owned]:
        """The methods as they are reached, with their classes; None where one is not known."""
        for ancestor in self.classes.ancestry(cls).order:
            if isinstance(ancestor, Gap):
                yield cls, None
                return
            if ancestor.module.name.startswith("django."):
                return
            stmt = self.classes.attributes(ancestor).get(CONTRIBUTES)
            if stmt is not None:
                yield ancestor, _whole(self.classes, ancestor.module, stmt)

    def _added(self, cls: Class, owner: Class, method: FuncDef, name: str, wanted: str) -> frozenset[str]:
        """The names of the fields that a method adds; `wanted` among them where it may be."""
        key = (cls.key, owner.key)
        if key not in self._read:
            reader = _Reader(self.classes, cls)
            self._read[key] = reader.lines(owner, method), frozenset(reader.given)
        lines, given = self._read[key]
        if not lines:
            return given | frozenset({wanted} if lines is None else ())
        giving = Giving(self.classes)
        env: dict[str, Value] = {SELF: Named(Defined(cls.module, cls.qualname, cls.node))}
        env.update(zip(methods.named(method), (Undecided("the model"), name), strict=False))
        giving.run(method.body or (), owner.module, env, depth=1)
        return given | frozenset(gift.name or wanted for gift in giving.gifts if gift.line in lines)


class _Reader:
    """Reads the methods of one class of fields, and the functions that they call, each of them once.

    `given` are names of fields that stand in the calls that give them.
    """

    def __init__(self, classes: Classes, cls: Class) -> None:
        self.classes = classes
        self.names = classes.names
        self.cls = cls
        self.read: set[tuple[str, int]] = set()
        self.given: set[str] = set()

    def lines(self, owner: Class, method: FuncDef) -> frozenset[int] | None:
        """The lines of a method that give fields; None where they are not all such as `Giving` follows."""
        followed = methods.carried_out(method.body or ())
        plain = {id(stmt.value): stmt.line for stmt in followed if isinstance(stmt, Evaluate)}
        giving = list(self._giving(owner.module, method))
        if not all(id(call) in plain and methods.verb(call) in (ADDS, CONTRIBUTES) for call in giving):
            return None
        return frozenset(plain[id(call)] for call in giving)

    def _giving(self, module: Module, function: FuncDef) -> Iterator[Call]:
        """The calls in a function that may give a field to a model."""
        self.read.add((module.name, function.line))
        body = function.body or ()
        local: dict[str, FuncDef | Binding] = {}
        for stmt in flatten(body):
            match stmt:
                case FuncDef():
                    local[stmt.name] = stmt
                case Import(names=names):
                    local |= {alias: self.names.imported(module, stmt, alias) for _, alias in names or ()}
                case _:
                    pass
        marked = methods.marked(function)
        for call in methods.calls(body):
            if heads(call) & marked and not self._is_harmless(call, module, local):
                yield call

    def _is_harmless(self, call: Call, module: Module, local: Mapping[str, FuncDef | Binding]) -> bool:
        """Whether a call that gets the model or the field gives the model no other field."""
        verb = methods.verb(call)
        match verb:
            case "contribute_to_class":
                return methods.hands_on(call) or self._names(call.argument("name", 1))
            case "add_to_class":
                return _is_function(call.argument("value", 1), local) or self._names(call.argument("name", 0))
            case "add_field":
                return call.args[:1] == (Ref(SELF),)
            case "connect":
                found = self._meant(call.func, module, local)
                path = found.path if isinstance(found, (Defined, External)) else ""
                return PREPARED not in f"{call.func} {path}"
        if _is_own(call.func) and not (verb in ASKS and self._is_built_in(verb)):
            return self._method(verb)
        found = self._meant(call.func, module, local)
        if isinstance(found, FuncDef):
            return found.body is not None
        if verb in ASKS and not (isinstance(found, Defined) and isinstance(found.node, FuncDef)):
            return True
        return found is not None and self._function(found, call, module, local)

    def _meant(
        self, func: Expr, module: Module, local: Mapping[str, FuncDef | Binding]
    ) -> FuncDef | Binding | None:
        """What a name in a function stands for; of the attribute of an imported name, what that is."""
        if not isinstance(func, Ref):
            return None
        top, dot, rest = func.name.partition(".")
        found = local.get(top)
        if found is None or isinstance(found, FuncDef) or not dot:
            return found or self.names.resolve(module, func.name)
        return self.names.attribute(found, rest)

    def _is_built_in(self, name: str) -> bool:
        """Whether only Django, if any, has a method of that name."""
        found = self.classes.lookup(self.cls, name)
        return found is None or found[0].module.name.startswith("django.")

    def _names(self, name: Expr | None) -> bool:
        """Whether the name of a field that is given stands there; it is then kept."""
        match name:
            case Literal(str() as text):
                self.given.add(text)
                return True
            case _:
                return False

    def _method(self, name: str) -> bool:
        """Whether no method of that name gives a field."""
        found = False
        for ancestor in self.classes.ancestry(self.cls).order:
            stmt = self.classes.attributes(ancestor).get(name) if isinstance(ancestor, Class) else None
            if isinstance(ancestor, Gap) or not (stmt is None or isinstance(stmt, FuncDef)):
                return False
            found = found or stmt is not None
            own = not ancestor.module.name.startswith("django.")
            if stmt is not None and own and not self._gives_nothing(ancestor.module, stmt):
                return False
        return found

    def _function(
        self, binding: Binding, call: Call, module: Module, local: Mapping[str, FuncDef | Binding]
    ) -> bool:
        """Whether a function or class that a call names gives no field."""
        match binding:
            case Defined() | External() if binding.path.startswith(("django.", "builtins.")):
                given = (*call.args, *(value for _, value in call.kwargs))
                plain = binding.path not in EXECUTE
                return plain and all(self._is_read(arg, module, local) for arg in given)
            case Defined(home, _, FuncDef() as node):
                return self._gives_nothing(home, node)
            case Defined(node=ClassDef()):
                cls = self.classes.of_binding(binding)
                return cls is not None and self._makes_nothing(cls)
            case _:
                return False

    def _makes_nothing(self, cls: Class) -> bool:
        """Whether the constructor of a class gives no field."""
        if self.classes.ancestry(cls).gaps:
            return False
        match self.classes.lookup(cls, "__init__"):
            case None:
                return True
            case (owner, FuncDef() as node):
                return owner.module.name.startswith("django.") or self._gives_nothing(owner.module, node)
            case _:
                return False

    def _is_read(self, arg: Expr, module: Module, local: Mapping[str, FuncDef | Binding]) -> bool:
        """Whether an argument is no function that is to be called later, or one that gives no field."""
        if isinstance(arg, Call) and methods.verb(arg) == "partial" and arg.args:
            return self._is_read(arg.args[0], module, local)
        if not isinstance(arg, Ref):
            return True
        called = arg.name.removeprefix(f"{SELF}.")
        if _is_own(arg):
            found = self.classes.lookup(self.cls, called)
            return found is None or not isinstance(found[1], FuncDef) or self._method(called)
        match self._meant(arg, module, local):
            case FuncDef(body=body):
                return body is not None
            case Defined(home, _, FuncDef() as node):
                return self._gives_nothing(home, node)
            case _:
                return True

    def _gives_nothing(self, module: Module, outline: FuncDef) -> bool:
        if (module.name, outline.line) in self.read:
            return True
        found = _whole(self.classes, module, outline) if len(self.read) < MAX_FUNCTIONS else None
        return found is not None and next(self._giving(module, found), None) is None


def _whole(classes: Classes, module: Module, stmt: Stmt) -> FuncDef | None:
    """A function with its body and those in it; None where it is not known to be the one in use."""
    modules = classes.names.modules
    if not isinstance(stmt, FuncDef) or not (module.own or modules.in_use(module)):
        return None
    inner = [part for part in flatten(stmt.body or ()) if isinstance(part, FuncDef)]
    bare = FuncDef(stmt.name, (), stmt.decorators, None, stmt.line)
    found = modules.function(module, stmt if all(part.body is not None for part in inner) else bare)
    return found if found is not None and found.body is not None else None


def _is_own(func: Expr) -> bool:
    """Whether a method of the field itself is called."""
    match func:
        case Ref(name):
            return name.startswith(f"{SELF}.") and name.count(".") == 1
        case Op(args=(owner,)):
            return methods.is_super(owner)
        case _:
            return False


def _is_function(value: Expr | None, local: Mapping[str, FuncDef | Binding]) -> bool:
    """Whether what is given to a model is a function, which is no field."""
    match value:
        case Op(op="lambda"):
            return True
        case Ref(name):
            return isinstance(local.get(name), FuncDef)
        case _:
            return False
