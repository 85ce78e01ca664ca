"""The plan of a reset as files: PLAN.md, the review sheet of the layout, and the artefacts."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.render.plan.artefacts import artefacts
from analyzer.render.plan.document import document
from analyzer.render.plan.sheet import sheet
from analyzer.reset.plan import Plan


def plan_files(plan: Plan, drafts: Mapping[str, str] | None = None) -> dict[str, str]:
    """The content of the files by path below the plan's folder.

    `drafts` are files that bring over what `makemigrations` does not write, by path below `drafts/`.
    """
    written = {f"drafts/{path}": text for path, text in sorted((drafts or {}).items())}
    files = {"PLAN.md": document(plan, tuple(written))}
    if plan.apps and plan.procedure != "squash":
        files["layout.md"] = sheet(plan)
    return files | artefacts(plan) | written
