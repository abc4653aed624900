"""Facebook Messenger: batches of events with `X-Hub-Signature-256` in, the Send API out.

The signature covers the raw body and has no time in it: a copy of an old request is told by the ids of its messages.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import limits
from bot.channels.apps import MESSENGER
from bot.channels.delivery import after_status
from bot.channels.messaging import connected, own_renderer, routes_of
from bot.channels.provider import GREETING, Incoming, Raw, Refusal, SendFailed, Thanks, Typed
from bot.channels.summary_file import SummaryFile
from bot.channels.switched_on import Needs
from bot.channels.text import Outgoing
from bot.channels.text_reading import button_data, read_button
from bot.channels.texting import Texting
from bot.channels.widget import OnNewMessage
from bot.channels.wire import answer_object, json_object, member
from bot.clock import Clock, system_clock
from bot.content.render import Renderer

API = "https://graph.facebook.com"
#: Of the Graph API. Facebook serves one for two years, and calls to an older one by the oldest that it still has.
VERSION = "v24.0"
#: Errors that pass: unknown, out of service, and too many calls of the app, a person, the page, or in one place.
PASSING = frozenset({1, 2, 4, 17, 32, 613, 1200})
#: Fields of the question with which an address is registered. Facebook sends three.
FIELDS = 20
#: What Facebook asks to be sent back when an address is registered: a number, so far.
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)


@dataclass(frozen=True)
class Page:
    """A Facebook page that speaks for this server, and the app by which it does."""

    app_secret: str
    verify_token: str
    token: str
    api: str = API

    def __repr__(self) -> str:
        return f"Page(api={self.api!r})"


class Messenger:
    """Keeps to `bot.channels.provider.Provider`."""

    name, path, media_types = MESSENGER.name, "/messages", frozenset({"application/json"})
    body_bytes = limits.BATCH_BYTES

    def __init__(self, page: Page, renderer: Renderer, clock: Clock = system_clock) -> None:
        self._page = page
        self._clock = clock
        self._texting = Texting(MESSENGER, renderer)

    def verify(self, query: str) -> Thanks:
        """The answer to Facebook's question, by GET, whether this address is one of ours.

        Raises:
            Refusal: 403, the token is not the one agreed on; 400, what is to be sent back could be more than a word.
        """
        try:
            fields = dict(parse_qsl(query, max_num_fields=FIELDS))
        except ValueError:
            raise Refusal(400, "unreadable") from None
        mode, given, challenge = (fields.get(f"hub.{name}", "") for name in ("mode", "verify_token", "challenge"))
        known = hmac.compare_digest(given.encode("utf-8", "replace"), self._page.verify_token.encode())
        if mode != "subscribe" or not known:
            raise Refusal(403, "wrong_verify_token")
        if not CHALLENGE.fullmatch(challenge):
            raise Refusal(400, "unreadable")
        return Thanks(challenge)

    def prove(self, request: Raw, now: datetime) -> str | None:  # noqa: ARG002 - nothing of Facebook's tells the time
        """Check the signature over the body. The older one, by SHA-1, counts for nothing.

        Raises:
            Refusal: 401 for no or a wrong signature.
        """
        given = request.headers.get("x-hub-signature-256", "")
        if not given:
            raise Refusal(401, "missing_signature")
        expected = f"sha256={hmac.new(self._page.app_secret.encode(), request.body, hashlib.sha256).hexdigest()}"
        if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
            raise Refusal(401, "forged")
        return None

    def read(self, request: Raw) -> Sequence[Incoming]:
        """What people wrote or pressed, of every entry of a batch.

        Nothing that our page sent itself, no receipts, and nothing of a chat that another app has (`standby`).

        Raises:
            Refusal: 400, it is no JSON object; 403, it is of another product than Messenger.
        """
        found = json_object(request.body)
        if found.get("object") != "page":
            raise Refusal(403, "wrong_channel")
        events = (event for entry in _list(found, "entry") for event in _list(entry, "messaging"))
        return [message for event in events for message in _incoming(event)]

    def thanks(self, request: Raw, *, repeated: bool) -> Thanks:  # noqa: ARG002 - it is all the same to Facebook
        """A word that nobody reads."""
        return Thanks("EVENT_RECEIVED")

    def typed(self, text: str, question: Mapping[str, Any] | None) -> Typed:
        """As in every app."""
        return self._texting.typed(text, question)

    def parts(self, messages: Sequence[Mapping[str, Any]]) -> Sequence[Outgoing | SummaryFile]:
        """As in every app; a summary comes as a file too."""
        return self._texting.parts_with_file(messages)

    async def send(
        self,
        http: aiohttp.ClientSession,
        address: str,
        part: Outgoing | SummaryFile,
        key: str,  # noqa: ARG002 - Facebook knows no repeat by a key
    ) -> None:
        """Send a text or a file, in answer to what a person wrote within the last 24 hours.

        Raises:
            SendFailed: it was not taken; `messenger_<code>` or `messenger_<code>_<subcode>` where Facebook says why.
        """
        if isinstance(part, SummaryFile):
            await self._call(http, data=_upload(address, part, await part.content()))
        else:
            await self._call(http, json=_message(address, part))

    async def _call(self, http: aiohttp.ClientSession, **body: Any) -> None:
        url = f"{self._page.api}/{VERSION}/me/messages"
        # Not in the address, where Facebook's own examples have it: addresses get into logs.
        headers = {"Authorization": f"Bearer {self._page.token}"}
        try:
            async with http.post(url, headers=headers, allow_redirects=False, **body) as response:
                status, named = response.status, response.headers
                answer = await answer_object(response)
        except asyncio.TimeoutError:
            raise SendFailed("timeout") from None
        except (aiohttp.ClientError, OSError):
            raise SendFailed("connection") from None
        if failed := _failure(status, named, answer, self._clock()):
            raise failed


# what came ----------------------------------------------------------------------------------------------------------


def _list(found: Any, name: str) -> Sequence[Any]:
    return member(found, list, name) or ()


def _incoming(event: Any) -> Iterator[Incoming]:
    """What one event says, if a person says something with it."""
    sender = member(event, str, "sender", "id")
    message, postback = member(event, dict, "message"), member(event, dict, "postback")
    if sender is None:
        return
    if message is not None and not member(message, bool, "is_echo") and (mid := member(message, str, "mid")):
        yield _written(mid, sender, message)
    elif postback is not None:
        # Older versions of the interface give a postback no id of its own.
        mid = member(postback, str, "mid") or f"postback {event.get('timestamp')}"
        step, choices = _choice(member(postback, str, "payload"))
        # Get Started, and whatever else opens a chat: its person has said nothing yet.
        yield Incoming(mid, sender, sender, "" if choices else GREETING, step, choices)


def _written(mid: str, sender: str, message: Mapping[str, Any]) -> Incoming:
    step, choices = _choice(member(message, str, "quick_reply", "payload"))
    text = member(message, str, "text") or ""
    if choices:
        # The text repeats the label of the button.
        return Incoming(mid, sender, sender, "", step, choices)
    # A link in a text comes as an attachment too.
    beside = [one for one in _list(message, "attachments") if member(one, str, "type") != "fallback"]
    return Incoming(mid, sender, sender, text, unread=bool(beside) or not text)


def _choice(payload: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The step and the choice that a button of ours carries."""
    pressed = read_button(payload or "")
    return (pressed[0], (pressed[1],)) if pressed else (None, ())


