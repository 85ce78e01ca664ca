"""Charts as DOT text.  The only module that knows the graphviz package.

Whatever comes from the project is escaped here: as HTML inside labels, and with doubled
backslashes, since DOT replaces escapes such as backslash N.  Node names are our own.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from html import escape as html_escape
from itertools import pairwise
from math import log2
from typing import TYPE_CHECKING

from analyzer.render.pictures import palette
from analyzer.render.pictures.chart import Arrow, Band, Box, Chart, Picture, Row, Sample, Shelf, columns
from analyzer.render.pictures.runs import clipped
from analyzer.render.svg import plain

if TYPE_CHECKING:
    import graphviz

SIZE = 12
SMALL = 11
MOST_LETTERS = 60
MOST_ASIDE = 90
NOTE_LETTERS = 110
SAMPLES_IN_A_ROW = 4
SWATCH = 52

STROKES = {
    "needs": {"color": palette.LINE},
    "cycle": {"color": palette.WARN},
    "cut": {"color": palette.WARN, "style": "dashed"},
    "hidden": {"style": "invis", "weight": "0"},
}


def picture(chart: Chart, colours: Mapping[str, int]) -> Picture:
    """The chart as DOT; `colours` gives every app its place in the palette."""
    return Picture(chart.name, chart.title, _Drawing(chart, colours).text(), chart.notes)


class _Drawing:
    """One chart on its way to DOT."""

    def __init__(self, chart: Chart, colours: Mapping[str, int]) -> None:
        self.chart = chart
        self.colours = colours
        self.names = {box.key: f"n{index}" for index, box in enumerate(chart.boxes)}

    def text(self) -> str:
        import graphviz

        graph = graphviz.Digraph(
            name="picture",
            graph_attr=_graph_attributes(self.chart),
            node_attr={"shape": "plain", "fontname": palette.FONT, "fontsize": str(SIZE)},
            edge_attr={"fontname": palette.FONT, "fontsize": str(SMALL), "arrowsize": "0.7"},
        )
        self._bands(graph, self.chart.bands)
        for number, group in enumerate(sorted({box.group for box in self.chart.boxes})):
            boxes = [box for box in self.chart.boxes if box.group == group]
            if group:
                with graph.subgraph(name=f"cluster_{number}") as inner:
                    inner.attr(**self._group_attributes(group, boxes[0]))
                    self._boxes(inner, boxes)
            else:
                self._boxes(graph, boxes)
        self._shelves(graph, self.chart.shelves)
        for arrow in self.chart.arrows:
            ends = (self.names[arrow.source], self.names[arrow.target])
            graph.edge(*ends, **_arrow_attributes(arrow))
        return str(graph.source)

    def _boxes(self, graph: graphviz.Digraph, boxes: Iterable[Box]) -> None:
        for box in boxes:
            graph.node(self.names[box.key], label=self._table(box))

    def _bands(self, graph: graphviz.Digraph, bands: tuple[Band, ...]) -> None:
        """Bands below each other, their names at the left: hence they come first."""
        names = [f"band{number}" for number in range(len(bands))]
        for name, band in zip(names, bands, strict=True):
            graph.node(name, label=_label(band.name, palette.MUTED, SIZE + 2))
        for upper, lower in pairwise(names):
            graph.edge(lower, upper, style="invis", weight="50")
        for name, band in zip(names, bands, strict=True):
            with graph.subgraph() as row:
                row.attr(rank="same")
                row.node(name)
                for key in band.keys:
                    row.node(self.names[key])

    def _shelves(self, graph: graphviz.Digraph, shelves: tuple[Shelf, ...]) -> None:
        """An invisible point between shelves: below everything above it, above the rest."""
        for number, (upper, lower) in enumerate(pairwise(shelves)):
            name = f"shelf{number}"
            graph.node(name, shape="point", style="invis", width="0.01")
            for key in upper.bottom:
                graph.edge(name, self.names[key], style="invis", weight=str(int(upper.top == upper.bottom)))
            for key in lower.top:
                graph.edge(self.names[key], name, style="invis")

    def _head(self, box: Box) -> tuple[str, str, str | None]:
        """Colours of a box's head: ground, text, stripe."""
        if box.app is None or box.app not in self.colours:
            return palette.OUTSIDE, palette.INK, None
        ground, stripe = palette.app_colours(self.colours[box.app])
        return ground, palette.text_on(ground), stripe

    def _table(self, box: Box) -> str:
        ground, ink, stripe = self._head(box)
        depth = -(-len(box.rows) // columns(box))
        parts = [box.rows[start : start + depth] for start in range(0, len(box.rows), depth or 1)]
        paired = any(row.aside for row in box.rows)
        span = len(parts) * (2 if paired else 1)
        head = _cell(
            f'<FONT COLOR="{ink}"><B>{_text(box.head)}</B></FONT>',
            ground=ground,
            width=_width(box.head, bold=True),
            more=_span(span) + _hints(box.tip, box.link),
        )
        edge = f'<TD BGCOLOR="{stripe}" WIDTH="8"></TD>' if stripe else ""
        lines = [edge + head]
        for index in range(depth):
            cells = (_row(part[index] if index < len(part) else Row(""), part, paired) for part in parts)
            lines.append(edge + "".join(cells))
        body = "".join(f"<TR>{line}</TR>" for line in lines)
        frame = palette.WARN if box.warn else ground if box.app else palette.LINE
        return (
            f'<<TABLE BORDER="{2 if box.warn else 1}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4" '
            f'COLOR="{frame}" BGCOLOR="{palette.PANEL}">{body}</TABLE>>'
        )

    def _group_attributes(self, group: str, box: Box) -> dict[str, str]:
        ground, _, _ = self._head(box)
        return {"label": _label(group, palette.INK, SIZE + 2), "color": ground, "penwidth": "1.5",
                "margin": "12", "labeljust": "r" if self.chart.sideways else "l"}  # fmt: skip


def _graph_attributes(chart: Chart) -> dict[str, str]:
    return {
        "rankdir": "RL" if chart.sideways else "BT",
        "bgcolor": palette.PAGE,
        "fontname": palette.FONT,
        "label": _header(chart),
        "labelloc": "t",
        "labeljust": "l",
        "nodesep": "0.3",
        "ranksep": "0.5",
        "pad": "0.15",
    }


def _arrow_attributes(arrow: Arrow) -> dict[str, str]:
    attributes = dict(STROKES[arrow.stroke])
    width = 1 + 0.5 * log2(max(arrow.count, 1)) + (0.6 if arrow.stroke == "cut" else 0)
    attributes["penwidth"] = f"{min(width, 5):.2f}"
    if arrow.length > 1:
        attributes["minlen"] = str(arrow.length)
    if not arrow.steers:
        attributes["constraint"] = "false"
    if arrow.tip:
        attributes["tooltip"] = _tip(arrow.tip)
    if arrow.label:
        ink = palette.INK if arrow.stroke == "needs" else palette.WARN
        text = "<BR/>".join(_text(line) for line in arrow.label.split("\n"))
        cell = f'<TD BGCOLOR="{palette.PAGE}"{_title(arrow.tip)}><FONT COLOR="{ink}">{text}</FONT></TD>'
        attributes["label"] = f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="6"><TR>{cell}</TR></TABLE>>'
    return attributes


def _header(chart: Chart) -> str:
    """Title, notes and legend above the picture."""
    lines = [f'<FONT POINT-SIZE="{SIZE + 6}" COLOR="{palette.INK}"><B>{_text(chart.title)}</B></FONT>']
    for note in chart.notes:
        wrapped = textwrap.wrap(note, NOTE_LETTERS, break_long_words=True) or [""]
        lines += [
            f'<FONT POINT-SIZE="{SIZE}" COLOR="{palette.INK}">{_text(line, 200)}</FONT>' for line in wrapped
        ]
    rows = "".join(f'<TR><TD ALIGN="LEFT">{line}</TD></TR>' for line in lines)
    written = max(
        len(chart.title) * (SIZE + 6), *(len(note[:NOTE_LETTERS]) * SIZE for note in ("", *chart.notes))
    )
    samples = [
        chart.legend[start : start + SAMPLES_IN_A_ROW]
        for start in range(0, len(chart.legend), SAMPLES_IN_A_ROW)
    ]
    room = max([int(written * 0.58), *(sum(map(_sample_width, line)) for line in samples)])
    for line in samples:
        filler = f'<TD WIDTH="{max(1, room - sum(map(_sample_width, line)))}"></TD>'
        rows += (
            '<TR><TD ALIGN="LEFT"><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="3">'
            f"<TR>{''.join(map(_sample, line))}{filler}</TR></TABLE></TD></TR>"
        )
    return f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">{rows}</TABLE>>'


def _sample_width(sample: Sample) -> int:
    return _width(sample.text, most=100) + 12 + (0 if sample.sign == "text" else SWATCH + 2)


def _sample(sample: Sample) -> str:
    ground, ink, text = {
        "arrow": (palette.PAGE, palette.LINE, "A --&gt; B"),
        "number": (palette.PAGE, palette.INK, "12"),
        "cut": (palette.PAGE, palette.WARN, "- - - &gt;"),
        "cycle": (palette.PAGE, palette.WARN, "---&gt;"),
        "warn": (palette.WARN_PANEL, palette.INK, "name"),
        "app": (palette.APPS[0], palette.text_on(palette.APPS[0]), "app"),
        "outside": (palette.OUTSIDE, palette.INK, "app"),
        "text": (palette.PAGE, palette.MUTED, ""),
    }[sample.sign]
    swatch = f'<FONT COLOR="{ink}" POINT-SIZE="{SMALL}"><B>{text}</B></FONT>'
    words = f'<FONT COLOR="{palette.MUTED}" POINT-SIZE="{SMALL}">{_text(sample.text, 100)}</FONT>'
    room = _width(sample.text, most=100) + 10
    return (_cell(swatch, ground=ground, width=SWATCH, more="") if text else "") + _cell(
        words, ground=palette.PAGE, width=room, more=""
    )


def _span(cells: int) -> str:
    return f' COLSPAN="{cells}"' if cells > 1 else ""


def _row(row: Row, part: tuple[Row, ...], paired: bool) -> str:
    """One row of a box's column, in two cells where any row has a second part."""
    ground = palette.WARN_PANEL if row.warn else palette.PANEL
    hints = _hints(row.tip, row.link)
    text = f'<FONT COLOR="{palette.INK}">{_text(row.text)}</FONT>' if row.text else ""
    width = max(_width(other.text) for other in part)
    if not paired:
        return _cell(text, ground=ground, width=width, more=hints)
    if not row.aside and not any(other.aside for other in part):
        return _cell(text, ground=ground, width=width, more=hints + _span(2))
    aside = (
        f'<FONT COLOR="{palette.MUTED}" POINT-SIZE="{SMALL}">{_text(row.aside, MOST_ASIDE)}</FONT>'
        if row.aside
        else ""
    )
    room = max(_width(other.aside, most=MOST_ASIDE) for other in part)
    return _cell(text, ground=ground, width=width, more=hints) + _cell(
        aside, ground=ground, width=room, more=hints
    )


def _cell(content: str, *, ground: str, width: int, more: str) -> str:
    return f'<TD BGCOLOR="{ground}" WIDTH="{width}" ALIGN="LEFT"{more}>{content}</TD>'


def _hints(tip: str, link: str | None) -> str:
    return (f' HREF="{_attribute(link)}"' if link else "") + _title(tip)


def _title(tip: str) -> str:
    return f' TITLE="{_attribute(tip)}"' if tip else ""


def _width(text: str, *, bold: bool = False, most: int = MOST_LETTERS) -> int:
    """Room for the text in a wider font than the one measured."""
    return int(8 + len(clipped(text, most)) * SIZE * (0.72 if bold else 0.63))


def _label(text: str, colour: str, size: int) -> str:
    return f'<<FONT COLOR="{colour}" POINT-SIZE="{size}">{_text(text) or "&#160;"}</FONT>>'


def _text(text: str, most: int = MOST_LETTERS) -> str:
    return html_escape(clipped(plain(text), most))


def _attribute(text: str) -> str:
    return html_escape(plain(text)).replace("\\", "\\\\").replace("\n", "&#10;")


def _tip(text: str) -> str:
    import graphviz

    return str(graphviz.escape(plain(text).replace("&", "&amp;")))
