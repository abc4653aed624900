"""Messaging apps in the store: nothing is lost, nothing is answered twice, and nobody is named in the clear."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import ConversationGone, MessageTaken
from bot.records import Records
from bot.records.apps import INBOX_LEASE, OUTBOX_LEASE, Backlog

NUMBER = "+15550100"


def receive(records: Records, message_id: str, text: str = "hello", sender: str = NUMBER) -> str | None:
    """One message of a person; the person, or None for a repeat."""
    with records.transaction() as store:
        return store.receive("sms", sender, message_id, {"text": text})


def take(records: Records, person: str, worker: str = "one") -> Any:
    with records.transaction() as store:
        return store.take(person, worker)


@pytest.fixture
def person(records: Records, chat: str) -> str:
    """A person whose conversation is `chat`."""
    with records.transaction() as store:
        name = store.person_of("sms", NUMBER)
        store.add_app_person(chat, "sms", name, NUMBER)
    return name


# people -------------------------------------------------------------------------------------------------------------


def test_a_sender_is_another_person_in_another_app(records: Records) -> None:
    """And without the secret of the store nobody can tell who it is."""
    with records.reading() as store:
        names = {store.person_of(app, NUMBER) for app in ("sms", "whatsapp")}
        assert store.person_of("sms", NUMBER) in names
    assert len(names) == 2
    assert all(len(name) == 64 and NUMBER not in name for name in names)


def test_a_person_is_found_with_where_to_reply(records: Records, chat: str, person: str, clock: Any) -> None:
    """By who they are, and by their conversation."""
    with records.reading() as store:
        found = store.app_person(person)
        assert found == store.app_person_of(chat)
        assert store.app_person(store.person_of("sms", "another")) is None
    assert (found.conversation_id, found.app, found.address, found.question) == (chat, "sms", NUMBER, None)
    assert found.heard_at == clock()


def test_a_person_past_the_retention_begins_anew(
    records: Records, chat: str, person: str, clock: Any, retention_days: int
) -> None:
    """Before the purge has been there, too."""
    clock.advance(days=retention_days)
    with records.transaction() as store:
        assert store.app_person(person) is None
        fresh = store.create_conversation("sms", "en").id
        store.add_app_person(fresh, "sms", person, NUMBER)
        assert store.app_person(person).conversation_id == fresh
        assert store.app_person_of(chat) is None


def test_nobody_is_noted_for_a_conversation_that_is_gone(records: Records) -> None:
    """The answer of a turn cannot bring it back."""
    with pytest.raises(ConversationGone), records.transaction() as store:
        store.add_app_person("gone", "sms", "p" * 64, NUMBER)


# what came ----------------------------------------------------------------------------------------------------------


def test_a_repeat_is_not_kept_again(records: Records) -> None:
    """Not while it waits, not after it was answered; the same id in another app is another message."""
    person = receive(records, "SM1")
    assert receive(records, "SM1") is None
    taken = take(records, person)
    with records.transaction() as store:
        store.answered(taken.seq, "one")
    assert receive(records, "SM1") is None
    assert take(records, person) is None
    with records.transaction() as store:
        assert store.receive("whatsapp", NUMBER, "SM1", {"text": "hello"})


def test_messages_are_taken_in_the_order_in_which_they_came(records: Records) -> None:
    """One at a time; one that is not answered comes again, to the same worker."""
    person = receive(records, "SM1", "first")
    receive(records, "SM2", "second")
    assert [take(records, person).data["text"] for _ in range(2)] == ["first", "first"]
    with records.transaction() as store:
        store.answered(store.take(person, "one").seq, "one")
        assert store.take(person, "one").data["text"] == "second"


def test_a_message_comes_with_the_question_that_its_sender_had_seen(records: Records, person: str) -> None:
    """A number answers the question on the person's screen, even when another one is sent meanwhile."""
    receive(records, "SM1")
    with records.transaction() as store:
        store.note_question(person, {"step": "welcome"})
    receive(records, "SM2")
    with records.transaction() as store:
        store.note_question(person, {"step": "who"})
        first = store.take(person, "one")
        store.answered(first.seq, "one")
        second = store.take(person, "one")
    assert (first.data["question"], second.data["question"]) == (None, {"step": "welcome"})


