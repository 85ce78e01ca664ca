"""What an earlier run said of the models, which holds while only migrations change.

Models are read before migrations, and say the same whatever most of these say.  A migration is plain
where nothing in it can reach the models: only Django's loader asks for it, it holds the class that
the loader wants and no other, calls nothing when it is imported, and has none of the words that are
looked for all over a project.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from analyzer.schema.additions import GETS
from analyzer.schema.given import may_give
from analyzer.schema.imports import DYNAMIC, Imports, Looked
from analyzer.schema.values import Unknown
from analyzer.source.facts import Assign, Call, ClassDef, Evaluate, FuncDef, Import, Problem, Stmt
from analyzer.source.loading import Files
from analyzer.source.marks import REACHING
from analyzer.stages import Begun, Migrated, Modelled, problems

if TYPE_CHECKING:
    from analyzer.outcome import Analysis
    from analyzer.schema.read import SchemaReading

MIGRATIONS, CLASS = "migrations", "Migration"

_NAME = re.compile(r"\d{4}_\w+\.py")
_CLASS = re.compile(rb"^[ \t]*class[ \t]+(\w+)", re.MULTILINE)
_CALL = re.compile(rb"^(?:@|[\w.]+[ \t]*(?:=[ \t]*[\w.]+[ \t]*)?\()|\btype\(\s*[\"']", re.MULTILINE)
_WORDS = (
    *(
        *REACHING,
        b"DJANGO_SETTINGS_MODULE",
        b"TranslationOptions",
        b".set_global(",
        b"class_prepared",
        b"register(",
    ),
    *(b".get_field(", GETS.encode(), b"econstruct", b"_OPTION_KEYS", *DYNAMIC, b"get_class"),
)
"""What settings, apps, models or drift look for in files whatever their place."""


def plain(files: Files) -> dict[str, str]:
    """The plain migrations by path, with what tells their contents apart."""
    return {
        file.path: files.identity(file.path)
        for file in files.tree.files
        if _lies_plain(file.path) and _is_plain(files.data(file.path))
    }


def _lies_plain(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder.rpartition("/")[2] == MIGRATIONS and _NAME.fullmatch(name) is not None


def _is_plain(data: bytes) -> bool:
    return (
        _CLASS.findall(data) == [CLASS.encode()]
        and not any(word in data for word in _WORDS)
        and not may_give(data)
        and _CALL.search(data) is None
    )


class Unmoved(Struct, frozen=True):
    """What the models of one run rested on beside files that must not change, and what they said.

    `begun` and `state` are digests: of versions, settings and apps, and of what the models were
    compared with.  `settled` are the files that settings and apps took, `read` those that models took.
    `plain` are the plain migrations, `asked` those of them that the models led to all the same, or that
    do more at their top than they seem to, `absent` modules of migrations that were asked for and not
    there, and `imports` what of the project each plain migration may import; None where nobody looked
    for that.
    """

    begun: bytes
    state: bytes
    settled: tuple[str, ...]
    plain: dict[str, str]
    asked: tuple[str, ...]
    absent: tuple[str, ...]
    imports: dict[str, Looked] | None
    unknown: tuple[Unknown, ...]
    not_imported: tuple[Unknown, ...]
    read: tuple[str, ...]
    problems: dict[str, tuple[Problem, ...]]

    def holds(self, begun: Begun, now: dict[str, str]) -> bool:
        """Whether the models say the same with the plain migrations of now."""
        before, modules = self.plain, begun.names.modules
        moved = {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
        return (
            self.begun == said(begun, self.read, now)
            and {end_of(path) for path in moved}.isdisjoint(map(end_of, self.asked))
            and all(is_still(begun.files.facts(path).body) for path in moved & now.keys())
            and not any(modules.find(name) is not None for name in self.absent)
            and (self.imports is None or self._import_the_same(begun, moved & now.keys(), moved))
        )

    def _import_the_same(self, begun: Begun, there: Collection[str], moved: Collection[str]) -> bool:
        looked = imports(begun, there)
        return all(looked.get(path, ()) == (self.imports or {}).get(path, ()) for path in moved)

    def modelled(self, known: Analysis, now: dict[str, str]) -> Modelled:
        """What the models say, from the analysis that this belongs to."""
        return Modelled(
            models=known.models,
            abstract_models=known.abstract_models,
            relations=known.relations,
            levels=known.levels,
            levels_all=known.levels_all,
            model_cycles=known.model_cycles,
            app_cycles=known.app_cycles,
            unknown=self.unknown,
            not_imported=self.not_imported,
            packages=known.reading.packages,
            read=(*self.read, *now),
            problems=self.problems,
        )


def noted(
    begun: Begun,
    schema: SchemaReading,
    migrated: Migrated,
    asked: Collection[str],
    read: Collection[str],
) -> Unmoved:
    """What the next run must know of this one; `asked` are the files that models and drift led to."""
    now = plain(begun.files)
    loud = {path for path in now if not is_still(begun.files.facts(path).body)}
    kept = tuple(sorted({*read, *begun.read} - now.keys()))
    looked = schema.imports
    failed = problems(begun.files)
    return Unmoved(
        begun=said(begun, kept, now),
        state=compared(begun, migrated),
        settled=tuple(sorted(begun.read - now.keys())),
        plain=now,
        asked=tuple(sorted(now.keys() & {*asked, *loud})),
        absent=tuple(sorted(name for name in begun.names.modules.missing() if of_migrations(name))),
        imports=None if looked is None else {path: looked[path] for path in now if looked.get(path)},
        unknown=schema.unknown,
        not_imported=schema.not_imported,
        read=kept,
        problems={path: failed[path] for path in kept if path in failed},
    )


def is_still(body: Collection[Stmt]) -> bool:
    """Whether a migration's body does nothing but bind names, and defines no class beside the migration.

    What `plain` tells from the bytes is told once more from what they mean, however they are written.
    """
    return sum(map(_defines, body)) <= 1 and all(map(_is_still, body))


def _defines(stmt: Stmt) -> bool:
    return isinstance(stmt, ClassDef)


def _is_still(stmt: Stmt) -> bool:
    match stmt:
        case Import(names=names):
            return not names or names[0][0] != "*"
        case ClassDef(name=name, decorators=()):
            return name == CLASS
        case FuncDef(decorators=()):
            return True
        case Assign(value=value) | Evaluate(value=value):
            return not isinstance(value, Call)
        case _:
            return False


def imports(begun: Begun, paths: Collection[str]) -> dict[str, Looked]:
    """The files of the project that each of some files may import."""
    installed = tuple(app.name for app in begun.ground.apps.apps if app.installed is not False)
    found = Imports(begun.ground.classes, installed)
    return {path: tuple(sorted(found.looked(path).items())) for path in paths}


def said(begun: Begun, read: Collection[str], now: Collection[str]) -> bytes:
    """The digest of versions, settings, apps, of where the names of the files in `read` begin, and of
    the files beside the plain migrations of `now` that are worth parsing."""
    settings, modules = begun.ground.settings, begun.names.modules
    return _digest(
        repr(
            (
                begun.django,
                (settings.path, settings.reason, settings.candidates, settings.installed),
                settings.auth_user_model,
                begun.ground.apps.apps,
                begun.files.tree.source_roots,
                modules.roots(read),
                [(path, full) for path, full in begun.files.selected if path not in now],
            )
        ).encode(errors="surrogateescape")
    )


def compared(begun: Begun, migrated: Migrated) -> bytes:
    """The digest of what drift compares the models with: the state, and what its fields take from files."""
    state = migrated.states.final
    fields = (field for model in state.models.values() for field in model.fields.values())
    homes = sorted({field.declared.made.module.path for field in fields})
    beside = [list(_beside(begun.files, path)) for path in homes if path in begun.files.paths]
    apps = sorted({migration.app for migration in migrated.migrations})
    # the class of such a model is looked for among the migrations of other apps too
    named = plain(begun.files) if any(name == CLASS.lower() for _, name in state.models) else {}
    models = sorted(state.models.items())
    try:
        return _digest(msgspec.msgpack.encode((models, state.doubts, beside, apps, sorted(named.items()))))
    except UnicodeEncodeError:
        return b""  # a file has a name that is no text, and nothing will be stored


def _beside(files: Files, path: str) -> Iterator[object]:
    """The statements of a migration around its class."""
    for stmt in files.facts(path).body:
        if not isinstance(stmt, ClassDef) or stmt.name != CLASS:
            yield stmt


def end_of(path: str) -> str:
    """The part of a path that files of one dotted name have in common."""
    return "/".join(path.split("/")[-3:])


def of_migrations(name: str) -> bool:
    return name.rpartition(".")[0].rpartition(".")[2] == MIGRATIONS


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
