"""The live queue with many cases and many who look at it: soon, no more than what changed, and nothing left behind."""

from __future__ import annotations

import json
import socket
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.records import Cipher, Records
from tests.conftest import NewServer
from tests.support.chat import Chat
from tests.support.desk import Browser, hire
from tests.support.server import Server

pytestmark = pytest.mark.server

WAITING, WATCHERS = 200, 20
#: Seconds from the widget's answer until every page shows the case.
SOON = 2.0
LEVELS = ("keep", "soon", "today", "now", "emergency")
BLEEDING = "my nose has been bleeding for an hour and will not stop"


def seed(server: Server, cases: list[tuple[str, bool, timedelta]]) -> list[str]:
    """Cases of these levels and marks, opened this long ago; their ids."""
    moment = datetime.now(timezone.utc)
    records = Records.open(
        f"sqlite:///{server.var / 'signpost.db'}", Cipher.development(server.var / "keys"), lambda: moment, 30
    )
    made = []
    try:
        begin = datetime.now(timezone.utc) + timedelta(seconds=server.clock.seconds)
        for level, crisis, ago in cases:
            moment = begin - ago
            with records.transaction() as store:
                conversation = store.create_conversation("widget", "en-GB").id
                made.append(store.open_case(conversation, "asked", level, "person", crisis=crisis).id)
    finally:
        records.dispose()
    return made


class Watcher:
    """A page that shows the queue. `rows` and `order` are what it has by now; `got` when each case came to it."""

    def __init__(self, browser: Browser) -> None:
        self.rows: dict[str, str] = {}
        self.order: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.needless: list[str] = []
        self.urgent_at: dict[str, float] = {}
        self._client = httpx.Client(base_url=browser.server.url, timeout=60, trust_env=False)
        self._held = browser.held
        self._drawn = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            with self._client.stream("GET", "/desk/events", headers=self._held) as response:
                self._response = response
                for line in response.iter_lines():
                    if line.startswith("data: ") and "order" in line[:20]:
                        self._take(json.loads(line[6:]), time.monotonic())
        except (httpx.HTTPError, RuntimeError, ValueError, OSError):
            return  # closed by the test

    def _take(self, event: dict[str, Any], at: float) -> None:
        self.needless += [case for case, row in event["rows"].items() if self.rows.get(case) == row]
        self.rows.update(event["rows"])
        self.order = event["order"]
        self.events.append(event)
        for case in self.order:
            if " data-urgent" in self.rows[case]:
                self.urgent_at.setdefault(case, at)
        self._drawn.set()

    def wait(self) -> None:
        assert self._drawn.wait(30)

    def close(self) -> None:
        stream = self._response.extensions["network_stream"]
        stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._client.close()


def connections(server: Server) -> int:
    """The sockets that the server's process holds."""
    assert server.process
    held = 0
    for link in Path(f"/proc/{server.process.pid}/fd").iterdir():
        try:
            held += str(link.readlink()).startswith("socket:")
        except FileNotFoundError:
            continue
    return held


def memory(server: Server) -> float:
    """The memory of the server's process, in MB."""
    assert server.process
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def test_an_emergency_is_on_every_page_at_once(new_server: NewServer) -> None:
    """With 200 who wait and 20 pages open; a page gets the rows that are new to it; closed pages leave nothing."""
    server = new_server()
    helper = hire(server)
    levels = [(LEVELS[number % 3], False, timedelta(seconds=number)) for number in range(WAITING)]
    seeded = seed(server, levels)
    assert len(helper.get("/").by_id("queue").all("tr")) == WAITING + 1
    chat = Chat(server).start()
    chat.say(BLEEDING)
    before = connections(server), memory(server)
    watchers = [Watcher(helper) for _ in range(WATCHERS)]
    for watcher in watchers:
        watcher.wait()
        assert set(watcher.order) == set(seeded) and set(watcher.rows) == set(seeded)
    assert connections(server) >= before[0] + WATCHERS

    chat.say("I want to talk to a person")
    answered = time.monotonic()
    deadline = answered + SOON
    while time.monotonic() < deadline and not all(watcher.urgent_at for watcher in watchers):
        time.sleep(0.01)
    for watcher in watchers:
        ((case, at),) = watcher.urgent_at.items()
        assert at - answered < SOON
        assert watcher.order[0] == case and case not in seeded
    took = max(at - answered for watcher in watchers for at in watcher.urgent_at.values())
    assert took < SOON

    helper.do(f"/cases/{case}", "claim")
    time.sleep(1.5)
    for watcher in watchers:
        assert helper.name in watcher.rows[case]
        assert watcher.needless == []
        # What was drawn first is everything; after that, what a claim changes is one row, and time a few.
        assert case in watcher.events[-1]["rows"] or len(watcher.events) > 2

    for watcher in watchers:
        watcher.close()
    deadline = time.monotonic() + 40
    while connections(server) > before[0] + 1 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert connections(server) <= before[0] + 1
    assert memory(server) < before[1] + 40
    assert helper.get("/").status == 200


@pytest.fixture
def queue(new_server: NewServer) -> tuple[Server, Browser, dict[str, str]]:
    """A server, somebody at it, and cases that began at the same moment; id by name."""
    server = new_server()
    helper = hire(server)
    minute = timedelta(minutes=1)
    cases = {
        "keep": ("keep", False, minute * 0),
        "now, later": ("now", False, minute * 1),
        "now, longer": ("now", False, minute * 10),
        "emergency": ("emergency", False, minute * 2),
        "today": ("today", False, minute * 100),
        "crisis at keep": ("keep", True, minute * 0),
    }
    ids = seed(server, list(cases.values()))
    return server, helper, dict(zip(cases, ids, strict=True))


def test_order_and_words_go_with_the_clock(queue: tuple[Server, Browser, dict[str, str]]) -> None:
    """Crisis, then level, then the longest wait; what is due, and by how much it is late, by the server's clock."""
    server, helper, ids = queue
    names = {case: name for name, case in ids.items()}

    def look() -> dict[str, str]:
        rows = [row for row in helper.get("/").by_id("queue").all("tr") if "data-id" in row.attributes]
        found = {names[row.attributes["data-id"]]: row for row in rows}
        assert list(found) == ["crisis at keep", "emergency", "now, longer", "now, later", "today", "keep"]
        for row in rows:
            assert ("data-late-row" in row.attributes) == ("overdue" in row.words)
        return {name: row.all("td")[2].words for name, row in found.items()}

    words = look()
    assert "due in 2 minutes" in words["emergency"] and "2 min" in words["emergency"]
    assert "due in 4 minutes" in words["now, longer"] and "due in 19 minutes" in words["today"]
    assert "due in 4 minutes" in words["crisis at keep"] and "due in 1 day" in words["keep"]
    server.clock.advance(minutes=5)
    words = look()
    assert "overdue by 2 minutes" in words["emergency"] and "7 min" in words["emergency"]
    assert "overdue" in words["now, longer"] and "due in 8 minutes" in words["now, later"]
    assert "overdue" in words["crisis at keep"] and "due in 14 minutes" in words["today"]
    watcher = Watcher(helper)
    watcher.wait()
    assert watcher.events[0]["late"] == 3
    server.clock.advance(minutes=14)
    deadline = time.monotonic() + 25
    while watcher.events[-1]["late"] != 4 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert watcher.events[-1]["late"] == 4, "waits grow on an open page, too"
    assert (
        "overdue by 6 minutes" in watcher.rows[ids["now, later"]] or "overdue by 5" in watcher.rows[ids["now, later"]]
    )
    watcher.close()
