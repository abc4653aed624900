"""The integrator webhook: what proves a request, what is refused, and that both ways are as the document says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.validators import RefResolver
from sanic import Sanic

from bot.channels.integrator import (
    DOCUMENT,
    SECRET,
    SIGNATURE,
    TIMESTAMP,
    URL,
    Integrator,
    IntegratorChannel,
    signature,
)
from bot.channels.messaging import Messaging
from bot.channels.provider import Raw, Refusal
from bot.channels.turns import Turns
from bot.content.render import Renderer
from bot.errors import StartError
from bot.server import runtime as runtimes
from bot.server.runtime import Runtime
from tests.channels.fakes import FakeProvider, Taken, status
from tests.channels.plain_app import running, settled
from tests.support.turns import BLEEDING, NOW, open_runtime

KEY = "s" * 40
STAMP = str(int(NOW.timestamp()))
BODY = {"id": "1", "person": "anna", "text": "hello"}


def conforms(value: Any, schema: str) -> bool:
    """Whether a value is as the document's schema says."""
    resolver = RefResolver.from_schema(DOCUMENT)
    validator = Draft202012Validator(DOCUMENT["components"]["schemas"][schema], resolver=resolver)
    return not list(validator.iter_errors(value))


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    opened = open_runtime(tmp_path)
    monkeypatch.setattr(runtimes, "_current", opened)
    yield opened
    opened.records.dispose()


def provider(runtime: Runtime, url: str = "http://127.0.0.1:9") -> Integrator:
    return Integrator(KEY, url, Renderer(runtime.content, runtime.site), runtime.clock)


