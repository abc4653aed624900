"""A call at the desk of a real server: the checklist of every channel, answered by staff with plain forms."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sanic.request import RequestParameters

from bot.channels.turns import Turns
from bot.clinical.red_flags import alerts
from bot.clinical.state import Interrupt, State
from bot.content.loader import Content
from bot.nlp.understand import understand
from bot.records import LEVELS
from desk import accounts
from desk.call import KEYS, PAGE_KEYS, RESERVED, clock, note_fields, options, reading_words, rise
from desk.web import call_pages
from desk.web.live import Live
from desk.web.templates import Templates
from desk.web.visit import Desk, Visit
from tests.parity.player import comparable
from tests.parity.script import Script
from tests.parity.test_parity import SCRIPTS, SITE
from tests.support.calls import PASSWORD, Call, CallDesk
from tests.support.chat import Chat
from tests.support.server import Server
from tests.support.store import Store
from tests.support.turns import Rasa, open_runtime
from tests.support.turns import understand as played

NOW = datetime(2026, 3, 6, 14, 5, tzinfo=timezone.utc)
DAILY = ("several_signs", "back_and_again", "changed_in_the_review", "a_number_and_a_red_flag", "cannot_call")
#: Those that the parity of channels plays every day, and a few more; the others would tell nothing new of the desk.
#: Not those in which time passes or answers cross, which a call does not have, nor those that delete it: it ends there.
PLAYED = [
    script
    for script in SCRIPTS
    if (script.daily or script.id in DAILY)
    and all(len(turn.answers) == 1 and not turn.wait for turn in script.turns)
    and not any(answer.step == "forget" and "yes" in answer.choices for turn in script.turns for answer in turn.answers)
]


# pure decisions -------------------------------------------------------------------------------------------------------


def question(ids: list[str], *, multiple: bool) -> dict[str, Any]:
    choices = [{"id": id_, "label": id_, "help": None} for id_ in ids]
    return {"step": "x", "choices": choices, "multiple": multiple}


@given(st.integers(0, 60), st.booleans())
def test_no_key_stands_for_two_things(number: int, multiple: bool) -> None:
    """Whatever a page offers; only what is beyond the last key has none, and the usual four keep theirs."""
    ids = [f"choice-{n}" for n in range(number)]
    given_keys = options(question([*ids, *RESERVED], multiple=multiple))
    keys = [option.key for option in given_keys if option.key]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(PAGE_KEYS.values())
    assert len(keys) == min(len(ids), len(KEYS)) + len(RESERVED)
    assert {option.id: option.key for option in given_keys if option.id in RESERVED} == dict(RESERVED)
    assert all(len(option.key.removeprefix("Shift+")) <= 1 for option in given_keys)


def test_ticks_wait_and_ways_out_do_not() -> None:
    """On a page of several answers; a page of one answers at once."""
    several = {option.id: option.how for option in options(question(["fever", *RESERVED], multiple=True))}
    assert several == {"fever": "tick", "none": "tick", "unsure": "tick", "skip": "only", "back": "only"}
    assert {option.how for option in options(question(["yes", "back"], multiple=False))} == {"pick"}


def test_every_page_of_the_checklist_has_keys_enough(content: Content) -> None:
    """The review offers most: each sign, each page, and six steps."""
    assert len(KEYS) >= len(content.signs) + len(content.sign_pages(None)) + 6 + 1


@pytest.mark.parametrize(
    ("ago", "when"),
    [
        (timedelta(), "now"),
        (timedelta(minutes=-4), "now"),
        (timedelta(minutes=59), "now"),
        (timedelta(minutes=61), "last_24h"),
        (timedelta(hours=5), "last_24h"),
        (timedelta(hours=23, minutes=59), "last_24h"),
        (timedelta(hours=24), "last_24h"),
        (timedelta(hours=25), "earlier"),
        (timedelta(days=3), "earlier"),
        (timedelta(days=30), "earlier"),
    ],
)
@pytest.mark.parametrize("words", ["38.4", "101.2 F", "36.9", "thirty eight three", "35,1"])
def test_a_typed_reading_is_read_with_its_time(content: Content, ago: timedelta, when: str, words: str) -> None:
    """The checklist reads the very number, with when it was; a fever of today is met as a red flag."""
    said = reading_words(words, NOW - ago, content.urgency.fever, NOW)
    understood = understand(said, "self")
    assert [reading.when for reading in understood.temperatures] == [when]
    expected = {"38.4": 38.4, "101.2 F": 38.4444, "36.9": 36.9, "thirty eight three": 38.3, "35,1": 35.1}[words]
    assert understood.temperatures[0].c == pytest.approx(expected, abs=0.001)
    flagged = set(alerts(understood, content.urgency.fever).present)
    assert bool(flagged & {"fever_38", "low_temperature"}) == (when != "earlier" and words != "36.9")


def test_notes_stand_beside_the_signs_of_the_page(content: Content) -> None:
    """Its signs or red flags; the one sign of a follow-up; the flags while an emergency is on; else none."""
    fields = {
        step: [name for name, _ in note_fields(State(), step, content)] for step in (*content.steps, "since:fever")
    }
    assert fields["page_head"] == [f"note:sign:{sign}" for sign in content.steps["page_head"].signs]
    assert fields["right_now_1"] == [f"note:flag:{flag}" for flag in content.steps["right_now_1"].flags]
    assert fields["since:fever"] == ["note:sign:fever"]
    assert fields["who"] == []
    interrupted = State(interrupt=Interrupt("red_flag", ("chest_pain",)))
    assert note_fields(interrupted, "red_flag", content) == (("note:flag:chest_pain", "flag_chest_pain_label"),)
    known = {label for step in (*content.steps, "since:fever") for _, label in note_fields(State(), step, content)}
    assert known <= set(content.utterances)


def test_a_case_only_rises(content: Content) -> None:
    """To what is noted, at the end to what was never asked too, and to the mark of a crisis; never down."""
    fresh, bleeding = State(), State(flags={"uncontrolled_bleeding": "present"})
    crisis = State(flags={"self_harm": "present"})
    assert rise("keep", fresh, content, crisis=False, ended=False) is None
    assert rise("keep", fresh, content, crisis=False, ended=True) == content.urgency.combination.flag_unanswered
    assert rise("soon", bleeding, content, crisis=False, ended=False) == "emergency"
    assert rise("emergency", fresh, content, crisis=False, ended=True) is None
    assert rise("emergency", crisis, content, crisis=False, ended=False) == "crisis"
    assert rise("emergency", crisis, content, crisis=True, ended=False) is None


@pytest.mark.parametrize(("seconds", "shown"), [(-3, "0:00"), (9, "0:09"), (245, "4:05"), (3845, "1:04:05")])
def test_the_clock(seconds: int, shown: str) -> None:
    """Never below nothing: clocks differ."""
    assert clock(timedelta(seconds=seconds)) == shown


# without a server -----------------------------------------------------------------------------------------------------


def test_a_turn_that_breaks_shows_whom_to_call(tmp_path: Path) -> None:
    """Nothing of it is kept, the page says so in an alert with numbers, and the same question is asked again."""
    runtime = open_runtime(tmp_path)
    rasa = Rasa(runtime)
    turns, templates = Turns(runtime, rasa, played), Templates(runtime.site)
    desk: Any = Desk(
        runtime, runtime.records, turns, templates, Live(runtime.records, runtime, turns, templates, "/desk"), ()
    )
    first = accounts.add(runtime.records, "Anna", "helper", "test")
    session = accounts.choose_password(runtime.records, "Anna", first.password, PASSWORD)

    def visit(**form: str) -> Any:
        fields = RequestParameters({name: [words] for name, words in form.items()})
        cookies = {"__Host-desk": session}
        return Visit(desk, SimpleNamespace(cookies=cookies, headers={}, method="POST", form=fields, path="/"))  # type: ignore[arg-type]

    with runtime.records.transaction() as store:
        case_id = call_pages.start(visit(), store).rpartition("/")[2]
        chat = str(store.case(case_id).conversation_id)
        before = store.messages(chat)
    rasa.fault = RuntimeError("broken")
    answered: Any = asyncio.run(call_pages.answer(visit(step="welcome", choice="start", once="a"), case_id))
    page = answered.body.decode()
    assert answered.status == 503
    assert re.search(r'<section class="urgent" role="alert".*?href="tel:999"', page, re.DOTALL)
    assert 'name="step" value="welcome"' in page
    with runtime.records.reading() as store:
        assert store.messages(chat) == before
    rasa.fault = None
    assert asyncio.run(call_pages.answer(visit(step="welcome", choice="start", once="a"), case_id)) is None
    with runtime.records.reading() as store:
        assert (store.state(chat) or {})["started"] is True
    runtime.records.dispose()


# on a real server -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("calls")
    site = folder / "site.yml"
    site.write_text(SITE, encoding="utf-8")
    started = Server(folder / "server", trained_model, {"SIGNPOST_SITE": str(site)}).start()
    opened = Store(started, site)
    yield opened
    opened.close()
    started.close()


@pytest.fixture(scope="module")
def anna(store: Store) -> CallDesk:
    return CallDesk(store)


@pytest.fixture
def call(anna: CallDesk) -> Call:
    return anna.start(caller="Ruth Lee", relationship="daughter")


@pytest.mark.server
@pytest.mark.parametrize(
    "script",
    [pytest.param(s, id=s.id, marks=() if s.id in DAILY else pytest.mark.long) for s in PLAYED],
)
def test_a_call_ends_as_the_chat_does(script: Script, store: Store, anna: CallDesk) -> None:
    """The same answers give the same words on the way, the same summary, and a case of the same level."""
    chat, call = Chat(store.server).start(), anna.start()
    levels: list[str] = []
    for turn in script.turns:
        (answer,) = turn.answers
        if answer.choices:
            chat.pick(*answer.choices, text=answer.words or None, step=answer.step)
        else:
            chat.say(answer.words)
        if not call.page.path.endswith(call.case_id):
            call.open()
        assert not answer.step or call.step == answer.step
        call.answer(*answer.choices, text=answer.words)
        assert call.page.status == 200, call.page.words
        levels.append(chat.level or "keep")
    assert comparable(call.summary()) == comparable(chat.summary())
    said = [message["utterance"] for message in chat.history()["messages"] if message["author"] == "bot"]
    assert [message["utterance"] for message in call.transcript if message["author"] == "bot"] == said
    if script.turns[-1].answers[0].choices == ("finish",):
        assert call.page.path.endswith("/end")
        direction = call.summary()["directions"][0]
        words = " ".join(call.page.words.split())
        assert " ".join(direction["title"].split()) in words
        assert " ".join(direction["say"].split()) in words
        wanted = [contact["phone"].replace(" ", "") for contact in direction["contacts"] if contact["phone"]]
        assert call.page.phones == wanted
        # What was taken back, or turned out to be less, leaves the case where it had risen to.
        reached = max([*levels, script.end.level], key=LEVELS.index)
        assert (call.case.level, call.case.crisis) == (reached, script.end.crisis)


@pytest.mark.server
def test_the_page_of_a_step(call: Call) -> None:
    """The welcome with its keys; who is calling; the case is one's own, at the lowest level, and from the telephone."""
    page = call.page
    assert page.form("answer").keys == {"start": "1", "ask": "2", "person": "3"}
    assert "Ruth Lee" in page.words and call.sheet == {"caller": "Ruth Lee", "relationship": "daughter"}
    assert re.search(r'role="timer" data-seconds="\d+"', page.html)
    case = call.case
    assert (case.channel, case.level, case.state, case.claimed_by) == ("call", "keep", "claimed", call.desk.name)
    assert f"/desk/calls/{call.case_id}" in call.desk.get("/").html, "a call goes on from the queue"
    assert f"/desk/calls/{call.case_id}" in call.desk.get(f"/cases/{call.case_id}").html


