"""The FHIR file: valid R4, every sign asked, every answer in its place, nobody named."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clinical.state import Finding, State
from bot.content.loader import Content
from bot.exports import EXPORTS
from tests.exports.conftest import NOW, Made, with_words
from tests.exports.r4 import faults
from tests.exports.states import ODD, states

Summarise = Callable[[State], Made]


def resource(made: Made) -> dict[str, Any]:
    """The file, parsed."""
    return json.loads(EXPORTS["fhir.json"].render(*made, NOW))


def answers(items: list[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every (linkId, answer), at any depth."""
    for item in items:
        for answer in item.get("answer", []):
            yield item["linkId"], answer
            yield from answers(answer.get("item", []))
        yield from answers(item.get("item", []))


def test_it_is_a_valid_response_with_its_questionnaire(summarise: Summarise, busy: State) -> None:
    """Models, codes, strings, and the fit between questions and answers are all sound."""
    found = resource(summarise(busy))
    assert found["resourceType"] == "QuestionnaireResponse"
    assert found["contained"][0]["resourceType"] == "Questionnaire"
    assert faults(found) == []


def test_the_questionnaire_asks_every_sign(summarise: Summarise, content: Content) -> None:
    """Built from the content: no sign is missing, whatever was answered."""
    form = resource(summarise(State()))["contained"][0]
    ids = {item["linkId"] for page in form["item"] if page["type"] == "group" for item in page["item"]}
    assert set(content.signs) <= ids


def test_answers_carry_our_ids(summarise: Summarise, busy: State) -> None:
    """Each kind of answer has the value that it should."""
    found: dict[str, list[Any]] = {}
    for link_id, answer in answers(resource(summarise(busy))["item"]):
        value = next(answer[key] for key in answer if key.startswith("value"))
        found.setdefault(link_id, []).append(value["code"] if isinstance(value, dict) and "display" in value else value)
    expected = {
        "level": ["emergency"],
        "crisis": [False],
        "who": ["child"],
        "condition": ["lymphoma"],
        "recent_treatment": ["recent"],
        "red_flags": ["sepsis_look"],
        "bleeding": ["present"],
        "lumps": ["not_sure"],
        "weight_loss": ["past"],
        "cough": ["absent"],
        "since:bleeding": ["since Wednesday"],
        "since_date:bleeding": ["2026-03-04"],
        "since_date:fatigue": ["2026-02"],
        "change:bleeding": ["worse"],
        "words:bleeding": ["blood on the pillow twice"],
        "temperature": [{"value": 38.2, "unit": "°C", "system": "http://unitsofmeasure.org", "code": "Cel"}],
        "temperature_when": ["last_24h"],
        "temperature_words": ["100.8"],
        "medicines": ["paracetamol", "steroids"],
        "worry": ["very"],
        "anything_else": ["We are away from home this week"],
    }
    assert {key: found.get(key) for key in expected} == expected
    assert found["contact_phone"][0] == "999"
    assert "020 7946 0000" in found["contact_phone"]
    assert "night_sweats" not in found


def test_it_is_completed_only_when_every_sign_is_answered(summarise: Summarise, content: Content) -> None:
    """As long as one sign is open, the response is in progress: silence is not a no."""
    asked = {s: Finding("absent") for s, sign in content.signs.items() if sign.page != "right_now"}
    assert resource(summarise(State(findings=asked)))["status"] == "completed"
    asked.pop("cough")
    assert resource(summarise(State(findings=asked)))["status"] == "in-progress"


def test_nobody_is_named(summarise: Summarise, busy: State) -> None:
    """No subject, author, source, identifier or address of a person."""
    found = resource(summarise(busy))
    assert not {"subject", "author", "source", "identifier", "encounter", "id", "basedOn", "partOf"} & set(found)


