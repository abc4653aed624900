"""SMS and WhatsApp: requests as Twilio sends and signs them, messages as its REST interface takes them."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator

from bot.channels.apps import SMS, WHATSAPP, App
from bot.channels.messaging import Messaging
from bot.channels.provider import Lost, Raw, Refusal
from bot.channels.text_reading import read_button
from bot.channels.turns import Turns
from bot.channels.twilio import Account, Twilio, TwilioSmsChannel, TwilioWhatsAppChannel
from bot.content.render import Renderer
from bot.errors import StartError
from bot.server.runtime import Runtime
from tests.channels.fakes import FakeProvider, Taken, status
from tests.channels.plain_app import running, settled
from tests.support.turns import BLEEDING

SID, TOKEN, PUBLIC = "AC" + "0" * 32, "t" * 32, "https://chat.example.org"
#: Numbers of Ofcom's for drama, and the sandbox's own.
PERSON, OURS = "+447700900123", "+447700900456"
both = pytest.mark.parametrize("app", [SMS, WHATSAPP], ids=["sms", "whatsapp"])


def provider(app: App, runtime: Runtime, api: str = "http://127.0.0.1:9", sender: str = OURS) -> Twilio:
    account = Account(SID, TOKEN, sender, PUBLIC, api, api)
    return Twilio(app, account, Renderer(runtime.content, runtime.site), runtime.clock)


def fields(app: App, number: int | str, body: str, **more: str) -> dict[str, str]:
    """The fields of an incoming message, as Twilio's guide to the request lists them."""
    prefix = "whatsapp:" if app is WHATSAPP else ""
    return {
        "ToCountry": "GB", "SmsMessageSid": f"SM{number}", "NumMedia": "0", "SmsSid": f"SM{number}",
        "FromCountry": "GB", "SmsStatus": "received", "Body": body, "To": prefix + OURS, "NumSegments": "1",
        "MessageSid": f"SM{number}", "AccountSid": SID, "From": prefix + PERSON, "ApiVersion": "2010-04-01",
    } | more  # fmt: skip


def signed(app: App, form: dict[str, str], token: str = TOKEN, url: str = "", query: str = "", **headers: str) -> Raw:
    """A request, signed by Twilio's own library."""
    target = f"/webhooks/{app.name}/messages{query}"
    given = RequestValidator(token).compute_signature(url or PUBLIC + target, form)
    found = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8", "x-twilio-signature": given}
    return Raw(target, found | headers, urlencode(form).encode())


def refusals(app: App) -> dict[str, tuple[Raw, int, str]]:
    """Every way in which a request is none of Twilio's, or not for this channel."""
    form = fields(app, 1, "hello")
    good = signed(app, form)
    other = WHATSAPP if app is SMS else SMS
    return {
        "missing": (signed(app, form, **{"x-twilio-signature": ""}), 401, "missing_signature"),
        "wrong": (signed(app, form, token="u" * 32), 401, "forged"),
        "altered": (Raw(good.target, good.headers, good.body.replace(b"hello", b"hallo")), 401, "forged"),
        "a_field_more": (Raw(good.target, good.headers, good.body + b"&Extra=1"), 401, "forged"),
        "a_field_twice": (Raw(good.target, good.headers, good.body + b"&Body=hallo"), 401, "forged"),
        "another_address": (signed(app, form, url="https://evil.example/webhooks/sms/messages"), 401, "forged"),
        "another_query": (Raw(good.target + "?x=1", good.headers, good.body), 401, "forged"),
        "strange_path": (Raw("//[", good.headers, good.body), 401, "forged"),
        "not_ascii": (signed(app, form, **{"x-twilio-signature": "ü"}), 401, "forged"),
        "another_account": (signed(app, form | {"AccountSid": "AC1"}), 403, "wrong_channel"),
        "another_channel": (signed(app, fields(other, 1, "hello")), 403, "wrong_channel"),
        "oversized": (signed(app, form | {"Body": "x" * 70_000}), 413, "too_large"),
        "json": (signed(app, form, **{"content-type": "application/json"}), 415, "wrong_type"),
        "too_many_fields": (signed(app, form | {f"x{n}": "" for n in range(300)}), 400, "unreadable"),
        "no_body": (signed(app, {k: v for k, v in form.items() if k != "Body"}), 400, "field_missing"),
    }


