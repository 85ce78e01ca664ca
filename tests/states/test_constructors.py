"""What constructors and functions of the project make of a field's arguments, compared with migrations."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, drift, written

FLAGS = """
def usual(count):
    return [False] * count
class Flags(models.CharField):
    def __init__(self, count=8, default=None, *args, **kwargs):
        kwargs.setdefault("max_length", count)
        if default is None:
            default = usual(count)
        if isinstance(default, list):
            kwargs["default"] = "".join("1" if flag else "0" for flag in default)
        else:
            kwargs["default"] = default
        super().__init__(*args, **kwargs)
class Post(models.Model):
    a = Flags()
    b = Flags(count=2, default=[True, False])
"""


@pytest.mark.parametrize(("default", "rows"), [("10", []), ("01", ["AlterField post.b"])])
def test_a_default_that_a_constructor_puts_together(default: str, rows: list[str]) -> None:
    a = "('a', blog.models.Flags(default='00000000', max_length=8))"
    b = f"('b', blog.models.Flags(default='{default}', max_length=2))"
    assert written(FLAGS, created("Post", a, b)) == rows


KEYS = """
def made():
    return "x"
def checked(value):
    pass
class Key(models.CharField):
    usual = made
    checks = [checked]
    def __init__(self, max_length=64, default=usual, validators=checks, *args, **kwargs):
        super().__init__(*args, max_length=max_length, default=default, validators=validators, **kwargs)
class Post(models.Model):
    a = Key()
"""


@pytest.mark.parametrize(("default", "rows"), [("made", []), ("checked", ["AlterField post.a"])])
def test_defaults_of_a_constructor_mean_what_they_mean_in_its_class(default: str, rows: list[str]) -> None:
    given = f"default=blog.models.{default}, max_length=64, validators=[blog.models.checked]"
    assert written(KEYS, created("Post", f"('a', blog.models.Key({given}))")) == rows


LISTS = """
class Lists(models.JSONField):
    def __init__(self, base_field, **kwargs):
        self.base_field = base_field
        super().__init__(**kwargs)
    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.update({"base_field": self.base_field.clone()})
        return name, path, args, kwargs
class Post(models.Model):
    a = Lists(base_field=models.CharField(max_length=9))
"""


@pytest.mark.parametrize(("length", "rows"), [(9, []), (8, ["AlterField post.a"])])
def test_a_field_that_tells_of_a_clone_of_another(length: int, rows: list[str]) -> None:
    inner = f"models.CharField(max_length={length})"
    assert written(LISTS, created("Post", f"('a', blog.models.Lists(base_field={inner}))")) == rows


LANDS = """
class Lands: pass
class Fewer(Lands): pass
lands = Lands()
class Land(models.CharField):
    def __init__(self, *args, **kwargs):
        given = kwargs.pop("lands", None)
        self.lands = given() if given else lands
        super().__init__(*args, **kwargs)
    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        if self.lands is not lands:
            kwargs["lands"] = self.lands.__class__
        return name, path, args, kwargs
class Post(models.Model):
    a = Land(max_length=2)
    b = Land(lands=Fewer, max_length=2)
"""


@pytest.mark.parametrize(
    ("a", "b", "rows"),
    [
        ("", "lands=blog.models.Fewer, ", []),
        ("", "", ["AlterField post.b"]),
        ("lands=blog.models.Fewer, ", "lands=blog.models.Fewer, ", ["AlterField post.a"]),
    ],
)
def test_an_object_is_itself_and_not_one_of_another_class(a: str, b: str, rows: list[str]) -> None:
    fields = (f"('{name}', blog.models.Land({given}max_length=2))" for name, given in (("a", a), ("b", b)))
    assert written(LANDS, created("Post", *fields)) == rows


FLOWS = """
from nowhere import unknown
class Flow(dict):
    def __init__(self, label, code="x", **data):
        self.label = label
        self.code = code
        super().__init__(**data)
{more}
ONE = Flow("One", "one", **unknown())
TWO = Flow("Two", **{{"b": 2}})
FLOWS = {{ONE.code: ONE, TWO.code: TWO}}
class Post(models.Model):
    a = models.CharField(max_length=9, choices=[(code, flow.label) for code, flow in FLOWS.items()])
