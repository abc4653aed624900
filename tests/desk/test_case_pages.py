"""The page of a case as staff use it: every action through its form, and what becomes of it for the person."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from desk.roles import ROLES
from tests.conftest import NewServer
from tests.exports.r4 import faults
from tests.server.test_handover import Listener
from tests.support.chat import Chat
from tests.support.companies import Companies, Fate, Phone
from tests.support.desk import Browser, Page, hire
from tests.support.server import Server
from tests.support.wire.apps import WIRES
from tests.support.wire.base import Answer, Call, Wire

pytestmark = pytest.mark.server

BLEEDING = "my nose has been bleeding for an hour and will not stop"
NewCase = Callable[[], tuple[Chat, str]]


@pytest.fixture(scope="module")
def desk(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this file alone, whose clock stands."""
    started = Server(tmp_path_factory.mktemp("desk"), trained_model).start()
    yield started
    started.close()


@pytest.fixture(scope="module")
def staff(desk: Server) -> dict[str, Browser]:
    """Somebody of each role, signed in."""
    return {role: hire(desk, role) for role in ROLES}


@pytest.fixture
def helper(staff: dict[str, Browser]) -> Browser:
    return staff["helper"]


@pytest.fixture
def new_case(desk: Server, helper: Browser) -> NewCase:
    """Makes a chat whose person asks for somebody; the chat, and the address of its case."""

    def make() -> tuple[Chat, str]:
        before = open_cases(helper)
        chat = Chat(desk).start()
        chat.say("I want to talk to a person")
        (case,) = open_cases(helper) - before
        return chat, f"/cases/{case}"

    return make


def open_cases(browser: Browser) -> set[str]:
    """The ids in the queue."""
    return {
        row.attributes["data-id"] for row in browser.get("/").by_id("queue").all("tr") if "data-id" in row.attributes
    }


def queue_row(browser: Browser, case: str) -> str:
    return browser.get("/").by_id(f"case-{case.rpartition('/')[2]}").words


def chat_words(page: Page) -> str:
    return page.by_id("transcript").words


def history(page: Page) -> str:
    """Who did what, and the notes."""
    return next(e for e in page.tree.walk() if e.attributes.get("data-live") == "history").words


# whose it is ----------------------------------------------------------------------------------------------------------


def test_the_person_sees_that_somebody_is_typing(new_case: NewCase, staff: dict[str, Browser]) -> None:
    """While whoever has the case types in the reply, and until it is sent; that others type is nobody's business."""
    chat, case = new_case()
    helper, clinician = staff["helper"], staff["clinician"]
    listener = Listener(chat)
    page = helper.do(case, "claim")
    listener.wait(1)
    token = {"csrf": clinician.get(case).form("note")[1]["csrf"]}
    assert clinician.post(f"{case}/typing", token).status == 204
    assert helper.post(f"{case}/typing", {"csrf": "guessed"}).status == 403
    entries = page.words.count(helper.name)
    assert helper.post(f"{case}/typing", {"csrf": page.form("reply")[1]["csrf"]}).status == 204
    assert listener.wait(2)[-1] == {"typing": True}
    assert helper.get(case).words.count(helper.name) == entries
    helper.do(case, "reply", text="Hello")
    found = listener.wait(4)[2:]
    assert [one.get("text", one.get("typing")) for one in found] == ["Hello", False]


def test_claiming_and_giving_back(new_case: NewCase, staff: dict[str, Browser]) -> None:
    """The case has one owner; others cannot write in it; a supervisor can take it; the person reads who is there."""
    chat, case = new_case()
    helper, clinician, supervisor = (staff[role] for role in ROLES)
    late = clinician.get(case)
    page = helper.do(case, "claim")
    assert (page.status, page.led) == (200, f"/desk{case}")
    assert f"Taken: {helper.name}" in page.words and page.has_form("follow-up") and not page.has_form("claim")
    assert helper.name in queue_row(clinician, case)
    refused = clinician.send(late, "claim")
    assert refused.status == 409 and helper.name in refused.fault
    refused = clinician.send(late, "reply", text="not mine to say")
    assert refused.status == 409 and helper.name in refused.fault
    assert refused.by_id("unsent-reply").raw == "not mine to say"
    assert not clinician.get(case).has_form("release") and supervisor.get(case).has_form("release")
    texts = [m["text"] for m in chat.history()["messages"]]
    assert any(helper.name in text for text in texts) and "not mine to say" not in texts
    forged = clinician.post(f"{case}/release", {"csrf": late.form("claim")[1]["csrf"]})
    assert forged.status == 409
    assert supervisor.do(case, "release").led == "/desk/"
    assert "Waiting" in queue_row(helper, case)
    assert [m["utterance"] for m in chat.history()["messages"]][-1] == "human_left"


