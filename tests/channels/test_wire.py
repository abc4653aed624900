"""The drivers of the providers themselves: what they send is what the providers' libraries read, and they keep the rules."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import httpx
import pytest
import yaml
from aiogram.types import Update
from jsonschema import Draft202012Validator
from slack_sdk.signature import Clock, SignatureVerifier
from twilio.request_validator import RequestValidator

from tests.support.wire.apps import WIRES
from tests.support.wire.base import FORM, JSON, Call, NotThere, Request
from tests.support.wire.integrator import DOCUMENT, Integrator
from tests.support.wire.listening import Providers
from tests.support.wire.messenger import Messenger
from tests.support.wire.slack import Slack
from tests.support.wire.telegram import Telegram
from tests.support.wire.twilio import Sms, WhatsApp

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
every = pytest.mark.parametrize("name", WIRES)


def requests(name: str) -> dict[str, Request]:
    """One request of each kind that an app makes."""
    wire = WIRES[name]
    made = {"text": wire.text(1, "grüße & <b>", 1, NOW), **wire.others(1, 2, NOW), **wire.elsewhere(1, 3, NOW)}
    for kind, make in (
        ("press", lambda: wire.press(1, '{"value": "a|b"}', "A", 4, NOW)),
        ("picture", lambda: wire.picture(1, 5, NOW)),
    ):
        try:
            made[kind] = make()
        except NotThere:
            continue
    return made


def fields(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


@pytest.mark.parametrize("name", ["sms", "whatsapp"])
def test_twilios_library_knows_the_signature(name: str) -> None:
    """Of each kind; not of an altered body, nor of another's token."""
    wire = WIRES[name]
    check = RequestValidator(wire.token)
    for request in requests(name).values():
        given = request.headers["X-Twilio-Signature"]
        assert check.validate(wire.public + request.path, fields(request.body), given)
        assert not check.validate(wire.public + request.path, fields(request.body + b"x"), given)
    forged = replace(wire, token="0" * 32).text(1, "hello", 1, NOW)
    assert not check.validate(wire.public + forged.path, fields(forged.body), forged.headers["X-Twilio-Signature"])


def test_slacks_library_knows_the_signature() -> None:
    """Within five minutes, and not of an altered body."""

    class AtNoon(Clock):
        def now(self) -> float:
            return NOW.timestamp()

    check = SignatureVerifier(WIRES["slack"].secret, AtNoon())
    for request in requests("slack").values():
        assert check.is_valid_request(request.body, dict(request.headers))
        assert not check.is_valid_request(request.body + b" ", dict(request.headers))
    late = WIRES["slack"].text(1, "hello", 1, datetime.fromtimestamp(NOW.timestamp() - 301, timezone.utc))
    assert not check.is_valid_request(late.body, dict(late.headers))


def test_telegrams_updates_are_read_by_a_library_for_bots() -> None:
    """aiogram, which Rasa brings."""
    made = requests("telegram")
    found = {name: Update.to_object(json.loads(request.body)) for name, request in made.items()}
    assert (found["text"].message.text, found["text"].message.chat.type) == ("grüße & <b>", "private")
    assert found["press"].callback_query.data == '{"value": "a|b"}'
    assert found["picture"].message.photo[-1].width == 800
    assert found["blocked"].my_chat_member.new_chat_member.status == "kicked"


def test_the_integrators_messages_are_as_described() -> None:
    """Against the schema for what comes in."""
    schema = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))["components"]["schemas"]["IncomingMessage"]
    wire = WIRES["integrator"]
    press = wire.press(1, '{"step": "welcome", "choices": ["start"]}', "Start", 1, NOW)
    for request in (wire.text(1, "hello", 1, NOW), press):
        Draft202012Validator(schema).validate(json.loads(request.body))


@every
def test_requests_differ_by_person_and_by_message(name: str) -> None:
    """No two people and no two messages are one on the wire; ids are what the body holds."""
    wire = WIRES[name]
    bodies = {wire.text(person, "hello", id_, NOW).body for person in (1, 2) for id_ in (1, 2)}
    assert len(bodies) == 4
    for person in (1, 2):
        assert wire.ids(person)[0] in unquote(wire.text(person, "hello", 1, NOW).body.decode())


