"""Several Django projects in one tree, with apps of the same name: one of them is read, and as a whole."""

from __future__ import annotations

import pytest

from tests.projects import analysed

TWO = """
# one/manage.py
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_one.settings")
# one/site_one/__init__.py
# one/site_one/settings.py
INSTALLED_APPS = ["blog"]
# one/blog/__init__.py
# one/blog/models.py
from django.db import models
class Post(models.Model):
    title = models.TextField()
# one/blog/migrations/__init__.py
# one/blog/migrations/0001_initial.py
from django.db import migrations
class Migration(migrations.Migration):
    operations = []
# two/manage.py
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_two.settings")
# two/site_two/__init__.py
# two/site_two/settings.py
INSTALLED_APPS = ["blog", "shop.apps.Shop"]
# two/blog/__init__.py
# two/blog/models.py
from django.db import models
from blog.bases import Base
class Post(Base):
    buyer = models.ForeignKey("shop.Buyer", models.CASCADE, null=True)
# two/blog/bases.py
from django.db import models
class Base(models.Model):
    title = models.TextField()
    class Meta:
        abstract = True
# two/blog/migrations/__init__.py
# two/blog/migrations/0001_initial.py
from django.db import migrations
class Migration(migrations.Migration):
    operations = []
# two/blog/migrations/0002_post_buyer.py
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("blog", "0001_initial")]
    operations = []
# two/shop/__init__.py
# two/shop/apps.py
from django.apps import AppConfig
class Shop(AppConfig):
    name = "shop"
# two/shop/models.py
from django.db import models
class Buyer(models.Model): pass
"""


@pytest.mark.parametrize(
    ("settings", "fields", "migrations"),
    [
        ("one/site_one/settings.py", ["id", "title"], ["0001_initial"]),
        ("two/site_two/settings.py", ["buyer", "id", "title"], ["0001_initial", "0002_post_buyer"]),
    ],
)
def test_the_settings_say_which_project_is_read(
    settings: str, fields: list[str], migrations: list[str]
) -> None:
    found = analysed(TWO, settings=settings)
    post = found.model("blog.Post")
    assert post is not None
    assert post.file == f"{settings.partition('/')[0]}/blog/models.py"
    assert sorted(field.name for field in post.fields) == fields
    assert [m.name for m in found.migrations if m.app == "blog"] == migrations


def test_without_a_choice_the_project_with_the_most_apps_is_read() -> None:
    found = analysed(TWO)
    assert found.reading.settings == "two/site_two/settings.py"
    assert [(r.source, r.target) for r in found.relations] == [("blog.Post", "shop.Buyer")]


def test_a_neighbours_model_of_the_same_label_is_no_unknown_of_this_project() -> None:
    one = """
        # {n}/manage.py
        import os
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site{n}.settings")
        # {n}/site{n}/__init__.py
        # {n}/site{n}/settings.py
        INSTALLED_APPS = ["account"]
        # {n}/account/__init__.py
        # {n}/account/models.py
        from django.db import models
        class Profile(models.Model): ...
    """
    found = analysed("".join(one.format(n=n) for n in "abc"))
    assert [(model.label, model.file) for model in found.models if model.own] == [
        ("account.Profile", "a/account/models.py")
    ]
    assert [unknown for unknown in found.unknown if unknown.what == "account.Profile"] == []