def signed(body: Any = BODY, stamp: str = STAMP, key: str = KEY, **headers: str) -> Raw:
    """A request as a service sends it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = {
        "content-type": "application/json",
        TIMESTAMP.lower(): stamp,
        SIGNATURE.lower(): signature(key.encode(), stamp, raw),
    }
    return Raw("/webhooks/integrator/messages", found | headers, raw)


def altered(request: Raw) -> Raw:
    return Raw(request.target, request.headers, request.body.replace(b"hello", b"hallo"))


def moved(seconds: float) -> str:
    return str(int((NOW + timedelta(seconds=seconds)).timestamp()))


REFUSED = {
    "missing": (signed(**{SIGNATURE.lower(): ""}), 401, "missing_signature"),
    "no_time": (signed(**{TIMESTAMP.lower(): ""}), 401, "missing_signature"),
    "wrong": (signed(key="t" * 40), 401, "forged"),
    "altered": (altered(signed()), 401, "forged"),
    "another_time": (signed(**{TIMESTAMP.lower(): moved(1)}), 401, "forged"),
    "no_version": (signed(**{SIGNATURE.lower(): signature(KEY.encode(), STAMP, b"")[3:]}), 401, "forged"),
    "not_ascii": (signed(**{SIGNATURE.lower(): "v1=ü"}), 401, "forged"),
    "late": (signed(stamp=moved(-301)), 401, "late"),
    "early": (signed(stamp=moved(301)), 401, "late"),
    "no_number": (signed(stamp="now"), 401, "late"),
    "oversized": (signed(b" " * 70_000), 413, "too_large"),
    "form": (signed(**{"content-type": "application/x-www-form-urlencoded"}), 415, "wrong_type"),
    "not_json": (signed(b"{"), 400, "not_json"),
    "nan": (signed(b'{"id": "1", "person": "anna", "text": NaN}'), 400, "not_json"),
    "too_deep": (signed(b"[" * 60_000), 400, "not_json"),
    "a_list": (signed([BODY]), 400, "not_as_described"),
    "unknown_key": (signed({**BODY, "channel": "widget"}), 400, "not_as_described"),
    "no_person": (signed({"id": "1", "text": "hello"}), 400, "not_as_described"),
    "choices_without_step": (signed({"id": "1", "person": "anna", "choices": ["start"]}), 400, "not_as_described"),
    "one_of_our_own": (signed({"id": "1", "person": "anna", "messages": [], "texts": []}), 400, "not_as_described"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(runtime: Runtime, turns: Turns, name: str) -> None:
    """The right status and word, and nothing kept."""
    request, code, reason = REFUSED[name]
    messaging = Messaging(provider(runtime), turns)
    with pytest.raises(Refusal) as refused:
        messaging.inbound.receive(request)
    assert (refused.value.status, refused.value.reason) == (code, reason)
    assert messaging.counts.get("integrator", f"refused:{reason}") == 1
    with runtime.records.reading() as store:
        assert store.connection.exec_driver_sql("SELECT COUNT(*) FROM received").scalar() == 0


def test_the_same_request_is_refused_and_the_same_message_answered_once(runtime: Runtime, turns: Turns) -> None:
    """A copy by whoever overheard it; a repeat by the service, signed anew."""
    messaging = Messaging(provider(runtime), turns)
    messaging.inbound._taken = lambda _: None
    first = signed()
    assert json.loads(messaging.inbound.receive(first).body) == {"status": "accepted"}
    with pytest.raises(Refusal, match="replayed"):
        messaging.inbound.receive(first)
    assert json.loads(messaging.inbound.receive(signed(stamp=moved(1))).body) == {"status": "repeated"}
    other = signed({**BODY, "person": "ben"}, stamp=moved(2))
    assert json.loads(messaging.inbound.receive(other).body) == {"status": "accepted"}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "id": st.text(max_size=130) | st.integers(),
            "person": st.text(max_size=210) | st.none(),
            "text": st.text() | st.booleans(),
            "step": st.text(max_size=90),
            "choices": st.lists(st.text(max_size=90), max_size=70),
        },
    )
)
def test_what_the_document_allows_is_read_and_nothing_else(runtime: Runtime, body: Any) -> None:
    """No status but those that the document names, whatever comes."""
    found = None
    with suppress(Refusal):
        (found,) = provider(runtime).read(signed(body))
    assert (found is not None) == conforms(body, "IncomingMessage")
    if found:
        assert (found.id, found.sender, found.text) == (body["id"], body["person"], body.get("text", ""))


# both ways ----------------------------------------------------------------------------------------------------------


def verify(taken: Taken) -> dict[str, Any]:
    """A request to the service, checked as the document tells a service to."""
    assert taken.headers[SIGNATURE] == signature(KEY.encode(), taken.headers[TIMESTAMP], taken.body)
    body = json.loads(taken.body)
    assert conforms(body, "Reply"), body
    assert taken.headers["X-Signpost-Delivery"] == body["id"]
    return body


def chat(runtime: Runtime, turns: Turns, service: FakeProvider, *bodies: dict[str, Any]) -> list[dict[str, Any]]:
    """Send messages one after the other, each after the reply to the one before; all replies."""

    async def run() -> None:
        async with service.running(), running(provider(runtime, service.url + "/replies?x=1"), turns) as messaging:
            for place, body in enumerate(bodies):
                whole = {"id": f"m{len(service.taken)}-{place}", "person": "anna", **body}
                messaging.inbound.receive(signed(whole, stamp=moved(len(service.taken) + place)))
                await settled(messaging)

    asyncio.run(run())
    return [verify(taken) for taken in service.taken]


@pytest.fixture
def service() -> FakeProvider:
    return FakeProvider(lambda _: web.Response(status=204))


def test_a_chat_both_ways(runtime: Runtime, turns: Turns, service: FakeProvider) -> None:
    """Greeting, answer, a number typed, a choice pressed: each reply signed, as the document says, for this person."""
    replies = chat(
        runtime, turns, service, {"text": "hello"}, {"text": "1"}, {"step": "right_now_1", "choices": ["none"]}
    )
    assert {reply["person"] for reply in replies} == {"anna"}
    asked = [m["step"] for reply in replies for m in reply["messages"] if m["kind"] == "question"]
    assert asked == ["welcome", "right_now_1", "right_now_2"]
    assert "1. " in replies[1]["texts"][-1]
    assert len({reply["id"] for reply in replies}) == len(replies)


def test_a_red_flag_brings_the_number(runtime: Runtime, turns: Turns, service: FakeProvider) -> None:
    """As data and in the text."""
    replies = chat(runtime, turns, service, {"text": BLEEDING})
    directions = [m["direction"] for reply in replies for m in reply["messages"] if m["direction"]]
    assert directions[0]["level"] == "emergency"
    assert any("999" in text for text in replies[-1]["texts"])


def test_a_service_that_fails_gets_the_same_reply_again(
    runtime: Runtime, turns: Turns, service: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500, then a redirect is no taking either; under the same id, in order."""
    monkeypatch.setattr("bot.channels.delivery.pause", lambda *_: 0.0)
    seen: list[bytes] = []

    def failing(taken: Taken) -> web.Response:
        seen.append(taken.body)
        return status(500)(taken)

    service.answers = [failing, failing]
    replies = chat(runtime, turns, service, {"text": "hello"})
    assert [json.loads(body)["id"] for body in seen] == [replies[0]["id"]] * 2
    assert len(replies) == 2


