"""PLAN.md: the reset from its preconditions to the last clean-up, to be carried out to the letter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from analyzer.render.markdown.text import bullets, code, codes, section, table, text
from analyzer.render.plan.before import before
from analyzer.render.plan.carried import appendix, carried, freed, references
from analyzer.render.plan.commands import TAG, named_settings, shell
from analyzer.render.plan.gated import banner
from analyzer.render.plan.obstacles import obstacles
from analyzer.render.plan.steps import TITLES, steps
from analyzer.render.plan.ways_back import backwards
from analyzer.render.words import count, place
from analyzer.reset.decide import Decision
from analyzer.reset.drafts.compose import Drafts
from analyzer.reset.plan import Plan
from analyzer.schema.version import written


def document(plan: Plan, brought: Drafts) -> str:
    """The plan as Markdown; `brought` is what is brought along."""
    lines = [f"# Migration reset of {text(plan.project)}", "", *_summary(plan)]
    lines += section("What becomes of each app", _apps(plan))
    if not plan.feasible:
        lines += section("Why it cannot be done like this", bullets(obstacles(plan)))
        return "\n".join(lines).rstrip() + "\n"
    parts = [
        ("Before anything else", before(plan)),
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
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


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
            "begin, with Git 2.26 or newer. Say first where the folder of this file lies:"
        )
        lines += [
            where,
            *shell("PLAN=path/to/this/folder"),
            f"Other procedures: {', '.join(_others(plan))}.",
            "",
        ]
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
    beside = sum(map(len, plan.extras.values())) if plan.procedure in ("placeholder", "sql") else 0
    more = f", and {beside} more for what `makemigrations` does not write" if beside else ""
    become = f"{files} become {count(after, 'file')}{more}."
    return [f"Procedure: **{TITLES[plan.procedure]}**. {become}", "", gain]


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


# ---------------------------------------------------------------- parts of the plan


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
                f"Dumps and snapshots from before are restored with the code of the tag `{TAG}`, "
                "migrated there, and only then used with newer code."
            ),
        ]
    )


def _afterwards(plan: Plan) -> list[str]:
    return bullets(
        [
            (
                f"`migscan verify . --base {TAG}{named_settings(plan)}` once more: the new files make the "
                "same tables, rows and hidden schema as the old ones, as far as source tells."
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
