"""Models that an attribute makes: history tables (django-simple-history), translations (django-parler)."""

from __future__ import annotations

import pytest

from tests.schema.blog import own, read

HISTORY = "from simple_history.models import HistoricalRecords\n"
PARLER = "from parler.models import TranslatableModel, TranslatedFields\n"
POST = """
class Post(models.Model):
    place = models.OneToOneField(Place, models.CASCADE)
    title = models.CharField(max_length=10)
    tags = models.ManyToManyField(Place, related_name="+")
    scan = models.FileField()
    history = HistoricalRecords({})
"""


def test_history_copies_the_columns_of_a_model() -> None:
    models = own(read(HISTORY + POST.format("")))
    found = {field.name: field.cls for field in models["HistoricalPost"].fields}
    assert found == {
        "id": "IntegerField",
        "place": "ForeignKey",
        "title": "CharField",
        "scan": "TextField",
        "history_id": "AutoField",
        "history_date": "DateTimeField",
        "history_change_reason": "CharField",
        "history_type": "CharField",
        "history_user": "ForeignKey",
    }
    assert models["HistoricalPost"].db_table == "blog_historicalpost"


def test_a_function_that_makes_the_base_may_say_which_fields_its_history_leaves_out() -> None:
    models = own(read(HISTORY + """
def base(without=None):
    class Base(models.Model):
        history = HistoricalRecords(excluded_fields=without or [], inherit=True)
        class Meta:
            abstract = True
    return Base
Whole = base()
class Post(base(without=["secret"])):
    secret = models.TextField()
    title = models.TextField()
class Note(Whole):
    secret = models.TextField()
"""))  # fmt: skip
    assert not {"secret", "without"} & {field.name for field in models["HistoricalPost"].fields}
    assert "secret" in {field.name for field in models["HistoricalNote"].fields}
    assert all(models[name].certain for name in ("HistoricalPost", "HistoricalNote"))


def test_history_of_fields_that_are_not_decided_is_not_certain() -> None:
    models = own(read(HISTORY + POST.format("excluded_fields=chosen_elsewhere()")))
    assert not models["HistoricalPost"].certain


def test_history_needs_what_the_model_needs_and_the_user() -> None:
    edges = {
        (r.field, r.kind, r.target, r.null, r.on_delete)
        for r in read(HISTORY + POST.format("")).relations
        if r.source == "blog.HistoricalPost"
    }
    assert edges == {
        ("place", "FK", "core.Place", True, "DO_NOTHING"),
        ("history_user", "FK", "auth.User", True, "SET_NULL"),
    }


def test_history_leaves_out_what_it_is_told_to() -> None:
    models = own(read(HISTORY + POST.format("excluded_fields=['title'], table_name='old_posts'")))
    assert "title" not in {field.name for field in models["HistoricalPost"].fields}
    assert models["HistoricalPost"].db_table == "old_posts"


def test_history_of_an_abstract_base_is_for_heirs_only_where_it_inherits() -> None:
    base = """
class Base(models.Model):
    history = HistoricalRecords({})
    class Meta:
        abstract = True
class Post(Base):
    pass
"""
    assert "HistoricalPost" in own(read(HISTORY + base.format("inherit=True")))
    assert "HistoricalPost" not in own(read(HISTORY + base.format("")))


def test_a_class_of_another_name_that_inherits_the_factory_makes_models_too() -> None:
    text = (
        HISTORY
        + "class Kept(HistoricalRecords): pass\n"
        + POST.format("").replace("HistoricalRecords", "Kept")
    )
    assert "HistoricalPost" in own(read(text))


def test_an_attribute_of_that_name_from_elsewhere_makes_nothing() -> None:
    text = "class HistoricalRecords:\n    def __init__(self): pass\n" + POST.format("")
    assert "HistoricalPost" not in own(read(text))


def test_translated_fields_have_a_table_of_their_own() -> None:
    found = read(
        PARLER
        + """
class Post(TranslatableModel):
    slug = models.SlugField()
    translations = TranslatedFields(title=models.CharField(max_length=10, null=True))
"""
    )
    model = own(found)["PostTranslation"]
    assert model.db_table == "blog_post_translation"
    assert {(field.name, field.null) for field in model.fields} == {
        ("id", False),
        ("language_code", False),
        ("master", True),
        ("title", True),
    }
    assert "title" not in {field.name for field in own(found)["Post"].fields}
    assert found.levels_all.of["blog.PostTranslation"] == found.levels_all.of["blog.Post"] + 1


