"""The content of a day and a site: what is past its review date, and the site's own thresholds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.clinical import checklist
from bot.clinical.urgency import assess
from bot.content.loader import Content
from tests.support.core import NOW, Person, content, site


def expired(*files: str) -> Content:
    """The content, with these files past their review date."""
    past = {f: content().reviews[f].model_copy(update={"review_by": date(2026, 1, 1)}) for f in files}
    return replace(content(), reviews={**content().reviews, **past})


def test_a_sign_past_its_date_is_not_asked() -> None:
    """It leaves its page, and the operator's notice says so in the greeting; the rest stays."""
    person = Person(content_=expired("signs/cough.yml"))
    assert "expired_content" in person.said
    person.until("page_blood")
    assert "cough" not in person.choices and "bleeding" in person.choices


def test_a_sign_past_its_date_is_noted_when_the_person_names_it() -> None:
    """With its follow-ups and its level."""
    person = Person(content_=expired("signs/cough.yml")).until("page_body").say("I cough", present=["cough"])
    assert person.state.status("cough") == "present" and person.step == "since:cough"
    assert assess(person.state, person.content).noted == "soon"


def test_a_page_without_signs_is_left_out() -> None:
    """And the check still ends, with a direction."""
    files = [f"signs/{sign}.yml" for sign in content().steps["page_head"].signs]
    person = Person(content_=expired(*files)).until("summary")
    assert "page_head" not in person.state.screens and person.directions


def test_a_topic_past_its_date_is_not_told() -> None:
    """It is off the list, and a question for it gets the list."""
    person = (
        Person(content_=expired("topics/relapse.yml")).until("who").say("what is it", "ask_definition", topic="relapse")
    )
    assert person.said[0] == "definition_unknown" and "relapse" not in person.choices


@pytest.mark.parametrize("flag", sorted(content().red_flags))
def test_red_flags_are_never_switched_off(flag: str) -> None:
    """With every file past its date they are asked and heard."""
    old = expired(*content().reviews)
    person = Person(content_=old).until("who").say("words", flags=[flag])
    assert person.directions[0].contacts and person.state.flags == {flag: "present"}
    screen = content().red_flags[flag].screen
    assert screen is None or flag in Person(content_=old).until(screen).choices


@pytest.mark.parametrize(
    ("thresholds", "celsius", "flag"),
    [
        ({}, 37.3, None),
        ({"raised_c": 37.2}, 37.3, "fever_38"),
        ({"raised_c": 37.2}, 37.1, None),
        ({}, 36.1, None),
        ({"low_c": 36.2}, 36.1, "low_temperature"),
        ({"low_c": 36.2}, 36.2, None),
        ({"raised_c": 38.0, "signed_by": "Dr A"}, 37.6, None),
    ],
)
def test_a_sites_thresholds_hold(thresholds: dict[str, Any], celsius: float, flag: str | None) -> None:
    """At the next reading, in the flag and in the level."""
    person = Person(site(thresholds=thresholds)).until("page_body", recent_treatment="no")
    person.say("it was", readings=[celsius])
    assert list(person.state.flags) == ([flag] if flag else [])
    assert person.pick("summary" if "summary" in person.choices else person._plainest()).out.state.temperatures


def test_without_thresholds_and_expiry_the_content_is_the_same() -> None:
    """Nothing is copied for nothing."""
    assert checklist.in_force(content(), site(), NOW) is content()


def test_a_sites_thresholds_change_nothing_else() -> None:
    """The reviewed content is left as it is."""
    own = checklist.in_force(content(), site(thresholds={"raised_c": 37.2}), NOW)
    assert own.urgency.fever.raised_c == 37.2 and content().urgency.fever.raised_c == 37.5
    assert own.urgency.combination == content().urgency.combination and own.signs is content().signs
