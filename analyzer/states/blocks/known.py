"""What Wagtail's own blocks do when they are taken apart: data, by the name that migrations write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

BLOCK = "wagtail.blocks.Block"
BLOCKS = "wagtail.blocks."
STREAM_BLOCK = f"{BLOCKS}StreamBlock"
STRUCT_BLOCK = f"{BLOCKS}StructBlock"
LIST_BLOCK = f"{BLOCKS}ListBlock"
TYPED_TABLE = "wagtail.contrib.typed_table_block.blocks."
DECLARING = frozenset({STRUCT_BLOCK, STREAM_BLOCK, f"{TYPED_TABLE}TypedTableBlock"})
"""Classes whose metaclass gathers the blocks that a class body declares."""

GROUP = f"{BLOCKS}BlockGroup"

Way = Literal["call", "children", "choices", "pages", "image"]


class Rule(Struct, frozen=True):
    """How a class takes its heirs apart.

    "call": as they were called; "pages": so, but with the models in `page_type` by their names.  As a
    `path` of its own with what its constructor leaves in `_constructor_kwargs`: "children" with the
    blocks inside first, "choices" and "image" with nothing more.  `params` are those of the
    constructor, where the source says no others.
    """

    way: Way
    path: str = ""
    params: tuple[str, ...] = ("self", "**kwargs")


_CHILDREN = ("self", "local_blocks", "**kwargs")
_CHOICES = ("self", "choices", "default", "required", "help_text", "widget", "validators", "**kwargs")

RULES: Mapping[str, Rule] = {
    BLOCK: Rule("call"),
    f"{BLOCKS}PageChooserBlock": Rule("pages"),
    f"{BLOCKS}BaseStructBlock": Rule("children", STRUCT_BLOCK, _CHILDREN),
    f"{BLOCKS}BaseStreamBlock": Rule("children", STREAM_BLOCK, _CHILDREN),
    f"{TYPED_TABLE}BaseTypedTableBlock": Rule("children", f"{TYPED_TABLE}TypedTableBlock", _CHILDREN),
    f"{BLOCKS}ChoiceBlock": Rule("choices", f"{BLOCKS}ChoiceBlock", _CHOICES),
    f"{BLOCKS}MultipleChoiceBlock": Rule("choices", f"{BLOCKS}MultipleChoiceBlock", _CHOICES),
    "wagtail.images.blocks.ImageBlock": Rule(
        "image", "wagtail.images.blocks.ImageBlock", ("self", "required", "**kwargs")
    ),
}
"""Classes of Wagtail with a `deconstruct` of their own."""

CHOICE = f"{BLOCKS}BaseChoiceBlock"
STRUCT = f"{BLOCKS}BaseStructBlock"
KEPT_BY = frozenset({STRUCT, f"{BLOCKS}BaseStreamBlock", f"{TYPED_TABLE}BaseTypedTableBlock", CHOICE})
KEPT_BY |= {"wagtail.images.blocks.ImageBlock"}
"""Classes whose constructor says what is in `_constructor_kwargs`."""

PLAIN = frozenset({"wagtail.documents.blocks.DocumentChooserBlock"})
"""Blocks of Wagtail that a call makes the classes of, without code of their own."""

STREAM_FIELDS = frozenset(
    {
        "wagtail.fields.StreamField",
        "wagtail.core.fields.StreamField",
        "wagtail.wagtailcore.fields.StreamField",
    }
)

_OLD = re.compile(r"wagtail\.(?:wagtailcore|core)\.")
_APPS = re.compile(r"wagtail\.wagtail(images|embeds|snippets|documents|docs)\.")
_INNER = re.compile(r"wagtail\.blocks\.\w+\.(\w+)")


def canonical(path: str) -> str:
    """The name of a class of Wagtail as its newest version writes it in migrations; others as they are."""
    if not path.startswith("wagtail."):
        return path
    path = _APPS.sub(lambda found: f"wagtail.{found[1].replace('docs', 'documents')}.", path)
    path = _OLD.sub("wagtail.", path)
    inner = _INNER.fullmatch(path)
    return f"{BLOCKS}{inner[1]}" if inner is not None else path


def spellings(path: str) -> tuple[str, ...]:
    """The names that a class of Wagtail has or had in other versions than the one that wrote it."""
    name = canonical(path)
    old = tuple(name.replace("wagtail.", f"wagtail.{core}.", 1) for core in ("core", "wagtailcore"))
    return (path, name, *old) if name.startswith(BLOCKS) else (path, name)
