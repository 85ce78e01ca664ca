"""The published schemas, and the documents that they describe."""

from __future__ import annotations

import json

import msgspec
import pytest

from analyzer.render.comparison_json import ComparisonEntry, comparison_json
from analyzer.render.plan import plan_files
from analyzer.render.plan.json import PlanDocument, plan_json
from analyzer.render.schemas import SCHEMAS, published
from analyzer.render.verified import VerifiedReport, verified_json
from analyzer.reset.drafts.compose import drafts
from analyzer.reset.plan import PROCEDURES, Plan, Procedure, Wishes, plan
from tests.history.replays import POST, history
from tests.reset.comparing import compared
from tests.reset.resets import examined, migration, two_apps
from tests.reset.sides import verified

MODEL = "class Post(models.Model):\n    title = models.TextField()"
FIELDS = """migrations.CreateModel("Post", [("id", models.BigAutoField(auto_created=True, primary_key=True,
 serialize=False, verbose_name="ID")), ("title", models.TextField())])"""
SEED = "migrations.RunSQL(\"INSERT INTO blog_post (title) VALUES ('first')\")"
MIGRATIONS = migration("blog/migrations/0001_a", operations=FIELDS) + migration(
    "blog/migrations/0002_b", ("blog", "0001_a"), operations=SEED
)
BLOG = two_apps(MODEL, more=MIGRATIONS)
BEHIND = """
# manage.py
# config/settings.py
INSTALLED_APPS = ["blog"]
# blog/__init__.py
# blog/migrations/__init__.py
# blog/migrations/0001_initial.py
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = []
    operations = []
# prod.csv
app,name
blog,0001_initial
blog,0002_lost
"""


def planned_json(files: str, procedure: Procedure | None = None) -> tuple[Plan, str]:
    found = examined(files)
    made = plan(found, Wishes(procedure=procedure))
    brought = drafts(found, made)
    return made, plan_json(made, brought, plan_files(made, brought))


@pytest.mark.parametrize("command", SCHEMAS)
def test_the_published_schema_is_current(command: str) -> None:
    assert published(command).read_text(encoding="utf-8") == SCHEMAS[command]()


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_plan_is_what_its_schema_says(procedure: Procedure) -> None:
    made, text = planned_json(BLOG, procedure)
    said = msgspec.json.decode(text, type=PlanDocument, strict=True)
    assert [(one.app, one.decision, one.files) for one in said.decisions][:1] == [
        ("blog", "squash" if procedure == "squash" else "reset", 2)
    ]
    assert said.delete == made.delete
    assert set(said.written) >= {"PLAN.md"}
    assert (said.partition is not None) == (procedure == "replaces")
    assert bool(said.placeholders) == (procedure == "placeholder")


def test_a_plan_that_cannot_be_carried_out_says_why() -> None:
    _, text = planned_json(
        two_apps(f"{MODEL}\n    more = models.IntegerField()", more=BLOG.split("\n\n")[-1])
    )
    said = json.loads(text)
    assert (said["feasible"], said["ready"]) == (False, False)
    assert said["obstacles"]


def test_a_comparison_is_what_its_schema_says() -> None:
    said = msgspec.json.decode(comparison_json(compared(BEHIND)), type=ComparisonEntry, strict=True)
    assert [one.code for one in said.situations] == ["MS602"]


def test_a_verification_is_what_its_schema_says() -> None:
    longer = POST.replace("max_length=10", "max_length=20")
    told = verified_json(verified(history(f"[{POST}]"), history(f"[{longer}]")))
    said = msgspec.json.decode(told, type=VerifiedReport, strict=True)
    assert (said.equal, said.nothing_lost) == (False, True)
