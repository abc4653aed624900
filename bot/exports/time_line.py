"""The line of time on paper: each sign in words, and beside it its mark, where the summary has placed it.

Black on white, told apart by shape: a dot is a day, a bar a span, a bar with an arrow one without a known beginning.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.exports.lines import Axis, Line, Strip
from bot.exports.paper import FONT, Paper, drawable

TEXT, SMALL = 9.5, 8.0
#: Millimetres: the width of the words, where the line begins and ends, how high an axis, and half a mark.
WORDS, LEFT, RIGHT, AXIS, HALF = 84.0, 108.0, 191.0, 5.0, 1.5
GAP = 1.6


def draw_time_line(axis: Axis, lines: Sequence[Line], paper: Paper) -> None:
    """Draw the lines that have a strip under an axis in words, which stands again on each new page; then the others."""
    paper.paragraph(axis.key, size=SMALL)
    strips = [(line, line.strip) for line in lines if line.strip]
    for number, (line, strip) in enumerate(strips):
        height = paper.height_of(line.text, size=TEXT, width=WORDS) + GAP
        new_page = paper.room < height + AXIS
        if new_page:
            paper.add_page()
        if new_page or number == 0:
            _axis(axis, paper)
        top = paper.y
        paper.paragraph(line.text, size=TEXT, width=WORDS)
        paper.set_y(top + height)
        _row(strip, top, height, paper)
    for line in lines:
        if not line.strip:
            paper.paragraph(line.text, size=TEXT)


def _axis(axis: Axis, paper: Paper) -> None:
    """The words over start, middle and end."""
    paper.ln(1)
    paper.set_font(FONT, "", SMALL)
    third = (RIGHT - LEFT) / 3
    with paper.decoration():
        for place, (words, align) in enumerate(zip(axis.ticks, "LCR", strict=True)):
            paper.set_x(LEFT + place * third)
            paper.cell(third, AXIS, drawable(words), align=align)
    paper.ln(AXIS)


def _row(strip: Strip, top: float, height: float, paper: Paper) -> None:
    start, end = (LEFT + place * (RIGHT - LEFT) for place in (strip.start, strip.end))
    middle = top + (height - GAP) / 2
    with paper.decoration():
        paper.set_draw_color(150)
        paper.set_line_width(0.15)
        for x in (LEFT, (LEFT + RIGHT) / 2, RIGHT):
            paper.line(x, top, x, top + height)
        paper.line(LEFT, middle, RIGHT, middle)
        paper.set_draw_color(0)
        paper.set_fill_color(0)
        if strip.start == strip.end and not strip.open:
            paper.ellipse(start - HALF, middle - HALF, 2 * HALF, 2 * HALF, style="F")
        else:
            _bar(start, end, middle, paper, arrow=strip.open)
        paper.set_fill_color(255)


def _bar(start: float, end: float, middle: float, paper: Paper, *, arrow: bool) -> None:
    """A bar, never so short that it looks like a line, and never over the end; with an arrow, its start is a point."""
    start = max(LEFT, min(start, end - 2 * HALF))
    end = max(end, start + 2 * HALF)
    paper.set_line_width(0.4)
    paper.set_fill_color(215)
    if not arrow:
        paper.rect(start, middle - HALF, end - start, 2 * HALF, style="DF")
        return
    neck = start + 2 * HALF
    paper.polygon(
        [
            (start, middle),
            (neck, middle - 2 * HALF),
            (neck, middle - HALF),
            (end, middle - HALF),
            (end, middle + HALF),
            (neck, middle + HALF),
            (neck, middle + 2 * HALF),
        ],
        style="DF",
    )
