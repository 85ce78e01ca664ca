"""The steps of each procedure, release by release, with gates, and the ways back."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.history.values import Key
from analyzer.render.markdown.text import bullets, code, codes, table
from analyzer.render.plan.artefacts import PRUNES, squash_commands
from analyzer.render.plan.commands import (
    DEPLOY,
    TAG,
    gate,
    manage,
    named_settings,
    pointed,
    regenerate,
    restored,
    shell,
    stays,
    verified,
)
from analyzer.render.words import count, place, plural
from analyzer.reset.guarded_sql import COPY
from analyzer.reset.placeholders import Placeholder
from analyzer.reset.plan import Plan, Procedure

TITLES: Mapping[Procedure, str] = {
    "placeholder": "placeholders, in two releases",
    "replaces": "new migrations with `replaces`, in two releases",
    "sql": "guarded SQL, in one release",
    "squash": "`squashmigrations`, app by app",
}

BESIDE = {"seeds": "rows to carry over", "db_objects": "hidden schema to carry over"}

Step = tuple[str, list[str]]


def steps(plan: Plan) -> list[Step]:
    """The chapters of the procedure, in order."""
    match plan.procedure:
        case "placeholder":
            return [_placeholders(plan), _contents(plan), _prune(plan, "The gate of release N+1 is passed")]
        case "replaces":
            return [
                *_anchors(plan),
                _remade(plan),
                _finished(plan),
                _prune(plan, "Release 2 runs everywhere"),
            ]
        case "sql":
            return [_new_files(plan), _exchange(plan)]
        case "squash":
            return [_squashed(plan), _squash_finished(plan)]


# ---------------------------------------------------------------- placeholder


def _placeholders(plan: Plan) -> Step:
    rows = [[code(one.app), code(one.path), _stands_for(one)] for one in plan.placeholders]
    lines = [
        (
            f"{count(len(plan.placeholders), 'empty migration')}, whose names the regenerated "
            f"files take over in "
            "release N+1:"
        ),
        "",
        *table(["app", "placeholder", "stands for"], rows),
        "",
        "1. Copy them into the project, and look at what came:",
        *shell('cp -R "$PLAN/placeholder/release-n/." .', "git status --short"),
        "2. They change nothing: this must be 0.",
        *shell(manage(plan, "makemigrations", "--check", "--dry-run")),
        f"3. Commit as release N. {DEPLOY}",
        *gate(plan, "each holds all the names of the second column"),
    ]
    return "Release N: the placeholders", lines


def _stands_for(one: Placeholder) -> str:
    return BESIDE.get(one.stands_for) or code(one.stands_for)


def _contents(plan: Plan) -> Step:
    lines = [
        "On a branch from release N:",
        "",
        *regenerate(plan, "placeholder"),
        (
            "4. Give them the names of the placeholders; the dependencies between them follow, and each "
            "begins with a function that stops where old migrations are recorded and its name is not:"
        ),
        *shell(
            'python "$PLAN/placeholder/new_names.py" --look',
            'python "$PLAN/placeholder/new_names.py"',
            *pointed(plan, "placeholder"),
        ),
        (
            "5. Bring along what `makemigrations` does not write, and fix the references: both have a "
            "chapter of that name below."
        ),
        (
            "   A placeholder that is not needed in the end stays as it was: `git restore --source=HEAD "
            "--staged --worktree FILE`, with the file before it as its only dependency."
        ),
        *verified(plan, 6),
        "7. On a copy of a database of release N and on an empty database:",
        *shell(
            manage(plan, "migrate", "--check") + "   # on the copy: 0, there is nothing to apply",
            manage(plan, "migrate") + "           # on the empty database: builds everything",
            manage(plan, "makemigrations", "--check", "--dry-run"),
        ),
        f"8. Commit as release N+1. {DEPLOY}",
        *gate(plan, "each holds every new file's name", new=True),
        "",
        (
            "A database that missed release N is stopped here with "
            "`InconsistentMigrationHistory` or `this database lags behind`, which the new files begin with: "
            "nothing is lost. Deploy release N there first."
        ),
    ]
    return "Release N+1: the contents", lines


def _prune(plan: Plan, when: str) -> Step:
    lines = [f"{when}, and nobody wants to go back: this is the **point of no return**.", ""]
    if plan.layout.django >= PRUNES:
        lines += ["Per database alias:"]
        lines += shell(*(manage(plan, "migrate", app, "--prune") for app in plan.apps))
        lines.append(
            "It ends with 0 and does nothing where it says *Cannot use --prune*: any squashed migration of a "
            "package whose old files are gone is enough. Run `prune.sql` once per database then."
        )
    else:
        lines.append("Run `prune.sql` once per database: this Django has no `migrate --prune`.")
    if plan.procedure != "squash":
        lines += [
            "",
            "The functions that stopped databases have done their work. Take them out, and commit:",
            *shell(f'python "$PLAN/{plan.procedure}/clean_up.py"'),
        ]
    return "Clean up the old rows", lines


# ---------------------------------------------------------------- replaces


def _anchors(plan: Plan) -> list[Step]:
    if not plan.anchors:
        return []
    early = plan.partition.anchored.early
    lines = [
        (
            f"{count(len(plan.anchors), 'empty migration')} more, to keep the new files of an app together: "
            f"{codes('.'.join(key) for key in plan.anchors)}."
        ),
        *shell(
            'cp -R "$PLAN/replaces/release-0/." .', manage(plan, "makemigrations", "--check", "--dry-run")
        ),
    ]
    if early:
        lines += [
            (
                f"Commit as release 0: in {codes(early)} a new file would have nothing to replace without "
                f"them. {DEPLOY}"
            ),
            *gate(plan, "each holds these names"),
        ]
    else:
        lines.append("Commit. They need no release of their own: they go out with release 1.")
    return [("Release 0: what holds the new files together" if early else "The anchors", lines)]


def _remade(plan: Plan) -> Step:
    rows = [
        [code(".".join((group.new[0], plan.remade[group.new]))), _made_from(plan, group.new),
         f"{count(len(group.replaces), 'migration')}: {codes(_span(group.replaces))}"]
        for group in plan.partition.groups
    ]  # fmt: skip
    order = " → ".join(code(".".join((app, plan.remade[app, name]))) for app, name in plan.partition.order)
    split = sorted(
        {key[0] for key in plan.remade if sum(1 for other in plan.remade if other[0] == key[0]) > 1}
    )
    lines = [
        "Each old migration stands in exactly one `replaces`; old files stay beside the new ones:",
        "",
        *table(["new migration", "made from", "replaces"], rows),
        "",
        f"No circle: each needs only those before it in {order}.",
        "",
        *regenerate(plan, "replaces"),
        "4. Give them their names and their `replaces`:",
        *shell(
            'python "$PLAN/replaces/new_names.py" --look',
            'python "$PLAN/replaces/new_names.py"',
        ),
        "5. Bring the old files back:",
        *shell(
            "git --literal-pathspecs restore --source=HEAD --staged --worktree "
            '--pathspec-from-file="$PLAN/replaces/delete.txt"',
            *restored(plan),
        ),
        (
            "6. Append what `makemigrations` does not write to the last new file of its app: there is a "
            "chapter "
            "of that name below."
        ),
        *verified(plan, 7),
        "8. On an empty database, on a copy of a current one and on one that lags behind:",
        *shell(manage(plan, "migrate"), manage(plan, "makemigrations", "--check", "--dry-run")),
        f"9. Commit as release 1. {DEPLOY}",
        *gate(plan, "each holds every name of the first column"),
        "",
        "A database that lags behind applies the old files that it misses.",
    ]
    if split:
        lines += ["", *_split(plan, split)]
    return "Release 1: new files beside the old ones", lines


def _made_from(plan: Plan, new: Key) -> str:
    return "nothing: it holds no operations" if new in plan.partition.rests else code(new[1])


def _split(plan: Plan, apps: list[str]) -> list[str]:
    """How far a database must have got in apps with several new files."""
    anchored = plan.partition.anchored
    needed = [f"{code('.'.join(anchored.needed[app]))}" for app in apps if app not in anchored.early]
    lines = [
        (
            f"**Back up first where {codes(apps)} {plural(len(apps), 'is')} behind.** "
            f"Each of these apps gets several new files, and Django decides about each on "
            "its own. The anchors see to it that none is used before all old migrations are applied, once a "
            "database has begun with those that the last file replaces."
        )
    ]
    if needed:
        lines[0] += f" So it must have applied at least {', '.join(needed)}, and have begun with every app."
    if anchored.early:
        lines[0] += f" For {codes(anchored.early)} it must have passed release 0."
    lines[0] += (
        " Any other one is stopped with an error, mostly `this database lags behind` of a later file: "
        "restore it, migrate it with the code before release 1, and come back. Never call `migrate` for "
        "single apps in this release."
    )
    return lines


def _span(keys: tuple[tuple[str, str], ...]) -> list[str]:
    names = [name for _, name in keys]
    return names if len(names) < 3 else [names[0], "…", names[-1]]


def _finished(plan: Plan) -> Step:
    lines = [
        "Only once the gate of release 1 is passed everywhere, self-hosters included:",
        "",
        (
            "1. Delete the old files, and take `replaces` out of the new ones. Each begins with a function "
            "then that stops where old migrations are recorded and its name is not:"
        ),
        *shell(
            'git --literal-pathspecs rm -q --pathspec-from-file="$PLAN/replaces/delete.txt"',
            'python "$PLAN/replaces/finish.py"',
            *pointed(plan, "replaces"),
        ),
        "2. Let nothing depend on an old name any more (chapter *References to fix*).",
        (
            "3. As before: `migrate --check` on a copy, `migrate` on an empty database, "
            f"`makemigrations --check`, and "
            f"`migscan verify . --base {TAG}{named_settings(plan)}`."
        ),
        f"4. Commit as release 2. {DEPLOY}",
        *gate(plan, "each holds every new file's name", new=True),
    ]
    return "Release 2: without the old files", lines


# ---------------------------------------------------------------- SQL


def _new_files(plan: Plan) -> Step:
    lines = [
        "On a branch:",
        "",
        *regenerate(plan, "sql"),
        (
            "4. Bring along what `makemigrations` does not write, and fix the references: both have a "
            "chapter of that name below."
        ),
        *(shell(*pointed(plan, "sql")) if stays(plan) else []),
        *verified(plan, 5),
        "6. On an empty database:",
        *shell(manage(plan, "migrate"), manage(plan, "makemigrations", "--check", "--dry-run")),
        (
            "7. The rows that the SQL inserts must be the files that there are now: "
            f"{codes('.'.join(key) for key in plan.rows.new)}. Leave a name out of the SQL if you "
            f"wrote no such file."
        ),
    ]
    return "The new files", lines


def _exchange(plan: Plan) -> Step:
    lines = [
        (
            "Stop whatever runs `migrate` by itself with the old code first, old containers and "
            "cron jobs too: the "
            "old release would find its own rows missing and run its data migrations again."
        ),
        "",
        "Then on every database, every schema of a tenant included, with the application stopped:",
        "",
        "1. Look. Both queries of `sql/1_look.*.sql` must come back empty.",
        (
            "2. Exchange the rows: `sql/2_reset.*.sql` checks once more, keeps a copy in "
            f"`{COPY}`, locks, deletes and inserts. It stops, with everything as it was, on a "
            f"database that is "
            "behind."
        ),
        "3. Deploy the new code. Do not use `--fake` or `--fake-initial`.",
        "",
        *table(["dialect", "how"], [[code(dialect), code(HOW[dialect])] for dialect in plan.dialects]),
        *gate(plan, "each holds every new file's name, and no old one", new=True),
        "",
        (
            "The **point of no return** is the first migration that is applied afterwards. "
            f"Drop `{COPY}` when nobody wants to go back."
        ),
    ]
    return "The release", lines


HOW = {
    "postgresql": 'psql -v ON_ERROR_STOP=1 -f "$PLAN/sql/2_reset.postgresql.sql" DATABASE',
    "mysql": 'mysql DATABASE < "$PLAN/sql/2_reset.mysql.sql"',
    "sqlite": 'sqlite3 -bail DATABASE < "$PLAN/sql/2_reset.sqlite.sql"',
    "oracle": 'sqlplus USER@DATABASE @"$PLAN/sql/2_reset.oracle.sql"',
}


# ---------------------------------------------------------------- squash


def _squashed(plan: Plan) -> Step:
    functions = [
        f"{code(f'{one.app}.{one.migration}')}, {code(place(one.file, one.line))}: "
        f"{code(one.forward or one.operation)}"
        for call in plan.squashes
        for one in call.functions
    ]
    lines = [
        (
            "1. Mark operations that a fresh database does not need as `elidable=True`, so that "
            "they are left out."
        ),
        "2. Squash, one call after the other; a run ends where another app's migration stands in between:",
        *shell(*squash_commands(plan)),
        (
            "3. Carry these over by hand: functions of `RunPython` are copied into the new file, "
            "their imports too."
        ),
        "",
        *bullets(functions),
        "",
        *verified(plan, 4),
        "5. On an empty database and on a copy of a current one:",
        *shell(manage(plan, "migrate"), manage(plan, "makemigrations", "--check", "--dry-run")),
        f"6. Commit as release 1, the old files beside the new ones. {DEPLOY}",
        *gate(plan, "each holds the names of the squashed migrations"),
    ]
    return "Release 1: the squashes", lines


def _squash_finished(plan: Plan) -> Step:
    lines = [
        (
            "1. Delete the replaced files, let nothing depend on their names, remove `replaces` "
            "from the squashes."
        ),
        f"2. Commit as release 2. {DEPLOY}",
        *gate(plan, "each holds the names of the squashed migrations", new=True),
        "",
        (
            "3. When nobody wants to go back, `migrate APP --prune` per app and database: the "
            "**point of no return**."
        ),
    ]
    return "Release 2: without the old files", lines
