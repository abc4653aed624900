"""Nothing of a person in any output of the server, whatever happens and at whichever level it logs."""

from __future__ import annotations

import sqlite3

import httpx
import pytest

from tests.conftest import NewServer
from tests.support.chat import BASE, Chat

pytestmark = pytest.mark.server

MARK = "Zyxwvutsmarker"


@pytest.mark.parametrize("level", ["WARNING", pytest.param("DEBUG", marks=pytest.mark.long)])
def test_no_word_id_or_token_is_in_any_output(new_server: NewServer, level: str) -> None:
    """Text, choices, ids, codes, payloads, errors and outages with a marker in each: the marker is nowhere."""
    server = new_server(env={"LOG_LEVEL": level, "SANIC_ACCESS_LOG": "true"})
    chat = Chat(server).start(locale=MARK, sender=MARK)
    chat.pick("start")
    for text in (
        MARK,
        f"my name is {MARK} and my gums bleed",
        f"/inform{{{MARK}}}",
        f'/{MARK}{{"a": "{MARK}"}}',
        f"/restart{MARK}",
    ):
        chat.say(text)
    chat.post("/messages", {"step": MARK, "choices": [MARK], "id": MARK})
    chat.post("/messages", {"text": "other", "id": MARK})
    chat.post("/messages", {"text": [MARK]})
    chat.post("/session", {"resume_code": MARK})
    chat.request("POST", "/messages", content=f'{{"{MARK}', headers={"Content-Type": "application/json"})
    chat.get(f"/summary.txt?name={MARK}")
    chat.get(f"/{MARK}")
    chat.get("/history", token=MARK)
    chat.request("POST", "/messages", content=MARK.encode() * 100_000, headers={"Content-Type": "application/json"})
    server.http.request("GET", f"/health?{MARK}", headers={"X-Forwarded-For": MARK, "User-Agent": MARK})
    code = chat.keep()
    lock = sqlite3.connect(server.var / "signpost.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    assert chat.post("/messages", {"text": f"I can't stop bleeding, {MARK}"}).status_code == 503
    lock.execute("ROLLBACK")
    lock.close()
    chat.say("I want to talk to a person")
    conversation = conversation_of(chat)
    server.stop()
    output = server.output()
    assert "turn.failed" in output, "the outage must leave a line"
    for secret in (MARK, MARK.lower(), chat.token, code or MARK, conversation, "gums"):
        assert secret not in output


def conversation_of(chat: Chat) -> str:
    """The conversation's id, as the token holds it."""
    import jwt

    claims = jwt.decode(chat.token, options={"verify_signature": False})
    found: str = claims["sub"]
    return found


def test_nothing_that_was_said_lies_in_the_files_in_the_clear(own_chat: Chat) -> None:
    """The database and everything beside it hold the words encrypted only."""
    own_chat.pick("start").say(f"my neighbour is called {MARK}")
    server = own_chat.server
    server.stop()
    for file in server.var.rglob("*"):
        if file.is_file():
            assert MARK.encode() not in file.read_bytes(), file.name


def test_nothing_is_sent_or_stored_for_rasa(own_chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rasa's own API is off: no tracker, no model, no version of it can be had."""
    for path in ("/conversations/x/tracker", "/status", "/version", "/model", "/webhooks/rest/webhook"):
        response: httpx.Response = own_chat.server.http.get(path)
        assert response.status_code == 404, path
    assert own_chat.server.http.post("/webhooks/rest/webhook", json={"sender": "x", "message": "hi"}).status_code == 404
    assert own_chat.request("OPTIONS", "/session").status_code < 500
    assert BASE not in own_chat.server.output()
