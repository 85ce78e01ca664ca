"""Asks real Django, in a process of its own, about one project after another."""

from __future__ import annotations

import json
import os
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
            command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def facts(self, project: Path, settings: str) -> dict[str, Any]:
        """What Django says about the models; raises Refused where it says nothing."""
        return self._ask("schema", project, settings)

    def history(self, project: Path, settings: str) -> dict[str, Any]:
        """What Django says about the migrations; raises Refused where it cannot replay them."""
        return self._ask("history", project, settings)

    def layout(self, project: Path, settings: str) -> list[dict[str, Any]]:
        """What `makemigrations` would write; raises Refused where it stops."""
        migrations: list[dict[str, Any]] = self._ask("layout", project, settings)["migrations"]
        return migrations

    def write(self, project: Path, settings: str, seed: int) -> dict[Path, str]:
        """Let Django write migrations into the project: the app's label of each file.

        Raises Refused where it cannot.
        """
        labels = self._ask("write", project, settings, seed)["labels"]
        return {Path(path): label for path, label in labels.items()}

    def _ask(self, what: str, project: Path, settings: str, seed: int = 0) -> dict[str, Any]:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        request = {"ask": what, "project": str(project), "settings": settings, "seed": seed}
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        answer: dict[str, Any] = json.loads(process.stdout.readline())
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer
