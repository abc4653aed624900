"""The tracker store: one state, a bounded tail, and errors that are errors."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_harness import Bot, flag, sign, utterances

from bot.clock import system_clock
from bot.errors import ConversationGone, RecordsError, RecordsUnavailable
from bot.records import Cipher, Records
from bot.records.cipher import new_key
from bot.records.tracker_store import TAIL, SignpostTrackerStore, compact


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """An empty store in a file."""
    opened = Records.open(f"sqlite:///{tmp_path}/signpost.db", Cipher([new_key()]), system_clock, 30)
    yield opened
    opened.dispose()


@pytest.fixture
def kept(bot: Bot, records: Records) -> Bot:
    """The bot on that store."""
    bot.keep_in(SignpostTrackerStore(bot.agent.domain, records=records))
    return bot


def stored(records: Records, sender: str = "person") -> list[dict[str, object]]:
    """Every stored event."""
    with records.reading() as transaction:
        return transaction.tail_events(sender, 10_000)


def test_a_conversation_goes_on_where_it_was(kept: Bot) -> None:
    """Every turn reads what the turn before it wrote: state, form, and no second welcome."""
    kept.send("hello", "greet")
    kept.send("", None, metadata={"step": "welcome", "choices": ["start"]})
    said = kept.send("I have a cough", "inform", [sign("cough")])
    assert "welcome_what" not in utterances(said) and said[-1]["step"] == "right_now_1"
    assert kept.state()["findings"]["cough"]["status"] == "present"
    assert kept.tracker().active_loop_name == "checklist_form"


def test_it_goes_on_after_a_restart_of_the_server(kept: Bot, records: Records) -> None:
    """A new store over the same database knows the conversation, in the middle of a red flag too."""
    kept.send("hello", "greet")
    kept.send("my chest hurts", "inform", [flag("chest_pain")])
    before = kept.state()
    kept.keep_in(SignpostTrackerStore(kept.agent.domain, records=records))
    assert kept.state() == before
    assert kept.send("hello", "greet")[-1]["step"] == "red_flag"


def test_two_conversations_are_two(kept: Bot) -> None:
    """What one person said is not in the other's state."""
    kept.send("I have a cough", "inform", [sign("cough")], sender="one")
    kept.send("I am tired", "inform", [sign("fatigue")], sender="two")
    assert set(kept.state("one")["findings"]) == {"cough"} and set(kept.state("two")["findings"]) == {"fatigue"}


def test_the_tail_is_bounded(kept: Bot) -> None:
    """However long the chat, a turn reads at most the tail, cut to whole turns, and five events that frame it."""
    sizes = []
    for turn in range(30):
        kept.send(f"message {turn}", "inform")
        sizes.append(len(kept.tracker().events))
    assert max(sizes) <= TAIL + 5 and len(set(sizes[15:])) <= 3
    tail = list(kept.tracker().events)[5:]
    assert isinstance(tail[0], UserUttered) and kept.tracker().latest_action_name == "action_listen"
    assert kept.tracker().latest_message.text == "message 29"


def test_each_event_is_stored_once(kept: Bot, records: Records) -> None:
    """Messages of the person are stored in order, none twice, none lost behind the tail."""
    for turn in range(15):
        kept.send(f"message {turn}", "inform")
    texts = [event["text"] for event in stored(records) if event["event"] == "user"]
    assert texts == [f"message {turn}" for turn in range(15)]


def test_the_state_is_one_value(kept: Bot, records: Records) -> None:
    """No event holds the state, the words of the NLG, or a copy of the message object."""
    kept.send("I have a cough", "inform", [sign("cough")])
    events = stored(records)
    assert {event["event"] for event in events} == {"user", "bot", "action"}
    assert "findings" not in str(events) and "choices" not in str(events)
    with records.reading() as transaction:
        assert transaction.state("person") == kept.state()


def test_compact_keeps_what_was_said() -> None:
    """Text, intent and entities of the person and the text and id of the bot stay; what stands elsewhere goes."""
    parsed = {"intent": {"name": "inform"}, "entities": [], "text": "tired", "understanding": {}, "intent_ranking": []}
    user = compact(UserUttered("tired", parse_data=parsed, metadata={"step": "page_body"}))
    assert set(user["parse_data"]) == {"intent", "entities", "text"} and user["metadata"] == {"step": "page_body"}
    bot = compact(
        BotUttered("Noted.", {"custom": {"text": "Noted."}}, {"id": "noted", "say": {}, "utter_action": "utter_noted"})
    )
    assert (bot["text"], bot["data"], bot["metadata"]) == ("Noted.", {}, {"id": "noted", "utter_action": "utter_noted"})


def test_a_store_that_cannot_be_read_is_an_error(kept: Bot, records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person is not answered from an empty conversation, and the next turn finds the old state."""
    kept.send("I have a cough", "inform", [sign("cough")])
    before = kept.state()
    with monkeypatch.context() as broken:
        broken.setattr(records, "reading", _unavailable)
        with pytest.raises(RecordsUnavailable):
            kept.send("I am tired", "inform", [sign("fatigue")])
    assert kept.state() == before


def test_a_store_that_cannot_be_written_is_an_error(
    kept: Bot, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the turn is kept, neither here nor in a memory that nobody reads."""
    kept.send("I have a cough", "inform", [sign("cough")])
    before, events = kept.state(), stored(records)
    with monkeypatch.context() as broken:
        broken.setattr(records, "transaction", _unavailable)
        with pytest.raises(RecordsUnavailable):
            kept.send("I am tired", "inform", [sign("fatigue")])
    assert kept.state() == before and stored(records) == events
    kept.send("I am pale", "inform", [sign("pallor")])
    assert set(kept.state()["findings"]) == {"cough", "pallor"}


def test_a_turn_is_kept_whole_or_not_at_all(kept: Bot, records: Records) -> None:
    """When what belongs to the turn fails after the bot has answered, nothing of it stays."""
    kept.send("I have a cough", "inform", [sign("cough")])
    before, events = kept.state(), stored(records)
    with contextlib.suppress(ZeroDivisionError), records.turn():
        assert kept.send("I am tired", "inform", [sign("fatigue")])
        raise ZeroDivisionError
    assert kept.state() == before and stored(records) == events


def test_a_forgotten_conversation_does_not_come_back(kept: Bot, records: Records) -> None:
    """Forgotten in the middle of a turn, it stays forgotten, and the turn is an error."""
    kept.send("I have a cough", "inform", [sign("cough")])
    tracker = kept.tracker()
    with records.transaction() as transaction:
        transaction.forget("person")
    tracker.update(UserUttered("I am tired"))
    with pytest.raises(ConversationGone):
        kept.save(tracker)
    with records.reading() as transaction:
        assert transaction.conversation("person") is None


def test_a_foreign_tracker_cannot_replace_a_conversation(kept: Bot) -> None:
    """Rasa's HTTP interface can hand in whole trackers; over a conversation that is there, that is refused."""
    kept.send("I have a cough", "inform", [sign("cough")])
    with pytest.raises(RecordsError):
        kept.save(DialogueStateTracker.from_events("person", [UserUttered("made up")], slots=kept.agent.domain.slots))
    assert set(kept.state()["findings"]) == {"cough"}


def test_keys_are_the_conversations(kept: Bot) -> None:
    """`rasa export` and the like can list them."""
    kept.send("hello", "greet", sender="one")
    kept.send("hello", "greet", sender="two")
    assert set(asyncio.run(kept.agent.tracker_store.keys())) == {"one", "two"}


def _unavailable() -> None:
    raise RecordsUnavailable("the database cannot be used just now: locked")
