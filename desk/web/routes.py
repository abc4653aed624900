"""What a route of the desk is, and the way of every request: known browser, signed in, allowed, once, kept or not.

A page says what it needs in one `Route`, and every route goes through here, so that none is open by oversight.
"""

from __future__ import annotations

import hmac
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union, cast
from urllib.parse import urlsplit

import structlog
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.errors import (
    AccountMissing,
    CaseMissing,
    ClaimConflict,
    NotAllowed,
    RecordsUnavailable,
    RenderError,
    SignInRefused,
    SignInSlowed,
    SignpostError,
    SnippetConflict,
    SnippetMissing,
    WindowClosed,
)
from bot.records import Transaction
from desk.practice import enrol
from desk.roles import Action, may
from desk.web.visit import Desk, Visit, secured
from desk.words import say

log = structlog.get_logger(__name__)

#: Who is let in: everybody, whoever is signed in, or whoever's role may do this.
Needs = Union[Literal["anybody", "signed_in"], Action]  # noqa: UP007
Answer = Union[HTTPResponse, str, None]  # noqa: UP007
View = Callable[..., Answer | Awaitable[Answer]]

#: Bytes of a form: the longest sheet is a quarter of it.
FORM_BYTES = 64 * 1024
#: What each kind of error answers with.
_STATUS: Mapping[type[Exception], int] = {
    CaseMissing: 404,
    AccountMissing: 404,
    SnippetMissing: 404,
    ClaimConflict: 409,
    SnippetConflict: 409,
    WindowClosed: 409,
    NotAllowed: 403,
    SignInRefused: 403,
    SignInSlowed: 429,
    RecordsUnavailable: 503,
    RenderError: 500,
}
#: Errors whose own words are for the command line.
_WORDS: Mapping[type[Exception], str] = {CaseMissing: "desk.faults.no_case", AccountMissing: "desk.faults.no_account"}


@dataclass(frozen=True)
class Route:
    """One route.

    Args:
        method: `GET`, or `POST` for whatever changes something or takes something out.
        path: below the desk, with Sanic's `<name>` parameters.
        needs: who is let in.
        view: for `GET` called with the visit and the parameters. For `POST` an ordinary function is called with the
            visit, the open transaction and the parameters, and runs once for each form; a coroutine is called as for
            `GET` and keeps its own transactions. The answer is a response, a path of the desk to go to, or None for
            `home`.
        home: where a form leads, with `{parameters}`.
        again: the page that shows the form again, with `fault`, when it could not be taken; by default a page of its
            own says what is wrong.
        streams: the view sends its answer itself.
    """

    method: Literal["GET", "POST"]
    path: str
    needs: Needs
    view: View
    home: str = "/"
    again: View | None = None
    streams: bool = False

    @property
    def name(self) -> str:
        """A name that no other route has."""
        return f"{self.method}_{self.path}".lower().replace("/", "_").strip("_").replace("<", "").replace(">", "")


async def answer(route: Route, desk: Desk, request: Request, params: Mapping[str, str]) -> HTTPResponse | None:
    """The answer of a route: it never raises, and says nothing of a case to whoever may not see it.

    None when the view has sent its answer already.
    """
    visit = Visit(desk, request, by_script=route.streams)
    try:
        stopped = _stopped(route, visit)
        if route.streams and stopped is None:
            await cast("Awaitable[None]", route.view(visit, **params))
            return None
        response = stopped or await _let_in(route, visit, params)
    except Exception as error:  # noqa: BLE001 - staff read what to do, whatever broke
        status = _status(error)
        if status == 500:
            log.error("desk.failed", reason=type(error).__name__)
        response = visit.fault(status, _words(error) if status != 500 else say("desk.faults.broken"))
    return secured(response)


def _stopped(route: Route, visit: Visit) -> HTTPResponse | None:
    """Why this request goes no further; None when it may."""
    if route.method == "POST" and not _is_from_here(visit.request):
        return visit.fault(403, say("desk.faults.elsewhere"))
    if route.needs == "anybody":
        return None
    if visit.account is None:
        if route.method == "GET" and not visit.is_by_script:
            return visit.to_desk("/sign-in")
        return visit.fault(401, say("desk.faults.signed_out"))
    if visit.account.must_change and not route.path.startswith(("/password", "/sign-out")):
        return visit.to_desk("/password")
    if route.needs != "signed_in" and not may(visit.account.role, route.needs):
        return visit.fault(403, say("desk.faults.role", role=say(f"roles.{visit.account.role}")))
    if visit.desk.practice is not None:
        enrol(visit.desk.practice, visit.account)
    if route.method == "POST" and not hmac.compare_digest(visit.form.get("csrf", "").encode(), visit.csrf.encode()):
        return visit.fault(403, say("desk.faults.stale"))
    return None


async def _let_in(route: Route, visit: Visit, params: Mapping[str, str]) -> HTTPResponse:
    if route.method == "GET":
        found = route.view(visit, **params)
        return _response(visit, route, params, await found if inspect.isawaitable(found) else found)
    if len(visit.request.body) > FORM_BYTES:
        return visit.fault(413, say("desk.faults.long"))
    try:
        if inspect.iscoroutinefunction(route.view):
            return _response(visit, route, params, await route.view(visit, **params))
        with visit.records.transaction() as store:
            # A form that comes twice, after a lost answer or a double click, changes something once.
            if not _is_first(visit, store):
                return visit.go(route.home.format(**params))
            done = route.view(visit, store, **params)
        return _response(visit, route, params, done)
    except (SignpostError, ValueError) as error:
        status = _status(error)
        if route.again is None or status == 404:
            raise
        shown = route.again(visit, **params, fault=_words(error))
        response = _response(visit, route, params, await shown if inspect.isawaitable(shown) else shown)
        response.status = status
        return response


def _response(visit: Visit, route: Route, params: Mapping[str, str], found: Any) -> HTTPResponse:
    if isinstance(found, HTTPResponse):
        return found
    return visit.go(found or route.home.format(**params))


def _is_first(visit: Visit, store: Transaction) -> bool:
    once = visit.form.get("once", "")[:80]
    return not once or bool(store.note_received("desk", f"{visit.staff.id} {once}"))


def _is_from_here(request: Request) -> bool:
    """Whether a form was sent by a page of this server, as every browser of the last years tells."""
    origin = request.headers.get("origin")
    if origin:
        return urlsplit(origin).netloc == request.headers.get("host")
    return request.headers.get("sec-fetch-site") == "same-origin"


def _status(error: Exception) -> int:
    for kind in type(error).__mro__:
        if kind in _STATUS:
            return _STATUS[kind]
    return 400 if isinstance(error, (SignpostError, ValueError)) else 500


def _words(error: Exception) -> str:
    return say(_WORDS[type(error)]) if type(error) in _WORDS else str(error)
