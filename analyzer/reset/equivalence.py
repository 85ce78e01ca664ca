"""Whether two sets of migrations add up to the same schema: every difference, with both places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from analyzer.history.drift.sides import targets
from analyzer.states.comparison import MISSING, Deconstructed, unlike_arguments
from analyzer.states.deconstruct import Deconstructor
from analyzer.states.indexes import name_of, normal
from analyzer.states.managers import OBJECTS, PLAIN
from analyzer.states.options import TOGETHER, together
from analyzer.states.sameness import same
from analyzer.states.tables import NOT_IN_TABLES
from analyzer.states.values import (
    EXISTENCE,
    Built,
    Doubt,
    FieldState,
    Form,
    Listing,
    ModelKey,
    ModelState,
    Name,
    ProjectState,
    Unsure,
    reason,
)

Kind = Literal["schema", "python", "order", "undecided"]
KINDS: tuple[Kind, ...] = ("schema", "undecided", "python", "order")
"""In the order in which a reader must care.

`schema`: the two databases differ.  `undecided`: they may.  `python`: only what Django does without the
database differs, such as a help text.  `order`: the same things in another order.
"""

NOWHERE = ("", 0)
ON_DELETE = "on_delete"
Place = tuple[str, int]

OPTIONS_IN_DATABASE = frozenset(
    {"db_table", "db_table_comment", "db_tablespace", "managed", "order_with_respect_to", "proxy"}
)
LISTED = {"indexes": "index", "constraints": "constraint"}
IGNORED = frozenset({*LISTED, *TOGETHER, "db_table", "abstract", "auto_created"})


class StateDifference(Struct, frozen=True, order=True):
    """One thing that the two sides say differently.

    `model` is a label, `part` what of it: "model", "field title", "option ordering", "index blog_title_idx".
    `old` and `new` are where each side says it, or an empty file where it says nothing.
    """

    app: str
    model: str
    part: str
    kind: Kind
    why: str
    old: Place
    new: Place


class Side(Struct, frozen=True):
    """One set of migrations: its final state, and how its fields are taken apart."""

    state: ProjectState
    deconstructor: Deconstructor


def state_differences(old: Side, new: Side, apps: Collection[str]) -> tuple[StateDifference, ...]:
    """Everything that the final states of some apps say differently, sorted by model."""
    return tuple(sorted(set(_Comparison(old, new).run(apps))))


class _Comparison:
    def __init__(self, old: Side, new: Side) -> None:
        self.old, self.new = old, new

    def run(self, apps: Collection[str]) -> Iterator[StateDifference]:
        keys = {key for side in (self.old, self.new) for key in side.state.models if key[0] in apps}
        for key in sorted(keys):
            one, other = self.old.state.models.get(key), self.new.state.models.get(key)
            doubt = _doubt(self.old.state, key) or _doubt(self.new.state, key)
            found = list(self._model(one, other))
            yield from (_doubted(difference, doubt) for difference in found)
            if doubt and not any(difference.part == "model" for difference in found):
                yield _difference(one, other, "model", "undecided", doubt)
        yield from self._doubted_apps(apps)

    def _doubted_apps(self, apps: Collection[str]) -> Iterator[StateDifference]:
        for state, is_old in ((self.old.state, True), (self.new.state, False)):
            for doubt in state.doubts:
                if doubt.app in apps and not doubt.model:
                    place = (doubt.file, doubt.line)
                    places = (place, NOWHERE) if is_old else (NOWHERE, place)
                    yield StateDifference(doubt.app, "", "app", "undecided", doubt.why, *places)

    def _model(self, one: ModelState | None, other: ModelState | None) -> Iterator[StateDifference]:
        if one is None or other is None:
            where = "new" if one is None else "old"
            yield _difference(one, other, "model", "schema", f"only the {where} migrations have it")
            return
        if one.name != other.name:
            said = f"name: old {one.name}, new {other.name}"
            yield _difference(one, other, "model", "python", said)
        yield from self._fields(one, other)
        yield from _options(one, other)
        yield from _bases(one, other)
        yield from _managers(one, other)

    # ------------------------------------------------------------ fields

    def _fields(self, one: ModelState, other: ModelState) -> Iterator[StateDifference]:
        for name in sorted({*one.fields, *other.fields}):
            first, second = one.fields.get(name), other.fields.get(name)
            doubt = _field_doubt(self.old.state, one.key, name) or _field_doubt(self.new.state, one.key, name)
            if first is None or second is None:
                where = "new" if first is None else "old"
                places = (_place(first, one), _place(second, other))
                said = f"only the {where} migrations have it"
                yield _doubted(_at(one, f"field {name}", "schema", said, *places), doubt)
            else:
                for difference in self._field(one, first, second):
                    yield _doubted(difference, doubt)
        kept = [name for name in one.fields if name in other.fields]
        if kept != [name for name in other.fields if name in one.fields]:
            yield _difference(one, other, "fields", "order", "the columns are in another order")

    def _field(self, model: ModelState, one: FieldState, other: FieldState) -> Iterator[StateDifference]:
        first = self.old.deconstructor.arguments(one)
        second = self.new.deconstructor.arguments(other)
        part, places = f"field {one.name}", ((one.file, one.line), (other.file, other.line))
        why = first.why or second.why
        unlike = unlike_arguments(first, second)
        changed, open_ = unlike.differs, unlike.open
        if first.path != second.path:
            said = f"class: old {first.path}, new {second.path}"
            yield _at(model, part, "undecided" if why else "schema", said, *places)
            return
        if changed and why:
            yield _at(model, part, "undecided", f"{', '.join(changed)}: {why}", *places)
            return
        in_schema = [name for name in changed if not _is_python(name, first, second)]
        if in_schema:
            yield _at(model, part, "schema", _said(in_schema, first, second), *places)
        in_python = [name for name in changed if name not in in_schema]
        if in_python:
            yield _at(model, part, "python", _said(in_python, first, second), *places)
        for name, said in open_:
            kind: Kind = "python" if _is_python(name, first, second) else "undecided"
            yield _at(model, part, kind, f"{name}: {said or 'source does not decide it'}", *places)
        if targets(one) != targets(other) and not changed and not open_:
            said = (
                f"refers to {_names(targets(one))} on the old side, {_names(targets(other))} on the new one"
            )
            yield _at(model, part, "schema", said, *places)


def _is_python(name: str, *fields: Deconstructed) -> bool:
    """Whether only Python sees an argument; of a class that is not Django's, nobody knows."""
    if name in ("help_text", "verbose_name"):
        return True
    if not all(field.path.startswith("django.") for field in fields):
        return False
    return name in NOT_IN_TABLES or (name == ON_DELETE and not any(map(_deletes_in_database, fields)))


