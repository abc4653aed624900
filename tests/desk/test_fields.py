"""What staff type: taken where it can be, and refused with a clear word where it cannot."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clinical.state import Finding, State
from bot.clinical.urgency import assess
from bot.content.loader import Content
from desk.fields import (
    FIELDS,
    IDENTIFIERS,
    Checked,
    check,
    label_of,
    read_date,
    read_moment,
    read_temperature,
    reading_of,
)
from tests.exports.states import words

LONDON = ZoneInfo("Europe/London")
OPENED = datetime(2026, 3, 6, 13, 30, tzinfo=timezone.utc)
NOW = datetime(2026, 3, 6, 14, 5, tzinfo=timezone.utc)


def checked(content: Content, **form: str) -> Checked:
    return check(form, content, LONDON, opened_at=OPENED, now=NOW)


@pytest.mark.parametrize(
    ("typed", "celsius"),
    [
        ("38.2", 38.2),
        ("38,2", 38.2),
        ("38.2 C", 38.2),
        ("38 °C", 38.0),
        ("100.8 F", 38.2222),
        ("100.4", 38.0),  # no Celsius
        ("37 f", 37.0),  # no Fahrenheit
        ("thirty eight point five", 38.5),
        ("temp 35.9", 35.9),
    ],
)
def test_temperatures_are_read_as_in_the_chat(content: Content, typed: str, celsius: float) -> None:
    """In either scale, in figures or words, and never rounded to a side of a threshold."""
    assert read_temperature(typed, content.urgency.fever) == pytest.approx(celsius)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("hot", "Write it as 38.2"),
        ("382", "Write it as 38.2"),
        ("12", "Write it as 38.2"),
        ("38.2, now 37", "one temperature"),
        ("38.2 at 14:05", "one temperature"),
    ],
)
def test_what_is_no_temperature_is_refused(content: Content, typed: str, fault: str) -> None:
    """Nothing is guessed: a reading decides how soon."""
    found = checked(content, temperature=typed)
    (only,) = found.faults
    assert only.field == "temperature" and only.label == "Temperature" and fault in only.words
    assert found.entries == {}


def test_a_temperature_outside_the_bounds_of_the_content_is_refused(content: Content) -> None:
    """They may be narrower than what the reading takes for a temperature at all; they are told in both scales."""
    rule = content.urgency.fever.model_copy(update={"plausible_c": (34.0, 42.0)})
    with pytest.raises(ValueError, match=r"between 34 °C \(93.2 °F\) and 42 °C"):
        read_temperature("33.5", rule)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-03-06", "2026-03-06"),
        ("2026-03", "2026-03"),
        ("2026", "2026"),
        ("6 March 2026", "2026-03-06"),
        ("6th mar 2026", "2026-03-06"),
        ("Sept. 2025", "2025-09"),
    ],
)
def test_dates(typed: str, day: str) -> None:
    """As exact as they were typed, and no more."""
    assert read_date(typed) == day


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("06/03/2026", "Day and month"),
        ("6.3.26", "Day and month"),
        ("2026-02-30", "no such day"),
        ("2026-13", "no such day"),
        ("0000", "no such day"),
        ("31 June 2026", "no such day"),
        ("last week", "This is no date"),
        ("6 Mumble 2026", "This is no date"),
    ],
)
def test_what_is_no_date_is_refused(typed: str, fault: str) -> None:
    """A month taken for a day moves a transplant by months."""
    with pytest.raises(ValueError, match=fault):
        read_date(typed)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-03-06 14:05", "2026-03-06T14:05+00:00"),
        ("2026-07-01T09:00", "2026-07-01T09:00+01:00"),
        ("9:05", "2026-03-06T09:05+00:00"),
        ("23.59", "2026-03-06T23:59+00:00"),
        ("2026-10-25 01:30", "2026-10-25T01:30+01:00"),  # comes twice
    ],
)
def test_moments_are_by_the_clocks_of_the_site(typed: str, moment: str) -> None:
    """With or without a date."""
    assert read_moment(typed, LONDON, NOW).isoformat(timespec="minutes") == moment


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("soon", "Write date and time"),
        ("2026-03-06", "Write date and time"),
        ("25:00", "no such day or time"),
        ("2026-02-30 10:00", "no such day or time"),
        ("2026-03-29 01:30", "clocks skip"),
    ],
)
def test_what_is_no_moment_is_refused(typed: str, fault: str) -> None:
    """Also an hour that the clocks skip in spring."""
    with pytest.raises(ValueError, match=fault):
        read_moment(typed, LONDON, NOW)


@pytest.mark.parametrize(
    ("name", "typed", "fault"),
    [
        ("caller", "x" * 121, "At most 120 characters fit here; there are 121"),
        ("caller", "Ann\nLee", "One line only"),
        ("action:sign:bleeding", "x" * 501, "At most 500"),
        ("born", "2026-03-07", "in the future"),
        ("born", "2027", "in the future"),
        ("born", "1880-01-01", "more than 130 years ago"),
        ("last_treatment_date", "2026-04", "in the future"),
        ("temperature_when", "2026-03-06 14:30", "in the future"),
        ("temperature_when", "2026-01-06 14:30", "more than 31 days before"),
        ("follow_up", "2026-03-06 13:00", "before the case was opened"),
        ("follow_up", "2062-03-06 13:00", "more than a year"),
    ],
)
def test_slips_are_named(content: Content, name: str, typed: str, fault: str) -> None:
    """Each in words that say what to do; the field is not kept."""
    found = checked(content, **{name: typed})
    (only,) = found.faults
    assert only.field == name and fault in only.words and found.entries == {}


def test_what_is_right_is_kept_beside_what_is_not(content: Content) -> None:
    """One fault loses nothing else; empty fields, also those that only look filled, are left out."""
    form = {
        "caller": "  Ann Lee ",
        "reason": "line one\r\nline two",
        "diagnosis": "\u200b \t",
        "born": "nonsense",
        "last_treatment_date": "None",
        "follow_up": "2026-03-09 09:00",
        "temperature": "100.8 F",
        "action:sign:bleeding": "told to press",
        "advice:flag:wish": "999",
    }
    found = check(form, content, LONDON, opened_at=OPENED, now=NOW)
    assert [fault.field for fault in found.faults] == ["born"]
    assert found.entries == {
        "caller": "Ann Lee",
        "reason": "line one\nline two",
        "last_treatment_date": "none",
        "follow_up": "2026-03-09T09:00+00:00",
        "temperature": "100.8 F",
        "action:sign:bleeding": "told to press",
        "advice:flag:wish": "999",
    }


@pytest.mark.parametrize(
    "name", ["", "level", "opened", "action", "action:sign:nose", "action:flag:bleeding", "note:sign:nose"]
)
def test_a_field_that_the_sheet_does_not_have_is_no_slip(content: Content, name: str) -> None:
    """Nobody typed it into our page."""
    with pytest.raises(ValueError, match="no such field"):
        check({name: "x"}, content, LONDON, opened_at=OPENED, now=NOW)


@pytest.mark.parametrize(
    ("taken", "when"),
    [
        ("2026-03-06T13:30+00:00", "now"),
        ("2026-03-05T20:00+00:00", "last_24h"),
        ("2026-03-04T20:00+00:00", "earlier"),
        (None, None),
    ],
)
def test_a_typed_temperature_is_a_reading_of_the_checklist(
    content: Content, taken: str | None, when: str | None
) -> None:
    """With when it was taken; the checklist then decides how soon."""
    entries = {"temperature": "37.5", **({"temperature_when": taken} if taken else {})}
    reading = reading_of(entries, content.urgency.fever, NOW)
    assert reading is not None and (reading.c, reading.when) == (37.5, when)
    asked = {"right_now_1": "done", "right_now_2": "done"}
    state = State(screens=asked, findings={"cough": Finding("present")}, temperatures=(reading,))
    assert assess(state, content).level == ("soon" if when == "earlier" else "now")
    assert reading_of({}, content.urgency.fever, NOW) is None


def test_every_field_has_its_label() -> None:
    """And no two share one."""
    labels = [label_of(field.id) for field in (*FIELDS, *IDENTIFIERS)]
    assert len(set(labels)) == len(labels)


@given(st.dictionaries(st.sampled_from([field.id for field in (*FIELDS, *IDENTIFIERS)]), words))
def test_whatever_is_typed_is_kept_or_named(content: Content, form: dict[str, str]) -> None:
    """Nothing raises; nothing that can be seen gets lost without a word; what is kept passes again."""
    found = check(form, content, LONDON, opened_at=OPENED, now=NOW)
    assert not set(found.entries) & {fault.field for fault in found.faults}
    again = check(found.entries, content, LONDON, opened_at=OPENED, now=NOW)
    assert (again.entries, again.faults) == (found.entries, ())
    lost = set(form) - set(found.entries) - {fault.field for fault in found.faults}
    assert not [name for name in lost if any(character.isalnum() for character in form[name])]


@given(st.dates(), st.times())
def test_dates_and_moments_of_any_time(day: date, time: time) -> None:
    """What a browser sends is read back as it was sent, but for hours in which the clocks change."""
    assert read_date(f"{day}") == f"{day}"
    typed = f"{day} {time:%H:%M}"
    exists = day > date(2, 1, 1) and f"{day}" != "9999-12-31"
    if exists and not any(
        datetime.combine(day, time, LONDON).utcoffset() != _offset_after(day, time, h) for h in (-2, 2)
    ):
        assert f"{read_moment(typed, LONDON, NOW):%Y-%m-%d %H:%M}" == f"{datetime.combine(day, time):%Y-%m-%d %H:%M}"


def _offset_after(day: date, time: time, hours: int) -> timedelta | None:
    """The offset some hours away: another one means that the clocks change about then."""
    return (datetime.combine(day, time) + timedelta(hours=hours)).replace(tzinfo=LONDON).utcoffset()
