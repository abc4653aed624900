"""Counts of whole months, for the supervisor: charts, their tables, and the same as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sanic.response import HTTPResponse, raw

from desk.count_rows import Month, around, months_over, read_month, rows_of
from desk.counts import Counts, count, of_month
from desk.exports import counts_csv
from desk.plots import plots_of
from desk.web.routes import Route
from desk.web.visit import UNKEPT, Visit
from desk.words import catalogue

_CHANNELS = "desk.channels."


@dataclass(frozen=True)
class Shown:
    """A month to choose: its id, such as 2026-03, and its name."""

    id: str
    words: str


def show_counts(visit: Visit, fault: str = "") -> HTTPResponse:
    """The charts of a month that is over. That they were looked at is entered in the log."""
    months = _months(visit)
    typed = str(visit.request.args.get("month", "")) or visit.form.get("month", "")
    counts, chosen, status = None, None, 200
    if typed and not fault:
        try:
            chosen = read_month(typed, months)
        except ValueError as error:
            fault, status = str(error), 400
        else:
            counts = _counts(visit, chosen)
            _note(visit, "counts.viewed", chosen)
    return visit.render(
        "counts.html",
        status,
        months=[_shown(month) for month in months],
        chosen=_shown(chosen) if chosen else None,
        counts=counts,
        plots=plots_of(counts) if counts else (),
        fault=fault,
    )


async def export_counts(visit: Visit) -> HTTPResponse:
    """The same counts as a table; that it was taken out is entered in the log first."""
    month = read_month(visit.form.get("month", ""), _months(visit))
    body = counts_csv(_counts(visit, month))
    _note(visit, "counts.exported", month)
    name = f'attachment; filename="counts-{_shown(month).id}.csv"'
    return raw(body, content_type="text/csv; charset=utf-8", headers=UNKEPT | {"Content-Disposition": name})


def _months(visit: Visit) -> tuple[Month, ...]:
    with visit.records.reading() as store:
        return months_over(store.first_case_at(), visit.now, visit.desk.turns.runtime.site.zone)


def _counts(visit: Visit, month: Month) -> Counts:
    site = visit.desk.turns.runtime.site
    with visit.records.reading() as store:
        rows = rows_of(store.case_histories(*around(month)))
    # Every channel that there is and every outcome of the site, used or not: a list of those in use would tell.
    channels = [id_.removeprefix(_CHANNELS) for id_ in catalogue() if id_.startswith(_CHANNELS)]
    mine = of_month(rows, *month, site.zone)
    return count(mine, channels=channels, outcomes=site.outcomes, zone=site.zone)


def _note(visit: Visit, what: str, month: Month) -> None:
    with visit.records.transaction() as store:
        store.audit(what, visit.name, "counts", month=_shown(month).id)


def _shown(month: Month) -> Shown:
    year, number = month
    return Shown(f"{year}-{number:02d}", f"{date(year, number, 1):%B %Y}")


ROUTES = (
    Route("GET", "/counts", "counts.view", show_counts),
    Route("POST", "/counts/csv", "counts.view", export_counts, "/counts", show_counts),
)
