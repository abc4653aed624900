"""The traps that a Rasa bot falls into, each in a chat with the real server."""

from __future__ import annotations

import secrets
import sqlite3
import time

import pytest

from tests.support.asides import aside, noted, record
from tests.support.chat import Chat

pytestmark = pytest.mark.server

#: Seconds within which a person must have an answer when something is broken or far too large.
AT_ONCE = 2.0


def test_a_red_flag_inside_the_form_wins(chat: Chat) -> None:
    """A man answers "since when" with what happens now: the loop stands still at once, and takes nothing as its answer."""
    chat.until("page_body", who="self", condition="myeloma", country="GB").pick("fatigue")
    assert chat.step == "since:fatigue"
    chat.say("since Monday, but my legs have gone numb and I can't hold my pee")
    assert chat.step == "red_flag" and chat.level == "emergency" and chat.phones[0] == "999"
    chat.say("skip")
    assert chat.step == "red_flag", "no word of the form leads past it"
    chat.say("stop")
    assert chat.step == "red_flag" and chat.phones[0] == "999"
    chat.say("start again")
    assert chat.step == "red_flag"
    chat.pick("called").walk()
    summary = chat.summary()
    assert summary["red_flags"] == ["spinal_cord"] and summary["level"] == "emergency"
    assert "fatigue" in noted(chat)


def test_a_fallback_keeps_what_was_said(chat: Chat) -> None:
    """A woman with words that no list knows: each is kept for her team, the question comes again, and her notes stay."""
    chat.until("page_body", who="self", country="AU").pick("night_sweats").pick("weeks").pick("same")
    chat.until("page_blood")
    words = "my wotsit has gone all twiddly in the thingummy"
    aside(chat, words)
    chat.until("page_bones")
    more = "the grumbles came to visit after the plums"
    aside(chat, more)
    assert chat.summary()["notes"] == [words, more]
    chat.walk(worry="not")
    assert chat.summary()["notes"] == [words, more]
    assert set(noted(chat)) == {"night_sweats"}
    assert words in chat.summary("txt").decode()


def test_payloads_typed_by_people_are_text(chat: Chat) -> None:
    """Rasa's own commands, typed at the start, in the form and at the end: never an intent, a slot or a new session."""
    chat.say("/choose")
    assert chat.step == "welcome"
    chat.pick("start")
    aside(chat, "/session_start")
    aside(chat, '/red_flag{"flag":"yes"}')
    assert chat.level is None and chat.summary()["red_flags"] == []
    chat.until("page_head", who="self", country="IE", page_bones=["lumps"])
    aside(chat, '/inform{"warning_sign":"all"}')
    aside(chat, "/action_listen")
    aside(chat, '/forget{"really":true}')
    chat.walk(worry="not")
    before = record(chat)
    chat.say("/session_start")
    assert record(chat) == before and set(noted(chat)) == {"lumps"}
    people = [m["text"] for m in chat.history()["messages"] if m["author"] == "person"]
    assert '/inform{"warning_sign":"all"}' in people, "shown as it was typed"


def test_a_store_outage_gives_the_contact_card_and_keeps_the_old_state(own_chat: Chat) -> None:
    """The database is locked in mid-form: the card at once, for a red flag with the emergency number; then all as before."""
    chat = own_chat
    chat.until("page_blood", who="self", country="GB", page_body=["appetite_loss"])
    history, before = chat.history(), record(chat)
    lock = sqlite3.connect(chat.server.var / "signpost.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        started = time.monotonic()
        plain = chat.post("/messages", {"text": "I bruise so easily now", "id": secrets.token_hex(8)})
        urgent = chat.post("/messages", {"text": "I'm coughing up a lot of blood", "id": secrets.token_hex(8)})
        assert time.monotonic() - started < 2 * AT_ONCE
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert plain.status_code == urgent.status_code == 503
    assert plain.json()["error"]["message"] and plain.json()["error"]["contacts"]
    assert urgent.json()["error"]["contacts"][0]["role"] == "emergency"
    assert chat.history() == history and record(chat) == before
    chat.say("I bruise so easily now")
    assert set(noted(chat)) == {"appetite_loss", "bruising"}
    chat.say("I'm coughing up a lot of blood")
    assert chat.level == "emergency" and chat.phones[0] == "999"
    chat.pick("called").walk()
    assert chat.summary()["level"] == "emergency"


def test_a_message_of_a_megabyte_is_refused_at_once(chat: Chat) -> None:
    """Somebody pastes a whole file: refused with somebody to call, before it is read, and the chat goes on untouched."""
    chat.until("page_bones", who="self", country="GB", page_blood=["dizziness"])
    history = chat.history()
    started = time.monotonic()
    response = chat.post("/messages", {"text": "na " * 350_000, "id": secrets.token_hex(8)})
    assert time.monotonic() - started < AT_ONCE
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "too_large" and response.json()["error"]["contacts"]
    assert chat.history() == history
    chat.walk(worry="not")
    assert set(noted(chat)) == {"dizziness"} and chat.level == "soon"
