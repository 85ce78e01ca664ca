"""Models that packages make, as a migration state holds them: every argument, as Django writes it."""

from __future__ import annotations

from analyzer.schema.read import SchemaReading
from analyzer.states.deconstruct import Deconstructor
from analyzer.states.models import model_states
from analyzer.states.values import Form, Listing, Name, ProjectState, Unsure
from tests.states.modelled import HEAD, SETTINGS, reading

HISTORY = "from simple_history.models import HistoricalRecords\n"
NOTHING = Name("django.db.models.deletion.DO_NOTHING", True)

Written = dict[str, tuple[str, dict[str, Form]]]


def written(body: str, model: str, settings: str = "") -> tuple[Written, dict[str, Form]]:
    """The fields of a model in `blog/models.py` as (class, arguments), and its options."""
    schema, state = _read(body, settings)
    deconstructor = Deconstructor(schema.resolver.registry.fields)
    found = state.model(f"blog.{model}")
    assert found is not None
    assert found.why == ""
    fields: Written = {}
    for name, field in found.fields.items():
        parts = deconstructor.arguments(field, cloned=True)
        assert parts.why == "", (name, parts.why)
        fields[name] = (parts.path.rpartition(".")[2], dict(parts.arguments))
    return fields, found.options


def _read(body: str, settings: str) -> tuple[SchemaReading, ProjectState]:
    first, rest = SETTINGS.split("# shop/__init__.py")
    schema = reading(f"{first}{settings}\n# shop/__init__.py{rest}{HEAD}{body}")
    (state,) = model_states(schema, Deconstructor(schema.resolver.registry.fields).former, [(5, 2)])
    return schema, state


def test_history_keeps_plain_fields_as_they_are() -> None:
    fields, _ = written(
        HISTORY
        + """
class Post(models.Model):
    title = models.CharField("Title", max_length=10, db_index=True, help_text="Short")
    history = HistoricalRecords()
""",
        "HistoricalPost",
    )
    assert fields["title"] == (
        "CharField",
        {"verbose_name": "Title", "max_length": 10, "db_index": True, "help_text": "Short"},
    )


def test_history_indexes_what_was_unique_and_counts_no_further() -> None:
    fields, _ = written(
        HISTORY
        + """
class Post(models.Model):
    slug = models.SlugField(unique=True)
    code = models.CharField(max_length=3, unique=True)
    history = HistoricalRecords()
""",
        "HistoricalPost",
    )
    assert fields["id"] == (
        "BigIntegerField",
        {"auto_created": True, "blank": True, "db_index": True, "verbose_name": "ID"},
    )
    assert fields["slug"] == ("SlugField", {})
    assert fields["code"] == ("CharField", {"max_length": 3, "db_index": True})


def test_history_takes_dates_and_files_as_they_come() -> None:
    fields, _ = written(
        HISTORY
        + """
class Post(models.Model):
    when = models.DateTimeField(auto_now=True)
    scan = models.FileField(upload_to="scans")
    history = HistoricalRecords()
""",
        "HistoricalPost",
    )
    assert fields["when"] == ("DateTimeField", {"blank": True, "editable": False})
    assert fields["scan"] == ("TextField", {"max_length": 100})


def test_a_date_that_a_function_makes_automatic_is_told_as_true() -> None:
    models = (
        HISTORY
        + """
from django.utils import timezone
class Post(models.Model):
    when = models.DateTimeField(auto_now=timezone.now)
    history = HistoricalRecords()
"""
    )
    assert written(models, "Post")[0]["when"] == ("DateTimeField", {"auto_now": True})
    fields, _ = written(models, "HistoricalPost")
    assert fields["when"] == ("DateTimeField", {"blank": True, "editable": False})


def test_history_never_binds_what_it_refers_to() -> None:
    fields, _ = written(
        HISTORY
        + """
class Place(models.Model): pass
class Post(models.Model):
    place = models.OneToOneField(Place, models.CASCADE, related_name="post", help_text="Where")
    history = HistoricalRecords()
""",
        "HistoricalPost",
    )
    assert fields["place"] == (
        "ForeignKey",
        {
            "to": "blog.place", "on_delete": NOTHING, "related_name": "+", "null": True, "blank": True,
            "db_constraint": False, "help_text": "Where",
        },
    )  # fmt: skip


