"""All apps on a bad day: each message answered once, in order, none lost, and nothing sent to anybody else."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.records.apps import GIVEN_UP, PENDING
from tests.support.companies import Companies
from tests.support.server import ROOT, Server
from tests.support.store import Store
from tests.support.storm import LIMITS, Storm

pytestmark = pytest.mark.server


@pytest.fixture
def companies() -> Iterator[Companies]:
    with Companies() as opened:
        yield opened


@pytest.fixture
def store(companies: Companies, trained_model: Path, tmp_path: Path) -> Iterator[Store]:
    server = Server(tmp_path / "server", trained_model, companies.settings(tmp_path)).start()
    opened = Store(server, ROOT / "site.yml")
    yield opened
    opened.close()
    server.close()


def test_a_gust(companies: Companies, store: Store) -> None:
    """A dozen people, sixty messages: repeats, batches, busy, broken, slow and cut connections."""
    weather(companies, store, people=12, messages=60)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_a_storm_and_a_power_cut(companies: Companies, store: Store) -> None:
    """Fifty people, a thousand messages, and the server killed in the middle of it."""
    weather(companies, store, people=50, messages=1000, power_cut=True)


def weather(companies: Companies, store: Store, *, people: int, messages: int, power_cut: bool = False) -> None:
    """Let it blow, and look at every phone, every transcript and the outbox afterwards."""
    seed = int(os.environ.get("STORM_SEED") or random.randrange(2**32))
    print(f"STORM_SEED={seed}")
    storm = Storm(companies, store.server, seed, people=people, messages=messages)
    blowing = threading.Thread(target=storm.blow_and_tell)
    blowing.start()
    if power_cut:
        while storm.delivered < messages * 2 // 5 and blowing.is_alive():
            time.sleep(0.05)
        storm.power_cut()
    blowing.join()
    assert not storm.fault, storm.fault
    store.settle(600)
    print(storm.report.lines())

    assert companies.broken_rules == []
    assert {state: n for (_, state), n in store.outbox().items() if state in (PENDING, GIVEN_UP)} == {}
    known = {(phone.app, phone.person) for phone in storm.phones}
    assert {(taken.sent.app, taken.sent.person) for taken in companies.taken} <= known
    for place, phone in enumerate(storm.phones):
        assert storm.heard(place) == storm.readings(place), f"{phone.app} {phone.person}"
        transcript = store.transcript(phone)
        written = [message["text"] for message in transcript if message["author"] == "person"]
        assert written == storm.words[place], f"{phone.app} {phone.person}"
        authors = "".join(message["author"][0] for message in transcript)
        assert "pp" not in authors and authors.endswith("b"), "a message without an answer"
    for app, seconds in storm.report.work.items():
        assert max(seconds) < LIMITS[app], f"{app}: {storm.report.lines()}"
