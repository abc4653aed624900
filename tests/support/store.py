"""What a running server's store holds, read from beside it as staff do: what waits, what was said, how it stands."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.clinical import checklist
from bot.clinical.state import State
from bot.clinical.summary import build_summary
from bot.clock import shifted_clock
from bot.content.loader import Content, load_content
from bot.content.render import Renderer
from bot.records.apps import PENDING
from bot.records.cipher import Cipher
from bot.records.store import Records, Transaction
from bot.records.tables import app_people, inbox
from bot.site import Site, load_site
from tests.support.companies import Phone
from tests.support.server import ROOT, Server

#: Seconds in which a server answers everything that it has taken, on a machine that is busy with other tests.
SETTLED = 120.0


class Store:
    """The store of one server, which runs on the settings of `site`."""

    def __init__(self, server: Server, site: Path) -> None:
        self.server = server
        self._site_file = site

    @cached_property
    def records(self) -> Records:
        """Its records. Opened late: the server makes its keys at its first start."""
        var = self.server.var
        cipher = Cipher.development(var / "keys")
        return Records.open(f"sqlite:///{var / 'signpost.db'}", cipher, self.clock, self.site.retention_days)

    def clock(self) -> datetime:
        """The server's time."""
        return shifted_clock(self.server.clock.file)()

    @cached_property
    def content(self) -> Content:
        """The shipped content."""
        return load_content(ROOT / "content")

    @cached_property
    def site(self) -> Site:
        """The settings that the server runs on."""
        return load_site(self._site_file)

    def close(self) -> None:
        """Close the connections."""
        if "records" in self.__dict__:
            self.records.dispose()

    # what waits -----------------------------------------------------------------------------------------------------

    def waiting(self) -> int:
        """How many messages of people are not answered yet, and replies not taken yet by their app."""
        with self.records.reading() as store:
            unanswered = store.execute(select(func.count()).select_from(inbox)).scalar() or 0
            return unanswered + sum(n for (_, state), n in store.outbox_counts().items() if state == PENDING)

    def settle(self, limit: float = SETTLED) -> None:
        """Wait until nothing waits.

        Raises:
            AssertionError: it takes too long.
        """
        deadline = time.monotonic() + limit
        while waiting := self.waiting():
            assert time.monotonic() < deadline, f"{waiting} messages still wait:\n{self.server.output()[-4000:]}"
            time.sleep(0.01)

    def outbox(self) -> Mapping[tuple[str, str], int]:
        """How many replies there are by app and state."""
        with self.records.reading() as store:
            return store.outbox_counts()

    # one person of a messaging app ----------------------------------------------------------------------------------

    def transcript(self, phone: Phone) -> list[dict[str, Any]]:
        """Everything that was said in a person's conversation."""
        with self.records.reading() as store:
            return store.messages(_conversation(store, phone))

    def summary(self, phone: Phone) -> dict[str, Any]:
        """The summary of the contract, as the widget would give it."""
        with self.records.reading() as store:
            stored = store.state(_conversation(store, phone))
        state = State.from_json(stored or {})
        now = self.clock()
        content = checklist.in_force(self.content, self.site, now)
        summary = build_summary(state, content, self.site, now)
        return Renderer(self.content, self.site, state.voice, state.country).summary(summary)

    def cases(self, phone: Phone) -> int:
        """How many open cases a person's conversation has: none or one."""
        with self.records.reading() as store:
            return int(store.case_for(_conversation(store, phone)) is not None)


def _conversation(store: Transaction, phone: Phone) -> str:
    """The conversation of a person, told by the address that answers go to.

    Raises:
        AssertionError: they have none, or two.
    """
    people = store.execute(select(app_people).where(app_people.c.app == phone.app)).all()
    found = [row for row in people if any(name in store.cipher.decrypt(row.address) for name in phone.ids)]
    assert len(found) == 1, f"{phone.app} has {len(found)} conversations with this person"
    return str(found[0].conversation_id)
