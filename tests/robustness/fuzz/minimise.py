"""A batch that fails made smaller, as long as it fails in the same way: fewer files, then less in each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.robustness.fuzz.batches import Batch, Input
from tests.robustness.fuzz.trial import SECONDS, Bench, Fault, judge

LONGEST = 90.0
"""Seconds by the clock that are spent on making one failure smaller."""

Part = TypeVar("Part")
Fails = Callable[[Batch], bool]


class SpentError(Exception):
    """No more time is left."""


def minimised(bench: Bench, made: Batch, fault: Fault, whole: bool, text: bool = True) -> Batch:
    """A smaller batch that shows the same fault, the smallest found in time; `text` shortens files too."""
    best, end = made, time.monotonic() + LONGEST

    def fails(smaller: Batch) -> bool:
        nonlocal best
        if time.monotonic() > end:
            raise SpentError
        found, _ = judge(bench, smaller, whole)
        if found is None or found.name != fault.name:
            return False
        best = smaller
        return True

    try:
        _fewer_files(made, fails)
        for index in range(len(best.inputs) if text else 0):
            for split in (b"\n", b" ", b""):
                _less_text(best, index, split, fails)
    except SpentError:
        return best
    return best


def _fewer_files(made: Batch, fails: Fails) -> None:
    reduced(made.inputs, lambda inputs: fails(made.with_inputs(inputs)))


def _less_text(made: Batch, index: int, split: bytes, fails: Fails) -> None:
    given = made.inputs[index]
    if not isinstance(given.content, bytes) or (not split and len(given.content) > 400):
        return
    parts = (
        given.content.split(split) if split else [given.content[n : n + 1] for n in range(len(given.content))]
    )

    def still(kept: Sequence[bytes]) -> bool:
        inputs = list(made.inputs)
        inputs[index] = Input(given.path, split.join(kept))
        return fails(made.with_inputs(inputs))

    reduced(parts, still)


def reduced(parts: Sequence[Part], fails: Callable[[Sequence[Part]], bool]) -> Sequence[Part]:
    """The parts without those that a failure does not need: halves first, single ones last.

    Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002), complements only.
    """
    size = max(len(parts) // 2, 1)
    while parts:
        at, before = 0, len(parts)
        while at < len(parts):
            without = [*parts[:at], *parts[at + size :]]
            if without and fails(without):
                parts = without
            else:
                at += size
        if size == 1 and len(parts) == before:
            break
        size = max(size // 2, 1)
    return parts


def slow_inputs(bench: Bench, made: Batch) -> list[Input]:
    """The inputs that cost more than they may, each measured alone, found by halving."""
    _, floor = judge(bench, made.with_inputs([]), whole=False)
    return _slow(bench, made, made.inputs, floor)


def _slow(bench: Bench, made: Batch, inputs: Sequence[Input], floor: float) -> list[Input]:
    _, seconds = judge(bench, made.with_inputs(inputs), whole=False)
    if seconds - floor <= SECONDS:
        return []
    if len(inputs) == 1:
        return list(inputs)
    half = len(inputs) // 2
    return _slow(bench, made, inputs[:half], floor) + _slow(bench, made, inputs[half:], floor)