@both
@pytest.mark.parametrize("name", list(refusals(SMS)))
def test_what_is_refused(runtime: Runtime, turns: Turns, app: App, name: str) -> None:
    """The right status and word, and nothing kept."""
    request, code, reason = refusals(app)[name]
    messaging = Messaging(provider(app, runtime), turns)
    with pytest.raises(Refusal) as refused:
        messaging.inbound.receive(request)
    assert (refused.value.status, refused.value.reason) == (code, reason)
    assert messaging.counts.get(app.name, f"refused:{reason}") == 1
    with runtime.records.reading() as store:
        assert store.connection.exec_driver_sql("SELECT COUNT(*) FROM inbox").scalar() == 0


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=st.dictionaries(st.text(max_size=12) | st.sampled_from(list(fields(SMS, 1, ""))), st.text(max_size=30)))
def test_whatever_twilio_signs_is_taken_or_refused(runtime: Runtime, turns: Turns, form: dict[str, str]) -> None:
    """Fields of tomorrow, fields that are missing, fields with anything in them."""
    messaging = Messaging(provider(SMS, runtime), turns)
    messaging.inbound._taken = lambda _: None
    whole = {key.encode("utf-8", "replace").decode(): v.encode("utf-8", "replace").decode() for key, v in form.items()}
    for request in (signed(SMS, whole), signed(SMS, fields(SMS, "1", "hello") | whole)):
        try:
            messaging.inbound.receive(request)
        except Refusal as refusal:
            code = refusal.status
            if code >= 500 or refusal.reason == "forged":
                raise AssertionError(refusal.reason) from refusal


# what is read -------------------------------------------------------------------------------------------------------


def read(app: App, runtime: Runtime, **more: str) -> Any:
    return provider(app, runtime).read(signed(app, fields(app, 1, "my words", **more)))


@both
def test_a_message_is_read(runtime: Runtime, app: App) -> None:
    """Words, who wrote, and whether something came that is not read."""
    (found,) = read(app, runtime)
    assert (found.id, found.text, found.unread) == ("SM1", "my words", False)
    assert found.sender == found.address == fields(app, 1, "")["From"]
    assert read(app, runtime, NumMedia="2")[0].unread


def test_a_pressed_button_names_its_question(runtime: Runtime) -> None:
    """Its label, which comes as the body, is no words of the person."""
    (found,) = read(WHATSAPP, runtime, ButtonPayload="welcome|start", ButtonText="Start the checklist")
    assert (found.step, found.choices, found.text) == ("welcome", ("start",), "")


@both
@pytest.mark.parametrize("more", [{"MessageStatus": "delivered"}, {"OptOutType": "STOP"}, {"OptOutType": "HELP"}])
def test_what_asks_for_no_answer(runtime: Runtime, app: App, more: dict[str, str]) -> None:
    """Reports on our messages, and words that the phone company has acted on."""
    assert list(read(app, runtime, **more)) == []


def report(app: App, form: dict[str, str], state: str, **more: str) -> Raw:
    """A status callback on a message that was created from these fields, to the address that stands in them."""
    fields = {"MessageSid": "SM1", "MessageStatus": state, "AccountSid": SID, "To": form["To"], "From": form["From"]}
    return signed(app, fields | more, query="?" + urlsplit(form["StatusCallback"]).query)


@both
@pytest.mark.parametrize(
    ("state", "more", "reason"),
    [
        ("undelivered", {"ErrorCode": "30003"}, "twilio_30003"),
        ("failed", {"ErrorCode": "63016"}, "twilio_63016"),
        ("failed", {}, "twilio_undelivered"),
        ("failed", {"ErrorCode": "my words"}, "twilio_undelivered"),
        *[(state, {}, None) for state in ("queued", "sending", "sent", "delivered", "read", "tomorrow's")],
    ],
)
def test_a_report_says_what_is_lost(
    runtime: Runtime, app: App, state: str, more: dict[str, str], reason: str | None
) -> None:
    """By the address and the key with which it was sent; on the way nothing is lost yet."""
    form = {"To": fields(app, 1, "")["From"], "From": OURS, "StatusCallback": PUBLIC + "/x?of=m1-2"}
    found = provider(app, runtime).read(report(app, form, state, **more))
    assert list(found) == ([Lost(form["To"], "m1-2", reason)] if reason else [])


