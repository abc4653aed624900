"""Intents that rules decide, topics, and the merge with the classifier."""

from __future__ import annotations

import pytest

from bot.nlp.intents import decide
from bot.nlp.understand import Understander

RULES = [
    ("i want to end my life", "crisis"),
    ("call me an ambulance", "emergency"),
    ("this is an emergency!!", "emergency"),
    ("delete everything i told you", "delete_my_data"),
    ("should i stop taking my tablets", "ask_medication_advice"),
    ("can i take paracetamol for this fever", "ask_medication_advice"),
    ("how long have i got left", "ask_prognosis"),
    ("what are my chances", "ask_prognosis"),
    ("my platelets are 60 is that bad", "ask_results"),
    ("is my leukaemia back?", "ask_diagnosis"),
    ("could these bruises be a relapse", "ask_diagnosis"),
    ("i want to speak to a nurse please", "ask_human"),
    ("who do i ring at night", "ask_contact"),
    ("who can see this chat", "ask_privacy"),
    ("are you a robot", "ask_bot_identity"),
    ("why do you ask", "why_ask"),
    ("go back please", "go_back"),
    ("change my answer about the cough", "go_back"),
    ("start again", "restart"),
    ("begin again", "restart"),  # offered after a pause, in `resumed`
    ("not now, maybe later", "later"),
    ("send this to my nurse", "get_summary"),
    ("say that again", "repeat"),
    ("i don't understand the question", "repeat"),
    ("skip", "skip"),
    ("rather not say", "skip"),
    ("stop", "stop"),
    ("what is remission", "ask_definition"),
    ("what are the warning signs", "ask_sign_info"),
    ("lets start the checklist", "start_checklist"),
    ("thanks", "thanks"),
    ("goodbye", "goodbye"),
    ("hello there", "greet"),
    ("my gums bled on tuesday", "inform"),
    ("i can't stop bleeding", "inform"),
    ("the cough wont stop", "inform"),
]
TOPICS = [
    ("what is relapse", "relapse"),
    ("what does refractory mean", "refractory"),
    ("what is mrd", "mrd"),
    ("explain car-t", "car_t"),
    ("what is palliative care", "palliative_care"),
    ("why does leukaemia come back", "why_relapse"),
    ("how do doctors check for relapse", "how_doctors_check"),
    ("what should i ask my doctor", "questions_to_ask"),
    ("are you a robot", "about_bot"),
    ("who can see this chat", "privacy"),
    ("who do i call", "contacts"),
    ("is bruising a warning sign", "sign_info"),
    ("i have a cough", None),
]


@pytest.mark.parametrize(("text", "intent"), RULES)
def test_rule(reader: Understander, text: str, intent: str) -> None:
    """A strong form decides, with full confidence."""
    said = reader.understand(text)
    assert (said.intent, said.confidence) == (intent, 1.0)


@pytest.mark.parametrize(("text", "topic"), TOPICS)
def test_topic(reader: Understander, text: str, topic: str | None) -> None:
    """The reviewed topic that answers."""
    assert reader.understand(text).topic == topic


def test_change_names_the_sign_or_step(reader: Understander) -> None:
    """What a wish to change is about."""
    assert reader.understand("change my answer about the cough").change == "cough"
    assert reader.understand("i want to correct my temperature, go back").change == "temperature"


MERGED = [
    # rules' intent and confidence, the network's likelihoods, what comes of it
    ("crisis", 1.0, {"greet": 0.99}, ("crisis", 1.0, "rule")),
    ("out_of_scope", 0.2, {"ask_treatment": 0.7, "greet": 0.1}, ("ask_treatment", 0.7, "model")),
    ("out_of_scope", 0.2, {"delete_my_data": 0.1}, ("out_of_scope", 0.1, "fallback")),
    ("ask_definition", 0.6, {"delete_my_data": 0.1}, ("ask_definition", 0.6, "fallback")),
    ("affirm", 0.9, {"greet": 0.8}, ("affirm", 0.9, "rule")),
    ("out_of_scope", 0.2, {}, ("out_of_scope", 0.2, "fallback")),
    # a crisis is never guessed, and never dropped either
    ("out_of_scope", 0.2, {"crisis": 0.4, "greet": 0.3}, ("express_distress", 0.4, "model")),
]


@pytest.mark.parametrize(("intent", "confidence", "likely", "merged"), MERGED)
def test_rules_and_network_are_merged(
    intent: str, confidence: float, likely: dict[str, float], merged: tuple[str, float, str]
) -> None:
    """A sure rule stands; elsewhere the network decides, when it is believable."""
    assert decide(intent, confidence, likely) == merged


def test_a_plea_beside_signs_alone_is_no_call_for_an_ambulance() -> None:
    """How soon to call follows from the signs; without any, the network's emergency is believed."""
    likely = {"emergency": 0.99, "inform": 0.01}
    assert decide("inform", 1.0, likely, signs_alone=True) == ("inform", 1.0, "rule")
    assert decide("inform", 1.0, likely) == ("emergency", 0.99, "model")
