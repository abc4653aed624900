"""The log sheet of a case: what the system knows is filled in, and what is missing is named.

What staff type (`desk.fields`) stands beside what the system knows and never replaces it. Names, dates of birth and
numbers of a person are fields that staff fill in; the chat never asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clinical.state import State
from bot.content.render import Renderer
from bot.content.schema import Level
from bot.exports.words import clean, local_time, named
from bot.exports.words import reading as in_both_scales
from desk.fields import (
    FIELDS,
    IDENTIFIERS,
    NONE,
    NOTE,
    PARTS,
    SIGN_FIELD,
    WISH,
    Field,
    label_of,
    read_temperature,
    visible,
)
from desk.why import Why
from desk.words import catalogue, say


@dataclass(frozen=True)
class Override:
    """A level that staff changed, with the reason that they typed. `at` is aware."""

    at: datetime
    by: str
    role: str
    was: Level
    now: Level
    reason: str


@dataclass(frozen=True)
class CaseFacts:
    """What the records know of a case. Moments are aware.

    `words` are those with which the person asked for somebody.
    """

    id: str
    opened_at: datetime
    channel: str
    level: Level
    crisis: bool = False
    words: str | None = None
    follow_up_at: datetime | None = None
    staff: str | None = None
    role: str | None = None
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True)
class Row:
    """One field of the sheet: what the system knows, what staff typed, and whether there is still too little."""

    field: str
    label: str
    known: tuple[str, ...] = ()
    typed: str | None = None
    missing: bool = False

    @property
    def shown(self) -> str:
        """Both, in one line."""
        return "; ".join([*([self.typed] if self.typed else []), *self.known])


@dataclass(frozen=True)
class SignRow:
    """One sign or red flag. `level` is empty for one that is no longer noted but about which something was typed."""

    field: str
    label: str
    level: str
    answers: tuple[str, ...]
    action: str | None
    advice: str | None
    note: str | None = None


@dataclass(frozen=True)
class Sheet:
    """The whole sheet, as text. `missing` names what is still to be filled in, in the order of the sheet."""

    case_id: str
    rows: tuple[Row, ...]
    signs: tuple[SignRow, ...]
    overrides: tuple[str, ...]
    identifiers: tuple[Row, ...]
    missing: tuple[str, ...]


# the sheet ------------------------------------------------------------------------------------------------------------


def fill(case: CaseFacts, state: State, whys: Sequence[Why], entries: Mapping[str, str], renderer: Renderer) -> Sheet:
    """The sheet of a case.

    Args:
        case: what the records know.
        state: the checklist.
        whys: the reasons of its level (`desk.why.reasons`): they are the rows of signs.
        entries: what staff typed, as `check` gave it.
        renderer: content, site, and the voice in which labels are given: `plain` for staff.
    """
    filled = _Filled(case, state, entries, renderer)
    rows, signs = tuple(filled.rows(whys)), tuple(filled.signs(whys))
    missing = [row.label for row in rows if row.missing]
    missing += [
        say("sheet.missing_of_sign", sign=row.label, what=label_of(part))
        for row in signs
        for part in PARTS
        if row.level and not getattr(row, part)
    ]
    return Sheet(
        case_id=case.id,
        rows=rows,
        signs=signs,
        overrides=tuple(filled.override(override) for override in case.overrides),
        identifiers=tuple(filled.row(field) for field in IDENTIFIERS),
        missing=tuple(missing),
    )


class _Filled:
    """Holds what every row needs."""

    def __init__(self, case: CaseFacts, state: State, entries: Mapping[str, str], renderer: Renderer) -> None:
        self.case, self.state, self.entries, self.renderer = case, state, entries, renderer
        self.zone = renderer.site.zone

    def rows(self, whys: Sequence[Why]) -> Iterator[Row]:
        """The rows in their order: those that the system fills alone, and those that staff can fill."""
        case, state = self.case, self.state
        yield self._system("opened", local_time(case.opened_at, self.zone))
        yield self._system("channel", clean(case.channel))
        yield self._system("level", *self._level(whys))
        yield self._system("direction", self._direction(whys))
        for field in FIELDS:
            yield self.row(field)
        yield self._system("staff", *([_staff(case.staff, case.role)] if case.staff else []))
        yield self._system("content_version", clean(state.content_version or self.renderer.content.version))

    def row(self, field: Field) -> Row:
        """A field that staff can fill in."""
        known, enough = KNOWN[field.id](self) if field.id in KNOWN else ((), False)
        typed = self._typed(field)
        missing = field.needed and typed is None and not enough
        return Row(field.id, label_of(field.id), known, typed, missing)

    def signs(self, whys: Sequence[Why]) -> Iterator[SignRow]:
        """The signs and red flags by urgency; then what was typed about those that are no longer noted."""
        named_here = set()
        for why in whys:
            name = field_of(why)
            if name:
                named_here.add(name)
                yield self._sign(name, why.title, why.at_level, why.answers)
        typed = [name.partition(":")[2] for name in self.entries if SIGN_FIELD.fullmatch(name)]
        for name in dict.fromkeys(typed):
            if name not in named_here:
                kind, _, id_ = name.partition(":")
                yield self._sign(name, named(self.renderer, f"{kind}_{id_}_label", id_), "", ())

    def override(self, override: Override) -> str:
        """A changed level in one line."""
        return say(
            "sheet.override",
            at=local_time(override.at, self.zone),
            was=say(f"levels.{override.was}"),
            now=say(f"levels.{override.now}"),
            by=_staff(override.by, override.role),
            reason=clean(override.reason),
        )

    def _sign(self, name: str, label: str, level: str, answers: tuple[str, ...]) -> SignRow:
        action, advice, note = (self._line(f"{part}:{name}") for part in (*PARTS, NOTE))
        return SignRow(name, label, level, answers, action, advice, note)

    def _line(self, name: str) -> str | None:
        return clean(self.entries[name]) if name in self.entries else None

    def _typed(self, field: Field) -> str | None:
        words = self.entries.get(field.id)
        if words is None or words == NONE:
            return words and say("sheet.none")
        if field.kind == "moment":
            return local_time(words, self.zone)
        if field.kind == "temperature":
            return self._temperature(words)
        return clean(words)

    def _temperature(self, words: str) -> str:
        try:
            celsius = read_temperature(words, self.renderer.content.urgency.fever)
        except ValueError:
            return clean(words)  # the bounds have changed since: what was written down stays
        return say("sheet.temperature", reading=in_both_scales(round(celsius, 2)), words=clean(words))

    def _system(self, id_: str, *known: str) -> Row:
        said = tuple(line for line in known if line)
        return Row(id_, label_of(id_), said, missing=not said)

    def choices(self, step: str, *picked: str | None) -> tuple[str, ...]:
        """The labels of these answers to a step."""
        return tuple(named(self.renderer, f"step_{step}_choice_{choice}", choice) for choice in picked if choice)

    def _level(self, whys: Sequence[Why]) -> Iterator[str]:
        case = self.case
        yield say(f"levels.{case.level}")
        if case.crisis:
            yield say("sheet.crisis")
        assessed = whys[0].level if whys else "keep"
        if assessed != case.level:
            yield say("sheet.assessed", level=say(f"levels.{assessed}"))

    def _direction(self, whys: Sequence[Why]) -> str:
        """The advice that the checklist gives: at a crisis without a bodily emergency, that of the crisis."""
        flags = self.renderer.content.red_flags
        urgent = [why for why in whys if why.level == "emergency"]
        bodily = any(why.kind != "flag" or not flags[why.id].crisis for why in urgent)
        wording = "crisis" if self.case.crisis and not bodily else self.case.level
        return self.renderer.text(f"level_{wording}_title")


def _staff(name: str, role: str | None) -> str:
    """A member of staff with their role, as far as they are known."""
    shown = say(f"roles.{role}") if f"roles.{role}" in catalogue() else clean(role or "")
    return say("sheet.by", name=clean(name), role=shown) if shown and clean(name) else clean(name)


Known = tuple[tuple[str, ...], bool]


def field_of(why: Why) -> str | None:
    """The fields about this reason, less their part: `sign:bleeding`; None for one that is neither sign nor flag."""
    if why.kind == "wish" or (why.kind, why.id) == ("withdrawn", "withdrawn"):
        return f"flag:{WISH}"
    kind = {"sign": "sign", "flag": "flag", "withdrawn": "flag"}.get(why.kind)
    return f"{kind}:{why.id}" if kind else None


def _relationship(filled: _Filled) -> Known:
    about = filled.state.about
    return ((say(f"sheet.about.{about}"),), True) if about else ((), False)


def _reason(filled: _Filled) -> Known:
    """Their own words: those with which they asked for somebody, else all that they wrote for the team."""
    said = [filled.case.words] if filled.case.words else filled.state.notes
    words = tuple(f"“{clean(part)}”" for part in said if visible(part))
    return words, bool(words)


def _diagnosis(filled: _Filled) -> Known:
    condition = filled.state.condition
    # "Other, or not sure" is an answer, but no diagnosis.
    return filled.choices("condition", condition), condition not in (None, "other")


def _treated(filled: _Filled) -> Known:
    """In the last 6 months or not: no date yet."""
    return filled.choices("recent_treatment", filled.state.recent_treatment), False


def _temperature(filled: _Filled) -> Known:
    state = filled.state
    if not state.temperatures:
        how = {"done": "no_thermometer", "unsure": "unsure"}.get(state.screens.get("temperature", ""))
        return filled.choices("temperature", how), how is not None
    return tuple(in_both_scales(taken.c) for taken in state.temperatures), True


def _temperature_when(filled: _Filled) -> Known:
    """When each reading of the chat was taken, and when that was told: "just now" is not now for ever."""
    told = []
    for taken in filled.state.temperatures:
        when = "".join(filled.choices("temperature_when", taken.when)) or say("sheet.when_unknown")
        told.append(say("sheet.told", when=when, at=local_time(taken.at, filled.zone)) if taken.at else when)
    known = all(taken.when for taken in filled.state.temperatures)
    # Without any reading there is no time that could be missing.
    return tuple(told), known and "temperature" not in filled.entries


def _medicines(filled: _Filled) -> Known:
    medicines = filled.state.medicines
    return filled.choices("medicines", *medicines), bool(medicines)


def _follow_up_due(filled: _Filled) -> Known:
    due = filled.case.follow_up_at
    return ((local_time(due, filled.zone),), True) if due else ((), False)


#: What the system knows of the fields that staff can fill in too, and whether that is enough.
KNOWN: Mapping[str, Callable[[_Filled], Known]] = {
    "relationship": _relationship,
    "reason": _reason,
    "diagnosis": _diagnosis,
    "last_treatment_date": _treated,
    "temperature": _temperature,
    "temperature_when": _temperature_when,
    "medicines": _medicines,
    "follow_up": _follow_up_due,
}