def test_handing_over(new_case: NewCase, staff: dict[str, Browser]) -> None:
    """To a colleague by name, who then has it; to nobody else; one's own alone, but for a supervisor.

    The person reads each time who is there now.
    """
    chat, case = new_case()
    helper, clinician, supervisor = (staff[role] for role in ROLES)
    page = helper.do(case, "claim")
    assert helper.name not in page.by_id("assign-to").words
    refused = helper.send(page, "assign", to="Nobody At All")
    assert refused.status in (400, 404)
    page = helper.do(case, "assign", to=clinician.name)
    assert f"Taken: {clinician.name}" in page.words and not page.has_form("assign")
    assert f"handed it over (to {clinician.name})" in history(page)
    assert helper.post(f"{case}/assign", {"csrf": page.form("sign-out")[1]["csrf"], "to": helper.name}).status == 409
    page = supervisor.do(case, "assign", to=supervisor.name if supervisor.name in page.words else helper.name)
    assert page.status == 200 and f"Taken: {helper.name}" in page.words
    joined = [m["text"] for m in chat.history()["messages"] if m["utterance"] == "human_joined"]
    assert [name in text for name, text in zip((helper.name, clinician.name, helper.name), joined, strict=True)] == [
        True
    ] * 3


# what is said ---------------------------------------------------------------------------------------------------------


def test_a_reply_reaches_the_person_with_the_name(new_case: NewCase, helper: Browser) -> None:
    """On the open page and in the history; the case is taken by it; lines stay lines."""
    chat, case = new_case()
    listener = Listener(chat)
    page = helper.do(case, "reply", text="Hello,\r\nhow can I help? <b>& “you”")
    assert page.led == f"/desk{case}" and f"Answered: {helper.name}" in page.words
    assert "how can I help? <b>& “you”" in chat_words(page) and page.by_id("reply").raw == ""
    reply = listener.wait(2)[1]
    assert (reply["author"], reply["name"], reply["text"]) == (
        "staff",
        helper.name,
        "Hello,\nhow can I help? <b>& “you”",
    )
    kept = chat.history()["messages"][-1]
    assert (kept["author"], kept["name"], kept["id"]) == ("staff", helper.name, reply["id"])
    chat.say("thank you, my leg is sore")
    assert "thank you, my leg is sore" in chat_words(helper.get(case))


@pytest.mark.parametrize("text", ["", "  \r\n ", "x" * 2001], ids=["nothing", "space", "too-long"])
def test_a_reply_that_cannot_be_sent_stays_in_the_page(new_case: NewCase, helper: Browser, text: str) -> None:
    """Nothing is claimed or said; what was typed can be mended."""
    chat, case = new_case()
    before = chat.history()["messages"]
    page = helper.do(case, "reply", text=text)
    assert page.status == 400 and page.fault
    assert page.by_id("reply").raw.strip() == text.strip()
    assert page.has_form("claim")
    assert chat.history()["messages"] == before


def test_a_note_is_for_staff_alone(new_case: NewCase, helper: Browser) -> None:
    """On the page with its author; nowhere in the chat."""
    chat, case = new_case()
    assert helper.do(case, "note", text=" ").status == 400
    page = helper.do(case, "note", text="rang twice,\nno answer")
    assert "rang twice, no answer" in history(page).replace("twice,no", "twice, no") and helper.name in history(page)
    assert "rang twice" not in json.dumps(chat.history())


# how urgent -----------------------------------------------------------------------------------------------------------