# both ways ----------------------------------------------------------------------------------------------------------


def created(taken: Taken) -> web.Response:
    if taken.path == "/v1/Content":
        return status(200, {"contents": [], "meta": {}})(taken) if taken.method == "GET" else template_made(taken)
    form = dict(parse_qsl(taken.body.decode()))
    return web.json_response({"sid": "SM" + "f" * 32, "status": "queued", "to": form["To"]}, status=201)


def template_made(taken: Taken) -> web.Response:
    return web.json_response({"sid": "HX" + json.loads(taken.body)["friendly_name"]}, status=201)


@pytest.fixture
def twilio() -> FakeProvider:
    return FakeProvider(created)


def chat(app: App, runtime: Runtime, turns: Turns, twilio: FakeProvider, *texts: str, sender: str = OURS) -> list[Any]:
    """Write messages one after the other, each after the answer to the one before; the forms that Twilio got."""

    async def run() -> Messaging:
        async with twilio.running(), running(provider(app, runtime, twilio.url, sender), turns) as messaging:
            for text in texts:
                messaging.inbound.receive(signed(app, fields(app, f"{len(twilio.taken)}{text}", text)))
                await settled(messaging)
            return messaging

    messaging = asyncio.run(run())
    twilio.counts = messaging.counts
    for taken in twilio.taken:
        assert taken.headers["Authorization"] == "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
    sent = [taken for taken in twilio.taken if taken.path != "/v1/Content"]
    for taken in sent:
        assert (taken.method, taken.path) == ("POST", f"/2010-04-01/Accounts/{SID}/Messages.json")
        assert taken.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    return [dict(parse_qsl(taken.body.decode())) for taken in sent]


def said_in(form: dict[str, str]) -> str:
    """The text of a message, whether it has a template or not."""
    return form["Body"] if "Body" in form else str(json.loads(form["ContentVariables"])["text"])


@both
def test_a_chat_both_ways(runtime: Runtime, turns: Turns, twilio: FakeProvider, app: App) -> None:
    """Greeting with who keeps a copy, the question with numbers, the next one after "1"."""
    forms = chat(app, runtime, turns, twilio, "hello", "1", "none", "none")
    prefix = "whatsapp:" if app is WHATSAPP else ""
    assert {(form["To"], form["From"]) for form in forms} == {(prefix + PERSON, prefix + OURS)}
    assert all(len(said_in(form)) <= 1600 for form in forms)
    said = "\n".join(map(said_in, forms))
    assert (
        turns.renderer(turns._state(None)).text(
            "text_copy_phone" if app is SMS else "text_copy_app", {"app": "=WhatsApp"}
        )
        in said
    )
    person = _person(runtime, turns, app)
    assert person.question["step"] == "who"
    if app is SMS:
        assert "1. " in forms[-1]["Body"]


def _person(runtime: Runtime, turns: Turns, app: App) -> Any:
    with runtime.records.reading() as store:
        return store.app_person(store.person_of(app.name, fields(app, 1, "")["From"]))


def test_a_messaging_service_sends_in_place_of_a_number(runtime: Runtime, turns: Turns, twilio: FakeProvider) -> None:
    """Its id begins with MG."""
    (form, *_) = chat(SMS, runtime, turns, twilio, "hello", sender="MG" + "1" * 32)
    assert form["MessagingServiceSid"] == "MG" + "1" * 32
    assert "From" not in form


@both
def test_a_red_flag_brings_the_number(runtime: Runtime, turns: Turns, twilio: FakeProvider, app: App) -> None:
    """In the very first message."""
    assert any("999" in said_in(form) for form in chat(app, runtime, turns, twilio, BLEEDING)[1:])


