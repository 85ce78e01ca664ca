"""Fields whose class decides what it adds to a model: what is certain all the same."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, written

LENGTH = "('length', models.IntegerField(null=True))"

FIELDS = """# blog/fields.py
from django.db import models
from django.db.models.fields.related import lazy_related_operation
from django.db.models.signals import class_prepared, post_init
from functools import partial
def length_of(field):
    return models.IntegerField(null=True)
def lengthened(model, name):
    model.add_to_class(name, models.IntegerField(null=True))
class Descriptor:
    def __init__(self, field):
        self.field = field
class Title(models.CharField):
    extra = {'%s_height': models.IntegerField()}
    def contribute_to_class(self, cls, name, **kwargs):
        METHOD
    def later(self, **kwargs):
        pass
    def update(self, model):
        model.add_to_class("length", length_of(self))
"""
TOOLS = """
# blog/tools.py
from django.db import models
def update(model):
    model.add_to_class("length", models.IntegerField(null=True))
"""
POST = """
from blog.fields import Title
class Post(models.Model):
    title = Title(max_length=1)
"""


def rows(method: str, *fields: str) -> list[str]:
    """What is written for a title of a class with that method."""
    more = FIELDS.replace("METHOD", method.strip("\n").replace("\n", "\n        "))
    return written(POST, created("Post", *fields), more=more + TOOLS)


TITLED = "('title', blog.fields.Title(max_length=1))"
SUPER = "super().contribute_to_class(cls, name, **kwargs)"
LOOP = """
for key, field in self.extra.items():
    if '%s' in key:
        key = key % name
    cls.add_to_class(key, field)
"""
CHOICE = """
if self.null:
    key = 'size'
else:
    key = 'length'
cls.add_to_class(key, length_of(self))
"""


# ---------------------------------------------------------------- fields that come along


@pytest.mark.parametrize(
    "method",
    [
        SUPER,
        f"{SUPER}\nsetattr(cls, self.name, Descriptor(self))",
        f"{SUPER}\npost_init.connect(self.later, sender=cls)",
        f"{SUPER}\nself.later(cls=cls)",
        f"{SUPER}\nsize = int(getattr(self, 'size', len(cls.__name__)))",
        f"{SUPER}\nlazy_related_operation(self.later, cls)",
        f"{SUPER}\nlazy_related_operation(partial(length_of), cls)",
        f"{SUPER}\ncls.add_to_class('get_title', lambda self: name)",
        f"{SUPER}\nif not cls._meta.abstract:\n    cls.add_to_class(name + '_width', length_of(self))",
        f"{SUPER}\n{LOOP}",
    ],
)
def test_a_field_that_is_gone_is_none_that_another_adds(method: str) -> None:
    assert "RemoveField post.length" in rows(method, TITLED, LENGTH)


@pytest.mark.parametrize(
    "method",
    [
        f"{SUPER}\ncls.add_to_class('length', length_of(self))",
        f"{SUPER}\ncls.add_to_class(self.extra, length_of(self))",
        f"{SUPER}\nself.update(cls)",
        f"{SUPER}\nfrom blog.tools import update\nupdate(cls)",
        f"{SUPER}\nlazy_related_operation(self.update, cls)",
        f"{SUPER}\nlazy_related_operation(partial(lengthened, name='length'), cls)",
        f"{SUPER}\nlazy_related_operation(lengthened, cls, name='length')",
        f"{SUPER}\nlengthened(cls, 'length')",
        f"{SUPER}\nadd = cls.add_to_class\nadd('length', length_of(self))",
        f"{SUPER}\npartial(lengthened, cls, 'length')()",
        f"{SUPER}\nclass_prepared.connect(self.later, sender=cls)",
        f"{SUPER}\nfrom django.db.models.signals import class_prepared as made\nmade.connect(self.later)",
        f"{SUPER}\nelsewhere(cls)",
        f"{SUPER}\nexec(self.code)",
        f"{SUPER}\nlist(map(self.update, [cls]))",
        f"{SUPER}\nlength_of(self).contribute_to_class(cls, 'length')",
        f"{SUPER}\n{CHOICE}",
    ],
)
def test_a_field_that_another_may_add_is_not_certain_to_be_gone(method: str) -> None:
    assert "RemoveField post.length" not in rows(method, TITLED, LENGTH)


# ---------------------------------------------------------------- the field itself


@pytest.mark.parametrize(
    ("method", "row"),
    [
        (SUPER, "AddField post.title"),
        ("models.CharField.contribute_to_class(self, cls, name)", "AddField post.title"),
        ("self.set_attributes_from_name(name)\ncls._meta.add_field(self)", "AddField post.title"),
        (f"if self.null:\n    return {SUPER}\n{SUPER}", "AddField post.title"),
        (f"if self.null:\n    raise TypeError\n{SUPER}", "AddField post.title"),
        ("pass", "AddField? post.title"),
        (f"if self.null:\n    return\n{SUPER}", "AddField? post.title"),
        (f"if self.null:\n    {SUPER}", "AddField? post.title"),
        ("super().contribute_to_class(cls, name + '_id')", "AddField? post.title"),
        (f"name = name + '_id'\n{SUPER}", "AddField? post.title"),
    ],
)
def test_a_field_is_added_where_its_class_hands_it_on(method: str, row: str) -> None:
    assert row in rows(method)


@pytest.mark.parametrize(
    ("line", "certain"),
    [
        ("for name in (FIRST, 'two'):\n        model.add_to_class(name, field)", False),
        ("model.add_to_class('two', field)", True),
    ],
)
def test_code_that_gives_fields_by_computed_names_may_give_the_one_that_it_writes(
    line: str, certain: bool
) -> None:
    more = f"# blog/patching.py\nFIRST = 'one'\ndef patched(model, field):\n    {line}\n"
    migrated = created("Post", "('one', models.IntegerField())", "('other', models.IntegerField())")
    found = written("class Post(models.Model): pass", migrated, more=more)
    assert found == [f"RemoveField{'' if certain else '?'} post.one", "RemoveField post.other"]


PLAIN = "('title', models.CharField(max_length=1))"


@pytest.mark.parametrize(
    ("above", "row"),
    [
        ("from signed import with_author\n@with_author", "RemoveField? post.author"),
        ("from django.utils.functional import keep_lazy\n@keep_lazy", "RemoveField post.author"),
        ("", "RemoveField post.author"),
    ],
)
def test_a_decorator_of_unknown_source_may_give_a_field(above: str, row: str) -> None:
    models = f"{above}\nclass Post(models.Model):\n    title = models.CharField(max_length=1)"
    author = "('author', models.CharField(max_length=9))"
    assert written(models, created("Post", PLAIN, author)) == [row]


@pytest.mark.parametrize(
    ("given", "row"), [("author", "RemoveField? post.author"), ("other", "RemoveField post.author")]
)
def test_an_attribute_that_is_no_field_may_give_one(given: str, row: str) -> None:
    models = f"""
class Signed:
    def contribute_to_class(self, cls, name):
        cls.add_to_class("{given}", models.CharField(max_length=9))
class Post(models.Model):
    title = models.CharField(max_length=1)
    signed = Signed()
"""
    author = "('author', models.CharField(max_length=9))"
    assert written(models, created("Post", PLAIN, author)) == [row]
