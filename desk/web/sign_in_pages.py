"""Signing in and out, and choosing a password of one's own."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sanic.response import HTTPResponse

from bot.errors import SignInRefused, SignInSlowed
from bot.records import Account, Records
from desk import accounts, throttle
from desk.sign_in import Attempt, SignedIn, sign_in
from desk.web.routes import Route
from desk.web.visit import DEVICE, DEVICE_SECONDS, SESSION, Visit, keep
from desk.words import say


def show_sign_in(visit: Visit, fault: str = "", status: int = 200) -> HTTPResponse:
    """The form; who is signed in goes on to the queue."""
    if visit.account and not fault:
        return visit.go("/")
    return visit.render("sign_in.html", status, fault=fault)


async def begin(visit: Visit) -> HTTPResponse:
    """Check what was typed; of what was wrong nothing is said but that it was."""
    attempt = Attempt(
        name=visit.form.get("name", "")[:200],
        password=visit.form.get("password", "")[:1000],
        code=visit.form.get("code", "")[:20],
        address=visit.address,
        device=visit.request.cookies.get(DEVICE),
        session=visit.session_id,
    )
    by_password = visit.runtime.settings.password_sign_in
    try:
        # It takes a twentieth of a second by design, and the chats would wait for it.
        done = await asyncio.to_thread(sign_in, visit.runtime.records, attempt, by_password=by_password)
    except SignInSlowed as slowed:
        return show_sign_in(visit, str(slowed), 429)
    except SignInRefused as refused:
        return show_sign_in(visit, str(refused), 403)
    return signed_in(visit, done)


def signed_in(visit: Visit, done: SignedIn) -> HTTPResponse:
    """Let somebody in who has just proved who they are."""
    response = visit.go("/password" if done.account.must_change else "/")
    keep(response, SESSION, done.session)
    return keep(response, DEVICE, done.device, DEVICE_SECONDS)


async def end(visit: Visit) -> HTTPResponse:
    """Sign out; the browser drops what it holds of the desk."""
    with visit.runtime.records.transaction() as store:
        store.end_session(str(visit.session_id))
    response = visit.go("/sign-in")
    response.headers["Clear-Site-Data"] = '"cache"'
    return keep(response, SESSION, "")


def show_password(visit: Visit, fault: str = "") -> HTTPResponse:
    """The form for a password of one's own."""
    return visit.render("password.html", fault=fault)


async def choose(visit: Visit) -> HTTPResponse:
    """Take a new password; the session of this change goes on under a new id."""
    new = visit.form.get("new", "")
    if new != visit.form.get("again", ""):
        raise ValueError(say("desk.password.differ"))
    session = await asyncio.to_thread(_chosen, visit.runtime.records, visit.staff, visit.form.get("old", ""), new)
    return keep(visit.go("/"), SESSION, session)


def _chosen(records: Records, account: Account, old: str, new: str) -> str:
    """A new session under a new password. Who sits down at a desk that somebody left cannot guess the old one.

    Raises:
        SignInSlowed: the old one was wrong too often.
    """
    key = f"password {account.id}"
    with records.transaction() as store:
        tries, now = store.tries(key), store.now()
        opens = throttle.open_at(throttle.DEVICE, tries.failures, tries.last_at)
        if opens and opens > now:
            minutes = -(-(opens - now) // timedelta(minutes=1))
            raise SignInSlowed(say("desk.password.slowed", minutes=minutes), opens - now)
        store.count_try(key)
    is_right = True
    try:
        return accounts.choose_password(records, account.name, old, new)
    except SignInRefused:
        is_right = False
        raise
    finally:
        if is_right:
            with records.transaction() as store:
                store.clear_tries(key)


ROUTES = (
    Route("GET", "/sign-in", "anybody", show_sign_in),
    Route("POST", "/sign-in", "anybody", begin),
    Route("POST", "/sign-out", "signed_in", end),
    Route("GET", "/password", "signed_in", show_password),
    Route("POST", "/password", "signed_in", choose, again=show_password),
)
