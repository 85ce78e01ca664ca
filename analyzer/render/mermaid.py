"""Charts as Mermaid flowcharts, for pages that draw Mermaid themselves."""

from __future__ import annotations

from analyzer.render.pictures.chart import Arrow, Box, Chart
from analyzer.render.pictures.palette import LINE, WARN

MOST_ROWS = 12

_ESCAPED = str.maketrans({letter: f"#{ord(letter)};" for letter in '"<>&#`\\|;{}'})


def mermaid(chart: Chart) -> str:
    """The chart as a plain flowchart: boxes, arrows, bands as subgraphs."""
    names = {box.key: f"n{index}" for index, box in enumerate(chart.boxes)}
    grouped = _groups(chart)
    lines = ["%% " + _text(chart.title)]
    lines += ["%% " + _text(note) for note in chart.notes]
    lines.append("flowchart " + ("RL" if chart.sideways else "BT"))
    for number, (group, boxes) in enumerate(grouped.items()):
        if group:
            lines.append(f'  subgraph g{number}["{_text(group)}"]')
        lines += [f'  {"  " if group else ""}{names[box.key]}["{_label(box)}"]' for box in boxes]
        if group:
            lines.append("  end")
    marked = [names[box.key] for box in chart.boxes if box.warn or any(row.warn for row in box.rows)]
    arrows = [arrow for arrow in chart.arrows if arrow.stroke != "hidden"]
    lines += [_arrow(arrow, names) for arrow in arrows]
    lines += _styles(arrows, marked)
    return "\n".join(lines) + "\n"


def _groups(chart: Chart) -> dict[str, list[Box]]:
    bands: dict[str, str] = {}
    name = ""
    for band in chart.bands:
        name = band.name or name
        bands.update(dict.fromkeys(band.keys, name))
    grouped: dict[str, list[Box]] = {}
    for box in chart.boxes:
        grouped.setdefault(box.group or bands.get(box.key, ""), []).append(box)
    return grouped


def _label(box: Box) -> str:
    rows = [f"{row.text} {row.aside}".strip() for row in box.rows]
    if len(rows) > MOST_ROWS:
        rows[MOST_ROWS - 1 :] = [f"... and {len(rows) - MOST_ROWS + 1} more"]
    return "<br/>".join([f"<b>{_text(box.head)}</b>", *map(_text, rows)])


def _arrow(arrow: Arrow, names: dict[str, str]) -> str:
    line = "-.->" if arrow.stroke == "cut" else "-->"
    label = f'|"{"<br/>".join(map(_text, arrow.label.split(chr(10))))}"|' if arrow.label else ""
    return f"  {names[arrow.source]} {line}{label} {names[arrow.target]}"


def _styles(arrows: list[Arrow], marked: list[str]) -> list[str]:
    lines = []
    if marked:
        lines += [f"  classDef warn stroke:{WARN},stroke-width:2px", f"  class {','.join(marked)} warn"]
    if arrows:
        lines.append(f"  linkStyle default stroke:{LINE}")
    special = [str(number) for number, arrow in enumerate(arrows) if arrow.stroke != "needs"]
    if special:
        lines.append(f"  linkStyle {','.join(special)} stroke:{WARN}")
    return lines


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _text(text: str) -> str:
    return _plain(text).translate(_ESCAPED)
