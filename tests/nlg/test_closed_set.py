"""The closed set: what an action may hand over, and what is said when something broke."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.content.loader import Content, load_content
from bot.content.render import Renderer
from bot.content.schema import VOICES
from bot.errors import RenderError
from bot.nlg.closed_set import check_responses, outage, utterance_of
from bot.site import Site

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
SITE = Site(name="Test service", countries=("GB",))


@pytest.fixture(scope="module")
def content() -> Content:
    """The project's content."""
    return load_content(Path(__file__).resolve().parents[2] / "content")


def response(**fields: Any) -> dict[str, Any]:
    """A response as rasa-sdk sends it, with all its empty fields."""
    empty = {"text": None, "buttons": [], "elements": [], "custom": {}, "image": None, "attachment": None}
    return {**empty, "response": "utter_welcome_what", "template": "utter_welcome_what", **fields}


def test_accepts_what_our_actions_send(content: Content) -> None:
    """An id of the content with its `Say`, voice and country passes."""
    check_responses([response(say={"utterance": "welcome_what"}, voice="carer", country="GB")], content)


@pytest.mark.parametrize(
    "foreign",
    [
        {"text": "You are fine."},
        {"buttons": [{"title": "Fine", "payload": "/affirm"}]},
        {"custom": {"text": "You are fine."}},
        {"image": "https://example.org/a.png"},
        {"attachment": {"type": "template"}},
        {"elements": [{"title": "You are fine."}]},
        {"quick_replies": [{"title": "Fine"}]},
    ],
)
def test_refuses_words_of_an_action(content: Content, foreign: dict[str, Any]) -> None:
    """Anything that Rasa would send as it is, past the NLG, is refused, and the error repeats none of it."""
    with pytest.raises(RenderError) as error:
        check_responses([response(**foreign)], content)
    assert "fine" not in str(error.value).lower()


@pytest.mark.parametrize("name", ["utter_you_are_fine", "welcome_what", "utter_", "", None])
def test_refuses_unknown_responses(content: Content, name: Any) -> None:
    """A response that is no utterance of the content is refused."""
    with pytest.raises(RenderError):
        check_responses([response(response=name)], content)


def test_every_utterance_is_known_by_its_response(content: Content) -> None:
    """Response names lead back to their utterances."""
    assert all(utterance_of(f"utter_{id_}", content) == id_ for id_ in content.utterances)


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("country", [None, "AU"])
def test_the_outage_notice_gives_numbers(content: Content, voice: str, country: Any) -> None:
    """Whoever reads it, and wherever they are, there is an emergency number to dial and the care team to reach."""
    message = Renderer(content, SITE, voice, country).message(outage(content, SITE, country, lambda: NOON))
    contacts = {contact["role"]: contact for contact in message["direction"]["contacts"]}
    assert contacts["emergency"]["phone"] == {None: "999", "AU": "000"}[country]
    assert contacts["care_team"]["name"]
