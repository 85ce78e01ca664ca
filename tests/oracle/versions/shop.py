"""The models of an app with one of everything that migrations keep, as each version of Django can have it.

A line that ends with `# 5.0+` is there from that version on, one that ends with `# <5.1` until then.
"""

from __future__ import annotations

import re

from analyzer.schema.version import Version

_SINCE = re.compile(r"  # (\d+)\.(\d+)\+$")
_UNTIL = re.compile(r"  # <(\d+)\.(\d+)$")


def since(text: str, django: Version) -> str:
    """The lines of a text that are there with a version."""
    return "\n".join(_bare(line) for line in text.splitlines() if _is_there(line, django)) + "\n"


def _is_there(line: str, django: Version) -> bool:
    begin, end = _SINCE.search(line), _UNTIL.search(line)
    if begin is not None and django < tuple(map(int, begin.groups())):
        return False
    return end is None or django < tuple(map(int, end.groups()))


def _bare(line: str) -> str:
    return _UNTIL.sub("", _SINCE.sub("", line))


FIELDS = """
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
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from shop import fields
from shop.fields import positive

A, B = "a", "b"
KINDS = [(A, _("First")), (B, "Second")]

SUM = F("c3") + 1

def token(): ...
def folder(instance, name): ...

class Plain(models.Model):
    a1 = models.CharField(max_length=10)
    a2 = models.CharField("Name", max_length=10, null=True, blank=False, default="")
    a3 = models.CharField(_("Name"), "a3", False, 12, True)
    a4 = models.CharField(verbose_name=pgettext_lazy("menu", "File"), max_length=2 * 8, unique=False)
    a5 = models.CharField(max_length=1, choices=KINDS, default=A, help_text="")
    a6 = models.CharField(max_length=1, choices=((A, "A"), [B, "B"]), editable=True)
    a7 = models.CharField(max_length=1, choices={"a": "Letter", "b": "Other"})  # 5.0+
    a8 = models.CharField(max_length=3, validators=[], error_messages={"unique": _("Taken")})
    a9 = models.CharField(max_length=3, validators=[MinValueValidator(1), RegexValidator("^x", flags=re.I)])
    b1 = models.TextField(db_column="text", db_tablespace="")
    b2 = models.TextField(default=token, db_comment="said")  # 4.2+
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
    g1 = models.GeneratedField(expression=SUM, output_field=models.IntegerField(), db_persist=True)  # 5.0+
    g2 = models.IntegerField(db_default=7)  # 5.0+

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
    a5 = models.CharField(max_length=5, choices=Size, blank=True)  # 5.0+
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
    b1 = models.OneToOneField(Plain, models.CASCADE, related_name="of_b1")
    b2 = models.OneToOneField(to=User, on_delete=models.CASCADE, unique=True, related_name="of_b2")
    c1 = models.ManyToManyField(Plain, related_name="of_c1", blank=True)
    c2 = models.ManyToManyField("self", symmetrical=False, db_table="friends", related_name="of_c2")
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
"""Fields of every kind, each alone."""

OPTIONS = """
class Dated(models.Model):
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        get_latest_by = "at"

class Owned(Dated):
    owner = models.ForeignKey(User, models.CASCADE, related_name="%(app_label)s_%(class)s_owned")
    tags = models.ManyToManyField("Keyed", related_name="%(class)s_tagged")

    class Meta(Dated.Meta):
        abstract = True
        verbose_name = "owned"

class People(models.Manager):
    use_in_migrations = True

    def __init__(self, kind="all"):
        self.kind = kind
        super().__init__()

LATE = models.Deferrable.DEFERRED

class Optioned(Owned):
    left = models.IntegerField(default=0)
    right = models.IntegerField(default=0)
    text = models.CharField(max_length=9, db_collation="C")

    people = People("some")

    class Meta(Owned.Meta):
        verbose_name_plural = _("Many")
        ordering = ["-left", F("right").desc(nulls_last=True)]
        unique_together = [("left", "text")]
        index_together = [("left", "right"), ["right", "text"]]  # <5.1
        db_table_comment = "All of them"  # 4.2+
        permissions = [("look", "May look")]
        base_manager_name = "people"
        indexes = [
            models.Index(fields=["left"], name="by_left"),
            models.Index(fields=["-right", "left"]),
            models.Index(F("left") + F("right"), name="by_sum"),
            models.Index(fields=["text"], condition=Q(left__gt=1), include=["right"], name="partly"),
            models.Index(fields=["text"], name="%(app_label)s_%(class)s_text"),
        ]
        constraints = [
            models.CheckConstraint(check=Q(left__gte=0), name="old_positive"),  # <5.1
            models.CheckConstraint(condition=Q(left__gte=0), name="positive"),  # 5.1+
            models.UniqueConstraint(fields=["left"], name="once", condition=~Q(right=0), include=["text"]),
            models.UniqueConstraint(fields=("left", "right"), name="late", deferrable=LATE),
            models.UniqueConstraint(Lower("text"), name="lower"),  # 4.0+
            models.UniqueConstraint(fields=["text"], name="told", violation_error_message="No"),  # 4.1+
            models.UniqueConstraint(fields=["right"], name="nulls", nulls_distinct=False),  # 5.0+
            models.UniqueConstraint(fields=["id", "left"], name="code", violation_error_code="x"),  # 5.0+
        ]

class Other(Owned):
    above = models.ForeignKey(Optioned, models.CASCADE, related_name="others")

    class Meta:
        order_with_respect_to = "above"
        db_table = "the_others"

class Child(Plain):
    extra = models.IntegerField(default=1)

class Shown(Child):
    class Meta:
        proxy = True
        verbose_name = "shown"

class Foreign(models.Model):
    name = models.CharField(max_length=3)

    class Meta:
        managed = False
        default_related_name = "foreigners"
        default_permissions = ("view",)

class Paired(models.Model):  # 5.2+
    pk = models.CompositePrimaryKey("one", "two")  # 5.2+
    one = models.IntegerField()  # 5.2+
    two = models.IntegerField()  # 5.2+
"""
"""What comes behind them in the same module: options of Meta, bases, managers."""