# what goes ----------------------------------------------------------------------------------------------------------


def _message(address: str, part: Outgoing) -> dict[str, Any]:
    message: dict[str, Any] = {"text": part.text}
    if part.style == "buttons" and part.step:
        message["quick_replies"] = [
            {"content_type": "text", "title": option.label, "payload": button_data(part.step, option.id)}
            for option in part.options
        ]
    return {"recipient": {"id": address}, "messaging_type": "RESPONSE", "message": message}


def _upload(address: str, file: SummaryFile, content: bytes) -> aiohttp.FormData:
    """A file goes with the message itself. It is not kept by Facebook for another one."""
    attachment = {"type": "file", "payload": {"is_reusable": False}}
    form = aiohttp.FormData()
    form.add_field("recipient", json.dumps({"id": address}))
    form.add_field("messaging_type", "RESPONSE")
    form.add_field("message", json.dumps({"attachment": attachment}))
    form.add_field("filedata", content, filename=file.name, content_type=file.media_type)
    return form


def _failure(status: int, headers: Mapping[str, str], answer: Mapping[str, Any], now: datetime) -> SendFailed | None:
    """What an answer means; None when the message was taken. Facebook's text could repeat what was sent."""
    failed, error = after_status(status, headers, now), member(answer, dict, "error")
    if failed is None and error is None:
        return None
    code, subcode = member(error, int, "code"), member(error, int, "error_subcode")
    passing = code in PASSING or member(error, bool, "is_transient") or (failed is not None and not failed.for_good)
    reason = failed.reason if failed else "not_ok"
    if code is not None:
        reason = f"messenger_{code}" if subcode is None else f"messenger_{code}_{subcode}"
    return SendFailed(reason, for_good=not passing, retry_after=failed.retry_after if failed else None)


class MessengerChannel(InputChannel):
    """The channel. It exists only when credentials.yml names it and the environment holds what it needs."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @classmethod
    def name(cls) -> str:
        """The name below `/webhooks/`."""
        return Messenger.name

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> MessengerChannel:  # noqa: ARG003 - Rasa's signature
        """Read the page from the environment.

        Raises:
            StartError: something of it is missing, or cannot be used.
        """
        needs = Needs("the messenger channel")
        page = Page(
            app_secret=needs.secret("SIGNPOST_MESSENGER_APP_SECRET", "the app secret of your Facebook app"),
            verify_token=needs.secret("SIGNPOST_MESSENGER_VERIFY_TOKEN", "the word that you agree on with Facebook"),
            token=needs.secret("SIGNPOST_MESSENGER_PAGE_TOKEN", "the access token of your page"),
            api=needs.address("SIGNPOST_MESSENGER_API_URL", "another address for the Graph API", API),
        )
        needs.check()
        return cls(page)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """`POST /messages`, and `GET` of the same for the question whether it is ours."""
        renderer, clock = own_renderer()
        messenger = Messenger(self._page, renderer, clock)
        messaging = connected(messenger, on_new_message)
        routes = routes_of(messaging)

        def verified(query: str) -> Thanks:
            with messaging.inbound.counting():
                return messenger.verify(query)

        @routes.get(messenger.path)
        async def verify(request: Request) -> HTTPResponse:
            return messaging.answer(lambda: verified(request.query_string))

        return routes