@pytest.mark.server
def test_a_red_flag_interrupts_with_what_to_tell_the_caller(call: Call) -> None:
    """In an alert: the direction, the words to say, the number; and the case rises at once."""
    call.answer("start").answer("chest_pain", "none" if "chest_pain" not in call.choices else "chest_pain")
    assert call.step == "red_flag"
    assert "Words for the caller to say" in call.page.alert
    assert call.page.phones[0] == call.summary()["directions"][0]["contacts"][0]["phone"]
    assert call.case.level == "emergency"
    raised = [e for e in _events(call) if e.what == "case.raised"]
    assert raised and raised[0].facts["new"] == "emergency"


@pytest.mark.server
def test_questions_are_in_the_voice_of_whom_they_are_about(call: Call) -> None:
    """Read aloud to a mother they speak of her child."""
    call.until("who").answer("child").until("page_body")
    assert "Your child's body" in call.page.words
    assert call.state.about == "child"


@pytest.mark.server
def test_a_form_that_comes_twice_counts_once(call: Call) -> None:
    """The answer, the reading, the note: sent again, the page shows where the call stands."""
    call.answer("start")
    for ending, typed in (("answer", [("choice", "none")]), ("temperature", [("temperature", "36.8")])):
        form = call.page.form(ending)
        fields = [*form.fields.items(), *typed]
        first = call.desk.send(form, fields)
        said = len(call.transcript)
        again = call.desk.send(form, fields)
        assert (again.status, again.form("answer").fields["step"]) == (200, first.form("answer").fields["step"])
        assert len(call.transcript) == said
        call.page = again
    form = call.page.form("notes")
    for _ in range(2):
        call.desk.send(form, [*{**form.fields, "case_note": "rings from a train"}.items()])
    with call.desk.store.records.reading() as store:
        assert [note.text for note in store.notes(call.case_id)] == ["rings from a train"]


