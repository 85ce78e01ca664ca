"""Projects whose migrations real `makemigrations` writes anew: equal, says `migscan verify`.

    python -m tests.oracle.verify.remade [--store DIR] [-v N] [NAME ...]

NAME is a project of `tests/oracle/real/projects.toml` that can be booted, or `marketplace`.  All of its
migrations are deleted from a copy, and Django writes new ones from the models.  What models and
migrations disagree about before (drift) is left out: there the new migrations say something else.

Exit code: 0 no other difference of schema, 1 some, 2 a project could not be booted.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence

from analyzer.analysis import worked_out
from analyzer.pipeline import Examined
from analyzer.reset.equivalence import KINDS, StateDifference
from analyzer.reset.verify import verify
from analyzer.sources import sources
from tests.oracle.mutations.run import MARKETPLACE, Project, prepared
from tests.oracle.options import options
from tests.oracle.real.projects import Refused

USUAL = (MARKETPLACE, "mezzanine", "bakerydemo", "kiwitcms", "allianceauth", "rdmo", "edx-enterprise")


def main(arguments: Sequence[str] | None = None) -> int:
    asked = options(__doc__, default=", ".join(USUAL), shown=5).parse_args(arguments)
    status = 0
    _say(f"{'project':16} {'models':>6} {'fields':>6}  {'migrations':>11}  " + "  ".join(KINDS))
    for name in asked.names or USUAL:
        try:
            with prepared(name, asked.store) as project:
                status = status or _one(project, asked.verbose)
        except Refused as error:
            sys.stderr.write(f"{name}: {error}\n")
            status = 2
    return status


def _one(project: Project, most: int) -> int:
    old = _examined(project)
    remake(project, old)
    found = verify(old, _examined(project))
    drift = {f"{one.app}.{one.model}" for one in old.analysis.drift.differences}
    counted = [one for one in found.differences if one.model.lower() not in drift]
    kinds = Counter(one.kind for one in counted)
    before, after = found.migrations
    figures = "  ".join(f"{kinds[kind]:>{len(kind)}}" for kind in KINDS)
    _say(f"{project.name:16} {found.models:>6} {found.fields:>6}  {before:>4} → {after:>4}  {figures}")
    for kind in ("schema", "undecided"):
        for line in map(_told, [one for one in counted if one.kind == kind][:most]):
            _say(f"    {line}")
    return int(kinds["schema"] > 0)


def remake(project: Project, found: Examined) -> None:
    """Delete the project's migrations, and let Django write new ones.  Raises Refused where it does not."""
    for migration in found.analysis.migrations:
        (project.root / migration.file).unlink(missing_ok=True)
    command = [str(project.python), "-m", "django", "makemigrations", "--skip-checks", "--no-input"]
    environment = {
        **os.environ, "PYTHONPATH": str(project.home), "DJANGO_SETTINGS_MODULE": project.settings,
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    done = subprocess.run(
        command, cwd=project.home, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        raise Refused(" ".join(done.stderr.strip().splitlines()[-3:]))


def _examined(project: Project) -> Examined:
    return worked_out(sources(project.root, project.options), project.options)


def _told(one: StateDifference) -> str:
    return f"{one.kind}: {one.model} {one.part}: {one.why} ({one.old[0]}:{one.old[1]})"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
