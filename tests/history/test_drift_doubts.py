"""What `makemigrations` would write is not certain where something beside the model's class has a say."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, drift, told, written
from tests.projects import analysed

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


@pytest.mark.parametrize(
    ("more", "rows"), [(", related_name='blog_text'", []), ("", ["AlterField? text.cmsplugin_ptr"])]
)
def test_the_link_of_a_plugin_to_its_parent_is_named_by_its_metaclass(more: str, rows: list[str]) -> None:
    models = "from cms.models.pluginmodel import CMSPlugin\nclass Text(CMSPlugin): pass"
    link = (
        PTR.format(more=more).replace("blog.Plugin", "cms.CMSPlugin").replace("plugin_ptr", "cmsplugin_ptr")
    )
    text = f"migrations.CreateModel('Text', [{link}], bases=('cms.cmsplugin',)),"
    assert written(models, text) == rows


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


# ---------------------------------------------------------------- settings that nobody knows

USERS = """
# blog/__init__.py
# blog/apps.py
from django.apps import AppConfig
class BlogConfig(AppConfig):
    name = "blog"
    default_auto_field = "django.db.models.BigAutoField"
# blog/migrations/__init__.py
# blog/migrations/0001_initial.py
# Generated by Django 5.2 on 2024-01-01 00:00
from django.conf import settings
from django.db import migrations, models
class Migration(migrations.Migration):
    operations = [
        {user}
        {post}
    ]
# blog/models.py
from django.conf import settings
from django.db import models
class User(models.Model): pass
class Post(models.Model):
    by = models.ForeignKey({model}, models.CASCADE)
"""


@pytest.mark.parametrize(
    ("migrated", "model", "rows"),
    [
        ("settings.AUTH_USER_MODEL", "User", ["AlterField? post.by"]),
        ("'blog.user'", "settings.AUTH_USER_MODEL", ["AlterField? post.by"]),
        ("settings.AUTH_USER_MODEL", "settings.AUTH_USER_MODEL", []),
        ("'blog.post'", "User", ["AlterField post.by"]),
    ],
)
def test_without_settings_nobody_knows_which_model_the_user_is(
    migrated: str, model: str, rows: list[str]
) -> None:
    post = created("Post", f"('by', models.ForeignKey(to={migrated}, on_delete=models.CASCADE))")
    text = USERS.format(user=created("User"), post=post, model=model)
    assert told(analysed(text).drift.differences) == rows


# ---------------------------------------------------------------- decorators that change fields

DOCUMENTED = """
{helper}
def documented({parameters}):
{body}
@documented{called}
class Post(models.Model):
    title = models.CharField(max_length=1{more})
"""
EACH = "    for field in model._meta.local_fields:\n"
HELP = ", help_text='a'"


@pytest.mark.parametrize(
    ("body", "model", "migration", "rows"),
    [
        (EACH + "        field.help_text = told(model)", "", HELP, ["id", "title"]),
        (EACH + "        field.help_text = told(model)", HELP, HELP, ["id", "title"]),
        (EACH + "        if not field.help_text: field.help_text = told(model)", "", HELP, ["id", "title"]),
        (EACH + "        if not field.help_text: field.help_text = told(model)", HELP, HELP, ["id"]),
        (EACH + "        setattr(field, 'help_text', told(model))", "", HELP, ["id", "title"]),
        (EACH + "        document(field)", "", HELP, ["id", "title"]),
        (EACH + "        field.seen = True", "", "", []),
        (EACH + "        setattr(model, field.name + '_seen', True)", "", "", []),
        ("    model.help_text = 'a'", "", "", []),
        ("    def save(self): self.help_text = 'a'\n    model.save = save", "", "", []),
    ],
)
def test_an_argument_that_a_decorator_sets_is_not_certain(
    body: str, model: str, migration: str, rows: list[str]
) -> None:
    helper = "def document(field): field.help_text = 'a'"
    text = DOCUMENTED.format(
        helper=helper, parameters="model", body=f"{body}\n    return model", called="", more=model
    )
    state = created("Post", f"('title', models.CharField(max_length=1{migration}))")
    assert written(text, state) == [f"AlterField? post.{name}" for name in rows]


def test_so_is_one_that_a_decorator_with_arguments_sets() -> None:
    inner = f"    def put(model):\n    {EACH}            field.help_text = text\n        return model\n"
    body = f"{inner}    return put"
    text = DOCUMENTED.format(helper="", parameters="text", body=body, called="('a')", more="")
    state = created("Post", f"('title', models.CharField(max_length=1{HELP}))")
    found = drift(text, state).differences
    assert told(found) == ["AlterField? post.id", "AlterField? post.title"]
    assert {d.why for d in found} == {"help_text: the decorator blog.models.documented may set it"}


def test_an_argument_whose_name_a_decorator_works_out_leaves_its_fields_open() -> None:
    body = f"{EACH}        setattr(field, *told(field))\n    return model"
    text = DOCUMENTED.format(helper="", parameters="model", body=body, called="", more="")
    found = drift(text, created("Post", TITLE))
    assert (found.differences, {field.field for field in found.undecided}) == ((), {"id", "title"})


# ---------------------------------------------------------------- names that do not stand in a class


@pytest.mark.parametrize(
    ("body", "row"),
    [
        (
            "for name in ('title', 'text'):\n        exec(f'{name} = models.TextField()')",
            "RemoveField? post.title",
        ),
        (
            "for name in ('title', 'text'):\n        locals()[name] = models.TextField()",
            "RemoveField? post.title",
        ),
        ("vars()['title'] = models.TextField()", "RemoveField? post.title"),
        ("locals().update(fields)", "RemoveField? post.title"),
        ("names = dict()\n    names['title'] = 1\n    names.update(fields)", "RemoveField post.title"),
    ],
)
def test_a_body_may_bind_names_that_do_not_stand_there(body: str, row: str) -> None:
    base = (
        f"fields = told()\nclass Base(models.Model):\n    {body}\n    class Meta:\n        abstract = True\n"
    )
    assert row in written(base + "class Post(Base): pass\n", created("Post", TITLE))


# ---------------------------------------------------------------- modules that Django may not import

NOTES = """
# blog/notes.py
from django.db import models
class Note(models.Model):
    title = models.CharField(max_length=1)
# urls.py
{urls}
"""
ROOT = "DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'\nROOT_URLCONF = 'urls'"


@pytest.mark.parametrize(
    ("urls", "length", "certain", "undecided"),
    [
        ("import blog.notes", 1, [], 0),
        ("import blog.notes", 2, ["AlterField note.title"], 0),
        ("def late(name):\n    __import__(name)\nlate(unknown)", 1, [], 2),
    ],
)
def test_what_the_urls_import_is_there_when_makemigrations_has_checked_the_project(
    urls: str, length: int, certain: list[str], undecided: int
) -> None:
    title = f"('title', models.CharField(max_length={length}))"
    found = drift("", created("Note", title), settings=ROOT, more=NOTES.format(urls=urls))
    assert [row for row in told(found.differences) if "?" not in row] == certain
    assert len(found.undecided) == undecided


@pytest.mark.parametrize(("django", "certain"), [("2.2", False), ("3.2", True), ("5.2", True)])
def test_models_of_django_that_are_older_than_those_read_may_have_other_fields(
    django: str, certain: bool
) -> None:
    user = "from django.contrib.auth.models import AbstractBaseUser\nclass Post(AbstractBaseUser): pass"
    state = created("Post", "('password', models.CharField(max_length=3, verbose_name='password'))")
    found = written(user, state, django=django)
    assert f"AlterField{'' if certain else '?'} post.password" in found
