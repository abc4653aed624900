"""The way in: what is refused, and that nothing taken is lost, answered twice, or answered out of order."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import sqlite3
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.channels import limits
from bot.channels.answering import BREATH
from bot.channels.inbound import BATCH, ID_LENGTH, fresh
from bot.channels.messaging import Messaging
from bot.channels.provider import Raw, Refusal
from bot.channels.turns import Turns
from bot.errors import RecordsUnavailable
from bot.records.apps import INBOX_LEASE
from bot.server.runtime import Runtime
from tests.channels.plain_app import PlainApp, message, passing, request, running, settled
from tests.support.turns import BLEEDING, NOW, SECRET_WORDS, Rasa


@pytest.fixture
def app() -> PlainApp:
    return PlainApp()


@pytest.fixture
def messaging(app: PlainApp, turns: Turns) -> Messaging:
    """Not at work: what is taken stays in the inbox."""
    made = Messaging(app, turns)
    made.inbound._taken = made.inbound._lost = lambda _: None
    return made


def rows(runtime: Runtime, table: str) -> int:
    with runtime.records.reading() as store:
        return int(store.connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar() or 0)


def play(app: PlainApp, turns: Turns, *batches: Raw, limit: float = 20) -> Messaging:
    """Deliver requests one after the other without waiting for answers, then wait for all answers."""

    async def run() -> Messaging:
        async with running(app, turns) as messaging:
            for each in batches:
                messaging.inbound.receive(each)
            await settled(messaging, limit)
            return messaging

    return asyncio.run(run())


# what is refused ----------------------------------------------------------------------------------------------------

GOOD = message(1, "hello")
REFUSED = {
    "missing_proof": (Raw("/", {"content-type": "application/json"}, b"[]"), 401, "forged"),
    "wrong_proof": (request(GOOD, x_secret="guessed"), 401, "forged"),
    "wrong_type": (request(GOOD, content_type="text/plain"), 415, "wrong_type"),
    "too_large": (Raw("/", request().headers, b" " * (limits.BODY_BYTES + 1)), 413, "too_large"),
    "unreadable": (Raw("/", request().headers, b"{"), 400, "unreadable"),
    "no_sender": (request(message(1, "hello", sender="")), 400, "id_out_of_bounds"),
    "no_id": (request(message("", "hello")), 400, "id_out_of_bounds"),
    "long_sender": (request(message(1, sender="s" * (ID_LENGTH + 1))), 400, "id_out_of_bounds"),
    "long_step": (request(message(1, step="s" * 81, choices=["a"])), 400, "choices_out_of_bounds"),
    "long_choice": (request(message(1, step="s", choices=["c" * 81])), 400, "choices_out_of_bounds"),
    "many_choices": (request(message(1, step="s", choices=["c"] * 65)), 400, "choices_out_of_bounds"),
    "many_messages": (request(*[message(n) for n in range(BATCH + 1)]), 413, "too_many_messages"),
    "one_bad_of_two": (request(GOOD, message("", "hello")), 400, "id_out_of_bounds"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_counted_and_leaves_nothing(messaging: Messaging, name: str) -> None:
    """The right status, a word for the operator, and no row, whatever else is in the request."""
    raw, status, reason = REFUSED[name]
    with pytest.raises(Refusal) as refused:
        messaging.inbound.receive(raw)
    assert (refused.value.status, refused.value.reason) == (status, reason)
    assert messaging.counts.get("plain", f"refused:{reason}") == 1
    runtime = messaging.turns.runtime
    assert [rows(runtime, table) for table in ("inbox", "received", "conversations", "outbox")] == [0, 0, 0, 0]


def test_a_forged_request_is_refused_before_it_is_read(messaging: Messaging) -> None:
    """What cannot be read and is not proved is not proved."""
    with pytest.raises(Refusal, match="forged"):
        messaging.inbound.receive(Raw("/", {"content-type": "application/json"}, b"{"))


def test_a_request_that_proves_itself_once_is_refused_the_second_time(messaging: Messaging) -> None:
    """A copy of a request is not a repeat by the app; with new words or a new proof it is another request."""
    messaging.inbound.receive(request(message(1, "hello"), x_once="a"))
    with pytest.raises(Refusal) as refused:
        messaging.inbound.receive(request(message(2, "other words"), x_once="a"))
    assert (refused.value.status, refused.value.reason) == (409, "replayed")
    assert rows(messaging.turns.runtime, "inbox") == 1
    assert messaging.inbound.receive(request(message(1, "hello"), x_once="b")).body == "again"


def test_a_store_that_cannot_be_written_is_said_to_the_app(messaging: Messaging, runtime: Runtime) -> None:
    """503, so that it delivers the message again; and then it is taken."""
    other = sqlite3.connect(runtime.settings.var / "signpost.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refusal) as refused:
        messaging.inbound.receive(request(GOOD))
    other.execute("ROLLBACK")
    other.close()
    assert refused.value.status == 503
    messaging.inbound.receive(request(GOOD))
    assert rows(runtime, "inbox") == 1


def test_no_line_of_the_log_holds_words_or_ids(app: PlainApp, turns: Turns, rasa: Rasa) -> None:
    """Refused, failed, given up: reasons and counts alone."""
    rasa.fault = RuntimeError(SECRET_WORDS)
    app.fault = lambda: RuntimeError(SECRET_WORDS)

    async def run() -> None:
        async with running(app, turns) as messaging:
            for raw in (request(message("id-4711", SECRET_WORDS, "anna-4711"), x_secret="wrong"), REFUSED["no_id"][0]):
                with pytest.raises(Refusal):
                    messaging.inbound.receive(raw)
            messaging.inbound.receive(request(message("id-4711", SECRET_WORDS, "anna-4711")))
            await settled(messaging)

    with capture_logs() as lines:
        asyncio.run(run())
    events = {line["event"] for line in lines}
    assert {"app.request.refused", "turn.failed", "app.reply.given_up"} <= events
    assert "4711" not in str(lines)
    assert SECRET_WORDS not in str(lines)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_no_body_breaks_the_way_in(messaging: Messaging, body: bytes) -> None:
    """Taken or refused, and nothing else."""
    with suppress(Refusal):
        messaging.inbound.receive(Raw("/", request().headers, body))
    assert not [what for _, what in messaging.counts.all() if what.startswith("refused:unavailable")]


@pytest.mark.parametrize(
    ("stamp", "is_fresh"),
    [
        (0, True), (-300, True), (300, True), (-301, False), (301, False),
    ],
)  # fmt: skip
def test_a_time_is_fresh_within_its_window(stamp: int, is_fresh: bool) -> None:
    """To the second, on both sides."""
    assert fresh(str(int(NOW.timestamp()) + stamp), NOW, 300) is is_fresh


@pytest.mark.parametrize("stamp", ["", "now", "-1", "1e9", "٣", "9" * 13, "1777896000.0", " 1777896000"])
def test_what_is_no_time_is_not_fresh(stamp: str) -> None:
    """Digits alone."""
    assert not fresh(stamp, NOW, 1e12)


# what is answered ---------------------------------------------------------------------------------------------------


def test_a_first_message_is_greeted_and_answered(app: PlainApp, turns: Turns, runtime: Runtime) -> None:
    """What this is, what the app keeps, then the answer; one question, the last one."""
    play(app, turns, request(message(1, "hello")))
    assert app.said("anna")[:2] == ["draft_notice", "welcome_what"]
    assert "welcome_kept" in app.said("anna")
    assert app.sent["anna"][-1]["kind"] == "question"
    assert len(app.questions("anna")) == 1
    with runtime.records.reading() as store:
        person = store.app_person(store.person_of("plain", "anna"))
        transcript = store.messages(person.conversation_id)
    assert [m["text"] for m in transcript if m["author"] == "person"] == ["hello"]
    assert person.question["step"] == app.questions("anna")[-1]


def test_the_sender_stands_nowhere_in_the_clear(app: PlainApp, turns: Turns, runtime: Runtime) -> None:
    """Neither in the file nor in its log."""
    play(app, turns, request(message("id-4711", "my gums bleed", "+15550147")))
    stored = b"".join(file.read_bytes() for file in runtime.settings.var.glob("signpost.db*"))
    assert not [word for word in (b"15550147", b"id-4711", b"gums") if word in stored]


def test_a_red_flag_in_the_very_first_message_is_met(app: PlainApp, turns: Turns) -> None:
    """The greeting does not swallow it."""
    play(app, turns, request(message(1, BLEEDING)))
    assert "emergency" in [part["direction"]["level"] for part in app.sent["anna"] if part["direction"]]


def test_repeats_get_one_answer(app: PlainApp, turns: Turns, rasa: Rasa) -> None:
    """In the same batch, in the next request, and long after the answer."""
    first = request(message(1, "hello"), message(1, "hello"))
    messaging = play(app, turns, first, first)
    sent = len(app.sent["anna"])
    again = play(app, turns, first)
    assert (rasa.calls, len(app.sent["anna"])) == (1, sent)
    assert messaging.counts.get("plain", "repeated") + again.counts.get("plain", "repeated") == 5


def test_two_quick_messages_are_answered_in_order(app: PlainApp, turns: Turns, rasa: Rasa) -> None:
    """However long the first one takes."""
    play(app, turns, request(message(1, "hello")))
    heard = []
    ask = turns._ask_rasa

    async def slow(conversation: str, text: str, metadata: Any, parse: Any) -> Any:
        await asyncio.sleep(0.1 if text == "first" else 0)
        heard.append(text)
        return await ask(conversation, text, metadata, parse)

    turns._ask_rasa = slow
    play(app, turns, request(message(2, "first")), request(message(3, "second")))
    assert heard == ["first", "second"]


def test_one_turn_at_a_time_whoever_writes(app: PlainApp, turns: Turns, rasa: Rasa) -> None:
    """Between turns the next request must get its answer; everybody's message is answered all the same."""
    under_way: list[int] = [0]
    plain = turns._ask_rasa

    async def counted(*arguments: Any) -> Any:
        under_way.append(under_way[-1] + 1)
        await asyncio.sleep(0.01)
        answer = await plain(*arguments)
        under_way.append(under_way[-1] - 1)
        return answer

    turns._ask_rasa = counted
    people = [f"person {number}" for number in range(6)]
    play(app, turns, *(request(message(1, "hello", sender=each)) for each in people))
    assert max(under_way) == 1
    assert all(app.questions(each) == ["welcome"] for each in people)


