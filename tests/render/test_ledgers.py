"""The ledgers in the report folder, and the patch beside them."""

from __future__ import annotations

from pathlib import Path

from analyzer.analysis import analyse
from analyzer.audits.operation_examples import FIRST, code, migration
from analyzer.options import Options
from analyzer.render.report import report_files
from tests.projects import project

RUN = "migrations.RunPython(forward, migrations.RunPython.noop)"
OPTIONS = Options(jobs=1, cache=False, graphs=False)


def files(*migrations: tuple[str, str]) -> dict[str, str]:
    """The report folder of a project with these migrations (operations, code)."""
    text, parent = FIRST, "0001_initial"
    for at, (operations, before) in enumerate(migrations, 2):
        text += migration(f"000{at}_next", operations, before, parents=f'("blog", "{parent}")')
        parent = f"000{at}_next"
    with project(text) as root:
        analysis = analyse(root, OPTIONS)
        return report_files(analysis, Path("elsewhere"), root, OPTIONS, lambda *_: None)


def test_one_time_operations_come_with_a_patch() -> None:
    found = files((RUN, code("Post.objects.update(title='')")))
    assert (
        "+        migrations.RunPython(forward, migrations.RunPython.noop, elidable=True),"
        in found["elidable.patch"]
    )
    assert "adds `elidable=True` to 1 of them" in found["report.md"]
    assert "blog/migrations/0002_next.py:9: elidable=True" in found["report.md"]


def test_without_them_there_is_no_patch() -> None:
    found = files((RUN, code('Post.objects.create(title="x")')))
    assert set(found) == {"report.md", "report.json"}
    assert "`blog.Post`: 1 (`title=x`)" in found["report.md"]


def test_many_seeds_are_folded_by_app() -> None:
    seeds = [(RUN, code(f'Post.objects.create(title="{at}")')) for at in range(7)]
    found = files(*seeds, (",\n".join([RUN] * 6), code('Post.objects.create(title="x")')))
    assert "<summary>1. <b>blog</b>: 13 seeds of blog.Post</summary>" in found["report.md"]