def test_two_workers_do_not_take_one_message(records: Records, clock: Any) -> None:
    """Until the first has been silent for so long that it must have ended."""
    person = receive(records, "SM1")
    first = take(records, person, "one")
    assert take(records, person, "two") is None
    with records.reading() as store:
        assert store.people_waiting("sms", "two") == []
        assert store.people_waiting("sms", "one") == [person]
    clock.advance(seconds=INBOX_LEASE.total_seconds())
    with records.reading() as store:
        assert store.people_waiting("sms", "two") == [person]
    assert take(records, person, "two").seq == first.seq
    with pytest.raises(MessageTaken), records.transaction() as store:
        store.answered(first.seq, "one")
    with records.transaction() as store:
        store.answered(first.seq, "two")


def test_an_answer_that_cannot_be_kept_leaves_the_message(records: Records, chat: str) -> None:
    """The message goes in the same transaction as its answer, or not at all."""
    person = receive(records, "SM1")
    taken = take(records, person)
    with pytest.raises(ConversationGone), records.turn():
        records.write(lambda store: store.answered(taken.seq, "one"))
        records.write(lambda store: store.save_state("gone", {}))
    assert take(records, person) == taken


def test_who_waited_longest_comes_first(records: Records) -> None:
    """And everybody once."""
    people = [receive(records, f"SM{n}", sender=f"+1555010{n % 3}") for n in range(9)]
    with records.reading() as store:
        assert store.people_waiting("sms", "one") == people[:3]
        assert store.people_waiting("whatsapp", "one") == []


def test_what_waits_is_there_after_a_restart(url: str, open_store: Callable[[str], Records]) -> None:
    """Another process finds it, under the same person."""
    person = receive(open_store(url), "SM1", "my words")
    later = open_store(url)
    assert receive(later, "SM1") is None
    assert take(later, person).data["text"] == "my words"


# what is to be sent -------------------------------------------------------------------------------------------------


def due(records: Records, limit: int = 10) -> list[Any]:
    with records.transaction() as store:
        return store.due("sms", limit)


def enqueue(records: Records, person: str, *texts: str) -> None:
    with records.transaction() as store:
        for text in texts:
            store.enqueue("sms", person, NUMBER, [{"text": text}])


def texts(replies: list[Any]) -> list[str]:
    return [message["text"] for reply in replies for message in reply.messages]


def test_replies_to_one_person_go_one_after_the_other(records: Records, person: str) -> None:
    """The second is not taken before the first has gone, and none twice."""
    enqueue(records, person, "first", "second")
    (first,) = due(records)
    assert (texts([first]), first.address, first.attempts, first.parts_sent) == (["first"], NUMBER, 0, 0)
    assert due(records) == []
    with records.transaction() as store:
        store.sent(first.seq)
    assert texts(due(records)) == ["second"]


def test_one_person_does_not_wait_for_another(records: Records, person: str) -> None:
    """A reply that is tried again later holds up its own lane alone."""
    enqueue(records, person, "first", "second")
    (first,) = due(records)
    with records.transaction() as store:
        store.try_again(first.seq, store.now() + timedelta(minutes=5), "http_429")
        other = store.create_conversation("sms", "en").id
        store.add_app_person(other, "sms", "q" * 64, "+15550111")
        store.enqueue("sms", "q" * 64, "+15550111", [{"text": "other"}])
    assert texts(due(records)) == ["other"]


def test_a_reply_comes_again_when_its_time_has_come(records: Records, person: str, clock: Any) -> None:
    """With the number of its failures, and the parts that need not go again."""
    enqueue(records, person, "first")
    (reply,) = due(records)
    with records.transaction() as store:
        store.try_again(reply.seq, store.now() + timedelta(minutes=5), "http_500")
    clock.advance(minutes=5, seconds=-1)
    assert due(records) == []
    clock.advance(seconds=1)
    assert due(records)[0].attempts == 1
    with records.transaction() as store:
        store.part_sent(reply.seq)
        store.try_again(reply.seq, store.now(), "timeout")
    (again,) = due(records)
    assert (again.attempts, again.parts_sent) == (1, 1)


def test_a_delivery_that_died_leaves_its_reply_to_the_next(records: Records, person: str, clock: Any) -> None:
    """Sent twice is better than never."""
    enqueue(records, person, "first")
    due(records)
    clock.advance(seconds=OUTBOX_LEASE.total_seconds() - 1)
    assert due(records) == []
    clock.advance(seconds=1)
    assert texts(due(records)) == ["first"]