@pytest.mark.server
def test_the_same_mark_with_another_answer_is_refused(call: Call) -> None:
    """The first one stands, and the open question is shown."""
    fields = call.fields("start")
    call.answer("start")
    before = len(call.transcript)
    page = call.desk.send(
        call.page.form("answer"), [("choice", "ask") if f == ("choice", "start") else f for f in fields]
    )
    assert page.status == 409 and page.form("answer").fields["step"] == "right_now_1"
    assert len(call.transcript) == before


@pytest.mark.server
def test_an_answer_to_a_question_that_is_over_takes_nothing(call: Call) -> None:
    """Two windows: the second shows which question is open; words in it are still read for a red flag."""
    call.answer("start")
    form = call.desk.get(f"/calls/{call.case_id}").form("answer")
    fields = [*form.fields.items(), ("choice", "chest_pain")]
    call.answer("none")
    before = call.state
    page = call.desk.send(form, fields)
    assert page.status == 409 and "answered already" in page.alert
    assert page.form("answer").fields["step"] == "right_now_2"
    assert call.state == before
    words = {"once": "another", "text": "crushing chest pain now, it will not go"}
    page = call.desk.send(form, [*{**form.fields, **words}.items()])
    assert page.form("answer").fields["step"] == "red_flag"
    assert call.case.level == "emergency"


