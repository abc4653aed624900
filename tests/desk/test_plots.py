"""The charts: as high as their numbers, well-formed whatever the labels are, and never without their table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exports.words import clean
from desk.counts import CaseRow, count
from desk.plots import HEIGHT, STUB, TOP, Bar, Plot, bar_chart, plots_of, ticks
from tests.desk.test_counts import LONDON, row
from tests.exports.states import ODD

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {
    "svg": {"viewBox", "width", "height", "class", "role", "aria-labelledby", "font-size", "fill"},
    "title": {"id"},
    "desc": {"id"},
    "g": {"class"},
    "line": {"class", "x1", "x2", "y1", "y2", "stroke"},
    "rect": {"x", "y", "width", "height", "fill", "stroke", "stroke-dasharray"},
    "text": {"class", "x", "y", "text-anchor", "dominant-baseline", "stroke", "stroke-width", "paint-order"},
}


def parsed(plot: Plot) -> ET.Element:
    return ET.fromstring(plot.svg)  # noqa: S314 - our own output


def chart(values: Sequence[float | None], **options: bool) -> Plot:
    bars = [
        Bar(f"bar {i}", v, "hidden" if v is None else f"{v:g}", "*" if v is None else f"{v:g}")
        for i, v in enumerate(values)
    ]
    return bar_chart("plot", "A title", ("What", "Cases"), bars, **options)


def rects(plot: Plot) -> list[dict[str, float]]:
    """The measures of each bar."""
    found = parsed(plot).iter(f"{SVG}rect")
    return [{key: float(rect.attrib[key]) for key in ("x", "y", "width", "height")} for rect in found]


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=30), st.booleans())
def test_bars_are_as_high_as_their_numbers(values: list[int], joined: bool) -> None:
    """All on one scale from 0, standing on one line, side by side in their order, below the top of the drawing."""
    drawn = rects(chart(values, joined=joined))
    top = ticks(max(values))[-1]
    for value, bar in zip(values, drawn, strict=True):
        assert bar["height"] == pytest.approx(HEIGHT * value / top, abs=0.01)
        assert bar["y"] + bar["height"] == pytest.approx(TOP + HEIGHT, abs=0.02)
        assert bar["y"] >= TOP - 0.01
    for left, right in pairwise(drawn):
        gap = right["x"] - left["x"] - left["width"]
        assert gap == pytest.approx(0, abs=0.02) if joined else gap > 1


def test_a_histogram_has_its_numbers_and_its_axis() -> None:
    """What is written beside the bars and the lines is the number that it stands for."""
    root = parsed(chart([3, 0, 12], joined=True))
    texts = {
        kind: [t.text for t in root.iter(f"{SVG}text") if t.get("class") == kind]
        for kind in ("number", "tick", "label")
    }
    assert texts == {
        "number": ["3", "0", "12"],
        "tick": ["0", "5", "10", "15"],
        "label": ["bar", "0", "bar", "1", "bar", "2"],
    }
    heights = {line.get("y1") for line in root.iter(f"{SVG}line")}
    assert heights == {"28", "94.67", "161.33", "228"}


def test_a_hidden_number_is_drawn_the_same_whatever_it_is() -> None:
    """An empty stub, told apart by its dashes and its words, that does not stretch the axis."""
    plot = chart([None, 4, None])
    first, shown, last = rects(plot)
    assert first["height"] == last["height"] == STUB and shown["height"] == HEIGHT * 4 / ticks(4)[-1]
    assert plot.table.rows == (("bar 0", "hidden"), ("bar 1", "4"), ("bar 2", "hidden"))
    assert [g.get("class") for g in parsed(plot).iter(f"{SVG}g")] == ["bar hidden", "bar", "bar hidden"]


@given(st.floats(0, 1e6))
def test_the_axis_reaches_over_the_highest_number(highest: float) -> None:
    """In few equal steps from 0, and not much further than it must."""
    scale = ticks(highest)
    steps = {later - earlier for earlier, later in pairwise(scale)}
    assert scale[0] == 0 and scale[-1] >= highest and 2 <= len(scale) <= 6 and len(steps) == 1
    assert scale[-1] - max(steps) < max(highest, 1)


@pytest.mark.parametrize(
    ("highest", "scale"), [(0, (0, 1)), (1, (0, 1)), (5, (0, 1, 2, 3, 4, 5)), (6, (0, 2, 4, 6)), (51, (0, 20, 40, 60))]
)
def test_ticks(highest: int, scale: tuple[int, ...]) -> None:
    """Steps of 1, 2 and 5."""
    assert ticks(highest) == scale


def test_a_screen_reader_gets_title_and_description() -> None:
    """The picture is one image, named by its title and described in words."""
    root = parsed(chart([2, 7, 7]))
    assert root.get("role") == "img"
    named = (root.get("aria-labelledby") or "").split()
    assert [element.get("id") for element in list(root)[:2]] == named
    assert root[0].text == "A title"
    assert (
        root[1].text
        == "A bar chart with 3 bars. The highest is bar 1, bar 2, with 7. The table beside it has the same numbers."
    )
    assert "no number above 0" in (parsed(chart([0, None]))[1].text or "")


labels = st.one_of(
    st.sampled_from(ODD),
    st.text(max_size=60),
    st.sampled_from(('"><script>x</script>', "]]></svg>", "' onload='x", "&amp;&#0;")),
)


@given(st.lists(labels, min_size=1, max_size=5), labels)
def test_no_label_gets_out_of_its_place(texts: list[str], title: str) -> None:
    """Whatever the words are, the drawing parses, and holds no element or attribute but its own."""
    plot = bar_chart("plot", title, (title, title), [Bar(text, 1, text, text) for text in texts])
    root = parsed(plot)
    for element in root.iter():
        tag = element.tag.removeprefix(SVG)
        assert set(element.attrib) <= ALLOWED[tag], tag
    assert (root[0].text or "") == clean(title) == plot.table.caption
    assert [label for label, _ in plot.table.rows] == [clean(text) for text in texts]
    assert len(list(root.iter(f"{SVG}rect"))) == len(texts)


def test_colours_are_those_of_the_page() -> None:
    """Each is a custom property with a fallback, in an attribute: no style element, no style attribute."""
    plot = chart([1, None])
    colours = {value for e in parsed(plot).iter() for key, value in e.attrib.items() if key in ("fill", "stroke")}
    assert all(re.fullmatch(r"var\(--desk-plot-[a-z]+, #[0-9a-f]{6}\)", colour) for colour in colours)
    assert "style" not in plot.svg


@pytest.mark.parametrize("id_", ["", "1st", "a b", 'a"', "A", "a" * 62])
def test_an_id_that_is_none_is_refused(id_: str) -> None:
    """It would end up in attributes, and in the page's own names."""
    with pytest.raises(ValueError, match="id of a chart"):
        bar_chart(id_, "t", ("a", "b"), [Bar("x", 1, "1", "1")])


