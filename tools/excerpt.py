"""Puts what the commands in the README print today into it; with --check, only compares."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
README = REPOSITORY / "README.md"
EXCERPT = re.compile(
    r"(?P<begin><!-- excerpt of `migscan (?P<call>[^`]+)`: written by tools/excerpt\.py -->\n)"
    r".*?(?P<end><!-- end of excerpt -->\n)",
    re.DOTALL,
)


def main() -> None:
    """Write or compare; the exit code says whether the README is as it should be."""
    text = README.read_text(encoding="utf-8")
    current = EXCERPT.sub(_excerpt, text)
    if "--check" in sys.argv[1:]:
        sys.exit("an excerpt in README.md is out of date: run tools/excerpt.py" if current != text else 0)
    README.write_text(current, encoding="utf-8")


def _excerpt(found: re.Match[str]) -> str:
    call = found["call"]
    return f"{found['begin']}\n```console\n$ migscan {call}\n{_printed(call.split())}```\n\n{found['end']}"


def _printed(arguments: list[str]) -> str:
    """What a call prints, from a run that leaves nothing behind."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONIOENCODING": "utf-8",
        "NO_COLOR": "1",
        "COLUMNS": "100",
    }
    with tempfile.TemporaryDirectory() as elsewhere:
        (Path(elsewhere) / "fixtures").symlink_to(REPOSITORY / "fixtures", target_is_directory=True)
        done = subprocess.run(
            [sys.executable, "-m", "analyzer", *arguments, "--no-cache"],
            cwd=elsewhere, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", check=False,
        )  # fmt: skip
    if done.returncode not in (0, 1) or not done.stdout:
        sys.exit(f"migscan {' '.join(arguments)} failed with {done.returncode}")
    return done.stdout


if __name__ == "__main__":
    main()
