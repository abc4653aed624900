"""The summary as a PDF on A4, for a nurse to read at a glance: the direction large in a frame, then what was noted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.content.render import Renderer
from bot.exports.lines import Document, Line, Section, document
from bot.exports.paper import MARGIN, Paper
from bot.exports.time_line import draw_time_line

TEXT, SMALL, LARGE, TITLE, HEADING, PHONE = 10.5, 9.0, 17.0, 11.0, 12.0, 13.0
#: Where telephone numbers stand when the name beside them leaves room; millimetres from the left edge.
COLUMN = 125.0
PADDING = 4.0


def to_pdf(summary: Mapping[str, Any], renderer: Renderer, now: datetime) -> bytes:
    """The PDF file. Its only metadata are the title, the language and the time that also stands on the page."""
    page = document(summary, renderer, now)
    paper = Paper(page.title, page.closing, now)
    _draw(page, paper)
    return bytes(paper.output())


def _draw(page: Document, paper: Paper) -> None:
    paper.paragraph(page.title, size=TITLE, bold=True, tag="H1")
    for notice in page.notices:
        paper.paragraph(notice.text, size=SMALL, bold=notice.style == "strong")
    paper.ln(3)
    for section in page.sections:
        if section.lines[0].style == "strong":
            _framed(section, paper)
        else:
            _section(section, paper)


def _framed(section: Section, paper: Paper) -> None:
    """The direction: what to do, large, in a heavy frame (urgency is never told by colour alone)."""
    sizes = [(line, LARGE if line.style == "strong" else TEXT) for line in section.lines]
    height = sum(paper.height_of(line.text, size=size, bold=size == LARGE, indent=PADDING) for line, size in sizes)
    top = paper.y
    paper.set_line_width(0.9)
    paper.rect(MARGIN - PADDING, top, paper.epw + 2 * PADDING, height + 2 * PADDING)
    paper.set_y(top + PADDING)
    for line, size in sizes:
        large = size == LARGE
        paper.paragraph(line.text, size=size, bold=large, tag="H2" if large else "P")
    paper.set_y(top + height + 2 * PADDING + 2)


def _section(section: Section, paper: Paper) -> None:
    _heading(section, paper)
    if section.axis:
        draw_time_line(section.axis, section.lines, paper)
        return
    named = 0.0
    for line in section.lines:
        _line(line, paper, named)
        named = paper.width_of(line.text, size=TEXT) if line.style == "item" else 0.0


def _heading(section: Section, paper: Paper) -> None:
    if paper.room < 20:  # a heading never stands alone at the foot of a page
        paper.add_page()
    paper.ln(2.5)
    paper.paragraph(section.heading, size=HEADING, bold=True, tag="H2")
    paper.set_line_width(0.2)
    paper.line(MARGIN, paper.y, paper.w - MARGIN, paper.y)
    paper.ln(1)


def _line(line: Line, paper: Paper, named: float) -> None:
    """One line. `named` is the width of the name that a telephone number belongs to, 0 when it does not follow one."""
    if line.style == "phone" and 0 < named < COLUMN - MARGIN - 5 and _fits_column(line, paper):
        paper.beside(line.text, size=PHONE, x=COLUMN)
    elif line.style == "phone":
        paper.paragraph(line.text, size=PHONE, bold=True, indent=5)
    elif line.style == "item":
        if paper.room < 12:  # a name and what belongs to it begin on one page
            paper.add_page()
        paper.ln(0.8)
        paper.paragraph(line.text, size=TEXT, bold=True)
    elif line.style == "detail":
        paper.paragraph(line.text, size=TEXT, indent=5)
    else:
        paper.paragraph(line.text, size=TEXT)


def _fits_column(line: Line, paper: Paper) -> bool:
    return paper.width_of(line.text, size=PHONE) < paper.w - MARGIN - COLUMN
