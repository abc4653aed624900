"""Forgetting: on the person's wish, at the end of the retention, and down to the bytes of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.errors import ConversationGone
from bot.records import PurgeReport, Records
from bot.records.retention import RECEIVED_LIFE, REPLY_LIFE, SENT_LIFE
from bot.records.rotation import encrypted_columns
from bot.records.store import BATCH
from bot.records.tables import metadata

CLIENT_ID = "first-message-of-this-client"
WORDS = "my gums bled on Tuesday"
NUMBER, PROVIDER_ID = "+15550100", "SM0123456789abcdef"
KEPT_AFTER_FORGETTING = {"meta", "audit", "cases", "received"}


def _whole_chat(records: Records) -> tuple[str, str, str]:
    """A chat with something in every table; give its id, resume code and case."""
    with records.transaction() as store:
        chat = store.create_conversation("widget", "en").id
        store.save_state(chat, {"note": WORDS})
        store.append_events(chat, [{"event": "user", "text": WORDS}])
        store.append_messages(chat, [{"id": "1", "author": "person", "text": WORDS}])
        store.save_reply(chat, CLIENT_ID, WORDS, {"text": WORDS})
        code = store.set_resume_code(chat)
        case = store.open_case(chat, WORDS, "today", "person").id
        store.add_note(case, "anna", WORDS)
        _write_in_an_app(store, chat)
        # To a person in an app it is sent as well.
        store.record_reply(case, "anna", WORDS)
    return chat, code, case


def _write_in_an_app(store: Any, chat: str) -> None:
    """A sender of this chat's own, with one message answered and nothing waiting."""
    person = store.receive("sms", NUMBER + chat, PROVIDER_ID + chat, {"text": WORDS})
    store.add_app_person(chat, "sms", person, NUMBER)
    store.note_question(person, {"text": WORDS})
    store.answered(store.take(person, "worker").seq, "worker")


def _rows(records: Records) -> dict[str, int]:
    with records.reading() as store:
        return {
            table.name: store.execute(select(func.count()).select_from(table)).scalar() or 0
            for table in metadata.sorted_tables
        }


