"""Models that packages make for other models: history and event tables, translations, settings.

Who asks for one is found by `requests`, what it is like is data in `catalogue.recipes`; here the
class is made that Django would get, and then read like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import force_setattr, replace

from analyzer.catalogue.making import Recipe
from analyzer.catalogue.rules import CALLED_BASES
from analyzer.schema.classes import Ancestor, Class, Gap
from analyzer.schema.columns import above, columns, copied
from analyzer.schema.fields import Declared
from analyzer.schema.given import Asked
from analyzer.schema.keywords import as_written, extra_of, options_of, pascal_case, unchosen
from analyzer.schema.models import MODEL, Candidate, Registry
from analyzer.schema.parts import parts_of
from analyzer.schema.requests import Request, Requests, given, value_of
from analyzer.schema.values import Unknown
from analyzer.source.facts import Assign, Call, ClassDef, Expr, Items, Literal, Op, Ref
from analyzer.source.modules import Module
from analyzer.source.values import Named, Sequence, Table, Undecided, Value

AFTER_CLASS = ("decorator", "call")
"""Ways of asking that come when the class is made already, and all that was added to it."""


class Naming(Struct, frozen=True):
    """How a made model is called and where it belongs."""

    name: str
    app_label: str
    module_name: str


class Factories:
    """Makes the classes that a project asks packages for.

    They are in `registry.made`, `waiting` what asked for each; `unknown` is what cannot be made,
    `carried` the keys of classes that functions make which are known to run.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.classes = registry.classes
        self.requests = Requests(registry)
        self.unknown: list[Unknown] = []
        self.carried: set[str] = set()
        self.waiting: list[tuple[Request, Class]] = []
        self._bases: dict[tuple[str, str, int], Class | None] = {}
        self.classes.made_base = self.base
        self.classes.through_of = self.requests.throughs.of

    def make(self, asked: Iterable[Asked] = ()) -> None:
        """Make every class that is asked for, with its fields; `asked` are calls in functions."""
        for request in [*self.requests.all(), *self.requests.within(asked)]:
            cls = self._class(request)
            if cls is not None:
                if request.carried:
                    self.carried.add(cls.key)
                self.waiting.append((request, cls))
                self._make_through(request, cls)
        for request, cls in self.waiting:
            self._fill(request, cls)

    def base(self, call: Call, module: Module) -> Class | None:
        """The class that a call makes which stands as a base class."""
        key = (module.path or module.name, str(call.func), call.line)
        if key not in self._bases:
            chosen = self.known(CALLED_BASES.get(self.requests.path(call, module), ""))
            self._bases[key] = chosen if isinstance(chosen, Class) else None
            request = self.requests.of_call(call, module)
            if request is not None and request.recipe.abstract:
                cls = self._bases[key] = self._class(request)
                if cls is not None:
                    self.waiting.append((request, cls))
        return self._bases[key]

    def external(self) -> list[Candidate]:
        """The models made for those of installed packages, which belong to the packages' apps."""
        made = (cls for cls in self.registry.made.values() if cls is not None and not cls.module.own)
        return [found for cls in made if (found := self.registry.candidate(cls)) is not None]

    def _make_through(self, request: Request, cls: Class) -> None:
        """The models made for the through models of the fields that the request names."""
        made = self.registry.candidate(cls)
        names, why = self._through_names(request)
        if made is None or request.recipe.through is None:
            return
        if why:
            self.unknown.append(Unknown(request.module.path, request.line, made.label, why))
        for name in names:
            through = self.requests.throughs.of(request.model, name)
            if through is None:
                why = f"the through model of `{name}` is not known"
                self.unknown.append(Unknown(request.module.path, request.line, made.label, why))
                continue
            inner = replace(request, recipe=request.recipe.through, model=through, beside=made.label)
            history = self._class(inner)
            if history is not None:
                self.waiting.append((inner, history))

    def _through_names(self, request: Request) -> tuple[list[str], str]:
        """The fields that are named by themselves, as in a class body, or by their names."""
        by = request.recipe.through_by
        said = given(self.classes, request, by) if by else None
        attribute = self.classes.lookup(request.model, f"_history_{by}") if by else None
        written = [said, attribute[1].value if attribute and isinstance(attribute[1], Assign) else None]
        names: list[str] = []
        for expr in written:
            items = expr.items if isinstance(expr, Items) else () if expr is None else (expr,)
            for item in items:
                match item:
                    case Ref(name) if "." not in name:
                        names.append(name)
                    case Literal(str() as name):
                        names.append(name)
                    case _:
                        return names, f"its argument `{by}` is not followed"
        return list(dict.fromkeys(names)), ""

    # ------------------------------------------------------------ the class

    def _class(self, request: Request) -> Class | None:
        recipe, model = request.recipe, request.model
        naming, why = self._naming(request)
        if naming is None:
            self.unknown.append(
                Unknown(request.module.path, request.line, f"{model.path} by {recipe.factory}", why)
            )
            return None
        options: dict[str, Value] = {"app_label": naming.app_label, **self._options(request, naming.name)}
        cls = self.build(naming, options, self._bases_of(request), request.module, request.line)
        if request.perhaps:
            self.registry.perhaps[cls.key] = request.perhaps
        if recipe.exact:
            self.registry.exact[cls.key] = recipe.factory
        return cls

    def build(
        self,
        naming: Naming,
        options: dict[str, Value],
        bases: tuple[Ancestor, ...],
        module: Module,
        line: int,
    ) -> Class:
        """A class that stands nowhere in the source, with known bases and Meta options, if any."""
        home = self._home(naming, module)
        meta = tuple(
            Assign((Ref(name),), "=", as_written(value, home), line) for name, value in options.items()
        )
        body = (ClassDef("Meta", (), (), (), meta, line),) if meta else ()
        cls = Class(home, naming.name, ClassDef(naming.name, (), (), (), body, line))
        force_setattr(cls, "path", f"{naming.module_name}.{naming.name}")
        self.classes.set_bases(cls, bases)
        self.registry.made[cls.key] = cls
        return cls

    def _home(self, naming: Naming, module: Module) -> Module:
        """The module where the class is asked for, or an installed package's where it belongs to that."""
        app = next((app for app in self.registry.apps.apps if app.label == naming.app_label), None)
        if app is None or app.own:
            return module
        return self.classes.names.modules.find(naming.module_name) or module

    def _bases_of(self, request: Request) -> tuple[Ancestor, ...]:
        recipe = request.recipe
        default = self.known(recipe.base)
        named = self._named_bases(request)
        gaps = [Gap(recipe.factory, why) for why in self._gaps(request)]
        if recipe.mixed:
            found: list[Ancestor] = [default] if isinstance(default, Class) else []
            found += named or [self._model()]
        else:
            found = list(named) or ([default] if isinstance(default, Class) else [self._model(), default])
        return (*found, *gaps)

    def _named_bases(self, request: Request) -> list[Ancestor]:
        recipe = request.recipe
        value = value_of(self.classes, request, recipe.based_by) if recipe.based_by else None
        if value is None and recipe.base_setting:
            value = self.classes.evaluator.settings.get(recipe.base_setting)
        items = value.items if isinstance(value, Sequence) else () if value is None else (value,)
        return [self._base_class(item, recipe) for item in items]

    def _base_class(self, value: Value, recipe: Recipe) -> Ancestor:
        if isinstance(value, str):
            return self.known(value)
        cls = self.classes.of_binding(value.binding) if isinstance(value, Named) else None
        return cls or Gap(recipe.factory, f"a base class given to {recipe.factory} is not known")

    def known(self, path: str) -> Ancestor:
        """A class by its dotted path, or the gap that it leaves."""
        module, _, name = path.rpartition(".")
        found = self.classes.names.modules.find(module) if module else None
        cls = self.classes.of_binding(self.classes.names.member(found, name)) if found is not None else None
        return cls or Gap(path, f"the source of {path} is not known")

    def _model(self) -> Ancestor:
        return self.known(MODEL)

    def _gaps(self, request: Request) -> list[str]:
        """What of a request is not followed, in words."""
        recipe = request.recipe
        said = {
            recipe.named_by, recipe.app_by, recipe.module_by, recipe.table_by, recipe.meta_by,
            recipe.based_by, recipe.inherits, recipe.through_by, *recipe.harmless, *recipe.positions,
            *(part.argument for part in recipe.parts), *(part.needs for part in recipe.parts),
        }  # fmt: skip
        if recipe.copying is not None:
            said |= {recipe.copying.only, recipe.copying.without}
        if recipe.abstract:
            said.add("abstract")
        out = [why for why in (request.why, request.perhaps) if why]
        out += unchosen(self.registry, request)
        for name, expr in request.made.call.kwargs:
            if name == "**":
                value = self.classes.evaluator.evaluate(expr, request.made.module)
                decided = isinstance(value, Table) and value.complete
                names = {str(key) for key, _ in value.pairs} if isinstance(value, Table) else set()
                if not decided or (not recipe.fields_by and not names <= said):
                    out.append("its keywords are not decided")
            elif name not in said and not recipe.fields_by:
                out.append(f"its argument `{name}` is not followed")
        return out

    # ------------------------------------------------------------ its name and options

    def _naming(self, request: Request) -> tuple[Naming | None, str]:
        recipe, model = request.recipe, request.model
        name = self._name(request)
        app = self._app(request)
        if name is None or not name.isidentifier():
            return None, "the name of the model that it makes is not decided"
        if not app:
            return None, "the app of the model that it makes is not decided"
        if recipe.place == "models":
            package = next((a.name for a in self.registry.apps.apps if a.label == app), model.module.name)
            return Naming(name, app, f"{package}.models"), ""
        if recipe.place == "elsewhere" and not request.inherited:
            return Naming(name, app, self._elsewhere(request)), ""
        return Naming(name, app, model.module.name), ""

    def _elsewhere(self, request: Request) -> str:
        """The module that django-simple-history writes into the class (`create_history_model`)."""
        own, candidate = request.model.module.name, self.registry.candidate(request.model)
        said = value_of(self.classes, request, request.recipe.module_by) if request.recipe.module_by else None
        if isinstance(said, str):
            return f"{said}.models" if f"{said}.models" != own or candidate is None else own
        if candidate is None or candidate.app is None or f"{candidate.app_label}.models" == own:
            return own
        return candidate.app.name

    def _app(self, request: Request) -> str:
        recipe = request.recipe
        for argument in (recipe.app_by, recipe.module_by):
            said = value_of(self.classes, request, argument) if argument else None
            if isinstance(said, str):
                package = next((a for a in self.registry.apps.apps if said in (a.label, a.name)), None)
                return package.label if package is not None else said.rpartition(".")[2]
            if said is not None:
                return ""
        candidate = self.registry.candidate(request.model)
        if candidate is not None:
            return candidate.app_label
        app = self.registry.apps.containing(request.model.module.name)
        return app.label if app is not None else ""

    def _name(self, request: Request) -> str | None:
        recipe, model = request.recipe, request.model.qualname.rpartition(".")[2]
        said = self._said_name(request, model)
        if said is not None:
            return said if isinstance(said, str) else None
        owner = ""
        if recipe.owner:
            made = request.owner
            value = self.classes.evaluator.argument(made, recipe.owner, 0) if made is not None else None
            if not isinstance(value, str):
                return None
            owner = value.title()
        fields = value_of(self.classes, request, "fields") if "{fields}" in recipe.name else None
        if fields is not None and not isinstance(fields, Sequence):
            return None
        words = fields.items if isinstance(fields, Sequence) else ()
        bases = [base for base in self._bases_of(request) if isinstance(base, Class)]
        base = bases[0].qualname.lower() if bases and bases[0].path != MODEL else recipe.base.lower()
        name = recipe.name.format(
            model=model,
            owner=owner,
            fields="".join(f"_{word}" for word in words),
            base=base.rpartition(".")[2],
        )
        return pascal_case(name) if recipe.pascal else name

    def _said_name(self, request: Request, model: str) -> Value:
        """The name that an argument gives: a text, or a function of the other model's name."""
        recipe = request.recipe
        expr = given(self.classes, request, recipe.named_by) if recipe.named_by else None
        if expr is None:
            return value_of(self.classes, request, recipe.named_by) if recipe.named_by else None
        match expr:
            case Op("lambda", (_, body, *_)):
                parameter = _first_parameter(expr)
                return self.classes.evaluator.evaluate(body, request.made.module, {parameter: model})
            case _:
                value = value_of(self.classes, request, recipe.named_by)
        if isinstance(value, Named):
            call = Call(expr, (Literal(model),), (), request.line)
            return self.classes.evaluator.evaluate(call, request.made.module)
        return value

    def _options(self, request: Request, made: str) -> dict[str, Value]:
        recipe, out = request.recipe, dict[str, Value]()
        candidate = self.registry.candidate(request.model)
        if recipe.table and candidate is not None:
            concrete = self.registry.concrete(candidate)
            table = concrete.db_table or f"{concrete.app_label}_{concrete.name.lower()}"
            out["db_table"] = recipe.table.format(table=table)
            out["managed"] = candidate.managed
        if recipe.abstract:
            out["abstract"] = value_of(self.classes, request, "abstract") is not False
        if recipe.table_by and not request.inherited:
            out["db_table"] = value_of(self.classes, request, recipe.table_by)
        meta = value_of(self.classes, request, recipe.meta_by) if recipe.meta_by else None
        if isinstance(meta, Table):
            out.update((str(key), value) for key, value in meta.pairs)
        out.update((name, Undecided(f"{name}, to which {recipe.factory} adds")) for name in recipe.unread)
        known = options_of(self.registry, request, made)
        return {**known, **{name: value for name, value in out.items() if value is not None}}

    # ------------------------------------------------------------ its fields

    def _fill(self, request: Request, cls: Class) -> None:
        fields: dict[str, Declared] = {}
        recipe, source = request.recipe, self.registry.candidate(request.model)
        if recipe.copying is not None and source is not None:
            fields.update(self._copies(request, source))
        if recipe.fields_by:
            for name, expr in self._unknown_keywords(request):
                declared = self.registry.fields.field(name, expr, request.model, request.line)
                if declared is not None:
                    fields[name] = declared
        fields.update(parts_of(self.registry, request, self._mixed(request)))
        self.registry.added[cls.key] = fields

    def _unknown_keywords(self, request: Request) -> list[tuple[str, Expr]]:
        recipe = request.recipe
        return [
            (name, expr)
            for name, expr in request.made.call.kwargs
            if name not in ("**", recipe.meta_by, *recipe.positions)
        ]

    def _copies(self, request: Request, source: Candidate) -> dict[str, Declared]:
        copying = request.recipe.copying
        if copying is None:
            return {}
        before = request.line if request.recipe.way in AFTER_CLASS else None
        concrete = self.registry.concrete(source)
        found: dict[str, Declared] = {}
        for model in (*(reversed(above(self.registry, concrete)) if copying.parents else ()), concrete):
            found.update(self.copies(request, model, columns(self.registry, model, before)))
        return found

    def copies(
        self, request: Request, model: Candidate, fields: Mapping[str, Declared]
    ) -> dict[str, Declared]:
        """Fields of a model as what is asked for has them; without those that it leaves out."""
        copying = request.recipe.copying
        if copying is None:
            return {}
        extra = extra_of(self.registry, request, copying)
        found = {n: copied(self.registry, model, field, copying, extra) for n, field in fields.items()}
        only = value_of(self.classes, request, copying.only) if copying.only else None
        without = value_of(self.classes, request, copying.without) if copying.without else None
        if isinstance(only, Sequence):
            return {name: field for name, field in found.items() if name in only.items}
        left_out = without.items if isinstance(without, Sequence) else ()
        return {name: field for name, field in found.items() if name not in left_out}

    def _mixed(self, request: Request) -> str:
        """Why it is not known what requests take from a setting's object that they all share."""
        others = (value_of(self.classes, other, "fields") for other, _ in self.waiting)
        return "" if all(value is None for value in others) else "requests with and without fields share it"


def _first_parameter(expr: Op) -> str:
    match expr.args:
        case (parameters, *_):
            first = getattr(parameters, "items", ())
            return str(first[0].value) if first and isinstance(first[0], Literal) else ""
        case _:
            return ""
