"""The steps of each procedure, release by release, with gates, and the ways back."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from analyzer.render.markdown.text import bullets, code, codes, table
from analyzer.render.plan.artefacts import PRUNES, squash_commands
from analyzer.render.words import count, place
from analyzer.reset.guarded_sql import COPY
from analyzer.reset.plan import Plan, Procedure

TITLES: Mapping[Procedure, str] = {
    "placeholder": "placeholders, in two releases",
    "replaces": "new migrations with `replaces`, in two releases",
    "sql": "guarded SQL, in one release",
    "squash": "`squashmigrations`, app by app",
}

Step = tuple[str, list[str]]

SHELL = "```sh"
DEPLOY = (
    "Deploy it everywhere, and run `migrate` on every database alias and tenant as with any release. "
    "Do not go on before the gate is passed on all of them."
)


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


def _manage(plan: Plan, *words: str) -> str:
    return shlex.join(["python", plan.manage, *words])


def _shell(*commands: str) -> list[str]:
    return ["", SHELL, *commands, "```", ""]


def _gate(plan: Plan, lines: list[str]) -> list[str]:
    return ["", "**Gate**, on every database:", "", *bullets(lines)]


def _check(plan: Plan) -> str:
    return (
        f"`{_manage(plan, 'migrate', '--check')}` is 0, `{_manage(plan, 'makemigrations', '--check')}` is 0."
    )


def _regenerate(plan: Plan, folder: str) -> list[str]:
    return [
        (
            f"1. Delete exactly the listed files, {count(len(plan.delete), 'old one')} among them; every "
            "`__init__.py` stays:"
        ),
        *_shell(
            f'git --literal-pathspecs rm -q --pathspec-from-file="$PLAN/{folder}/delete.txt"',
            *_loosened(plan, folder),
        ),
        "2. Let Django write the new ones: no labels, all apps at once. It asks nothing; if it does, stop.",
        *_shell(_manage(plan, "makemigrations")),
        (
            "3. Hold what it wrote against `layout.md`, file by file. Another file, another "
            "order or another "
            "dependency means that something was not as it was read: find out before you go on."
        ),
    ]


def _stays(plan: Plan) -> bool:
    """Whether migrations stay that name some that go."""
    return any(not one.package for one in plan.inbound)


def _loosened(plan: Plan, folder: str) -> list[str]:
    note = "   # migrations that stay name some of them"
    return [f'python "$PLAN/{folder}/point.py" --first{note}'] if _stays(plan) else []


def _restored(plan: Plan) -> list[str]:
    files = sorted({one.file for one in plan.inbound if not one.package})
    return [shlex.join(["git", "--literal-pathspecs", "restore", "--", *files])] if files else []


def _pointed(plan: Plan, folder: str) -> list[str]:
    return [*_restored(plan), f'python "$PLAN/{folder}/point.py"'] if _stays(plan) else []


# ---------------------------------------------------------------- placeholder


def _placeholders(plan: Plan) -> Step:
    rows = [[code(one.app), code(one.path), code(one.stands_for)] for one in plan.placeholders]
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
        *_shell('cp -R "$PLAN/placeholder/release-n/." .', "git status --short"),
        "2. They change nothing: this must be 0.",
        *_shell(_manage(plan, "makemigrations", "--check", "--dry-run")),
        f"3. Commit as release N. {DEPLOY}",
        *_gate(
            plan,
            [
                "each export of `django_migrations` holds all the names of the second column.",
                _check(plan),
            ],
        ),
    ]
    return "Release N: the placeholders", lines


def _contents(plan: Plan) -> Step:
    lines = [
        "On a branch from release N:",
        "",
        *_regenerate(plan, "placeholder"),
        "4. Give them the names of the placeholders; the dependencies between them follow:",
        *_shell(
            'python "$PLAN/placeholder/new_names.py" --look',
            'python "$PLAN/placeholder/new_names.py"',
            *_pointed(plan, "placeholder"),
        ),
        (
            "5. Write the files for what `makemigrations` does not write, and fix the references "
            "(chapters below)."
        ),
        (
            "   A placeholder that is not needed in the end stays as it was: `git restore --source=HEAD "
            "--staged --worktree FILE`, with the file before it as its only dependency."
        ),
        "6. On a copy of a database of release N and on an empty database:",
        *_shell(
            _manage(plan, "migrate", "--check") + "   # on the copy: 0, there is nothing to apply",
            _manage(plan, "migrate") + "           # on the empty database: builds everything",
            _manage(plan, "makemigrations", "--check", "--dry-run"),
        ),
        f"7. Commit as release N+1. {DEPLOY}",
        *_gate(plan, [_check(plan)]),
        "",
        (
            "A database that missed release N is stopped here with "
            "`InconsistentMigrationHistory` or `already "
            "exists`: nothing is lost. Deploy release N there first."
        ),
    ]
    return "Release N+1: the contents", lines


def _prune(plan: Plan, when: str) -> Step:
    lines = [f"{when}, and nobody wants to go back: this is the **point of no return**.", ""]
    if plan.layout.django >= PRUNES:
        lines += ["Per database alias:"]
        lines += _shell(*(_manage(plan, "migrate", app, "--prune") for app in plan.apps))
    else:
        lines.append("Run `prune.sql` once per database: this Django has no `migrate --prune`.")
    return "Clean up the old rows", lines


# ---------------------------------------------------------------- replaces


def _anchors(plan: Plan) -> list[Step]:
    if not plan.anchors:
        return []
    lines = [
        (
            f"{count(len(plan.anchors), 'empty migration')} more, so that each new file has "
            f"something to replace: "
            f"{codes('.'.join(key) for key in plan.anchors)}."
        ),
        *_shell(
            'cp -R "$PLAN/replaces/release-0/." .', _manage(plan, "makemigrations", "--check", "--dry-run")
        ),
        f"Commit as release 0. {DEPLOY}",
        *_gate(plan, ["each export holds these names.", _check(plan)]),
    ]
    return [("Release 0: something to replace", lines)]


def _remade(plan: Plan) -> Step:
    rows = [
        [code(".".join((group.new[0], plan.remade[group.new]))), code(group.new[1]),
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
        *_regenerate(plan, "replaces"),
        "4. Give them their names and their `replaces`:",
        *_shell(
            'python "$PLAN/replaces/new_names.py" --look',
            'python "$PLAN/replaces/new_names.py"',
        ),
        "5. Bring the old files back:",
        *_shell(
            "git --literal-pathspecs restore --source=HEAD --staged --worktree "
            '--pathspec-from-file="$PLAN/replaces/delete.txt"',
            *_restored(plan),
        ),
        "6. Append what `makemigrations` does not write to the last new file of its app (chapter below).",
        "7. On an empty database, on a copy of a current one and on one that lags behind:",
        *_shell(_manage(plan, "migrate"), _manage(plan, "makemigrations", "--check", "--dry-run")),
        f"8. Commit as release 1. {DEPLOY}",
        *_gate(plan, ["each export holds every name of the first column.", _check(plan)]),
        "",
        "A database that lags behind applies the old files that it misses.",
    ]
    if split:
        lines += [
            "",
            (
                f"**{codes(split)} have several new files.** A database that has applied all that "
                f"the first of them "
                "replaces and nothing of what the next one does cannot be told from a fresh one "
                "by Django, which "
                "would take the next file as it is. The guard in it stops there and names "
                "the columns that are "
                "missing. Bring such a database up to date with the release before."
            ),
        ]
    return "Release 1: new files beside the old ones", lines


def _span(keys: tuple[tuple[str, str], ...]) -> list[str]:
    names = [name for _, name in keys]
    return names if len(names) < 3 else [names[0], "…", names[-1]]


def _finished(plan: Plan) -> Step:
    lines = [
        "Only once the gate of release 1 is passed everywhere, self-hosters included:",
        "",
        "1. Delete the old files, and take `replaces` out of the new ones:",
        *_shell(
            'git --literal-pathspecs rm -q --pathspec-from-file="$PLAN/replaces/delete_in_release_2.txt"',
            'python "$PLAN/replaces/finish.py"',
            *_pointed(plan, "replaces"),
        ),
        "2. Let nothing depend on an old name any more (chapter *References to fix*).",
        (
            "3. As before: `migrate --check` on a copy, `migrate` on an empty database, "
            "`makemigrations --check`."
        ),
        f"4. Commit as release 2. {DEPLOY}",
        *_gate(plan, [_check(plan)]),
    ]
    return "Release 2: without the old files", lines


# ---------------------------------------------------------------- SQL


def _new_files(plan: Plan) -> Step:
    lines = [
        "On a branch:",
        "",
        *_regenerate(plan, "sql"),
        (
            "4. Write the files for what `makemigrations` does not write, and fix the references "
            "(chapters below)."
        ),
        *(_shell(*_pointed(plan, "sql")) if _stays(plan) else []),
        "5. On an empty database:",
        *_shell(_manage(plan, "migrate"), _manage(plan, "makemigrations", "--check", "--dry-run")),
        (
            "6. The rows that the SQL inserts must be the files that there are now: "
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
        *_gate(plan, [_check(plan)]),
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
        *_shell(*squash_commands(plan)),
        (
            "3. Carry these over by hand: functions of `RunPython` are copied into the new file, "
            "their imports too."
        ),
        "",
        *bullets(functions),
        "",
        "4. On an empty database and on a copy of a current one:",
        *_shell(_manage(plan, "migrate"), _manage(plan, "makemigrations", "--check", "--dry-run")),
        f"5. Commit as release 1, the old files beside the new ones. {DEPLOY}",
        *_gate(plan, ["each export holds the names of the squashed migrations.", _check(plan)]),
    ]
    return "Release 1: the squashes", lines


def _squash_finished(plan: Plan) -> Step:
    lines = [
        (
            "1. Delete the replaced files, let nothing depend on their names, remove `replaces` "
            "from the squashes."
        ),
        f"2. Commit as release 2. {DEPLOY}",
        (
            "3. When nobody wants to go back, `migrate APP --prune` per app and database: the "
            "**point of no return**."
        ),
    ]
    return "Release 2: without the old files", lines


def backwards(plan: Plan) -> list[str]:
    """How to go back from each point, as long as that can be done."""
    match plan.procedure:
        case "placeholder":
            return bullets(
                [
                    (
                        "From release N: deploy the release before. Its `migrate` ignores the rows of the "
                        "placeholders."
                    ),
                    (
                        "From release N+1, until the old rows are pruned: deploy release N. "
                        "`migrate --check` is 0 "
                        "both ways, no row is touched."
                    ),
                    "After pruning: only with the backup of `django_migrations`.",
                ]
            )
        case "replaces" | "squash":
            return bullets(
                [
                    "From release 1: deploy the release before. The rows of the new names are ignored.",
                    "From release 2, until the old rows are pruned: deploy release 1.",
                    (
                        "After pruning never to a release that still has `replaces`: it would "
                        "run migrations again."
                    ),
                ]
            )
        case "sql":
            return bullets(
                [
                    (
                        "Until a migration is applied on top: run `sql/3_back.*.sql`, which "
                        "checks that, and deploy "
                        "the old code."
                    ),
                    "After that: only with the backup.",
                ]
            )