def test_everybody_may_raise_and_only_a_clinician_lower(new_case: NewCase, staff: dict[str, Browser]) -> None:
    """Who may not has no button, and is refused all the same; lowering needs a reason, which stays."""
    _, case = new_case()
    helper, clinician, supervisor = (staff[role] for role in ROLES)
    page = helper.do(case, "raise", level="emergency", reason="grey in the face")
    assert page.by_id("case").all("span", **{"class": "level emergency"}) and "grey in the face" in history(page)
    assert "Emergency" in queue_row(helper, case)
    again = helper.post(f"{case}/raise", {"csrf": page.form("note")[1]["csrf"], "level": "now"})
    assert again.status == 400 and again.fault
    for browser in (helper, supervisor):
        page = browser.get(case)
        assert not page.has_form("lower")
        fields = {"csrf": page.form("note")[1]["csrf"], "level": "soon", "reason": "all well"}
        assert browser.post(f"{case}/lower", fields).status == 403
    refused = clinician.do(case, "lower", level="soon", reason="  ")
    assert refused.status == 400 and "reason" in refused.fault
    refused = clinician.post(f"{case}/lower", {"csrf": page_mark(clinician), "level": "sooon", "reason": "typed this"})
    assert refused.status == 400 and refused.by_id("lower-why").raw == "typed this"
    page = clinician.do(case, "lower", level="soon", reason="rang: it has stopped")
    assert page.status == 200 and "rang: it has stopped" in history(page)
    assert "Soon" in queue_row(helper, case)
    page = helper.do(case, "raise", level="crisis")
    assert "Crisis" in page.by_id("case").words and not page.has_form("raise")
    clinician.do(case, "lower", level="keep", reason="safe with her sister")
    assert "Crisis" in queue_row(helper, case)


def page_mark(browser: Browser) -> str:
    return browser.get("/").form("sign-out")[1]["csrf"]


def test_a_red_flag_in_the_chat_raises_the_case_that_staff_have(new_case: NewCase, helper: Browser) -> None:
    """The page says so with the person's words, and the queue too."""
    chat, case = new_case()
    helper.do(case, "claim")
    chat.say(BLEEDING)
    page = helper.get(case)
    assert page.by_id("case").all("span", **{"class": "level emergency"})
    assert "checklist" in history(page).lower() and "raised the level" in history(page)
    assert "bleeding" in next(e for e in page.tree.walk() if e.attributes.get("data-live") == "why").words
    assert "Emergency" in queue_row(helper, case)


# what becomes of it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("due", ["", "soon", "25:00", "2020-01-01 10:00", "2026-02-30 10:00", "9999-12-31 10:00"])
def test_a_follow_up_at_no_good_time_is_not_taken(new_case: NewCase, helper: Browser, due: str) -> None:
    """What was typed is still there."""
    _, case = new_case()
    page = helper.send(helper.do(case, "claim"), "follow-up", due=due)
    assert page.status == 400 and page.fault
    assert page.by_id("due").attributes["value"] == due
    assert "Taken" in page.words


def test_a_follow_up_leaves_the_chat_to_the_checklist(new_case: NewCase, helper: Browser) -> None:
    """In the queue with its time; the owner stays; anybody can take it."""
    chat, case = new_case()
    helper.do(case, "claim")
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 2 * 86400))
    page = helper.do(case, "follow-up", due=f"{day} 14:05")
    assert page.status == 200 and "Follow-up" in page.words and "follow-up due in" in page.words
    assert f"for {day} 14:05" in history(page)
    assert "follow-up due in" in queue_row(helper, case) and helper.name in queue_row(helper, case)
    assert chat.history()["messages"][-1]["utterance"] == "human_left"
    assert helper.do(case, "claim").status == 200


def test_closing_takes_an_outcome_of_the_site(new_case: NewCase, staff: dict[str, Browser]) -> None:
    """Then nothing more can be done but note and sheet; it has left the queue."""
    chat, case = new_case()
    helper = staff["helper"]
    for outcome in ("", "made_up", "TEAM CALLED"):
        page = helper.do(case, "close", outcome=outcome)
        assert page.status == 400 and page.fault
    assert helper.do(case, "close", outcome="team_called").led == "/desk/"
    assert case.rpartition("/")[2] not in open_cases(helper)
    page = helper.get(case)
    assert "We told their care team" in page.words and "We told their care team" in history(page)
    assert not any(page.has_form(action) for action in ("claim", "reply", "raise", "assign", "close", "release"))
    mark = page.form("note")[1]["csrf"]
    for action in ("claim", "reply", "raise", "assign", "close", "release", "follow-up"):
        fields = {"csrf": mark, "text": "x", "level": "crisis", "to": helper.name, "outcome": "advised", "due": "23:59"}
        assert helper.post(f"{case}/{action}", fields).status in (400, 409), action
    assert helper.do(case, "note", text="rang back").status == 200
    assert "x" not in [message["text"] for message in chat.history()["messages"]]


