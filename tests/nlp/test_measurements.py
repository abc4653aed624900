"""Readings and durations, and the numbers that are none."""

from __future__ import annotations

import pytest

from bot.clinical.understanding import OpenQuestion
from bot.nlp.durations import durations
from bot.nlp.understand import Understander

READINGS = [
    ("temp 38.2", 38.2, "now"),
    ("my temperature is 37,9", 37.9, "now"),
    ("38.5 c", 38.5, "now"),
    ("it's 101 F", (101 - 32) * 5 / 9, "now"),
    ("temp 100.2 an hour ago", (100.2 - 32) * 5 / 9, "last_24h"),
    ("thermometer says 39", 39.0, "now"),
    ("thirty eight point five on the thermometer", 38.5, "now"),
    ("temp of thirty nine", 39.0, "now"),
    ("temperature 38 and a half", 38.5, "now"),
    ("fever of a hundred and two", (102 - 32) * 5 / 9, "now"),
    ("39°C", 39.0, "now"),
    ("temp was 38.4 last week", 38.4, "earlier"),
    ("she was 38.6 last night", 38.6, "last_24h"),
    ("35.6 degrees", 35.6, "now"),
    ("temp 98.6", 37.0, "now"),
    ("thirty eight point two", 38.2, "now"),
    ("thirty eight three on the thermometer", 38.3, "now"),
    ("temp of a hundred and one", (101 - 32) * 5 / 9, "now"),
    ("the stick says 101", (101 - 32) * 5 / 9, "now"),
    ("39 flat", 39.0, "now"),
    ("34.7", 34.7, "now"),
    ("her: 38.8", 38.8, "now"),
    ("temp:38.5", 38.5, "now"),
    ("hubbys temp 36.9 mine 39.2", 39.2, "now"),
    ("head is pounding and a temp of 38.4", 38.4, "now"),
    ("when i took it it was 38.4", 38.4, "last_24h"),
    ("it was 39 degrees on the transplant ward", 39.0, "earlier"),
    ("temp went up to 38.8 last winter", 38.8, "earlier"),
]
NONE = [
    "i weigh 62.5 kg",
    "lost 38 pounds",
    "im 38",
    "aged 39",
    "she is 40 years old",
    "pulse 101",
    "heart rate was 98.6",
    "it cost £38.50",
    "bp 120/80",
    "platelets 38.5",
    "hb 101",
    "at 10.30 this morning",
    "its 38 degrees outside",
    "the oven is at 38.5",
    "took 40 mg",
    "38 weeks pregnant",
    "room 101",
    "call 999",
    "oxygen 98.5",
    "neutrophils were 0.5",
    "there are like 40 of them with a fever",
    "breathing 34 a minute with a fever",
    "39 in the shade here",
    "the card says ring if over 38",
    "leaflet says call when above 37.5",
    "my husband's temperature is 39.4 and mine is fine",
]


@pytest.mark.parametrize(("text", "celsius", "when"), READINGS)
def test_reading(reader: Understander, text: str, celsius: float, when: str) -> None:
    """The reading in Celsius, unrounded, and when it was taken."""
    found = reader.understand(text).temperatures
    assert [(pytest.approx(t.c, abs=0.001), t.when) for t in found] == [(celsius, when)]


@pytest.mark.parametrize("text", NONE)
def test_other_numbers(reader: Understander, text: str) -> None:
    """Weights, ages, pulses, prices, times and counts are no temperatures."""
    assert reader.understand(text).temperatures == ()


def test_readings_over_time(reader: Understander) -> None:
    """Both readings, each with its time; the higher one keeps the flag."""
    said = reader.understand("was 38.4, now 37")
    assert (said.temperatures[0].c, said.temperatures[0].when) == (38.4, "last_24h")
    assert said.red_flags == ("fever_38",)


@pytest.mark.parametrize(
    ("text", "celsius"), [("38", 38.0), ("102", (102 - 32) * 5 / 9), ("36.9", 36.9), ("thirty seven", 37.0)]
)
def test_bare_number_answers_the_temperature_question(reader: Understander, text: str, celsius: float) -> None:
    """A number alone is a reading only when it was asked for."""
    asked = OpenQuestion("temperature", "free")
    assert reader.understand(text, question=asked).temperatures[0].c == pytest.approx(celsius, abs=0.001)


def test_imagined_reading_is_not_a_reading(reader: Understander) -> None:
    """What is only imagined (If it goes over 38) reports nothing."""
    said = reader.understand("what if my temp goes over 38.5")
    assert said.temperatures == ()
    assert said.red_flags == ()


DURATIONS = [
    ("for two weeks now", 14.0),
    ("a fortnight ago", 14.0),
    ("3 days", 3.0),
    ("since yesterday", 1.0),
    ("about a month ago", 30.0),
    ("half an hour ago", 0.5 / 24),
    ("since tuesday", None),
    ("since last tuesday", None),
    ("for a couple of weeks", 14.0),
    ("the last fortnight", 14.0),
    ("the past month", 30.0),
    ("a week and a half", 10.5),
    ("about 3wks", 21.0),
    ("the day before yesterday", 2.0),
    ("since chemo ended", None),
    ("since half term", None),
    ("since the start of june", None),
    ("on and off for months", None),
]


@pytest.mark.parametrize(("text", "days"), DURATIONS)
def test_duration(text: str, days: float | None) -> None:
    """Days ago where the words give a number, else None; always the words."""
    found = durations(text)
    assert len(found) == 1
    assert found[0].days == (None if days is None else pytest.approx(days, abs=0.01))
    assert text[found[0].start : found[0].end].strip() == found[0].words


@pytest.mark.parametrize(
    ("text", "loose"),
    [
        ("for about three days", True),
        ("for a few days", True),
        ("a couple of days ago", True),
        ("for over 4 days", True),
        ("for 2-3 days", True),
        ("for a day or so", True),
        ("three weeks or so", True),
        ("for a day or two", True),
        ("3 days or so ago", True),
        ("for three days", False),
        ("for the last 2 days", False),
        ("since yesterday", False),
    ],
)
def test_a_number_that_is_not_meant_to_the_day_is_loose(text: str, loose: bool) -> None:
    """Nobody who says "a few days" names a day."""
    (found,) = durations(text)
    assert found.loose is loose and found.words == text


def test_age_is_no_duration() -> None:
    """An age (Seventy years old) says nothing about when it began."""
    assert durations("i am 70 years old") == []


@pytest.mark.parametrize("text", ["bleeding from my nose", "blood from the gums", "pain from my hip to my knee"])
def test_where_something_comes_from_is_no_duration(text: str) -> None:
    """`Since: from my nose` stood in a summary."""
    assert durations(text) == []