def test_the_loop_is_free_between_turns_that_never_wait(app: PlainApp, turns: Turns, rasa: Rasa) -> None:
    """A turn is one round of the loop where it never waits; between two there are many, each for a new connection."""
    steps: list[int] = [0]
    at: list[int] = []
    plain = turns._ask_rasa

    async def noted(*arguments: Any) -> Any:
        at.append(len(steps))
        turn = plain(*arguments)
        while True:
            try:
                turn.send(None)
            except StopIteration as ended:
                return ended.value

    async def run() -> None:
        turns._ask_rasa = noted
        async with running(app, turns) as messaging:
            for number in range(4):
                for person in range(5):
                    messaging.inbound.receive(request(message(number, "hello", sender=f"person {person}")))
            counting = asyncio.create_task(count())
            await settled(messaging)
            counting.cancel()

    async def count() -> None:
        while True:
            steps.append(0)
            await asyncio.sleep(0)

    asyncio.run(run())
    assert len(at) == 20
    assert min(later - earlier for earlier, later in itertools.pairwise(at)) >= BREATH


def test_a_late_number_does_not_answer_a_newer_question(app: PlainApp, turns: Turns) -> None:
    """Both numbers were typed under the same question: the second is told which one is open now."""
    play(app, turns, request(message(1, "hello")))
    assert app.questions("anna") == ["welcome"]
    play(app, turns, request(message(2, "1")), request(message(3, "1")))
    assert app.questions("anna")[1:] == ["right_now_1", "right_now_1"]
    assert app.said("anna").count("stale_answer") == 1


