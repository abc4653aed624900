"""The tool that fills a store for tests and measurements: all kinds of cases, fast, the same for the same seed."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.clinical.state import State
from bot.records import LEVELS, Records
from tests.support.desk_cases import CHANNELS, LONGEST_WAIT, add_cases


def test_it_fills_a_queue_with_everything(records: Records, clock: Any) -> None:
    """All levels and channels, waits up to three days, a crisis, each with a chat and a state that can be read."""
    began = time.monotonic()
    made = add_cases(records, 200, seed=1)
    assert time.monotonic() - began < 10
    assert {case.state for case in made} == {"waiting"}
    assert {case.level for case in made} == set(LEVELS)
    assert {case.channel for case in made} == set(CHANNELS)
    assert any(case.crisis for case in made)
    waits = sorted((clock() - case.waiting_since).total_seconds() / 60 for case in made)
    assert waits[0] < 10 and LONGEST_WAIT / 2 < waits[-1] <= LONGEST_WAIT
    with records.reading() as store:
        assert {case.id for case in store.cases()} == {case.id for case in made}
        for case in made[:5]:
            assert case.conversation_id and store.messages(case.conversation_id)
            assert State.from_json(store.state(case.conversation_id) or {}).started_at
        assert store.outbox_counts() == {}
        assert store.verify_audit() is None
        assert store.now() == clock()


def test_the_same_seed_gives_the_same_queue(sqlite_records: Records) -> None:
    """But for the ids, which are random everywhere."""
    one, other, third = (
        [(c.level, c.channel, c.waiting_since, c.crisis, c.reason) for c in add_cases(sqlite_records, 30, seed)]
        for seed in (7, 7, 8)
    )
    assert one == other != third


@pytest.mark.parametrize("n", [0, 1, 5])
def test_a_few_are_no_fault(sqlite_records: Records, n: int) -> None:
    """Five have every level."""
    levels = [case.level for case in add_cases(sqlite_records, n, seed=3)]
    assert len(levels) == n and len(set(levels)) == n
