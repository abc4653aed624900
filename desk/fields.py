"""What staff type into the log sheet: its fields, and the check of what was typed, with a clear word for each fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from bot.clinical.red_flags import is_plausible
from bot.clinical.state import Reading
from bot.content.loader import Content
from bot.content.schema import FeverRule
from bot.exports.words import UNSHOWN, clean
from bot.exports.words import reading as in_both_scales
from bot.nlp.measurements import temperatures
from bot.nlp.tokens import tokenize
from desk.words import say

Kind = Literal["line", "text", "date", "moment", "temperature"]


@dataclass(frozen=True)
class Field:
    """A field that staff may fill in. `most` is its length in characters.

    `needed`: it is named as long as it is missing. `none`: the word "none" is an answer too.
    """

    id: str
    kind: Kind
    most: int
    needed: bool = True
    none: bool = False


FIELDS = (
    Field("caller", "line", 120),
    Field("relationship", "line", 120),
    Field("reason", "text", 1000),
    Field("diagnosis", "line", 200),
    Field("last_treatment", "line", 200),
    Field("last_treatment_date", "date", 40, none=True),
    Field("temperature", "temperature", 40),
    Field("temperature_when", "moment", 40),
    Field("medicines", "line", 300),
    Field("where_sent", "line", 200),
    Field("follow_up", "moment", 40, none=True),
    Field("told", "line", 200),
)
#: What tells who the person is. A service decides which of them it keeps, so none is named as missing.
IDENTIFIERS = (
    Field("patient_name", "line", 200, needed=False),
    Field("born", "date", 40, needed=False),
    Field("record_number", "line", 60, needed=False),
    Field("phone", "line", 40, needed=False),
)
#: What was done, and what was said, about one sign or red flag: `action:sign:bleeding`, `advice:flag:chest_pain`.
PARTS = ("action", "advice")
#: What staff noted beside one while they asked about it; nobody has to.
NOTE = "note"
SIGN_FIELD = re.compile(r"(action|advice|note):(sign|flag):([a-z0-9_]{1,60})")
#: The wish for an ambulance has its row among the red flags.
WISH = "wish"
_BY_ID = {field.id: field for field in (*FIELDS, *IDENTIFIERS)}
_SIGN = Field("sign", "text", 500)

#: Bounds that show a slip: nobody is older, no follow-up is planned further ahead, no older reading helps.
OLDEST = 130
LATEST_FOLLOW_UP, OLDEST_READING, CLOCKS_DIFFER = timedelta(days=366), timedelta(days=31), timedelta(minutes=5)
#: A reading taken so long ago is one of "now".
JUST_NOW = timedelta(hours=1)
NONE = "none"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)? +)?([a-z]{3,9})\.? +(\d{4})")
_ISO = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_MOMENT = re.compile(r"(?:(\d{4}-\d\d-\d\d)[ t]+)?(\d{1,2})[:.](\d\d)")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field, in words that say what to do."""

    field: str
    label: str
    words: str


@dataclass(frozen=True)
class Checked:
    """What staff typed: `entries` is what can be kept, by field, and empty fields are left out. See `check`."""

    entries: Mapping[str, str]
    faults: tuple[Fault, ...]


class _Slip(ValueError):
    """What was typed cannot be taken. Its message is meant for who typed it."""


def check(form: Mapping[str, str], content: Content, zone: ZoneInfo, *, opened_at: datetime, now: datetime) -> Checked:
    """Check what staff typed, field by field.

    Dates are kept as `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, moments as ISO 8601 with their offset, the temperature in the
    words that were typed. Everything else is kept as typed, without the white space around it.

    Args:
        form: what was typed, by field.
        content: holds the signs and red flags that there are, and the temperatures that can be.
        zone: where clock times are meant.
        opened_at: when the case was opened, aware.
        now: the present moment, aware.

    Raises:
        ValueError: the form has a field that the sheet does not have.
    """
    entries, faults = {}, []
    for name, typed in form.items():
        field = _field(name, content)
        words = typed.replace("\r\n", "\n").strip()
        if not visible(words):
            continue
        try:
            entries[name] = _taken(field, words, content, zone, opened_at, now)
        except _Slip as slip:
            faults.append(Fault(name, label_of(name), str(slip)))
    return Checked(entries, tuple(faults))


def label_of(name: str) -> str:
    """The label of a field; of one about a sign only what it asks for: the sign stands beside it."""
    return say(f"sheet.fields.{name.partition(':')[0]}")


def read_temperature(words: str, rule: FeverRule) -> float:
    """The one body temperature in these words, in degrees Celsius, unrounded; read as the chat reads an answer.

    Raises:
        ValueError: there is none, more than one, another number beside it, or one that no living person has.
    """
    found = temperatures(words, tokenize(words), asked=True)
    if len(found) > 1:
        raise _Slip(say("sheet.faults.temperature_many"))
    if not found:
        raise _Slip(say("sheet.faults.temperature"))
    (taken, start, end), *_ = found
    if any(character.isdigit() for character in words[:start] + words[end:]):
        raise _Slip(say("sheet.faults.temperature_many"))
    if not is_plausible(taken.c, rule):
        low, high = (in_both_scales(limit) for limit in rule.plausible_c)
        raise _Slip(say("sheet.faults.temperature_bounds", low=low, high=high))
    return taken.c


