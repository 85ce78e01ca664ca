"""Models that a project may swap by django-swapper: what its calls mean."""

from __future__ import annotations

from tests.projects import analysed
from tests.schema.blog import model, relation

IMPORTS = "import swapper\n"
PLACE = (
    IMPORTS
    + """
class Base(models.Model):
    size = models.IntegerField()

    class Meta:
        abstract = True

class Room(Base):
    class Meta(Base.Meta):
        abstract = False
        swappable = swapper.swappable_setting("blog", "Room")
"""
)
POST = """
class Post(models.Model):
    it = models.ForeignKey(swapper.get_model_name("blog", "Room"), models.CASCADE)
"""


def test_a_swappable_model_is_named_by_a_setting_of_its_app_and_name() -> None:
    assert model(PLACE, "Room").swappable == "BLOG_ROOM_MODEL"
    assert model(PLACE + 'swapper.set_app_prefix("blog", "site")\n', "Room").swappable == "SITE_ROOM_MODEL"


def test_a_target_is_the_model_that_the_setting_names_else_the_usual_one() -> None:
    assert relation(PLACE + POST).target == "blog.Room"
    assert relation(PLACE + POST, settings="BLOG_ROOM_MODEL = 'core.Place'\n").target == "core.Place"


def test_an_app_may_set_the_setting_itself() -> None:
    config = """
from django.apps import AppConfig
from django.conf import settings

if not hasattr(settings, "BLOG_ROOM_MODEL"):
    setattr(settings, "BLOG_ROOM_MODEL", "core.Place")

class Blog(AppConfig):
    name = "blog"
"""
    assert relation(PLACE + POST, apps=config).target == "core.Place"
    assert relation(PLACE + POST, "BLOG_ROOM_MODEL = 'blog.Room'\n", apps=config).target == "blog.Room"


def test_a_setting_that_only_swapper_sets_may_be_read_as_a_setting() -> None:
    post = """
from django.conf import settings
class Post(models.Model):
    it = models.ForeignKey(settings.BLOG_ROOM_MODEL, models.CASCADE)
"""
    found = relation(PLACE + post)
    assert (found.target, found.certain) == ("blog.Room", True)


def test_a_loaded_model_is_a_base() -> None:
    text = PLACE + 'Loaded = swapper.load_model("blog", "Room")\nclass Post(Loaded): pass\n'
    assert model(text).parents == ("blog.Room",)


def test_a_condition_on_swapping_is_decided() -> None:
    text = (
        PLACE
        + """
if swapper.is_swapped("blog", "Room"):
    Parent = Place
else:
    Parent = Room
class Post(Parent):
    if swapper.is_swapped("blog", "Room"):
        a = models.IntegerField()
    else:
        b = models.IntegerField()
"""
    )
    plain, swapped = model(text), model(text, settings="BLOG_ROOM_MODEL = 'core.Place'\n")
    assert (plain.parents, [f.name for f in plain.fields]) == (("blog.Room",), ["b", "room_ptr"])
    assert (swapped.parents, [f.name for f in swapped.fields]) == (("core.Place",), ["a", "place_ptr"])


def test_a_dependency_on_a_swappable_model() -> None:
    migrations = """
        # settings.py
        INSTALLED_APPS = ["blog"]
        # blog/__init__.py
        # blog/models.py
        # blog/migrations/__init__.py
        # blog/migrations/0001_initial.py
        import swapper
        from django.db import migrations
        class Migration(migrations.Migration):
            dependencies = [
                swapper.dependency("auth", "User"),
                swapper.dependency(*swapper.split("sites.Site"), version="0002_later"),
            ]
    """
    (migration,) = analysed(migrations).migrations
    assert migration.dependencies == (("auth", "__first__"), ("sites", "0002_later"))


IMAGE = """
from wagtail.images import get_image_model_string
class Post(models.Model):
    it = models.ForeignKey(get_image_model_string(), models.CASCADE)
"""


def test_a_function_of_a_package_names_the_model_of_a_setting() -> None:
    assert relation(IMAGE).target == "wagtailimages.Image"
    assert relation(IMAGE, settings="WAGTAILIMAGES_IMAGE_MODEL = 'blog.Post'\n").target == "blog.Post"
