"""layout.md: the files that `makemigrations` will write, as a sheet to review what it wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.render.markdown.text import bullets, code, codes, section, text
from analyzer.render.words import count, place
from analyzer.reset.layout import versions_spoken
from analyzer.reset.plan import Plan
from analyzer.reset.planned import SETTING, Layout, PlannedMigration, PlannedOperation
from analyzer.schema.version import written


def sheet(plan: Plan) -> str:
    """The predicted layout; empty apps and what is not certain are told as well."""
    layout = plan.layout
    lines = [f"# Predicted layout of {text(plan.project)}", ""]
    if layout.why:
        return "\n".join([*lines, f"`makemigrations` would write nothing: {text(layout.why)}.", ""])
    files = count(len(layout.migrations), "file")
    apps = count(len({one.app for one in layout.migrations}), "app")
    what = (
        f"What `makemigrations`, without labels, writes under Django {written(layout.django)} once the files "
        f"of `delete.txt` are gone: {files} for {apps}. Tick each file off as you review it."
    )
    lines += [what, "", *section("Before you compare", bullets(_remarks(layout)))]
    for app in dict.fromkeys(migration.app for migration in layout.migrations):
        migrations = layout.of(app)
        blocks = [block for migration in migrations for block in _file(migration, plan)]
        lines += section(text(app), *blocks)
    return "\n".join(lines).rstrip() + "\n"


def _remarks(layout: Layout) -> Iterator[str]:
    user = layout.user
    if user.migration is not None:
        said = "as it must be" if user.first else "**not in the first file of its app: Django asks for that**"
        yield f"User model: {code(user.label)} is made by {code('.'.join(user.migration))}, {said}."
    else:
        yield f"User model: {code(user.label)} is none of these apps'."
    if layout.others:
        yield f"Other versions of Django that are possible write other files: {versions_spoken(layout)}."
    for app, why in layout.skipped:
        yield f"Nothing is written for {code(app)}: {text(why)}."
    unsure = sum(1 for migration in layout.migrations if not migration.certain)
    if unsure:
        yield f"{count(unsure, 'file')} not certain: look for **not certain** below."
    yield "Operations stand in this order; the fields of a new model that another file adds are not in it."


def _file(migration: PlannedMigration, plan: Plan) -> Iterator[list[str]]:
    package = plan.packages.get(migration.app)
    folder = f"{package.folder}/" if package is not None else ""
    yield [f"- [ ] **{code(f'{folder}{migration.name}.py')}**"]
    needs = [_dependency(key) for key in migration.dependencies]
    yield [f"Depends on {codes(needs)}." if needs else "Depends on nothing."]
    if migration.why:
        yield [f"**not certain**: {text(migration.why)}."]
    yield [f"{number}. {_operation(one)}" for number, one in enumerate(migration.operations, 1)]
    if migration.held:
        yield [f"The rest stands in the next file: it waits for {code(migration.held)}."]


def _dependency(key: tuple[str, str]) -> str:
    return f"settings.{key[1]}" if key[0] == SETTING else ".".join(key)


def _operation(one: PlannedOperation) -> str:
    said = f"{one.kind} {code(str(one).partition(' ')[2])}"
    if one.fields:
        said += f": {', '.join(_names(one.fields))}"
    if one.why:
        said += f" **not certain** ({text(one.why)}, {code(place(one.file, one.line))})"
    return said


def _names(names: Iterable[str]) -> list[str]:
    return [text(name) for name in names]
