"""All APIs on one loopback address, for servers under test: `Providers().environment()` tells a server where.

with Providers() as providers:
providers.faults.append(lambda app, call: WIRES[app].busy())   # for the next call; None lets it through
...
providers.wait("telegram", 1, "999")     # the texts that person 1 was sent, once these words are among them
assert not providers.broken_rules        # what an API would have refused
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import Self

from tests.support.wire.apps import WIRES
from tests.support.wire.base import Answer, Call, Sent, Wire

#: What happens to a call of an API instead of its being taken: an answer, or None.
Fault = Callable[[str, Call], "Answer | None"]


class Providers:
    """The APIs of all drivers, each below the name of its `api`."""

    def __init__(self, wires: Mapping[str, Wire] = WIRES) -> None:
        self.wires = wires
        self.sent: list[Sent] = []
        self.broken_rules: list[str] = []
        #: Used up one by one.
        self.faults: list[Fault] = []
        self._apis = {wire.api: wire for wire in wires.values()}
        self._lock = threading.Lock()

    def environment(self) -> dict[str, str]:
        """What a server under test needs to know of all apps."""
        return {
            name: value
            for wire in self.wires.values()
            for name, value in wire.environment(f"{self.url}/{wire.api}").items()
        }

    def credentials(self) -> str:
        """A credentials.yml with all apps, and the widget."""
        channels = ["bot.channels.widget.WidgetChannel", *(wire.channel for wire in self.wires.values())]
        return "".join(f"{channel}: {{}}\n" for channel in channels)

    def take(self, api: str, call: Call) -> Answer:
        """Answer a call, and keep what was sent by it."""
        with self._lock:
            fault = self.faults.pop(0)(api, call) if self.faults else None
            if fault:
                return fault
            took = self._apis[api].take(call)
            if took.sent:
                self.sent.append(took.sent)
            if took.fault:
                self.broken_rules.append(f"{api}: {took.fault}")
            return took.answer

    def messages(self, app: str, person: int) -> list[str]:
        """What a person was sent: each text, with the labels of its buttons."""
        sent = [each for each in list(self.sent) if (each.app, each.person) == (app, person)]
        return ["\n".join([each.text, *(label for label, _ in each.buttons)]) for each in sent]

    def said(self, app: str, person: int) -> str:
        """All of it in one."""
        return "\n".join(self.messages(app, person))

    def count(self, app: str, person: int, words: str) -> int:
        """In how many messages to a person these words stand."""
        return sum(words in message for message in self.messages(app, person))

    def wait(self, app: str, person: int, words: str, seconds: float = 90, times: int = 1) -> str:
        """All that a person was sent, once these words are among it, in so many messages.

        Raises:
            AssertionError: they do not come.
        """
        deadline = time.monotonic() + seconds
        while self.count(app, person, words) < times:
            assert time.monotonic() < deadline, f"{words!r} did not come: {self.said(app, person)} {self.broken_rules}"
            time.sleep(0.02)
        return self.said(app, person)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a server under test that is killed leaves its connections as they are."""


def _handler(providers: Providers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            _, api, path = self.path.split("/", 2)
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = providers.take(api, Call(self.command, f"/{path}", headers, body, f"{providers.url}/{api}"))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST  # noqa: N815 - the name that the library looks for

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
