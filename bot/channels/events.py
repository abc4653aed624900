"""What staff write, and that they are typing, as server-sent events, read by the widget with `fetch`."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

import structlog

from bot.records.store import Records

log = structlog.get_logger(__name__)

#: Seconds between two looks for a reply of staff, and between two signs of life on a quiet stream.
POLL, HEARTBEAT = 1.0, 15.0
#: Streams that one conversation may hold open: a few tabs and devices, not a thousand.
STREAMS = 4


class StaffEvents:
    """All open streams of this process."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._open: Counter[str] = Counter()
        self._stopping = False

    def is_full(self, conversation: str) -> bool:
        """Whether this conversation has all the streams that it may have."""
        return self._open[conversation] >= STREAMS

    def stop(self) -> None:
        """End all streams at their next look."""
        self._stopping = True

    async def send(self, stream: Any, conversation: str, last: str | None) -> None:
        """Send what staff wrote after the message `last`, until the chat is gone or the server stops."""
        self._open[conversation] += 1
        try:
            await self._send(stream, conversation, last)
        except Exception as error:  # noqa: BLE001 - an answer has begun, so it can only end; the widget connects again
            log.warning("widget.stream.ended", reason=type(error).__name__)
        finally:
            self._open[conversation] -= 1
            if not self._open[conversation]:
                del self._open[conversation]

    async def _send(self, stream: Any, conversation: str, last: str | None) -> None:
        await stream.send(": open\n\n")
        quiet, told = 0.0, False
        while not self._stopping:
            with self._records.reading() as records:
                fresh = records.messages_after(conversation, last, author="staff")
                chat = records.conversation(conversation)
                if chat is None:
                    return
                typing = chat.handover and records.is_staff_typing(conversation)
            for message in fresh:
                last, quiet = message["id"], 0.0
                data = json.dumps(message, ensure_ascii=False)
                await stream.send(f"id: {last}\nevent: message\ndata: {data}\n\n")
            if typing != told:
                told, quiet = typing, 0.0
                await stream.send(f"event: typing\ndata: {json.dumps({'typing': typing})}\n\n")
            if quiet >= HEARTBEAT:
                quiet = 0.0
                await stream.send(": still here\n\n")
            await asyncio.sleep(POLL)
            quiet += POLL
