"""What staff do with a case beyond answering it: levels, owners, calls, looking back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.errors import AccountMissing, CaseMissing, ClaimConflict, ConversationGone, NotAllowed, RecordsError
from bot.records import CALL, LEVELS, Case, Records, Secrets

SECRETS = Secrets("$argon2id$hash", "JBSWY3DPEHPK3PXP")
REASON = "spoke with her; the reading was from yesterday"


@pytest.fixture(autouse=True)
def people(records: Records) -> None:
    """Anna is a helper, Cleo and Carl are clinicians, Sue is a supervisor."""
    with records.transaction() as store:
        for name, role in (("Anna", "helper"), ("Cleo", "clinician"), ("Carl", "clinician"), ("Sue", "supervisor")):
            store.add_account(name, role, SECRETS, "root")


@pytest.fixture
def case(records: Records, chat: str) -> Case:
    """A case that waits at `now`."""
    with records.transaction() as store:
        return store.open_case(chat, "a fever of 38.4", "now", "red_flag")


def _log(records: Records, about: str) -> list[tuple[str, str, dict[str, str]]]:
    with records.reading() as store:
        return [(entry.what, entry.who, dict(entry.facts)) for entry in store.entries_about(about)]


# typing -------------------------------------------------------------------------------------------------------------


def test_who_has_the_chat_is_seen_typing_for_seconds(records: Records, case: Case, chat: str, clock: Any) -> None:
    """Nobody else is; a new key keeps it up, a reply ends it, and so does the end of what was kept."""
    with records.transaction() as store:
        store.note_typing(case.id, "Anna")
        assert not store.is_staff_typing(chat)
        store.claim(case.id, "Anna")
        store.note_typing(case.id, "Cleo")
        assert not store.is_staff_typing(chat)
        store.note_typing(case.id, "Anna")
        assert store.is_staff_typing(chat)
        clock.advance(seconds=5)
        store.note_typing(case.id, "Anna")
        clock.advance(seconds=5)
        assert store.is_staff_typing(chat)
        clock.advance(seconds=3)
        assert not store.is_staff_typing(chat)
        store.note_typing(case.id, "Anna")
        store.record_reply(case.id, "Anna", "Hello")
        assert not store.is_staff_typing(chat)
        store.note_typing(case.id, "Anna")
        store.forget(chat)
        assert not store.is_staff_typing(chat)
        store.note_typing(case.id, "Anna")


# levels -------------------------------------------------------------------------------------------------------------


def test_a_clinician_lowers_with_a_reason(records: Records, case: Case) -> None:
    """Who, from what to what, and why stand on the case and in the log; the reason itself only on the case."""
    with records.transaction() as store:
        assert store.lower_level(case.id, "cleo", "today", f" {REASON}\n").level == "today"
        note = store.notes(case.id)[-1]
        event = store.case_events(case.id)[-1]
    assert (note.by, note.text) == ("Cleo", REASON)
    assert (event.what, event.who, event.text) == ("case.lowered", "Cleo", REASON)
    assert event.facts == {"old": "now", "new": "today", "note": str(note.number)}
    with records.reading() as store:
        assert REASON not in str(store.execute(text("SELECT * FROM audit")).all())


@pytest.mark.parametrize("name", ["Anna", "Sue"])
def test_nobody_else_lowers(records: Records, case: Case, name: str) -> None:
    """Neither a helper nor a supervisor, with a reason or without."""
    with pytest.raises(NotAllowed, match="only a clinician"), records.transaction() as store:
        store.lower_level(case.id, name, "today", REASON)
    with records.reading() as store:
        assert store.case(case.id) == case
    assert _log(records, case.id) == [("case.opened", "red_flag", {"level": "now"})]


def test_a_clinician_who_left_lowers_nothing(records: Records, case: Case) -> None:
    """A disabled account, or a name without one, may nothing."""
    with records.transaction() as store:
        store.disable_account("Cleo", "root")
    with pytest.raises(NotAllowed), records.transaction() as store:
        store.lower_level(case.id, "Cleo", "today", REASON)
    with pytest.raises(AccountMissing), records.transaction() as store:
        store.lower_level(case.id, "Nobody", "today", REASON)


@pytest.mark.parametrize(
    ("level", "reason", "message"),
    [
        ("today", " \n", "reason is empty"),
        ("today", "x" * 5000, "more than 4000"),
        ("now", REASON, "would not lower"),
        ("emergency", REASON, "would not lower"),
        ("fine", REASON, "is no level; use one of keep"),
        ("crisis", REASON, "is no level"),
    ],
)
def test_a_lowering_that_is_none_is_refused(
    records: Records, case: Case, level: str, reason: str, message: str
) -> None:
    """Without words why, or with a level that is no lower, nothing changes."""
    with pytest.raises(ValueError, match=message), records.transaction() as store:
        store.lower_level(case.id, "Cleo", level, reason)
    with records.reading() as store:
        assert store.case(case.id) == case


def test_anybody_raises_whoever_has_the_case(records: Records, case: Case) -> None:
    """An emergency does not wait for its owner's leave; a reason is welcome and not needed."""
    with records.transaction() as store:
        store.claim(case.id, "Cleo")
        raised = store.raise_level(case.id, "Anna", "emergency")
        assert (raised.level, raised.crisis, raised.claimed_by) == ("emergency", False, "Cleo")
        assert store.notes(case.id) == []
        marked = store.raise_level(case.id, "Anna", "crisis", "she said that she cannot go on")
        assert (marked.level, marked.crisis) == ("emergency", True)
        assert store.case_events(case.id)[-1].text == "she said that she cannot go on"
    assert [facts for what, _, facts in _log(records, case.id) if what == "case.raised"] == [
        {"old": "now", "new": "emergency"},
        {"old": "emergency", "new": "emergency", "mark": "crisis", "note": "1"},
    ]


