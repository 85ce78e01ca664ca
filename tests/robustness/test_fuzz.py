"""A few hundred spoilt files, always the same ones: no crash, no hang, nothing written, the same said twice.

`make fuzz` reads as many as one likes; what it found is held by tests beside this one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from random import Random

import pytest

from tests.robustness.fuzz.batches import Batch, Input, batch
from tests.robustness.fuzz.material import material
from tests.robustness.fuzz.minimise import minimised, reduced
from tests.robustness.fuzz.mutations import CODE, LIGHT, Mutation
from tests.robustness.fuzz.run import FLOOR, SHOWCASE
from tests.robustness.fuzz.trial import SECONDS, Bench, Fault, judge

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and forks as Linux has them")

SEED = 30
BATCHES = 10


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Two servers for all tests here."""
    with Bench(tmp_path_factory.mktemp("fuzz") / "bench") as ready:
        yield ready


@pytest.mark.parametrize("number", range(BATCHES))
def test_spoilt_files_are_survived(bench: Bench, number: int) -> None:
    made = batch(SEED, number, [material(SHOWCASE)])
    fault, seconds = judge(bench, made, whole=number == 0)
    assert fault is None, f"{fault.name}; to see more: make fuzz FUZZ='--seed {SEED} --only {number}'"
    assert seconds < SECONDS + FLOOR


def test_they_are_a_few_hundred() -> None:
    counts = [len(batch(SEED, number, [material(SHOWCASE)]).inputs) for number in range(BATCHES)]
    assert sum(counts) >= 300


def test_a_seed_gives_the_same_files() -> None:
    materials = [material(SHOWCASE)]
    assert batch(3, 4, materials) == batch(3, 4, materials)
    assert batch(3, 4, materials).inputs != batch(3, 5, materials).inputs


@pytest.mark.parametrize("mutation", list(dict.fromkeys((*LIGHT, *CODE))))
def test_every_mutation_takes_any_file(mutation: Mutation) -> None:
    for data in (b"", b"x", b"\xff\0", b"a = 1\n" * 3, b"class A(B):\n    a = f('x', [1])\n"):
        for number in range(20):
            random = Random(number)  # noqa: S311 - reproducible, not secret
            assert isinstance(mutation(random, data, b"b = 2\n"), bytes)


def test_a_failure_is_made_smaller() -> None:
    parts = reduced(list(range(100)), lambda kept: {17, 63} <= set(kept))
    assert parts == [17, 63]


def test_a_fault_is_seen(bench: Bench) -> None:
    """A configuration that is refused is a fault where nobody spoilt the configuration."""
    made = Batch("0:0", {"manage.py": b"", "migscan.toml": b"x = 1"}, (Input("a.py", b"a = 1\nb = 2\n"),))
    fault, _ = judge(bench, made, whole=False)
    assert fault == Fault("refused", fault.detail if fault else "")
    small = minimised(bench, made, Fault("refused", ""), whole=False)
    assert [given.content for given in small.inputs] == [b""]