def _deletes_in_database(field: Deconstructed) -> bool:
    """Whether `on_delete` is, or may be, one that the database carries out (`DB_CASCADE` and its like)."""
    rule = field.arguments.get(ON_DELETE)
    path = rule.path if isinstance(rule, Name | Built) else ""
    return not path or path.rpartition(".")[2].startswith("DB_")


def _said(names: Iterable[str], one: Deconstructed, other: Deconstructed) -> str:
    return "; ".join(
        f"{name}: old {_shown(one.arguments, name)}, new {_shown(other.arguments, name)}" for name in names
    )


def _shown(arguments: Mapping[str, Form], name: str) -> str:
    value = arguments.get(name, MISSING)
    if value == MISSING:
        return "not given"
    plain = isinstance(value, (str, int, float, bool)) or value is None
    return repr(value) if plain else "something else"


def _names(keys: Iterable[ModelKey]) -> str:
    return ", ".join(".".join(key) for key in keys) or "nothing"


# ---------------------------------------------------------------- options


def _options(one: ModelState, other: ModelState) -> Iterator[StateDifference]:
    if (table := _table(one)) != (new_table := _table(other)):
        kind: Kind = "undecided" if isinstance(table, Unsure) or isinstance(new_table, Unsure) else "schema"
        said = f"old {table}, new {new_table}" if kind == "schema" else "source does not decide it"
        yield _difference(one, other, "table", kind, said)
    for name in TOGETHER:
        empty = Listing("set", ())
        first, second = (together(model.options.get(name, empty)) for model in (one, other))
        yield from _option(one, other, name, first, second, True)
    for name in sorted({*one.options, *other.options} - IGNORED):
        first, second = one.options.get(name), other.options.get(name)
        yield from _option(one, other, name, first, second, name in OPTIONS_IN_DATABASE)
    for name, word in LISTED.items():
        yield from _listed(one, other, name, word)


