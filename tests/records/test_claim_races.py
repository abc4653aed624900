"""Two people never have the same case: they take it at the same moment. From two processes: `tests/desk`."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from bot.errors import ClaimConflict
from bot.records import Records

ROUNDS = 25


def _race(stores: list[Records], case_id: str, act: Callable[[Records, str, str], None]) -> dict[str, str]:
    """Let one person on each store do the same at once; give what each got: `won`, `lost`, or the error's name."""
    got: dict[str, str] = {}
    ready = threading.Barrier(len(stores))

    def run(records: Records, name: str) -> None:
        ready.wait()
        try:
            act(records, case_id, name)
            got[name] = "won"
        except ClaimConflict:
            got[name] = "lost"
        except Exception as error:
            got[name] = type(error).__name__

    threads = [threading.Thread(target=run, args=(each, f"staff{place}")) for place, each in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def _claim(records: Records, case_id: str, name: str) -> None:
    with records.transaction() as store:
        store.claim(case_id, name)


def _reply(records: Records, case_id: str, name: str) -> None:
    with records.transaction() as store:
        store.record_reply(case_id, name, f"Hello, I am {name}.")


def _assert_one_wins(stores: list[Records], act: Callable[[Records, str, str], None]) -> None:
    for _ in range(ROUNDS):
        with stores[0].transaction() as store:
            chat = store.create_conversation("widget", "en").id
            case_id = store.open_case(chat, "asked", "now", "person").id
        got = _race(stores, case_id, act)
        assert sorted(got.values()) == ["lost", "won"], got
        (winner,) = (name for name, what in got.items() if what == "won")
        with stores[1].reading() as store:
            assert store.case(case_id).claimed_by == winner
            assert [event.who for event in store.case_events(case_id) if event.what == "case.claimed"] == [winner]
            assert {message["name"] for message in store.messages(chat)} <= {winner}
    with stores[0].reading() as store:
        assert store.verify_audit() is None


@pytest.mark.parametrize("act", [_claim, _reply])
def test_of_two_at_once_exactly_one_wins(
    url: str, open_store: Callable[[str], Records], act: Callable[[Records, str, str], None]
) -> None:
    """By a claim and by a first reply: one owner, one entry in the log, and one person's words in the chat."""
    _assert_one_wins([open_store(url), open_store(url)], act)
