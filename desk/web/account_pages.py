"""Accounts of staff, for the supervisor. They are those of the real desk in its practice room too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack

from sanic.response import HTTPResponse

from bot.channels.handover import watched
from bot.errors import AccountMissing, AccountTaken
from bot.records import Account, Transaction
from desk import accounts, qr, totp
from desk.roles import ROLES
from desk.web.routes import Route
from desk.web.visit import Visit
from desk.words import say

HOME = "/accounts"


def show_accounts(visit: Visit, account_id: str = "", fault: str = "") -> HTTPResponse:
    """Everybody who has, or had, an account. That it was looked at is entered in the log.

    After a fault, what was tried on `account_id` stays open.
    """
    with visit.runtime.records.transaction() as store:
        if not fault:
            store.audit("accounts.viewed", visit.name, "accounts")
        found = store.accounts()
        held = {account.id: len(store.cases_held_by(account.name)) for account in found}
    return visit.render("accounts.html", accounts=found, held=held, roles=ROLES, tried=account_id, fault=fault)


async def add(visit: Visit) -> HTTPResponse:
    """Make an account; its first secrets are on the answer alone."""
    name, role = visit.form.get("name", ""), visit.form.get("role", "")
    try:
        return await _with_secrets(visit, lambda: accounts.add(visit.runtime.records, name, role, visit.name))
    except AccountTaken as taken:
        raise ValueError(say("desk.accounts.taken")) from taken


async def reset(visit: Visit, account_id: str) -> HTTPResponse:
    """Give somebody new first secrets, who lost theirs or comes back; they are signed out everywhere."""
    known = _account(visit, account_id)
    return await _with_secrets(visit, lambda: accounts.reset(visit.runtime.records, known.name, visit.name))


async def _with_secrets(visit: Visit, make: Callable[[], accounts.First]) -> HTTPResponse:
    # A password is hashed slowly by design, and the chats would wait for it.
    first = await asyncio.to_thread(make)
    service = visit.desk.turns.runtime.site.name
    address = totp.address(first.totp_secret, first.account.name, service)
    picture = qr.svg(address, say("desk.accounts.qr", name=first.account.name))
    spaced = " ".join(first.totp_secret[start : start + 4] for start in range(0, len(first.totp_secret), 4))
    return visit.render(
        "account_first.html", account=first.account, password=first.password, secret=spaced, picture=picture
    )


def change_role(visit: Visit, store: Transaction, account_id: str) -> None:
    """Give somebody another role; they are signed out, and sign in with it."""
    del store
    known, role = _account(visit, account_id), visit.form.get("role", "")
    with visit.runtime.records.transaction() as real:
        real.change_role(known.name, role, visit.name)
        accounts.keep_a_supervisor(real)


def disable(visit: Visit, store: Transaction, account_id: str) -> None:
    """End an account; whose chats it had, they read that the checklist goes on, and their cases wait again."""
    del store
    known = _account(visit, account_id)
    with visit.runtime.records.transaction() as real, ExitStack() as chats:
        for case in real.cases_held_by(known.name):
            chats.enter_context(watched(real, case.id, visit.desk.turns.runtime))
        real.disable_account(known.name, visit.name)
        accounts.keep_a_supervisor(real)


def _account(visit: Visit, account_id: str) -> Account:
    with visit.runtime.records.reading() as store:
        for account in store.accounts():
            if account.id == account_id:
                return account
    raise AccountMissing(say("desk.accounts.missing"))


ROUTES = (
    Route("GET", "/accounts", "accounts.manage", show_accounts),
    Route("POST", "/accounts", "accounts.manage", add, HOME, show_accounts),
    Route("POST", "/accounts/<account_id>/reset", "accounts.manage", reset, HOME, show_accounts),
    Route("POST", "/accounts/<account_id>/role", "accounts.manage", change_role, HOME, show_accounts),
    Route("POST", "/accounts/<account_id>/disable", "accounts.manage", disable, HOME, show_accounts),
)