def test_history_has_fields_and_options_of_its_own() -> None:
    fields, options = written(
        HISTORY
        + """
class BlogPost(models.Model):
    history = HistoricalRecords(no_db_index=["id"], user_related_name="edits")
""",
        "HistoricalBlogPost",
    )
    assert "db_index" not in fields["id"][1]
    assert fields["history_id"] == ("AutoField", {"primary_key": True, "serialize": False})
    assert fields["history_date"] == ("DateTimeField", {"db_index": True})
    assert fields["history_change_reason"] == ("CharField", {"max_length": 100, "null": True})
    assert fields["history_user"][1]["related_name"] == "edits"
    assert options["verbose_name"] == "historical blog post"
    assert options["verbose_name_plural"] == "historical blog posts"
    assert options["get_latest_by"] == Listing("tuple", ("history_date", "history_id"))


def test_events_are_made_anew_with_what_settings_say() -> None:
    fields, _ = written(
        """
import pghistory
@pghistory.track()
class Post(models.Model):
    code = models.CharField(max_length=3, unique=True)
    to = models.ForeignKey("self", models.CASCADE, db_index=False)
""",
        "PostEvent",
        "import pghistory\nPGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)",
    )
    assert fields["id"] == ("BigIntegerField", {})
    assert fields["code"] == ("CharField", {"max_length": 3})
    assert fields["to"] == (
        "ForeignKey",
        {
            "to": "blog.post", "on_delete": NOTHING, "related_name": "+", "related_query_name": "+",
            "db_constraint": False, "db_index": False,
        },
    )  # fmt: skip
    assert fields["pgh_obj"][1]["related_name"] == "events"


def test_translations_point_back_by_the_name_of_the_attribute() -> None:
    fields, options = written(
        """
from parler.models import TranslatableModel, TranslatedFields
class Post(TranslatableModel):
    texts = TranslatedFields(title=models.CharField(max_length=10))
""",
        "PostTranslation",
    )
    assert fields["title"] == ("CharField", {"max_length": 10})
    assert fields["master"][1]["related_name"] == "texts"
    assert fields["language_code"][0] == "CharField"
    assert options["verbose_name"] == "post Translation"


def test_trees_have_numbers_that_nobody_edits() -> None:
    fields, _ = written(
        "from mptt.models import MPTTModel\nclass Post(MPTTModel):\n    name = models.TextField()\n",
        "Post",
    )
    assert fields["lft"] == ("PositiveIntegerField", {"editable": False})
    assert fields["tree_id"] == ("PositiveIntegerField", {"editable": False, "db_index": True})


def test_a_setting_that_is_not_followed_leaves_the_copies_open() -> None:
    schema, state = _read(
        """
import pghistory
@pghistory.track()
class Post(models.Model):
    code = models.CharField(max_length=3)
""",
        "import os\nPGHISTORY_FIELD = os.environ['FIELD']",
    )
    found = state.model("blog.PostEvent")
    assert found is not None
    parts = Deconstructor(schema.resolver.registry.fields).arguments(found.fields["code"], cloned=True)
    assert parts.why == "setting PGHISTORY_FIELD is not followed"


def test_a_tag_model_inherits_all_that_it_has() -> None:
    fields, options = written(
        """
from django_tagulous.models import TagField
class Post(models.Model):
    tags = TagField()
""",
        "Tagulous_Post_tags",
    )
    assert fields["count"][0] == "IntegerField"
    assert options["ordering"] == Listing("tuple", ("name",))
    assert "verbose_name" not in options


def test_what_makes_a_translation_unique_depends_on_the_version_of_the_package() -> None:
    _, options = written(
        """
from parler.models import TranslatableModel, TranslatedFields
class Post(TranslatableModel):
    texts = TranslatedFields(title=models.CharField(max_length=10), meta={"unique_together": ["title"]})
""",
        "PostTranslation",
    )
    assert isinstance(options["unique_together"], Unsure)
    assert isinstance(options["constraints"], Unsure)
