"""The migration graph of a project, with the circles in it."""

from __future__ import annotations

import functools

from msgspec.structs import replace

from analyzer.catalogue.migrations import ends
from analyzer.catalogue.site import Packages
from analyzer.graphs.levels import components
from analyzer.history import graph
from analyzer.history.migrations import MigrationFiles
from analyzer.history.values import History, Migration
from analyzer.schema.values import App


def graph_of(
    found: MigrationFiles, apps: tuple[App, ...], packages: Packages, all_apps: bool
) -> tuple[tuple[Migration, ...], History]:
    """The migrations with their parents resolved, and the graph that Django's loader makes of them."""
    external = {app.label: app.name for app in apps if not app.own}
    own = frozenset({app.label for app in apps if app.own} | {m.app for m in found.migrations})
    unloaded = {app.label for app, _ in found.namespace}
    if not all_apps:
        unloaded |= {app.label for app in apps if app.installed is False}
    migrations, history = graph.build(
        found.migrations,
        functools.cache(lambda label: ends(packages, external.get(label, ""), label)),
        own,
        frozenset(unloaded),
    )
    nodes = {".".join(key): key for key in sorted(history.nodes)}
    edges = {".".join(key): {".".join(parent) for parent in history.edges[key]} for key in nodes.values()}
    circles = [tuple(nodes[name] for name in members) for members in components(nodes, edges)]
    circles += [(key,) for key in history.nodes if key in history.edges[key]]
    return migrations, replace(history, cycles=tuple(sorted(circles)))