@pytest.mark.parametrize("values", [[], [-1], [float("nan")], [float("inf")]])
def test_numbers_that_cannot_be_drawn_are_refused(values: list[float]) -> None:
    """Rather than a chart that says something else."""
    with pytest.raises(ValueError, match="a chart needs bars"):
        chart(values)


def test_every_table_of_counts_has_its_chart() -> None:
    """With the same cells in the same words, and heights by the counts alone."""
    rows: list[CaseRow] = [row("now", 3)] * 6 + [row("today", 60)] * 12 + [row("soon", 1)] * 2
    counts = count(rows, channels=("widget",), outcomes={"advice": "Told who to contact"}, zone=LONDON)
    *charts, _ = plots_of(counts)
    for table, plot in zip(counts.tables, charts, strict=True):
        assert plot.table.rows == tuple((cell.label, cell.shown) for cell in table.cells)
        top = ticks(max(cell.count or 0 for cell in table.cells))[-1]
        heights = [STUB if cell.count is None else HEIGHT * cell.count / top for cell in table.cells]
        assert [bar["height"] for bar in rects(plot)] == pytest.approx(heights, abs=0.01)
        (name,) = {e.get("id") for e in parsed(plot).iter(f"{SVG}desc")}
        assert name == f"plot-{table.id}-description"


def test_waiting_times_have_their_chart() -> None:
    """The medians as bars, the percentile in the table; a level with too few waits is a stub."""
    counts = count(
        [row("now", wait) for wait in range(1, 11)] + [row("today", 30)] * 5, channels=(), outcomes={}, zone=LONDON
    )
    plot = plots_of(counts)[-1]
    assert plot.table.head == ("Level", "Median", "90th percentile")
    assert plot.table.rows[1:4] == (("Now", "6", "9"), ("Today", "30", "too few"), ("Soon", "too few", "too few"))
    heights = [bar["height"] for bar in rects(plot)]
    assert heights == pytest.approx([STUB, HEIGHT * 6 / 30, HEIGHT, STUB, STUB])


def test_too_few_cases_have_no_chart() -> None:
    """Not even an empty one."""
    assert plots_of(count([row()], channels=(), outcomes={}, zone=LONDON)) == ()


@pytest.mark.parametrize("bars", [1, 5, 24])
def test_a_chart_has_a_size_of_its_own(bars: int) -> None:
    """One unit is one pixel: a chart with few bars is not blown up to the width of the page."""
    root = parsed(bar_chart("plot", "Cases", ("Hour", "Cases"), [Bar(str(n), n, str(n), str(n)) for n in range(bars)]))
    assert root.attrib["viewBox"].split()[2:] == [root.attrib["width"], root.attrib["height"]]
