"""The blocks that a class declares, as Wagtail's metaclass gathers them.

Follows wagtail.blocks.base.DeclarativeSubBlocksMetaclass, and what BaseStructBlock makes of a
`form_layout`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from analyzer.schema.classes import Class, Classes, Gap
from analyzer.source.facts import Assign, Call, ClassDef, For, If, Literal, Ref, Stmt, Try, While, With
from analyzer.source.names import Defined
from analyzer.source.values import Made, Maybe, Sequence, Table, Undecided, Value
from analyzer.states.blocks.known import DECLARING, GROUP, canonical

MAX_GROUPS = 20

IsBlock = Callable[[Made], bool | None]
"""Whether a call makes a block; None where that is not known."""


class Children:
    """Gathers what the bodies of classes declare."""

    def __init__(self, classes: Classes, is_block: IsBlock) -> None:
        self.classes = classes
        self.is_block = is_block
        self._known: dict[str, Value] = {}
        self._doubtful: dict[str, set[str]] = {}

    def of(self, cls: Class) -> Value:
        """The declared and inherited blocks by name in a `Table`; `Undecided` where source does not say."""
        if cls.key not in self._known:
            self._known[cls.key] = self._gathered(cls)
        return self._known[cls.key]

    def doubtful(self, cls: Class) -> frozenset[str]:
        """What a class declares or inherits that is a block only to judge by its place."""
        known = (self._doubtful.get(ancestor.key, ()) for ancestor in self.classes.ancestry(cls).classes)
        return frozenset[str]().union(*known)

    def _gathered(self, cls: Class) -> Value:
        found: dict[str, Value] = {}
        for ancestor in reversed(self.classes.ancestry(cls).order):
            if isinstance(ancestor, Gap):
                return Undecided(ancestor.why or f"the source of {ancestor.path} is not known")
            if self._declares(ancestor):
                own = self._own(ancestor)
                if not isinstance(own, Table):
                    return own
                found.update((str(name), block) for name, block in own.pairs)
            for name, stmt in self.classes.attributes(ancestor).items():
                if name in found and isinstance(stmt, Assign) and stmt.value == Literal(None):
                    del found[name]
        return Table(tuple(found.items()))

    def _declares(self, cls: Class) -> bool:
        """Whether the metaclass that gathers blocks is that of a class."""
        return any(canonical(path) in DECLARING for path in self.classes.ancestry(cls).paths)

    def _own(self, cls: Class) -> Value:
        """The blocks that a class body itself makes, in the order in which they are made."""
        for stmt in cls.node.body:
            if self._is_open(stmt, cls):
                return Undecided(f"the body of {cls.qualname} depends on what is not decided")
        found: list[tuple[tuple[int, int], str, Value]] = []
        for place, (name, stmt) in enumerate(self.classes.attributes(cls).items()):
            value = self.classes.value(cls, name) if isinstance(stmt, Assign) else None
            if isinstance(value, (Undecided, Maybe)):
                return Undecided(f"`{name}` of {cls.qualname}: {value.why}")
            if isinstance(stmt, Assign) and isinstance(value, Made):
                is_block = self.is_block(value)
                made = self._made_at(stmt, cls, place)
                if is_block is not False and made is None:
                    return Undecided(f"when `{name}` of {cls.qualname} is made is not decided")
                if is_block is not False and made is not None:
                    found.append((made, name, value))
                    if is_block is None:
                        self._doubtful.setdefault(cls.key, set()).add(name)
        if sum(earlier == 0 for (earlier, _), _, _ in found) > 1:
            homes = {
                value.module for (earlier, _), _, value in found if earlier == 0 and isinstance(value, Made)
            }
            if len(homes) > 1:
                return Undecided(f"in which order the blocks of {cls.qualname} are made")
        found.sort(key=lambda item: item[0])
        return Table(tuple((name, value) for _, name, value in found))

    def _is_open(self, stmt: Stmt, cls: Class) -> bool:
        match stmt:
            case If(test=test):
                return self.classes.decides(test, cls.module) is None
            case For() | While() | With() | Try():
                return True
            case _:
                return False

    def _made_at(self, stmt: Assign, cls: Class, place: int) -> tuple[int, int] | None:
        """When a block is made: one that stands elsewhere is there before the class body runs."""
        match stmt.value:
            case Call():
                return (1, place)
            case Ref(name):
                binding = self.classes.names.resolve(cls.module, name)
                inside = name.partition(".")[0] in self.classes.attributes(cls)
                plain = isinstance(binding, Defined) and isinstance(binding.node, Call) and not inside
                return (0, binding.node.line) if plain else None  # type: ignore[union-attr]
            case _:
                return None

    # ------------------------------------------------------------ the order in forms

    def arranged(self, cls: Class, children: Table, options: Table) -> Value:
        """The blocks in the order in which a form shows them, where the version of Wagtail has that."""
        layouts = list(self._layouts(cls))
        if all(ancestor.module.own for ancestor, _ in layouts):
            return children
        order = self.classes.ancestry(cls).classes
        if any("get_form_layout" in self.classes.attributes(each) for each in order if each.module.own):
            return Undecided(f"`get_form_layout` of {cls.qualname} is not followed")
        names = self._names(options.get("form_layout") if options.has("form_layout") else layouts[0][1])
        if names is None:
            return children
        if isinstance(names, Undecided) or not all(children.has(name) for name in names):
            return Undecided(f"the `form_layout` of {cls.qualname} is not decided")
        placed = dict(children.pairs)
        first = {name: placed.pop(name) for name in dict.fromkeys(names)}
        return Table((*first.items(), *placed.items()))

    def _layouts(self, cls: Class) -> Iterator[tuple[Class, Value]]:
        """What the `Meta` of classes say, the nearest first; Wagtail's own where it knows of layouts."""
        for ancestor in self.classes.ancestry(cls).classes:
            meta = self.classes.attributes(ancestor).get("Meta")
            if isinstance(meta, ClassDef):
                inner = Class(ancestor.module, f"{ancestor.qualname}.Meta", meta)
                if self.classes.lookup(inner, "form_layout") is not None:
                    own = ancestor.module.own
                    yield ancestor, self.classes.constant(inner, "form_layout") if own else None

    def _names(self, layout: Value, depth: int = 0) -> list[str] | Undecided | None:
        """The names in a list or a group, groups inside of it by theirs."""
        unknown = Undecided("the layout is not decided")
        match layout:
            case None:
                return None
            case str():
                return [layout]
            case Sequence("list", items, complete=True) if depth < MAX_GROUPS:
                parts = [self._names(item, depth + 1) for item in items]
            case Made() if canonical(layout.path) == GROUP and depth < MAX_GROUPS:
                args, named = self.classes.evaluator.arguments(layout.call, layout.module, dict(layout.local))
                given = Table((*zip(("children", "settings"), args.items, strict=False), *named.pairs))
                lists = [given.get(key) if given.has(key) else None for key in ("children", "settings")]
                parts = [self._names(item or Sequence("list", ()), depth + 1) for item in lists]
            case _:
                return unknown
        if any(not isinstance(part, list) for part in parts):
            return unknown
        return [name for part in parts if isinstance(part, list) for name in part]