def test_nothing_of_a_reply_stays_but_that_it_was_sent_or_given_up(records: Records, person: str) -> None:
    """Text and address go; the operator can count."""
    enqueue(records, person, "first", "second", "third")
    with records.transaction() as store:
        store.sent(store.due("sms", 1)[0].seq)
        store.give_up(store.due("sms", 1)[0].seq, "http_400")
        assert store.outbox_counts() == {("sms", "sent"): 1, ("sms", "given_up"): 1, ("sms", "pending"): 1}
        rows = store.connection.exec_driver_sql("SELECT state, reason, data FROM outbox ORDER BY seq").all()
        sent, given_up, pending = (store.cipher.decrypt(row[2]) if row[2] else None for row in rows)
    assert [tuple(row[:2]) for row in rows] == [("sent", None), ("given_up", "http_400"), ("pending", None)]
    assert (set(sent), sent["lost"], given_up) == ({"ids", "lost"}, [], None)
    assert NUMBER not in json.dumps(sent) and "first" not in json.dumps(sent)
    assert pending["address"] == NUMBER


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([("s1", 0)], [("part", "given_up")]),
        ([("s1", 0), ("s1", 0)], [("part", "given_up"), None]),
        ([("s1", 1), ("s1", 0)], [("part", "given_up"), ("all", "given_up")]),
        ([("s2", 0)], [None]),
        ([("unknown", 0)], [None]),
    ],
    ids=["one part", "told twice", "both parts", "not the first of its reply", "unknown"],
)
@pytest.mark.parametrize("when", ["after", "before"])
def test_what_an_app_took_and_lost_is_known_by_its_key(
    records: Records, person: str, told: Any, found: Any, when: str
) -> None:
    """Reported after we noted that the reply of two parts went, or before; nobody else's is touched."""
    with records.transaction() as store:
        for lane in (person, "q" * 64):
            store.enqueue("sms", lane, NUMBER, [{"id": "s1"}, {"id": "s2"}])
        mine = next(reply for reply in store.due("sms", 2) if reply.lane == person)
        for _ in range(2):
            store.part_sent(mine.seq)
        if when == "after":
            assert store.sent(mine.seq) is None
        seen = [store.note_lost(person, *report, "twilio_30003") for report in told]
        ended = store.sent(mine.seq) if when == "before" else None
        rows = dict(store.connection.exec_driver_sql("SELECT lane, state FROM outbox").all())
    known = [one for one in found if one]
    assert [one is not None for one in seen] == [one is not None for one in found]
    assert all(one.ids == ["s1", "s2"] for one in seen if one)
    if when == "after":
        assert [one and ("all" if one.whole else "part", "given_up") for one in seen] == found
    else:
        assert not any(one.whole for one in seen if one)
        assert (ended and ended.whole) == (known[-1][0] == "all" if known else None)
    assert rows[person] == ("given_up" if known else "sent")
    assert [state for lane, state in rows.items() if lane != person] == ["pending"]


def test_a_reply_of_somebody_forgotten_meanwhile_ends_quietly(records: Records, chat: str, person: str) -> None:
    """What was under way has gone; nothing of it is left to note."""
    enqueue(records, person, "first")
    (reply,) = due(records)
    with records.transaction() as store:
        store.forget(chat)
        assert store.sent(reply.seq) is None
        assert store.note_lost(person, "1", 0, "twilio_30003") is None


def test_what_staff_write_is_sent_to_the_app(records: Records, chat: str, person: str) -> None:
    """Whoever appends it; what the bot and the person said is not, since the turn sends that."""
    with records.transaction() as store:
        store.append_messages(chat, [{"id": "1", "author": "person"}, {"id": "2", "author": "bot"}])
        assert store.due("sms", 10) == []
        store.append_messages(chat, [{"id": "3", "author": "staff", "text": "I am Maya"}])
        (reply,) = store.due("sms", 10)
    assert (reply.lane, reply.address, texts([reply])) == (person, NUMBER, ["I am Maya"])


def test_what_staff_write_in_the_widget_is_not(records: Records, chat: str) -> None:
    """The open page reads it."""
    with records.transaction() as store:
        store.append_messages(chat, [{"id": "3", "author": "staff", "text": "I am Maya"}])
        assert store.outbox_counts() == {}


# forgetting ---------------------------------------------------------------------------------------------------------


