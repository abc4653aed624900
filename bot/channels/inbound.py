"""The one way in for all messaging apps: limit, prove, drop repeats, keep, and only then say that it was taken.

No turn runs here: an app waits for a few seconds at most, and then delivers the same message again. What was taken is
kept, encrypted, before the app is told so; `answering` works it off, in this process or in the next one.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import Callable, Iterator, Sequence

import structlog

from bot.channels import limits
from bot.channels.counts import Counts
from bot.channels.provider import Incoming, Lost, Provider, Raw, Refusal, Thanks
from bot.channels.turns import TEXT_LENGTH
from bot.clock import Clock
from bot.errors import RecordsError
from bot.records.store import Records, Transaction

log = structlog.get_logger(__name__)

#: Characters of a sender's or a message's id; no app comes near it.
ID_LENGTH = 255
#: Messages in one request. Messenger gathers as many, after a time in which it could not reach us.
BATCH = 1000


class Inbound:
    """Takes the requests of one app. `taken` is told each person whose message was kept."""

    def __init__(
        self,
        provider: Provider,
        records: Records,
        clock: Clock,
        counts: Counts,
        taken: Callable[[str], None],
        lost: Callable[[Incoming], None],
    ) -> None:
        self._provider = provider
        self._records = records
        self._clock = clock
        self._counts = counts
        self._taken = taken
        self._lost = lost

    def receive(self, request: Raw) -> Thanks:
        """Keep what a request brings, whole or not at all; the answer to it.

        Raises:
            Refusal: nothing of it was kept. It was counted and logged, without a word of it.
        """
        with self.counting():
            return self._receive(request)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count and log a refusal that leaves the block."""
        app = self._provider.name
        try:
            yield
        except Refusal as refusal:
            self._counts.add(app, f"refused:{refusal.reason}")
            log.warning("app.request.refused", app=app, status=refusal.status, reason=refusal.reason)
            raise

    def _receive(self, request: Raw) -> Thanks:
        provider = self._provider
        if len(request.body) > provider.body_bytes:
            raise Refusal(413, "too_large")
        if request.media_type not in provider.media_types:
            raise Refusal(415, "wrong_type")
        proof = provider.prove(request, self._clock())
        read = provider.read(request)
        if len(read) > BATCH:
            raise Refusal(413, "too_many_messages")
        found = [_bounded(message) for message in read if isinstance(message, Incoming)]
        lost = [report for report in read if isinstance(report, Lost)]
        if not read and proof is None:
            return provider.thanks(request, repeated=False)
        try:
            people = self._keep(found, lost, proof)
        except RecordsError as error:
            log.error("app.request.lost", app=provider.name, count=len(found), reason=type(error).__name__)
            for message in found:
                self._lost(message)
            # The app delivers it again, when the store may work again.
            raise Refusal(503, "unavailable") from None
        self._counts.add(provider.name, "received", len(people))
        self._counts.add(provider.name, "repeated", len(found) - len(people))
        for person in dict.fromkeys(people):
            self._taken(person)
        return provider.thanks(request, repeated=bool(found) and not people)

    def _keep(self, found: Sequence[Incoming], lost: Sequence[Lost], proof: str | None) -> list[str]:
        """Keep everything in one transaction; the people of those messages that are no repeats."""
        app = self._provider.name
        with self._records.transaction() as store:
            if proof is not None and not store.note_received(app, f"proof {proof}"):
                raise Refusal(409, "replayed")
            people = [_keep_one(store, app, message) for message in found]
            news = [report for report in lost if _mark_lost(store, app, report)]
        for report in news:
            self._counts.add(app, "lost")
            log.error("app.reply.lost", app=app, reason=report.reason)
        return [person for person in people if person is not None]


def _keep_one(store: Transaction, app: str, message: Incoming) -> str | None:
    data = {
        "address": message.address,
        "text": message.text,
        "step": message.step,
        "choices": list(message.choices),
        "unread": message.unread,
    }
    # An id of the app may be its own for each sender only (as Telegram's is for each chat).
    return store.receive(app, message.sender, f"message {message.sender} {message.id}", data)


def _mark_lost(store: Transaction, app: str, report: Lost) -> bool:
    """Mark what did not arrive, so that staff see it; False where nothing such is known, or it was told before."""
    message, _, place = report.key.rpartition("-")
    if not (place.isascii() and place.isdigit() and len(place) < 4):
        return False
    person = store.person_of(app, report.address)
    reply = store.note_lost(person, message, int(place), report.reason)
    if reply is None:
        return False
    store.note_undelivered(person, reply.ids, partly=not reply.whole)
    return True


def _bounded(message: Incoming) -> Incoming:
    """The message with its text cut where no more is read.

    Raises:
        Refusal: its ids are missing or too long, or it presses more than any page has.
    """
    for value in (message.id, message.sender, message.address):
        if not 0 < len(value) <= ID_LENGTH:
            raise Refusal(400, "id_out_of_bounds")
    if len(message.choices) > limits.CHOICES or len(message.step or "") > limits.ID_LENGTH:
        raise Refusal(400, "choices_out_of_bounds")
    if any(len(choice) > limits.ID_LENGTH for choice in message.choices):
        raise Refusal(400, "choices_out_of_bounds")
    # Lone surrogates are legal in JSON but not in UTF-8, and so cannot be stored.
    text = message.text[:TEXT_LENGTH].encode("utf-8", "replace").decode("utf-8")
    return Incoming(message.id, message.sender, message.address, text, message.step, message.choices, message.unread)


def fresh(stamp: str, now: datetime, window: float) -> bool:
    """Whether a time in seconds since 1970 is within `window` seconds of now, before or after it."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    return abs(now.timestamp() - int(stamp)) <= window
