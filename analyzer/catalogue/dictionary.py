"""The dictionary that the catalogue's files share: what most packages are written with.

Pieces of samples are taken for what they hold of runs of bytes that several samples have and no piece
taken before has, the best last, since that is where deflate points to with the fewest bits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from heapq import heapify, heappop, heapreplace

from analyzer.catalogue.store import WINDOW

RUN = 8
"""Bytes of the runs that are counted: what is shorter saves too little."""

PIECE = 128
"""Bytes of a piece."""

SEVERAL = 3
"""The samples that a run is in at least."""

Runs = set[bytes]


def dictionary(samples: Sequence[bytes]) -> bytes:
    """A dictionary for what is like the samples, as large as zlib can use."""
    counted = Counter(run for sample in samples for run in _runs(sample))
    worth = {run: found - 1 for run, found in counted.items() if found >= SEVERAL}
    pieces = [
        sample[start : start + PIECE]
        for sample in samples
        for start in range(0, len(sample) - PIECE + 1, PIECE // 2)
    ]
    return b"".join(reversed(_best(pieces, worth)))


def _best(pieces: Sequence[bytes], worth: dict[bytes, int]) -> list[bytes]:
    """The pieces that are worth most, each without what those before it have."""
    queue = [(-_worth(_runs(piece), worth), place) for place, piece in enumerate(pieces)]
    heapify(queue)
    best: list[bytes] = []
    while queue and (len(best) + 1) * PIECE <= WINDOW:
        place = queue[0][1]
        runs = _runs(pieces[place])
        left = -_worth(runs, worth)
        if left == 0:
            heappop(queue)
        elif left > queue[0][0]:
            heapreplace(queue, (left, place))
        else:
            heappop(queue)
            best.append(pieces[place])
            for run in runs:
                worth.pop(run, None)
    return best


def _runs(data: bytes) -> Runs:
    return {data[start : start + RUN] for start in range(len(data) - RUN + 1)}


def _worth(runs: Collection[bytes], worth: dict[bytes, int]) -> int:
    return sum(worth.get(run, 0) for run in runs)
