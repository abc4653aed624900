"""Slack: requests as it sends and signs them, calls as its Web API takes them, and nothing said outside a direct message."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.signature import SignatureVerifier

from bot.channels.messaging import Messaging
from bot.channels.provider import Incoming, Raw, Refusal, SendFailed, Thanks
from bot.channels.slack import FORM, JSON, PASSING, Slack, SlackChannel, Workspace, answered, as_typed, posted
from bot.channels.summary_file import SummaryFile
from bot.channels.text import Option, Outgoing
from bot.channels.turns import Turns
from bot.content.render import Renderer
from bot.errors import StartError
from bot.server.runtime import Runtime
from tests.channels.fakes import FakeProvider, Taken, status
from tests.channels.plain_app import running, settled
from tests.support.turns import BLEEDING, NOW

SECRET, TOKEN, TEAM, APP = "s" * 32, "xoxb-" + "t" * 40, "T061EG9R6", "A0KRD7HC3"
PERSON, CHAT = "U2147483697", "D024BE91L"
TARGET = "/webhooks/slack/messages"
STAMP = int(NOW.timestamp())


def provider(runtime: Runtime, api: str = "http://127.0.0.1:9/api", team: str | None = TEAM) -> Slack:
    workspace = Workspace(SECRET, TOKEN, api, team)
    return Slack(workspace, Renderer(runtime.content, runtime.site), runtime.clock)


# requests as Slack makes them ---------------------------------------------------------------------------------------


def event(ts: Any = "1.000100", text: Any = "my words", team: str = TEAM, **more: Any) -> dict[str, Any]:
    """A message in a direct message, in the envelope of the Events API; None takes a field of the message away."""
    message = {
        "type": "message", "user": PERSON, "text": text, "ts": ts, "channel": CHAT, "channel_type": "im",
        "event_ts": ts, "team": team, "client_msg_id": "28910977-3702-4C09-B3C6-B2A9C4C53D1B",
        "blocks": [{"type": "rich_text", "block_id": "yZ", "elements": []}],
    } | more  # fmt: skip
    return {
        "token": "z26uFbvR1xHJEdHE1OQiO6t8", "team_id": team, "api_app_id": APP, "type": "event_callback",
        "event": {key: value for key, value in message.items() if value is not None},
        "event_id": "Ev0PV52K25", "event_time": STAMP, "is_ext_shared_channel": False,
        "authorizations": [{"team_id": team, "user_id": "U0BOT", "is_bot": True}],
    }  # fmt: skip


def press(value: Any = "welcome|start", ts: str = "2.000200", channel: str = CHAT, team: Any = None) -> dict[str, Any]:
    """A pressed button, as interactivity tells of it."""
    return {
        "type": "block_actions", "api_app_id": APP, "token": "z26uFbvR1xHJEdHE1OQiO6t8", "trigger_id": "1.2.a",
        "user": {"id": PERSON, "username": "anna", "name": "anna", "team_id": TEAM},
        "team": team or {"id": TEAM, "domain": "example"}, "channel": {"id": channel, "name": "directmessage"},
        "container": {"type": "message", "message_ts": "1.5", "channel_id": channel, "is_ephemeral": False},
        "message": {"type": "message", "ts": "1.5", "text": "...", "bot_id": "B0"},
        "actions": [{"type": "button", "action_id": "start", "block_id": "b", "value": value, "action_ts": ts,
                     "text": {"type": "plain_text", "text": "Start the checklist"}}],
        "response_url": "https://hooks.slack.com/actions/T0/1/x",
    }  # fmt: skip


def signed(
    body: bytes, stamp: Any = STAMP, secret: str = SECRET, media_type: str = JSON + "; charset=utf-8", **headers: str
) -> Raw:
    """A request, signed by Slack's own library."""
    given = SignatureVerifier(secret).generate_signature(timestamp=str(stamp), body=body)
    found = {"content-type": media_type, "x-slack-request-timestamp": str(stamp), "x-slack-signature": str(given)}
    return Raw(TARGET, found | {name.replace("_", "-"): value for name, value in headers.items()}, body)


