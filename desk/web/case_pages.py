"""One case: the whole picture, and everything that staff do with it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from sanic.response import HTTPResponse, empty, raw

from bot.channels import handover
from bot.channels.handover import watched
from bot.clinical.urgency import assess
from bot.errors import ClaimConflict, ConversationGone, WindowClosed
from bot.records import LEVELS, Transaction
from desk.case_view import CaseView, event_words, history, view_case, who_words
from desk.exports import Consent, case_fhir, case_pdf, cases_csv
from desk.fields import FIELDS, IDENTIFIERS, LATEST_FOLLOW_UP, NOTE, PARTS, Checked, check, read_moment, reading_of
from desk.web.queue_pages import stream
from desk.web.routes import Route
from desk.web.snippet_pages import offered
from desk.web.visit import UNKEPT, Visit
from desk.words import say

#: Code points of a reply: what the shortest channel takes in a few parts.
REPLY = 2000
FORMS = ("pdf", "csv", "fhir")


def _view(visit: Visit, case_id: str) -> CaseView:
    turns = visit.desk.turns
    with visit.records.reading() as store:
        return view_case(store, case_id, turns.content, turns.runtime.site, visit.now)


def show_case(visit: Visit, case_id: str, fault: str = "") -> HTTPResponse:
    """The page of a case. That it was looked at is entered in the log; once more only for what is asked anew."""
    if not fault:
        with visit.records.transaction() as store:
            store.note_view(case_id, visit.name)
    return _page(visit, case_id, fault)


def show_live(visit: Visit, case_id: str) -> HTTPResponse:
    """The same page, for the script of a page that is open already."""
    return _page(visit, case_id, "")


def _page(visit: Visit, case_id: str, fault: str) -> HTTPResponse:
    view = _view(visit, case_id)
    with visit.records.reading() as store:
        accounts = store.accounts()
    names = {account.id: account.name for account in accounts}
    return visit.render(
        "case.html",
        view=view,
        case=view.case,
        is_mine=view.case.claimed_by == visit.name and view.case.state in ("claimed", "replied"),
        colleagues=[a for a in accounts if a.disabled_at is None and a.name != view.case.claimed_by],
        event_words=partial(event_words, site=visit.desk.turns.runtime.site, names=names),
        who_words=who_words,
        history=history(view.events),
        snippets=offered(visit),
        fault=fault,
    )


async def stream_case(visit: Visit, case_id: str) -> None:
    """Tell the page when the case changes."""
    await stream(visit, partial(visit.desk.live.case, case_id))


# whose it is --------------------------------------------------------------------------------------------------------


def claim(visit: Visit, store: Transaction, case_id: str) -> None:
    """Take the case; the person reads who is there now."""
    with watched(store, case_id, visit.desk.turns.runtime):
        store.claim(case_id, visit.name)


def release(visit: Visit, store: Transaction, case_id: str) -> str:
    """Put the case back into the queue; the person reads that the checklist goes on."""
    _own(visit, store, case_id)
    with watched(store, case_id, visit.desk.turns.runtime):
        store.release(case_id, visit.name)
    return "/"


def assign(visit: Visit, store: Transaction, case_id: str) -> None:
    """Give the case to a colleague."""
    with watched(store, case_id, visit.desk.turns.runtime):
        store.assign(case_id, visit.name, visit.form.get("to", ""))


def _own(visit: Visit, store: Transaction, case_id: str) -> None:
    """See to it that a case is one's own, or that one may act for whoever has it.

    Raises:
        ClaimConflict: somebody else has it.
    """
    case = store.case(case_id)
    if case.claimed_by not in (None, visit.name) and not visit.may("case.reassign"):
        raise ClaimConflict(say("desk.faults.not_yours", name=case.claimed_by))


# what is said -------------------------------------------------------------------------------------------------------


def reply(visit: Visit, store: Transaction, case_id: str) -> None:
    """Write to the person in the same chat."""
    text = visit.form.get("text", "").replace("\r\n", "\n").strip()
    if not text:
        raise ValueError(say("desk.faults.reply_empty"))
    if len(text) > REPLY:
        raise ValueError(say("desk.faults.reply_long", most=REPLY, now=len(text)))
    try:
        handover.reply(store, case_id, visit.name, text, visit.desk.turns.runtime, visit.form.get("once"))
    except WindowClosed as closed:
        raise WindowClosed(say("desk.faults.window")) from closed


def typing(visit: Visit, store: Transaction, case_id: str) -> HTTPResponse:
    """Let the person see for a few seconds that somebody is typing; the script of the page sends this."""
    store.note_typing(case_id, visit.name)
    return empty()


def note(visit: Visit, store: Transaction, case_id: str) -> None:
    """Add a note for staff."""
    text = visit.form.get("text", "").strip()
    if not text:
        raise ValueError(say("desk.faults.note_empty"))
    store.add_note(case_id, visit.name, text[:4000])


# how urgent, and what becomes of it ---------------------------------------------------------------------------------


def raise_level(visit: Visit, store: Transaction, case_id: str) -> None:
    """Raise the level, as everybody may."""
    store.raise_level(case_id, visit.name, visit.form.get("level", ""), visit.form.get("reason", "").strip())


def lower_level(visit: Visit, store: Transaction, case_id: str) -> None:
    """Lower the level, as a clinician may, with a reason."""
    store.lower_level(case_id, visit.name, visit.form.get("level", ""), visit.form.get("reason", ""))


def follow_up(visit: Visit, store: Transaction, case_id: str) -> None:
    """Leave the chat for now and be reminded."""
    site = visit.desk.turns.runtime.site
    due = read_moment(visit.form.get("due", "").strip(), ZoneInfo(site.time_zone), visit.now)
    if due <= visit.now:
        raise ValueError(say("desk.faults.follow_up_past"))
    if due > visit.now + LATEST_FOLLOW_UP:
        raise ValueError(say("sheet.faults.follow_up_late"))
    with watched(store, case_id, visit.desk.turns.runtime):
        store.set_follow_up(case_id, visit.name, due)


def close(visit: Visit, store: Transaction, case_id: str) -> str:
    """End the case, with an outcome of the site's list."""
    outcome = visit.form.get("outcome", "")
    if outcome not in visit.desk.turns.runtime.site.outcomes:
        raise ValueError(say("desk.faults.outcome"))
    with watched(store, case_id, visit.desk.turns.runtime):
        store.close(case_id, visit.name, outcome)
    return "/"


