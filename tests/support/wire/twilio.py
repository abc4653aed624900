"""Twilio: SMS and WhatsApp. Signatures by Twilio's own library.

From Twilio's guides to the request for an incoming message, to status callbacks, to WhatsApp's buttons and to content
templates, from the references of the Messages and the Content resource, and from the dictionary of errors.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from multidict import MultiDict
from twilio.request_validator import RequestValidator

from tests.support.wire.base import FORM, Answer, Broken, Call, Request, Sent, Took, Wire, answer, fields

#: Letters of one message, the joined parts of a text message too.
LETTERS = 1600
DOCS = "https://www.twilio.com/docs/errors"


@dataclass(frozen=True)
class Sms(Wire):
    """SMS to one number of one account."""

    name: ClassVar[str] = "sms"
    channel: ClassVar[str] = "bot.channels.twilio.TwilioSmsChannel"
    api: ClassVar[str] = "twilio"
    prefix: ClassVar[str] = ""

    sid: str = "AC" + "5ef87c2d" * 4
    token: str = "1c0de9b7" * 4
    ours: str = "+447700900456"
    public: str = "https://chat.example.org"
    #: What the account keeps: templates by their id, and what was drawn as the row of a list.
    contents: dict[str, dict[str, Any]] = field(default_factory=dict, compare=False, repr=False)
    rows: set[str] = field(default_factory=set, compare=False, repr=False)

    def environment(self, url: str) -> dict[str, str]:
        return {
            "SIGNPOST_TWILIO_ACCOUNT_SID": self.sid,
            "SIGNPOST_TWILIO_AUTH_TOKEN": self.token,
            "SIGNPOST_TWILIO_API_URL": url,
            "SIGNPOST_TWILIO_CONTENT_URL": url,
            "SIGNPOST_PUBLIC_URL": self.public,
            "SIGNPOST_SMS_SENDER": self.ours,
        }

    def ids(self, person: int) -> tuple[str, ...]:
        return (f"+44770090{person:04d}",)

    def signed(self, body: bytes, now: datetime) -> Request:
        form = MultiDict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        given = RequestValidator(self.token).compute_signature(self.public + self.path, form)
        headers = {
            "Content-Type": f"{FORM}; charset=UTF-8",
            "X-Twilio-Signature": given,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "Cache-Control": "max-age=259200",
            "X-Home-Region": "us1",
            "I-Twilio-Idempotency-Token": "5a1f0c9e-6a0d-4a6e-9c57-2d4b3c1f8e70",
        }
        return Request(self.path, headers, body)

    def form(self, person: int, words: str, id: int, **more: str) -> dict[str, str]:  # noqa: A002
        """The fields of an incoming message."""
        sid = f"SM{id:032x}"
        return {
            "ToCountry": "GB", "ToState": "", "SmsMessageSid": sid, "NumMedia": "0", "ToCity": "", "FromZip": "",
            "SmsSid": sid, "FromState": "", "SmsStatus": "received", "FromCity": "", "Body": words,
            "FromCountry": "GB", "To": self.prefix + self.ours, "ToZip": "", "NumSegments": str(1 + len(words) // 160),
            "MessageSid": sid, "AccountSid": self.sid, "From": self.prefix + self.ids(person)[0],
            "ApiVersion": "2010-04-01",
        } | more  # fmt: skip

    def _posted(self, form: dict[str, str], now: datetime) -> Request:
        return self.signed(urlencode(form).encode(), now)

    def text(self, person: int, words: str, id: int, now: datetime) -> Request:  # noqa: A002
        return self._posted(self.form(person, words, id), now)

    def picture(self, person: int, id: int, now: datetime) -> Request:  # noqa: A002
        url = f"https://api.twilio.com/2010-04-01/Accounts/{self.sid}/Messages/MM{id:032x}/Media/ME{id:032x}"
        media = {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": "image/jpeg"}
        return self._posted(self.form(person, "", id, **media), now)

    def _receipt(self, person: int, id: int, status: str, **more: str) -> dict[str, str]:  # noqa: A002
        """A status callback, on a message of ours."""
        sid = f"SM{id:032x}"
        return {
            "SmsSid": sid, "SmsStatus": status, "MessageStatus": status, "To": self.prefix + self.ids(person)[0],
            "MessageSid": sid, "AccountSid": self.sid, "From": self.prefix + self.ours, "ApiVersion": "2010-04-01",
        } | more  # fmt: skip

    def others(self, person: int, id: int, now: datetime) -> dict[str, Request]:  # noqa: A002
        forms = {status: self._receipt(person, id, status) for status in ("queued", "sent", "delivered")}
        forms["undelivered"] = self._receipt(person, id, "undelivered", ErrorCode="30003")
        # With the opt-out of a messaging service, Twilio has answered these by itself.
        forms["stop"] = self.form(person, "STOP", id, OptOutType="STOP")
        forms["help"] = self.form(person, "HELP", id, OptOutType="HELP")
        return {name: self._posted(form, now) for name, form in forms.items()}

    def elsewhere(self, person: int, id: int, now: datetime) -> dict[str, Request]:  # noqa: A002
        other = "" if self.prefix else "whatsapp:"
        moved = {"From": other + self.ids(person)[0], "To": other + self.ours}
        return {
            "another_account": self._posted(self.form(person, "hello", id, AccountSid="AC" + "0" * 32), now),
            "another_app": self._posted(self.form(person, "hello", id, **moved), now),
        }

    # what goes ------------------------------------------------------------------------------------------------------

    def _take(self, call: Call) -> Took:
        given = "Basic " + base64.b64encode(f"{self.sid}:{self.token}".encode()).decode()
        if call.headers.get("authorization") != given:
            raise self._no(401, 20003, "Authenticate")
        if call.endpoint == "/v1/Content":
            return self._content(call)
        if (call.method, call.endpoint) != ("POST", f"/2010-04-01/Accounts/{self.sid}/Messages.json"):
            raise self._no(404, 20404, "The requested resource was not found")
        form = fields(call)
        to, sender, text = form.get("To", ""), form.get("From", ""), form.get("Body", "")
        number = re.fullmatch(r"(whatsapp:|)(\+44770090(\d{4}))", to)
        if not number:
            raise self._no(400, 21211, "Invalid 'To' Phone Number")
        if sender != number[1] + self.ours and not form.get("MessagingServiceSid", "").startswith("MG"):
            raise self._no(400, 21606, "The From phone number is not a valid, SMS-capable inbound phone number")
        buttons: tuple[tuple[str, str], ...] = ()
        if "ContentSid" in form:
            text, buttons = self._drawn(form)
        if not text.strip():
            raise self._no(400, 21602, "Message body is required")
        if len(text) > LETTERS:
            raise self._no(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        app = "whatsapp" if number[1] else "sms"
        reports = urlsplit(form.get("StatusCallback", self.public))
        if reports.scheme not in ("http", "https") or not reports.netloc or reports.fragment:
            raise self._no(400, 21609, "The 'StatusCallback' URL is not a valid URL")
        return Took(answer(201, self._resource(to, sender, text)), Sent(int(number[3]), text, buttons, app=app))

    def _content(self, call: Call) -> Took:
        """The Content API: templates are made, and listed."""
        if call.method == "GET":
            size = int(call.query.get("PageSize", 50))
            found = list(self.contents.values())[:size]
            meta = {"page": 0, "page_size": size, "key": "contents", "next_page_url": None, "previous_page_url": None}
            return Took(answer(200, {"contents": found, "meta": meta}))
        made = json.loads(call.body)
        faults = [name for name in ("friendly_name", "language", "types") if not made.get(name)]
        if call.method != "POST" or faults or len(made.get("variables", {})) > 100:
            raise self._no(400, 92000, f"Content is invalid: {faults}")
        sid = "HX" + hashlib.md5(call.body).hexdigest()  # noqa: S324 - a name
        self.contents[sid] = {**made, "sid": sid, "account_sid": self.sid, "url": f"https://content.twilio.com/{sid}"}
        return Took(answer(201, self.contents[sid]))

    def _drawn(self, form: dict[str, Any]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """A message with a template, as a phone shows it."""
        if form["ContentSid"] not in self.contents:
            raise self._no(400, 21655, "The ContentSid Parameter is invalid")
        if form.get("Body"):
            raise self._no(400, 21619, "A text message body or media urls must be specified, not both with content")
        values = json.loads(form.get("ContentVariables", "{}"))
        if any(not isinstance(value, str) or not value or len(value) > LETTERS for value in values.values()):
            raise self._no(400, 21656, "The ContentVariables Parameter is invalid")
        ((kind, shape),) = self.contents[form["ContentSid"]]["types"].items()

        def filled(text: str) -> str:
            return re.sub(r"\{\{(\w{1,16})\}\}", lambda found: values[found[1]], text)

        listed = kind == "twilio/list-picker"
        many, label = ("items", "item") if listed else ("actions", "title")
        rows = [(filled(one[label]), filled(one["id"])) for one in shape[many]]
        longest, most = (24, 10) if listed else (20, 3)
        opens = filled(shape["button"]) if listed else "-"
        wrong = len(rows) > most or len({shown for shown, _ in rows}) < len(rows) or not 0 < len(opens) <= 20
        if wrong or any(len(shown) > longest or len(id_) > 200 for shown, id_ in rows):
            raise self._no(400, 63013, "Channel policy violation")
        body = filled(shape["body"])
        if len(body) > 1024:
            raise self._no(400, 21617, "The concatenated message body exceeds the 1024 character limit")
        if listed:
            self.rows.update(id_ for _, id_ in rows)
        return body, tuple(rows)

    def _resource(self, to: str, sender: str, text: str) -> dict[str, object]:
        sid = f"SM{abs(hash((to, text))):032x}"
        uri = f"/2010-04-01/Accounts/{self.sid}/Messages/{sid}.json"
        return {
            "account_sid": self.sid, "api_version": "2010-04-01", "body": text,
            "date_created": format_datetime(datetime.now().astimezone()), "date_sent": None, "date_updated": None,
            "direction": "outbound-api", "error_code": None, "error_message": None, "from": sender or None,
            "messaging_service_sid": None, "num_media": "0", "num_segments": str(1 + len(text) // 153), "price": None,
            "price_unit": "USD", "sid": sid, "status": "queued", "to": to, "uri": uri,
            "subresource_uris": {"media": uri.replace(".json", "/Media.json")},
        }  # fmt: skip

    def _no(self, status: int, code: int, message: str) -> Broken:
        return Broken(f"{code} {message}", self._error(status, code, message))

    def _error(self, status: int, code: int, message: str) -> Answer:
        return answer(status, {"code": code, "message": message, "more_info": f"{DOCS}/{code}", "status": status})

    def busy(self, seconds: int = 1) -> Answer:
        return self._error(429, 20429, "Too Many Requests")

    def broken(self) -> Answer:
        return self._error(500, 20500, "An internal server error has occurred")

    def refusal(self) -> Answer:
        return self._error(400, 21610, f"Attempt to send to unsubscribed recipient {self.ids(1)[0]}")


@dataclass(frozen=True)
class WhatsApp(Sms):
    """WhatsApp, in the same account."""

    name: ClassVar[str] = "whatsapp"
    channel: ClassVar[str] = "bot.channels.twilio.TwilioWhatsAppChannel"
    prefix: ClassVar[str] = "whatsapp:"

    def environment(self, url: str) -> dict[str, str]:
        shared = super().environment(url)
        return {"SIGNPOST_WHATSAPP_SENDER": shared.pop("SIGNPOST_SMS_SENDER"), **shared}

    def form(self, person: int, words: str, id: int, **more: str) -> dict[str, str]:  # noqa: A002
        sid, number = f"SM{id:032x}", self.ids(person)[0]
        metadata = {"type": "whatsapp", "data": {"context": {"ProfileName": "Jo", "WaId": number[1:]}}}
        return {
            "SmsMessageSid": sid, "NumMedia": "0", "ProfileName": "Jo", "MessageType": "text", "SmsSid": sid,
            "WaId": number[1:], "SmsStatus": "received", "Body": words, "To": self.prefix + self.ours,
            "NumSegments": "1", "ReferralNumMedia": "0", "MessageSid": sid, "AccountSid": self.sid,
            "ChannelMetadata": json.dumps(metadata), "From": self.prefix + number, "ApiVersion": "2010-04-01",
        } | more  # fmt: skip

    def press(self, person: int, data: str, label: str, id: int, now: datetime) -> Request:  # noqa: A002
        pressed = {"MessageType": "button", "ButtonText": label, "ButtonPayload": data}
        if data in self.rows:
            pressed = {"MessageType": "interactive", "ListTitle": label, "ListId": data}
        pressed["OriginalRepliedMessageSender"] = self.prefix + self.ours
        pressed["OriginalRepliedMessageSid"] = "SM" + "0" * 32
        return self._posted(self.form(person, label, id, **pressed), now)

    def picture(self, person: int, id: int, now: datetime) -> Request:  # noqa: A002
        url = f"https://api.twilio.com/2010-04-01/Accounts/{self.sid}/Messages/MM{id:032x}/Media/ME{id:032x}"
        media = {"MessageType": "image", "NumMedia": "1", "MediaUrl0": url, "MediaContentType0": "image/jpeg"}
        return self._posted(self.form(person, "", id, **media), now)

    def others(self, person: int, id: int, now: datetime) -> dict[str, Request]:  # noqa: A002
        channel = {
            "ChannelInstallSid": "XE" + "0" * 32,
            "ChannelPrefix": "whatsapp",
            "ChannelToAddress": self.ids(person)[0],
        }
        forms = {
            "delivered": self._receipt(person, id, "delivered", EventType="DELIVERED", **channel),
            "read": self._receipt(person, id, "read", EventType="READ", **channel),
            # What was written more than a day after the person's last message.
            "outside_window": self._receipt(
                person, id, "undelivered", EventType="UNDELIVERED", ErrorCode="63016",
                ChannelStatusMessage="Failed to send freeform message because you are outside the allowed window.",
                **channel,
            ),
        }  # fmt: skip
        return {name: self._posted(form, now) for name, form in forms.items()}
