"""Sending: again when an app fails, in order for each person, as long as the app asks, and given up in plain sight."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.channels.counts import Counts
from bot.channels.delivery import (
    ATTEMPTS,
    FILE_ATTEMPTS,
    LONGEST_ASKED,
    LONGEST_PAUSE,
    Delivery,
    after_status,
    pause,
)
from bot.channels.provider import SendFailed
from bot.channels.summary_file import SummaryFile
from bot.errors import RecordsUnavailable
from bot.records.apps import OUTBOX_LEASE
from bot.server.runtime import Runtime
from tests.channels.plain_app import PlainApp, passing
from tests.support.turns import NOW, open_runtime


class Now:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Now:
    return Now()


@pytest.fixture
def runtime(tmp_path: Path, clock: Now) -> Iterator[Runtime]:
    opened = open_runtime(tmp_path)
    opened.records._clock = clock
    yield opened
    opened.records.dispose()


@pytest.fixture
def app() -> PlainApp:
    return PlainApp()


@pytest.fixture
def delivery(app: PlainApp, runtime: Runtime, clock: Now) -> Delivery:
    return Delivery(app, runtime.records, clock, Counts(), chance=lambda: 0.5)


@pytest.fixture
def person(runtime: Runtime) -> str:
    with runtime.records.transaction() as store:
        chat = store.create_conversation("plain", "en").id
        store.add_app_person(chat, "plain", "p" * 64, "anna")
    return "p" * 64


def enqueue(runtime: Runtime, person: str, *parts: str, kind: str = "statement") -> None:
    """One reply of several parts."""
    messages = [{"id": part, "utterance": part, "kind": kind, "step": part} for part in parts]
    with runtime.records.transaction() as store:
        store.enqueue("plain", person, "anna", messages)


def once(delivery: Delivery) -> None:
    """Send whatever is due now."""

    async def run() -> None:
        await asyncio.gather(*(delivery.deliver(None, reply) for reply in delivery._due()))

    asyncio.run(run())


def counts(runtime: Runtime) -> dict[str, int]:
    with runtime.records.reading() as store:
        return {state: count for (_, state), count in store.outbox_counts().items()}


# what a status means ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "for_good"),
    [(400, True), (401, True), (403, True), (404, True), (410, True), (302, True),
     (408, False), (425, False), (429, False), (500, False), (502, False), (503, False), (599, False)],
)  # fmt: skip
def test_what_may_pass_and_what_never_will(status: int, for_good: bool) -> None:
    """An app that is busy or broken may take it later; one that says no says it again."""
    failed = after_status(status, {}, NOW)
    assert failed
    assert (failed.reason, failed.for_good) == (f"http_{status}", for_good)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_what_was_taken(status: int) -> None:
    """All of 2xx."""
    assert after_status(status, {}, NOW) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7), ("0", 0), ("Mon, 04 May 2026 12:00:30 GMT", 30), ("Mon, 04 May 2026 11:00:00 GMT", 0),
     ("", None), ("soon", None), ("-5", None), ("1.5", None), ("٣", None), ("Mon, 99 May 2026 12:00:30 GMT", None)],
)  # fmt: skip
def test_how_long_an_app_asks_to_wait(value: str, seconds: float | None) -> None:
    """A number of seconds or a date; what is neither asks for nothing."""
    failed = after_status(429, {"Retry-After": value}, NOW)
    assert failed
    assert failed.retry_after == seconds


@given(st.integers(1, 10_000), st.none() | st.floats(0, 1e12), st.floats(0, 1))
def test_a_pause_is_never_shorter_than_asked_nor_endless(failures: int, asked: float | None, chance: float) -> None:
    """It has a least, a most, and what the app asked for in between."""
    found = pause(failures, asked, chance)
    assert 0.75 <= found <= max(LONGEST_PAUSE * 1.25, LONGEST_ASKED)
    assert found >= min(asked or 0, LONGEST_ASKED)


def test_pauses_double_and_end_in_about_an_hour() -> None:
    """One second, two, four, ... up to ten minutes."""
    pauses = [pause(failures, None, 0.5) for failures in range(1, ATTEMPTS)]
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == LONGEST_PAUSE
    assert 40 * 60 < sum(pauses) < 90 * 60


# sending ------------------------------------------------------------------------------------------------------------


def test_a_failure_is_tried_again_after_its_pause(
    app: PlainApp, delivery: Delivery, runtime: Runtime, person: str, clock: Now
) -> None:
    """Not before; and then it is sent once."""
    enqueue(runtime, person, "first")
    app.faults = [passing(), passing()]
    for seconds in (0, 0.9, 0.2, 1.9, 0.2):
        clock.moment += timedelta(seconds=seconds)
        once(delivery)
    assert app.said("anna") == ["first"]
    assert counts(runtime) == {"sent": 1}
    assert delivery._counts.get("plain", "retried") == 2


def test_an_app_that_asks_to_wait_is_not_troubled_before(
    app: PlainApp, delivery: Delivery, runtime: Runtime, person: str, clock: Now
) -> None:
    """`Retry-After` counts for this person's next replies too."""
    enqueue(runtime, person, "first")
    enqueue(runtime, person, "second")
    app.faults = [SendFailed("http_429", retry_after=120)]
    once(delivery)
    clock.moment += timedelta(seconds=119)
    once(delivery)
    assert app.said("anna") == []
    clock.moment += timedelta(seconds=1)
    once(delivery)
    once(delivery)
    assert app.said("anna") == ["first", "second"]


