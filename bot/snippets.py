"""What a snippet is: a text with its source and a review date, for staff to put into a reply. Pure.

Here stand the limits that the store holds every snippet to. Which ones staff are offered, the desk decides.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from dateutil.relativedelta import relativedelta

#: Characters. Two texts of this length and a line of staff's own still go into one message of every app: the shortest
#: takes 1530 letters (see `bot.channels.apps`), and nobody reads more of it on a phone.
TEXT_LENGTH = 700
TITLE_LENGTH = 80
SOURCE_LENGTH = 300
#: No text is good for longer without somebody reading it again.
REVIEW_YEARS = 2


@dataclass(frozen=True)
class Wording:
    """What somebody wrote: a title for staff, the text for the person, where it comes from, and until when it holds."""

    title: str
    text: str
    source: str
    review_by: date


@dataclass(frozen=True)
class Snippet:
    """A snippet at one of its versions. `by` and `at` are of this version; a retired one is kept and not offered."""

    id: str
    version: int
    title: str
    text: str
    source: str
    review_by: date
    retired: bool
    by: str
    at: datetime
    #: The draft that it was made from, if it was.
    draft: str | None = None


def checked(wording: Wording, today: date) -> Wording:
    """Return the wording without space around its parts.

    Raises:
        ValueError: it holds to no snippet's limits; one line a fault, each with what to do.
    """
    kept = Wording(_line(wording.title), _text(wording.text), _line(wording.source), wording.review_by)
    faults = [
        *_faults("title", kept.title, TITLE_LENGTH, "say what it is for, such as: Ring the team now"),
        *_faults("text", kept.text, TEXT_LENGTH, "write what the person is to read"),
        *_faults("source", kept.source, SOURCE_LENGTH, "name the page or document that it rests on, and who wrote it"),
        *_date_faults(kept.review_by, today),
    ]
    if faults:
        raise ValueError("\n".join(faults))
    return kept


def _faults(name: str, value: str, most: int, mend: str) -> list[str]:
    if not value:
        return [f"the {name} is empty: {mend}"]
    if len(value) > most:
        return [f"the {name} has {len(value)} characters: make it {most} or fewer"]
    if not value.replace("\n", "").isprintable():
        return [f"the {name} has characters that cannot be shown: type it again as plain text"]
    return []


def _date_faults(review_by: date, today: date) -> list[str]:
    if review_by < today:
        return [f"the review date {review_by} has passed: read the text again and give the date until which it holds"]
    if review_by > (last := today + relativedelta(years=REVIEW_YEARS)):
        return [f"the review date {review_by} is too far away: choose one until {last}"]
    return []


def _line(value: str) -> str:
    return " ".join(unicodedata.normalize("NFC", value).split())


def _text(value: str) -> str:
    lines = unicodedata.normalize("NFC", value).replace("\t", " ").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip()
