"""How soon: the level of what is known, and why. Pure; every level and threshold comes from the content.

Nothing here lowers a level: each rule adds a reason with a level, and the highest wins. What "not sure" and silence
count as is decided here and nowhere else: never as no.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.clinical.red_flags import is_fresh, reading_flag
from bot.clinical.state import Finding, State
from bot.content.loader import Content
from bot.content.schema import LEVELS, FeverRule, Level, Raise, Sign

#: Signs that the fever rule decides, whatever their base level.
FEVER_SIGNS = ("fever", "chills")
RIGHT_NOW = ("right_now_1", "right_now_2")
#: Levels that cannot wait until the list is done.
URGENT = ("now", "emergency")


@dataclass(frozen=True)
class Reason:
    """One thing that asks for a level: `kind` is sign, flag, reading, several, worry, wish or unanswered."""

    kind: str
    id: str
    level: Level


@dataclass(frozen=True)
class Assessment:
    """`level` is what the person is directed by; `noted` leaves out what merely was not answered yet."""

    level: Level
    noted: Level
    crisis: bool
    bodily_emergency: bool  # an emergency beside, or without, the crisis
    reasons: tuple[Reason, ...]


def highest(levels: Iterable[Level]) -> Level:
    """The most urgent of these levels; keep when there are none."""
    return max(levels, key=LEVELS.index, default="keep")


def assess(state: State, content: Content) -> Assessment:
    """The level that the state demands, with every reason."""
    combination = content.urgency.combination
    reasons = [*_signs(state, content), *_flags(state, content), *_readings(state, content.urgency.fever)]
    reasons += _several(state, content, reasons)
    noted = level = highest(r.level for r in reasons)
    if any(state.screens.get(step) != "done" for step in RIGHT_NOW):
        reasons.append(Reason("unanswered", "right_now", combination.flag_unanswered))
        level = highest((noted, combination.flag_unanswered))
    if state.worry == "very":
        noted, level = _worried(noted, content), _worried(level, content)
        reasons.append(Reason("worry", "very", level))
    crisis = any(content.red_flags[f].crisis for f in _standing(state))
    bodily = any(r.level == "emergency" and not (r.kind == "flag" and content.red_flags[r.id].crisis) for r in reasons)
    return Assessment(level, noted, crisis, bodily, tuple(reasons))


def _worried(level: Level, content: Content) -> Level:
    """What being very worried makes of a level."""
    return highest((level, content.urgency.combination.very_worried.get(level, level)))


def sign_level(sign: Sign, finding: Finding, state: State, content: Content) -> Level | None:
    """The level of one finding; None when the sign is absent or past. Unsure and usual keep what raises them."""
    if finding.status not in ("present", "unsure"):
        return None
    if finding.status == "unsure":
        base = content.urgency.combination.unsure_sign
    elif sign.id in FEVER_SIGNS:
        base = _fever_level(state, content)
    elif finding.change == "usual" and LEVELS.index(sign.urgency.base) < LEVELS.index("now"):
        base = content.urgency.combination.usual_unchanged
    else:
        base = sign.urgency.base
    raised: list[Level] = [base]
    if sign.detail:
        raised += [o.raises for o in sign.detail.options if o.id in finding.details and o.raises]
    if finding.status == "present":
        raised += [_with_level(sign, rule, state, content) for rule in sign.urgency.with_]
        if "temperature" in sign.follow_ups and _recent(state, content.urgency.fever):
            # An infection is raised by a reading, and by a normal one that a medicine may have brought about.
            raised.append(_fever_level(state, content))
    return highest(raised)


def _with_level(sign: Sign, rule: Raise, state: State, content: Content) -> Level:
    """What the company of other signs asks for. "With fever" means the fever rule: a normal reading lowers that too.

    Not for fever and chills together: fever with shaking is a red flag whatever the thermometer shows.
    """
    company = [other for other in rule.signs if state.status(other) == "present"]
    if not company:
        return "keep"
    by_reading = set(company) <= set(FEVER_SIGNS) and sign.id not in FEVER_SIGNS
    return _fever_level(state, content) if by_reading else rule.to


def _recent(state: State, rule: FeverRule) -> list[float]:
    """The readings, in degrees Celsius, that say something of the present."""
    return [r.c for r in state.temperatures if is_fresh(r, state.last_at, rule)]


def _signs(state: State, content: Content) -> list[Reason]:
    found = []
    for id_, finding in state.findings.items():
        sign = content.signs.get(id_)
        level = sign_level(sign, finding, state, content) if sign else None
        if level:
            found.append(Reason("sign", id_, level))
    return found


def _standing(state: State) -> list[str]:
    """Flags that stand: present or not sure."""
    return [flag for flag, how in state.flags.items() if how != "withdrawn"]


def _flags(state: State, content: Content) -> list[Reason]:
    withdrawn = content.urgency.combination.flag_withdrawn
    found = []
    for flag, how in state.flags.items():
        level: Level = withdrawn if how == "withdrawn" else content.red_flags[flag].level
        found.append(Reason("flag", flag, level))
    if state.wish:
        found.append(Reason("wish", state.wish, "emergency" if state.wish == "present" else withdrawn))
    return found


def _readings(state: State, rule: FeverRule) -> list[Reason]:
    # A withdrawn flag keeps its floor; the reading behind it no longer counts as now.
    return [
        Reason("reading", flag, "now")
        for flag in (reading_flag(r, rule) for r in state.temperatures)
        if flag and state.flags.get(flag) != "withdrawn"
    ]


def _fever_level(state: State, content: Content) -> Level:
    """Feeling hot or shaking: by the highest reading of the last hours, and by what may hide a fever."""
    combination, rule = content.urgency.combination, content.urgency.fever
    recent = _recent(state, rule)
    if not recent:
        return combination.fever_no_reading
    if max(recent) >= rule.raised_c or min(recent) < rule.low_c:
        return "now"
    return combination.fever_normal_masked if _may_be_masked(state) else combination.fever_normal_reading


def _may_be_masked(state: State) -> bool:
    """A medicine that hides fever (or not known), with recent treatment (or not known)."""
    medicine = state.medicines != ("none",)
    return medicine and state.recent_treatment not in ("earlier", "no")


def _several(state: State, content: Content, reasons: Sequence[Reason]) -> list[Reason]:
    """Physical signs at `soon` that are present and new or worse. Not known whether new counts as new."""
    rule = content.urgency.combination
    counted = [
        r.id
        for r in reasons
        if r.kind == "sign"
        and r.level == "soon"
        and content.signs[r.id].physical
        and state.findings[r.id].status == "present"
        and state.findings[r.id].change in ("new", "worse", "unsure", None)
    ]
    return (
        [Reason("several", "+".join(counted), rule.several_new_or_worse)] if len(counted) >= rule.several_count else []
    )
