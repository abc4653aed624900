"""A process that claims and answers is killed at any moment: nothing is lost, doubled or left between two states.

The parent plays the browser: it sends one form after the other, and the form that got no answer is sent again to the
process that comes next. What was answered must be there; of what was not, the whole or nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.channels import handover
from bot.clock import Clock
from bot.content.loader import Content
from bot.errors import RecordsUnavailable
from bot.records import Records, Transaction
from bot.server.runtime import Runtime
from bot.site import Site
from tests.support.desk_cases import runtime_on

ANNA = "Anna"
KILLS, CASES = 40, 50
#: Seconds that a process lives at most, from when it is ready; a form takes about a hundredth.
LONGEST = 0.1
#: Seconds for a process to begin, and to end by itself.
LIMIT = 60
PROCESSES = multiprocessing.get_context("fork")
READY = -1


@dataclass(frozen=True)
class Form:
    """What a browser sends: a claim, or a reply under the id that came with the page."""

    case_id: str
    message_id: str | None = None

    @property
    def text(self) -> str:
        """The words of a reply; each has its own."""
        return f"This is reply {self.message_id}."


def _forms(case_ids: Sequence[str]) -> list[Form]:
    """For each case a claim and two replies; every third is taken by the first reply."""
    forms = []
    for place, case_id in enumerate(case_ids):
        forms += [Form(case_id)] if place % 3 else []
        forms += [Form(case_id, f"{2 * place + reply:016x}") for reply in (0, 1)]
    return forms


def _cases(records: Records, count: int) -> list[str]:
    """The ids of cases that wait; the first of each five is of a person in an app, the others' write in the widget."""
    made = []
    with records.transaction() as store:
        for place in range(count):
            app = place % 5 == 0
            chat = store.create_conversation("telegram" if app else "widget", "en").id
            if app:
                store.add_app_person(chat, "telegram", store.person_of("telegram", chat), chat)
            made.append(store.open_case(chat, "asked", "today", "person").id)
    return made


@pytest.fixture
def runtime(records: Records, content: Content, site: Site, clock: Clock) -> Runtime:
    return runtime_on(records, content, site, clock)


class Server:
    """A process that answers forms from the one with number `first` on, in order, and says so after each."""

    def __init__(self, runtime: Runtime, forms: Sequence[Form], first: int, prepare: Callable[[], object]) -> None:
        # It opens connections of its own: those of the parent must not be taken along.
        runtime.records.dispose()
        self._answers, theirs = PROCESSES.Pipe(duplex=False)
        self.process = PROCESSES.Process(target=_serve, args=(runtime, forms[first:], theirs, prepare), daemon=True)
        self.process.start()
        theirs.close()
        assert self._answers.poll(LIMIT) and self._answers.recv() == READY

    def kill(self) -> int:
        """End it in the midst of whatever it does; how many forms were answered."""
        self.process.kill()
        return self.end()

    def end(self) -> int:
        """Wait until it has ended; how many forms were answered."""
        self.process.join(LIMIT)
        answered = 0
        try:
            while self._answers.poll(LIMIT):
                self._answers.recv()
                answered += 1
        except EOFError:
            pass
        return answered


def _serve(runtime: Runtime, forms: Sequence[Form], answers: Connection, prepare: Callable[[], object]) -> None:
    answers.send(READY)
    after = prepare()
    for number, form in enumerate(forms):
        while True:
            try:
                with runtime.records.transaction() as store:
                    _act(store, form, runtime)
                break
            except RecordsUnavailable:
                # The locks of the one that was killed stand until the database has noticed.
                continue
        if callable(after):
            after()
        answers.send(number)


def _act(store: Transaction, form: Form, runtime: Runtime) -> None:
    if form.message_id:
        handover.reply(store, form.case_id, ANNA, form.text, runtime, form.message_id)
        return
    with handover.watched(store, form.case_id, runtime):
        store.claim(form.case_id, ANNA)


