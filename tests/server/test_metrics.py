"""What the operator can watch: every failure as a number, in a format that their tools read, and nothing of a person."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from sanic import Sanic

from bot.channels.counts import EVENTS
from bot.channels.messaging import Messaging
from bot.channels.provider import Refusal, SendFailed
from bot.channels.turns import Turns
from bot.errors import RecordsUnavailable
from bot.records.apps import Backlog
from bot.server import metrics
from bot.server.metrics import Metrics, families
from bot.server.runtime import Runtime
from bot.settings import Settings
from tests.channels.plain_app import PlainApp, message, request, running, settled
from tests.support.turns import NOW, Rasa, open_runtime, understand

KEY = "k" * 32
SECRETS = ("my secret words", "+447700900123")


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    opened = open_runtime(tmp_path)
    yield opened
    opened.records.dispose()


def values(text: bytes) -> dict[tuple[str, str], float]:
    """Every sample by name and last label, as the format's own parser reads them."""
    found = {}
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            assert set(sample.labels) <= {"app", "event", "reason"}
            found[sample.name, " ".join(sample.labels.values())] = sample.value
    return found


def read(runtime: Runtime) -> dict[tuple[str, str], float]:
    return values(Metrics(runtime).text())


def test_every_event_is_there_from_the_first(runtime: Runtime) -> None:
    """At zero: an alarm on what is missing would never ring."""
    Messaging(PlainApp(), Turns(runtime, Rasa(runtime), understand), runtime.counts)
    found = read(runtime)
    assert [found["signpost_app_events_total", f"plain {event}"] for event in EVENTS] == [0] * len(EVENTS)
    for name in ("inbox", "inbox_oldest_seconds", "outbox", "outbox_oldest_seconds", "outbox_given_up"):
        assert found[f"signpost_app_{name}", "plain"] == 0
    assert found["signpost_records_readable", ""] == 1


def test_what_failed_is_seen_and_who_it_was_is_not(runtime: Runtime) -> None:
    """A refusal with its reason, a retry, an answer given up; no words, no number."""
    app = PlainApp()
    turns = Turns(runtime, Rasa(runtime), understand)

    async def run() -> Runtime:
        async with running(app, turns) as messaging:
            with pytest.raises(Refusal):
                messaging.inbound.receive(request(message(1, SECRETS[0], SECRETS[1]), x_secret="wrong"))
            messaging.inbound.receive(request(message(1, SECRETS[0], SECRETS[1])))
            messaging.inbound.receive(request(message(1, SECRETS[0], SECRETS[1])))
            app.faults = [SendFailed("http_400", for_good=True)]
            await settled(messaging)
            return replace(runtime, counts=messaging.counts)

    text = Metrics(asyncio.run(run())).text()
    found = values(text)
    assert found["signpost_app_refused_total", "plain forged"] == 1
    expected = {"received": 1, "repeated": 1, "given_up": 1, "sent": 1, "card": 0}
    assert {event: found["signpost_app_events_total", f"plain {event}"] for event in expected} == expected
    assert found["signpost_app_outbox_given_up", "plain"] == 1
    assert not any(secret in text.decode() for secret in SECRETS)


def test_what_waits_is_seen_with_its_age(runtime: Runtime) -> None:
    """Of messages and of answers; in all processes together, as it is read from the database."""
    then = NOW - timedelta(seconds=90)
    runtime.records._clock = lambda: then
    with runtime.records.transaction() as store:
        store.receive("plain", "anna", "1", {})
        store.receive("plain", "anna", "2", {})
        store.enqueue("plain", "anna", "anna", [{"id": "1"}])
    found = read(runtime)
    assert (found["signpost_app_inbox", "plain"], found["signpost_app_outbox", "plain"]) == (2, 1)
    for name in ("inbox", "outbox"):
        assert found[f"signpost_app_{name}_oldest_seconds", "plain"] == 90


def test_a_database_that_cannot_be_read_is_seen_beside_the_counts(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counts are worth having then, of all times."""

    def locked() -> Any:
        raise RecordsUnavailable("locked")

    runtime.counts.add("plain", "given_up", 3)
    monkeypatch.setattr(runtime.records, "reading", locked)
    found = read(runtime)
    assert (found["signpost_app_events_total", "plain given_up"], found["signpost_records_readable", ""]) == (3, 0)
    assert ("signpost_app_outbox", "plain") not in found


MOMENTS = st.none() | st.integers(-(10**7), 10**7).map(lambda seconds: NOW + timedelta(seconds=seconds))
NUMBERS = st.integers(0, 10**9)


@given(
    st.dictionaries(st.tuples(st.text(max_size=9), st.text(max_size=9)), NUMBERS, max_size=5),
    st.dictionaries(st.text(max_size=9), st.builds(Backlog, NUMBERS, MOMENTS, NUMBERS, MOMENTS, NUMBERS), max_size=3),
)
def test_no_age_is_negative(counts: dict[tuple[str, str], int], backlog: dict[str, Backlog]) -> None:
    """Also when the clock was set back; and every app has every gauge."""
    found = [sample for family in families(counts, backlog, NOW) for sample in family.samples]
    assert all(sample.value >= 0 for sample in found)
    apps = {app for app, _ in counts} | set(backlog)
    assert sum(set(sample.labels) == {"app"} for sample in found) == 5 * len(apps)


# the route ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "status"),
    [(f"Bearer {KEY}", 200), ("", 401), (f"Bearer {KEY}x", 401), ("Bearer ", 401), (KEY, 401), (f"bearer {KEY}", 401)],
)
def test_only_who_has_the_key_reads_it(runtime: Runtime, header: str, status: int) -> None:
    """In the type that scrapers ask for, stored nowhere on the way."""
    Sanic.test_mode = True
    app = Sanic(f"metrics-{id(runtime)}", configure_logging=False)
    app.blueprint(metrics.blueprint(KEY, runtime))

    async def get() -> httpx.Response:
        await app._startup()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://signpost") as client:
            return await client.get("/metrics", headers={"Authorization": header} if header else {})

    answer = asyncio.run(get())
    assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")
    if status == 200:
        assert answer.headers["content-type"].startswith("application/openmetrics-text")
        assert answer.content.endswith(b"# EOF\n")
    else:
        assert (answer.headers["www-authenticate"], answer.content) == ("Bearer", b"")


def test_without_a_key_there_is_nothing_to_read() -> None:
    """It is off by default; and the key does not show."""
    assert Settings.from_env({}).metrics_key is None
    assert KEY not in repr(Settings.from_env({"SIGNPOST_METRICS_KEY": KEY}))
