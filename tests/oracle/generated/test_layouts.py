"""Random projects whose migrations are deleted: the predicted layout is what `makemigrations` writes."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analyzer.options import Options
from tests.oracle.generated.agreement import written
from tests.oracle.generated.generate import Generated
from tests.oracle.generated.histories import with_history
from tests.oracle.generated.reduce import reduced
from tests.oracle.generated.truth import Django, Refused
from tests.oracle.layout.run import Outcome, outcome, predict
from tests.projects import project

pytest.importorskip("django")

MOST_REFUSED = 15
MOST_UNSURE = 5
"""So many of a hundred may be refused by Django, or not certain: their migrations leave much open."""


def judged(made: Generated, django: Django) -> Outcome:
    """What Django writes and what was predicted.  Raises Refused where Django does not boot the project."""
    with project(made.files) as folder:
        predicted = predict(folder, Options(jobs=1, cache=False))
        root = folder / made.root if made.root else folder
        return outcome(django.layout(Path(root), made.settings), predicted)


def test_random_projects_get_the_predicted_migrations(
    django: Django, histories: int, pytestconfig: pytest.Config
) -> None:
    seen = refused = facts = unsure = split = 0
    failure: list[tuple[Generated, list[str]]] = []

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
        nonlocal seen, refused, facts, unsure, split
        seen += 1
        try:
            made = with_history(random, django)
            found = judged(made, django)
        except Refused:
            refused += 1
            return
        facts, unsure, split = facts + found.facts, unsure + found.unsure, split + found.split
        if found.wrong:
            failure.append((made, found.wrong))
            raise AssertionError("\n".join(found.wrong))

    try:
        compare()
    except AssertionError:
        made, wrong = failure[-1]
        smaller = reduced(made, wrong[0], lambda one: judged(one, django).wrong)
        pytest.fail("\n".join([*wrong, "", "shown by", written(smaller.files)]), pytrace=False)
    sys.stdout.write(
        f"{seen - refused} layouts agree in {facts} facts, {unsure} not certain; {split} files were split "
        f"off; {refused} refused\n"
    )
    assert seen >= histories
    assert refused * 100 <= MOST_REFUSED * seen
    assert unsure * 100 <= MOST_UNSURE * facts
