"""Telegram: updates as it delivers them, calls as its Bot API takes them, and a token that never shows."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import Callable
from email import message_from_bytes
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.channels.apps import TELEGRAM
from bot.channels.messaging import Messaging
from bot.channels.provider import GREETING, Incoming, Raw, Refusal, SendFailed
from bot.channels.summary_file import SummaryFile
from bot.channels.telegram import Bot, Telegram, TelegramChannel
from bot.channels.text import Outgoing
from bot.channels.turns import Turns
from bot.content.render import Renderer
from bot.errors import StartError
from bot.server.runtime import Runtime
from tests.channels.fakes import FakeProvider, Taken, status
from tests.channels.plain_app import running, settled
from tests.channels.test_summary_file import summary_turn
from tests.support.core import content, site
from tests.support.turns import BLEEDING, Rasa

TOKEN, SECRET = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "s" * 40
PERSON = 5550001
NOWHERE = "http://127.0.0.1:9"


def provider(api: str = NOWHERE) -> Telegram:
    return Telegram(Bot(TOKEN, SECRET, api), Renderer(content(), site()))


# updates, as the document of the Bot API lists them ------------------------------------------------------------------


def person(number: int = PERSON, **more: Any) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "Anna", "username": "anna", "language_code": "en", **more}


def private(number: int = PERSON) -> dict[str, Any]:
    return {"id": number, "first_name": "Anna", "username": "anna", "type": "private"}


def message(number: int, text: str | None = "my words", chat: Any = None, by: Any = None, **more: Any) -> Any:
    """An update with a message, in a private chat unless told otherwise."""
    chat, by = chat or private(), by or person()
    words = {} if text is None else {"text": text}
    found = {"message_id": number, "from": by, "chat": chat, "date": 1777896000, **words, **more}
    return {"update_id": 900000 + number, "message": found}


def press(number: int, data: str | None, chat: Any = None) -> Any:
    """An update with a pressed button below a message of ours."""
    ours = {"message_id": 7, "from": person(1, is_bot=True), "chat": chat or private(), "date": 1777896000, "text": "?"}
    found = {"id": f"43825{number}", "from": person(), "message": ours, "chat_instance": "-1"}
    return {"update_id": 800000 + number, "callback_query": found | ({} if data is None else {"data": data})}


def request(update: Any, secret: str | None = SECRET, **headers: str) -> Raw:
    """A request of Telegram."""
    named = {} if secret is None else {"x-telegram-bot-api-secret-token": secret}
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    return Raw("/webhooks/telegram/messages", {"content-type": "application/json"} | named | headers, body)


REFUSALS: dict[str, tuple[Raw, int, str]] = {
    "missing": (request(message(1), None), 401, "missing_signature"),
    "empty": (request(message(1), ""), 401, "missing_signature"),
    "wrong": (request(message(1), "t" * 40), 401, "forged"),
    "begun": (request(message(1), SECRET[:-1]), 401, "forged"),
    "longer": (request(message(1), SECRET + "s"), 401, "forged"),
    "not_ascii": (request(message(1), "ü" * 40), 401, "forged"),
    "surrogates": (request(message(1), "\udcff" * 40), 401, "forged"),
    "the_token": (request(message(1), TOKEN), 401, "forged"),
    "oversized": (request(message(1, "x" * 70_000)), 413, "too_large"),
    "form": (request(message(1), **{"content-type": "application/x-www-form-urlencoded"}), 415, "wrong_type"),
    "no_type": (request(message(1), **{"content-type": ""}), 415, "wrong_type"),
    "no_json": (request(b'{"update_id":'), 400, "unreadable"),
    "no_utf8": (request(b'{"a": "\xff"}'), 400, "unreadable"),
    "no_object": (request([message(1)]), 400, "unreadable"),
    "deep": (request(b"[" * 30_000), 400, "unreadable"),
    "long_number": (request(message(1, by=person(10**300))), 400, "id_out_of_bounds"),
    "long_id": (request(press(10**300, "welcome|start")), 400, "id_out_of_bounds"),
}


@pytest.mark.parametrize("name", list(REFUSALS))
def test_what_is_refused(runtime: Runtime, turns: Turns, name: str) -> None:
    """The right status and word, and nothing kept."""
    raw, code, reason = REFUSALS[name]
    messaging = Messaging(provider(), turns)
    with capture_logs() as lines, pytest.raises(Refusal) as refused:
        messaging.inbound.receive(raw)
    assert (refused.value.status, refused.value.reason) == (code, reason)
    assert messaging.counts.get("telegram", f"refused:{reason}") == 1
    assert [line["event"] for line in lines] == ["app.request.refused"]
    assert not [secret for secret in (TOKEN, SECRET, "my words", str(PERSON)) if secret in str(lines)]
    with runtime.records.reading() as store:
        assert store.connection.exec_driver_sql("SELECT COUNT(*) FROM inbox").scalar() == 0


NAMES = st.sampled_from(
    ["message", "callback_query", "from", "chat", "id", "type", "text", "data", "message_id", "caption", "is_bot"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("private"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.dictionaries(NAMES, JSON, max_size=4), inside=st.dictionaries(NAMES, JSON, max_size=4))
def test_whatever_telegram_delivers_is_taken_or_refused(
    runtime: Runtime, turns: Turns, found: Any, inside: Any
) -> None:
    """Members of tomorrow, members that are missing, members with anything in them."""
    messaging = Messaging(provider(), turns)
    messaging.inbound._taken = lambda _: None
    whole = message(1), press(1, "welcome|start")
    for update in (
        found,
        *({**one, kind: {**one[kind], **inside}} for one in whole for kind in one if "_id" not in kind),
    ):
        try:
            messaging.inbound.receive(request(update))
        except Refusal as refusal:
            code = refusal.status
            if code >= 500:
                raise AssertionError(refusal.reason) from refusal


# what is read -------------------------------------------------------------------------------------------------------


def read(update: Any) -> Any:
    return list(provider().read(request(update)))


def test_a_message_is_read() -> None:
    """Words, who wrote, and where the answer goes."""
    assert read(message(12)) == [Incoming("message 12", str(PERSON), str(PERSON), "my words")]


GROUP, SUPERGROUP, CHANNEL = ({"id": -100123, "title": "Us", "type": t} for t in ("group", "supergroup", "channel"))
IGNORED: dict[str, Any] = {
    "group": message(1, chat=GROUP),
    "supergroup": message(1, BLEEDING, chat=SUPERGROUP),
    "group_photo": message(1, None, chat=GROUP, photo=[{"file_id": "A"}]),
    "channel": message(1, chat=CHANNEL),
    "no_type": message(1, chat={"id": PERSON}),
    "joined": message(1, None, chat=GROUP, new_chat_members=[person(1, is_bot=True)]),
    "another_bot": message(1, by=person(9, is_bot=True)),
    "nobody": {"update_id": 1, "message": {"message_id": 1, "chat": private(), "date": 1, "text": "x"}},
    "edited": {"update_id": 1, "edited_message": message(1)["message"]},
    "channel_post": {"update_id": 1, "channel_post": message(1, chat=CHANNEL)["message"]},
    "edited_channel_post": {"update_id": 1, "edited_channel_post": message(1, chat=CHANNEL)["message"]},
    "blocked_or_joined": {"update_id": 1, "my_chat_member": {"chat": private(), "from": person(), "date": 1}},
    "inline_query": {"update_id": 1, "inline_query": {"id": "1", "from": person(), "query": "x", "offset": ""}},
    "pinned": message(1, None, pinned_message={"message_id": 1}),
    "timer": message(1, None, message_auto_delete_timer_changed={"message_auto_delete_time": 86400}),
    "pressed_in_a_group": press(1, "welcome|start", chat=GROUP),
    "pressed_elsewhere": {"update_id": 1, "callback_query": {"id": "1", "from": person(), "data": "welcome|start"}},
    "of_tomorrow": {"update_id": 1, "tomorrow": {}},
}


@pytest.mark.parametrize("name", list(IGNORED))
def test_what_gets_no_answer(name: str) -> None:
    """Above all groups, where others would read it; and what Telegram writes by itself, or was answered before."""
    assert read(IGNORED[name]) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [("/start", GREETING), ("/start ", GREETING), ("/start leaflet-42_b", GREETING), ("/start@signpost_bot", GREETING),
     ("/start my nose is bleeding", "my nose is bleeding"), ("/start it's bad", "it's bad"), ("/startle", "/startle"),
     ("start", "start"), ("/help", "/help"), ('/inform{"sign": "x"}', '/inform{"sign": "x"}')],
)  # fmt: skip
def test_the_start_button_is_a_greeting(text: str, words: str) -> None:
    """With the payload of a link too; words that somebody typed behind it are kept."""
    assert read(message(1, text))[0].text == words


UNREADABLE: dict[str, Any] = {
    "voice": {"voice": {"file_id": "A", "duration": 3}},
    "photo": {"photo": [{"file_id": "A"}]},
    "sticker": {"sticker": {"file_id": "A", "emoji": "🙂"}},
    "document": {"document": {"file_id": "A"}},
    "location": {"location": {"latitude": 51.5, "longitude": 0.1}},
    "contact": {"contact": {"phone_number": "+447700900123", "first_name": "Anna"}},
    "of_tomorrow": {"hologram": {}},
}


@pytest.mark.parametrize("name", list(UNREADABLE))
def test_what_is_no_words_is_told_so(name: str) -> None:
    """Also what is not known yet; the words below a picture are read."""
    assert read(message(1, None, **UNREADABLE[name])) == [
        Incoming("message 1", str(PERSON), str(PERSON), "", unread=True)
    ]
    with_words = read(message(1, None, caption="look at this", **UNREADABLE[name]))
    assert [(found.text, found.unread) for found in with_words] == [("look at this", True)]


def test_a_pressed_button_names_its_question() -> None:
    """One that is none of ours is told like a picture."""
    (found,) = read(press(1, "welcome|start"))
    assert (found.id, found.step, found.choices, found.text) == ("query 438251", "welcome", ("start",), "")
    assert (found.sender, found.address) == (str(PERSON), str(PERSON))
    for data in ("of another bot", None, "|", "x" * 64):
        assert read(press(1, data)) == [Incoming("query 438251", str(PERSON), str(PERSON), unread=True)]


@pytest.mark.parametrize("repeated", [False, True])
def test_a_pressed_button_is_released_in_the_answer(*, repeated: bool) -> None:
    """No call of its own, so nothing that could fail; other updates get an empty answer."""
    thanks = provider().thanks(request(press(1, "welcome|start")), repeated=repeated)
    assert json.loads(thanks.body) == {"method": "answerCallbackQuery", "callback_query_id": "438251"}
    assert thanks.media_type == "application/json"
    assert provider().thanks(request(message(1)), repeated=repeated).body == ""


# both ways ----------------------------------------------------------------------------------------------------------


def good(taken: Taken) -> web.Response:
    """A sent message comes back."""
    sent = {"message_id": 70, "chat": private(), "date": 1777896001, "text": "x" * 4000}
    return web.json_response({"ok": True, "result": sent})


@pytest.fixture
def telegram() -> FakeProvider:
    return FakeProvider(good)


def chat(turns: Turns, telegram: FakeProvider, *updates: Any) -> Messaging:
    """Deliver updates one after the other, each after the answer to the one before."""

    async def run() -> Messaging:
        async with telegram.running(), running(provider(telegram.url), turns) as messaging:
            for update in updates:
                messaging.inbound.receive(request(update))
                await settled(messaging)
            return messaging

    messaging = asyncio.run(run())
    for taken in telegram.taken:
        method = "sendMessage" if taken.headers["Content-Type"] == "application/json" else "sendDocument"
        assert (taken.method, taken.path) == ("POST", f"/bot{TOKEN}/{method}")
    return messaging


def sent(telegram: FakeProvider) -> list[dict[str, Any]]:
    """The messages that Telegram got, without files."""
    return [json.loads(t.body) for t in telegram.taken if t.path.endswith("sendMessage")]


def test_a_chat_both_ways(runtime: Runtime, turns: Turns, telegram: FakeProvider) -> None:
    """Greeting with who keeps a copy, one button a row, the next question after a press."""
    chat(turns, telegram, message(1, "/start"), press(2, "welcome|start"))
    messages = sent(telegram)
    copy = turns.renderer(turns._state(None)).text("text_copy_app", {"app": "=Telegram"})
    assert any(copy in found["text"] for found in messages)
    (asked,) = (found for found in messages if "reply_markup" in found)
    rows = asked["reply_markup"]["inline_keyboard"]
    assert [len(row) for row in rows] == [1] * len(rows)
    assert rows[0] == [{"text": "Start the checklist", "callback_data": "welcome|start"}]
    for found in messages:
        assert found["chat_id"] == PERSON
        assert 0 < len(found["text"]) <= TELEGRAM.text_limit
        assert set(found) <= {"chat_id", "text", "link_preview_options", "reply_markup"}
        assert found["link_preview_options"] == {"is_disabled": True}
    with runtime.records.reading() as store:
        assert store.app_person(store.person_of("telegram", str(PERSON))).question["step"] == "right_now_1"


def test_a_red_flag_brings_the_number(turns: Turns, telegram: FakeProvider) -> None:
    """In the very first message."""
    chat(turns, telegram, message(1, BLEEDING))
    assert any("999" in found["text"] for found in sent(telegram)[1:])


def test_only_words_are_read_and_a_group_gets_nothing(turns: Turns, telegram: FakeProvider) -> None:
    """A voice message is told so, with the emergency number; the same in a group is passed over."""
    voice = UNREADABLE["voice"]
    chat(turns, telegram, message(1, None, chat=GROUP, **voice), message(2, None, **voice))
    only = turns.renderer(turns._state(None)).text("only_words")
    assert [found["chat_id"] for found in sent(telegram) if only in found["text"]] == [PERSON]
    assert {found["chat_id"] for found in sent(telegram)} == {PERSON}


def test_a_repeat_is_answered_once_and_ids_are_of_each_chat(turns: Turns, telegram: FakeProvider) -> None:
    """The first message of two people may have the same id."""
    other = message(1, "hello", private(77), person(77))
    messaging = chat(
        turns, telegram, message(1), message(1), other, press(3, "welcome|start"), press(3, "welcome|start")
    )
    assert (messaging.counts.get("telegram", "received"), messaging.counts.get("telegram", "repeated")) == (3, 2)
    assert {found["chat_id"] for found in sent(telegram)} == {PERSON, 77}


def said_at_the_end() -> list[dict[str, Any]]:
    """What Rasa answers with at the end of a check."""
    return [{k: v for k, v in said.items() if k not in ("id", "at")} for said in summary_turn()]


def multipart(taken: Taken) -> dict[str, Any]:
    """The parts of a form with a file, by name."""
    head = f"Content-Type: {taken.headers['Content-Type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + taken.body).get_payload()
    return {part.get_param("name", header="content-disposition"): part for part in parts}


def test_the_summary_comes_as_a_file_too(rasa: Rasa, turns: Turns, telegram: FakeProvider) -> None:
    """A PDF with a name, behind the text and the direction."""
    rasa.said = said_at_the_end()
    chat(turns, telegram, message(1, "summary please"))
    (place,) = (n for n, taken in enumerate(telegram.taken) if taken.path.endswith("sendDocument"))
    form = multipart(telegram.taken[place])
    assert set(form) == {"chat_id", "document"}
    assert form["chat_id"].get_payload() == str(PERSON)
    file = form["document"]
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", "signpost-summary.pdf")
    assert file.get_payload(decode=True).startswith(b"%PDF-")
    before = [json.loads(taken.body)["text"] for taken in telegram.taken[:place]]
    assert rasa.said[0]["text"] in before[-2]
    assert rasa.said[1]["text"] in before[-1]
    assert telegram.taken[place + 1 :]


def test_a_file_that_telegram_refuses_loses_nothing(rasa: Rasa, turns: Turns, telegram: FakeProvider) -> None:
    """The texts come all the same."""
    rasa.said = said_at_the_end()
    refused = {"ok": False, "error_code": 413, "description": "Request Entity Too Large"}
    telegram._good = lambda t: status(413, refused)(t) if t.path.endswith("sendDocument") else good(t)
    messaging = chat(turns, telegram, message(1, "summary please"))
    texts = " ".join(found["text"] for found in sent(telegram))
    assert [said["text"] for said in rasa.said if said["text"] not in texts] == []
    counted = [messaging.counts.get("telegram", what) for what in ("file_left_out", "given_up")]
    assert counted == [1, 0]


# failures -----------------------------------------------------------------------------------------------------------


def error(code: int, description: str = "x", **parameters: Any) -> Callable[[Taken], web.Response]:
    """An error as the Bot API describes it."""
    body = {"ok": False, "error_code": code, "description": description}
    return status(code, body | ({"parameters": parameters} if parameters else {}))


@pytest.mark.parametrize(
    ("answer", "reason", "for_good", "after"),
    [
        (error(429, "Too Many Requests: retry after 5", retry_after=5), "telegram_429", False, 5),
        (error(429), "telegram_429", False, None),
        (error(429, retry_after="soon"), "telegram_429", False, None),
        (error(500), "telegram_500", False, None),
        (lambda _: web.Response(status=502, text="<html>"), "http_502", False, None),
        (lambda _: web.Response(status=504), "http_504", False, None),
        (error(403, f"Forbidden: bot was blocked by the user {PERSON}"), "telegram_403", True, None),
        (error(403, "Forbidden: user is deactivated"), "telegram_403", True, None),
        (error(400, "Bad Request: chat not found"), "telegram_400", True, None),
        (error(401, "Unauthorized"), "telegram_401", True, None),
        (status(200, {"ok": False, "error_code": 429, "parameters": {"retry_after": 7}}), "telegram_429", False, 7),
        (status(200, {"ok": False}), "not_ok", True, None),
        (status(302, {"ok": True}, Location="/elsewhere"), "http_302", True, None),
    ],
)
def test_what_a_failure_means(answer: Any, reason: str, after: float | None, *, for_good: bool) -> None:
    """Whether it may pass, and how long Telegram asks to wait, which stands in the body."""
    failed = failure(Outgoing("hello"), answer)
    assert (failed.reason, failed.for_good, failed.retry_after) == (reason, for_good, after)


def failure(part: Any, *answers: Any, api: str | None = None) -> SendFailed:
    """How sending a part fails."""

    async def run() -> None:
        telegram = FakeProvider(good)
        telegram.answers = list(answers)
        timeout = aiohttp.ClientTimeout(total=0.5)
        async with telegram.running(), aiohttp.ClientSession(timeout=timeout) as http:
            await provider(api or telegram.url).send(http, str(PERSON), part, "key")

    with pytest.raises(SendFailed) as failed:
        asyncio.run(run())
    return failed.value


def test_busy_and_broken_are_tried_again(turns: Turns, telegram: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, once each, after as long as Telegram asked for."""
    asked = []
    monkeypatch.setattr("bot.channels.delivery.pause", lambda _, after, __: asked.append(after) or 0.0)
    telegram.answers = [error(429, retry_after=3), error(500), lambda _: web.Response(status=503, text="<html>")]
    messaging = chat(turns, telegram, message(1, "hello"))
    assert asked == [3, None, None]
    assert len({found["text"] for found in sent(telegram)}) == len(sent(telegram))
    assert messaging.counts.get("telegram", "retried") == 3


