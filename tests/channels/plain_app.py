"""A messaging app for tests, as plain as one can be: JSON in, and sends that the test decides about.

It proves requests by a header, numbers the lines of a question, and remembers what was sent to whom.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from bot.channels import limits
from bot.channels.messaging import Messaging
from bot.channels.provider import Incoming, Raw, Refusal, SendFailed, Thanks, Typed
from bot.channels.turns import Turns

SECRET = "a secret of the app"


class PlainApp:
    """Keeps to `bot.channels.provider.Provider`."""

    name, path, media_types = "plain", "/messages", frozenset({"application/json"})
    body_bytes = limits.BODY_BYTES

    def __init__(self) -> None:
        self.sent: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.keys: list[str] = []
        #: What happens to the next sends, in order: None goes well, an exception is raised.
        self.faults: list[Exception | None] = []
        self.fault: Callable[[], Exception | None] = lambda: self.faults.pop(0) if self.faults else None
        self.slow = 0.0

    def prove(self, request: Raw, now: datetime) -> str | None:
        if request.headers.get("x-secret") != SECRET:
            raise Refusal(401, "forged")
        return request.headers.get("x-once")

    def read(self, request: Raw) -> Sequence[Incoming]:
        try:
            found = json.loads(request.body)
            return [Incoming(**{**m, "choices": tuple(m.get("choices", ()))}) for m in found]
        except (ValueError, TypeError, RecursionError):
            raise Refusal(400, "unreadable") from None

    def thanks(self, request: Raw, *, repeated: bool) -> Thanks:
        return Thanks("again" if repeated else "")

    def typed(self, text: str, question: Mapping[str, Any] | None) -> Typed:
        if question and text.isdigit() and 0 < int(text) <= len(question["choices"]):
            return Typed((question["choices"][int(text) - 1]["id"],), "")
        if question and text == "1?":
            return Typed((), text, (question["choices"][0]["id"],))
        return Typed((), text)

    def parts(self, messages: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        return list(messages)

    async def send(self, http: Any, address: str, part: Any, key: str) -> None:
        await asyncio.sleep(self.slow)
        if fault := self.fault():
            raise fault
        self.sent[address].append(part)
        self.keys.append(key)

    # what tests ask -------------------------------------------------------------------------------------------------

    def said(self, address: str) -> list[str]:
        """The ids of what an address was sent."""
        return [part["utterance"] for part in self.sent[address]]

    def questions(self, address: str) -> list[str]:
        """The steps of the questions that an address was sent."""
        return [part["step"] for part in self.sent[address] if part["kind"] == "question"]


def request(*messages: dict[str, Any], **headers: str) -> Raw:
    """A request of the app; each message is completed with `address`."""
    whole = [{"address": m.get("sender", ""), **m} for m in messages]
    found = {"content-type": "application/json", "x-secret": SECRET} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return Raw("/webhooks/plain/messages", found, json.dumps(whole).encode())


def message(number: int | str, text: str = "", sender: str = "anna", **more: Any) -> dict[str, Any]:
    """One message of a request."""
    return {"id": str(number), "sender": sender, "text": text, **more}


def passing() -> SendFailed:
    """A failure that may pass."""
    return SendFailed("http_500")


@asynccontextmanager
async def running(app: PlainApp, turns: Turns, pause: float = 0.02) -> Any:
    """The app at work: `messaging.inbound.receive(...)`, then `settled(messaging)`."""
    messaging = Messaging(app, turns)
    messaging.answering._look = messaging.delivery._look = pause
    messaging.answering._rest = pause
    await messaging.start()
    try:
        yield messaging
    finally:
        await messaging.stop()


async def settled(messaging: Messaging, limit: float = 20.0) -> None:
    """Wait until nothing is to be answered or sent.

    Raises:
        AssertionError: it takes too long.
    """
    records = messaging.turns.runtime.records

    async def wait() -> None:
        while True:
            with records.reading() as store:
                waiting = store.connection.exec_driver_sql("SELECT COUNT(*) FROM inbox").scalar()
                pending = store.outbox_counts().get((messaging.provider.name, "pending"), 0)
            if not waiting and not pending and not messaging.answering._cards and not messaging.answering._tasks:
                return
            await asyncio.sleep(0.01)

    await asyncio.wait_for(wait(), limit)
