"""The JSON Schemas of our documents, published beside the code that writes these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from analyzer.render import comparison_json, json, verified
from analyzer.render.findings import json as findings
from analyzer.render.plan import json as plan

SCHEMAS: Mapping[str, Callable[[], str]] = {
    "check": findings.schema,
    "compare": comparison_json.schema,
    "plan": plan.schema,
    "report": json.schema,
    "verify": verified.schema,
}
"""By the name of the command."""


def published(command: str) -> Path:
    """Where the schema of what a command writes lies."""
    return Path(__file__).parent / f"{command}.schema.json"
