"""The form in which a supervisor sets when somebody is there. Pure: fields as a browser sends them, and times.

A day has `mon_opens` and `mon_closes` ("09:00", local time of the site), and `mon_all_day`, which is sent when ticked.
`closed_days` are dates ("2026-12-25"), one a line. A day with nothing in it is closed; one that closes before it opens
ends on the next day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, time

from bot.content.schema import WEEKDAYS, Hours
from bot.site import CLOSED_DAYS, SupportTimes
from desk.words import say

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(:00)?")


def read_times(fields: Mapping[str, str]) -> SupportTimes:
    """The times that somebody typed.

    Raises:
        ValueError: some of it is no time or no date; one line a fault, for the supervisor, with what to do.
    """
    faults: list[str] = []
    hours = {day: span for day in WEEKDAYS if (span := _day(day, fields, faults))}
    closed = sorted(set(_dates(fields.get("closed_days", ""), faults)))
    if len(closed) > CLOSED_DAYS:
        faults.append(say("hours.faults.too_many", number=len(closed), most=CLOSED_DAYS))
    if faults:
        raise ValueError("\n".join(faults))
    return SupportTimes(hours=hours, closed_days=tuple(closed))


def fields_of(times: SupportTimes) -> dict[str, str]:
    """The times as the form shows them; `read_times` gives them back."""
    shown = {"closed_days": "\n".join(map(str, times.closed_days))}
    for day in WEEKDAYS:
        span = times.hours.get(day, Hours())
        shown[f"{day}_opens"] = f"{span.opens:%H:%M}" if span.opens is not None else ""
        shown[f"{day}_closes"] = f"{span.closes:%H:%M}" if span.closes is not None else ""
        if span.all_day:
            shown[f"{day}_all_day"] = "yes"
    return shown


def _day(day: str, fields: Mapping[str, str], faults: list[str]) -> Hours | None:
    if fields.get(f"{day}_all_day"):
        return Hours(all_day=True)
    typed = [fields.get(f"{day}_{end}", "").strip() for end in ("opens", "closes")]
    if not any(typed):
        return None
    found = [_TIME.fullmatch(one) for one in typed]
    if not all(found):
        faults.append(say("hours.faults.day", day=say(f"hours.days.{day}")))
        return None
    opens, closes = (time(int(one[1]), int(one[2])) for one in found if one)
    if opens == closes:
        faults.append(say("hours.faults.same", day=say(f"hours.days.{day}")))
        return None
    return Hours(opens=opens, closes=closes)


def _dates(typed: str, faults: list[str]) -> Iterator[date]:
    for one in typed.replace(",", " ").split():
        try:
            yield date.fromisoformat(one)
        except ValueError:
            faults.append(say("hours.faults.date", typed=one[:20]))
