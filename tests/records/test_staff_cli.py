"""The commands of staff: plain, honest, one line for a fault, and safe to look at."""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from typing import Any

import pytest

from bot.records import Case, Records
from bot.records.staff_cli import add_parsers, printable, run

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(sqlite_records: Records) -> Command:
    """Runs a command line; gives exit code and output."""

    def call(*words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        add_parsers(parser.add_subparsers(required=True))
        out = io.StringIO()
        return run(parser.parse_args(words), sqlite_records, out), out.getvalue()

    return call


@pytest.fixture
def case(sqlite_records: Records) -> Case:
    with sqlite_records.transaction() as store:
        chat = store.create_conversation("widget", "en").id
        store.append_messages(
            chat,
            [
                {"id": "1", "at": "2024-03-01T09:00:00Z", "author": "bot", "text": "Hello."},
                {"id": "2", "at": "2024-03-01T09:01:00Z", "author": "person", "text": "my gums bled"},
            ],
        )
        return store.open_case(chat, "asked for a person", "now", "person")


def test_an_empty_queue_is_said_in_words(command: Command) -> None:
    """An empty screen would leave staff guessing."""
    assert command("staff", "list") == (0, "Nobody is waiting.\n")
    assert command("staff", "list", "--state", "closed") == (0, "No cases.\n")


def test_the_list_shows_level_wait_and_reason(command: Command, case: Case, clock: Any) -> None:
    """One line a case, with how long the person has waited."""
    clock.advance(minutes=125)
    code, out = command("staff", "list")
    assert code == 0 and out.count("\n") == 1
    for part in (case.id, "now", "waiting for 2 h", "widget", "asked for a person"):
        assert part in out


def test_a_crisis_is_written_out(command: Command, case: Case, sqlite_records: Records) -> None:
    """The mark stands beside the level."""
    with sqlite_records.transaction() as store:
        store.open_case(case.conversation_id or "", "words of self-harm", "crisis", "red_flag")
    assert "emergency + CRISIS" in command("staff", "list")[1]


def test_show_gives_the_whole_case(command: Command, case: Case) -> None:
    """Level, reason, notes, and the chat with who said what; and the view is in the log."""
    command("staff", "note", case.id, "called", "the", "ward", "--as", "anna")
    code, out = command("staff", "show", case.id.lower(), "--as", "anna")
    assert code == 0
    for part in (
        f"Case {case.id}: now, waiting for 0 min",
        "Why: asked for a person",
        "Note 2024-03-01 09:00 UTC anna: called the ward",
        "bot: Hello.",
        "PERSON: my gums bled",
    ):
        assert part in out


def test_views_are_in_the_log(command: Command, case: Case, sqlite_records: Records) -> None:
    """Who looked at the queue and at a case can be told afterwards."""
    command("staff", "list", "--as", "anna")
    command("staff", "show", case.id, "--as", "ben")
    with sqlite_records.reading() as store:
        rows = store.connection.exec_driver_sql("SELECT what, who, about FROM audit").all()
    assert ("queue.viewed", "anna", "open") in rows
    assert ("case.viewed", "ben", case.id) in rows


def test_a_reply_reaches_the_chat(command: Command, case: Case, sqlite_records: Records) -> None:
    """It does not claim that anybody has read it, and says how the bot comes back."""
    code, out = command("staff", "reply", case.id, "Hello,", "I", "am", "Anna.", "--as", "anna")
    assert code == 0
    assert "does not show whether the person has read it" in out and "release or close" in out
    with sqlite_records.reading() as store:
        assert store.messages(case.conversation_id or "")[-1]["text"] == "Hello, I am Anna."
        assert store.case(case.id).claimed_by == "anna"


def test_a_reply_can_come_from_standard_input(
    command: Command, case: Case, sqlite_records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several lines, quotes and all, without the shell in between."""
    monkeypatch.setattr("sys.stdin", io.StringIO('First "line"\nsecond\n'))
    assert command("staff", "reply", case.id, "-", "--as", "anna")[0] == 0
    with sqlite_records.reading() as store:
        assert store.messages(case.conversation_id or "")[-1]["text"] == 'First "line"\nsecond'


def test_claim_release_and_close(command: Command, case: Case) -> None:
    """Each says what the bot does from here on."""
    assert "is yours" in command("staff", "claim", case.id, "--as", "anna")[1]
    assert "claimed by anna" in command("staff", "list")[1]
    assert "still waits for staff" in command("staff", "release", case.id, "--as", "anna")[1]
    assert "closed (team_called)" in command("staff", "close", case.id, "--outcome", "team_called")[1]
    assert "closed: team_called" in command("staff", "list", "--state", "closed")[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "NOCASE"], "there is no case NOCASE"),
        (["reply", "{id}", " "], "the text is empty"),
        (["claim", "{id}", "--as", "ben"], "is with anna"),
        (["reply", "{id}", "Hello", "--as", "ben"], "is with anna"),
        (["close", "{id}", "--as", "anna", "--outcome", "she is fine"], "short id"),
        (["claim", "{id}", "--as", "a\x1bb"], "can be printed"),
        (["note", "{id}", "x", "--as", "a" * 81], "80 characters"),
    ],
)
def test_a_fault_is_one_line(command: Command, case: Case, words: list[str], message: str) -> None:
    """It begins with `error:`, says what is wrong, and the exit code is 1."""
    command("staff", "claim", case.id, "--as", "anna")
    code, out = command("staff", *(word.format(id=case.id) for word in words))
    assert code == 1
    assert out.startswith("error: ") and out.count("\n") == 1 and message in out


def test_text_from_the_chat_cannot_steer_the_terminal(command: Command, case: Case, sqlite_records: Records) -> None:
    """Control characters are replaced, and a second line cannot pass for one of the program's own."""
    nasty = "\x1b[2J\x1b]0;owned\x07 \u202eright to left\n2024-03-01  STAFF: you are fine\rX"
    with sqlite_records.transaction() as store:
        store.append_messages(case.conversation_id or "", [{"id": "3", "author": "person", "text": nasty}])
        store.add_note(case.id, "anna", nasty)
        store.open_case(case.conversation_id or "", nasty, "emergency", "person")
    for words in (("show", case.id), ("list",)):
        out = command("staff", *words)[1]
        assert not set(out) & set("\x1b\x07\u202e\r")
        assert not any(line.startswith("2024-03-01  STAFF") for line in out.splitlines())


def test_emoji_stay_whole() -> None:
    """The joiner inside an emoji is no danger."""
    assert printable("👩\u200d⚕️ ok") == "👩\u200d⚕️ ok"


def test_a_deleted_chat_is_said_so(command: Command, case: Case, sqlite_records: Records) -> None:
    """The case shows that there was something, and that it is gone."""
    with sqlite_records.transaction() as store:
        store.forget(case.conversation_id or "")
    out = command("staff", "show", case.id)[1]
    assert "The chat was deleted" in out and "(text deleted)" in out and "gums" not in out


def test_purge_reports_counts_and_who_was_left_waiting(
    command: Command, case: Case, clock: Any, retention_days: int
) -> None:
    """Deleting a case that was still open is not passed over."""
    assert command("purge")[1].startswith("Deleted: 0 conversations")
    clock.advance(days=retention_days)
    out = command("purge")[1]
    assert "Deleted: 1 conversations" in out and "1 of them had an open case" in out


def test_rotate_keys_counts_and_warns(command: Command, case: Case) -> None:
    """It says when the old key may go."""
    code, out = command("rotate-keys")
    assert code == 0 and "stored values now use the first key" in out and "Take the old key away only when" in out


def test_verify_audit_names_the_entry(command: Command, case: Case, sqlite_records: Records) -> None:
    """A log as written passes; a changed entry is named and the exit code is 1."""
    assert command("verify-audit") == (0, "The audit log is as it was written.\n")
    with sqlite_records.transaction() as store:
        store.connection.exec_driver_sql("UPDATE audit SET who = 'nobody' WHERE seq = 1")
    code, out = command("verify-audit")
    assert code == 1 and "entry 1 was changed" in out


def test_an_unavailable_store_is_one_line(command: Command, sqlite_records: Records) -> None:
    """A broken database is an error of one line, not a traceback."""
    with sqlite_records.transaction() as store:
        store.connection.exec_driver_sql("DROP TABLE case_notes")
        store.connection.exec_driver_sql("DROP TABLE cases")
    code, out = command("staff", "list")
    assert code == 1 and out.startswith("error: the database cannot be used") and out.count("\n") == 1


# chats in messaging apps --------------------------------------------------------------------------------------------

NUMBER = "+447700900123"


@pytest.fixture
def app_case(sqlite_records: Records) -> Case:
    """A person in WhatsApp who waits, heard just now."""
    with sqlite_records.transaction() as store:
        chat = store.create_conversation("whatsapp", "en").id
        store.add_app_person(chat, "whatsapp", store.person_of("whatsapp", "anna"), f"whatsapp:{NUMBER}")
        return store.open_case(chat, "human", "today", "person")


def give_up(records: Records, *, parts_sent: int = 0) -> None:
    """The app refuses everything that waits to be sent."""
    with records.transaction() as store:
        while replies := store.due("whatsapp", 10):
            for reply in replies:
                store.give_up(reply.seq, "http_400")
                ids = [message["id"] for message in reply.messages]
                store.note_undelivered(reply.lane, ids, partly=parts_sent > 0)


def write(records: Records, sender: str, number: int) -> None:
    """A message arrives from somebody."""
    with records.transaction() as store:
        store.receive("whatsapp", sender, str(number), {"text": "still here"})


def test_staff_read_how_long_a_reply_can_be_sent(command: Command, app_case: Case, clock: Any) -> None:
    """In the list only when time is short; on the case, and after a claim or a reply, always."""
    assert "REPLY" not in command("staff", "list")[1]
    until = "WhatsApp delivers replies until 2024-03-02 09:00 UTC, for 24 h more."
    for name, *words in (("show",), ("claim",), ("reply", "Good morning")):
        assert until in command("staff", name, app_case.id, *words, "--as", "anna")[1]
    clock.advance(hours=20)
    assert "REPLY WITHIN 4 h  human" in command("staff", "list")[1]


def test_no_reply_is_taken_once_the_app_would_not_deliver_it(
    command: Command, app_case: Case, clock: Any, sqlite_records: Records
) -> None:
    """It says since when, and what to do instead; nothing is kept, and nobody believes that it arrived."""
    clock.advance(hours=24)
    write(sqlite_records, "ben", 1)
    assert "CANNOT REPLY  human" in command("staff", "list")[1]
    code, out = command("staff", "reply", app_case.id, "Are you well?", "--as", "anna")
    assert (code, out.startswith("error: not sent: WhatsApp delivers no reply later than 24 hours")) == (1, True)
    assert "2024-03-02 09:00 UTC" in out
    assert "Ring them" in out
    with sqlite_records.reading() as store:
        assert store.case(app_case.id).state == "waiting"
        assert not store.messages(app_case.conversation_id or "")
        assert not store.outbox_counts()
    shown = command("staff", "show", app_case.id)[1]
    assert "NO REPLY CAN BE SENT" in shown
    assert f"Ring them instead: {NUMBER}" in shown


def test_the_window_opens_again_when_the_person_writes(
    command: Command, app_case: Case, clock: Any, sqlite_records: Records
) -> None:
    """From then on for a day more."""
    clock.advance(hours=30)
    write(sqlite_records, "anna", 1)
    assert command("staff", "reply", app_case.id, "Good", "--as", "anna")[0] == 0


def test_a_reply_that_waits_or_was_not_delivered_says_so(
    command: Command, app_case: Case, sqlite_records: Records
) -> None:
    """On the case beside the words, in the list, with the number to ring; a later one that is sent ends it."""
    command("staff", "reply", app_case.id, "first", "--as", "anna")
    shown = command("staff", "show", app_case.id)[1]
    assert "STAFF (not sent yet): first" in shown
    assert NUMBER not in shown
    give_up(sqlite_records)
    shown = command("staff", "show", app_case.id)[1]
    assert "STAFF (NOT DELIVERED): first" in shown
    assert f"Ring them instead: {NUMBER}" in shown
    assert "REPLY NOT DELIVERED  human" in command("staff", "list")[1]
    command("staff", "reply", app_case.id, "second", "--as", "anna")
    assert "NOT DELIVERED" not in command("staff", "list")[1]
    give_up(sqlite_records, parts_sent=1)
    assert "STAFF (NOT ALL OF IT DELIVERED): second" in command("staff", "show", app_case.id)[1]


def test_a_closed_case_whose_reply_was_not_delivered_is_opened_again(
    command: Command, app_case: Case, sqlite_records: Records
) -> None:
    """At its level: nobody looks at closed cases, and the person waits for an answer."""
    command("staff", "reply", app_case.id, "Call us", "--as", "anna")
    command("staff", "close", app_case.id, "--outcome", "advised", "--as", "anna")
    assert command("staff", "list")[1] == "Nobody is waiting.\n"
    give_up(sqlite_records)
    listed = command("staff", "list")[1]
    assert "today" in listed
    assert "REPLY NOT DELIVERED  reply_undelivered" in listed


def test_a_notice_that_was_not_delivered_opens_nothing(
    command: Command, app_case: Case, sqlite_records: Records
) -> None:
    """That staff left is no answer that anybody waits for."""
    with sqlite_records.transaction() as store:
        notice = {"id": "n", "at": "", "author": "staff", "utterance": "human_left", "kind": "notice", "text": "Bye"}
        store.append_messages(app_case.conversation_id or "", [notice])
    command("staff", "close", app_case.id, "--outcome", "advised", "--as", "anna")
    give_up(sqlite_records)
    assert command("staff", "list")[1] == "Nobody is waiting.\n"


def test_what_was_forgotten_meanwhile_is_not_marked(app_case: Case, sqlite_records: Records) -> None:
    """Nothing comes back."""
    with sqlite_records.transaction() as store:
        store.forget(app_case.conversation_id or "")
        store.note_undelivered(store.person_of("whatsapp", "anna"), ["1"], partly=False)
    with sqlite_records.reading() as store:
        assert store.cases() == []
