"""Fields taken apart: what a migration would be written with, and how two fields differ.

Follows django.db.models.fields.Field.deconstruct and its overrides, and what
MigrationAutodetector.generate_altered_fields makes of the two sides.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from analyzer.schema.classes import Ancestry, Class
from analyzer.schema.enumerations import OBJECTS, Enumerations
from analyzer.schema.fields import Declared, Fields
from analyzer.source.facts import Expr, FuncDef
from analyzer.source.values import Made, Maybe, Named, Sequence, Table, Undecided, Value, identity
from analyzer.states.blocks.known import STREAM_FIELDS
from analyzer.states.comparison import MISSING, Comparison, Deconstructed, unlike_arguments
from analyzer.states.construct import ARGUMENTS, Field, Parts
from analyzer.states.copies import carried_out
from analyzer.states.forms import Former
from analyzer.states.habits import Habits
from analyzer.states.normal import as_value, plain_lists, tidied
from analyzer.states.objects import short
from analyzer.states.patched import Patching
from analyzer.states.plain import LABELS, Plan, follow, plan
from analyzer.states.sameness import same
from analyzer.states.values import Absent, Built, FieldState, Form, Name, Unsure

if TYPE_CHECKING:
    from analyzer.states.blocks.reading import Blocks

NO_ARGUMENTS = Sequence("tuple", ())
CASCADE = Name("django.db.models.deletion.CASCADE")


class Deconstructor:
    """Takes fields apart.

    `primary_key` names the primary key of a model by its label, None where it is not known; `habits`
    are what the project never writes; `label` tells the model that a class is.
    """

    def __init__(
        self,
        fields: Fields,
        primary_key: Callable[[str], str | None] = lambda label: None,
        habits: Habits = Habits(),  # noqa: B008 - a frozen value
        label: Callable[[Class], str | None] = lambda cls: None,
    ) -> None:
        self.label = label
        self.habits = habits
        self.patch = Patching(habits.patch) if habits.patch is not None else None
        usual = Habits(options=habits.options, doubt=habits.doubt)
        self._usual = Deconstructor(fields, primary_key, usual, label) if self.patch is not None else None
        self.classes = fields.classes
        self.fields = fields
        self.evaluator = fields.classes.evaluator
        self.former = Former(self.evaluator)
        self.former.field = self.inner
        self.enumerations = Enumerations(fields.classes)
        self.primary_key = primary_key
        self._blocks: Blocks | None = None
        self._plans: dict[str, Plan | None] = {}
        # The states of several versions of Django share nearly all of their fields.
        self._compared: dict[tuple[int, int, bool], tuple[FieldState, FieldState, Comparison]] = {}
        self._known: dict[object, tuple[Declared, Deconstructed]] = {}
        self._alike: dict[object, tuple[Field, Parts]] = {}
        self._clones: dict[object, Parts] = {}
        self._expressions: dict[int, tuple[Value, Expr, Made]] = {}

    # ------------------------------------------------------------ one field

    def arguments(self, state: FieldState, cloned: bool = False) -> Deconstructed:
        """What `deconstruct` of a field returns.

        A field of a model is `cloned` into its state: constructed once more from what it was taken
        apart into (django.db.migrations.state.ModelState.from_model).
        """
        key = (id(state.declared), state.target, state.through, state.why, state.changed, cloned)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = (state.declared, self._arguments(state, cloned))
        return known[1]

    def _arguments(self, state: FieldState, cloned: bool) -> Deconstructed:
        own = state.declared.copy is not None or self.patch is not None
        plain = None if own else self._followed(state)
        if plain is not None:
            return plain
        found = self._parts(state, cloned)
        if isinstance(found, str):
            why = found or "its class is not known"
            written = self._written(state) if state.declared.copy is None else {"?": Unsure(why)}
            return Deconstructed(state.declared.field.path, written, why)
        related = state.declared.field.kind is not None
        arguments = {
            name: self._label(value) if name in LABELS and not related else self._form(name, value)
            for name, value in found.kwargs.items()
        }
        self._expressions.clear()
        arguments = self._with_blocks(state, arguments, found.why)
        why = found.why or state.declared.field.why
        return Deconstructed(found.path, self._related(state, tidied(arguments)), why)

    def _with_blocks(self, state: FieldState, arguments: dict[str, Form], why: str) -> dict[str, Form]:
        """The arguments of a stream field with its blocks (wagtail.fields.StreamField.deconstruct)."""
        cls = state.declared.field.cls
        if cls is None or STREAM_FIELDS.isdisjoint(self.classes.ancestry(cls).paths):
            return arguments
        if self._blocks is None:
            from analyzer.states.blocks.reading import Blocks

            self._blocks = Blocks(self.classes, self.label)
        return self._blocks.arguments(self._object(state.declared), arguments, why)

    def _parts(self, state: FieldState, cloned: bool) -> Parts | str:
        """What the field object tells of itself; else why it cannot be made.

        Calls of one class with the same arguments come to the same.
        """
        declared = state.declared
        call = self._call(declared) if declared.copy is None and self.patch is None else None
        key = (call, state.changed)
        known = self._alike.get(key) if call is not None else None
        if known is None:
            field = self._object(declared)
            if field is None or field.why:
                return field.why if field is not None else declared.field.why
            for name, form in state.changed:
                if isinstance(form, Absent):
                    field.remove(name)
                else:
                    field.set(name, as_value(form))
            field.patch = self.patch
            known = field, field.deconstruct()
            if call is not None:
                self._alike[key] = known
        field, found = known
        return self._clone(field, found) if cloned and not found.why and field.has_own_code() else found

    def _call(self, declared: Declared) -> object | None:
        """What tells a call from those that make another field; None where its arguments are not decided."""
        made, cls = declared.made, declared.field.cls
        if cls is None:
            return None
        args, named = self.evaluator.arguments(made.call, made.module, dict(made.local))
        first, second = identity(args), identity(named)
        return None if first is None or second is None else (cls.key, first, second)

    def _object(self, declared: Declared) -> Field | None:
        """The field object as its model gets it."""
        if declared.copy is None:
            return self._constructed(declared.made, declared.field.cls)
        field = self._object(declared.copy.of)
        for step in declared.copy.steps if field is not None else ():
            field = carried_out(field, step, self._ancestry) if field is not None else None
        if field is not None and declared.copy.why:
            field.fail(declared.copy.why)
        return field

    def _ancestry(self, path: str) -> Ancestry | None:
        """The class of a dotted path with its ancestors, if its source is known."""
        cls = self.classes.at(path)
        return self.classes.ancestry(cls) if cls is not None else None

    def _followed(self, state: FieldState) -> Deconstructed | None:
        """What comes out of a field whose class has no code of its own; None for others."""
        cls, made = state.declared.field.cls, state.declared.made
        found = self._plan(cls) if cls is not None else None
        related = state.declared.field.kind is not None
        given = partial(self._given, made, related)
        arguments = follow(found, made.call, state, given) if found is not None else None
        if found is None or arguments is None:
            return None
        return Deconstructed(found.path, self._related(state, tidied(arguments)), state.declared.field.why)

    def _plan(self, cls: Class) -> Plan | None:
        if cls.key not in self._plans:
            self._plans[cls.key] = plan(self.classes.ancestry(cls), self._method)
        return self._plans[cls.key]

    def _given(self, made: Made, related: bool, name: str, expr: Expr) -> Form:
        """The form of an argument as written; a model that one names as its label.

        Those of a relation come from where it was resolved.
        """
        env = dict(made.local)
        if name in LABELS:
            return "?" if related else self._label(self.evaluator.evaluate(expr, made.module, env))
        if name != "choices":
            return self.former.expression(expr, made.module, env)
        value = self.evaluator.evaluate(expr, made.module, env)
        if isinstance(value, (Named, Made)):
            return self._choices(value)
        return plain_lists(self.former.expression(expr, made.module, env))

    def _label(self, value: Value) -> Form:
        cls = self.classes.of_binding(value.binding) if isinstance(value, Named) else None
        label = self.label(cls) if cls is not None else value
        if isinstance(label, str) and "." in label:
            return label.lower()
        return Unsure("the model it names is not decided")

    def _clone(self, field: Field, parts: Parts) -> Parts:
        given = dict(parts.kwargs)
        args = given.pop(ARGUMENTS, None)
        args, named = args if isinstance(args, Sequence) else NO_ARGUMENTS, Table(tuple(given.items()))
        key = (id(field.ancestry), identity(args), identity(named))
        if key in self._clones:
            return self._clones[key]
        again = field.another()
        again.patch = self.patch
        again.construct(args, named)
        found = again.deconstruct()
        if self.patch is None and None not in key:
            self._clones[key] = found
        return found

    def inner(self, made: Made) -> Built | None:
        """The form of a field that is an argument of another (`base_field`)."""
        found = self.fields.field_class(made) if _may_be_field(made.path) else None
        if found is None or found.cls is None:
            return None
        outer, self._expressions = self._expressions, {}
        field = self._constructed(made, found.cls)
        if field is not None:
            field.patch = self.patch
        parts = field.deconstruct() if field is not None else None
        named = {name: self._form(name, value) for name, value in parts.kwargs.items()} if parts else {}
        self._expressions = outer
        if parts is None or parts.why:
            named["?"] = Unsure(parts.why if parts is not None else "its class is not known")
        return Built(parts.path if parts else made.path, (), tuple(sorted(tidied(named).items())))

    def _constructed(self, made: Made, cls: Class | None) -> Field | None:
        if cls is None:
            return None
        field = Field(self.evaluator, self.classes.ancestry(cls), self._method)
        env = dict(made.local)
        args, named = self.evaluator.arguments(made.call, made.module, env)
        self._remember(made, args, named)
        field.construct(args, named)
        return field

    def _method(self, cls: Class, name: str) -> FuncDef | None:
        found = self.classes.attributes(cls).get(name)
        return found if isinstance(found, FuncDef) else None

    def _remember(self, made: Made, args: Sequence, named: Table) -> None:
        """Keep the expressions of values that are not decided: their form may say more."""
        if not made.call.unpacks:
            pairs = zip(args.items, made.call.args, strict=False)
            for value, expr in (*pairs, *((named.get(key), expr) for key, expr in made.call.kwargs)):
                if _is_open(value):
                    self._expressions[id(value)] = (value, expr, made)

    def _form(self, name: str, value: Value) -> Form:
        known = self._expressions.get(id(value))
        if name == "choices":
            return self._choices(value)
        if known is not None:
            return self.former.expression(known[1], known[2].module, dict(known[2].local))
        return self.former.value(value)

    def _choices(self, value: Value) -> Form:
        """Choices as a list of pairs, from an enumeration, a dict or an object that iterates as them."""
        if isinstance(value, Named):
            member = self.enumerations.attribute(value, "choices")
            return plain_lists(self.former.value(member if member is not None else value))
        if isinstance(value, Made) and value.path in OBJECTS:
            rows = self.enumerations.rows(value)
            if rows is None:
                return Unsure("its choices are not decided")
            pairs = tuple(Sequence("tuple", (key, label)) for key, _, label in rows)
            return plain_lists(self.former.value(Sequence("list", pairs)))
        known = self._expressions.get(id(value))
        form = self.former.value(value)
        if known is not None:
            form = self.former.expression(known[1], known[2].module, dict(known[2].local))
        return _iterated(plain_lists(form))

    def _related(self, state: FieldState, arguments: dict[str, Form]) -> dict[str, Form]:
        """The arguments of a relation, its models by their labels."""
        kind = state.declared.field.kind
        if kind is None:
            renamed = {"through": state.through.lower()} if state.through is not None else {}
            return {**arguments, **renamed} if "through" in arguments else arguments
        why = state.why or "its target is not decided"
        arguments["to"] = state.target.lower() if state.target is not None else Unsure(why)
        if kind in ("FK", "O2O"):
            arguments.setdefault("on_delete", CASCADE)
            to_field = arguments.get("to_field")
            if to_field is not None and state.target and to_field == self.primary_key(state.target):
                del arguments["to_field"]
        if "through" in arguments:
            through = state.through if kind == "M2M" or state.through is None else state.through.lower()
            arguments["through"] = Unsure(why) if through is None else through
        return arguments

    def _written(self, state: FieldState) -> dict[str, Form]:
        """The arguments of the call itself, positional ones by their place."""
        made = state.declared.made
        found = self.former.value(made) if state.declared.field.cls is None else Unsure("not constructed")
        if not isinstance(found, Built):
            env = dict(made.local)
            args = {str(i): self.former.expression(a, made.module, env) for i, a in enumerate(made.call.args)}
            return args | {k: self.former.expression(v, made.module, env) for k, v in made.call.kwargs}
        changed = {name: form for name, form in state.changed if not isinstance(form, Absent)}
        gone = {name for name, form in state.changed if isinstance(form, Absent)}
        given = {**{str(i): arg for i, arg in enumerate(found.args)}, **dict(found.kwargs), **changed}
        return {name: form for name, form in given.items() if name not in gone}

    # ------------------------------------------------------------ two fields

    def compare(self, one: FieldState, other: FieldState, rendered: bool = False) -> Comparison:
        """How the field of the migrations (`one`) differs from that of the models (`other`).

        It is `rendered` where models are made of both states, for which fields are cloned.
        """
        key = id(one), id(other), rendered
        known = self._compared.get(key)
        if known is None:
            known = self._compared[key] = (one, other, self._compare(one, other, rendered))
        return known[2]

    def _compare(self, one: FieldState, other: FieldState, rendered: bool) -> Comparison:
        """What a project's own function makes of equals is equal, so that it is asked of others alone."""
        if self._usual is not None and self._usual.compare(one, other, rendered).equal:
            return Comparison((), ())
        first, second = self.arguments(one, cloned=rendered), self.arguments(other, cloned=True)
        unlike = unlike_arguments(first, second)
        differs, open_ = list(unlike.differs), unlike.open
        if first.path != second.path:
            differs.append("class")
        why = first.why or second.why
        if why and (differs or open_):
            return Comparison((), (("class", why),))
        if open_ and not differs:
            made_alike = self._is_made_alike(one, other, second, {name for name, _ in open_})
            if made_alike or self._is_same_call(one, other):
                return Comparison((), ())
        if differs and self.habits.doubt:
            return Comparison((), (*open_, *((name, self.habits.doubt) for name in differs)))
        return Comparison(tuple(differs), tuple(open_))

    def _is_made_alike(
        self, one: FieldState, other: FieldState, known: Deconstructed, worked_out: set[str]
    ) -> bool:
        """Whether two calls of one class hand over the same, as far as it is not what the class gives
        by itself; what that works out from nothing else is then the same, too."""
        if not self._are_plain_calls(one, other):
            return False
        first, second = self._written(one), self._written(other)
        return worked_out.isdisjoint({*first, *second}) and all(
            same(
                first.get(name, known.arguments.get(name, MISSING)),
                second.get(name, known.arguments.get(name, MISSING)),
            )
            for name in {*first, *second}
        )

    def _are_plain_calls(self, one: FieldState, other: FieldState) -> bool:
        """Whether two fields are as calls of the same class make them."""
        for state in (one, other):
            declared = state.declared
            if declared.copy is not None or declared.field.kind is not None or declared.made.call.unpacks:
                return False
        return not one.changed and not other.changed and one.declared.field.path == other.declared.field.path

    def _is_same_call(self, one: FieldState, other: FieldState) -> bool:
        """Whether both are the same call with decided arguments, whatever the class makes of these."""
        if not self._are_plain_calls(one, other):
            return False
        first, second = self._written(one), self._written(other)
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)


def _iterated(choices: Form) -> Form:
    """Choices as Django has them once it has gone through what was given (`Field.choices`)."""
    if isinstance(choices, (Built, Name)):
        return Unsure(f"what {choices.path} gives one by one is not decided")
    return choices


def _is_open(value: Value) -> bool:
    match value:
        case Undecided() | Maybe():
            return True
        case Sequence(items=items, complete=complete):
            return not complete or any(map(_is_open, items))
        case Table(pairs=pairs, complete=complete):
            return not complete or any(_is_open(item) for _, item in pairs)
        case _:
            return False


def _may_be_field(path: str) -> bool:
    return short(path).rpartition(".")[2].endswith("Field")
