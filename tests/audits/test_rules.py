"""Every rule keeps what its text promises, and fires at the line it blames."""

from __future__ import annotations

import re

import pytest

from analyzer.audits.registry import AUDITS, RULES
from analyzer.audits.rules import Rule, Severity
from tests.audits.pasts import findings
from tests.projects import analysed, marked

FAMILIES = {
    **dict.fromkeys(("history", "squashing", "packages", "recorded"), "MS1"),
    **dict.fromkeys(("relations", "swapping"), "MS2"),
    "reading": "MS0",
    "drift": "MS3",
    **dict.fromkeys(("data", "lookups", "ddl"), "MS4"),
    "resets": "MS5",
}


def of_rule(rule: Rule, text: str) -> list[str]:
    """The codes found in an example of a rule."""
    if rule.base:
        return [finding.code for finding in findings(text, rule.base, rule.before)]
    return codes(text)


def codes(text: str) -> list[str]:
    return [finding.code for finding in analysed(text).findings if not finding.suppressed]


@pytest.fixture(params=RULES, ids=lambda rule: rule.code)
def rule(request: pytest.FixtureRequest) -> Rule:
    found: Rule = request.param
    return found


def test_the_bad_example_gives_exactly_this_finding(rule: Rule) -> None:
    assert set(of_rule(rule, rule.bad)) == {rule.code}


def test_the_good_example_gives_nothing(rule: Rule) -> None:
    assert of_rule(rule, rule.good) == []


def test_a_rule_says_why_and_what_to_do(rule: Rule) -> None:
    for text in (rule.title, rule.why, rule.fix):
        assert text.strip() == text != ""
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert rule.why.endswith((".", ")"))
    assert rule.fix.endswith(".")


def test_codes_and_names_have_one_form(rule: Rule) -> None:
    assert re.fullmatch(r"MS\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)


def test_a_rule_stands_in_its_family() -> None:
    for rule, check in AUDITS:
        assert rule.code.startswith(FAMILIES[check.__module__.rpartition(".")[2]])


def test_codes_and_names_are_unique_and_in_order() -> None:
    assert [rule.code for rule in RULES] == sorted({rule.code for rule in RULES})
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_findings_are_sorted_and_have_the_rules_severity() -> None:
    text = """
        # blog/models.py
        x = (
        # app/models.py
        y = = 2
    """
    found = analysed(text).findings
    assert [(finding.file, finding.severity) for finding in found] == [
        ("app/models.py", Severity.WARNING),
        ("blog/models.py", Severity.WARNING),
    ]


def test_a_fingerprint_survives_a_move_to_another_line() -> None:
    text = """
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        class Post(models.Model):
            author = models.ForeignKey(unknown(), models.CASCADE)
    """
    (one,) = analysed(text).findings
    (other,) = analysed(text.replace("        class", "\n\n        class")).findings
    assert one.line != other.line
    assert one.fingerprint == other.fingerprint


def test_fingerprints_differ_by_file_and_statement() -> None:
    text = """
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        class Post(models.Model):
            author = models.ForeignKey(unknown(), models.CASCADE)
            editor = models.ForeignKey(unknown(), models.CASCADE)
        # news/__init__.py
        # news/models.py
        from django.db import models
        class Post(models.Model):
            author = models.ForeignKey(unknown(), models.CASCADE)
    """
    found = analysed(text).findings
    assert len(found) == 3
    assert len({finding.fingerprint for finding in found}) == 3


# ---------------------------------------------------------------- finer cases

BLOG = """
# settings.py
INSTALLED_APPS = ["blog", "shop"]
# blog/__init__.py
# blog/migrations/__init__.py
# blog/migrations/0001_initial.py
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = []
# shop/__init__.py
# shop/models.py
"""


def second(dependencies: str, name: str = "0002_second", app: str = "blog", more: str = "pass") -> str:
    return f"""
# {app}/migrations/{name}.py
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [{dependencies}]
    {more}
"""


FIRST = '("blog", "0001_initial")'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(second(FIRST), [], id="one leaf"),
        pytest.param(second(FIRST) + second(FIRST, "0003_third"), ["MS101", "MS101"], id="two leaves"),
        pytest.param(
            second(FIRST) + second(FIRST, "0003_third") + second(FIRST, "0004_fourth"), ["MS101"] * 3,
            id="three leaves",
        ),
        pytest.param(
            second(FIRST) + second('("blog", "0002_second")', "0003_third"), [], id="a chain"
        ),
        pytest.param(
            second(FIRST)
            + second("", "0001_squashed_0002_second", more=f'replaces = [{FIRST}, ("blog", "0002_second")]'),
            ["MS108"], id="a squash beside its originals",
        ),
        pytest.param(second('("blog", "0001_gone")'), ["MS102"], id="a missing parent"),
        pytest.param(
            second('("blog", "0001_squashed")')
            + second("", "0001_squashed", more=f'replaces = [{FIRST}, ("blog", "0002_second")]'),
            ["MS103", "MS108"], id="a new migration with the name of a replaced one",
        ),
        pytest.param(
            second(FIRST, "0001_squashed", more=f'replaces = [{FIRST}]'), ["MS103", "MS108"],
            id="a squash on top of what it replaces",
        ),
        pytest.param(second(f'{FIRST}, ("shop", "0001_gone")'), ["MS102"], id="a parent missing elsewhere"),
        pytest.param(second(f'{FIRST}, ("shop", "__first__")'), ["MS109"], id="an app without migrations"),
        pytest.param(second(f'{FIRST}, ("elsewhere", "0001_initial")'), [], id="a package's migration"),
        pytest.param(second(f'{FIRST}, ("auth", "0001_initial")'), [], id="Django's own migration"),
        pytest.param(
            second(FIRST) + second('("blog", "0002_second")', "0002_other"), ["MS104"], id="the same number"
        ),
        pytest.param(second(FIRST, "second"), [], id="no number"),
        pytest.param(second("", "0001_a", "shop") + second("", "0001_b", "shop"), ["MS105"],
                     id="leaves and numbers in a folder without init"),
        pytest.param(
            second("", "0001_squashed_0002_second", more=f'replaces = [{FIRST}, ("blog", "0002_second")]')
            .replace("# blog/", "# shop/__init__.py\n# shop/migrations/__init__.py\n# shop/"),
            ["MS111"], id="a squash whose originals are of another app, and not all there",
        ),
        pytest.param(second(f'{FIRST}, ("elsewhere", "__latest__")'), ["MS109"], id="a package's latest"),
        pytest.param(second(FIRST, more='run_before = [("auth", "0001_x")]'), ["MS110"], id="run before"),
        pytest.param("# blog/migrations/0002_empty.py\n", ["MS106"], id="an empty file"),
        pytest.param("# blog/migrations/_helpers.py\nx = 1\n", [], id="a private helper"),
        pytest.param("# blog/migrations/deep/__init__.py\nx = 1\n", [], id="a package of helpers"),
        pytest.param("# blog/migrations/0002_bad.py\nclass Migration(\n", ["MS001"], id="a broken migration"),
    ],
)  # fmt: skip
def test_history_is_judged(text: str, found: list[str]) -> None:
    assert sorted(codes(BLOG + text)) == found


