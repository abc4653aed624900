"""When a case is due, and how late it is, in words. Pure: the site's minutes and the present moment are handed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol


class Standing(Protocol):
    """What is read of a case (`bot.records.Case` is one)."""

    @property
    def state(self) -> str:
        """One of `bot.records.STATES`."""

    @property
    def level(self) -> str:
        """One of `bot.records.LEVELS`."""

    @property
    def crisis(self) -> bool:
        """The mark beside the level, with the standing of an emergency."""

    @property
    def waiting_since(self) -> datetime:
        """When this wait began."""

    @property
    def replied_at(self) -> datetime | None:
        """When staff last wrote to the person."""

    @property
    def follow_up_at(self) -> datetime | None:
        """When a follow-up is due."""


def due_at(case: Standing, minutes: Mapping[str, int]) -> datetime | None:
    """Return when somebody should have answered; None when nobody is waited for.

    A claim answers nobody: what is claimed is due like what waits, until the first reply. A follow-up is due at its
    own time. A crisis is due like an emergency, whatever its level.

    Args:
        case: the case.
        minutes: how long a person may wait, by level. A level that is left out is due at once.
    """
    if case.state == "follow_up_due":
        return case.follow_up_at
    answered = case.replied_at is not None and case.replied_at >= case.waiting_since
    if case.state == "waiting" or (case.state == "claimed" and not answered):
        level = "emergency" if case.crisis else case.level
        return case.waiting_since + timedelta(minutes=minutes.get(level, 0))
    return None


def overdue_by(case: Standing, minutes: Mapping[str, int], now: datetime) -> timedelta | None:
    """Return how late it is, None when it is not: from the very moment that it is due, it is."""
    due = due_at(case, minutes)
    return now - due if due is not None and now >= due else None


def overdue_words(case: Standing, minutes: Mapping[str, int], now: datetime) -> str:
    """Return how late it is, or what time is left, for staff; empty when nobody is waited for."""
    due = due_at(case, minutes)
    if due is None:
        return ""
    what = "follow-up " if case.state == "follow_up_due" else ""
    if now >= due:
        return f"{what}overdue by {_span(now - due)}" if now - due >= timedelta(minutes=1) else f"{what}overdue now"
    return f"{what}due in {_span(due - now)}"


def _span(span: timedelta) -> str:
    """Return a span in its two largest units, rounded down: `3 hours 5 minutes`, `2 days`."""
    minutes = int(span.total_seconds() // 60)
    if minutes == 0:
        return "less than a minute"
    days, hours, rest = minutes // (24 * 60), minutes // 60 % 24, minutes % 60
    parts = [(days, "day"), (hours, "hour"), (rest if not days else 0, "minute")]
    return " ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number)
