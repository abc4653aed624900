"""Bar charts as SVG, made on the server: no script, and no style that a strict content policy would refuse.

Each comes with the table of the same numbers. Colours are custom properties of the page, with a fallback; no bar is
told from another by its colour. Labels are data: they are escaped, and shortened in the drawing alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite, log10
from textwrap import wrap
from xml.etree.ElementTree import Element, SubElement, tostring

from bot.exports.words import clean
from desk.counts import Counts, Table
from desk.words import say

#: Lengths in the units of the drawing: pixels, until the page scales it.
HEIGHT, TOP, LEFT, RIGHT, FOOT = 200.0, 28.0, 44.0, 8.0, 44.0
LETTER, LINE = 6.6, 14.0
NARROWEST, WIDEST = 30.0, 120.0
#: How high a bar without a number is: the same whatever it hides.
STUB = 10.0
LABEL_LINES = 2
MOST_TICKS = 5

INK = "var(--desk-plot-ink, #212b32)"
GRID = "var(--desk-plot-line, #aeb7bd)"
BAR = "var(--desk-plot-bar, #005eb8)"
PAPER = "var(--desk-plot-paper, #ffffff)"

_ID = re.compile(r"[a-z][a-z0-9_-]{0,60}")


@dataclass(frozen=True)
class Bar:
    """One bar. Without a `value` it is drawn as an empty stub, and `shown` says why; `short` is for the drawing."""

    label: str
    value: float | None
    shown: str
    short: str


@dataclass(frozen=True)
class DataTable:
    """What a chart shows, as plain text: nothing here is markup."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Plot:
    """A chart: `svg` to be put into a page as it is, and the table of the same numbers."""

    svg: str
    table: DataTable


def plots_of(counts: Counts) -> tuple[Plot, ...]:
    """A chart for each table of counts, and one of the waiting times; none where there are too few cases.

    The hours of the day are a histogram, all others bars that stand apart.
    """
    charts = tuple(_plot_of(table) for table in counts.tables)
    return (*charts, _waiting_plot(counts)) if charts else ()


def _waiting_plot(counts: Counts) -> Plot:
    """The median wait of each level; the table beside it has the 90th percentile too."""
    none = say("counts.waiting.none")

    def shown(minutes: int | None) -> str:
        return none if minutes is None else str(minutes)

    bars = [
        Bar(
            w.label, w.median, shown(w.median), shown(w.median) if w.median is not None else say("plots.marks.withheld")
        )
        for w in counts.waiting
    ]
    head = tuple(say(f"counts.waiting.{column}") for column in ("level", "median", "p90"))
    plot = bar_chart("plot-waiting", say("plots.waiting"), (head[0], head[1]), bars)
    rows = tuple((w.label, shown(w.median), shown(w.p90)) for w in counts.waiting)
    return Plot(plot.svg, DataTable(say("counts.waiting.title"), head, rows))


def _plot_of(table: Table) -> Plot:
    bars = [
        Bar(
            label=cell.label,
            value=cell.count,
            shown=cell.shown,
            short=str(cell.count) if cell.mark is None else say(f"plots.marks.{cell.mark}"),
        )
        for cell in table.cells
    ]
    head = (say(f"plots.heads.{table.id}"), say("plots.heads.cases"))
    return bar_chart(f"plot-{table.id}", table.title, head, bars, joined=table.id == "hour")


def bar_chart(id_: str, title: str, head: tuple[str, str], bars: Sequence[Bar], *, joined: bool = False) -> Plot:
    """A chart with one upright bar for each number, as high as the number on an axis that begins at 0.

    Args:
        id_: unique in the page; ids inside the drawing begin with it.
        title: what is shown.
        head: what the labels are, and what the numbers count.
        bars: from left to right.
        joined: the bars touch, as in a histogram; right only for steps of equal width on one scale.

    Raises:
        ValueError: there is no bar, the id is no id, or a number is negative or not finite.
    """
    if not _ID.fullmatch(id_):
        raise ValueError("the id of a chart is of a-z, 0-9, - and _, at most 61 characters")
    if not bars or any(b.value is not None and (b.value < 0 or not isfinite(b.value)) for b in bars):
        raise ValueError("a chart needs bars, and their numbers must be finite and not negative")
    table = DataTable(
        clean(title),
        (clean(head[0]), clean(head[1])),
        tuple((clean(bar.label), clean(bar.shown)) for bar in bars),
    )
    return Plot(tostring(_svg(id_, table, bars, joined=joined), encoding="unicode"), table)


def ticks(highest: float) -> tuple[int, ...]:
    """Whole numbers for the axis, from 0 in equal steps of 1, 2 or 5 (or tens of them) to at least `highest`."""
    rough = max(1.0, highest / MOST_TICKS)
    ten = 10 ** int(log10(rough))
    step = next(factor * ten for factor in (1, 2, 5, 10) if factor * ten >= rough)
    return tuple(range(0, step * max(1, ceil(highest / step)) + 1, step))