@pytest.mark.parametrize(
    ("level", "message"), [("now", "already"), ("today", "would not raise"), ("x", "is no level"), ("", "is no level")]
)
def test_a_raising_that_is_none_is_refused(records: Records, case: Case, level: str, message: str) -> None:
    """The other button does not lower either."""
    with pytest.raises(ValueError, match=message), records.transaction() as store:
        store.raise_level(case.id, "Anna", level)


def test_a_crisis_mark_stays(records: Records, case: Case) -> None:
    """A clinician may lower the level beside it; the case stays at the head of the queue."""
    with records.transaction() as store:
        store.raise_level(case.id, "Anna", "crisis")
        lowered = store.lower_level(case.id, "Cleo", "keep", REASON)
        other = store.open_case(store.create_conversation("widget", "en").id, "asked", "emergency", "person")
        assert (lowered.level, lowered.crisis) == ("keep", True)
        assert [each.id for each in store.cases()] == [case.id, other.id]


def test_what_was_lowered_is_raised_again_by_a_red_flag(records: Records, case: Case, chat: str) -> None:
    """A clinician's word is about what was known; what comes later outranks it."""
    with records.transaction() as store:
        store.lower_level(case.id, "Cleo", "soon", REASON)
        assert store.open_case(chat, "bleeding that does not stop", "emergency", "red_flag").level == "emergency"


def test_a_closed_case_keeps_its_level(records: Records, case: Case) -> None:
    """What is counted afterwards does not move."""
    with records.transaction() as store:
        store.close(case.id, "Anna", "team_called")
    for change in (
        lambda store: store.raise_level(case.id, "Anna", "emergency"),
        lambda store: store.lower_level(case.id, "Cleo", "soon", REASON),
        lambda store: store.assign(case.id, "Sue", "Cleo"),
    ):
        with pytest.raises(ClaimConflict, match="closed"), records.transaction() as store:
            change(store)


@given(steps=st.lists(st.tuples(st.sampled_from(["Anna", "Cleo", "Sue"]), st.booleans(), st.sampled_from(LEVELS))))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_levels_only_fall_by_a_clinician(records: Records, steps: list[tuple[str, bool, str]]) -> None:
    """Whatever is tried, in whatever order, and the log tells every step of the way."""
    with records.transaction() as store:
        chat = store.create_conversation("widget", "en").id
        case = store.open_case(chat, "asked", "today", "person")
    level, told = "today", []
    for who, down, wanted in steps:
        up = LEVELS.index(wanted) - LEVELS.index(level)
        allowed = up < 0 and who == "Cleo" if down else up > 0
        try:
            with records.transaction() as store:
                if down:
                    store.lower_level(case.id, who, wanted, REASON)
                else:
                    store.raise_level(case.id, who, wanted)
        except (NotAllowed, ValueError):
            assert not allowed
        else:
            assert allowed
            told.append((who, level, wanted))
            level = wanted
    with records.reading() as store:
        assert store.case(case.id).level == level
        changes = [event for event in store.case_events(case.id) if event.what in ("case.raised", "case.lowered")]
    assert [(event.who, event.facts["old"], event.facts["new"]) for event in changes] == told


