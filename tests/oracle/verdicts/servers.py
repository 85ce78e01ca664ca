"""Databases for a while: SQLite in memory, and a PostgreSQL of our own that is gone afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.oracle.real.projects import Refused

USER = "oracle"

UNPRIVILEGED = ("postgres", "nobody")
"""Who runs the server where it refuses to be run by root."""

DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian's packages put the programs of each version."""

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_locks_per_transaction=2048")
"""Nothing of it is to survive."""

Json = dict[str, Any]


@dataclass(frozen=True)
class PostgreSQL:
    """A running server that is reached through a socket in its folder."""

    programs: Path
    folder: Path

    def empty(self, name: str, engine: str) -> Json:
        """A new database, as an entry of `DATABASES`."""
        reached = ["--host", str(self.folder), "--username", USER]
        for program, more in (("dropdb", ["--if-exists", "--force"]), ("createdb", [])):
            _run([str(self.programs / program), *reached, *more, name])
        return {"ENGINE": engine, "NAME": name, "USER": USER, "HOST": str(self.folder)}


@contextlib.contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """Start a server and stop it.  Raises Refused where the machine has none."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="migscan-"))  # short: the path of a socket has a limit
    data = folder / "data"
    user = _user()
    control = [str(programs / "pg_ctl"), "--pgdata", str(data), "--wait"]
    settings = " ".join(f"-c {setting}" for setting in QUICK)
    try:
        if user is not None:
            shutil.chown(folder, user)
        folder.chmod(0o755)
        made = ["--auth", "trust", "--username", USER, "--encoding", "UTF8", "--locale", "C.UTF-8"]
        _run([str(programs / "initdb"), "--pgdata", str(data), "--no-sync", *made], user)
        options = f"-k {folder} -c listen_addresses='' {settings}"
        _run([*control, "--log", str(folder / "log"), "--options", options, "start"], user)
        try:
            yield PostgreSQL(programs, folder)
        finally:
            _run([*control, "--mode", "immediate", "stop"], user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = shutil.which("initdb")
    newest = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found is None and not newest:
        raise Refused("needs PostgreSQL's initdb, which is not installed")
    return Path(found).resolve().parent if found else newest[-1].parent


def _user() -> str | None:
    """Who is to run the server; None for whoever runs this."""
    if os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in known)


def _run(command: Sequence[str], user: str | None = None) -> None:
    done = subprocess.run(
        command, user=user, group=user and _group(user), extra_groups=[] if user else None,
        cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Refused(f"{Path(command[0]).name}: {done.stderr.strip()[-600:]}")


def _group(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid
