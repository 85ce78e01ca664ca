"""Defects planted in a project that has none: what to change, and which error has to be found where.

A defect is a set of changed files (None for one that is deleted), the places of which the finding must
blame one, and the codes of what follows from it by Django's own behaviour.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from analyzer.analysis import Analysis
from analyzer.history.values import Key, Migration

EMPTY = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [{}]
    operations = []
"""

Texts = Mapping[str, str]
Places = frozenset[tuple[str, int]]


class Defect(NamedTuple):
    """`blamed` are the places that the finding may have, by any of them."""

    code: str
    files: dict[str, str | None]
    blamed: Places
    follows: frozenset[str] = frozenset()


class Project(NamedTuple):
    """A project without defects: its texts, and what is known about it."""

    texts: Texts
    analysis: Analysis

    @property
    def loaded(self) -> dict[Key, Migration]:
        out = {app.label for app in self.analysis.apps if app.installed is not True}
        nodes = self.analysis.history.nodes
        return {m.key: m for m in self.analysis.migrations if m.app not in out and m.key in nodes}

    def children(self, key: Key) -> list[Migration]:
        return [m for m in self.loaded.values() if key in m.dependencies]

    def inside(self, key: Key) -> list[Key]:
        """The parents in the same app."""
        return [parent for parent in self.analysis.history.edges.get(key, ()) if parent[0] == key[0]]


def _line(text: str, pattern: str) -> int:
    found = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _dependencies(path: str, text: str) -> tuple[str, int]:
    return path, _line(text, r"^[ \t]+dependencies\s*(?::[^=]+)?=")


def _class(path: str, text: str) -> tuple[str, int]:
    return path, _line(text, r"^class Migration")


def _folder(migration: Migration) -> str:
    return migration.file.rpartition("/")[0]


def _written_plainly(text: str) -> bool:
    return len(re.findall(r"^[ \t]+dependencies\s*=\s*\[", text, re.MULTILINE)) == 1


def _with_dependency(text: str, key: Key) -> str:
    return re.sub(
        r"^([ \t]+dependencies\s*=\s*\[)",
        rf"\g<1>({key[0]!r}, {key[1]!r}), ",
        text,
        count=1,
        flags=re.MULTILINE,
    )


def forked_leaf(project: Project) -> Iterator[Defect]:
    for key in project.analysis.history.leaves:
        for parent in project.inside(key) if key in project.loaded else ():
            leaf = project.loaded[key]
            path = f"{_folder(leaf)}/9998_forked.py"
            text = EMPTY.format(repr(parent))
            places = frozenset({_class(path, text), _class(leaf.file, project.texts[leaf.file])})
            yield Defect("MS101", {path: text}, places)


def deleted_migration(project: Project) -> Iterator[Defect]:
    for key, migration in project.loaded.items():
        children = [m for m in project.children(key) if _written_plainly(project.texts[m.file])]
        if children and not migration.replaces and migration.file in project.texts:
            places = frozenset(_dependencies(m.file, project.texts[m.file]) for m in children)
            yield Defect("MS102", {migration.file: None}, places)


def broken_name(project: Project) -> Iterator[Defect]:
    for migration in project.loaded.values():
        text = project.texts[migration.file]
        for app, name in migration.dependencies:
            if (app, name) in project.loaded and text.count(name) == 1 and _written_plainly(text):
                changed = text.replace(name, f"{name}_x")
                yield Defect(
                    "MS102", {migration.file: changed}, frozenset({_dependencies(migration.file, changed)})
                )


def circle(project: Project) -> Iterator[Defect]:
    for key, migration in project.loaded.items():
        for parent in project.inside(key):
            above = project.loaded.get(parent)
            if above is None or above.replaces or not _written_plainly(project.texts[above.file]):
                continue
            changed = _with_dependency(project.texts[above.file], key)
            places = {
                _dependencies(above.file, changed),
                _dependencies(migration.file, project.texts[migration.file]),
            }
            yield Defect("MS103", {above.file: changed}, frozenset(places))


def dropped_init(project: Project) -> Iterator[Defect]:
    for folder in sorted({_folder(m) for m in project.loaded.values()}):
        inside = sorted(
            path
            for path in project.texts
            if path.startswith(f"{folder}/") and path.count("/") == folder.count("/") + 1
        )
        files = [path for path in inside if path.rpartition("/")[2][0] not in "_~"]
        if f"{folder}/__init__.py" in project.texts and not project.texts[f"{folder}/__init__.py"].strip():
            # Other apps' dependencies on an app without migrations lead nowhere.
            yield Defect(
                "MS105", {f"{folder}/__init__.py": None}, frozenset({(files[0], 1)}), frozenset({"MS102"})
            )


