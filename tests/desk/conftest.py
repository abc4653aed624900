"""Accounts on the stores of the records' own tests; the shipped content and a busy check of the exports' tests."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import pytest

from bot.content.loader import Content
from bot.content.render import Renderer
from bot.records import Account, Records
from bot.site import Site
from desk import accounts, totp
from desk.sign_in import Attempt, SignedIn, sign_in
from tests.exports.conftest import busy, content, site, summarise  # noqa: F401  as below
from tests.records.conftest import (  # noqa: F401  fixtures, found by their names here
    cipher,
    clock,
    open_store,
    postgres_server,
    postgres_url,
    records,
    retention_days,
    sqlite_records,
    sqlite_url,
    url,
)

PASSWORD = "copper lantern ferry oboe"


@dataclass
class Person:
    """A member of staff with what they sign in with, at a browser of their own."""

    records: Records
    clock: Any
    account: Account
    password: str
    secret: str
    address: str = "192.0.2.7"
    device: str | None = None

    def code(self, drift: int = 0) -> str:
        """What the authenticator shows."""
        return totp.code_at(base64.b32decode(self.secret), totp.step_of(self.clock()) + drift)

    def sign_in(self, **other: Any) -> SignedIn:
        """Sign in, with anything typed differently; the browser keeps its device."""
        typed = {"name": self.account.name, "password": self.password, "code": self.code()}
        kept = {"address": self.address, "device": self.device}
        done = sign_in(self.records, Attempt(**{**typed, **kept, **other}))
        self.device = done.device
        # A code counts once, and the next one comes half a minute later.
        self.clock.advance(seconds=totp.STEP_SECONDS)
        return done


@pytest.fixture
def hire(records: Records, clock: Any) -> Any:  # noqa: F811
    """Makes accounts."""

    def make(name: str = "Anna", role: str = "helper") -> Person:
        first = accounts.add(records, name, role, "root")
        return Person(records, clock, first.account, first.password, first.totp_secret)

    return make


@pytest.fixture
def anna(hire: Any) -> Person:
    return hire()


@pytest.fixture(scope="session")
def plain(content: Content, site: Site) -> Renderer:  # noqa: F811
    """For staff, at a service in London."""
    return Renderer(content, site, "plain", "GB")
