"""Names to what they are bound to: imports followed through re-exports and star imports.

Resolution is lazy and memoised; a leftover is `Unresolved`, a name of an unknown package
`External`.  Nothing is guessed: of alternatives (`if`/`else`, `try`/`except ImportError`) the
first that resolves is taken.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable

from msgspec import Struct

from analyzer.source.facts import (
    Assign,
    Call,
    ClassDef,
    Expr,
    FuncDef,
    If,
    Import,
    Ref,
    Stmt,
)
from analyzer.source.margins import MAX_HOPS, Margins
from analyzer.source.modules import Module, Modules
from analyzer.source.scopes import Entry, Scope, bound_names, flatten, read_scope, share

LAST = 2**31
"""A line below all others."""

CIRCLE = "imports go in circles"
"""Why a name that a module gets from one that is still looked into leads nowhere this way."""


class Defined(Struct, frozen=True):
    """A definition in a known module: a class, a function, or a value still to be evaluated."""

    module: Module
    qualname: str
    node: ClassDef | FuncDef | Expr

    @property
    def path(self) -> str:
        return f"{self.module.name}.{self.qualname}"


class Package(Struct, frozen=True):
    """A module or package itself."""

    module: Module


class External(Struct, frozen=True):
    """A dotted name in a package whose source is not known."""

    path: str


class Unresolved(Struct, frozen=True):
    """A name that leads nowhere, with the reason in words."""

    path: str
    reason: str


Binding = Defined | Package | External | Unresolved


class Names:
    """Answers what a name means in a module."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._scopes: dict[str, Scope] = {}
        self._resolved: dict[tuple[str, str], Binding] = {}
        self._search: dict[tuple[str, str], Binding] = {}
        self._decide: Callable[[Expr, Module], bool | None] = lambda test, module: None
        self._margins = self._new_margins()

    def _new_margins(self) -> Margins:
        return Margins(self.modules, self.target, lambda module: self._scope(module).exported)

    def resolve(self, module: Module, dotted: str, hops: int = 0) -> Binding:
        """The binding of a dotted name as written at the top of `module`."""
        key = (module.path or module.name, dotted)
        found = self._resolved.get(key)
        if found is None:
            if hops > MAX_HOPS:
                return Unresolved(dotted, CIRCLE)
            head, _, rest = dotted.partition(".")
            found = self.member(module, head, hops)
            if hasattr(builtins, head) and (
                isinstance(found, Unresolved) or found == External(f"{module.name}.{head}")
            ):
                found = External(f"builtins.{head}")
            if rest:
                found = self.attribute(found, rest, hops)
            if not (self._search and isinstance(found, Unresolved)):
                self._resolved[key] = found
        return found

    def attribute(self, binding: Binding, dotted: str, hops: int = 0) -> Binding:
        """What `binding.dotted` is."""
        for name in dotted.split("."):
            match binding:
                case Package(module):
                    binding = self.member(module, name, hops + 1)
                case Defined(module, qualname, ClassDef() as node):
                    binding = self._class_member(module, qualname, node, name, hops)
                case External(path):
                    binding = External(f"{path}.{name}")
                case Defined(module=owner):
                    made = self._of_instance(binding, name, hops)
                    if made is not None:
                        binding = made
                        continue
                    if owner.own:
                        reason = f"`{binding.path}` is a value, its attributes are not known"
                        return Unresolved(dotted, reason)
                    binding = External(f"{binding.path}.{name}")
                case Unresolved():
                    return binding
        return binding

    def before(self, module: Module, dotted: str, line: int) -> Binding | None:
        """What a name means at a line of the module's own code, where it may be bound again further down.

        None where it is not: then `resolve` answers.
        """
        head, _, rest = dotted.partition(".")
        scope = self._scope(module)
        entries = scope.names.get(head, [])
        again = bool(entries) and entries[0][0].line >= line
        if not again and not (entries and self._covered(module, head, line)):
            return None
        found: Binding | None = None if again else self.at_line(module, head, line)
        for entry, qualname in entries if again else ():
            if found is None and entry.line < line:
                found = self._entry(module, head, entry, qualname, 0)
        for star in reversed(scope.stars) if again else ():
            if star.line < line and (found is None or isinstance(found, Unresolved)):
                found = self._starred(module, star, head, 0)
        if found is None or isinstance(found, Unresolved):
            return None
        return self.attribute(found, rest) if rest else found

    def _covered(self, module: Module, name: str, line: int) -> bool:
        """Whether a star import below a line binds a name anew."""
        stars = self._scope(module).stars
        return any(star.line > line and self._margins.brings(module, star, name) for star in stars)

    def at_line(self, module: Module, name: str, line: int, hops: int = 0) -> Binding | None:
        """What a module's code has bound to a name for certain, once it has run down to a line."""
        if hops > MAX_HOPS:
            return None
        last = self._margins.last(module, name, line)
        for star in self._margins.stars(module, line):
            if (last is None or star.line > last.line) and self._margins.brings(module, star, name):
                return self._starred(module, star, name, hops)
        return self._entry(module, name, last, name, hops) if last is not None else None

    def _inside(self, module: Module, package: Module, name: str, hops: int) -> Binding | None:
        """What a module gets of its package that imports it before it is complete."""
        line = self._margins.loads(package, module) if module.name.startswith(f"{package.name}.") else 0
        submodule = self.modules.find(f"{package.name}.{name}", package.path) if line else None
        if submodule is None:
            return None
        above = self.at_line(package, name, line, hops + 1)
        return Package(submodule) if above is None or isinstance(above, Unresolved) else above

    def _hiding(self, module: Module, submodule: Module, name: str, hops: int) -> Binding | None:
        """What a star import puts in the place of a submodule that the package has imported before."""
        loaded = self._margins.loads(module, submodule)
        for star in self._margins.stars(module, LAST) if loaded else ():
            if star.line >= loaded and self._margins.brings(module, star, name):
                found = self._starred(module, star, name, hops)
                return None if isinstance(found, Unresolved) else found
        return None

    def _of_instance(self, binding: Defined, name: str, hops: int) -> Binding | None:
        """A class or function that an object has from its class: `Tools().RunSQL`."""
        if not isinstance(binding.node, Call) or not isinstance(binding.node.func, Ref) or hops > MAX_HOPS:
            return None
        cls = self.resolve(binding.module, binding.node.func.name, hops + 1)
        if not isinstance(cls, Defined) or not isinstance(cls.node, ClassDef) or not cls.module.own:
            return None
        found = self.attribute(cls, name, hops + 1)
        known = isinstance(found, Defined) and isinstance(found.node, (ClassDef, FuncDef))
        return found if known or isinstance(found, External) else None

    def _class_member(self, module: Module, qualname: str, node: ClassDef, name: str, hops: int) -> Binding:
        for entry in reversed(flatten(node.body)):
            if isinstance(entry, (ClassDef, FuncDef)) and entry.name == name:
                path = f"{qualname}.{name}"
                if isinstance(entry, FuncDef) and _is_property(entry):
                    return Unresolved(f"{module.name}.{path}", f"what `{path}` returns is not decided")
                return Defined(module, path, entry)
            if isinstance(entry, Assign) and name in bound_names(entry):
                value = share(entry, name)
                if isinstance(value, Ref):
                    outer = self.resolve(module, value.name, hops + 1)
                    if not isinstance(outer, Unresolved):
                        return outer
                return Defined(module, f"{qualname}.{name}", value)
        for base in node.bases:
            if isinstance(base, Ref):
                parent = self.resolve(module, base.name, hops + 1)
                if isinstance(parent, Defined) and isinstance(parent.node, ClassDef) and hops < MAX_HOPS:
                    found = self.attribute(parent, name, hops + 1)
                    if not isinstance(found, Unresolved):
                        return found
        return Unresolved(f"{module.name}.{qualname}.{name}", "the class has no such attribute")

    def member(self, module: Module, name: str, hops: int = 0) -> Binding:
        """What `name` is bound to at the top of a module, submodules included.

        Of a catalogued module only a part is known: what is not in it is `External`.
        """
        found = self._member(module, name, hops)
        if isinstance(found, Unresolved) and not module.own and found.reason != CIRCLE:
            return External(f"{module.name}.{name}")
        return found

    def _member(self, module: Module, name: str, hops: int) -> Binding:
        """One step of a search; what the same search comes to twice is the same as before, or a circle."""
        key = (module.path or module.name, name)
        if key in self._search or hops > MAX_HOPS:
            return self._search.get(key, Unresolved(name, CIRCLE))
        first = not self._search
        self._search[key] = Unresolved(name, CIRCLE)
        found = self._search[key] = self._look_up(module, name, hops)
        if first:
            self._search.clear()
        return found

    def _look_up(self, module: Module, name: str, hops: int) -> Binding:
        scope = self._scope(module)
        failure: Binding | None = None
        entries = scope.names.get(name, [])
        for star in reversed(scope.stars) if entries else ():
            if star.line < entries[0][0].line:
                break
            found = self._starred(module, star, name, hops)
            sure = isinstance(found, Package) and self._margins.brings(module, star, name)
            if isinstance(found, Defined) or sure:
                return found  # a star import below hides what was bound above
        for entry, qualname in entries:
            if isinstance(entry, Assign) and entry.value == Ref(name):
                continue  # `name = name` keeps what was bound above
            found = self._entry(module, name, entry, qualname, hops)
            if not isinstance(found, Unresolved):
                return found
            failure = failure or found
        submodule = self.modules.find(f"{module.name}.{name}", module.path) if module.package else None
        if submodule is not None:
            return self._hiding(module, submodule, name, hops) or Package(submodule)
        for star in reversed(scope.stars):
            found = self._starred(module, star, name, hops)
            if not isinstance(found, Unresolved):
                return found
        if failure is not None:
            return failure
        reason = "the module makes its names by `__getattr__`" if scope.dynamic else "no such name"
        return Unresolved(f"{module.name}.{name}", f"{reason} in {module.path or module.name}")

    def _starred(self, module: Module, star: Import, name: str, hops: int) -> Binding:
        source = self.target(module, star)
        if source is None:
            path = absolute(module, star)
            if self.modules.is_own(path):
                return Unresolved(name, f"module {path} not found")
            return Unresolved(name, f"may come from `from {path} import *`, which is not known here")
        if source.path and source.path == module.path:
            return Unresolved(name, "a module that imports itself")
        exported = self._scope(source).exported
        if exported is not None and name not in exported:
            return Unresolved(name, f"not in `__all__` of {source.name}")
        if exported is None and name.startswith("_"):
            return Unresolved(name, "private names are not star-imported")
        return self._member(source, name, hops + 1)

    def _entry(self, module: Module, name: str, entry: Entry, qualname: str, hops: int) -> Binding:
        match entry:
            case ClassDef() | FuncDef():
                return Defined(module, qualname, entry)
            case Assign(value=Ref(name=other)) if Ref(name) in entry.targets and other != name:
                aliased = self.resolve(module, other, hops + 1)
                if not isinstance(aliased, Unresolved):
                    return aliased
                return Defined(module, name, entry.value)
            case Assign():
                return Defined(module, name, share(entry, name))
            case Import(names=None):
                return self._plain_import(module, entry, hops)
            case Import():
                return self._imported(module, entry, name, hops)

    def above(self, module: Module, name: str, line: int) -> Binding | None:
        """What a name means to a class body above a line; None where that is what it means in the end."""
        entries = self._scope(module).names.get(name, [])
        earlier = [found for found in entries if found[0].line < line]
        if earlier and entries[0] in earlier and self._covered(module, name, line):
            return self.at_line(module, name, line)
        if not earlier or len(earlier) == len(entries) or entries[0] in earlier:
            return None
        entry, qualname = earlier[0]
        return self._entry(module, name, entry, qualname, 0)

    def imported(self, module: Module, entry: Import, name: str) -> Binding:
        """What an import statement anywhere in a module binds a name to."""
        return self._entry(module, name, entry, name, 0)

    def _plain_import(self, module: Module, entry: Import, hops: int) -> Binding:
        path = entry.module if entry.alias else entry.module.partition(".")[0]
        found = self.modules.find(path, module.path)
        return Package(found) if found is not None else self._missing(path)

    def _imported(self, module: Module, entry: Import, alias: str, hops: int) -> Binding:
        name = next((name for name, bound in entry.names or () if bound == alias), alias)
        path = absolute(module, entry)
        source = self.target(module, entry)
        if source is None:
            return self._missing(f"{path}.{name}")
        if source.path and source.path == module.path:
            above = self.at_line(module, name, entry.line, hops + 1)
            if above is not None and not isinstance(above, Unresolved):
                return above
            submodule = self.modules.find(f"{source.name}.{name}", module.path)
            if submodule is not None:
                return Package(submodule)
            return Unresolved(f"{path}.{name}", "a module that imports the name from itself")
        return self._inside(module, source, name, hops) or self.member(source, name, hops + 1)

    def _missing(self, path: str) -> Binding:
        if self.modules.is_own(path):
            return Unresolved(path, "not found in the project")
        return External(path)

    def target(self, module: Module, entry: Import) -> Module | None:
        """The module that an import statement imports from."""
        path = absolute(module, entry)
        return self.modules.find(path, module.path) if path else None

    def _scope(self, module: Module) -> Scope:
        key = module.path or module.name
        found = self._scopes.get(key)
        if found is None:
            body = self.modules.facts(module).body
            found = self._scopes[key] = read_scope(body)
            if any(isinstance(stmt, If) for stmt in body):
                found = self._scopes[key] = self._decided(module, body)
        return found

    def _decided(self, module: Module, body: tuple[Stmt, ...]) -> Scope:
        """The scope without branches that are not taken; what decides that is looked up on its own."""
        search, self._search = self._search, {}
        found = read_scope(body, lambda test: self._decide(test, module))
        self._search = search
        return found

    def decide_by(self, decide: Callable[[Expr, Module], bool | None]) -> None:
        """From now on conditions are decided like this: what was read before is forgotten."""
        self._decide = decide
        self._margins = self._new_margins()
        self._scopes.clear()
        self._resolved.clear()


def absolute(module: Module, entry: Import) -> str:
    """The absolute dotted name an import statement speaks of (relative levels applied)."""
    if not entry.level:
        return entry.module
    parts = module.name.split(".") if module.name else []
    drop = entry.level - 1 if module.package else entry.level
    base = parts[: len(parts) - drop] if drop else parts
    return ".".join([*base, entry.module] if entry.module else base)


def _is_property(node: FuncDef) -> bool:
    return any(isinstance(d, Ref) and d.name.endswith("property") for d in node.decorators)
