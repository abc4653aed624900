"""The widget channel over HTTP, as a client sees it: status and shape of every route, and what is refused."""

from __future__ import annotations

import json
import secrets
from typing import Any

import httpx
import pytest

from bot.channels import limits
from tests.support.chat import BASE, Chat
from tests.support.server import Server

pytestmark = pytest.mark.server

MESSAGE = {"id", "at", "author", "utterance", "kind", "text", "step", "choices", "multiple", "direction"}
CONTACT = {"role", "name", "phone", "hours", "open_now", "if_no_answer"}
SUMMARY = {
    "content_version", "started_at", "about", "condition", "recent_treatment", "signs", "temperatures", "medicines",
    "worry", "red_flags", "level", "crisis", "directions", "notes", "timeline",
}  # fmt: skip


def assert_messages(messages: list[dict[str, Any]]) -> None:
    """Each is a whole message object."""
    assert messages
    for message in messages:
        assert message.keys() >= MESSAGE
        assert message["text"]
        assert "{" not in message["text"]
        for choice in message["choices"]:
            assert choice.keys() == {"id", "label", "help"}
        if message["direction"]:
            assert message["direction"].keys() == {"level", "crisis", "say", "contacts"}
            assert all(contact.keys() == CONTACT for contact in message["direction"]["contacts"])


def assert_error(response: httpx.Response, status: int, code: str) -> None:
    """The one shape of an error, with somebody to call in it."""
    assert response.status_code == status, response.text
    body = response.json()
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"code", "message", "contacts"}
    assert body["error"]["code"] == code
    assert body["error"]["message"]
    assert body["error"]["contacts"]
    assert all(contact.keys() == CONTACT for contact in body["error"]["contacts"])
    assert response.headers["cache-control"] == "no-store"


# what is answered ---------------------------------------------------------------------------------------------------


def test_a_session_has_a_token_first_messages_and_progress(server: Server) -> None:
    """`POST /session` without a body: 201, and a token that expires."""
    response = server.http.post(f"{BASE}/session")
    body = response.json()
    assert response.status_code == 201
    assert {"token", "expires_at", "messages", "progress", "level", "contacts", "draft", "resume_code"} == body.keys()
    assert_messages(body["messages"])
    assert body["progress"] == {"step": "welcome", "done": 0, "of": body["progress"]["of"]}
    assert body["messages"][-1]["kind"] == "question"


@pytest.mark.parametrize("locale", ["en-GB", "en-US", "de", "x", "<script>", "e" * 60])
def test_a_session_can_be_asked_for_in_any_locale(server: Server, locale: str) -> None:
    """A locale that is none is not an error: the person gets a chat, in the reviewed words, called by their language."""
    usual = server.http.post(f"{BASE}/session").json()
    response = server.http.post(f"{BASE}/session", json={"locale": locale})
    assert response.status_code == 201
    assert response.headers["content-language"] == "en-GB"
    assert [m["text"] for m in response.json()["messages"]] == [m["text"] for m in usual["messages"]]


def test_a_client_cannot_name_a_conversation(server: Server) -> None:
    """Ids in the body are ignored: two sessions are two conversations."""
    one = Chat(server).start(conversation="mine", sender="mine", id="mine")
    other = Chat(server).start(conversation="mine", sender="mine", id="mine")
    one.pick("start")
    assert other.history()["progress"]["step"] == "welcome"


def test_a_message_is_answered_with_messages_progress_and_level(chat: Chat) -> None:
    """`POST /messages` with choices: 200 and the three fields."""
    response = chat.post("/messages", {"step": "welcome", "choices": ["start"], "id": "1"})
    assert response.status_code == 200
    assert response.json().keys() == {"messages", "progress", "level"}
    assert_messages(response.json()["messages"])
    assert response.headers["cache-control"] == "no-store"


def test_the_history_holds_both_sides_in_order(chat: Chat) -> None:
    """`GET /history`: what the bot and the person said, and where things stand."""
    chat.pick("start").say("what is remission")
    history = chat.history()
    assert history.keys() == {"messages", "progress", "level", "contacts"}
    assert_messages(history["messages"])
    authors = [m["author"] for m in history["messages"]]
    assert authors[0] == "bot"
    assert authors.count("person") == 2
    assert [m["text"] for m in history["messages"] if m["author"] == "person"][1] == "what is remission"
    assert history["progress"] == chat.answer["progress"]


def test_a_summary_can_be_had_at_any_moment(chat: Chat) -> None:
    """`GET /summary` at the welcome already."""
    response = chat.get("/summary")
    assert response.status_code == 200
    assert response.json().keys() >= SUMMARY
    assert response.json()["directions"]


def test_a_place_is_pointed_at_and_sent_like_a_choice(chat: Chat) -> None:
    """A question of where has `places`; the transcript and the summary name what was pointed at, in words."""
    chat.until("page_bones").pick("bone_pain").until("detail:bone_pain")
    question = chat.answer["messages"][-1]
    assert question.keys() == {*MESSAGE, "places"}
    assert {"id": "at:left_hip", "label": "Left hip", "choice": None} in question["places"]
    chat.pick("strong", "at:left_hip", step="detail:bone_pain")
    said = [m["text"] for m in chat.history()["messages"] if m["author"] == "person"]
    assert said[-1] == "It is strong; Left hip"
    assert chat.get("/summary").json()["signs"]["present"][0]["detail"] == ["It is strong", "Left hip"]


@pytest.mark.parametrize(
    ("suffix", "kind", "begins"),
    [
        ("txt", "text/plain", b""),
        ("pdf", "application/pdf", b"%PDF-"),
        ("ics", "text/calendar", b"BEGIN:VCALENDAR"),
        ("fhir.json", "application/fhir+json", b"{"),
    ],
)
def test_a_summary_comes_as_a_file(chat: Chat, suffix: str, kind: str, begins: bytes) -> None:
    """Each format has its media type and a file name."""
    response = chat.get(f"/summary.{suffix}")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(kind)
    assert f'filename="signpost-summary.{suffix}"' in response.headers["content-disposition"]
    assert response.content
    assert response.content.startswith(begins)


def test_keeping_gives_a_resume_code_that_takes_the_chat_up(chat: Chat, server: Server) -> None:
    """`POST /keep`, then `POST /session` with the code, as people type it."""
    chat.pick("start")
    code = chat.keep()
    assert code
    elsewhere = Chat(server).start(resume_code=f" {code.lower()} ")
    assert elsewhere.answer["progress"] == chat.answer["progress"]
    assert [m["id"] for m in elsewhere.said] == [m["id"] for m in chat.history()["messages"]]
    assert chat.keep(False) is None


def test_forgetting_answers_with_a_receipt_and_the_chat_is_gone(chat: Chat) -> None:
    """`DELETE /conversation`: receipt, and 410 from then on, with the old token and on refresh."""
    chat.pick("start")
    code = chat.keep()
    response = chat.request("DELETE", "/conversation")
    assert response.status_code == 200
    assert response.json().keys() == {"receipt", "message"}
    assert {"id", "at", "what"} == response.json()["receipt"].keys()
    assert "messages" in response.json()["receipt"]["what"]
    for method, path in [("GET", "/history"), ("GET", "/summary"), ("DELETE", "/conversation"), ("GET", "/events")]:
        assert_error(chat.request(method, path), 410, "conversation_gone")
    assert_error(chat.post("/messages", {"text": "hello"}), 410, "conversation_gone")
    assert_error(chat.post("/session/refresh"), 410, "conversation_gone")
    assert_error(chat.post("/session", {"resume_code": code}), 404, "unknown_resume_code")


# who may ask --------------------------------------------------------------------------------------------------------

ROUTES = [
    ("POST", "/messages"),
    ("POST", "/keep"),
    ("POST", "/session/refresh"),
    ("GET", "/history"),
    ("GET", "/events"),
    ("GET", "/summary"),
    ("GET", "/summary.txt"),
    ("GET", "/summary.pdf"),
    ("DELETE", "/conversation"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_needs_a_true_token(chat: Chat, method: str, path: str) -> None:
    """Without a token, and with a forged one: 401."""
    body = {"json": {"text": "x", "keep": True}} if method == "POST" else {}
    assert_error(chat.request(method, path, token=None, **body), 401, "token_refused")
    head, payload, signature = chat.token.split(".")
    forged = f"{head}.{payload}.{signature[:-4]}AAAA"
    assert_error(chat.request(method, path, token=forged, **body), 401, "token_refused")


def test_an_expired_token_is_refused_and_can_be_refreshed(own_chat: Chat) -> None:
    """After its time 401 `token_expired`; `POST /session/refresh` takes it and gives a new one for the same chat."""
    own_chat.pick("start")
    old = own_chat.token
    own_chat.server.clock.advance(days=3)
    assert_error(own_chat.get("/history"), 401, "token_expired")
    own_chat.refresh()
    assert own_chat.token != old
    assert own_chat.get("/history").status_code == 200
    own_chat.server.clock.advance(days=31)
    assert_error(own_chat.post("/session/refresh"), 410, "conversation_gone")


def test_a_token_of_another_server_is_refused(chat: Chat, own_chat: Chat) -> None:
    """Secrets are those of one database."""
    assert_error(chat.get("/history", token=own_chat.token), 401, "token_refused")


def test_two_conversations_know_nothing_of_each_other(server: Server) -> None:
    """Red flag, words and summary of one stay with it."""
    one, other = Chat(server).start(), Chat(server).start()
    one.say("I can't stop the bleeding from my nose")
    other.pick("start")
    assert one.level == "emergency"
    assert other.level is None
    assert other.summary()["red_flags"] == []
    assert "nose" not in json.dumps(other.history())


# what is refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', "null", "1", "{'a': 1}", "[" * 5000])
def test_what_is_no_json_object_is_refused(chat: Chat, body: str) -> None:
    """400, and the chat goes on."""
    response = chat.request("POST", "/messages", content=body, headers={"Content-Type": "application/json"})
    assert_error(response, 400, response.json()["error"]["code"])
    assert response.json()["error"]["code"] in ("not_json", "not_an_object")
    chat.pick("start")


def test_other_media_types_are_refused(chat: Chat) -> None:
    """415: a form of another site cannot post without a preflight."""
    response = chat.request("POST", "/messages", content='{"text": "x"}', headers={"Content-Type": "text/plain"})
    assert_error(response, 415, "send_json")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": 5}, "text_must_be_a_string"),
        ({"text": ["x"]}, "text_must_be_a_string"),
        ({"step": "welcome", "choices": "start"}, "choices_must_be_a_list_of_ids"),
        ({"step": "welcome", "choices": [1]}, "choices_must_be_a_list_of_ids"),
        ({"step": "welcome", "choices": ["x" * 200]}, "choices_must_be_a_list_of_ids"),
        ({"step": "welcome", "choices": ["x"] * (limits.CHOICES + 1)}, "choices_must_be_a_list_of_ids"),
        ({"choices": ["start"]}, "choices_need_their_step"),
        ({"step": {"a": 1}, "choices": ["start"]}, "step_must_be_a_short_string"),
        ({"text": "x", "id": 7}, "id_must_be_a_short_string"),
        ({"text": "x", "id": "i" * 200}, "id_must_be_a_short_string"),
    ],
)
def test_fields_of_another_kind_are_refused(chat: Chat, body: dict[str, Any], code: str) -> None:
    """400 with a code that names the field; nothing is kept."""
    assert_error(chat.post("/messages", body), 400, code)
    assert chat.history()["progress"]["step"] == "welcome"


def test_a_keep_that_is_neither_true_nor_false_is_refused(chat: Chat) -> None:
    """400."""
    assert_error(chat.post("/keep", {"keep": "yes"}), 400, "keep_must_be_true_or_false")


def test_a_megabyte_is_refused_at_once(chat: Chat) -> None:
    """413 in well under a second of work, before anything is parsed, and the server goes on."""
    response = chat.request(
        "POST",
        "/messages",
        content=b'{"text": "' + b"x" * 1_000_000 + b'"}',
        headers={"Content-Type": "application/json"},
    )
    assert_error(response, 413, "too_large")
    assert response.elapsed.total_seconds() < 2
    chat.pick("start")


def test_a_repeat_of_an_id_gets_the_same_answer(chat: Chat) -> None:
    """The same id: the same messages with the same ids, once in the history."""
    body = {"step": "welcome", "choices": ["start"], "id": secrets.token_hex(8)}
    first, again = chat.post("/messages", body), chat.post("/messages", body)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert [m["author"] for m in chat.history()["messages"]].count("person") == 1


def test_an_id_used_again_for_something_else_is_a_conflict(chat: Chat) -> None:
    """409, and the first answer stands."""
    chat.pick("start", id="one")
    assert_error(chat.post("/messages", {"text": "something else", "id": "one"}), 409, "id_used_before")
    assert chat.history()["progress"]["step"] == "right_now_1"


def test_a_choice_of_an_earlier_question_changes_nothing(chat: Chat) -> None:
    """A button of an old page is said to be old, and the open question comes again."""
    chat.pick("start")
    chat.pick("start", step="welcome")
    assert "stale_answer" in chat.utterances
    assert chat.step == "right_now_1"


@pytest.mark.parametrize("text", ["/restart", "/session_start", '/inform{"checklist": null}', "  /restart"])
def test_payloads_of_rasa_are_text_here(chat: Chat, text: str) -> None:
    """A typed command does nothing that its words would not do: what was noted stays, and the chat goes on."""
    chat.pick("start").say("my gums bleed a little")
    chat.say(text)
    assert [sign["sign"] for sign in chat.summary()["signs"]["present"]] == ["bleeding"]
    assert chat.history()["messages"][-len(chat.said) - 1]["text"] == text.strip()
    assert chat.last_question["choices"]


def test_a_typed_back_is_the_word_back(chat: Chat) -> None:
    """Rasa's own `/back` would take two turns away; here it is the word, and undoes one answer."""
    chat.pick("start").pick("none")
    assert chat.say("/back").step == "right_now_1"


@pytest.mark.parametrize("text", ["\ud800", "\x00", "a\u202eb", "\U0001f9d1" * 600, "x" * 6000])
def test_odd_characters_break_nothing(chat: Chat, text: str) -> None:
    """Half characters, nothings, and more than is read: a short reviewed answer each."""
    response = chat.request(
        "POST", "/messages", content=json.dumps({"text": text}), headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 200
    assert_messages(response.json()["messages"])
    assert chat.get("/history").status_code == 200


def test_who_sends_too_often_is_told_to_wait(new_chat_flood: list[httpx.Response]) -> None:
    """429 with contacts, never silence; other conversations are not affected."""
    refused = [r for r in new_chat_flood if r.status_code == 429]
    assert refused
    assert_error(refused[0], 429, "too_many_requests")
    assert all(r.status_code in (200, 429) for r in new_chat_flood)


@pytest.fixture
def new_chat_flood(chat: Chat) -> list[httpx.Response]:
    """Answers to one message sent again and again: a repeat is cheap, and counts all the same."""
    body = {"step": "welcome", "choices": ["start"], "id": "one"}
    return [chat.post("/messages", body) for _ in range(160)]


def test_an_address_that_is_none_is_an_error_in_the_same_shape(chat: Chat) -> None:
    """404 and 405, which names the methods that there are."""
    assert_error(chat.get("/nothing"), 404, "not_found")
    assert_error(chat.get("/messages"), 405, "method_not_allowed")
    assert "POST" in chat.get("/messages").headers["Allow"]


# other origins ------------------------------------------------------------------------------------------------------


def test_an_origin_that_is_not_listed_gets_no_permission(chat: Chat) -> None:
    """No allow header on answers, errors or preflights, and never credentials."""
    headers = {"Origin": "https://evil.example"}
    preflight = headers | {"Access-Control-Request-Method": "POST"}
    for response in (
        chat.get("/history", headers=headers),
        chat.get("/history", token=None, headers=headers),
        chat.request("OPTIONS", "/messages", headers=preflight),
    ):
        assert not [name for name in response.headers if name.startswith("access-control-allow")]


def test_an_origin_of_the_site_gets_permission(own_site_chat: Chat) -> None:
    """The origin itself, never `*`, never with credentials; for answers, errors and preflights."""
    headers = {"Origin": "https://clinic.example"}
    preflight = headers | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for response in (
        own_site_chat.get("/history", headers=headers),
        own_site_chat.get("/history", token=None, headers=headers),
        own_site_chat.request("OPTIONS", "/messages", token=None, headers=preflight),
    ):
        assert response.headers["access-control-allow-origin"] == "https://clinic.example"
        assert "access-control-allow-credentials" not in response.headers
        assert "Origin" in response.headers["vary"]
    assert "Authorization" in response.headers["access-control-allow-headers"]


@pytest.fixture
def own_site_chat(new_server: Any, tmp_path: Any) -> Chat:
    """A chat on a server whose site lists one origin."""
    site = tmp_path / "site.yml"
    site.write_text("name: Clinic\ncountries: [GB]\nallowed_origins: ['https://clinic.example']\n")
    return Chat(new_server(env={"SIGNPOST_SITE": str(site)})).start()