def _svg(id_: str, table: DataTable, bars: Sequence[Bar], *, joined: bool) -> Element:
    slot = _slot([label for label, _ in table.rows])
    width = LEFT + slot * len(bars) + RIGHT
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_number(width)} {_number(TOP + HEIGHT + FOOT)}",
            # Its own size: a page may make it smaller, and must not blow up the letters of one with few bars.
            "width": _number(width),
            "height": _number(TOP + HEIGHT + FOOT),
            "class": "desk-plot",
            "role": "img",
            "aria-labelledby": f"{id_}-title {id_}-description",
            "font-size": "12",
            "fill": INK,
        },
    )
    SubElement(root, "title", {"id": f"{id_}-title"}).text = table.caption
    SubElement(root, "desc", {"id": f"{id_}-description"}).text = _description(table, bars)
    scale = ticks(max((bar.value for bar in bars if bar.value is not None), default=0))
    _axis(root, scale, width)
    for place, (bar, (label, shown)) in enumerate(zip(bars, table.rows, strict=True)):
        x = LEFT + slot * place
        gap = 0.0 if joined else slot * 0.15
        _bar(root, bar, f"{label}: {shown}", x + gap, slot - 2 * gap, scale[-1])
        _label(root, label, x + slot / 2, int((slot - 2) / LETTER))
    return root


def _slot(labels: Sequence[str]) -> float:
    """The least room for each bar in which every label fits under it, whole; at most the widest."""
    letters = max(len(word) for label in labels for word in label.split() or [""])
    while letters * LETTER < WIDEST and any(len(wrap(label, max(letters, 2))) > LABEL_LINES for label in labels):
        letters += 1
    return min(WIDEST, max(NARROWEST, letters * LETTER + 8))


def _description(table: DataTable, bars: Sequence[Bar]) -> str:
    """What somebody who does not see the chart hears: how many bars, the highest, and where the numbers are."""
    known = [(bar.value, row) for bar, row in zip(bars, table.rows, strict=True) if bar.value]
    if not known:
        return say("plots.description_none", bars=len(bars))
    highest, _ = max(known, key=lambda one: one[0])
    rows = [row for value, row in known if value == highest]
    labels = ", ".join(label for label, _ in rows)
    return say("plots.description", bars=len(bars), label=labels, number=rows[0][1])


def _axis(root: Element, scale: Sequence[int], width: float) -> None:
    for tick in scale:
        y = _number(TOP + HEIGHT * (1 - tick / scale[-1]))
        line = {"x1": _number(LEFT), "x2": _number(width - RIGHT), "y1": y, "y2": y}
        SubElement(root, "line", {"class": "grid", **line, "stroke": INK if tick == 0 else GRID})
        place = {"x": _number(LEFT - 6), "y": y, "text-anchor": "end", "dominant-baseline": "middle"}
        SubElement(root, "text", {"class": "tick", **place}).text = str(tick)


def _bar(root: Element, bar: Bar, title: str, x: float, width: float, top: float) -> None:
    """One bar with its number above it; the title is what a pointer that rests on it shows."""
    height = STUB if bar.value is None else HEIGHT * bar.value / top
    group = SubElement(root, "g", {"class": "bar" if bar.value is not None else "bar hidden"})
    SubElement(group, "title").text = title
    look = {"fill": BAR} if bar.value is not None else {"fill": PAPER, "stroke-dasharray": "3 2"}
    box = {"x": x, "y": TOP + HEIGHT - height, "width": width, "height": height}
    edge = {"stroke": PAPER if bar.value is not None else INK}
    SubElement(group, "rect", {**{name: _number(length) for name, length in box.items()}, **look, **edge})
    place = {"x": _number(x + width / 2), "y": _number(TOP + HEIGHT - height - 5), "text-anchor": "middle"}
    # On a line of the axis it would not be read: paper all around its letters.
    halo = {"stroke": PAPER, "stroke-width": "4", "paint-order": "stroke"}
    SubElement(group, "text", {"class": "number", **place, **halo}).text = clean(bar.short)


def _label(root: Element, label: str, middle: float, letters: int) -> None:
    """The label under a bar, on two lines at most; what does not fit stands in the table."""
    lines = wrap(label, max(letters, 2), max_lines=LABEL_LINES, placeholder="…")
    for number, line in enumerate(lines):
        place = {"x": _number(middle), "y": _number(TOP + HEIGHT + 18 + number * LINE), "text-anchor": "middle"}
        SubElement(root, "text", {"class": "label", **place}).text = line


def _number(length: float) -> str:
    return f"{length:.2f}".rstrip("0").rstrip(".")
