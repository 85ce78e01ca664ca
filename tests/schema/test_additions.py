"""Fields that code gives to models from outside: modules, app configs, decorators, fields."""

from __future__ import annotations

from tests.schema.blog import fields, own, read, relations

POST = "class Post(models.Model): pass\n"
CONFIG = """
from django.apps import AppConfig
class BlogConfig(AppConfig):
    name = "blog"
    def ready(self):
"""


def test_a_module_gives_fields_in_several_ways() -> None:
    text = (
        POST
        + """
it = models.ForeignKey("core.Place", models.CASCADE)
it.contribute_to_class(Post, "it")
models.TextField().contribute_to_class(Post, "text")
Post.add_to_class("number", models.IntegerField())
for name in ("one", "two"):
    Post.add_to_class(name, models.DateField())
def extend(model, name="late"):
    model.add_to_class(name, models.TimeField())
extend(Post, name="soon")
"""
    )
    assert fields(text) == {
        "id": "AutoField", "it": "ForeignKey", "text": "TextField", "number": "IntegerField",
        "one": "DateField", "two": "DateField", "soon": "TimeField",
    }  # fmt: skip
    assert relations(text)["Post.it"].target == "core.Place"


def test_what_is_no_field_is_none() -> None:
    text = POST + "def shout(self): pass\nPost.add_to_class('shout', shout)\nPost.add_to_class('n', 3)\n"
    found = read(text)
    assert {field.name for field in own(found)["Post"].fields} == {"id"}
    assert found.unknown == ()


def test_the_ready_of_an_app_config_gives_fields_and_so_does_what_it_calls() -> None:
    config = (
        CONFIG
        + """
        from django.db import models
        from blog.models import Post
        from blog.more import give, never
        Post.add_to_class("ready", models.IntegerField())
        give()
        self.inner()
    def inner(self):
        from django.db import models
        Post = self.get_model("Post")
        Post.add_to_class("inner", models.IntegerField())
        Post = self.get_model(model_name="Post")
        Post.add_to_class(name="named", value=models.IntegerField())
"""
    )
    more = """
from django.apps import apps
from django.db import models
def give():
    apps.get_model("blog", "Post").add_to_class("more", models.IntegerField())
    apps.get_model(model_name="Post", app_label="blog").add_to_class("most", models.IntegerField())
def never():
    apps.get_model("blog", "Post").add_to_class("never", models.IntegerField())
"""
    found = own(read(POST, apps=config, more=more))["Post"]
    assert {field.name for field in found.fields} == {
        "id", "ready", "more", "most", "inner", "named"
    }  # fmt: skip
    assert {field.name: field.file for field in found.fields}["more"] == "blog/more.py"


def test_a_decorator_of_the_project_gives_fields_to_the_class_below() -> None:
    text = """
def numbered(cls):
    cls.add_to_class("number", models.IntegerField())
    return cls
def having(name, field):
    def wrap(cls):
        field.contribute_to_class(cls, name)
        return cls
    return wrap
@numbered
@having("it", models.ForeignKey(Place, models.CASCADE))
class Post(models.Model): pass
"""
    assert fields(text) == {"id": "AutoField", "number": "IntegerField", "it": "ForeignKey"}
    assert relations(text)["Post.it"].target == "core.Place"


def test_a_field_of_the_project_may_bring_others() -> None:
    text = """
class Paired(models.CharField):
    def contribute_to_class(self, cls, name):
        super().contribute_to_class(cls, name)
        cls.add_to_class(f"{name}_hash", models.TextField())
class Base(models.Model):
    word = Paired(max_length=3)
    class Meta:
        abstract = True
class Post(Base): pass
"""
    assert fields(text) == {"id": "AutoField", "word": "Paired", "word_hash": "TextField"}


def test_what_is_not_decided_is_said_where_it_stands() -> None:
    for line, what, why in (
        ("Post.add_to_class(compute(), models.TextField())", "blog.Post", "the name of the field"),
        ("Post.add_to_class('x', compute())", "blog.Post.x", "the field that is given"),
        ("compute().add_to_class('x', models.TextField())", "compute(…).x", "the model that it is given to"),
        ("for m in compute(): m.add_to_class('x', models.TextField())", "m.x", "stands in a loop"),
    ):
        told = [
            (u.file, u.line, u.what, u.why) for u in read(POST + "from where import compute\n" + line).unknown
        ]
        assert [(file, at, named) for file, at, named, _ in told] == [("blog/models.py", 5, what)], line
        assert why in told[0][3]


GIVE = "def give(sender, **kwargs):\n    sender.add_to_class('x', models.TextField())\n"


def test_a_receiver_of_prepared_classes_that_gives_fields_is_said() -> None:
    text = "from django.db.models.signals import class_prepared\nfrom django.dispatch import receiver\n"
    for connected in (GIVE + "class_prepared.connect(give)\n", "@receiver(class_prepared)\n" + GIVE):
        told = read(text + connected + POST).unknown
        assert [(u.file, u.what) for u in told] == [("blog/models.py", "blog.models.give")]
