"""What must hold before a reset begins, as numbered steps of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.render.markdown.text import bullets, code, codes, text
from analyzer.render.plan.commands import TAG, compared, manage, shell
from analyzer.render.plan.gated import gated
from analyzer.render.words import count, place
from analyzer.reset.plan import Plan

SHOWN = 30

Step = tuple[str, list[str]]
"""What to do, and what stands below it."""


def before(plan: Plan) -> list[str]:
    """The steps, numbered."""
    return list(_numbered(_steps(plan)))


def _numbered(steps: Iterable[Step]) -> Iterator[str]:
    for number, (said, below) in enumerate(steps, 1):
        yield f"{number}. {said}"
        yield from below


def _steps(plan: Plan) -> Iterator[Step]:
    yield (
        "Freeze merges that touch models or migrations, and list the open branches that do:",
        shell(*BRANCHES),
    )
    yield (
        "Models and migrations agree, under every settings module you use (exit code 0):",
        shell(manage(plan, "makemigrations", "--check", "--dry-run")),
    )
    helpers = [path for package in plan.packages.values() for path in package.helpers]
    if helpers:
        yield (
            (
                "Move these modules out of their migrations package, with all that imports them, and "
                f"deploy: {codes(helpers)}. While they are there Django writes no first migration for "
                "their app. Then plan anew, for drafts take from them what they need."
            ),
            [],
        )
    yield (
        (
            "Every environment is up to date. With the code that is deployed there, for every database "
            "alias and every tenant's schema, this must be 0 before you go on:"
        ),
        shell(manage(plan, "migrate", "--check", "--database=default")),
    )
    yield (
        (
            "Export `app, name, applied` of `django_migrations` from each of them (`showmigrations` "
            "hides rows that have no file):"
        ),
        shell(*EXPORT),
    )
    yield (
        (
            "Compare the exports with the files. It must end with 0 and say *A reset is not blocked*; "
            "what blocks is told with what to do:"
        ),
        [*shell(compared(plan)), *gated(plan)],
    )
    if plan.state_only:
        yield _real_now(plan)
    yield "Pin the installed packages: none is upgraded in the same release.", []
    yield (
        (
            "Keep the schema and the rows of a database made by the old migrations, to compare with "
            f"later: create an empty one, `{manage(plan, 'migrate')}`, then `pg_dump -s --no-owner "
            "--no-privileges` (or `mysqldump --no-data`, `sqlite3 FILE .schema`), and `dumpdata` of the "
            "tables that migrations fill."
        ),
        [],
    )
    yield "Back up every database.", []
    yield f"`git tag {TAG}`: dumps from before this point can only be migrated by that code.", []


BRANCHES = (
    "git fetch --all --quiet",
    "for branch in $(git for-each-ref --format='%(refname:short)' refs/heads refs/remotes); do",
    "  git diff --quiet \"HEAD...$branch\" -- '*/migrations/*' '*models*' || echo \"$branch\"",
    "done",
)
EXPORT = (
    (
        'psql "$URL" -c "\\copy (SELECT app, name, applied FROM django_migrations ORDER BY id) '
        "TO 'prod.csv' CSV HEADER\""
    ),
    "# or: mysql -B -e 'SELECT app, name, applied FROM django_migrations ORDER BY id' DATABASE > prod.tsv",
    "# or: the SQLite file itself",
)


def _real_now(plan: Plan) -> Step:
    said = (
        "These operations changed what Django believes and no table (`SeparateDatabaseAndState`). The "
        "new files make it for real, so that a fresh database gets what an existing one may lack, or "
        "lacks what an existing one has. Nothing is to be done where the table was there under another "
        "name: a model that moved, or a table in between that got a model. Look at every database; where "
        "it differs from the models, bring it up with a migration of its own, deployed before the reset:"
    )
    found = [
        f"{code(f'{one.app}.{one.migration}')}, {code(place(one.file, one.line))}: "
        f"{codes(one.said)}{_maybe(one.maybe)}"
        for one in plan.state_only[:SHOWN]
    ]
    left = len(plan.state_only) - SHOWN
    rest = [f"and {count(left, 'more')}"] if left > 0 else []
    return said, ["", *(f"   {line}" for line in bullets([*found, *rest])), ""]


def _maybe(why: str) -> str:
    return f" (for some databases only: {text(why)})" if why else ""
