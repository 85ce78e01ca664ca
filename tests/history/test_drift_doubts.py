"""What `makemigrations` would write is not certain where something beside the model's class has a say."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, written

TITLE = "('title', models.CharField(max_length=1))"


# ---------------------------------------------------------------- metaclasses

PAGES = """
class PageMeta:
    verbose_name = "page"
class PageBase(models.base.ModelBase):
    def __new__(cls, name, bases, attrs):
        if "Meta" not in attrs:
            attrs["Meta"] = type("Meta", (PageMeta,), {})
        return super().__new__(cls, name, bases, attrs)
class AbstractPage(models.Model, metaclass=PageBase):
    title = models.CharField(max_length=1)
    class Meta:
        abstract = True
class Post(AbstractPage):
    pass
"""


@pytest.mark.parametrize("option", ["'verbose_name': 'page'", "'constraints': []"])
def test_a_metaclass_that_makes_meta_may_change_every_option(option: str) -> None:
    assert not any("?" not in row for row in written(PAGES, created("Post", TITLE, options=f"{{{option}}}")))


LINKED = """
class PluginBase(models.base.ModelBase):
    def __new__(cls, name, bases, attrs):
        attrs["plugin_ptr"] = models.OneToOneField(
            "blog.Plugin", models.CASCADE, related_name="%(class)s", auto_created=True, parent_link=True)
        return super().__new__(cls, name, bases, attrs)
class Plugin(models.Model, metaclass=PluginBase):
    pass
class Text(Plugin):
    pass
"""
PTR = (
    "('plugin_ptr', models.OneToOneField('blog.Plugin', models.CASCADE, auto_created=True, parent_link=True,"
    " primary_key=True, serialize=False{more}))"
)


def test_a_parent_link_that_a_metaclass_names_may_be_another() -> None:
    link = PTR.format(more=", related_name='%(class)s'")
    text = f"migrations.CreateModel('Text', [{link}], bases=('blog.plugin',)),"
    assert "AlterField text.plugin_ptr" not in written(LINKED, created("Plugin"), text)


# ---------------------------------------------------------------- fields that change themselves

STATUS = """
class StatusField(models.CharField):
    def contribute_to_class(self, cls, name):
        models.signals.class_prepared.connect(self.prepare, sender=cls)
        super().contribute_to_class(cls, name)
    def prepare(self, sender, **kwargs):
        self.choices = sender.STATUS
class Post(models.Model):
    STATUS = [("a", "a")]
    title = StatusField(max_length=1)
"""


def test_an_argument_that_a_field_sets_later_is_not_decided() -> None:
    field = "('title', blog.models.StatusField(choices=[('a', 'a')], max_length=1))"
    assert written(STATUS, created("Post", field)) == ["AlterField? post.title"]


# ---------------------------------------------------------------- fields changed by their modules

BLANK = """
class Base(models.Model):
    title = models.CharField(max_length=1)
    class Meta:
        abstract = True
class Post(Base):
    pass
{statement}
"""


@pytest.mark.parametrize(
    ("statement", "given", "rows"),
    [
        ("Base._meta.get_field('title').blank = True", "blank=True, ", []),
        ("Base._meta.get_field('title').help_text = 'x'", "help_text='x', ", []),
        ("Base._meta.get_field('title').blank = True", "", ["AlterField? post.title"]),
        ("Base._meta.get_field('title').help_text = make()", "help_text='x', ", ["AlterField? post.title"]),
    ],
)
def test_a_field_that_a_module_changes(statement: str, given: str, rows: list[str]) -> None:
    early = BLANK.format(statement="").replace("class Post", f"{statement}\nclass Post")
    field = f"('title', models.CharField({given}max_length=1))"
    assert written(early, created("Post", field)) == rows


# ---------------------------------------------------------------- constructors that build their keywords

FALLBACK = """
class Fallback:
    def __init__(self, *args, **kwargs):
        self.fallback = kwargs.pop("fallback")
        opts = dict(blank=True, null=True, default=None)
        opts.update(kwargs)
        super().__init__(*args, **opts)
    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs["fallback"] = None
        return (name, path, args, kwargs)
class Choice(Fallback, models.BooleanField):
    pass
class Post(models.Model):
    title = Choice(fallback=False)
"""


def test_keywords_that_a_constructor_adds_to_a_table_of_its_own() -> None:
    field = "('title', blog.models.Choice(blank=True, default=None, null=True, fallback=False))"
    assert written(FALLBACK, created("Post", field)) == []


# ---------------------------------------------------------------- names that a module binds again

AGAIN = """
from django.db.models import Value, UniqueConstraint, F
from django.db.models.functions import Concat
class Post(models.Model):
    title = models.CharField(max_length=1)
    class Meta:
        constraints = [UniqueConstraint(Concat(F("title"), Value("x")), name="c")]
class Value(models.Model):
    pass
"""


def test_a_class_body_means_what_its_names_are_above_it() -> None:
    constraint = (
        "models.UniqueConstraint(models.functions.Concat(models.F('title'), models.Value('x')), name='c')"
    )
    added = f"migrations.AddConstraint('post', {constraint}),"
    assert written(AGAIN, created("Post", TITLE), created("Value"), added) == []
