"""A tree that is the project's package itself, whose folder stands on the path from above."""

from __future__ import annotations

import pytest

from tests.projects import analysed

PROJECT = """
# __init__.py
# manage.py
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{settings}")
# settings.py
INSTALLED_APPS = ["{name}.blog", "{name}.shop"]
# blog/__init__.py
# blog/models/__init__.py
from .posts import Post
# blog/models/posts.py
from django.db import models
from {name}.shop.models import Named
class Post(Named):
    parent = models.ForeignKey("self", models.CASCADE)
# blog/migrations/__init__.py
# blog/migrations/0001_initial.py
from django.db import migrations
class Migration(migrations.Migration):
    operations = []
# shop/__init__.py
# shop/models.py
from django.db import models
class Named(models.Model):
    name = models.CharField(max_length=9)
    class Meta:
        abstract = True
class Item(Named): pass
"""


@pytest.mark.parametrize("settings", ["site.settings", "site.settings.local"])
def test_the_files_tell_the_name_of_the_package(settings: str) -> None:
    found = analysed(PROJECT.format(settings=settings.replace("site", "weblog"), name="weblog"))
    assert {app.label: (app.name, app.installed) for app in found.apps if app.own} == {
        "blog": ("weblog.blog", True),
        "shop": ("weblog.shop", True),
    }
    assert {model.label: model.abstract_ancestors for model in found.models if not model.abstract} == {
        "blog.Post": ("weblog.shop.models.Named",),
        "shop.Item": ("weblog.shop.models.Named",),
    }
    assert [migration.key for migration in found.migrations] == [("blog", "0001_initial")]


def test_settings_beside_manage_py_name_no_package() -> None:
    text = PROJECT.format(settings="settings", name="blog").replace("blog.blog", "blog")
    found = analysed(text.replace("blog.shop", "shop"))
    assert {app.name for app in found.apps if app.own} == {"blog", "shop"}