def _option(
    one: ModelState, other: ModelState, name: str, first: Form, second: Form, in_database: bool
) -> Iterator[StateDifference]:
    answer = same(first, second)
    if answer is False:
        kind: Kind = "schema" if in_database else "python"
        yield _difference(one, other, f"option {name}", kind, "the two sides say different things")
    elif answer is None:
        said = reason(first) or reason(second) or "source does not decide it"
        yield _difference(one, other, f"option {name}", "undecided" if in_database else "python", said)


def _table(model: ModelState) -> Form:
    """The table's name; unnamed it is made of app and model (`Options.contribute_to_class`)."""
    return model.options.get("db_table") or f"{model.app}_{model.name.lower()}"


def _listed(one: ModelState, other: ModelState, option: str, word: str) -> Iterator[StateDifference]:
    """Indexes or constraints that only one side has."""
    empty = Listing("list", ())
    forms = [model.options.get(option, empty) for model in (one, other)]
    open_ = next((form for form in forms if not isinstance(form, Listing)), None)
    if open_ is not None:
        yield _difference(one, other, option, "undecided", reason(open_) or "is no list")
        return
    first, second = ([normal(item) for item in form.items] for form in forms if isinstance(form, Listing))
    for items, others, where in ((first, second, "old"), (second, first, "new")):
        for item in items:
            answers = [same(item, candidate) for candidate in others]
            if True in answers:
                continue
            name = name_of(item)
            kind: Kind = "undecided" if None in answers or name is None else "schema"
            alike = any(name is not None and name_of(candidate) == name for candidate in others)
            said = "is another one on the other side" if alike else f"only the {where} migrations have it"
            yield _difference(one, other, f"{word} {name or '?'}", kind, said)


def _bases(one: ModelState, other: ModelState) -> Iterator[StateDifference]:
    """A parent model is a table of its own; other bases are Python's alone."""
    parents = [{b.lower() for b in model.bases if b.count(".") == 1} for model in (one, other)]
    parents = [{base for base in found if base != "models.model"} for found in parents]
    if parents[0] != parents[1]:
        yield _difference(one, other, "bases", "schema", "another parent model")
    elif one.bases != other.bases:
        yield _difference(one, other, "bases", "python", "other base classes, none of them a model")


def _managers(one: ModelState, other: ModelState) -> Iterator[StateDifference]:
    first, second = (
        tuple(pair for pair in model.managers if pair != (OBJECTS, PLAIN)) for model in (one, other)
    )
    if first != second:
        yield _difference(one, other, "managers", "python", "other managers for historical models")


# ---------------------------------------------------------------- doubts and places


def _doubt(state: ProjectState, key: ModelKey) -> str:
    """Why a model as a whole is not decided."""
    found = (d for d in state.doubts if (d.app, d.model) == key and d.field in ("", EXISTENCE))
    return next((doubt.why for doubt in found), "") or _why(state.models.get(key))


def _why(model: ModelState | None) -> str:
    return model.why if model is not None else ""


def _field_doubt(state: ProjectState, key: ModelKey, name: str) -> str:
    return next((d.why for d in state.doubts if _is_about(d, key, name)), "")


def _is_about(doubt: Doubt, key: ModelKey, name: str) -> bool:
    return (doubt.app, doubt.model, doubt.field) == (*key, name)


def _doubted(difference: StateDifference, doubt: str) -> StateDifference:
    if not doubt or difference.kind != "schema":
        return difference
    return replace(difference, kind="undecided", why=f"{difference.why}, but {doubt}")


def _difference(
    one: ModelState | None, other: ModelState | None, part: str, kind: Kind, why: str
) -> StateDifference:
    known = next(model for model in (one, other) if model is not None)
    return _at(known, part, kind, why, _place(one, None), _place(other, None))


def _at(model: ModelState, part: str, kind: Kind, why: str, old: Place, new: Place) -> StateDifference:
    return StateDifference(model.app, model.label, part, kind, why, old, new)


def _place(what: ModelState | FieldState | None, otherwise: ModelState | None) -> Place:
    found = what or otherwise
    return (found.file, found.line) if found is not None else NOWHERE
