"""The line of time: each sign where the words put it, never more exactly, and nothing but the order of what was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clinical.state import Finding, State
from bot.clinical.timeline import DAYS, SCALES, Span, place, scale_for, span_of, timeline

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)
UTC = ZoneInfo("UTC")


def ago(days: int) -> date:
    """The day so many days before the test's."""
    return TODAY - timedelta(days=days)


def said(days: int, precision: str) -> Finding:
    """A sign that began so many days ago, in words."""
    return Finding("present", since_words="words", since_date=ago(days).isoformat(), precision=precision)


def chosen(choice: str, precision: str | None, days: int | None = None) -> Finding:
    """A sign with a choice of the step `since`, as the core notes it."""
    return Finding(
        "present", since=choice, since_date=None if days is None else ago(days).isoformat(), precision=precision
    )


SPANS = [
    # finding, (first, last) as days ago
    (said(0, "day"), (0, 0)),
    (said(3, "day"), (3, 3)),
    (said(2, "days"), (3, 1)),
    (said(3, "days"), (5, 1)),
    (said(7, "weeks"), (11, 3)),
    (said(21, "weeks"), (25, 17)),
    (said(90, "months"), (106, 74)),
    (said(365, "months"), (548, 182)),
    (said(730, "months"), (913, 547)),
    (chosen("today", "days", 0), (1, 0)),
    (chosen("days", "days"), (6, 2)),
    (chosen("weeks", "weeks"), (28, 7)),
    (chosen("longer", "months"), (None, 28)),
    (chosen("unsure", None), None),
    (Finding("present"), None),
    (Finding("present", since_words="since my last clinic"), None),
    # A choice was pressed, and later other words were taken in its place that give no date.
    (Finding("present", since="days", since_words="since chemo ended"), None),
    # Nothing begins after it was told.
    (said(-5, "day"), (0, 0)),
]


@pytest.mark.parametrize(("finding", "expected"), SPANS)
def test_days_are_dots_and_all_that_is_less_exact_has_its_span(
    finding: Finding, expected: tuple[int | None, int] | None
) -> None:
    """A table of everything that can be said of when a sign began."""
    found = span_of(finding, TODAY, TODAY)
    if expected is None:
        assert found is None
        return
    first, last = expected
    assert found == Span(None if first is None else ago(first), ago(last))


def test_a_choice_counts_from_the_days_on_which_it_may_have_been_pressed() -> None:
    """A check that was taken up again after five days: "2 to 6 days ago" was said on one of six days."""
    assert span_of(chosen("days", "days"), ago(5), TODAY) == Span(ago(11), ago(2))
    # Read ten days after the last answer: the days stay where they were.
    assert span_of(chosen("today", "days", 10), ago(10), ago(10)) == Span(ago(11), ago(10))


SCALE = [
    (0, ("day", 6)),
    (6, ("day", 6)),
    (7, ("week", 2)),
    (14, ("week", 2)),
    (15, ("week", 4)),
    (29, ("week", 8)),
    (57, ("month", 6)),
    (182, ("month", 6)),
    (183, ("month", 12)),
    (366, ("year", 2)),
    (731, ("year", 4)),
    (3000, ("year", 10)),
    (9000, ("year", 50)),
    (36500, ("year", 100)),
    (90000, ("year", 100)),
]


@pytest.mark.parametrize(("days", "expected"), SCALE)
def test_the_line_is_as_short_as_the_data_allow(days: int, expected: tuple[str, int]) -> None:
    """Days, weeks, months or years."""
    assert scale_for([days, 0]) == expected


def test_a_line_with_everything() -> None:
    """Earliest first, those of unknown date last, in places between 0 and 1."""
    state = State(
        started_at=NOW.isoformat(),
        findings={
            "fever": said(1, "day"),
            "low_mood": Finding("present"),
            "cough": Finding("absent", since_date=ago(3).isoformat(), precision="day"),
            "fatigue": chosen("longer", "months"),
            "lumps": chosen("weeks", "weeks"),
        },
    )
    assert timeline(state, UTC, NOW) == {
        "today": "2026-11-23",
        "unit": "week",
        "count": 8,
        "rows": [
            {"sign": "fatigue", "kind": "before", "first": None, "last": "2026-10-26", "from": 0.0, "to": 0.5},
            {"sign": "lumps", "kind": "span", "first": "2026-10-26", "last": "2026-11-16", "from": 0.5, "to": 0.875},
            {"sign": "fever", "kind": "day", "first": "2026-11-22", "last": "2026-11-22", "from": 0.9821, "to": 0.9821},
            {"sign": "low_mood", "kind": "unknown", "first": None, "last": None, "from": None, "to": None},
        ],
    }


