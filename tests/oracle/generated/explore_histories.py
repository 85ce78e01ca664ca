"""Look for disagreements about random histories; not a test, a tool for whoever works on migscan.

usage: python -m tests.oracle.generated.explore_histories FIRST LAST [FOLDER]

Prints what differs by seed, and writes the projects concerned, made smaller, below FOLDER.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.oracle.generated.agreement import written
from tests.oracle.generated.generate import Generated
from tests.oracle.generated.histories import with_history
from tests.oracle.generated.history_agreement import judged
from tests.oracle.generated.reduce import reduced
from tests.oracle.generated.truth import Django, Refused


def main(arguments: list[str]) -> int:
    first, last = int(arguments[0]), int(arguments[1])
    folder = Path(arguments[2]) if len(arguments) > 2 else None
    counts: Counter[str] = Counter()
    begin = time.monotonic()
    with Django() as django:
        for seed in range(first, last):
            _count(seed, django, folder, counts)
    sys.stdout.write(f"{dict(counts)} in {time.monotonic() - begin:.1f} s\n")
    return 0


def _count(seed: int, django: Django, folder: Path | None, counts: Counter[str]) -> None:
    try:
        made = with_history(Random(seed), django)  # noqa: S311 - reproducible, not secret
        verdict = judged(made.files, made.root, made.settings, django)
    except Refused as refusal:
        sys.stdout.write(f"{seed} refused: {str(refusal).strip().splitlines()[-1]}\n")
        counts["refused"] += 1
        return
    counts["compared"] += verdict.compared
    counts["open"] += len(verdict.open)
    counts["wrong" if verdict.wrong else "equal"] += 1
    for kind, lines in (("wrong", verdict.wrong), ("open", verdict.open)):
        for line in lines[:6]:
            sys.stdout.write(f"{seed} {kind}: {line}\n")
    sys.stdout.flush()
    if folder is not None and verdict.wrong:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{seed}.txt").write_text(shown(made, verdict.wrong[0], django))


def shown(made: Generated, line: str, django: Django) -> str:
    """The smallest project found that has this difference."""

    def wrong(candidate: Generated) -> tuple[str, ...]:
        return judged(candidate.files, candidate.root, candidate.settings, django).wrong

    smaller = reduced(made, line, wrong)
    return f"{line}\n\n{written({path: text for path, text in smaller.files.items() if text})}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
