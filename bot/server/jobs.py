"""What the server does by itself: delete, once a day, what is past its retention."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.server.runtime import Runtime

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
#: Seconds between two looks at the clock.
LOOK = 60.0


async def purge_daily(runtime: Runtime, look: float = LOOK) -> None:
    """Purge at once and then every day, until cancelled. A purge that fails is tried again at the next look."""
    last: datetime | None = None
    while True:
        now = runtime.clock()
        if last is None or now - last >= EVERY:
            try:
                report = await asyncio.to_thread(runtime.records.purge)
            except Exception as error:  # noqa: BLE001 - the chat goes on; the log and the next try deal with it
                log.error("purge.failed", reason=type(error).__name__)
            else:
                last = now
                if report.conversations:
                    log.warning("purge.done", conversations=report.conversations, open_cases=report.open_cases)
        await asyncio.sleep(look)