def test_an_old_button_does_not_answer_a_newer_question(app: PlainApp, turns: Turns) -> None:
    """It names its step."""
    play(app, turns, request(message(1, "hello")))
    press = {"step": "welcome", "choices": ["start"]}
    play(app, turns, request(message(2, **press)), request(message(3, **press)))
    assert app.said("anna").count("stale_answer") == 1
    assert app.questions("anna")[-1] == "right_now_1"


def test_what_cannot_be_read_is_said_to_be_unread(app: PlainApp, turns: Turns, rasa: Rasa) -> None:
    """A picture alone changes nothing; words beside it are read."""
    play(app, turns, request(message(1, unread=True)))
    assert (app.said("anna")[-1], rasa.calls) == ("only_words", 0)
    play(app, turns, request(message(2, BLEEDING, unread=True)))
    assert app.said("anna").count("only_words") == 2
    assert "emergency" in [part["direction"]["level"] for part in app.sent["anna"] if part["direction"]]


def test_a_question_about_a_line_is_answered_without_a_turn(app: PlainApp, turns: Turns, rasa: Rasa) -> None:
    """The open question stays open."""
    play(app, turns, request(message(1, "hello")))
    play(app, turns, request(message(2, "1?")))
    assert (app.sent["anna"][-1]["kind"], app.sent["anna"][-1]["asks"], rasa.calls) == ("explanation", ["start"], 1)
    play(app, turns, request(message(3, "1")))
    assert app.questions("anna")[-1] == "right_now_1"


