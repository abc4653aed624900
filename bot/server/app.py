"""The web application in this process: Rasa's agent and its channels, the pages, the limits."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rasa.core.run
import structlog
from rasa.core.agent import Agent, load_agent
from rasa.core.channels.channel import InputChannel, UserMessage, register
from rasa.core.utils import AvailableEndpoints
from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import limits
from bot.channels.requests import error as error_response
from bot.channels.turns import Message, Turns
from bot.channels.widget import rasa_turn
from bot.clinical import checklist
from bot.clinical.state import State
from bot.errors import StartError
from bot.nlp.understand import understand
from bot.server import guards, jobs, pages
from bot.server.health import Health
from bot.server.runtime import Runtime

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parents[2]
ENDPOINTS, CREDENTIALS = ROOT / "endpoints.yml", ROOT / "credentials.yml"
#: Seconds that open requests have to end when the server stops.
GRACE = 3.0


def load(model: Path, runtime: Runtime) -> Agent:
    """Load the model, and see to it that everything that is configured is what runs.

    Raises:
        StartError: one line for each thing that is not.
    """
    if runtime.settings.log_level != "DEBUG":
        # Rasa reports a model that it cannot load with a traceback and goes on; the one line below says it.
        logging.getLogger("rasa.core.agent").setLevel(logging.CRITICAL)
    agent = asyncio.run(load_agent(str(model), endpoints=AvailableEndpoints.read_endpoints(str(ENDPOINTS))))
    guards.check_loaded(agent, runtime.content)
    return agent


def channels() -> list[InputChannel]:
    """The channels that credentials.yml switches on.

    Raises:
        StartError: one of them lacks something.
    """
    found: list[InputChannel] = rasa.core.run.create_http_input_channels(None, str(CREDENTIALS))
    if not any(channel.name() == "widget" for channel in found):
        raise StartError(
            "credentials.yml: bot.channels.widget.WidgetChannel: is missing, and without it there is no chat."
        )
    return found


def build(runtime: Runtime, agent: Agent, ready: Callable[[], None]) -> Sanic:
    """The web application. `ready` is called once a real turn was answered; when none is, the server stops.

    Whether it stopped for that reason stands in `app.ctx.failed`.
    """
    # Not Rasa's own application: that one answers every preflight itself, before a channel can name its origins.
    app = Sanic("signpost", configure_logging=False)
    register(channels(), app, route="/webhooks/")
    app.ctx.agent, app.ctx.failed = agent, None
    app.config.REQUEST_MAX_SIZE = limits.BODY_BYTES
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = GRACE
    app.config.ACCESS_LOG = False
    ask = rasa_turn(_handler(agent))
    health = Health(runtime, ask)
    app.blueprint(pages.blueprint(health))
    _answer_errors(app, Turns(runtime, ask, understand))

    async def prove(loop: Any) -> None:
        app.ctx.failed = await health.check()
        if app.ctx.failed:
            loop.call_soon(app.stop)
        else:
            ready()

    def start_proving(_app: Sanic, loop: Any) -> None:
        # A task of the running server: within the start itself, SIGINT would break the loop instead of stopping it.
        app.add_task(prove(loop))

    app.register_listener(start_proving, "after_server_start")
    app.add_task(jobs.purge_daily(runtime))
    return app


def _handler(agent: Agent) -> Callable[[UserMessage], Any]:
    async def handle(message: UserMessage) -> None:
        await agent.handle_message(message)

    return handle


def run(app: Sanic, sock: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT, or until the first turn has failed."""
    app.run(sock=sock, workers=1, access_log=False, motd=False)


def _answer_errors(app: Sanic, turns: Turns) -> None:
    """Every error outside the channels' own handling in the one shape of the contract, with whom to call."""

    async def answer(_request: Request, error: Exception) -> HTTPResponse:
        status = error.status_code if isinstance(error, SanicException) else 500
        if status >= 500:
            log.error("request.failed", status=status, reason=type(error).__name__)
        state = State()
        if status == 413:
            code, text = "too_large", turns.renderer(state).text("too_long", {"limit": checklist.LIMIT})
        else:
            code, text = (
                {404: "not_found", 405: "method_not_allowed"}.get(status, "refused"),
                turns.card(Message()).message,
            )
        return error_response(status, code, text, turns.contacts(state))

    app.error_handler.add(Exception, answer)
    app.error_handler.add(SanicException, answer)
