"""The widget channel: JSON over HTTP below `/webhooks/widget`. See DESIGN, "Widget channel", for the contract.

Every error is `{"error": {"code", "message", "contacts"}}` with a proper status: a person whose chat breaks still
reads whom to call. Nothing that a person wrote is logged.
"""

from __future__ import annotations

import asyncio
import re
from functools import wraps
from typing import Any, Awaitable, Callable, Coroutine, Mapping, Sequence

import structlog
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, empty, raw
from sanic.response import json as json_response

from bot.channels import limits
from bot.channels.events import StaffEvents
from bot.channels.requests import NEVER_STORED, Refused, body_of, choices_of, error, string_of, text_of
from bot.channels.sessions import Sessions, TokenExpired, TokenRefused
from bot.channels.turns import Message, TurnFailed, Turns
from bot.clinical.state import State
from bot.clinical.summary import build_summary
from bot.errors import ConversationGone, ReplyConflict
from bot.exports import EXPORTS
from bot.nlp.understand import understand
from bot.server import runtime as runtimes
from bot.server.runtime import Runtime

log = structlog.get_logger(__name__)

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]
Handler = Callable[[Request], Coroutine[Any, Any, "HTTPResponse | None"]]
DEFAULT_LOCALE = "en-GB"
#: What the reviewed words are in, whatever a person asked for: a client says so to those who read or hear them.
CONTENT_LANGUAGE = {"Content-Language": "en-GB"}
LOCALE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,3}")


