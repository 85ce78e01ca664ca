"""The blocks of a stream field, of models and of migrations: what Wagtail writes, and what equals it."""

from __future__ import annotations

import pytest

from analyzer.history.drift.values import Difference
from tests.history.drifts import ID, told
from tests.projects import analysed

PROJECT = """
# requirements.txt
Django==5.2
wagtail=={wagtail}
# manage.py
# settings.py
INSTALLED_APPS = ["django.contrib.contenttypes", "wagtail", "home"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# home/__init__.py
# home/migrations/__init__.py
# home/migrations/0001_initial.py
import home.blocks
import wagtail.blocks
import wagtail.fields
from django.db import migrations, models
class Migration(migrations.Migration):
    operations = [migrations.CreateModel("Page", [{id}, ("body", wagtail.fields.StreamField({migrated}))])]
# home/blocks.py
from wagtail import blocks
from wagtail.blocks import *
{blocks}
# home/models.py
from django.db import models
from wagtail.fields import StreamField
from home.blocks import *
class Page(models.Model):
    body = StreamField({model})
"""


def differences(blocks: str, model: str, migrated: str, wagtail: str = "7.2.3") -> tuple[Difference, ...]:
    text = PROJECT.format(wagtail=wagtail, id=ID, migrated=migrated, blocks=blocks, model=model)
    return analysed(text).drift.differences


def written(blocks: str, model: str, migrated: str, wagtail: str = "7.2.3") -> list[str]:
    return told(differences(blocks, model, migrated, wagtail))


def why(blocks: str, model: str, migrated: str) -> str:
    (difference,) = differences(blocks, model, migrated)
    assert not difference.certain
    return difference.why


def stream(top: str, *lookup: str) -> str:
    """The arguments of a stream field as migrations have them: names with numbers, and what these are."""
    numbered = ", ".join(f"{number}: {entry}" for number, entry in enumerate(lookup))
    return f"[{top}], block_lookup={{{numbered}}}"


CHANGED = ["AlterField page.body"]
EMPTY = '("wagtail.blocks.StructBlock", [[]], {})'
CHAR = '("wagtail.blocks.CharBlock", (), {})'
TITLED = "class Titled(StructBlock):\n    title = CharBlock()\n    text = RichTextBlock(required=False)\n"
TITLED_WRITTEN = (
    CHAR,
    '("wagtail.blocks.RichTextBlock", (), {"required": False})',
    '("wagtail.blocks.StructBlock", [[("title", 0), ("text", 1)]], {"label": "One"})',
)
TITLE, TEXT = '("title", CharBlock())', '("text", RichTextBlock(required=False))'
MODEL = '[("one", Titled(label="One"))]'


# ---------------------------------------------------------------- what is written where


@pytest.mark.parametrize("wagtail", ["7.2.3", "6.0.6", "5.2.8"])
@pytest.mark.parametrize("module", ["wagtail.blocks", "blocks"])
def test_a_struct_is_written_as_its_blocks_whatever_its_class_is_called(wagtail: str, module: str) -> None:
    # Versions before 6.2 wrote a tree; it is read by all.
    tree = (
        f'[("one", {module}.StructBlock([("title", {module}.CharBlock()), '
        f'("text", {module}.RichTextBlock(required=False))], label="One"))]'
    ).replace("blocks.", "wagtail.blocks.", 0 if module == "wagtail.blocks" else 99)
    assert written(TITLED, f"{MODEL}, use_json_field=True", f"{tree}, use_json_field=True", wagtail) == []


def test_a_lookup_is_what_its_numbers_stand_for() -> None:
    assert written(TITLED, MODEL, stream('("one", 2)', *TITLED_WRITTEN)) == []
    other = (TITLED_WRITTEN[0], CHAR, TITLED_WRITTEN[2])
    assert written(TITLED, MODEL, stream('("one", 2)', *other)) == CHANGED


