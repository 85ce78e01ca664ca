"""Classes and their ancestors: C3 linearisation over everything whose source is known."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import force_setattr

from analyzer.catalogue.rules import PLAIN_BASES, PLAIN_CLASSES
from analyzer.schema.bases import base_exprs, in_words
from analyzer.source.evaluate import Evaluator
from analyzer.source.execute import Executor
from analyzer.source.facts import Assign, Call, ClassDef, Expr, FuncDef, Import, Op, Ref, Stmt
from analyzer.source.inplace import changed_names
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External, Names, Unresolved
from analyzer.source.scopes import Entry, alone, bound_names, flatten, heads, share
from analyzer.source.values import Named, Undecided, Value, truth

GET_MODEL = ("get_model", "get_registered_model", "get_model_by_name")
THROUGH = ".through"
MAX_DEPTH = 40
MAX_THROUGH = 12
MAX_ANCESTORS = 120
"""So many through models are looked up one because of the other; real code stays below 2."""


class Class(Struct, frozen=True):
    """A class whose source is known; `key` tells it from every other, `path` is its dotted name."""

    module: Module
    qualname: str
    node: ClassDef
    key: str = ""
    path: str = ""

    def __post_init__(self) -> None:
        place = self.module.path or self.module.name
        force_setattr(self, "key", f"{place}:{self.qualname}:{self.node.line}")
        force_setattr(self, "path", f"{self.module.name}.{self.qualname}")


class Gap(Struct, frozen=True):
    """A base class that is not known: its name as far as resolved, and why."""

    path: str
    why: str


Ancestor = Class | Gap


class Ancestry(Struct, frozen=True):
    """The method resolution order, the class itself first; the rest is derived from it once.

    `classes` are the known ancestors, `gaps` the unknown ones, `paths` the dotted names of all.
    """

    order: tuple[Ancestor, ...]
    classes: tuple[Class, ...] = ()
    gaps: tuple[Gap, ...] = ()
    paths: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        force_setattr(self, "classes", tuple(item for item in self.order if isinstance(item, Class)))
        force_setattr(self, "gaps", tuple(item for item in self.order if isinstance(item, Gap)))
        force_setattr(self, "paths", frozenset(item.path for item in self.order))

    def has(self, path: str) -> bool:
        return path in self.paths


class Classes:
    """Ancestors and attributes of classes, memoised."""

    def __init__(self, names: Names, evaluator: Evaluator) -> None:
        self.names = names
        self.evaluator = evaluator
        self.model_by_label: Callable[[str], Class | None] = lambda label: None
        self.made_base: Callable[[Call, Module], Class | None] = lambda call, module: None
        self.through_of: Callable[[Class, str], Class | None] = lambda cls, field: None
        self.doubt: Callable[[str, str], str] = lambda module, name: ""  # see `catalogue.doubts`
        self.by_module: dict[str, list[Class]] = {}
        self.rewriting: dict[str, bool] = {}
        self._ancestry: dict[str, Ancestry] = {}
        self._bases: dict[str, tuple[Ancestor, ...]] = {}
        self._bodies: dict[str, dict[str, Stmt]] = {}
        self._asked: set[str] = set()
        self._scopes: dict[str, dict[str, list[Entry]]] = {}
        self._changed: dict[str, dict[str, Value]] = {}
        self._values: dict[tuple[str, str, int], Value] = {}

    def of_binding(self, binding: object) -> Class | None:
        if isinstance(binding, Defined) and isinstance(binding.node, ClassDef):
            return Class(binding.module, binding.qualname, binding.node)
        return None

    def at(self, path: str) -> Class | None:
        """The class of a dotted path, if its source is known."""
        home, _, name = path.rpartition(".")
        module = self.names.modules.find(home)
        return self.of_binding(self.names.member(module, name)) if module is not None else None

    def bases(self, cls: Class) -> tuple[Ancestor, ...]:
        """The direct bases in order, `object` left out."""
        if cls.key not in self._bases:
            found = [self._base(expr, cls) for expr in base_exprs(cls.node)]
            self._bases[cls.key] = tuple(base for base in found if base is not None)
        return self._bases[cls.key]

    def set_bases(self, cls: Class, bases: tuple[Ancestor, ...]) -> None:
        """Give a class bases that do not stand in its source."""
        self._bases[cls.key] = bases
        self._ancestry.clear()

    def _base(self, expr: Expr, cls: Class) -> Ancestor | None:
        if isinstance(expr, Op) and expr.op == "[]" and expr.args:
            expr = expr.args[0]
        if isinstance(expr, Ref):
            binding = self._resolve(expr.name, cls)
            found = self.meta_base(expr.name, cls) or self.of_binding(binding)
            if found is None and expr.name.endswith(THROUGH):
                found = self._through_base(expr.name.removesuffix(THROUGH), cls)
            if found is not None:
                return found if found.key != cls.key else Gap(expr.name, "a class that is its own base")
            match binding:
                case External(path):
                    plain = path.startswith("builtins.") or path in PLAIN_CLASSES
                    return None if plain else Gap(path, f"the source of {path} is not known")
                case Unresolved(path, reason):
                    return Gap(expr.name, reason)
                case Defined(module, _, Call() as call):
                    return self._made_base(call, module, expr.name)
                case Defined(module, _, Op("[]", (Ref() as generic, *_))):
                    alias = self.names.resolve(module, generic.name)
                    found = self.of_binding(alias)
                    if found is not None:
                        return found
                    return self._base_value(self.evaluator.binding_value(binding, expr.name), expr.name)
                case Defined():
                    value = self.evaluator.binding_value(binding, expr.name)
                    return self._base_value(value, expr.name)
            return Gap(expr.name, "is a module, not a class")
        if isinstance(expr, Call):
            return self._called_base(expr, cls.module)
        return self._base_value(self.evaluator.evaluate(expr, cls.module), in_words(expr))

    def _called_base(self, call: Call, module: Module) -> Ancestor | None:
        """The class that a call in the place of a base makes; None where it brings models nothing."""
        called = self.names.resolve(module, call.func.name) if isinstance(call.func, Ref) else None
        plain = isinstance(called, (Defined, External)) and called.path in PLAIN_BASES
        return None if plain else self._made_base(call, module, in_words(call))

    def meta_base(self, written: str, cls: Class) -> Class | None:
        """`Owner.Meta`, written in a model or its Meta, as Django leaves it behind."""
        if not written.endswith(".Meta"):
            return None
        owner = self.of_binding(self._resolve(written.removesuffix(".Meta"), cls))
        if owner is None or owner.key in self._asked:
            return None
        from analyzer.schema.meta import meta_of

        self._asked.add(owner.key)
        found = meta_of(self, owner)
        self._asked.discard(owner.key)
        return found

    def _through_base(self, field: str, cls: Class) -> Class | None:
        """The model behind a many-to-many field, `Owner.field.through`, be it one that Django makes."""
        written, _, name = field.rpartition(".")
        owner = self.of_binding(self._resolve(written, cls)) if written else None
        if owner is None or owner.key in self._asked or len(self._asked) > MAX_THROUGH:
            return None
        self._asked.add(owner.key)
        found = self.through_of(owner, name)
        self._asked.discard(owner.key)
        return found

    def _made_base(self, call: Call, module: Module, written: str) -> Ancestor:
        """`get_model("app", "Model")`, whoever defines it, names a model; other calls are evaluated."""
        called = call.func.name.rpartition(".")[2] if isinstance(call.func, Ref) else ""
        if called in GET_MODEL or called == "get_user_model":
            words = [self.evaluator.evaluate(arg, module) for arg in call.args]
            if called == "get_user_model":
                words = [self.evaluator.settings.get("AUTH_USER_MODEL", "auth.User")]
            label = ".".join(word for word in words if isinstance(word, str))
            found = self.model_by_label(label) if label.count(".") == 1 else None
            if found is not None:
                return found
        made = self.made_base(call, module)
        return made or self._base_value(self._class_made(call, module), written)

    def _class_made(self, call: Call, module: Module) -> Value:
        """What a call in the place of a base comes to; functions of packages that make one are followed."""
        from analyzer.source.execute import call_function

        found = self.names.resolve(module, call.func.name) if isinstance(call.func, Ref) else None
        if isinstance(found, Defined) and isinstance(found.node, FuncDef) and not found.module.own:
            whole = self.names.modules.function(found.module, found.node)
            if whole is not None and any(isinstance(stmt, ClassDef) for stmt in flatten(whole.body or ())):
                maker = Defined(found.module, found.qualname, whole)
                return call_function(self.evaluator, maker, call, module, {}, 0, None)
        return self.evaluator.evaluate(call, module)

    def _base_value(self, value: Value, written: str) -> Ancestor:
        if isinstance(value, str) and value.count(".") == 1:
            named = self.model_by_label(value)
            return named if named is not None else Gap(written, f"model {value} is not found")
        if isinstance(value, Named):
            found = self.of_binding(value.binding)
            return found if found is not None else Gap(value.path, f"the source of {value.path} is not known")
        why = value.why if isinstance(value, Undecided) else "the base is the result of a call"
        return Gap(written, why)

    def _resolve(self, dotted: str, cls: Class) -> object:
        """A name as a class sees it: nested classes look into the enclosing class bodies first."""
        outer = cls.qualname.rpartition(".")[0]
        while outer:
            found = self.names.resolve(cls.module, f"{outer}.{dotted}")
            itself = isinstance(found, Defined) and found.node is cls.node
            if not isinstance(found, Unresolved) and not itself:
                return found
            outer = outer.rpartition(".")[0]
        earlier = self.names.before(cls.module, dotted, self.first_line(cls))
        return earlier if earlier is not None else self.names.resolve(cls.module, dotted)

    def first_line(self, cls: Class) -> int:
        """The line of the class, or of the outermost one around it: its name is bound only afterwards."""
        top, dot, _ = cls.qualname.partition(".")
        outer = self.of_binding(self.names.member(cls.module, top)) if dot else None
        return min(cls.node.line, outer.node.line) if outer is not None else cls.node.line

    def ancestry(self, cls: Class, depth: int = 0) -> Ancestry:
        """The C3 order; where the bases contradict each other, a depth-first order."""
        found = self._ancestry.get(cls.key)
        if found is None:
            if depth > MAX_DEPTH:
                return Ancestry((cls, Gap(cls.path, "inherits from itself")))
            tails: list[list[Ancestor]] = []
            bases = list(self.bases(cls))
            for base in bases:
                if isinstance(base, Class):
                    tails.append(list(self.ancestry(base, depth + 1).order))
                else:
                    tails.append([base])
            order = (cls, *_merge([*tails, bases]))
            cut = (Gap(cls.path, "has too many ancestors"),) if len(order) > MAX_ANCESTORS else ()
            found = Ancestry((*order[:MAX_ANCESTORS], *cut))
            self._ancestry[cls.key] = found
        return found

    def is_a(self, cls: Class, path: str) -> bool:
        return self.ancestry(cls).has(path)

    def attributes(self, cls: Class) -> dict[str, Stmt]:
        """What the class body itself binds, by name; the last binding wins."""
        if cls.key not in self._bodies:
            out: dict[str, Stmt] = {}
            for stmt in flatten(cls.node.body, lambda test: self.decides(test, cls.module)):
                match stmt:
                    case Assign(op="="):
                        for name in bound_names(stmt):
                            out.pop(name, None)
                            out[name] = alone(stmt, name)
                    case ClassDef() | FuncDef():
                        out[stmt.name] = stmt
                    case _:
                        pass
            self._bodies[cls.key] = out
        return self._bodies[cls.key]

    def decides(self, test: Expr, module: Module) -> bool | None:
        """Whether a condition in a module holds, as far as settings and source decide it."""
        return truth(self.evaluator.evaluate(test, module))

    def scope(self, cls: Class, expr: Expr, line: int) -> dict[str, Value]:
        """What the names in an expression mean where the body of the class, above that line, binds them."""
        bound = self._bound(cls)
        out: dict[str, Value] = {}
        for name in sorted(heads(expr)):
            if name in bound:
                earlier = [stmt for stmt in bound[name] if stmt.line < line]
                if earlier:
                    changed = self._changed_above(cls, name, line)
                    out[name] = self._scoped(cls, name, earlier[-1]) if changed is None else changed
            elif (above := self.names.above(cls.module, name, line)) is not None:
                out[name] = self.evaluator.binding_value(above, name)
        return out

    def _bound(self, cls: Class) -> dict[str, list[Entry]]:
        """The statements of a class body that bind each name, in order."""
        if cls.key not in self._scopes:
            found: dict[str, list[Entry]] = {}
            for stmt in flatten(cls.node.body, lambda test: self.decides(test, cls.module)):
                if isinstance(stmt, (Assign, ClassDef, FuncDef, Import)):
                    for name in bound_names(stmt):
                        found.setdefault(name, []).append(stmt)
            self._scopes[cls.key] = found
        return self._scopes[cls.key]

    def _scoped(self, cls: Class, name: str, stmt: Entry) -> Value:
        key = (cls.key, name, stmt.line)
        if key not in self._values:
            self._values[key] = Undecided(f"`{name}` is defined by itself")
            match stmt:
                case Assign():
                    value = share(stmt, name)
                    found = self.evaluator.evaluate(value, cls.module, self.scope(cls, value, stmt.line))
                case ClassDef() | FuncDef():
                    found = Named(Defined(cls.module, f"{cls.qualname}.{name}", stmt))
                case _:
                    found = self.evaluator.binding_value(self.names.imported(cls.module, stmt, name), name)
            self._values[key] = found
        return self._values[key]

    def value(self, cls: Class, name: str) -> Value | None:
        """What a plain name of a class body is once the body has run; None where the body binds none."""
        bound = self._bound(cls).get(name, ())
        if not bound or isinstance(bound[-1], (ClassDef, FuncDef)):
            return None
        changed = self.changed(cls, name)
        return self._scoped(cls, name, bound[-1]) if changed is None else changed

    def _changed_above(self, cls: Class, name: str, line: int) -> Value | None:
        """The value of a list or dict at a line of a class body that has changed it; None where none has."""
        value = self.changed(cls, name)
        if value is None:
            return None
        lines = [stmt.line for stmt in flatten(cls.node.body) if name in changed_names(stmt)]
        if all(at < line for at in lines):
            return value
        above = any(at < line for at in lines)
        return Undecided(f"`{name}` is changed once more below") if above else None

    def changed(self, cls: Class, name: str) -> Value | None:
        """The value of a list or dict that a class body changes after it has bound it; None for others."""
        if cls.key not in self._changed:
            flat = flatten(cls.node.body)
            names = {name for stmt in flat for name in changed_names(stmt)}
            env: dict[str, Value] = {}
            if names:
                Executor(self.evaluator).run(cls.node.body, cls.module, env)
            self._changed[cls.key] = {name: env[name] for name in sorted(names & env.keys())}
        return self._changed[cls.key].get(name)

    def lookup(self, cls: Class, name: str) -> tuple[Class, Stmt] | None:
        """The first class in the order that binds `name`, with the statement."""
        for ancestor in self.ancestry(cls).classes:
            stmt = self.attributes(ancestor).get(name)
            if stmt is not None:
                return ancestor, stmt
        return None

    def constant(self, cls: Class, name: str) -> Value:
        """The value of a class attribute, inherited or own; `Undecided` where there is none."""
        found = self.lookup(cls, name)
        if found is None:
            return Undecided(f"no attribute `{name}`")
        owner, stmt = found
        value = self.value(owner, name) if isinstance(stmt, Assign) else None
        return Undecided(f"`{name}` is not a plain value") if value is None else value


def _merge(lists: list[list[Ancestor]]) -> list[Ancestor]:
    """C3 merge (https://docs.python.org/3/howto/mro.html); depth-first where it fails."""
    if len(lists) <= 2:
        return lists[0]  # one base, or none: its own order
    remaining = [list(items) for items in lists if items]
    out: list[Ancestor] = []
    while remaining:
        for items in remaining:
            head = items[0]
            if not any(_same(head, other) for rest in remaining for other in rest[1:]):
                break
        else:
            head = remaining[0][0]
        out.append(head)
        remaining = [[item for item in items if not _same(item, head)] for items in remaining]
        remaining = [items for items in remaining if items]
    return out


def _same(one: Ancestor, other: Ancestor) -> bool:
    if isinstance(one, Class) and isinstance(other, Class):
        return one.key == other.key
    return type(one) is type(other) and one.path == other.path
