"""Conversations: what is kept comes back, is bounded in cost, and ends when it should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from bot.errors import ConversationGone, RecordsError
from bot.records import Records


def test_ids_are_random_and_long(records: Records) -> None:
    """Two conversations never share an id, and an id cannot be guessed."""
    with records.transaction() as store:
        ids = {store.create_conversation("widget", "en").id for _ in range(50)}
    assert len(ids) == 50
    assert min(map(len, ids)) >= 43


def test_a_new_conversation_reads_back(records: Records, clock: Any, retention_days: int) -> None:
    """Channel, language and times are those of its start; nobody of the staff has it."""
    with records.transaction() as store:
        made = store.create_conversation("widget", "en-GB")
    with records.reading() as store:
        found = store.conversation(made.id)
    assert found == made
    assert (made.channel, made.locale, made.created_at) == ("widget", "en-GB", clock())
    assert (made.expires_at - made.created_at).days == retention_days
    assert not (made.handover or made.keep or made.closed_at)


def test_a_channel_may_bring_an_id_that_it_proved(records: Records) -> None:
    """An id given by the server is used once; a second one of the same name is refused."""
    with records.transaction() as store:
        assert store.create_conversation("shell", "en", "default").id == "default"
        with pytest.raises(RecordsError, match="taken"):
            store.create_conversation("shell", "en", "default")


@pytest.mark.parametrize("locale", ["", "en'; DROP TABLE x", "my name is", "e" * 50, "en\x00"])
def test_a_locale_is_a_language_tag(sqlite_records: Records, locale: str) -> None:
    """The locale comes from the client and is stored in the clear: nothing else fits into it."""
    with pytest.raises(RecordsError, match="language tag"), sqlite_records.transaction() as store:
        store.create_conversation("widget", locale)


def test_an_id_too_long_for_the_database_is_refused(sqlite_records: Records) -> None:
    """A long id gives a message before the database cuts or refuses it."""
    with pytest.raises(RecordsError, match="255"), sqlite_records.transaction() as store:
        store.create_conversation("widget", "en", "x" * 256)


def test_the_state_is_replaced(records: Records, chat: str) -> None:
    """The last state saved is the one read."""
    with records.transaction() as store:
        assert store.state(chat) is None
        store.save_state(chat, {"page": "body"})
        store.save_state(chat, {"page": "blood", "noted": ["fever", "日本"]})
    with records.reading() as store:
        assert store.state(chat) == {"page": "blood", "noted": ["fever", "日本"]}


def test_events_come_back_as_a_tail_in_order(records: Records, chat: str) -> None:
    """The last events are read oldest first, and counted without reading them."""
    with records.transaction() as store:
        store.append_events(chat, [{"n": n} for n in range(4)])
        store.append_events(chat, [])
        store.append_events(chat, [{"n": 4}])
        assert store.tail_events(chat, 3) == [{"n": 2}, {"n": 3}, {"n": 4}]
        assert store.tail_events(chat, 100) == [{"n": n} for n in range(5)]
        assert store.event_count(chat) == 5
        assert store.event_count("unknown") == 0


def test_a_turn_costs_the_same_in_a_long_chat(sqlite_records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """After 300 turns a turn runs as many statements, and decrypts as many values, as at the start."""
    records, work = sqlite_records, []
    event.listen(records._engine, "before_cursor_execute", lambda *_: work.append("statement"))
    decrypt = records._cipher.decrypt
    monkeypatch.setattr(records._cipher, "decrypt", lambda token: work.append("decrypt") or decrypt(token))
    with records.transaction() as store:
        chat = store.create_conversation("widget", "en").id

    def turn(number: int) -> int:
        work.clear()
        with records.transaction() as store:
            store.state(chat), store.tail_events(chat, 5)
            store.save_state(chat, {"turn": number})
            store.append_events(chat, [{"n": number}] * 5)
            store.append_messages(chat, [{"id": f"m{number}", "author": "bot"}])
        return len(work)

    costs = [turn(number) for number in range(300)]
    assert costs[5] == costs[299]


def test_use_begins_the_retention_anew(records: Records, chat: str, clock: Any, retention_days: int) -> None:
    """A conversation in use stays; one that is not ends after the retention, to the minute."""
    clock.advance(days=retention_days - 1)
    with records.transaction() as store:
        store.touch(chat)
    clock.advance(days=retention_days, minutes=-1)
    with records.reading() as store:
        assert store.conversation(chat)
    clock.advance(minutes=1)
    with records.reading() as store:
        assert store.conversation(chat) is None


def test_nothing_is_written_into_a_conversation_past_its_retention(
    records: Records, chat: str, clock: Any, retention_days: int
) -> None:
    """A late message does not bring an expired conversation back, even before the purge."""
    clock.advance(days=retention_days)
    for write in (
        lambda store: store.touch(chat),
        lambda store: store.save_state(chat, {}),
        lambda store: store.append_events(chat, [{}]),
        lambda store: store.append_messages(chat, [{"id": "1", "author": "bot"}]),
        lambda store: store.save_reply(chat, "1", "d", {}),
        lambda store: store.set_resume_code(chat),
        lambda store: store.open_case(chat, "asked", "soon", "person"),
    ):
        with pytest.raises(ConversationGone), records.transaction() as store:
            write(store)
    with records.reading() as store:
        assert store.conversation(chat) is None


def test_a_shorter_retention_holds_for_what_is_stored(
    url: str, open_store: Callable[[str], Records], clock: Any
) -> None:
    """A site that shortens the retention shortens it for the conversations it has."""
    records = open_store(url)
    with records.transaction() as store:
        chat = store.create_conversation("widget", "en").id
    clock.advance(days=8)
    shorter = Records.open(url, records._cipher, clock, retention_days=7)
    try:
        with shorter.reading() as store:
            assert store.conversation(chat) is None
        assert shorter.purge().conversations == 1
    finally:
        shorter.dispose()


def test_keep_and_closed_are_remembered(records: Records, chat: str, clock: Any) -> None:
    """The person's wish to keep the chat on their device, and its end, are stored."""
    with records.transaction() as store:
        store.set_keep(chat, True)
        store.close_conversation(chat)
        found = store.conversation(chat)
    assert found and found.keep and found.closed_at == clock()


