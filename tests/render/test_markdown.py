"""The Markdown report: complete, honest, and proof against what a project calls its things."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from analyzer.analysis import Analysis
from analyzer.audits.rules import Severity
from analyzer.data.values import Evidence, Receiver, Row, SchemaObject, Verdict
from analyzer.render.links import linker
from analyzer.render.markdown import Image, markdown
from analyzer.render.markdown.text import code, text
from tests.render.factory import EMPTY, analysed, field, finding, migration, model, operation

IMAGES = (
    Image("apps", "Apps", "apps.svg"),
    Image("app-shop", "App shop", "app-shop.svg"),
    Image("cycle-1", "Cycle 1", "cycle-1.svg", ("Two models.",)),
    Image("history", "History", None, ("History: not drawn, it took more than 20 s.",)),
    Image("levels", "Levels", "levels.svg"),
)
NASTY = [
    "<script>alert(1)</script>",
    "`; DROP TABLE x; --`",
    "a | b || c",
    "**bold** _it_ __init__ ~~x~~",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "https://evil.example www.evil.example",
    "<img src=x onerror=alert(1)>",
    "line\nbreak\r\n# heading",
    "&lt;b&gt; \\| \\` $x$",
    "</details><h1>x</h1>",
    "@everyone",
]


link = linker(Path("home/migscan-report"), Path("home/project"))


def html(source: str) -> str:
    page: str = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(source)
    return page


def test_the_whole_report(analysis: Analysis, golden: SnapshotAssertion) -> None:
    assert markdown(analysis, link, IMAGES) == golden


def test_the_verdict_comes_first(analysis: Analysis) -> None:
    headings = re.findall(r"^## (.*)$", markdown(analysis, link, IMAGES), re.MULTILINE)
    assert headings == [
        "Can this project be reset?", "In numbers", "Apps", "Levels", "Cycles", "Migration history",
        "Drift", "Reset", "What a reset must carry over", "Data operations", "Findings",
        "What was not understood", "How it was read",
    ]  # fmt: skip


def test_contents_lead_to_the_sections(analysis: Analysis) -> None:
    report = markdown(analysis, link, IMAGES)
    anchors = re.findall(r"\]\(#([a-z-]+)\)", report)
    headings = {
        heading.lower().replace(" ", "-").replace("?", ""): mark
        for mark, heading in re.findall(r"^(##+) (.*)$", report, re.MULTILINE)
    }
    assert {anchor for anchor, mark in headings.items() if mark == "##"} <= set(anchors) <= set(headings)


def test_it_says_which_settings_were_chosen_and_how_to_choose_others(analysis: Analysis) -> None:
    candidates = ("config/settings/base.py", "config/settings/test.py", "blog/conf/settings.py")
    how = replace(analysis.reading, settings_candidates=candidates, source_roots=("blog", "."), all_apps=True)
    page = markdown(replace(analysis, reading=how), link, ()).partition("## How it was read")[2]
    assert "(manage.py names it)" in page
    assert (
        "not used: `config/settings/test.py`, `blog/conf/settings.py`; choose one with `--settings`" in page
    )
    assert "Settings in `blog` may be another project's: give that folder as PATH" in page
    assert "all in the tree count (`--all-apps`)" in page


def test_an_empty_project_has_a_report() -> None:
    report = markdown(EMPTY, link, ())
    assert "There is nothing to reset" in report
    assert "No migrations were found." in report


def test_a_picture_that_was_not_drawn_says_so(analysis: Analysis) -> None:
    report = markdown(analysis, link, IMAGES)
    assert "*History: not drawn, it took more than 20 s.*" in report
    assert "history.svg" not in report
    assert "[![Levels](levels.svg)](levels.svg)" in report


def test_details_open_and_close(analysis: Analysis) -> None:
    report = markdown(analysis, link, IMAGES)
    assert report.count("<details") == report.count("</details>") > 0
    for match in re.finditer(r"^<details.*$", report, re.MULTILINE):
        assert report[match.end() : match.end() + 2] == "\n\n", "Markdown inside needs a blank line before it"


def test_every_row_has_the_columns_of_its_table(analysis: Analysis) -> None:
    rows: list[int] = []
    for line in markdown(analysis, link, IMAGES).splitlines():
        if not line.startswith("|"):
            rows = []
            continue
        rows.append(len(re.findall(r"(?<!\\)\|", re.sub(r"`[^`]*`", "", line))))
        assert rows[-1] == rows[0], line


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("shown", [text, code])
def test_text_of_a_project_is_never_markup(nasty: str, shown: Callable[[str], str]) -> None:
    page = html(f"| a | b |\n| --- | --- |\n| {shown(nasty)} | end |\n")
    cell = re.search(r"<td>(.*?)</td>\n<td>end</td>", page, re.DOTALL)
    assert cell is not None, page
    inner = cell[1].removeprefix("<code>").removesuffix("</code>")
    assert "<" not in inner, inner
    assert re.sub(r"\s+", " ", nasty) == _read(inner)


def _read(escaped: str) -> str:
    from html import unescape

    return unescape(escaped)


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("verdict", ["seed", "schema", "unknown", "one-time"])
def test_nasty_operations_leave_the_ledgers_whole(nasty: str, verdict: Verdict) -> None:
    row = Row(nasty, (("name", nasty),), "create", False, nasty, 3)
    part = SchemaObject("view", nasty, nasty, "create", nasty, 3)
    odd = replace(
        operation(verdict), forward=nasty, file=nasty, rows=(row,), objects=(part,), needs=(nasty,),
        evidence=(Evidence(nasty, 3, nasty),), superseded_by=nasty,
    )  # fmt: skip
    receiver = Receiver(nasty, nasty, nasty, 3, (row,), (), False)
    made = [migration("shop", "0002_more")]
    analysis = replace(analysed([], made), data_operations=(odd,), receivers=(receiver,))
    report = markdown(analysis, link, ())
    page = html(report)
    assert "What a reset must carry over" in page
    for tag in ("<script", "<img", "<h1>x", 'javascript:alert(1)"', "<strong>bold"):
        assert tag not in page
    assert report.count("<details") == report.count("</details>")


@pytest.mark.parametrize(
    ("verdict", "confidence", "said"),
    [("seed", 0.6, "| 0.60 |"), ("seed", 0.59, "| 0.59, unsure |"), ("unknown", 0.0, "| 0.00 |")],
)
def test_a_verdict_of_little_confidence_is_marked(verdict: Verdict, confidence: float, said: str) -> None:
    one = replace(operation(verdict), confidence=confidence)
    analysis = replace(analysed([], [migration("shop", "0002_more")]), data_operations=(one,))
    assert said in markdown(analysis, link, ())


@pytest.mark.parametrize("nasty", NASTY)
def test_a_nasty_project_leaves_the_report_whole(nasty: str) -> None:
    thing = replace(
        model("shop.Thing", [replace(field("a", "FK"), name=nasty)]), file=nasty, why=nasty, certain=False
    )
    odd = replace(operation("seed"), forward=nasty, tables_or_models=(nasty,), migration=nasty)
    analysis = replace(
        analysed([thing], project=nasty),
        data_operations=(odd,),
        findings=(finding(Severity.ERROR, "MS101", nasty),),
    )
    report = markdown(analysis, link, ())
    page = html(report)
    for tag in ("<script", "<img", "<h1>x", 'javascript:alert(1)"', "<strong>bold"):
        assert tag not in page
    assert report.count("<details") == report.count("</details>")
    assert len(re.findall(r"<h2>", page)) == len(re.findall(r"^## ", report, re.MULTILINE))


def test_nothing_absolute_and_no_dates(analysis: Analysis) -> None:
    report = markdown(analysis, link, IMAGES)
    assert not re.search(r"\]\((/|[a-z]+:)", report)
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b", report)
