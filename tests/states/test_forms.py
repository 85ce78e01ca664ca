"""Two ways to write a value, and whether the autodetector takes them for equal."""

from __future__ import annotations

import pytest

from analyzer.schema.classes import Classes
from analyzer.schema.enumerations import Enumerations
from analyzer.schema.translations import translations
from analyzer.source.facts import Assign
from analyzer.states.forms import Former
from analyzer.states.sameness import same
from analyzer.states.values import Form, Unsure
from tests.projects import source

HEAD = """
# shop/__init__.py
# shop/values.py
import datetime, decimal, enum, logging, nowhere, operator, os, re, types, uuid
import datetime as dt
import elsewhere, pytz
from decimal import Decimal
from functools import partial, reduce
from django.core.validators import MaxLengthValidator, RegexValidator, int_list_validator, validate_slug
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as __, gettext_lazy as _
from shop import helpers
from shop.helpers import token as renamed

class Status(models.TextChoices):
    DRAFT = "draft", _("A draft")
    LIVE = "live"

class Color(enum.Enum):
    RED = "red"

class Mode(elsewhere.Enum):
    TWO = 2

PLACES = types.SimpleNamespace(HOME="home")
PAIR, OTHER = (1, 2), 3

def local(): ...
# shop/helpers.py
def token(): ...
class Checked:
    def method(self): ...
# shop/case.py
from shop.values import *
from shop.values import _, __, renamed
ALIAS = Status.DRAFT
"""


def form(text: str) -> Form:
    read = source(f"{HEAD}VALUE = {text}\n")
    read.evaluator.calls = translations()
    read.evaluator.members = Enumerations(Classes(read.names, read.evaluator)).attribute
    module = read.module("shop.case")
    stmt = read.modules.facts(read.module("shop.case")).body[-1]
    assert isinstance(stmt, Assign)
    return Former(read.evaluator).expression(stmt.value, module, {})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("'a' 'b'", "'a' + 'b'"),
        ("1", "True"),
        ("_('Name')", "'Name'"),
        ("__('Name')", "'Name'"),
        ("Status.DRAFT", "'draft'"),
        ("ALIAS", "'draft'"),
        ("Status.LIVE.label", "'Live'"),
        ("Status.choices", "[('draft', 'A draft'), ('live', 'Live')]"),
        ("[(s.value, s.label) for s in Status]", "[('draft', 'A draft'), ('live', 'Live')]"),
        ("[s for s in Status]", "Status.values"),
        ("Color.RED", "Color['RED']"),
        ("Color.RED", "Color('red')"),
        ("Status('live')", "'live'"),
        ("logging.INFO", "20"),
        (
            "dt.datetime(2000, 1, 1, tzinfo=dt.timezone.utc)",
            "dt.datetime(2000, 1, 1, 0, 0, tzinfo=timezone.utc)",
        ),
        ("dt.datetime(2000, 1, 1, tzinfo=pytz.UTC)", "dt.datetime(2000, 1, 1, tzinfo=timezone.utc)"),
        ("dt.datetime(2000, 1, 1, hour=5)", "dt.datetime(2000, 1, 1, 5, 0)"),
        ("dt.time(5, 0)", "dt.time(hour=5)"),
        ("dict({'a': 1}, b=2)", "{'a': 1, 'b': 2}"),
        (
            "int_list_validator(message='x')",
            r"RegexValidator(re.compile('^\\d+(?:,\\d+)*\\Z'), code='invalid', message='x')",
        ),
        ("Color.RED.value", "'red'"),
        ("PLACES.HOME", "'home'"),
        ("OTHER", "3"),
        ("renamed", "helpers.token"),
        ("dt.timedelta(days=1)", "datetime.timedelta(0, 86400)"),
        ("datetime.timedelta(hours=36)", "datetime.timedelta(days=1, seconds=43200)"),
        ("Decimal('1.50')", "decimal.Decimal('1.5')"),
        ("Decimal('0.00')", "0"),
        ("Decimal(2)", "2"),
        ("Decimal(1.0)", "Decimal('1')"),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}"),
        ("{1, 2}", "{2, 1}"),
        ("partial(renamed, 1)", "partial(helpers.token, 1)"),
        ("re.compile('x', re.I)", "re.compile('x', 34)"),
        ("RegexValidator('x', flags=re.I | re.S)", "RegexValidator('x', flags=18)"),
        ("Q(a=1, b=2)", "Q(('a', 1), ('b', 2))"),
        ("Q(a=1) & Q(b=2)", "Q(a=1, b=2)"),
        ("Q(a=1) | Q(b=2)", "Q(('a', 1), ('b', 2), _connector='OR')"),
        ("~Q(a=1)", "Q(('a', 1), _negated=True)"),
        ("~Q(a=1) & Q(b=2)", "Q(Q(('a', 1), _negated=True), ('b', 2))"),
        ("Q(a=1) | (Q(b=2) | Q(c=3))", "Q(('a', 1), ('b', 2), ('c', 3), _connector='OR')"),
        ("Q(Q(a=1))", "Q(a=1)"),
        ("~~Q(a=1)", "Q(a=1)"),
        ("Q(reduce(operator.or_, [Q(a=1), Q(b=2), Q(c=3)]))", "Q(a=1) | Q(b=2) | Q(c=3)"),
        ("reduce(operator.and_, (Q(**{n: 1}) for n in ['a', 'b']), ~Q(c=1))", "~Q(c=1) & Q(a=1) & Q(b=1)"),
        ("F('a') + 1", "models.expressions.CombinedExpression(F('a'), '+', Value(1))"),
        ("F('a').desc()", "models.OrderBy(F('a'), descending=True)"),
        ("Lower('a').asc()", "models.expressions.OrderBy(Lower('a'))"),
        ("models.Index(fields=['a'], name='i')", "models.indexes.Index(name='i', fields=['a'])"),
    ],
)
def test_equal(one: str, other: str) -> None:
    assert same(form(one), form(other)) is True


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("'a'", "'A'"),
        ("None", "''"),
        ("dt.datetime(2000, 1, 1, tzinfo=timezone.utc)", "dt.datetime(2000, 1, 2, tzinfo=timezone.utc)"),
        ("dt.datetime(2000, 1, 1, tzinfo=timezone.utc)", "dt.datetime(2000, 1, 1)"),
        ("int_list_validator(message='x')", "int_list_validator(';', message='x')"),
        ("[1]", "(1,)"),
        ("[1]", "[1, 2]"),
        ("{'a': 1}", "{'a': 2}"),
        ("{'a': 1}", "{'b': 1}"),
        ("list", "dict"),
        ("renamed", "local"),
        ("uuid.uuid4", "uuid.uuid1"),
        ("timezone.now", "datetime.datetime.now"),
        ("Color.RED", "'red'"),
        ("MaxLengthValidator(1)", "MaxLengthValidator(2)"),
        ("dt.datetime(1970, 1, 1)", "dt.datetime(1970, 1, 2)"),
        ("helpers.Checked(1)", "helpers.Checked(2)"),
        ("MaxLengthValidator(1)", "RegexValidator(1)"),
        ("MaxLengthValidator(1)", "MaxLengthValidator(1, message='x')"),
        ("Q(a=1)", "~Q(a=1)"),
        ("Q(a=1) | Q(b=2)", "Q(a=1) & Q(b=2)"),
        ("dt.timedelta(days=1)", "dt.timedelta(days=2)"),
        ("re.compile('x', re.I)", "re.compile('x')"),
        ("[os.environ['A'], 1]", "[os.environ['A'], 2]"),
    ],
)
def test_different(one: str, other: str) -> None:
    assert same(form(one), form(other)) is False


