"""What migrations need by way of others that stay: packages' migrations and those of apps that are kept.

A package's migration may depend on an own app, too: on the model that a setting names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from analyzer.catalogue.migrations import ends, needs
from analyzer.history.values import Key
from analyzer.pipeline import Examined
from analyzer.reset.planned import FIRST, SETTING

LATEST = "__latest__"


class Outside:
    """The graph of all migrations, those of packages as far as their source is known.

    `unread` are packages' apps of which it is not; what they need is taken for nothing.
    """

    def __init__(self, examined: Examined) -> None:
        self.edges: dict[Key, tuple[Key, ...]] = dict(examined.analysis.history.edges)
        self.unread: set[str] = set()
        self.named: dict[Key, tuple[Key, ...]] = {}
        """What packages' migrations depend on by the very name."""
        self._roots: dict[str, str] = dict(reversed(examined.analysis.history.roots))
        self._ends: dict[str, tuple[str, ...]] = {}
        self._leaves: dict[str, Key] = {key[0]: key for key in reversed(examined.analysis.history.leaves)}
        self._settings = {
            model.swappable: examined.schema.settings.text(model.swappable, model.label)
            for model in examined.schema.models
            if model.swappable
        } | {"AUTH_USER_MODEL": examined.schema.settings.auth_user_model}
        packages = examined.packages
        for app in examined.schema.apps.apps:
            if not app.own and app.label not in self._roots:
                self._ends[app.label] = ends(packages, app.name, app.label)
                listed = needs(packages, app.name, app.label)
                if not packages.knows(app.name):
                    self.unread.add(app.label)
                for name, wanted in listed.items():
                    by_name = (key for key in wanted if key[0] and key[1] not in (FIRST, LATEST))
                    self.named[app.label, name] = tuple(by_name)
                    found = (self.resolved(key) for key in wanted if key != ("", ""))
                    self.edges[app.label, name] = tuple(key for key in found if key is not None)

    def resolved(self, key: Key) -> Key | None:
        """The migration that a dependency means; None where its app has none."""
        app, name = key
        if app in ("", SETTING):
            app, name = self._settings.get(name, "").partition(".")[0], FIRST
        if name not in (FIRST, LATEST):
            return (app, name)
        if app in self._roots:
            return (app, self._roots[app]) if name == FIRST else self._leaves.get(app)
        found = self._ends.get(app, ())
        return (app, found[0] if name == FIRST else found[-1]) if found else None

    def is_root(self, key: Key) -> bool:
        """Whether a migration is what `__first__` of its app means."""
        return self._roots.get(key[0]) == key[1]

    def reached(self, starts: Iterable[Key], inside: Collection[str]) -> frozenset[Key]:
        """The migrations of some apps that are needed by way of others, starting with these others."""
        seen: set[Key] = set()
        out: set[Key] = set()
        pending = list(starts)
        while pending:
            key = pending.pop()
            if key in seen:
                continue
            seen.add(key)
            if key[0] in inside:
                out.add(key)
            else:
                pending += self.edges.get(key, ())
        return frozenset(out)


def parents(edges: Mapping[Key, tuple[Key, ...]], key: Key, inside: bool) -> tuple[Key, ...]:
    """What a migration depends on in its own app, or in others."""
    return tuple(parent for parent in edges.get(key, ()) if (parent[0] == key[0]) is inside)
