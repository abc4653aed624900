"""One messaging app in the server: its route, and what works behind it from the start of the server to its end."""

from __future__ import annotations

import asyncio
from typing import Any, Callable

import aiohttp
import structlog
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, text

from bot.channels.answering import Answering
from bot.channels.counts import Counts
from bot.channels.delivery import TIMEOUT, Delivery
from bot.channels.inbound import Inbound
from bot.channels.provider import Provider, Raw, Refusal, Thanks
from bot.channels.requests import NEVER_STORED, error
from bot.channels.turns import Turns
from bot.channels.widget import OnNewMessage, rasa_turn
from bot.clinical.state import State
from bot.clock import Clock
from bot.content.render import Renderer
from bot.nlp.understand import understand
from bot.server import runtime as runtimes

log = structlog.get_logger(__name__)


class Messaging:
    """Takes, answers and sends for one app."""

    def __init__(self, provider: Provider, turns: Turns, counts: Counts | None = None) -> None:
        runtime = turns.runtime
        self.provider, self.turns = provider, turns
        self.counts = counts or Counts()
        self.counts.begin(provider.name)
        self.delivery = Delivery(provider, runtime.records, runtime.clock, self.counts)
        self.answering = Answering(provider, turns, self.counts, self.delivery.wake, self._send_now)
        self.inbound = Inbound(
            provider, runtime.records, runtime.clock, self.counts, self.answering.begin, self.answering.lost
        )
        self._http: aiohttp.ClientSession | None = None
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to work off what waits from before, and to send."""
        # Behind a company's proxy the environment names it.
        self._http = aiohttp.ClientSession(trust_env=True, timeout=aiohttp.ClientTimeout(total=TIMEOUT))
        self._running = [
            asyncio.create_task(self.answering.run()),
            asyncio.create_task(self.delivery.run(self._http)),
        ]

    async def stop(self) -> None:
        """End all work; what is under way stays in the store, and comes again at the next start."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    async def _send_now(self, address: str, messages: list[dict[str, Any]]) -> None:
        if self._http is None:
            return
        for place, part in enumerate(self.provider.parts(messages)):
            await self.delivery.send(self._http, address, part, f"{messages[0]['id']}-{place}")

    async def post(self, request: Request) -> HTTPResponse:
        """The route. No turn runs in it: the app is answered as soon as what it brought is kept."""
        # Sanic joins repeated headers with a comma, which no proof here accepts.
        headers = {name.lower(): value for name, value in request.headers.items()}
        target = request.path + (f"?{request.query_string}" if request.query_string else "")
        return self.answer(lambda: self.inbound.receive(Raw(target, headers, request.body)))

    def answer(self, take: Callable[[], Thanks]) -> HTTPResponse:
        """What a request is thanked with, or its refusal."""
        try:
            thanks = take()
        except Refusal as refusal:
            return self._refused(refusal)
        return text(thanks.body, content_type=thanks.media_type, headers=NEVER_STORED)

    def _refused(self, refusal: Refusal) -> HTTPResponse:
        """The error of the contract: whoever relays it to a person has the numbers at hand."""
        state = State()
        message = self.turns.renderer(state).text("outage")
        return error(refusal.status, refusal.reason, message, self.turns.contacts(state))


def own_renderer() -> tuple[Renderer, Clock]:
    """Words for somebody of whom nothing is known, for what a provider writes around the messages; and the clock."""
    runtime = runtimes.current()
    return Renderer(runtime.content, runtime.site), runtime.clock


def blueprint(provider: Provider, on_new_message: OnNewMessage) -> Blueprint:
    """The routes of a messaging app, for Rasa's registration of channels."""
    return routes_of(connected(provider, on_new_message))


def connected(provider: Provider, on_new_message: OnNewMessage) -> Messaging:
    """A messaging app with this server behind it."""
    runtime = runtimes.current()
    return Messaging(provider, Turns(runtime, rasa_turn(on_new_message, provider.name), understand), runtime.counts)


def routes_of(messaging: Messaging) -> Blueprint:
    """`POST` where the app delivers; the work behind it begins and ends with the server."""
    provider = messaging.provider
    routes = Blueprint(provider.name)

    @routes.post(provider.path)
    async def post(request: Request) -> HTTPResponse:
        return await messaging.post(request)

    @routes.listener("after_server_start")
    async def start(_app: Sanic, _loop: Any) -> None:
        await messaging.start()

    @routes.listener("before_server_stop")
    async def stop(_app: Sanic, _loop: Any) -> None:
        await messaging.stop()

    return routes
