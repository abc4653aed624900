"""The form of opening hours: what is typed is what is set, and what cannot be read is named."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.schema import WEEKDAYS, Hours
from bot.site import CLOSED_DAYS, Site, SupportTimes
from desk.hours import fields_of, read_times

MINUTES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
DAYS = st.one_of(
    st.just(Hours(all_day=True)),
    st.tuples(MINUTES, MINUTES).filter(lambda t: t[0] != t[1]).map(lambda t: Hours(opens=t[0], closes=t[1])),
)
TIMES = st.builds(
    SupportTimes,
    hours=st.dictionaries(st.sampled_from(WEEKDAYS), DAYS),
    closed_days=st.lists(st.dates(), max_size=CLOSED_DAYS).map(tuple),
)


@given(TIMES)
def test_what_the_form_shows_is_read_back(times: SupportTimes) -> None:
    """A supervisor who changes nothing changes nothing; nor does a message that carries them."""
    assert read_times(fields_of(times)) == times
    assert SupportTimes.model_validate(times.to_json()) == times


def test_fields_are_read_as_people_type_them() -> None:
    """Without a zero in front, dates in any order, with commas, twice; a day with nothing in it is closed."""
    found = read_times(
        {"tue_opens": "9:00", "tue_closes": " 17:30", "closed_days": "2026-12-26, 2026-12-25\n2026-12-26"}
    )
    assert found.to_json() == {
        "hours": {"tue": {"opens": "09:00:00", "closes": "17:30:00"}},
        "closed_days": ["2026-12-25", "2026-12-26"],
    }


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"mon_opens": "9"}, "Monday: give both times"),
        ({"wed_opens": "09:00"}, "Wednesday: give both times"),
        ({"thu_opens": "09:00", "thu_closes": "24:00"}, "Thursday: give both times"),
        ({"fri_opens": "09:00", "fri_closes": "9:00"}, "Friday: opens and closes at the same time"),
        ({"closed_days": "Christmas"}, "Christmas is no date: write the closed days like 2026-12-25"),
        ({"closed_days": " ".join(f"2026-{m:02}-{d:02}" for m in (1, 3, 5) for d in range(1, 30))}, "87 closed days"),
    ],
)
def test_what_cannot_be_read_is_named(fields: dict[str, str], says: str) -> None:
    """With the day as people call it."""
    with pytest.raises(ValueError, match=says):
        read_times(fields)


def test_all_faults_are_told_at_once() -> None:
    """One line each."""
    with pytest.raises(ValueError, match="Monday") as caught:
        read_times({"mon_opens": "9", "sun_closes": "x", "closed_days": "soon"})
    assert len(str(caught.value).splitlines()) == 3


def test_the_form_begins_with_the_site_file() -> None:
    """Its holidays are the closed days, unless these people have days of their own."""
    file = {"name": "x", "countries": ("GB",), "holidays": [date(2026, 12, 25)]}
    week = {"tue": {"opens": "09:00", "closes": "17:00"}, "mon": {}}
    assert Site(**file, support={"hours": week}).support_times == SupportTimes(
        hours={"tue": week["tue"]}, closed_days=[date(2026, 12, 25)]
    )
    assert Site(**file, support={"closed_days": []}).support_times == SupportTimes()