def read_date(words: str) -> str:
    """A date as `YYYY-MM-DD`, or `YYYY-MM` or `YYYY` where no more is known.

    Raises:
        ValueError: it is none, or its day and month could be taken for each other.
    """
    text = words.lower()
    if re.fullmatch(r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}", text):
        raise _Slip(say("sheet.faults.date_order"))
    if iso := _ISO.fullmatch(text):
        parts = [int(part) for part in iso.groups() if part]
    elif (spelled := _NAMED.fullmatch(text)) and spelled[2][:3] in _MONTHS:
        parts = [int(spelled[3]), _MONTHS.index(spelled[2][:3]) + 1, *([int(spelled[1])] if spelled[1] else [])]
    else:
        raise _Slip(say("sheet.faults.date"))
    try:
        date(*[*parts, 1, 1][:3])
    except ValueError as error:
        raise _Slip(say("sheet.faults.date_none")) from error
    return "-".join(f"{part:0{width}d}" for part, width in zip(parts, (4, 2, 2), strict=False))


def read_moment(words: str, zone: ZoneInfo, now: datetime) -> datetime:
    """A date with a time, or a time of today, by the clocks of the zone; an hour that comes twice is the first.

    Raises:
        ValueError: it is none, or one that the clocks skip.
    """
    match = _MOMENT.fullmatch(words.lower())
    if match is None:
        raise _Slip(say("sheet.faults.moment"))
    try:
        on = date.fromisoformat(match[1]) if match[1] else now.astimezone(zone).date()
        local = datetime.combine(on, time(int(match[2]), int(match[3])), tzinfo=zone)
        again = local.astimezone(timezone.utc).astimezone(zone)
    except (ValueError, OverflowError) as error:
        raise _Slip(say("sheet.faults.moment_none")) from error
    if again.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise _Slip(say("sheet.faults.moment_skipped"))
    return again


def reading_of(entries: Mapping[str, str], rule: FeverRule, now: datetime) -> Reading | None:
    """What staff typed as a reading for the checklist, which decides how soon; None when they typed none."""
    words = entries.get("temperature")
    if words is None:
        return None
    taken = entries.get("temperature_when")
    when = None
    if taken is not None:
        ago = now - datetime.fromisoformat(taken)
        when = "now" if ago <= JUST_NOW else "last_24h" if ago <= timedelta(hours=rule.hours) else "earlier"
    return Reading(read_temperature(words, rule), when, words, now.isoformat())


def _field(name: str, content: Content) -> Field:
    if field := _BY_ID.get(name):
        return field
    match = SIGN_FIELD.fullmatch(name)
    known = {*content.signs} if match and match[2] == "sign" else {*content.red_flags, WISH}
    if match is None or match[3] not in known:
        raise ValueError("the log sheet has no such field")
    return _SIGN


def visible(words: str) -> bool:
    """Whether there is anything to see."""
    return bool(clean(words).replace(UNSHOWN, "").strip())


def _taken(field: Field, words: str, content: Content, zone: ZoneInfo, opened_at: datetime, now: datetime) -> str:
    """What to keep of these words.

    Raises:
        _Slip: nothing; its message says why.
    """
    if len(words) > field.most:
        raise _Slip(say("sheet.faults.long", most=field.most, now=len(words)))
    if field.kind == "line" and len(words.splitlines()) > 1:
        raise _Slip(say("sheet.faults.lines"))
    if field.none and words.lower() == NONE:
        return NONE
    if field.kind == "temperature":
        read_temperature(words, content.urgency.fever)
    elif field.kind == "date":
        return _past(read_date(words), now.astimezone(zone).date())
    elif field.kind == "moment":
        moment = read_moment(words, zone, now)
        BOUNDS[field.id](moment, opened_at, now)
        return moment.isoformat(timespec="minutes")
    return words


def _past(day: str, today: date) -> str:
    if day > today.isoformat()[: len(day)]:
        raise _Slip(say("sheet.faults.future"))
    if int(day[:4]) < today.year - OLDEST:
        raise _Slip(say("sheet.faults.long_ago", years=OLDEST))
    return day


def _follow_up(moment: datetime, opened_at: datetime, _now: datetime) -> None:
    # Against the opening, not against now: a sheet that was right is not wrong because its follow-up has come.
    if moment <= opened_at:
        raise _Slip(say("sheet.faults.follow_up_before"))
    if moment > opened_at + LATEST_FOLLOW_UP:
        raise _Slip(say("sheet.faults.follow_up_late"))


def _measured(moment: datetime, opened_at: datetime, now: datetime) -> None:
    if moment > now + CLOCKS_DIFFER:
        raise _Slip(say("sheet.faults.future"))
    if moment < opened_at - OLDEST_READING:
        raise _Slip(say("sheet.faults.reading_old", days=OLDEST_READING.days))


BOUNDS: Mapping[str, Callable[[datetime, datetime, datetime], None]] = {
    "follow_up": _follow_up,
    "temperature_when": _measured,
}
