"""When the noted signs began, as places on one line of time: decided once, and only drawn by the widget and the PDF.

It orders what was said and adds nothing to it: no trend, no score. A place is never more exact than the words were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from bot.clinical.state import Finding, State

DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
#: The lengths that a line may have, shortest first. All are even, so that the middle is a whole number too.
SCALES = (
    ("day", 6),
    ("week", 2),
    ("week", 4),
    ("week", 8),
    ("month", 6),
    ("month", 12),
    ("year", 2),
    ("year", 4),
    ("year", 10),
    ("year", 20),
    ("year", 50),
    ("year", 100),
)
#: What the choices of the step `since` mean, as the most and the least days before they were pressed. "Longer ago" has
#: no most.
CHOICES: Mapping[str, tuple[int | None, int]] = {"days": (6, 2), "weeks": (28, 7), "longer": (None, 28)}
#: How far the line goes back, at least, beyond the end of a bar that has no beginning, in lengths of that end.
BEYOND = 2


@dataclass(frozen=True)
class Span:
    """The days between which a sign began; `first` is None where only the latest day is known."""

    first: date | None
    last: date


def timeline(state: State, zone: ZoneInfo, now: datetime) -> dict[str, Any] | None:
    """The `timeline` of the summary: how long the line is, and where each sign that is there stands on it.

    Returns:
        None when it is not known of any sign when it began: then there is nothing to draw.
    """
    today = now.astimezone(zone).date()
    told = [min(_day(instant, zone), today) for instant in (state.started_at, state.last_at) if instant] or [today]
    present = [(sign, finding) for sign, finding in state.findings.items() if finding.status == "present"]
    spans = {sign: span_of(finding, min(told), max(told)) for sign, finding in present}
    return place(spans, today)


def span_of(finding: Finding, first_told: date, last_told: date) -> Span | None:
    """The days between which a sign began, as far as the words go; None when they do not say.

    `first_told` and `last_told` are the days between which the answer was given: "2 to 6 days ago" was said on one of
    them, and nothing began after it.
    """
    if finding.precision is None:
        return None
    if finding.since_date:
        began = min(date.fromisoformat(finding.since_date), last_told)
        around = _slack(finding.precision, (last_told - began).days)
        return Span(_before(began, around), min(_before(began, -around), last_told))
    if finding.since is None or finding.since not in CHOICES:
        return None
    most, least = CHOICES[finding.since]
    return Span(None if most is None else _before(first_told, most), _before(last_told, least))


def place(spans: Mapping[str, Span | None], today: date) -> dict[str, Any] | None:
    """The line for these spans, and each sign on it, the earliest first and those of unknown date last.

    `from` and `to` are places between 0, the start of the line, and 1, today.
    """
    known = {sign: span for sign, span in spans.items() if span}
    if not known:
        return None
    unit, count = scale_for(_reach(span, today) for span in known.values())
    length = count * DAYS[unit]

    def at(day: date | None) -> float:
        return 0.0 if day is None else round(max(0.0, 1 - (today - day).days / length), 4)

    def row(sign: str, span: Span | None) -> dict[str, Any]:
        if span is None:
            return {"sign": sign, "kind": "unknown", "first": None, "last": None, "from": None, "to": None}
        kind = "before" if span.first is None else "day" if span.first == span.last else "span"
        first = span.first.isoformat() if span.first else None
        ends = {"first": first, "last": span.last.isoformat(), "from": at(span.first), "to": at(span.last)}
        return {"sign": sign, "kind": kind, **ends}

    ordered = sorted(known, key=lambda sign: (known[sign].first or date.min, known[sign].last, sign))
    return {
        "today": today.isoformat(),
        "unit": unit,
        "count": count,
        "rows": [row(sign, spans[sign]) for sign in (*ordered, *(sign for sign in spans if sign not in known))],
    }


def scale_for(days: Iterable[float]) -> tuple[str, int]:
    """The shortest line that reaches back so many days; the longest when none does."""
    most = max(days)
    return next(((unit, count) for unit, count in SCALES if count * DAYS[unit] >= most), SCALES[-1])


def _reach(span: Span, today: date) -> int:
    """How many days back the line must go to show this span."""
    return (today - span.last).days * BEYOND if span.first is None else (today - span.first).days


def _slack(precision: str | None, days: int) -> int:
    """How many days before and after the date it may have been.

    "Three weeks" is not to the day, and "a year" not to the month: half a unit of what the words count in.
    """
    if precision == "day":
        return 0
    if precision == "days":
        return max(1, ceil(days / 2))
    unit = "week" if precision == "weeks" else "month" if days < DAYS["year"] - 1 else "year"
    return ceil(DAYS[unit] / 2)


def _before(day: date, days: int) -> date:
    """So many days before; the first day that there is when that is earlier."""
    return date.fromordinal(max(1, min(day.toordinal() - days, date.max.toordinal())))


def _day(instant: str, zone: ZoneInfo) -> date:
    return datetime.fromisoformat(instant).astimezone(zone).date()
