"""The queue as staff see it: one row for each open case, in the order of the store, in words for staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from bot.clinical.state import State
from bot.clinical.urgency import assess
from bot.content.loader import Content
from bot.content.render import Renderer
from bot.content.schema import Level
from bot.records import Case
from bot.site import Site
from desk.overdue import overdue_by, overdue_words
from desk.why import headline, reasons
from desk.words import catalogue, say


@dataclass(frozen=True)
class Row:
    """One case of the queue. `urgent`: somebody must look now. `late`: it is overdue, which `due` says in words."""

    id: str
    level: str
    level_words: str
    crisis: bool
    why: str
    state: str
    state_words: str
    owner: str | None
    channel: str
    waited: str
    due: str
    late: bool

    @property
    def urgent(self) -> bool:
        """Whether nobody has it and it is an emergency or a crisis."""
        return self.state == "waiting" and (self.crisis or self.level == "emergency")


def why_line(case: Case, stored: Mapping[str, Any] | None, content: Content, site: Site) -> str:
    """The level of a case and its reasons in one line; without a chat the level alone."""
    if stored is None:
        return headline(level_of(case), (), crisis=case.crisis)
    state = State.from_json(stored)
    renderer = Renderer(content, site, "plain", state.country)
    return headline(level_of(case), reasons(state, assess(state, content), renderer), crisis=case.crisis)


def level_of(case: Case) -> Level:
    """The level of a case, which the store keeps as a word."""
    return cast("Level", case.level)


def row_of(case: Case, why: str, site: Site, now: datetime) -> Row:
    """The row of a case at a moment."""
    minutes = {str(level): number for level, number in site.overdue_minutes.items()}
    return Row(
        id=case.id,
        level=case.level,
        level_words=say("desk.crisis") if case.crisis else say(f"levels.{case.level}"),
        crisis=case.crisis,
        why=why,
        state=case.state,
        state_words=say(f"desk.states.{case.state}"),
        owner=case.claimed_by if case.state != "waiting" else None,
        channel=channel_words(case.channel),
        waited=waited(now - case.waiting_since),
        due=overdue_words(case, minutes, now),
        late=overdue_by(case, minutes, now) is not None,
    )


def channel_words(channel: str) -> str:
    """The name of a channel for staff; an unknown one as it is."""
    return say(f"desk.channels.{channel}") if f"desk.channels.{channel}" in catalogue() else channel


def waited(span: timedelta) -> str:
    """A wait in its largest unit, rounded down: `4 min`, `2 h 5 min`, `3 days`."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return say("desk.minutes", number=minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return say("desk.hours", number=hours, minutes=rest)
    return say("desk.days", number=hours // 24)


def late_ones(rows: Sequence[Row]) -> int:
    """How many are overdue."""
    return sum(row.late for row in rows)