def _bytes(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def test_the_file_holds_no_readable_text(sqlite_records: Records, tmp_path: Path) -> None:
    """Neither words, nor the digest, client id or resume code, stand in the file or its log."""
    _, code, _ = _whole_chat(sqlite_records)
    stored = _bytes(tmp_path / "signpost.db")
    for secret in (WORDS, "gums", CLIENT_ID, NUMBER, PROVIDER_ID, code, code.replace("-", "")):
        assert secret.encode() not in stored
    assert b"widget" in stored, "the search would not find what is there"


def test_forget_deletes_everything_but_the_fact(records: Records) -> None:
    """What stays is an empty case, for counts, and the log."""
    chat, code, case_id = _whole_chat(records)
    with records.transaction() as store:
        receipt = store.forget(chat)
    assert receipt["what"] == [
        "conversation", "state", "events", "messages", "replies", "resume_code", "sender", "case_text",
    ]  # fmt: skip
    assert {name for name, count in _rows(records).items() if count} == KEPT_AFTER_FORGETTING
    with records.reading() as store:
        assert store.conversation(chat) is None
        assert store.conversation_by_resume_code(code) is None
        case = store.case(case_id)
        assert store.verify_audit() is None
    assert (case.reason, case.conversation_id, case.state, case.outcome) == (
        None,
        None,
        "closed",
        "forgotten",
    )
    assert (case.level, case.channel, case.claimed_by) == ("today", "widget", "anna")


def test_no_ciphertext_of_the_forgotten_stays_in_the_file(sqlite_records: Records, tmp_path: Path) -> None:
    """Not even with the key could the text be read from the bytes of the file and its log."""
    chat, _, _ = _whole_chat(sqlite_records)
    tokens = []
    with sqlite_records.reading() as store:
        for table, column in encrypted_columns():
            if table.name != "meta":
                tokens += [row[0].encode() for row in store.execute(select(column))]
    # A page can cut a token in two, so its middle is searched for.
    middles = [token[40:60] for token in tokens]
    assert len(tokens) == 10 and all(middle in _bytes(tmp_path / "signpost.db") for middle in middles)
    with sqlite_records.transaction() as store:
        store.forget(chat)
    assert not any(middle in _bytes(tmp_path / "signpost.db") for middle in middles)


def test_forgetting_again_gives_the_same_receipt(records: Records, clock: Any) -> None:
    """The receipt id belongs to the conversation, and does not give its id away."""
    chat, _, _ = _whole_chat(records)
    with records.transaction() as store:
        first, again = store.forget(chat), store.forget(chat)
        other = store.forget("another")
    assert first["id"] == again["id"] != other["id"]
    assert chat not in first["id"]
    assert first["at"] == clock().isoformat(timespec="seconds")
    assert again["what"] == other["what"] == []


def test_forget_reaches_one_conversation_only(records: Records) -> None:
    """Another chat with the same words is untouched."""
    chat, _, _ = _whole_chat(records)
    other, code, case_id = _whole_chat(records)
    with records.transaction() as store:
        store.forget(chat)
        assert store.state(other) == {"note": WORDS}
        assert len(store.messages(other)) == 2
        assert store.conversation_by_resume_code(code) == other
        assert store.case(case_id).reason == WORDS
        assert [note.text for note in store.notes(case_id)] == [WORDS]


def test_what_was_forgotten_does_not_come_back(records: Records) -> None:
    """A turn that was under way when the person forgot the chat cannot write into it."""
    chat, _, _ = _whole_chat(records)
    with pytest.raises(ConversationGone), records.turn():
        records.write(lambda store: store.save_state(chat, {"note": WORDS}))
        with records.transaction() as store:
            store.forget(chat)
    with records.reading() as store:
        assert store.state(chat) is None


def test_purge_deletes_what_is_past_its_retention(records: Records, clock: Any, retention_days: int) -> None:
    """Old chats go, with their cases' text and codes; younger ones stay."""
    _, _, case_id = _whole_chat(records)
    clock.advance(days=retention_days - 1)
    young, _, _ = _whole_chat(records)
    clock.advance(hours=23, minutes=59)
    assert records.purge().conversations == 0
    clock.advance(minutes=1)
    assert records.purge() == PurgeReport(conversations=1, open_cases=1, replies=1, resume_codes=0)
    with records.reading() as store:
        case = store.case(case_id)
        assert (case.state, case.outcome, case.reason) == ("closed", "retention_ended", None)
        assert store.state(young) == {"note": WORDS}
        assert store.verify_audit() is None
    assert records.purge() == PurgeReport()


def test_purge_deletes_stored_answers_after_a_day(records: Records, clock: Any) -> None:
    """They serve a client that lost its connection, and hold text."""
    chat, _, _ = _whole_chat(records)
    clock.advance(seconds=REPLY_LIFE.total_seconds() - 1)
    assert records.purge().replies == 0
    clock.advance(seconds=1)
    assert records.purge().replies == 1
    with records.reading() as store:
        assert store.reply(chat, CLIENT_ID) is None
        assert store.state(chat) == {"note": WORDS}


def test_purge_deletes_what_apps_no_longer_need(records: Records, clock: Any) -> None:
    """What was sent can be counted for a week, and an id is known for a month; what waits to be sent stays."""
    _whole_chat(records)
    with records.transaction() as store:
        (reply,) = store.due("sms", 10)
        store.sent(reply.seq)
        store.enqueue("sms", reply.lane, NUMBER, [{"id": "later"}])
    clock.advance(seconds=SENT_LIFE.total_seconds() - 1)
    records.purge()
    assert _rows(records)["outbox"] == 2
    clock.advance(seconds=1)
    records.purge()
    assert (_rows(records)["outbox"], _rows(records)["received"]) == (1, 1)
    clock.advance(seconds=RECEIVED_LIFE.total_seconds() - SENT_LIFE.total_seconds())
    records.purge()
    assert (_rows(records)["outbox"], _rows(records)["received"]) == (0, 0)


def test_purge_deletes_messages_that_nobody_could_answer(records: Records, clock: Any, retention_days: int) -> None:
    """A server that stood still for longer than the retention does not answer old messages."""
    with records.transaction() as store:
        store.receive("sms", NUMBER, PROVIDER_ID, {"text": WORDS})
    clock.advance(days=retention_days, seconds=-1)
    records.purge()
    assert _rows(records)["inbox"] == 1
    clock.advance(seconds=1)
    records.purge()
    assert _rows(records)["inbox"] == 0


def test_purge_deletes_codes_that_ended(records: Records, clock: Any, retention_days: int) -> None:
    """A chat in use outlives its old code."""
    chat, _, _ = _whole_chat(records)
    clock.advance(days=retention_days - 1)
    with records.transaction() as store:
        store.touch(chat)
    clock.advance(days=1)
    assert records.purge() == PurgeReport(conversations=0, open_cases=0, replies=1, resume_codes=1)


def test_purge_goes_through_more_than_a_batch(records: Records, clock: Any, retention_days: int) -> None:
    """All of many old chats are deleted by one call."""
    with records.transaction() as store:
        for _ in range(2 * BATCH):
            store.create_conversation("widget", "en")
    clock.advance(days=retention_days)
    assert records.purge().conversations == 2 * BATCH
    assert _rows(records)["conversations"] == 0
