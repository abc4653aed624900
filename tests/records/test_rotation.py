"""Key rotation: everything readable with the new key alone, nothing with the old one alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Text, select

from bot.errors import KeyLost
from bot.records import Cipher, Records, Secrets
from bot.records.cipher import new_key
from bot.records.rotation import encrypted_columns
from bot.records.store import BATCH
from bot.records.tables import metadata
from bot.site import SupportTimes
from bot.snippets import Wording


def _fill(records: Records) -> tuple[str, str, str]:
    """Put something into every encrypted column, more than a batch into one; give chat, code and case."""
    with records.transaction() as store:
        chat = store.create_conversation("widget", "en").id
        store.save_state(chat, {"page": "body"})
        store.append_events(chat, [{"n": n} for n in range(2 * BATCH + 1)])
        store.append_messages(chat, [{"id": "1", "author": "person", "text": "hello"}])
        store.save_reply(chat, "c1", "digest", {"a": 1})
        code = store.set_resume_code(chat)
        person = store.receive("sms", "+15550100", "SM1", {"text": "hello"})
        store.add_app_person(chat, "sms", person, "+15550100")
        store.note_question(person, {"step": "welcome"})
        store.enqueue("sms", person, "+15550100", [{"id": "2"}])
        case = store.open_case(chat, "asked", "soon", "person").id
        store.add_note(case, "anna", "called")
        store.save_sheet(case, "anna", {"caller": "his sister"})
        store.add_account("Anna", "supervisor", Secrets("$argon2id$hash", "SECRET"), "root")
        store.add_snippet(Wording("Ring", "Please ring the team.", "A leaflet", store.now().date()), "Anna")
        store.set_hours(SupportTimes(closed_days=[store.now().date()]), "Anna")
        silent = store.create_conversation("widget", "en").id
        store.open_case(silent, "asked", "soon", "person")
        store.forget(silent)
    return chat, code, case


def test_every_column_of_free_text_is_marked_encrypted() -> None:
    """A new text column cannot be added in the clear without this test noticing."""
    unmarked = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, Text) and not column.info.get("encrypted")
    ]
    assert unmarked == []


def test_after_rotation_the_new_key_alone_reads_everything(
    url: str, clock: Any, open_store: Callable[[str], Records]
) -> None:
    """State, events, messages, replies, cases, notes, the log and resume codes all live on."""
    old, new = new_key(), new_key()
    before = Records.open(url, Cipher([old]), clock, 30)
    chat, code, case = _fill(before)
    before.dispose()

    rotating = Records.open(url, Cipher([new, old]), clock, 30)
    rows = 0
    with rotating.reading() as store:
        for table, column in encrypted_columns():
            found = [row[0] for row in store.execute(select(column).where(column.is_not(None)))]
            assert found, f"the test leaves {table.name} empty"
            rows += len(found)
    assert rotating.rotate() == rows
    rotating.dispose()

    with pytest.raises(KeyLost):
        Records.open(url, Cipher([old]), clock, 30)
    after = Records.open(url, Cipher([new]), clock, 30)
    try:
        with after.transaction() as store:
            for _, column in encrypted_columns():
                for row in store.execute(select(column).where(column.is_not(None))):
                    Cipher([new]).decrypt(row[0])
            assert store.state(chat) == {"page": "body"}
            assert len(store.tail_events(chat, 500)) == 2 * BATCH + 1
            assert store.conversation_by_resume_code(code) == chat
            assert store.reply(chat, "c1")
            assert [note.text for note in store.notes(case)] == ["called"]
            assert store.note_received("sms", "SM1") is False
            assert store.app_person(store.person_of("sms", "+15550100")).address == "+15550100"
            assert [snippet.text for snippet in store.snippets()] == ["Please ring the team."]
            assert store.hours() == SupportTimes(closed_days=[clock().date()])
            store.audit("case.viewed", "anna", case)
            assert store.verify_audit() is None
    finally:
        after.dispose()


def test_rotating_again_is_no_fault(records: Records) -> None:
    """A rotation that was stopped can be started over."""
    chat, _, _ = _fill(records)
    assert records.rotate() == records.rotate()
    with records.reading() as store:
        assert store.state(chat) == {"page": "body"}


def test_a_row_of_an_unknown_key_stops_the_rotation_by_name(records: Records) -> None:
    """The message names the table; the rest stays readable."""
    chat, _, _ = _fill(records)
    with records.transaction() as store:
        stranger = Cipher([new_key()]).encrypt({"x": 1})
        store.execute(metadata.tables["replies"].update().values(data=stranger))
    with pytest.raises(KeyLost, match="replies"):
        records.rotate()
    with records.reading() as store:
        assert store.state(chat) == {"page": "body"}


def test_another_key_is_refused_at_the_start(url: str, records: Records, clock: Any) -> None:
    """The store does not open, and says that the text needs its key; the right key still opens it."""
    with pytest.raises(KeyLost, match="put that key back; without it the stored text is lost"):
        Records.open(url, Cipher([new_key()]), clock, 30)
    again = Records.open(url, records._cipher, clock, 30)
    again.dispose()


def test_text_of_a_lost_key_says_so(records: Records, chat: str) -> None:
    """Reading a value that another key wrote is an error, never an empty value."""
    with records.transaction() as store:
        store.save_state(chat, {"page": "body"})
        store.execute(metadata.tables["states"].update().values(data=Cipher([new_key()]).encrypt({})))
    with pytest.raises(KeyLost, match="text is lost"), records.reading() as store:
        store.state(chat)
