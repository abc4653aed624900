"""Call mode: staff answer the checklist for somebody on the telephone. Every answer is a turn as in any channel.

The question on the page is always the one that the state has open, so a reload, a second window or a session that ended
shows where the call stands, and nothing is kept in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sanic.response import HTTPResponse

from bot.channels import limits
from bot.channels.turns import TEXT_LENGTH, Message, TurnFailed
from bot.channels.widget import DEFAULT_LOCALE
from bot.clinical import checklist, flow
from bot.clinical.state import State
from bot.clinical.summary import build_summary
from bot.content.render import Renderer
from bot.errors import CaseMissing, ClaimConflict, ConversationGone, ReplyConflict
from bot.exports.lines import noted
from bot.records import Case, Transaction
from bot.records.conversations import CALL, LIVE_STATES
from desk.board import level_of
from desk.call import (
    PAGE_KEYS,
    clock,
    is_urgent,
    note_fields,
    options,
    reading_words,
    rise,
    since_last_answer,
)
from desk.case_view import view_case
from desk.fields import NOTE, SIGN_FIELD, Checked, check
from desk.web.routes import Route
from desk.web.visit import Visit
from desk.words import say

log = structlog.get_logger(__name__)

#: What can be typed beside the checklist into the log sheet, besides the notes on signs.
BESIDE = ("caller", "relationship")
READING = ("temperature", "temperature_when")
#: Before the name of a field: what stood in it when the page was made.
WAS = "was:"
#: Asked by the script of a page that is open already; such a look is not entered in the log once more.
PART = "x-desk-part"


# starting -----------------------------------------------------------------------------------------------------------


def show_start(visit: Visit, fault: str = "") -> HTTPResponse:
    """Who is calling; both lines may be left empty."""
    return visit.render("call_start.html", fault=fault, typed=visit.form)


def start(visit: Visit, store: Transaction) -> str:
    """Open a case for the caller, which is one's own, and begin the checklist."""
    desk = visit.desk
    case = store.open_call(visit.name, DEFAULT_LOCALE)
    chat = str(case.conversation_id)
    # Whether to call staff in is not asked of somebody who is on the telephone with them.
    state = replace(checklist.new_state(desk.runtime.content), screens={"case": "done"})
    outcome = checklist.greeting(state, desk.turns.runtime.content, desk.turns.runtime.site, visit.now)
    store.save_state(chat, outcome.state.to_json())
    store.append_messages(chat, [desk.turns.stamped(one) for one in outcome.say])
    typed = {name: visit.form.get(name, "") for name in BESIDE}
    checked = _check(visit, case, typed)
    if checked.entries:
        store.save_sheet(case.id, visit.name, checked.entries)
    return f"/calls/{case.id}"


# the page of a step -------------------------------------------------------------------------------------------------


def show_call(visit: Visit, case_id: str, fault: str = "", failed: TurnFailed | None = None) -> HTTPResponse:
    """The open question with its keys, what the checklist said last, and what staff write beside it."""
    desk = visit.desk
    with visit.records.reading() as store:
        case = _call(store, case_id)
        if not _is_at_work(visit, case):
            return visit.fault(409, fault) if fault else visit.go(f"/cases/{case.id}")
        chat = str(case.conversation_id)
        state, messages, entries = _state(visit, store, chat), store.messages(chat), store.sheet(case.id)
    _note_view(visit, case)
    turns = desk.turns
    renderer = turns.renderer(state)
    question = renderer.message(flow.ask(state, turns.content, turns.runtime.site))
    said = since_last_answer(messages)
    # One line in the voice of staff beside each sign: the questions are read out, the notes are not.
    plain = Renderer(turns.content, turns.runtime.site, "plain", state.country)
    notes = [(name, plain.text(label)) for name, label in note_fields(state, question["step"], turns.content)]
    posted = visit.form if visit.request.method == "POST" else {}
    return visit.render(
        "call.html",
        503 if failed else 200,
        case=case,
        level_words=say("desk.crisis") if case.crisis else say(f"levels.{case.level}"),
        elapsed=visit.now - case.opened_at,
        elapsed_words=clock(visit.now - case.opened_at),
        question=question,
        options=options(question),
        urgent=[message for message in said if is_urgent(message)],
        said=[message for message in said if not is_urgent(message)],
        is_first=not any(message["author"] == "person" for message in messages),
        progress=turns.progress(state),
        notes=notes,
        entries=entries,
        typed=posted,
        keys=PAGE_KEYS,
        limit=checklist.LIMIT,
        fault=fault,
        failed=failed,
    )


def _call(store: Transaction, case_id: str) -> Case:
    """The case of a caller.

    Raises:
        CaseMissing: there is none with this id.
    """
    case = store.case(case_id)
    if case.channel != CALL:
        raise CaseMissing(say("desk.call.faults.not_open"))
    return case


