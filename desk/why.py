"""The level of a case and why: what demands it, the answers behind that, and the person's own words with their cue.

What decides the level stands first, then the rest by urgency, so that a nurse can stop reading early. Nothing is judged
here: every level comes from the checklist's own assessment, and every reason of it is in the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.clinical.interrupts import SIGN_OF_FLAG
from bot.clinical.red_flags import alerts, is_fresh, reading_flag
from bot.clinical.state import Finding, Reading, State
from bot.clinical.understanding import Understanding
from bot.clinical.urgency import FEVER_SIGNS, RIGHT_NOW, Assessment, Reason, highest
from bot.content.render import Renderer
from bot.content.schema import LEVELS, Level
from bot.exports.words import clean, day, local_time, named
from bot.exports.words import reading as in_both_scales
from desk.words import say

FLAG_OF_SIGN = {sign: flag for flag, sign in SIGN_OF_FLAG.items()}
#: At one level, in this order: what cannot wait before what adds up.
KINDS = ("wish", "flag", "sign", "withdrawn", "several", "worry", "unanswered")
#: So many quotations of one reason are shown, and so many characters around the words that count.
QUOTES, AROUND = 3, 80
#: So many reasons stand in the headline by name.
NAMED = 3
#: Roles of a mention, those that speak for the sign first; what speaks against it is shown too.
ROLES = ("present", "unclear", "question", "past", "absent", "other")


@dataclass(frozen=True)
class Said:
    """One message of the person, and what is understood of it. `at` is aware, or None where it is not known."""

    text: str
    understanding: Understanding
    at: datetime | None = None


@dataclass(frozen=True)
class Quote:
    """A place in a message: the words that count, what stands around them, and the cue that decided their role.

    `role` is one of `ROLES`. Everything is one line of text; a part that was cut off shows as "…".
    """

    before: str
    words: str
    after: str
    role: str
    cue: str | None
    at: datetime | None


@dataclass(frozen=True)
class Why:
    """One reason, in words for staff. `decides`: without it, and others that decide, the level would be lower.

    `answers` are what was picked or worked out, `words` what the person said where no place in it can be shown, `more`
    how many quotations were left out. `at_level` is the level's name.
    """

    kind: str
    id: str
    level: Level
    at_level: str
    title: str
    decides: bool
    answers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    more: int = 0


@dataclass
class _Cause:
    """Reasons that are one thing to a nurse: a red flag, the reading that it is, and the sign noted because of it."""

    kind: str
    id: str
    levels: list[Level] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)

    @property
    def level(self) -> Level:
        return highest(self.levels)


def reasons(state: State, found: Assessment, renderer: Renderer, said: Sequence[Said] = ()) -> tuple[Why, ...]:
    """Every reason of the assessment, what decides first.

    Args:
        state: what the assessment was made of.
        found: the assessment.
        renderer: content, site, and the voice in which labels are given: `plain` for staff.
        said: the messages of the person, oldest first; without them there are no quotations.
    """
    return tuple(_Reader(state, found, renderer, said).read())


def headline(level: Level, whys: Sequence[Why], *, crisis: bool = False) -> str:
    """One line for a queue: the level, and by name the first few things that decide it."""
    deciding = [why.title for why in whys if why.decides]
    titles = "; ".join(deciding[:NAMED]) or say("why.nothing")
    line = say("why.headline", level=say(f"levels.{level}"), reasons=titles)
    if len(deciding) > NAMED:
        line = say("why.headline_more", headline=line, number=len(deciding) - NAMED)
    return say("why.headline_crisis", headline=line) if crisis else line


class _Reader:
    """Holds what every part needs."""

    def __init__(self, state: State, found: Assessment, renderer: Renderer, said: Sequence[Said]) -> None:
        self.state, self.found, self.renderer, self.said = state, found, renderer, said
        self.content = renderer.content
        self.rule = renderer.content.urgency.fever

    def read(self) -> Iterator[Why]:
        causes = self._causes()
        # The worry carries the level of the whole, whatever else demands it; it decides only where it raised it.
        others = highest(cause.level for cause in causes if cause.kind != "worry")
        for cause in causes:
            if cause.kind == "worry" and others == self.found.level:
                cause.levels = [self.content.urgency.combination.very_worried.get("keep", "keep")]
        causes.sort(key=lambda cause: (-LEVELS.index(cause.level), KINDS.index(cause.kind), self._crisis(cause)))
        for cause in causes:
            yield self._why(cause)

    def _causes(self) -> list[_Cause]:
        causes: dict[tuple[str, str], _Cause] = {}
        for reason in self.found.reasons:
            kind, id_ = self._key(reason)
            cause = causes.setdefault((kind, id_), _Cause(kind, id_))
            cause.levels.append(reason.level)
            if reason.kind == "sign":
                cause.signs.append(reason.id)
        return list(causes.values())

    def _key(self, reason: Reason) -> tuple[str, str]:
        """What a reason is counted with."""
        flags = self.state.flags
        if reason.kind == "sign":
            flag = FLAG_OF_SIGN.get(reason.id, reason.id)
            only_by_flag = self.state.findings[reason.id].by_flag and flags.get(flag) in ("present", "unsure")
            return ("flag", flag) if only_by_flag else ("sign", reason.id)
        if reason.kind in ("flag", "wish"):
            how = flags[reason.id] if reason.kind == "flag" else reason.id
            return ("withdrawn" if how == "withdrawn" else reason.kind, reason.id)
        return ("flag" if reason.kind == "reading" else reason.kind, reason.id)

    def _crisis(self, cause: _Cause) -> bool:
        """Whether it is a crisis: with a bodily emergency at the same time, that stands first."""
        return cause.kind == "flag" and cause.id in self.content.red_flags and self.content.red_flags[cause.id].crisis

    def _why(self, cause: _Cause) -> Why:
        quotes = sorted(self._quotes(cause), key=lambda quote: ROLES.index(quote.role))
        return Why(
            kind=cause.kind,
            id=cause.id,
            level=cause.level,
            at_level=say(f"levels.{cause.level}"),
            title=self._title(cause),
            decides=cause.level == self.found.level,
            answers=tuple(dict.fromkeys(self._answers(cause))),
            words=() if quotes else tuple(self._words(cause)),
            quotes=tuple(quotes[:QUOTES]),
            more=max(0, len(quotes) - QUOTES),
        )

    # in words -----------------------------------------------------------------------------------------------------

    def _title(self, cause: _Cause) -> str:
        if cause.kind == "several":
            return say("why.titles.several", signs=", ".join(self._sign(sign) for sign in cause.id.split("+")))
        if cause.kind == "sign":
            return self._sign(cause.id)
        if cause.kind == "flag":
            return self._flag(cause.id)
        if cause.kind == "withdrawn":
            what = say("why.titles.wish") if cause.id == "withdrawn" else self._flag(cause.id)
            return say("why.titles.withdrawn", what=what)
        return say(f"why.titles.{cause.kind}")

    def _sign(self, sign: str) -> str:
        return named(self.renderer, f"sign_{sign}_label", sign)

    def _flag(self, flag: str) -> str:
        return named(self.renderer, f"flag_{flag}_label", flag)

    def _answers(self, cause: _Cause) -> Iterator[str]:
        if cause.kind == "withdrawn":
            yield say("why.withdrawn")
        if cause.kind == "unanswered":
            yield from self._right_now()
        if cause.kind == "flag":
            if self.state.flags.get(cause.id) == "unsure":
                yield say("why.unsure_flag")
            yield from self._readings(r for r in self.state.temperatures if reading_flag(r, self.rule) == cause.id)
            yield from self._ticked(cause.id)
        for sign in cause.signs:
            yield from self._finding(sign, self.state.findings[sign])

    def _right_now(self) -> Iterator[str]:
        """What became of the questions about red flags."""
        for step in RIGHT_NOW:
            how = self.state.screens.get(step)
            if how != "done":
                yield say(f"why.screens.{how or 'open'}", number=RIGHT_NOW.index(step) + 1)

    def _ticked(self, flag: str) -> Iterator[str]:
        """The lines below a sign that are this red flag."""
        for sign, finding in self.state.findings.items():
            detail = self.content.signs[sign].detail if sign in self.content.signs else None
            for option in detail.options if detail else ():
                if option.flag == flag and option.id in finding.details:
                    yield f"{self._sign(sign)}: {clean(option.label.in_voice(self.renderer.voice))}"

    def _finding(self, sign: str, finding: Finding) -> Iterator[str]:
        if finding.status == "unsure":
            yield say("why.unsure_sign")
        if when := self._since(finding):
            yield say("why.since", when=when)
        if finding.change:
            yield named(self.renderer, f"step_change_choice_{finding.change}", finding.change)
        yield from self._details(sign, finding)
        for place in finding.places:
            yield named(self.renderer, f"place_{place}", place)
        yield from self._company(sign, finding)
        if sign in FEVER_SIGNS or "temperature" in self.content.signs[sign].follow_ups:
            yield from self._fever()

    def _since(self, finding: Finding) -> str:
        words = clean(finding.since_words or "")
        if not words and finding.since:
            words = named(self.renderer, f"step_since_choice_{finding.since}", finding.since)
        date = day({"date": finding.since_date, "precision": finding.precision})
        return f"{words} ({date})" if words and date else words or date or ""

    def _details(self, sign: str, finding: Finding) -> Iterator[str]:
        detail = self.content.signs[sign].detail
        for option in detail.options if detail else ():
            if option.id in finding.details:
                label = clean(option.label.in_voice(self.renderer.voice))
                raises = option.raises
                yield say("why.raises", what=label, level=say(f"levels.{raises}")) if raises else label

    def _company(self, sign: str, finding: Finding) -> Iterator[str]:
        """The other signs that raise this one."""
        if finding.status != "present":
            return
        others = {other for rule in self.content.signs[sign].urgency.with_ for other in rule.signs}
        together = [self._sign(other) for other in self.state.signs("present") if other in others]
        if together:
            yield say("why.together", signs=", ".join(together))

    def _fever(self) -> Iterator[str]:
        """What decides how soon a fever is: the readings, what may hide it, and recent treatment."""
        fresh = [r for r in self.state.temperatures if is_fresh(r, self.state.last_at, self.rule)]
        yield from self._readings(fresh)
        if not fresh:
            yield say("why.no_reading")
        for step, picked in (("medicines", self.state.medicines), ("recent_treatment", (self.state.recent_treatment,))):
            choices = [named(self.renderer, f"step_{step}_choice_{choice}", choice) for choice in picked if choice]
            yield say(f"why.{step}", answer=", ".join(choices) or say("why.not_answered"))

    def _readings(self, readings: Iterable[Reading]) -> Iterator[str]:
        for taken in readings:
            parts = [in_both_scales(taken.c)]
            if taken.when:
                parts.append(named(self.renderer, f"step_temperature_when_choice_{taken.when}", taken.when))
            if taken.at:
                parts.append(say("why.told", at=local_time(taken.at, self.renderer.site.zone)))
            yield ", ".join(parts)

    # in the person's own words ------------------------------------------------------------------------------------

    def _words(self, cause: _Cause) -> Iterator[str]:
        """Their words as the checklist kept them."""
        for sign in cause.signs:
            words = self.state.findings[sign].words
            if words and clean(words):
                yield clean(words)

    def _quotes(self, cause: _Cause) -> Iterator[Quote]:
        signs = set(cause.signs) | (set(cause.id.split("+")) if cause.kind == "several" else set())
        flag = cause.id if cause.kind in ("flag", "withdrawn") else None
        wish = cause.kind == "wish" or (cause.kind, cause.id) == ("withdrawn", "withdrawn")
        for said in self.said:
            heard = said.understanding
            found = [(m.start, m.end, m.role, m.cue) for m in heard.mentions if m.sign in signs]
            mentions = [m for m in heard.red_flag_mentions if m.flag == flag]
            found += [(m.start, m.end, "unclear" if m.unclear else m.role, m.cue) for m in mentions]
            if flag:
                found += [(*place, "present", None) for place in self._figures(said, flag)]
            whole = (wish and heard.intent == "emergency") or (
                not found and flag in alerts(heard, self.rule).present  # of a crisis without words that matched
            )
            if whole:
                found.append((0, len(said.text), "present", None))
            for start, end, role, cue in dict.fromkeys(found):
                yield _quote(said, start, end, role, cue)

    def _figures(self, said: Said, flag: str) -> Iterator[tuple[int, int]]:
        """Where the readings stand that are this flag."""
        for taken in said.understanding.temperatures:
            start = said.text.find(taken.words)
            if start >= 0 and reading_flag(Reading(taken.c, taken.when, taken.words), self.rule) == flag:
                yield start, start + len(taken.words)


def _quote(said: Said, start: int, end: int, role: str, cue: str | None) -> Quote:
    before, after = said.text[:start], said.text[end:]
    cut = clean(before[-AROUND:])
    rest = clean(after[:AROUND])
    return Quote(
        before=f"…{cut}" if len(before) > AROUND else cut,
        words=clean(_shortened(said.text[start:end])),
        after=f"{rest}…" if len(after) > AROUND else rest,
        role=role if role in ROLES else "unclear",
        cue=clean(cue) if cue else None,
        at=said.at,
    )


def _shortened(words: str) -> str:
    most = 3 * AROUND
    return words if len(words) <= most else f"{words[:most]}…"
