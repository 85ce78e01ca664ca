"""The comparison of environments as a page: for a merge request, a ticket or the record of a reset."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.render.comparison import WORDS, general, matrix, of, source, steps, verdict
from analyzer.render.links import Link, no_link
from analyzer.render.markdown.text import bullets, code, long_table, message, section, table, text, where
from analyzer.reset.environments_values import Comparison, Situation

GROUND = (
    "Exports of `django_migrations` beside the migration files, read by migscan without Django and without a "
    "database."
)


def comparison_markdown(comparison: Comparison, link: Link = no_link) -> str:
    """The whole page; the same text for the same exports and files."""
    title = "after the reset" if comparison.expect_new else "before a reset"
    lines = [
        f"# {text(comparison.project)}: environments {title}",
        "",
        GROUND,
        "",
        f"**{text(verdict(comparison))}**",
        "",
    ]
    lines += [*_environments(comparison), ""]
    lines += section("Apps", _matrix(comparison))
    shared = general(comparison)
    lines += section("All environments", _situations(shared, link), _steps(shared))
    for one in comparison.environments:
        found = of(comparison, one)
        head = f"{text(one.label)}: {WORDS[one.verdict]}"
        lines += section(head, _situations(found, link), _steps(found))
    lines += section("Environments against each other", _differences(comparison))
    lines += section("Not checked", bullets(text(one) for one in comparison.open))
    return "\n".join(lines).rstrip() + "\n"


def _environments(comparison: Comparison) -> list[str]:
    rows = [
        [text(one.label), code(one.file), text(source(one)), WORDS[one.verdict]]
        for one in comparison.environments
    ]
    return table(["Environment", "Export", "What it is", "Verdict"], rows)


def _matrix(comparison: Comparison) -> list[str]:
    labels = [text(one.label) for one in comparison.environments]
    rows = [[code(app), *map(text, cells)] for app, cells in matrix(comparison)]
    return long_table("apps", ["App", *labels], rows)


def _situations(found: Sequence[Situation], link: Link) -> list[str]:
    lines: list[str] = []
    for one in found:
        lines.append(f"- **{one.code}** {one.verdict.value}: {message(one.message)}")
        lines += [f"  - {where(link, proof.file, proof.line)} {text(proof.what)}" for proof in one.evidence]
    return lines


def _steps(found: Sequence[Situation]) -> list[str]:
    listed = steps(found)
    return (
        ["Do this:", "", *(f"{number}. {text(step)}" for number, step in enumerate(listed, 1))]
        if listed
        else []
    )


def _differences(comparison: Comparison) -> list[str]:
    rows = [
        [code(f"{one.app}.{one.name}"), text(", ".join(one.present)), text(", ".join(one.absent))]
        for one in comparison.differences
    ]
    return long_table("migrations", ["Migration", "Recorded in", "Not in"], rows) if rows else []
