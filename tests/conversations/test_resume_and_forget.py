"""Whole chats that break off (the server dies, days pass, another device or tab), and chats that are to be forgotten."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.support.chat import Chat
from tests.support.server import Server

pytestmark = pytest.mark.server


def everything(server: Server) -> bytes:
    """Every byte of the database, with what its log holds."""
    return b"".join(file.read_bytes() for file in sorted(server.var.glob("signpost.db*")))


def rows(server: Server) -> dict[str, int]:
    """How many rows each table has."""
    with sqlite3.connect(f"file:{server.var / 'signpost.db'}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}


# the server dies -----------------------------------------------------------------------------------------------------


def test_the_server_is_killed_in_mid_page_and_the_same_page_is_there(own_chat: Chat) -> None:
    """A man has ticked two signs and is asked about them: after the crash the same question, and all that was noted."""
    chat = own_chat
    chat.until("page_body", who="self", condition="lymphoma", country="GB")
    chat.pick("fatigue", "night_sweats").pick("weeks")
    assert chat.step == "change:fatigue"
    before, summary = chat.history(), chat.summary()
    chat.server.restart()
    assert chat.history() == before
    assert chat.summary() == summary
    chat.pick("new").pick("none").pick("weeks").pick("new").pick("none")
    assert chat.step == "page_blood"
    chat.walk()
    assert chat.level == "today"
    assert {s["sign"] for s in chat.summary()["signs"]["present"]} == {"fatigue", "night_sweats"}


def test_the_server_is_killed_twice_in_one_chat_with_a_red_flag_on_screen(own_chat: Chat) -> None:
    """Once while the direction stands, once on a later page: the direction is not lost, nor what came between."""
    chat = own_chat
    chat.until("page_blood", who="child", condition="acute_leukaemia", country="US")
    chat.say("her nose has been bleeding for half an hour and it won't stop")
    assert chat.level == "emergency"
    chat.server.restart()
    assert chat.history()["progress"]["step"] == "red_flag" and chat.history()["contacts"][0]["phone"] == "911"
    chat.say("hello? are you there")
    assert chat.step == "red_flag" and chat.phones[0] == "911"
    chat.pick("called").until("page_bones").pick("bone_pain")
    chat.server.restart()
    assert chat.history()["progress"]["step"] == "since:bone_pain"
    chat.pick("days")
    chat.walk()
    assert chat.level == "emergency" and "for my child" in chat.directions[-1]["say"]
    assert {s["sign"] for s in chat.summary()["signs"]["present"]} >= {"bleeding", "bone_pain"}


def test_an_answer_sent_again_after_the_crash_counts_once(own_chat: Chat) -> None:
    """The phone did not get the answer, and sends the same message with the same id to the server that came back."""
    chat = own_chat
    chat.until("page_body", who="self", country="GB")
    body = {"step": "page_body", "choices": ["weight_loss"], "text": "two belt holes", "id": "sent-twice"}
    first = chat.post("/messages", body)
    chat.server.restart()
    again = chat.post("/messages", body)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert [m["text"] for m in chat.history()["messages"] if "belt" in m["text"]].__len__() == 1
    chat.pick("weeks", step="since:weight_loss")
    chat.walk()
    assert chat.level == "soon" and len(chat.summary()["signs"]["present"]) == 1


# time passes ---------------------------------------------------------------------------------------------------------


def test_five_days_later_the_same_page_and_all_that_was_noted(own_chat: Chat) -> None:
    """She put the phone away and comes back on Saturday: welcomed back, told what is noted, asked the same question."""
    chat = own_chat
    chat.until("page_bones", who="self", condition="myeloma", country="NZ").pick("bone_pain")
    step = chat.step
    chat.server.clock.advance(days=5)
    chat.say("hello again")
    assert "resumed" in chat.utterances and "pain in the bones" in chat.said[0]["text"]
    assert chat.step == step
    chat.pick("longer").pick("worse").pick("strong").walk()
    assert chat.level == "today"
    assert [s["sign"] for s in chat.summary()["signs"]["present"]] == ["bone_pain"]


def test_a_token_that_expired_in_the_middle_is_renewed_and_nothing_is_lost(own_chat: Chat) -> None:
    """He reads for 40 minutes: the old token is refused with contacts, the new one goes on at the same page."""
    chat = own_chat
    chat.until("page_head", who="self", condition="acute_leukaemia", country="GB", page_blood="cough")
    old = chat.token
    chat.server.clock.advance(minutes=40)
    refused = chat.post("/messages", {"step": "page_head", "choices": ["headache"], "id": "late"})
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "token_expired" and refused.json()["error"]["contacts"]
    assert chat.summary()["signs"]["present"][0]["sign"] == "cough"
    assert chat.token != old
    chat.pick("headache").pick("days").pick("new").pick("none")
    chat.walk()
    assert chat.level == "today" and len(chat.summary()["signs"]["present"]) == 2


def test_purge_after_the_retention_leaves_nothing_of_an_old_chat(own_chat: Chat) -> None:
    """A finished chat from five weeks ago and one of today: purge takes the first and leaves the second."""
    server, old = own_chat.server, own_chat
    old.until("anything_else", who="self", country="GB", page_body="fatigue")
    old.say("my aunt Philomena sat with me in the clinic")
    old.pick("finish")
    server.clock.advance(days=36)
    new = Chat(server).start().until("page_body", who="self", country="GB").pick("fatigue")
    done = server.command("purge")
    assert done.returncode == 0 and "1 conversation" in done.stdout
    assert old.get("/history").status_code in (401, 410)
    assert old.post("/session/refresh").status_code == 410
    assert rows(server)["conversations"] == 1
    new.walk()
    assert new.level == "soon"


# other devices and tabs ----------------------------------------------------------------------------------------------


def test_a_check_begun_on_the_phone_is_finished_on_the_computer(chat: Chat, server: Server) -> None:
    """With the resume code: same page, same answers, and the computer's answers show on the phone."""
    chat.until("page_blood", who="adult", condition="myeloma", country="IE", page_bones="joint_muscle_pain")
    code = chat.keep()
    computer = Chat(server).start(resume_code=code)
    assert computer.step == "page_blood" and "they" in computer.last_question["text"]
    computer.pick("bruising").pick("weeks").pick("new").pick("none")
    computer.walk()
    assert computer.level == "today"
    assert chat.history()["progress"]["step"] == "summary"
    assert {s["sign"] for s in chat.summary()["signs"]["present"]} == {"joint_muscle_pain", "bruising"}
    assert Chat(server).post("/session", {"resume_code": "WRONG-CODE"}).status_code == 404