# the log sheet ------------------------------------------------------------------------------------------------------


def show_sheet(visit: Visit, case_id: str, fault: str = "") -> HTTPResponse:
    """The fields that staff fill in, beside what is known; after a fault with what was typed."""
    view = _view(visit, case_id)
    if view.is_gone:
        raise ConversationGone(say("desk.faults.gone"))
    typed = _typed(visit) if visit.request.method == "POST" else view.entries
    rows = {row.field: row for row in (*view.sheet.rows, *view.sheet.identifiers)}
    faults = {found.field: found.words for found in _check(visit, view, typed).faults} if fault else {}
    return visit.render(
        "sheet.html",
        view=view,
        case=view.case,
        fields=[(field, rows[field.id]) for field in FIELDS],
        identifiers=[(field, rows[field.id]) for field in IDENTIFIERS],
        parts=(*PARTS, NOTE),
        typed=typed,
        faults=faults,
        fault=fault,
        seen=_mark(view.entries),
    )


def _typed(visit: Visit) -> dict[str, str]:
    return {name: words for name, words in visit.form.items() if name not in ("csrf", "once", "seen")}


def _check(visit: Visit, view: CaseView, typed: Mapping[str, str]) -> Checked:
    turns = visit.desk.turns
    zone = ZoneInfo(turns.runtime.site.time_zone)
    return check(typed, turns.content, zone, opened_at=view.case.opened_at, now=visit.now)


