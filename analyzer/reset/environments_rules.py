"""The rules MS601 to MS620 as data: what each situation means, and what to do about it.

Their examples are projects with exports; `environments.compare` finds in `bad` exactly the rule's code and
in `good` nothing.  How bad a situation is may depend on the case: the severity here is the usual one.
"""

from __future__ import annotations

from analyzer.audits.rules import Rule, Severity
from analyzer.reset import environments_examples as ex

_URL = "https://docs.djangoproject.com/en/stable/topics/migrations/"
_SQUASHING = f"{_URL}#squashing-migrations"


def _rule(
    code: str, name: str, severity: Severity, title: str, why: str, fix: str, bad: str,
    good: str = ex.PLAIN, url: str | None = None,
) -> Rule:  # fmt: skip
    return Rule(code, name, severity, title, why, fix, bad, good, url)


BLOCKER, ADVICE, FINE = Severity.ERROR, Severity.WARNING, Severity.NOTE

RULES: tuple[Rule, ...] = (
    _rule(
        "MS601", "environment-behind", BLOCKER,
        "Migrations on disk are not applied in an environment",
        "A reset records the new migrations as done. What this environment still lacks is then never "
        "applied, while `migrate --check` and `makemigrations --check` say that all is well.",
        "Deploy the code that is to be reset, run `migrate` there, export again.",
        ex.TWO + ex.export("blog.0001_initial"),
    ),
    _rule(
        "MS602", "row-without-file", BLOCKER,
        "A migration is recorded, and there is no file of it",
        "Something ran there that the project does not hold: another branch, code that was rolled back, a "
        "hot fix, or a squash whose rows were never pruned. Its schema is in the database, in no migration.",
        "Find where it comes from (Git history is searched), bring the file back or undo what it did; rows "
        "of a former generation go with `migrate --prune`.",
        ex.TWO + ex.export("blog.0001_initial", "blog.0002_title", "blog.0003_hotfix"),
    ),
    _rule(
        "MS603", "renamed-migration", BLOCKER,
        "An applied migration's file was renamed",
        "For Django the new name has never run: it would run again on tables that exist.",
        "Rename the row as well: UPDATE django_migrations SET name = … after comparing both files.",
        ex.TWO + ex.export("blog.0001_initial", "blog.0002_heading"),
    ),
    _rule(
        "MS604", "inconsistent-history", BLOCKER,
        "A migration is applied before one that it depends on",
        "Django raises InconsistentMigrationHistory on every `migrate` and `makemigrations`.",
        "Record the parent where its effect is in the database, else take the dependency away or run it.",
        ex.TWO + ex.export("blog.0002_title"),
        url=f"{_URL}#history-consistency",
    ),
    _rule(
        "MS605", "squash-not-recorded", ADVICE,
        "All that a squash replaces is applied, but the squash is not recorded",
        "Django counts the squash as applied only as long as its file says `replaces`; once that is gone, "
        "it takes the squash for new.",
        "Run `migrate` once, which records it, before `replaces` is removed.",
        ex.PACKAGE + ex.SQUASH + ex.BOTH,
        url=_SQUASHING,
    ),
    _rule(
        "MS606", "squash-partly-applied", BLOCKER,
        "Only a part of what a squash replaces is applied",
        "Django then goes on with the old files. Where they are gone, it passes over what is missing "
        "without a word, or fails with NodeNotFoundError.",
        "Deploy the last release that has the old files and migrate there, before the squash is deployed.",
        ex.PACKAGE + ex.SQUASH + ex.export("blog.0001_initial"),
        url=_SQUASHING,
    ),
    _rule(
        "MS607", "replaced-rows-gone", BLOCKER,
        "A squash is recorded, the rows of what it replaces are gone, and its file still says `replaces`",
        "Django judges a squash by what it replaces: without those rows it is not applied and would run.",
        "Remove `replaces` from the file, or write the rows again.",
        ex.WHOLE,
        url=_SQUASHING,
    ),
    _rule(
        "MS608", "squash-finished", FINE,
        "A squash is recorded in every environment",
        "Nothing needs `replaces` and the old files any more.",
        "Delete the old files, remove `replaces`, deploy everywhere, then `migrate APP --prune`.",
        ex.PACKAGE + ex.SQUASH + ex.export("blog.0001_initial", "blog.0002_title", "blog.0001_squashed"),
        url=_SQUASHING,
    ),
    _rule(
        "MS609", "name-used-again", BLOCKER,
        "A row is older than the migration's file",
        "Names are made of content and come again after a reset. The row of an older migration of that name "
        "makes Django pass over the new one.",
        "Give the new file another name, or remove the old row where nothing needs it.",
        ex.PACKAGE + ex.FIRST + ex.migration("0002_title", "0001_initial", on="2024-06-20 09:30") + ex.BOTH,
        ex.PACKAGE + ex.FIRST + ex.migration("0002_title", "0001_initial", on="2024-04-20 09:30") + ex.BOTH,
    ),
    _rule(
        "MS610", "probably-faked", ADVICE,
        "Rows that no run of `migrate` leaves behind",
        "`--fake`, SQL and backups write rows without doing what the migrations do, and no column tells them "
        "apart. Only their dates give them away.",
        "Compare the schema of that database with a new one before trusting these rows.",
        ex.TWO + ex.export("blog.0001_initial", "blog.0002_title", dates=["2024-05-01 10:00:00.5"] * 2),
    ),
    _rule(
        "MS611", "applied-out-of-order", ADVICE,
        "A migration was applied before one that it depends on",
        "Django would not do that: a row was written by hand, a dependency came later, or a clock was wrong.",
        "See whether the effect of both is in the database.",
        ex.PACKAGE + ex.FIRST + ex.SECOND + ex.migration("0003_body", "0002_title")
        + ex.export("blog.0001_initial", "blog.0003_body", "blog.0002_title"),
    ),
    _rule(
        "MS612", "row-twice", ADVICE,
        "A migration has two rows",
        "The table has no unique constraint: two processes ran `migrate` at the same time, and data "
        "migrations may have run twice.",
        "Let one process migrate at a time; look for rows made twice; remove the younger row.",
        ex.TWO + ex.export("blog.0001_initial", "blog.0002_title", "blog.0002_title"),
    ),
    _rule(
        "MS613", "app-relabelled", BLOCKER,
        "The rows of an app stand under its former label",
        "For Django the app is new: it would create tables that exist under another name.",
        "Let the rows and the content types follow the label with an UPDATE at the deploy.",
        ex.TWO + ex.export("journal.0001_initial", "journal.0002_title"),
    ),
    _rule(
        "MS614", "app-gone", ADVICE,
        "Rows of an app that is not there any more",
        "Its tables, content types and permissions are left over, and a later app may take its label.",
        "Make sure that it is meant to be gone, then drop what is left and remove its rows.",
        ex.TWO + ex.export("blog.0001_initial", "blog.0002_title", "shop.0001_initial"),
    ),
    _rule(
        "MS615", "migrations-not-loaded", BLOCKER,
        "Rows of an app whose migrations Django does not load",
        "Without a migrations package the app counts as one without migrations: `makemigrations` says that "
        "nothing changed, and a new database gets no tables.",
        "Restore the package with its __init__.py, or name the settings of that environment.",
        ex.TWO.replace("# blog/migrations/__init__.py\n", "") + ex.BOTH,
    ),
    _rule(
        "MS616", "environments-apart", ADVICE,
        "Packages stand at different versions, or the first environment has more than a later one",
        "A fake for a reset would also fake a package's waiting migrations; a migration that only production "
        "has came there some other way than through the others.",
        "Bring packages to one version everywhere first; find out what the first environment runs.",
        ex.packaged(
            ex.with_package("sessions.0002_more"), ex.with_package(file="dev.csv")
        ).replace("Django==5.2\n", ""),
        ex.packaged(ex.with_package(), ex.with_package(file="dev.csv")),
    ),
    _rule(
        "MS617", "row-not-in-package", ADVICE,
        "A package's app has a row that the package has no file for",
        "Somebody ran `makemigrations` on a machine where it wrote into the installed package, or the row "
        "is of another version. Nothing that depends on it can be deployed.",
        "See what it changed, keep changes of one's own under MIGRATION_MODULES, then remove the row.",
        ex.packaged(ex.with_package("sessions.0002_alter_session")),
        ex.packaged(ex.with_package()),
    ),
    _rule(
        "MS618", "leaves-in-environment", BLOCKER,
        "An app has several leaf nodes, and the environment has some of them",
        "`migrate` refuses to run until they are merged, so this environment cannot get the rest.",
        "`makemigrations --merge`, deploy, migrate.",
        ex.TWO + ex.migration("0003_body", "0002_title") + ex.migration("0003_slug", "0002_title")
        + ex.export("blog.0001_initial", "blog.0002_title", "blog.0003_body"),
    ),
    _rule(
        "MS619", "reset-half-done", BLOCKER,
        "Rows of the former and of the new migrations, or a part of the new ones",
        "The row changes were interrupted, the new code met a database that was not prepared, or an old "
        "release ran `migrate` after the rows were replaced, data migrations included.",
        "Stop the old release, go back to the backup of django_migrations, carry the procedure through.",
        ex.PACKAGE + ex.migration("0001_initial", on="2024-06-20 09:30", initial=True)
        + ex.migration("0002_initial", "0001_initial", on="2024-06-20 09:30", initial=True)
        + ex.export("blog.0001_initial", "blog.0002_title", "blog.0003_body"),
    ),
    _rule(
        "MS620", "databases-differ", BLOCKER,
        "The databases or tenants of one environment hold different rows",
        "Every database has its own table, and `migrate` touches one: those left out are behind.",
        "Migrate every database and every tenant's schema.",
        ex.TWO + ex.export("blog.0001_initial", "blog.0002_title", file="prod.1.csv")
        + ex.export("blog.0001_initial", file="prod.2.csv"),
        ex.TWO + ex.export("blog.0001_initial", "blog.0002_title", file="prod.1.csv")
        + ex.export("blog.0001_initial", "blog.0002_title", file="prod.2.csv"),
    ),
)  # fmt: skip
"""In the order of their codes."""
