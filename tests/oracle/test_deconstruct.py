"""Fields taken apart by migscan and by real Django: the same arguments, left out or written."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analyzer.schema.classes import Classes
from analyzer.schema.enumerations import Enumerations
from analyzer.schema.fields import Fields
from analyzer.schema.translations import translations
from analyzer.states.deconstruct import Deconstructor
from analyzer.states.objects import short
from analyzer.states.values import Built, Dictionary, FieldState, Form, Listing, Name, Unsure
from tests.projects import project, source

TRUTH = Path(__file__).with_name("deconstructed.py")

needs_django = pytest.mark.skipif(
    importlib.util.find_spec("django") is None, reason="the oracle needs Django (dependency group `oracle`)"
)

MODELS = """
# shop/__init__.py
# shop/fields.py
from django.core.exceptions import ValidationError
from django.db import models

def positive(value): ...

class Upper(models.CharField):
    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 104
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

class Short(models.CharField):
    def __init__(self, *args, max_length=20, **kwargs):
        super().__init__(*args, max_length=max_length, **kwargs)

class Hidden(models.TextField):
    def deconstruct(self):
        name, path, args, kwargs = super(Hidden, self).deconstruct()
        return name, "django.db.models.TextField", args, kwargs

class Rated(models.IntegerField):
    def __init__(self, verbose_name=None, low=1, high=None, **kwargs):
        self.low, self.high = low, high
        super().__init__(verbose_name, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs["low"] = self.low
        if self.high is not None:
            kwargs["high"] = self.high
        return name, path, args, kwargs

class Optional(models.DateField):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs.pop("label", None)
        super(Optional, self).__init__(*args, **kwargs)

class Old(models.DecimalField):
    def __init__(self, *args, **kwargs):
        if "max_digits" not in kwargs:
            kwargs.update({"max_digits": 12, "decimal_places": 2})
        models.DecimalField.__init__(self, *args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_digits")
        if kwargs["decimal_places"] == 2:
            kwargs.pop("decimal_places", None)
        return (name, path, args, kwargs)

class Mixin:
    def __init__(self, *args, unit="kg", **kwargs):
        self.unit = unit
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        if self.unit != "kg":
            kwargs["unit"] = self.unit
        return name, path, args, kwargs

class Weight(Mixin, models.FloatField):
    default_validators = [positive]

class Owner(models.ForeignKey):
    def __init__(self, to="auth.User", on_delete=models.CASCADE, **kwargs):
        super().__init__(to, on_delete=on_delete, **kwargs)
# shop/models.py
import datetime
import re
import uuid
from decimal import Decimal
from enum import Enum
from functools import partial

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from shop import fields
from shop.fields import positive

A, B = "a", "b"
KINDS = [(A, _("First")), (B, "Second")]

def token(): ...
def folder(instance, name): ...

class Plain(models.Model):
    a1 = models.CharField(max_length=10)
    a2 = models.CharField("Name", max_length=10, null=True, blank=False, default="")
    a3 = models.CharField(_("Name"), "a3", False, 12, True)
    a4 = models.CharField(verbose_name=pgettext_lazy("menu", "File"), max_length=2 * 8, unique=False)
    a5 = models.CharField(max_length=1, choices=KINDS, default=A, help_text="")
    a6 = models.CharField(max_length=1, choices=((A, "A"), [B, "B"]), editable=True)
    a7 = models.CharField(max_length=1, choices={"a": "Letter", "b": "Other"})
    a8 = models.CharField(max_length=3, validators=[], error_messages={"unique": _("Taken")})
    a9 = models.CharField(max_length=3, validators=[MinValueValidator(1), RegexValidator("^x", flags=re.I)])
    b1 = models.TextField(db_column="text", db_tablespace="")
    b2 = models.TextField(default=token, db_comment="said")
    b3 = models.EmailField()
    b4 = models.EmailField(max_length=254)
    b5 = models.EmailField(max_length=75)
    b6 = models.URLField()
    b7 = models.URLField(max_length=200, blank=True)
    b8 = models.URLField(max_length=500)
    b9 = models.SlugField()
    c1 = models.SlugField(max_length=50, db_index=True)
    c2 = models.SlugField(unique=True, max_length=100, db_index=False, allow_unicode=True)
    c3 = models.IntegerField(default=0)
    c4 = models.PositiveSmallIntegerField("Order", default=-1, null=False)
    c5 = models.BooleanField(default=False)
    c6 = models.BooleanField(null=True)
    c7 = models.FloatField(default=1.5)
    c8 = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal("0.00"))
    c9 = models.DecimalField("Price", "c9", 10, 2, default=Decimal("1.50"))
    d1 = models.DateTimeField(auto_now_add=True)
    d2 = models.DateTimeField(auto_now=True, editable=True)
    d3 = models.DateTimeField(default=timezone.now, auto_now=False)
    d4 = models.DateField(_("Day"), default=datetime.date.today, unique_for_date="d3")
    d5 = models.TimeField(default=datetime.time(12, 30))
    d6 = models.DurationField(default=datetime.timedelta(days=1, hours=2))
    d7 = models.DateTimeField("When", "d7", True)
    e1 = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    e2 = models.GenericIPAddressField()
    e3 = models.GenericIPAddressField(protocol="IPv4", unpack_ipv4=False, max_length=39)
    e4 = models.BinaryField()
    e5 = models.BinaryField(editable=True, max_length=8)
    e6 = models.FilePathField(path="/var", match=r".*", recursive=True, max_length=100)
    e7 = models.JSONField(default=dict, blank=True)
    e8 = models.JSONField(default=partial(dict, a=1), encoder=None)
    f1 = models.FileField()
    f2 = models.FileField(upload_to="files/%Y", max_length=100)
    f3 = models.FileField(upload_to=folder, storage=FileSystemStorage(location="/srv"), max_length=255)
    f4 = models.FileField(storage=default_storage, upload_to="x")
    f5 = models.ImageField(upload_to="images", width_field="c3", height_field=None)
    f6 = models.FileField("Doc", "f6", "docs")
    g1 = models.GeneratedField(expression=F("c3") + 1, output_field=models.IntegerField(), db_persist=True)
    g2 = models.IntegerField(db_default=7)

class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LIVE_NOW = "live"
    __empty__ = _("Unknown")

class Level(models.IntegerChoices):
    LOW = 1
    HIGH = 2, "Very high"

class Color(Enum):
    RED = "red"

class Chosen(models.Model):
    class Size(models.TextChoices):
        S = "s", "Small"
        XL = "xl"

    OPEN, SHUT = "open", "shut"
    STATES = ((OPEN, _("Open")), (SHUT, _("Shut")))

    a1 = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    a2 = models.IntegerField(choices=Level.choices, default=Level.HIGH.value)
    a3 = models.CharField(max_length=2, choices=Size.choices, default=Size.XL)
    a4 = models.CharField(max_length=5, choices=STATES, default=SHUT)
    a5 = models.CharField(max_length=5, choices=Size, blank=True)
    a6 = models.CharField(max_length=5, choices=[(s.value, s.label) for s in Size])
    a7 = models.CharField(max_length=max(len(v) for v in Size.values), default=Size.S.value)

class Related(models.Model):
    a1 = models.ForeignKey(Plain, models.CASCADE)
    a2 = models.ForeignKey("Plain", on_delete=models.SET_NULL, null=True, related_name="+", db_index=True)
    a3 = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "x", db_index=False, db_constraint=False)
    a4 = models.ForeignKey(User, on_delete=models.SET("x"), related_name="%(app_label)s_%(class)s")
    a5 = models.ForeignKey("auth.User", on_delete=models.SET(token), to_field="username", limit_choices_to={})
    a6 = models.ForeignKey(User, models.CASCADE, to_field="id", limit_choices_to={"id": 1}, related_name="a6")
    a7 = models.ForeignKey(User, models.CASCADE, limit_choices_to=Q(id=5) | ~Q(id=1), related_name="a7")
    a8 = models.ForeignKey("self", models.DO_NOTHING, null=True, related_query_name="child")
    b1 = models.OneToOneField(Plain, models.CASCADE, related_name="b1")
    b2 = models.OneToOneField(to=User, on_delete=models.CASCADE, parent_link=False, unique=True)
    c1 = models.ManyToManyField(Plain, related_name="c1", blank=True)
    c2 = models.ManyToManyField("self", symmetrical=False, db_table="friends")
    c3 = models.ManyToManyField(User, through="Link", through_fields=("left", "right"), related_name="c3")
    c4 = models.ManyToManyField("auth.Group", "named", db_constraint=True, verbose_name="Groups")

