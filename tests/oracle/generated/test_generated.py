"""Random projects, booted by real Django and read by migscan: every fact about their models agrees."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracle.generated.agreement import differences, written
from tests.oracle.generated.generate import Generated, generate
from tests.oracle.generated.reduce import reduced
from tests.oracle.generated.truth import Django, Refused

pytest.importorskip("django")

MOST_REFUSED = 5
"""So many of a hundred generated projects may be such that Django does not boot them."""


def test_random_projects_are_read_as_django_loads_them(
    django: Django, projects: int, pytestconfig: pytest.Config
) -> None:
    seen = refused = 0
    failure: list[tuple[Generated, list[str]]] = []

    @settings(
        max_examples=projects,
        derandomize=pytestconfig.getoption("--hypothesis-seed", default=None) is None,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def compare(random: Random) -> None:
        nonlocal seen, refused
        project = generate(random)
        seen += 1
        try:
            found = differences(project.files, project.root, project.settings, django)
        except Refused:
            refused += 1
            return
        if found:
            failure.append((project, found))
            raise AssertionError("\n".join(found))

    try:
        compare()
    except AssertionError:
        # Statement by statement gets a project smaller, and sooner, than decision by decision.
        project, found = failure[-1]
        smaller = reduced(
            project, found[0], lambda made: differences(made.files, made.root, made.settings, django)
        )
        shown = [*found, "", f"shown by, for {found[0]}", written(smaller.files)]
        pytest.fail("\n".join(shown), pytrace=False)
    assert seen >= projects
    assert refused * 100 <= MOST_REFUSED * seen


def test_a_difference_is_seen(django: Django) -> None:
    """The comparison itself: a fact that only Django can know must come out as a difference."""
    files = {
        "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n',
        "settings.py": 'SECRET_KEY = "x"\nINSTALLED_APPS = ["django.contrib.contenttypes", "shop"]\n',
        "shop/__init__.py": "",
        "shop/models.py": (
            "from django.db import models\n"
            "class Order(models.Model):\n    note = models.TextField(null=id(models) > 3)\n"
        ),
    }
    assert differences(files, "", "settings", django) == [
        "field shop.Order.note: Django ('TextField', True, None), migscan ('TextField', False, None)"
    ]


def test_a_project_that_django_refuses_is_no_difference(django: Django) -> None:
    files = {"settings.py": 'SECRET_KEY = "x"\nINSTALLED_APPS = ["absent"]\n'}
    with pytest.raises(Refused, match="No module named 'absent'"):
        differences(files, "", "settings", django)
