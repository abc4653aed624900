"""Random use of chats, cases and retention, against a model that holds the rules in a few lines."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from bot.errors import ClaimConflict, ConversationGone
from bot.records import LEVELS, Cipher, Records
from bot.records.cipher import new_key

RETENTION = timedelta(days=3)
STAFF = st.sampled_from(["anna", "ben"])


class Chat:
    """What the model knows of a conversation and its open case."""

    def __init__(self, used: datetime) -> None:
        self.used = used
        self.state: int | None = None
        self.messages = 0
        self.case: str | None = None
        self.case_state = "none"
        self.level = "keep"
        self.owner: str | None = None
        self.forgotten = False


class RandomUse(RuleBasedStateMachine):
    """Several people and two members of staff; time passes; now and then somebody purges."""

    chats = Bundle("chats")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.now = datetime(2024, 3, 1, 9, 0, tzinfo=timezone.utc)
        url = f"sqlite:///{self.folder.name}/signpost.db"
        self.records = Records.open(url, Cipher([new_key()]), lambda: self.now, RETENTION.days)
        self.model: dict[str, Chat] = {}

    def teardown(self) -> None:
        self.records.dispose()
        self.folder.cleanup()

    def _alive(self, chat: str) -> bool:
        return not self.model[chat].forgotten and self.now < self.model[chat].used + RETENTION

    def _use(self, chat: str, write: Callable[[Any], Any]) -> bool:
        """Write to a chat; true when that was kept, which must be exactly while it is alive."""
        try:
            with self.records.transaction() as store:
                write(store)
        except ConversationGone:
            assert not self._alive(chat)
            return False
        assert self._alive(chat)
        self.model[chat].used = self.now
        return True

    def _staff(self, allowed: bool, write: Callable[[Any], Any]) -> bool:
        """Change a case; true when that was kept, which must be exactly when it is allowed."""
        try:
            with self.records.transaction() as store:
                write(store)
        except ClaimConflict:
            assert not allowed
            return False
        assert allowed
        return True

    @rule(target=chats)
    def start(self) -> str:
        with self.records.transaction() as store:
            chat = store.create_conversation("widget", "en").id
        self.model[chat] = Chat(self.now)
        return chat

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(chat=chats, state=st.integers())
    def turn(self, chat: str, state: int) -> None:
        def write(store: Any) -> None:
            store.append_messages(chat, [{"id": str(self.model[chat].messages), "author": "person"}])
            store.save_state(chat, {"n": state})

        if self._use(chat, write):
            self.model[chat].state = state
            self.model[chat].messages += 1

    @rule(chat=chats, level=st.sampled_from(LEVELS))
    def ask(self, chat: str, level: str) -> None:
        known = self.model[chat]
        if not self._use(chat, lambda store: store.open_case(chat, "asked", level, "person")):
            return
        if known.case_state in ("none", "closed"):
            with self.records.reading() as store:
                found = store.case_for(chat)
            assert found
            known.case, known.level, known.owner = found.id, "keep", None
        if known.case_state not in ("claimed", "replied"):
            known.case_state, known.owner = "waiting", None
        known.level = max(known.level, level, key=LEVELS.index)

    @rule(chat=chats, staff=STAFF)
    def claim(self, chat: str, staff: str) -> None:
        known = self.model[chat]
        if known.case is None:
            return
        free = known.case_state in ("waiting", "follow_up_due")
        mine = known.case_state in ("claimed", "replied") and known.owner == staff
        if self._staff(free or mine, lambda store: store.claim(known.case, staff)) and free:
            known.case_state, known.owner = "claimed", staff

    @rule(chat=chats, staff=STAFF)
    def reply(self, chat: str, staff: str) -> None:
        known = self.model[chat]
        if known.case is None or not self._alive(chat):
            return
        free = known.case_state in ("waiting", "follow_up_due")
        mine = known.case_state in ("claimed", "replied") and known.owner == staff
        if self._staff(free or mine, lambda store: store.record_reply(known.case, staff, "Hello")):
            known.case_state, known.owner, known.used = "replied", staff, self.now
            known.messages += 1

    @rule(chat=chats, staff=STAFF)
    def follow_up(self, chat: str, staff: str) -> None:
        known = self.model[chat]
        if known.case is None:
            return
        mine = known.case_state in ("claimed", "replied") and known.owner == staff
        if self._staff(mine, lambda store: store.set_follow_up(known.case, staff, self.now)):
            known.case_state = "follow_up_due"

    @rule(chat=chats)
    def release(self, chat: str) -> None:
        known = self.model[chat]
        if known.case is None:
            return
        held = known.case_state in ("claimed", "replied", "follow_up_due")
        if self._staff(held, lambda store: store.release(known.case)):
            known.case_state, known.owner = "waiting", None

    @rule(chat=chats, staff=STAFF)
    def close(self, chat: str, staff: str) -> None:
        known = self.model[chat]
        if known.case is None:
            return
        mine = known.case_state in ("claimed", "replied") and known.owner == staff
        allowed = mine or known.case_state in ("waiting", "follow_up_due")
        if self._staff(allowed, lambda store: store.close(known.case, staff, "done")):
            known.case_state = "closed"

    @rule(chat=chats)
    def forget(self, chat: str) -> None:
        with self.records.transaction() as store:
            assert bool(store.forget(chat)["what"]) is not self.model[chat].forgotten
        self._gone(chat)

    @rule()
    def purge(self) -> None:
        due = [chat for chat in self.model if not self.model[chat].forgotten and not self._alive(chat)]
        assert self.records.purge().conversations == len(due)
        for chat in due:
            self._gone(chat)

    def _gone(self, chat: str) -> None:
        known = self.model[chat]
        known.forgotten, known.state, known.messages = True, None, 0
        if known.case is not None:
            known.case_state = "closed"

    @invariant()
    def the_store_is_as_the_model_says(self) -> None:
        with self.records.reading() as store:
            open_cases = {case.id: case for case in store.cases()}
            expected = {known.case for known in self.model.values() if known.case_state not in ("none", "closed")}
            assert set(open_cases) == expected
            for chat, known in self.model.items():
                found = store.conversation(chat)
                assert (found is not None) is self._alive(chat)
                assert store.state(chat) == (None if known.state is None else {"n": known.state})
                assert len(store.messages(chat)) == known.messages
                if known.case in open_cases:
                    case = open_cases[known.case]
                    assert (case.state, case.level, case.claimed_by) == (
                        known.case_state,
                        known.level,
                        known.owner,
                    )
                if found is not None:
                    assert found.handover is (known.case_state in ("claimed", "replied"))
            assert store.verify_audit() is None


TestRandomUse = RandomUse.TestCase
TestRandomUse.settings = settings(max_examples=10, stateful_step_count=40, deadline=None)
