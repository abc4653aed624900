"""Telegram: updates as JSON with a secret token in a header in, the Bot API out.

The header holds a secret that was given to Telegram with the address; it proves who sends, not what was sent, so TLS
and the ids of messages do the rest. A bot's token stands in the path of every call: no address may reach a log, and no
error that could hold one leaves this module.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import aiohttp
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint

from bot.channels import limits
from bot.channels.apps import TELEGRAM
from bot.channels.delivery import after_status
from bot.channels.messaging import blueprint, own_renderer
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

API = "https://api.telegram.org"
#: The start button of a chat, also behind a link with a payload: a word for whoever made the link, none of the person.
START = re.compile(r"/start(?:@\w+)?(?:\s+[\w-]{1,64})?\s*", re.ASCII)
#: The command before words that somebody typed after it.
COMMAND = re.compile(r"/start(?:@\w+)?\s+", re.ASCII)
#: What Telegram itself writes into a private chat. All else that has no words came from the person.
SERVICE = frozenset(
    {
        "boost_added",
        "chat_background_set",
        "chat_shared",
        "connected_website",
        "message_auto_delete_timer_changed",
        "pinned_message",
        "refunded_payment",
        "successful_payment",
        "users_shared",
        "write_access_allowed",
    }
)


@dataclass(frozen=True)
class Bot:
    """A bot, and the secret that Telegram sends with what it delivers."""

    token: str
    secret: str
    api: str = API

    def __repr__(self) -> str:
        return f"Bot(api={self.api!r})"


class Telegram:
    """Keeps to `bot.channels.provider.Provider`."""

    name, path, media_types = TELEGRAM.name, "/messages", frozenset({"application/json"})
    body_bytes = limits.BODY_BYTES

    def __init__(self, bot: Bot, renderer: Renderer, clock: Clock = system_clock) -> None:
        self._bot = bot
        self._clock = clock
        self._texting = Texting(TELEGRAM, renderer)

    def prove(self, request: Raw, now: datetime) -> str | None:  # noqa: ARG002 - nothing of Telegram's tells the time
        """Check the secret.

        Raises:
            Refusal: 401 for none or a wrong one.
        """
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not given:
            raise Refusal(401, "missing_signature")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._bot.secret.encode()):
            raise Refusal(401, "forged")
        return None

    def read(self, request: Raw) -> Sequence[Incoming]:
        """What a person wrote or pressed in a chat of their own with the bot.

        Nothing of a group: what is answered there, others would read. Nothing edited either, since it was answered.

        Raises:
            Refusal: 400, it is no JSON object.
        """
        update = json_object(request.body)
        query, message = member(update, dict, "callback_query"), member(update, dict, "message")
        found = _pressed(query) if query else _written(message) if message else None
        return [found] if found else []

    def thanks(self, request: Raw, *, repeated: bool) -> Thanks:  # noqa: ARG002 - a repeated press turns as well
        """A pressed button turns until it is released; asked for here, that takes no call that could fail."""
        query = member(json_object(request.body), str, "callback_query", "id")
        if query is None:
            return Thanks()
        return Thanks(json.dumps({"method": "answerCallbackQuery", "callback_query_id": query}), "application/json")

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
        key: str,  # noqa: ARG002 - Telegram knows no repeat by a key
    ) -> None:
        """Send a text or a file.

        Raises:
            SendFailed: it was not taken; `telegram_<code>` where Telegram says why.
        """
        if isinstance(part, SummaryFile):
            form = aiohttp.FormData({"chat_id": address})
            form.add_field("document", await part.content(), filename=part.name, content_type=part.media_type)
            await self._call(http, "sendDocument", data=form)
        else:
            await self._call(http, "sendMessage", json=_message(address, part))

    async def _call(self, http: aiohttp.ClientSession, method: str, **body: Any) -> None:
        url = f"{self._bot.api}/bot{quote(self._bot.token, safe=':')}/{method}"
        try:
            async with http.post(url, allow_redirects=False, **body) as response:
                status, headers = response.status, response.headers
                answer = await answer_object(response)
        except asyncio.TimeoutError:
            raise SendFailed("timeout") from None
        except (aiohttp.ClientError, OSError):
            # Such an error may name the address.
            raise SendFailed("connection") from None
        if failed := _failure(status, headers, answer, self._clock()):
            raise failed


# what came ----------------------------------------------------------------------------------------------------------


def _written(message: Mapping[str, Any]) -> Incoming | None:
    """A message of a person; None for one of a group, of another bot, or of Telegram itself."""
    who, number = _in_private(message, message.get("from")), member(message, int, "message_id")
    if who is None or number is None:
        return None
    sender, address = who
    text, caption = member(message, str, "text"), member(message, str, "caption")
    if text is not None:
        return Incoming(f"message {number}", sender, address, _words(text))
    if not SERVICE.isdisjoint(message):
        return None
    return Incoming(f"message {number}", sender, address, caption or "", unread=True)


def _pressed(query: Mapping[str, Any]) -> Incoming | None:
    """A pressed button; None for one of a group. A button that is none of ours is something that cannot be read."""
    who, number = _in_private(query.get("message"), query.get("from")), member(query, str, "id")
    if who is None or number is None:
        return None
    sender, address = who
    if pressed := read_button(member(query, str, "data") or ""):
        return Incoming(f"query {number}", sender, address, "", pressed[0], (pressed[1],))
    return Incoming(f"query {number}", sender, address, unread=True)


def _in_private(message: Any, person: Any) -> tuple[str, str] | None:
    """The ids of a person and of the chat that they alone have with the bot; None for any other chat."""
    sender, chat = member(person, int, "id"), member(message, int, "chat", "id")
    private = member(message, str, "chat", "type") == "private" and not member(person, bool, "is_bot")
    return (str(sender), str(chat)) if private and sender is not None and chat is not None else None


def _words(text: str) -> str:
    """What was typed; a greeting in place of the command by which a chat begins."""
    return GREETING if START.fullmatch(text) else COMMAND.sub("", text, count=1) if COMMAND.match(text) else text


# what goes ----------------------------------------------------------------------------------------------------------


def _message(address: str, part: Outgoing) -> dict[str, Any]:
    """The text as it stands: no mark in it is taken for a format, and no link is looked up."""
    message: dict[str, Any] = {
        "chat_id": int(address),
        "text": part.text,
        "link_preview_options": {"is_disabled": True},
    }
    if part.style == "buttons" and part.step:
        rows = [[{"text": o.label, "callback_data": button_data(part.step, o.id)}] for o in part.options]
        message["reply_markup"] = {"inline_keyboard": rows}
    return message


def _failure(status: int, headers: Mapping[str, str], answer: Mapping[str, Any], now: datetime) -> SendFailed | None:
    """What an answer means; None when the message was taken. Its description could repeat what was sent."""
    if 200 <= status < 300 and answer.get("ok") is not False:
        return None
    code = member(answer, int, "error_code")
    failed = after_status(code or status, headers, now)
    if failed is None:
        return SendFailed("not_ok", for_good=True)
    # 429 says in its body how long to wait.
    asked = member(answer, int, "parameters", "retry_after")
    reason = failed.reason if code is None else f"telegram_{code}"
    return SendFailed(reason, for_good=failed.for_good, retry_after=failed.retry_after if asked is None else asked)


class TelegramChannel(InputChannel):
    """The channel. It exists only when credentials.yml names it and the environment holds what it needs."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    @classmethod
    def name(cls) -> str:
        """The name below `/webhooks/`."""
        return Telegram.name

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> TelegramChannel:  # noqa: ARG003 - Rasa's signature
        """Read the bot from the environment.

        Raises:
            StartError: something of it is missing, or cannot be used.
        """
        needs = Needs("the telegram channel")
        bot = Bot(
            token=needs.secret("SIGNPOST_TELEGRAM_TOKEN", "the token that @BotFather gave your bot"),
            secret=needs.secret("SIGNPOST_TELEGRAM_SECRET", "the secret that you give Telegram with the address"),
            api=needs.address("SIGNPOST_TELEGRAM_API_URL", "another address for the Bot API", API),
        )
        needs.check()
        return cls(bot)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """`POST /messages`."""
        renderer, clock = own_renderer()
        return blueprint(Telegram(self._bot, renderer, clock), on_new_message)
