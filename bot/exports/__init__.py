"""What a person can take away from a check: the summary as text, PDF and FHIR, and a monthly reminder.

Every format draws on the same summary object (`bot.clinical.summary`, rendered) and on reviewed words alone. The
libraries behind the formats are imported when a format is first asked for: a server that never writes a PDF
does not pay for one when it starts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.content.render import Renderer

#: A rendered summary, who reads it, and the instant it is made (aware). Never raises for odd words in the summary.
Render = Callable[[Mapping[str, Any], Renderer, datetime], bytes]


@dataclass(frozen=True)
class Export:
    """One format: its media type, and the function that writes it."""

    content_type: str
    render: Render


def _txt(summary: Mapping[str, Any], renderer: Renderer, now: datetime) -> bytes:
    from bot.exports.txt import to_txt

    return to_txt(summary, renderer, now)


def _pdf(summary: Mapping[str, Any], renderer: Renderer, now: datetime) -> bytes:
    from bot.exports.pdf import to_pdf

    return to_pdf(summary, renderer, now)


def _ics(summary: Mapping[str, Any], renderer: Renderer, now: datetime) -> bytes:  # noqa: ARG001 - holds no health data
    from bot.exports.ics import to_ics

    return to_ics(renderer, now)


def _fhir(summary: Mapping[str, Any], renderer: Renderer, now: datetime) -> bytes:
    from bot.exports.fhir import to_fhir

    return to_fhir(summary, renderer, now)


#: By file suffix.
EXPORTS: Mapping[str, Export] = {
    "txt": Export("text/plain; charset=utf-8", _txt),
    "pdf": Export("application/pdf", _pdf),
    "ics": Export("text/calendar; charset=utf-8", _ics),
    "fhir.json": Export("application/fhir+json; charset=utf-8", _fhir),
}
