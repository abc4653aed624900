"""SMS and WhatsApp by way of Twilio: form-encoded webhooks with `X-Twilio-Signature` in, its REST interface out.

Twilio signs the address that it calls, so the server must know it (`SIGNPOST_PUBLIC_URL`); no header is believed. The
signature has no time in it: a copy of an old request is told by the id of its message.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Mapping, Sequence
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import aiohttp
import structlog
from multidict import MultiDict
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from twilio.request_validator import RequestValidator

from bot.channels import limits
from bot.channels.apps import SMS, WHATSAPP, App
from bot.channels.delivery import after_status
from bot.channels.messaging import blueprint, own_renderer
from bot.channels.provider import Incoming, Lost, Raw, Refusal, SendFailed, Thanks, Typed
from bot.channels.switched_on import Needs
from bot.channels.text import Outgoing
from bot.channels.text_reading import read_button
from bot.channels.texting import Texting
from bot.channels.twilio_content import API as CONTENT_API
from bot.channels.twilio_content import NotDrawn, Templates
from bot.channels.widget import OnNewMessage
from bot.clock import Clock, system_clock
from bot.content.render import Renderer

log = structlog.get_logger(__name__)

API = "https://api.twilio.com"
#: For how long questions go with numbers once Twilio gave no template for their buttons.
WITHOUT_BUTTONS = timedelta(minutes=5)
#: Fields of one request. Twilio sends some forty.
FIELDS = 200
#: The phone company acts on these by itself, and after the first nothing reaches the person: neither is for the chat.
OF_THE_OPERATOR = frozenset({"STOP", "HELP"})
#: What a status callback says of a message that Twilio took and that will not arrive.
NEVER_ARRIVES = frozenset({"failed", "undelivered"})
#: In the address of a status callback: the key of what it tells about. Twilio signs it with the rest of the address.
OF = "of"
#: An answer that asks Twilio for nothing: the reply is sent by itself, later.
EMPTY = Thanks('<?xml version="1.0" encoding="UTF-8"?><Response></Response>', "text/xml")
#: Where the numbers of WhatsApp begin with this, those of SMS do not.
PREFIX = "whatsapp:"


@dataclass(frozen=True)
class Account:
    """An account with Twilio, and the number or messaging service that speaks for this server."""

    sid: str
    token: str
    sender: str
    public_url: str
    api: str = API
    content_api: str = CONTENT_API

    @property
    def headers(self) -> dict[str, str]:
        """What every request to Twilio carries."""
        return {"Authorization": aiohttp.encode_basic_auth(self.sid, self.token)}

    def __repr__(self) -> str:
        return f"Account(api={self.api!r})"


class Twilio:
    """Keeps to `bot.channels.provider.Provider`, for SMS or for WhatsApp."""

    path, media_types = "/messages", frozenset({"application/x-www-form-urlencoded"})
    body_bytes = limits.BODY_BYTES

    def __init__(self, app: App, account: Account, renderer: Renderer, clock: Clock = system_clock) -> None:
        self.name = app.name
        self._account = account
        self._clock = clock
        self._validator = RequestValidator(account.token)
        self._texting = Texting(app, renderer)
        self._templates = Templates(account.content_api, account.headers)
        self._numbers_until: datetime | None = None
        self._prefix = PREFIX if app is WHATSAPP else ""

    def prove(self, request: Raw, now: datetime) -> str | None:  # noqa: ARG002 - nothing of Twilio's tells the time
        """Check the signature over address and fields, and that they are of this account and this app.

        Raises:
            Refusal: 401 for no or a wrong signature, 403 for a request that was meant for another channel.
        """
        given = request.headers.get("x-twilio-signature", "")
        if not given:
            raise Refusal(401, "missing_signature")
        fields = _fields(request.body)
        try:
            proved = self._validator.validate(self._account.public_url + request.target, fields, given)
        except ValueError:
            proved = False
        if not proved:
            raise Refusal(401, "forged")
        ours = fields.get("AccountSid") == self._account.sid
        if not ours or fields.get("From", "").startswith(PREFIX) != bool(self._prefix):
            raise Refusal(403, "wrong_channel")
        return None

    def read(self, request: Raw) -> Sequence[Incoming | Lost]:
        """The message of a request, or the report that one of ours is lost; nothing for other reports.

        There is nothing either for a word that the phone company acts on.

        Raises:
            Refusal: 400, a field is missing.
        """
        fields = _fields(request.body)
        if "MessageStatus" in fields:
            return _lost(request, fields)
        if fields.get("OptOutType", "").upper() in OF_THE_OPERATOR:
            return ()
        try:
            message_id, sender, text = fields["MessageSid"], fields["From"], fields["Body"]
            media = int(fields.get("NumMedia") or 0)
        except (KeyError, ValueError):
            raise Refusal(400, "field_missing") from None
        pressed = read_button(fields.get("ButtonPayload") or fields.get("ListId") or "")
        if pressed:
            # The body repeats the label of the button.
            return [Incoming(message_id, sender, sender, "", pressed[0], (pressed[1],))]
        return [Incoming(message_id, sender, sender, text, unread=media > 0)]

    def thanks(self, request: Raw, *, repeated: bool) -> Thanks:  # noqa: ARG002 - it is all the same to Twilio
        """An empty answer in Twilio's own language."""
        return EMPTY

    def typed(self, text: str, question: Mapping[str, Any] | None) -> Typed:
        """As in every app."""
        return self._texting.typed(text, question)

    def parts(self, messages: Sequence[Mapping[str, Any]]) -> Sequence[Outgoing]:
        """As in every app."""
        return self._texting.parts(messages)

    async def send(self, http: aiohttp.ClientSession, address: str, part: Outgoing, key: str) -> None:
        """Create a message, and ask to be told what becomes of it. Twilio has no key by which it would know a repeat.

        A question whose buttons or list Twilio does not draw goes with numbers: it may not wait for them.

        Raises:
            SendFailed: it was not created; `twilio_<code>` where Twilio says why.
        """
        with_numbers = {"Body": self._texting.numbered(part).text}
        drawn = await self._drawn(http, part)
        try:
            await self._create(http, address, drawn or with_numbers, key)
        except SendFailed as failure:
            if not (drawn and failure.for_good):
                raise
            await self._create(http, address, with_numbers, key)
            # So it was the template, and not the person.
            self._templates.forget()
            self._without_buttons(failure.reason)

    async def _drawn(self, http: aiohttp.ClientSession, part: Outgoing) -> dict[str, str] | None:
        """What stands for a question with buttons or a list; None where it goes with numbers."""
        if part.style == "numbers" or (self._numbers_until and self._clock() < self._numbers_until):
            return None
        try:
            return await self._templates.fields(http, part)
        except NotDrawn as failure:
            self._without_buttons(failure.reason)
            return None

    def _without_buttons(self, reason: str) -> None:
        self._numbers_until = self._clock() + WITHOUT_BUTTONS
        log.warning("app.buttons.left_out", app=self.name, reason=reason)

    async def _create(self, http: aiohttp.ClientSession, address: str, content: Mapping[str, str], key: str) -> None:
        account = self._account
        of_service = account.sender.startswith("MG")
        sender = {"MessagingServiceSid": account.sender} if of_service else {"From": self._prefix + account.sender}
        reports = f"{account.public_url}/webhooks/{self.name}{self.path}?{urlencode({OF: key})}"
        form = {"To": address, **content, "StatusCallback": reports, **sender}
        url = f"{account.api}/2010-04-01/Accounts/{quote(account.sid, safe='')}/Messages.json"
        async with http.post(url, data=form, headers=account.headers, allow_redirects=False) as response:
            failed = after_status(response.status, response.headers, self._clock())
            if failed:
                reason = _reason(await response.content.read(4096)) or failed.reason
                raise SendFailed(reason, for_good=failed.for_good, retry_after=failed.retry_after)