def test_the_same_summary_gives_the_same_bytes(summarise: Summarise, busy: State) -> None:
    """Nothing random, nothing from the clock but `now`; authored is in the zone of the site."""
    render = EXPORTS["fhir.json"].render
    assert render(*summarise(busy), NOW) == render(*summarise(busy), NOW)
    summary, renderer = summarise(busy)
    sydney = renderer.site.model_copy(update={"time_zone": "Australia/Sydney"})  # type: ignore[attr-defined]
    assert resource((summary, replace(renderer, site=sydney)))["authored"] == "2026-03-07T01:05:00+11:00"


def test_draft_content_makes_a_draft_questionnaire(summarise: Summarise, busy: State, content: Content) -> None:
    """`active` only when a clinician has signed everything."""
    summary, renderer = summarise(busy)
    assert resource((summary, renderer))["contained"][0]["status"] == "draft"
    signed = {f: r.model_copy(update={"reviewed": True, "reviewer": "A"}) for f, r in content.reviews.items()}
    signed_renderer = replace(renderer, content=replace(content, reviews=signed))
    assert resource((summary, signed_renderer))["contained"][0]["status"] == "active"


@pytest.mark.parametrize("voice", ["self", "carer", "parent", "plain"])
def test_questions_are_in_the_voice_of_the_reader(summarise: Summarise, busy: State, voice: str) -> None:
    """The Questionnaire holds the questions as this person was asked them."""
    summary, renderer = summarise(busy)
    renderer = replace(renderer, voice=voice)
    found = resource((summary, renderer))
    assert faults(found) == []
    assert renderer.text("sign_bleeding_question") in json.dumps(found["contained"], ensure_ascii=False)


@pytest.mark.parametrize("words", ODD, ids=range(len(ODD)))
def test_odd_words_stay_valid(summarise: Summarise, busy: State, words: str) -> None:
    """Whatever a person typed, the file is valid and the narrative is well-formed."""
    summary, renderer = summarise(busy)
    assert faults(resource((with_words(summary, words), renderer))) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_summary_is_valid(summarise: Summarise, content: Content, data: st.DataObject) -> None:
    """Any state gives a valid resource."""
    assert faults(resource(summarise(data.draw(states(content))))) == []


def _sign(found: dict[str, Any], link_id: str) -> dict[str, Any]:
    return next(i for page in found["item"] for i in page.get("item", []) if i["linkId"] == link_id)


BROKEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "a status of no code system": lambda r: r.update(status="done"),
    "no status": lambda r: r.pop("status"),
    "an unknown key": lambda r: r.update(subjects=[]),
    "one item for a list": lambda r: r.update(item=r["item"][0]),
    "a date in words": lambda r: r.update(authored="today"),
    "another questionnaire": lambda r: r.update(questionnaire="#other"),
    "a type of R5": lambda r: r["contained"][0]["item"][1].update(type="coding"),
    "a question twice": lambda r: r["contained"][0]["item"].append(r["contained"][0]["item"][1]),
    "an answer to nothing": lambda r: r["item"].append({"linkId": "other", "answer": [{"valueBoolean": True}]}),
    "answers out of order": lambda r: r["item"].reverse(),
    "a code that is no option": lambda r: _sign(r, "cough")["answer"][0]["valueCoding"].update(code="maybe"),
    "a string for a code": lambda r: _sign(r, "cough").update(answer=[{"valueString": "no"}]),
    "two values": lambda r: _sign(r, "cough")["answer"][0].update(valueString="no"),
    "an empty string": lambda r: _sign(r, "cough").update(text=""),
    "a control character": lambda r: _sign(r, "cough").update(text="a\x07"),
    "two answers where one is asked for": lambda r: _sign(r, "cough")["answer"].append(_sign(r, "cough")["answer"][0]),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_checks_refuse_what_is_not_r4(summarise: Summarise, busy: State, what: str) -> None:
    """Each fault, put into a sound file by hand, is found: the checks above can fail."""
    broken = copy.deepcopy(resource(summarise(busy)))
    BROKEN[what](broken)
    assert faults(broken) != []
