"""Work on many files in several processes: shares out, results back, order kept."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, SpawnContext

PARALLEL_FROM = 400_000
"""Bytes to work on from which a second process pays for its start."""

MEANWHILE = 500_000
"""Bytes that are worked on in the time that the first process does something else."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def run(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    size: Callable[[Item], int],
    jobs: int,
    tick: Callable[[], None],
    meanwhile: Callable[[], object] | None = None,
) -> list[Result]:
    """`[work(item) for item in items]`, in up to `jobs` processes, this one among them.

    `size` gives an item's weight in bytes; `tick` is called after each item done here.  `work` must be
    a function of a module, and items and results must be picklable.  `meanwhile` is done here first
    where there are other processes, which then get more of the items.
    """
    worth = sum(map(size, items)) >= PARALLEL_FROM
    shares = _shares(items, size, min(jobs, len(items)) if worth else 1, MEANWHILE if meanwhile else 0)
    workers = [_Worker(work, [items[index] for index in share]) for share in shares[1:]]
    if workers and meanwhile is not None:
        meanwhile()
    results: dict[int, Result] = {}
    for index in shares[0] if shares else ():
        results[index] = work(items[index])
        tick()
    for share, worker in zip(shares[1:], workers, strict=True):
        results.update(zip(share, worker.results(), strict=True))
    return [results[index] for index in range(len(items))]


def _shares(items: Sequence[Item], size: Callable[[Item], int], count: int, first: int) -> list[list[int]]:
    """Indexes split by size, so that all processes end at about the same time.

    The first one has as much else to do as that many bytes take.
    """
    shares: list[list[int]] = [[] for _ in range(max(count, 1))]
    sizes = [first, *[0] * (len(shares) - 1)]
    for index in sorted(range(len(items)), key=lambda index: -size(items[index])):
        smallest = sizes.index(min(sizes))
        shares[smallest].append(index)
        sizes[smallest] += size(items[index])
    return [shares[0], *(share for share in shares[1:] if share)]


class _Worker(Generic[Item, Result]):
    """A process that does one share and sends all results back at once."""

    def __init__(self, work: Callable[[Item], Result], share: list[Item]) -> None:
        self._work, self._share = work, share
        context = _context()
        self._receive, send = context.Pipe(duplex=False)
        self._process = context.Process(target=_main, args=(work, share, send), daemon=True)
        self._process.start()
        send.close()

    def results(self) -> list[Result]:
        try:
            results: list[Result] = self._receive.recv()
        except EOFError:
            # The process died (out of memory, killed): its share is done here instead.
            results = [self._work(item) for item in self._share]
        self._process.join()
        return results


def _main(work: Callable[[Item], Result], share: list[Item], send: Connection) -> None:
    send.send([work(item) for item in share])
    send.close()


def _context() -> ForkContext | SpawnContext:
    """Fork where it is safe: it shares the loaded interpreter; spawn costs a start of its own."""
    import multiprocessing

    can_fork = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork") if can_fork else multiprocessing.get_context("spawn")
