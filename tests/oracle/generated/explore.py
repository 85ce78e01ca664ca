"""Look for disagreements with many random projects; not a test, a tool for whoever works on migscan.

usage: python -m tests.oracle.generated.explore FIRST LAST [FOLDER]

Prints what differs by seed, and writes the projects concerned below FOLDER.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.oracle.generated.agreement import differences, written
from tests.oracle.generated.generate import Generated, generate
from tests.oracle.generated.reduce import reduced
from tests.oracle.generated.truth import Django, Refused


def main(arguments: list[str]) -> int:
    first, last = int(arguments[0]), int(arguments[1])
    folder = Path(arguments[2]) if len(arguments) > 2 else None
    counts: Counter[str] = Counter()
    begin = time.monotonic()
    with Django() as django:
        for seed in range(first, last):
            project = generate(Random(seed))  # noqa: S311 - reproducible, not secret
            counts[_judged(project, seed, django, folder)] += 1
    sys.stdout.write(f"{dict(counts)} in {time.monotonic() - begin:.1f} s\n")
    return 0


def _judged(project: Generated, seed: int, django: Django, folder: Path | None) -> str:
    try:
        found = differences(project.files, project.root, project.settings, django)
    except Refused as refusal:
        sys.stdout.write(f"{seed} refused: {str(refusal).strip().splitlines()[-1]}\n")
        return "refused"
    if not found:
        return "equal"
    sys.stdout.write(f"{seed}: {len(found)} differences\n" + "".join(f"    {line}\n" for line in found[:6]))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        line = min(found, key=lambda line: ("migscan None" not in line, "level" in line, line))
        smaller = reduced(
            project, line, lambda made: differences(made.files, made.root, made.settings, django)
        )
        kept = {path: text for path, text in smaller.files.items() if text}
        (folder / f"{seed}.txt").write_text(f"{line}\n\n{written(kept)}")
    return "different"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