def told(found: Any, stamp: Any = STAMP, **headers: str) -> Raw:
    """An event, signed."""
    return signed(json.dumps(found).encode(), stamp, **headers)


def form(found: Any, stamp: Any = STAMP) -> Raw:
    """A pressed button, signed."""
    return signed(urlencode({"payload": json.dumps(found)}).encode(), stamp, media_type=FORM)


# what is refused ----------------------------------------------------------------------------------------------------

GOOD = told(event())
REFUSED: dict[str, tuple[Raw, int, str]] = {
    "missing": (told(event(), x_slack_signature=""), 401, "missing_signature"),
    "no_time": (told(event(), x_slack_request_timestamp=""), 401, "missing_signature"),
    "wrong": (signed(GOOD.body, secret="u" * 32), 401, "forged"),
    "another_version": (told(event(), x_slack_signature="v1" + GOOD.headers["x-slack-signature"][2:]), 401, "forged"),
    "not_ascii": (told(event(), x_slack_signature="ü"), 401, "forged"),
    "altered": (Raw(TARGET, GOOD.headers, GOOD.body.replace(b"my words", b"no words")), 401, "forged"),
    "altered_time": (told(event(), x_slack_request_timestamp=str(STAMP + 1)), 401, "forged"),
    "not_utf8": (Raw(TARGET, GOOD.headers, b"\xff"), 401, "forged"),
    "late": (told(event(), STAMP - 301), 401, "late"),
    "early": (told(event(), STAMP + 301), 401, "late"),
    "no_number": (told(event(), "soon"), 401, "late"),
    "oversized": (told(event(text="x" * 70_000)), 413, "too_large"),
    "wrong_type": (signed(GOOD.body, media_type="text/plain"), 415, "wrong_type"),
    "another_workspace": (told(event(team="T0OTHER")), 403, "wrong_channel"),
    "a_button_elsewhere": (form(press(team={"id": "T0OTHER"})), 403, "wrong_channel"),
    "not_json": (signed(b"{"), 400, "unreadable"),
    "deep": (signed(b"[" * 50_000), 400, "unreadable"),
    "a_list": (signed(b"[]"), 400, "unreadable"),
    "no_payload": (signed(b"x=1", media_type=FORM), 400, "unreadable"),
    "many_fields": (signed(b"&".join(b"x=1" for _ in range(50)), media_type=FORM), 400, "unreadable"),
    "no_user": (told(event(user=None)), 400, "field_missing"),
    "no_stamp": (told(event(ts=7)), 400, "field_missing"),
    "long_id": (told(event(user="U" * 300)), 400, "id_out_of_bounds"),
    "no_challenge": (told({"type": "url_verification"}), 400, "field_missing"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_refused(runtime: Runtime, turns: Turns, name: str) -> None:
    """The right status and word, counted, and nothing kept."""
    request, code, reason = REFUSED[name]
    messaging = Messaging(provider(runtime), turns)
    with pytest.raises(Refusal) as refused:
        messaging.inbound.receive(request)
    assert (refused.value.status, refused.value.reason) == (code, reason)
    assert messaging.counts.get("slack", f"refused:{reason}") == 1
    with runtime.records.reading() as store:
        assert store.connection.exec_driver_sql("SELECT COUNT(*) FROM inbox").scalar() == 0


@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_the_time_may_be_five_minutes_away(runtime: Runtime, seconds: int) -> None:
    """By the server's clock, which is Slack's library's too."""
    assert provider(runtime).prove(told(event(), STAMP + seconds), NOW)


def waiting(runtime: Runtime) -> int:
    with runtime.records.reading() as store:
        return int(store.connection.exec_driver_sql("SELECT COUNT(*) FROM inbox").scalar())


def test_the_same_request_again_is_refused(runtime: Runtime, turns: Turns) -> None:
    """A copy of a signed request, within its five minutes."""
    messaging = Messaging(provider(runtime), turns)
    messaging.inbound._taken = lambda _: None
    messaging.inbound.receive(GOOD)
    with pytest.raises(Refusal) as refused:
        messaging.inbound.receive(GOOD)
    assert (refused.value.status, refused.value.reason, waiting(runtime)) == (409, "replayed", 1)


def test_a_retry_of_slack_is_answered_once(runtime: Runtime, turns: Turns) -> None:
    """The same event at another time, with another signature; also when the message comes under another event's id."""
    messaging = Messaging(provider(runtime), turns)
    messaging.inbound._taken = lambda _: None
    retry = {"x_slack_retry_num": "1", "x_slack_retry_reason": "http_timeout"}
    for request in (told(event()), told(event(), STAMP + 60, **retry), told(event() | {"event_id": "Ev1"}, STAMP + 61)):
        assert messaging.inbound.receive(request) == Thanks()
    assert waiting(runtime) == 1
    assert messaging.counts.get("slack", "repeated") == 2


def test_the_trial_of_the_address_is_answered_with_its_challenge(runtime: Runtime, turns: Turns) -> None:
    """As plain text, and only when it is signed."""
    messaging = Messaging(provider(runtime), turns)
    trial = {"token": "x", "challenge": "3eZbrw1aBm2rZgRNFdxV", "type": "url_verification"}
    assert messaging.inbound.receive(told(trial)) == Thanks("3eZbrw1aBm2rZgRNFdxV", "text/plain")
    with pytest.raises(Refusal):
        messaging.inbound.receive(told(trial, x_slack_signature="v0=00"))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from([*event(), *event()["event"], *press(), "challenge", "subtype", "files", "bot_id"])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outer=st.dictionaries(FIELDS, JSON_VALUES, max_size=4), inner=st.dictionaries(FIELDS, JSON_VALUES, max_size=4))
def test_whatever_slack_signs_is_taken_or_refused(
    runtime: Runtime, turns: Turns, outer: dict[str, Any], inner: dict[str, Any]
) -> None:
    """Fields of tomorrow, fields that are missing, fields with anything in them: no 5xx, no traceback."""
    messaging = Messaging(provider(runtime), turns)
    messaging.inbound._taken = lambda _: None
    whole = event()
    action = {**press()["actions"][0], **inner}
    for request in (
        told(whole | outer),
        told(whole | {"event": whole["event"] | inner}),
        form(press() | outer),
        form(press() | {"actions": [action, inner]}),
    ):
        try:
            messaging.inbound.receive(request)
        except Refusal as refusal:
            if refusal.status >= 500 or refusal.reason == "forged":
                raise AssertionError(refusal.reason) from refusal


# what is read -------------------------------------------------------------------------------------------------------


def read(runtime: Runtime, request: Raw) -> list[Incoming]:
    return list(provider(runtime).read(request))


def test_a_message_is_read(runtime: Runtime) -> None:
    """Words, who wrote, where the answer goes."""
    assert read(runtime, told(event())) == [Incoming("1.000100", PERSON, CHAT, "my words")]


def test_a_pressed_button_names_its_question(runtime: Runtime) -> None:
    """It is known by the time of the pressing: pressed again later, it is another answer."""
    assert read(runtime, form(press())) == [Incoming("press 2.000200", PERSON, CHAT, "", "welcome", ("start",))]


@pytest.mark.parametrize(
    ("more", "unread"),
    [({"subtype": "file_share", "files": [{"id": "F1", "mimetype": "audio/mp4"}]}, True),
     ({"text": "", "attachments": [{"text": "somebody else's words"}]}, True),
     ({"text": None}, True),
     ({"subtype": "me_message"}, False),
     ({"subtype": "thread_broadcast", "thread_ts": "1.0"}, False)],
)  # fmt: skip
def test_what_is_not_words_is_noticed(runtime: Runtime, more: dict[str, Any], unread: bool) -> None:
    """Pictures, voice messages, what was passed on."""
    (found,) = read(runtime, told(event(**more)))
    assert found.unread is unread


NOT_FOR_US: dict[str, Raw] = {
    "a_channel": told(event(channel="C024BE91L", channel_type="channel")),
    "a_private_channel": told(event(channel="G024BE91L", channel_type="group")),
    "several_people": told(event(channel="G024BE91L", channel_type="mpim")),
    "no_kind_of_channel": told(event(channel_type=None)),
    "our_own": told(event(bot_id="B0")),
    "a_bot": told(event(subtype="bot_message", user=None, bot_id="B1")),
    "edited": told(event(subtype="message_changed", message={"text": "new"}, user=None, hidden=True)),
    "deleted": told(event(subtype="message_deleted", deleted_ts="1.0", user=None)),
    "joined": told(event(subtype="channel_join")),
    "a_mention": told(event(type="app_mention")),
    "the_home_tab": told(event(type="app_home_opened", text=None, tab="home")),
    "too_many_events": told({"type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": STAMP}),
    "a_button_in_a_channel": form(press(channel="C024BE91L")),
    "a_button_of_nobody": form(press("something")),
    "a_button_without_value": form(press(None)),
    "a_shortcut": form({"type": "shortcut", "team": {"id": TEAM}, "callback_id": "x"}),
}  # fmt: skip


@pytest.mark.parametrize("name", list(NOT_FOR_US))
def test_what_asks_for_no_answer(runtime: Runtime, turns: Turns, name: str) -> None:
    """What is said where others read it, what programs write, what was changed: taken, and not answered."""
    messaging = Messaging(provider(runtime), turns)
    assert messaging.inbound.receive(NOT_FOR_US[name]) == Thanks()
    assert waiting(runtime) == 0


@pytest.mark.parametrize(
    ("sent", "typed"),
    [("temp &gt; 38 &amp; shaking", "temp > 38 & shaking"), ("&amp;lt;", "&lt;"), ("I &lt;3 you", "I <3 you"),
     ("call <tel:999|999>", "call 999"), ("see <https://example.org>", "see https://example.org"),
     ("<http://gums.my|gums.my> are bleeding", "gums.my are bleeding"), ("hello <@U123>", "hello "),
     ("<!here> <#C1|general>", " general"), ("*bold* _words_", "*bold* _words_"), ("a < b", "a < b")],
)  # fmt: skip
def test_what_slack_makes_of_words_is_undone(sent: str, typed: str) -> None:
    """The understanding gets what the person typed."""
    assert as_typed(sent) == typed


# what is sent -------------------------------------------------------------------------------------------------------


def test_a_question_with_buttons_is_what_slacks_own_library_calls_valid() -> None:
    """Nothing is formatted, linked, unfolded or folded away; a button brings back its step."""
    words = "*Is* <!channel> & _this_ new? www.example.org"
    options = (Option("yes", "Yes"), Option("no", "No :smile:"))
    body = posted(CHAT, Outgoing(words, options, "right_now_1", "buttons"))
    section, actions = body["blocks"]
    for block in body["blocks"]:
        Block.parse(block).validate_json()
    assert section["text"] == {"type": "plain_text", "text": words, "emoji": False}
    assert section["expand"] is True
    assert [e["value"] for e in actions["elements"]] == ["right_now_1|yes", "right_now_1|no"]
    assert {e["text"]["type"] for e in actions["elements"]} == {"plain_text"}
    assert "<" not in body["text"]
    assert as_typed(body["text"]) == words
    assert not any(body[name] for name in ("mrkdwn", "unfurl_links", "unfurl_media", "link_names"))
    assert body["parse"] == "none"


def test_numbers_need_no_buttons() -> None:
    """Then the choices stand in the text."""
    (block,) = posted(CHAT, Outgoing("1. One", (Option("one", "One"),), "x", "numbers"))["blocks"]
    assert block["type"] == "section"


@pytest.mark.parametrize(
    ("error", "for_good"),
    [("channel_not_found", True), ("not_in_channel", True), ("account_inactive", True), ("invalid_auth", True),
     ("token_revoked", True), ("invalid_blocks", True), ("msg_too_long", True), *((e, False) for e in sorted(PASSING))],
)  # fmt: skip
def test_what_may_pass_and_what_never_will(error: str, for_good: bool) -> None:
    """Slack says no with status 200 and a word."""
    with pytest.raises(SendFailed) as failed:
        answered({"ok": False, "error": error})
    assert (failed.value.reason, failed.value.for_good) == (f"slack_{error}", for_good)


@pytest.mark.parametrize(
    ("found", "reason", "for_good"),
    [({"ok": False, "error": "My Words"}, "slack_error", True), ({"ok": False, "error": ["x"]}, "slack_error", True),
     ({"ok": "true"}, "slack_error", True), ({"ok": 1}, "slack_error", True), ({}, "slack_unreadable", False)],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_none(found: dict[str, Any], reason: str, for_good: bool) -> None:
    """Only words of Slack's reach the log."""
    with pytest.raises(SendFailed) as failed:
        answered(found)
    assert (failed.value.reason, failed.value.for_good) == (reason, for_good)


# both ways ----------------------------------------------------------------------------------------------------------


def fake(taken: Taken) -> web.Response:
    """Slack's Web API and its place for files."""
    assert taken.method == "POST"
    if taken.path == "/upload/F1":
        assert "Authorization" not in taken.headers
        return web.Response(text="OK - 7")
    assert taken.headers["Authorization"] == f"Bearer {TOKEN}"
    if taken.path == "/api/files.getUploadURLExternal":
        url = f"http://{taken.headers['Host']}/upload/F1"
        return web.json_response({"ok": True, "upload_url": url, "file_id": "F1"})
    if taken.path == "/api/files.completeUploadExternal":
        return web.json_response({"ok": True, "files": [{"id": "F1"}]})
    assert taken.path == "/api/chat.postMessage"
    body = json.loads(taken.body)
    for block in body["blocks"]:
        Block.parse(block).validate_json()
    return web.json_response({"ok": True, "channel": body["channel"], "ts": "3.1", "message": {"text": body["text"]}})


@pytest.fixture
def slack() -> FakeProvider:
    return FakeProvider(fake)


def chat(runtime: Runtime, turns: Turns, slack: FakeProvider, *requests: Callable[[str], Raw]) -> Messaging:
    """Send requests one after the other, each after the answer to the one before."""

    async def run() -> Messaging:
        async with slack.running(), running(provider(runtime, f"{slack.url}/api"), turns) as messaging:
            for place, request in enumerate(requests):
                messaging.inbound.receive(request(f"{place}.1"))
                await settled(messaging)
            return messaging

    return asyncio.run(run())


def bodies(slack: FakeProvider) -> list[dict[str, Any]]:
    return [json.loads(taken.body) for taken in slack.taken if taken.path == "/api/chat.postMessage"]


def test_a_chat_both_ways(runtime: Runtime, turns: Turns, slack: FakeProvider) -> None:
    """Greeting with who keeps a copy, the question with buttons, the next one after a press."""
    chat(runtime, turns, slack, lambda ts: told(event(ts, "hello")), lambda ts: form(press(ts=ts)))
    said = bodies(slack)
    assert {body["channel"] for body in said} == {CHAT}
    assert any("Slack" in body["text"] for body in said)
    buttons = [e["value"] for body in said for block in body["blocks"] for e in block.get("elements", ())]
    assert "welcome|start" in buttons
    with runtime.records.reading() as store:
        assert store.app_person(store.person_of("slack", PERSON)).question["step"] == "right_now_1"


def test_a_red_flag_brings_the_number(runtime: Runtime, turns: Turns, slack: FakeProvider) -> None:
    """In the very first message."""
    chat(runtime, turns, slack, lambda ts: told(event(ts, BLEEDING)))
    assert any("999" in body["blocks"][0]["text"]["text"] for body in bodies(slack)[1:])


def test_busy_and_broken_are_tried_again(
    runtime: Runtime, turns: Turns, slack: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """429 with the seconds to wait, an error that passes, 500: in order, once each."""
    asked: list[float | None] = []
    monkeypatch.setattr("bot.channels.delivery.pause", lambda _, after, __: asked.append(after) or 0.0)
    slack.answers = [
        status(429, {"ok": False, "error": "ratelimited"}, Retry_After="30"),
        status(200, {"ok": False, "error": "internal_error"}),
        status(500),
    ]
    messaging = chat(runtime, turns, slack, lambda ts: told(event(ts, "hello")))
    assert asked == [30.0, None, None]
    texts = [body["text"] for body in bodies(slack)]
    assert len(texts) == len(set(texts)) == messaging.counts.get("slack", "sent")
    assert messaging.counts.get("slack", "retried") == 3


def test_a_chat_that_is_gone_is_given_up_in_plain_sight(runtime: Runtime, turns: Turns, slack: FakeProvider) -> None:
    """With the word that Slack gives."""
    slack.answers = [status(200, {"ok": False, "error": "channel_not_found"})] * 2
    messaging = chat(runtime, turns, slack, lambda ts: told(event(ts, "hello")))
    assert (messaging.counts.get("slack", "given_up"), bodies(slack)) == (2, [])
    with runtime.records.reading() as store:
        reasons = store.connection.exec_driver_sql("SELECT DISTINCT reason FROM outbox").scalars().all()
    assert reasons == ["slack_channel_not_found"]


class Seven(SummaryFile):
    """A file of seven bytes."""

    def write(self) -> bytes:
        return b"%PDF-1."


def share(runtime: Runtime, slack: FakeProvider) -> None:
    async def run() -> None:
        async with slack.running(), aiohttp.ClientSession() as http:
            part = Seven({}, Renderer(runtime.content, runtime.site))
            await provider(runtime, f"{slack.url}/api").send(http, CHAT, part, "key")

    asyncio.run(run())


def test_the_summary_file_goes_to_where_slack_says_and_into_the_chat(runtime: Runtime, slack: FakeProvider) -> None:
    """Its size first, then its bytes without our token, then the chat in which it is shown."""
    share(runtime, slack)
    wanted, put, shared = slack.taken
    assert dict(parse_qsl(wanted.body.decode())) == {"filename": "signpost-summary.pdf", "length": "7"}
    assert (put.body, put.headers["Content-Type"]) == (b"%PDF-1.", "application/pdf")
    form = dict(parse_qsl(shared.body.decode()))
    assert (form["channel_id"], json.loads(form["files"])) == (CHAT, [{"id": "F1", "title": "signpost-summary.pdf"}])


@pytest.mark.parametrize("url", ["https://elsewhere.example/upload", None, 7])
def test_a_file_goes_nowhere_unsafe(runtime: Runtime, slack: FakeProvider, url: Any) -> None:
    """Not to an address of another kind than the Web API's own, nor to none."""
    slack.answers = [status(200, {"ok": True, "upload_url": url, "file_id": "F1"})]
    with pytest.raises(SendFailed) as failed:
        share(runtime, slack)
    assert (failed.value.reason, failed.value.for_good, slack.taken) == ("slack_upload_url", True, [])


# secrets ------------------------------------------------------------------------------------------------------------


NEEDED = {"SIGNPOST_SLACK_SIGNING_SECRET": SECRET, "SIGNPOST_SLACK_BOT_TOKEN": TOKEN}


def test_each_variable_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one of them the server does not start, and says which; the address and the workspace may be left out."""
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    workspace = SlackChannel.from_credentials({})._workspace
    assert (workspace.api, workspace.team) == ("https://slack.com/api", None)
    for name in NEEDED:
        for value in ("", "short"):
            with monkeypatch.context() as without:
                without.setenv(name, value)
                with pytest.raises(StartError, match=name) as refused:
                    SlackChannel.from_credentials({})
            assert TOKEN not in str(refused.value)
            assert SECRET not in str(refused.value)
    monkeypatch.setenv("SIGNPOST_SLACK_API_URL", "http://slack.example/api")
    with pytest.raises(StartError, match="SIGNPOST_SLACK_API_URL"):
        SlackChannel.from_credentials({})


def test_the_workspace_does_not_show_its_secrets() -> None:
    """Not in a traceback, not in a log."""
    shown = repr(Workspace(SECRET, TOKEN, team=TEAM))
    assert SECRET not in shown
    assert TOKEN not in shown


def test_without_a_workspace_named_any_may_write(runtime: Runtime) -> None:
    """The signature is of this app alone; the token answers in one workspace."""
    assert provider(runtime, team=None).read(told(event(team="T0OTHER")))