"""


@pytest.mark.parametrize(
    ("more", "label", "rows"),
    [
        ("", "One", []),
        ("", "Eins", ["AlterField post.a"]),
        ("    label = property(str)", "Eins", ["AlterField? post.a"]),
        ("    def spoken(self): self.label = 'Eins'", "Eins", ["AlterField? post.a"]),
        ("    def __setattr__(self, name, value): pass", "Eins", ["AlterField? post.a"]),
    ],
)
def test_what_objects_keep_of_their_arguments(more: str, label: str, rows: list[str]) -> None:
    a = f"('a', models.CharField(choices=[('one', '{label}'), ('x', 'Two')], max_length=9))"
    assert written(FLOWS.format(more=more), created("Post", a)) == rows


WORDED = """
from django.utils.functional import lazy
from django.utils.safestring import mark_safe
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
mark_safe_lazy = lazy(mark_safe, str)
class Post(models.Model):
    a = models.TextField(help_text=mark_safe_lazy(_("A <b>word</b>")))
    b = models.TextField(format_lazy(_("size ({})"), "m"), help_text=format_lazy("{a} {b}", a=_("x"), b=1))
"""


@pytest.mark.parametrize(("text", "rows"), [("A <b>word</b>", []), ("A word", ["AlterField post.a"])])
def test_texts_that_are_made_when_they_are_needed(text: str, rows: list[str]) -> None:
    a = f"('a', models.TextField(help_text='{text}'))"
    b = "('b', models.TextField(verbose_name='size (m)', help_text='x 1'))"
    assert written(WORDED, created("Post", a, b)) == rows


CHOICES = """
class Choices:
    valid = []
    @classmethod
    def longest(cls):
        return max(len(value) for value, _ in cls.valid)
    @staticmethod
    def usual(more):
        return "a" + more
class States(Choices):
    valid = [("a", "A"), ("abc", "ABC")]
class Post(models.Model):
    a = models.CharField(max_length=States.longest(), default=States.usual("b"))
"""


@pytest.mark.parametrize(("length", "rows"), [(3, []), (4, ["AlterField post.a"])])
def test_methods_that_classes_are_asked(length: int, rows: list[str]) -> None:
    a = f"('a', models.CharField(max_length={length}, default='ab'))"
    assert written(CHOICES, created("Post", a)) == rows


POSITIONAL = """
class Sorted(models.CharField):
    def __init__(self, target, *args, **kwargs):
        self.target = target
        super().__init__(*args, **kwargs)
    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.target], kwargs
class Post(models.Model):
    a = Sorted(target="x", max_length=9)
"""


@pytest.mark.parametrize(("target", "rows"), [("x", []), ("y", ["AlterField post.a"])])
def test_arguments_that_are_told_by_their_place(target: str, rows: list[str]) -> None:
    a = f"('a', blog.models.Sorted('{target}', max_length=9))"
    assert written(POSITIONAL, created("Post", a)) == rows


def test_a_condition_that_is_not_decided_is_told_with_its_file() -> None:
    models = """
from nowhere import known
class Odd(models.CharField):
    def __init__(self, *args, **kwargs):
        if known():
            kwargs["max_length"] = 1
        super().__init__(*args, **kwargs)
class Post(models.Model):
    a = Odd(max_length=9)
"""
    found = drift(models, created("Post", "('a', blog.models.Odd(max_length=8))"))
    assert "depends on a condition at blog/models.py:6" in found.differences[0].why


PRIVATE = """
class Path(models.Field):
    def contribute_to_class(self, cls, name, {more}**kwargs):
        super().contribute_to_class(cls, name, {private}**kwargs)
class Post(models.Model):
    a = Path()
"""


@pytest.mark.parametrize(
    ("private", "rows"), [("private_only=True, ", []), ("private_only=False, ", ["AddField post.a"])]
)
def test_a_field_that_makes_itself_private_is_in_no_state(private: str, rows: list[str]) -> None:
    assert written(PRIVATE.format(more="", private=private), created("Post")) == rows


def test_a_call_that_is_not_followed_is_named() -> None:
    models = """
