"""Telegram: updates to a webhook with a secret token, and the methods of a bot.

From the Bot API: Update, Message, CallbackQuery, setWebhook, sendMessage, sendDocument, answerCallbackQuery,
InlineKeyboardButton, "Making requests", "ResponseParameters"; the errors are those that its servers give.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

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
    fields,
    structure,
    utf16,
)
from tests.support.wire.base import answer as json_answer

#: Letters of a message, of a file's caption and of an answered button; buttons of a message; bytes of a button's data.
LETTERS, CAPTION, NOTE, BUTTONS, DATA = 4096, 1024, 200, 100, 64
FILE_BYTES = 50_000_000
#: People's ids do not fit in 32 bits any more.
FIRST = 5_482_000_000
BOT = {"id": 7_100_200_300, "is_bot": True, "first_name": "Checklist", "username": "checklist_bot"}


@dataclass(frozen=True)
class Telegram(Wire):
    """One bot."""

    name: ClassVar[str] = "telegram"
    channel: ClassVar[str] = "bot.channels.telegram.TelegramChannel"
    api: ClassVar[str] = "telegram"
    sealed: ClassVar[bool] = False

    token: str = "7100200300:AAF-x9Zk3LmQpRsTuVwXyZ0123456789abc"
    secret: str = "Kq7_wire-secret-of-the-webhook_0123456789AB"

    def environment(self, url: str) -> dict[str, str]:
        return {
            "SIGNPOST_TELEGRAM_TOKEN": self.token,
            "SIGNPOST_TELEGRAM_SECRET": self.secret,
            "SIGNPOST_TELEGRAM_API_URL": url,
        }

    def ids(self, person: int) -> tuple[str, ...]:
        return (str(FIRST + person), f"jo_bloggs_{person}")

    def signed(self, body: bytes, now: datetime) -> Request:
        headers = {
            "Content-Type": JSON,
            "X-Telegram-Bot-Api-Secret-Token": self.secret,
            "Accept-Encoding": "gzip, deflate",
        }
        return Request(self.path, headers, body)

    def _update(self, id: int, now: datetime, **kind: Any) -> Request:  # noqa: A002
        # As PHP writes JSON: slashes and all letters beyond ASCII escaped.
        body = json.dumps({"update_id": 318_000_000 + id, **kind}, separators=(",", ":")).replace("/", "\\/")
        return self.signed(body.encode(), now)

    def user(self, person: int) -> dict[str, Any]:
        """A person as Telegram shows them to a bot."""
        number, name = self.ids(person)
        return {
            "id": int(number), "is_bot": False, "first_name": "Jo", "last_name": "Bloggs", "username": name,
            "language_code": "en",
        }  # fmt: skip

    def message(self, person: int, id: int, now: datetime, **content: Any) -> dict[str, Any]:  # noqa: A002
        """A message in the private chat with a person."""
        user = self.user(person)
        chat = {key: user[key] for key in ("id", "first_name", "last_name", "username")} | {"type": "private"}
        return {"message_id": 40 + id, "from": user, "chat": chat, "date": int(now.timestamp()), **content}

    def text(self, person: int, words: str, id: int, now: datetime) -> Request:  # noqa: A002
        command = re.match(r"/\w+", words)
        entities = [{"offset": 0, "length": command.end(), "type": "bot_command"}] if command else []
        content = {"text": words} | ({"entities": entities} if entities else {})
        return self._update(id, now, message=self.message(person, id, now, **content))

    def press(self, person: int, data: str, label: str, id: int, now: datetime) -> Request:  # noqa: A002
        keyboard = {"inline_keyboard": [[{"text": label, "callback_data": data}]]}
        asked = self.message(person, id, now, text="The question.", reply_markup=keyboard) | {"from": BOT}
        query = {
            "id": f"{FIRST + person}{id:06d}", "from": self.user(person), "message": asked,
            "chat_instance": "-2718281828459045235", "data": data,
        }  # fmt: skip
        return self._update(id, now, callback_query=query)

    def picture(self, person: int, id: int, now: datetime) -> Request:  # noqa: A002
        sizes = [
            {"file_id": f"AgACAgQAAxkBAAI{side}", "file_unique_id": f"AQAD{side}", "file_size": side * 20,
             "width": side, "height": side * 3 // 4}
            for side in (90, 320, 800)
        ]  # fmt: skip
        return self._update(id, now, message=self.message(person, id, now, photo=sizes))

    def others(self, person: int, id: int, now: datetime) -> dict[str, Request]:  # noqa: A002
        message, user = self.message(person, id, now), self.user(person)
        member = {"user": BOT, "status": "member"}
        blocked = {
            "chat": message["chat"], "from": user, "date": message["date"],
            "old_chat_member": member, "new_chat_member": {"user": BOT, "status": "kicked", "until_date": 0},
        }  # fmt: skip
        channel = {"id": -1_001_234_567_890, "title": "News", "type": "channel"}
        post = {"message_id": 1, "sender_chat": channel, "chat": channel, "date": message["date"], "text": "news"}
        query = {"id": "77", "from": user, "query": "check", "offset": "", "chat_type": "sender"}
        reaction = {
            "chat": message["chat"], "message_id": 7, "user": user, "date": message["date"],
            "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}],
        }  # fmt: skip
        return {
            "blocked": self._update(id, now, my_chat_member=blocked),
            "channel_post": self._update(id, now, channel_post=post),
            "inline_query": self._update(id, now, inline_query=query),
            "reaction": self._update(id, now, message_reaction=reaction),
        }

    def elsewhere(self, person: int, id: int, now: datetime) -> dict[str, Request]:  # noqa: A002
        """None: a secret belongs to one bot."""
        return {}

    # what goes ------------------------------------------------------------------------------------------------------

    def _take(self, call: Call) -> Took:
        found = re.fullmatch(r"/bot([^/]+)/(\w+)", call.endpoint)
        if not found or found[1] != self.token:
            raise self._no(401, "Unauthorized")
        method = {
            "sendMessage": self._send_message,
            "sendDocument": self._send_document,
            "answerCallbackQuery": self._answer_callback_query,
            "setWebhook": self._set_webhook,
            "editMessageReplyMarkup": lambda _: Took(self._good({"message_id": 1})),
            "sendChatAction": lambda _: Took(self._good(True)),
            "getMe": lambda _: Took(self._good(BOT)),
        }.get(found[2])
        if not method:
            raise self._no(404, "Not Found")
        return method({**call.query, **fields(call)})

    def _send_message(self, given: dict[str, Any]) -> Took:
        person = self._chat(given)
        text = given.get("text")
        if not isinstance(text, str) or not text.strip():
            raise self._no(400, "Bad Request: message text is empty")
        if utf16(text) > LETTERS:
            raise self._no(400, "Bad Request: message is too long")
        if given.get("parse_mode"):
            raise self._no(400, "Bad Request: this server reads no entities, so send text as it is")
        buttons = self._buttons(structure(given.get("reply_markup") or {}))
        return self._sent(Sent(person, text, buttons, app=self.name), text=text)

    def _send_document(self, given: dict[str, Any]) -> Took:
        person, document, caption = self._chat(given), given.get("document"), given.get("caption", "")
        if not isinstance(document, Upload) or not document.content:
            raise self._no(400, "Bad Request: file must be non-empty")
        if len(document.content) > FILE_BYTES:
            raise self._no(413, "Request Entity Too Large")
        if utf16(caption) > CAPTION:
            raise self._no(400, "Bad Request: message caption is too long")
        buttons = self._buttons(structure(given.get("reply_markup") or {}))
        file = {"file_name": document.name, "mime_type": "application/pdf", "file_id": "BQACAgQAAxkDAAI"}
        return self._sent(Sent(person, caption, buttons, document.name, self.name), document=file)

    def _buttons(self, markup: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        if not markup or {"remove_keyboard", "force_reply"} & set(markup):
            return ()
        if not isinstance(markup.get("inline_keyboard"), list):
            raise self._no(400, "Bad Request: object expected as reply markup")
        buttons = [button for row in markup["inline_keyboard"] for button in row]
        if len(buttons) > BUTTONS:
            raise self._no(400, "Bad Request: reply markup is too long")
        for button in buttons:
            if not button.get("text"):
                raise self._no(400, 'Bad Request: can\'t parse inline keyboard button: Field "text" must be non-empty')
            if not 1 <= len(button.get("callback_data", "").encode()) <= DATA:
                raise self._no(400, "Bad Request: BUTTON_DATA_INVALID")
        return tuple((button["text"], button["callback_data"]) for button in buttons)

    def _answer_callback_query(self, given: dict[str, Any]) -> Took:
        if not given.get("callback_query_id") or utf16(given.get("text", "")) > NOTE:
            raise self._no(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        return Took(self._good(True))

    def _set_webhook(self, given: dict[str, Any]) -> Took:
        if not str(given.get("url", "")).startswith("https://"):
            raise self._no(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", str(given.get("secret_token", ""))):
            raise self._no(400, "Bad Request: secret token contains unallowed characters")
        return Took(json_answer(200, {"ok": True, "result": True, "description": "Webhook was set"}))

    def _chat(self, given: dict[str, Any]) -> int:
        number = str(given.get("chat_id", ""))
        if not re.fullmatch(r"-?\d+", number):
            raise self._no(400, "Bad Request: chat_id is empty")
        if not FIRST <= int(number) < FIRST + 10_000_000:
            raise self._no(400, "Bad Request: chat not found")
        return int(number) - FIRST

    def _sent(self, sent: Sent, **content: Any) -> Took:
        chat = {"id": FIRST + sent.person, "first_name": "Jo", "type": "private"}
        return Took(self._good({"message_id": 9, "from": BOT, "chat": chat, "date": 1_790_000_000, **content}), sent)

    def _good(self, result: Any) -> Answer:
        return json_answer(200, {"ok": True, "result": result})

    def _no(self, status: int, description: str) -> Broken:
        return Broken(description, self._error(status, description))

    def _error(self, status: int, description: str, **parameters: Any) -> Answer:
        more = {"parameters": parameters} if parameters else {}
        return json_answer(status, {"ok": False, "error_code": status, "description": description, **more})

    def busy(self, seconds: int = 1) -> Answer:
        return self._error(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)

    def broken(self) -> Answer:
        return self._error(500, "Internal Server Error")

    def refusal(self) -> Answer:
        return self._error(403, "Forbidden: bot was blocked by the user")
