"""Messages in order, seen by other processes, and answers to repeated requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.errors import RecordsError, ReplyConflict
from bot.records import Records


def _message(number: int, author: str = "bot") -> dict[str, Any]:
    return {"id": f"m{number}", "author": author, "text": f"text {number}"}


def test_messages_keep_their_order(records: Records, chat: str) -> None:
    """All messages, or those after one of them, in the order of writing."""
    with records.transaction() as store:
        store.append_messages(chat, [_message(1), _message(2, "person")])
        store.append_messages(chat, [_message(3)])
    with records.reading() as store:
        assert [m["id"] for m in store.messages(chat)] == ["m1", "m2", "m3"]
        assert store.messages(chat, after="m2") == [_message(3)]
        assert store.messages(chat, after="m3") == []


def test_an_unknown_place_gives_everything(records: Records, chat: str) -> None:
    """A client that lost its place, or names one of another chat, gets all of its own messages."""
    with records.transaction() as store:
        store.append_messages(chat, [_message(1)])
        other = store.create_conversation("widget", "en").id
        store.append_messages(other, [_message(7), _message(8)])
        assert store.messages(chat, after="m7") == [_message(1)]


@pytest.mark.parametrize("message", [{}, {"id": "1"}, {"author": "bot"}, {"id": "", "author": "bot"}])
def test_a_message_needs_id_and_author(records: Records, chat: str, message: dict[str, Any]) -> None:
    """Without them it could be neither found nor shown."""
    with pytest.raises(ValueError, match="id and an author"), records.transaction() as store:
        store.append_messages(chat, [message])


def test_a_message_id_is_used_once(records: Records, chat: str) -> None:
    """The same id twice is refused, and the error holds neither id nor text."""
    with pytest.raises(RecordsError) as caught, records.transaction() as store:
        store.append_messages(chat, [_message(1), _message(1)])
    assert "m1" not in str(caught.value) and chat not in str(caught.value)


def test_another_process_sees_a_reply_of_staff(url: str, open_store: Callable[[str], Records]) -> None:
    """What `staff reply` writes is found by the server that asks for what came after its last message."""
    server, command_line = open_store(url), open_store(url)
    with server.transaction() as store:
        chat = store.create_conversation("widget", "en").id
        store.append_messages(chat, [_message(1), _message(2, "person")])
        case = store.open_case(chat, "asked for a person", "soon", "person")
    with server.reading() as store:
        assert store.messages_after(chat, "m2", author="staff") == []
    with command_line.transaction() as store:
        store.append_messages(chat, [_message(3)])
        reply = store.record_reply(case.id, "anna", "Hello, I am Anna.")
    with server.reading() as store:
        assert store.messages_after(chat, "m2", author="staff") == [reply]
        assert [m["author"] for m in store.messages_after(chat, "m2")] == ["bot", "staff"]
        assert store.messages_after(chat, reply["id"]) == []


def test_a_repeated_request_gets_the_first_answer(records: Records, chat: str) -> None:
    """Saving again with the same digest changes nothing."""
    with records.transaction() as store:
        assert store.reply(chat, "c1") is None
        store.save_reply(chat, "c1", "digest", {"messages": [1]})
        store.save_reply(chat, "c1", "digest", {"messages": [2]})
    with records.reading() as store:
        found = store.reply(chat, "c1")
    assert found and (found.digest, found.body) == ("digest", {"messages": [1]})


def test_the_same_client_id_with_another_message_is_a_conflict(records: Records, chat: str) -> None:
    """The channel is told, and the first answer stands."""
    with records.transaction() as store:
        store.save_reply(chat, "c1", "digest", {"a": 1})
    with pytest.raises(ReplyConflict), records.transaction() as store:
        store.save_reply(chat, "c1", "other", {"a": 2})
    with records.reading() as store:
        found = store.reply(chat, "c1")
        assert found and found.body == {"a": 1}


def test_client_ids_belong_to_their_conversation(records: Records, chat: str) -> None:
    """Two clients may choose the same id."""
    with records.transaction() as store:
        other = store.create_conversation("widget", "en").id
        store.save_reply(chat, "1", "a", {"of": "chat"})
        store.save_reply(other, "1", "b", {"of": "other"})
        found = store.reply(other, "1")
    assert found and found.body == {"of": "other"}
