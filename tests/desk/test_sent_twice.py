"""A reply is written once, however often it is sent: a browser sends a form again when it heard no answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from bot.channels import handover
from bot.content.loader import Content
from bot.errors import ClaimConflict, RecordsUnavailable, ReplyConflict
from bot.records import Case, Records
from bot.site import Site
from tests.support.desk_cases import runtime_on

ID = "00ff13579bdf2468"
TEXT = "Hello, I am Anna."


@pytest.fixture
def chat(records: Records) -> str:
    """The id of a conversation; no server is needed for it."""
    with records.transaction() as store:
        return store.create_conversation("widget", "en").id


@pytest.fixture
def case(records: Records, chat: str) -> Case:
    """A case that waits."""
    with records.transaction() as store:
        return store.open_case(chat, "asked", "today", "person")


def _written(records: Records, case: Case) -> tuple[list[dict[str, Any]], list[str]]:
    """The chat, and what the log has of the case."""
    assert case.conversation_id
    with records.reading() as store:
        return store.messages(case.conversation_id), [entry.what for entry in store.entries_about(case.id)]


def _move_on(name: str) -> Callable[[Any, str], object]:
    return {
        "nothing": lambda store, case: None,
        "another reply": lambda store, case: store.record_reply(case, "anna", "And another thing.", "f" * 16),
        "a follow-up": lambda store, case: store.set_follow_up(case, "anna", store.now()),
        "release": lambda store, case: store.release(case),
        "somebody else's": lambda store, case: (store.release(case), store.claim(case, "ben")),
        "the end": lambda store, case: store.close(case, "anna", "advised"),
    }[name]


@pytest.mark.parametrize(
    "meanwhile", ["nothing", "another reply", "a follow-up", "release", "somebody else's", "the end"]
)
def test_a_repeat_returns_the_first_message_and_changes_nothing(
    records: Records, case: Case, clock: Any, meanwhile: str
) -> None:
    """Whatever happened to the case meanwhile: neither chat nor log nor owner change."""
    with records.transaction() as store:
        first = store.record_reply(case.id, "anna", TEXT, ID)
    assert first["id"] == ID
    clock.advance(minutes=3)
    with records.transaction() as store:
        _move_on(meanwhile)(store, case.id)
        now = store.case(case.id)
    before = _written(records, case)
    clock.advance(minutes=3)
    with records.transaction() as store:
        assert store.record_reply(case.id, "anna", TEXT, ID) == first
        assert store.case(case.id) == now
    assert _written(records, case) == before


def test_without_an_id_each_reply_is_one_of_its_own(records: Records, case: Case) -> None:
    """Somebody at a terminal may mean the same words twice."""
    with records.transaction() as store:
        ids = {store.record_reply(case.id, "anna", TEXT)["id"] for _ in range(2)}
    assert len(ids) == 2 and all(len(each) == 16 for each in ids)


@pytest.mark.parametrize(("staff", "text"), [("anna", "Something else."), ("ben", TEXT)])
def test_an_id_is_not_used_for_two_replies(records: Records, case: Case, staff: str, text: str) -> None:
    """Other words under the same id would be lost without a word; so they are refused, and nothing is kept."""
    with records.transaction() as store:
        store.record_reply(case.id, "anna", TEXT, ID)
    before = _written(records, case)
    with pytest.raises(ReplyConflict), records.transaction() as store:
        store.record_reply(case.id, staff, text, ID)
    assert _written(records, case) == before


def test_the_id_of_a_message_of_the_bot_is_refused(records: Records, case: Case, chat: str) -> None:
    """It is no reply of anybody's."""
    with records.transaction() as store:
        store.append_messages(chat, [{"id": ID, "author": "bot", "text": TEXT}])
    with pytest.raises(ReplyConflict), records.transaction() as store:
        store.record_reply(case.id, "anna", TEXT, ID)


@pytest.mark.parametrize("typed", ["", "00ff", ID + "0", ID.upper(), "00ff13579bdf246g", ID + "\n", "' OR 1=1 --xxxxx"])
def test_an_id_is_sixteen_hex_digits(records: Records, case: Case, typed: str) -> None:
    """Anything else is refused before anything is written."""
    with pytest.raises(ValueError, match="16 hex"), records.transaction() as store:
        store.record_reply(case.id, "anna", TEXT, typed)
    assert _written(records, case) == ([], ["case.opened"])


def test_the_same_id_in_another_chat_is_another_reply(records: Records, case: Case) -> None:
    """Ids are unique within one chat only."""
    with records.transaction() as store:
        other = store.open_case(store.create_conversation("widget", "en").id, "asked", "today", "person")
        store.record_reply(case.id, "anna", TEXT, ID)
        assert store.record_reply(other.id, "anna", TEXT, ID)["id"] == ID


def test_the_person_first_reads_who_is_there(
    records: Records, case: Case, clock: Any, content: Content, site: Site
) -> None:
    """With the first reply comes the notice, once; a repeat after a release takes the case from nobody."""
    runtime = runtime_on(records, content, site, clock)
    with records.transaction() as store:
        first = handover.reply(store, case.id, "anna", TEXT, runtime, ID)
        handover.reply(store, case.id, "anna", "And more.", runtime, "f" * 16)
    chat, _ = _written(records, case)
    assert [message["utterance"] for message in chat] == ["human_joined", None, None]
    with records.transaction() as store:
        store.release(case.id)
    with records.transaction() as store:
        assert handover.reply(store, case.id, "anna", TEXT, runtime, ID) == first
        assert store.case(case.id).state == "waiting"
    assert _written(records, case)[0] == chat


def test_staff_and_the_person_never_wait_for_each_other(
    url: str, open_store: Callable[[str], Records], clock: Any, content: Content, site: Site
) -> None:
    """While a turn of the person's raises the case, staff claim it: both end, whoever comes first."""
    stores = [open_store(url), open_store(url)]
    runtime = runtime_on(stores[0], content, site, clock)
    faults: list[Exception] = []
    ready = threading.Barrier(2)

    def claim(case: Case) -> None:
        with stores[0].transaction() as store, handover.watched(store, case.id, runtime):
            store.claim(case.id, "anna")

    def turn(case: Case) -> None:
        assert case.conversation_id
        with stores[1].transaction() as store:
            store.save_state(case.conversation_id, {"version": 1})
            store.open_case(case.conversation_id, "red_flag", "emergency", "red_flag")

    def run(act: Callable[[Case], None], cases: list[Case]) -> None:
        for case in cases:
            ready.wait(timeout=30)
            try:
                act(case)
            except (RecordsUnavailable, ClaimConflict) as error:
                faults.append(error)

    with stores[0].transaction() as store:
        chats = [store.create_conversation("widget", "en").id for _ in range(100)]
        cases = [store.open_case(each, "asked", "soon", "person") for each in chats]
    threads = [threading.Thread(target=run, args=(act, cases)) for act in (claim, turn)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with stores[0].reading() as store:
        assert {(c.state, c.claimed_by, c.level) for c in store.cases()} == {("claimed", "anna", "emergency")}
        assert store.verify_audit() is None
