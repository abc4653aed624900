"""The reminder: a valid monthly event that tells nobody anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar

from bot.clinical.state import State
from bot.content.loader import Content
from bot.exports import EXPORTS
from tests.exports.conftest import NOW, Made

Summarise = Callable[[State], Made]


def event(made: Made, now: datetime = NOW) -> dict:
    """The one event of the file."""
    calendar = Calendar.from_ical(EXPORTS["ics"].render(*made, now))
    assert calendar.errors == []
    (only,) = calendar.walk("VEVENT")
    return only


def test_it_repeats_every_month_from_a_month_on(summarise: Summarise) -> None:
    """First one month after now, at 10:00 wherever the person is."""
    found = event(summarise(State()))
    assert found.decoded("dtstart") == datetime(2026, 4, 6, 10, 0)  # noqa: DTZ001 - floating on purpose
    assert found["rrule"].to_ical() == b"FREQ=MONTHLY"
    assert found.decoded("dtstamp") == NOW
    (alarm,) = found.walk("VALARM")
    assert alarm["action"] == "DISPLAY" and alarm.decoded("trigger") == timedelta(0)


@pytest.mark.parametrize("day", [28, 29, 30, 31])
def test_no_month_is_skipped(summarise: Summarise, day: int) -> None:
    """A check at the end of a month reminds in February too."""
    start = event(summarise(State()), datetime(2026, 8, day, 12, tzinfo=timezone.utc)).decoded("dtstart")
    months = [found.month for found in rrulestr("FREQ=MONTHLY;COUNT=12", dtstart=start)]
    assert sorted(months) == list(range(1, 13))


def test_the_day_is_the_day_of_the_site(summarise: Summarise) -> None:
    """Late on the 6th in London is the 7th in Sydney."""
    summary, renderer = summarise(State())
    sydney = renderer.site.model_copy(update={"time_zone": "Australia/Sydney"})  # type: ignore[attr-defined]
    late = datetime(2026, 3, 6, 20, tzinfo=timezone.utc)
    assert event((summary, replace(renderer, site=sydney)), late).decoded("dtstart").day == 7


def test_it_says_nothing_about_health(summarise: Summarise, busy: State, content: Content) -> None:
    """No sign, no level, no words, no service, no link; the same text for a busy check and an empty one."""
    words = EXPORTS["ics"].render(*summarise(busy), NOW).decode().replace("\r\n ", "").lower()
    labels = [sign.label.in_voice("parent") for sign in content.signs.values()]
    levels = [wording.title.in_voice("parent") for wording in content.urgency.levels.values()]
    forbidden = [
        *labels,
        *levels,
        *content.signs,
        "blood",
        "cancer",
        "haematology",
        "sign",
        "http",
        "pillow",
        "2026-03",
    ]
    assert [word for word in forbidden if word.lower() in words] == []
    quiet = EXPORTS["ics"].render(*summarise(State()), NOW).decode().replace("\r\n ", "").lower()
    assert re.sub(r"uid:.*", "", words) == re.sub(r"uid:.*", "", quiet)


def test_two_files_share_no_identifier(summarise: Summarise) -> None:
    """The identifier is random, not made from the person or the check."""
    made = summarise(State())
    assert event(made)["uid"] != event(made)["uid"]
