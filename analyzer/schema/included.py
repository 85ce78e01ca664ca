"""Settings put together of files that a call carries out where it stands (django-split-settings)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator
from fnmatch import fnmatchcase

from analyzer.source.branches import joined
from analyzer.source.evaluate import Evaluator
from analyzer.source.facts import Call, Ref
from analyzer.source.modules import Module
from analyzer.source.values import Made, Maybe, Sequence, Undecided, Value, merge

INCLUDE = "split_settings.tools.include"
OPTIONAL = "split_settings.tools.optional"
APPS = "INSTALLED_APPS"


def includes(evaluator: Evaluator, call: Call, module: Module) -> bool:
    """Whether a call carries other files out as if they stood in its place."""
    binding = evaluator.names.resolve(module, call.func.name) if isinstance(call.func, Ref) else None
    return getattr(binding, "path", "") == INCLUDE


def include(
    evaluator: Evaluator,
    call: Call,
    module: Module,
    env: dict[str, Value],
    carry_out: Callable[[Module, dict[str, Value]], None],
) -> None:
    """Have `carry_out` run the files that the arguments name, patterns in the order of the files' names.

    Follows `split_settings.tools.include`: paths begin where the file with the call lies, files that
    are not there are none.
    """
    given, _ = evaluator.arguments(call, module, env, 0)
    for item in given.items:
        why = item.why if isinstance(item, Maybe) else ""
        pattern = _pattern(evaluator, item.value if isinstance(item, Maybe) else item)
        if pattern is None:
            _open(env, item.why if isinstance(item, (Maybe, Undecided)) else "which file is not decided")
            continue
        local = dict(env) if why else env
        for path in _matching(pattern, module, evaluator):
            carry_out(Module(_name(evaluator, path), path, False, True), local)
        if why:
            known = joined(local, env, why, True)
            env.clear()
            env.update(known)
    if not given.complete:
        _open(env, given.why)


def _pattern(evaluator: Evaluator, value: Value) -> str | None:
    """The path that an argument names; "" for an optional one of a place that only a machine knows."""
    if isinstance(value, Made) and value.path == OPTIONAL:
        named = evaluator.argument(value, "filename", 0)
        return named if isinstance(named, str) else ""
    return value if isinstance(value, str) else None


def _matching(pattern: str, module: Module, evaluator: Evaluator) -> list[str]:
    """The files of the tree that a pattern stands for, as `glob` finds them."""
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(module.path), pattern))
    paths: Collection[str] = evaluator.names.modules.files.paths
    return [wanted] if wanted in paths else sorted(_alike(wanted.split("/"), paths))


def _alike(wanted: list[str], paths: Collection[str]) -> Iterator[str]:
    if not any(sign in part for part in wanted for sign in "*?["):
        return
    for path in paths:
        parts = path.split("/")
        if len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted)):
            yield path


def _name(evaluator: Evaluator, path: str) -> str:
    modules = evaluator.names.modules
    modules.led_to.add(path)
    return modules.name_of(path)


def _open(env: dict[str, Value], why: str) -> None:
    """More apps may be installed than the files show that were found."""
    apps = env.get(APPS)
    if isinstance(apps, Sequence):
        env[APPS] = Sequence(apps.kind, apps.items, False, apps.why or why)
    else:
        env[APPS] = merge(apps, Undecided(why), why) if APPS in env else Undecided(why)
