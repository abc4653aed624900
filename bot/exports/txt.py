"""The summary as plain text: UTF-8, 72 columns, nothing but characters, so that any mail program shows it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.content.render import Renderer
from bot.exports.lines import Document, Line, Style, document

WIDTH = 72
#: What stands before the first line of a paragraph; the others are indented as far.
BEFORE: Mapping[Style, str] = {"text": "", "strong": "", "item": "- ", "phone": "  ", "detail": "  "}


def to_txt(summary: Mapping[str, Any], renderer: Renderer, now: datetime) -> bytes:
    """The text file. Lines end in CRLF, which is what text in mail has and what every editor reads."""
    return "\r\n".join([*_lines(document(summary, renderer, now)), ""]).encode("utf-8")


def _lines(page: Document) -> Iterator[str]:
    yield from _wrapped(page.title)
    yield "=" * min(len(page.title), WIDTH)
    for notice in page.notices:
        yield ""
        yield from _wrapped(notice.text)
    for section in page.sections:
        yield ""
        yield from _wrapped(section.heading)
        yield "-" * min(len(section.heading), WIDTH)
        for line in section.lines:
            yield from _paragraph(line)
    yield ""
    yield from _wrapped(page.closing)


def _paragraph(line: Line) -> list[str]:
    before = BEFORE[line.style]
    return _wrapped(line.text, before, " " * len(before))


def _wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    """Lines of at most `WIDTH` columns.

    A word longer than that is cut, since mail may not carry a line of thousands; a number is not cut at its hyphens.
    """
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=then, break_on_hyphens=False)