def test_history_may_be_registered_and_its_class_given() -> None:
    text = """
from simple_history import register
from simple_history.models import HistoricalRecords
class Records(HistoricalRecords): pass
class Post(models.Model):
    me = models.ForeignKey("self", models.CASCADE)
class Other(models.Model): pass
register(Post, table_name="kept", excluded_fields=["id"])
register(Other, records_class=Records, custom_model_name=lambda name: f"{name}Log")
"""
    models = own(read(text))
    assert models["HistoricalPost"].db_table == "kept"
    assert "id" not in {field.name for field in models["HistoricalPost"].fields}
    assert {field.name: field.target for field in models["HistoricalPost"].fields}["me"] == "blog.Post"
    assert "OtherLog" in models
    assert "HistoricalOther" not in models


def test_history_of_many_to_many_fields_has_models_of_its_own() -> None:
    text = (
        HISTORY
        + """
class Post(models.Model):
    places = models.ManyToManyField(Place)
    others = models.ManyToManyField("self", through="Pair")
    history = HistoricalRecords(m2m_fields=[places, "others"])
class Pair(models.Model):
    one = models.ForeignKey(Post, models.CASCADE, related_name="+")
    two = models.ForeignKey(Post, models.CASCADE, related_name="+")
"""
    )
    models = own(read(text))
    made = {
        name: {f.name: f.target or f.cls for f in models[name].fields} for name in models if "Hist" in name
    }
    assert made["HistoricalPost_places"] == {
        "id": "IntegerField",
        "post": "blog.Post",
        "place": "core.Place",
        "history": "blog.HistoricalPost",
        "m2m_history_id": "AutoField",
    }
    assert set(made["HistoricalPair"]) == {"id", "one", "two", "history", "m2m_history_id"}


def test_a_records_class_that_makes_models_its_own_way_is_said() -> None:
    text = HISTORY + "class Kept(HistoricalRecords):\n    def copy_fields(self, model): return {}\n"
    found = read(text + POST.format("").replace("HistoricalRecords", "Kept")).unknown
    assert [(u.what, u.why) for u in found] == [
        ("blog.HistoricalPost", "blog.models.Kept overrides `copy_fields`")
    ]


KEPT = """
from django.db.models import signals
class Kept(HistoricalRecords):
    def finalize(self, sender, **kwargs):
        {}
"""
INHERITED = "super().finalize(sender, **kwargs)"


@pytest.mark.parametrize(
    ("body", "followed"),
    [
        (f"{INHERITED}; signals.pre_save.connect(self.save, sender=sender)", True),
        (f"return {INHERITED}", True),
        ("super(Kept, self).finalize(sender=sender, **kwargs)", True),
        ("super().finalize(sender)", False),
        ("super().finalize(other(sender), **kwargs)", False),
        (f"{INHERITED}; {INHERITED}", False),
        (f"{INHERITED}; signals.class_prepared.connect(self.save)", False),
        (f"{INHERITED}; extend(sender)", False),
        (f"if sender: {INHERITED}", False),
        (f"self.bases = (); {INHERITED}", False),
        ("pass", False),
    ],
)
def test_a_records_class_that_hands_a_method_on_makes_models_as_ever(body: str, followed: bool) -> None:
    text = HISTORY + KEPT.format(body)
    found = read(text + POST.format("").replace("HistoricalRecords", "Kept")).unknown
    assert bool(found) is not followed


def test_a_function_that_an_app_config_calls_may_ask_for_models() -> None:
    config = """
from django.apps import AppConfig
from blog.audit import track_all
class BlogConfig(AppConfig):
    name = "blog"
    def ready(self):
        track_all()
"""
    audit = """
import pghistory
def track_all():
    from blog.models import Post
    pghistory.track(exclude=["title"])(Post)
def never():
    from blog.models import Other
    pghistory.track()(Other)
"""
    text = "class Post(models.Model):\n    title = models.TextField()\nclass Other(models.Model): pass\n"
    models = own(read(text, apps=config, audit=audit))
    assert {field.name for field in models["PostEvent"].fields} >= {"id", "pgh_obj"}
    assert "title" not in {field.name for field in models["PostEvent"].fields}
    assert (models["PostEvent"].file, models["PostEvent"].line) == ("blog/audit.py", 5)
    assert "OtherEvent" not in models