@pytest.mark.parametrize(
    "model",
    [
        '[("one", Titled(label="Two"))]',
        '[("one", Titled())]',
        '[("two", Titled(label="One"))]',
        '[("one", Titled(label="One")), ("two", CharBlock())]',
        "[]",
        f'[("one", StreamBlock([{TITLE}, {TEXT}], label="One"))]',
        f'[("one", StructBlock([{TEXT}, {TITLE}], label="One"))]',
    ],
)
def test_names_order_kinds_and_options_of_blocks_are_compared(model: str) -> None:
    assert written(TITLED, model, stream('("one", 2)', *TITLED_WRITTEN)) == CHANGED


@pytest.mark.parametrize(
    "model", ["Body", "Body()", "Body(max_num=2)", 'StreamBlock([("title", CharBlock())])']
)
def test_of_the_outermost_block_only_the_blocks_inside_are_written(model: str) -> None:
    blocks = "class Body(StreamBlock):\n    title = CharBlock()\n    class Meta:\n        required = False\n"
    assert written(blocks, f"{model}, min_num=1", stream('("title", 0)', CHAR)) == []


def test_what_the_class_says_in_its_meta_is_not_written() -> None:
    meta = f"{TITLED}    class Meta:\n        icon = 'title'\n        label = 'One'\n"
    assert written(meta, MODEL, stream('("one", 2)', *TITLED_WRITTEN)) == []


def test_any_other_block_is_written_as_it_is_called() -> None:
    blocks = """
class Shout(CharBlock):
    def __init__(self, loud=True, **kwargs):
        super().__init__(**kwargs)
"""
    model = '[("one", Shout(False, classname="big"))]'
    same = '("home.blocks.Shout", (False,), {"form_classname": "big"})'
    assert written(blocks, model, stream('("one", 0)', same)) == []
    assert written(blocks, model, stream('("one", 0)', same.replace("False", "True"))) == CHANGED
    assert (
        written(
            blocks, model, stream('("one", 0)', same.replace("home.blocks.Shout", "wagtail.blocks.CharBlock"))
        )
        == CHANGED
    )


def test_a_list_has_a_block_or_the_class_of_one() -> None:
    one, cls = '[("one", ListBlock(CharBlock()))]', '[("one", ListBlock(CharBlock, max_num=2))]'
    migrated = stream('("one", 1)', CHAR, '("wagtail.blocks.ListBlock", (0,), {})')
    assert written("", one, migrated) == []
    assert written("", one.replace("CharBlock(", "TextBlock("), migrated) == CHANGED
    of_class = '("wagtail.blocks.ListBlock", (wagtail.blocks.CharBlock,), {"max_num": 2})'
    assert written("", cls, stream('("one", 0)', of_class)) == []
    assert written("", cls, migrated) == CHANGED


def test_choices_are_written_with_what_the_class_says() -> None:
    blocks = 'class Size(ChoiceBlock):\n    choices = (("s", "Small"), ("l", "Large"))\n'
    migrated = stream(
        '("size", 0)', '("wagtail.blocks.ChoiceBlock", [], {"choices": [("s", "Small"), ("l", "Large")]})'
    )
    assert written(blocks, '[("size", Size(default="s", required=True))]', migrated) == []
    assert written(blocks, '[("size", Size(required=False))]', migrated) == CHANGED
    assert written(blocks, '[("size", Size(choices=[("s", "Small")]))]', migrated) == CHANGED


def test_a_chooser_of_pages_names_models() -> None:
    page = "import wagtail.models\n"
    entry = '("wagtail.blocks.PageChooserBlock", (), {"page_type": ["wagtailcore.Page"]})'
    for given in (
        'page_type="wagtailcore.Page"',
        'target_model="wagtailcore.page"',
        "page_type=[wagtail.models.Page]",
    ):
        assert written(page, f'[("page", PageChooserBlock({given}))]', stream('("page", 0)', entry)) == []
    assert written(page, '[("page", PageChooserBlock())]', stream('("page", 0)', entry)) == CHANGED


# ---------------------------------------------------------------- what a class declares


