"""The summary: its shape as the contract gives it, at any moment, with nothing left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.clinical.checklist import Incoming
from bot.clinical.summary import build_summary
from bot.clinical.understanding import Duration
from bot.content.render import Renderer
from tests.safety.urgency_oracle import ROWS
from tests.support.core import Person, content, means, site

SCHEMA = json.loads(Path(__file__).parents[1].joinpath("support", "summary_schema.json").read_text(encoding="utf-8"))
CHECK = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def summary(person: Person) -> dict[str, Any]:
    """As a program reads it: rendered, through JSON, valid."""
    built = build_summary(person.state, person.content, person.site, person.now)
    rendered = Renderer(person.content, person.site, person.state.voice, person.state.country).summary(built)
    read: dict[str, Any] = json.loads(json.dumps(rendered))
    CHECK.validate(read)
    return read


def rich() -> Person:
    """A check with a bit of everything."""
    person = Person().until("page_body", who="child", condition="lymphoma", country="AU", recent_treatment="unsure")
    person.say("she had a cough years ago", past=["cough"])
    person.say("sweats since May", present=["night_sweats"], durations=(Duration("since May", 180.0, 0, 1),))
    person.pick("worse").pick("cannot_keep_food_down_a_day")
    person.pick("fever", "unsure")
    person.send(Incoming(means("37.1", readings=[37.1]), "temperature")).pick("last_24h").pick("paracetamol")
    return person


def test_a_summary_with_everything_has_the_contracts_shape() -> None:
    """Each answer stands where the contract says."""
    found = summary(rich())
    assert (found["about"], found["condition"], found["recent_treatment"]) == ("child", "lymphoma", "unsure")
    signs = {entry["sign"]: entry for entry in found["signs"]["present"]}
    assert set(signs) == {"night_sweats", "fever"}
    sweats = signs["night_sweats"]
    assert sweats["since"] == {"words": "since May", "date": "2026-05-27", "precision": "months"}
    assert (sweats["change"], len(sweats["detail"]), sweats["words"]) == ("worse", 1, "sweats since May")
    assert found["signs"]["past"] == ["cough"] and "chills" in found["signs"]["not_sure"]
    told = "2026-11-23T10:00:00+00:00"
    assert found["temperatures"] == [{"c": 37.1, "when": "last_24h", "at": told, "words": "37.1"}]
    assert [(row["sign"], row["kind"]) for row in found["timeline"]["rows"]] == [
        ("night_sweats", "span"),
        ("fever", "unknown"),
    ]
    assert found["medicines"] == ["paracetamol"] and found["worry"] is None
    assert (found["level"], found["crisis"]) == ("now", False)


def test_every_sign_is_in_exactly_one_list() -> None:
    """What was not answered is listed so: silence is no no."""
    for person in (Person(), rich(), Person().until("summary")):
        signs = summary(person)["signs"]
        listed = [entry["sign"] for entry in signs["present"]]
        listed += [s for kind in ("absent", "not_sure", "not_answered", "past") for s in signs[kind]]
        assert sorted(listed) == sorted(s for s, sign in content().signs.items() if sign.page != "right_now")


@pytest.mark.parametrize(
    "step", ["welcome", "right_now_1", "who", "country", "page_body", "page_bones", "worry", "review", "summary"]
)
def test_it_is_there_at_any_moment(step: str) -> None:
    """With a direction, contacts and what to say."""
    found = summary(Person().until(step))
    assert found["directions"][0]["contacts"] and found["directions"][0]["say"]
    assert found["level"] == ("soon" if step in ("welcome", "right_now_1") else "keep")


@pytest.mark.parametrize("flag", sorted(content().red_flags))
def test_it_is_there_in_mid_interruption(flag: str) -> None:
    """With the red flag, and what to say about it."""
    found = summary(Person().until("page_body").say("words", flags=[flag]))
    assert found["red_flags"] == [flag]
    assert (found["level"], found["crisis"]) == (content().red_flags[flag].level, content().red_flags[flag].crisis)
    assert found["directions"][0]["crisis"] is found["crisis"]


def test_a_flag_that_was_taken_back_is_not_on_it_but_its_floor_is() -> None:
    """Today at least."""
    found = summary(Person().until("who").say("words", flags=["seizure"]).pick("not_meant").pick("no"))
    assert found["red_flags"] == [] and found["level"] == "today"


def test_rows_of_the_urgency_table_give_valid_summaries() -> None:
    """Every fifth, on sites with and without numbers."""
    for i, row in enumerate(ROWS[::5]):
        person = Person(site(**({} if i % 2 else {"numbers": {}}))).tell(row.facts)
        assert summary(person)["level"] == row.level


def test_the_schema_refuses_what_is_wrong() -> None:
    """A schema that lets everything through would prove nothing."""
    good = summary(rich())
    wrong = [
        {**good, "level": "green"},
        {**good, "directions": []},
        {k: v for k, v in good.items() if k != "notes"},
        {**good, "signs": {**good["signs"], "absent": "none"}},
        {**good, "temperatures": [{"c": "38", "when": "now", "at": None, "words": ""}]},
        {**good, "timeline": {**good["timeline"], "rows": [{**good["timeline"]["rows"][0], "to": 1.5}]}},
    ]
    for one in wrong:
        assert not CHECK.is_valid(one)


@pytest.mark.parametrize(("about", "voice"), [("self", "self"), ("child", "parent"), ("adult", "carer")])
def test_it_speaks_in_the_voice_of_the_person(about: str, voice: str) -> None:
    """Labels and directions."""
    person = Person().until("page_body", who=about).say("words", present=["low_mood"])
    found = summary(person)
    assert found["signs"]["present"][0]["label"] == content().signs["low_mood"].label.in_voice(voice)
    assert found["directions"][0]["text"] == content().urgency.levels["soon"].direction.in_voice(voice)


def test_places_pointed_at_stand_among_the_details() -> None:
    """In words, after the lines that were ticked."""
    person = Person().until("page_bones").pick("bone_pain").until("detail:bone_pain").pick("strong", "at:left_hip")
    (entry,) = summary(person)["signs"]["present"]
    assert entry["detail"] == ["It is strong", "Left hip"]