from nowhere import made, Named
class Post(models.Model):
    a = models.CharField(max_length=9, default=made("x"))
    b = models.CharField(max_length=9, choices=[("a", Named)])
"""
    a = "('a', models.CharField(max_length=9, default='y'))"
    b = "('b', models.CharField(max_length=9, choices=[('a', 'b')]))"
    found = drift(models, created("Post", a, b)).differences
    assert [difference.why for difference in found] == [
        "default: what `made(…)` makes is not followed",
        "choices: the source of nowhere.Named is not known",
    ]


LISTED = """
class Listed:
    @classmethod
    def choices(cls):
        return tuple(sorted([(getattr(cls, m), "{}".format(m)) for m in cls.__dict__ if m[0] != "_"]))
class Kinds(Listed):
    Two = "b"
    One = "a"
class Post(models.Model):
    a = models.CharField(max_length=9, choices=Kinds.choices())
"""


@pytest.mark.parametrize(("second", "rows"), [("Two", []), ("Zwei", ["AlterField post.a"])])
def test_choices_of_what_a_class_body_binds(second: str, rows: list[str]) -> None:
    a = f"('a', models.CharField(max_length=9, choices=[('a', 'One'), ('b', '{second}')]))"
    assert written(LISTED, created("Post", a)) == rows


ADDS = """
import random
from django.core.validators import URLValidator
def nonzero(value): pass
class Amount(models.IntegerField):
    def __init__(self, **kwargs):
        allow_zero = kwargs.pop("allow_zero", False)
        found = kwargs.pop("validators", [])
        if not allow_zero and {condition}:
            found.append(nonzero)
        kwargs["validators"] = found
        super().__init__(**kwargs)
class Post(models.Model):
    a = Amount(allow_zero=True{given})
"""
ABSENT = "nonzero not in found"


@pytest.mark.parametrize(
    ("condition", "given", "kept", "rows"),
    [
        (ABSENT, "", "blog.models.nonzero", []),
        (ABSENT, ", validators=[URLValidator()]", "blog.models.URLValidator(), blog.models.nonzero", []),
        (ABSENT, ", validators=[URLValidator()]", "blog.models.nonzero", ["AlterField post.a"]),
        ("random.random() > 0.5", "", "blog.models.nonzero", ["AlterField? post.a"]),
    ],
)
def test_what_a_constructor_adds_where_it_is_not_yet(
    condition: str, given: str, kept: str, rows: list[str]
) -> None:
    """The state holds a clone, of which the constructor is never told what it kept for itself."""
    field = f"('a', blog.models.Amount(validators=[{kept}]))"
    assert written(ADDS.format(condition=condition, given=given), created("Post", field)) == rows


SHADES = """
DEFAULTS = {"hex": "#FFF", "hexa": "#FFFF"}
class Color(models.CharField):
    def __init__(self, **kwargs):
        self.format = kwargs.pop("format", "hex").lower()
        kwargs.setdefault("max_length", 9)
        kwargs.setdefault("default", DEFAULTS[self.format])
        super().__init__(**kwargs)
class Post(models.Model):
    a = Color(format="HEXA")
"""


def test_a_keyword_that_is_taken_out_may_be_changed_at_once() -> None:
    migrated = "('a', blog.models.Color(default='{}', max_length=9))"
    assert written(SHADES, created("Post", migrated.format("#FFFF"))) == []
    assert written(SHADES, created("Post", migrated.format("#FFF"))) == ["AlterField post.a"]


HEIRS = """
class Short(models.CharField):
    longest = 9
    def __init__(self, **kwargs):
        kwargs["max_length"] = self.longest
        super().__init__(**kwargs)
class Shorter(Short):
    longest = 3
class Post(models.Model):
    a = Shorter()
"""


def test_an_inherited_constructor_sees_what_the_heir_says() -> None:
    migrated = "('a', blog.models.Shorter(max_length={}))"
    assert written(HEIRS, created("Post", migrated.format(3))) == []
    longer = HEIRS.replace(
        'kwargs["max_length"] = self.longest', 'kwargs.setdefault("max_length", self.longest)'
    )
    assert written(longer, created("Post", migrated.format(9))) == ["AlterField post.a"]