@pytest.mark.parametrize("findings", [{}, {"fever": Finding("present")}, {"fever": Finding("past", since="days")}])
def test_without_a_known_date_there_is_no_line(findings: dict[str, Finding]) -> None:
    """An empty picture would look like an answer."""
    assert timeline(State(findings=findings), UTC, NOW) is None


def test_today_is_that_of_the_site() -> None:
    """At ten in the evening of UTC it is tomorrow in Sydney."""
    evening = NOW.replace(hour=22)
    found = timeline(State(findings={"fever": said(0, "day")}), ZoneInfo("Australia/Sydney"), evening)
    assert found is not None and found["today"] == "2026-11-24"


findings = st.builds(
    Finding,
    status=st.sampled_from(("present", "present", "absent", "unsure", "past")),
    since=st.sampled_from((None, "today", "days", "weeks", "longer", "unsure")),
    since_date=st.none() | st.dates().map(str) | st.integers(0, 900).map(lambda days: ago(days).isoformat()),
    precision=st.sampled_from((None, "day", "days", "weeks", "months")),
    change=st.sampled_from((None, "new", "worse", "same", "better")),
)
instants = st.none() | st.integers(-60, 10).map(lambda days: (NOW + timedelta(days=days)).isoformat())
states = st.builds(
    State,
    started_at=instants,
    last_at=instants,
    findings=st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e", "f"]), findings, max_size=6),
)


@given(states)
def test_any_check_has_a_sound_line(state: State) -> None:
    """Every sign that is there stands on it once; places lie on the line, in order, and where their dates are."""
    found = timeline(state, UTC, NOW)
    if found is None:
        return
    rows = found["rows"]
    assert sorted(row["sign"] for row in rows) == sorted(state.signs("present"))
    length = found["count"] * DAYS[found["unit"]]
    known = [row for row in rows if row["kind"] != "unknown"]
    assert known and rows[: len(known)] == known
    assert known == sorted(known, key=lambda row: (row["first"] or "", row["last"]))
    for row in known:
        assert 0 <= row["from"] <= row["to"] <= 1
        assert (row["kind"] == "day") is (row["first"] == row["last"])
        assert (row["kind"] == "before") is (row["first"] is None)
        for key, place_ in (("first", "from"), ("last", "to")):
            day = date.fromisoformat(row[key]) if row[key] else None
            assert day is None or day <= TODAY
            assert row[place_] == (
                0 if day is None else pytest.approx(max(0, 1 - (TODAY - day).days / length), abs=1e-4)
            )
    # No shorter line would hold the earliest day.
    days = max((TODAY - date.fromisoformat(row["first"] or row["last"])).days for row in known)
    shorter = SCALES[: SCALES.index((found["unit"], found["count"]))]
    assert all(count * DAYS[unit] < days * (1 if all(row["first"] for row in known) else 2) for unit, count in shorter)


@given(states, st.permutations(["a", "b", "c", "d", "e", "f"]))
def test_neither_order_nor_change_moves_anything(state: State, order: list[str]) -> None:
    """No trend: whether a sign got better or worse, and which was told first, is not in the picture."""
    shuffled = {sign: replace(state.findings[sign], change="same") for sign in order if sign in state.findings}
    found, other = (timeline(one, UTC, NOW) for one in (state, replace(state, findings=shuffled)))
    if found is None or other is None:
        assert found is other
        return
    assert [row for row in found["rows"] if row["first"] or row["last"]] == [
        row for row in other["rows"] if row["first"] or row["last"]
    ]
    assert (found["unit"], found["count"]) == (other["unit"], other["count"])


def test_a_place_is_a_day_of_the_calendar() -> None:
    """What the ends of the line mean: its start and today."""
    found = place({"a": Span(ago(6), ago(6)), "b": Span(TODAY, TODAY), "c": None}, TODAY)
    assert found is not None
    assert [(row["sign"], row["from"]) for row in found["rows"]] == [("a", 0.0), ("b", 1.0), ("c", None)]
