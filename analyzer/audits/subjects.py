"""What a finding is about, told by its place: the ground of fingerprints that survive a move.

A migration and its operation, a model and its field, else the file inside its app.  No line, no folder
above the app: reformatting a file or moving an app to another folder changes none of them.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from analyzer.audits.rules import Finding, Hit, by_place

if TYPE_CHECKING:
    from analyzer.audits.values import Facts
    from analyzer.history.values import Migration
    from analyzer.schema.values import App, Model

HISTORY = "MS1"
"""Findings of this family are about a whole migration, wherever in it they stand."""

_FOLDER = re.compile(r"(?<![\w.-])[\w.-]+/")
LONGEST = 4_000
"""So much of a message tells it from others: it may quote a name of any length."""
_NAME = re.compile(r"[^\W\d]\w*(?:\.\w+)+|\w*[^\W_]_\w+|\b[A-Z]\w+")
"""A name of the project in a message: dotted, with an underscore, or capitalised."""

_CREATORS = ("CreateModel", "AddField", "AddIndex", "AddConstraint", "AlterField", "AlterModelOptions")
_WRITTEN = frozenset(f"django.db.migrations.{name}" for name in (*_CREATORS, "AlterUniqueTogether"))


class Subjects:
    """The apps, migrations and models of a project by their places."""

    def __init__(self, facts: Facts) -> None:
        self._migrations = {migration.file: migration for migration in facts.migrations}
        self._operations = {migration.file: _operations(migration, facts) for migration in facts.migrations}
        self._models = _by_file((*facts.models, *facts.abstract_models))
        self._apps = sorted(
            (app for app in facts.apps if app.own), key=lambda app: (-len(app.path), app.label)
        )

    def of(self, hit: Hit) -> tuple[str, str]:
        """The app's label and the subject of a hit."""
        app, subject = self._told(hit)
        return hit.app or app, hit.subject or subject

    def _told(self, hit: Hit) -> tuple[str, str]:
        migration = self._migrations.get(hit.file)
        if migration is not None and hit.rule.code.startswith(HISTORY):
            return migration.app, migration.name
        if migration is not None:
            operation = _last(self._operations[hit.file], hit.line)
            return migration.app, f"{migration.name} {operation}".rstrip()
        models = self._models.get(hit.file, ())
        index = bisect_right(models, hit.line, key=lambda model: model.line)
        if index:
            model = models[index - 1]
            field = next((f.name for f in model.fields if (f.file, f.line) == (hit.file, hit.line)), "")
            return model.app, ".".join(part for part in (model.label or model.name, field) if part)
        app = _app(self._apps, hit.file)
        return (app.label, hit.file[len(app.path) :].lstrip("/")) if app is not None else ("", hit.file)


def _by_file(models: Iterable[Model]) -> dict[str, list[Model]]:
    found: dict[str, list[Model]] = {}
    for model in sorted((m for m in models if m.own), key=lambda m: (m.file, m.line, m.label)):
        found.setdefault(model.file, []).append(model)
    return found


def _operations(migration: Migration, facts: Facts) -> list[tuple[int, str]]:
    """Operations with their lines, each named so that its namesakes in the migration are told apart."""
    forward = {(data.file, data.line): data.forward or "" for data in facts.data_operations}
    seen: Counter[str] = Counter()
    found = []
    for operation in migration.operations:
        if operation.file != migration.file:
            continue
        name = f"{operation.cls} {forward.get((operation.file, operation.line), '')}".rstrip()
        seen[name] += 1
        found.append((operation.line, name if seen[name] == 1 else f"{name} {seen[name]}"))
    return sorted(found)


def _last(places: Sequence[tuple[int, str]], line: int) -> str:
    index = bisect_right(places, line, key=lambda place: place[0])
    return places[index - 1][1] if index else ""


def _app(apps: Iterable[App], file: str) -> App | None:
    """The app that holds a file; `apps` have the deepest folders first."""
    return next((app for app in apps if not app.path or file.startswith(f"{app.path}/")), None)


def generated(migration: Migration) -> bool:
    """Whether it is an initial migration as `makemigrations` writes it, with nothing put in by hand."""
    return (
        migration.initial is True
        and not migration.replaces
        and migration.complete
        and all(one.path in _WRITTEN for one in migration.operations)
    )


def fingerprinted(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in order, with fingerprints; those that are alike are counted."""
    seen: Counter[str] = Counter()
    out = []
    for finding in sorted(findings, key=by_place):
        identity = _identity(finding)
        seen[identity] += 1
        out.append(replace(finding, fingerprint=_digest(f"{identity}\0{seen[identity]}")))
    return out


def _identity(finding: Finding) -> str:
    """The rule, the subject, and the names that the message tells beside those of the file itself."""
    own = set(re.split(r"[/.]", finding.file)) | {finding.file.rpartition("/")[2]}
    names = sorted({name for name in _NAME.findall(_paths_off(finding)) if name not in own})
    return "\0".join((finding.code, finding.app, finding.subject, *names))


def _paths_off(finding: Finding) -> str:
    """The message without the folders of paths: an app may move."""
    return _FOLDER.sub("", finding.message[:LONGEST])


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