def test_the_document_is_served_and_describes_what_is_there(runtime: Runtime) -> None:
    """OpenAPI 3.1; every example of the refusal table is answered with a status that it names."""
    Sanic.test_mode = True
    app = Sanic("integrator-test", configure_logging=False)
    channel = IntegratorChannel(KEY, "http://127.0.0.1:9")

    async def nobody(_message: Any) -> None:
        raise AssertionError("no turn runs in the request")

    app.blueprint(channel.blueprint(nobody), url_prefix=f"/webhooks/{channel.url_prefix()}")

    async def ask() -> tuple[dict[str, Any], list[httpx.Response]]:
        await app._startup()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://signpost") as client:
            document = (await client.get("/webhooks/integrator/openapi.json")).json()
            answers = [
                await client.post(request.target, content=request.body, headers=request.headers)
                for name, (request, _, _) in REFUSED.items()
                if name not in ("oversized", "not_ascii")
            ]
            return document, answers

    document, answers = asyncio.run(ask())
    assert document == json.loads(json.dumps(DOCUMENT))
    assert document["openapi"].startswith("3.1.")
    described = document["paths"]["/webhooks/integrator/messages"]["post"]["responses"]
    for answer in answers:
        assert str(answer.status_code) in described
        assert conforms(answer.json(), "Error"), answer.text
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema), name


# secrets ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({}, [SECRET, URL]),
        ({SECRET: "short", URL: "https://example.org/replies"}, [SECRET]),
        ({SECRET: KEY}, [URL]),
        ({SECRET: KEY, URL: "http://example.org/replies"}, [URL]),
        ({SECRET: KEY, URL: "https://user:word@example.org/"}, [URL]),
        ({SECRET: KEY, URL: "ftp://example.org/"}, [URL]),
    ],
)
def test_without_its_secrets_the_channel_does_not_open(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], named: list[str]
) -> None:
    """One line for each variable, and never its value."""
    for name in (SECRET, URL):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StartError) as refused:
        IntegratorChannel.from_credentials({})
    assert [line.split()[0] for line in str(refused.value).splitlines()] == named
    assert not [value for value in env.values() if value in str(refused.value)]


@pytest.mark.parametrize("url", ["https://example.org/replies", "http://127.0.0.1:8000/replies"])
def test_with_its_secrets_it_opens(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Without TLS on this machine only."""
    monkeypatch.setenv(SECRET, KEY)
    monkeypatch.setenv(URL, url)
    assert IntegratorChannel.from_credentials({})._url == url
