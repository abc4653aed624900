"""What supervisors change at run time: kept in versions, in force in every process, and each change in the log."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from bot.errors import AccountMissing, SnippetConflict, SnippetMissing
from bot.records import Records, Secrets
from bot.site import SupportTimes
from bot.snippets import Wording

WORDING = Wording("Ring the team", "Please ring the care team.", "A leaflet of the ward", date(2025, 3, 1))
MONDAYS = SupportTimes(hours={"mon": {"opens": "09:00", "closes": "12:30"}}, closed_days=[date(2024, 12, 25)])


@pytest.fixture
def boss(records: Records) -> Records:
    """The store with a supervisor, Boss."""
    with records.transaction() as store:
        store.add_account("Boss", "supervisor", Secrets("$argon2id$hash", "JBSWY3DPEHPK3PXP"), "root")
    return records


def _log(store: Any, about: str) -> list[tuple[str, str, dict[str, str]]]:
    return [(entry.what, entry.who, dict(entry.facts)) for entry in store.entries_about(about)]


def test_hours_reach_every_process_and_go_back_to_the_file(
    boss: Records, url: str, open_store: Callable[[str], Records]
) -> None:
    """At the next read, without a restart; who set what stays to be read."""
    other = open_store(url)
    for times in (MONDAYS, SupportTimes(), None):
        with boss.transaction() as store:
            store.set_hours(times, "boss")
            store.set_hours(times, "boss")
        with other.reading() as store:
            assert store.hours() == times
    with other.reading() as store:
        assert [(one.version, one.by, one.times) for one in store.hours_changes()] == [
            (1, "Boss", MONDAYS), (2, "Boss", SupportTimes()), (3, "Boss", None),
        ]  # fmt: skip
        assert _log(store, "hours") == [
            ("hours.set", "Boss", {"version": "1"}),
            ("hours.set", "Boss", {"version": "2"}),
            ("hours.from_site_file", "Boss", {"version": "3"}),
        ]
        assert store.verify_audit() is None


def test_nothing_is_set_by_default_and_looking_costs_one_query(boss: Records) -> None:
    """Every turn looks."""
    seen: list[str] = []
    with boss.reading() as store:
        event.listen(store.connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
        assert store.hours() is None
    assert len(seen) == 1


def test_every_version_of_a_snippet_stays(boss: Records, clock: Any) -> None:
    """With who wrote it and when; retired, it is kept, and a change brings it back."""
    with boss.transaction() as store:
        made = store.add_snippet(WORDING, "boss", draft="ring_now")
        clock.advance(days=1)
        shorter = store.change_snippet(made.id.lower(), 1, replace(WORDING, text="  Ring now.\n"), "boss")
        retired = store.retire_snippet(made.id, "boss")
        assert store.retire_snippet(made.id, "boss") == retired == replace(shorter, version=3, retired=True)
        back = store.change_snippet(made.id, 3, WORDING, "boss")
    with boss.reading() as store:
        assert store.snippets() == [store.snippet(made.id)] == [back]
        assert store.snippet_versions(made.id) == [made, shorter, retired, back]
        assert [what for what, _, _ in _log(store, made.id)] == [
            "snippet.added", "snippet.changed", "snippet.retired", "snippet.changed",
        ]  # fmt: skip
        assert {facts["version"] for _, _, facts in _log(store, made.id)} == {"1", "2", "3", "4"}
    assert (made.version, made.by, made.draft, made.text) == (1, "Boss", "ring_now", WORDING.text)
    assert (shorter.text, shorter.retired, shorter.draft) == ("Ring now.", False, "ring_now")
    assert (back.version, back.retired, (back.at - made.at).days) == (4, False, 1)


def test_snippets_are_listed_by_title(boss: Records) -> None:
    """Whatever the case of its letters, and whenever they were made."""
    with boss.transaction() as store:
        for title in ("banana", "Cherry", "apple"):
            store.add_snippet(replace(WORDING, title=title), "boss")
        assert [snippet.title for snippet in store.snippets()] == ["apple", "banana", "Cherry"]


def test_nobody_undoes_what_they_have_not_seen(boss: Records) -> None:
    """A change of an earlier version is refused, and says whose change it would have undone."""
    with boss.transaction() as store:
        made = store.add_snippet(WORDING, "boss")
        latest = store.change_snippet(made.id, 1, replace(WORDING, text="Ring now."), "boss")
    with pytest.raises(SnippetConflict, match="Boss has changed this snippet meanwhile; read it again"):
        with boss.transaction() as store:
            store.change_snippet(made.id, 1, replace(WORDING, text="Wait."), "boss")
    with boss.reading() as store:
        assert store.snippet(made.id) == latest


def test_of_many_changes_at_once_one_is_kept(boss: Records, url: str, open_store: Callable[[str], Records]) -> None:
    """The others are told; none breaks on the version that both would have given. Hours are set one after the other."""
    with boss.transaction() as store:
        made = store.add_snippet(WORDING, "boss")
    stores, got, ready = [boss, open_store(url), open_store(url)], [], threading.Barrier(3)

    def change(place: int) -> None:
        ready.wait()
        try:
            with stores[place].transaction() as store:
                store.set_hours(SupportTimes(closed_days=[date(2024, 5, 1 + place)]), "boss")
            with stores[place].transaction() as store:
                store.change_snippet(made.id, 1, replace(WORDING, text=f"Text {place}"), "boss")
            got.append("kept")
        except Exception as error:
            got.append(type(error).__name__)

    threads = [threading.Thread(target=change, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == ["SnippetConflict", "SnippetConflict", "kept"]
    with boss.reading() as store:
        assert [one.version for one in store.snippet_versions(made.id)] == [1, 2]
        assert [one.version for one in store.hours_changes()] == [1, 2, 3]
        assert store.verify_audit() is None


def test_who_and_what_must_exist(boss: Records) -> None:
    """An unknown snippet or account is an error that says so."""
    with boss.transaction() as store:
        for act in (lambda: store.snippet("NOSUCH"), lambda: store.retire_snippet("NOSUCH", "boss")):
            with pytest.raises(SnippetMissing, match="choose one from the list"):
                act()
        with pytest.raises(AccountMissing):
            store.set_hours(MONDAYS, "nobody")
        with pytest.raises(ValueError, match="the text is empty"):
            store.add_snippet(replace(WORDING, text=" "), "boss")
        assert store.snippets() == [] and store.hours() is None
