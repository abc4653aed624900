"""Slack: signed events and pressed buttons in, its Web API out. Only in direct messages with the app.

Slack signs time and body, so a request is new to within five minutes and the same one is taken once. Its retries of an
event are signed anew; they are known by the message, which has the same time stamp in each. What is said in a channel
is never answered: there others would read it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

import aiohttp
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier

from bot.channels import limits
from bot.channels.apps import SLACK
from bot.channels.delivery import after_status
from bot.channels.inbound import fresh
from bot.channels.messaging import blueprint, own_renderer
from bot.channels.provider import Incoming, Raw, Refusal, SendFailed, Thanks, Typed
from bot.channels.summary_file import SummaryFile
from bot.channels.switched_on import Needs
from bot.channels.text import Outgoing
from bot.channels.text_reading import button_data, read_button
from bot.channels.texting import Texting
from bot.channels.widget import OnNewMessage
from bot.channels.wire import answer_object, json_object, member
from bot.clock import Clock, system_clock
from bot.content.render import Renderer

API = "https://slack.com/api"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
#: Seconds that the time of a request may be away from ours, as Slack advises.
WINDOW = 300.0
#: Fields of a form; Slack sends one.
FIELDS = 20
#: A message that somebody wrote has no subtype, or one of these. All others tell of a change, or of a program.
WRITTEN = frozenset({"file_share", "me_message", "thread_broadcast"})
#: Words of Slack's for what may pass. With any other a second try would end in the same way.
PASSING = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
_WORD = re.compile(r"[a-z_]{1,30}")
#: What Slack makes of addresses and names in a message: `<target>` or `<target|as it was written>`.
_MADE = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
#: Targets that are nobody's words: a person, a channel, a call to all.
_NAMES = ("@", "#", "!")


@dataclass(frozen=True)
class Workspace:
    """The app in one workspace. With `team`, its id, requests from any other are refused."""

    signing_secret: str
    token: str
    api: str = API
    team: str | None = None

    def __repr__(self) -> str:
        return f"Workspace(api={self.api!r})"


class Slack:
    """Keeps to `bot.channels.provider.Provider`."""

    name, path, media_types = SLACK.name, "/messages", frozenset({JSON, FORM})
    body_bytes = limits.BODY_BYTES

    def __init__(self, workspace: Workspace, renderer: Renderer, clock: Clock = system_clock) -> None:
        self._workspace = workspace
        self._clock = clock
        self._texting = Texting(SLACK, renderer)

    def prove(self, request: Raw, now: datetime) -> str | None:
        """Check time and signature; the signature is what no two requests share.

        Raises:
            Refusal: 401, with what is wrong.
        """
        stamp, given = (request.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
        if not stamp or not given:
            raise Refusal(401, "missing_signature")
        if not fresh(stamp, now, WINDOW):
            raise Refusal(401, "late")
        verifier = SignatureVerifier(self._workspace.signing_secret, _At(now))
        try:
            proved = verifier.is_valid(request.body, stamp, given)
        except (TypeError, ValueError):
            # The body is not UTF-8, or the signature not ASCII: Slack sent neither.
            proved = False
        if not proved:
            raise Refusal(401, "forged")
        return given

    def read(self, request: Raw) -> Sequence[Incoming]:
        """The message or the pressed button of a request; none for Slack's trial of the address.

        Raises:
            Refusal: 400, it cannot be read; 403, it is of another workspace.
        """
        pressed = request.media_type == FORM
        found = _found(request)
        if _is_trial(found):
            return []
        team = member(found, str, "team", "id") if pressed else member(found, str, "team_id")
        if self._workspace.team not in (None, team):
            raise Refusal(403, "wrong_channel")
        return _pressed(found) if pressed else _written(found)

    def thanks(self, request: Raw, *, repeated: bool) -> Thanks:  # noqa: ARG002 - it is all the same to Slack
        """The word that a trial of the address wants back; else nothing, as Slack might show it to the person."""
        found = _found(request)
        return Thanks(found["challenge"]) if _is_trial(found) else Thanks()

    def typed(self, text: str, question: Mapping[str, Any] | None) -> Typed:
        """As in every app."""
        return self._texting.typed(text, question)

    def parts(self, messages: Sequence[Mapping[str, Any]]) -> Sequence[Outgoing | SummaryFile]:
        """As in every app that takes files."""
        return self._texting.parts_with_file(messages)

    async def send(self, http: aiohttp.ClientSession, address: str, part: Outgoing | SummaryFile, key: str) -> None:  # noqa: ARG002
        """Post a message, or share a file. Slack has no key by which it would know a repeat.

        Raises:
            SendFailed: Slack did not take it; `slack_<word>` where it says why.
        """
        if isinstance(part, SummaryFile):
            await self._share(http, address, part)
        else:
            await self._call(http, "chat.postMessage", json=posted(address, part))

    async def _share(self, http: aiohttp.ClientSession, address: str, part: SummaryFile) -> None:
        """Ask where to put a file, put it there, and have it shown in the chat.

        Raises:
            SendFailed: as said.
        """
        content = await part.content()
        wanted = {"filename": part.name, "length": str(len(content))}
        place = await self._call(http, "files.getUploadURLExternal", data=wanted)
        url, file = member(place, str, "upload_url"), member(place, str, "file_id")
        # No token goes there, but what the person told does.
        if url is None or urlsplit(url).scheme != urlsplit(self._workspace.api).scheme:
            raise SendFailed("slack_upload_url", for_good=True)
        headers = {"Content-Type": part.media_type}
        async with http.post(url, data=content, headers=headers, allow_redirects=False) as response:
            if failed := after_status(response.status, response.headers, self._clock()):
                raise failed
        shared = {"files": json.dumps([{"id": file, "title": part.name}]), "channel_id": address}
        await self._call(http, "files.completeUploadExternal", data=shared)

    async def _call(self, http: aiohttp.ClientSession, method: str, **body: Any) -> dict[str, Any]:
        """The answer of a method of the Web API.

        Raises:
            SendFailed: it is not 2xx, or says that it is not ok.
        """
        headers = {"Authorization": f"Bearer {self._workspace.token}"}
        url = f"{self._workspace.api}/{method}"
        async with http.post(url, headers=headers, allow_redirects=False, **body) as response:
            if failed := after_status(response.status, response.headers, self._clock()):
                raise failed
            return answered(await answer_object(response))


def posted(address: str, part: Outgoing) -> dict[str, Any]:
    """The body of `chat.postMessage`: the text as it stands, and its buttons.

    Nothing in it is formatted, linked or unfolded by Slack, and nothing is folded away behind "See more". `text` is
    what a notification shows and a screen reader reads; it alone is markup, so its three special characters are
    written as Slack wants them.
    """
    blocks: list[dict[str, Any]] = [{"type": "section", "text": _plain(part.text), "expand": True}]
    if part.style == "buttons":
        elements = [
            {
                "type": "button",
                "action_id": option.id,
                "text": _plain(option.label),
                "value": button_data(part.step or "", option.id),
            }
            for option in part.options
        ]
        blocks.append({"type": "actions", "elements": elements})
    return {
        "channel": address,
        "text": part.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "blocks": blocks,
        "mrkdwn": False,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def answered(found: dict[str, Any]) -> dict[str, Any]:
    """What a method of the Web API answered with 200, when it is ok.

    Raises:
        SendFailed: it is not, or could not be read and so is empty.
    """
    if found.get("ok") is True:
        return found
    if not found:
        raise SendFailed("slack_unreadable")
    error = member(found, str, "error") or ""
    # Only a word of Slack's goes to the log, whatever else may stand there.
    word = error if _WORD.fullmatch(error) else "error"
    raise SendFailed(f"slack_{word}", for_good=error not in PASSING)


def as_typed(text: str) -> str:
    """What a person typed, from what Slack makes of it: `temp &gt; 38`, `<tel:999|999>`, `<@U123>`."""
    text = _MADE.sub(lambda made: made[2] or ("" if made[1].startswith(_NAMES) else made[1]), text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# reading --------------------------------------------------------------------------------------------------------------


class _At(SlackClock):
    """The server's clock, for Slack's library."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> float:
        return self._now.timestamp()