def test_inherited_blocks_come_first_and_may_be_overridden_or_removed() -> None:
    blocks = (
        f"{TITLED}class Longer(Titled):\n    text = None\n    title = TextBlock()\n    more = CharBlock()\n"
    )
    entries = (
        '("wagtail.blocks.TextBlock", (), {})',
        CHAR,
        '("wagtail.blocks.StructBlock", [[("title", 0), ("more", 1)]], {})',
    )
    assert written(blocks, '[("one", Longer())]', stream('("one", 2)', *entries)) == []


def test_blocks_stand_in_the_order_in_which_they_are_made() -> None:
    blocks = "SHARED = TextBlock()\nclass Two(StructBlock):\n    first = CharBlock()\n    second = SHARED\n"
    entries = (
        '("wagtail.blocks.TextBlock", (), {})',
        CHAR,
        '("wagtail.blocks.StructBlock", [[("second", 0), ("first", 1)]], {})',
    )
    assert written(blocks, '[("two", Two())]', stream('("two", 2)', *entries)) == []


def test_a_layout_puts_the_blocks_in_its_order_since_the_version_that_knows_it() -> None:
    blocks = f"{TITLED}    class Meta:\n        form_layout = ['text']\n"
    turned = (
        *TITLED_WRITTEN[:2],
        TITLED_WRITTEN[2].replace('("title", 0), ("text", 1)', '("text", 1), ("title", 0)'),
    )
    assert written(blocks, MODEL, stream('("one", 2)', *turned), "7.4.4") == []
    assert written(blocks, MODEL, stream('("one", 2)', *TITLED_WRITTEN), "7.2.3") == []


def test_a_constructor_says_which_blocks_and_options_there_are() -> None:
    blocks = """
class Heading(StructBlock):
    title = CharBlock()
    def __init__(self, level=2, local_blocks=(), **kwargs):
        local_blocks = (("text", RichTextBlock(required=level > 2)), *local_blocks)
        kwargs["label"] = "One"
        super().__init__(local_blocks, **kwargs)
        self.child_blocks["title"] = CharBlock()
"""
    assert written(blocks, '[("one", Heading(2))]', stream('("one", 2)', *TITLED_WRITTEN)) == []
    assert written(blocks, '[("one", Heading(3))]', stream('("one", 2)', *TITLED_WRITTEN)) == CHANGED


def test_blocks_made_by_a_function_or_listed_in_a_constant_are_followed() -> None:
    blocks = TITLED + "def titled(label):\n    return Titled(label=label)\nBODY = [('one', titled('One'))]\n"
    assert written(blocks, "BODY", stream('("one", 2)', *TITLED_WRITTEN)) == []
    assert written(blocks, "BODY + [('two', CharBlock())]", stream('("one", 2)', *TITLED_WRITTEN)) == CHANGED


# ---------------------------------------------------------------- what source does not say


CONDITION = """
import os
class One(StructBlock):
    if os.getpid():
        title = CharBlock()
"""
OWN_WAY = """
class One(StructBlock):
    def deconstruct(self):
        return self.plain()
"""
UNKNOWN = """
from elsewhere import Other
class One(Other):
    title = CharBlock()
"""
EMPTIED = """
class One(StructBlock):
    def __init__(self):
        super().__init__()
        self.child_blocks.popitem()
"""


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        (CONDITION, "depends on what is not decided"),
        (OWN_WAY, "`deconstruct` of home.blocks.One is not followed"),
        (UNKNOWN, "the source of elsewhere.Other is not known"),
        (EMPTIED, "the constructor of home.blocks.One is not followed"),
    ],
)
def test_a_block_that_is_not_understood_is_said_to_be_so(blocks: str, reason: str) -> None:
    assert reason in why(blocks, '[("one", One())]', stream('("one", 0)', EMPTY))


def test_the_same_call_of_an_unknown_class_makes_the_same() -> None:
    blocks, model = "from elsewhere.blocks import OtherBlock\n", '[("one", OtherBlock(large=True))]'
    assert (
        written(blocks, model, stream('("one", 0)', '("elsewhere.blocks.OtherBlock", (), {"large": True})'))
        == []
    )
    small = stream('("one", 0)', '("elsewhere.blocks.OtherBlock", (), {})')
    assert written(blocks, model, small) == ["AlterField? page.body"]


