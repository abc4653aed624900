"""One request to the desk: who it is of, what was typed, and how to answer it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse, html, redirect

from bot.channels.turns import Turns
from bot.errors import RecordsError
from bot.records import Account, Records, Session
from bot.server.runtime import Runtime
from desk import roles
from desk.oidc import Provider
from desk.web.live import Live
from desk.web.templates import Templates

#: `__Host-`: only this host can have set it, over TLS (or on this machine), and it goes to no other.
SESSION, DEVICE = "__Host-desk", "__Host-desk-browser"
DEVICE_SECONDS = 180 * 24 * 3600

#: Nothing of the desk stays in the browser's cache.
UNKEPT = {"Cache-Control": "no-store"}
#: Only this server's own files, nothing inline, no frame around the page, forms to this server alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types desk"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # With "no-referrer" a browser would not say of a form that it comes from here.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

#: All but tab, line feed and carriage return.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Desk:
    """The desk, or its practice room: the pages are the same, the cases are not.

    `records` holds the cases; accounts and sign-ins are always those of `runtime.records`. `menu` has, for each page
    beside the queue, the action that it needs, its address, and the id of its word. `provider` signs staff in by OpenID
    Connect, where the site has it; `practice` is the runtime of the practice room.
    """

    runtime: Runtime
    records: Records
    turns: Turns
    templates: Templates
    live: Live
    menu: tuple[tuple[str, str, str], ...]
    path: str = "/desk"
    provider: Provider | None = None
    practice: Runtime | None = None

    async def enter(self) -> Desk:
        """The desk itself, which is always open; see `PracticeRoom`."""
        return self

    @property
    def is_practice(self) -> bool:
        """Whether everything here is made up."""
        return self.practice is not None


class Visit:
    """One request. Reading `account` counts as use of the session, unless a script of the page asks by itself."""

    def __init__(self, desk: Desk, request: Request, *, by_script: bool = False) -> None:
        self.desk, self.request = desk, request
        #: Whether the page asks by itself, which must not keep anybody signed in.
        self.is_by_script = by_script or request.headers.get("x-desk-live") == "1"
        self.runtime, self.records = desk.runtime, desk.records

    # who ------------------------------------------------------------------------------------------------------------

    @property
    def session_id(self) -> str | None:
        """What the browser kept."""
        found = self.request.cookies.get(SESSION)
        return str(found) if found else None

    @cached_property
    def session(self) -> Session | None:
        """The session, if it goes on."""
        if not self.session_id:
            return None
        if self.is_by_script:
            with self.runtime.records.reading() as reading:
                return reading.session(self.session_id)
        with self.runtime.records.transaction() as store:
            return store.use_session(self.session_id)

    @property
    def account(self) -> Account | None:
        """Who is signed in."""
        return self.session.account if self.session else None

    @property
    def staff(self) -> Account:
        """Who is signed in, where the route asks for it.

        Raises:
            RuntimeError: nobody is.
        """
        if self.account is None:
            raise RuntimeError("nobody is signed in")
        return self.account

    @property
    def name(self) -> str:
        """The name of who is signed in."""
        return self.staff.name

    def may(self, action: str) -> bool:
        """Whether who is signed in may do this."""
        return self.account is not None and roles.may(self.account.role, action)

    @cached_property
    def csrf(self) -> str:
        """What every form of this session holds."""
        key = self.runtime.records.secret("csrf")
        return hmac.new(key, (self.session_id or "").encode(), hashlib.sha256).hexdigest()

    @property
    def address(self) -> str:
        """Where the request comes from; behind a proxy that the operator has named, by its word."""
        return str(self.request.remote_addr or self.request.ip or "unknown")

    # what -----------------------------------------------------------------------------------------------------------

    @cached_property
    def form(self) -> Mapping[str, str]:
        """What was typed, by field; of a field that comes more than once, the first."""
        return {name: _storable(values[0]) for name, values in (self.request.form or {}).items() if values}

    def typed(self, field: str) -> list[str]:
        """All that was picked in one field."""
        return [_storable(value) for value in self.request.form.getlist(field, [])] if self.request.form else []

    @cached_property
    def late(self) -> int:
        """How many cases are overdue, for the bar of every page."""
        try:
            return self.desk.live.draw().late
        except RecordsError:
            return 0  # the page itself says what is wrong

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.runtime.clock()

    # the answer -----------------------------------------------------------------------------------------------------

    def render(self, template: str, status: int = 200, **values: Any) -> HTTPResponse:
        """A page."""
        return html(self.desk.templates.render(template, self, **values), status=status, headers=dict(UNKEPT))

    def go(self, path: str) -> HTTPResponse:
        """Lead to another page of the desk, which a reload then shows without sending the form again."""
        # A copy: Sanic writes the address into it.
        return redirect(self.desk.path + path, status=303, headers=dict(UNKEPT))

    @staticmethod
    def to_desk(path: str) -> HTTPResponse:
        """Lead to a page of the desk itself, also from practice: signing in and passwords are there alone."""
        return redirect("/desk" + path, status=303, headers=dict(UNKEPT))

    def fault(self, status: int, words: str) -> HTTPResponse:
        """A page that says what is wrong and what to do."""
        return self.render("fault.html", status, words=words)

    @staticmethod
    def once() -> str:
        """A new mark for a form, by which a repeat of it is known."""
        return secrets.token_hex(8)


def keep(response: HTTPResponse, name: str, value: str, seconds: int | None = None) -> HTTPResponse:
    """Have the browser keep something; an empty value is taken away."""
    response.cookies[name] = value
    cookie = response.cookies[name]
    cookie["path"], cookie["secure"], cookie["httponly"], cookie["samesite"] = "/", True, True, "Lax"
    if seconds is not None or not value:
        cookie["max-age"] = seconds or 0
    return response


def secured(response: HTTPResponse) -> HTTPResponse:
    """The response with the headers that every answer of the desk has."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _storable(text: str) -> str:
    # Lone surrogates and NUL cannot be stored in PostgreSQL, and no page can show other controls: a field that comes
    # back after a fault would hold them.
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text.encode("utf-8", "replace").decode("utf-8"))
