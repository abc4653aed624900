"""Rasa's rest channel: off without a key, and nothing of the request trusted but the words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import Sanic

from bot.channels.rest import KEY, RestChannel, conversation_of
from bot.errors import StartError
from bot.server import runtime as runtimes
from bot.server.runtime import Runtime
from tests.support.turns import Rasa, open_runtime

SECRET = "k" * 40


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    opened = open_runtime(tmp_path)
    monkeypatch.setattr(runtimes, "_current", opened)
    yield opened
    opened.records.dispose()


class Client:
    """A program that talks to the channel, without a network between."""

    def __init__(self, runtime: Runtime) -> None:
        Sanic.test_mode = True
        self.app = Sanic(f"rest-{id(self)}", configure_logging=False)
        self.rasa = Rasa(runtime)
        self.app.blueprint(RestChannel(SECRET).blueprint(self._on_new_message), url_prefix="/webhooks/rest")

    async def _on_new_message(self, message: Any) -> None:
        self.channel, self.metadata = message.input_channel, message.metadata
        for said in await self.rasa(message.sender_id, message.text, message.metadata, message.parse_data):
            await message.output_channel.send_custom_json(message.sender_id, said)

    def post(self, body: Any, key: str | None = SECRET) -> httpx.Response:
        async def send() -> httpx.Response:
            if not self.app.router.finalized:
                await self.app._startup()
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://signpost") as client:
                return await client.post("/webhooks/rest/webhook", json=body, headers=headers)

        return asyncio.run(send())


@pytest.fixture
def client(runtime: Runtime) -> Client:
    return Client(runtime)


@pytest.mark.parametrize("key", [None, "", "short"])
def test_without_a_long_key_the_channel_does_not_open(monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    """Naming it in credentials.yml is not enough."""
    monkeypatch.delenv(KEY, raising=False)
    if key is not None:
        monkeypatch.setenv(KEY, key)
    with pytest.raises(StartError, match=KEY):
        RestChannel.from_credentials({})


@pytest.mark.parametrize("key", [None, "wrong", SECRET[:-1], "ü"])
def test_who_has_no_key_is_refused(client: Client, key: str | None) -> None:
    """401 with contacts, and nothing was run."""
    headers_safe = key if key is None or key.isascii() else "wrong"
    response = client.post({"sender": "a", "message": "hello"}, headers_safe)
    assert response.status_code == 401
    assert response.json()["error"]["contacts"]
    assert client.rasa.calls == 0


def test_the_message_object_stands_under_custom(client: Client) -> None:
    """First the greeting, then the answer to the first message, each as text and as the message object."""
    said = client.post({"sender": "a", "message": "hello"}).json()
    assert said[1]["custom"]["utterance"] == "welcome_what"
    assert all(item["text"] == item["custom"]["text"] for item in said)
    assert said[-1]["custom"]["kind"] == "question"


def test_a_red_flag_in_the_very_first_message_is_met(client: Client) -> None:
    """The greeting does not swallow it."""
    said = client.post({"sender": "a", "message": "blood will not stop"}).json()
    assert [item["custom"]["direction"]["level"] for item in said if item["custom"]["direction"]] == ["emergency"]


def test_a_sender_names_a_conversation_of_this_channel_alone(client: Client, runtime: Runtime) -> None:
    """The id of somebody's conversation, given as sender, leads to another one."""
    from bot.channels.turns import Turns
    from tests.support.turns import understand

    theirs, _ = Turns(runtime, client.rasa, understand).begin("widget", "en")
    client.post({"sender": theirs, "message": "blood will not stop"})
    with runtime.records.reading() as records:
        assert "flags" not in (records.state(theirs) or {})
        assert records.conversation(conversation_of(theirs)) is not None


def test_metadata_and_channel_of_the_request_are_ignored(client: Client) -> None:
    """They are ours, whatever the body says."""
    client.post({"sender": "a", "message": "hi", "metadata": {"choices": ["x"], "evil": 1}, "input_channel": "widget"})
    assert client.channel == "rest"
    assert "evil" not in client.metadata
    assert client.metadata["choices"] == []


@pytest.mark.parametrize("body", [[], {"message": 5}, {"sender": ["a"], "message": "x"}, {"sender": "s" * 500}])
def test_other_bodies_are_refused(client: Client, body: Any) -> None:
    """400 in the one shape."""
    response = client.post(body)
    assert response.status_code == 400
    assert response.json()["error"]["contacts"]
