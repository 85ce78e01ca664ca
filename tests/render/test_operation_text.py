"""One data operation explained: source, steps, verdict and what to do, each where it belongs."""

from __future__ import annotations

from analyzer.audits.operation_examples import FIRST, migration
from analyzer.render.operation_text import operation_text
from tests.projects import analysed, files_of

CODE = """def forward(apps, schema_editor):
    Post = apps.get_model("blog", "Post")
    Post.objects.create(title="Welcome")


"""


def explained(operations: str, before: str = "", more: str = "") -> str:
    text = FIRST + migration("0002_x", operations, before) + more
    analysis = analysed(text)
    files = files_of(text)
    operation = next(one for one in analysis.data_operations if one.migration == "0002_x")
    return operation_text(analysis, operation, lambda file: files.get(file, "").split("\n"))


def test_a_seed_is_explained() -> None:
    said = explained("migrations.RunPython(forward, migrations.RunPython.noop)", CODE)
    assert said.splitlines()[:3] == [
        "blog.0002_x: RunPython forward",
        "blog/migrations/0002_x.py:10",
        "reverse does nothing; elidable is not said",
    ]
    assert "    2  def forward(apps, schema_editor):" in said
    assert "- a row of blog.Post by create: title=Welcome  blog/migrations/0002_x.py:4" in said
    assert "a seed: a fresh database needs the rows that it creates\n  Sure" in said
    assert "Carry it over" in said


def test_a_constant_with_sql_is_shown() -> None:
    sql = 'SQL = """\nUPDATE blog_post SET title = 1\n"""\n'
    said = explained("migrations.RunSQL(SQL, migrations.RunSQL.noop)", sql)
    assert "UPDATE blog_post SET title = 1" in said
    assert "Leave it out: it works on rows that an empty database does not have." in said
    assert "MS405 note" in said


def test_later_history_is_told() -> None:
    more = migration("0003_y", 'migrations.DeleteModel("Post")', parents='("blog", "0002_x")')
    said = explained("migrations.RunPython(forward, migrations.RunPython.noop)", CODE, more)
    assert "blog.0003_y undoes it" in said


def test_the_terminal_is_not_driven_by_a_project() -> None:
    said = explained('migrations.RunSQL("DELETE FROM blog_post -- \\x1b[31m", "")', "# \x1b[31m\n")
    assert "\x1b" not in said
