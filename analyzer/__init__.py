"""migscan reads Django projects as source.  The public surface, imported when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.version import __version__

if TYPE_CHECKING:
    from analyzer.analysis import Analysis, analyse
    from analyzer.audits.rules import Finding, Rule

__all__ = ["Analysis", "Finding", "Rule", "__version__", "analyse"]

_HOMES = {
    "Analysis": "analyzer.analysis",
    "analyse": "analyzer.analysis",
    "Finding": "analyzer.audits.rules",
    "Rule": "analyzer.audits.rules",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