def _is_at_work(visit: Visit, case: Case) -> bool:
    """Whether the checklist of this call is one's own to answer."""
    return case.conversation_id is not None and case.state in LIVE_STATES and case.claimed_by == visit.name


def _own(visit: Visit, store: Transaction, case_id: str) -> Case:
    """The call, which is one's own.

    Raises:
        CaseMissing: there is no such call.
        ClaimConflict: somebody else has it, nobody has it, or it is over.
    """
    case = _call(store, case_id)
    if not _is_at_work(visit, case):
        raise ClaimConflict(say("desk.call.faults.not_open"))
    return case


def _state(visit: Visit, store: Transaction, chat: str) -> State:
    stored = store.state(chat)
    return State.from_json(stored) if stored else checklist.new_state(visit.desk.runtime.content)


def _note_view(visit: Visit, case: Case) -> None:
    if visit.request.method == "GET" and not visit.request.headers.get(PART):
        with visit.records.transaction() as store:
            store.note_view(case.id, visit.name)


# answering ----------------------------------------------------------------------------------------------------------


async def answer(visit: Visit, case_id: str) -> HTTPResponse | str | None:
    """One answer of the caller. A repeat is answered from the first result, as in every channel."""
    message = _message(visit)
    with visit.records.reading() as store:
        case = _own(visit, store, case_id)
        chat = str(case.conversation_id)
        is_repeat = message.client_id is not None and store.reply(chat, message.client_id) is not None
        state = _state(visit, store, chat)
    if not is_repeat:
        _see_that_it_fits(visit, state, message)
    return await _turn(visit, case, message)


def _message(visit: Visit) -> Message:
    """What was pressed and typed.

    Raises:
        ValueError: nothing, or more than any page has.
    """
    alone = visit.form.get("only")
    choices = (alone,) if alone else tuple(dict.fromkeys(visit.typed("choice")))
    text = visit.form.get("text", "").strip()
    step, once = visit.form.get("step") or None, visit.form.get("once") or None
    if not choices and not text:
        raise ValueError(say("desk.call.faults.empty"))
    if len(text) > TEXT_LENGTH:
        raise ValueError(say("desk.call.faults.long", most=checklist.LIMIT, now=len(text)))
    ids = [*choices, *filter(None, (step, once))]
    if len(choices) > limits.CHOICES or any(len(id_) > limits.ID_LENGTH for id_ in ids):
        raise ValueError(say("desk.call.faults.choice"))
    return Message(text, step, choices, once)


def _see_that_it_fits(visit: Visit, state: State, message: Message) -> None:
    """See to it that choices are of the question that is open.

    Words go on to the checklist even so: it keeps them, answers no other question with them, and meets a red flag.

    Raises:
        ClaimConflict: the question was answered meanwhile.
        ValueError: the open question has no such choice.
    """
    turns = visit.desk.turns
    question = flow.ask(state, turns.content, turns.runtime.site)
    if message.step != question.step and not message.text:
        raise ClaimConflict(say("desk.call.faults.stale"))
    if message.step == question.step and set(message.choices) - {choice.id for choice in question.choices}:
        raise ValueError(say("desk.call.faults.choice"))


async def _turn(visit: Visit, case: Case, message: Message) -> HTTPResponse | str | None:
    """Give a message to the checklist, and see that the case stands as high as what it finds."""
    try:
        body = await visit.desk.turns.answer(str(case.conversation_id), message)
    except TurnFailed as failed:
        # Nothing of it was kept; whom to call stands on the page at once.
        return show_call(visit, case.id, failed=failed)
    except ReplyConflict as conflict:
        # The page of an earlier question, brought back by the browser.
        raise ClaimConflict(say("desk.call.faults.stale")) from conflict
    if "receipt" in body:
        return f"/cases/{case.id}"
    with visit.records.transaction() as store:
        _raise(visit, store, case.id)
    if any(said["kind"] == "summary" for said in body["messages"]):
        return f"/calls/{case.id}/end"
    return None


def _raise(visit: Visit, store: Transaction, case_id: str, *, ended: bool = False) -> None:
    case = store.case(case_id)
    if case.conversation_id is None or case.state == "closed":
        return
    state = _state(visit, store, case.conversation_id)
    level = rise(level_of(case), state, visit.desk.turns.content, crisis=case.crisis, ended=ended)
    if level:
        store.raise_level(case.id, visit.name, level, say("desk.call.raised"))


# beside the checklist -----------------------------------------------------------------------------------------------