class Link(models.Model):
    left = models.ForeignKey(Related, models.CASCADE)
    right = models.ForeignKey(User, models.CASCADE)

class Keyed(models.Model):
    code = models.CharField(max_length=3, primary_key=True)

class Custom(models.Model):
    a1 = fields.Upper("Title", null=True)
    a2 = fields.Short()
    a3 = fields.Short(max_length=30, blank=True)
    a4 = fields.Hidden(blank=True)
    a5 = fields.Rated()
    a6 = fields.Rated("Stars", 2, high=5, default=3)
    a7 = fields.Optional(label="x")
    a8 = fields.Optional(null=False)
    b1 = fields.Old()
    b2 = fields.Old(max_digits=5, decimal_places=1)
    b3 = fields.Weight()
    b4 = fields.Weight("Mass", unit="g", validators=[positive])
    b5 = fields.Owner(related_name="+")
    b6 = fields.Owner(Plain, models.SET_NULL, null=True)
"""


def taken_apart() -> dict[str, dict[str, Any]]:
    """The same JSON from the source."""
    read = source(MODELS)
    read.evaluator.calls = translations()
    classes = Classes(read.names, read.evaluator)
    read.evaluator.members = Enumerations(classes).attribute
    fields = Fields(classes)
    deconstructor = Deconstructor(fields, lambda label: "id")
    module = read.module("shop.models")
    out: dict[str, dict[str, Any]] = {}
    for name in ("Plain", "Chosen", "Related", "Link", "Keyed", "Custom"):
        cls = classes.of_binding(read.names.member(module, name))
        assert cls is not None
        out[name] = {
            key: _written(
                deconstructor, FieldState(key, declared, "", declared.line, target="?", through="?")
            )
            for key, declared in fields.declared(cls).items()
        }
    return out


def _written(deconstructor: Deconstructor, state: FieldState) -> dict[str, Any]:
    found = deconstructor.arguments(state, cloned=True)
    assert not found.why, (state.name, found.why)
    named = {key: form(value) for key, value in found.arguments.items()}
    return {"path": found.path, "kwargs": named, "args": ["list"]}


def form(value: Form) -> Any:
    match value:
        case Listing(kind, items):
            return [kind, *map(form, items)]
        case Dictionary(pairs):
            return {"dict": [[form(key), form(item)] for key, item in pairs]}
        case Name(path):
            return {"name": path}
        case Built(path, args, kwargs):
            return {"call": path, "args": [*map(form, args)], "kwargs": {key: form(v) for key, v in kwargs}}
        case Unsure(why):
            return f"unsure: {why}"
        case _:
            return value


def _plain(value: Any) -> Any:
    """Choices without a difference between lists and tuples, relations without their models."""
    if isinstance(value, list):
        return ["list", *map(_plain, value[1:])]
    return value


def _settled(field: dict[str, Any]) -> dict[str, Any]:
    kwargs = dict(field["kwargs"])
    for name in ("to", "through"):
        if name in kwargs:
            kwargs[name] = "?"
    if "choices" in kwargs:
        kwargs["choices"] = _plain(kwargs["choices"])
    kwargs.pop("serialize", None)  # of a primary key: set by the model, not by the field
    return {**field, "kwargs": _shortened(kwargs)}


def _shortened(value: Any) -> Any:
    """Objects by the shortest path of their class: which of several a version writes says nothing."""
    if isinstance(value, list):
        return [_shortened(item) for item in value]
    if isinstance(value, dict):
        call = {"call": short(value["call"])} if "call" in value else {}
        return {**{key: _shortened(item) for key, item in value.items()}, **call}
    return value


@needs_django
@pytest.mark.parametrize("model", ["Plain", "Chosen", "Related", "Link", "Keyed", "Custom"])
def test_django_and_migscan_write_the_same(model: str, both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    django, migscan = both
    assert sorted(django[model]) == sorted(migscan[model])
    wrong = {
        name: (_settled(migscan[model][name]), _settled(django[model][name]))
        for name in django[model]
        if _settled(migscan[model][name]) != _settled(django[model][name])
    }
    assert wrong == {}


@pytest.fixture(scope="module")
def both() -> tuple[dict[str, Any], dict[str, Any]]:
    with project(MODELS) as root:
        done = subprocess.run(
            [sys.executable, str(TRUTH), str(root)], capture_output=True, text=True, timeout=120
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), taken_apart()
