"""A bot for tests: the project's policies, actions and wording around a model that trains in seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

ROOT = Path(__file__).resolve().parents[2]
NLG = "bot.nlg.reviewed_nlg.ReviewedNLG"


class Bot:
    """One agent and one event loop."""

    def __init__(self, model: str, actions: str = "inproc:actions") -> None:
        self.loop = asyncio.new_event_loop()
        self.agent = Agent.load(
            model,
            generator=EndpointConfig(type=NLG),
            action_endpoint=EndpointConfig(url=actions, enable_selective_domain=True),
        )

    def keep_in(self, store: TrackerStore) -> None:
        """Use this tracker store from now on, wrapped as Rasa wraps it."""
        store.domain = self.agent.domain
        self.agent.tracker_store = self.agent.processor.tracker_store = FailSafeTrackerStore(store)

    def send(
        self,
        text: str,
        intent: str | None = "inform",
        entities: Iterable[Mapping[str, Any]] = (),
        metadata: dict[str, Any] | None = None,
        sender: str = "person",
    ) -> list[dict[str, Any]]:
        """Hand over one message as understood, and return the message objects that come back."""
        parsed = {"text": text, "intent": {"name": intent, "confidence": 1.0}, "entities": [dict(e) for e in entities]}
        return self._handle(text, sender, metadata, parsed)

    def say(self, text: str, sender: str = "person") -> list[dict[str, Any]]:
        """Send words through the model's own NLU."""
        return self._handle(text, sender, None, None)

    def _handle(self, text: str, sender: str, metadata: Any, parsed: Any) -> list[dict[str, Any]]:
        message = UserMessage(text, CollectingOutputChannel(), sender, metadata=metadata, parse_data=parsed)
        answers = self.loop.run_until_complete(self.agent.handle_message(message))
        return [answer["custom"] for answer in answers or () if "custom" in answer]

    def tracker(self, sender: str = "person") -> DialogueStateTracker:
        """The tracker as the store gives it."""
        found = self.loop.run_until_complete(self.agent.tracker_store.retrieve(sender))
        assert found is not None
        return found

    def save(self, tracker: DialogueStateTracker) -> None:
        """Save a tracker."""
        self.loop.run_until_complete(self.agent.tracker_store.save(tracker))

    def actions(self, sender: str = "person") -> list[str]:
        """The names of all actions so far."""
        return [event.action_name for event in self.tracker(sender).events if event.type_name == "action"]

    def state(self, sender: str = "person") -> dict[str, Any]:
        """The state of the checklist."""
        return self.tracker(sender).get_slot("checklist")


def utterances(messages: Iterable[Mapping[str, Any]]) -> list[str]:
    """The utterance ids of message objects."""
    return [message["utterance"] for message in messages]


def flag(name: str, role: str = "present") -> dict[str, Any]:
    """A red flag as the NLU reports it."""
    return {"entity": "red_flag", "value": name, "role": role, "start": 0, "end": 1}


def sign(name: str, role: str = "present") -> dict[str, Any]:
    """A sign as the NLU reports it."""
    return {"entity": "warning_sign", "value": name, "role": role, "start": 0, "end": 1}