def _done(records: Records, case_ids: Sequence[str], forms: Sequence[Form]) -> int:
    """How many forms have had their effect, once every case has been found whole; the first so many, and no other."""
    with records.reading() as store:
        assert {case.id for case in store.cases()} == {*case_ids}
        effects = [effect for case_id in case_ids for effect in _effects(store, case_id, forms)]
        assert store.verify_audit() is None
    assert effects == [*forms[: len(effects)]]
    return len(effects)


def _effects(store: Transaction, case_id: str, forms: Sequence[Form]) -> list[Form]:
    """The forms that a case shows, in its chat, its log and its state alike."""
    case = store.case(case_id)
    assert case.conversation_id
    chat = store.messages(case.conversation_id)
    log = [entry.what for entry in store.entries_about(case_id)]
    written = [message for message in chat if message["utterance"] is None]
    claims = log.count("case.claimed")
    assert log == ["case.opened"] + ["case.claimed"] * claims + ["case.replied"] * len(written)
    assert claims <= 1 and [m["utterance"] for m in chat if m not in written] == ["human_joined"] * claims
    assert case.state == ("replied" if written else "claimed" if claims else "waiting")
    assert case.claimed_by == (ANNA if claims else None)
    assert (case.claimed_at is not None, case.replied_at is not None) == (bool(claims), bool(written))
    # What staff said to a person in an app waits to be sent, each message once.
    sent = {m["id"] for m in chat} if case.channel == "telegram" else set()
    assert store.unsent(case.conversation_id) == sent
    mine = [form for form in forms if form.case_id == case_id]
    by_claim = [form for form in mine if form.message_id is None and claims]
    replies = [Form(case_id, str(message["id"])) for message in written]
    assert [message["text"] for message in written] == [reply.text for reply in replies]
    return [*by_claim, *replies]


@pytest.mark.long
@pytest.mark.parametrize("seed", [1])
def test_killed_at_random_moments(
    records: Records, runtime: Runtime, seed: int, url: str, open_store: Callable[[str], Records]
) -> None:
    """After each kill every case is whole, and the form without an answer is sent again to the next process."""
    chance = random.Random(seed)
    case_ids = _cases(records, CASES)
    forms = _forms(case_ids)
    first = 0
    for _ in range(KILLS):
        server = Server(runtime, forms, first, prepare=lambda: None)
        time.sleep(chance.uniform(0, LONGEST))
        first += server.kill()
        # What was answered is there; of the one form that was under way, all or nothing.
        assert _done(records, case_ids, forms) in (first, first + 1)
    first += Server(runtime, forms, first, prepare=lambda: None).end()
    assert first == len(forms)
    # The whole restart: a store that is opened anew finds everything once.
    assert _done(open_store(url), case_ids, forms) == len(forms)


def _die_at(step: int) -> Callable[[], object]:
    """Have a process kill itself before its statement or commit of this number; and before an answer, which counts."""

    def prepare() -> Callable[[], None]:
        left = step

        def count(*_: Any) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", count)
        event.listen(Engine, "commit", count)
        return count

    return prepare


@pytest.mark.long
def test_killed_at_every_statement(records: Records, runtime: Runtime) -> None:
    """Within a claim and within a reply, to the widget and to an app: before each statement, commit and answer."""
    case_ids = _cases(records, 2)
    forms = _forms(case_ids)
    done, deaths, step = 0, 0, 0
    while done < len(forms):
        # A new process each time, always for one form, which dies one step later than the one before.
        server = Server(runtime, forms[: done + 1], done, prepare=_die_at(step))
        answered = server.end()
        found = _done(records, case_ids, forms)
        assert found in (done + answered, done + 1)
        if answered:
            done, step = done + 1, 0
        else:
            assert server.process.exitcode == -signal.SIGKILL
            deaths, step = deaths + 1, step + 1
    assert deaths > 10 * len(forms)
