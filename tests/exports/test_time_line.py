"""The picture of when the signs began: on paper at the places of the summary, and in every format in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.clinical.state import Finding, State
from bot.exports import EXPORTS, time_line
from bot.exports.lines import document
from bot.exports.paper import Paper
from bot.exports.time_line import HALF, LEFT, RIGHT
from tests.exports.conftest import NOW, Made

Summarise = Callable[[State], Made]
#: Eight weeks back; in the order in which they are told, which is not that of their beginnings.
TOLD = {
    "bleeding": Finding("present", since_words="since Wednesday", since_date="2026-03-04", precision="day"),
    "fatigue": Finding("present", since="weeks", precision="weeks"),
    "headache": Finding("present"),
    "low_mood": Finding("present", since_words="since my last clinic"),
    "fever": Finding("present", since="today", since_date="2026-03-06", precision="days"),
    "lumps": Finding("present", since="longer", precision="months"),
}


@pytest.fixture
def told(busy: State) -> State:
    """A check with a sign of every kind of beginning."""
    return replace(busy, findings=TOLD)


class Drawn(Paper):
    """Paper that remembers the marks drawn on it, as (kind, left end, right end)."""

    def __init__(self) -> None:
        self.marks: list[tuple[str, float, float]] = []
        super().__init__("title", "foot", NOW)

    def ellipse(self, x: float, y: float, w: float, h: float, **rest: Any) -> None:  # type: ignore[override]
        self.marks.append(("dot", x + w / 2, x + w / 2))
        super().ellipse(x, y, w, h, **rest)

    def rect(self, x: float, y: float, w: float, h: float, **rest: Any) -> None:  # type: ignore[override]
        self.marks.append(("bar", x, x + w))
        super().rect(x, y, w, h, **rest)

    def polygon(self, points: list[tuple[float, float]], **rest: Any) -> None:  # type: ignore[override]
        self.marks.append(("arrow", min(x for x, _ in points), max(x for x, _ in points)))
        super().polygon(points, **rest)


def drawn(made: Made) -> Drawn:
    """The marks of the section with the line of time."""
    (section,) = [section for section in document(*made, NOW).sections if section.axis]
    assert section.axis
    paper = Drawn()
    time_line.draw_time_line(section.axis, section.lines, paper)
    paper.output()  # closes the fonts
    return paper


def test_each_kind_of_beginning_has_a_shape_and_stands_at_its_place(summarise: Summarise, told: State) -> None:
    """An arrow, a bar, a dot and a short bar, from the earliest to the latest; nothing for those of unknown date."""
    made = summarise(told)
    marks = drawn(made).marks
    assert [kind for kind, _, _ in marks] == ["arrow", "bar", "dot", "bar"]
    rows = [row for row in made[0]["timeline"]["rows"] if row["kind"] != "unknown"]
    assert [row["sign"] for row in rows] == ["lumps", "fatigue", "bleeding", "fever"]
    for row, (_, left, right) in zip(rows, marks, strict=True):
        assert right == pytest.approx(LEFT + row["to"] * (RIGHT - LEFT))
        assert left == pytest.approx(min(LEFT + row["from"] * (RIGHT - LEFT), right - 2 * HALF * (left != right)))


def test_no_mark_leaves_the_line(summarise: Summarise, told: State) -> None:
    """The smallest bars at either end too."""
    begun_today = {"fever": TOLD["fever"], "cough": replace(TOLD["bleeding"], since_date="1920-01-01")}
    for findings in (TOLD, begun_today):
        for _, left, right in drawn(summarise(replace(told, findings=findings))).marks:
            assert LEFT <= left <= right <= RIGHT + 1e-6


def test_a_long_list_goes_on_under_the_same_axis(summarise: Summarise, told: State) -> None:
    """The words over the line stand again on the next page."""
    made = summarise(told)
    (section,) = [section for section in document(*made, NOW).sections if section.axis]
    assert section.axis
    paper = Drawn()
    many = [line for line in section.lines if line.strip] * 20
    time_line.draw_time_line(section.axis, many, paper)
    assert paper.page_no() > 1 and len(paper.marks) == 80
    assert bytes(paper.output()).startswith(b"%PDF")


@pytest.mark.parametrize("format_", ["txt", "fhir.json"])
def test_the_same_stands_there_in_words(summarise: Summarise, told: State, format_: str) -> None:
    """Sign and beginning in the person's words, in the same order, with what has no known date at the end."""
    made = summarise(told)
    say = made[1].text
    page = re.sub(r"\s+", " ", EXPORTS[format_].render(*made, NOW).decode().replace("\\n", " "))
    expected = [
        say("summary_timeline"),
        f"{say('sign_lumps_label')}: {say('step_since_choice_longer')}",
        f"{say('sign_fatigue_label')}: {say('step_since_choice_weeks')}",
        f"{say('sign_bleeding_label')}: since Wednesday (2026-03-04)",
        f"{say('sign_fever_label')}: {say('step_since_choice_today')} (2026-03-06)",
        f"{say('sign_headache_label')}: {say('summary_timeline_unknown')}",
        f"{say('sign_low_mood_label')}: {say('summary_timeline_unknown')}. “since my last clinic”",
    ]
    places = [page.find(words, page.find(say("summary_timeline"))) for words in expected]
    assert -1 not in places and places == sorted(places)
    assert say("summary_timeline_note") not in page


def test_without_a_known_date_there_is_no_picture(summarise: Summarise, told: State) -> None:
    """No heading over nothing; the signs stand in their list."""
    made = summarise(replace(told, findings={"headache": TOLD["headache"]}))
    assert made[1].text("summary_timeline") not in EXPORTS["txt"].render(*made, NOW).decode()


def test_a_summary_of_an_older_server_has_none(summarise: Summarise, told: State) -> None:
    """One that was stored before there was a line of time."""
    summary, renderer = summarise(told)
    old = {key: value for key, value in summary.items() if key != "timeline"}
    assert b"%PDF" in EXPORTS["pdf"].render(old, renderer, NOW)


def test_a_reading_carries_the_time_at_which_it_was_told(summarise: Summarise, busy: State) -> None:
    """In the zone of the site; none for a reading of which it is not known."""
    page = EXPORTS["txt"].render(*summarise(busy), NOW).decode()
    assert "Told: 2026-03-06 14:03 Europe/London" in page
    untimed = replace(busy, temperatures=tuple(replace(r, at=None) for r in busy.temperatures))
    assert "Told:" not in EXPORTS["txt"].render(*summarise(untimed), NOW).decode()
