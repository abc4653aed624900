"""The summary of a check as data: what screens, exports and the desk show. There at any moment, also in mid-check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.clinical.draft import Draft, what_to_say
from bot.clinical.reply import Contact, Direction
from bot.clinical.state import Finding, State
from bot.clinical.timeline import timeline
from bot.content.loader import Content
from bot.site import Site


def build_summary(state: State, content: Content, site: Site, now: datetime) -> dict[str, Any]:
    """The contract's summary object. Labels are in the person's voice; `directions` hold utterance ids until rendered.

    `signs.not_answered` lists every sign of the checklist that has no answer: silence is never counted as no.
    """
    draft = Draft(state, content, site, now)
    found = draft.assessment
    return {
        "content_version": content.version,
        "started_at": state.started_at,
        "about": state.about,
        "condition": state.condition,
        "recent_treatment": state.recent_treatment,
        "signs": {
            "present": [
                _present(sign, finding, state, content)
                for sign, finding in state.findings.items()
                if finding.status == "present"
            ],
            "absent": list(state.signs("absent")),
            "not_sure": list(state.signs("unsure")),
            "not_answered": list(unanswered(state, content)),
            "past": list(state.signs("past")),
        },
        "timeline": timeline(state, site.zone, now),
        "temperatures": [{"c": r.c, "when": r.when, "at": r.at, "words": r.words} for r in state.temperatures],
        "medicines": list(state.medicines),
        "worry": state.worry,
        "red_flags": [flag for flag, how in state.flags.items() if how != "withdrawn"],
        "level": found.level,
        "crisis": found.crisis,
        "directions": [_direction(draft, found.level, crisis=found.crisis, bodily=found.bodily_emergency)],
        "notes": list(state.notes),
    }


def unanswered(state: State, content: Content) -> tuple[str, ...]:
    """The signs of the sign pages that have no answer."""
    return tuple(s for s, sign in content.signs.items() if s not in state.findings and sign.page != "right_now")


def _present(sign: str, finding: Finding, state: State, content: Content) -> dict[str, Any]:
    entry = content.signs[sign]
    labels = {o.id: o.label.in_voice(state.voice) for o in entry.detail.options} if entry.detail else {}
    named = {place: content.utterances.get(f"place_{place}") for place in finding.places}
    labels |= {place: known.text.in_voice(state.voice) for place, known in named.items() if known}
    return {
        "sign": sign,
        "label": entry.label.in_voice(state.voice),
        "since": _since(finding, content, state.voice),
        "change": finding.change,
        "detail": [labels[d] for d in (*finding.details, *finding.places) if d in labels],
        "words": finding.words,
    }


def _since(finding: Finding, content: Content, voice: str) -> dict[str, Any] | None:
    if finding.since is None and finding.since_words is None:
        return None
    chosen = content.utterances.get(f"step_since_choice_{finding.since}")
    words = finding.since_words or (chosen.text.in_voice(voice) if chosen else None)
    return {"words": words, "date": finding.since_date, "precision": finding.precision}


def _direction(draft: Draft, level: str, *, crisis: bool, bodily: bool) -> dict[str, Any]:
    wording = "crisis" if crisis and not bodily else level
    contacts: tuple[Contact, ...] = draft.contacts(level, crisis=crisis, bodily_emergency=bodily)
    say, values = what_to_say(draft.state, draft.content, wording)
    return {
        "title": f"level_{wording}_title",
        "text": f"level_{wording}_direction",
        "direction": Direction(level, crisis, say, contacts, values),
    }
