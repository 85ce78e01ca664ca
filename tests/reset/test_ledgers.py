"""The ledgers of a reset: every operation in one of them, keepers never among what may go."""

from __future__ import annotations

from analyzer.analysis import Analysis
from analyzer.audits.operation_examples import FIRST, migration
from analyzer.reset.ledgers import elidable_places, ledgers
from analyzer.reset.values import Ledgers
from tests.projects import analysed

RUN = "migrations.RunPython(forward, migrations.RunPython.noop)"


def forward(body: str) -> str:
    return f'def forward(apps, schema_editor):\n    Post = apps.get_model("blog", "Post")\n    {body}\n'


def chain(*files: tuple[str, str]) -> Analysis:
    """A project with migrations of these (operations, code) behind the first one."""
    text, parent = FIRST, "0001_initial"
    for at, (operations, before) in enumerate(files, 2):
        text += migration(f"000{at}_next", operations, before, parents=f'("blog", "{parent}")')
        parent = f"000{at}_next"
    return analysed(text)


def found(*files: tuple[str, str]) -> Ledgers:
    return ledgers(chain(*files))


SEED = (RUN, forward('Post.objects.create(title="Welcome")'))
CHANGE = (RUN, forward("Post.objects.update(title='')"))
VIEW = ('migrations.RunSQL("CREATE VIEW titles AS SELECT title FROM blog_post", "DROP VIEW titles")', "")
DROP = ('migrations.RunSQL("DROP VIEW titles", migrations.RunSQL.noop)', "")


def test_a_seed_is_carried_over_with_its_rows() -> None:
    (seed,) = found(SEED).seeds
    assert [(row.target, row.key) for row in seed.operation.rows] == [("blog.Post", (("title", "Welcome"),))]
    assert (seed.after, seed.fails, seed.stale, seed.later) == ((), "", (), ())


def test_what_works_on_the_rows_of_a_seed_later_is_told() -> None:
    (seed,) = found(SEED, CHANGE).seeds
    assert seed.later == (("blog", "0003_next"),)


def test_a_model_that_a_seed_names_and_that_is_renamed_later_is_told() -> None:
    (seed,) = found(SEED, ('migrations.RenameModel("Post", "Entry")', "")).seeds
    assert seed.stale == ("model blog.Post: renamed to blog.Entry by blog.0003_next",)


def test_a_field_that_a_seed_sets_and_that_goes_later_is_told() -> None:
    (seed,) = found(SEED, ('migrations.RenameField("post", "title", "head")', "")).seeds
    assert seed.stale == ("field blog.Post.title: renamed to head by blog.0003_next",)


def test_a_seed_that_is_deleted_again_is_none() -> None:
    assert found(SEED, (RUN, forward('Post.objects.filter(title="Welcome").delete()'))).seeds == ()


def test_hidden_schema_is_what_is_there_at_the_end() -> None:
    (view,) = found(VIEW).hidden
    assert (view.made.kind, view.made.name) == ("view", "titles")
    assert found(VIEW, DROP).hidden == ()
    (again,) = found(VIEW, DROP, VIEW).hidden
    assert again.operation.migration == "0004_next"


def test_extensions_come_before_what_needs_them() -> None:
    add = 'migrations.AddField("post", "more", HStoreField(default=dict))'
    before = "from django.contrib.postgres.fields import HStoreField\n"
    make = ('migrations.RunSQL("CREATE EXTENSION hstore", "DROP EXTENSION hstore")', "")
    hidden = found(make, VIEW, (add, before)).hidden
    assert [one.made.kind for one in hidden] == ["extension", "view"]
    assert hidden[0].before == ("blog.Post.more (HStoreField)",)


def test_what_does_nothing_on_an_empty_database_may_go() -> None:
    analysis = chain(SEED, CHANGE, VIEW)
    ours = ledgers(analysis)
    assert [one.operation.migration for one in ours.one_time] == ["0003_next"]
    marked = found(CHANGE)
    assert elidable_places(marked) == (
        (marked.one_time[0].operation.file, marked.one_time[0].operation.line),
    )


def test_what_a_seed_leaves_to_later_operations_is_not_marked_for_dropping() -> None:
    assert elidable_places(found(SEED, (RUN, forward('Post.objects.filter(title="Welcome").delete()')))) == ()


def test_an_authors_no_to_eliding_is_a_question() -> None:
    kept = RUN[:-1] + ", elidable=False)"
    ours = found((kept, CHANGE[1]))
    assert ours.one_time == ()
    assert "elidable=False" in ours.undecided[0].question


def test_what_source_does_not_decide_is_a_question() -> None:
    (asked,) = found((RUN, "from blog.gone import forward\n")).undecided
    assert asked.question.startswith("Does it create rows or schema on an empty database?")


def test_every_operation_is_in_a_ledger() -> None:
    analysis = chain(SEED, CHANGE, VIEW, (RUN, "from blog.gone import forward\n"))
    ours = ledgers(analysis)
    told = {
        one.operation for part in (ours.seeds, ours.hidden, ours.one_time, ours.undecided) for one in part
    }
    assert told == {*analysis.data_operations}


def test_the_same_code_run_again_is_told() -> None:
    made = 'apps.get_model("blog", "Post").objects.create(title="x")'
    tools = f"# blog/tools.py\ndef make(apps, editor):\n    {made}\n"
    run = ("migrations.RunPython(make, migrations.RunPython.noop)", "from blog.tools import make\n")
    text = FIRST + tools + migration("0002_next", *run)
    text += migration("0003_next", *run, parents='("blog", "0002_next")')
    first, again = ledgers(analysed(text)).seeds
    assert (first.same, again.same) == (None, ("blog", "0002_next"))


AGAIN = (
    'migrations.RunSQL("DROP VIEW IF EXISTS titles; CREATE VIEW titles AS SELECT 1", "DROP VIEW titles")',
    "",
)


def test_what_an_operation_drops_and_makes_anew_is_there() -> None:
    (view,) = found(AGAIN).hidden
    assert view.made.name == "titles"
    ours = found(VIEW, AGAIN)
    assert [one.operation.migration for one in ours.hidden] == ["0003_next"]
    assert not elidable_places(ours)


def test_an_extension_is_by_the_first_that_makes_it() -> None:
    make = ('migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS hstore", migrations.RunSQL.noop)', "")
    (extension,) = found(make, make).hidden
    assert (extension.operation.migration, extension.remade) == ("0002_next", 1)


def test_alternatives_for_several_databases_are_all_there() -> None:
    """Neither replaces the other: a router, by hints or by the app, runs one of them on a database."""
    make = 'migrations.RunSQL("CREATE VIEW titles AS SELECT {}", "DROP VIEW titles"{})'
    hints = ', hints={"vendor": "x"}'
    together = found((f"{make.format(1, '')}, {make.format(2, '')}", ""))
    apart = found((make.format(1, hints), ""), (make.format(2, hints), ""))
    for ours in (together, apart):
        assert [one.made.name for one in ours.hidden] == ["titles", "titles"]
        assert ours.one_time == ()
    (last,) = found((make.format(1, ""), ""), (make.format(2, ""), "")).hidden
    assert last.operation.migration == "0003_next"
