"""The companies behind the apps, as a person and a bad day on the network meet them: built on `tests.support.wire`.

`Companies` listen on one port, and `settings` tells a server where. A `Phone` is one person in one app: what they
`write` and `press` is delivered to the server as their company does it, and `seen` is what stands on it, oldest first.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx
from typing_extensions import Self

from tests.support.server import Server
from tests.support.wire.apps import WIRES
from tests.support.wire.base import Answer, Call, Request, Sent, Wire
from tests.support.wire.listening import Providers

#: Connections that may wait to be taken: a storm opens many at once.
BACKLOG = 256


@dataclass(frozen=True)
class Fate:
    """What becomes of a call: after `wait` seconds it is answered with `answer` in place of being taken.

    `cut` closes the connection without an answer: before the message is taken, or, with `taken`, after.
    """

    wait: float = 0.0
    answer: Answer | None = None
    cut: bool = False
    taken: bool = False


@dataclass(frozen=True)
class Taken:
    """A message that a company took, and when (`time.monotonic`). `unheard`: the server was never told of it."""

    sent: Sent
    at: float
    unheard: bool


def straight(_wire: Wire, _call: Call) -> Fate:
    """Nothing goes wrong."""
    return Fate()


class Companies(Providers):
    """All companies of a test on one port. `fate` decides what becomes of each call; safe for threads."""

    def __init__(self, wires: Mapping[str, Wire] = WIRES, fate: Callable[[Wire, Call], Fate] = straight) -> None:
        super().__init__(wires)
        self.fate = fate
        self.taken: list[Taken] = []
        self._open = threading.Event()
        self._open.set()
        self._ids = itertools.count(1)

    def __enter__(self) -> Self:
        super().__enter__()
        self._server.socket.listen(BACKLOG)
        # A cut connection is no fault of the test's, and a killed server leaves some half open.
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        return self

    def settings(self, folder: Path) -> dict[str, str]:
        """What a server needs to work with all of them; a file of credentials is written to `folder`."""
        file = folder / "credentials.yml"
        file.write_text(self.credentials(), encoding="utf-8")
        return {"SIGNPOST_CREDENTIALS": str(file), **self.environment()}

    @contextmanager
    def held(self) -> Iterator[None]:
        """No company takes anything until the block ends: what people write in it, they write before any reply."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def new_id(self) -> int:
        """A number for a message that no other has."""
        return next(self._ids)

    def take(self, api: str, call: Call) -> Answer:
        """Answer a call as its fate will have it, and keep what was sent by it.

        Raises:
            ConnectionAbortedError: no answer; the connection is closed.
        """
        self._open.wait()
        wire = self._apis[api]
        fate = self.fate(wire, call)
        time.sleep(fate.wait)
        if fate.answer:
            return fate.answer
        if fate.cut and not fate.taken:
            raise ConnectionAbortedError
        took = wire.take(call)
        if took.fault:
            self.broken_rules.append(f"{api}: {took.fault}")
        if took.sent:
            self.sent.append(took.sent)
            self.taken.append(Taken(took.sent, time.monotonic(), fate.cut))
        if fate.cut:
            raise ConnectionAbortedError
        return took.answer


class Phone:
    """One person in one app."""

    def __init__(self, companies: Companies, server: Server, wire: Wire, person: int) -> None:
        self.companies, self.server, self.wire, self.person = companies, server, wire, person

    @property
    def app(self) -> str:
        """The name of the app's channel."""
        return self.wire.name

    @property
    def ids(self) -> tuple[str, ...]:
        """The names by which the company knows this person."""
        return self.wire.ids(self.person)

    @property
    def now(self) -> datetime:
        """The time at the companies, which is the server's."""
        return datetime.now(timezone.utc) + timedelta(seconds=self.server.clock.seconds)

    @property
    def taken(self) -> list[Taken]:
        """What was sent to this person, oldest first."""
        return [t for t in list(self.companies.taken) if (t.sent.app, t.sent.person) == (self.app, self.person)]

    @property
    def seen(self) -> list[Sent]:
        """The messages on this phone, oldest first."""
        return [taken.sent for taken in self.taken]

    def write(self, words: str) -> httpx.Response:
        """Send words."""
        return self.deliver(self.wire.text(self.person, words, self.companies.new_id(), self.now))

    def press(self, button: tuple[str, str]) -> httpx.Response:
        """Press a button that was sent: its label and its data."""
        label, data = button
        return self.deliver(self.wire.press(self.person, data, label, self.companies.new_id(), self.now))

    def deliver(self, request: Request) -> httpx.Response:
        """Have the company call the server with a request of its own making."""
        return self.server.http.request(
            request.method, request.path, content=request.body, headers=dict(request.headers)
        )
