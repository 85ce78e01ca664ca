"""The plan of a reset as files: PLAN.md, the review sheet of the layout, and the artefacts."""

from __future__ import annotations

from analyzer.render.plan.artefacts import artefacts
from analyzer.render.plan.document import document
from analyzer.render.plan.sheet import sheet
from analyzer.reset.drafts.compose import Drafts
from analyzer.reset.plan import Plan

NOTHING = Drafts()


def plan_files(plan: Plan, brought: Drafts = NOTHING) -> dict[str, str]:
    """The content of the files by path below the plan's folder.

    `brought` are drafts of what `makemigrations` does not write, and what names the old migrations.
    """
    files = {"PLAN.md": document(plan, brought)}
    if plan.apps and plan.procedure != "squash":
        files["layout.md"] = sheet(plan)
    return files | artefacts(plan) | {f"drafts/{path}": text for path, text in brought.texts.items()}
