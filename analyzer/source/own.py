"""What migscan wrote into the tree by itself, as the manifest of a report or a plan lists it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from analyzer.source.inside import read_inside

MANIFEST = ".migscan-manifest.json"
MAX_SIZE = 50_000_000


class _Listing(msgspec.Struct, frozen=True):
    files: dict[str, object] = {}


def own_files(root: Path, directory: str) -> frozenset[str]:
    """The files that the manifest in a directory lists, relative to `root`; none if it is no manifest."""
    above = f"{directory}/" if directory else ""
    data = read_inside(root, f"{above}{MANIFEST}", MAX_SIZE)
    try:
        listing = msgspec.json.decode(data or b"{}", type=_Listing)
    except (msgspec.MsgspecError, RecursionError):
        return frozenset()
    return frozenset(f"{above}{name}" for name in listing.files)
