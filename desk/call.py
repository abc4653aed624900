"""Call mode: what staff see and press while they answer the checklist for somebody on the telephone. All of it pure.

The checklist is the one of every channel. What is decided here is only which key stands for which choice, what can be
noted beside a page, what a reading is called in words, and how high a case must stand after a turn.
"""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.clinical.state import State
from bot.clinical.urgency import assess
from bot.content.loader import Content
from bot.content.schema import LEVELS, FeverRule, Level
from bot.exports.words import clean
from desk.fields import JUST_NOW, NOTE
from desk.words import say

How = Literal["tick", "pick", "only"]

#: The same key for the same answer on every page.
RESERVED: Mapping[str, str] = {"none": "n", "unsure": "u", "skip": "s", "back": "b"}
#: Keys of the page itself, by what they do.
PAGE_KEYS: Mapping[str, str] = {"words": "w", "temperature": "t", "caller": "c", "note": "m", "end": "e"}
_TAKEN = {*RESERVED.values(), *PAGE_KEYS.values()}
_FREE = [letter for letter in string.ascii_lowercase if letter not in _TAKEN]
#: In the order in which choices get them: a page has seven lines, the review can have forty.
KEYS = (*"123456789", *_FREE, *(f"Shift+{letter}" for letter in _FREE))
#: Levels whose direction cannot wait for the end of the call.
URGENT = ("now", "emergency")
#: These stand for themselves, whatever else is ticked.
ALONE = ("skip", "back")


@dataclass(frozen=True)
class Option:
    """One choice. `key` is empty for one beyond the last key.

    `how`: a tick, which waits for the word to go on; a pick, which answers; or the only answer, whatever is ticked.
    """

    id: str
    key: str
    label: str
    help: str | None
    how: How


def options(question: Mapping[str, Any]) -> tuple[Option, ...]:
    """The choices of a question, as the contract has it, each with its key."""
    free = iter(KEYS)
    return tuple(
        Option(
            id=choice["id"],
            key=RESERVED.get(choice["id"]) or next(free, ""),
            label=choice["label"],
            help=choice["help"],
            how=("only" if choice["id"] in ALONE else "tick") if question["multiple"] else "pick",
        )
        for choice in question["choices"]
    )


def note_fields(state: State, step: str, content: Content) -> tuple[tuple[str, str], ...]:
    """What can be noted beside a step: the field of the log sheet, and the utterance that names the sign or flag."""
    if state.interrupt:
        return tuple(_about("flag", flag) for flag in state.interrupt.flags)
    _, _, sign = step.partition(":")
    if sign in content.signs:
        return (_about("sign", sign),)
    page = content.steps.get(step)
    if page is None:
        return ()
    return (*(_about("flag", flag) for flag in page.flags), *(_about("sign", sign) for sign in page.signs))


def _about(kind: str, id_: str) -> tuple[str, str]:
    return f"{NOTE}:{kind}:{id_}", f"{kind}_{id_}_label"


def reading_words(words: str, taken: datetime, rule: FeverRule, now: datetime) -> str:
    """A temperature that staff typed, as a sentence that the checklist reads with its time.

    Args:
        words: one temperature (`desk.fields.read_temperature` took it).
        taken: when it was taken, aware.
        rule: what counts as recent.
        now: the present moment, aware.
    """
    ago = now - taken
    if ago <= JUST_NOW:
        return say("desk.call.reading.now", words=clean(words))
    if ago <= timedelta(hours=rule.hours):
        return say("desk.call.reading.hours", number=max(1, ago // timedelta(hours=1)), words=clean(words))
    return say("desk.call.reading.days", number=max(2, math.ceil(ago / timedelta(days=1))), words=clean(words))


def rise(level: Level, state: State, content: Content, *, crisis: bool, ended: bool) -> str | None:
    """The level to which a case has to rise: one of `LEVELS`, or `crisis`; None when it stands high enough.

    What was merely not asked yet counts only once the checklist has ended: else every call would begin at `today`.

    Args:
        level: where the case stands.
        crisis: whether it is marked so.
        state: the checklist.
        content: that of this day and site.
        ended: whether nothing more is going to be asked.
    """
    found = assess(state, content)
    if found.crisis and not crisis:
        return "crisis"
    wanted = found.level if ended or "review" in state.screens else found.noted
    return wanted if LEVELS.index(wanted) > LEVELS.index(level) else None


def since_last_answer(messages: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """What the checklist said after the last answer, without its questions: the open one follows from the state."""
    answers = [place for place, message in enumerate(messages) if message["author"] == "person"]
    said = messages[answers[-1] + 1 if answers else 0 :]
    return tuple(message for message in said if message["kind"] != "question")


def is_urgent(message: Mapping[str, Any]) -> bool:
    """Whether this message interrupts the call."""
    return message["direction"] is not None and message["direction"]["level"] in URGENT


def clock(span: timedelta) -> str:
    """How long a call has lasted: `4:05`, `1:04:05`."""
    minutes, seconds = divmod(max(0, int(span.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
