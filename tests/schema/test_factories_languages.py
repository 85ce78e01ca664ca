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


WRAPPED = (
    OPTIONS
    + """
def register_late(model, *more):
    model.check()
    return register(model)
def look_at(model):
    print(register(model))
    return lambda options: options
@register_late(Sub)
class SubOptions(TranslationOptions):
    fields = ["motto"]
@look_at(Post)
class PostOptions(TranslationOptions):
    fields = ("title",)
"""
)


def test_a_function_of_the_project_may_hand_the_model_on() -> None:
    settings = SETTINGS + "MODELTRANSLATION_LANGUAGES = ('en',)\n"
    found = own(read(POST, settings, translation=WRAPPED))
    assert "motto_en" in {field.name for field in found["Sub"].fields}
    assert "title_en" not in {field.name for field in found["Post"].fields}


HISTORY = """
from modeltranslation.translator import TranslationOptions, register
from simple_history import register as register_history
from blog.models import Post, Sub
register_history(Post, app="blog")
@register(Post)
class PostOptions(TranslationOptions):
    fields = ("title",)
@register(Sub)
class SubOptions(TranslationOptions):
    fields = ("motto", "note")
register_history(Sub, app="blog", excluded_fields=["note_en"])
"""


def test_a_copy_of_a_model_has_the_columns_that_it_had_by_then() -> None:
    settings = SETTINGS + 'INSTALLED_APPS += ["simple_history"]\nMODELTRANSLATION_LANGUAGES = ("en", "de")\n'
    models = f"{POST}    note = models.TextField(default='')\n"
    found = own(read(models, settings, translation=HISTORY))
    fields = {name: {field.name for field in found[name].fields} for name in found}
    assert {"title_en", "title_de"} <= fields["Post"]
    assert not fields["HistoricalPost"] & {"title_en", "title_de"}
    assert fields["HistoricalSub"] & {"motto_en", "motto_de", "note_en", "note_de"} == {
        "motto_en", "motto_de", "note_de",
    }  # fmt: skip


def test_what_another_file_asks_for_may_come_before_or_after() -> None:
    settings = SETTINGS + 'INSTALLED_APPS += ["simple_history", "django.contrib.admin"]\n'
    admin = "from simple_history import register\nfrom blog.models import Sub\nregister(Sub, app='blog')\n"
    reading = read(POST, settings, translation=REGISTERED, admin=admin)
    assert "motto_en" not in {field.name for field in own(reading)["HistoricalSub"].fields}
    (unknown,) = [u for u in reading.unknown if u.what == "blog.HistoricalSub"]
    assert "whether before it is copied" in unknown.why
