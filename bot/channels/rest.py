"""Rasa's `rest` channel for other programs, behind a key: the widget's turns, the message object under `custom`.

Rasa's own takes the conversation, the metadata and the name of the channel from whoever asks, and asks for no key. Here
`sender` only picks one of the conversations of this channel, and everything else is ours.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any, Mapping

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels import limits
from bot.channels.requests import Refused, body_of, error, string_of, text_of
from bot.channels.turns import Message, TurnFailed, Turns
from bot.channels.widget import OnNewMessage, rasa_turn
from bot.clinical.state import State
from bot.errors import ConversationGone, StartError
from bot.nlp.understand import understand
from bot.server import runtime as runtimes

KEY = "SIGNPOST_REST_KEY"
KEY_LENGTH = 32


class RestChannel(InputChannel):
    """The channel. It exists only when credentials.yml names it and the environment holds its key."""

    def __init__(self, key: str) -> None:
        self._key = key

    @classmethod
    def name(cls) -> str:
        """The name below `/webhooks/`, as in Rasa."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> RestChannel:  # noqa: ARG003 - Rasa's signature
        """Read the key from the environment.

        Raises:
            StartError: there is none, or it is short enough to be guessed.
        """
        key = os.environ.get(KEY, "")
        if len(key) < KEY_LENGTH:
            raise StartError(
                f"{KEY} must hold a key of at least {KEY_LENGTH} characters: credentials.yml opens the rest channel."
            )
        return cls(key)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """`POST /webhook`, and Rasa's sign of life at `/`."""
        blueprint = Blueprint("rest")
        runtime = runtimes.current()
        turns = Turns(runtime, rasa_turn(on_new_message, self.name()), understand)
        bucket = limits.TokenBucket(burst=100, per_minute=600)

        @blueprint.post("/webhook")
        async def post_webhook(request: Request) -> HTTPResponse:
            try:
                if not self._is_ours(request):
                    raise Refused(401, "key_refused")
                if not bucket.allow("all"):
                    raise Refused(429, "too_many_requests", "overload")
                body = body_of(request)
                conversation = conversation_of(string_of(body, "sender", limits.ID_LENGTH) or "default")
                return await self._answer(turns, conversation, text_of(body, "message"))
            except TurnFailed as failed:
                return error(503, "unavailable", failed.message, failed.contacts)
            except Refused as refused:
                text = turns.renderer(State()).text(refused.utterance, refused.values)
                return error(refused.status, refused.code, text, turns.contacts(State()))

        return blueprint

    def _is_ours(self, request: Request) -> bool:
        header = request.headers.get("authorization") or ""
        return hmac.compare_digest(header.encode(), f"Bearer {self._key}".encode())

    @staticmethod
    async def _answer(turns: Turns, conversation: str, text: str) -> HTTPResponse:
        greeting: list[dict[str, Any]] = []
        message = Message(text=text)
        try:
            found = await turns.answer(conversation, message)
        except ConversationGone:
            _, greeting = turns.begin(RestChannel.name(), "en", conversation)
            found = await turns.answer(conversation, message)
        said = [*greeting, *found["messages"]]
        return json_response([{"recipient_id": conversation, "text": m["text"], "custom": m} for m in said])


def conversation_of(sender: str) -> str:
    """The id of a sender's conversation. It is of this channel alone: no sender names a conversation of another."""
    return "rest-" + hashlib.sha256(sender.encode("utf-8", "replace")).hexdigest()
