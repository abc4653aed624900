"""Cases: who waits, who has them, and that two people never have the same one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import CaseMissing, ClaimConflict, ConversationGone, RecordsError
from bot.records import LEVELS, Case, Records


@pytest.fixture
def case(records: Records, chat: str) -> Case:
    """A case that waits."""
    with records.transaction() as store:
        return store.open_case(chat, "asked for a person", "soon", "person")


def _handover(records: Records, chat: str) -> bool:
    with records.reading() as store:
        found = store.conversation(chat)
    assert found
    return found.handover


def _open(records: Records, level: str = "soon", **options: Any) -> Case:
    with records.transaction() as store:
        chat = store.create_conversation("widget", "en").id
        return store.open_case(chat, "asked", level, "person", **options)


def test_a_new_case_waits(records: Records, case: Case, chat: str, clock: Any) -> None:
    """It has everything that was given, waits from now on, and the bot still answers."""
    with records.reading() as store:
        assert store.case(case.id) == case == store.case_for(chat)
        assert store.cases() == [case]
    assert (case.state, case.level, case.crisis) == ("waiting", "soon", False)
    assert case.reason == "asked for a person"
    assert (case.channel, case.opened_by, case.waiting_since) == ("widget", "person", clock())
    assert not _handover(records, chat)


def test_the_id_is_short_and_read_as_typed(records: Records, case: Case) -> None:
    """Six letters and digits, in any case, with O for 0 and I or L for 1."""
    assert len(case.id) == 6
    typed = case.id.lower().replace("0", "o").replace("1", "l")
    with records.reading() as store:
        assert store.case(typed).id == case.id


def test_an_unknown_case_is_said_so(records: Records) -> None:
    """Every operation on it says so, and repeats no control characters of what was typed."""
    for use in (
        lambda store: store.case("\x1b[2J"),
        lambda store: store.claim("\x1b[2J", "anna"),
        lambda store: store.add_note("\x1b[2J", "anna", "x"),
        lambda store: store.record_reply("\x1b[2J", "anna", "x"),
        lambda store: store.release("\x1b[2J"),
        lambda store: store.close("\x1b[2J", "anna", "done"),
    ):
        with pytest.raises(CaseMissing) as caught, records.transaction() as store:
            use(store)
        assert str(caught.value).isprintable()


@pytest.mark.parametrize("second", LEVELS)
@pytest.mark.parametrize("first", LEVELS)
def test_asking_again_only_raises_the_level(sqlite_records: Records, first: str, second: str) -> None:
    """There is one open case a chat; the higher of two levels stands."""
    case = _open(sqlite_records, first)
    with sqlite_records.transaction() as store:
        again = store.open_case(case.conversation_id or "", "again", second, "red_flag")
        assert store.cases() == [again]
        raised = [note.text for note in store.notes(case.id)]
    assert again.id == case.id
    assert again.level == max(first, second, key=LEVELS.index)
    assert raised == (["again"] if LEVELS.index(second) > LEVELS.index(first) else [])


def test_crisis_is_a_mark_that_stays(records: Records, case: Case, chat: str) -> None:
    """It stands for emergency, beside the level, and nothing that comes later takes it away."""
    with records.transaction() as store:
        store.open_case(chat, "words of self-harm", "crisis", "red_flag")
        later = store.open_case(chat, "asked", "soon", "person")
    assert (later.level, later.crisis) == ("emergency", True)


def test_a_level_that_is_none_is_refused(records: Records, chat: str) -> None:
    """The message lists the levels."""
    with pytest.raises(ValueError, match="keep, soon"), records.transaction() as store:
        store.open_case(chat, "x", "urgent", "person")


def test_the_queue_is_ordered_by_crisis_level_and_wait(records: Records, clock: Any) -> None:
    """Crisis first, then by level, and within a level who waits longest."""
    expected: list[Any] = [None] * 7
    for place, level, crisis in (
        (4, "today", False),
        (6, "keep", False),
        (5, "today", False),
        (2, "emergency", False),
        (0, "soon", True),
        (3, "now", False),
        (1, "soon", True),
    ):
        expected[place] = _open(records, level, crisis=crisis)
        clock.advance(minutes=1)
    with records.reading() as store:
        assert store.cases() == expected


def test_cases_are_listed_by_state(records: Records, case: Case) -> None:
    """One state, or all that are not closed; an unknown state is refused."""
    other = _open(records)
    with records.transaction() as store:
        store.close(other.id, "anna", "team_called")
        assert [c.id for c in store.cases()] == [case.id]
        assert [c.id for c in store.cases("closed")] == [other.id]
        assert store.cases("claimed") == []
        with pytest.raises(ValueError, match="waiting"):
            store.cases("open")


def test_claim_reply_release_and_close_turn_the_handover(records: Records, case: Case, chat: str) -> None:
    """The bot is quiet from claim to release, and answers again after a release or the end."""
    steps: tuple[tuple[Callable[[Any], Any], str, bool], ...] = (
        (lambda store: store.claim(case.id, "anna"), "claimed", True),
        (lambda store: store.record_reply(case.id, "anna", "Hello"), "replied", True),
        (lambda store: store.release(case.id), "waiting", False),
        (lambda store: store.claim(case.id, "ben"), "claimed", True),
        (lambda store: store.close(case.id, "ben", "team_called"), "closed", False),
    )
    for step, state, handover in steps:
        with records.transaction() as store:
            step(store)
        with records.reading() as store:
            assert store.case(case.id).state == state
        assert _handover(records, chat) is handover


def test_a_reply_is_a_message_of_the_contract(records: Records, case: Case, chat: str, clock: Any) -> None:
    """It stands in the chat after what was there, from staff, with every field of a message."""
    with records.transaction() as store:
        store.append_messages(chat, [{"id": "1", "author": "person", "text": "hello?"}])
        reply = store.record_reply(case.id, "anna", "Hello, I am Anna.")
        assert store.messages(chat)[1:] == [reply]
        found = store.case(case.id)
    assert reply["id"] and reply["at"] == clock().isoformat(timespec="milliseconds")
    del reply["id"], reply["at"]
    assert reply == {
        "author": "staff",
        "name": "anna",
        "utterance": None,
        "kind": "statement",
        "text": "Hello, I am Anna.",
        "step": None,
        "choices": [],
        "multiple": False,
        "direction": None,
    }
    assert (found.state, found.claimed_by, found.replied_at) == ("replied", "anna", clock())


def test_an_empty_reply_is_refused(records: Records, case: Case, chat: str) -> None:
    """Nothing reaches the chat, and the case still waits."""
    with pytest.raises(ValueError, match="empty"), records.transaction() as store:
        store.record_reply(case.id, "anna", " \n")
    with records.reading() as store:
        assert store.messages(chat) == []
        assert store.case(case.id).state == "waiting"


def test_what_another_has_cannot_be_taken(records: Records, case: Case, chat: str) -> None:
    """Claim, reply, follow-up and close by someone else change nothing and name who has it."""
    with records.transaction() as store:
        mine = store.claim(case.id, "anna")
    for attempt in (
        lambda store: store.claim(case.id, "ben"),
        lambda store: store.record_reply(case.id, "ben", "Hello"),
        lambda store: store.set_follow_up(case.id, "ben", store.now()),
        lambda store: store.close(case.id, "ben", "done"),
    ):
        with pytest.raises(ClaimConflict, match="with anna"), records.transaction() as store:
            attempt(store)
    with records.reading() as store:
        assert store.case(case.id) == mine
        assert store.messages(chat) == []


def test_claiming_twice_is_no_fault(records: Records, case: Case, clock: Any) -> None:
    """A claim sent again by the same person changes nothing."""
    with records.transaction() as store:
        first = store.claim(case.id, "anna")
    clock.advance(minutes=5)
    with records.transaction() as store:
        assert store.claim(case.id, "anna") == first


def test_a_closed_case_stays_closed(records: Records, case: Case, chat: str) -> None:
    """Nothing moves it any more; asking again opens a new one."""
    with records.transaction() as store:
        closed = store.close(case.id, "anna", "team_called")
    assert (closed.closed_by, closed.outcome) == ("anna", "team_called")
    for attempt in (
        lambda store: store.claim(case.id, "anna"),
        lambda store: store.record_reply(case.id, "anna", "Hello"),
        lambda store: store.set_follow_up(case.id, "anna", store.now()),
        lambda store: store.release(case.id),
        lambda store: store.close(case.id, "anna", "done"),
    ):
        with pytest.raises(ClaimConflict, match="closed"), records.transaction() as store:
            attempt(store)
    with records.transaction() as store:
        assert store.case_for(chat) is None
        assert store.open_case(chat, "again", "soon", "person").id != case.id


@pytest.mark.parametrize("outcome", ["", "she is better now", "Called", "x" * 41, "a\n"])
def test_an_outcome_is_an_id(records: Records, case: Case, outcome: str) -> None:
    """Outcomes are stored in the clear for counts, so text about a person does not fit into them."""
    with pytest.raises(ValueError, match="short id"), records.transaction() as store:
        store.close(case.id, "anna", outcome)


def test_a_follow_up_frees_the_chat_and_keeps_its_owner(records: Records, case: Case, chat: str, clock: Any) -> None:
    """The bot answers again; the case waits for its time, and a claim takes it up."""
    due = clock() + timedelta(days=1)
    with pytest.raises(ClaimConflict, match="claim it first"), records.transaction() as store:
        store.set_follow_up(case.id, "anna", due)
    with records.transaction() as store:
        store.claim(case.id, "anna")
        found = store.set_follow_up(case.id, "anna", due)
    assert (found.state, found.claimed_by, found.follow_up_at) == ("follow_up_due", "anna", due)
    assert not _handover(records, chat)
    with records.transaction() as store:
        assert store.claim(case.id, "ben").follow_up_at is None


def test_asking_again_brings_a_follow_up_back_to_the_queue(records: Records, case: Case, chat: str, clock: Any) -> None:
    """A person who asks once more does not wait unseen behind a date."""
    with records.transaction() as store:
        store.record_reply(case.id, "anna", "I will ask your team.")
        store.set_follow_up(case.id, "anna", clock() + timedelta(days=1))
    clock.advance(hours=1)
    with records.transaction() as store:
        again = store.open_case(chat, "worse now", "today", "person")
    assert (again.id, again.state, again.claimed_by, again.follow_up_at) == (case.id, "waiting", None, None)
    assert again.waiting_since == clock()


def test_a_release_before_any_reply_keeps_the_place_in_the_queue(records: Records, case: Case, clock: Any) -> None:
    """Who was claimed and put back has waited since the beginning; who was answered waits anew."""
    begun = clock()
    clock.advance(minutes=10)
    with records.transaction() as store:
        store.claim(case.id, "anna")
        assert store.release(case.id, "anna").waiting_since == begun
        store.record_reply(case.id, "anna", "Hello")
        assert store.release(case.id, "anna").waiting_since == clock()


def test_what_waits_cannot_be_released(records: Records, case: Case) -> None:
    """There is nothing to release, and it says so."""
    with pytest.raises(ClaimConflict, match="waiting"), records.transaction() as store:
        store.release(case.id)


def test_notes_are_for_staff_only(records: Records, case: Case, chat: str, clock: Any) -> None:
    """They stand on the case in order and never in the chat."""
    with records.transaction() as store:
        store.add_note(case.id, "anna", "called the ward")
        store.add_note(case.id.lower(), "ben", "no answer")
        assert [(n.by, n.text, n.at) for n in store.notes(case.id)] == [
            ("anna", "called the ward", clock()),
            ("ben", "no answer", clock()),
        ]
        assert store.messages(chat) == []


def test_nothing_more_is_written_about_someone_who_was_forgotten(records: Records, case: Case, chat: str) -> None:
    """After forget-me neither a note nor a reply is kept."""
    with records.transaction() as store:
        store.claim(case.id, "anna")
        store.forget(chat)
    with pytest.raises(RecordsError, match="deleted"), records.transaction() as store:
        store.add_note(case.id, "anna", "she had a fever")
    with pytest.raises(ConversationGone, match="deleted"), records.transaction() as store:
        store.record_reply(case.id, "anna", "Hello")
    with records.reading() as store:
        assert store.notes(case.id) == []


def test_a_case_needs_its_conversation(records: Records) -> None:
    """No case is opened for a chat that is not there."""
    with pytest.raises(ConversationGone), records.transaction() as store:
        store.open_case("unknown", "x", "soon", "person")


def _race(attempts: list[Callable[[], Any]]) -> list[Any]:
    """Run all at once, one thread each; give their results or errors."""
    results: list[Any] = [None] * len(attempts)
    ready = threading.Barrier(len(attempts))

    def run(place: int) -> None:
        ready.wait()
        try:
            results[place] = attempts[place]()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(attempts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_several_who_claim_at_once_exactly_one_wins(url: str, open_store: Callable[[str], Records]) -> None:
    """Two processes of two threads each, 25 cases: one owner, the others are told who it is."""
    stores = [open_store(url), open_store(url)]

    def claim(records: Records, case_id: str, staff: str) -> Case:
        with records.transaction() as store:
            return store.claim(case_id, staff)

    for _ in range(25):
        case = _open(stores[0])
        names = ["anna", "ben", "chris", "dana"]
        results = _race(
            [
                lambda place=place, name=name, case_id=case.id: claim(stores[place % 2], case_id, name)
                for place, name in enumerate(names)
            ]
        )
        winners = [name for name, result in zip(names, results, strict=True) if isinstance(result, Case)]
        losers = [result for result in results if isinstance(result, ClaimConflict)]
        assert (len(winners), len(losers)) == (1, 3), results
        with stores[1].reading() as store:
            assert store.case(case.id).claimed_by == winners[0]
    with stores[0].reading() as store:
        assert store.verify_audit() is None


def test_two_requests_at_once_open_one_case(url: str, open_store: Callable[[str], Records]) -> None:
    """A person who presses twice, in two processes, has one case with the higher level."""
    stores = [open_store(url), open_store(url)]
    for _ in range(10):
        with stores[0].transaction() as store:
            chat = store.create_conversation("widget", "en").id

        def ask(records: Records, level: str, chat: str = chat) -> Case:
            with records.transaction() as store:
                return store.open_case(chat, "asked", level, "person")

        results = _race([lambda: ask(stores[0], "soon"), lambda: ask(stores[1], "now")])
        assert all(isinstance(result, Case) for result in results), results
        with stores[0].reading() as store:
            found = [case for case in store.cases() if case.conversation_id == chat]
        assert [case.level for case in found] == ["now"]
