"""The ways through a function: what every run on an empty database comes by, and what some may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from analyzer.data.lookups.blocks import APPS, Block, Env, Meaning, Notes
from analyzer.source.facts import (
    Call,
    FuncDef,
)
from analyzer.source.modules import Module
from analyzer.source.names import Names
from analyzer.source.parameters import bound

MAX_CALLS = 6
"""Calls inside each other that are followed."""

MAX_FUNCTIONS = 200
"""Functions that one operation's code is followed into."""


class Way:
    """Goes through a function and those that it calls.  `home` is the module of the migration."""

    def __init__(self, names: Names, notes: Notes, home: Module) -> None:
        self.names = names
        self.notes = notes
        self.home = home
        self.guards = 0
        self._inside: list[int] = []
        self._left = MAX_FUNCTIONS
        self._package = home.name.rpartition(".")[0]
        self._called: list[tuple[str, Module, int]] = []
        """(function, module, line) of the calls that are open."""

    def begin(self, module: Module, node: FuncDef, line: int, certain: bool) -> None:
        """Go through the function that Django calls with (apps, schema_editor), as given at a line."""
        self._called.append((node.name, self.home, line))
        self._function(module, node, {}, certain, [APPS, None], {})

    # ------------------------------------------------------------ functions

    def _function(
        self,
        module: Module,
        outline: FuncDef,
        around: Env,
        certain: bool,
        args: list[Meaning],
        kwargs: Env,
    ) -> None:
        node = self.names.modules.function(module, outline) if module.path else None
        if node is None or node.body is None or id(node.body) in self._inside or not self._left:
            return
        self._left -= 1
        self._inside.append(id(node.body))
        env: Env = dict(around)
        env.update(dict.fromkeys((param.lstrip("*") for param in node.params), None))
        env.update(bound(node.params, args, kwargs).given)
        Block(self, module, env, node.body).run(certain)
        self._inside.pop()

    def follow(
        self, block: Block, call: Call, module: Module, node: FuncDef, around: Env, certain: bool
    ) -> None:
        """Go into a function that is called."""
        if len(self._inside) > MAX_CALLS:
            return
        args = [block.meaning(arg) for arg in call.args]
        kwargs = {name: block.meaning(value) for name, value in call.kwargs if name != "**"}
        self._called.append((node.name, block.module, call.line))
        self._function(module, node, around, certain and not call.unpacks, args, kwargs)
        self._called.pop()

    @contextmanager
    def guarded(self, guard: bool) -> Iterator[None]:
        """What happens inside may fail, or is asked for before: nothing is said of it."""
        self.guards += guard
        yield
        self.guards -= guard

    # ------------------------------------------------------------ places

    def blamed(self, module: Module, line: int) -> tuple[tuple[str, int], str]:
        """Where the migrations' own code does something, and the function outside that really does."""
        if self._is_migrations(module):
            return (module.path, line), ""
        for name, caller, at in reversed(self._called):
            if self._is_migrations(caller):
                return (caller.path, at), f"{name} ({module.path}:{line})"
        return (module.path, line), ""

    def _is_migrations(self, module: Module) -> bool:
        return module.path == self.home.path or module.name.rpartition(".")[0] == self._package
