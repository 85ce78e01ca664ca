"""How a data operation is named on the command line, and what is said where nothing is meant."""

from __future__ import annotations

import pytest

from analyzer.analysis import Analysis
from analyzer.audits.operation_examples import FIRST, migration
from analyzer.reset.finding import Missing, find_operations
from tests.projects import analysed

TWO = 'migrations.RunSQL("UPDATE blog_post SET id = 1", ""),\nmigrations.RunSQL("DELETE FROM blog_post", "")'
ONE = 'migrations.RunSQL("DELETE FROM blog_post", "")'
FILE = "blog/migrations/0002_both.py"


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    text = FIRST + migration("0002_both", TWO)
    text += migration("0010_one", ONE, parents='("blog", "0002_both")')
    return analysed(text + migration("0010_two", ONE, parents='("blog", "0010_one")'))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("blog.0002", [5, 6]),
        ("blog.0002_both", [5, 6]),
        ("blog.0002_both:1", [5]),
        ("blog.0002:2", [6]),
        (FILE, [5, 6]),
        (f"{FILE}:6", [6]),
        (f"./{FILE}:5", [5]),
        ("0002_both.py:9", [6]),
        ("blog.0010_one", [5]),
    ],
)
def test_operations_are_found(analysis: Analysis, name: str, lines: list[int]) -> None:
    found = find_operations(analysis, name)
    assert not isinstance(found, Missing)
    assert [one.line for one in found] == lines


@pytest.mark.parametrize(
    ("name", "why", "near"),
    [
        ("blog.0010", "may be several migrations", "blog.0010_one"),
        ("blog.00", "has no such migration", "blog.0002_both"),
        ("blog.0002:3", "has 2 of them", "blog.0002_both:1"),
        ("blog.0002:0", "has 2 of them", "blog.0002_both:2"),
        ("blog.0001", "has no operation that runs code or SQL", "blog.0002_both"),
        ("blgo.0002", "no app 'blgo' with migrations in the project", "blog"),
        ("blog.0020_both", "has no such migration", "blog.0002_both"),
        (f"{FILE}:2", "no operation begins at", f"{FILE}:5"),
        ("blog/migrations/0003_both.py", "is no file with an operation", FILE),
        ("", "no app '' with migrations in the project", "blog"),
    ],
)
def test_near_names_are_told(analysis: Analysis, name: str, why: str, near: str) -> None:
    found = find_operations(analysis, name)
    assert isinstance(found, Missing)
    assert why in found.why
    assert near in found.near
