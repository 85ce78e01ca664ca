"""Drafts of what `makemigrations` does not write: seeds, hidden schema, and what tables need first."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from analyzer.data.values import DataOperation
from analyzer.history.values import Key, Migration
from analyzer.pipeline import Examined
from analyzer.reset.drafts.assembly import INDENT, Assembly, Imported, arguments
from analyzer.reset.drafts.calls import overlapping
from analyzer.reset.drafts.evolution import Evolution
from analyzer.reset.drafts.first import Place as Inside
from analyzer.reset.drafts.first import last_script, parted, script
from analyzer.reset.drafts.guard import GUARD, guard_text
from analyzer.reset.drafts.module import Place, Source, called, parses
from analyzer.reset.drafts.naming import Names
from analyzer.reset.drafts.replacing import replaced
from analyzer.reset.drafts.rewriting import Rewriter, Rewritten
from analyzer.reset.drafts.select import FILLS, FIRST, OBJECTS, SEEDS, Carried, worked_with
from analyzer.reset.drafts.staying import Staying, staying
from analyzer.reset.drafts.writing import Left, Needs, dropping, extension_class, left_notes, written
from analyzer.reset.outside import Outside
from analyzer.reset.placeholders import empty_migration
from analyzer.reset.plan import Plan
from analyzer.reset.planned import FIRST as ROOT
from analyzer.reset.references import Freed, Reference, freed, references

SHIM = "Only its name lives on: migrations outside of the project depend on it."


GENERATED: dict[str, tuple[str, int] | Imported] = {
    "models": (0, "django.db", "models"),
    "settings": (0, "django.conf", "settings"),
    **dict.fromkeys(("APP", "ANCHOR", "EARLIER", "OLD", "MigrationRecorder", "is_up_to_date"), ("", 0)),
}
"""What names mean in the files that scripts of the plan write into."""


class Draft(Struct, frozen=True):
    """A file that is brought along; `operations` are those that it carries over, `left` those it cannot."""

    app: str
    word: str
    path: str
    text: str
    operations: tuple[DataOperation, ...]
    left: tuple[Left, ...]


class Drafts(Struct, frozen=True):
    """All drafts of a plan; `first` is a script that puts what tables need into their first files, `last` one
    that puts the rest at the end of the last ones.

    `shims` are (path, text) of empty migrations whose names must live on; `references` name migrations
    that go, and `freed` is code that only those use; `staying` tells what other migrations find otherwise.
    """

    files: tuple[Draft, ...] = ()
    first: str = ""
    left: tuple[Left, ...] = ()
    shims: tuple[tuple[str, str], ...] = ()
    references: tuple[Reference, ...] = ()
    freed: tuple[Freed, ...] = ()
    last: str = ""
    staying: tuple[Staying, ...] = ()

    @property
    def texts(self) -> dict[str, str]:
        """All files by their path below a folder of drafts."""
        out = {f"files/{one.path}": one.text for one in self.files}
        out |= {f"shims/{path}": text for path, text in self.shims}
        out |= {"first_operations.py": self.first} if self.first else {}
        return out | ({"last_operations.py": self.last} if self.last else {})


def drafts(examined: Examined, plan: Plan) -> Drafts:
    """Draft what the plan carries over; nothing where it cannot be carried out, or squashes."""
    if not plan.feasible or plan.procedure == "squash":
        return Drafts()
    return _Composer(examined, plan).drafts()


class _Composer:
    def __init__(self, examined: Examined, plan: Plan) -> None:
        self.examined = examined
        self.plan = plan
        self.names = Names(plan)
        self.outside = Outside(examined)
        self.migrations = {migration.key: migration for migration in examined.migrations}
        evolution = Evolution(examined.migrations, examined.analysis.history)
        self.rewriter = Rewriter(examined, evolution)
        self.gone = {one.module for one in examined.migrations if one.app in plan.apps}
        self.sources: dict[Key, Source | str] = {}
        self.rewritten: dict[Key, Rewritten] = {}
        self.taken: dict[tuple[Key, int, str], int] = {}
        self.lists: set[tuple[Key, int]] = set()
        self.ends: dict[str, tuple[str, str, str]] = {}
        self.models = {model.db_table: model.label for model in examined.schema.models if model.db_table}

    def drafts(self) -> Drafts:
        carried = self.plan.selection.carried
        files = [
            self._file(
                app, word, [one for part in listed for one in carried if (one.app, one.word) == (app, part)]
            )
            for app, words in self.plan.extras.items()
            for word, listed in self._together(words)
        ]
        first, left = self._first([one for one in carried if one.word in (FIRST, FILLS)])
        asked = [Left(one, f"a person must decide: {why}") for one, why in self.plan.selection.questions]
        every = [*(one for file in files for one in file.left), *left, *asked]
        apps, ends = self.plan.apps, {app: self.names.last(app) for app in self.plan.apps}
        named = references(self.examined, apps, ends)
        taken = set(re.findall(r"\w+", " ".join([first, *(file.text for file in files)])))
        free = tuple(one for one in freed(self.examined, self.plan.delete) if one.name not in taken)
        stay = staying(self.examined, self.rewriter, apps)
        last = last_script(self.ends) if self.ends else ""
        shims = tuple(self._shims())
        return Drafts(tuple(files), first, tuple(every), shims, named, free, last, stay)

    def _together(self, words: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        """The files for words: with `replaces` one, whose operations go to the end of another."""
        if self.plan.procedure == "replaces":
            return [(words[-1], words)] if words else []
        return [(word, (word,)) for word in words]

    def _shims(self) -> Iterator[tuple[str, str]]:
        for app in self.names.shims:
            before = self.names.last(app)
            for name in self.names.shims[app]:
                yield self.names.path(app, name), empty_migration(SHIM, [(app, before)])
                before = name

    # ------------------------------------------------------------ a file

    def _file(self, app: str, word: str, carried: Sequence[Carried]) -> Draft:
        made = self._within() if self.plan.procedure == "replaces" else Assembly(self.gone)
        left: list[Left] = []
        done: list[DataOperation] = []
        needs = Needs()
        for one in carried:
            try:
                if one.seed is not None and one.seed.fails:
                    self._guard(made, needs)
                self._add(made, one, reverse=one.word != SEEDS)
            except ValueError as error:
                left.append(Left(one.operation, str(error)))
                continue
            done.append(one.operation)
            needs.add(one.operation, worked_with(one, self.models))
        name = self.names.extras[app, word]
        dependencies = list(self._dependencies(app, word, needs))
        text = made.text(self._head(app, word), dependencies, left_notes(left))
        if not parses(text):
            left += [Left(one, "its draft would be no Python") for one in done]
            done = []
            text = Assembly(self.gone).text(self._head(app, word), dependencies, left_notes(left))
        if self.plan.procedure == "replaces" and done:
            self.ends[self.names.path(app, self.names.end(app))] = parted(text)
        return Draft(app, word, self.names.path(app, name), text, tuple(done), tuple(left))

    def _within(self) -> Assembly:
        """What is put into a file that `makemigrations` wrote."""
        made = Assembly(self.gone)
        made.origins |= GENERATED
        return made

    def _head(self, app: str, word: str) -> Iterator[str]:
        what = "Rows" if word == SEEDS else "Schema beside the models"
        yield f"{what} that old migrations of {app} made. Drafted by migscan: read it before you use it."
        if self.plan.procedure == "replaces":
            yield "`last_operations.py` appends it to the last new file of the app: a file of its own would"
            yield "run on databases that have all this already."

    def _guard(self, made: Assembly, needs: Needs) -> None:
        if "auth" not in {app.label for app in self.examined.schema.apps.apps}:
            return
        if GUARD not in made.origins:
            made.origins[GUARD] = ("", 0)
            made.bodies.append(guard_text(self.plan.apps))
            made.operations.append(
                ("", f"{INDENT * 2}migrations.RunPython({GUARD}, migrations.RunPython.noop),")
            )
            needs.labels |= {"auth": "permissions", "contenttypes": "permissions"}
            needs.labels |= dict.fromkeys(self.plan.apps, "permissions")

    # ------------------------------------------------------------ an operation

    def _add(self, made: Assembly, one: Carried, *, reverse: bool, plain: bool = False) -> None:
        """Add an operation to a file; a `plain` one must need nothing of the class that it stands in."""
        operation = one.operation
        migration = self.migrations[operation.app, operation.migration]
        source = self._source(migration)
        try:
            place = self._place(source, migration, operation, plain=plain)
        except ValueError:
            if not plain or not extension_class(operation):
                raise
            made.extension(extension_class(operation), f"{operation.file}:{operation.line}")
            return
        if place.listed and (migration.key, place.node.lineno) in self.lists:
            return
        if plain and place.tests:
            raise ValueError("it stands under a condition: put it at the head of the first file by hand")
        rewritten = self._rewritten(source, migration.key)
        given = arguments(place.node) if isinstance(place.node, ast.Call) and not place.listed else None
        here = range(place.node.lineno, (place.node.end_lineno or 0) + 1)
        notes = [why for line, why in rewritten.notes if line in here]
        kept, writer = written(place, given, operation, reverse, notes)
        model = replaced(self.examined, migration, operation)
        if model is not None:
            name, body, writer.before = dropping(model.app, model.name)
            made.function(name, body)
        self._refuse_broken(source, kept, rewritten)
        if plain and source.used(kept)[1]:
            raise ValueError("it uses names of its migration's class: put it into the first file by hand")
        made.add(source, place, kept, writer, rewritten.edits)
        made.name_modules(rewritten.modules)
        if place.listed:
            self.lists.add((migration.key, place.node.lineno))
        if not migration.atomic:
            made.atomic = False

    def _source(self, migration: Migration) -> Source:
        known = self.sources.get(migration.key)
        if known is None:
            files = self.examined.schema.classes.names.modules.files
            try:
                known = Source(migration.file, migration.module, files.data(migration.file))
            except ValueError as error:
                known = str(error)
            self.sources[migration.key] = known
        if isinstance(known, str):
            raise ValueError(known)
        return known

    def _place(self, source: Source, migration: Migration, operation: DataOperation, *, plain: bool) -> Place:
        if operation.file != migration.file:
            raise ValueError(f"the operation is made in {operation.file}")
        places = source.places()
        found = [
            place
            for place in places
            if place.node.lineno == operation.line
            and not place.listed
            and (not isinstance(place.node, ast.Call) or called(place.node) == operation.operation)
        ]
        key = (migration.key, operation.line, operation.operation)
        turn = self.taken.get(key, 0)
        self.taken[key] = turn + 1
        if turn < len(found):
            return found[turn]
        whole = [place for place in places if place.listed and source.makes(place, operation.line)]
        if not plain and len(places) == len(whole) == 1 and self._alike(migration):
            return whole[0]
        raise ValueError("the operation is not written in the list of its migration itself")

    def _alike(self, migration: Migration) -> bool:
        """Whether all that a list makes may come along with what is carried over of it."""
        own = [one for one in self.examined.analysis.data_operations if _key(one) == migration.key]
        carried = {id(one.operation) for one in self.plan.selection.carried if one.word in (SEEDS, OBJECTS)}
        return (
            migration.complete
            and len(own) == len(migration.operations)
            and all(
                id(one) in carried or one.net in ("one-time", "noop") or _only_extensions(one) for one in own
            )
        )

    def _rewritten(self, source: Source, key: Key) -> Rewritten:
        found = self.rewritten.get(key)
        if found is None:
            found = self.rewriter.of(source, key)
            if overlapping(found.edits):
                raise ValueError("what must change in it overlaps")
            self.rewritten[key] = found
        return found

    def _refuse_broken(self, source: Source, nodes: Sequence[ast.expr], rewritten: Rewritten) -> None:
        if not rewritten.broken:
            return
        parts, own, _ = source.used(nodes)
        copied: list[ast.expr | ast.stmt] = [*nodes, *(part.node for part in (*parts, *own))]
        spans = [(node.lineno, node.end_lineno or 0) for node in copied]
        for line, why in rewritten.broken:
            if any(start <= line <= end for start, end in spans):
                raise ValueError(f"line {line}: {why}")

    # ------------------------------------------------------------ dependencies

    def _dependencies(self, app: str, word: str, needs: Needs) -> Iterator[tuple[Key, str]]:
        together = self.plan.procedure == "replaces"
        if not together:
            yield self.names.before(app, word), ""
        found: dict[Key, str] = {}
        for label, why in sorted(needs.labels.items()):
            key = self._end(label) if label != app else None
            if key is not None:
                found.setdefault(key, why)
        for part in self.plan.extras[app] if together else (word,):
            for other in self.plan.selection.after.get((app, part), ()):
                name = self.names.end(other) if together else self.names.extras[other, part]
                found[other, name] = "its rows" if part == SEEDS else "its functions"
        for one in self.plan.selection.carried:
            if one.word == FIRST and one.app != app:
                found.setdefault((one.app, self.names.first(one.app)), one.objects[0].made.kind)
        yield from sorted(found.items())

    def _end(self, app: str) -> Key | None:
        """The last migration of an app, in the end."""
        if app in self.plan.apps:
            return (app, self.names.last(app))
        known = next((one for one in self.examined.schema.apps.apps if one.label == app), None)
        own = [key for key in self.examined.analysis.history.leaves if key[0] == app]
        if own:
            return own[0]
        if known is None or known.own:
            return None
        last = self.examined.last(known)
        return (app, last) if last else (app, ROOT) if last is None else None

    # ------------------------------------------------------------ what tables need first

    def _first(self, carried: Sequence[Carried]) -> tuple[str, list[Left]]:
        files: dict[Inside, Assembly] = {}
        left: list[Left] = []
        for one in carried:
            for place in self._places(one):
                made = files.setdefault(place, self._within())
                try:
                    self._fits(one, place)
                    self._add(made, one, reverse=one.word == FIRST, plain=True)
                except ValueError as error:
                    left.append(Left(one.operation, str(error)))
        parts = {place: made.parts() for place, made in files.items() if made.operations}
        return (script(parts) if parts else ""), left

    def _places(self, one: Carried) -> list[Inside]:
        """Where in new files an operation must run."""
        if one.word == FIRST:
            return [(self.names.path(app, self.names.first(app)), "", "") for app in self._wanting(one)]
        rows = {row.target.lower() for row in one.operation.rows}
        asking = [found for found in self.plan.fillings if rows & {label.lower() for label in found.asks}]
        asking.sort(key=lambda found: found.migration[0] != one.operation.app)
        app, name = self.names.now(asking[0].migration)
        return [(self.names.path(app, name), asking[0].model, asking[0].field)]

    def _fits(self, one: Carried, place: Inside) -> None:
        """Refuse what needs more than the file where it is wanted has."""
        if one.word == FIRST:
            return
        if one.seed is not None and one.seed.fails:
            raise ValueError(f"{one.seed.fails}, and its rows are needed by {place[0]}")
        path = {
            self.names.path(*self.names.now(planned.key)): planned for planned in self.plan.layout.migrations
        }
        planned = path[place[0]]
        near = {planned.app, *(app for app, _ in planned.dependencies)}
        far = sorted({app for app, _ in worked_with(one, self.models)} - near)
        if far:
            raise ValueError(f"{place[0]} needs its rows, and does not depend on {', '.join(far)}")

    def _wanting(self, one: Carried) -> list[str]:
        """The apps whose first file must make something: all that need an extension, which is made once."""
        apps = [one.app]
        if all(thing.made.kind == "extension" for thing in one.objects):
            said = {word.partition(".")[0] for thing in one.objects for word in thing.before}
            said |= {
                part.partition(" of ")[2].partition(".")[0] for thing in one.objects for part in thing.before
            }
            apps += sorted(app for app in said if app in self.plan.apps and app != one.app)
        return apps


def _key(operation: DataOperation) -> Key:
    return (operation.app, operation.migration)


def _only_extensions(operation: DataOperation) -> bool:
    """Whether it makes extensions and nothing else, which are made where they are not there yet."""
    return bool(operation.objects) and all(made.kind == "extension" for made in operation.objects)


__all__ = ["OBJECTS", "Draft", "Drafts", "Left", "drafts"]
