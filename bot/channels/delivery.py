"""Sending what is in the outbox: in order for each person, again when an app fails, and never without an end.

Whether and when to try again is decided in two pure functions, `after_status` and `pause`. An answer that an app took
but of whose taking we did not hear (a time-out, a process that ended) is sent again: twice is better than never.
"""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Callable, Mapping, Sequence

import aiohttp
import structlog

from bot.channels.counts import Counts
from bot.channels.provider import Provider, SendFailed
from bot.channels.summary_file import SummaryFile
from bot.clock import Clock
from bot.errors import RecordsError
from bot.records.apps import Reply
from bot.records.store import Records

log = structlog.get_logger(__name__)

#: Failures in a row after which a reply is given up: with the pauses below that is about an hour.
ATTEMPTS = 14
#: The same for a file, which only repeats what was sent as text: what comes after it should not wait for long.
FILE_ATTEMPTS = 3
#: Seconds before the second try, the most between two tries, and the most that an app may ask us to wait.
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_ASKED = 1.0, 600.0, 3600.0
#: Seconds for one request to an app (for the client session), and for what is under way when the server stops.
TIMEOUT, GRACE = 15.0, 2.0
#: Replies under way at once, and seconds between two looks when nothing wakes us (staff write from other processes).
AT_ONCE, LOOK = 16, 1.0
#: What an app answers when trying again later can help; besides these all of 5xx.
PASSING = frozenset({408, 425, 429})


def after_status(status: int, headers: Mapping[str, str], now: datetime) -> SendFailed | None:
    """What an app's status means: None when it took the message."""
    if 200 <= status < 300:
        return None
    passing = status in PASSING or status >= 500
    return SendFailed(f"http_{status}", for_good=not passing, retry_after=_asked(headers.get("Retry-After"), now))


def _asked(value: str | None, now: datetime) -> float | None:
    """The seconds of a `Retry-After`, which is a number or a date; None when it is neither."""
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return max(0.0, (at - now).total_seconds())


def pause(failures: int, asked: float | None, chance: float) -> float:
    """Seconds to wait after so many failures in a row.

    It doubles each time, and `chance` (0 to 1) spreads it by a quarter, so that what failed together does not come
    again together. An app that asks for more gets more.
    """
    doubled = FIRST_PAUSE * 2 ** min(failures - 1, 20)
    spread = min(LONGEST_PAUSE, doubled) * (0.75 + 0.5 * chance)
    return max(spread, min(asked or 0.0, LONGEST_ASKED))


