"""Rasa's tracker store on our records: one state value, and a bounded tail of events, however long the chat."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import select

from bot.errors import RecordsError
from bot.records.store import Records, Transaction
from bot.records.tables import conversations
from bot.server import runtime

#: Events that are read for a turn, cut to whole turns: enough for Rasa to see where it is. The checklist reads none.
TAIL = 40
#: What is kept as events: what was said and done. Everything else is in the state, or holds for one turn only.
KEPT = frozenset({"user", "bot", "action"})
STATE_SLOT, ANSWER_SLOT, FORM = "checklist", "answer", "checklist_form"
_MARK = "signpost_stored_events"


class SignpostTrackerStore(TrackerStore):
    """Keeps the checklist state as one value and rebuilds a tracker around it that waits inside the form.

    Errors are raised: `bot.server.in_process.fail_closed` sees to it that Rasa passes them on.
    """

    def __init__(
        self,
        domain: Optional[Domain] = None,
        event_broker: Optional[EventBroker] = None,
        host: Optional[str] = None,
        records: Optional[Records] = None,
        **options: Any,
    ) -> None:
        """Take `records`, or those of this process.

        Raises:
            SignpostError: they cannot be opened.
        """
        self.records = records or runtime.current().records
        super().__init__(domain, event_broker, **options)

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The tracker as it waits for the next message; None for a conversation without a turn yet.

        Raises:
            RecordsError: the store cannot be read.
        """
        with self.records.reading() as transaction:
            if transaction.conversation(sender_id) is None:
                return None
            state = transaction.state(sender_id)
            stored = transaction.tail_events(sender_id, TAIL)
        if state is None and not stored:
            return None
        tracker = DialogueStateTracker.from_events(sender_id, _events(state, stored), slots=self.domain.slots)
        _mark(tracker)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what is new in the tracker: at the end of the turn where there is one, else at once.

        Raises:
            RecordsError: the store cannot be written, or the tracker is not one that was read from it.
            ConversationGone: the conversation was forgotten meanwhile. It does not come back.
        """
        new = list(tracker.events)[getattr(tracker, _MARK, 0) :]
        known = hasattr(tracker, _MARK)
        state = tracker.get_slot(STATE_SLOT)
        self.records.write(lambda transaction: _write(transaction, tracker.sender_id, new, state, known=known))
        _mark(tracker)
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations."""
        with self.records.reading() as transaction:
            return [row.id for row in transaction.execute(select(conversations.c.id)).all()]


def _write(
    transaction: Transaction,
    sender_id: str,
    new: List[Event],
    state: Optional[Mapping[str, Any]],
    *,
    known: bool,
) -> None:
    if not known and not new:
        # Rasa's own channels (rest, shell) name a conversation and begin it so, with an empty tracker.
        if transaction.conversation(sender_id) is None:
            transaction.create_conversation("rasa", "en", sender_id)
        return
    if not known and transaction.event_count(sender_id):
        raise RecordsError("a tracker that was not read from the store cannot replace the one in it")
    transaction.append_events(sender_id, [compact(event) for event in new if event.type_name in KEPT])
    if state is not None:
        transaction.save_state(sender_id, state)


def compact(event: Event) -> Dict[str, Any]:
    """The event without what stands elsewhere: the whole understanding, the message object, what the NLG was given."""
    data = event.as_dict()
    if event.type_name == "user":
        parsed = data["parse_data"]
        data["parse_data"] = {name: parsed.get(name) for name in ("intent", "entities", "text")}
    elif event.type_name == "bot":
        metadata = data["metadata"]
        data["data"] = {}
        data["metadata"] = {name: metadata[name] for name in ("id", "utter_action") if name in metadata}
    return data


def _events(state: Optional[Mapping[str, Any]], stored: List[Dict[str, Any]]) -> List[Event]:
    """Where the conversation stands, as the events that lead there."""
    tail = [Event.from_parameters(data) for data in _whole_turns(stored)]
    since = tail[0].timestamp if tail else None
    return [
        SessionStarted(since),
        ActionExecuted(ACTION_LISTEN_NAME, timestamp=since),
        ActiveLoop(FORM, since),
        SlotSet(REQUESTED_SLOT, ANSWER_SLOT, since),
        SlotSet(STATE_SLOT, state, since),
        *tail,
    ]


def _whole_turns(stored: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """The events from the first message of the person on: half a turn would tell Rasa of an action out of nowhere."""
    first = next((place for place, event in enumerate(stored) if event["event"] == "user"), len(stored))
    return stored[first:]


def _mark(tracker: DialogueStateTracker) -> None:
    """Note how much of the tracker is stored. The mark lives as long as the tracker: one turn."""
    setattr(tracker, _MARK, len(tracker.events))