HOSTILE = [
    "<script>alert(1)</script>",
    "=1+1",
    "\x00\x1b[2J",
    "\u202eabc",
    "{{ 7*7 }}",
    "'; drop table cases; --",
    "é" * 500,
]


@pytest.mark.server
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_is_text(call: Call, text: str) -> None:
    """In the caller's words, the notes and the names; ids that no page has are refused and nothing changes."""
    call.fill("notes", relationship=text[:100], case_note=text)
    assert call.page.status == 200
    call.answer("start", text="").answer(text=text)
    assert call.page.status == 200
    before = call.state
    form = call.page.form("answer")
    for odd in ([("choice", text)], [("only", text)], [("choice", "x" * 300)], [("choice", "none")] * 99):
        page = call.desk.send(form, [*form.fields.items(), *odd])
        if odd[0][1] != "none":
            assert page.status in (400, 409), odd
            assert call.state == before
    for path in (f"/calls/{call.case_id}", f"/calls/{call.case_id}/end", f"/cases/{call.case_id}"):
        html = call.desk.get(path).html
        shown = re.sub(r'value="[^"]*"', "", html)
        assert "<script>alert" not in html and "\u202e" not in shown and "\x1b" not in shown


@pytest.mark.server
def test_nothing_and_too_much_are_said_so(call: Call) -> None:
    """The fault stands in an alert, and what was typed stays."""
    call.answer("start").answer()
    assert call.page.status == 400 and "Tick an answer" in call.page.alert
    call.answer(text="a" * 5001)
    assert call.page.status == 400 and "5001" in call.page.alert
    assert call.page.form("answer").fields["text"] == "a" * 5001
    call.fill("temperature", temperature="hot")
    assert call.page.status == 400 and "no body temperature" in call.page.alert
    assert call.page.form("temperature").fields["temperature"] == "hot"
    call.fill("temperature", temperature="")
    assert "Write the temperature first" in call.page.alert


