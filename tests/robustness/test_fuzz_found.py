"""What spoilt files brought to light, each as small as it shows the mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.robustness.projects import assert_rest_is_analysed, audit

MEMORY = 2 << 30
SECONDS = 60

LONG = "class A0(models.Model): pass\n" + "".join(f"class A{n}(A{n - 1}): pass\n" for n in range(1, 1500))
NESTED = {
    "comprehensions of comprehensions": "[" * 80 + "a" + " for a in range(3) if a]" * 80,
    "lengths of lengths": "len([" * 60 + "1" + "])" * 60,
    "lists of lists": "list(" * 60 + "'ab'" + ")" * 60,
    "keys by keys": "sorted('ab', key=" * 60 + "len" + ")" * 60,
    "maps by maps": "map(" * 60 + "str, 'ab'" + "), 'ab'" * 59 + ")",
}
CHAINS = {
    "of abstract ones": "class A0(models.Model):\n    class Meta: abstract = True\n"
    + "".join(f"class A{n}(A{n - 1}):\n    class Meta: abstract = True\n" for n in range(1, 600)),
    "of proxies": "class A0(models.Model): pass\n"
    + "".join(f"class A{n}(A{n - 1}):\n    class Meta: proxy = True\n" for n in range(1, 600)),
    "of foreign keys": "".join(
        f"class A{n}(models.Model):\n    a = models.ForeignKey('A{n + 1}', models.CASCADE)\n"
        for n in range(1500)
    ),
    "of diamonds": "class A0(models.Model): pass\n"
    + "".join(
        f"class L{n}(A{n - 1}): pass\nclass R{n}(A{n - 1}): pass\nclass A{n}(L{n}, R{n}): pass\n"
        for n in range(1, 60)
    ),
}


@pytest.mark.parametrize("name", NESTED)
def test_calls_in_calls_are_evaluated_once(project: Path, name: str) -> None:
    """Each level that is looked at twice doubles the work of all below it."""
    (project / "odd/models.py").write_text(
        "from django.db import models\nclass Odd(models.Model):\n"
        f"    a = models.IntegerField(default={NESTED[name]})\n"
    )
    with (project / "config/settings.py").open("a") as settings:
        settings.write(f"A = {NESTED[name]}\nINSTALLED_APPS += [A]\n")
    run = audit(project, "-j", "1", memory=MEMORY, seconds=SECONDS)
    assert "odd.Odd" in run.models
    assert_rest_is_analysed(run)


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_of_models_is_as_long_as_it_likes(project: Path, name: str) -> None:
    (project / "odd/models.py").write_text("from django.db import models\n" + CHAINS[name])
    run = audit(project, "-j", "1", memory=MEMORY, seconds=SECONDS)
    assert "odd.A0" in run.models
    assert_rest_is_analysed(run)


def test_ancestors_beyond_counting_are_said_to_be(project: Path) -> None:
    (project / "odd/models.py").write_text("from django.db import models\n" + LONG)
    run = audit(project, "-j", "1", memory=MEMORY, seconds=SECONDS)
    said = {entry["what"]: entry["why"] for entry in run.unknown("odd/models.py")}
    assert "too many ancestors" in said["odd.A1499"]
    assert "odd.A50" not in said


@pytest.mark.parametrize("line", ["!", "\\", "/", "[z-a]", "a[[b]", "**/a/" * 30 + "x", "\\\n!\n*.bak.py"])
def test_a_line_of_gitignore_that_is_no_pattern_is_passed_over(project: Path, line: str) -> None:
    (project / ".gitignore").write_text(f"{line}\nold_*.py\n")
    (project / "shop/old_models.py").write_text(
        "from django.db import models\nclass Old(models.Model): pass\n"
    )
    run = audit(project)
    assert run.stderr == ""
    assert "shop.Old" not in run.models
    assert_rest_is_analysed(run)


def test_a_pattern_of_gitignore_that_would_be_tried_for_ever_is_said_to_be_passed_over(project: Path) -> None:
    (project / ".gitignore").write_text("**/a/" * 30 + "x\nold_*.py\n")
    (project / "shop/old_models.py").write_text(
        "from django.db import models\nclass Old(models.Model): pass\n"
    )
    deep = project / ("a/" * 30)
    deep.mkdir(parents=True)
    (deep / "models.py").touch()
    run = audit(project, seconds=SECONDS)
    assert "wildcards" in run.findings(".gitignore")[0]["message"]
    assert "shop.Old" not in run.models
    assert_rest_is_analysed(run)


def test_a_gitignore_without_end_is_read_in_part(project: Path) -> None:
    many = "".join(f"a{number}\n" for number in range(20_000))
    (project / ".gitignore").write_text("x" * 100_000 + "\n" + "same\n" * 50_000 + many + "old_*.py\n")
    (project / "shop/old_models.py").write_text(
        "from django.db import models\nclass Old(models.Model): pass\n"
    )
    run = audit(project, seconds=SECONDS)
    assert "more than 2000 patterns" in run.findings(".gitignore")[0]["message"]
    assert "shop.Old" not in run.models
    assert_rest_is_analysed(run)
