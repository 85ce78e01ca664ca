"""Comments that suppress: where they stand, what they speak for, and what is said about wrong ones."""

from __future__ import annotations

import pytest

from analyzer.audits.comments import ignores
from analyzer.audits.rules import Finding
from tests.projects import analysed

CYCLE = """
# blog/__init__.py
# blog/models.py
from django.db import models
class Post(models.Model):
    best = models.ForeignKey("Comment", models.SET_NULL, null=True){comment}
class Comment(models.Model):
    post = models.ForeignKey(Post, models.CASCADE)
"""


def found(comment: str, above: str = "", **options: object) -> list[Finding]:
    text = CYCLE.replace("from django", f"{above}from django") if above else CYCLE
    return list(analysed(text.format(comment=comment), **options).findings)


def codes(findings: list[Finding]) -> list[tuple[str, bool]]:
    return [(finding.code, finding.suppressed) for finding in findings]


@pytest.mark.parametrize(
    "comment",
    [
        "  # migscan: ignore[MS201]",
        "  # migscan: ignore[MS201] the table is small",
        "  # migscan:ignore[model-cycle]",
        "  # noqa  # migscan: ignore[MS2]",
        "  # migscan: ignore[ms201]",
    ],
)
def test_a_comment_on_the_line_suppresses(comment: str) -> None:
    assert codes(found(comment)) == [("MS201", True)]


@pytest.mark.parametrize(
    "comment",
    ["  # migscan: ignore[MS201] - the table is small", "  # migscan: ignore[MS201]: the table is small"],
)
def test_the_reason_is_kept(comment: str) -> None:
    (finding,) = found(comment)
    assert (finding.reason, finding.suppressed_by) == ("the table is small", "source")


def test_a_comment_for_the_file_suppresses() -> None:
    assert codes(found("", "# migscan: ignore-file[MS201] as it is\n")) == [("MS201", True)]


def test_a_comment_on_a_line_of_its_own_speaks_for_the_line_below() -> None:
    text = CYCLE.format(comment="").replace(
        "    best", "    # migscan: ignore[MS201] meant\n    # so\n    best"
    )
    assert codes(list(analysed(text).findings)) == [("MS201", True)]


def test_a_comment_where_the_bracket_closes_speaks_for_where_it_opened() -> None:
    text = CYCLE.format(comment="").replace(
        '("Comment", models.SET_NULL, null=True)',
        '(\n        "Comment", models.SET_NULL,\n        null=True,\n    )  # migscan: ignore[MS201] meant',
    )
    assert codes(list(analysed(text).findings)) == [("MS201", True)]


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("  # migscan: ignore[MS202] why", "`ignore[MS202]` suppresses nothing: there is no MS202 here"),
        ("  # migscan: ignore[MS999] why", "`ignore[MS999]` names no rule with 'MS999'; did you mean"),
        ("  # migscan: ignore[model-cycel] why", "did you mean 'model-cycle'?"),
        ("  # migscan: ignore why", "this comment suppresses nothing: `ignore why` is not understood"),
        ("  # migscan: ingore[MS201]", "this comment suppresses nothing: `ingore[MS201]` is not understood"),
        ("  # migscan: ignore[] why", "this comment suppresses nothing: it names no rule"),
        ("  # migscan: ignore-file[MS202] why", "suppresses nothing: there is no MS202 in this file"),
    ],
)
def test_a_comment_that_suppresses_nothing_is_told(comment: str, said: str) -> None:
    findings = found(comment)
    assert sorted(codes(findings)) == [("MS090", False), ("MS201", False)]
    (told,) = [finding for finding in findings if finding.code == "MS090"]
    assert said in told.message
    assert told.line == 3


def test_each_code_of_a_comment_must_suppress_something() -> None:
    assert codes(found("  # migscan: ignore[MS201, MS202] why")) == [("MS090", False), ("MS201", True)]


def test_a_comment_is_used_whatever_is_selected() -> None:
    assert codes(found("  # migscan: ignore[MS201] why", select=("MS1", "MS0"))) == []


def test_reasons_can_be_required() -> None:
    assert codes(found("  # migscan: ignore[MS201]", require_reasons=True)) == [
        ("MS091", False),
        ("MS201", True),
    ]
    assert codes(found("  # migscan: ignore[MS201] why", require_reasons=True)) == [("MS201", True)]


def test_a_text_is_no_comment() -> None:
    assert ignores(b"x = '# migscan: ignore[MS201]'\n") == []
    assert len(ignores(b"x = 1  # migscan: ignore[MS201]\n")) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"x = (  # migscan: ignore[MS201]\n",
        b"\xff\xfe# migscan: ignore[MS201]\n",
        b"if x:\n  y\n z  # migscan: ignore[MS201]\n",
        b"'''# migscan: ignore[MS201]\n",
        b"# -*- coding: nonsense -*-\n# migscan: ignore[MS201]\n",
        b"\x00# migscan: ignore[MS201]",
    ],
)
def test_a_broken_file_is_read_by_line(data: bytes) -> None:
    assert len(ignores(data)) == 1


def test_other_files_have_comments_too() -> None:
    assert ignores(b"RUN migrate # migscan: ignore[MS501] first start\n", python=False)[0].lines == frozenset(
        {1}
    )
