"""When something began, as people say it: "for a fortnight", "since Tuesday", "three days ago"."""

from __future__ import annotations

import re

from bot.clinical.understanding import Duration
from bot.nlp.numbers import TENS, UNITS

_NUMBER_WORDS = {
    **{w: float(n) for w, n in UNITS.items() if n},
    **{w: float(n) for w, n in TENS.items()},
    "a": 1.0,
    "an": 1.0,
    "few": 3.0,
    "couple": 2.0,
    "several": 4.0,
    "half": 0.5,
}
_PERIODS = {
    "minute": 1 / 1440,
    "hour": 1 / 24,
    "day": 1.0,
    "night": 1.0,
    "week": 7.0,
    "fortnight": 14.0,
    "month": 30.0,
    "year": 365.0,
}
#: Times that began something and that nobody can count from the words alone.
_EVENTS = (
    r"(?:(?:my|the|his|her|last|this)\s+)?(?:(?:end|start|beginning|middle)\s+of\s+)?(?:the\s+)?"
    r"(?:chemo(?:therapy)?|treatment|radiotherapy|(?:stem\s+cell\s+)?transplant|diagnosis|remission|half[\s-]?term|"
    r"tea\s?time|breakfast|dinner(?:time)?|school|bedtime|midnight|noon|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|"
    r"christmas|easter|ramadan|eid|new\s+year|summer|spring|autumn|winter|clinic)"
    r"(?:\s+(?:ended|finished|stopped|started|began))?"
)
_NUM = (
    r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"(?:a )?(?:few|couple(?: of)?)|several|half an?)"
)
_PERIOD = r"(?:minutes?|mins?|hours?|hrs?|days?|nights?|weeks?|wks?|fortnights?|months?|mths?|years?|yrs?)"
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_DURATION = re.compile(
    rf"\b(?:(?:since|for|from|over|about|past|last|started|began)\s+)*(?:(?:about|around|the (?:last|past)|"
    rf"nearly|almost|over|roughly|maybe)\s+)*"
    rf"(?:\d{{1,2}}\s?[-\u2013]\s?)?(?P<num>{_NUM})\s*(?:or (?:two|three|so)\s+|(?:good|whole|solid|full)\s+)?"
    rf"(?P<period>{_PERIOD})(?P<half>\s+and\s+a\s+half)?(?:\s+or\s+(?:two|three|so))?(?:\s+(?:ago|now|back))?\b"
    rf"|\b(?:since|from)\s+(?:before\s+)?(?P<event>{_EVENTS})\b"
    rf"|\b(?:on and off |off and on )?(?:for|over)\s+(?:many\s+)?(?P<long>days|weeks|months|years|ages|yonks|a while)\b"
    r"|\b(?:for |over |in |this )?(?:the )?(?:last|past)\s+(?P<span>week|fortnight|month|year)\b"
    r"|\b(?P<before>(?:the )?day before yesterday)\b"
    rf"|\b(?:since|from)\s+(?P<since>(?:last\s+|this\s+)?(?:{_WEEKDAYS.replace(' ', '|')}|yesterday|"
    rf"this morning|last night|today|lunchtime|the weekend|weekend|christmas|easter|new year|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|last week|"
    r"last month|last year|week|month|year|summer|spring|autumn|winter))\b"
    # Whatever it was: but "from my nose" is a place.
    r"|\bsince\s+(?:my|the|his|her|i|he|she)\s+\w+(?:\s+(?:chemo|treatment|transplant|injection|cycle|visit|"
    r"appointment))?"
    rf"|\b(?:on|last)\s+(?P<day>{_WEEKDAYS.replace(' ', '|')})\b"
    r"|\b(?P<named>yesterday|last night|this morning|today|last week|the other day|fortnight|a fortnight|"
    r"overnight|this week|all week)\b",
    re.IGNORECASE,
)
#: What a number that is not meant exactly holds, or is followed by.
_LOOSE = re.compile(
    r"\b(?:about|around|nearly|almost|over|roughly|maybe|few|couple|several|or (?:two|three|so))\b|\d\s?[-\u2013]\s?\d",
    re.IGNORECASE,
)
_NAMED_DAYS = {
    "yesterday": 1.0, "last night": 0.5, "overnight": 0.5, "this morning": 0.25, "today": 0.0, "last week": 7.0,
    "fortnight": 14.0, "a fortnight": 14.0, "last month": 30.0, "last year": 365.0,
}  # fmt: skip


def durations(text: str) -> list[Duration]:
    """When things began, as said; `days` only where the words themselves give a number."""
    found: list[Duration] = []
    for match in _DURATION.finditer(text):
        if re.match(r"\s*(?:-\s*)?(?:old|year-old)", text[match.end() : match.end() + 6], re.IGNORECASE):
            continue
        days: float | None = None
        if match.group("num"):
            days = _days(match.group("num"), match.group("period"), bool(match.group("half")))
        elif match.group("span"):
            days = _PERIODS[match.group("span").lower()]
        elif match.group("before"):
            days = 2.0
        else:
            name = (match.group("since") or match.group("named") or "").lower()
            days = _NAMED_DAYS.get(name)
        loose = bool(_LOOSE.search(match.group()))
        found.append(Duration(match.group().strip(), days, match.start(), match.end(), loose))
    return found


def _days(number: str, period: str, half: bool) -> float | None:
    words = number.lower().split()
    amount = (
        float(words[0])
        if words[0].isdigit()
        else next((_NUMBER_WORDS[w] for w in reversed(words) if w in _NUMBER_WORDS and w not in ("a", "an")), 1.0)
    )
    unit = {"min": "minute", "hr": "hour", "wk": "week", "mth": "month", "yr": "year"}.get(
        period.lower().rstrip("s"), period.lower().rstrip("s")
    )
    return round((amount + 0.5 * half) * _PERIODS[unit], 4)