async def take_temperature(visit: Visit, case_id: str) -> HTTPResponse | str | None:
    """Keep a reading on the log sheet, and give it to the checklist, which meets a fever at once."""
    typed = {name: visit.form.get(name, "") for name in READING}
    with visit.records.transaction() as store:
        case = _own(visit, store, case_id)
        checked = _check(visit, case, typed)
        if "temperature" not in checked.entries:
            raise ValueError(say("desk.call.faults.no_temperature"))
        kept = {name: words for name, words in store.sheet(case.id).items() if name not in READING}
        now = visit.now.astimezone(visit.desk.turns.runtime.site.zone).isoformat(timespec="minutes")
        taken = {"temperature_when": now, **checked.entries}
        store.save_sheet(case.id, visit.name, {**kept, **taken})
    moment = datetime.fromisoformat(taken["temperature_when"])
    words = reading_words(taken["temperature"], moment, visit.desk.turns.content.urgency.fever, visit.now)
    once = visit.form.get("once", "")[: limits.ID_LENGTH] or None
    # Words of this step answer no other: "5 hours ago" is not since when somebody is tired.
    return await _turn(visit, case, Message(words, "temperature", client_id=once))


def keep_notes(visit: Visit, store: Transaction, case_id: str) -> None:
    """Keep who is calling and what was noted. A field that was not touched on this page stays as it is elsewhere."""
    case = _own(visit, store, case_id)
    # A field that was emptied does not come at all; what stood in it does.
    names = {name.removeprefix(WAS) for name in visit.form}
    shown = {name: (visit.form.get(WAS + name, "").strip(), visit.form.get(name, "").strip()) for name in names}
    touched = {
        name: words for name, (was, words) in shown.items() if words != was and (name in BESIDE or _is_note(name))
    }
    checked = _check(visit, case, touched)
    if touched:
        kept = {name: words for name, words in store.sheet(case.id).items() if name not in touched}
        store.save_sheet(case.id, visit.name, {**kept, **checked.entries})
    if words := visit.form.get("case_note", "").strip():
        store.add_note(case.id, visit.name, words[:4000])


def _is_note(name: str) -> bool:
    match = SIGN_FIELD.fullmatch(name)
    return match is not None and match[1] == NOTE


def _check(visit: Visit, case: Case, typed: Mapping[str, str]) -> Checked:
    """What was typed, as it can be kept.

    Raises:
        ValueError: one of the fields cannot be taken as it is; in words that say why.
    """
    runtime = visit.desk.turns.runtime
    zone = ZoneInfo(runtime.site.time_zone)
    checked = check(typed, visit.desk.turns.content, zone, opened_at=case.opened_at, now=visit.now)
    if checked.faults:
        raise ValueError(" ".join(f"{fault.label}: {fault.words}" for fault in checked.faults))
    return checked


# the end ------------------------------------------------------------------------------------------------------------


def end(visit: Visit, store: Transaction, case_id: str) -> None:
    """Ask nothing more: what was not asked counts from now on, as it does in every summary."""
    _own(visit, store, case_id)
    _raise(visit, store, case_id, ended=True)


def show_end(visit: Visit, case_id: str) -> HTTPResponse:
    """Level, what to tell the caller, the summary, what is missing on the log sheet, and the way to paper."""
    turns = visit.desk.turns
    site, now = turns.runtime.site, visit.now
    with visit.records.reading() as store:
        case = _call(store, case_id)
        if case.conversation_id is None:
            raise ConversationGone(say("desk.faults.gone"))
        view = view_case(store, case.id, turns.content, site, now)
    _note_view(visit, case)
    # What is told to the caller is in their voice, as in the widget; the case is in that of staff.
    renderer = turns.renderer(view.state)
    summary: dict[str, Any] = renderer.summary(build_summary(view.state, turns.content, site, now))
    question = renderer.message(flow.ask(view.state, turns.content, site))
    return visit.render(
        "call_end.html",
        case=case,
        view=view,
        direction=summary["directions"][0],
        sections=[(renderer.text(head), lines) for head, lines in noted(summary, renderer, site.zone) if lines],
        level_words=say("desk.crisis") if summary["crisis"] else say(f"levels.{summary['level']}"),
        found_level=summary["level"],
        crisis=summary["crisis"],
        elapsed_words=clock(now - case.opened_at),
        is_at_work=_is_at_work(visit, case),
        still_open=None if question["step"] == "summary" else question["text"],
    )


HOME = "/calls/{case_id}"

ROUTES = (
    Route("GET", "/calls", "call.open", show_start),
    Route("POST", "/calls", "call.open", start, "/", show_start),
    Route("GET", "/calls/<case_id>", "call.open", show_call),
    Route("POST", "/calls/<case_id>/answer", "call.open", answer, HOME, show_call),
    Route("POST", "/calls/<case_id>/temperature", "call.open", take_temperature, HOME, show_call),
    Route("POST", "/calls/<case_id>/notes", "case.sheet", keep_notes, HOME, show_call),
    Route("POST", "/calls/<case_id>/end", "call.open", end, HOME + "/end", show_call),
    Route("GET", "/calls/<case_id>/end", "call.open", show_end),
)
