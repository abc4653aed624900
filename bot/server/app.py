"""The web application in this process: Rasa's agent and its channels, the pages, the limits."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from rasa.core.agent import Agent, load_agent
from rasa.core.channels import BUILTIN_CHANNELS
from rasa.core.channels.channel import InputChannel, UserMessage, register
from rasa.core.utils import AvailableEndpoints
from rasa.shared.utils.common import class_from_module_path
from rasa.shared.utils.io import read_config_file
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
from bot.server import guards, jobs, metrics, pages
from bot.server.health import Health
from bot.server.runtime import Runtime
from desk.web import blueprint as desk
from desk.web.visit import secured

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parents[2]
ENDPOINTS = ROOT / "endpoints.yml"
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


def channels(credentials: Path) -> list[InputChannel]:
    """The channels that credentials.yml, or the file in its place, switches on.

    Raises:
        StartError: one of them lacks something.
    """
    # Rasa's own function for this stands in a module that imports its whole server, with the plots of `rasa test`.
    found: list[InputChannel] = [
        (BUILTIN_CHANNELS.get(name) or class_from_module_path(name)).from_credentials(options)
        for name, options in read_config_file(str(credentials)).items()
    ]
    if not any(channel.name() == "widget" for channel in found):
        raise StartError(
            f"{credentials.name}: bot.channels.widget.WidgetChannel: is missing, and without it there is no chat."
        )
    return found


def build(runtime: Runtime, agent: Agent, ready: Callable[[], None]) -> Sanic:
    """The web application. `ready` is called once a real turn was answered; when none is, the server stops.

    Whether it stopped for that reason stands in `app.ctx.failed`.
    """
    # Not Rasa's own application: that one answers every preflight itself, before a channel can name its origins.
    app = Sanic("signpost", configure_logging=False)
    register(channels(runtime.settings.credentials), app, route="/webhooks/")
    app.ctx.agent, app.ctx.failed = agent, None
    app.config.REQUEST_MAX_SIZE = limits.BATCH_BYTES
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = GRACE
    app.config.ACCESS_LOG = False
    ask = rasa_turn(_handler(agent))
    health = Health(runtime, ask)
    app.blueprint(pages.blueprint(health, runtime.site.numbers))
    if runtime.settings.metrics_key:
        app.blueprint(metrics.blueprint(runtime.settings.metrics_key, runtime))
    turns = Turns(runtime, ask, understand)
    desk_pages = desk.blueprint(runtime, turns)
    app.blueprint(desk_pages)
    _answer_errors(app, turns, desk_pages.ctx.missing)

    async def prove(loop: Any) -> None:
        app.ctx.failed = await health.check()
        if app.ctx.failed:
            loop.call_soon(app.stop)
        else:
            ready()

    def start_proving(_app: Sanic, loop: Any) -> None:
        # A task of the running server: within the start itself, SIGINT would break the loop instead of stopping it.
        app.add_task(prove(loop))

    def start_purging(_app: Sanic, loop: Any) -> None:
        # Not before: an application that is only looked at purges nothing.
        app.ctx.purging = loop.create_task(jobs.purge_daily(runtime))

    def stop_purging(_app: Sanic, _loop: Any) -> None:
        app.ctx.purging.cancel()

    app.register_listener(start_proving, "after_server_start")
    app.register_listener(start_purging, "after_server_start")
    app.register_listener(stop_purging, "before_server_stop")
    return app


def _handler(agent: Agent) -> Callable[[UserMessage], Any]:
    async def handle(message: UserMessage) -> None:
        await agent.handle_message(message)

    return handle


def run(app: Sanic, sock: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT, or until the first turn has failed."""
    app.run(sock=sock, workers=1, access_log=False, motd=False)


def _answer_errors(app: Sanic, turns: Turns, no_desk_page: Callable[[Request], HTTPResponse]) -> None:
    """Every error outside the channels' own handling in the one shape of the contract, with whom to call.

    Staff who mistype an address get a page of the desk.
    """

    async def answer(request: Request, error: Exception) -> HTTPResponse:
        status = error.status_code if isinstance(error, SanicException) else 500
        if status >= 500:
            log.error("request.failed", status=status, reason=type(error).__name__)
        if status == 404 and request.path.startswith("/desk/"):
            return no_desk_page(request)
        state = State()
        if status == 413:
            code, text = "too_large", turns.renderer(state).text("too_long", {"limit": checklist.LIMIT})
        else:
            code, text = (
                {404: "not_found", 405: "method_not_allowed"}.get(status, "refused"),
                turns.card(Message()).message,
            )
        response = error_response(status, code, text, turns.contacts(state))
        # Which methods there are, beside 405.
        response.headers.update(getattr(error, "headers", {}))
        return secured(response) if request.path.startswith("/desk") else response

    app.error_handler.add(Exception, answer)
    app.error_handler.add(SanicException, answer)
