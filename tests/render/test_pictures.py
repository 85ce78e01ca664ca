"""Pictures: what is in them, what is left out, and that nothing from the project can break them."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from analyzer.analysis import Analysis
from analyzer.render.draw import Drawn, draw_all
from analyzer.render.pictures import charts, graph, mermaid, palette, pictures
from analyzer.render.pictures.chart import Chart
from tests.render.factory import EMPTY, analysed, field, migration, model

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"


def link(file: str, line: int) -> str:
    return f"../{file}#L{line}"


def knot() -> Analysis:
    """Two models that need each other, one behind them, one alone."""
    return analysed(
        [
            model("a.Order", [field("invoice", "FK", "b.Invoice", null=True)]),
            model("b.Invoice", [field("order", "FK", "a.Order")]),
            model("b.Line", [field("invoice", "FK", "b.Invoice"), field("seen", "M2M", "a.Order")]),
            model("c.Alone"),
        ],
        [migration("a", "0001_initial"), migration("b", "0001_initial", ("a", "0001_initial"))],
    )


def crowd(number: int) -> Analysis:
    """Many models in one app that all need one, and each the one before."""
    every = [model("big.User")]
    for index in range(number):
        needs = [field("owner", "FK", "big.User")]
        if index:
            needs.append(field("before", "FK", f"big.M{index - 1:03}", null=True))
        every.append(model(f"big.M{index:03}", needs))
    return analysed(every)


def one(analysis: Analysis, of: str, app: str | None = None) -> Chart:
    (chart,) = charts(analysis, of, app)  # type: ignore[arg-type]
    return chart


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - we wrote it


def svgs(analysis: Analysis) -> dict[str, str]:
    drawn = draw_all(pictures(analysis, link))
    assert all(isinstance(result, Drawn) for result in drawn.values()), drawn
    return {name: result.data.decode() for name, result in drawn.items() if isinstance(result, Drawn)}


def test_a_report_has_a_picture_of_everything_in_order(analysis: Analysis) -> None:
    names = [picture.name for picture in pictures(knot(), link)]
    assert names == ["app-a", "app-b", "apps", "cycle-1", "history", "levels"]
    assert [p.name for p in pictures(analysis)] == sorted(p.name for p in pictures(analysis))


def test_an_app_without_relations_is_drawn_only_where_it_is_asked_for() -> None:
    alone = analysed([model("log.Entry", [field("text")]), model("log.Level")])
    assert [picture.name for picture in pictures(alone)] == ["apps", "levels"]
    assert len(graph(alone, "models", "log")) == 1


def test_an_empty_project_has_no_pictures() -> None:
    assert pictures(EMPTY) == ()
    assert graph(EMPTY, "models") == graph(EMPTY, "cycles") == graph(EMPTY, "migrations") == ()


def test_levels_have_a_box_per_app_and_level_and_a_row_per_model() -> None:
    chart = one(knot(), "models")
    assert {box.key: [row.text for row in box.rows] for box in chart.boxes} == {
        "0:a": ["Order"], "0:b": ["Invoice"], "0:c": ["Alone"], "1:b": ["Line"],
    }  # fmt: skip
    assert [band.name for band in chart.bands] == ["level 0", "level 1"]
    assert {row.text for box in chart.boxes for row in box.rows if row.warn} == {"Order", "Invoice"}


def test_a_cycle_shows_its_fields_and_its_cut() -> None:
    chart = one(knot(), "cycles")
    assert {(arrow.source, arrow.target, arrow.label, arrow.stroke) for arrow in chart.arrows} == {
        ("a.Order", "b.Invoice", "invoice?", "cut"),
        ("b.Invoice", "a.Order", "order", "needs"),
    }
    assert "3 models of 4 have no level" in chart.notes[0]
    assert "1 merely behind it" in chart.notes[0]


def test_a_field_that_nearly_every_member_has_is_written_once() -> None:
    ring = [f"a.M{number}" for number in range(6)]
    every = [
        model(
            label,
            [field("next", "FK", ring[(place + 1) % 6], null=place == 0), field("by", "FK", "a.M0", True)],
        )
        for place, label in enumerate(ring)
    ]
    chart = one(analysed(every), "cycles")
    assert not [arrow for arrow in chart.arrows if "by" in arrow.label]
    assert any("by -> M0" in note for note in chart.notes)


def test_an_app_shows_its_relations_as_rows_and_its_neighbours() -> None:
    chart = one(knot(), "models", "b")
    rows = {box.key: [f"{row.text} {row.aside}" for row in box.rows] for box in chart.boxes}
    assert rows["b.Line"] == ["invoice -> Invoice", "seen m2m -> a.Order"]
    assert rows["needs:a"] == ["Order "]
    assert rows["users:a"] == ["Order.invoice? "]


def test_a_large_app_is_split_and_says_so() -> None:
    pages = charts(crowd(60), "models", "big")
    assert [page.name for page in pages] == ["app-big", "app-big-2", "app-big-3"]
    assert sum(len(page.boxes) for page in pages) == 61
    assert all("of 61 models" in page.notes[0] for page in pages)
    assert any("Nearly every model has" in note for note in pages[0].notes)


def test_apps_count_relations_and_mark_the_cut() -> None:
    chart = one(knot(), "apps")
    assert {(a.source, a.target, a.count, a.stroke) for a in chart.arrows} == {
        ("app:a", "app:b", 1, "cut"), ("app:b", "app:a", 2, "needs"),
    }  # fmt: skip


def test_an_implied_arrow_is_left_out_and_counted() -> None:
    every = [
        model("a.A"),
        model("b.B", [field("a", "FK", "a.A")]),
        model("c.C", [field("a", "FK", "a.A"), field("b", "FK", "b.B")]),
    ]
    chart = one(analysed(every), "apps")
    assert {(arrow.source, arrow.target) for arrow in chart.arrows} == {
        ("app:b", "app:a"),
        ("app:c", "app:b"),
    }
    assert any("1 arrow left out" in note for note in chart.notes)


def test_a_model_without_level_is_in_no_picture() -> None:
    whole = knot()
    levels = type(whole.levels)(rows=(("c.Alone",),), of={"c.Alone": 0})
    chart = one(
        Analysis(**{**{f: getattr(whole, f) for f in whole.__struct_fields__}, "levels": levels}), "models"
    )
    assert [box.key for box in chart.boxes] == ["0:c"]


def test_mermaid_says_the_same() -> None:
    (text,) = mermaid(knot(), "cycles")
    assert text.startswith("%% Cycle 1")
    assert "flowchart BT" in text
    assert '-.->|"invoice?"|' in text


def test_colours_are_those_of_the_palette() -> None:
    known = {
        *palette.APPS, *palette.DARK, palette.ON_DARK, palette.ON_LIGHT, "none", "transparent",
    }  # fmt: skip
    for name, svg in svgs(knot()).items():
        body = svg.partition("</style>")[2]
        used = set(re.findall(r'(?:fill|stroke)="([^"]+)"', body))
        assert used <= known, (name, used - known)


def test_text_can_be_read_on_every_colour() -> None:
    for colour in palette.APPS:
        assert palette.contrast(colour, palette.text_on(colour)) >= 4.5
    grounds = (palette.PAGE, palette.PANEL, palette.WARN_PANEL, palette.OUTSIDE)
    pairs = [(palette.INK, ground) for ground in grounds]
    pairs += [(palette.MUTED, palette.PAGE), (palette.WARN, palette.PAGE)]
    for light, dark in pairs:
        assert palette.contrast(light, dark) >= 4.5
        assert palette.contrast(palette.DARK[light], palette.DARK[dark]) >= 4.5


def test_the_warning_colour_is_no_apps_colour() -> None:
    assert palette.WARN not in palette.APPS


def test_apps_with_the_same_colour_differ_by_a_stripe() -> None:
    marks = [palette.app_colours(index) for index in range(60)]
    assert len(set(marks)) == len(marks)


def test_every_picture_has_a_title_a_style_for_dark_pages_and_a_legend() -> None:
    for svg in svgs(knot()).values():
        root = parsed(svg)
        assert root.find(f"{SVG}title") is not None
        assert "prefers-color-scheme:dark" in svg
    assert all(
        chart.legend for of in ("models", "apps", "cycles", "migrations") for chart in charts(knot(), of)
    )


def test_links_are_our_own_and_relative() -> None:
    for svg in svgs(knot()).values():
        links = [element.get(HREF) for element in parsed(svg).iter(f"{SVG}a") if element.get(HREF)]
        assert all(str(target).startswith("../apps/") for target in links)


@pytest.mark.parametrize(
    "evil",
    [
        '"><script>',
        "</TABLE>>",
        "a\\N\\G",
        "x\ny\0z",
        "&lt;&quot;",
        "<b>",
        "\u202eabc",
        "名前",
        "a" * 400,
        "a:b",
    ],
)
def test_nothing_from_the_project_breaks_a_picture(evil: str) -> None:
    label = f"a.{evil}"
    every = [
        model(label, [field(evil, "FK", "b.B", null=True)]),
        model("b.B", [field(evil, "FK", label)]),
        model(f"{evil.replace('.', '')}.Own"),
    ]
    bad = analysed(every, [migration("a", evil), migration("b", "0001", ("a", evil))], project=evil)
    for name, svg in svgs(bad).items():
        root = parsed(svg)
        assert not list(root.iter(f"{SVG}script")), name
    assert all(
        "<script" not in text
        for of in ("models", "apps", "cycles", "migrations")
        for text in mermaid(bad, of)
    )


def test_the_same_analysis_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "import hashlib\nfrom tests.render.factory import shop\n"
        "from analyzer.render.pictures import pictures\n"
        "print(hashlib.sha256(repr(pictures(shop())).encode()).hexdigest())"
    )
    sums = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(sums) == 1