def test_two_tabs_of_one_browser_are_two_checks(server: Server) -> None:
    """A mother checks for her son in one tab and for herself in another: neither hears of the other."""
    son, herself = Chat(server).start(), Chat(server).start()
    son.until("page_body", who="child", condition="acute_leukaemia", country="GB")
    herself.until("page_body", who="self", condition="lymphoma", country="GB")
    son.say("he has had 38.7 since last night")
    herself.pick("none")
    assert son.step == "red_flag" and herself.step == "page_blood"
    herself.walk()
    son.pick("called").walk()
    assert herself.level == "keep" and herself.summary()["about"] == "self"
    assert son.level == "now" and son.summary()["about"] == "child"


def test_a_double_tap_and_an_old_button_do_no_harm(chat: Chat) -> None:
    """On a slow line he taps twice, then a button of the page before: one answer, and a word about the old button."""
    chat.until("page_body", who="self", country="GB")
    chat.pick("fatigue", id="tap")
    first = chat.answer
    chat.post("/messages", {"step": "page_body", "choices": ["fatigue"], "id": "tap"})
    chat.pick("fatigue", step="page_body", id="tap")
    assert chat.answer == first
    chat.pick("fever", step="page_body")
    assert "stale_answer" in chat.utterances and chat.step == "since:fatigue"
    other = chat.post("/messages", {"text": "something quite different", "id": "tap"})
    assert other.status_code == 409
    chat.walk()
    assert [s["sign"] for s in chat.summary()["signs"]["present"]] == ["fatigue"] and chat.level == "soon"


# forgetting ----------------------------------------------------------------------------------------------------------


def test_forget_me_in_words_asks_once_and_then_deletes(server: Server) -> None:
    """He regrets having told a computer: asked once, then a receipt, whom to call all the same, and nothing is kept."""
    before = rows(server)
    chat = Chat(server).start()
    code = chat.keep()
    chat.until("anything_else", who="self", condition="lymphoma", country="GB", page_body="night_sweats")
    chat.say("I told nobody at the Zandvoort bakery about this")
    chat.say("please delete everything I told you")
    assert chat.step == "forget"
    chat.pick("no")
    assert "forget_declined" in chat.utterances and chat.summary()["signs"]["present"]
    chat.say("please delete everything I told you")
    chat.pick("yes")
    assert "forgotten" in chat.utterances and chat.directions
    assert {"conversation", "messages", "state"} <= set(chat.answer["receipt"]["what"])
    for path in ("/history", "/summary", "/summary.pdf"):
        assert chat.get(path).status_code == 410
    assert chat.post("/messages", {"text": "are you still there"}).status_code == 410
    assert chat.post("/session/refresh").status_code == 410
    assert Chat(server).post("/session", {"resume_code": code}).status_code == 404
    emptied = ("conversations", "messages", "states", "replies", "events", "resume_codes")
    after = rows(server)
    assert [after[table] for table in emptied] == [before[table] for table in emptied]


def test_delete_reaches_the_case_of_the_staff_and_every_byte_of_the_file(server: Server) -> None:
    """She asked for a person, then deletes all by the button of the page: no id of her chat is left in the file."""
    waiting = server.staff("list").split()
    chat = Chat(server).start()
    chat.until("page_body", who="self", country="GB", recent_treatment="recent")
    chat.say("can I talk to a person please")
    chat.say("my cousin Ottoline says I should")
    ids = [message["id"].encode() for message in chat.history()["messages"]]
    assert all(id_ in everything(server) for id_ in ids)
    case = next(line.split()[0] for line in server.staff("list").splitlines() if line.split()[0] not in waiting)
    assert "Ottoline" in server.staff("show", case)
    receipt = chat.forget()
    assert receipt["id"] and "case_text" in receipt["what"]
    assert chat.request("DELETE", "/conversation").status_code == 410
    assert "Ottoline" not in server.staff("show", case)
    file = everything(server)
    assert b"Ottoline" not in file and not any(id_ in file for id_ in ids)
    assert "Ottoline" not in server.output()


def test_one_who_forgets_leaves_the_others_alone(server: Server) -> None:
    """Two people on one server: the deletion of one takes nothing from the other."""
    stays, goes = Chat(server).start(), Chat(server).start()
    stays.until("page_blood", who="self", country="GB", page_body="fatigue")
    goes.until("page_blood", who="self", country="GB", page_body="weight_loss")
    goes.forget()
    assert goes.get("/history").status_code == 410
    assert stays.history()["progress"]["step"] == "page_blood"
    stays.walk()
    found = stays.summary()
    assert [s["sign"] for s in found["signs"]["present"]] == ["fatigue"] and "weight" not in json.dumps(found["notes"])
    assert stays.level == "soon"