@pytest.mark.server
def test_a_reading_is_met_at_once_whatever_is_asked(call: Call) -> None:
    """Typed beside the question whom it is about: a direction, the flag, the case, and the log sheet with its time."""
    call.until("who")
    taken = call.desk.store.clock() - timedelta(hours=3)
    local = taken.astimezone(call.desk.store.site.zone)
    call.fill("temperature", temperature="101.3 F", temperature_when=f"{local:%Y-%m-%d %H:%M}")
    assert call.step == "red_flag" and "Words for the caller" in call.page.alert
    assert call.state.flags == {"fever_38": "present"}
    assert [(round(r.c, 1), r.when) for r in call.state.temperatures] == [(38.5, "last_24h")]
    assert call.case.level == "now"
    assert call.sheet["temperature"] == "101.3 F" and call.sheet["temperature_when"].startswith(f"{local:%Y-%m-%d}")
    call.answer("called")
    assert call.step not in ("temperature", "temperature_when"), "nobody asks again what was just typed"


@pytest.mark.server
def test_a_reading_answers_no_other_question(call: Call) -> None:
    """Hours ago are not since when somebody is tired; at the question of the temperature it is the answer."""
    call.until("page_body").answer("fatigue", "fever")
    assert call.step == "temperature"
    local = (call.desk.store.clock() - timedelta(hours=5)).astimezone(call.desk.store.site.zone)
    call.fill("temperature", temperature="36.9", temperature_when=f"{local:%Y-%m-%d %H:%M}")
    assert call.step == "medicines"
    call.answer("none")
    assert call.step == "since:fatigue"
    call.fill("temperature", temperature="37.1")
    assert call.step == "since:fatigue"
    noted = datetime.fromisoformat(call.sheet["temperature_when"])
    assert abs(call.desk.store.clock() - noted) < timedelta(minutes=5), "without a time it is one of now"
    assert call.state.findings["fatigue"].since is None
    assert sorted(reading.c for reading in call.state.temperatures) == [36.9, 37.1]


