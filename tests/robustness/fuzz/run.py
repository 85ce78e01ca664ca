"""`make fuzz`: many thousand spoilt files through the whole analysis; what fails is made small and kept.

    python -m tests.robustness.fuzz.run [--inputs 20000] [--seed N] [--only NUMBER] [PROJECT …]

The same seed and projects give the same inputs.  What fails stands in `.fuzz/`: the smallest project
found that shows it, and `why.txt` with the error and the call that repeats it.
"""

from __future__ import annotations

import argparse
import re
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.robustness.fuzz.batches import Batch, batch, write
from tests.robustness.fuzz.material import Material, material
from tests.robustness.fuzz.minimise import minimised, slow_inputs
from tests.robustness.fuzz.trial import SECONDS, Bench, Fault, digest, judge
from tests.robustness.projects import REPOSITORY

SHOWCASE = REPOSITORY / "fixtures/marketplace"
KEPT = 3
"""So many failures of one kind are kept."""
WHOLE = 10
"""Of so many batches one is written as a report folder, too, with pictures."""
FLOOR = 1.0
"""Seconds that a batch of quick files may cost together before it is looked at one by one."""


@dataclass
class Tally:
    """What a run has come to so far."""

    inputs: int = 0
    batches: int = 0
    faults: Counter[str] = field(default_factory=Counter)


def faults(bench: Bench, made: Batch, whole: bool) -> Iterator[tuple[Fault, Batch]]:
    """Everything wrong with a batch, with the inputs that show it; these are taken out to see the rest."""
    while True:
        fault, seconds = judge(bench, made, whole)
        if fault is None:
            break
        small = minimised(bench, made, fault, whole, text=False)
        yield fault, small
        made = _without(made, small)
    if seconds > SECONDS + FLOOR:
        for given in slow_inputs(bench, made):
            yield Fault("slow", given.path), made.with_inputs([given])


def _without(made: Batch, small: Batch) -> Batch:
    if len(small.inputs) == len(made.inputs):
        return made.with_inputs([])
    return made.with_inputs([given for given in made.inputs if given not in small.inputs])


def fuzz(
    bench: Bench, numbers: Sequence[int], seed: int, wanted: int, materials: Sequence[Material], kept: Path
) -> Tally:
    """Batch after batch until so many inputs were read."""
    tally = Tally()
    for number in numbers:
        if tally.inputs >= wanted:
            break
        made = batch(seed, number, materials)
        whole = number % WHOLE == 0
        tally.batches += 1
        tally.inputs += len(made.inputs)
        for fault, small in faults(bench, made, whole):
            tally.faults[fault.name] += 1
            if tally.faults[fault.name] <= KEPT:
                slow = fault.name == "slow"
                keep(kept, small if slow else minimised(bench, small, fault, whole), fault, materials)
        if number % 25 == 0:
            say(f"{tally.inputs:6} inputs, {bench.runs} runs, {sum(tally.faults.values())} failures")
    return tally


def keep(folder: Path, made: Batch, fault: Fault, materials: Sequence[Material]) -> None:
    """Write the project and the reason."""
    seed, number = made.name.split(":")
    name = re.sub(r"\W+", "-", fault.name).strip("-")[:80]
    place = folder / f"{name}-{digest(made)}"
    write(place / "project", made)
    paths = "\n".join(repr(given.path) for given in made.inputs)
    again = f"--seed {seed} --only {number} {' '.join(one.name for one in materials)}"
    text = f"{fault.name}\n\nrepeat: {again}\n\nspoilt:\n{paths}\n\n{fault.detail}\n"
    (place / "why.txt").write_text(text, "utf-8", "backslashreplace")
    say(f"{fault.name}: {place}")


def say(line: str) -> None:
    """One line at once: a run takes long."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run it; 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("projects", nargs="*", type=Path)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", type=Path, default=REPOSITORY / ".fuzz")
    said = parser.parse_args()
    materials = [material(project) for project in said.projects or [SHOWCASE]]
    say(f"seed {said.seed}")
    numbers = range(10**9) if said.only is None else [said.only]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, Bench(Path(folder) / "bench") as bench:
        tally = fuzz(bench, numbers, said.seed, said.inputs, materials, said.keep)
        say(
            f"{tally.inputs} inputs in {tally.batches} projects, {bench.runs} runs,"
            f" {time.monotonic() - began:.0f} s; slowest run {bench.slowest:.1f} s of computing,"
            f" largest {bench.largest >> 10} MiB"
        )
    for name, count in tally.faults.most_common():
        say(f"{count:6}  {name}")
    say(f"seed {said.seed}: {f'see {said.keep}' if tally.faults else 'nothing failed'}")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
