"""The three actions of the bot. Each is one call of the checklist core."""

from __future__ import annotations

from typing import Any, Iterable

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.incoming import incoming, site_of
from bot.clinical import checklist
from bot.clinical.checklist import Outcome
from bot.clinical.state import State
from bot.nlg.closed_set import response_name
from bot.resources import resources

FORM = "checklist_form"
STATE, ANSWER, REQUESTED = "checklist", "answer", "requested_slot"


class ValidateChecklistForm(Action):
    """One turn of the checklist, called by the form with every message."""

    def name(self) -> str:
        """The name by which the form finds it."""
        return f"validate_{FORM}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Hand the message to the core, say what it says, keep its state."""
        return take_turn(dispatcher, tracker)


class ActionInterrupt(Action):
    """The same turn, when SafetyPolicy has put it before everything else. The core itself makes it an interruption."""

    def name(self) -> str:
        """The name that SafetyPolicy predicts."""
        return "action_interrupt"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """As the form does, and see to it that the next message comes to the form."""
        return [*take_turn(dispatcher, tracker), *open_form()]


class ActionSessionStart(Action):
    """The first words of a conversation."""

    def name(self) -> str:
        """The name of Rasa's own action that this one replaces."""
        return "action_session_start"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Welcome the person and open the form. A state that is already there is kept, and nobody is welcomed twice."""
        kit = resources()
        state = tracker.get_slot(STATE)
        if state is None:
            outcome = checklist.greeting(checklist.new_state(kit.content), kit.content, kit.site, kit.now())
            utter(dispatcher, outcome)
            state = outcome.state.to_json()
        return [SessionStarted(), SlotSet(STATE, state), *open_form(), ActionExecuted("action_listen")]


def take_turn(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """One turn of the core. The answer slot stays empty, so that the form goes on asking."""
    kit = resources()
    stored = tracker.get_slot(STATE)
    state = State.from_json(stored) if stored else checklist.new_state(kit.content)
    metadata = latest_metadata(tracker.events)
    message = incoming(tracker.latest_message, metadata)
    outcome = checklist.turn(state, message, kit.content, site_of(kit.site, metadata), kit.now())
    utter(dispatcher, outcome)
    return [SlotSet(STATE, outcome.state.to_json()), SlotSet(ANSWER, None)]


def open_form() -> list[EventType]:
    """The events after which every message comes to the form."""
    return [ActiveLoop(FORM), SlotSet(REQUESTED, ANSWER)]


def latest_metadata(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What the channel sent along with the latest message of the person."""
    users = (event for event in reversed(list(events)) if event.get("event") == "user")
    latest = next(users, None)
    return (latest or {}).get("metadata") or {}


def utter(dispatcher: CollectingDispatcher, outcome: Outcome) -> None:
    """Hand over what the core says, by id; the reviewed NLG finds the words."""
    for say in outcome.say:
        dispatcher.utter_message(
            response=response_name(say.utterance),
            say=say.to_json(),
            voice=outcome.state.voice,
            country=outcome.state.country,
        )