def _fields(body: bytes) -> MultiDict[str]:
    """The fields of a form, each as often as it stands there.

    Raises:
        Refusal: 400, there are too many.
    """
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise Refusal(400, "unreadable") from None
    return MultiDict(pairs)


def _lost(request: Raw, fields: Mapping[str, str]) -> Sequence[Lost]:
    """What a status callback says was lost: nothing on the way, and nothing where it does not say of what."""
    key = dict(parse_qsl(urlsplit(request.target).query)).get(OF)
    if fields["MessageStatus"] not in NEVER_ARRIVES or not key:
        return ()
    code = fields.get("ErrorCode", "")
    known = code.isascii() and code.isdigit() and len(code) <= 6
    return [Lost(fields.get("To", ""), key, f"twilio_{code}" if known else "twilio_undelivered")]


def _reason(body: bytes) -> str | None:
    """The number of Twilio's error, as a word; its message could repeat what was sent."""
    try:
        code = json.loads(body)["code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return f"twilio_{code}" if isinstance(code, int) else None


def _account(channel: str, sender: str) -> Account:
    needs = Needs(channel)
    account = Account(
        sid=needs.text("SIGNPOST_TWILIO_ACCOUNT_SID", "the id of your Twilio account"),
        token=needs.secret("SIGNPOST_TWILIO_AUTH_TOKEN", "the auth token of that account"),
        sender=needs.text(sender, "the number (+44...) or messaging service (MG...) that answers"),
        public_url=needs.address("SIGNPOST_PUBLIC_URL", "the address of this server as the outside calls it"),
        api=needs.address("SIGNPOST_TWILIO_API_URL", "another address for Twilio's REST interface", API),
        content_api=needs.address("SIGNPOST_TWILIO_CONTENT_URL", "another address for its Content API", CONTENT_API),
    )
    needs.check()
    return account


class TwilioSmsChannel(InputChannel):
    """SMS. It exists only when credentials.yml names it and the environment holds what it needs."""

    app, sender = SMS, "SIGNPOST_SMS_SENDER"

    def __init__(self, account: Account) -> None:
        self._account = account

    @classmethod
    def name(cls) -> str:
        """The name below `/webhooks/`."""
        return cls.app.name

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> TwilioSmsChannel:  # noqa: ARG003 - Rasa's signature
        """Read the account from the environment.

        Raises:
            StartError: something of it is missing, or cannot be used.
        """
        return cls(_account(f"the {cls.app.name} channel", cls.sender))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """`POST /messages`."""
        renderer, clock = own_renderer()
        return blueprint(Twilio(self.app, self._account, renderer, clock), on_new_message)


class TwilioWhatsAppChannel(TwilioSmsChannel):
    """WhatsApp, in the same account, with its own number."""

    app, sender = WHATSAPP, "SIGNPOST_WHATSAPP_SENDER"