def made(twilio: FakeProvider) -> list[dict[str, Any]]:
    """The templates that Twilio was given."""
    posts = [taken for taken in twilio.taken if (taken.method, taken.path) == ("POST", "/v1/Content")]
    return [json.loads(taken.body) for taken in posts]


def test_buttons_come_from_templates_that_hold_nothing_of_a_chat(
    runtime: Runtime, turns: Turns, twilio: FakeProvider
) -> None:
    """One for each number of choices, made once; what is shown comes with the message, and what a press carries too."""
    forms = chat(WHATSAPP, runtime, turns, twilio, "hello", "1", "none", "none", "1")
    names = [one["friendly_name"] for one in made(twilio)]
    drawn = [form for form in forms if "ContentSid" in form]
    assert len(names) == len(set(names)) and {form["ContentSid"][2:] for form in drawn} == set(names)
    for template in made(twilio):
        ((kind, shape),) = template["types"].items()
        assert kind in ("twilio/list-picker", "twilio/quick-reply")
        assert set(re.sub(r"\{\{\w+\}\}", "", json.dumps(shape))) <= set(
            '{}[]":, _abcdefghijklmnopqrstuvwxyzQUICK_REPLY'
        )
        assert set(re.findall(r"\{\{(\w+)\}\}", json.dumps(shape))) == set(template["variables"])
    who = next(json.loads(form["ContentVariables"]) for form in drawn if "|" in form["ContentVariables"])
    assert read_button(who["id1"]) and who["label1"] and "Body" not in drawn[0]


