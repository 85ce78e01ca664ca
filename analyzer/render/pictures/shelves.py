"""What does not hang together goes on below instead of beside: pictures grow longer, not wider."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.graphs.levels import levels
from analyzer.render.pictures.chart import Arrow, Box, Shelf, box_width

SHELF_WIDTH = 1400
"""Estimated width at which boxes that do not hang together go on below."""


def shelves(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> tuple[Shelf, ...]:
    """Boxes that hang together side by side up to a width, the rest below: longer instead of wider."""
    edges: dict[str, set[str]] = {box.key: set() for box in boxes}
    for arrow in arrows:
        if arrow.steers:
            edges[arrow.source].add(arrow.target)
    widths = {box.key: box_width(box) for box in boxes}
    groups = sorted(
        ((_group_width(keys, edges, widths), keys) for keys in connected(edges, arrows)),
        key=lambda item: (len(item[1]) == 1, -len(item[1]), item[1]),
    )
    lines: list[list[str]] = []
    used, single = SHELF_WIDTH, False
    for width, keys in groups:
        if used + width > SHELF_WIDTH or single != (len(keys) == 1):
            lines.append([])
            used, single = 0, len(keys) == 1
        lines[-1] += keys
        used += width
    return tuple(_shelf(keys, edges) for keys in lines)


def _shelf(keys: list[str], edges: dict[str, set[str]]) -> Shelf:
    """The boxes that stand highest and lowest; in a cycle those of its level."""
    of = levels(keys, edges).of
    needed = {target for key in keys for target in edges[key]}
    lowest = [key for key in keys if key not in needed] or [k for k in keys if of[k] == max(of.values())]
    return Shelf(top=tuple(key for key in keys if of[key] == 0), bottom=tuple(lowest))


def connected(edges: dict[str, set[str]], arrows: Sequence[Arrow]) -> list[list[str]]:
    """The keys in groups that hang together by arrows."""
    near: dict[str, set[str]] = {key: set() for key in edges}
    for arrow in arrows:
        near[arrow.source].add(arrow.target)
        near[arrow.target].add(arrow.source)
    groups, seen = [], set[str]()
    for start in sorted(near):
        if start not in seen:
            group, todo = {start}, [start]
            while todo:
                new = near[todo.pop()] - group
                group |= new
                todo += sorted(new)
            seen |= group
            groups.append(sorted(group))
    return groups


def _group_width(keys: list[str], edges: dict[str, set[str]], widths: dict[str, int]) -> int:
    return max(sum(widths[key] for key in row) for row in levels(keys, edges).rows)
