"""Intents that rules decide, topics, and the merge with the classifier."""

from __future__ import annotations

import pytest

from bot.clinical.understanding import Understanding
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


def test_rule_outranks_the_model() -> None:
    """A sure rule is not overruled, however sure the classifier is."""
    ruled = Understanding(intent="crisis", confidence=1.0)
    assert decide(ruled, [{"name": "greet", "confidence": 0.99}]) == (ruled, "rule")


def test_model_decides_where_no_rule_does() -> None:
    """The classifier's best guess, when it is believable."""
    guess = Understanding(intent="out_of_scope", confidence=0.2)
    settled, source = decide(guess, [{"name": "ask_treatment", "confidence": 0.7}])
    assert (settled.intent, settled.confidence, source) == ("ask_treatment", 0.7, "model")


def test_weak_guess_is_out_of_scope() -> None:
    """A guess below the threshold is not acted upon."""
    guess = Understanding(intent="out_of_scope", confidence=0.2)
    settled, source = decide(guess, [{"name": "delete_my_data", "confidence": 0.1}])
    assert (settled.intent, source) == ("out_of_scope", "fallback")


def test_fallback_marker_of_rasa_is_passed_over() -> None:
    """`nlu_fallback` is no intent of ours."""
    guess = Understanding(intent="out_of_scope", confidence=0.2)
    settled, _ = decide(guess, [{"name": "nlu_fallback", "confidence": 0.7}, {"name": "thanks", "confidence": 0.6}])
    assert settled.intent == "thanks"


def test_weak_crisis_guess_becomes_distress() -> None:
    """A crisis is never guessed, and never dropped either."""
    guess = Understanding(intent="out_of_scope", confidence=0.2)
    settled, _ = decide(guess, [{"name": "crisis", "confidence": 0.4}])
    assert settled.intent == "express_distress"