@pytest.mark.parametrize(
    "answers",
    [[status(500)], [status(401, {"code": 20003})], [status(200, ["odd"]), status(200, {"sid": None})]],
    ids=["broken", "refused", "odd"],
)
def test_a_question_does_not_wait_for_its_buttons(
    runtime: Runtime, turns: Turns, twilio: FakeProvider, answers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Twilio gives no template it goes with numbers at once, and the next ones do not ask again for a while."""
    for number, answer in enumerate(answers):
        monkeypatch.setattr(
            twilio,
            "_good",
            lambda taken, good=twilio._good, answer=answer, number=number: (
                answer(taken)
                if taken.path == "/v1/Content" and (taken.method == "GET") == (number == 0)
                else good(taken)
            ),
        )
    with capture_logs() as lines:
        forms = chat(WHATSAPP, runtime, turns, twilio, "hello", "1", "none", "none", "1")
    assert not any("ContentSid" in form for form in forms)
    assert any("1. " in form["Body"] and "reply with its number" in form["Body"] for form in forms)
    assert [line["event"] for line in lines if "left_out" in line["event"]] == ["app.buttons.left_out"]


def test_a_template_that_twilio_no_longer_takes_is_gone_around(
    runtime: Runtime, turns: Turns, twilio: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same question with numbers, in the same breath: nothing is given up."""
    good = twilio._good
    refused = status(400, {"code": 21655, "status": 400})
    monkeypatch.setattr(twilio, "_good", lambda taken: refused(taken) if b"ContentSid" in taken.body else good(taken))
    with capture_logs() as lines:
        forms = chat(WHATSAPP, runtime, turns, twilio, "hello", "1", "none", "none", "1")
    asked = [place for place, form in enumerate(forms) if "ContentSid" in form]
    assert len(asked) == 1 and forms[asked[0] + 1]["Body"].startswith(said_in(forms[asked[0]]))
    assert twilio.counts.get("whatsapp", "given_up") == twilio.counts.get("whatsapp", "retried") == 0
    assert [line["reason"] for line in lines if line["event"] == "app.buttons.left_out"] == ["twilio_21655"]


def test_busy_and_broken_are_tried_again(
    runtime: Runtime, turns: Turns, twilio: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """429 with Twilio's own number, 500 without a body, 503 with one that is not JSON: in order, once each."""
    asked = []
    monkeypatch.setattr("bot.channels.delivery.pause", lambda _, after, __: asked.append(after) or 0.0)
    twilio.answers = [
        status(429, {"code": 20429, "status": 429}, Retry_After="3"),
        lambda _: web.Response(status=500),
        lambda _: web.Response(status=503, text="<html>"),
    ]
    forms = chat(SMS, runtime, turns, twilio, "hello")
    assert asked == [3.0, None, None]
    assert len(forms) == len({form["Body"] for form in forms}) == twilio.counts.get("sms", "sent")
    assert twilio.counts.get("sms", "retried") == 3


def test_who_sent_stop_cannot_be_reached_and_the_operator_sees_it(
    runtime: Runtime, turns: Turns, twilio: FakeProvider
) -> None:
    """Twilio refuses with 21610: given up at once, with that number."""
    twilio.answers = [status(400, {"code": 21610, "message": f"unsubscribed {PERSON}", "status": 400})] * 2
    assert chat(SMS, runtime, turns, twilio, "hello") == []
    assert twilio.counts.get("sms", "given_up") == 2
    with runtime.records.reading() as store:
        reasons = store.connection.exec_driver_sql("SELECT DISTINCT reason FROM outbox").scalars().all()
    assert reasons == ["twilio_21610"]


@both
def test_what_twilio_took_and_could_not_deliver_is_seen(
    runtime: Runtime, turns: Turns, twilio: FakeProvider, app: App
) -> None:
    """Marked in the chat, counted, with a line without text; a report that is forged or comes twice changes nothing."""
    *_, form = chat(app, runtime, turns, twilio, "hello")
    assert form["StatusCallback"].startswith(f"{PUBLIC}/webhooks/{app.name}/messages?of=")
    messaging = Messaging(provider(app, runtime), turns)
    whole = report(app, form, "undelivered", ErrorCode="30003")
    other = replace(whole, target=whole.target.replace("of=", "of=x"))
    with pytest.raises(Refusal, match="forged"):
        messaging.inbound.receive(other)
    with capture_logs() as lines:
        for request in (whole, whole, report(app, form | {"StatusCallback": "/?of=x"}, "failed")):
            messaging.inbound.receive(request)
    assert [line for line in lines if line["event"] == "app.reply.lost"] == [
        {"event": "app.reply.lost", "log_level": "error", "app": app.name, "reason": "twilio_30003"}
    ]
    assert messaging.counts.get(app.name, "lost") == 1
    with runtime.records.reading() as store:
        marked = [m for m in store.messages(_person(runtime, turns, app).conversation_id) if "undelivered" in m]
        assert store.backlog()[app.name].given_up == 1
    assert marked and {m["undelivered"] for m in marked} <= {"all", "part"}


# secrets ------------------------------------------------------------------------------------------------------------


GOOD = {
    "SIGNPOST_TWILIO_ACCOUNT_SID": SID,
    "SIGNPOST_TWILIO_AUTH_TOKEN": TOKEN,
    "SIGNPOST_SMS_SENDER": OURS,
    "SIGNPOST_WHATSAPP_SENDER": OURS,
    "SIGNPOST_PUBLIC_URL": PUBLIC + "/",
}


@pytest.mark.parametrize("channel", [TwilioSmsChannel, TwilioWhatsAppChannel])
def test_each_variable_is_needed(monkeypatch: pytest.MonkeyPatch, channel: Any) -> None:
    """Without one of them the server does not start, and says which; with all of them it does."""
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    assert channel.from_credentials({})._account.public_url == PUBLIC
    other = "SIGNPOST_WHATSAPP_SENDER" if channel is TwilioSmsChannel else "SIGNPOST_SMS_SENDER"
    for name in GOOD:
        with monkeypatch.context() as without:
            without.delenv(name)
            if name == other:
                channel.from_credentials({})
                continue
            with pytest.raises(StartError, match=name) as refused:
                channel.from_credentials({})
        assert TOKEN not in str(refused.value)


def test_the_account_does_not_show_its_token() -> None:
    """Not in a traceback, not in a log."""
    assert TOKEN not in repr(Account(SID, TOKEN, OURS, PUBLIC))
    assert json.dumps(repr(Account(SID, TOKEN, OURS, PUBLIC))).count(PERSON) == 0
