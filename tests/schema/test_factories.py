"""Models that an attribute makes: history tables (django-simple-history), translations (django-parler)."""

from __future__ import annotations

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
