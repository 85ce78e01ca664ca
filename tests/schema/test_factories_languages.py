"""Columns for each language (django-modeltranslation), as real Django lists them."""

from __future__ import annotations

from tests.schema.blog import own, read

SETTINGS = """
INSTALLED_APPS += ["modeltranslation"]
LANGUAGES = [("en", "English"), ("de-at", "Austrian"), ("id", "Indonesian")]
"""
POST = """
class Base(models.Model):
    title = models.CharField(max_length=10)
    class Meta:
        abstract = True
class Post(Base):
    place = models.ForeignKey(Place, models.CASCADE)
    shown = models.BooleanField(default=True)
class Sub(Post):
    motto = models.CharField(max_length=10)
"""
OPTIONS = """
from modeltranslation.translator import TranslationOptions, register, translator
from blog.models import Post, Sub
"""
REGISTERED = (
    OPTIONS
    + """
@register(Post)
class PostOptions(TranslationOptions):
    fields = ("title", "place", "shown")
class SubOptions(TranslationOptions):
    fields = ["motto"]
translator.register(Sub, SubOptions)
"""
)


def test_each_registered_field_has_a_column_for_each_language() -> None:
    found = own(read(POST, SETTINGS, translation=REGISTERED))
    added = {f.name: (f.cls, f.null, f.target) for f in found["Post"].fields if "_" in f.name}
    assert added == {
        "title_en": ("TranslationCharField", True, None),
        "title_de_at": ("TranslationCharField", True, None),
        "title_ind": ("TranslationCharField", True, None),
        "place_en": ("TranslationForeignKey", True, "core.Place"),
        "place_de_at": ("TranslationForeignKey", True, "core.Place"),
        "place_ind": ("TranslationForeignKey", True, "core.Place"),
        "shown_en": ("TranslationBooleanField", False, None),
        "shown_de_at": ("TranslationBooleanField", False, None),
        "shown_ind": ("TranslationBooleanField", False, None),
    }
    assert {f.name for f in found["Sub"].fields} == {
        "post_ptr", "motto", "motto_en", "motto_de_at", "motto_ind",
    }  # fmt: skip


def test_its_own_setting_of_languages_wins() -> None:
    settings = SETTINGS + "MODELTRANSLATION_LANGUAGES = ('en',)\n"
    names = {field.name for field in own(read(POST, settings, translation=REGISTERED))["Sub"].fields}
    assert names == {"post_ptr", "motto", "motto_en"}


def test_nothing_is_added_where_the_package_is_not_installed() -> None:
    settings = SETTINGS.replace('INSTALLED_APPS += ["modeltranslation"]', "")
    names = {field.name for field in own(read(POST, settings, translation=REGISTERED))["Post"].fields}
    assert names == {"id", "title", "place", "shown"}


def test_history_is_made_before_the_languages_are_added() -> None:
    text = "from simple_history.models import HistoricalRecords\n" + POST.replace(
        "    shown =", "    history = HistoricalRecords()\n    shown ="
    )
    models = own(read(text, SETTINGS, translation=REGISTERED))
    names = {field.name for field in models["HistoricalPost"].fields}
    assert "title" in names
    assert "title_en" not in names


def test_options_may_be_called_as_their_model_and_another_package_may_load_this_one() -> None:
    options = OPTIONS + "@register(Post)\nclass Post(TranslationOptions):\n    fields = ('title',)\n"
    settings = SETTINGS.replace('["modeltranslation"]', '["wagtail_modeltranslation"]')
    assert "title_en" in {
        field.name for field in own(read(POST, settings, translation=options))["Post"].fields
    }


def test_a_condition_may_decide_whether_there_are_columns() -> None:
    found = read(POST, "import sys\nif 'x' not in sys.argv:\n    " + SETTINGS.strip(), translation=REGISTERED)
    why = {field.name: field.why for field in own(found)["Sub"].fields}
    assert why["motto_en"] == "a condition decides whether modeltranslation is installed"
    assert why["motto"] == ""


def test_languages_and_fields_that_are_not_decided_are_said() -> None:
    computed = OPTIONS + "@register(Post)\nclass PostOptions(TranslationOptions):\n    fields = compute()\n"
    for settings, options, why in (
        (SETTINGS + "LANGUAGES = compute()\n", REGISTERED, "but the languages are not decided"),
        (SETTINGS, computed, "but the fields that are translated are not decided"),
    ):
        found = read(POST, settings, translation=options)
        told = {(u.file, u.what): u.why for u in found.unknown}
        assert told["blog/translation.py", "blog.Post"].endswith(why)
        assert "title_en" not in {field.name for field in own(found)["Post"].fields}
