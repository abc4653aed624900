"""Cases: a person waits for staff, staff claim, reply, set a follow-up, release, close.

    waiting ──claim──> claimed ──reply──> replied ──set_follow_up──> follow_up_due
       ^                  │                  │                             │
       ├──────release─────┴──────────────────┴─────────────────────────────┤
       └──────open_case again (the person asks once more)──────────────────┘
    every state but closed ──close──> closed

While a case is claimed or replied, the conversation's `handover` holds and the bot keeps quiet, red flags
excepted.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import case as sql_case
from sqlalchemy import insert, select, update

from bot.channels.window import window
from bot.errors import CaseMissing, ClaimConflict, ConversationGone, RecordsError, ReplyConflict, WindowClosed
from bot.records.audit import AuditLog
from bot.records.conversations import CALL, LIVE_STATES
from bot.records.messages import Messages
from bot.records.tables import app_people, case_notes, cases
from bot.records.work import new_code, plain_code

LEVELS = ("keep", "soon", "today", "now", "emergency")
OPEN_STATES = ("waiting", *LIVE_STATES, "follow_up_due")
STATES = (*OPEN_STATES, "closed")

#: Why a case is open again that staff had closed, for staff.
UNDELIVERED = "reply_undelivered"
_ID_LENGTH = 6
_OUTCOME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MESSAGE_ID = re.compile(r"[0-9a-f]{16}")
_RANKS = [(cases.c.level == level, rank) for rank, level in enumerate(LEVELS)]
_URGENCY: Any = sql_case(*_RANKS, else_=len(LEVELS))


@dataclass(frozen=True)
class Case:
    """One wait for staff. `conversation_id` is None once the chat was forgotten or its retention ended."""

    id: str
    conversation_id: str | None
    channel: str
    level: str
    crisis: bool
    state: str
    reason: str | None
    opened_by: str
    opened_at: datetime
    waiting_since: datetime
    claimed_by: str | None
    claimed_at: datetime | None
    replied_at: datetime | None
    follow_up_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None
    outcome: str | None


@dataclass(frozen=True)
class Note:
    """What staff, or the reason of a changed level, added to a case. The log names a note by its number."""

    at: datetime
    by: str
    text: str
    number: int


class Cases(Messages, AuditLog):
    """The part of a transaction that keeps cases. Every change is entered in the audit log."""

    def open_case(self, conversation_id: str, reason: str, level: str, by: str, crisis: bool = False) -> Case:
        """Open a case, or return the one that is open already, with its level raised if this one is higher.

        Args:
            conversation_id: the chat.
            reason: why, for staff; kept encrypted.
            level: one of the urgency levels, or `crisis`, which stands for `emergency` with the mark.
            by: `person`, `red_flag`, `site`, or the staff who opened it.
            crisis: the mark beside the level; nothing takes it away.

        A case that waited for its follow-up goes back to the queue, so that the person is not left waiting
        unseen.

        Raises:
            ConversationGone: there is no such conversation.
            ValueError: the level is not one of ours.
        """
        if level == "crisis":
            level, crisis = "emergency", True
        if level not in LEVELS:
            raise ValueError(f"{level!r} is no level; use one of {', '.join(LEVELS)}, crisis")
        # Also locks the conversation, so that two requests at once open one case.
        self._touch(conversation_id)
        known = self.case_for(conversation_id)
        if known is not None:
            return self._ask_again(known, reason, level, by, crisis)
        return self._new_case(conversation_id, reason, level, by, crisis)

    def cases(self, state: str | None = None) -> list[Case]:
        """Return the cases in one state, or all not closed: crisis first, then by level, then longest wait.

        Raises:
            ValueError: the state is not one of ours.
        """
        if state is not None and state not in STATES:
            raise ValueError(f"{state!r} is no state of a case; use one of {', '.join(STATES)}")
        query = select(cases).where(cases.c.state.in_([state] if state else OPEN_STATES))
        order = (cases.c.crisis.desc(), _URGENCY.desc(), cases.c.waiting_since, cases.c.id)
        return [self._case(row) for row in self.execute(query.order_by(*order))]

    def case(self, case_id: str) -> Case:
        """Return a case by its id, as staff may type it.

        Raises:
            CaseMissing: there is none.
        """
        row = self.first(select(cases).where(cases.c.id == plain_code(case_id)))
        if row is None:
            raise CaseMissing(f"there is no case {_shown(case_id)}; `staff list` shows the cases")
        return self._case(row)

    def case_for(self, conversation_id: str) -> Case | None:
        """Return the case of a conversation that is not closed, or None."""
        open_ones = cases.c.state != "closed"
        row = self.first(select(cases).where(cases.c.conversation_id == conversation_id, open_ones))
        return self._case(row) if row else None

    def claim(self, case_id: str, staff: str) -> Case:
        """Take a case that waits or is due. Of several who try at once exactly one gets it; again is fine.

        Raises:
            CaseMissing: there is no such case.
            ClaimConflict: someone else has it, or it is closed.
        """
        case_id = self.case(case_id).id
        free = cases.c.state.in_(("waiting", "follow_up_due"))
        values = {"state": "claimed", "claimed_by": staff, "claimed_at": self.now(), "follow_up_at": None}
        if self.changed(update(cases).where(cases.c.id == case_id, free).values(values)):
            self.audit("case.claimed", staff, case_id)
        else:
            self._owned(case_id, staff)
        return self.case(case_id)

    def add_note(self, case_id: str, staff: str, text: str) -> None:
        """Add a note for staff; the person never sees it.

        Raises:
            CaseMissing: there is no such case.
            RecordsError: the chat was forgotten or its retention ended, so nothing may be written about it
                any more.
        """
        case = self.case(case_id)
        if case.conversation_id is None:
            raise RecordsError(f"the text of case {case.id} was deleted; nothing more is written about this person")
        note = self._note(case.id, staff, text)
        self.audit("case.noted", staff, case.id, note=note)

    def notes(self, case_id: str) -> list[Note]:
        """Return the notes of a case, oldest first."""
        query = select(case_notes).where(case_notes.c.case_id == plain_code(case_id)).order_by(case_notes.c.seq)
        return [Note(row.at, row.by, self.cipher.decrypt(row.data), row.seq) for row in self.execute(query)]

    def record_reply(self, case_id: str, staff: str, text: str, message_id: str | None = None) -> dict[str, Any]:
        """Write to the person in the same chat; return the message. A case that nobody has is claimed by it.

        Args:
            case_id: the case.
            staff: who writes.
            text: what the person reads.
            message_id: 16 hex digits, made with the form that is sent. The same reply under the same id is written
                once: a repeat changes nothing and returns the first message, also when somebody else has the case
                by now, or it is closed. Without it the store makes one.

        Raises:
            CaseMissing: there is no such case.
            ClaimConflict: someone else has it, or it is closed.
            ConversationGone: the chat was forgotten or its retention ended.
            ReplyConflict: the id was used in this chat for something else.
            WindowClosed: the app would not deliver it.
            RecordsError: it is the case of a caller, who reads no chat.
            ValueError: the text is empty, or the id is none.
        """
        if not text.strip():
            raise ValueError("the reply is empty")
        case = self.case(case_id)
        if case.conversation_id is None:
            raise ConversationGone(f"the chat of case {case.id} was deleted; no reply can reach the person")
        if case.channel == CALL:
            raise RecordsError(f"case {case.id} is a telephone call: nobody reads a reply; add a note instead")
        # Everything locks the conversation before its case, so that two writers never wait for each other.
        self._touch(case.conversation_id)
        if message_id is not None and (earlier := self.earlier_reply(case.id, staff, text, message_id)):
            return earlier
        self.claim(case.id, staff)
        reach = window(case.channel, self.heard_at(case.conversation_id))
        if reach and reach.standing(self.now()) == "closed":
            raise WindowClosed(
                f"not sent: {reach.app} delivers no reply later than {reach.hours} hours after the person's last "
                f"message, and that time ended {reach.closes_at:%Y-%m-%d %H:%M} UTC. Ring them or their care team; "
                f"`staff show {case.id}` has what is known. When they write again, you can reply."
            )
        message = _staff_message(message_id or secrets.token_hex(8), text, staff, self.now())
        self.append_messages(case.conversation_id, [message])
        self.execute(update(cases).where(cases.c.id == case.id).values(state="replied", replied_at=self.now()))
        self.audit("case.replied", staff, case.id)
        return message

    def earlier_reply(self, case_id: str, staff: str, text: str, message_id: str) -> dict[str, Any] | None:
        """Return the reply that was written under this id, or None when it is new.

        Raises:
            CaseMissing: there is no such case.
            ReplyConflict: the id was used in this chat for something else.
            ValueError: the id is not 16 hex digits.
        """
        if not _MESSAGE_ID.fullmatch(message_id):
            raise ValueError("the id of a reply is 16 hex digits")
        conversation = self.case(case_id).conversation_id
        known = self.message(conversation, message_id) if conversation else None
        if known and (known["author"], known.get("name"), known["text"]) != ("staff", staff, text):
            raise ReplyConflict("this id was used before for a different reply; nothing was sent")
        return known

    def note_undelivered(self, person: str, ids: Sequence[str], *, partly: bool) -> None:
        """Mark messages to a person of an app as not delivered, so that staff see it on the case.

        Was something of staff's among them, it goes in the log, and a case that was closed meanwhile is opened again:
        else nobody would look. Nothing happens for a person who was forgotten.
        """
        known = self._app_person(app_people.c.person == person)
        if known is None:
            return
        marked = self.mark_undelivered(known.conversation_id, ids, partly=partly)
        # The notices that somebody came or left have staff as their author, and an utterance.
        if not any(message["author"] == "staff" and not message.get("utterance") for message in marked):
            return
        query = select(cases).where(cases.c.conversation_id == known.conversation_id)
        row = self.first(query.order_by(cases.c.opened_at.desc()).limit(1))
        if row is None:
            return
        case = self._case(row)
        if case.state == "closed":
            case = self.open_case(known.conversation_id, UNDELIVERED, case.level, "delivery", case.crisis)
        self.audit("case.reply_undelivered", known.app, case.id)

    def set_follow_up(self, case_id: str, staff: str, due: datetime) -> Case:
        """Leave the chat and be reminded at a time: the bot answers again, the case stays with its owner.

        Raises:
            CaseMissing: there is no such case.
            ClaimConflict: the case is not claimed by this person.
        """
        case = self._owned(case_id, staff)
        self._move(case.id, "follow_up_due", follow_up_at=due)
        self.audit("case.follow_up_set", staff, case.id, due=f"{due.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}")
        return self.case(case.id)

    def release(self, case_id: str, staff: str | None = None) -> Case:
        """Put the case back into the queue: the bot answers again. The wait goes on unless staff had replied.

        Args:
            case_id: the case.
            staff: who releases it, when it is not the one who claimed it.

        Raises:
            CaseMissing: there is no such case.
            ClaimConflict: it is waiting already, or closed.
        """
        case = self._locked(self.case(case_id).id)
        if case.state not in (*LIVE_STATES, "follow_up_due"):
            raise ClaimConflict(f"case {case.id} is {case.state}: there is nothing to release")
        self._back_to_queue(case)
        self.audit("case.released", staff or case.claimed_by or "staff", case.id)
        return self.case(case.id)

    def close(self, case_id: str, staff: str, outcome: str) -> Case:
        """End a case that is one's own, or that nobody has; the bot answers again.

        Args:
            case_id: the case.
            staff: who closes it.
            outcome: an id of the site's list, such as `team_called`; never free text, since it is not
                encrypted.

        Raises:
            CaseMissing: there is no such case.
            ClaimConflict: someone else has it, or it is closed already.
            ValueError: the outcome is not an id.
        """
        if not _OUTCOME.fullmatch(outcome):
            raise ValueError("an outcome is a short id such as team_called: a-z, 0-9 and _, at most 40 characters")
        case = self._locked(self.case(case_id).id)
        if case.state not in ("waiting", "follow_up_due"):
            self._owned(case.id, staff)
        self._end_case(case.id, staff, outcome)
        self.audit("case.closed", staff, case.id, outcome=outcome)
        return self.case(case.id)

    def _new_case(self, conversation_id: str, reason: str, level: str, by: str, crisis: bool) -> Case:
        conversation = self.conversation(conversation_id)
        if conversation is None:
            raise ConversationGone("this conversation is past its retention")
        case_id = self._free_id()
        now = self.now()
        self.execute(
            insert(cases).values(
                id=case_id,
                conversation_id=conversation_id,
                channel=conversation.channel,
                level=level,
                crisis=crisis,
                state="waiting",
                reason=self.cipher.encrypt(reason),
                opened_by=by,
                opened_at=now,
                waiting_since=now,
            )
        )
        self.audit("case.opened", by, case_id, level=level)
        return self.case(case_id)

    def _ask_again(self, case: Case, reason: str, level: str, by: str, crisis: bool) -> Case:
        case = self._locked(case.id)
        raised = max(case.level, level, key=LEVELS.index)
        marked = case.crisis or crisis
        if (raised, marked) != (case.level, case.crisis):
            self._set_level(case, raised, marked, "case.raised", by, reason)
        if case.state == "follow_up_due":
            self._back_to_queue(case)
            self.audit("case.reopened", by, case.id)
        return self.case(case.id)

    def _set_level(self, case: Case, level: str, crisis: bool, what: str, by: str, reason: str) -> None:
        """Change level and mark; the reason becomes a note, which the log names."""
        self.execute(update(cases).where(cases.c.id == case.id).values(level=level, crisis=crisis))
        facts: dict[str, str | int] = {"old": case.level, "new": level}
        if crisis and not case.crisis:
            facts["mark"] = "crisis"
        if reason:
            facts["note"] = self._note(case.id, by, reason)
        self.audit(what, by, case.id, **facts)

    def _back_to_queue(self, case: Case) -> None:
        wait_begins = self.now() if case.replied_at else case.waiting_since
        self._move(case.id, "waiting", claimed_by=None, claimed_at=None, follow_up_at=None, waiting_since=wait_begins)

    def _move(self, case_id: str, state: str, **values: Any) -> None:
        self.execute(update(cases).where(cases.c.id == case_id).values(state=state, **values))

    def _end_case(self, case_id: str, by: str, outcome: str) -> None:
        self._move(case_id, "closed", closed_by=by, closed_at=self.now(), outcome=outcome, follow_up_at=None)

    def _note(self, case_id: str, by: str, text: str) -> int:
        """Add a note and return its number."""
        row = {"case_id": case_id, "at": self.now(), "by": by, "data": self.cipher.encrypt(text)}
        return int(self.execute(insert(case_notes).values(row)).inserted_primary_key[0])

    def _locked(self, case_id: str) -> Case:
        """Return the case with its row locked until the transaction ends."""
        row = self.first(select(cases).where(cases.c.id == case_id).with_for_update())
        if row is None:
            raise CaseMissing(f"there is no case {_shown(case_id)}")
        return self._case(row)

    def _owned(self, case_id: str, staff: str) -> Case:
        """Return the case if this person has the chat now."""
        case = self._locked(self.case(case_id).id)
        if case.state == "closed":
            raise ClaimConflict(f"case {case.id} is closed")
        if case.state not in LIVE_STATES:
            raise ClaimConflict(f"case {case.id} is not claimed; claim it first")
        if case.claimed_by != staff:
            raise ClaimConflict(f"case {case.id} is with {case.claimed_by}; they must release it first")
        return case

    def _free_id(self) -> str:
        while True:
            case_id = new_code(_ID_LENGTH)
            if self.first(select(cases.c.id).where(cases.c.id == case_id)) is None:
                return case_id

    def _case(self, row: Any) -> Case:
        values = self.values(row)
        if values["reason"] is not None:
            values["reason"] = self.cipher.decrypt(values["reason"])
        return Case(**values)


def _shown(case_id: str) -> str:
    """Return what was typed, short and without control characters, for an error message."""
    return ascii(case_id[:20])[1:-1]


def _staff_message(message_id: str, text: str, name: str, at: datetime) -> dict[str, Any]:
    """Return a message object of the widget contract, with the name under which staff are known in the chat."""
    return {
        "id": message_id,
        "at": at.isoformat(timespec="milliseconds"),
        "author": "staff",
        "name": name,
        "utterance": None,
        "kind": "statement",
        "text": text,
        "step": None,
        "choices": [],
        "multiple": False,
        "direction": None,
    }