def test_only_the_parts_that_did_not_go_are_sent_again(
    app: PlainApp, delivery: Delivery, runtime: Runtime, person: str, clock: Now
) -> None:
    """In order, each under its own key."""
    enqueue(runtime, person, "one", "two", "three")
    app.faults = [None, passing()]
    once(delivery)
    assert app.said("anna") == ["one"]
    clock.moment += timedelta(seconds=1)
    once(delivery)
    assert app.said("anna") == ["one", "two", "three"]
    assert app.keys == ["one-0", "one-1", "one-2"]


@pytest.mark.parametrize("fault", [SendFailed("http_400", for_good=True), RuntimeError("my secret words")])
def test_what_will_never_go_is_given_up_in_plain_sight(
    app: PlainApp, delivery: Delivery, runtime: Runtime, person: str, fault: Exception
) -> None:
    """A line without text, a number to count; what comes after it is sent."""
    enqueue(runtime, person, "my secret words")
    enqueue(runtime, person, "second")
    app.faults = [fault]
    with capture_logs() as lines:
        once(delivery)
        once(delivery)
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["app.reply.given_up"]
    assert "secret" not in str(lines)
    assert delivery._counts.get("plain", "given_up") == 1
    assert (counts(runtime), app.said("anna")) == ({"given_up": 1, "sent": 1}, ["second"])


@pytest.mark.parametrize(("before", "mark"), [(0, "all"), (1, "part")])
def test_what_was_given_up_is_marked_in_the_chat(
    app: PlainApp, delivery: Delivery, runtime: Runtime, person: str, before: int, mark: str
) -> None:
    """Staff who look at the case see what the person does not have."""
    message = {"id": "m1", "author": "staff", "utterance": None, "kind": "statement", "text": "Call us", "step": None}
    with runtime.records.transaction() as store:
        chat = store.app_person(person).conversation_id
        store.append_messages(chat, [message])
    app.parts = lambda messages: [messages[0], messages[0]]
    app.faults = [*([None] * before), SendFailed("http_400", for_good=True)]
    once(delivery)
    with runtime.records.reading() as store:
        assert [m.get("undelivered") for m in store.messages(chat)] == [mark]


def test_an_app_that_stays_broken_is_given_up(
    app: PlainApp, delivery: Delivery, runtime: Runtime, person: str, clock: Now
) -> None:
    """After so many tries, not before."""
    enqueue(runtime, person, "first")
    app.fault = passing
    for attempt in range(ATTEMPTS):
        assert counts(runtime) == {"pending": 1}, attempt
        once(delivery)
        clock.moment += timedelta(seconds=LONGEST_PAUSE)
    assert counts(runtime) == {"given_up": 1}