def test_an_unknown_part_does_not_hide_what_certainly_differs() -> None:
    blocks = "from elsewhere.blocks import OtherBlock\n"
    migrated = stream('("one", 0), ("two", 1)', CHAR, EMPTY)
    assert written(blocks, '[("one", TextBlock()), ("two", OtherBlock())]', migrated) == CHANGED


def test_what_may_be_a_block_hides_nothing_else() -> None:
    blocks = (
        "from elsewhere.parts import Other\nclass One(StructBlock):\n    a = CharBlock()\n    b = Other()\n"
    )
    model, other = '[("one", One())]', '("elsewhere.parts.Other", (), {})'
    both = '("wagtail.blocks.StructBlock", [[("a", 0), ("b", 1)]], {})'
    one = '("wagtail.blocks.StructBlock", [[("a", 0)]], {})'
    changed = CHAR.replace("Char", "Text")
    assert written(blocks, model, stream('("one", 2)', CHAR, other, both)) == []
    assert written(blocks, model, stream('("one", 1)', CHAR, one)) == ["AlterField? page.body"]
    assert written(blocks, model, stream('("one", 2)', changed, other, both)) == CHANGED
    assert written(blocks, model, stream('("one", 1)', changed, one)) == CHANGED


@pytest.mark.parametrize(
    "entries",
    [
        ('("wagtail.blocks.StructBlock", [[("again", 0)]], {})',),
        ('("wagtail.blocks.StructBlock", [[("again", 9)]], {})',),
        ("7",),
    ],
)
def test_a_lookup_that_leads_nowhere_is_not_followed(entries: tuple[str, ...]) -> None:
    model = '[("one", StructBlock([("again", CharBlock())]))]'
    assert written("", model, stream('("one", 0)', *entries)) == ["AlterField? page.body"]


def test_blocks_nested_twice_at_every_level_are_read_once() -> None:
    levels = range(1, 19)
    nested = "".join(f"class B{n}(StructBlock):\n    a = B{n - 1}()\n    b = B{n - 1}()\n" for n in levels)
    inner = [f'("wagtail.blocks.StructBlock", [[("a", {n - 1}), ("b", {n - 1})]], {{}})' for n in levels]
    blocks = f"B0 = CharBlock\n{nested}"
    assert written(blocks, '[("one", B18())]', stream('("one", 18)', CHAR, *inner)) == []
    inner[0] = inner[0].replace('("b"', '("c"')
    assert written(blocks, '[("one", B18())]', stream('("one", 18)', CHAR, *inner)) == CHANGED


BARE = """
from wagtail.fields import StreamField as Plain
class StreamField(Plain):
    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, {path}, {args}, kwargs
"""


@pytest.mark.parametrize("path", ["path", "'wagtail.fields.StreamField'"])
def test_a_field_of_its_own_may_tell_no_blocks(path: str) -> None:
    bare = BARE.format(path=path, args="[[]]").replace("class StreamField", "class Bare")
    text = PROJECT.format(
        wagtail="7.2.3", id=ID, migrated="[]", blocks=bare, model='[("one", CharBlock())], null=True'
    ).replace("= StreamField(", "= Bare(")
    if path == "path":
        text = text.replace('("body", wagtail.fields.StreamField(', '("body", home.blocks.Bare(')
    told_null = text.replace("(blocks.Bare([]", "(blocks.Bare([], null=True").replace(
        "([]))", "([], null=True))"
    )
    assert told(analysed(told_null).drift.differences) == []
    assert told(analysed(text).drift.differences) == CHANGED


def test_what_a_field_of_its_own_makes_of_its_blocks_may_not_be_decided() -> None:
    bare = BARE.format(path="path", args="fewer(args)").replace("class StreamField", "class Bare")
    text = PROJECT.format(wagtail="7.2.3", id=ID, migrated="[]", blocks=bare, model='[("one", CharBlock())]')
    text = text.replace("= StreamField(", "= Bare(").replace(
        "wagtail.fields.StreamField(", "home.blocks.Bare("
    )
    assert told(analysed(text).drift.differences) == ["AlterField? page.body"]