def test_migrations_that_django_does_not_load_are_not_judged() -> None:
    text = BLOG.replace('["blog", "shop"]', '["shop"]') + second('("blog", "0001_gone")')
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        """
# blog/__init__.py
# blog/models.py
from django.db import models
class Post(models.Model):
    author = models.ForeignKey(unknown(), models.CASCADE)  # MS003
        """,
        """
# blog/__init__.py
# blog/migrations/__init__.py
# blog/migrations/0001_a.py
from django.db import migrations
class Migration(migrations.Migration):
    atomic = False
    dependencies = [("blog", "0001_gone")]  # MS102
        """,
        """
# blog/__init__.py
# blog/models.py
from django.db import models
class Post(models.Model):
    best = models.ForeignKey("Comment", models.SET_NULL, null=True)  # MS201
class Comment(models.Model):
    post = models.ForeignKey(Post, models.CASCADE)
        """,
        """
# blog/models.py
x = 1
y = = 2  # MS001
        """,
    ],
    ids=["MS003", "MS102", "MS201", "MS001"],
)
def test_the_line_that_is_to_blame_is_blamed(text: str) -> None:
    (finding,) = analysed(text).findings
    assert {(finding.file, finding.line)} == marked(text, finding.code)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("FK", "FK", ["MS201", "MS202"]),
        ("FK", "M2M", ["MS201", "MS202"]),
        ("FK", "", []),
        ("", "", []),
    ],
)
def test_circles_of_models_are_circles_of_their_apps(one: str, other: str, found: list[str]) -> None:
    fields = {
        "FK": "x = models.ForeignKey('{}', models.CASCADE)",
        "M2M": "x = models.ManyToManyField('{}')",
        "": "pass",
    }
    text = f"""
# blog/__init__.py
# blog/models.py
from django.db import models
class Post(models.Model):
    {fields[one].format("shop.Item")}
# shop/__init__.py
# shop/models.py
from django.db import models
class Item(models.Model):
    {fields[other].format("blog.Post")}
"""
    assert sorted(codes(text)) == found
