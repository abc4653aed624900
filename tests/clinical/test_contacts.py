"""Whom to reach, in which order, at which hour."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

import pytest

from bot.clinical.contacts import care_team, contacts_for, country_of, emergency_number, hours_words, is_open
from bot.clinical.reply import Contact
from bot.clinical.state import State
from bot.content.schema import Hours
from tests.support.core import NOW, content, site

MONDAY = "2026-11-23"  # in winter: London is at UTC, Sydney eleven hours ahead
SUNDAY = "2026-11-22"


def at(day: str, hour: str) -> datetime:
    """An instant of UTC."""
    return datetime.fromisoformat(f"{day}T{hour}:00+00:00").astimezone(timezone.utc)


def hours(**days: str) -> dict[str, Hours]:
    """Opening hours: `mon="09:00-17:00"`, `tue="all"`."""
    made = {}
    for day, span in days.items():
        opens, _, closes = span.partition("-")
        fields: dict[str, Any] = {"all_day": True} if span == "all" else {"opens": opens, "closes": closes}
        made[day] = Hours.model_validate(fields)
    return made


def reach(level: str, now: datetime = NOW, state: State | None = None, **settings: Any) -> list[Contact]:
    """The contacts of a level, for a person in the country of `state`."""
    crisis, bodily = settings.pop("crisis", False), settings.pop("bodily_emergency", False)
    return list(
        contacts_for(
            level,
            crisis=crisis,
            bodily_emergency=bodily,
            state=state or State(country="GB"),
            content=content(),
            site=site(**settings),
            now=now,
        )
    )


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (MONDAY, "08:59", False),
        (MONDAY, "09:00", True),
        (MONDAY, "16:59", True),
        (MONDAY, "17:00", False),
        (SUNDAY, "12:00", False),
    ],
)
def test_a_line_is_open_from_its_first_minute_and_closed_at_its_last(day: str, hour: str, expected: bool) -> None:
    """Opening is inclusive, closing is not; a day that is left out is closed."""
    assert is_open(hours(mon="09:00-17:00"), False, site(), at(day, hour)) is expected


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (SUNDAY, "17:59", False),
        (SUNDAY, "18:00", True),
        (SUNDAY, "23:59", True),
        (MONDAY, "00:00", True),
        (MONDAY, "07:59", True),
        (MONDAY, "08:00", False),
        (MONDAY, "19:00", False),
    ],
)
def test_hours_may_run_past_midnight(day: str, hour: str, expected: bool) -> None:
    """Sunday 18:00 to 08:00 lasts until Monday morning, and does not begin again on Monday evening."""
    assert is_open(hours(sun="18:00-08:00"), False, site(), at(day, hour)) is expected


def test_hours_that_end_where_they_begin_last_a_day() -> None:
    """08:00 to 08:00 is open until the next morning."""
    open_ = [is_open(hours(sun="08:00-08:00"), False, site(), at(MONDAY, hour)) for hour in ("07:59", "08:00")]
    assert open_ == [True, False]


def test_a_day_may_be_open_all_day() -> None:
    """From midnight to midnight of that day, and no longer."""
    spans = hours(mon="all")
    assert [is_open(spans, False, site(), at(MONDAY, hour)) for hour in ("00:00", "23:59")] == [True, True]
    assert is_open(spans, False, site(), at("2026-11-24", "00:00")) is False


def test_unknown_hours_are_not_closed_hours() -> None:
    """Without hours nothing is said of whether the line answers; an all-day line always does."""
    assert is_open({}, False, site(), NOW) is None
    assert is_open({}, True, site(), NOW) is True


def test_people_with_closed_days_of_their_own_do_not_follow_the_holidays() -> None:
    """They may be there on a holiday, and away on a day when everybody else works."""
    line = hours(mon="09:00-17:00")
    assert is_open(line, False, site(holidays=[MONDAY]), at(MONDAY, "12:00")) is False
    assert is_open(line, False, site(holidays=[MONDAY]), at(MONDAY, "12:00"), closed_days=()) is True
    assert is_open(line, False, site(), at(MONDAY, "12:00"), closed_days=(date.fromisoformat(MONDAY),)) is False


@pytest.mark.parametrize(
    ("zone", "hour", "expected"),
    [
        ("Europe/London", "09:30", True),
        ("Australia/Sydney", "09:30", False),  # half past eight in the evening there
        ("Australia/Sydney", "22:30", True),  # Monday in UTC, Tuesday morning there
        ("America/New_York", "09:30", False),  # half past four in the morning
        ("America/New_York", "14:30", True),
        ("Asia/Kolkata", "04:00", True),  # half past nine
    ],
)
def test_hours_are_local_time(zone: str, hour: str, expected: bool) -> None:
    """The site's time zone decides, not the server's."""
    assert (
        is_open(hours(mon="09:00-17:00", tue="09:00-17:00"), False, site(time_zone=zone), at(MONDAY, hour)) is expected
    )


def test_summer_time_moves_the_hours() -> None:
    """Nine in the morning in London is eight in UTC in July and nine in November."""
    london, spans = site(time_zone="Europe/London"), hours(mon="09:00-17:00")
    assert is_open(spans, False, london, at("2026-07-20", "08:00")) is True
    assert is_open(spans, False, london, at(MONDAY, "08:00")) is False


def test_a_holiday_is_closed_and_the_night_line_leads() -> None:
    """On a holiday the day number does not answer; the number that does comes first."""
    roles = [(c.role, c.open_now) for c in care_team("today", site(holidays=[MONDAY]), NOW)]
    assert roles == [("out_of_hours", True), ("care_team", False)]


@pytest.mark.parametrize(
    ("hour", "first"), [("08:00", "out_of_hours"), ("10:00", "care_team"), ("17:00", "out_of_hours")]
)
@pytest.mark.parametrize("level", ["today", "now"])
def test_the_number_that_answers_now_comes_first(hour: str, first: str, level: str) -> None:
    """In working hours the day unit, else the night line; both are always shown."""
    found = reach(level, at(MONDAY, hour))
    assert found[0].role == first
    assert {c.phone for c in found if c.role in ("care_team", "out_of_hours")} == {"01632 960001", "01632 960002"}


def test_a_number_of_unknown_hours_is_not_put_last() -> None:
    """It may well answer: only a closed one steps back."""
    numbers = {"day": {"name": "Unit", "phone": "1"}, "out_of_hours": {"name": "Line", "phone": "2", "all_day": True}}
    assert [c.phone for c in care_team("now", site(numbers=numbers), NOW)] == ["1", "2"]


@pytest.mark.parametrize("level", ["keep", "soon", "today", "now", "emergency"])
def test_a_site_without_numbers_points_to_the_treatment_card(level: str) -> None:
    """A number is never made up."""
    team = [c for c in reach(level, numbers={}) if c.role == "care_team"]
    assert [(c.name, c.phone) for c in team] == [("contact_treatment_card", None)]
    assert team[0].if_no_answer == f"level_{level}_if_no_answer"


@pytest.mark.parametrize(
    ("level", "first", "has_emergency"),
    [
        ("keep", "care_team", False),
        ("soon", "care_team", False),
        ("today", "care_team", True),
        ("now", "care_team", True),
        ("emergency", "emergency", True),
    ],
)
def test_which_contact_leads_at_each_level(level: str, first: str, has_emergency: bool) -> None:
    """The care team, but in an emergency the emergency number; from today on that is always there."""
    roles = [c.role for c in reach(level)]
    assert roles[0] == first
    assert ("emergency" in roles) is has_emergency


def test_a_crisis_leads_with_the_crisis_line() -> None:
    """Crisis line, emergency number, then the care team."""
    roles = list(dict.fromkeys(c.role for c in reach("emergency", crisis=True)))
    assert roles == ["crisis", "emergency", "emergency_text", "care_team", "out_of_hours"]


def test_with_the_body_in_danger_too_the_emergency_number_leads() -> None:
    """The crisis line follows it."""
    roles = list(dict.fromkeys(c.role for c in reach("emergency", crisis=True, bodily_emergency=True)))
    assert roles[:2] == ["emergency", "crisis"]


@pytest.mark.parametrize(
    ("code", "numbers"),
    [
        ("GB", {"999"}),
        ("IE", {"112", "999"}),
        ("AU", {"000"}),
        ("NZ", {"111"}),
        ("US", {"911"}),
        ("CA", {"911"}),
        ("IN", {"112"}),
        ("international", {"112"}),
    ],
)
def test_each_country_has_its_emergency_number(code: str, numbers: set[str]) -> None:
    """The numbers of the safety conventions, in the contacts and in the words."""
    found = reach("emergency", state=State(country=code), countries=[code])
    assert {c.phone for c in found if c.role == "emergency"} & numbers
    words = emergency_number(content().countries[code])
    assert all(number in words for number in numbers)


@pytest.mark.parametrize("code", ["GB", "AU", "US", "IE", "NZ", "CA", "IN"])
def test_each_country_has_a_crisis_line(code: str) -> None:
    """The first contact of a crisis has a number to call."""
    first = reach("emergency", state=State(country=code), crisis=True)[0]
    assert first.role == "crisis" and first.phone


def test_a_crisis_in_no_known_country_still_has_a_number() -> None:
    """Whatever leads, there is something to dial."""
    found = reach("emergency", state=State(), crisis=True, countries=["international"])
    assert any(c.phone for c in found if c.role in ("crisis", "emergency"))


@pytest.mark.parametrize(
    ("country", "countries", "code"),
    [
        ("AU", ["GB", "AU"], "AU"),
        (None, ["NZ"], "NZ"),
        (None, ["GB", "AU"], "international"),
        ("gone", ["GB", "AU"], "international"),
    ],
)
def test_the_country_is_the_persons_else_the_sites_only_one(
    country: str | None, countries: list[str], code: str
) -> None:
    """Unknown is international: a wrong emergency number is worse than a general one."""
    assert country_of(State(country=country), content(), site(countries=countries)).code == code


def test_the_line_for_text_stands_with_an_emergency_where_there_is_one() -> None:
    """People who cannot speak on the phone see how to send for help."""
    assert "emergency_text" in [c.role for c in reach("now")]


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ({"mon": "09:00-17:00"}, "Mon 09:00-17:00"),
        ({"mon": "09:00-17:00", "tue": "09:00-17:00", "wed": "09:00-12:00"}, "Mon-Tue 09:00-17:00, Wed 09:00-12:00"),
        ({"sat": "all"}, "Sat 24 h"),
        ({"mon": "09:00-17:00", "wed": "09:00-17:00"}, "Mon 09:00-17:00, Wed 09:00-17:00"),
        ({"sun": "09:00-17:00", "sat": "09:00-17:00"}, "Sat-Sun 09:00-17:00"),
        ({}, ""),
    ],
)
def test_hours_are_shown_as_data(spans: dict[str, str], words: str) -> None:
    """Neighbours with the same hours are put together, in the order of the week, and never over a closed day."""
    assert hours_words(hours(**spans)) == words
