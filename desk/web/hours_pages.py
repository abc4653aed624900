"""When somebody is there to answer, for the supervisor: what holds now, who set it, and back to the site file."""

from __future__ import annotations

from sanic.response import HTTPResponse

from bot.content.schema import WEEKDAYS
from bot.records import Transaction
from desk.hours import fields_of, read_times
from desk.web.routes import Route
from desk.web.visit import Visit

#: How many of the last changes are shown; the log has all.
SHOWN = 10


def show_hours(visit: Visit, fault: str = "") -> HTTPResponse:
    """The hours that hold, to be changed; after a fault what was typed."""
    site = visit.desk.turns.runtime.site
    with visit.runtime.records.reading() as store:
        times, changes = store.hours(), store.hours_changes()
    return visit.render(
        "hours.html",
        days=WEEKDAYS,
        typed=visit.form if fault else fields_of(times or site.support_times),
        is_set=times is not None,
        changes=changes[::-1][:SHOWN],
        now=visit.now,
        fault=fault,
    )


def set_hours(visit: Visit, store: Transaction) -> None:
    """Set other hours. They hold from the next message on."""
    del store  # in the practice room it is not the one that holds them
    times = read_times(visit.form)
    with visit.runtime.records.transaction() as real:
        real.set_hours(times, visit.name)


def use_site_file(visit: Visit, store: Transaction) -> None:
    """Go back to the hours of the site file."""
    del store
    with visit.runtime.records.transaction() as real:
        real.set_hours(None, visit.name)


ROUTES = (
    Route("GET", "/hours", "hours.edit", show_hours),
    Route("POST", "/hours", "hours.edit", set_hours, "/hours", show_hours),
    Route("POST", "/hours/site-file", "hours.edit", use_site_file, "/hours", show_hours),
)
