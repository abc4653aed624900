"""Two staff claim the same case at the same moment, 500 times, from two processes: exactly one gets it each time."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import Clock
from bot.errors import ClaimConflict
from bot.records import Cipher, Records
from bot.records.tables import audit
from tests.records.conftest import RETENTION_DAYS

ROUNDS = 500
STAFF = ("Anna", "Ben")
#: Seconds for all rounds, on a machine that is busy with other tests.
LIMIT = 120
#: A child has what the test has, and opens its own connections.
PROCESSES = multiprocessing.get_context("fork")


def _meet(places: Any, mine: int, number: int) -> None:
    """Wait for the other one to come to this round. A barrier of the library's takes longer than a claim."""
    deadline = time.monotonic() + LIMIT
    places[mine] = number
    while min(places) < number:
        assert time.monotonic() < deadline, "the other one did not come"
        time.sleep(0.0001)


def _claims(records: Records, case_ids: list[str], mine: int, places: Any) -> Iterator[str]:
    """Claim each case at the moment when the other one does; what came of it."""
    for number, case_id in enumerate(case_ids, start=1):
        _meet(places, mine, number)
        try:
            with records.transaction() as store:
                store.claim(case_id, STAFF[mine])
        except ClaimConflict:
            yield "lost"
        except Exception as error:
            yield type(error).__name__
        else:
            yield "won"


@pytest.mark.timeout(2 * LIMIT)
def test_of_two_who_claim_at_once_exactly_one_wins(
    url: str, open_store: Callable[[str], Records], cipher: Cipher, clock: Clock
) -> None:
    """The other is told so, the log has one claim of each case, by its owner, and every case has one."""
    records = open_store(url)
    with records.transaction() as store:
        chats = [store.create_conversation("widget", "en").id for _ in range(ROUNDS)]
        case_ids = [store.open_case(chat, "asked", "now", "person").id for chat in chats]
    # A connection must not be taken along into another process.
    records.dispose()
    places = PROCESSES.RawArray("i", len(STAFF))
    results = [PROCESSES.Pipe(duplex=False) for _ in STAFF]

    def member(mine: int) -> None:
        own = Records.open(url, cipher, clock, RETENTION_DAYS)
        results[mine][1].send(list(_claims(own, case_ids, mine, places)))

    children = [PROCESSES.Process(target=member, args=(mine,), daemon=True) for mine in range(len(STAFF))]
    for child in children:
        child.start()
    got = []
    for name, (end, _) in zip(STAFF, results, strict=True):
        assert end.poll(LIMIT), f"{name} did not come to the end"
        got.append(end.recv())
    for child in children:
        child.join(LIMIT)

    rounds = list(zip(case_ids, *got, strict=True))
    assert Counter(tuple(sorted(each)) for _, *each in rounds) == {("lost", "won"): ROUNDS}
    # A race that the same one always wins may be none.
    assert all("won" in each for each in got), got
    winners = {case_id: STAFF[each.index("won")] for case_id, *each in rounds}
    with records.reading() as store:
        claims = store.execute(select(audit.c.about, audit.c.who).where(audit.c.what == "case.claimed")).all()
        assert sorted(map(tuple, claims)) == sorted(winners.items())
        assert {case.id: case.claimed_by for case in store.cases("claimed")} == winners
        assert store.verify_audit() is None
