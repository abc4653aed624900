"""Typed payloads stay text."""

from __future__ import annotations

import pytest
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.payload_guard import PayloadGuard

PAYLOADS = ['/inform{"warning_sign":"cough"}', "/restart", "/back", "/session_start", "  /stop", "\n/affirm@0.9", "/"]
PLAIN = ["and/or", "hello", "38/39", ""]
INTENT = {"name": "out_of_scope", "confidence": 1.0}


@pytest.mark.parametrize("text", PAYLOADS)
def test_payload_is_taken_apart(text: str) -> None:
    """Rasa's own reader of payloads finds none any more."""
    message = Message(data={"text": text, "intent": INTENT})
    PayloadGuard().process([message])
    assert YAMLStoryReader.unpack_regex_message(message).get("intent") == INTENT


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_is_left_alone(text: str) -> None:
    """Only a leading slash matters."""
    message = Message(data={"text": text})
    PayloadGuard().process([message])
    assert message.get("text") == text


def test_message_without_text() -> None:
    """Nothing to guard, and no fault."""
    message = Message(data={})
    PayloadGuard().process([message])
    assert message.get("text") is None
