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


MAKING = """# blog/defaults.py
def site():
    from blog.models import Site
    return Site.objects.get_or_create(name="x")[0].pk
"""
CREATED = """
from blog.defaults import site
class Site(models.Model):
    name = models.CharField(max_length=9, unique=True)
class Post(models.Model):
    site = models.ForeignKey("Site", models.CASCADE, default=site)
"""


def seeded(*files: str, models: str = CREATED, made: str = "") -> tuple[Plan, Drafts]:
    first = f"""migrations.CreateModel("Site",
        [{FIELD}, ("name", models.CharField(max_length=9, unique=True))]),
    migrations.CreateModel("Post", [{FIELD}])"""
    found = examined(two_apps(models, more=MAKING + history(*files, first=made or first)))
    outcome = plan(found, Wishes(procedure="sql"))
    return outcome, drafts(found, outcome)


def test_a_row_that_a_default_made_when_its_column_was_added_is_made_again() -> None:
    made, brought = seeded(ADD)
    assert [(one.operation, one.forward, one.net) for one in made.data] == [("AddField", "site", "seed")]
    assert brought.left == ()
    (seeds,) = brought.files
    assert "from blog.defaults import site\n" in seeds.text
    assert "migrations.RunPython(\n            lambda _apps, _schema_editor: site(),\n" in seeds.text
    assert "migrations.AddField" not in seeds.text


def test_a_default_that_makes_what_is_not_there_is_called_once() -> None:
    again = ADD.replace('"site", models', '"other", models').replace("=site)", '=site, related_name="+")')
    other = '    other = models.ForeignKey("Site", models.CASCADE, default=site, related_name="+")\n'
    made, brought = seeded(ADD, again, models=CREATED.replace("    site", other + "    site"))
    assert [one.migration for one in made.data] == ["0002_next"]
    assert brought.left == ()


def test_a_default_of_a_column_that_new_files_add_makes_its_row_itself() -> None:
    made, brought = seeded(ADD, models=MODELS, made=FIRST)
    assert [filling.function for filling in made.fillings] == ["site"]
    assert (made.data, brought.files) == ((), ())


def test_a_default_that_only_looks_rows_up_makes_none() -> None:
    made, _ = carried(ADD)
    assert made.data == ()
