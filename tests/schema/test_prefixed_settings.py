"""Settings whose defaults a class gives (django-appconf), under names with a prefix."""

from __future__ import annotations

import pytest

from tests.history.drifts import BIG, created, drift, told

CONF = """
from appconf import AppConf
from django.conf import settings
LONGER = 20
class Conf(AppConf):
    LENGTH = 10
    OTHER = LONGER
{body}
class Post(models.Model):
    title = models.CharField(max_length=settings.{name})
"""
TITLE = "('title', models.CharField(max_length={length}))"


def rows(body: str, name: str, length: int, settings: str = "") -> list[str]:
    state = created("Post", TITLE.format(length=length))
    found = told(drift(CONF.format(body=body, name=name), state, settings=f"{BIG}\n{settings}").differences)
    return [row for row in found if "post" in row]


@pytest.mark.parametrize(
    ("body", "name", "length"),
    [
        ("", "BLOG_LENGTH", 10),
        ("", "BLOG_OTHER", 20),
        ("    class Meta:\n        prefix = 'my_app'", "MY_APP_LENGTH", 10),
        ("    class Meta:\n        prefix = ''", "LENGTH", 10),
        ("    BLOG_MORE = 7", "BLOG_MORE", 7),
        ("    class Meta:\n        app_label = 'shop'", "SHOP_LENGTH", 10),
        ("class Heir(Conf):\n    LENGTH = 5\n    class Meta:\n        prefix = 'heir'", "HEIR_LENGTH", 5),
    ],
)
def test_what_the_class_gives_where_the_settings_say_nothing(body: str, name: str, length: int) -> None:
    assert rows(body, name, length) == []
    assert rows(body, name, length + 1) == ["AlterField post.title"]
    assert rows(body, name, 3, f"{name} = 3") == []


@pytest.mark.parametrize(
    "body",
    [
        "    def configure_length(self, value):\n        return value + 1",
        "    def configure(self):\n        return {}",
        "    class Meta:\n        holder = 'blog.models.HOLDER'",
        "class Twice(AppConf):\n    LENGTH = 12",
    ],
)
def test_what_may_become_another_value_is_not_decided(body: str) -> None:
    assert rows(body, "BLOG_LENGTH", 11) == ["AlterField? post.title"]
