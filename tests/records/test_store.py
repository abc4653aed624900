"""Transactions and turns: all or nothing, whatever breaks, and never a long wait."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bot.clock import system_clock
from bot.errors import ConversationGone, RecordsError, RecordsUnavailable
from bot.records import Cipher, Records
from bot.records.cipher import new_key

ROOT = Path(__file__).resolve().parents[2]


def _state(records: Records, chat: str) -> Any:
    with records.reading() as store:
        return store.state(chat)


def _save(records: Records, chat: str, value: int) -> None:
    with records.transaction() as store:
        store.save_state(chat, {"n": value})


def test_a_block_that_raises_leaves_the_old_state(records: Records, chat: str) -> None:
    """State, events, messages and cases of the block are all gone."""
    _save(records, chat, 1)
    with pytest.raises(ZeroDivisionError), records.transaction() as store:
        store.save_state(chat, {"n": 2})
        store.append_events(chat, [{}])
        store.append_messages(chat, [{"id": "1", "author": "bot"}])
        store.open_case(chat, "asked", "soon", "person")
        _ = 1 / 0
    with records.reading() as store:
        assert store.state(chat) == {"n": 1}
        assert (store.event_count(chat), store.messages(chat), store.cases()) == (0, [], [])
        assert store.verify_audit() is None


def test_an_inner_block_is_part_of_the_outer_one(records: Records, chat: str) -> None:
    """The inner writes are seen by the outer block and go with it."""
    with pytest.raises(ZeroDivisionError), records.transaction() as outer:
        with records.transaction() as inner:
            assert inner is outer
            inner.save_state(chat, {"n": 2})
        with records.reading() as store:
            assert store.state(chat) == {"n": 2}
        _ = 1 / 0
    assert _state(records, chat) is None


def test_a_failed_inner_block_fails_the_outer_one(records: Records, chat: str) -> None:
    """Half of a turn is not kept, even where something in between swallows the error."""
    with pytest.raises(RecordsError, match="nothing of it was kept"), records.transaction() as store:
        store.append_messages(chat, [{"id": "1", "author": "bot"}])
        try:
            with records.transaction() as inner:
                inner.save_state("unknown", {})
        except ConversationGone:
            pass
    with records.reading() as store:
        assert store.messages(chat) == []
    _save(records, chat, 1)


def test_a_turn_is_kept_at_its_end_in_one_piece(records: Records, chat: str) -> None:
    """Until the end nothing is written; then all, in order."""
    with records.turn():
        records.write(lambda store: store.append_messages(chat, [{"id": "1", "author": "bot"}]))
        with records.turn():
            records.write(lambda store: store.append_messages(chat, [{"id": "2", "author": "bot"}]))
        records.write(lambda store: store.save_state(chat, {"n": len(store.messages(chat))}))
        with records.reading() as store:
            assert store.messages(chat) == []
    with records.reading() as store:
        assert [m["id"] for m in store.messages(chat)] == ["1", "2"]
        assert store.state(chat) == {"n": 2}


def test_a_turn_that_raises_keeps_nothing(records: Records, chat: str) -> None:
    """Neither when the block raises nor when one of its writes does."""
    with pytest.raises(ZeroDivisionError), records.turn():
        records.write(lambda store: store.save_state(chat, {"n": 1}))
        _ = 1 / 0
    with pytest.raises(ConversationGone), records.turn():
        records.write(lambda store: store.save_state(chat, {"n": 1}))
        records.write(lambda store: store.touch("unknown"))
    assert _state(records, chat) is None


def test_a_write_without_a_turn_is_done_at_once(records: Records, chat: str) -> None:
    """Rasa's own channels know no turns."""
    records.write(lambda store: store.save_state(chat, {"n": 1}))
    assert _state(records, chat) == {"n": 1}


def test_turns_of_many_chats_overlap(sqlite_records: Records) -> None:
    """Turns that await at the same time do not lock each other out."""
    records = sqlite_records
    with records.transaction() as store:
        chats = [store.create_conversation("widget", "en").id for _ in range(20)]

    async def turn(chat: str, number: int) -> None:
        with records.turn():
            with records.reading() as store:
                assert store.state(chat) is None
            await asyncio.sleep(0.01)
            records.write(lambda store: store.save_state(chat, {"n": number}))
            await asyncio.sleep(0.01)

    async def all_turns() -> None:
        await asyncio.gather(*(turn(chat, number) for number, chat in enumerate(chats)))

    asyncio.run(all_turns())
    assert [_state(records, chat)["n"] for chat in chats] == list(range(20))


