"""Everything that one page about a case shows, gathered in one reading of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.channels.window import Window, number_of, window
from bot.clinical.state import State
from bot.clinical.summary import build_summary
from bot.clinical.understanding import Understanding
from bot.clinical.urgency import assess
from bot.content.loader import Content
from bot.content.render import Renderer
from bot.content.schema import Level
from bot.errors import AccountMissing
from bot.exports.words import local_time
from bot.nlp.understand import understand
from bot.records import LEVELS, Case, Transaction
from bot.records.case_work import Event
from bot.records.cases import Note
from bot.site import Site
from desk.board import Row, channel_words, level_of, row_of
from desk.exports import CaseExport, Consent
from desk.sheet import CaseFacts, Override, Sheet, fill
from desk.why import Said, Why, headline, reasons
from desk.words import catalogue, say


@dataclass(frozen=True)
class CaseView:
    """A case with all that is known of it. `messages` is empty once the chat was forgotten (`is_gone`)."""

    case: Case
    row: Row
    state: State
    whys: tuple[Why, ...]
    headline: str
    summary: Mapping[str, Any]
    sheet: Sheet
    entries: Mapping[str, str]
    messages: Sequence[Mapping[str, Any]]
    notes: Sequence[Note]
    events: Sequence[Event]
    earlier: Sequence[Case]
    window: Window | None
    number: str | None
    renderer: Renderer

    @property
    def is_gone(self) -> bool:
        """Whether the chat was deleted."""
        return self.case.conversation_id is None

    @property
    def is_open(self) -> bool:
        """Whether staff can still do something."""
        return self.case.state != "closed"

    @property
    def higher(self) -> tuple[str, ...]:
        """The levels to which this one can be raised; `crisis` last, while it is not marked so."""
        above = LEVELS[LEVELS.index(self.case.level) + 1 :]
        return above if self.case.crisis else (*above, "crisis")

    @property
    def lower(self) -> tuple[str, ...]:
        """The levels to which a clinician can lower this one, the nearest first."""
        return tuple(reversed(LEVELS[: LEVELS.index(self.case.level)]))

    @property
    def conditions(self) -> Sequence[str]:
        """The present signs of the summary in one line each."""
        return [str(sign["label"]) for sign in self.summary["signs"]["present"]]

    def export(self, consent: Consent | None = None) -> CaseExport:
        """What an export writes."""
        return CaseExport(self.sheet, self.whys, self.headline, consent)


def view_case(store: Transaction, case_id: str, content: Content, site: Site, now: datetime) -> CaseView:
    """The case as it stands.

    Raises:
        CaseMissing: there is no such case.
        KeyLost: its text cannot be read with the keys at hand.
    """
    case = store.case(case_id)
    chat = case.conversation_id
    stored = store.state(chat) if chat else None
    state = State.from_json(stored) if stored else State()
    renderer = Renderer(content, site, "plain", state.country)
    messages = store.messages(chat) if chat else []
    whys = reasons(state, assess(state, content), renderer, _said(messages, state)) if stored else ()
    events = store.case_events(case.id)
    entries = store.sheet(case.id)
    facts = CaseFacts(
        id=case.id,
        opened_at=case.opened_at,
        channel=channel_words(case.channel),
        level=level_of(case),
        crisis=case.crisis,
        words=None,
        follow_up_at=case.follow_up_at,
        staff=case.claimed_by or case.closed_by,
        role=_role(store, case.claimed_by or case.closed_by),
        overrides=tuple(_overrides(store, events)),
    )
    person = store.app_person_of(chat) if chat else None
    reach = window(case.channel, store.heard_at(chat)) if chat else None
    shown = headline(facts.level, whys, crisis=case.crisis)
    return CaseView(
        case=case,
        row=row_of(case, shown, site, now),
        state=state,
        whys=whys,
        headline=shown,
        summary=renderer.summary(build_summary(state, content, site, now)),
        sheet=fill(facts, state, whys, entries, renderer),
        entries=entries,
        messages=messages,
        notes=store.notes(case.id),
        events=events,
        earlier=store.earlier_cases(case.id),
        window=reach,
        number=number_of(case.channel, person.address) if person else None,
        renderer=renderer,
    )


def _said(messages: Sequence[Mapping[str, Any]], state: State) -> list[Said]:
    """The messages of the person with what is understood of them."""
    return [
        Said(
            message["text"], _understood(message["text"], state.about or "self"), datetime.fromisoformat(message["at"])
        )
        for message in messages
        if message["author"] == "person" and message["text"]
    ]


@lru_cache(maxsize=512)
def _understood(text: str, about: str) -> Understanding:
    # A page is drawn again with every message, and reading one takes milliseconds.
    return understand(text, about)


def _overrides(store: Transaction, events: Sequence[Event]) -> list[Override]:
    return [
        Override(
            at=event.at,
            by=event.who,
            role=_role(store, event.who) or "",
            was=cast("Level", event.facts["old"]),
            now=cast("Level", event.facts["new"]),
            reason=event.text or say("desk.no_reason"),
        )
        for event in events
        if event.what in ("case.raised", "case.lowered") and _role(store, event.who)
    ]


def _role(store: Transaction, name: str | None) -> str | None:
    """The role of a member of staff; None for whatever is no account."""
    try:
        return store.account(name).role if name else None
    except AccountMissing:
        return None


#: Opening a page again within this time is the same look at it, for whoever reads the history.
SAME_LOOK = timedelta(minutes=30)


def history(events: Sequence[Event]) -> list[Event]:
    """What happened, oldest first, without looks that say nothing new: the log itself has them all."""
    shown: list[Event] = []
    last: dict[str, datetime] = {}
    for event in events:
        seen = last.get(event.who)
        last[event.who] = event.at
        if event.what == "case.viewed" and seen is not None and event.at - seen < SAME_LOOK:
            continue
        shown.append(event)
    return shown


def who_words(who: str) -> str:
    """Who did it, for the history of a case: a name, or what stands for whatever is not staff."""
    id_ = f"desk.who.{who}"
    return say(id_) if id_ in catalogue() else who


def event_words(event: Event, *, site: Site, names: Mapping[str, str]) -> str:
    """What happened, for the history of a case. `names` are those of accounts, by id."""
    id_ = f"desk.events.{event.what.replace('.', '_')}"
    words = say(id_) if id_ in catalogue() else event.what
    facts = [_fact(*fact, site, names) for fact in event.facts.items() if fact[0] not in ("note", "message")]
    return f"{words} ({', '.join(facts)})" if facts else words


def _fact(name: str, value: str, site: Site, names: Mapping[str, str]) -> str:
    shown = say(f"levels.{value}") if f"levels.{value}" in catalogue() else value
    if name == "to":
        shown = names.get(value, value)
    elif name == "outcome":
        shown = site.outcomes.get(value, value)
    elif name == "due":
        shown = local_time(datetime.fromisoformat(value.replace("Z", "+00:00")), ZoneInfo(site.time_zone))
    return say(f"desk.facts.{name}", value=shown) if f"desk.facts.{name}" in catalogue() else f"{name} {shown}"
