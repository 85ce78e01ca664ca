"""Random projects with random migrations: graph, state and drift are what real Django makes of them."""

from __future__ import annotations

import sys
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracle.generated.agreement import written
from tests.oracle.generated.generate import Generated
from tests.oracle.generated.histories import VERSION, with_history
from tests.oracle.generated.history_agreement import judged
from tests.oracle.generated.reduce import reduced
from tests.oracle.generated.truth import Django, Refused

pytest.importorskip("django")

MOST_REFUSED = 15
"""So many of a hundred histories may be such that Django does not replay them."""

MOST_OPEN = 40
"""So many places may migscan leave open for a hundred models and operations that are compared."""


def test_random_histories_are_replayed_as_django_does(
    django: Django, histories: int, pytestconfig: pytest.Config
) -> None:
    seen = refused = compared = left_open = drifting = 0
    failure: list[tuple[Generated, tuple[str, ...]]] = []

    @settings(
        max_examples=histories,
        derandomize=pytestconfig.getoption("--hypothesis-seed", default=None) is None,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def compare(random: Random) -> None:
        nonlocal seen, refused, compared, left_open, drifting
        seen += 1
        try:
            project = with_history(random, django)
            verdict = judged(project.files, project.root, project.settings, django)
        except Refused:
            refused += 1
            return
        compared += verdict.compared
        left_open += len(verdict.open)
        drifting += verdict.drifts
        if verdict.wrong:
            failure.append((project, verdict.wrong))
            raise AssertionError("\n".join(verdict.wrong))

    try:
        compare()
    except AssertionError:
        project, found = failure[-1]
        smaller = reduced(
            project, found[0], lambda made: judged(made.files, made.root, made.settings, django).wrong
        )
        shown = [*found, "", f"shown by, for {found[0]}", written(smaller.files)]
        pytest.fail("\n".join(shown), pytrace=False)
    sys.stdout.write(
        f"{seen - refused} histories agree, {drifting} of them with drift; {refused} refused; "
        f"{left_open} places left open beside {compared} models and operations\n"
    )
    assert seen >= histories
    assert refused * 100 <= MOST_REFUSED * seen
    assert left_open * 100 <= MOST_OPEN * compared
    assert drifting * 3 >= seen


SHOP = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n',
    "settings.py": (
        'SECRET_KEY = "x"\nINSTALLED_APPS = ["django.contrib.contenttypes", "shop"]\n'
        'DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"\n'
    ),
    "setup.cfg": VERSION,
    "shop/__init__.py": "",
    "shop/models.py": (
        "from django.db import models\nclass Order(models.Model):\n    note = models.TextField(null=True)\n"
    ),
    "shop/migrations/__init__.py": "",
}
MIGRATION = """from django.db import migrations, models
class Migration(migrations.Migration):
    operations = [migrations.CreateModel("Order", [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("note", models.TextField({given})),
    ])]
"""


def _with(given: str) -> dict[str, str]:
    return {**SHOP, "shop/migrations/0001_initial.py": MIGRATION.format(given=given)}


def test_a_difference_in_a_state_is_seen(django: Django) -> None:
    """The comparison itself: a fact that only Django can know must come out as a difference."""
    verdict = judged(_with("null=id(models) > 3"), "", "settings", django)
    assert verdict.wrong or verdict.open


def test_drift_is_compared(django: Django) -> None:
    verdict = judged(_with("null=False"), "", "settings", django)
    assert (verdict.wrong, verdict.open, verdict.drifts) == ((), (), True)
    verdict = judged(_with("null=True"), "", "settings", django)
    assert (verdict.wrong, verdict.open, verdict.drifts) == ((), (), False)


def test_a_history_that_django_refuses_is_no_difference(django: Django) -> None:
    more = "from django.db import migrations\nclass Migration(migrations.Migration):\n"
    files = _with("")
    files["shop/migrations/0002_more.py"] = f"{more}    dependencies = [('shop', '0009_absent')]\n"
    with pytest.raises(Refused, match="NodeNotFoundError"):
        judged(files, "", "settings", django)