# the APIs -----------------------------------------------------------------------------------------------------------


def call(path: str, body: Any, kind: str = JSON, **headers: str) -> Call:
    raw = urlencode(body).encode() if kind == FORM else json.dumps(body).encode()
    return Call("POST", path, {"content-type": kind, **headers}, raw)


def sms(**form: str) -> Call:
    wire = Sms()
    key = base64.b64encode(f"{wire.sid}:{wire.token}".encode()).decode()
    whole = {"To": wire.ids(3)[0], "From": wire.ours, "Body": "hello"} | form
    return call(f"/2010-04-01/Accounts/{wire.sid}/Messages.json", whole, FORM, authorization=f"Basic {key}")


def telegram(**body: Any) -> Call:
    whole = {"chat_id": int(Telegram().ids(3)[0]), "text": "hello"} | body
    return call(f"/bot{Telegram().token}/sendMessage", whole)


def messenger(**message: Any) -> Call:
    whole = {
        "recipient": {"id": Messenger().ids(3)[0]},
        "messaging_type": "RESPONSE",
        "message": {"text": "hello"} | message,
    }
    return call("/v21.0/me/messages", whole, authorization=f"Bearer {Messenger().page_token}")


def slack(**body: Any) -> Call:
    whole = {"channel": Slack().ids(3)[1], "text": "hello"} | body
    return call("/api/chat.postMessage", whole, authorization=f"Bearer {Slack().token}")


def keyboard(*data: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "A", "callback_data": each}] for each in data]}


def replies(count: int, title: str = "A", payload: str = "a") -> list[dict[str, str]]:
    return [{"content_type": "text", "title": title, "payload": payload}] * count


def actions(*labels: str) -> list[dict[str, Any]]:
    elements = [
        {"type": "button", "action_id": f"a{n}", "value": "a", "text": {"type": "plain_text", "text": label}}
        for n, label in enumerate(labels)
    ]
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": "a &lt; b"}},
        {"type": "actions", "block_id": "b", "elements": elements},
    ]


BUTTON = '{"block_id": "b", "action_id": "a0", "value": "a"}'
TAKEN = [
    (Sms(), sms(), "hello", ()),
    (Sms(), sms(Body="x" * 1600), "x" * 1600, ()),
    (WhatsApp(), sms(To="whatsapp:" + Sms().ids(3)[0], From="whatsapp:" + Sms().ours), "hello", ()),
    (Telegram(), telegram(reply_markup=keyboard("a" * 64)), "hello", (("A", "a" * 64),)),
    (Messenger(), messenger(quick_replies=replies(13, "x" * 20)), "hello", (("x" * 20, "a"),) * 13),
    (Slack(), slack(), "hello", ()),
    (Slack(), slack(blocks=actions("A")), "a < b", (("A", BUTTON),)),
]
REFUSED = [
    (Sms(), sms(Body="x" * 1601), 400),
    (Sms(), sms(Body=""), 400),
    (Sms(), sms(To="911"), 400),
    (Sms(), sms(From="whatsapp:" + Sms().ours), 400),
    (replace(Sms(), token="another"), sms(), 401),
    (Telegram(), telegram(text="x" * 4097), 400),
    (Telegram(), telegram(text="🙂" * 2049), 400),
    (Telegram(), telegram(text=" "), 400),
    (Telegram(), telegram(chat_id=1), 400),
    (Telegram(), telegram(reply_markup=keyboard("a" * 65)), 400),
    (Telegram(), telegram(reply_markup=keyboard("ä" * 33)), 400),
    (Telegram(), telegram(reply_markup=keyboard(*["a"] * 101)), 400),
    (replace(Telegram(), token="another"), telegram(), 401),
    (Messenger(), messenger(text="x" * 2001), 400),
    (Messenger(), messenger(text=""), 400),
    (Messenger(), messenger(quick_replies=replies(14)), 400),
    (Messenger(), messenger(quick_replies=replies(1, "x" * 21)), 400),
    (Messenger(), messenger(quick_replies=replies(1, payload="x" * 1001)), 400),
    (replace(Messenger(), page_token="another"), messenger(), 400),
    (Slack(), slack(channel="C1"), 200),
    (Slack(), slack(text=""), 200),
    (Slack(), slack(blocks=actions("x" * 76)), 200),
    (Slack(), slack(blocks=actions(*["A"] * 26)), 200),
    (Slack(), slack(blocks=actions("A") * 2), 200),
    (replace(Slack(), token="another"), slack(), 200),
    (Integrator(), call("/replies", {}), 401),
]  # fmt: skip


