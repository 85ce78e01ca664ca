"""Runs migscan again and again, each time in a fresh child of a process that has everything loaded.

One line of JSON in, one out.  A child gets limits of memory and of time, as no thread of one process could.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import pkgutil
import resource
import signal
import sys
import traceback
from typing import Any, NoReturn

import analyzer
from analyzer import cli

MEMORY = 2 << 30
"""Bytes of address space for one run."""
HANGING = 8
"""Seconds of computing after which a run is ended, with the lines it was at."""
WAITING = 300
"""Seconds by the clock after which a run is ended that waits for something instead."""


def main() -> None:
    """Answer until nobody asks any more."""
    for module in pkgutil.walk_packages(analyzer.__path__, "analyzer."):
        if module.name not in ("analyzer.__main__", "analyzer.catalogue.generate"):
            importlib.import_module(module.name)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    child = os.fork()
    if child == 0:
        _run(asked)
    _, status, usage = os.wait4(child, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "seconds": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss,
    }


def _run(asked: dict[str, Any]) -> NoReturn:
    """Be migscan, as it were started from a shell."""
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (HANGING, HANGING + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.register(signal.SIGXCPU, chain=True)
    faulthandler.enable()
    faulthandler.dump_traceback_later(WAITING, exit=True)
    os.chdir(asked["cwd"])
    sys.argv = ["migscan", *asked["arguments"]]
    try:
        cli.main()
    except BaseException:  # noqa: BLE001 - whatever it is must be told, and must not go on as a server
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(70)
    os._exit(0)


if __name__ == "__main__":
    main()
