"""Puts what `migscan fixtures/marketplace` prints today into the README; with --check, only compares."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
README = REPOSITORY / "README.md"
BEGIN = "<!-- excerpt: written by tools/excerpt.py -->\n"
END = "<!-- end of excerpt -->\n"


def main() -> None:
    """Write or compare; the exit code says whether the README is as it should be."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    current = f"{before}{BEGIN}\n```console\n$ migscan fixtures/marketplace\n{_summary()}```\n\n{END}{after}"
    if "--check" in sys.argv[1:]:
        sys.exit("the excerpt in README.md is out of date: run tools/excerpt.py" if current != text else 0)
    README.write_text(current, encoding="utf-8")


def _summary() -> str:
    """The summary on the terminal, from a run that leaves nothing behind."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
    project = REPOSITORY / "fixtures/marketplace"
    with tempfile.TemporaryDirectory() as elsewhere:
        command = [sys.executable, "-m", "analyzer", str(project), "--no-cache"]
        done = subprocess.run(
            command, cwd=elsewhere, env=environment, stdout=subprocess.PIPE, encoding="utf-8", check=False
        )
    if done.returncode not in (0, 1) or not done.stdout:
        sys.exit(f"migscan failed with {done.returncode}")
    return done.stdout


if __name__ == "__main__":
    main()