@pytest.mark.parametrize(("wire", "made", "text", "buttons"), TAKEN)
def test_what_the_apis_take(wire: Any, made: Call, text: str, buttons: Any) -> None:
    """At the very limits, as the person sees it."""
    took = wire.take(made)
    assert took.fault is None
    assert (took.sent.person, took.sent.text, took.sent.buttons, took.sent.app) == (3, text, buttons, wire.name)
    assert took.answer.status in (200, 201)


@pytest.mark.parametrize(("wire", "made", "status"), REFUSED)
def test_what_the_apis_refuse(wire: Any, made: Call, status: int) -> None:
    """One beyond the limits, and what is not for them; a button of Slack's comes back as it was sent."""
    took = wire.take(made)
    assert took.sent is None
    assert took.fault
    assert took.answer.status == status


def test_a_file_takes_three_calls_in_slack() -> None:
    """Announced, uploaded to an address of its own, and shared; with fewer bytes than announced it is refused."""
    wire, key = Slack(), {"authorization": f"Bearer {Slack().token}"}
    announced = wire.take(call("/api/files.getUploadURLExternal", {"filename": "a.pdf", "length": "4"}, FORM, **key))
    told = json.loads(announced.answer.body)
    path = told["upload_url"].removeprefix("http://127.0.0.1")
    share = call(
        "/api/files.completeUploadExternal", {"files": [{"id": told["file_id"]}], "channel_id": wire.ids(3)[1]}, **key
    )
    assert wire.take(share).fault
    assert wire.take(Call("POST", path, {"content-type": "application/octet-stream"}, b"abc")).fault
    assert not wire.take(Call("POST", path, {"content-type": "application/octet-stream"}, b"abcd")).fault
    assert wire.take(share).sent.file == "a.pdf"


@pytest.mark.parametrize("kind", ["sendDocument", "messages"])
def test_files_come_in_forms(kind: str) -> None:
    """Telegram's and Messenger's, as an HTTP library makes them."""
    if kind == "sendDocument":
        wire: Any = Telegram()
        made = httpx.Request(
            "POST",
            "http://x/",
            data={"chat_id": wire.ids(3)[0], "caption": "c"},
            files={"document": ("a.pdf", b"%PDF\r\n\x00")},
        )
        path = f"/bot{wire.token}/sendDocument"
    else:
        wire = Messenger()
        message = json.dumps({"attachment": {"type": "file", "payload": {"is_reusable": False}}})
        data = {"recipient": json.dumps({"id": wire.ids(3)[0]}), "message": message, "messaging_type": "RESPONSE"}
        made = httpx.Request(
            "POST", "http://x/", data=data, files={"filedata": ("a.pdf", b"%PDF\r\n\x00", "application/pdf")}
        )
        path = f"/v21.0/me/messages?access_token={wire.page_token}"
    took = wire.take(Call("POST", path, {k.lower(): v for k, v in made.headers.items()}, made.read()))
    assert took.fault is None
    assert (took.sent.person, took.sent.file) == (3, "a.pdf")


def test_all_apis_listen_on_one_address() -> None:
    """Each below its name; a fault comes once; what was sent is found by app and person."""
    with Providers() as providers, httpx.Client(base_url=providers.url, trust_env=False) as http:
        assert providers.environment()["SIGNPOST_SLACK_API_URL"] == f"{providers.url}/slack/api"
        providers.faults.append(lambda app, _: WIRES[app].busy())
        made = telegram(text="hello there")
        answers = [http.post(f"/telegram{made.path}", content=made.body, headers=made.headers) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [429, 200]
        assert providers.wait("telegram", 3, "there") == "hello there"
        assert providers.said("telegram", 4) == ""
        made = telegram(text="")
        assert http.post(f"/telegram{made.path}", content=made.body, headers=made.headers).status_code == 400
        assert providers.broken_rules == ["telegram: Bad Request: message text is empty"]