def save_sheet(visit: Visit, store: Transaction, case_id: str) -> None:
    """Keep the sheet; a temperature in it is handed to the checklist, which may raise the level."""
    turns = visit.desk.turns
    view = view_case(store, case_id, turns.content, turns.runtime.site, visit.now)
    checked = _check(visit, view, _typed(visit))
    if checked.faults:
        raise ValueError(say("desk.faults.sheet", number=len(checked.faults)))
    if visit.form.get("seen") != _mark(view.entries):
        raise ClaimConflict(say("desk.faults.sheet_changed"))
    store.save_sheet(view.case.id, visit.name, checked.entries)
    _hand_on_reading(visit, store, view, checked.entries)


def _hand_on_reading(visit: Visit, store: Transaction, view: CaseView, entries: Mapping[str, str]) -> None:
    content = visit.desk.turns.content
    reading = reading_of(entries, content.urgency.fever, visit.now)
    same = ("temperature", "temperature_when")
    if reading is None or all(entries.get(name) == view.entries.get(name) for name in same):
        return
    state = replace(view.state, temperatures=(*view.state.temperatures, reading))
    store.save_state(str(view.case.conversation_id), state.to_json())
    found = assess(state, content)
    if LEVELS.index(found.level) > LEVELS.index(view.case.level):
        store.raise_level(view.case.id, visit.name, found.level, say("desk.reading_raises", words=reading.words or ""))


def _mark(entries: Mapping[str, str]) -> str:
    """Tells one state of a sheet from another."""
    return hashlib.sha256(json.dumps(dict(entries), sort_keys=True).encode()).hexdigest()[:16]


# exports ------------------------------------------------------------------------------------------------------------


async def export(visit: Visit, case_id: str, form: str) -> HTTPResponse:
    """The case as a file; that it was taken out is entered in the log first."""
    if form not in FORMS:
        return visit.fault(404, say("desk.faults.form"))
    view = _view(visit, case_id)
    consent = None
    if form == "csv":
        if visit.form.get("consent") != "yes":
            raise ValueError(say("desk.faults.consent"))
        consent = Consent(visit.now, visit.name)
    body = await asyncio.to_thread(_written, view, form, consent, visit)
    with visit.records.transaction() as store:
        store.note_export(case_id, visit.name, form)
    kind, suffix = _KINDS[form]
    name = f'attachment; filename="case-{view.case.id}.{suffix}"'
    return raw(body, content_type=kind, headers=UNKEPT | {"Content-Disposition": name})


def show_not_taken_out(visit: Visit, case_id: str, form: str, fault: str = "") -> HTTPResponse:  # noqa: ARG001
    """The case, with why it was not taken out in this form."""
    return show_case(visit, case_id, fault)


_KINDS = {
    "pdf": ("application/pdf", "pdf"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "fhir": ("application/fhir+json; charset=utf-8", "fhir.json"),
}


def _written(view: CaseView, form: str, consent: Consent | None, visit: Visit) -> bytes:
    if form == "pdf":
        return case_pdf(view.export(), view.renderer, visit.now)
    if form == "csv":
        return cases_csv([view.export(consent)], view.renderer)
    return case_fhir(view.export(), view.summary, view.renderer, visit.now)


HOME = "/cases/{case_id}"


def _act(path: str, needs: str, view: object) -> Route:
    return Route("POST", f"/cases/<case_id>/{path}", needs, view, HOME, show_case)  # type: ignore[arg-type]


ROUTES = (
    Route("GET", "/cases/<case_id>", "case.view", show_case),
    Route("GET", "/cases/<case_id>/live", "case.view", show_live),
    Route("GET", "/cases/<case_id>/events", "case.view", stream_case, streams=True),
    _act("claim", "case.claim", claim),
    _act("release", "case.release", release),
    _act("assign", "case.assign", assign),
    _act("reply", "case.reply", reply),
    _act("typing", "case.reply", typing),
    _act("note", "case.note", note),
    _act("raise", "case.raise", raise_level),
    _act("lower", "case.lower", lower_level),
    _act("follow-up", "case.follow_up", follow_up),
    _act("close", "case.close", close),
    Route("GET", "/cases/<case_id>/sheet", "case.sheet", show_sheet),
    Route("POST", "/cases/<case_id>/sheet", "case.sheet", save_sheet, HOME, show_sheet),
    Route("POST", "/cases/<case_id>/export/<form>", "case.export", export, HOME, show_not_taken_out),
)
