"""Options of models that have columns for languages (django-modeltranslation)."""

from __future__ import annotations

import pytest

from tests.history.drifts import BIG, created, written

MODEL = """
class Post(models.Model):
    title = models.CharField(max_length=9)
    class Meta:
        constraints = [models.UniqueConstraint(fields=["title"], name="only")]
# blog/translation.py
from modeltranslation.translator import TranslationOptions, register
from blog.models import Post
@register(Post)
class PostOptions(TranslationOptions):
    fields = ("title",)
"""
SETTINGS = f"{BIG}\nLANGUAGES = [('en', 'English')]\nINSTALLED_APPS += ['modeltranslation']"
ENGLISH = "('title_en', models.CharField(max_length=9, null=True))"
CONSTRAINT = "models.UniqueConstraint(fields=['{}'], name='{}')"


@pytest.mark.parametrize(
    ("settings", "rows"),
    [(SETTINGS, ["RemoveConstraint? post"]), (BIG, ["RemoveConstraint post", "RemoveField post.title_en"])],
)
def test_constraints_may_be_repeated_for_each_language(settings: str, rows: list[str]) -> None:
    options = ", ".join(CONSTRAINT.format(*pair) for pair in (("title", "only"), ("title_en", "only-en")))
    state = created(
        "Post",
        "('title', models.CharField(max_length=9))",
        ENGLISH,
        options=f"{{'constraints': [{options}]}}",
    )
    assert sorted(written(MODEL, state, settings=settings)) == rows