@pytest.mark.parametrize(
    ("action", "typed"),
    [("note", {"text": "only once"}), ("reply", {"text": "only once"}), ("raise", {"level": "emergency"})],
)
def test_a_form_that_comes_twice_changes_once(
    new_case: NewCase, helper: Browser, action: str, typed: dict[str, str]
) -> None:
    """After a lost answer, or a second click: it leads to the same page; a new form is taken."""
    _, case = new_case()
    page = helper.get(case)
    first, second = (helper.send(page, action, **typed) for _ in range(2))
    assert (first.status, second.status, second.led) == (200, 200, f"/desk{case}")
    if action != "raise":
        assert second.words.count("only once") == 1
        assert helper.do(case, action, **typed).words.count("only once") == 2
    assert history(second).count("raised the level") == (1 if action == "raise" else 0)


# the log sheet --------------------------------------------------------------------------------------------------------


def test_a_sheet_with_faults_keeps_what_was_typed(new_case: NewCase, helper: Browser) -> None:
    """Each fault beside its field; nothing is saved until all can be taken; then the page shows it."""
    _, case = new_case()
    page = helper.get(f"{case}/sheet")
    typed = {"caller": "Ann <Lee>", "temperature": "99 or 101", "last_treatment_date": "3/4/26", "reason": "line\ntwo"}
    page = helper.send(page, "sheet", **typed)
    assert page.status == 400 and "2 of its fields" in page.fault
    assert page.by_id("f-caller").attributes["value"] == "Ann <Lee>"
    assert page.by_id("f-reason").raw.replace("\r\n", "\n") == "line\ntwo"
    wrong = {e.attributes["id"] for e in page.tree.walk() if e.attributes.get("aria-invalid") == "true"}
    assert wrong == {"f-temperature", "f-last_treatment_date"}
    assert all(page.by_id(id_.replace("f-", "w-")).words for id_ in wrong)
    assert "Ann" not in helper.get(case).words
    page = helper.send(page, "sheet", temperature="37.0", last_treatment_date="2026-04-03")
    assert page.led == f"/desk{case}" and "Ann <Lee>" in page.words and "saved the log sheet" in history(page)
    assert helper.get(f"{case}/sheet").by_id("f-caller").attributes["value"] == "Ann <Lee>"
    assert helper.post(f"{case}/sheet", {"csrf": page_mark(helper), "no_such_field": "x"}).status == 400


def test_a_sheet_that_somebody_else_saved_meanwhile_is_not_written_over(
    new_case: NewCase, staff: dict[str, Browser]
) -> None:
    """What was typed is still there, and can be saved on top of what the other saw."""
    _, case = new_case()
    helper, clinician, _ = (staff[role] for role in ROLES)
    mine, theirs = helper.get(f"{case}/sheet"), clinician.get(f"{case}/sheet")
    clinician.send(theirs, "sheet", caller="the daughter")
    page = helper.send(mine, "sheet", caller="the son")
    assert page.status == 409 and "Somebody else" in page.fault
    assert page.by_id("f-caller").attributes["value"] == "the son"
    assert "the daughter" in helper.get(case).words
    assert helper.send(page, "sheet").led == f"/desk{case}"
    assert "the son" in helper.get(case).words


def test_a_fever_on_the_sheet_raises_the_level(new_case: NewCase, helper: Browser) -> None:
    """By the checklist's rule; said in the history; saving the same again does nothing more."""
    _, case = new_case()
    page = helper.do(f"{case}/sheet", "sheet", temperature="38.4")
    assert page.by_id("case").all("span", **{"class": "level now"}) and "38.4" in history(page)
    assert "Now" in queue_row(helper, case)
    again = helper.do(f"{case}/sheet", "sheet")
    assert history(again).count("raised the level") == 1
    assert "38.4" in next(e for e in again.tree.walk() if e.attributes.get("data-live") == "why").words


# exports --------------------------------------------------------------------------------------------------------------


