"""Two projects given as text whose migrations are compared, as tests look at them."""

from __future__ import annotations

from pathlib import Path

from analyzer.analysis import worked_out
from analyzer.options import Options
from analyzer.pipeline import Examined
from analyzer.reset.verify import Verified, verify
from analyzer.sources import sources
from tests.projects import project

ALONE = Options(jobs=1, cache=False)


def examined(text: str) -> Examined:
    """Everything that is known about a project."""
    with project(text) as root:
        return examined_at(root)


def examined_at(root: Path) -> Examined:
    return worked_out(sources(root, ALONE), ALONE)


def verified(old: str, new: str) -> Verified:
    """What the migrations of two projects add up to differently."""
    return verify(examined(old), examined(new))


def shown(found: Verified) -> list[str]:
    """The differences without their places."""
    return [f"{one.kind}: {one.model} {one.part}: {one.why}" for one in found.differences]
