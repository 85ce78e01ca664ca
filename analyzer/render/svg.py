"""What Graphviz wrote, made fit for a report: our style sheet, no ids, no node names, sizes in pixels."""

from __future__ import annotations

import re
from html import escape

from analyzer.render.pictures.palette import style_sheet

_DROPPED = re.compile(
    r'<!DOCTYPE[^>]*>\s*|<!--.*?-->\s*|<title>.*?</title>\s*| id="[^"]*"| xml:space="preserve"'
    r'| font-family="[^"]*"|<\?xml[^>]*\?>\s*',
    re.DOTALL,
)
_SIZE = re.compile(r'<svg width="([\d.]+)(?:pt|px)?" height="([\d.]+)(?:pt|px)?"')
_OPENED = re.compile(r"<svg\b[^>]*>")


def plain(text: str) -> str:
    """Text without characters that XML does not allow or that change the direction of reading."""
    return "".join(c if c == "\n" or c.isprintable() else "?" for c in text)


def restyled(svg: str, title: str) -> str:
    """The SVG with light and dark colours by style sheet, and a title for screen readers."""
    svg = _DROPPED.sub("", svg)
    svg = _SIZE.sub(r'<svg role="img" width="\1" height="\2"', svg, count=1)
    head = f"<title>{escape(plain(title), quote=False)}</title>\n<style>{style_sheet()}</style>"
    return _OPENED.sub(lambda opened: f"{opened.group()}\n{head}", svg, count=1)
