"""What an argument comes to where a class, an object or a metaclass has a say in it."""

from __future__ import annotations

import pytest

from tests.history.drifts import BIG, created, drift, told, written


def field(argument: str) -> str:
    return f"('state', models.CharField({argument}))"


def drifts(before: str, argument: str, migrated: str) -> list[str]:
    models = f"{before}\nclass Post(models.Model):\n    state = models.CharField({argument})"
    return written(models, created("Post", field(migrated)))


@pytest.mark.parametrize("bases", ["str, Enum", "int, Enum", "models.TextChoices", "StrEnum"])
def test_a_member_that_is_a_text_or_a_number_equals_it(bases: str) -> None:
    value = "1" if bases.startswith("int") else "'new'"
    before = f"from enum import Enum, StrEnum\nclass State({bases}):\n    NEW = {value}"
    assert drifts(before, "default=State.NEW", f"default={value}") == []
    assert drifts(before, "default=State.NEW", "default='old'") == ["AlterField post.state"]


def test_a_member_of_a_plain_enumeration_equals_nothing_but_itself() -> None:
    before = "from enum import Enum\nclass State(Enum):\n    NEW = 'new'"
    assert drifts(before, "default=State.NEW", "default='new'") == ["AlterField post.state"]


OBJECT = """
class Limits:
    @property
    def longest(self):
        return self._setting("LONGEST", 9)
limits = Limits()
"""


def test_a_property_of_an_object_is_no_function() -> None:
    assert drifts(OBJECT, "max_length=limits.longest", "max_length=9") == ["AlterField? post.state"]


METACLASS = """
class Names(type):
    def __new__(cls, name, bases, body):
        for key in list(body):
            body[key] = key
        return type.__new__(cls, name, bases, body)
class Base(metaclass=Names): ...
class State(Base):
    new = "New"
"""


def test_what_a_metaclass_makes_of_a_class_body_is_not_known() -> None:
    assert drifts(METACLASS, "default=State.new", "default='new'") == ["AlterField? post.state"]


CHOICES = """
class Listed:
    def __init__(self, *rows):
        self.rows = rows
    def __iter__(self):
        return iter(self.rows)
class State:
    @classproperty
    def rows(cls):
        return (("a", "A"),)
"""


@pytest.mark.parametrize("choices", ["Listed(('a', 'A'))", "State.rows"])
def test_choices_that_an_object_gives_one_by_one_are_not_known(choices: str) -> None:
    assert drifts(CHOICES, f"choices={choices}", "choices=[('a', 'A')]") == ["AlterField? post.state"]


@pytest.mark.parametrize("nothing", ["[]", "()", "{}", "None"])
def test_limits_that_limit_nothing_are_not_written(nothing: str) -> None:
    models = f"""
class Post(models.Model):
    owner = models.ForeignKey("auth.User", models.CASCADE, limit_choices_to={nothing})
"""
    assert written(models, created("Post", "('owner', models.ForeignKey('auth.User', models.CASCADE))")) == []


REBOUND = """
from django.conf import settings
INDEXED = getattr(settings, "BLOG_INDEXED", None)
if INDEXED is None:
    INDEXED = True
    for database in settings.DATABASES.values():
        if "mysql" in database["ENGINE"]:
            INDEXED = False
"""


def test_a_name_that_is_bound_anew_is_what_the_module_makes_of_it() -> None:
    again = REBOUND.partition("    for")[0]
    assert drifts(again, "db_index=INDEXED", "db_index=True") == []
    assert drifts(again, "db_index=INDEXED", "") == ["AlterField post.state"]
    assert drifts(REBOUND, "db_index=INDEXED", "") == ["AlterField? post.state"]


def test_a_constant_of_django_of_which_not_all_is_known_is_not_certain_to_differ() -> None:
    before = "from django.core.validators import integer_validator"
    migrated = "validators=[django.core.validators.RegexValidator('x', code='invalid')]"
    assert drifts(before, "validators=[integer_validator]", migrated) == ["AlterField? post.state"]


MIXED = """
from enum import Enum
class Row:
    slug: str
class State(Row, Enum):
    NEW = "new", "New"
    @classproperty
    def choices(cls):
        return [(member.value.slug, member.label) for member in cls]
"""


def test_choices_that_a_plain_enumeration_makes_itself_are_its_own() -> None:
    assert drifts(MIXED, "choices=State.choices", "choices=[('new', 'New')]") == ["AlterField? post.state"]


def test_a_constant_is_made_of_what_names_mean_above_it() -> None:
    before = "RED = 'red'\nTEXT = ((RED, 'Red'),)\nRED = 'deep-red'\nCOVER = ((RED, 'Deep'),)"
    assert drifts(before, "choices=TEXT", "choices=[('red', 'Red')]") == []
    assert drifts(before, "choices=COVER", "choices=[('deep-red', 'Deep')]") == []
    assert drifts(before, "choices=COVER", "choices=[('red', 'Deep')]") == ["AlterField post.state"]


