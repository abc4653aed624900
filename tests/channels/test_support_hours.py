"""The hours that a supervisor sets are what the chat says in the very next turn, by the real action."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.checklist import STATE, take_turn
from bot import resources
from bot.channels.turns import Message, Turns
from bot.clinical.reply import Say
from bot.clinical.state import State
from bot.clinical.understanding import Understanding
from bot.content.render import Renderer
from bot.records import Secrets
from bot.resources import Resources
from bot.server.runtime import Runtime
from bot.site import SupportTimes
from tests.support.turns import NOW


@pytest.fixture
def turns(runtime: Runtime) -> Iterator[Turns]:
    """Turns whose action knows the site file and no records, as in an action server of its own; Boss supervises."""
    before = resources._current
    resources.use(Resources(runtime.content, runtime.site, runtime.clock))
    with runtime.records.transaction() as store:
        store.add_account("Boss", "supervisor", Secrets("$argon2id$hash", "JBSWY3DPEHPK3PXP"), "root")

    async def ask(conversation: str, text: str, metadata: Mapping[str, Any], _: Any) -> Sequence[Mapping[str, Any]]:
        with runtime.records.reading() as store:
            slots = {STATE: store.state(conversation)}
        event = {"event": "user", "text": text, "metadata": dict(metadata)}
        latest = {"text": text, "understanding": understand(text).to_json()}
        dispatcher = CollectingDispatcher()
        tracker = Tracker(conversation, slots, latest, [event], False, None, {}, None)
        state = State.from_json(take_turn(dispatcher, tracker)[0]["value"])
        runtime.records.write(lambda store: store.save_state(conversation, state.to_json()))
        renderer = Renderer(runtime.content, runtime.site, state.voice, state.country)
        return [renderer.message(Say.from_json(said["say"])) for said in dispatcher.messages]

    yield Turns(runtime, ask, understand)
    resources._current = before


def understand(text: str, about: str = "self", question: Any = None) -> Understanding:
    """Everything is a wish for a person."""
    return Understanding(text=text, intent="ask_human", confidence=1.0)


def said(turns: Turns, person: str) -> dict[str, str]:
    """What somebody who asks for a person reads, by utterance."""
    body = asyncio.run(turns.answer(person, Message("a person, please")))
    return {message["utterance"]: message["text"] for message in body["messages"]}


def set_hours(turns: Turns, times: SupportTimes | None) -> None:
    with turns.runtime.records.transaction() as store:
        store.set_hours(times, "Boss")


def test_the_next_turn_says_what_was_set(turns: Turns) -> None:
    """The site file until something is set, then that in each turn at once, then the file again. NOW is a Monday, noon."""
    person = turns.begin("widget", "en")[0]
    assert "human_no_hours" in said(turns, person)

    set_hours(turns, SupportTimes(hours={"mon": {"opens": "09:00", "closes": "17:00"}}))
    assert "human_here" in said(turns, person)

    set_hours(turns, SupportTimes(hours={"tue": {"opens": "10:00", "closes": "11:30"}}))
    assert "Tue 10:00-11:30" in said(turns, person)["human_not_here"]

    week = {"mon": {"opens": "09:00", "closes": "17:00"}}
    set_hours(turns, SupportTimes(hours=week, closed_days=[NOW.date()]))
    assert "human_not_here" in said(turns, person)

    set_hours(turns, None)
    assert "human_no_hours" in said(turns, person)


def test_another_turn_in_flight_keeps_its_hours(turns: Turns) -> None:
    """Nothing of the process is changed: the resources are still those of the site file."""
    set_hours(turns, SupportTimes(hours={"mon": {"all_day": True}}))
    said(turns, turns.begin("widget", "en")[0])
    assert resources.resources().site == turns.runtime.site
