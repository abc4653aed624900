"""Counts of cases for the supervisor, with small numbers hidden.

A number from 1 to 4 could point at a person, so it is never shown, nor anything that it could be worked out from. Each
table splits the same cases, whose number is shown; so a table that hides a number hides a larger one beside it, and a
table in which that would not be enough is not shown at all. Which larger one is hidden never depends on how large it
is: else the choice itself would tell. The tests go through every small service there can be, to show that nobody who
knows this file can work out a hidden number.

Counts of periods that overlap could be subtracted from each other: ask for whole months that are over, as `of_month`
gives them, and offer nothing finer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Literal
from zoneinfo import ZoneInfo

from bot.content.schema import LEVELS, Level
from desk.words import catalogue, say

#: The smallest number that is shown; 0 is shown too, since it points at nobody.
SHOWN_FROM = 5
#: Fewer waits than these give no median and no 90th percentile: the longest of five is one person's.
MEDIAN_FROM, PERCENTILE_FROM = 5, 10
#: Minutes at which one bin of the waiting times ends and the next begins.
WAITS = (5, 15, 30, 60, 120, 240)
#: For a value that is in no list, such as an outcome that the site has taken off its own.
OTHER = "other"

Mark = Literal["few", "beside", "withheld"]


@dataclass(frozen=True)
class CaseRow:
    """What is counted of one case. Moments are aware.

    Args:
        level: what the case has now.
        assessed: what the checklist demanded, before anybody of the staff changed it.
        channel: id of the channel.
        opened_at: when it began to wait.
        taken_at: when somebody first claimed it; None as long as nobody has.
        outcome: id of the site's list; None while it is open.
    """

    level: Level
    assessed: Level
    channel: str
    opened_at: datetime
    taken_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class Cell:
    """One number, or why it is not shown: `few` (1 to 4), `beside` (hidden for another's sake), `withheld`."""

    id: str
    label: str
    count: int | None
    mark: Mark | None = None

    @property
    def shown(self) -> str:
        """The number, or the words in its place."""
        return str(self.count) if self.mark is None else say(f"counts.marks.{self.mark}")


@dataclass(frozen=True)
class Table:
    """How the cases split by one thing. The cells are the same whatever the cases are."""

    id: str
    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Waiting:
    """How long people of one level waited until somebody took the case, in whole minutes; None where too few did."""

    level: str
    label: str
    median: int | None
    p90: int | None


@dataclass(frozen=True)
class Counts:
    """Everything that may be shown. `total` is None below five cases, and then there is nothing else either."""

    total: int | None
    tables: tuple[Table, ...]
    waiting: tuple[Waiting, ...]


def of_month(rows: Iterable[CaseRow], year: int, month: int, zone: ZoneInfo) -> tuple[CaseRow, ...]:
    """The cases that were opened in this month of the site's own calendar."""

    def begins_in(row: CaseRow) -> bool:
        local = row.opened_at.astimezone(zone)
        return (local.year, local.month) == (year, month)

    return tuple(row for row in rows if begins_in(row))


def count(rows: Sequence[CaseRow], *, channels: Sequence[str], outcomes: Mapping[str, str], zone: ZoneInfo) -> Counts:
    """Count cases for showing.

    Args:
        rows: the cases of one whole period.
        channels: ids of all channels of the site, used or not.
        outcomes: the site's list of outcomes: the words of each id.
        zone: where the hours of the day are.
    """
    if len(rows) < SHOWN_FROM:
        return Counts(None, (), ())
    splits: tuple[tuple[str, Sequence[str], Callable[[CaseRow], str]], ...] = (
        ("level", LEVELS[::-1], lambda row: row.level),
        ("channel", (*channels, OTHER), lambda row: row.channel),
        ("hour", [str(hour) for hour in range(24)], lambda row: str(row.opened_at.astimezone(zone).hour)),
        ("wait", [str(bin_) for bin_ in range(len(WAITS) + 1)] + ["not_taken"], _wait_bin),
        ("outcome", (*outcomes, OTHER, "open"), lambda row: row.outcome or "open"),
        ("override", ("raised", "lowered", "unchanged"), _override),
    )
    tables = tuple(_table(id_, _tally(rows, dict.fromkeys(cells), of), outcomes) for id_, cells, of in splits)
    return Counts(len(rows), tables, tuple(_waiting(rows, tables[0])))


def hide(counts: Sequence[int]) -> tuple[Mark | None, ...]:
    """Which of these numbers may not be shown, and why. They add up to a number of at least 5 that everybody knows.

    Returns:
        For each number None where it may be shown, else the mark to show in its place.
    """
    few = [place for place, number in enumerate(counts) if 0 < number < SHOWN_FROM]
    if not few:
        return (None,) * len(counts)
    beside = [place for place, number in enumerate(counts) if number >= SHOWN_FROM][:1]
    hidden = sum(counts[place] for place in (*few, *beside))
    # As many cases as cells, or four times as many: all of them 1, or all 4, would be told by what others look like.
    if sum(counts) in (len(counts), (SHOWN_FROM - 1) * len(counts)) or _settled(len(few), len(beside), hidden):
        return tuple("withheld" for _ in counts)
    return tuple("few" if place in few else "beside" if place in beside else None for place in range(len(counts)))


def _settled(few: int, beside: int, hidden: int) -> bool:
    """Whether so many small numbers and larger ones, known to add up to `hidden`, could each be only one number."""
    lowest = few + beside * SHOWN_FROM
    highest = None if beside else few * (SHOWN_FROM - 1)
    return hidden in (lowest, highest)


def _tally(rows: Sequence[CaseRow], ids: Mapping[str, None], of: Callable[[CaseRow], str]) -> dict[str, int]:
    tally = dict.fromkeys(ids, 0)
    for row in rows:
        id_ = of(row)
        tally[id_ if id_ in tally else OTHER] += 1
    return tally


def _table(id_: str, tally: Mapping[str, int], outcomes: Mapping[str, str]) -> Table:
    marks = hide(tuple(tally.values()))
    cells = tuple(
        Cell(cell, (id_ == "outcome" and outcomes.get(cell)) or _label(id_, cell), None if mark else number, mark)
        for (cell, number), mark in zip(tally.items(), marks, strict=True)
    )
    return Table(id_, say(f"counts.tables.{id_}"), cells)


def _label(table: str, cell: str) -> str:
    """The name of a cell. A channel without a name stands for itself."""
    if table == "level":
        return say(f"levels.{cell}")
    if table == "hour":
        return f"{int(cell):02d}"
    if table == "wait" and cell != "not_taken":
        bin_ = int(cell)
        if bin_ == len(WAITS):
            return say("counts.wait_from", least=WAITS[-1])
        return say("counts.wait", least=WAITS[bin_ - 1] if bin_ else 0, most=WAITS[bin_])
    if table == "channel" and (id_ := f"desk.channels.{cell}") in catalogue():
        return say(id_)
    if table == "channel" and cell != OTHER:
        return cell.replace("_", " ")
    return say(f"counts.cells.{cell}")


def _override(row: CaseRow) -> str:
    now, before = LEVELS.index(row.level), LEVELS.index(row.assessed)
    return "raised" if now > before else "lowered" if now < before else "unchanged"


def _waited(row: CaseRow) -> timedelta | None:
    """How long until somebody took it; nothing, where one clock was behind the other."""
    return None if row.taken_at is None else max(timedelta(0), row.taken_at - row.opened_at)


def _wait_bin(row: CaseRow) -> str:
    waited = _waited(row)
    if waited is None:
        return "not_taken"
    return str(sum(waited >= timedelta(minutes=end) for end in WAITS))


def _waiting(rows: Sequence[CaseRow], levels: Table) -> Iterable[Waiting]:
    """The waiting times by level. A level whose number is hidden has none: they would tell something of it."""
    for cell in levels.cells:
        waits = [_waited(row) for row in rows if row.level == cell.id and cell.mark is None]
        minutes = sorted(waited.total_seconds() / 60 for waited in waits if waited is not None)
        enough = len(minutes) >= MEDIAN_FROM
        yield Waiting(
            level=cell.id,
            label=cell.label,
            median=round(median(minutes)) if enough else None,
            p90=round(percentile(minutes, 90)) if len(minutes) >= PERCENTILE_FROM else None,
        )


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest of these values that so many percent of them do not exceed (nearest rank). They are in order.

    Raises:
        ValueError: there are none, or the percentage is not between 1 and 100.
    """
    if not ordered or not 1 <= percent <= 100:
        raise ValueError("a percentile needs values, and a percentage from 1 to 100")
    return ordered[ceil(len(ordered) * percent / 100) - 1]
