"""More of what random projects showed: names of fields, and submodules that other names hide."""

from __future__ import annotations

import pytest

from tests.schema.test_regressions_generated import fields, read


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ('models.FileField("Doc", "paper", "docs")', {"paper": "FileField"}),
        ('models.CharField(max_length=9, name="paper")', {"paper": "CharField"}),
        ("models.CharField(**NAMED)", {"paper": "CharField"}),
        ("models.ForeignKey('self', models.CASCADE, name='paper')", {"paper": "ForeignKey shop.Order"}),
        ("models.ForeignKey('self', models.CASCADE)", {"doc": "ForeignKey shop.Order"}),
        ('models.CharField("Doc", None, False, 9)', {"doc": "CharField"}),
        ('Short("Doc", "paper")', {"paper": "Short"}),
    ],
)
def test_a_field_that_its_call_gives_a_name_has_that_one(written: str, found: dict[str, str]) -> None:
    text = f"""
# shop/models.py
from django.db import models
NAMED = {{"max_length": 9, "name": "paper"}}
class Short(models.CharField):
    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 9
        super().__init__(*args, **kwargs)
class Base(models.Model):
    doc = {written}
    class Meta:
        abstract = True
class Order(Base):
    pass
"""
    assert fields(text, "shop.Order") == {"id": "AutoField", **found}


def test_arguments_count_by_their_place_too() -> None:
    text = """
# shop/models.py
from django.db import models
class Order(models.Model):
    note = models.CharField("Note", None, False, 9, False, True, True)
    paper = models.FileField("Paper", None, "papers", null=True)
    code = models.CharField("Code", "number", True, 9)
    next = models.ForeignKey("self", models.CASCADE, "before", None, None, False, True, "code")
"""
    assert fields(text, "shop.Order") == {
        "note": "CharField null",
        "paper": "FileField null",
        "number": "CharField",
        "next": "ForeignKey shop.Order",
    }


HIDDEN = """
# shop/models/__init__.py
{first}
from shop.models import things
# shop/models/core.py
from shop import other as things
__all__ = ["things"]
# shop/models/none.py
# shop/other.py
# shop/models/things.py
from django.db import models
class Order(models.Model):
    pass
"""


@pytest.mark.parametrize("first", ["from .core import *", "from .core import things", "things = 1"])
def test_a_submodule_whose_name_the_package_has_bound_above_is_not_imported(first: str) -> None:
    found = read(HIDDEN.format(first=first))
    assert [model.label for model in found.models if model.own and model.installed] == []


@pytest.mark.parametrize(
    "first",
    [
        "from .none import *",
        "from . import things",
        "if id(object) < 0:\n    things = 1",
        "import shop.models.things",
    ],
)
def test_a_submodule_is_imported_by_its_name_otherwise(first: str) -> None:
    found = read(HIDDEN.format(first=first))
    assert [model.label for model in found.models if model.own] == ["shop.Order"]


def test_a_package_that_imports_from_itself_gets_what_it_has_bound_above() -> None:
    text = """
# shop/models/__init__.py
from .core import *
from shop.models import things
# shop/models/core.py
from blog import models as things
# shop/models/things.py
# blog/models.py
from django.db import models
class Base(models.Model):
    class Meta:
        abstract = True
    note = models.TextField()
# shop/orders.py
from shop.models import things
class Order(things.Base):
    class Meta:
        app_label = "shop"
# shop/apps.py
from django.apps import AppConfig
class ShopConfig(AppConfig):
    name = "shop"
    def ready(self):
        from . import orders
"""
    assert fields(text, "shop.Order") == {"id": "AutoField", "note": "TextField"}


BASES = """
# shop/one.py
from django.db import models
class Base(models.Model):
    a = models.TextField()
    class Meta:
        abstract = True
# shop/two.py
from django.db import models
class Base(models.Model):
    b = models.TextField()
    class Meta:
        abstract = True
"""


def test_a_star_import_brings_the_submodules_that_a_package_has_imported() -> None:
    """`blog.models` has its `core`; by way of `shop.models.core` it takes the place of that one."""
    text = """
# blog/models/__init__.py
from .core import *
# blog/models/core.py
from shop.two import Base
# shop/models/__init__.py
from .core import *
from .links import *
# shop/models/core.py
from shop.one import Base
from blog.models import *
# shop/models/links.py
from . import core
class Order(core.Base):
    pass
"""
    assert fields(BASES + text, "shop.Order") == {"id": "AutoField", "b": "TextField"}


def test_a_submodule_that_nobody_has_imported_is_not_brought() -> None:
    text = """
# blog/models/__init__.py
# blog/models/core.py
from shop.two import Base
# shop/models/__init__.py
from .core import *
from .links import *
# shop/models/core.py
from shop.one import Base
from blog.models import *
# shop/models/links.py
from . import core
class Order(core.Base):
    pass
"""
    assert fields(BASES + text, "shop.Order") == {"id": "AutoField", "a": "TextField"}


def test_what_a_package_binds_further_down_is_not_there_for_the_modules_that_it_imports_first() -> None:
    text = """
# blog/models/__init__.py
# blog/models/core.py
from shop.two import Base
# shop/models/__init__.py
from .links import *
from blog.models import core
# shop/models/core.py
from shop.one import Base
# shop/models/links.py
from . import core
class Order(core.Base):
    pass
"""
    assert fields(BASES + text, "shop.Order") == {"id": "AutoField", "a": "TextField"}


def test_a_module_that_a_star_import_brings_hides_what_was_imported_above() -> None:
    text = """
# blog/models/__init__.py
from .core import *
# blog/models/core.py
from shop import two as bases
# shop/models.py
from shop import one as bases
from blog.models import *
class Order(bases.Base):
    pass
"""
    assert fields(BASES + text, "shop.Order") == {"id": "AutoField", "b": "TextField"}
