"""The blocks of a stream field as its `deconstruct` tells them, from models and from migrations.

Follows wagtail.fields.StreamField: the blocks by name, the options of the outermost left out.  What a
block is, is kept once for all fields (as `block_lookup` of Wagtail 6.2 does within one), so that what
is nested many times over is compared once; older versions write the same as a tree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analyzer.schema.classes import Class, Classes, Gap
from analyzer.source.facts import Expr
from analyzer.source.values import (
    Made,
    Maybe,
    Named,
    Sequence,
    Table,
    Undecided,
    Value,
    identity,
)
from analyzer.states.blocks.children import Children
from analyzer.states.blocks.construct import Construction, pairs
from analyzer.states.blocks.kinds import Kinds, is_named
from analyzer.states.blocks.known import (
    PLAIN,
    STREAM_BLOCK,
    STREAM_FIELDS,
    Rule,
    canonical,
)
from analyzer.states.construct import ARGUMENTS, Field
from analyzer.states.forms import Former
from analyzer.states.unread import unread
from analyzer.states.values import (
    PERHAPS,
    Built,
    Definitions,
    Dictionary,
    Form,
    Listing,
    Name,
    Reference,
    Unsure,
    reason,
)

MAX_BLOCKS = 20_000
"""Blocks that are looked at for one field."""

MAX_NESTED = 20
TYPES, LOOKUP = "block_types", "block_lookup"
CHILD = "child_block"
NO_ARGUMENTS = (Sequence("tuple", ()), Table(()))


class Lookup:
    """The blocks of a migration by their numbers (wagtail.blocks.definition_lookup)."""

    def __init__(self, table: Table) -> None:
        self.table = dict(table.pairs)
        self.known: dict[int, Form] = {}


class Blocks:
    """Takes blocks apart; `label` tells the model that a class is."""

    def __init__(self, classes: Classes, label: Callable[[Class], str | None]) -> None:
        self.classes = classes
        self.evaluator = classes.evaluator
        self.label = label
        self.kinds = Kinds(classes)
        self.definitions = Definitions()
        self.children = Children(classes, self.kinds.makes_block)
        self.former = Former(self.evaluator)
        self.former.field = self._block
        self._known: dict[object, Form] = {}
        self._expressions: dict[int, tuple[Value, Expr, Made]] = {}
        self._left = MAX_BLOCKS
        self._depth = 0

    def arguments(self, field: Field | None, arguments: Mapping[str, Form], why: str) -> dict[str, Form]:
        """The arguments of a stream field, its blocks among them by name; `why` says what is not followed."""
        own = _own_way(field) if field is not None else ""
        if own:
            return _as_told(arguments, own, why)
        handed = field.handed if field is not None else {}
        given = next((handed[path] for path in sorted(STREAM_FIELDS & handed.keys())), {})
        kept = {name: form for name, form in arguments.items() if name not in (ARGUMENTS, LOOKUP)}
        unknown = Undecided("its blocks are not given")
        kept[TYPES] = self.of_field(given.get(TYPES, unknown), given.get(LOOKUP))
        return kept

    def of_field(self, types: Value, lookup: Value) -> Form:
        """The blocks of a field, given its `block_types` and `block_lookup`."""
        self._left = MAX_BLOCKS
        numbered = Lookup(lookup) if isinstance(lookup, Table) and lookup.complete else None
        if numbered is None and lookup is not None:
            return Unsure("its lookup of blocks is not decided")
        match types:
            case Named():
                cls = self.classes.of_binding(types.binding)
                return _inside(self._defined(cls, *NO_ARGUMENTS, None) if cls is not None else None)
            case Made():
                return _inside(self._block(types))
            case int() if numbered is not None:
                return _inside(self._looked_up(numbered, types))
            case _:
                return self._listed(pairs(types), numbered)

    # ------------------------------------------------------------ one block

    def _block(self, made: Made, expected: bool = False) -> Form | None:
        """The block that a call makes, which may be `expected` at its place; None where it makes none."""
        cls = self.kinds.of_call(made)
        is_block = self.kinds.makes_block(made)
        if is_block is False or (is_block is None and not expected and not is_named(made.path)):
            return None
        args, named = self.evaluator.arguments(made.call, made.module, dict(made.local))
        self._remember(made, args, named)
        if cls is not None:
            return self._defined(cls, args, named, None)
        return self._unread(canonical(made.path), args, named)

    def _defined(self, cls: Class, args: Sequence, named: Table, lookup: Lookup | None) -> Form:
        first, second = identity(args), identity(named)
        decided = lookup is None and first is not None and second is not None
        key = (cls.key, first, second) if decided else None
        if key in self._known:
            return self._known[key]
        self._left -= 1
        if self._left < 0 or self._depth > MAX_NESTED:
            return Unsure("too many blocks, or nested too deeply")
        self._depth += 1
        found = self._taken_apart(cls, args, named, lookup)
        self._depth -= 1
        if key is not None:
            self._known[key] = found
        return found

    def _taken_apart(self, cls: Class, args: Sequence, named: Table, lookup: Lookup | None) -> Form:
        taking = self.kinds.taking(cls)
        path = canonical(cls.path)
        if taking.unread:
            return self._unread(path, args, named, taking.unread)
        if taking.rule is None:
            return Unsure(taking.why)
        if taking.rule.way == "call":
            return self._called(cls, args, named, lookup)
        if taking.rule.way == "pages":
            return self._called(cls, args, self._with_pages(named), lookup)
        return self._constructed(cls, taking.rule, args, named, lookup)

    # ------------------------------------------------------------ ways

    def _called(self, cls: Class, args: Sequence, named: Table, lookup: Lookup | None) -> Form:
        """A block by the arguments that it was made with; a list in a lookup has its child by number."""
        if not args.complete or not named.complete:
            return Unsure(args.why or "what a block is made with is not decided")
        given = {str(key): value for key, value in named.pairs}
        if "classname" in given:
            given.setdefault("form_classname", given.pop("classname"))
        numbers = lookup if lookup is not None and self.kinds.is_list(cls) else None
        forms = [self._child(arg, numbers) if numbers else self._form(arg) for arg in args.items[:1]]
        forms += [self._form(arg) for arg in args.items[1:]]
        kwargs = {key: self._form(value) for key, value in given.items()}
        if numbers is not None and _is_number(given.get(CHILD)) and not args.items:
            kwargs[CHILD] = self._child(given[CHILD], numbers)
        return self._add(canonical(cls.path), forms, kwargs)

    def _unread(self, path: str, args: Sequence, named: Table, why: str = "") -> Form:
        """A block of which only the name is known: the same call makes the same."""
        unread = "" if path in PLAIN else why or f"the source of {path} is not known"
        if not args.complete or not named.complete:
            return Unsure(unread or "what a block is made with is not decided")
        kwargs = {str(key): self._form(value) for key, value in named.pairs}
        return self._add(path, [self._form(arg) for arg in args.items], kwargs, unread)

    def _with_pages(self, named: Table) -> Table:
        """The keywords of a chooser of pages, its models by name (PageChooserBlock.deconstruct)."""
        if not named.complete or not (named.has("page_type") or named.has("target_model")):
            return named
        given = dict(named.items)
        older, newer = given.pop("target_model", None), given.get("page_type")
        pages = older or newer
        listed = pages.items if isinstance(pages, Sequence) and pages.complete else (pages,) if pages else ()
        given["page_type"] = Sequence("list", tuple(map(self._model, listed)))
        return Table(tuple(given.items()))

    def _model(self, value: Value) -> Value:
        cls = self.classes.of_binding(value.binding) if isinstance(value, Named) else None
        label = self.label(cls) if cls is not None else value
        known = isinstance(label, str) and label.count(".") == 1
        return (
            label.lower()
            if known and isinstance(label, str)
            else Undecided("which model it names is not decided")
        )

    def _constructed(
        self, cls: Class, rule: Rule, args: Sequence, named: Table, lookup: Lookup | None
    ) -> Form:
        declared = self.children.of(cls) if rule.way == "children" else Table(())
        construction = Construction(self.classes, cls, rule, declared)
        failed = construction.run(args, named)
        if failed is not None or construction.kept is None:
            return Unsure(failed.why if failed is not None else "not constructed")
        kept = construction.kept
        inside: list[Form] = []
        if rule.way == "children":
            blocks = construction.inside
            if isinstance(blocks, Table) and blocks.complete:
                blocks = self.children.arranged(cls, Table(blocks.items), kept)
            inside = [self._listed(blocks, lookup, self.children.doubtful(cls))]
        kwargs = {str(key): self._form(value) for key, value in kept.pairs}
        return self._add(rule.path, inside, kwargs)

    # ------------------------------------------------------------ parts

    def _listed(self, blocks: Value, lookup: Lookup | None, doubtful: frozenset[str] = frozenset()) -> Form:
        """Blocks by name."""
        if not isinstance(blocks, Table) or not blocks.complete:
            return Unsure(
                blocks.why if isinstance(blocks, Undecided) else "the blocks inside are not decided"
            )
        items = [
            Listing(PERHAPS if name in doubtful else "tuple", (name, self._child(block, lookup)))
            for name, block in blocks.items
        ]
        return Listing(PERHAPS if doubtful else "list", tuple(items))

    def _child(self, value: Value, lookup: Lookup | None) -> Form:
        match value:
            case Made():
                return self._block(value, expected=True) or Unsure(
                    f"what `{value.path}` makes is no block that is known"
                )
            case int() if lookup is not None:
                return self._looked_up(lookup, value)
            case Undecided(why) | Maybe(why=why):
                return Unsure(why)
            case Named():
                return self._form(value)
            case _:
                return Unsure("a block is not decided")

    def _looked_up(self, lookup: Lookup, number: int) -> Form:
        if number not in lookup.known:
            lookup.known[number] = Unsure(f"block {number} is inside of itself")
            lookup.known[number] = self._of_entry(lookup, lookup.table.get(number))
        return lookup.known[number]

    def _of_entry(self, lookup: Lookup, entry: Value) -> Form:
        """A block of a lookup: its class by name, and the arguments to make it with."""
        match entry:
            case Sequence(items=(str() as path, Sequence() as args, Table() as named), complete=True):
                cls = self.kinds.at(path)
                if cls is not None:
                    return self._defined(cls, args, named, lookup)
                path = canonical(path)
                return self._unread(path, args, named)
            case _:
                return Unsure("a block of the lookup is not decided")

    def _remember(self, made: Made, args: Sequence, named: Table) -> None:
        """Keep the expressions of values that are not decided: their form may say more."""
        if not made.call.unpacks:
            given = zip(args.items, made.call.args, strict=False)
            for value, expr in (*given, *((named.get(key), expr) for key, expr in made.call.kwargs)):
                if isinstance(value, Undecided):
                    self._expressions[id(value)] = (value, expr, made)

    def _form(self, value: Value) -> Form:
        known = self._expressions.get(id(value))
        if known is not None:
            return _named(self.former.expression(known[1], known[2].module, dict(known[2].local)))
        return _named(self.former.value(value))

    def _add(self, path: str, args: list[Form], kwargs: dict[str, Form], strange: str = "") -> Form:
        """A block among the definitions; `strange` says why its class is not known."""
        named = tuple(sorted(kwargs.items(), key=lambda pair: pair[0]))
        built = Built(path, tuple(args), named, bool(strange))
        why = strange or next(filter(None, map(unread, (*args, *kwargs.values()))), "")
        return Reference(self.definitions, self.definitions.place(built), reason(built), why)


def _own_way(field: Field) -> str:
    """The class below Wagtail's stream field that says itself how it is taken apart."""
    for cls in field.order:
        if cls.path in STREAM_FIELDS or isinstance(cls, Gap):
            return ""
        if field.method(cls, "deconstruct") is not None:
            return cls.path
    return ""


