"""Places that ask a package for a model: a class attribute, a decorator, a call, a base class.

Which classes and functions make models is data in `catalogue.recipes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from analyzer.catalogue.making import Recipe
from analyzer.catalogue.recipes import RECIPES
from analyzer.schema.classes import THROUGH, Class, Classes
from analyzer.schema.closures import enclosing
from analyzer.schema.given import Asked
from analyzer.schema.handing import hands_on
from analyzer.schema.models import Registry, classes_of
from analyzer.schema.partials import Completed, completed
from analyzer.schema.throughs import Throughs
from analyzer.source.evaluate import Env
from analyzer.source.facts import Assign, Call, Evaluate, Expr, FuncDef, Ref
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External
from analyzer.source.scopes import flatten
from analyzer.source.values import Made, Named, Value

NOTHING: Env = {}


class Request(Struct, frozen=True):
    """A model asked for: by what, for which class, with which arguments, written where.

    `module` and `line` are the place; `owner` is the call that made the object whose method is the
    decorator; `carried`: a function asks for it which is known to run; `beside` is the label of the
    model whose through recipe this is; `perhaps` says why it may not be asked for at all, `why` what
    of it is not followed.
    """

    recipe: Recipe
    model: Class
    made: Made
    module: Module
    line: int
    attribute: str = ""
    owner: Made | None = None
    inherited: bool = False
    beside: str = ""
    carried: bool = False
    perhaps: str = ""
    why: str = ""


def given(classes: Classes, request: Request, name: str) -> Expr | None:
    """The expression of an argument, by keyword or by its place."""
    positions = request.recipe.positions
    return request.made.call.argument(name, positions.index(name) if name in positions else None)


def value_of(classes: Classes, request: Request, name: str) -> Value | None:
    """The value of an argument; None where it is not given (or given as None)."""
    positions = request.recipe.positions
    place = positions.index(name) if name in positions else None
    return classes.evaluator.argument(request.made, name, place)


class Requests:
    """Finds the places in a project."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.classes = registry.classes
        self.throughs = Throughs(registry)
        self._kinds: dict[tuple[str, str], Recipe | None] = {}

    def all(self) -> Iterator[Request]:
        """Every request of the loaded files but those of base classes, in reading order."""
        modules = self.classes.names.modules
        for path, facts in modules.files.loaded():
            if "/migrations/" in f"/{path}":
                continue
            for cls in classes_of(self.classes, path, modules.name_of(path)):
                yield from self._of_class(cls)
            module = modules.find(modules.name_of(path), path)
            if module is None or module.path != path:
                continue
            for stmt in flatten(facts.body):
                if isinstance(stmt, (Evaluate, Assign)) and isinstance(stmt.value, Call):
                    found = self.of_call(stmt.value, module)
                    if found is not None and (not found.recipe.abstract or self._is_concrete(found)):
                        yield found

    def within(self, asked: Iterable[Asked]) -> Iterator[Request]:
        """The requests among calls that functions carry out."""
        for ask in asked:
            found = self.of_call(ask.call, ask.module, dict(ask.local))
            if found is not None and (not found.recipe.abstract or self._is_concrete(found)):
                yield replace(found, line=ask.line, perhaps=ask.why, carried=True)

    # ------------------------------------------------------------ attributes and decorators

    def _of_class(self, cls: Class) -> Iterator[Request]:
        candidate = self.registry.candidate(cls)
        for decorator in cls.node.decorators:
            found = self._decorator(decorator, cls.module, cls)
            if found is not None and (candidate is not None or found.recipe.plain_class):
                yield found
        if candidate is None or candidate.abstract:
            return
        for ancestor in self.classes.ancestry(cls).classes:
            if not ancestor.module.own:
                continue
            for name, stmt in self.classes.attributes(ancestor).items():
                if isinstance(stmt, Assign) and isinstance(stmt.value, Call):
                    found = self._attribute(name, stmt.value, stmt.line, ancestor, cls)
                    if found is not None and not (candidate.proxy and not found.recipe.inherits):
                        yield found

    def _attribute(self, name: str, call: Call, line: int, holder: Class, cls: Class) -> Request | None:
        whole = completed(self.classes, call, holder.module)
        recipe, why = self._recipe(whole.call, whole.module, "attribute")
        if recipe is None:
            return None
        made = Made(recipe.factory, whole.call, whole.module, whole.local)
        if holder.key == cls.key:
            return Request(recipe, cls, made, cls.module, line, name, why=why)
        made = replace(made, local=(*enclosing(self.classes, holder, cls).items(), *whole.local))
        request = Request(recipe, cls, made, cls.module, cls.node.line, name, inherited=True, why=why)
        inherits = recipe.inherits and value_of(self.classes, request, recipe.inherits) is True
        return request if inherits else None

    def _decorator(self, decorator: Expr, module: Module, cls: Class) -> Request | None:
        call = decorator if isinstance(decorator, Call) else None
        if call is None:
            return None
        recipe, why = self._recipe(call, module, "decorator")
        if recipe is None:
            return None
        made = Made(recipe.factory, call, module)
        owner = self._owner(call, module)
        return Request(recipe, cls, made, module, cls.node.line, owner=owner, why=why)

    def _owner(self, call: Call, module: Module) -> Made | None:
        """The call that made the object whose method is called."""
        name = call.func.name.rpartition(".")[0] if isinstance(call.func, Ref) else ""
        binding = self.classes.names.resolve(module, name) if name else None
        value = self.classes.evaluator.binding_value(binding, name) if binding is not None else None
        return value if isinstance(value, Made) else None

    # ------------------------------------------------------------ calls

    def of_call(self, call: Call, module: Module, env: Env = NOTHING) -> Request | None:
        """What `register(Model, …)`, `track(…)(Model)` or `create_event_model(Model, …)` asks for."""
        if isinstance(call.func, Call):
            cls = self.named(call.args[0], module, env) if call.args else None
            found = self._decorator(call.func, module, cls) if cls is not None else None
            if found is None:
                return None
            return replace(found, line=call.line, made=replace(found.made, local=tuple(env.items())))
        recipe, why = self._recipe(call, module, "call")
        if recipe is None:
            return None
        first = call.argument(recipe.positions[0], 0)
        cls = self.named(first, module, env) if first is not None else None
        if cls is None:
            return None
        made = Made(recipe.factory, call, module, tuple(env.items()))
        request = Request(recipe, cls, made, module, call.line, why=why)
        return self._with_records(request) if recipe.records_by else request

    def _is_concrete(self, request: Request) -> bool:
        return value_of(self.classes, request, "abstract") is False

    def named(self, expr: Expr, module: Module, env: Env = NOTHING) -> Class | None:
        """The class that an argument names, be it a through model that Django makes."""
        if isinstance(expr, Ref) and expr.name.endswith(THROUGH):
            owner, _, name = expr.name.removesuffix(THROUGH).rpartition(".")
            cls = self.classes.of_binding(self.classes.names.resolve(module, owner)) if owner else None
            return self.throughs.of(cls, name) if cls is not None else None
        value = self.classes.evaluator.evaluate(expr, module, env)
        if isinstance(value, Named):
            return self.classes.of_binding(value.binding)
        if isinstance(value, Made) and value.path.rpartition(".")[2] == "get_user_model":
            return self.classes.model_by_label(self.registry.settings.auth_user_model)
        return None

    def _with_records(self, request: Request) -> Request:
        """A request whose recipe is that of the class in an argument, with more arguments."""
        outer = request.recipe
        expr = given(self.classes, request, outer.records_by)
        written = expr if isinstance(expr, Ref) else None
        recipe, why = None, ""
        if written is not None:
            whole = completed(self.classes, Call(written, (), (), request.line), request.module)
            recipe, why = self._recipe(whole.call, whole.module, "attribute")
            request = replace(request, made=self._with_keywords(request.made, whole))
        if recipe is None:
            recipe = next(r for r in RECIPES if r.way == "attribute" and r.base == outer.base)
        said = frozenset({*outer.harmless, *outer.positions} - {recipe.table_by})
        combined = replace(
            recipe,
            way="call",
            app_by="",
            module_by=outer.module_by,
            inherits="",
            positions=outer.positions,
            harmless=recipe.harmless | said | {recipe.inherits},
        )
        return replace(request, recipe=combined, why=why)

    def _with_keywords(self, made: Made, more: Completed) -> Made:
        """A call with the keywords of another one that it does not have itself."""
        table = self.classes.evaluator.keywords(more.call, more.module, dict(more.local))
        known = {name for name, _ in made.call.kwargs}
        local = {f"<records {name}>": (str(name), value) for name, value in table.pairs if name not in known}
        kwargs = (*made.call.kwargs, *((name, Ref(key)) for key, (name, _) in local.items()))
        values = (*made.local, *((key, value) for key, (_, value) in local.items()))
        return replace(made, call=replace(made.call, kwargs=kwargs), local=values)

    # ------------------------------------------------------------ which recipe

    def _recipe(self, call: Call, module: Module, way: str) -> tuple[Recipe | None, str]:
        """The recipe of what is called, and what a subclass of the project's own changes in it."""
        path = self.path(call, module)
        key = (path, way)
        binding = self._binding(call, module)
        cls = self.classes.of_binding(binding)
        if key not in self._kinds:
            paths = self.classes.ancestry(cls).paths if cls is not None and way == "attribute" else {path}
            known = (r for r in RECIPES if r.way == way and _same(r.factory, paths))
            self._kinds[key] = next(known, None)
        recipe = self._kinds[key]
        return recipe, self._overridden(recipe, cls) if recipe is not None and cls is not None else ""

    def _overridden(self, recipe: Recipe, cls: Class) -> str:
        """What a class of the project's own that inherits the factory changes."""
        for ancestor in self.classes.ancestry(cls).classes:
            if ancestor.path == recipe.factory or not ancestor.module.own:
                continue
            attributes, modules = self.classes.attributes(ancestor), self.classes.names.modules
            for name in sorted(recipe.hooks & attributes.keys()):
                stmt = attributes[name]
                if isinstance(stmt, FuncDef) and not hands_on(modules, ancestor.module, stmt):
                    return f"{ancestor.path} overrides `{name}`"
        return ""

    def _binding(self, call: Call, module: Module) -> object:
        if not isinstance(call.func, Ref):
            return None
        return self.classes.names.resolve(module, call.func.name)

    def path(self, expr: Expr, module: Module) -> str:
        """The dotted path of what is called: a class, a function, or a method by the class of its object."""
        func = expr.func if isinstance(expr, Call) else expr
        if not isinstance(func, Ref):
            return ""
        owner, _, method = func.name.rpartition(".")
        if owner:
            binding = self.classes.names.resolve(module, owner)
            value = self.classes.evaluator.binding_value(binding, owner)
            if isinstance(value, Made):
                return f"{value.path}.{method}"
        found = self.classes.names.resolve(module, func.name)
        return found.path if isinstance(found, (Defined, External)) else ""


def _same(factory: str, paths: frozenset[str] | set[str]) -> bool:
    """Whether a factory is meant, by its own path or as its package re-exports it."""
    top, name = factory.partition(".")[0], factory.rpartition(".")[2]
    return factory in paths or f"{top}.{name}" in paths