# owners -------------------------------------------------------------------------------------------------------------


def test_a_case_is_handed_over(records: Records, case: Case, clock: Any) -> None:
    """What waits becomes theirs; what is mine I may give away, and it keeps its state."""
    with records.transaction() as store:
        given_ = store.assign(case.id, "Anna", "cleo")
        assert (given_.state, given_.claimed_by, given_.claimed_at) == ("claimed", "Cleo", clock())
        store.record_reply(case.id, "Cleo", "Hello")
        assert store.assign(case.id, "Cleo", "Carl").state == "replied"
        carl = store.account("Carl").id
    assert _log(records, case.id)[-1] == ("case.assigned", "Cleo", {"to": carl})


def test_what_another_has_only_a_supervisor_moves(records: Records, case: Case) -> None:
    """Somebody may have gone home with it."""
    with records.transaction() as store:
        store.claim(case.id, "Cleo")
    with pytest.raises(ClaimConflict, match="with Cleo"), records.transaction() as store:
        store.assign(case.id, "Anna", "Anna")
    with records.transaction() as store:
        assert store.assign(case.id, "Sue", "Anna").claimed_by == "Anna"


def test_a_follow_up_changes_its_owner_and_keeps_its_time(records: Records, case: Case, clock: Any) -> None:
    """It stays due when it was."""
    due = clock() + timedelta(days=1)
    with records.transaction() as store:
        store.claim(case.id, "Cleo")
        store.set_follow_up(case.id, "Cleo", due)
        moved = store.assign(case.id, "Cleo", "Carl")
    assert (moved.state, moved.claimed_by, moved.follow_up_at) == ("follow_up_due", "Carl", due)


def test_nobody_is_given_a_case_who_cannot_take_it(records: Records, case: Case) -> None:
    """Neither a name without an account nor one that was disabled."""
    with records.transaction() as store:
        store.disable_account("Carl", "root")
    for name, error in (("Carl", NotAllowed), ("Nobody", AccountMissing)):
        with pytest.raises(error), records.transaction() as store:
            store.assign(case.id, "Anna", name)
    with records.reading() as store:
        assert store.case(case.id).state == "waiting"


def test_who_leaves_keeps_no_case(records: Records, case: Case, clock: Any) -> None:
    """A disabled account gives its chats back to the queue; its follow-ups stay due, for anybody."""
    with records.transaction() as store:
        store.claim(case.id, "Cleo")
        later = store.open_case(store.create_conversation("widget", "en").id, "asked", "soon", "person")
        store.claim(later.id, "Cleo")
        store.set_follow_up(later.id, "Cleo", clock() + timedelta(days=1))
        closed = store.open_case(store.create_conversation("widget", "en").id, "asked", "soon", "person")
        store.claim(closed.id, "Cleo")
        store.close(closed.id, "Cleo", "advised")
        assert [each.id for each in store.disable_account("Cleo", "root")] == [case.id]
        found = store.case(case.id)
        assert (found.state, found.claimed_by) == ("waiting", None)
        assert store.claim(later.id, "Anna").claimed_by == "Anna"
        assert store.disable_account("Cleo", "root") == []
    assert _log(records, case.id)[-1] == ("case.released", "root", {})


def test_who_was_disabled_takes_no_case(records: Records, case: Case) -> None:
    """A request that was under way when it happened leaves the case to those who can answer."""
    with records.transaction() as store:
        store.disable_account("Cleo", "root")
    for take in (
        lambda store: store.claim(case.id, "Cleo"),
        lambda store: store.record_reply(case.id, "Cleo", "Hello"),
    ):
        with pytest.raises(NotAllowed, match="disabled"), records.transaction() as store:
            take(store)
    with records.reading() as store:
        assert store.case(case.id) == case


