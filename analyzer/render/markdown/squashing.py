"""Squashing: which apps can become one migration each, and how far the squashes that exist have come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from analyzer.history.graph import SPECIAL
from analyzer.history.squash import Part, Squash, parts, squashes
from analyzer.history.values import Key, Migration
from analyzer.render.links import Link
from analyzer.render.markdown.text import (
    FOLD_FROM,
    code,
    codes,
    folded,
    long_table,
    section,
    table,
    text,
    where,
)
from analyzer.render.pictures.runs import short
from analyzer.render.squashing import Squashing, bonds, squashings, turns
from analyzer.render.words import count, number, plural, some

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

SQUASHES_AGAIN = (6, 0)
"""From this version on `squashmigrations` takes squashed migrations, too (Django 6.0 release notes)."""

PARTS_SHOWN = 6
STEPS_SHOWN = 9
FREE_SHOWN = 12

RULE = (
    "An app's migrations can become one (`squashmigrations`) where none of them needs another app's "
    "migration that in turn needs one of theirs; else Django refuses the result (CircularDependencyError). "
    "Told of each app while the others stay as they are."
)
ONCE = (
    "`replaces` has to stay until every database has recorded the squash; `migrate` does that where all that "
    "it replaces is applied. Then, in one change: delete the replaced files, let nothing depend on their "
    "names, remove `replaces`."
)
BEFORE = (
    "`run_before` does not stand in the files of the app that it puts in order, and `squashmigrations` does "
    "not take it over: write it into the new migration by hand, or let the other migration depend on this "
    "one where that is the project's."
)
LATEST = "`__latest__` is whatever is last when Django loads the files, and may close a circle any day."


def squashing(analysis: Analysis, link: Link) -> list[str]:
    """The parts of the history that decide about a squash, each with a heading of its own."""
    pages = _Pages(analysis, link)
    return [
        *section("Can it be squashed?", pages.apps(), pages.together(), level=3),
        *section("Squashes that are there", pages.squashes(), level=3),
        *section("Dependencies between apps", pages.bonds(), level=3),
        *section("Orders that files do not show", pages.hidden(), level=3),
    ]


class _Pages:
    def __init__(self, analysis: Analysis, link: Link) -> None:
        self.analysis = analysis
        self.history = analysis.history
        self.link = link
        self.migrations = {migration.key: migration for migration in analysis.migrations}
        self.turns = turns(analysis.history)
        self.behind: dict[Key, list[Migration]] = {}
        for migration in analysis.migrations:
            self.behind.setdefault(self._standing(migration.key), []).append(migration)

    # ------------------------------------------------------------ whether

    def apps(self) -> list[str]:
        if self.history.cycles:
            return ["Not before the migrations that go in a circle are in an order again."]
        found = squashings(self.analysis)
        if not found:
            return []
        blocked = [one for one in found if one.obstacle]
        unsure = [one for one in found if one.why]
        lines = [f"{RULE} Of the {count(len(found), 'app')} with more than one migration:", ""]
        lines += [f"- {line}" for line in self._summary(found, blocked, unsure)]
        if blocked:
            rows = [[code(one.app), self._way(one), self._parts(one)] for one in blocked]
            lines += ["", *long_table("apps", ["app", "why it cannot become one", "fewest parts"], rows)]
        return lines

    def _summary(
        self, found: Sequence[Squashing], blocked: Sequence[Squashing], unsure: Sequence[Squashing]
    ) -> Iterable[str]:
        free = [code(one.app) for one in found if not one.obstacle and not one.why]
        yield f"**{number(len(free))} can:** {some(free, FREE_SHOWN)}." if free else "**None can.**"
        if blocked:
            yield f"**{number(len(blocked))} cannot:** {codes(one.app for one in blocked)}, see below."
        for one in unsure:
            yield f"**Not decided** for {code(one.app)}: {text(one.why)}."
        squashed = sorted({key[0] for key in self.history.nodes if self._replaces(key)})
        if squashed and self.analysis.reading.django.oldest < SQUASHES_AGAIN:
            yield (
                f"Before Django 6.0 `squashmigrations` refuses a migration that still has `replaces`: "
                f"{codes(squashed)} {plural(len(squashed), 'has')} one, see below."
            )

    def _replaces(self, key: Key) -> bool:
        migration = self.migrations.get(key)
        return migration is not None and bool(migration.replaces)

    def _way(self, one: Squashing) -> str:
        """The way out of the app and back in words, each step with the line that says so."""
        path = one.obstacle.path if one.obstacle else ()
        said: list[str] = []
        for place, (child, parent) in enumerate(pairwise(path)):
            if child[0] == parent[0] == path[place + 2][0]:
                continue  # of a run in another app, only its last step is told
            if child[0] == parent[0]:
                said.append(f"follows {self._name(parent)}")
            else:
                needs = self._linked("needs", *self._said(child, parent))
                said.append(f"{needs} {self._name(parent)}")
        if len(said) > STEPS_SHOWN:
            left = len(said) - STEPS_SHOWN
            said[STEPS_SHOWN - 1 : -1] = [f"over {count(left, 'further step')} leads to one that"]
            return f"{self._name(path[0])} {', which '.join(said[:-1])} {said[-1]}"
        return f"{self._name(path[0])} {', which '.join(said)}" if path else ""

    def _linked(self, word: str, file: str, line: int) -> str:
        address = self.link(file, line) if file else None
        return f"[{word}]({address})" if address else word

    def _said(self, child: Key, parent: Key) -> tuple[str, int]:
        """The place that makes one migration need another: `dependencies`, or `run_before` of the other."""
        for migration in self.behind.get(child, ()):
            for key in migration.dependencies:
                if self._standing(key) == parent or (key[0] == parent[0] and key[1] in SPECIAL):
                    return migration.file, migration.lines.get(key, migration.line)
        for migration in self.behind.get(parent, ()):
            for key in migration.run_before:
                if self._standing(key) == child:
                    return migration.file, migration.lines.get(key, migration.line)
        return "", 0

    def _standing(self, key: Key) -> Key:
        seen: set[Key] = set()
        while key in self.history.replaced and key not in seen:
            seen.add(key)
            key = self.history.replaced[key]
        return key

    def _name(self, key: Key, place: tuple[str, int] | None = None) -> str:
        migration = self.migrations.get(key)
        label = ".".join(key)
        if migration is None:
            return code(label)
        file, line = place or (migration.file, migration.line)
        return where(self.link, file, line, label=label)

    def _parts(self, one: Squashing) -> str:
        """The runs that can each become one, named so that `squashmigrations` knows them."""
        found = parts(self.history, one.app)
        if not found:
            return "not told: they fork"
        shown = [self._part(part) for part in found[:PARTS_SHOWN]]
        rest = len(found) - PARTS_SHOWN
        more = f", and {number(rest)} more" if rest > 0 else ""
        return f"{number(len(found))}: {', '.join(shown)}{more}"

    def _part(self, part: Part) -> str:
        first, last = self._prefix(part[0]), self._prefix(part[-1])
        return code(first) if len(part) == 1 else f"{code(first)} to {code(last)}"

    def _prefix(self, key: Key) -> str:
        """A migration's number, if it is the only one of its app that begins so; else its name."""
        number_ = short(key[1])
        alike = [name for app, name in self.migrations if app == key[0] and name.startswith(number_)]
        return number_ if len(alike) == 1 else key[1]

    def together(self) -> list[str]:
        """Apps of which each may be squashed, but not all."""
        if self.history.cycles:
            return []
        lines = []
        for members in self.turns:
            lines.append(
                f"- **Not all at once:** migrations of {codes(members)} need each other by turns. Once one "
                "of these apps is one migration, others of them that could be may no longer be able to."
            )
        return lines

    # ------------------------------------------------------------ squashes

    def squashes(self) -> list[str]:
        found = squashes(self.analysis.migrations)
        if not found:
            return []
        rows = [self._squash(squash) for squash in found]
        head = [
            "squash",
            "replaces#",
            "files still there#",
            "still named#",
            "left to do, once recorded everywhere",
        ]
        lines = [ONCE, "", *long_table("squashes", head, rows)]
        named = [self._named(squash, *pair) for squash in found for pair in squash.named]
        if named:
            what = f"{count(len(named), 'dependency')} on replaced names"
            intro = f"**{what},** which work while `replaces` lists them:"
            shown = table(["migration", "depends on", "instead"], named)
            body = shown if len(named) < FOLD_FROM else folded(f"{number(len(named))} dependencies", shown)
            lines += ["", intro, "", *body]
        return lines

    def _squash(self, squash: Squash) -> list[str]:
        present, named = len(squash.present), len(squash.named)
        left = []
        if present:
            left.append(f"delete {count(present, 'file')}")
        if named:
            left.append(f"let {count(named, 'dependency')} name the squash")
        left.append("remove `replaces`")
        total = number(present + len(squash.gone))
        migration = self.migrations[squash.migration]
        total += ", read in part" if "`replaces`" in migration.why else ""
        return [self._name(squash.migration), total, number(present), number(named), ", ".join(left)]

    def _named(self, squash: Squash, child: Key, old: Key) -> list[str]:
        migration = self.migrations[child]
        place = (migration.file, migration.lines.get(old, migration.line))
        return [self._name(child, place), code(".".join(old)), code(".".join(squash.migration))]

    # ------------------------------------------------------------ other apps

    def bonds(self) -> list[str]:
        found = bonds(self.history)
        if not found:
            return []
        home = {app: members for members in self.turns for app in members}
        rows = []
        for app, pairs in groupby(found.items(), key=lambda pair: pair[0][0]):
            arcs = [(other, times, other in home.get(app, ())) for (_, other), times in pairs]
            arcs.sort(key=lambda arc: (-arc[1], arc[0]))
            needs = ", ".join(
                f"**{code(o)}** {number(n)}" if turn else f"{code(o)} {number(n)}" for o, n, turn in arcs
            )
            rows.append([code(app), needs, number(sum(times for _, times, _ in arcs))])
        bold = " Bold: by turns, the other needs this one too, directly or over others." if self.turns else ""
        intro = f"How many dependencies an app's migrations have on those of other apps of the project.{bold}"
        return [intro, "", *long_table("apps", ["app", "needs migrations of", "dependencies#"], rows)]

    def hidden(self) -> list[str]:
        rows = [
            [self._name(migration.key, self._line(migration, key)), f"`{what}`", code(target)]
            for migration in self.analysis.migrations
            for what, key, target in _orders(migration)
        ]
        if not rows:
            return []
        said = {row[1] for row in rows}
        words = [text_ for text_ in (BEFORE, LATEST) if text_.split()[0] in said]
        return [" ".join(words), "", *long_table("places", ["migration", "says", "of"], rows)]

    def _line(self, migration: Migration, key: Key) -> tuple[str, int]:
        return migration.file, migration.lines.get(key, migration.line)


def _orders(migration: Migration) -> list[tuple[str, Key, str]]:
    """(what is said, the key that says it, of what)."""
    before = [("run_before", key, ".".join(key)) for key in migration.run_before]
    latest = [("__latest__", key, key[0]) for key in migration.dependencies if key[1] == "__latest__"]
    return [*before, *latest]