@pytest.mark.parametrize(
    ("faults", "tries"),
    [([SendFailed("http_400", for_good=True)], 1), ([passing()] * FILE_ATTEMPTS, FILE_ATTEMPTS)],
    ids=["refused", "broken"],
)
def test_a_file_that_is_not_taken_holds_nothing_back(
    app: PlainApp, delivery: Delivery, runtime: Runtime, person: str, clock: Now, faults: list[Exception], tries: int
) -> None:
    """It is left out in plain sight; what comes after it goes, and the reply counts as sent."""
    app.parts = lambda messages: [messages[0], SummaryFile(messages[0], None), messages[1]]
    enqueue(runtime, person, "summary", "worry", kind="question")
    app.faults = [None, *faults]
    with capture_logs() as lines:
        for _ in range(tries):
            assert app.said("anna") in ([], ["summary"])
            once(delivery)
            clock.moment += timedelta(seconds=LONGEST_PAUSE)
    assert (counts(runtime), app.said("anna")) == ({"sent": 1}, ["summary", "worry"])
    assert delivery._counts.get("plain", "file_left_out") == 1
    assert [line["event"] for line in lines if line["event"] == "app.file.left_out"] == ["app.file.left_out"]
    with runtime.records.reading() as store:
        assert store.app_person(person).question["id"] == "worry"


def test_the_question_that_arrived_is_the_one_that_is_answered(
    app: PlainApp, delivery: Delivery, runtime: Runtime, person: str, clock: Now
) -> None:
    """As long as the new one has not gone, the old one is on the person's screen."""
    enqueue(runtime, person, "welcome", kind="question")
    once(delivery)
    enqueue(runtime, person, "who", kind="question")
    app.faults = [passing()]
    seen = []
    for _ in range(2):
        once(delivery)
        with runtime.records.reading() as store:
            seen.append(store.app_person(person).question["step"])
        clock.moment += timedelta(seconds=1)
    assert seen == ["welcome", "who"]


def test_a_reply_that_is_forgotten_while_it_is_sent_leaves_nothing(
    app: PlainApp, delivery: Delivery, runtime: Runtime, person: str
) -> None:
    """What was under way ends quietly."""
    enqueue(runtime, person, "first", kind="question")
    (reply,) = delivery._due()
    with runtime.records.transaction() as store:
        store.forget(store.app_person(person).conversation_id)
    asyncio.run(delivery.deliver(None, reply))
    assert counts(runtime) == {}


def _locked() -> Any:
    raise RecordsUnavailable("locked")


def test_a_store_that_fails_after_the_sending_has_it_sent_again(
    app: PlainApp, delivery: Delivery, runtime: Runtime, person: str, clock: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice is better than never."""
    enqueue(runtime, person, "first")
    (reply,) = delivery._due()
    with monkeypatch.context() as broken:
        broken.setattr(runtime.records, "transaction", _locked)
        with pytest.raises(RecordsUnavailable):
            asyncio.run(delivery.deliver(None, reply))
    once(delivery)
    assert app.said("anna") == ["first"]
    clock.moment += OUTBOX_LEASE
    once(delivery)
    assert app.said("anna") == ["first", "first"]


def test_no_app_keeps_another_person_waiting(app: PlainApp, delivery: Delivery, runtime: Runtime, person: str) -> None:
    """A slow send holds up its own lane alone."""
    with runtime.records.transaction() as store:
        chat = store.create_conversation("plain", "en").id
        store.add_app_person(chat, "plain", "q" * 64, "ben")
        store.enqueue("plain", "q" * 64, "ben", [{"id": "b", "utterance": "b", "kind": "statement", "step": None}])
    enqueue(runtime, person, "first")
    gate: dict[str, Any] = {}
    send = app.send

    async def hold(http: Any, address: str, part: Any, key: str) -> None:
        if address == "anna":
            await gate["open"].wait()
        await send(http, address, part, key)

    async def run() -> None:
        gate["open"] = asyncio.Event()
        app.send = hold
        task = asyncio.create_task(delivery.run(None))
        while not app.said("ben"):  # noqa: ASYNC110 - what is waited for is another's list
            await asyncio.sleep(0.01)
        assert app.said("anna") == []
        gate["open"].set()
        while not app.said("anna"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


def test_time_outs_and_broken_connections_may_pass(app: PlainApp, delivery: Delivery) -> None:
    """They say nothing about the message."""
    for fault in (asyncio.TimeoutError(), aiohttp.ClientConnectionError(), ConnectionResetError()):
        app.faults = [fault]
        with pytest.raises(SendFailed) as failed:
            asyncio.run(delivery.send(None, "anna", {}, "key"))
        assert not failed.value.for_good