class WidgetChannel(InputChannel):
    """Rasa's side of the widget."""

    @classmethod
    def name(cls) -> str:
        """The name below `/webhooks/`."""
        return "widget"

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> WidgetChannel:  # noqa: ARG003 - Rasa's signature
        """No credentials: tokens are signed with a secret of the records."""
        return cls()

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes of the contract."""
        runtime = runtimes.current()
        turns = Turns(runtime, rasa_turn(on_new_message), understand)
        return WidgetApi(runtime, turns, Sessions(runtime.records.secret("widget-tokens"))).blueprint()


def rasa_turn(
    on_new_message: OnNewMessage, channel: str = "widget"
) -> Callable[..., Awaitable[Sequence[Mapping[str, Any]]]]:
    """Ask Rasa, and collect the message objects that the reviewed NLG put under `custom`."""

    async def ask(
        conversation: str, text: str, metadata: Mapping[str, Any], parse: Mapping[str, Any] | None
    ) -> Sequence[Mapping[str, Any]]:
        collector = CollectingOutputChannel()
        message = UserMessage(
            text,
            collector,
            conversation,
            input_channel=channel,
            metadata=dict(metadata),
            parse_data=dict(parse) if parse else None,
        )
        await on_new_message(message)
        return [answer["custom"] for answer in collector.messages if "custom" in answer]

    return ask


class WidgetApi:
    """The routes. Each handler reads its request, asks `Turns` or the records, and shapes the answer."""

    def __init__(self, runtime: Runtime, turns: Turns, sessions: Sessions) -> None:
        self.runtime, self.turns, self.sessions = runtime, turns, sessions
        self.events = StaffEvents(runtime.records)
        self._messages = limits.TokenBucket(burst=100, per_minute=60)
        self._new_sessions = limits.TokenBucket(burst=200, per_minute=300)
        # A resume code has 60 random bits; few tries a minute keep it out of reach.
        self._codes = limits.TokenBucket(burst=10, per_minute=10)

    def blueprint(self) -> Blueprint:
        """All routes, each with the same handling of errors and origins."""
        blueprint = Blueprint("widget")
        routes: list[tuple[str, str, Handler]] = [
            ("POST", "/session", self.post_session),
            ("POST", "/session/refresh", self.post_refresh),
            ("POST", "/messages", self.post_message),
            ("POST", "/keep", self.post_keep),
            ("GET", "/history", self.get_history),
            ("GET", "/events", self.get_events),
            ("GET", "/summary", self.get_summary),
            ("DELETE", "/conversation", self.delete_conversation),
        ]
        for method, path, handler in routes:
            blueprint.add_route(self._guarded(handler), path, methods=[method], name=handler.__name__)
        for suffix in EXPORTS:
            name = f"get_summary_{suffix.replace('.', '_')}"
            blueprint.add_route(self._guarded(self._exporter(suffix)), f"/summary.{suffix}", methods=["GET"], name=name)

        async def preflight(request: Request) -> HTTPResponse:
            return empty(headers=self._preflight(request))

        for number, path in enumerate(
            [*(path for _, path, _ in routes), *(f"/summary.{suffix}" for suffix in EXPORTS)]
        ):
            blueprint.add_route(preflight, path, methods=["OPTIONS"], name=f"preflight_{number}")

        @blueprint.listener("before_server_stop")
        async def stop_streams(_app: Sanic, _loop: Any) -> None:
            self.events.stop()

        return blueprint

    # sessions -------------------------------------------------------------------------------------------------------

    async def post_session(self, request: Request) -> HTTPResponse:
        """Start a conversation, or take up the one that a resume code belongs to."""
        body = body_of(request, optional=True)
        address = request.remote_addr or request.ip or ""
        if not self._new_sessions.allow(address):
            raise Refused(429, "too_many_requests", "overload")
        if code := string_of(body, "resume_code", limits.ID_LENGTH):
            if not self._codes.allow(address):
                raise Refused(429, "too_many_requests", "overload")
            return self._resumed(code)
        locale = string_of(body, "locale", limits.ID_LENGTH) or DEFAULT_LOCALE
        conversation, messages = self.turns.begin("widget", locale if LOCALE.fullmatch(locale) else DEFAULT_LOCALE)
        return self._session(conversation, messages)

    def _resumed(self, code: str) -> HTTPResponse:
        with self.runtime.records.reading() as records:
            conversation = records.conversation_by_resume_code(code)
            messages = records.messages(conversation) if conversation else []
        if conversation is None:
            raise Refused(404, "unknown_resume_code", "resume_unknown")
        return self._session(conversation, messages)

    def _session(self, conversation: str, messages: list[dict[str, Any]]) -> HTTPResponse:
        token = self.sessions.issue(conversation, self.runtime.clock())
        body = {
            "token": token.value,
            "expires_at": token.expires_at.isoformat(),
            "messages": messages,
            **self._standing(self.turns.state(conversation)),
            "draft": bool(self.runtime.content.unreviewed()),
            "resume_code": None,
        }
        return json_response(body, status=201)

    def _standing(self, state: State) -> dict[str, Any]:
        """Where the conversation stands, and whom to reach as things stand."""
        turns = self.turns
        return {"progress": turns.progress(state), "level": turns.level(state), "contacts": turns.contacts(state)}

    async def post_refresh(self, request: Request) -> HTTPResponse:
        """A fresh token for an expired one, as long as the conversation is kept."""
        conversation = self._conversation(request, expired_too=True)
        token = self.sessions.issue(conversation, self.runtime.clock())
        return json_response({"token": token.value, "expires_at": token.expires_at.isoformat()})

    async def post_keep(self, request: Request) -> HTTPResponse:
        """Remember the wish to keep the chat on this device, and give a code to take it up elsewhere."""
        conversation = self._conversation(request)
        keep = body_of(request).get("keep")
        if not isinstance(keep, bool):
            raise Refused(400, "keep_must_be_true_or_false")
        with self.runtime.records.transaction() as records:
            records.set_keep(conversation, keep)
            code = records.set_resume_code(conversation) if keep else None
        return json_response({"resume_code": code})

    # messages -------------------------------------------------------------------------------------------------------

    async def post_message(self, request: Request) -> HTTPResponse:
        """One message of the person. No record is read before the turn, which reads red flags even when it fails."""
        conversation = self._token(request)
        if not self._messages.allow(conversation):
            raise Refused(429, "too_many_requests", "overload")
        body = body_of(request)
        message = Message(
            text=text_of(body),
            step=string_of(body, "step", limits.ID_LENGTH),
            choices=choices_of(body),
            client_id=string_of(body, "id", limits.ID_LENGTH),
        )
        if message.choices and not message.step:
            raise Refused(400, "choices_need_their_step")
        return json_response(await self.turns.answer(conversation, message))

    async def get_history(self, request: Request) -> HTTPResponse:
        """Everything said so far, to take the chat up after a reload."""
        conversation = self._conversation(request)
        with self.runtime.records.reading() as records:
            messages = records.messages(conversation)
        return json_response({"messages": messages, **self._standing(self.turns.state(conversation))})

    async def get_events(self, request: Request) -> HTTPResponse | None:
        """Replies of staff as server-sent events. `?after=` or `Last-Event-ID` names the last one seen."""
        conversation = self._conversation(request)
        if self.events.is_full(conversation):
            raise Refused(429, "too_many_streams", "overload")
        last = request.headers.get("last-event-id") or request.args.get("after")
        headers = NEVER_STORED | {"X-Accel-Buffering": "no"} | self._cors(request)
        stream = await request.respond(content_type="text/event-stream; charset=utf-8", headers=headers)
        await self.events.send(stream, conversation, last)
        return None

    # the summary and the end ----------------------------------------------------------------------------------------

    def _summary(self, conversation: str) -> tuple[State, dict[str, Any]]:
        state = self.turns.state(conversation)
        runtime = self.runtime
        summary = build_summary(state, self.turns.content, runtime.site, runtime.clock())
        return state, self.turns.renderer(state).summary(summary)

    async def get_summary(self, request: Request) -> HTTPResponse:
        """The summary as JSON, at any moment."""
        return json_response(self._summary(self._conversation(request))[1])

    def _exporter(self, suffix: str) -> Handler:
        async def get_export(request: Request) -> HTTPResponse:
            state, summary = self._summary(self._conversation(request))
            export = EXPORTS[suffix]
            body = await asyncio.to_thread(export.render, summary, self.turns.renderer(state), self.runtime.clock())
            name = f'attachment; filename="signpost-summary.{suffix}"'
            return raw(body, content_type=export.content_type, headers={"Content-Disposition": name})

        return get_export

    async def delete_conversation(self, request: Request) -> HTTPResponse:
        """Forget the person: the conversation is deleted now, and the receipt says what was."""
        conversation = self._conversation(request)
        with self.runtime.records.transaction() as records:
            receipt = records.forget(conversation)
        return json_response({"receipt": receipt, "message": self.turns.renderer(State()).text("forgotten")})

    # who asks -------------------------------------------------------------------------------------------------------

    def _token(self, request: Request, *, expired_too: bool = False) -> str:
        """The conversation that the token names."""
        header = request.headers.get("authorization")
        return self.sessions.read(header, self.runtime.clock(), expired_too=expired_too)

    def _conversation(self, request: Request, *, expired_too: bool = False) -> str:
        """The conversation that the token names, which must still be kept."""
        conversation = self._token(request, expired_too=expired_too)
        with self.runtime.records.reading() as records:
            if records.conversation(conversation) is None:
                raise ConversationGone("the conversation was deleted, or its time is over")
        return conversation

    def _guarded(self, handler: Handler) -> Handler:
        """The handler with origins checked and every error in the one shape."""

        @wraps(handler)
        async def guarded(request: Request) -> HTTPResponse | None:
            try:
                response = await handler(request)
            except Exception as problem:  # noqa: BLE001 - the person gets the contact card, whatever broke
                response = self._error(problem, handler.__name__)
            if response is not None:
                response.headers.update(NEVER_STORED | CONTENT_LANGUAGE | self._cors(request))
            return response

        return guarded

    def _error(self, problem: Exception, route: str) -> HTTPResponse:
        if isinstance(problem, TurnFailed):
            return error(503, "unavailable", problem.message, problem.contacts)
        refused = problem if isinstance(problem, Refused) else REFUSALS.get(type(problem))
        if refused is None:
            log.error("widget.request.failed", route=route, reason=type(problem).__name__)
            refused = Refused(503, "unavailable")
        text = self.turns.renderer(State()).text(refused.utterance, refused.values)
        return error(refused.status, refused.code, text, self.turns.contacts(State()))

    def _cors(self, request: Request) -> dict[str, str]:
        """Headers for a site that the operator listed; nothing for any other origin, and never credentials."""
        origin = request.headers.get("origin")
        if origin is None or origin not in self.runtime.site.allowed_origins:
            return {"Vary": "Origin"}
        exposed = {"Access-Control-Expose-Headers": "Content-Disposition"}
        return {"Access-Control-Allow-Origin": origin, "Vary": "Origin", **exposed}

    def _preflight(self, request: Request) -> dict[str, str]:
        """What a browser is told before a request from another origin."""
        allowed = self._cors(request)
        if "Access-Control-Allow-Origin" in allowed:
            allowed |= {
                "Access-Control-Allow-Methods": "GET, POST, DELETE",
                "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
                "Access-Control-Max-Age": "600",
            }
        return allowed


#: What is answered to errors that a client can do something about.
REFUSALS: Mapping[type[Exception], Refused] = {
    TokenExpired: Refused(401, "token_expired", "session_expired"),
    TokenRefused: Refused(401, "token_refused", "session_expired"),
    ConversationGone: Refused(410, "conversation_gone", "conversation_gone"),
    ReplyConflict: Refused(409, "id_used_before"),
}