def test_forget_me_is_confirmed_and_leaves_nobody_behind(
    app: PlainApp, turns: Turns, runtime: Runtime, rasa: Rasa
) -> None:
    """The receipt is sent after the person is gone; the next message begins anew."""
    play(app, turns, request(message(1, "hello")))
    with runtime.records.reading() as store:
        old = store.app_person(store.person_of("plain", "anna")).conversation_id
    rasa.before = lambda: _forget(runtime, old)
    rasa.said = [{"kind": "question", "utterance": "forgotten", "step": "gone", "direction": None, "author": "bot", "text": "Deleted."}]  # fmt: skip
    play(app, turns, request(message(2, "forget me")))
    assert app.said("anna")[-1] == "forgotten"
    assert (rows(runtime, "app_people"), rows(runtime, "conversations"), rows(runtime, "messages")) == (0, 0, 0)
    with runtime.records.reading() as store:
        lanes = store.connection.exec_driver_sql("SELECT lane FROM outbox").scalars().all()
        assert store.person_of("plain", "anna") not in lanes
    rasa.before, rasa.said = (lambda: None), None
    play(app, turns, request(message(3, "hello again")))
    assert app.said("anna")[-2:].count("forgotten") == 0
    assert rows(runtime, "app_people") == 1


def _forget(runtime: Runtime, conversation: str) -> None:
    """What the state after "forget me" has the turn do at its end."""

    def mark(store: Any) -> None:
        store.save_state(conversation, {**(store.state(conversation) or {}), "effects": ["forget"]})

    runtime.records.write(mark)


# when a part fails --------------------------------------------------------------------------------------------------


def test_a_turn_that_fails_gets_the_card(app: PlainApp, turns: Turns, rasa: Rasa, runtime: Runtime) -> None:
    """Led by the emergency number when there is a red flag; the next message finds the old state."""
    play(app, turns, request(message(1, "hello")))
    rasa.fault = RuntimeError(SECRET_WORDS)
    play(app, turns, request(message(2, BLEEDING)))
    card = app.sent["anna"][-1]
    assert (card["utterance"], card["direction"]["level"]) == ("outage", "emergency")
    assert card["direction"]["contacts"][0]["phone"] == "999"
    rasa.fault = None
    play(app, turns, request(message(3, "hello", step="welcome", choices=["start"])))
    assert app.questions("anna")[-1] == "right_now_1"


def test_a_store_that_fails_in_the_turn_gets_one_card_at_once_and_the_answer_later(
    app: PlainApp, turns: Turns, rasa: Rasa, runtime: Runtime
) -> None:
    """The card goes past the outbox; the message is answered when the store works again."""
    play(app, turns, request(message(1, "hello")))
    before = len(app.sent["anna"])

    async def run() -> None:
        async with running(app, turns) as messaging:
            messaging.inbound.receive(request(message(2, BLEEDING)))
            other = sqlite3.connect(runtime.settings.var / "signpost.db", isolation_level=None)
            taken = asyncio.Event()
            take = messaging.answering._take

            def take_and_lock(person: str) -> Any:
                found = take(person)
                if found and not taken.is_set():
                    taken.set()
                    other.execute("BEGIN IMMEDIATE")
                return found

            messaging.answering._take = take_and_lock
            while len(app.sent["anna"]) == before:  # noqa: ASYNC110 - what is waited for is another's list
                await asyncio.sleep(0.02)
            card = app.sent["anna"][before]
            assert (card["utterance"], card["direction"]["contacts"][0]["phone"]) == ("outage", "999")
            other.execute("ROLLBACK")
            other.close()
            await settled(messaging)

    asyncio.run(run())
    after = app.sent["anna"][before:]
    assert [part["utterance"] for part in after].count("outage") == 1
    assert "emergency" in [part["direction"]["level"] for part in after[1:] if part["direction"]]