@pytest.mark.parametrize(
    "text",
    [
        "os.environ['A']",
        "open('x').read()",
        "[n for n in os.listdir()]",
        "missing",
        "lambda: 1",
        "Q(a=missing)",
    ],
)
def test_not_decided(text: str) -> None:
    assert same(form(text), form(text)) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nowhere.LIMIT", "3"),
        ("nowhere.LIMIT", "None"),
        ("nowhere.LIMIT", "nowhere.OTHER"),
        ("Q(nowhere.FILTER)", "Q(a=1, b=2)"),
        ("Q(nowhere.filters(1), c=3)", "Q(a=1, b=2)"),
        ("nowhere.tokens.token", "nowhere.token"),
        ("[nowhere.LIMIT]", "[3]"),
    ],
)
def test_a_name_of_unknown_source_may_be_any_value(one: str, other: str) -> None:
    assert same(form(one), form(other)) is None
    assert same(form(one), form(one)) is True  # the same call makes the same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("elsewhere.Money(0)", "elsewhere.Money('0.00')"),
        ("elsewhere.Money(0)", "elsewhere.types.Money(0)"),
        ("elsewhere.Money(0)", "0"),
        ("dt.datetime.utcfromtimestamp(0)", "dt.datetime(1970, 1, 1)"),
        ("Mode(2)", "Mode.TWO"),
        ("dt.datetime(2000, 1, 1, 1, tzinfo=elsewhere.CET)", "dt.datetime(2000, 1, 1, tzinfo=timezone.utc)"),
    ],
)
def test_what_is_made_by_an_unknown_class_or_a_function_may_be_equal(one: str, other: str) -> None:
    assert same(form(one), form(other)) is None
    assert same(form(one), form(one)) is True  # the same call makes the same


def test_a_value_that_grows_out_of_all_bounds_is_not_followed() -> None:
    deep = "[" * 60 + "]" * 60
    assert same(form(deep), form(deep)) is None
    assert isinstance(form("missing"), Unsure)
