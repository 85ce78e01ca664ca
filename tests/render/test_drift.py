"""Drift in the report: what is certain, what is not decided, and how far the rest is proved."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from analyzer.analysis import Analysis
from analyzer.audits.rules import Severity
from analyzer.history.drift.values import Difference, Drift, Undecided
from analyzer.render.concerns import concerns, standing
from analyzer.render.drifting import Tables, proof, touching
from analyzer.render.json import document
from analyzer.render.links import no_link
from analyzer.render.markdown import markdown
from analyzer.schema.version import DjangoVersions
from tests.projects import analysed as read
from tests.render.factory import DRIFT, analysed, difference, finding, migration, model

CERTAIN = difference("AlterField", "brand", "name", "differs in max_length")
OPEN = replace(CERTAIN, certain=False)
LEFT = Undecided("shop", "brand", "name", "apps/shop/models.py", 5, "a loop adds it")

MADE = "blog/migrations/0001_initial.py"

BLOG = """
    # blog/__init__.py
    # blog/models.py
    from django.db import models
    class Post(models.Model):
        id = models.AutoField(primary_key=True)
        title = models.CharField({title})
    class Draft(Post):
        class Meta:
            proxy = True
            {draft}
    # blog/migrations/__init__.py
    # blog/migrations/0001_initial.py
    from django.db import migrations, models
    class Migration(migrations.Migration):
        operations = [
            migrations.CreateModel("Post", [
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=80)),
            ]),
            migrations.CreateModel("Draft", [], options={{"proxy": True, "indexes": [], "constraints": []}},
                bases=("blog.post",)),
        ]
"""


def with_drift(drift: Drift) -> Analysis:
    return replace(analysed([model("shop.Brand")], [migration("shop", "0001_initial")]), drift=drift)


def page(analysis: Analysis) -> str:
    return markdown(analysis, no_link, ()).partition("## Drift\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    ("drift", "said"),
    [
        (Drift((), 2318, 2318, ()), "No drift: proved for all 2,318 fields."),
        (Drift((), 2318, 2317, (LEFT,)), "No drift: proved for 2,317 of 2,318 fields, 1 not decided."),
        (
            Drift((CERTAIN, OPEN), 2329, 2312, (LEFT,)),
            "Drift: 1 operation certain, 1 not decided; 2,312 of 2,329 fields proved equal.",
        ),
        (Drift((CERTAIN,), 5, 4, ()), "Drift: 1 operation certain; 4 of 5 fields proved equal."),
        (Drift((OPEN,), 5, 4, ()), "No certain drift: 1 operation not decided; 4 of 5 fields proved equal."),
        (Drift((), 0, 0, ()), "Nothing to compare: no model has migrations."),
    ],
)
def test_the_sentence_that_says_what_is_proved(drift: Drift, said: str) -> None:
    assert proof(drift) == said
    assert f"**{said}**" in page(with_drift(drift))


@pytest.mark.parametrize(
    ("found", "touches"),
    [
        (CERTAIN, True),
        (difference("AlterField", "brand", "name", arguments=("help_text", "choices")), False),
        (difference("AlterField", "brand", "name", arguments=("choices", "null")), True),
        (difference("AlterField", "brand", "name"), True),
        (difference("AlterModelOptions", "brand"), False),
        (difference("AddIndex", "brand", why="choices"), True),
    ],
)
def test_what_can_change_a_table(found: Difference, touches: bool) -> None:
    assert Tables(with_drift(Drift((found,), 1, 0, ()))).touched(found) is touches


def test_a_proxy_has_no_table() -> None:
    found = difference("DeleteModel", "draft")
    analysis = with_drift(Drift((found,), 1, 1, ()))
    assert touching(analysis) == (found,)
    draft = replace(model("shop.Draft"), proxy=True)
    assert touching(replace(analysis, models=(*analysis.models, draft))) == ()


def test_drift_stands_in_the_way_of_a_reset() -> None:
    stand = standing(with_drift(Drift((CERTAIN,), 5, 4, ())))
    assert stand.answer == (
        "Not yet: models and migrations disagree, makemigrations would write 1 operation. "
        "A reset over that can change the schema silently; make them agree first."
    )
    assert stand.concerns[0].what == "Drift: makemigrations would write 1 operation in shop"


def test_drift_that_no_table_shows_is_no_less_to_be_written_first() -> None:
    texts = difference("AlterField", "brand", "name", "differs in help_text", arguments=("help_text",))
    answer = standing(with_drift(Drift((texts,), 5, 4, ()))).answer
    assert answer.endswith("That changes no table, but make them agree first.")


def test_drift_is_told_once() -> None:
    """The findings of its rules say the same of each difference."""
    found = (finding(Severity.ERROR, "MS303", "differs"), finding(Severity.NOTE, "MS303", "may differ"))
    analysis = replace(with_drift(Drift((CERTAIN, OPEN), 5, 4, ())), findings=found)
    assert [concern.what[:5] for concern in concerns(analysis)] == ["Drift", "1 pos"]
    assert "error" not in standing(analysis).answer


def test_possible_drift_is_an_open_question() -> None:
    stand = standing(with_drift(Drift((OPEN,), 5, 4, ())))
    assert stand.answer == "Probably, but 1 possible difference could not be decided from source."


def test_the_counts() -> None:
    counts = json.loads(document(with_drift(DRIFT)))["counts"]
    assert {name: value for name, value in counts.items() if name.startswith("drift")} == {
        "drift": 3, "drift_unknown": 1, "drift_in_tables": 2, "drift_fields": 12, "drift_fields_equal": 9,
    }  # fmt: skip


def test_the_django_that_is_meant() -> None:
    several = with_drift(Drift((), 5, 5, ()))
    assert "The project may run with Django 4.2 to 5.2" in page(several)
    one = DjangoVersions((5, 2), (5, 2), (5, 2), "installed in .venv")
    found = page(replace(several, reading=replace(several.reading, django=one)))
    assert "That of Django 5.2 is meant" in found


def test_many_operations_are_folded_by_app() -> None:
    many = tuple(difference("AlterField", "brand", f"f{n}", "differs in null") for n in range(20))
    assert "<details><summary>shop: 20 operations</summary>" in page(with_drift(Drift(many, 20, 0, ())))


def test_apps_that_are_not_compared_are_named() -> None:
    analysis = analysed([model("shop.Brand"), model("old.Brand")], [migration("shop", "0001_initial")])
    assert "Not compared, since they have models and no migrations: `old`." in page(analysis)


def test_a_project_without_drift() -> None:
    found = read(BLOG.format(title="max_length=80", draft="pass"))
    assert page(found).strip().startswith("**No drift: proved for all 2 fields.**")


def test_both_sides_are_told_with_their_lines() -> None:
    found = read(BLOG.format(title="max_length=90", draft="ordering = ['title']"))
    rows = [line.strip("| ").split(" | ") for line in page(found).splitlines() if line.startswith("| `blog")]
    assert [[cell.strip("`") for cell in row] for row in rows] == [
        ["blog.Draft", "AlterModelOptions", "blog/models.py:5", f"{MADE}:8", "differs in ordering", "stays"],
        [
            "blog.Post.title",
            "AlterField",
            "blog/models.py:4",
            f"{MADE}:6",
            "differs in max_length",
            "can change",
        ],
    ]
