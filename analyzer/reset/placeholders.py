"""The placeholder reset: empty migrations whose names the regenerated ones take over a release later.

Release N adds empty migrations at the end of each app, as many as there will be files; every database
records them.  Release N+1 puts the regenerated operations under these names and deletes the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from analyzer.history.values import Key
from analyzer.reset.naming import following, names_of
from analyzer.reset.planned import Layout

WORD = "squashed"


class Placeholder(Struct, frozen=True):
    """An empty migration of release N; `stands_for` is the file whose operations it gets in release N+1."""

    app: str
    name: str
    path: str
    parents: tuple[Key, ...]
    stands_for: str

    @property
    def key(self) -> Key:
        return (self.app, self.name)


def placeholders(
    layout: Layout,
    leaves: Iterable[Key],
    known: Iterable[Key],
    folders: Mapping[str, str],
    extras: Mapping[str, tuple[str, ...]],
) -> tuple[Placeholder, ...]:
    """Placeholders for the files of a layout, and for the files of an app that are written by hand.

    `extras` are what these are called, without a number.  `known` are all migrations that there are.
    """
    taken, last = tuple(known), tuple(leaves)
    out: list[Placeholder] = []
    for app in layout.apps:
        wanted = [migration.name for migration in layout.of(app)]
        words = [WORD for _ in wanted] + [f"{WORD}_{extra}" for extra in extras.get(app, ())]
        parents = tuple(key for key in last if key[0] == app)
        for name, stands_for in zip(
            following(names_of(app, taken), words), [*wanted, *extras.get(app, ())], strict=True
        ):
            out.append(Placeholder(app, name, f"{folders[app]}/{name}.py", parents, stands_for))
            parents = ((app, name),)
    return tuple(out)


def empty_migration(doc: str, dependencies: Iterable[Key]) -> str:
    """The text of a migration without operations."""
    listed = "".join(f"        ({quoted(app)}, {quoted(name)}),\n" for app, name in dependencies)
    return (
        f"# {doc}\n\nfrom django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = [\n{listed}    ]\n\n    operations = []\n"
    )


def quoted(text: str) -> str:
    """A name as Python writes it, in double quotes."""
    shown = repr(text) if text.isprintable() else ascii(text)
    inner = shown[1:-1].replace("\\'", "'").replace('"', '\\"')
    return f'"{inner}"'
