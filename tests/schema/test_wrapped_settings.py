"""Targets named by an object of the project's own that hands on what Django's settings say."""

from __future__ import annotations

import pytest

from analyzer.schema.values import Relation
from tests.schema.blog import field, read, relations

POST = "from blog.conf import settings\nclass Post(models.Model):\n    it = models.ForeignKey({}, 1)\n"
USER = "\nAUTH_USER_MODEL = 'core.Place'\n"
OBJECT = """
from django.conf import settings as django_settings
from blog import defaults
class Settings:
    {before}
    def __getattr__(self, name):
        {body}
settings = Settings()
"""


def target(body: str, before: str = "pass") -> Relation:
    conf = OBJECT.format(body=body, before=before)
    return relations(POST.format("settings.AUTH_USER_MODEL"), USER, conf=conf, defaults="")["Post.it"]


@pytest.mark.parametrize(
    "body",
    [
        "return getattr(django_settings, name)",
        "return getattr(django_settings, name, getattr(defaults, name, None))",
        "try: return getattr(django_settings, name)\n        except AttributeError: return None",
    ],
)
def test_a_setting_is_certain_where_django_is_asked_first(body: str) -> None:
    found = target(body)
    assert (found.target, found.certain) == ("core.Place", True)
    assert found.swappable_setting == "AUTH_USER_MODEL"


@pytest.mark.parametrize(
    ("body", "before"),
    [
        ("return getattr(defaults, name)", "pass"),
        ("return self.found(name)", "pass"),
        ("return getattr(django_settings, name)", "def __init__(self): self.AUTH_USER_MODEL = read()"),
        ("return getattr(django_settings, name)", "AUTH_USER_MODEL = read()"),
    ],
)
def test_else_it_is_likely_and_said_to_be_so(body: str, before: str) -> None:
    found = target(body, before)
    assert not found.certain
    assert found.why


def test_a_field_whose_class_is_nowhere_says_so() -> None:
    """Only its name tells that it is one."""
    text = "from gone.fields import SecretField\nclass Post(models.Model):\n    it = SecretField()\n"
    why = "the source of gone.fields.SecretField is not known; its name says what it is"
    assert field(text).why == why
    assert [(item.what, item.why) for item in read(text).unknown] == [("blog.models.Post.it", why)]
    assert field("class Post(models.Model):\n    it = models.CharField(max_length=3)\n").why == ""
