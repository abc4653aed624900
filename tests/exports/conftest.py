"""A site with numbers of its own, a busy check, and how to turn a state into a rendered summary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

import pytest

from bot.clinical.state import Finding, Reading, State
from bot.clinical.summary import build_summary
from bot.content.loader import Content, load_content
from bot.content.render import Renderer
from bot.site import Site

NOW = datetime(2026, 3, 6, 14, 5, tzinfo=timezone.utc)
Made = tuple[dict[str, Any], Renderer]


@pytest.fixture(scope="session")
def content() -> Content:
    """The shipped content."""
    return load_content()


@pytest.fixture(scope="session")
def site() -> Site:
    """A service in London with a day number and an out-of-hours number."""
    weekday = {"opens": "09:00", "closes": "17:00"}
    return Site.model_validate(
        {
            "name": "Northern Haematology",
            "countries": ["GB"],
            "time_zone": "Europe/London",
            "numbers": {
                "day": {
                    "name": "Day unit",
                    "phone": "020 7946 0000",
                    "hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), weekday),
                },
                "out_of_hours": {"name": "Advice line", "phone": "020 7946 0999", "all_day": True},
            },
        }
    )


@pytest.fixture(scope="session")
def summarise(content: Content, site: Site) -> Callable[[State], Made]:
    """From a state to its rendered summary and the renderer for who reads it."""

    def make(state: State) -> Made:
        renderer = Renderer(content, site, state.voice, state.country)
        return renderer.summary(build_summary(state, content, site, NOW)), renderer

    return make


@pytest.fixture
def busy(content: Content) -> State:
    """A parent's check with something in every field."""
    options = content.signs["bleeding"].detail
    assert options is not None
    return State(
        started_at="2026-03-06T14:00:00+00:00",
        about="child",
        condition="lymphoma",
        country="GB",
        recent_treatment="recent",
        findings={
            "bleeding": Finding(
                "present",
                since_words="since Wednesday",
                since_date="2026-03-04",
                precision="day",
                change="worse",
                details=(options.options[0].id,),
                words="blood on the pillow twice",
            ),
            "fatigue": Finding("present", since="weeks", since_date="2026-02-13", precision="weeks", change="usual"),
            "lumps": Finding("unsure"),
            "weight_loss": Finding("past"),
            "cough": Finding("absent"),
        },
        temperatures=(Reading(38.2, "last_24h", "100.8", "2026-03-06T14:03:00+00:00"),),
        medicines=("paracetamol", "steroids"),
        worry="very",
        flags={"sepsis_look": "present"},
        notes=("We are away from home this week",),
    )


def answers_of(content: Content, step: str) -> list[str]:
    """The choice ids of a step."""
    return [choice.id for choice in content.steps[step].choices]


def with_words(summary: Mapping[str, Any], words: str) -> dict[str, Any]:
    """The summary with these words in every place that a person's words can reach."""
    changed = {**summary, "notes": [words]}
    changed["signs"] = {
        **summary["signs"],
        "present": [
            {**found, "words": words, "since": {"words": words, "date": None, "precision": None}}
            for found in summary["signs"]["present"]
        ],
    }
    changed["temperatures"] = [{**taken, "words": words} for taken in summary["temperatures"]]
    return changed
