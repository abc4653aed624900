"""The queue: who waits, how urgent, for how long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import structlog
from sanic.response import HTTPResponse

from desk.web.routes import Route
from desk.web.visit import HEADERS, UNKEPT, Visit

log = structlog.get_logger(__name__)

EVENTS = HEADERS | UNKEPT | {"X-Accel-Buffering": "no"}
#: Sends events: (stream, whether the session goes on).
Send = Callable[[Any, Callable[[], bool]], Awaitable[None]]


def show_queue(visit: Visit, fault: str = "") -> HTTPResponse:
    """All open cases, the most urgent first."""
    with visit.records.reading() as store:
        rows = visit.desk.live.rows(store)
        mine = store.cases_held_by(visit.name)
    return visit.render("queue.html", rows=rows, mine=mine, fault=fault)


async def stream_queue(visit: Visit) -> None:
    """The queue, live."""
    await stream(visit, visit.desk.live.queue)


async def stream(visit: Visit, send: Send) -> None:
    """Answer with events, for as long as the page and its session go on."""
    events = await visit.request.respond(content_type="text/event-stream; charset=utf-8", headers=EVENTS)
    try:
        await send(events, partial(is_signed_in, visit))
    except Exception as error:  # noqa: BLE001 - an answer has begun, so it can only end; the page connects again
        log.warning("desk.stream.ended", reason=type(error).__name__)


def is_signed_in(visit: Visit) -> bool:
    """Whether the session of a page that stays open still goes on."""
    with visit.runtime.records.reading() as reading:
        return bool(visit.session_id) and reading.session(str(visit.session_id)) is not None


ROUTES = (
    Route("GET", "/", "queue.view", show_queue),
    Route("GET", "/events", "queue.view", stream_queue, streams=True),
)
