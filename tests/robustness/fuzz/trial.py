"""One batch read by migscan in every way that matters, and what was wrong with that, if anything."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from analyzer.render.report_values import Report
from analyzer.reset.plan import PROCEDURES
from tests.robustness.fuzz.batches import Batch, write
from tests.robustness.projects import REPOSITORY

WATCHER = REPOSITORY / "tests/robustness/watcher"
SECONDS = 2.0
"""Seconds of computing that one file may cost."""
LOCATION = re.compile(r'File "([^"]*)", line (\d+),? in (\S+)')
WRITTEN = ("out", "plan")
"""Folders that a run may write."""
SENTINEL = "FromOutside"
"""A model that stands outside of the project, beside it."""


@dataclass(frozen=True)
class Fault:
    """What was wrong: two faults of the same `name` are taken for one."""

    name: str
    detail: str


@dataclass
class Bench:
    """A folder to write projects to, and two servers that read them, each with another hash seed."""

    root: Path
    runs: int = 0
    slowest: float = 0.0
    largest: int = 0
    servers: list[subprocess.Popen[str]] = field(default_factory=list)

    def __enter__(self) -> Self:
        shutil.rmtree(self.root, ignore_errors=True)
        write(self.root / "outside", Batch("", _outside(), ()))
        self.servers = [self._server(seed) for seed in ("1", "4711")]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for server in self.servers:
            server.kill()
            server.wait()
            for stream in (server.stdin, server.stdout):
                if stream is not None:
                    stream.close()

    @property
    def project(self) -> Path:
        return self.root / "project"

    def _server(self, seed: str) -> subprocess.Popen[str]:
        self.root.mkdir(parents=True, exist_ok=True)
        may_write = [self.root / name for name in (*WRITTEN, "said", "log")] + [
            self.project / ".migscan_cache"
        ]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(WATCHER), str(REPOSITORY)]),
            "PYTHONHASHSEED": seed,
            "PYTHONIOENCODING": "utf-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "NO_COLOR": "1",
            "WATCH_PROJECT": str(self.project),
            "WATCH_LOG": str(self.root / "log"),
            "WATCH_MAY_WRITE": os.pathsep.join(map(str, may_write)),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.robustness.fuzz.server"],
            cwd=REPOSITORY, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def put(self, made: Batch) -> None:
        """Write the project, and forget what was said about the one before."""
        write(self.project, made)
        for name in (*WRITTEN, "said"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        (self.root / "said").mkdir()
        (self.root / "log").write_text("")

    def run(self, server: int, *arguments: str) -> Ran:
        """One run of migscan on the project that was put."""
        said = self.root / "said"
        asked = {
            "arguments": arguments, "cwd": str(self.root),
            "stdout": str(said / "stdout"), "stderr": str(said / "stderr"),
        }  # fmt: skip
        process = self.servers[server]
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        answer: dict[str, Any] = json.loads(process.stdout.readline())
        self.runs += 1
        self.slowest, self.largest = max(self.slowest, answer["seconds"]), max(self.largest, answer["memory"])
        return Ran(
            answer["code"],
            (said / "stdout").read_bytes(),
            (said / "stderr").read_bytes().decode("utf-8", "replace"),
            answer["seconds"],
            (self.root / "log").read_text("utf-8", "replace"),
        )


def _outside() -> dict[str, bytes]:
    model = f"from django.db import models\nclass {SENTINEL}(models.Model): pass\n".encode()
    return {"models.py": model, "__init__.py": b"", "requirements.txt": b"Django==3.2\n"}


@dataclass(frozen=True)
class Ran:
    """One finished run."""

    code: int
    stdout: bytes
    stderr: str
    seconds: float
    forbidden: str

    def fault(self, made: Batch) -> Fault | None:
        """What is wrong with the run in itself."""
        if self.forbidden:
            return Fault(f"forbidden: {self.forbidden.split()[0]}", self.forbidden)
        if "Traceback" in self.stderr or self.code not in (0, 1, 2):
            return Fault(_name(self), self.stderr[-6000:])
        if self.code == 2 and (not made.configured or len(self.stderr.splitlines()) > 3):
            return Fault("refused", self.stderr[-2000:])
        return None


def _name(ran: Ran) -> str:
    """The kind of error and the innermost place of ours, or that it hung and where."""
    places = [place for place in LOCATION.findall(ran.stderr) if "/analyzer/" in place[0]]
    error = ran.stderr.strip().rpartition("\n")[2].partition(":")[0] if "Traceback" in ran.stderr else ""
    if ran.code == -signal.SIGXCPU and not error:
        return "hangs"
    where = f"{places[-1][0].partition('/analyzer/')[2]} {places[-1][2]}" if places else "nowhere"
    if error in ("RecursionError", "MemoryError"):
        where = _busiest(places)
    return f"{error or f'exit code {ran.code}'} at {where}"


def _busiest(places: list[tuple[str, str, str]]) -> str:
    """Of a deep recursion, the function that is on the stack most often."""
    functions = [f"{path.partition('/analyzer/')[2]} {function}" for path, _, function in places]
    return max(sorted(set(functions)), key=functions.count, default="nowhere")


def judge(bench: Bench, made: Batch, whole: bool) -> tuple[Fault | None, float]:
    """What is wrong with migscan on a batch, and what the first run of it cost.

    It is read without cache, with a cold one, with a warm one: all must say the same.  `whole` goes
    through the other commands, too: the report folder with its pictures, levels, findings, a plan; and
    reads once more after a migration changed, of which the cache need not know.
    """
    bench.put(made)
    first = bench.run(0, str(bench.project), "--format", "json", "--no-cache", "-j", "1")
    fault = first.fault(made) or _invalid(first)
    if fault is not None or first.code == 2:
        return fault, first.seconds
    for server, how in ((1, "cold"), (1, "warm")):
        again = bench.run(server, str(bench.project), "--format", "json", "-j", "1")
        fault = again.fault(made)
        if fault is None and (again.stdout, again.code) != (first.stdout, first.code):
            fault = Fault(f"different: {how}", _difference(first.stdout, again.stdout))
        if fault is not None:
            return fault, first.seconds
    fault = _whole(bench, made) if whole else None
    return fault, first.seconds


def _whole(bench: Bench, made: Batch) -> Fault | None:
    project = str(bench.project)
    commands = (
        (project, "--output", "out"),
        ("levels", project),
        ("check", project),
        ("check", project, "--format", "sarif"),
        *(("plan", project, "--procedure", how, "--output", "plan", "--force") for how in PROCEDURES),
    )
    for arguments in commands:
        fault = bench.run(0, *arguments).fault(made)
        if fault is not None:
            return Fault(f"{arguments[0].replace(project, 'report')}: {fault.name}", fault.detail)
    migration = min(bench.project.rglob("migrations/0*_*.py"), default=None)
    if migration is None or not migration.is_file() or migration.is_symlink():
        return None
    with migration.open("ab") as file:
        file.write(b"\n# changed\n")
    renewed, anew = (
        bench.run(server, project, "--format", "json", "-j", "1", *more)
        for server, more in ((1, ()), (0, ("--no-cache",)))
    )
    fault = renewed.fault(made) or anew.fault(made)
    if fault is None and (renewed.stdout, renewed.code) != (anew.stdout, anew.code):
        return Fault("different: renewed", _difference(anew.stdout, renewed.stdout))
    return fault


def _invalid(ran: Ran) -> Fault | None:
    """The document is what the published schema says, which is made from the same types."""
    if ran.code == 2:
        return None
    try:
        report = msgspec.json.decode(ran.stdout, type=Report, strict=True)
    except msgspec.MsgspecError as error:
        return Fault("invalid JSON", str(error))
    if msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n" != ran.stdout:
        return Fault("invalid JSON", "the document is not what its types say")
    if SENTINEL.encode() in ran.stdout:
        return Fault("left the project", "a model outside of the project is reported")
    return None


def _difference(one: bytes, two: bytes) -> str:
    lines = zip(one.splitlines(), two.splitlines(), strict=False)
    found = [f"- {a.decode()}\n+ {b.decode()}" for a, b in lines if a != b]
    return "\n".join(found[:5])


def digest(made: Batch) -> str:
    """What tells a minimised failure from another."""
    return hashlib.sha256(repr(made.inputs).encode("utf-8", "backslashreplace")).hexdigest()[:10]
