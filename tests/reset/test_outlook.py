"""What a reset would come to, as the report says it."""

from __future__ import annotations

from analyzer.render.markdown.reset import reset
from analyzer.reset.ledgers import ledgers
from analyzer.reset.outlook import Outlook, outlook
from tests.reset.resets import examined, two_apps
from tests.reset.test_drafts import MODEL, history, run

SEED = run("Post.objects.get_or_create(title='a')")


def found(*files: str, model: str = MODEL) -> Outlook:
    analysis = examined(two_apps(model, more=history(*files))).analysis
    return outlook(analysis, ledgers(analysis))


def test_an_app_with_several_migrations_would_be_reset() -> None:
    (app,) = found(SEED).apps
    assert (app.app, app.prospect, app.files, app.seeds) == ("blog", "reset", 2, 1)


def test_an_app_with_one_migration_stays() -> None:
    (app,) = found().apps
    assert (app.prospect, app.why) == ("leave", "a new file would be as many")


def test_an_app_that_is_blocked_says_where() -> None:
    (app,) = found(SEED, model=MODEL + "    rank = models.IntegerField(default=0)\n").apps
    assert (app.prospect, app.file) == ("blocked", "blog/models.py")
    assert app.why.startswith("models and migrations disagree")


def test_few_files_are_hardly_worth_it() -> None:
    assert not found(SEED).worthwhile


def test_the_report_names_the_command_that_plans_it() -> None:
    analysis = examined(two_apps(MODEL, more=history(SEED))).analysis
    text = "\n".join(reset(analysis, lambda file, line: ""))
    assert "**2 migration files of 1 app could become 1**" in text
    assert "migscan plan . -o migscan-plan" in text
