"""Colours, and what they become on a dark page.

Hues of apps are Paul Tol's muted scheme, which colour-blind readers can tell apart; its two reds
are left out, so that the warning colour is used for nothing else.  Every role has a value of its
own: the style sheet that turns a picture dark finds its elements by colour.
"""

from __future__ import annotations

PAGE = "#fffffd"
PANEL = "#fffffe"
INK = "#1f2933"
MUTED = "#5c6b7a"
LINE = "#7b8794"
OUTSIDE = "#e1e6eb"
WARN = "#c4320a"
WARN_PANEL = "#fde4dc"
ON_DARK = "#fffffc"
ON_LIGHT = "#10151b"

APPS = ("#4477aa", "#ddcc77", "#117733", "#88ccee", "#aa4499", "#999933", "#332288", "#44aa99")

DARK = {
    PAGE: "#0d1117",
    PANEL: "#161b22",
    INK: "#e6edf3",
    MUTED: "#9aa7b4",
    LINE: "#8b98a5",
    OUTSIDE: "#39434e",
    WARN: "#ff8a65",
    WARN_PANEL: "#5a2314",
}
"""Both fill and stroke change."""

DARK_STROKES = {"#332288": "#8a7be0", "#117733": "#3fa865", "#aa4499": "#c76ab8", "#4477aa": "#6b9bcb"}
"""Frames too dark for a dark page; a filled head keeps its colour, since its text is chosen for it."""

FONT = "Arial"
FALLBACK = 'Arial,Helvetica,"Liberation Sans",sans-serif'


def app_colours(index: int) -> tuple[str, str | None]:
    """The colour of the app with this index, and a second one as a stripe once colours repeat."""
    size = len(APPS)
    lap, place = divmod(index, size)
    return APPS[place], APPS[(place + lap) % size] if lap % size else None


def text_on(colour: str) -> str:
    """Black or white, whichever reads better on the colour."""
    return ON_DARK if contrast(colour, ON_DARK) >= contrast(colour, ON_LIGHT) else ON_LIGHT


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def style_sheet() -> str:
    """The style of every SVG: fonts, and the dark page where the reader's system asks for one."""
    both = "".join(f'[fill="{a}"]{{fill:{b}}}[stroke="{a}"]{{stroke:{b}}}' for a, b in DARK.items())
    strokes = "".join(f'[stroke="{a}"]{{stroke:{b}}}' for a, b in DARK_STROKES.items())
    return (
        f"text{{font-family:{FALLBACK}}}a{{cursor:pointer}}a:not([*|href]){{cursor:default}}"
        f"@media (prefers-color-scheme:dark){{{both}{strokes}}}"
    )