def test_what_staff_wrote_is_known_to_wait_and_then_not_to_have_arrived(
    records: Records, chat: str, person: str
) -> None:
    """By the id of the message; the mark stands beside the words, and who looks for another's chat finds nothing."""
    message = {"id": "s1", "author": "staff", "utterance": None, "kind": "statement", "text": "Please call us"}
    with records.transaction() as store:
        store.append_messages(chat, [message])
    with records.reading() as store:
        assert (store.unsent(chat), store.unsent("another")) == ({"s1"}, set())
    with records.transaction() as store:
        (reply,) = store.due("sms", 1)
        store.give_up(reply.seq, "http_400")
        store.note_undelivered(person, ["s1", "unknown"], partly=False)
    with records.reading() as store:
        assert store.unsent(chat) == set()
        assert store.messages(chat) == [{**message, "undelivered": "all"}]


def test_when_a_person_was_heard_is_when_they_wrote_last(records: Records, chat: str, person: str, clock: Any) -> None:
    """Not when they were written to."""
    clock.advance(hours=2)
    receive(records, "1")
    heard = clock()
    clock.advance(hours=1)
    with records.transaction() as store:
        store.enqueue("sms", person, NUMBER, [{"id": "1"}])
    with records.reading() as store:
        assert (store.heard_at(chat), store.heard_at("another")) == (heard, None)


def test_the_backlog_is_told_by_app(records: Records, person: str, clock: Any) -> None:
    """How much waits, since when, and what was given up; what was sent is no backlog."""
    begun = clock()
    receive(records, "1")
    with records.transaction() as store:
        for number in range(4):
            store.enqueue("sms", person, NUMBER, [{"id": str(number)}])
        store.enqueue("slack", "s" * 64, "D1", [{"id": "s"}])
    clock.advance(seconds=5)
    receive(records, "2")
    with records.transaction() as store:
        for end in (store.sent, lambda seq: store.give_up(seq, "http_400")):
            (reply,) = store.due("sms", 1)
            end(reply.seq)
    with records.reading() as store:
        found = store.backlog()
    assert found == {"sms": Backlog(2, begun, 2, begun, 1), "slack": Backlog(0, None, 1, begun, 0)}


def test_forgetting_takes_the_replies_and_sends_the_receipt(records: Records, chat: str, person: str) -> None:
    """The receipt is in a lane of its own, which leads to nobody; what was under way ends without a trace."""
    enqueue(records, person, "first", "second")
    (under_way,) = due(records)
    with records.transaction() as store:
        store.forget(chat)
        store.enqueue("sms", person, NUMBER, [{"text": "deleted"}])
        store.sent(under_way.seq)
        assert store.app_person(person) is None
        (receipt,) = store.due("sms", 10)
    assert (receipt.messages, receipt.lane == person) == ([{"text": "deleted"}], False)


def test_a_message_that_came_after_the_wish_is_still_answered(records: Records, chat: str, person: str) -> None:
    """It could hold a red flag."""
    receive(records, "SM1", "forget me")
    receive(records, "SM2", "blood will not stop")
    with records.transaction() as store:
        wish = store.take(person, "one")
        store.forget(chat)
        store.answered(wish.seq, "one")
    assert take(records, person).data["text"] == "blood will not stop"


# any use ------------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deliveries=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5)), max_size=25),
    steps=st.randoms(use_true_random=False),
)
def test_each_message_is_answered_once_and_in_order(
    sqlite_records: Records, clock: Any, deliveries: list[tuple[int, int]], steps: Any
) -> None:
    """Whatever repeats come, whichever worker dies, in whatever order they work."""
    records, run = sqlite_records, uuid4()
    first_seen: dict[int, list[int]] = {}
    for sender, number in deliveries:
        name = f"{run}-{sender}"
        if receive(records, f"{name}-{number}", str(number), sender=name):
            first_seen.setdefault(sender, []).append(number)
    assert first_seen == {
        sender: list(dict.fromkeys(n for s, n in deliveries if s == sender)) for sender, _ in deliveries
    }
    answered: dict[int, list[int]] = {sender: [] for sender in first_seen}
    while any(answered[sender] != first_seen[sender] for sender in first_seen):
        sender, worker = steps.choice(sorted(first_seen)), steps.choice(["one", "two"])
        with records.transaction() as store:
            taken = store.take(store.person_of("sms", f"{run}-{sender}"), worker)
            if taken and steps.random() < 0.7:
                store.answered(taken.seq, worker)
                answered[sender].append(int(taken.data["text"]))
        if steps.random() < 0.3:
            clock.advance(seconds=INBOX_LEASE.total_seconds())
    with records.reading() as store:
        # Of an example that was cut short, messages may still wait.
        people = {store.person_of("sms", f"{run}-{sender}") for sender in first_seen}
        assert not people & set(store.people_waiting("sms", "one"))