def test_a_constant_may_be_made_of_itself() -> None:
    before = "COLORS = (('red', 'Red'),)\nCOLORS = (('blue', 'Blue'), *COLORS)"
    assert drifts(before, "choices=COLORS", "choices=[('blue', 'Blue'), ('red', 'Red')]") == []


@pytest.mark.parametrize("given", ["True", "timezone.now", "1"])
def test_dates_that_are_set_by_themselves_are_so_whatever_says_it(given: str) -> None:
    models = (
        f"from django.utils import timezone\nclass Post(models.Model):\n"
        f"    edited = models.DateTimeField(auto_now={given}, blank=True)"
    )
    assert written(models, created("Post", "('edited', models.DateTimeField(auto_now=True))")) == []
    changed = ["AlterField post.edited"]
    assert written(models, created("Post", "('edited', models.DateTimeField())")) == changed


def test_texts_of_the_standard_library_are_known() -> None:
    models = """
import string
class Post(models.Model):
    key = models.TextField(default=string.ascii_lowercase)
"""
    key = "('key', models.TextField(default='abcdefghijklmnopqrstuvwxyz'))"
    assert written(models, created("Post", key)) == []


@pytest.mark.parametrize(("name", "row"), [("web", []), ("other", ["AlterField post.title"])])
def test_a_member_of_choices_that_a_setting_holds(name: str, row: list[str]) -> None:
    settings = (
        f"{BIG}\nfrom model_utils import Choices\nKINDS = Choices(('web', 'Web'), ('', 'other', 'Other'))"
    )
    models = f"""
from django.conf import settings
class Post(models.Model):
    title = models.CharField(max_length=9, choices=settings.KINDS, default=settings.KINDS.{name})
"""
    choices = "choices=[('web', 'Web'), ('', 'Other')]"
    title = f"('title', models.CharField(max_length=9, {choices}, default='web'))"
    assert told(drift(models, created("Post", title), settings=settings).differences) == row


def test_an_attribute_of_a_setting_that_is_not_decided_is_not_decided() -> None:
    models = """
from django.conf import settings
class Post(models.Model):
    title = models.CharField(max_length=9, default=settings.KINDS.web)
"""
    title = "('title', models.CharField(max_length=9, default='web'))"
    settings = f"{BIG}\nfrom elsewhere import made\nKINDS = made()[0]"
    assert told(drift(models, created("Post", title), settings=settings).differences) == [
        "AlterField? post.title"
    ]


LISTED = "choices=[('a', 'A'), ('b', 'B')]"


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ("kinds = []\n    for kind in Kind:\n        kinds.append((kind.value, kind.name))", []),
        ("kinds = [('a', 'A')]\n    kinds.append(('b', 'B'))", []),
        ("kinds = [('a', 'A')]\n    kinds += [('b', 'C')]", ["AlterField post.state"]),
        ("kinds = []\n    for kind in elsewhere():\n        kinds.append(kind)", ["AlterField? post.state"]),
    ],
)
def test_a_list_that_a_class_body_fills_before_a_field_gets_it(body: str, rows: list[str]) -> None:
    models = f"""
from enum import Enum
from other import elsewhere
class Kind(Enum):
    A = "a"
    B = "b"
class Post(models.Model):
    {body}
    state = models.CharField(choices=kinds, max_length=9)
"""
    assert written(models, created("Post", field(f"{LISTED}, max_length=9"))) == rows


def test_a_list_that_a_class_body_fills_after_a_field_got_it_too() -> None:
    models = """
class Post(models.Model):
    kinds = [('a', 'A')]
    kinds.append(('b', 'B'))
    state = models.CharField(choices=kinds, max_length=9)
    kinds.append(('c', 'C'))
"""
    assert written(models, created("Post", field(f"{LISTED}, max_length=9"))) == ["AlterField? post.state"]


@pytest.mark.parametrize("kind", ["{('a', 'A'), ('b', 'B')}", "set([('a', 'A'), ('b', 'B')])"])
def test_choices_that_are_a_set_come_in_no_order_that_source_decides(kind: str) -> None:
    models = f"class Post(models.Model):\n    a = models.CharField(max_length=9, choices={kind})\n"
    a = "('a', models.CharField(max_length=9, choices=[('a', 'A'), ('b', 'B')]))"
    assert written(models, created("Post", a)) == ["AlterField? post.a"]


REGISTER = """
NUMBERS = {}
def register(name, fn):
    return keep(NUMBERS, name, fn)
def first():
    return next(iter(NUMBERS)) if NUMBERS else ''
"""


def test_an_empty_table_that_is_handed_over_may_be_filled() -> None:
    assert drifts(REGISTER, "default=first()", "default='one'") == ["AlterField? post.state"]
    unread = REGISTER.replace("keep(NUMBERS", "len(NUMBERS")
    assert drifts(unread, "default=first()", "default='one'") == ["AlterField post.state"]
