"""Progress on standard error, one line that is rewritten, and the time that each stage took."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TextIO

from analyzer.render.words import number

Clock = Callable[[], float]
INTERVAL = 0.08
"""Seconds between two drawings: a terminal is slower than we are."""


class Watch:
    """A `Progress` that remembers when each stage began, and shows it where somebody looks."""

    def __init__(self, stream: TextIO | None, clock: Clock = time.perf_counter) -> None:
        self._stream = stream
        self._clock = clock
        self._stages: list[tuple[str, float]] = []
        self._drawn = float("-inf")

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = self._clock()
        fresh = not self._stages or self._stages[-1][0] != stage
        if fresh:
            self._stages.append((stage, now))
        if self._stream is not None and (fresh or now - self._drawn >= INTERVAL):
            self._drawn = now
            self._stream.write(f"\r\x1b[K{stage}{_amount(done, total)}")
            self._stream.flush()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def finish(self) -> None:
        """Stop the clock and take the line away."""
        if self._stages and self._stages[-1][0]:
            self._stages.append(("", self._clock()))
        if self._stream is not None:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._stream = None

    def timing(self) -> dict[str, float]:
        """Seconds by stage, in order; stages that came twice add up."""
        spent: dict[str, float] = {}
        for (stage, begin), (_, end) in zip(self._stages, self._stages[1:], strict=False):
            if stage:
                spent[stage] = spent.get(stage, 0.0) + end - begin
        return {stage: round(seconds, 4) for stage, seconds in spent.items()}


def _amount(done: int, total: int) -> str:
    if total:
        return f" {number(done)} of {number(total)}"
    return f" {number(done)}" if done else ""


def watch(quiet: bool) -> Watch:
    """A watch that draws on a terminal and stays silent in a pipe."""
    shown = not quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    return Watch(sys.stderr if shown else None)
