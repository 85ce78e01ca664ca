"""Which rules count: selections, files, apps and severities of a project."""

from __future__ import annotations

import pytest

from analyzer.audits.rules import Severity
from analyzer.errors import UsageError
from analyzer.options import AppOptions
from tests.projects import analysed

TWO = """
# blog/__init__.py
# blog/models.py
from django.db import models
class Post(models.Model):
    best = models.ForeignKey("Comment", models.SET_NULL, null=True)
class Comment(models.Model):
    post = models.ForeignKey(Post, models.CASCADE)
    author = models.ForeignKey(unknown(), models.CASCADE)
"""


def codes(**options: object) -> list[str]:
    return sorted(finding.code for finding in analysed(TWO, **options).findings)


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({}, ["MS003", "MS201"]),
        ({"select": ("MS2",)}, ["MS201"]),
        ({"select": ("model-cycle",)}, ["MS201"]),
        ({"select": ("MS1",)}, []),
        ({"select": ("MS1",), "extend_select": ("MS003",)}, ["MS003"]),
        ({"ignore": ("MS0",)}, ["MS201"]),
        ({"select": ("MS",), "ignore": ("MS201",)}, ["MS003"]),
        ({"per_file_ignores": {"blog/*.py": ("MS201",)}}, ["MS003"]),
        ({"per_file_ignores": {"shop/": ("MS2",)}}, ["MS003", "MS201"]),
        ({"severity": {"MS201": "off"}}, ["MS003"]),
        ({"apps": {"blog": AppOptions(ignore=("MS2",))}}, ["MS003"]),
        ({"apps": {"shop": AppOptions(ignore=("MS2",))}}, ["MS003", "MS201"]),
    ],
)
def test_what_counts(options: dict[str, object], left: list[str]) -> None:
    assert codes(**options) == left


@pytest.mark.parametrize(
    ("options", "severity"),
    [
        ({}, Severity.WARNING),
        ({"severity": {"MS2": "error"}}, Severity.ERROR),
        ({"severity": {"MS2": "error", "MS201": "note"}}, Severity.NOTE),
        ({"severity": {"MS2": "note"}, "apps": {"blog": AppOptions({"MS201": "error"})}}, Severity.ERROR),
        ({"apps": {"shop": AppOptions({"MS201": "error"})}}, Severity.WARNING),
    ],
)
def test_how_bad_it_is(options: dict[str, object], severity: Severity) -> None:
    found = analysed(TWO, **options).findings
    assert [finding.severity for finding in found if finding.code == "MS201"] == [severity]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"select": ("MS299",)}, "select: no rule 'MS299'; did you mean"),
        ({"ignore": ("model-cycel",)}, "ignore: no rule 'model-cycel'; did you mean 'model-cycle'?"),
        ({"per_file_ignores": {"*": ("X1",)}}, "per-file-ignores: no rule 'X1'"),
        ({"apps": {"blog": AppOptions({"nonsense": "note"})}}, "apps.blog.severity: no rule 'nonsense'"),
    ],
)
def test_a_rule_that_there_is_not_is_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        analysed(TWO, **options)
    assert str(caught.value).startswith(said)


def test_a_generated_initial_migration_is_no_reason_to_warn() -> None:
    text = """
        # blog/__init__.py
        # blog/models.py
        # blog/migrations/__init__.py
        # blog/migrations/0001_initial.py
        from django.db import migrations
        class Migration(migrations.Migration):
            initial = True
            dependencies = [("shop", "__latest__")]
            operations = [{operation}]
    """
    for operation, severity in (
        ("", Severity.NOTE),
        ("migrations.RunSQL('x')", Severity.WARNING),
    ):
        found = analysed(text.format(operation=operation)).findings
        assert [f.severity for f in found if f.code == "MS109"] == [severity]
