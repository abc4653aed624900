"""A channel in this process, behind its own routes: what its provider posts goes the whole way in, and stays there."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any
from unittest import mock

import httpx
from sanic import Sanic

from bot.channels import messaging as messagings
from bot.channels.messaging import Messaging
from bot.server import runtime as runtimes
from bot.server.runtime import Runtime
from tests.support.wire.base import Request, Wire

TABLES = ("inbox", "received", "conversations", "outbox")


class Inside:
    """The channel of a driver, opened as Rasa opens it. `messaging` is what works behind its route."""

    def __init__(self, wire: Wire, runtime: Runtime, url: str = "http://127.0.0.1:9") -> None:
        self.wire, self.runtime = wire, runtime
        module, _, name = wire.channel.rpartition(".")
        made: list[Messaging] = []

        class Noted(Messaging):
            def __init__(self, *arguments: Any) -> None:
                super().__init__(*arguments)
                made.append(self)

        with (
            mock.patch.dict("os.environ", wire.environment(f"{url}/{wire.api}")),
            mock.patch.object(runtimes, "_current", runtime),
            mock.patch.object(messagings, "Messaging", Noted),
        ):
            channel = getattr(import_module(module), name).from_credentials({})
            routes = channel.blueprint(_nobody)
        (self.messaging,) = made
        # What is taken stays in the inbox.
        self.messaging.inbound._taken = self.messaging.inbound._lost = lambda _: None
        Sanic.test_mode = True
        self._app = Sanic(f"inside-{wire.name}-{id(self)}", configure_logging=False)
        self._app.blueprint(routes, url_prefix=f"/webhooks/{channel.url_prefix()}")
        self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(self._app._startup())
        # Whatever escapes the route is raised here, and is no answer.
        transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=True)
        self._http = httpx.AsyncClient(transport=transport, base_url="http://signpost", trust_env=False)

    def post(self, request: Request) -> httpx.Response:
        """The answer to a request."""
        headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in request.headers.items()]
        asked = self._http.request(request.method, request.path, content=request.body, headers=headers)
        return self._loop.run_until_complete(asked)

    def close(self) -> None:
        """End it."""
        self._loop.run_until_complete(self._http.aclose())
        self._loop.close()

    def rows(self) -> dict[str, int]:
        """How much is kept, by table."""
        with self.runtime.records.reading() as store:
            return {
                table: int(store.connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar() or 0)
                for table in TABLES
            }


async def _nobody(_message: Any) -> None:
    raise AssertionError("no turn runs in a request")
