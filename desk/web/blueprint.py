"""The desk in the server: its routes, the practice room beside it, and its fixed files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.turns import Turns
from bot.server import jobs
from bot.server.pages import FixedFile
from bot.server.runtime import Runtime
from desk import practice
from desk.provider_sign_in import provider_of
from desk.web import (
    account_pages,
    call_pages,
    case_pages,
    count_pages,
    hours_pages,
    overview_pages,
    practice_pages,
    provider_pages,
    queue_pages,
    sign_in_pages,
    snippet_pages,
)
from desk.web.live import Live
from desk.web.routes import Route, answer
from desk.web.templates import Templates
from desk.web.visit import Desk, Visit, secured
from desk.words import say

STATIC = Path(__file__).resolve().parents[1] / "static"
#: The pages about cases, of which the practice room has its own.
CASES: Sequence[Route] = (*queue_pages.ROUTES, *case_pages.ROUTES, *call_pages.ROUTES)
#: Every route of the desk. A page that is not in these lists does not exist.
ROUTES: Sequence[Route] = (
    *sign_in_pages.ROUTES,
    *provider_pages.ROUTES,
    *CASES,
    *overview_pages.ROUTES,
    *account_pages.ROUTES,
    *count_pages.ROUTES,
    *hours_pages.ROUTES,
    *snippet_pages.ROUTES,
)
PRACTICE: Sequence[Route] = (*CASES, *practice_pages.ROUTES)

#: Beside the queue: the action that a page needs, its address, its word.
MENU = (
    ("content.view", "/desk/overview", "desk.nav.overview"),
    ("accounts.manage", "/desk/accounts", "desk.nav.accounts"),
    ("counts.view", "/desk/counts", "desk.nav.counts"),
    ("hours.edit", "/desk/hours", "desk.nav.hours"),
    ("snippets.edit", "/desk/snippets", "desk.nav.snippets"),
    ("practice.use", "/desk/practice/", "desk.nav.practice"),
)


def blueprint(runtime: Runtime, turns: Turns) -> Blueprint:
    """All routes below `/desk`. `ctx.missing` makes, of a request, the answer to an address that is none of them."""
    pages = Blueprint("desk")
    templates = Templates(runtime.site)
    provider = provider_of(runtime.settings, runtime.records, runtime.clock)
    live = Live(runtime.records, runtime, turns, templates, "/desk")
    desk = Desk(runtime, runtime.records, turns, templates, live, MENU, provider=provider)
    room = PracticeRoom(desk)
    for route in ROUTES:
        _add(pages, route, "/desk", partial(_handle, route, desk))
    for route in PRACTICE:
        _add(pages, route, room.path, partial(_handle, route, room))
    for file in sorted(STATIC.iterdir()):
        name = f"static_{file.name.replace('.', '_')}"
        pages.add_route(_fixed(FixedFile(file.read_bytes(), file.suffix)), f"/desk/static/{file.name}", name=name)

    # Sanic asks the application, not us, about an address below ours that is none of our routes.
    pages.ctx.missing = partial(_missing, desk)

    @pages.listener("before_server_stop")
    async def stop(_app: Sanic, _loop: Any) -> None:
        live.stop()
        room.close()

    return pages


class PracticeRoom:
    """The practice room of a desk, opened when somebody first goes in: filling it takes some seconds of computing."""

    path = "/desk/practice"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._room: Desk | None = None
        self._purging: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    async def enter(self) -> Desk:
        """The desk of practice.

        Raises:
            SignpostError: it cannot be opened.
        """
        async with self._opening:
            if self._room is None:
                made_up = await asyncio.to_thread(practice.open_practice, self._desk.runtime)
                self._room, self._purging = self._furnished(made_up), asyncio.create_task(jobs.purge_daily(made_up))
        return self._room

    def _furnished(self, made_up: Runtime) -> Desk:
        turns, templates = practice.turns_of(made_up), self._desk.templates
        live = Live(made_up.records, made_up, turns, templates, self.path)
        return replace(self._desk, records=made_up.records, turns=turns, live=live, path=self.path, practice=made_up)

    def close(self) -> None:
        """End its streams and close its store."""
        if self._purging is not None:
            self._purging.cancel()
        if self._room is not None:
            self._room.live.stop()
            self._room.records.dispose()


def _add(pages: Blueprint, route: Route, path: str, handler: Any) -> None:
    pages.add_route(handler, path + route.path, methods=[route.method], name=f"{path}_{route.name}".replace("/", "_"))


async def _handle(route: Route, door: Desk | PracticeRoom, request: Request, **params: str) -> HTTPResponse | None:
    return await answer(route, await door.enter(), request, params)


def _missing(desk: Desk, request: Request) -> HTTPResponse:
    return secured(Visit(desk, request).fault(404, say("desk.faults.no_page")))


def _fixed(file: FixedFile) -> Any:
    async def get(request: Request) -> HTTPResponse:
        return secured(await file(request))

    return get