def stray_helper(project: Project) -> Iterator[Defect]:
    for folder in sorted({_folder(m) for m in project.loaded.values()}):
        path = f"{folder}/helpers.py"
        if path not in project.texts:
            yield Defect("MS106", {path: "LIMIT = 10\n"}, frozenset({(path, 1)}))


def lost_class(project: Project) -> Iterator[Defect]:
    for key in project.analysis.history.leaves:
        migration = project.loaded.get(key)
        if migration is not None and project.inside(key) and not project.children(key):
            text = project.texts[migration.file]
            if "class Migration(" in text:
                changed = text.replace("class Migration(", "class Migrations(")
                yield Defect("MS106", {migration.file: changed}, frozenset({(migration.file, 1)}))


def _settings(project: Project, more: str) -> tuple[str, str, int] | None:
    path = project.analysis.reading.settings
    if path is None or path not in project.texts or "MIGRATION_MODULES" in project.texts[path]:
        return None
    text = project.texts[path].rstrip("\n") + "\n"
    return path, text + more, text.count("\n") + 1


def wrong_module(project: Project) -> Iterator[Defect]:
    names = {app.label: app.name for app in project.analysis.apps if app.own and app.installed}
    alone = {m.app for m in project.loaded.values()}
    for app in sorted(alone & set(names)):
        found = _settings(project, f'MIGRATION_MODULES = {{"{app}": "{names[app]}.nowhere"}}\n')
        if found is not None:
            path, text, line = found
            yield Defect("MS112", {path: text}, frozenset({(path, line)}), frozenset({"MS102"}))


def stale_list(project: Project) -> Iterator[Defect]:
    found = _settings(project, "INSTALLED_APPS = [*INSTALLED_APPS, 'django_linear_migrations']\n")
    for key in project.analysis.history.leaves:
        for parent in project.inside(key) if key in project.loaded and found is not None else ():
            path = f"{_folder(project.loaded[key])}/max_migration.txt"
            settings = {found[0]: found[1]} if found is not None else {}
            yield Defect("MS115", {path: f"{parent[1]}\n", **settings}, frozenset({(path, 1)}))


def lost_target(project: Project) -> Iterator[Defect]:
    own = {model.label: model for model in project.analysis.models if model.own and model.installed}
    for relation in project.analysis.relations:
        target, text = own.get(relation.target or ""), project.texts.get(relation.file, "")
        if target is None or relation.source not in own or not relation.certain or relation.parent_link:
            continue
        lines = text.split("\n")
        line = lines[relation.line - 1] if relation.line <= len(lines) else ""
        for quote in "'\"":
            if line.count(f"{quote}{target.label}{quote}") == 1 and target.app != "self":
                lines[relation.line - 1] = line.replace(f"{target.label}{quote}", f"{target.label}x{quote}")
                yield Defect(
                    "MS203", {relation.file: "\n".join(lines)}, frozenset({(relation.file, relation.line)})
                )


def swapped_target(project: Project) -> Iterator[Defect]:
    own = {model.label for model in project.analysis.models if model.own and model.installed}
    if project.analysis.reading.auth_user_model == "auth.User":
        return
    for relation in project.analysis.relations:
        text = project.texts.get(relation.file, "")
        lines = text.split("\n")
        line = lines[relation.line - 1] if relation.line <= len(lines) else ""
        if relation.source in own and line.count("settings.AUTH_USER_MODEL") == 1:
            lines[relation.line - 1] = line.replace("settings.AUTH_USER_MODEL", "'auth.User'")
            yield Defect(
                "MS204", {relation.file: "\n".join(lines)}, frozenset({(relation.file, relation.line)})
            )


_SWAPPABLE = re.compile(r"\n?[ \t]*migrations\.swappable_dependency\(settings\.AUTH_USER_MODEL\),?")