def test_leaving_and_claiming_at_once(url: str, open_store: Callable[[str], Records]) -> None:
    """Whichever comes first, no case is left with somebody who is gone, and neither waits for the other for ever."""
    stores = [open_store(url), open_store(url)]
    for number in range(15):
        name = f"Leaver {number}"
        with stores[0].transaction() as store:
            store.add_account(name, "helper", SECRETS, "root")
            found = [
                store.open_case(store.create_conversation("widget", "en").id, "asked", "now", "person").id
                for _ in range(3)
            ]
            store.claim(found[0], name)
        errors: list[Exception] = []
        ready = threading.Barrier(2)

        def leave(name: str = name, ready: Any = ready, errors: list[Exception] = errors) -> None:
            ready.wait()
            try:
                with stores[0].transaction() as store:
                    store.disable_account(name, "root")
            except Exception as error:
                errors.append(error)

        def claim(name: str = name, found: Any = found, ready: Any = ready, errors: Any = errors) -> None:
            ready.wait()
            for case_id in found[1:]:
                try:
                    with stores[1].transaction() as store:
                        store.claim(case_id, name)
                except NotAllowed:
                    pass
                except Exception as error:
                    errors.append(error)

        threads = [threading.Thread(target=leave), threading.Thread(target=claim)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        with stores[0].reading() as store:
            assert store.cases_held_by(name) == []
    with stores[0].reading() as store:
        assert store.verify_audit() is None


# calls --------------------------------------------------------------------------------------------------------------


def test_a_call_is_a_case_from_its_first_second(records: Records, clock: Any) -> None:
    """Claimed by who took it, on a conversation of its own in which the checklist goes on."""
    with records.transaction() as store:
        call = store.open_call("Anna", "en-GB")
        conversation = store.conversation(call.conversation_id or "")
    assert (call.channel, call.state, call.claimed_by, call.level) == (CALL, "claimed", "Anna", "keep")
    assert (call.opened_by, call.opened_at) == ("Anna", clock())
    assert conversation
    assert (conversation.channel, conversation.handover) == (CALL, False)
    assert [what for what, _, _ in _log(records, call.id)] == ["case.opened", "case.claimed"]


def test_the_level_of_a_call_rises_with_the_checklist(records: Records) -> None:
    """As in a chat, and it goes to the queue like any other when it is released."""
    with records.transaction() as store:
        call = store.open_call("Anna", "en")
        store.open_case(call.conversation_id or "", "a fever", "now", "red_flag")
        released = store.release(call.id, "Anna")
    assert (released.level, released.state) == ("now", "waiting")


def test_nobody_writes_to_a_caller(records: Records) -> None:
    """A reply that nobody reads is refused, and says what to do; the case is not touched."""
    with records.transaction() as store:
        call = store.open_call("Anna", "en")
    with pytest.raises(RecordsError, match="telephone call"), records.transaction() as store:
        store.record_reply(call.id, "Anna", "Hello")
    with records.reading() as store:
        assert store.case(call.id) == call
        assert store.messages(call.conversation_id or "") == []


# looking back -------------------------------------------------------------------------------------------------------


def test_earlier_cases_of_the_same_chat(records: Records, case: Case, chat: str, clock: Any) -> None:
    """The latest first; later ones and other people's are not among them."""
    found = [case]
    with records.transaction() as store:
        for _ in range(2):
            store.close(found[-1].id, "Anna", "advised")
            clock.advance(hours=1)
            found.append(store.open_case(chat, "again", "soon", "person"))
        store.open_case(store.create_conversation("widget", "en").id, "asked", "soon", "person")
        first, second, third = (each.id for each in found)
        assert [each.id for each in store.earlier_cases(third)] == [second, first]
        assert [each.id for each in store.earlier_cases(second.lower())] == [first]
        assert store.earlier_cases(first) == []
        with pytest.raises(CaseMissing):
            store.earlier_cases("NOCASE")


def test_views_and_exports_are_events(records: Records, case: Case, clock: Any) -> None:
    """Who looked, and who took what out, in the order that it happened."""
    with records.transaction() as store:
        store.note_view(case.id, "Anna")
    clock.advance(minutes=1)
    with records.transaction() as store:
        store.note_export(case.id.lower(), "Cleo", "pdf")
        events = store.case_events(case.id)
    assert [(event.what, event.who, event.facts) for event in events] == [
        ("case.opened", "red_flag", {"level": "now"}),
        ("case.viewed", "Anna", {}),
        ("case.exported", "Cleo", {"form": "pdf"}),
    ]
    assert events[2].at - events[1].at == timedelta(minutes=1)
    assert events[2].number > events[1].number


def test_the_events_of_one_case_are_its_own(records: Records, case: Case) -> None:
    """Another case has its own, and a note shows where it was written."""
    with records.transaction() as store:
        other = store.open_case(store.create_conversation("widget", "en").id, "asked", "soon", "person")
        store.add_note(other.id, "Anna", "called the ward")
        store.add_note(case.id, "Anna", "no answer")
        assert [event.text for event in store.case_events(case.id)] == [None, "no answer"]
        assert [event.text for event in store.case_events(other.id)] == [None, "called the ward"]


def test_forgetting_removes_content_and_leaves_the_fact(records: Records, case: Case, chat: str) -> None:
    """That it was lowered, by whom and when, is still told; why is not, nor who called, and the log is whole."""
    with records.transaction() as store:
        store.lower_level(case.id, "Cleo", "today", REASON)
        store.save_sheet(case.id, "Anna", {"caller": "his sister"})
        store.forget(chat)
    with records.transaction() as store:
        lowered = [event for event in store.case_events(case.id) if event.what == "case.lowered"]
        assert [(event.who, event.facts["new"], event.text) for event in lowered] == [("Cleo", "today", None)]
        assert store.sheet(case.id) == {}
        assert store.earlier_cases(case.id) == []
        assert store.verify_audit() is None
    with pytest.raises(RecordsError, match="nothing more is written"), records.transaction() as store:
        store.save_sheet(case.id, "Anna", {"caller": "his sister"})


def test_an_entry_never_shows_another_persons_note(records: Records, case: Case, chat: str) -> None:
    """The number of a note that was forgotten may be given again: to a note of another case."""
    with records.transaction() as store:
        store.add_note(case.id, "Anna", "first")
        store.forget(chat)
        other = store.open_case(store.create_conversation("widget", "en").id, "asked", "soon", "person")
        store.add_note(other.id, "Anna", "second")
        assert {event.text for event in store.case_events(case.id)} == {None}


# what staff fill in -------------------------------------------------------------------------------------------------


def test_a_sheet_is_kept_whole(records: Records, case: Case) -> None:
    """Empty at first, replaced as one, and on a closed case too."""
    with records.transaction() as store:
        assert store.sheet(case.id) == {}
        store.save_sheet(case.id, "Anna", {"caller": "his sister", "told": ["ward"]})
        store.close(case.id, "Anna", "team_called")
        store.save_sheet(case.id, "Anna", {"caller": "his brother"})
        assert store.sheet(case.id.lower()) == {"caller": "his brother"}
    assert [what for what, _, _ in _log(records, case.id)].count("case.sheet_saved") == 2


def test_a_sheet_is_not_readable_in_the_database(records: Records, case: Case) -> None:
    """It may hold a name."""
    with records.transaction() as store:
        store.save_sheet(case.id, "Anna", {"caller": "Grace"})
        assert "Grace" not in str(store.execute(text("SELECT * FROM case_sheets")).all())


def test_a_case_that_is_not_there_is_said_so(records: Records) -> None:
    """By every one of these."""
    uses: list[Callable[[Any], Any]] = [
        lambda store: store.raise_level("NOCASE", "Anna", "now"),
        lambda store: store.lower_level("NOCASE", "Cleo", "soon", REASON),
        lambda store: store.assign("NOCASE", "Anna", "Cleo"),
        lambda store: store.case_events("NOCASE"),
        lambda store: store.note_view("NOCASE", "Anna"),
        lambda store: store.note_export("NOCASE", "Anna", "pdf"),
        lambda store: store.sheet("NOCASE"),
        lambda store: store.save_sheet("NOCASE", "Anna", {}),
    ]
    for use in uses:
        with pytest.raises(CaseMissing), records.transaction() as store:
            use(store)


def test_a_call_of_a_forgotten_conversation_is_gone(records: Records) -> None:
    """What was forgotten does not come back by a late checklist."""
    with records.transaction() as store:
        call = store.open_call("Anna", "en")
        store.forget(call.conversation_id or "")
    with pytest.raises(ConversationGone), records.transaction() as store:
        store.open_case(call.conversation_id or "", "a fever", "now", "red_flag")