def test_a_resume_code_finds_its_conversation(records: Records, chat: str) -> None:
    """However it is typed; another code finds nothing."""
    with records.transaction() as store:
        code = store.set_resume_code(chat)
    assert len(code.replace("-", "")) >= 10
    with records.reading() as store:
        assert store.conversation_by_resume_code(code) == chat
        assert store.conversation_by_resume_code(f" {code.lower().replace('-', ' ')} ") == chat
        assert store.conversation_by_resume_code(code.replace("0", "o").replace("1", "L")) == chat
        assert store.conversation_by_resume_code(code[:-1] + ("A" if code[-1] != "A" else "B")) is None
        assert store.conversation_by_resume_code("") is None


def test_a_new_resume_code_ends_the_old_one(records: Records, chat: str) -> None:
    """Only the last code given out works."""
    with records.transaction() as store:
        first = store.set_resume_code(chat)
        second = store.set_resume_code(chat)
        assert store.conversation_by_resume_code(first) is None
        assert store.conversation_by_resume_code(second) == chat


def test_a_resume_code_expires(records: Records, chat: str, clock: Any, retention_days: int) -> None:
    """A code ends after the retention time, even when the chat is still in use."""
    with records.transaction() as store:
        code = store.set_resume_code(chat)
    clock.advance(days=retention_days - 1)
    with records.transaction() as store:
        store.touch(chat)
        assert store.conversation_by_resume_code(code) == chat
    clock.advance(days=1)
    with records.transaction() as store:
        assert store.conversation_by_resume_code(code) is None
        assert store.conversation(chat)