def test_who_has_blocked_the_bot_is_given_up_in_plain_sight(
    runtime: Runtime, turns: Turns, telegram: FakeProvider
) -> None:
    """At once, with Telegram's number; nothing of the person in the log."""
    telegram.answers = [error(403, f"Forbidden: bot was blocked by the user {PERSON}")] * 2
    with capture_logs() as lines:
        messaging = chat(turns, telegram, message(1, "my words"))
    assert sent(telegram) == []
    assert messaging.counts.get("telegram", "given_up") == 2
    with runtime.records.reading() as store:
        reasons = store.connection.exec_driver_sql("SELECT DISTINCT reason FROM outbox").scalars().all()
    assert reasons == ["telegram_403"]
    assert not [shown for shown in (str(PERSON), "my words", TOKEN) if shown in str(lines)]


# secrets ------------------------------------------------------------------------------------------------------------


def broken(taken: Taken) -> web.Response:
    """An answer that ends before its end."""
    response = web.Response(status=200, headers={"Content-Length": "1000"}, body=b"")
    response.force_close()
    return response


def hang(taken: Taken) -> web.Response:
    """No answer within the time that the session has."""

    class Never(web.Response):
        async def prepare(self, request: Any) -> Any:
            await asyncio.sleep(2)
            return await super().prepare(request)

    return Never()


