"""The reviewed NLG: ids to words, and the outage notice for everything else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import structlog.testing
from rasa.shared.core.trackers import DialogueStateTracker

from bot import resources
from bot.clinical.reply import Choice, Say
from bot.content.loader import load_content
from bot.content.schema import VOICES
from bot.nlg.reviewed_nlg import ReviewedNLG
from bot.site import Site

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
SECRET = "my private words"


@pytest.fixture
def nlg() -> Iterator[ReviewedNLG]:
    """The NLG on the project's content, for one British site."""
    before = resources._current
    content = load_content(Path(__file__).resolve().parents[2] / "content")
    resources.use(resources.Resources(content, Site(name="Test service", countries=("GB",)), lambda: NOON))
    yield ReviewedNLG()
    resources._current = before


def generate(nlg: ReviewedNLG, response: str, channel: str = "widget", **fields: Any) -> dict[str, Any]:
    """What a channel gets."""
    tracker = DialogueStateTracker.from_events("person", [])
    answer = asyncio.run(nlg.generate(response, tracker, channel, **fields))
    assert answer is not None
    return answer


def test_says_the_reviewed_words(nlg: ReviewedNLG) -> None:
    """Text and message object come from the content, in the voice asked for, with the id beside them."""
    for voice in VOICES:
        answer = generate(nlg, "utter_sign_fatigue_question", say=Say("sign_fatigue_question").to_json(), voice=voice)
        expected = nlg._kit.content.utterances["sign_fatigue_question"].text.in_voice(voice)
        assert (answer["text"], answer["custom"]["text"], answer["id"]) == (expected, expected, "sign_fatigue_question")


def test_keeps_choices_and_values(nlg: ReviewedNLG) -> None:
    """Choices and filled values arrive whole after their way through JSON."""
    say = Say(
        "noted",
        "question",
        step="page_body",
        choices=(Choice("none", "choice_none"),),
        values={"signs": ("sign_fever_label", "sign_cough_label")},
    )
    message = generate(nlg, "utter_noted", say=say.to_json(), voice="self")["custom"]
    assert [choice["id"] for choice in message["choices"]] == ["none"]
    assert "{" not in message["text"] and " and " in message["text"]


@pytest.mark.parametrize(
    ("response", "fields"),
    [
        ("utter_you_are_fine", {}),
        ("utter_welcome_what", {"text": SECRET}),
        ("utter_welcome_what", {"say": Say("welcome_not").to_json()}),
        ("utter_welcome_what", {"say": {"utterance": "welcome_what", "words": SECRET}}),
        ("utter_welcome_what", {"say": SECRET}),
        ("utter_noted", {"say": Say("noted").to_json()}),
        ("utter_noted", {"say": Say("noted", values={"signs": ("no_such_label",)}).to_json()}),
        (SECRET, {}),
    ],
    ids=["unknown", "free text", "another id", "unknown field", "no say", "unfilled", "unknown part", "words as id"],
)
def test_refuses_and_gives_the_contacts(nlg: ReviewedNLG, response: str, fields: dict[str, Any]) -> None:
    """What is not reviewed, or not whole, becomes the outage notice with its numbers; the log holds no words."""
    with structlog.testing.capture_logs() as logs:
        message = generate(nlg, response, **fields)["custom"]
    assert message["utterance"] == "outage" and message["direction"]["contacts"]
    assert [entry["event"] for entry in logs] == ["nlg.refused"] and SECRET not in str(logs)


def test_an_unknown_voice_is_the_reader(nlg: ReviewedNLG) -> None:
    """A voice that does not exist falls to the one that speaks to the reader."""
    say = Say("sign_fatigue_question").to_json()
    assert generate(nlg, "utter_sign_fatigue_question", say=say, voice="king") == generate(
        nlg, "utter_sign_fatigue_question", say=say, voice="self"
    )


def test_plain_text_on_the_command_line(nlg: ReviewedNLG) -> None:
    """A channel that prints text gets numbers to ring and numbered choices, and no JSON."""
    say = Say("choose_something", choices=(Choice("none", "choice_none"), Choice("unsure", "choice_unsure")))
    answer = generate(nlg, "utter_choose_something", channel="cmdline", say=say.to_json())
    assert answer["text"].splitlines()[-2:] == ["1. None of these", "2. Not sure"] and "custom" not in answer
    assert "999" in generate(nlg, "utter_outage", channel="cmdline")["text"]


def test_nothing_is_random(nlg: ReviewedNLG) -> None:
    """The same call gives the same answer."""
    say = Say("welcome_what").to_json()
    assert len({generate(nlg, "utter_welcome_what", say=say)["text"] for _ in range(20)}) == 1
