"""From what the store knows of cases to what is counted of them, and which months may be asked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import cast
from zoneinfo import ZoneInfo

from bot.content.schema import LEVELS, Level
from bot.records import CaseHistory, Entry
from bot.records.accounts import NOT_PEOPLE
from desk.counts import CaseRow
from desk.words import say

Month = tuple[int, int]
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def row_of(history: CaseHistory) -> CaseRow:
    """What is counted of a case. It was taken when it was first claimed or given to somebody, whoever has it now."""
    taken = [entry.at for entry in history.entries if entry.what in ("case.claimed", "case.assigned")]
    return CaseRow(
        level=cast("Level", history.level),
        assessed=assessed(history),
        channel=history.channel,
        opened_at=history.opened_at,
        taken_at=min(taken, default=None),
        outcome=history.outcome,
    )


def assessed(history: CaseHistory) -> Level:
    """The highest level that the case was given without staff: by the checklist, or by the person who asked again.

    What staff raised first counts as theirs, though the checklist should have come to the same later. A case that staff
    opened, for a caller, begins at the level that it was opened at.
    """
    levels = [found for entry in history.entries if (found := _level(entry)) is not None]
    if not levels:
        # Opened before the log kept levels: the earliest that is known of it.
        changes = [entry.facts.get("old") for entry in history.entries if entry.what in ("case.raised", "case.lowered")]
        levels = [str(changes[0] if changes and changes[0] else history.level)]
    return cast("Level", max(levels, key=LEVELS.index))


def _level(entry: Entry) -> str | None:
    """The level that an entry gave a case, unless a member of the staff changed it."""
    if entry.what == "case.opened":
        return entry.facts.get("level")
    return entry.facts.get("new") if entry.what == "case.raised" and entry.who in NOT_PEOPLE else None


# months -------------------------------------------------------------------------------------------------------------


def months_over(first: datetime | None, now: datetime, zone: ZoneInfo) -> tuple[Month, ...]:
    """The months of the site's calendar that are over, from that of the first case on; the latest first."""
    if first is None:
        return ()
    place, last = _number(first.astimezone(zone)), _number(now.astimezone(zone))
    return tuple((number // 12, number % 12 + 1) for number in range(last - 1, place - 1, -1))


def _number(moment: datetime) -> int:
    return moment.year * 12 + moment.month - 1


def read_month(typed: str, known: Sequence[Month]) -> Month:
    """The month that was asked for, such as 2026-03.

    Raises:
        ValueError: it is no month, is not over, or has no case before it: nothing finer or later is counted.
    """
    found = _MONTH.fullmatch(typed)
    if found is None or (month := (int(found[1]), int(found[2]))) not in known:
        raise ValueError(say("desk.counts.month_unknown"))
    return month


def around(month: Month) -> tuple[datetime, datetime]:
    """Two moments with the whole month between them, in every time zone; `desk.counts.of_month` takes the rest away."""
    year, number = month
    after = (year + 1, 1) if number == 12 else (year, number + 1)
    day = timedelta(days=1)
    return datetime(*month, 1, tzinfo=timezone.utc) - day, datetime(*after, 1, tzinfo=timezone.utc) + day


def rows_of(histories: Iterable[CaseHistory]) -> list[CaseRow]:
    """What is counted of several cases, in their order."""
    return [row_of(history) for history in histories]
