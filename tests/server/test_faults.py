"""When parts fail while people chat: the contact card at once, the old state kept, and the next turn goes on."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.chat import Chat
from tests.support.server import Server

pytestmark = pytest.mark.server

#: Seconds within which a person must have the card.
AT_ONCE = 2.0


def fails(chat: Chat, text: str) -> dict[str, Any]:
    """Say something that cannot be answered; the error, which came at once."""
    begin = time.monotonic()
    response = chat.post("/messages", {"text": text, "id": text})
    seconds = time.monotonic() - begin
    assert response.status_code == 503, response.text
    assert seconds < AT_ONCE, f"the card took {seconds:.1f} s"
    error: dict[str, Any] = response.json()["error"]
    assert error["contacts"]
    return error


def test_a_locked_database_gives_the_card_and_keeps_the_old_state(chat: Chat) -> None:
    """Another program holds the lock: card within two seconds, also for a red flag; then everything is as before."""
    chat.pick("start")
    before = chat.history()
    lock = sqlite3.connect(chat.server.var / "signpost.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        assert fails(chat, "I feel more tired than ever")["message"]
        urgent = fails(chat, "I can't stop the bleeding from my nose")
        assert urgent["contacts"][0]["role"] == "emergency"
        health = chat.server.http.get("/health")
        assert (health.status_code, health.json()) == (503, {"status": "failing", "part": "records"})
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert chat.history() == before
    chat.say("I feel more tired than ever")
    assert [sign["sign"] for sign in chat.summary()["signs"]["present"]] == ["fatigue"]
    time.sleep(2.1)
    assert chat.server.http.get("/health").json() == {"status": "ok"}


def test_a_database_that_is_gone_gives_the_card_and_goes_on_when_it_is_back(own_chat: Chat) -> None:
    """The files are overwritten by something else, and then restored."""
    own_chat.pick("start")
    before = own_chat.history()
    own_chat.server.kill()
    files = sorted(own_chat.server.var.glob("signpost.db*"))
    kept = {file: file.read_bytes() for file in files}
    own_chat.server.start()
    damage(own_chat.server.var / "signpost.db")
    urgent = fails(own_chat, "I can't stop the bleeding from my nose")
    assert urgent["contacts"][0]["role"] == "emergency"
    own_chat.server.kill()
    for file in own_chat.server.var.glob("signpost.db*"):
        file.unlink()
    for file, data in kept.items():
        file.write_bytes(data)
    own_chat.server.start()
    assert own_chat.history() == before
    own_chat.pick("none")
    assert own_chat.step == "right_now_2"


def damage(file: Path) -> None:
    """Overwrite a database in place, as a bad disk does; its log too, which would mend it.

    The third file, `-shm`, is memory that processes share and no disk brings back. With garbage in it SQLite tries for
    ten seconds, now and then, to find a moment at which nobody writes there.
    """
    for each in (file, file.with_name(f"{file.name}-wal")):
        with each.open("r+b") as data:
            size = each.stat().st_size
            data.write(b"\xa5" * size)


def test_a_chat_goes_on_after_the_server_was_killed(own_chat: Chat) -> None:
    """Killed in mid-page: the same token, page and notes; the next answer counts once."""
    own_chat.until("page_body").say("I have night sweats")
    assert own_chat.step == "since:night_sweats"
    before = own_chat.history()
    own_chat.server.restart()
    assert own_chat.history() == before
    again = own_chat.copy()
    own_chat.pick("weeks", id="after")
    repeated = {"step": "since:night_sweats", "choices": ["weeks"], "id": "after"}
    assert again.post("/messages", repeated).json() == own_chat.answer
    assert [sign["sign"] for sign in own_chat.summary()["signs"]["present"]] == ["night_sweats"]


def test_a_chat_goes_on_after_days(own_chat: Chat) -> None:
    """A pause of days, with an expired token: one line on what is remembered, and the same question."""
    own_chat.until("page_body").say("I have night sweats")
    step = own_chat.step
    own_chat.server.clock.advance(days=9)
    own_chat.say("hello again")
    assert "resumed" in own_chat.utterances
    assert own_chat.step == step
    assert own_chat.last_question["step"] == step


def test_what_is_past_its_retention_is_gone(own_chat: Chat) -> None:
    """After the days that the person was told: the purge deletes, and a token finds nothing."""
    own_chat.pick("start").say("my gums bleed a little")
    own_chat.server.clock.advance(days=31)
    done = own_chat.server.command("purge")
    assert done.returncode == 0
    assert "1 conversations" in done.stdout
    assert own_chat.post("/session/refresh").status_code == 410


def test_the_server_purges_by_itself(own_chat: Chat) -> None:
    """At a start, and then daily, without a command."""
    own_chat.pick("start")
    own_chat.server.kill()
    own_chat.server.clock.advance(days=31)
    own_chat.server.start()
    deadline = time.monotonic() + 20
    while rows(own_chat.server) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert rows(own_chat.server) == 0


def rows(server: Server) -> int:
    """How many conversations the database holds."""
    database = sqlite3.connect(f"file:{server.var / 'signpost.db'}?mode=ro", uri=True)
    try:
        count: int = database.execute("SELECT count(*) FROM conversations").fetchone()[0]
        return count
    finally:
        database.close()


def test_it_stops_cleanly_when_asked(own_chat: Chat) -> None:
    """SIGTERM ends it with exit code 0 within seconds, also with a stream open, and nothing said is lost."""
    own_chat.pick("start")
    server = own_chat.server
    with server.http.stream(
        "GET", "/webhooks/widget/events", headers={"Authorization": f"Bearer {own_chat.token}"}
    ) as stream:
        next(stream.iter_lines())
        begin = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begin < 10
    server.start()
    assert own_chat.history()["progress"]["step"] == "right_now_1"