@pytest.mark.parametrize("fails", [False, True])
def test_a_write_after_the_end_of_its_turn_is_refused(records: Records, chat: str, fails: bool) -> None:
    """A turn that was given up, after a time limit or an error, does not land later."""

    async def late() -> None:
        await asyncio.sleep(0.02)
        records.write(lambda store: store.save_state(chat, {"n": 1}))

    async def given_up() -> None:
        with suppress(ZeroDivisionError), records.turn():
            task = asyncio.create_task(late())
            await asyncio.sleep(0)
            _ = 1 / (0 if fails else 1)
        with pytest.raises(RecordsError, match="late"):
            await task

    asyncio.run(given_up())
    assert _state(records, chat) is None


def test_a_task_within_a_time_limit_is_part_of_the_turn(records: Records, chat: str) -> None:
    """`asyncio.wait_for` runs its work in another task; what it writes belongs to the turn all the same."""

    async def work() -> None:
        records.write(lambda store: store.save_state(chat, {"n": 1}))

    async def limited() -> None:
        with pytest.raises(ZeroDivisionError), records.turn():
            await asyncio.wait_for(work(), timeout=5)
            _ = 1 / 0

    asyncio.run(limited())
    assert _state(records, chat) is None


def test_a_transaction_held_over_an_await_is_found_out(records: Records, chat: str) -> None:
    """A second task is told at once, instead of stopping the loop until the lock's time is up."""

    async def hold(release: asyncio.Event) -> None:
        with records.transaction() as store:
            store.save_state(chat, {"n": 1})
            await release.wait()

    async def both() -> None:
        release = asyncio.Event()
        holder = asyncio.create_task(hold(release))
        await asyncio.sleep(0)
        begun = time.monotonic()
        with pytest.raises(RecordsError, match="over an await"):
            _save(records, chat, 2)
        assert time.monotonic() - begun < 0.5
        release.set()
        await holder

    asyncio.run(both())
    assert _state(records, chat) == {"n": 1}


def test_reading_cannot_write(records: Records, chat: str) -> None:
    """A write inside `reading` is refused, and the connection writes again afterwards."""
    with pytest.raises(RecordsError), records.reading() as store:
        store.touch(chat)
    _save(records, chat, 1)


def test_a_transaction_inside_reading_writes_on_its_own(records: Records, chat: str) -> None:
    """What reads only never turns into a writer; the inner block has a connection of its own."""
    with records.reading() as outer:
        assert outer.state(chat) is None
        _save(records, chat, 1)
    assert _state(records, chat) == {"n": 1}


