"""From ids to words: only reviewed ones, filled, in the voice of the reader."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.clinical.reply import Choice, Contact, Direction, Say
from bot.content.render import PLACEHOLDER, Renderer, render
from bot.errors import RenderError
from tests.support.core import Person, content, site

PLAIN = Renderer(content(), site(), "self", "GB")


def test_an_unknown_id_is_refused() -> None:
    """Nothing outside the reviewed content is said."""
    with pytest.raises(RenderError, match="made_up"):
        PLAIN.text("made_up")
    with pytest.raises(RenderError, match="made_up"):
        PLAIN.message(Say("greet", choices=(Choice("a", "made_up"),)))


def test_an_unfilled_brace_is_refused() -> None:
    """Nothing half filled leaves."""
    with pytest.raises(RenderError, match="signs"):
        PLAIN.message(Say("noted"))


def test_braces_in_a_value_stay_text() -> None:
    """A site called {emergency} does not become a number."""
    own = replace(PLAIN, site=site(name="{emergency} {nothing}", support={"name": "{service}"}))
    app = {"app": "Some app"}
    texts = [
        own.text(u, app) for u, entry in content().utterances.items() if "{service}" in entry.text.in_voice("self")
    ]
    assert texts and all("{emergency} {nothing}" in text for text in texts)
    assert "{service}" in own.text("human_no_hours", {"team": "={service}"})


@pytest.mark.parametrize(
    ("parts", "text"),
    [(("fever",), "{0}"), (("fever", "cough"), "{0} and {1}"), (("fever", "cough", "lumps"), "{0}, {1} and {2}")],
)
def test_a_list_is_joined_in_words(parts: tuple[str, ...], text: str) -> None:
    """One, two, several."""
    labels = [content().signs[part].label.in_voice("self") for part in parts]
    assert PLAIN.join(labels) == text.format(*labels)


@pytest.mark.parametrize("voice", ["self", "carer", "parent", "plain"])
def test_each_voice_has_its_wording(voice: str) -> None:
    """Of what varies."""
    text = Renderer(content(), site(), voice, "GB").text("level_today_direction")
    assert text == content().urgency.levels["today"].direction.in_voice(voice)


@pytest.mark.parametrize(
    ("country", "number"),
    [("GB", "999"), ("AU", "000"), ("US", "911"), ("IN", "112"), ("IE", "112 or 999"), (None, "112")],
)
def test_the_emergency_number_is_that_of_the_country(country: str | None, number: str) -> None:
    """In digits."""
    renderer = Renderer(content(), site(countries=["GB", "AU", "US", "IN", "IE"]), "self", country)
    assert number in renderer.text("level_emergency_title")


def test_a_message_has_the_contracts_keys() -> None:
    """And its direction, choices and contacts theirs."""
    message = render(Person().out.say[-1], content(), site(), voice="self", country=None)
    keys = {"author", "utterance", "kind", "text", "step", "choices", "multiple", "direction"}
    assert set(message) == keys and message["author"] == "bot" and message["direction"] is None
    assert [set(choice) for choice in message["choices"]] == [{"id", "label", "help"}] * 3
    contact = Contact("care_team", "=Unit", "1", "hours_unknown", None, "level_today_if_no_answer")
    said = Say("level_today_direction", "direction", direction=Direction("today", False, ("say_ask",), (contact,)))
    direction = PLAIN.message(said)["direction"]
    assert set(direction) == {"level", "crisis", "say", "contacts"}
    assert set(direction["contacts"][0]) == {"role", "name", "phone", "hours", "open_now", "if_no_answer"}
    assert direction["contacts"][0]["name"] == "Unit"


def test_what_is_said_survives_json() -> None:
    """Lists for tuples and back, so that it can travel through Rasa."""
    import json

    person = Person().until("page_body").say("words", flags=["collapse"], present=["cough"])
    for said in person.out.say:
        again = Say.from_json(json.loads(json.dumps(said.to_json())))
        assert again == said and PLAIN.message(again) == PLAIN.message(said)
    asked = Person().until("page_bones").pick("lumps").until("detail:lumps").question
    again = Say.from_json(json.loads(json.dumps(asked.to_json())))
    assert again == asked and PLAIN.message(again)["places"][2] == {"id": "at:neck", "label": "Neck", "choice": "neck"}


def test_every_utterance_without_a_value_renders_in_every_voice_and_country() -> None:
    """What needs no value of the moment is never left unfilled."""
    ambient = {"emergency", "service", "days", "team"}
    for voice in ("self", "carer", "parent", "plain"):
        for code in content().countries:
            renderer = Renderer(content(), site(countries=list(content().countries)), voice, code)
            for utterance, entry in content().utterances.items():
                if set(PLACEHOLDER.findall(entry.text.in_voice(voice))) <= ambient:
                    assert not PLACEHOLDER.search(renderer.text(utterance))
