"""Providers on loopback, for tests: they take what the server sends, and answer as the test decides."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class Taken:
    """One request that a provider got."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class FakeProvider:
    """A server on 127.0.0.1. `answers` are used up one by one; then every request is taken."""

    def __init__(self, good: Callable[[Taken], web.Response]) -> None:
        self._good = good
        self.taken: list[Taken] = []
        self.answers: list[Callable[[Taken], web.Response]] = []
        self.url = ""

    async def _handle(self, request: web.Request) -> web.Response:
        taken = Taken(request.method, request.path, dict(request.headers), await request.read())
        if self.answers:
            return self.answers.pop(0)(taken)
        self.taken.append(taken)
        return self._good(taken)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FakeProvider]:
        """Listen until the block ends."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._handle)
        server = TestServer(application, host="127.0.0.1")
        await server.start_server()
        self.url = f"http://127.0.0.1:{server.port}"
        try:
            yield self
        finally:
            await server.close()


def status(code: int, body: Any = None, **headers: str) -> Callable[[Taken], web.Response]:
    """An answer with this status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: web.json_response(body, status=code, headers=named)