def test_a_locked_file_fails_within_about_a_second(sqlite_records: Records, tmp_path: Path) -> None:
    """Writing gives up soon, reading goes on, and afterwards all is as before."""
    with sqlite_records.transaction() as store:
        chat = store.create_conversation("widget", "en").id
        store.save_state(chat, {"n": 1})
    other = sqlite3.connect(tmp_path / "signpost.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    with pytest.raises(RecordsUnavailable, match="locked"):
        _save(sqlite_records, chat, 2)
    assert 0.8 < time.monotonic() - begun < 2.5
    with pytest.raises(RecordsUnavailable, match="locked"):
        sqlite_records.check()
    assert _state(sqlite_records, chat) == {"n": 1}
    other.execute("ROLLBACK")
    other.close()
    sqlite_records.check()
    _save(sqlite_records, chat, 2)
    assert _state(sqlite_records, chat) == {"n": 2}


def test_a_locked_row_of_postgresql_fails_within_about_a_second(
    postgres_url: str, open_store: Callable[[str], Records]
) -> None:
    """A second process that holds the conversation does not stop this one for long."""
    first, second = open_store(postgres_url), open_store(postgres_url)
    with first.transaction() as store:
        chat = store.create_conversation("widget", "en").id
    with first.transaction() as store:
        store.touch(chat)
        begun = time.monotonic()
        with pytest.raises(RecordsUnavailable, match="lock timeout"):
            _save(second, chat, 2)
        assert 0.8 < time.monotonic() - begun < 2.5
    _save(second, chat, 2)


def test_secrets_are_shared_by_processes_and_differ_by_purpose(url: str, open_store: Callable[[str], Records]) -> None:
    """Every process on one database has the same secret for a purpose, before and after a rotation."""
    first, second = open_store(url), open_store(url)
    before = first.secret("tokens")
    first.rotate()
    assert before == second.secret("tokens") == open_store(url).secret("tokens")
    assert first.secret("other") != before
    assert len(before) == 32


def test_check_writes(records: Records) -> None:
    """The check of a healthy store passes, again and again."""
    records.check()
    records.check()


def test_check_notices_a_store_that_cannot_be_written(sqlite_records: Records) -> None:
    """When the tables are gone, the check says so."""
    with sqlite_records._engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TABLE meta")
    with pytest.raises(RecordsUnavailable, match="no such table"):
        sqlite_records.check()


def test_an_error_holds_no_id_and_no_text(records: Records, chat: str, caplog: Any) -> None:
    """Neither the message, nor the traceback, nor the log shows what was written or to whom."""
    with records.transaction() as store:
        store.append_messages(chat, [{"id": "m1", "author": "bot", "text": "SECRET"}])
    with pytest.raises(RecordsError) as caught, records.transaction() as store:
        store.append_messages(chat, [{"id": "m1", "author": "bot", "text": "SECRET"}])
    printed = "".join(traceback.format_exception(caught.value))
    for shown in (str(caught.value), printed, caplog.text):
        assert chat not in shown and "SECRET" not in shown


_CRASH = """
import os, sys
from bot.clock import system_clock
from bot.records import Cipher, Records
records = Records.open(sys.argv[1], Cipher([sys.argv[2]]), system_clock, 30)
with records.transaction() as store:
    store.save_state("chat", {"n": 2})
    store.append_messages("chat", [{"id": "2", "author": "bot"}])
    store.open_case("chat", "asked", "now", "person")
    print("written", flush=True)
    sys.stdin.read()
"""


def test_a_process_killed_in_mid_transaction_leaves_the_old_state(url: str) -> None:
    """After the kill, the next process finds what was before, and can write."""
    key = new_key()
    records = Records.open(url, Cipher([key]), system_clock, 30)
    try:
        with records.transaction() as store:
            store.create_conversation("widget", "en", "chat")
            store.save_state("chat", {"n": 1})
        with subprocess.Popen(
            [sys.executable, "-c", _CRASH, url, key],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout and process.stdout.readline() == b"written\n"
            os.kill(process.pid, signal.SIGKILL)
        with records.transaction() as store:
            assert store.state("chat") == {"n": 1}
            assert (store.messages("chat"), store.cases()) == ([], [])
            store.save_state("chat", {"n": 3})
        assert _state(records, "chat") == {"n": 3}
    finally:
        records.dispose()


def test_the_database_file_is_for_its_owner_alone(sqlite_records: Records, tmp_path: Path) -> None:
    """File and log have mode 0600."""
    with sqlite_records.transaction() as store:
        store.create_conversation("widget", "en")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("signpost.db*")}
    assert "signpost.db-wal" in modes
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("nonsense", "not a database address"),
        ("mysql://localhost/x", "names mysql"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("postgresql://nobody:x@127.0.0.1:1/none", "cannot be used just now"),
    ],
)
def test_an_address_that_cannot_be_used_is_one_line(
    address: str, message: str, open_store: Callable[[str], Records]
) -> None:
    """Each fault says what it is; none shows the password."""
    with pytest.raises(RecordsError, match=message) as caught:
        open_store(address)
    assert "\n" not in str(caught.value) and ":x@" not in str(caught.value)


def test_a_file_that_cannot_be_made_is_named(tmp_path: Path, open_store: Callable[[str], Records]) -> None:
    """A file where a folder should be."""
    (tmp_path / "var").write_text("in the way")
    with pytest.raises(RecordsError, match="cannot be made or written"):
        open_store(f"sqlite:///{tmp_path / 'var' / 'signpost.db'}")


def test_a_file_of_something_else_is_not_touched(tmp_path: Path, open_store: Callable[[str], Records]) -> None:
    """A file that is no database is refused and stays as it is."""
    path = tmp_path / "signpost.db"
    path.write_text("my thesis, the only copy " * 50)
    with pytest.raises(RecordsError, match="not a database"):
        open_store(f"sqlite:///{path}")
    assert path.read_text() == "my thesis, the only copy " * 50


def test_a_retention_of_nothing_is_refused(sqlite_url: str, cipher: Cipher, clock: Any) -> None:
    """Zero days would delete a chat while it is going on."""
    with pytest.raises(RecordsError, match="more than 0"):
        Records.open(sqlite_url, cipher, clock, 0)
