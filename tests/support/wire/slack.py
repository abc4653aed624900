"""Slack: events and pressed buttons with a signature, and the Web API. Signatures by Slack's own library.

From Slack's pages on the Events API (envelope, retries, url_verification), message events, block_actions payloads,
verifying requests, chat.postMessage, Block Kit, uploading files, and rate limits.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

from tests.support.wire.base import (
    FORM,
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

#: Letters of a text, of a section, of a button and of its value and ids; blocks of a message; elements of a block.
LETTERS, SECTION, LABEL, VALUE, ID, BLOCKS, ELEMENTS = 40_000, 3000, 75, 2000, 255, 50, 25


@dataclass(frozen=True)
class Slack(Wire):
    """One app in one workspace."""

    name: ClassVar[str] = "slack"
    channel: ClassVar[str] = "bot.channels.slack.SlackChannel"
    api: ClassVar[str] = "slack"
    timed: ClassVar[bool] = True
    once: ClassVar[bool] = True

    secret: str = "8f742231b10e8888abcd99yyyzzz85a5"
    token: str = "xoxb-not-a-real-token-of-the-wire-driver"
    team: str = "T061EG9R6"
    app: str = "A0PNCHHK2"
    bot: str = "U0LAN0Z89"
    #: What was announced and what arrived, by the id of the file.
    files: dict[str, list[Any]] = field(default_factory=dict, compare=False)

    def environment(self, url: str) -> dict[str, str]:
        return {
            "SIGNPOST_SLACK_SIGNING_SECRET": self.secret,
            "SIGNPOST_SLACK_BOT_TOKEN": self.token,
            "SIGNPOST_SLACK_API_URL": f"{url}/api",
        }

    def ids(self, person: int) -> tuple[str, ...]:
        """The person, and their direct messages with the app."""
        return (f"U02ABC{person:05d}", f"D02DEF{person:05d}")

    def signed(self, body: bytes, now: datetime) -> Request:
        return self._signed(body, now, JSON)

    def _signed(self, body: bytes, now: datetime, kind: str, **more: str) -> Request:
        stamp = str(int(now.timestamp()))
        try:
            given = SignatureVerifier(self.secret).generate_signature(timestamp=stamp, body=body)
        except UnicodeDecodeError:
            # The library takes text alone; Slack's page defines the signature for any bytes.
            joined = f"v0:{stamp}:".encode() + body
            given = "v0=" + hmac.new(self.secret.encode(), joined, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": kind,
            "Accept": "*/*",
            "Accept-Encoding": "gzip,deflate",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": given or "",
        }
        return Request(self.path, headers | more, body)

    def proved(self, body: bytes, now: datetime, like: Request) -> Request:
        return self._signed(body, now, like.headers["Content-Type"])

    def _event(self, id: int, now: datetime, event: dict[str, Any], **more: Any) -> Request:  # noqa: A002
        whole = {
            "token": "ZZZZZZWSxiZZZ2yIvs3peJ", "team_id": self.team, "context_team_id": self.team,
            "context_enterprise_id": None, "api_app_id": self.app, "event": event, "type": "event_callback",
            "event_id": f"Ev{id:09d}", "event_time": int(now.timestamp()),
            "authorizations": [
                {"enterprise_id": None, "team_id": self.team, "user_id": self.bot, "is_bot": True,
                 "is_enterprise_install": False}
            ],
            "is_ext_shared_channel": False, "event_context": f"4-eyJldCI6Im1lc3NhZ2UiLCJ0aWQiOiJ{id}",
        } | more  # fmt: skip
        return self.signed(json.dumps(whole, separators=(",", ":")).replace("/", "\\/").encode(), now)

    def _ts(self, id: int, now: datetime) -> str:  # noqa: A002
        return f"{int(now.timestamp())}.{id % 1_000_000:06d}"

    def message(self, person: int, words: str, id: int, now: datetime, **more: Any) -> dict[str, Any]:  # noqa: A002
        """A message event in the direct messages with a person. Three letters are escaped, as Slack does."""
        user, channel = self.ids(person)
        text = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        element = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
        return {
            "client_msg_id": f"f0582a2e-2e7e-4b6c-9a9a-{id:012d}", "type": "message", "text": text, "user": user,
            "ts": self._ts(id, now), "team": self.team,
            "blocks": [{"type": "rich_text", "block_id": "b=Ko", "elements": [element]}],
            "channel": channel, "event_ts": self._ts(id, now), "channel_type": "im",
        } | more  # fmt: skip

    def text(self, person: int, words: str, id: int, now: datetime) -> Request:  # noqa: A002
        return self._event(id, now, self.message(person, words, id, now))

    def press(self, person: int, data: str, label: str, id: int, now: datetime) -> Request:  # noqa: A002
        """A button. `data` is the JSON of what Slack gives back of it: block_id, action_id, value."""
        user, channel = self.ids(person)
        pressed = {**json.loads(data), "type": "button", "action_ts": self._ts(id, now)}
        pressed["text"] = {"type": "plain_text", "text": label, "emoji": True}
        asked = {
            "user": self.bot, "type": "message", "ts": self._ts(1, now), "bot_id": "B0LAN0Z89", "app_id": self.app,
            "text": "The question.", "team": self.team, "blocks": [],
        }  # fmt: skip
        payload = {
            "type": "block_actions",
            "user": {"id": user, "username": "jo.bloggs", "name": "jo.bloggs", "team_id": self.team},
            "api_app_id": self.app, "token": "ZZZZZZWSxiZZZ2yIvs3peJ",
            "container": {"type": "message", "message_ts": asked["ts"], "channel_id": channel, "is_ephemeral": False},
            "trigger_id": f"{id}.474337782577.a2", "team": {"id": self.team, "domain": "example"}, "enterprise": None,
            "is_enterprise_install": False, "channel": {"id": channel, "name": "directmessage"}, "message": asked,
            "state": {"values": {}},
            "response_url": f"https://hooks.slack.com/actions/{self.team}/{id}/a2",
            "actions": [pressed],
        }  # fmt: skip
        return self._signed(urlencode({"payload": json.dumps(payload)}).encode(), now, FORM)

    def picture(self, person: int, id: int, now: datetime) -> Request:  # noqa: A002
        file = {
            "id": "F0S43P1CZ", "name": "image.png", "mimetype": "image/png", "filetype": "png", "size": 12345,
            "url_private": "https://files.slack.com/files-pri/T061EG9R6-F0S43P1CZ/image.png", "mode": "hosted",
        }  # fmt: skip
        event = self.message(person, "", id, now, subtype="file_share", files=[file], upload=False)
        return self._event(id, now, {key: value for key, value in event.items() if key != "blocks"})

    def challenge(self, challenge: str, now: datetime) -> Request:
        """The request by which Slack finds out whether the address is ours."""
        body = {"token": "ZZZZZZWSxiZZZ2yIvs3peJ", "challenge": challenge, "type": "url_verification"}
        return self.signed(json.dumps(body).encode(), now)

    def again(self, request: Request, now: datetime) -> Request:
        """Slack signs a repeat anew, and counts it."""
        kind = request.headers["Content-Type"]
        count = int(request.headers.get("X-Slack-Retry-Num", 0)) + 1
        more = {"X-Slack-Retry-Num": str(count), "X-Slack-Retry-Reason": "http_timeout"}
        return self._signed(request.body, now, kind, **more)

    def others(self, person: int, id: int, now: datetime) -> dict[str, Request]:  # noqa: A002
        user, channel = self.ids(person)
        ours = self.message(person, "hello", id, now, user=self.bot, bot_id="B0LAN0Z89", app_id=self.app)
        edited = {
            "type": "message", "subtype": "message_changed", "channel": channel, "channel_type": "im", "hidden": True,
            "message": self.message(person, "hallo", id, now), "previous_message": self.message(person, "hello", id, now),
            "ts": self._ts(id, now), "event_ts": self._ts(id, now),
        }  # fmt: skip
        deleted = {
            "type": "message", "subtype": "message_deleted", "channel": channel, "channel_type": "im", "hidden": True,
            "deleted_ts": self._ts(1, now), "ts": self._ts(id, now), "event_ts": self._ts(id, now),
        }  # fmt: skip
        home = {"type": "app_home_opened", "user": user, "channel": channel, "tab": "messages", "event_ts": "1.2"}
        reaction = {
            "type": "reaction_added", "user": user, "reaction": "+1", "item_user": self.bot, "event_ts": "1.2",
            "item": {"type": "message", "channel": channel, "ts": self._ts(1, now)},
        }  # fmt: skip
        events = {"ours": ours, "edited": edited, "deleted": deleted, "home": home, "reaction": reaction}
        return {name: self._event(id, now, event) for name, event in events.items()}

    # what goes ------------------------------------------------------------------------------------------------------

    def _take(self, call: Call) -> Took:
        if call.endpoint.startswith("/upload/v1/"):
            return self._uploaded(call.endpoint.removeprefix("/upload/v1/"), call)
        given = {**call.query, **fields(call)}
        if self.token not in (bearer(call), given.get("token")):
            raise self._no("invalid_auth")
        method = {
            "/api/chat.postMessage": self._post_message,
            "/api/conversations.open": self._open,
            "/api/files.getUploadURLExternal": self._announce,
            "/api/files.completeUploadExternal": self._complete,
            "/api/auth.test": lambda *_: Took(self._good(team_id=self.team, user_id=self.bot)),
            "/api/chat.update": lambda given, _: Took(self._good(channel=given.get("channel"), ts=given.get("ts"))),
        }.get(call.endpoint)
        if not method:
            raise self._no("unknown_method")
        return method(given, call)

    def _post_message(self, given: dict[str, Any], _call: Call) -> Took:
        person = self._person(given.get("channel"))
        text, blocks = given.get("text") or "", structure(given.get("blocks")) or []
        if not text.strip() and not blocks:
            raise self._no("no_text")
        if len(text) > LETTERS:
            raise self._no("msg_too_long")
        shown, buttons = self._blocks(blocks)
        good = self._good(
            channel=self.ids(person)[1], ts="1503435956.000247", message={"type": "message", "text": text}
        )
        return Took(good, Sent(person, shown or _unescaped(text), buttons, app=self.name))

    def _blocks(self, blocks: list[dict[str, Any]]) -> tuple[str, tuple[tuple[str, str], ...]]:
        if len(blocks) > BLOCKS:
            raise self._no("invalid_blocks", "no more than 50 items allowed")
        names = [block["block_id"] for block in blocks if "block_id" in block]
        if len(set(names)) < len(names) or any(not 0 < len(name) <= ID for name in names):
            raise self._no("invalid_blocks", "block_id must be unique and of at most 255 letters")
        texts, buttons = [], []
        for place, block in enumerate(blocks):
            if block.get("type") == "section":
                texts.append(self._text(block.get("text"), SECTION, ("plain_text", "mrkdwn")))
            elif block.get("type") == "actions":
                buttons += self._actions(block, block.get("block_id", f"made{place}"))
            else:
                raise self._no("invalid_blocks", "a block of a type that this driver does not know")
        return "\n\n".join(texts), tuple(buttons)

    def _actions(self, block: dict[str, Any], name: str) -> list[tuple[str, str]]:
        elements = block.get("elements") or []
        if not 0 < len(elements) <= ELEMENTS:
            raise self._no("invalid_blocks", "1 to 25 elements")
        ids = [element.get("action_id", f"made{place}") for place, element in enumerate(elements)]
        if len(set(ids)) < len(ids) or any(not 0 < len(id_) <= ID for id_ in ids):
            raise self._no("invalid_blocks", "action_id must be unique in its block and of at most 255 letters")
        found = []
        for id_, element in zip(ids, elements, strict=True):
            if element.get("type") != "button" or len(element.get("value", "")) > VALUE:
                raise self._no("invalid_blocks", "not a button, or more than 2000 letters of value")
            label = self._text(element.get("text"), LABEL, ("plain_text",))
            back = {"block_id": name, "action_id": id_, "value": element.get("value", "")}
            found.append((label, json.dumps(back)))
        return found

    def _text(self, value: Any, limit: int, kinds: tuple[str, ...]) -> str:
        if not isinstance(value, dict) or value.get("type") not in kinds or not 0 < len(value.get("text", "")) <= limit:
            raise self._no("invalid_blocks", f"a text object of {' or '.join(kinds)} with 1 to {limit} letters")
        return _unescaped(value["text"])

    def _open(self, given: dict[str, Any], _call: Call) -> Took:
        return Took(self._good(channel={"id": self.ids(self._person(given.get("users")))[1]}))

    def _announce(self, given: dict[str, Any], call: Call) -> Took:
        name, length = given.get("filename"), str(given.get("length", ""))
        # This method takes no JSON.
        if (
            not name
            or not length.isdigit()
            or int(length) == 0
            or call.headers.get("content-type", "").startswith(JSON)
        ):
            raise self._no("invalid_arguments")
        file = f"F{len(self.files):010d}"
        self.files[file] = [name, int(length), False]
        return Took(self._good(upload_url=f"{call.base}/upload/v1/{file}", file_id=file))

    def _uploaded(self, file: str, call: Call) -> Took:
        if file not in self.files:
            raise Broken("no such upload", Answer(404))
        parts = [value for value in fields(call).values() if isinstance(value, Upload)]
        content = parts[0].content if parts else call.body
        if len(content) != self.files[file][1]:
            raise Broken("not as many bytes as announced", Answer(400))
        self.files[file][2] = True
        return Took(Answer(200, f"OK - {len(content)}".encode(), {"Content-Type": "text/plain"}))

    def _complete(self, given: dict[str, Any], _call: Call) -> Took:
        person, files = self._person(given.get("channel_id")), structure(given.get("files")) or []
        if len(files) != 1 or not self.files.get(files[0].get("id"), (0, 0, False))[2]:
            raise self._no("file_not_found")
        (file,) = files
        text = _unescaped(given.get("initial_comment") or "")
        good = self._good(files=[{"id": file["id"], "title": file.get("title", "")}])
        return Took(good, Sent(person, text, file=self.files[file["id"]][0], app=self.name))

    def _person(self, channel: Any) -> int:
        found = re.fullmatch(r"(?:U02ABC|D02DEF)(\d{5})", str(channel))
        if not found:
            raise self._no("channel_not_found")
        return int(found[1])

    def _good(self, **more: Any) -> Answer:
        return answer(200, {"ok": True, **more})

    def _no(self, error: str, why: str = "") -> Broken:
        """Slack refuses under the status 200."""
        more = {"response_metadata": {"messages": [f"[ERROR] {why}"]}} if why else {}
        return Broken(f"{error} {why}".strip(), answer(200, {"ok": False, "error": error, **more}))

    def busy(self, seconds: int = 1) -> Answer:
        return answer(429, {"ok": False, "error": "ratelimited"}, Retry_After=str(seconds))

    def broken(self) -> Answer:
        return answer(500, {"ok": False, "error": "internal_error"})

    def broken_within(self) -> Answer:
        """A fault that may pass, told under the status 200."""
        return replace(self.broken(), status=200)

    def refusal(self) -> Answer:
        return answer(200, {"ok": False, "error": "channel_not_found"})


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
