"""What changes is seen without a reload: server-sent events for the queue and for each case that is open on a page.

The queue is read and drawn once for all who look at it, when the log has a new entry (every change of a case is one)
and now and then, as waits grow.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.channels.turns import Turns
from bot.errors import CaseMissing
from bot.records import Case, Records, Transaction
from bot.server.runtime import Runtime
from desk.board import Row, late_ones, row_of, why_line
from desk.web.templates import Templates

log = structlog.get_logger(__name__)

#: Seconds between two looks, between two drawings of a queue in which nothing changed, between two signs of life, and
#: between two looks whether somebody is still signed in.
LOOK, REDRAW, HEARTBEAT, SIGNED_IN = 0.5, 15.0, 15.0, 5.0


@dataclass
class Drawn:
    """The queue as it was drawn last. `rows` are HTML, by case, in the order of the queue."""

    version: int = 0
    rows: dict[str, str] = field(default_factory=dict)
    late: int = 0
    waiting: int = 0

    def event(self, known: dict[str, str] | None) -> dict[str, Any]:
        """What a page that has these rows needs to have this queue; everything for one that has none."""
        known = known or {}
        return {
            "order": list(self.rows),
            "rows": {id_: row for id_, row in self.rows.items() if known.get(id_) != row},
            "late": self.late,
            "waiting": self.waiting,
            "version": self.version,
        }


class Live:
    """The queue of one set of records, and the streams of the pages that look at it."""

    def __init__(
        self,
        records: Records,
        runtime: Runtime,
        turns: Turns,
        templates: Templates,
        path: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._records, self._runtime, self._turns, self._templates = records, runtime, turns, templates
        self._path = path
        self._monotonic = monotonic
        self._why: dict[str, tuple[object, str]] = {}
        self._drawn = Drawn()
        self._seen: tuple[int, float] | None = None
        self._drawing = asyncio.Lock()
        self._stopping = False

    def stop(self) -> None:
        """End all streams at their next look."""
        self._stopping = True

    # the queue ------------------------------------------------------------------------------------------------------

    def rows(self, store: Transaction) -> list[Row]:
        """The rows of the queue at this moment."""
        now, site = self._runtime.clock(), self._turns.runtime.site
        found = store.cases()
        stamps = store.stamps(found)
        rows = [row_of(case, self._why_of(case, stamps.get(case.id), store), site, now) for case in found]
        for gone in self._why.keys() - {case.id for case in found}:
            del self._why[gone]
        return rows

    def _why_of(self, case: Case, stamp: Any, store: Transaction) -> str:
        """The reasons of a case, worked out again only when it or its chat has changed."""
        key = (case.level, case.crisis, stamp)
        known = self._why.get(case.id)
        if known is None or known[0] != key:
            stored = store.state(case.conversation_id) if case.conversation_id and stamp else None
            known = self._why[case.id] = (key, why_line(case, stored, self._turns.content, self._turns.runtime.site))
        return known[1]

    def draw(self) -> Drawn:
        """The queue as it stands, drawn anew when something changed or when the last drawing is old."""
        with self._records.reading() as store:
            # By the site's clock, which the words on waits go by.
            entry, now = store.last_entry(), self._runtime.clock().timestamp()
            if self._seen and self._seen[0] == entry and 0 <= now - self._seen[1] < REDRAW:
                return self._drawn
            rows = self.rows(store)
        html = {row.id: self._templates.part("rows.html", "queue_row", row, self._path) for row in rows}
        waiting = sum(row.state == "waiting" for row in rows)
        if html != self._drawn.rows or list(html) != list(self._drawn.rows):
            self._drawn = Drawn(self._drawn.version + 1, html, late_ones(rows), waiting)
        self._seen = (entry, now)
        return self._drawn

    async def queue(self, stream: Any, is_signed_in: Callable[[], bool]) -> None:
        """Send the queue, and then what changes of it, until the page goes or its session ends."""
        known: dict[str, str] | None = None
        sent = -1
        async for _ in self._looks(stream, is_signed_in):
            # One page draws for all; it is computing, so the others would gain nothing by doing it beside.
            async with self._drawing:
                drawn = self.draw()
            if drawn.version != sent:
                await _send(stream, "queue", drawn.event(known))
                known, sent = drawn.rows, drawn.version

    async def case(self, case_id: str, stream: Any, is_signed_in: Callable[[], bool]) -> None:
        """Say whenever a case or its chat has changed, until the page goes or its session ends."""
        before = None
        async for _ in self._looks(stream, is_signed_in):
            try:
                with self._records.reading() as store:
                    pulse = store.pulse(case_id)
            except CaseMissing:
                return
            if pulse != before:
                await _send(stream, "changed", {"entry": pulse[1]})
                before = pulse

    async def _looks(self, stream: Any, is_signed_in: Callable[[], bool]) -> Any:
        await stream.send(": open\n\n")
        beat = seen = self._monotonic()
        while not self._stopping:
            now = self._monotonic()
            if now - seen >= SIGNED_IN:
                seen = now
                if not is_signed_in():
                    await _send(stream, "signed-out", {})
                    return
            if now - beat >= HEARTBEAT:
                beat = now
                await stream.send(": still here\n\n")
            yield now
            await asyncio.sleep(LOOK)


async def _send(stream: Any, event: str, data: dict[str, Any]) -> None:
    await stream.send(f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n")
