"""The supervisor's first page: what is late, who waits, what did not arrive, whether content and log are in order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sanic.response import HTTPResponse

from bot.records import AuditFault, Records
from desk.overview import review_state, waiting_by_level
from desk.snippets import shelf
from desk.web.routes import Route
from desk.web.visit import Visit


@dataclass(frozen=True)
class Checked:
    """What going through the log has found. `broken` is the first entry that is not as it was written, if one is."""

    at: datetime
    entries: int
    broken: AuditFault | None


def show_overview(visit: Visit, fault: str = "", checked: Checked | None = None) -> HTTPResponse:
    """Everything that a supervisor is responsible for, at this moment."""
    turns = visit.desk.turns
    with visit.records.reading() as store:
        rows = visit.desk.live.rows(store)
        undelivered = store.undelivered()
    with visit.runtime.records.reading() as store:
        snippets = store.snippets()
    today = visit.now.astimezone(turns.runtime.site.zone).date()
    return visit.render(
        "overview.html",
        late=[row for row in rows if row.late],
        waiting=waiting_by_level(rows),
        undelivered=undelivered,
        snippets_past=len(shelf(snippets, today).past_review),
        review=review_state(turns.content, today),
        fault=fault,
        checked=checked,
    )


async def verify_log(visit: Visit) -> HTTPResponse:
    """Go through the whole log, and enter in it that somebody did and what was found."""
    records = visit.runtime.records
    # A long log takes seconds, and the chats would wait for it.
    checked = await asyncio.to_thread(_checked, records, visit.now)
    with records.transaction() as store:
        facts = {"broken": checked.broken.seq} if checked.broken else {"entries": checked.entries}
        store.audit("log.verified", visit.name, "log", **facts)
    return show_overview(visit, checked=checked)


def _checked(records: Records, now: datetime) -> Checked:
    with records.reading() as store:
        return Checked(now, store.last_entry(), store.verify_audit())


ROUTES = (
    Route("GET", "/overview", "content.view", show_overview),
    Route("POST", "/log/verify", "log.verify", verify_log, "/overview", show_overview),
)