def test_exports_are_whole_valid_and_entered_in_the_log(new_case: NewCase, helper: Browser) -> None:
    """PDF, CSV with consent alone, FHIR; each with a name for the file that holds no more than the id."""
    chat, case = new_case()
    chat.pick("start")
    chat.say("night sweats since Easter and =cmd() in my words")
    helper.do(f"{case}/sheet", "sheet", caller="Ann Lee", temperature="38.4")
    page = helper.get(case)
    refused = helper.send(page, "export/csv")
    assert refused.status == 400 and "consent" in refused.fault
    assert "took it out" not in history(helper.get(case))
    files = {}
    for form, more in (("pdf", {}), ("csv", {"consent": "yes"}), ("fhir", {})):
        answer = helper.send(page, f"export/{form}", **more)
        assert answer.status == 200, answer.words
        headers = answer.response.headers
        id_ = case.rpartition("/")[2]
        assert headers["content-disposition"].startswith(f'attachment; filename="case-{id_}.')
        assert headers["cache-control"] == "no-store" and headers["x-content-type-options"] == "nosniff"
        files[form] = answer.response.content
    assert "AnnLee" in "".join("".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(files["pdf"])).pages)
    cells = [cell for row in csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))) for cell in row]
    assert any("Ann Lee" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert faults(json.loads(files["fhir"])) == []
    shown = history(helper.get(case))
    assert shown.count("took it out") == 3
    assert helper.post(f"{case}/export/docx", {"csrf": page_mark(helper)}).status == 404


# what is gone, and what cannot be reached -----------------------------------------------------------------------------


def test_forget_me_empties_the_page_and_keeps_the_facts(new_case: NewCase, helper: Browser) -> None:
    """No word of the person is left on it, nor what staff wrote about them; who did what is."""
    chat, case = new_case()
    chat.say("my neighbour Zbigniew drove me")
    helper.do(case, "reply", text="Zbigniew can wait outside")
    helper.do(case, "note", text="Zbigniew is the neighbour")
    helper.do(f"{case}/sheet", "sheet", caller="Zbigniew")
    open_page = helper.get(case)
    sheet = helper.get(f"{case}/sheet")
    assert "Zbigniew" in open_page.words
    chat.forget()
    page = helper.get(case)
    assert page.status == 200 and "Zbigniew" not in page.html and "was deleted" in page.words
    assert "replied" in history(page) and "added a note" in history(page)
    assert not page.has_form("reply") and not page.has_form("note")
    for ending, typed, from_ in (
        ("reply", {"text": "still there?"}, open_page),
        ("note", {"text": "a late note"}, open_page),
        ("sheet", {"caller": "Zb"}, sheet),
    ):
        refused = helper.send(from_, ending, **typed)
        assert 400 <= refused.status < 500 and refused.fault, ending
    assert helper.get(f"{case}/sheet").status in (400, 404, 409, 410)
    assert "Zbigniew" not in helper.get("/").html


def test_an_unknown_case_is_said_to_be_unknown(helper: Browser) -> None:
    """In words for a page, not for the command line; a case can be typed as staff read it aloud."""
    page = helper.get("/cases/NONE00")
    assert page.status == 404 and page.fault
    assert "`" not in page.fault


@pytest.fixture
def phone(new_server: NewServer, tmp_path: Path) -> Iterator[Phone]:
    """Somebody on WhatsApp, at a server of this test alone; what says "cannot arrive" is refused by the app."""

    def fate(_wire: Wire, call: Call) -> Fate:
        return Fate(answer=Answer(400, b'{"code": 63024}')) if b"arrive" in call.body else Fate()

    with Companies(WIRES, fate) as companies:
        server = new_server(env=companies.settings(tmp_path))
        yield Phone(companies, server, WIRES["whatsapp"], 1)


def test_a_closed_window_and_an_undelivered_reply(phone: Phone) -> None:
    """Said beforehand, with the number to ring; the reply is kept as typed; one that the app refused is marked."""
    server = phone.server
    helper = hire(server)
    phone.write("I want to talk to a person")
    (case,) = wait_for(lambda: open_cases(helper))
    case = f"/cases/{case}"
    page = helper.do(case, "reply", text="this cannot arrive")
    assert page.status == 200
    wait_for(lambda: "Not delivered" in chat_words(helper.get(case)))
    assert "a reply was not delivered" in history(helper.get(case))
    page = helper.get(case)
    assert "takes replies until" in page.words
    helper.do(case, "release")
    server.clock.advance(hours=25)
    helper.sign_in()
    page = helper.get(case)
    assert "takes no reply until the person writes again" in page.words and "+4477009" in page.words
    refused = helper.send(page, "reply", text="are you well?")
    assert refused.status == 409 and "not sent" in refused.fault.lower() and "`" not in refused.fault
    assert refused.by_id("reply").raw == "are you well?"
    assert refused.has_form("claim")
    assert not [sent for sent in phone.seen if "are you well" in sent.text]


def wait_for(look: Callable[[], object]) -> object:
    """What `look` finds, once it finds something."""
    deadline = time.monotonic() + 30
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found