FAULTS: dict[str, tuple[Any, str | None]] = {
    "refused": (None, NOWHERE),
    "no_such_host": (None, "http://127.0.0.1.invalid"),
    "no_such_port": (None, "http://127.0.0.1:99999"),
    "no_scheme": (None, "127.0.0.1"),
    "other_scheme": (None, "ftp://127.0.0.1"),
    "nothing": (None, "http://"),
    "broken": (broken, None),
    "slow": (hang, None),
    "redirect": (status(307, None, Location=f"/bot{TOKEN}/sendMessage"), None),
    "echoed": (lambda t: web.Response(status=404, text=f"no {t.path}"), None),
}


@pytest.mark.parametrize("name", list(FAULTS))
def test_no_failure_shows_the_token(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """It stands in the address of every call: not in the error, its trace, or any library's log at any level."""
    caplog.set_level(logging.DEBUG)
    answer, api = FAULTS[name]
    with capture_logs() as lines:
        failed = failure(Outgoing("hello"), *([answer] if answer else []), api=api)
    secret = TOKEN.partition(":")[2]
    shown = "".join(traceback.format_exception(type(failed), failed, failed.__traceback__))
    ours = [record for record in caplog.records if record.name != "aiohttp.access"]  # the log of the fake itself
    assert secret not in "\n".join([shown, repr(failed), str(lines), *(record.getMessage() for record in ours)])
    assert failed.reason in ("connection", "timeout", "http_307", "http_404")


GOOD = {"SIGNPOST_TELEGRAM_TOKEN": TOKEN, "SIGNPOST_TELEGRAM_SECRET": SECRET}


def test_each_variable_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one of them the server does not start, and says which; with all of them it does."""
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    assert TelegramChannel.from_credentials({})._bot == Bot(TOKEN, SECRET)
    for name, value in [*((name, "") for name in GOOD), ("SIGNPOST_TELEGRAM_API_URL", "http://telegram.example")]:
        with monkeypatch.context() as without:
            without.setenv(name, value)
            with pytest.raises(StartError, match=name) as refused:
                TelegramChannel.from_credentials({})
        assert not [secret for secret in (TOKEN, SECRET) if secret in str(refused.value)]


def test_the_bot_and_a_file_do_not_show_what_they_hold() -> None:
    """Not in a traceback, not in a log."""
    shown = repr([Bot(TOKEN, SECRET), SummaryFile({"text": "my words"}, Renderer(content(), site()))])
    assert not [secret for secret in (TOKEN, SECRET, "my words") if secret in shown]