@pytest.mark.server
def test_notes_stand_on_the_sheet_and_in_what_leaves_the_desk(call: Call) -> None:
    """Beside their sign; a field that another window changed meanwhile is not put back."""
    call.until("page_body")
    old = call.desk.get(f"/calls/{call.case_id}").form("notes")
    call.fill("notes", note__sign__fatigue="sleeps all day", caller="Ruth Lee-Ng")
    stale = {**old.fields, "note:sign:fever": "felt hot at lunch"}
    call.page = call.desk.send(old, [*stale.items()])
    assert call.sheet["caller"] == "Ruth Lee-Ng"
    assert (call.sheet["note:sign:fatigue"], call.sheet["note:sign:fever"]) == ("sleeps all day", "felt hot at lunch")
    call.answer("fatigue")
    assert "sleeps all day" in call.page.html, "it stands beside the questions about that sign too"
    assert "sleeps all day" in call.desk.get(f"/cases/{call.case_id}").words
    form = call.desk.get(f"/cases/{call.case_id}").form("export/fhir")
    exported = call.desk.request("POST", form.action, content=str(form_body(form.fields)))
    assert "sleeps all day" in json.dumps(exported.json(), ensure_ascii=False)
    sheet = call.desk.get(f"/cases/{call.case_id}/sheet").form("sheet")
    assert sheet.fields["note:sign:fatigue"] == "sleeps all day"
    call.open().fill("notes", note__sign__fatigue="")
    assert "note:sign:fatigue" not in call.sheet


def form_body(fields: dict[str, str]) -> httpx.QueryParams:
    return httpx.QueryParams(list(fields.items()))


@pytest.mark.server
def test_the_end_can_come_before_the_last_question(call: Call) -> None:
    """What was never asked counts then: the level is that of the summary, and the open question is named."""
    call.answer("start").fill("end")
    assert call.page.path.endswith("/end")
    assert call.case.level == call.summary()["level"] != "keep"
    assert "has a question open" in call.page.words
    assert "Still missing" in call.page.words
    form = call.page.form("export/pdf")
    paper = call.desk.request("POST", form.action, content=str(form_body(form.fields)))
    assert paper.content.startswith(b"%PDF")
    assert call.case.state == "claimed", "it is closed from its case"
    assert call.open().step == "right_now_1", "and the checklist can still go on"


@pytest.mark.server
def test_a_call_is_its_owners(call: Call, store: Store) -> None:
    """A colleague is led to the case, and can answer nothing; nor can anybody once the case is closed."""
    ben = CallDesk(store)
    assert ben.get(f"/calls/{call.case_id}").path == f"/desk/cases/{call.case_id}"
    form = call.page.form("answer")
    csrf = ben.get("/calls").form("calls").fields["csrf"]
    taken = ben.send(form, [*{**form.fields, "csrf": csrf}.items(), ("choice", "start")])
    assert taken.status == 409
    assert call.state.started is False
    with store.records.transaction() as records:
        records.close(call.case_id, call.desk.name, "advice")
    assert call.desk.send(form, [*form.fields.items(), ("choice", "start")]).status == 409
    assert call.state.started is False


@pytest.mark.server
def test_a_session_that_ends_loses_nothing(store: Store) -> None:
    """The answer after it is refused, and the call goes on at the same question after the next sign-in."""
    carol = CallDesk(store)
    call = carol.start()
    call.answer("start").answer("none")
    with store.records.transaction() as records:
        records.end_session(carol.session)
    call.answer("none")
    assert call.page.status == 401
    with store.records.transaction() as records:
        carol.session = records.start_session(records.account(carol.name))
    assert call.case_id in carol.get("/").words
    assert call.open().step == "right_now_2"


@pytest.mark.server
def test_a_chat_is_no_call(anna: CallDesk, store: Store) -> None:
    """The case of somebody in the widget has no page here; nor has one that does not exist."""
    chat = Chat(store.server).start()
    chat.pick("person")
    with store.records.reading() as records:
        case = next(case for case in records.cases() if case.channel == "widget")
    assert anna.get(f"/calls/{case.id}").status == 404
    assert anna.get("/calls/NOSUCH").status == 404


@pytest.mark.server
def test_forgotten_in_the_call(call: Call) -> None:
    """A caller may have everything deleted: the fact that there was a call is what remains."""
    call.answer("start").answer(text="please delete everything I told you")
    assert call.step == "forget"
    call.answer("yes")
    assert call.page.path == f"/desk/cases/{call.case_id}"
    assert call.case.conversation_id is None and call.sheet == {}


def _events(call: Call) -> Any:
    with call.desk.store.records.reading() as store:
        return store.case_events(call.case_id)
