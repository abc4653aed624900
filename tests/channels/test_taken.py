"""What people send in each app, in its provider's wire format, is taken as they meant it, and kept once."""

from __future__ import annotations

import json

import pytest

from bot.channels.provider import Incoming, Raw
from tests.support.turns import NOW
from tests.support.wire.apps import WIRES
from tests.support.wire.base import NotThere, Request
from tests.support.wire.inside import Inside

#: How each app brings back a button that was sent with the step and the choice.
PRESSED = {
    "slack": json.dumps({"block_id": "b", "action_id": "start", "value": "welcome|start"}),
    "integrator": json.dumps({"step": "welcome", "choices": ["start"]}),
}
WORDS = ["2 & 3 since <Sunday>, 38.5 °C", "1", "/start", "größer 🙂", "a\nb", "&lt;", "+1=2%"]
every = pytest.mark.parametrize("name", WIRES)


def taken(inside: Inside, request: Request) -> Incoming:
    """The one message of a request, which the route takes and keeps."""
    before = inside.rows()["inbox"]
    answer = inside.post(request)
    assert answer.status_code == 200, answer.text
    assert inside.rows()["inbox"] == before + 1
    headers = {name.lower(): value for name, value in request.headers.items()}
    (found,) = inside.messaging.provider.read(Raw(request.path, headers, request.body))
    return found


@every
def test_words_arrive_as_they_were_typed(channels: dict[str, Inside], name: str) -> None:
    """Letters that the wire escapes, lines, and what looks like a command too."""
    inside = channels[name]
    for number, words in enumerate(WORDS):
        found = taken(inside, inside.wire.text(1, words, number, NOW))
        if (name, words) == ("telegram", "/start"):
            # What its start button writes for the person, who has not said anything yet.
            continue
        assert (found.text, found.choices, found.unread) == (words, (), False)


@every
def test_a_pressed_button_is_the_choice_of_its_question(channels: dict[str, Inside], name: str) -> None:
    """Its label is no words of the person."""
    inside = channels[name]
    try:
        request = inside.wire.press(1, PRESSED.get(name, "welcome|start"), "Start the checklist", 100, NOW)
    except NotThere:
        assert name == "sms"
        return
    found = taken(inside, request)
    assert (found.step, found.choices, found.text) == ("welcome", ("start",), "")


@every
def test_a_picture_is_known_as_something_that_is_not_read(channels: dict[str, Inside], name: str) -> None:
    """So that the person is told."""
    inside = channels[name]
    try:
        request = inside.wire.picture(1, 200, NOW)
    except NotThere:
        assert name == "integrator"
        return
    found = taken(inside, request)
    assert (found.text, found.unread) == ("", True)


@every
def test_people_and_messages_are_told_apart(channels: dict[str, Inside], name: str) -> None:
    """Two people, two messages of each: two senders, two addresses, and no id twice for one sender."""
    inside = channels[name]
    found = [
        taken(inside, inside.wire.text(person, "hello", 300 + person * 10 + number, NOW))
        for person in (2, 3)
        for number in (0, 1)
    ]
    assert len({message.sender for message in found}) == len({message.address for message in found}) == 2
    assert len({(message.sender, message.id) for message in found}) == 4


def test_a_batch_of_messenger_is_taken_message_by_message(channels: dict[str, Inside]) -> None:
    """Three people, and a receipt among them."""
    inside = channels["messenger"]
    wire = inside.wire
    several = [wire.text(person, "hello", 400 + person, NOW) for person in (4, 5, 6)]
    before = inside.rows()["inbox"]
    assert inside.post(wire.batch([*several, wire.others(4, 410, NOW)["read"]], NOW)).status_code == 200
    assert inside.rows()["inbox"] == before + 3
    # One of them again, with a new one.
    assert inside.post(wire.batch([several[0], wire.text(4, "more", 420, NOW)], NOW)).status_code == 200
    assert inside.rows()["inbox"] == before + 4


def test_addresses_are_tried_by_their_providers(channels: dict[str, Inside]) -> None:
    """Meta by GET with our token, Slack by a signed event; both want their word back."""
    messenger, slack = channels["messenger"], channels["slack"]
    answer = messenger.post(messenger.wire.challenge("1158201444"))
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert messenger.post(messenger.wire.challenge("1158201444", token="guessed")).status_code == 403
    assert messenger.post(messenger.wire.challenge("1158201444", mode="unsubscribe")).status_code == 403
    answer = slack.post(slack.wire.challenge("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P", NOW))
    assert (answer.status_code, answer.text) == (200, "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P")
