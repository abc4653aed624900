"""When a case is due, and how late it is, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records import LEVELS, STATES
from desk.overdue import due_at, overdue_by, overdue_words

NOW = datetime(2024, 3, 1, 9, 0, tzinfo=timezone.utc)
MINUTES = {"emergency": 5, "now": 15, "today": 120, "soon": 1440, "keep": 2880}


@dataclass(frozen=True)
class Case:
    """As much of a case as is read."""

    state: str = "waiting"
    level: str = "today"
    crisis: bool = False
    waiting_since: datetime = NOW
    replied_at: datetime | None = None
    follow_up_at: datetime | None = None


@pytest.mark.parametrize(("level", "minutes"), MINUTES.items())
def test_what_waits_is_due_by_its_level(level: str, minutes: int) -> None:
    """After the site's minutes, from the beginning of the wait."""
    assert due_at(Case(level=level), MINUTES) == NOW + timedelta(minutes=minutes)


def test_a_crisis_is_due_like_an_emergency() -> None:
    """Whatever the level, a clinician's lower one too."""
    assert due_at(Case(level="keep", crisis=True), MINUTES) == NOW + timedelta(minutes=5)


def test_a_claim_answers_nobody() -> None:
    """What somebody took and left lying becomes overdue; what was answered does not."""
    answered = NOW + timedelta(minutes=1)
    assert due_at(Case("claimed"), MINUTES) == due_at(Case("waiting"), MINUTES)
    assert due_at(Case("replied", replied_at=answered), MINUTES) is None
    # Claimed once more, for its follow-up, after the person had been answered.
    assert due_at(Case("claimed", replied_at=answered), MINUTES) is None


def test_a_wait_that_began_anew_is_due_anew() -> None:
    """An answer from before it does not count."""
    case = Case(replied_at=NOW - timedelta(hours=1))
    assert due_at(case, MINUTES) == NOW + timedelta(hours=2)


def test_a_follow_up_is_due_at_its_time() -> None:
    """And a closed case never."""
    due = NOW + timedelta(days=1)
    assert due_at(Case("follow_up_due", follow_up_at=due), MINUTES) == due
    assert due_at(Case("closed"), MINUTES) is None


def test_a_level_without_minutes_is_due_at_once() -> None:
    """A hole in a site's list must not hide a case."""
    assert due_at(Case(level="emergency"), {}) == NOW


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "due in 2 hours"),
        (59, "due in 1 hour 1 minute"),
        (119.5, "due in less than a minute"),
        (120, "overdue now"),
        (121, "overdue by 1 minute"),
        (185, "overdue by 1 hour 5 minutes"),
        (120 + 26 * 60, "overdue by 1 day 2 hours"),
        (120 + 3 * 24 * 60 + 7, "overdue by 3 days"),
    ],
)
def test_how_late_it_is_in_words(minutes: float, words: str) -> None:
    """Two units at most, rounded down."""
    assert overdue_words(Case(), MINUTES, NOW + timedelta(minutes=minutes)) == words


def test_a_follow_up_is_named_in_words() -> None:
    """It is a promise, and not a wait."""
    case = Case("follow_up_due", follow_up_at=NOW)
    assert overdue_words(case, MINUTES, NOW - timedelta(hours=3)) == "follow-up due in 3 hours"
    assert overdue_words(case, MINUTES, NOW + timedelta(hours=3)) == "follow-up overdue by 3 hours"
    assert overdue_words(Case("closed"), MINUTES, NOW) == ""


CASES = st.builds(
    Case,
    state=st.sampled_from(STATES),
    level=st.sampled_from(LEVELS),
    crisis=st.booleans(),
    replied_at=st.none() | st.datetimes(timezones=st.just(timezone.utc)),
    follow_up_at=st.none() | st.datetimes(timezones=st.just(timezone.utc)),
)


@given(case=CASES, late=st.integers(-(10**7), 10**7))
def test_words_and_lateness_agree(case: Case, late: int) -> None:
    """Overdue in words exactly when it is, and nothing is said of what is not due."""
    now = NOW + timedelta(seconds=late)
    words, by = overdue_words(case, MINUTES, now), overdue_by(case, MINUTES, now)
    assert ("overdue" in words) is (by is not None)
    assert (words == "") is (due_at(case, MINUTES) is None)
    assert by is None or by >= timedelta(0)
