"""What a supervisor sees at a glance: who waits at which level, and how far the reviews of the content are. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.content.loader import Content
from bot.content.schema import LEVELS
from desk.board import Row
from desk.words import say

#: A review that ends within this time is named: a clinician needs weeks to read a file again.
SOON = timedelta(days=60)
_CRISIS = "crisis"


@dataclass(frozen=True)
class WaitingAt:
    """How many wait at a level, and for how long the first of them; `longest` is empty when nobody does."""

    level: str
    words: str
    number: int
    longest: str


@dataclass(frozen=True)
class Reviewed:
    """One file of the content that is past its review, or will be soon. `withheld`: its sign or topic is not asked."""

    file: str
    reviewer: str
    review_by: date
    withheld: bool


@dataclass(frozen=True)
class ReviewState:
    """How far the reviews have come. `past` and `soon` begin with the earliest."""

    version: str
    files: int
    unreviewed: tuple[str, ...]
    past: tuple[Reviewed, ...]
    soon: tuple[Reviewed, ...]

    @property
    def reviewed(self) -> int:
        """How many files somebody has signed."""
        return self.files - len(self.unreviewed)


def waiting_by_level(rows: Sequence[Row]) -> tuple[WaitingAt, ...]:
    """How many wait at each level, crisis first, then by urgency. `rows` are in the order of the queue."""
    found = []
    for level in (_CRISIS, *LEVELS[::-1]):
        waits = [
            row.waited
            for row in rows
            if row.state == "waiting" and (row.crisis if level == _CRISIS else row.level == level and not row.crisis)
        ]
        words = say("desk.crisis") if level == _CRISIS else say(f"levels.{level}")
        # The queue has them by who has waited longest.
        found.append(WaitingAt(level, words, len(waits), waits[0] if waits else ""))
    return tuple(found)


def review_state(content: Content, today: date) -> ReviewState:
    """Which files nobody has signed, and which are past their review, or will be within two months."""
    withheld = content.withheld(today)
    dated = sorted(
        (review.review_by, file, review.reviewer or "")
        for file, review in content.reviews.items()
        if review.review_by is not None and review.review_by <= today + SOON
    )
    rows = [Reviewed(file, reviewer, by, _id_of(file) in withheld and by < today) for by, file, reviewer in dated]
    return ReviewState(
        version=content.version,
        files=len(content.reviews),
        unreviewed=content.unreviewed(),
        past=tuple(row for row in rows if row.review_by < today),
        soon=tuple(row for row in rows if row.review_by >= today),
    )


def _id_of(file: str) -> str:
    return file.rsplit("/", 1)[-1].removesuffix(".yml")
