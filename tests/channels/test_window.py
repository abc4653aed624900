"""For how long staff can write to a person in an app, and which number they can ring."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.channels.apps import APPS
from bot.channels.window import CLOSING, number_of, window

HEARD = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("passed", "standing"),
    [(timedelta(0), "open"), (DAY - CLOSING - SECOND, "open"), (DAY - CLOSING, "closing"), (DAY - SECOND, "closing"),
     (DAY, "closed"), (DAY * 30, "closed"), (-SECOND, "open")],
)  # fmt: skip
@pytest.mark.parametrize("app", ["whatsapp", "messenger"])
def test_a_window_closes_a_day_after_the_persons_last_message(app: str, passed: timedelta, standing: str) -> None:
    """At that very moment it is closed; four hours before staff are told."""
    found = window(app, HEARD)
    assert found
    assert (found.hours, found.closes_at) == (24, HEARD + DAY)
    assert found.standing(HEARD + passed) == standing


def test_only_these_two_apps_have_a_window() -> None:
    """In all others staff can write whenever they wish; so they can in the widget."""
    assert {app for app in APPS if window(app, HEARD)} == {"whatsapp", "messenger"}
    assert window("widget", HEARD) is None
    assert window("whatsapp", None) is None


@pytest.mark.parametrize(
    ("app", "address", "number"),
    [("whatsapp", "whatsapp:+447700900123", "+447700900123"), ("sms", "+447700900123", "+447700900123"),
     ("sms", "BANK", None), ("slack", "D024BE91L", None), ("telegram", "123", None), ("messenger", "+4477", None),
     ("webhook", "+447700900123", None), ("widget", "+447700900123", None)],
)  # fmt: skip
def test_a_number_is_known_where_an_address_is_one(app: str, address: str, number: str | None) -> None:
    """Nowhere else: an id of an app must not look like something to ring."""
    assert number_of(app, address) == number
