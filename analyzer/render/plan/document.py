"""PLAN.md: the reset from its preconditions to the last clean-up, to be carried out to the letter."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from analyzer.history.values import Key
from analyzer.render.markdown.text import bullets, code, codes, section, table, text
from analyzer.render.plan.carried import appendix, carried, freed, references
from analyzer.render.plan.commands import SHELL, named_settings
from analyzer.render.plan.gated import banner, gated
from analyzer.render.plan.steps import TITLES, steps
from analyzer.render.plan.ways_back import backwards
from analyzer.render.words import count, place, plural
from analyzer.reset.decide import Decision
from analyzer.reset.drafts.compose import Drafts
from analyzer.reset.plan import Plan
from analyzer.schema.version import written


def document(plan: Plan, brought: Drafts) -> str:
    """The plan as Markdown; `brought` is what is brought along."""
    lines = [f"# Migration reset of {text(plan.project)}", "", *_summary(plan)]
    lines += section("What becomes of each app", _apps(plan))
    if not plan.feasible:
        lines += section("Why it cannot be done like this", bullets(_obstacles(plan)))
        return "\n".join(lines).rstrip() + "\n"
    parts = [
        ("Before anything else", _before(plan)),
        *steps(plan),
        ("What makemigrations does not write", carried(plan, brought)),
        ("References to fix", references(plan, brought)),
        ("Code that is free to go", freed(brought)),
        ("How to go back", backwards(plan)),
        ("What to tell the team", _team(plan)),
        ("Afterwards", _afterwards(plan)),
        ("What is not known", bullets(_unknown(plan))),
        ("Appendix: other tools", appendix(plan)),
    ]
    for number, (title, block) in enumerate(((title, block) for title, block in parts if block), 1):
        lines += section(f"{number}. {title}", block)
    return "\n".join(lines).rstrip() + "\n"


# ---------------------------------------------------------------- what it comes to


def _summary(plan: Plan) -> list[str]:
    done = [one for one in plan.decisions if one.verdict in ("reset", "squash")]
    lines = banner(plan)
    if not plan.feasible:
        lines += [
            "**It cannot be done like this;** why stands at the end.",
            "",
        ]
    if done:
        lines += [*_numbers(plan, done), "", *bullets(_capital(reason) for reason in plan.reasons), ""]
    if plan.blocked:
        names = codes(one.app for one in plan.blocked)
        lines += [f"**Blocked for now:** {names}, see below. They are left out of everything here.", ""]
    if done:
        where = (
            "All commands run in a POSIX shell at the root of the project, where the paths of the lists "
            "begin. Say first where this folder lies: `PLAN=path/to/this/folder`. Git 2.26 or newer."
        )
        lines += [where, "", f"Other procedures: {', '.join(_others(plan))}.", ""]
    return lines


def _capital(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def _numbers(plan: Plan, done: Sequence[Decision]) -> list[str]:
    before, after = sum(one.before for one in done), sum(one.after for one in done)
    operations = count(sum(one.operations for one in done), "operation")
    files = f"{count(len(done), 'app')}: {count(before, 'migration file')} with {operations}"
    gain = (
        f"A fresh database, and with it every run of the tests, then applies {count(after, 'migration')} "
        f"instead of {before} for these apps; how much time that is worth, measure with "
        f"`python {plan.manage} migrate` on an empty database before and after."
    )
    return [f"Procedure: **{TITLES[plan.procedure]}**. {files} become {count(after, 'file')}.", "", gain]


def _others(plan: Plan) -> Iterator[str]:
    for name, title in TITLES.items():
        if name != plan.procedure:
            yield f"{title} (`migscan plan --procedure {name}`)"


def _apps(plan: Plan) -> list[str]:
    rows = [
        [code(one.app), one.verdict, str(one.before), str(one.operations), _after(one), _why(one)]
        for one in plan.decisions
    ]
    return table(["app", "decision", "files#", "operations#", "files after#", "why"], rows)


def _after(one: Decision) -> str:
    return str(one.after) if one.verdict in ("reset", "squash") else str(one.before)


def _why(one: Decision) -> str:
    seen = f" ({code(place(one.file, one.line))})" if one.file and one.line else ""
    return f"{text(one.why)}{seen}" if one.why else ""


def _obstacles(plan: Plan) -> Iterator[str]:
    if not plan.apps:
        yield "No app is left whose migrations could be replaced; see the reasons above."
    if plan.layout.why:
        yield f"`makemigrations` would write nothing: {text(plan.layout.why)}."
    if plan.knot:
        yield from _knotted(plan)
    if plan.procedure == "replaces" and not plan.partition.possible:
        yield from impossible(plan)


def _knotted(plan: Plan) -> Iterator[str]:
    new = {migration.key for migration in plan.layout.migrations}
    steps = list(zip(plan.knot, plan.knot[1:], strict=False))
    turns = [key for place, (key, after) in enumerate(steps) if key[0] != after[0] or _enters(steps, place)]
    way = " → ".join(code(".".join(key)) for key in (*turns, plan.knot[-1]))
    kept = sorted({key[0] for key in plan.knot if key not in new} & {one.app for one in plan.decisions})
    if kept:
        yield (
            f"Migrations that stay would need new ones that need them: {way}. Reset {codes(kept)} together "
            "with the others, after what blocks them is out of the way."
        )
    else:
        yield (
            f"Django would not load what `makemigrations` writes (CircularDependencyError): {way}. A package "
            "needs the first migration of an app that needs the package. Write that app's first file by "
            "hand: leave in it only what needs none of these, and put the other operations into a second one."
        )


def _enters(steps: Sequence[tuple[Key, Key]], place: int) -> bool:
    """Whether a way comes to an app with that step."""
    return place == 0 or steps[place - 1][0][0] != steps[place][0][0]


def impossible(plan: Plan) -> Iterator[str]:
    """Why no `replaces` can be shared out, and which dependencies would have to move."""
    shared = plan.partition
    if shared.why:
        yield f"`replaces` cannot be shared out: {text(shared.why)}."
    if shared.circle:
        way = " → ".join(
            f"{code('.'.join(bond.child))} needs {code('.'.join(bond.parent))}" for bond in shared.circle
        )
        yield f"**Impossible, because** {way}, and so on in a circle."
    if shared.moves:
        moves = ", ".join(f"{code('.'.join(a))} → {code('.'.join(b))}" for a, b in shared.moves)
        yield (
            f"Without {plural(len(shared.moves), 'this')[:5]} "
            f"{plural(len(shared.moves), 'dependency')} it could "
            f"be done: {moves}. Where an operation can be moved so that one is not needed, "
            f"move it, and plan anew."
        )
    yield "The placeholder procedure needs no `replaces`: `migscan plan --procedure placeholder`."


# ---------------------------------------------------------------- parts of the plan


def _before(plan: Plan) -> list[str]:
    manage = shlex.quote(plan.manage)
    compare = " ".join(f"--applied {shlex.quote(f'{name}={file}')}" for name, file in plan.environments)
    compare = f"{compare or '--applied prod=prod.csv --applied dev=dev.csv'}{named_settings(plan)}"
    helpers = [path for package in plan.packages.values() for path in package.helpers]
    lines = [
        "1. Freeze merges that touch models or migrations, and list the open branches that do:",
        "",
        SHELL,
        "git fetch --all --quiet",
        "for branch in $(git for-each-ref --format='%(refname:short)' refs/heads refs/remotes); do",
        "  git diff --quiet \"HEAD...$branch\" -- '*/migrations/*' '*models*' || echo \"$branch\"",
        "done",
        "```",
        "",
        "2. Models and migrations agree, under every settings module you use (exit code 0):",
        "",
        SHELL,
        f"python {manage} makemigrations --check --dry-run",
        "```",
        "",
        (
            "3. Every environment is up to date. With the code that is deployed there, for every "
            "database alias "
            "and every tenant's schema, this must be 0 before you go on:"
        ),
        "",
        SHELL,
        f"python {manage} migrate --check --database=default",
        "```",
        "",
        (
            "4. Export `app, name, applied` of `django_migrations` from each of them "
            "(`showmigrations` hides rows "
            "that have no file), and compare; nothing may be missing or unexplained:"
        ),
        "",
        SHELL,
        f"migscan compare . {compare}",
        "```",
        "",
        *gated(plan),
        "5. Pin the installed packages: none is upgraded in the same release.",
        (
            "6. Keep the schema and the rows of a database made by the old migrations, to "
            "compare with later: "
            f"create an empty one, `python {manage} migrate`, then `pg_dump -s --no-owner "
            f"--no-privileges` (or "
            "`mysqldump --no-data`, `sqlite3 FILE .schema`), and `dumpdata` of the tables that "
            "migrations fill."
        ),
        "7. Back up every database.",
        (
            "8. `git tag before-migration-reset`: dumps from before this point can only be "
            "migrated by that code."
        ),
    ]
    if helpers:
        lines.append(
            f"9. Move these modules out of their migrations package, with all that imports "
            f"them, and deploy: "
            f"{codes(helpers)}. While they are there Django writes no first migration for their app."
        )
    return lines


def _team(plan: Plan) -> list[str]:
    return bullets(
        [
            "From the freeze until the last release is out: no new migrations, no change of models.",
            (
                f"On a branch with migrations of these apps ({codes(plan.apps)}): delete "
                f"them, merge the main "
                f"branch, run `python {plan.manage} makemigrations` again. A migration that was "
                f"written on top of "
                "a deleted one must never be merged."
            ),
            "A development database is migrated on each release in turn, or made anew.",
            (
                "Dumps and snapshots from before are restored with the code of the tag "
                "`before-migration-reset`, "
                "migrated there, and only then used with newer code."
            ),
        ]
    )


def _afterwards(plan: Plan) -> list[str]:
    return bullets(
        [
            (
                f"`migscan verify . --base before-migration-reset{named_settings(plan)}` ends with 0: the "
                "new files make the same tables, rows and hidden schema as the old ones, as far as source "
                "tells."
            ),
            (
                "Compare the schema of an empty database migrated by the new files with the "
                "one that you kept, "
                "columns sorted and generated constraint names left out; then its rows. Nothing "
                "but their order "
                "may differ."
            ),
            f"`python {plan.manage} makemigrations --check --dry-run` is 0, the tests pass.",
            (
                "Make a change to a model on a scratch branch and run `makemigrations`: the name "
                "that it writes "
                "must not be among the rows of any export."
            ),
        ]
    )


def _unknown(plan: Plan) -> Iterable[str]:
    layout = plan.layout
    unsure = [".".join(one.key) for one in layout.migrations if not one.certain]
    if unsure and plan.procedure != "squash":
        yield f"In {codes(unsure)} something is not certain; `layout.md` says what and why."
    if layout.others and plan.procedure != "squash":
        versions = ", ".join(map(written, layout.others))
        yield (
            f"Everything here is for Django {written(layout.django)}. With {versions}, which "
            f"the requirements "
            "allow, other files would be written: say `--django-version X.Y` and plan anew."
        )
    if plan.unread:
        yield f"Of {codes(plan.unread)} no migrations are known: what they need of these apps was not seen."
    if plan.gates:
        yield "Databases: only the exports of `django_migrations` were compared, no schema and no rows."
    else:
        yield "Databases and their contents: nothing here was compared with one."