def lost_dependency(project: Project) -> Iterator[Defect]:
    user = project.analysis.reading.auth_user_model.partition(".")[0]
    for migration in project.loaded.values():
        text = project.texts[migration.file]
        alone = {key[0] for key in migration.dependencies} == {user}
        relating = [op for op in migration.operations if op.django in ("CreateModel", "AddField")]
        if migration.replaces:
            continue  # it depends on what the replaced ones depend on
        if not alone or migration.app == user or len(_SWAPPABLE.findall(text)) != 1 or not relating:
            continue
        if len(migration.dependencies) == 1 and re.search(
            r"(?:to=|Field\(|Key\()\s*settings\.AUTH_USER_MODEL", text
        ):
            changed = _SWAPPABLE.sub("", text)
            shift = text.count("\n") - changed.count("\n")
            places = frozenset((migration.file, op.line - shift) for op in relating)
            yield Defect("MS205", {migration.file: changed}, places)


def late_user(project: Project) -> Iterator[Defect]:
    app, _, name = project.analysis.reading.auth_user_model.partition(".")
    roots = [key for key in project.analysis.history.roots if key[0] == app and key in project.loaded]
    if len(roots) != 1 or project.loaded[roots[0]].replaces:
        return
    first = project.loaded[roots[0]]
    text = project.texts[first.file]
    made = re.search(rf"CreateModel\(\s*(?:name\s*=\s*)?['\"]{name}['\"]", text, re.IGNORECASE)
    if not _written_plainly(text) or made is None:
        return
    for number in range(20):
        path = f"{_folder(first)}/0000_earlier_{number}.py"
        changed = _with_dependency(text, (app, f"0000_earlier_{number}"))
        places = frozenset({(first.file, text.count("\n", 0, made.start()) + 1)})
        # What depends on the first migration of the users' app may run before there are users.
        files: dict[str, str | None] = {path: EMPTY.format(""), first.file: changed}
        yield Defect("MS206", files, places, frozenset({"MS413"}))


KINDS: tuple[Callable[[Project], Iterator[Defect]], ...] = (
    forked_leaf,
    deleted_migration,
    broken_name,
    circle,
    dropped_init,
    stray_helper,
    lost_class,
    wrong_module,
    stale_list,
    lost_target,
    swapped_target,
    lost_dependency,
    late_user,
)


# ---------------------------------------------------------------- against a revision


def edited(project: Project) -> Iterator[Defect]:
    for migration in project.loaded.values():
        text = project.texts[migration.file]
        head, begin, rest = text.partition("operations = [")
        line = re.search(r"\b(?<!validators\.)max_length=(\d+)", rest)
        if line is not None and "state_operations" not in rest:
            changed = head + begin + rest.replace(line[0], f"max_length={int(line[1]) + 7}", 1)
            yield Defect("MS117", {migration.file: changed}, frozenset({_class(migration.file, text)}))


def deleted_leaf(project: Project) -> Iterator[Defect]:
    for key in project.analysis.history.leaves:
        migration = project.loaded.get(key)
        if migration is None or project.children(key) or len(_siblings(project, migration)) < 3:
            continue
        if not migration.replaces and key not in project.analysis.history.replaced:
            yield Defect("MS118", {migration.file: None}, frozenset({(migration.file, 1)}))


def renamed_leaf(project: Project) -> Iterator[Defect]:
    for defect in deleted_leaf(project):
        (path,) = defect.files
        new = f"{path.rpartition('/')[0]}/9997_renamed.py"
        yield Defect("MS118", {path: None, new: project.texts[path]}, frozenset({(path, 1)}))


def _siblings(project: Project, migration: Migration) -> list[Migration]:
    return [other for other in project.loaded.values() if _folder(other) == _folder(migration)]


def used_again(project: Project) -> Iterator[Defect]:
    """The first set of files is to be committed as deleted before; see `measure`."""
    for defect in deleted_leaf(project):
        (path,) = defect.files
        text = project.texts[path]
        changed = re.sub(r"operations = \[", "operations = [migrations.RunSQL('SELECT 1'), ", text, count=1)
        if changed != text:
            yield Defect("MS116", {path: changed}, frozenset({_class(path, changed)}))


COMPARED: tuple[Callable[[Project], Iterator[Defect]], ...] = (edited, deleted_leaf, renamed_leaf, used_again)


def planted(kind: Callable[[Project], Iterator[Defect]], project: Project, number: int) -> list[Defect]:
    """Some of the defects of a kind, spread over the project, always the same ones."""
    return sorted(kind(project), key=_mixed)[:number]


def _mixed(defect: Defect) -> bytes:
    text = repr((defect.code, sorted(defect.files), sorted(defect.blamed)))
    return hashlib.blake2b(text.encode(), digest_size=8).digest()