def _written(found: Mapping[str, Any]) -> list[Incoming]:
    """The message of an event; none for anything but a person's own in a direct message."""
    event = member(found, dict, "event") or {}
    if found.get("type") != "event_callback" or event.get("type") != "message" or event.get("channel_type") != "im":
        return []
    if not _is_written(event.get("subtype")) or event.get("bot_id") or event.get("hidden"):
        return []
    text = as_typed(member(event, str, "text") or "")
    # A message that somebody passed on has its words elsewhere, and they may be another's.
    unread = bool(event.get("files")) or not text.strip()
    return [Incoming(_text(event, "ts"), _text(event, "user"), _text(event, "channel"), text, unread=unread)]


def _is_written(subtype: Any) -> bool:
    return subtype is None or (isinstance(subtype, str) and subtype in WRITTEN)


def _pressed(found: Mapping[str, Any]) -> list[Incoming]:
    """The buttons of ours that were pressed in a direct message, which is one."""
    if found.get("type") != "block_actions":
        return []
    sender, address = _text(found, "user", "id"), _text(found, "channel", "id")
    if not address.startswith("D"):
        return []
    pressed = []
    for action in member(found, list, "actions") or ():
        if read := read_button(member(action, str, "value") or ""):
            step, choice = read
            pressed.append(Incoming(f"press {_text(action, 'action_ts')}", sender, address, "", step, (choice,)))
    return pressed


