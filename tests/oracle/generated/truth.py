"""Asks real Django, in a process of its own, about one project after another."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[3]


class Refused(Exception):  # noqa: N818 - a fact about the project, no error of ours
    """Django does not boot the project; the message is its traceback."""


class Django:
    """A server that boots projects; use it as a context manager."""

    def __enter__(self) -> Django:
        command = [sys.executable, "-m", "tests.oracle.generated.server"]
        self._process = subprocess.Popen(
            command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def facts(self, project: Path, settings: str) -> dict[str, Any]:
        """What Django says; raises Refused where it says nothing."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"project": str(project), "settings": settings}) + "\n")
        process.stdin.flush()
        answer: dict[str, Any] = json.loads(process.stdout.readline())
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer
