"""Messenger: batches as Facebook delivers and signs them, messages as its Send API takes them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import traceback
from typing import Any
from urllib.parse import urlencode

import aiohttp
import httpx
import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sanic import Sanic
from structlog.testing import capture_logs

from bot.channels.apps import MESSENGER
from bot.channels.messaging import Messaging
from bot.channels.messenger import VERSION, Messenger, MessengerChannel, Page
from bot.channels.provider import GREETING, Incoming, Raw, Refusal, SendFailed
from bot.channels.text import Outgoing
from bot.channels.turns import Turns
from bot.content.render import Renderer
from bot.errors import StartError
from bot.server import runtime as runtimes
from bot.server.runtime import Runtime
from tests.channels.fakes import FakeProvider, Taken, status
from tests.channels.plain_app import running, settled
from tests.channels.test_telegram import multipart, said_at_the_end
from tests.support.core import content, site
from tests.support.turns import BLEEDING, Rasa

SECRET, VERIFY, TOKEN = "a" * 32, "v" * 40, "EAAG" + "t" * 180
PERSON, OTHER, PAGE = "6123456789012345", "6999999999999999", "104000000000001"
NOWHERE = "http://127.0.0.1:9"


def provider(api: str = NOWHERE) -> Messenger:
    return Messenger(Page(SECRET, VERIFY, TOKEN, api), Renderer(content(), site()))


# events, as the reference of the webhook lists them ------------------------------------------------------------------


def event(by: str = PERSON, **more: Any) -> dict[str, Any]:
    return {"sender": {"id": by}, "recipient": {"id": PAGE}, "timestamp": 1777896000000, **more}


def message(number: int | str, text: str | None = "my words", by: str = PERSON, **more: Any) -> dict[str, Any]:
    """An event with a message."""
    words = {} if text is None else {"text": text}
    return event(by, message={"mid": f"m_{number}", **words, **more})


def press(number: int, payload: str, title: str = "Start the checklist") -> dict[str, Any]:
    """An event with a pressed quick reply; its text is the title."""
    return message(number, title, quick_reply={"payload": payload})


def postback(number: int | None, payload: str, title: str = "Get Started") -> dict[str, Any]:
    """An event with a pressed button of a menu, or the one that opens a chat."""
    mid = {} if number is None else {"mid": f"m_{number}"}
    return event(postback={"title": title, "payload": payload, **mid})


def batch(*events: Any, **more: Any) -> dict[str, Any]:
    """A notification with one entry."""
    return {"object": "page", "entry": [{"id": PAGE, "time": 1777896000123, "messaging": list(events)}]} | more


def signed(body: Any, secret: str = SECRET, **headers: str) -> Raw:
    """A request as Facebook signs it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    named = {"content-type": "application/json", "x-hub-signature-256": given}
    return Raw("/webhooks/messenger/messages", named | headers, raw)


SHA1 = "sha1=" + hmac.new(SECRET.encode(), json.dumps(batch(message(1))).encode(), hashlib.sha1).hexdigest()
GIVEN = signed(batch(message(1))).headers["x-hub-signature-256"]
SIGNATURE = "x-hub-signature-256"
REFUSALS: dict[str, tuple[Raw, int, str]] = {
    "missing": (signed(batch(message(1)), **{SIGNATURE: ""}), 401, "missing_signature"),
    "only_sha1": (signed(batch(message(1)), **{SIGNATURE: "", "x-hub-signature": SHA1}), 401, "missing_signature"),
    "sha1": (signed(batch(message(1)), **{SIGNATURE: SHA1}), 401, "forged"),
    "wrong": (signed(batch(message(1)), secret="b" * 32), 401, "forged"),
    "without_its_name": (signed(batch(message(1)), **{SIGNATURE: GIVEN[7:]}), 401, "forged"),
    "upper_case": (signed(batch(message(1)), **{SIGNATURE: GIVEN.upper()}), 401, "forged"),
    "not_ascii": (signed(batch(message(1)), **{SIGNATURE: "sha256=ü"}), 401, "forged"),
    "altered": (signed(batch(message(2)), **{SIGNATURE: GIVEN}), 401, "forged"),
    "same_json_other_bytes": (
        signed(json.dumps(batch(message(1)), indent=1).encode(), **{SIGNATURE: GIVEN}), 401, "forged"
    ),
    "instagram": (signed(batch(message(1), object="instagram")), 403, "wrong_channel"),
    "no_object": (signed({"entry": []}), 403, "wrong_channel"),
    "oversized": (signed(batch(message(1, "x" * 1_100_000))), 413, "too_large"),
    "many": (signed(batch(*(message(n, "x") for n in range(1001)))), 413, "too_many_messages"),
    "form": (signed(batch(message(1)), **{"content-type": "application/x-www-form-urlencoded"}), 415, "wrong_type"),
    "no_json": (signed(b"{"), 400, "unreadable"),
    "no_utf8": (signed(b'{"object": "\xff"}'), 400, "unreadable"),
    "deep": (signed(b"[" * 30_000), 400, "unreadable"),
    "a_list": (signed([batch(message(1))]), 400, "unreadable"),
    "long_id": (signed(batch(message("1" * 300))), 400, "id_out_of_bounds"),
    "no_sender": (signed(batch(message(1, by=""))), 400, "id_out_of_bounds"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(REFUSALS))
def test_what_is_refused(runtime: Runtime, turns: Turns, name: str) -> None:
    """The right status and word, and nothing kept."""
    raw, code, reason = REFUSALS[name]
    messaging = Messaging(provider(), turns)
    with capture_logs() as lines, pytest.raises(Refusal) as refused:
        messaging.inbound.receive(raw)
    assert (refused.value.status, refused.value.reason) == (code, reason)
    assert messaging.counts.get("messenger", f"refused:{reason}") == 1
    assert not [secret for secret in (TOKEN, SECRET, VERIFY, "my words", PERSON) if secret in str(lines)]
    with runtime.records.reading() as store:
        assert store.connection.exec_driver_sql("SELECT COUNT(*) FROM inbox").scalar() == 0


NAMES = st.sampled_from(
    ["entry", "messaging", "standby", "sender", "recipient", "id", "message", "mid", "text", "is_echo", "attachments",
     "quick_reply", "postback", "payload", "type", "timestamp"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.dictionaries(NAMES, JSON, max_size=4))
def test_whatever_facebook_signs_is_taken_or_refused(runtime: Runtime, turns: Turns, found: Any) -> None:
    """Members of tomorrow, members that are missing, members with anything in them."""
    messaging = Messaging(provider(), turns)
    messaging.inbound._taken = lambda _: None
    written, pressed = message(1), postback(1, "x")
    events = [found, written | found, event(message={**written["message"], **found}), event(postback=found), pressed]
    for body in ({"object": "page", **found}, batch(*events), *(batch(one) for one in events)):
        try:
            messaging.inbound.receive(signed(body))
        except Refusal as refusal:
            code = refusal.status
            if code >= 500 or refusal.reason == "forged":
                raise AssertionError(refusal.reason) from refusal


# registering an address ---------------------------------------------------------------------------------------------


def query(**fields: str) -> str:
    whole = {"mode": "subscribe", "verify_token": VERIFY, "challenge": "1158201444"} | fields
    return urlencode({f"hub.{name}": value for name, value in whole.items() if value})


def test_the_challenge_is_sent_back_as_plain_text() -> None:
    """To whoever knows the word agreed on."""
    thanks = provider().verify(query())
    assert (thanks.body, thanks.media_type) == ("1158201444", "text/plain")


@pytest.mark.parametrize(
    ("asked", "code", "reason"),
    [
        (query(verify_token="w" * 40), 403, "wrong_verify_token"),
        (query(verify_token=""), 403, "wrong_verify_token"),
        (query(verify_token="ü" * 40), 403, "wrong_verify_token"),
        (query(mode="unsubscribe"), 403, "wrong_verify_token"),
        (query(mode=""), 403, "wrong_verify_token"),
        ("", 403, "wrong_verify_token"),
        (query() + "&hub.verify_token=w", 403, "wrong_verify_token"),
        (query(challenge=""), 400, "unreadable"),
        (query(challenge="<script>alert(1)</script>"), 400, "unreadable"),
        (query(challenge="1\r\nSet-Cookie: a=b"), 400, "unreadable"),
        (query(challenge="1" * 257), 400, "unreadable"),
        (query(challenge="١"), 400, "unreadable"),
        ("&".join(["a=1"] * 1000), 400, "unreadable"),
    ],
)
def test_nothing_else_is_sent_back(asked: str, code: int, reason: str) -> None:
    """Not to a stranger, and nothing that a browser could take for more than a word."""
    with pytest.raises(Refusal) as refused:
        provider().verify(asked)
    assert (refused.value.status, refused.value.reason) == (code, reason)


def test_the_routes_of_the_channel(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """`GET` for the question, `POST` for deliveries; a wrong word is refused like a wrong signature."""
    monkeypatch.setattr(runtimes, "_current", runtime)
    Sanic.test_mode = True
    app = Sanic("messenger-test", configure_logging=False)

    async def nobody(_message: Any) -> None:
        raise AssertionError("no turn runs in the request")

    app.blueprint(MessengerChannel(Page(SECRET, VERIFY, TOKEN)).blueprint(nobody), url_prefix="/webhooks/messenger")
    receipt, forged = signed(batch(event(read={"watermark": 1}))), signed(batch(message(1)), secret="b" * 32)

    async def ask() -> tuple[list[httpx.Response], list[httpx.Response]]:
        await app._startup()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://signpost") as client:
            asked = [await client.get(f"{receipt.target}?{one}") for one in (query(), query(verify_token="w" * 40))]
            posted = [await client.post(r.target, content=r.body, headers=r.headers) for r in (receipt, forged)]
            return asked, posted

    with capture_logs() as lines:
        (told, refused), posted = asyncio.run(ask())
    assert (told.status_code, told.text) == (200, "1158201444")
    assert told.headers["content-type"].startswith("text/plain")
    assert told.headers["x-content-type-options"] == "nosniff"
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "wrong_verify_token")
    assert refused.json()["error"]["contacts"]
    assert [answer.status_code for answer in posted] == [200, 401]
    assert [line["reason"] for line in lines if line["event"] == "app.request.refused"] == [
        "wrong_verify_token",
        "forged",
    ]


# what is read -------------------------------------------------------------------------------------------------------


def read(*events: Any, **more: Any) -> list[Incoming]:
    return list(provider().read(signed(batch(*events, **more))))


def test_a_batch_is_read_whole_and_in_order() -> None:
    """Several messages in an entry, several entries in a request."""
    two = [{"id": PAGE, "time": 2, "messaging": [message(3, "third", OTHER)]}, {"id": PAGE, "time": 3}]
    body = batch(message(1, "first"), message(2, "second"))
    body["entry"] += two
    found = provider().read(signed(body))
    assert [(one.id, one.sender, one.address, one.text) for one in found] == [
        ("m_1", PERSON, PERSON, "first"), ("m_2", PERSON, PERSON, "second"), ("m_3", OTHER, OTHER, "third"),
    ]  # fmt: skip
    assert not any(one.unread for one in found)


IGNORED: dict[str, Any] = {
    "echo": message(1, by=PAGE, is_echo=True, app_id=1),
    "delivery": event(delivery={"mids": ["m_1"], "watermark": 1}),
    "read": event(read={"watermark": 1}),
    "reaction": event(reaction={"reaction": "love", "action": "react", "mid": "m_1"}),
    "edited": event(message_edit={"mid": "m_1", "text": "x", "num_edit": 1}),
    "optin": event(optin={"ref": "x"}),
    "referral": event(referral={"ref": "x", "source": "SHORTLINK", "type": "OPEN_THREAD"}),
    "handover": event(pass_thread_control={"new_owner_app_id": "1", "metadata": "x"}),
    "taken": event(take_thread_control={"previous_owner_app_id": "1"}),
    "account": event(account_linking={"status": "linked"}),
    "no_mid": event(message={"text": "x"}),
    "nobody": {"sender": {"user_ref": "x"}, "recipient": {"id": PAGE}, "message": {"mid": "m_1", "text": "x"}},
    "of_tomorrow": event(tomorrow={}),
    "no_event": "x",
}


@pytest.mark.parametrize("name", list(IGNORED))
def test_what_gets_no_answer(name: str) -> None:
    """Our own messages, receipts, other apps; what stands beside it is answered."""
    assert read(IGNORED[name]) == []
    assert [found.id for found in read(IGNORED[name], message(9))] == ["m_9"]


def test_a_chat_that_another_app_has_is_left_alone() -> None:
    """What comes on the standby channel is for whoever has the chat."""
    entry = {"id": PAGE, "time": 1, "standby": [message(1, BLEEDING)]}
    assert read(entry=[entry]) == []


def test_pressed_buttons_name_their_question() -> None:
    """A quick reply repeats its title as text; a postback has none. A payload that is none of ours leaves the words."""
    for pressed in (press(1, "welcome|start"), postback(1, "welcome|start")):
        assert read(pressed) == [Incoming("m_1", PERSON, PERSON, "", "welcome", ("start",))]
    assert read(press(1, "of another bot", "Yes please"))[0].text == "Yes please"


@pytest.mark.parametrize("payload", ["GET_STARTED", "", "menu"])
def test_get_started_is_a_greeting(payload: str) -> None:
    """By whatever payload the page gave it; also where a postback has no id of its own."""
    assert read(postback(1, payload)) == [Incoming("m_1", PERSON, PERSON, GREETING)]
    (old,) = read(postback(None, payload))
    assert (old.id, old.text) == ("postback 1777896000000", GREETING)


@pytest.mark.parametrize(
    ("more", "unread"),
    [({"attachments": [{"type": "image", "payload": {"url": "https://x", "sticker_id": 369239263222822}}]}, True),
     ({"attachments": [{"type": "audio", "payload": {"url": "https://x"}}]}, True),
     ({"attachments": [{"type": "file", "payload": {"url": "https://x"}}]}, True),
     ({"attachments": [{"type": "location", "payload": {"coordinates": {}}}]}, True),
     ({"is_unsupported": True}, True), ({}, True)],
)  # fmt: skip
def test_what_is_no_words_is_told_so(more: dict[str, Any], *, unread: bool) -> None:
    """Words beside it are read; a link that came with its preview is words alone."""
    assert read(message(1, None, **more)) == [Incoming("m_1", PERSON, PERSON, "", unread=unread)]
    beside = [{"type": "fallback", "payload": {"url": "https://x"}}]
    (found,) = read(message(1, "see https://x", attachments=[*more.get("attachments", ()), *beside]))
    assert (found.text, found.unread) == ("see https://x", bool(more.get("attachments")))


# both ways ----------------------------------------------------------------------------------------------------------


def good(taken: Taken) -> web.Response:
    """The answer of the Send API."""
    return web.json_response({"recipient_id": PERSON, "message_id": "m_AG5Hz2U"})


@pytest.fixture
def facebook() -> FakeProvider:
    return FakeProvider(good)


def chat(turns: Turns, facebook: FakeProvider, *bodies: Any) -> Messaging:
    """Deliver batches one after the other, each after the answer to the one before."""

    async def run() -> Messaging:
        async with facebook.running(), running(provider(facebook.url), turns) as messaging:
            for body in bodies:
                messaging.inbound.receive(signed(body))
                await settled(messaging)
            return messaging

    messaging = asyncio.run(run())
    for taken in facebook.taken:
        assert (taken.method, taken.path) == ("POST", f"/{VERSION}/me/messages")
        assert taken.headers["Authorization"] == f"Bearer {TOKEN}"
    return messaging


def sent(facebook: FakeProvider) -> list[dict[str, Any]]:
    """The messages that Facebook got, without files."""
    return [json.loads(t.body) for t in facebook.taken if t.headers["Content-Type"] == "application/json"]


def test_a_chat_both_ways(runtime: Runtime, turns: Turns, facebook: FakeProvider) -> None:
    """Greeting with who keeps a copy, quick replies, the next question after a press."""
    chat(turns, facebook, batch(postback(1, "GET_STARTED")), batch(press(2, "welcome|start")))
    messages = sent(facebook)
    copy = turns.renderer(turns._state(None)).text("text_copy_app", {"app": "=Messenger"})
    assert any(copy in found["message"]["text"] for found in messages)
    for found in messages:
        assert found["recipient"] == {"id": PERSON}
        assert found["messaging_type"] == "RESPONSE"
        assert 0 < len(found["message"]["text"]) <= MESSENGER.text_limit
        assert set(found) == {"recipient", "messaging_type", "message"}
    with runtime.records.reading() as store:
        assert store.app_person(store.person_of("messenger", PERSON)).question["step"] == "right_now_1"


def test_a_short_question_has_quick_replies(turns: Turns, facebook: FakeProvider, rasa: Rasa) -> None:
    """Up to 13, each of up to 20 letters, with what names question and choice."""
    choices = [{"id": name, "label": name.title(), "help": None} for name in ("not", "bit", "very")]
    rasa.said = [{**turns.begin("messenger", "en-GB")[1][-1], "step": "worry", "choices": choices}]
    chat(turns, facebook, batch(message(1)))
    (asked,) = (found["message"] for found in sent(facebook) if "quick_replies" in found["message"])
    assert asked["quick_replies"][1] == {"content_type": "text", "title": "Bit", "payload": "worry|bit"}
    assert len(asked["quick_replies"]) == 3


def test_a_red_flag_brings_the_number(turns: Turns, facebook: FakeProvider) -> None:
    """In the very first message."""
    chat(turns, facebook, batch(message(1, BLEEDING)))
    assert any("999" in found["message"]["text"] for found in sent(facebook)[1:])


def test_a_repeated_batch_is_answered_once(turns: Turns, facebook: FakeProvider) -> None:
    """Facebook delivers again what it thinks was lost, with something new beside."""
    messaging = chat(turns, facebook, batch(message(1)), batch(message(1)), batch(message(1), message(2, by=OTHER)))
    assert [messaging.counts.get("messenger", what) for what in ("received", "repeated")] == [2, 2]
    assert {found["recipient"]["id"] for found in sent(facebook)} == {PERSON, OTHER}


def test_the_summary_comes_as_a_file_too(rasa: Rasa, turns: Turns, facebook: FakeProvider) -> None:
    """A PDF with a name, in one request with the message that it belongs to."""
    rasa.said = said_at_the_end()
    chat(turns, facebook, batch(message(1, "summary please")))
    (place,) = (n for n, t in enumerate(facebook.taken) if t.headers["Content-Type"].startswith("multipart/"))
    form = multipart(facebook.taken[place])
    words = {name: part.get_payload() for name, part in form.items() if name != "filedata"}
    assert words.pop("messaging_type") == "RESPONSE"
    assert {name: json.loads(value) for name, value in words.items()} == {
        "recipient": {"id": PERSON},
        "message": {"attachment": {"type": "file", "payload": {"is_reusable": False}}},
    }
    file = form["filedata"]
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", "signpost-summary.pdf")
    assert file.get_payload(decode=True).startswith(b"%PDF-")
    assert rasa.said[1]["text"] in json.loads(facebook.taken[place - 1].body)["message"]["text"]
    assert facebook.taken[place + 1 :]


def test_a_file_that_facebook_refuses_loses_nothing(rasa: Rasa, turns: Turns, facebook: FakeProvider) -> None:
    """The texts come all the same."""
    rasa.said = said_at_the_end()
    refused = error(400, 100, 2018047)
    facebook._good = lambda t: refused(t) if t.headers["Content-Type"].startswith("multipart/") else good(t)
    messaging = chat(turns, facebook, batch(message(1, "summary please")))
    texts = " ".join(found["message"]["text"] for found in sent(facebook))
    assert [said["text"] for said in rasa.said if said["text"] not in texts] == []
    assert [messaging.counts.get("messenger", what) for what in ("file_left_out", "given_up")] == [1, 0]


# failures -----------------------------------------------------------------------------------------------------------


def error(http: int, code: int, subcode: int | None = None, **more: Any) -> Any:
    """An error as the Graph API describes it."""
    sub = {} if subcode is None else {"error_subcode": subcode}
    body = {
        "message": f"(#{code}) to {PERSON}",
        "type": "OAuthException",
        "code": code,
        **sub,
        "fbtrace_id": "A",
        **more,
    }
    return status(http, {"error": body})


@pytest.mark.parametrize(
    ("answer", "reason", "for_good"),
    [
        *((error(400, code), f"messenger_{code}", False) for code in (1, 2, 4, 17, 32, 613)),
        (error(400, 1200), "messenger_1200", False),
        (error(403, 4, 2018022), "messenger_4_2018022", False),
        (error(400, 99, is_transient=True), "messenger_99", False),
        (error(500, 2), "messenger_2", False),
        (lambda _: web.Response(status=500), "http_500", False),
        (lambda _: web.Response(status=503, text="<html>"), "http_503", False),
        (error(429, 80006), "messenger_80006", False),
        (error(403, 10, 2018278), "messenger_10_2018278", True),
        (error(400, 551, 1545041), "messenger_551_1545041", True),
        (error(403, 200, 1545041), "messenger_200_1545041", True),
        (error(400, 100, 2018001), "messenger_100_2018001", True),
        (error(401, 190, is_transient=False), "messenger_190", True),
        (status(200, {"error": {"code": 613}}), "messenger_613", False),
        (status(200, {"error": {}}), "not_ok", True),
        (status(302, None, Location="/elsewhere"), "http_302", True),
    ],
)
def test_what_a_failure_means(answer: Any, reason: str, *, for_good: bool) -> None:
    """Whether it may pass: limits and faults do, a closed window and a person who is gone do not."""
    failed = failure(answer)
    assert (failed.reason, failed.for_good) == (reason, for_good)


def failure(*answers: Any, api: str | None = None) -> SendFailed:
    """How sending a text fails."""

    async def run() -> None:
        facebook = FakeProvider(good)
        facebook.answers = list(answers)
        async with facebook.running(), aiohttp.ClientSession() as http:
            await provider(api or facebook.url).send(http, PERSON, Outgoing("hello"), "key")

    with pytest.raises(SendFailed) as failed:
        asyncio.run(run())
    return failed.value


def test_a_closed_window_is_given_up_in_plain_sight(runtime: Runtime, turns: Turns, facebook: FakeProvider) -> None:
    """At once, with Facebook's numbers; nothing of the person in the log."""
    facebook.answers = [error(403, 10, 2018278)] * 2
    with capture_logs() as lines:
        messaging = chat(turns, facebook, batch(message(1, "my words")))
    assert sent(facebook) == []
    assert messaging.counts.get("messenger", "given_up") == 2
    with runtime.records.reading() as store:
        reasons = store.connection.exec_driver_sql("SELECT DISTINCT reason FROM outbox").scalars().all()
    assert reasons == ["messenger_10_2018278"]
    assert not [shown for shown in (PERSON, "my words", TOKEN) if shown in str(lines)]


def test_busy_and_broken_are_tried_again(turns: Turns, facebook: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, once each."""
    asked = []
    monkeypatch.setattr("bot.channels.delivery.pause", lambda _, after, __: asked.append(after) or 0.0)
    facebook.answers = [error(400, 613), status(429, None, Retry_After="3"), lambda _: web.Response(status=500)]
    messaging = chat(turns, facebook, batch(message(1)))
    assert asked == [None, 3.0, None]
    texts = [found["message"]["text"] for found in sent(facebook)]
    assert len(texts) == len(set(texts))
    assert messaging.counts.get("messenger", "retried") == 3


# secrets ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("api", [NOWHERE, "http://127.0.0.1.invalid", "http://127.0.0.1:99999", "http://", None])
def test_no_failure_shows_a_secret(api: str | None, caplog: pytest.LogCaptureFixture) -> None:
    """Not in the error, its trace, or any library's log at any level."""
    caplog.set_level(logging.DEBUG)
    failed = failure(error(400, 190), api=api)
    shown = "".join(traceback.format_exception(type(failed), failed, failed.__traceback__))
    assert not [secret for secret in (TOKEN, SECRET, VERIFY) if secret in shown + caplog.text]


GOOD = {
    "SIGNPOST_MESSENGER_APP_SECRET": SECRET,
    "SIGNPOST_MESSENGER_VERIFY_TOKEN": VERIFY,
    "SIGNPOST_MESSENGER_PAGE_TOKEN": TOKEN,
}


def test_each_variable_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one of them the server does not start, and says which; with all of them it does."""
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    assert MessengerChannel.from_credentials({})._page == Page(SECRET, VERIFY, TOKEN)
    for name, value in [*((name, "") for name in GOOD), ("SIGNPOST_MESSENGER_API_URL", "http://graph.example")]:
        with monkeypatch.context() as without:
            without.setenv(name, value)
            with pytest.raises(StartError, match=name) as refused:
                MessengerChannel.from_credentials({})
        assert not [secret for secret in GOOD.values() if secret in str(refused.value)]


def test_the_page_does_not_show_its_secrets() -> None:
    """Not in a traceback, not in a log."""
    assert not [secret for secret in GOOD.values() if secret in repr(Page(SECRET, VERIFY, TOKEN))]
