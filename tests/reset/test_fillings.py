"""Columns of new files that are filled by looking rows up: what makes the rows comes before them."""

from __future__ import annotations

from analyzer.render.plan import plan_files
from analyzer.reset.drafts.compose import Drafts, drafts
from analyzer.reset.plan import Plan, Procedure, Wishes, plan
from tests.reset.resets import examined, two_apps
from tests.reset.test_drafts import FIELD, history

DEFAULTS = """# blog/defaults.py
from django.db import connection
def site():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM blog_site WHERE name = 'x'")
        return cursor.fetchone()[0]
"""
MODELS = """
from blog.defaults import site
class Post(models.Model):
    site = models.ForeignKey("Site", models.CASCADE, default=site)
class Site(models.Model):
    name = models.CharField(max_length=9, unique=True)
    post = models.ForeignKey("Post", models.CASCADE, null=True)
"""
FIRST = f"""migrations.CreateModel("Site", [{FIELD}, ("name", models.CharField(max_length=9, unique=True))]),
    migrations.CreateModel("Post", [{FIELD}]),
    migrations.AddField("site", "post", models.ForeignKey("blog.Post", models.CASCADE, null=True))"""
SEED = """
def forward(apps, schema_editor):
    apps.get_model("blog", "Site").objects.get_or_create(name="x")
---
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
"""
ADD = """from blog.defaults import site
---
    operations = [
        migrations.AddField("post", "site", models.ForeignKey("blog.Site", models.CASCADE, default=site)),
    ]
"""


def carried(*files: str, procedure: Procedure = "sql") -> tuple[Plan, Drafts]:
    found = examined(two_apps(MODELS, more=DEFAULTS + history(*files, first=FIRST)))
    made = plan(found, Wishes(procedure=procedure))
    return made, drafts(found, made)


def test_a_field_that_is_filled_by_looking_rows_up_is_told() -> None:
    made, _ = carried(ADD)
    (filling,) = made.fillings
    assert (str(filling), filling.function, filling.asks) == ("blog.post.site", "site", ("blog.Site",))


def test_what_makes_the_rows_is_put_before_the_field() -> None:
    made, brought = carried(SEED, ADD)
    assert brought.files == ()
    assert brought.left == ()
    assert '"post",\n  "site",' in brought.first
    assert "get_or_create" in brought.first
    assert "the script puts what makes them before" in plan_files(made, brought)["PLAN.md"]


def test_functions_keep_clear_of_names_that_scripts_of_the_plan_write() -> None:
    _, brought = carried(SEED.replace("forward", "is_up_to_date"), ADD, procedure="placeholder")
    assert "def is_up_to_date_2(apps, schema_editor):" in brought.first


def test_rows_that_nothing_makes_are_a_thing_to_see_to() -> None:
    made, brought = carried(ADD)
    said = "`site()` asks `blog.Site`; nothing that is carried over makes `blog.Site`: see to it"
    assert said in plan_files(made, brought)["PLAN.md"]