def _is_trial(found: Mapping[str, Any]) -> bool:
    """Whether Slack only tries the address.

    Raises:
        Refusal: 400, it does, but without the word that it wants back.
    """
    return found.get("type") == "url_verification" and bool(_text(found, "challenge"))


def _found(request: Raw) -> dict[str, Any]:
    """The object in the body, or in the one field of a form.

    Raises:
        Refusal: 400, there is none.
    """
    if request.media_type != FORM:
        return json_object(request.body)
    try:
        fields = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS)
        payload = dict(fields)["payload"]
    except (ValueError, KeyError):
        raise Refusal(400, "unreadable") from None
    return json_object(payload.encode("utf-8", "replace"))


def _text(found: Any, *path: str) -> str:
    """A text that must be there.

    Raises:
        Refusal: 400, it is not.
    """
    value = member(found, str, *path)
    if not value:
        raise Refusal(400, "field_missing")
    return value


def _plain(text: str) -> dict[str, Any]:
    """A text that Slack shows as it stands, a colon or an asterisk too."""
    return {"type": "plain_text", "text": text, "emoji": False}


class SlackChannel(InputChannel):
    """The channel. It exists only when credentials.yml names it and the environment holds what it needs."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @classmethod
    def name(cls) -> str:
        """The name below `/webhooks/`."""
        return SLACK.name

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> SlackChannel:  # noqa: ARG003 - Rasa's signature
        """Read the workspace from the environment.

        Raises:
            StartError: something of it is missing, or cannot be used.
        """
        needs = Needs("the slack channel")
        workspace = Workspace(
            signing_secret=needs.secret("SIGNPOST_SLACK_SIGNING_SECRET", "the signing secret of your Slack app"),
            token=needs.secret("SIGNPOST_SLACK_BOT_TOKEN", "the bot token (xoxb-...) of that app"),
            api=needs.address("SIGNPOST_SLACK_API_URL", "another address for Slack's Web API", API),
            team=needs.optional("SIGNPOST_SLACK_TEAM_ID"),
        )
        needs.check()
        return cls(workspace)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """`POST /messages`."""
        renderer, clock = own_renderer()
        return blueprint(Slack(self._workspace, renderer, clock), on_new_message)