class Delivery:
    """Sends the replies of one app until it is stopped."""

    def __init__(
        self,
        provider: Provider,
        records: Records,
        clock: Clock,
        counts: Counts,
        *,
        chance: Callable[[], float] = random.random,
        look: float = LOOK,
    ) -> None:
        self._provider = provider
        self._records = records
        self._clock = clock
        self._counts = counts
        self._chance = chance
        self._look = look
        self._awake = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look now: something was put into the outbox."""
        self._awake.set()

    async def run(self, http: aiohttp.ClientSession) -> None:
        """Send what is due, until cancelled; what cannot be ended soon is cancelled too, and comes again later."""
        try:
            while True:
                self._awake.clear()
                for reply in self._due():
                    task = asyncio.create_task(self.deliver(http, reply))
                    self._sending.add(task)
                    task.add_done_callback(self._done)
                # Not `wait_for`, which in Python 3.10 can lose a cancellation that comes together with the event.
                alarm = asyncio.get_running_loop().call_later(self._look, self._awake.set)
                try:
                    await self._awake.wait()
                finally:
                    alarm.cancel()
        finally:
            await self._end()

    async def _end(self) -> None:
        """Let what is under way arrive, so that it need not be sent again, but not for long."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=GRACE)
        under_way = list(self._sending)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def _due(self) -> Sequence[Reply]:
        room = AT_ONCE - len(self._sending)
        if room <= 0:
            return ()
        try:
            # Most looks find nothing, and looking must not keep a chat from writing.
            with self._records.reading() as store:
                if not store.has_due(self._provider.name):
                    return ()
            with self._records.transaction() as store:
                return store.due(self._provider.name, room)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not end all sending
            log.error("app.outbox.unread", app=self._provider.name, reason=type(error).__name__)
            return ()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # Its lease ends by itself, and then it is tried again.
            log.error("app.reply.unkept", app=self._provider.name, reason=type(error).__name__)
        else:
            # The next of its lane may go now.
            self.wake()

    async def deliver(self, http: aiohttp.ClientSession, reply: Reply) -> None:
        """Send the parts of one reply that have not gone yet.

        Raises:
            RecordsError: what happened could not be kept; the reply comes again.
        """
        try:
            parts = list(self._provider.parts(reply.messages))
            for place in range(reply.parts_sent, len(parts)):
                key = f"{reply.messages[0].get('id', reply.seq)}-{place}"
                try:
                    await self.send(http, reply.address, parts[place], key)
                except SendFailed as failure:
                    if not self._can_do_without(parts[place], failure, reply):
                        raise
                with self._records.transaction() as store:
                    store.part_sent(reply.seq)
                reply = _after_part(reply)
        except SendFailed as failure:
            self._failed(reply, failure)
        except (RecordsError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - it fails in the same way each time; the operator must see it
            self._failed(reply, SendFailed(type(error).__name__, for_good=True))
        else:
            self._sent(reply)

    def _can_do_without(self, part: Any, failure: SendFailed, reply: Reply) -> bool:
        """Whether the rest goes without this part. Only a file is left out, and the operator sees it."""
        if not isinstance(part, SummaryFile) or not (failure.for_good or reply.attempts + 1 >= FILE_ATTEMPTS):
            return False
        self._counts.add(self._provider.name, "file_left_out")
        log.warning("app.file.left_out", app=self._provider.name, reason=failure.reason, count=reply.attempts + 1)
        return True

    async def send(self, http: aiohttp.ClientSession, address: str, part: Any, key: str) -> None:
        """Send one part.

        Raises:
            SendFailed: it did not go, as far as we know.
        """
        try:
            await self._provider.send(http, address, part, key)
        except asyncio.TimeoutError:
            raise SendFailed("timeout") from None
        except (aiohttp.ClientError, OSError):
            raise SendFailed("connection") from None

    def _sent(self, reply: Reply) -> None:
        questions = [message for message in reply.messages if message.get("kind") == "question"]
        with self._records.transaction() as store:
            if (lost := store.sent(reply.seq)) is not None:
                store.note_undelivered(reply.lane, lost.ids, partly=not lost.whole)
            if questions:
                store.note_question(reply.lane, questions[-1])
        self._counts.add(self._provider.name, "sent")

    def _failed(self, reply: Reply, failure: SendFailed) -> None:
        app, failures = self._provider.name, reply.attempts + 1
        if failure.for_good or failures >= ATTEMPTS:
            with self._records.transaction() as store:
                store.give_up(reply.seq, failure.reason)
                ids = [str(message.get("id")) for message in reply.messages]
                store.note_undelivered(reply.lane, ids, partly=reply.parts_sent > 0)
            self._counts.add(app, "given_up")
            log.error("app.reply.given_up", app=app, reason=failure.reason, count=failures)
            return
        wait = pause(failures, failure.retry_after, self._chance())
        with self._records.transaction() as store:
            store.try_again(reply.seq, self._clock() + timedelta(seconds=wait), failure.reason)
        self._counts.add(app, "retried")
        log.warning("app.reply.retried", app=app, reason=failure.reason, count=failures)


def _after_part(reply: Reply) -> Reply:
    """The reply with one more part gone: the store has forgotten its failures by now."""
    return Reply(reply.seq, reply.lane, reply.app, reply.at, 0, reply.parts_sent + 1, reply.address, reply.messages)
