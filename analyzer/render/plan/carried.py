"""What must be brought along by hand, and what names or is named by migrations that go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.data.values import DataOperation
from analyzer.render.markdown.text import bullets, code, folded, table, text
from analyzer.render.plan.commands import shell
from analyzer.render.words import count, place, plural, some
from analyzer.reset.drafts.compose import Drafts
from analyzer.reset.plan import Plan
from analyzer.reset.references import Reference

SHOWN = 40
"""Freed functions and classes that are shown unfolded."""

LINES = 20
"""Lines of one file that are named."""

ADVICE = (
    "Read every draft before you use it: comments `# migscan:` mark what was rewritten, what runs only "
    "once, and what could not be drafted. Look rows up by natural keys, use `apps.get_model`."
)


def carried(plan: Plan, brought: Drafts) -> list[str]:
    """What `makemigrations` does not write, with the drafts for it."""
    if not plan.data:
        return []
    rows = [
        [code(f"{one.app}.{one.migration}"), code(place(one.file, one.line)), _operation(one), one.net]
        for one in plan.data
    ]
    lines = [
        (
            "Operations that run code or SQL and that a fresh database may still need. Decide about each; "
            "`seed` makes rows, `schema` what no model says, `mixed` both, `one-time` changes rows that "
            "another one makes, and `unknown` only you can tell."
        ),
        "",
        *table(["migration", "place", "operation", "what is left of it"], rows),
        "",
    ]
    appended = plan.procedure in ("replaces", "squash")
    lines += _appended(plan, brought) if appended else _copied(plan, brought)
    lines += _first(plan, brought)
    if brought.left:
        lines += [
            "",
            f"**Not drafted**, {count(len(brought.left), 'operation')}: decide, and write by hand.",
            "",
        ]
        lines += bullets(_left(brought))
    return [*lines, "", ADVICE]


def _operation(one: DataOperation) -> str:
    return f"{text(one.operation)} {code(one.forward)}" if one.forward else text(one.operation)


def _appended(plan: Plan, brought: Drafts) -> list[str]:
    where = (
        "What is to stay goes to the operations of the **last new file** of its app: in a file of its own it "
        "would run on databases that have it already."
    )
    if not brought.last:
        return [where]
    rows = [[code(one.path), str(len(one.operations)), str(len(one.left))] for one in brought.files]
    said = "The drafts, hidden schema before rows, and what appends them once the new files have their names:"
    return [
        f"{where} {said}",
        "",
        *table(["to read in `drafts/files`", "operations#", "not drafted#"], rows),
        "",
        *shell('python "$PLAN/drafts/last_operations.py"'),
    ]


def _copied(plan: Plan, brought: Drafts) -> list[str]:
    if not brought.files:
        return []
    rows = [[code(one.path), str(len(one.operations)), str(len(one.left))] for one in brought.files]
    return [
        "The drafts, under the names that the procedure has for them; hidden schema comes before rows:",
        "",
        *table(["file", "operations#", "not drafted#"], rows),
        "",
        *shell('cp -R "$PLAN/drafts/files/." .'),
    ]


def _first(plan: Plan, brought: Drafts) -> list[str]:
    if not brought.first:
        return []
    said = (
        "Tables need some of it first: extensions, collations, types. Once the new files have their names, "
        "this puts them at the head of the first file of each app:"
    )
    return ["", said, *shell('python "$PLAN/drafts/first_operations.py"')]


def _left(brought: Drafts) -> Iterator[str]:
    for one in brought.left:
        operation = one.operation
        name = f"{operation.app}.{operation.migration}"
        yield f"{code(name)}, {code(place(operation.file, operation.line))}: {text(one.why)}"


# ---------------------------------------------------------------- references


def references(plan: Plan, brought: Drafts) -> list[str]:
    """What names migrations that go, with what to write instead; and what they alone still use."""
    own = [one for one in plan.inbound if not one.package]
    lines = [
        f"{code(place(one.file, one.line))}: {code('.'.join(one.child))} names "
        f"{code('.'.join(one.parent))}; "
        "`point.py` lets it depend on the last new file of that app."
        for one in own
    ]
    lines += _shims(plan)
    lines += _named(brought.references)
    if not lines:
        lines = ["Nothing outside of the migrations names one that goes, as far as the project's files tell."]
    lines.append("Other repositories, forks and wikis that name them are not seen here.")
    return bullets(lines)


def _named(found: Iterable[Reference]) -> Iterator[str]:
    """Places that name migrations, those of one file with one remedy together."""
    groups: dict[tuple[str, str, str, str], list[Reference]] = {}
    for one in found:
        groups.setdefault((one.file, one.manner, one.migration[0], one.instead), []).append(one)
    for (file, manner, app, instead), alike in groups.items():
        if len(alike) == 1:
            (one,) = alike
            yield f"{code(place(file, one.line))} {manner} {code('.'.join(one.migration))}: {instead}."
        else:
            lines = some((str(one.line) for one in alike), LINES)
            named = count(len({one.migration for one in alike}), "migration")
            yield f"{code(place(file, 0))} {manner} {named} of {code(app)} in lines {lines}: {instead}."


def _shims(plan: Plan) -> Iterator[str]:
    for one in plan.inbound:
        if one.package:
            yield (
                f"{code('.'.join(one.child))} of an installed package names "
                f"{code('.'.join(one.parent))}: the name must live on. `drafts/shims` has an empty migration "
                "of that name behind the last file that `makemigrations` writes. Django loads nothing while "
                "it is missing: for the one call of `makemigrations`, switch that package's migrations off "
                f"with `MIGRATION_MODULES = {{{one.child[0]!r}: None}}`."
            )


def freed(brought: Drafts) -> list[str]:
    """Code that only the deleted migrations use."""
    if not brought.freed:
        return []
    rows = [
        [code(f"{one.module}.{one.name}"), code(place(one.file, one.line)),
         f"may be: {text(one.why)}" if one.why else "no other file names it"]
        for one in brought.freed
    ]  # fmt: skip
    listed = table(["what", "place", "sure"], rows)
    head = (
        f"{count(len(rows), 'function')} or {plural(len(rows), 'class')} that of all files only the deleted "
        "migrations use, by name. Remove them once no release has the old files any more."
    )
    shown = listed if len(rows) <= SHOWN else folded("All of them", listed)
    return [head, "", *shown]


# ---------------------------------------------------------------- other tools


def appendix(plan: Plan) -> list[str]:
    """The same for tools that a team may prefer, with what is known to go wrong."""
    if plan.procedure == "squash":
        return []
    extensions: dict[str, list[str]] = {}
    for one in plan.selection.carried:
        operation = one.operation.operation
        if operation.endswith("Extension") and all(thing.made.kind == "extension" for thing in one.objects):
            extensions.setdefault(one.app, []).append(f"django.contrib.postgres.operations.{operation}")
    lines = [
        "`django-remake-migrations` (2.4) writes new files with `replaces` at once. Settings for it:",
        "",
        "```python",
    ]
    told = [f"    {app!r}: {sorted(set(names))!r}," for app, names in sorted(extensions.items())]
    lines += ["REMAKE_MIGRATIONS_EXTENSIONS = {", *told, "}"] if told else ["# none is needed"]
    lines += ["```", "", "Known to go wrong:", ""]
    return lines + bullets(
        [
            "It drops every `RunPython` and `RunSQL`, `elidable=False` or not: bring the drafts along.",
            "It deletes the old files at once: a database that lags behind loses columns in silence.",
            (
                "It shares old migrations out without looking at their dependencies: with the old files "
                "kept, apps that need each other end in CircularDependencyError."
            ),
            "`migrate --prune` refuses as long as there are `replaces`; after it there is no way back.",
            (
                "`squashmigrations` leaves out what is `elidable=True`: `migscan check --fix` marks what "
                "surely may go, and the report's `elidable.patch` is the same as a patch."
            ),
        ]
    )
