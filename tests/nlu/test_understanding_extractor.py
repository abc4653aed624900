"""The Rasa component: entities, the whole understanding, the settled intent, and no lost turn."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.clinical.understanding import Understanding
from bot.nlp.understand import understander
from bot.nlu.understanding_extractor import UnderstandingExtractor


def run(message: Message) -> Message:
    """The message after the component."""
    UnderstandingExtractor(understander()).process([message])
    return message


def read(text: Any, **metadata: Any) -> Message:
    """A message after the component."""
    return run(Message(data={"text": text, "metadata": metadata}))


def test_entities_carry_role_place_and_cue() -> None:
    """Signs and flags are entities with value, role, start, end and cue."""
    message = read("no fever but my nose wont stop bleeding")
    found = {(e["entity"], e["value"], e["role"]) for e in message.get("entities")}
    assert ("warning_sign", "fever", "absent") in found
    assert ("red_flag", "uncontrolled_bleeding", "present") in found
    fever = next(e for e in message.get("entities") if e["value"] == "fever")
    assert (fever["start"], fever["end"], fever["cue"]) == (3, 8, "no")


def test_whole_understanding_is_part_of_the_output() -> None:
    """It reaches the parse data, from which the actions read it back."""
    output = read("temp was 38.4, now 37").as_dict(only_output_properties=True)
    said = Understanding.from_json(output["understanding"])
    assert [t.c for t in said.temperatures] == [38.4, 37.0]
    assert said.red_flags == ("fever_38",)


def test_entities_of_others_are_kept() -> None:
    """What other components found stays."""
    other = {"entity": "date", "value": 1, "start": 0, "end": 1}
    message = run(Message(data={"text": "a cough", "entities": [other]}))
    assert [e["entity"] for e in message.get("entities")] == ["date", "warning_sign"]


@pytest.mark.parametrize(
    ("text", "intent", "source"),
    [
        ("is my leukaemia back", "ask_diagnosis", "rule"),
        ("hello again", "greet", "model"),
    ],
)
def test_intent_and_its_source_are_set(text: str, intent: str, source: str) -> None:
    """The component is the intent classifier too; where the decision came from is recorded."""
    message = read(text)
    assert message.get("intent")["name"] == intent == message.get("understanding")["intent"]
    assert message.get("intent_source") == source
    assert [r["name"] for r in message.get("intent_ranking")] == [intent]


def test_about_and_question_come_from_the_metadata() -> None:
    """Set by the server: whom the chat is about, and the step on screen."""
    assert read("she has a cough", about="child").get("understanding")["mentions"][0]["role"] == "present"
    assert read("she has a cough").get("understanding")["mentions"][0]["role"] == "other"
    question = {
        "step": "sign:cough",
        "kind": "yes_no",
        "choices": [["yes", "Yes"], ["no", "No"]],
        "signs": {"yes": "cough"},
    }
    assert list(read("not really", question=question).get("understanding")["picks"]) == ["no"]


@pytest.mark.parametrize("metadata", [None, "text", {"about": 7, "question": "x"}])
def test_malformed_metadata_does_no_harm(metadata: Any) -> None:
    """Only our channel sets it, yet nothing rests on that."""
    message = run(Message(data={"text": "a cough", "metadata": metadata}))
    assert message.get("intent")["name"] == "inform"


def test_exception_keeps_the_turn_and_the_red_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the reading costs nuance, not the turn."""

    def broken(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("bot.nlp.intents.decide", broken)
    message = read("my gums wont stop bleeding")
    assert message.get("intent")["name"] == "out_of_scope"
    assert [(e["entity"], e["value"]) for e in message.get("entities")] == [("red_flag", "uncontrolled_bleeding")]


def test_message_without_text_is_no_fault() -> None:
    """Rasa may hand on a message that has none."""
    assert read(None).get("intent")["name"] == "out_of_scope"


def test_fingerprint_follows_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed word list is a changed component for Rasa's cache."""
    before = UnderstandingExtractor.fingerprint_addon({})
    assert before == UnderstandingExtractor.fingerprint_addon({})
    monkeypatch.setattr("bot.nlu.understanding_extractor.words_of_content", lambda _: ({"cough": ("bark",)}, {}))
    assert UnderstandingExtractor.fingerprint_addon({}) != before