def _as_told(arguments: Mapping[str, Form], own: str, why: str) -> dict[str, Form]:
    """The arguments that a class's own `deconstruct` leaves: no blocks at all, if that is certain."""
    kept = {name: form for name, form in arguments.items() if name != ARGUMENTS}
    match arguments.get(ARGUMENTS):
        case Listing(items=(Listing(items=()) as nothing,)):
            kept[TYPES] = Listing("list", nothing.items)
        case None if not why:
            pass
        case _:
            kept[TYPES] = Unsure(f"what `deconstruct` of {own} makes of its blocks is not followed")
    return kept


def _inside(block: Form | None) -> Form:
    """The blocks inside of the outermost one; its options are the field's own."""
    match block:
        case Reference(built=Built(path=path, args=(inside, *_))) if path == STREAM_BLOCK:
            return inside
        case Reference(why=why, unread=strange):
            return Unsure(why or strange or "its outermost block is no StreamBlock")
        case Unsure():
            return block
        case _:
            return Unsure("its outermost block is not decided")


def _named(form: Form) -> Form:
    """Classes of Wagtail by the one name that they have in all versions."""
    match form:
        case Name(path, strange):
            return Name(canonical(path), strange)
        case Listing(kind, items):
            return Listing(kind, tuple(map(_named, items)))
        case Dictionary(pairs_):
            return Dictionary(tuple((key, _named(value)) for key, value in pairs_))
        case Built(path, args, kwargs, strange):
            named = tuple((key, _named(value)) for key, value in kwargs)
            return Built(canonical(path), tuple(map(_named, args)), named, strange)
        case _:
            return form


def _is_number(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