def test_a_store_that_fails_at_the_door_still_sends_the_card(
    app: PlainApp, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 to the app, the numbers to the person; not again for each time that the app repeats it."""

    async def run() -> None:
        async with running(app, turns) as messaging:

            def broken(*_: Any) -> Any:
                raise RecordsUnavailable("locked")

            monkeypatch.setattr(messaging.inbound, "_keep", broken)
            for _ in range(5):
                with pytest.raises(Refusal):
                    messaging.inbound.receive(request(message(1, BLEEDING)))
            while messaging.answering._cards:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    asyncio.run(run())
    assert app.said("anna") == ["outage", "outage"]
    assert app.sent["anna"][0]["direction"]["contacts"][0]["phone"] == "999"


def test_a_server_that_ends_in_the_middle_of_a_turn_loses_nothing(
    app: PlainApp, turns: Turns, rasa: Rasa, runtime: Runtime
) -> None:
    """What was taken is answered by the next server, once and in order."""
    play(app, turns, request(message(1, "hello")))
    ask, begun = turns._ask_rasa, []

    async def hang(conversation: str, text: str, metadata: Any, parse: Any) -> Any:
        begun.append(text)
        await asyncio.sleep(60)

    async def first_server() -> None:
        turns._ask_rasa = hang
        async with running(app, turns) as messaging:
            messaging.inbound.receive(request(message(2, "first")))
            messaging.inbound.receive(request(message(3, "second")))
            while not begun:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    asyncio.run(first_server())
    assert (begun, rows(runtime, "inbox")) == (["first"], 2)
    turns._ask_rasa = ask
    # The next process waits until the lease of the first has ended.
    later = NOW + INBOX_LEASE + timedelta(seconds=1)
    runtime.records._clock = lambda: later
    play(app, turns)
    with runtime.records.reading() as store:
        person = store.app_person(store.person_of("plain", "anna"))
        said = [m["text"] for m in store.messages(person.conversation_id) if m["author"] == "person"]
    assert said == ["hello", "first", "second"]


# very many ----------------------------------------------------------------------------------------------------------


def test_many_messages_with_repeats_and_faults_are_each_answered_once_and_in_order(
    app: PlainApp, turns: Turns, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300 messages of 15 people, in batches of any size, some delivered again, one send in five failing."""
    monkeypatch.setattr("bot.channels.delivery.pause", lambda *_: 0.0)
    chance = random.Random(4711)
    app.fault = lambda: passing() if chance.random() < 0.2 else None
    people = [f"person-{n}" for n in range(15)]
    order = [name for name in people for _ in range(20)]
    chance.shuffle(order)
    counts = dict.fromkeys(people, 0)
    messages = []
    for name in order:
        counts[name] += 1
        messages.append(message(f"{name}-{counts[name]}", f"words {counts[name]}", name))
    sent = list(messages)
    batches = []
    while sent:
        batch = [sent.pop(0) for _ in range(min(len(sent), chance.randint(1, 7)))]
        again = chance.choices(messages[: len(messages) - len(sent)], k=chance.randint(0, 2))
        batches.append(request(*batch, *again))
    messaging = play(app, turns, *batches, limit=240)
    assert messaging.counts.get("plain", "received") == 300
    assert messaging.counts.get("plain", "retried") > 30
    for name in people:
        with runtime.records.reading() as store:
            person = store.app_person(store.person_of("plain", name))
            said = store.messages(person.conversation_id)
        assert [m["text"] for m in said if m["author"] == "person"] == [f"words {n}" for n in range(1, 21)]
        answers = [m["id"] for m in said if m["author"] == "bot"]
        assert [part["id"] for part in app.sent[name]] == [i for i in answers if i in {p["id"] for p in app.sent[name]}]
        # All but the question of the greeting, which the first answer brings again.
        assert len(app.sent[name]) == len(answers) - 1
