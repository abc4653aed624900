"""The log: what happened stands in it, and every change to it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from bot.records import Records


def _fill(records: Records, entries: int = 5) -> None:
    for number in range(entries):
        with records.transaction() as store:
            store.audit("case.viewed", "anna", f"CASE{number}")


def _tamper(records: Records, *statements: str) -> Any:
    """Change the database as someone would who can write to it but has no key; give what the check finds."""
    with records._engine.connect() as connection, connection.begin():
        for statement in statements:
            connection.execute(text(statement))
    with records.reading() as store:
        return store.verify_audit()


def test_an_empty_and_a_full_log_are_as_written(records: Records) -> None:
    """Nothing is wrong with a log that nobody touched."""
    with records.reading() as store:
        assert store.verify_audit() is None
    _fill(records)
    with records.reading() as store:
        assert store.verify_audit() is None


@pytest.mark.parametrize(
    ("statements", "seq"),
    [
        (["UPDATE audit SET who = 'ben' WHERE seq = 3"], 3),
        (["UPDATE audit SET at = '2020-01-01' WHERE seq = 1"], 1),
        (["UPDATE audit SET about = 'CASE9' WHERE seq = 5"], 5),
        (["UPDATE audit SET what = 'case.closed' WHERE seq = 2"], 2),
        (["UPDATE audit SET hash = prev_hash WHERE seq = 4"], 4),
        (["DELETE FROM audit WHERE seq = 2"], 2),
        (["DELETE FROM audit WHERE seq = 1"], 1),
        (["DELETE FROM audit WHERE seq = 2", "UPDATE audit SET seq = seq - 1 WHERE seq > 2"], 2),
        (["DELETE FROM audit WHERE seq = 5"], 5),
        (["DELETE FROM audit WHERE seq > 3"], 4),
        (["DELETE FROM audit"], 1),
        (["DELETE FROM audit WHERE seq = 5", "DELETE FROM meta WHERE key = 'audit_head'"], 4),
    ],
)
def test_the_first_broken_entry_is_named(records: Records, statements: list[str], seq: int) -> None:
    """Changed, missing, renumbered and cut-off entries are found, by the number of the first."""
    _fill(records)
    fault = _tamper(records, *statements)
    assert fault and fault.seq == seq
    assert str(seq) in fault.why


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET facts = 'old=now new=soon note=1' WHERE seq = 2",
        "UPDATE audit SET facts = NULL WHERE seq = 2",
        "UPDATE audit SET facts = '' WHERE seq = 2",
    ],
)
def test_a_changed_fact_shows(records: Records, statement: str) -> None:
    """What a level was lowered to cannot be written anew, nor taken out."""
    with records.transaction() as store:
        store.audit("case.opened", "person", "CASE1")
        store.audit("case.lowered", "anna", "CASE1", old="now", new="today", note=1)
        store.audit("case.closed", "anna", "CASE1")
        assert store.verify_audit() is None
    fault = _tamper(records, statement)
    assert fault and fault.seq == 2


def test_a_fact_added_to_an_entry_without_one_shows(records: Records) -> None:
    """An entry has facts from the beginning or never."""
    _fill(records)
    fault = _tamper(records, "UPDATE audit SET facts = 'form=pdf' WHERE seq = 4")
    assert fault and fault.seq == 4


@pytest.mark.parametrize("fact", ["", "she has a fever", "x" * 41, "a=b", "naïve", "two\nlines"])
def test_text_is_no_fact(records: Records, fact: str) -> None:
    """The log forgets nothing, so nothing may stand in it that somebody could wish forgotten."""
    with pytest.raises(ValueError, match="only ids"), records.transaction() as store:
        store.audit("case.lowered", "anna", "CASE1", why=fact)
    with records.reading() as store:
        assert store.entries_about("CASE1") == []


def test_an_entry_is_read_as_it_was_written(records: Records, clock: Any) -> None:
    """With its number, moment and facts; entries about other things are left out."""
    with records.transaction() as store:
        store.audit("case.opened", "person", "CASE2")
        store.audit("case.lowered", "anna", "CASE1", old="now", note=12)
        (entry,) = store.entries_about("CASE1")
    assert (entry.number, entry.at, entry.what, entry.who) == (2, clock(), "case.lowered", "anna")
    assert entry.facts == {"old": "now", "note": "12"}


def test_an_entry_made_without_the_key_shows(records: Records) -> None:
    """A well-formed entry appended by hand has no valid hash."""
    _fill(records)
    columns = "at, what, who, about, prev_hash, hash"
    forged = "SELECT 6, at, what, who, about, hash, prev_hash FROM audit WHERE seq = 5"
    fault = _tamper(records, f"INSERT INTO audit (seq, {columns}) {forged}")
    assert fault and fault.seq == 6


def test_the_chain_goes_on_across_processes(url: str, open_store: Callable[[str], Records]) -> None:
    """Entries of two processes stand in one chain."""
    first, second = open_store(url), open_store(url)
    _fill(first, 2)
    _fill(second, 2)
    _fill(first, 2)
    with second.reading() as store:
        assert store.verify_audit() is None


def test_every_change_of_a_case_is_entered(records: Records, chat: str) -> None:
    """Who did what to which case, in order, without any text."""
    with records.transaction() as store:
        case = store.open_case(chat, "SECRET reason", "soon", "person")
        store.open_case(chat, "SECRET worse", "now", "red_flag")
        store.claim(case.id, "anna")
        store.add_note(case.id, "anna", "SECRET note")
        store.record_reply(case.id, "anna", "SECRET reply")
        store.set_follow_up(case.id, "anna", store.now())
        store.open_case(chat, "SECRET again", "now", "person")
        store.claim(case.id, "ben")
        store.release(case.id)
        store.close(case.id, "anna", "team_called")
        store.forget(chat)
        rows = store.execute(text("SELECT what, who, about FROM audit ORDER BY seq")).all()
    assert [(row.what, row.who) for row in rows if row.about == case.id] == [
        ("case.opened", "person"),
        ("case.raised", "red_flag"),
        ("case.claimed", "anna"),
        ("case.noted", "anna"),
        ("case.replied", "anna"),
        ("case.follow_up_set", "anna"),
        ("case.reopened", "person"),
        ("case.claimed", "ben"),
        ("case.released", "ben"),
        ("case.closed", "anna"),
        ("case.scrubbed", "person"),
    ]
    assert ("conversation.forgotten", "person", chat) in [tuple(row) for row in rows]
    assert "SECRET" not in str(rows)
