"""Facebook Messenger: webhook events of a page, signed with the app's secret, and the Send API.

From Meta's pages on webhooks (validation of payloads, verification requests, batches), on the events messages,
messaging_postbacks, message_deliveries, message_reads, message_echoes and message_reactions, on quick replies, the
Send API and its error codes. Meta has no library for Python that checks the signature.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from tests.support.wire.base import (
    JSON,
    Answer,
    Broken,
    Call,
    Request,
    Sent,
    Took,
    Upload,
    Wire,
    answer,
    bearer,
    fields,
    structure,
)

#: Letters of a message; quick replies of a message, letters of each and of its payload; bytes of a file.
LETTERS, REPLIES, TITLE, PAYLOAD, FILE_BYTES = 2000, 13, 20, 1000, 25_000_000
TYPES = frozenset({"RESPONSE", "UPDATE", "MESSAGE_TAG"})
FIRST = 7_203_000_000_000_000


@dataclass(frozen=True)
class Messenger(Wire):
    """One page, and the app that speaks for it."""

    name: ClassVar[str] = "messenger"
    channel: ClassVar[str] = "bot.channels.messenger.MessengerChannel"
    api: ClassVar[str] = "messenger"

    secret: str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
    verify_token: str = "a-token-of-our-own-for-the-challenge-0123456789"
    page_token: str = "EAAGm0PX4ZCpsBAKZCw" + "x7Yq" * 8
    page: str = "104857600123456"

    def environment(self, url: str) -> dict[str, str]:
        return {
            "SIGNPOST_MESSENGER_APP_SECRET": self.secret,
            "SIGNPOST_MESSENGER_VERIFY_TOKEN": self.verify_token,
            "SIGNPOST_MESSENGER_PAGE_TOKEN": self.page_token,
            "SIGNPOST_MESSENGER_API_URL": url,
        }

    def ids(self, person: int) -> tuple[str, ...]:
        return (str(FIRST + person),)

    def signed(self, body: bytes, now: datetime) -> Request:
        headers = {
            "Content-Type": JSON,
            "Accept": "*/*",
            "User-Agent": "facebookexternalua",
            # The older header comes too. Its hash is weak, and nothing may be proved by it.
            "X-Hub-Signature": "sha1=" + hmac.new(self.secret.encode(), body, "sha1").hexdigest(),
            "X-Hub-Signature-256": "sha256=" + hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest(),
        }
        return Request(self.path, headers, body)

    def challenge(self, challenge: str, token: str | None = None, mode: str = "subscribe") -> Request:
        """The request by which Meta finds out whether the address is ours."""
        query = {"hub.mode": mode, "hub.challenge": challenge, "hub.verify_token": token or self.verify_token}
        return Request(
            f"{self.path}?{urlencode(query)}", {"Accept": "*/*", "User-Agent": "facebookplatform/1.0"}, b"", "GET"
        )

    def _events(self, entries: list[dict[str, Any]], now: datetime, object_: str = "page") -> Request:
        # Letters beyond ASCII and slashes are escaped, and the signature is over that.
        body = json.dumps({"object": object_, "entry": entries}, separators=(",", ":")).replace("/", "\\/")
        return self.signed(body.encode(), now)

    def _entry(self, person: int, now: datetime, **event: Any) -> dict[str, Any]:
        at = int(now.timestamp() * 1000)
        both = {"sender": {"id": self.ids(person)[0]}, "recipient": {"id": self.page}}
        return {"id": self.page, "time": at + 240, "messaging": [{**both, "timestamp": at, **event}]}

    def _event(self, person: int, now: datetime, **event: Any) -> Request:
        return self._events([self._entry(person, now, **event)], now)

    def text(self, person: int, words: str, id: int, now: datetime) -> Request:  # noqa: A002
        return self._event(person, now, message={"mid": self._mid(id), "text": words})

    def press(self, person: int, data: str, label: str, id: int, now: datetime) -> Request:  # noqa: A002
        """A quick reply."""
        message = {"mid": self._mid(id), "text": label, "quick_reply": {"payload": data}}
        return self._event(person, now, message=message)

    def postback(self, person: int, data: str, label: str, id: int, now: datetime) -> Request:  # noqa: A002
        """A button that stays: that of a template, of the menu, or "Get started"."""
        return self._event(person, now, postback={"mid": self._mid(id), "title": label, "payload": data})

    def picture(self, person: int, id: int, now: datetime) -> Request:  # noqa: A002
        url = "https://scontent.xx.fbcdn.net/v/t1.15752-9/1_n.jpg?_nc_cat=1&oh=00_Af"
        message = {"mid": self._mid(id), "attachments": [{"type": "image", "payload": {"url": url}}]}
        return self._event(person, now, message=message)

    def batch(self, requests: list[Request], now: datetime) -> Request:
        """The events of several requests in one."""
        return self._events([entry for each in requests for entry in json.loads(each.body)["entry"]], now)

    def others(self, person: int, id: int, now: datetime) -> dict[str, Request]:  # noqa: A002
        at, mid = int(now.timestamp() * 1000), self._mid(id)
        echo = self._entry(person, now, message={"is_echo": True, "app_id": 151, "mid": mid, "text": "hello"})
        (event,) = echo["messaging"]
        event["sender"], event["recipient"] = event["recipient"], event["sender"]
        waiting = self._entry(person, now, message={"mid": mid, "text": "hello"})
        waiting["standby"] = waiting.pop("messaging")
        change = {"field": "feed", "value": {"item": "status", "message": "hello", "from": {"id": self.ids(person)[0]}}}
        return {
            "delivered": self._event(person, now, delivery={"mids": [mid], "watermark": at}),
            "read": self._event(person, now, read={"watermark": at}),
            "echo": self._events([echo], now),
            "reaction": self._event(
                person, now, reaction={"reaction": "love", "emoji": "❤️", "action": "react", "mid": mid}
            ),
            # Another app of the page has the thread.
            "standby": self._events([waiting], now),
            "feed": self._events([{"id": self.page, "time": at, "changes": [change]}], now),
        }

    def elsewhere(self, person: int, id: int, now: datetime) -> dict[str, Request]:  # noqa: A002
        """The same app of Meta's can be subscribed to Instagram too, and signs that with the same secret."""
        entry = self._entry(person, now, message={"mid": self._mid(id), "text": "hello"})
        return {"instagram": self._events([entry], now, "instagram")}

    def _mid(self, id: int) -> str:  # noqa: A002
        return f"m_{id:08d}7IfLZDamVrALniheUYEDdHJXjDXEAyaS1xxONzb2Iv-DFzmTihfWJV012P5pK0AhQ"

    # what goes ------------------------------------------------------------------------------------------------------

    def _take(self, call: Call) -> Took:
        given = fields(call)
        if self.page_token not in (call.query.get("access_token"), bearer(call), given.get("access_token")):
            raise self._no(400, 190, "Invalid OAuth access token - Cannot parse access token")
        if call.method != "POST" or not re.fullmatch(rf"/v\d+\.\d/(me|{self.page})/messages", call.endpoint):
            raise self._no(400, 100, f"Unsupported {call.method.lower()} request.", 33)
        number = str((structure(given.get("recipient")) or {}).get("id", ""))
        if not number.isdigit() or not FIRST <= int(number) < FIRST + 10_000_000:
            raise self._no(400, 100, "(#100) No matching user found", 2018001)
        person, message = int(number) - FIRST, structure(given.get("message"))
        if given.get("sender_action") and not message:
            return Took(answer(200, {"recipient_id": number}))
        if given.get("messaging_type") not in TYPES:
            raise self._no(400, 100, "(#100) The parameter messaging_type is required.")
        text, buttons, file = self._message(message or {}, given.get("filedata"))
        good = {"recipient_id": number, "message_id": self._mid(9)} | (
            {"attachment_id": "1854626884821032"} if file else {}
        )
        return Took(answer(200, good), Sent(person, text, buttons, file, self.name))

    def _message(self, message: dict[str, Any], file: Any) -> tuple[str, tuple[tuple[str, str], ...], str | None]:
        text, attachment = message.get("text", ""), message.get("attachment")
        if attachment:
            if text or attachment.get("type") != "file" or not isinstance(file, Upload):
                raise self._no(
                    400, 100, "(#100) Incorrect attachment: text beside it, no file, or no such type", 2018047
                )
            if not 0 < len(file.content) <= FILE_BYTES:
                raise self._no(400, 100, "(#100) Upload attachment failure.", 2018047)
        elif not text.strip():
            raise self._no(400, 100, "(#100) Message cannot be empty, must provide valid attachment or text", 2018008)
        if len(text) > LETTERS:
            raise self._no(400, 100, "(#100) Length of param message[text] must be less than or equal to 2000")
        return text, self._replies(message.get("quick_replies") or []), file.name if attachment else None

    def _replies(self, replies: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
        if len(replies) > REPLIES:
            raise self._no(400, 100, "(#100) param message[quick_replies] has too many elements.")
        for reply in replies:
            if reply.get("content_type") != "text" or not reply.get("title") or "payload" not in reply:
                raise self._no(400, 100, "(#100) param message[quick_replies][0] needs content_type, title and payload")
            # In truth a longer title is cut off, which no person could make sense of.
            if len(reply["title"]) > TITLE or len(reply["payload"]) > PAYLOAD:
                raise self._no(400, 100, "(#100) Length of param message[quick_replies][0] exceeds its limit")
        return tuple((reply["title"], reply["payload"]) for reply in replies)

    def _no(self, status: int, code: int, message: str, subcode: int | None = None) -> Broken:
        return Broken(f"{code} {message}", self._error(status, code, message, subcode))

    def _error(self, status: int, code: int, message: str, subcode: int | None = None, **more: Any) -> Answer:
        found = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEfGhIjKlMnOpQrStUvW"}
        found |= {"error_subcode": subcode} if subcode else {}
        return answer(status, {"error": found | more})

    def busy(self, seconds: int = 1) -> Answer:
        """Meta does not say 429: too many calls are told by the code, under the status of a bad request."""
        return self._error(400, 613, "(#613) Calls to this api have exceeded the rate limit.")

    def broken(self) -> Answer:
        message = "An unexpected error has occurred. Please retry your request later."
        return self._error(500, 2, message, is_transient=True)

    def refusal(self) -> Answer:
        return self._error(400, 551, "(#551) This person isn't available right now.", 1545041)

    def outside_window(self) -> Answer:
        """More than a day after the person's last message."""
        return self._error(400, 10, "(#10) This message is sent outside of allowed window.", 2018278)
