"""Which classes are blocks, and by which rule of Wagtail's they are taken apart."""

from __future__ import annotations

from msgspec import Struct

from analyzer.catalogue.reduce import speaks_of_models
from analyzer.schema.classes import Class, Classes, Gap
from analyzer.source.facts import Ref
from analyzer.source.values import Made, Named
from analyzer.states.blocks.known import BLOCK, LIST_BLOCK, PLAIN, RULES, Rule, canonical, spellings
from analyzer.states.construct import is_bare

OVERRIDES = frozenset(
    {"__new__", "deconstruct_with_lookup", "construct_from_lookup", "child_blocks", "base_blocks"}
)
"""What Wagtail gives every block, and a project's class might set in another way."""


class Taking(Struct, frozen=True):
    """How a class is taken apart; `why` where that is not known, `unread` where its source is not.

    `own`: classes of the project have a say in it, too.
    """

    rule: Rule | None
    why: str = ""
    unread: str = ""
    own: bool = False


class Kinds:
    """Looks classes of blocks up."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self._at: dict[str, Class | None] = {}
        self._takings: dict[str, Taking] = {}

    def makes_block(self, made: Made) -> bool | None:
        """Whether a call makes a block; None where that is not known."""
        cls = self.of_call(made)
        if cls is not None:
            return self._is_block(cls)
        if canonical(made.path) in PLAIN:
            return True
        return False if made.path.startswith("django.") else None

    def of_call(self, made: Made) -> Class | None:
        """The class that a call makes an object of, if its source is known."""
        func, local = made.call.func, dict(made.local)
        called = self.classes.evaluator.evaluate(func, made.module, local) if isinstance(func, Ref) else None
        found = self.classes.of_binding(called.binding) if isinstance(called, Named) else None
        if found is not None:
            return found
        return self.at(made.path)

    def at(self, path: str) -> Class | None:
        """The class of a dotted path, under the names that it has in versions of Wagtail."""
        if path not in self._at:
            self._at[path] = next(filter(None, map(self.classes.at, spellings(path))), None)
        return self._at[path]

    def _is_block(self, cls: Class) -> bool | None:
        """Whether a class is one of blocks; None where an ancestor is not known."""
        ancestry = self.classes.ancestry(cls)
        if any(canonical(path) in (BLOCK, *PLAIN) for path in ancestry.paths):
            return True
        inherited = any(speaks_of_models(gap.path) for gap in ancestry.gaps)
        return None if inherited and speaks_of_models(cls.path) else False

    def taking(self, cls: Class) -> Taking:
        """How objects of a class of blocks are taken apart."""
        if cls.key not in self._takings:
            self._takings[cls.key] = self._found(cls)
        return self._takings[cls.key]

    def _found(self, cls: Class) -> Taking:
        """The rule of the first class in the order that says how its heirs are taken apart."""
        own = ""
        for ancestor in self.classes.ancestry(cls).order:
            if canonical(ancestor.path) in PLAIN:
                return Taking(RULES[BLOCK], own=bool(own))
            if isinstance(ancestor, Gap):
                return Taking(None, unread=ancestor.why or f"the source of {ancestor.path} is not known")
            if is_bare(ancestor):
                return Taking(None, unread=f"the code of {ancestor.path} is not read")
            names = self.classes.attributes(ancestor)
            changed = sorted(OVERRIDES & names.keys()) if ancestor.module.own else []
            if changed:
                return Taking(None, f"`{changed[0]}` of {ancestor.path} is not followed")
            if "deconstruct" in names:
                rule = RULES.get(canonical(ancestor.path))
                if rule is not None and (not own or rule.way in ("call", "pages")):
                    return Taking(rule, own=bool(own))
                own = own or ancestor.path
                if rule is not None or not ancestor.module.own:
                    return Taking(None, f"`deconstruct` of {own} is not followed")
        return Taking(None, f"{cls.path} is no block that is known")

    def is_list(self, cls: Class) -> bool:
        """Whether the constructor of a class is that of a list of blocks (`has_child_block_arg`)."""
        for ancestor in self.classes.ancestry(cls).classes:
            if canonical(ancestor.path) == LIST_BLOCK:
                return True
            if "__init__" in self.classes.attributes(ancestor):
                return False
        return False


def is_named(path: str) -> bool:
    """Whether a name is one that classes of blocks have."""
    return path.rpartition(".")[2].endswith("Block")
