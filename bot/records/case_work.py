"""What staff do with a case beyond answering it: change its level, hand it over, take a call, look back.

Levels: everybody may raise one; only a clinician may lower one, and says why. A crisis mark stays for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.errors import CaseMissing, ClaimConflict, NotAllowed, RecordsError
from bot.records.accounts import CLINICIAN, SUPERVISOR, Account
from bot.records.cases import LEVELS, Case, Cases
from bot.records.conversations import CALL, LIVE_STATES
from bot.records.engine import is_sqlite
from bot.records.sign_ins import SignIns
from bot.records.tables import audit as log
from bot.records.tables import case_sheets, cases, conversations, staff_typing
from bot.records.work import plain_code

#: The reason of a case that staff opened for a caller.
CALLED = "call"
#: Long enough for any reason or note, short enough to be read.
TEXT_LENGTH = 4000
#: How long after a key somebody still counts as typing; the desk tells of it twice in this time.
TYPING = timedelta(seconds=8)


@dataclass(frozen=True)
class Event:
    """Something that happened to a case. `text` is what was written then; None when nothing was, or it was deleted."""

    number: int
    at: datetime
    what: str
    who: str
    facts: Mapping[str, str]
    text: str | None


class CaseWork(Cases, SignIns):
    """The part of a transaction that is staff's work on cases. Every change is entered in the audit log."""

    def claim(self, case_id: str, staff: str) -> Case:
        """Take a case, as `Cases.claim` says; an account that was disabled meanwhile takes none.

        Raises:
            CaseMissing: there is no such case.
            NotAllowed: the account of this name is disabled.
            ClaimConflict: someone else has it, or it is closed.
        """
        known = self._find(staff)
        if known and self._lock_account(known).disabled_at:
            raise NotAllowed(f"the account of {known.name} is disabled; whoever has one takes the case")
        return super().claim(case_id, staff)

    def note_typing(self, case_id: str, staff: str) -> None:
        """Note that staff type in the reply to a chat that is theirs. For any other case nothing happens.

        No change of the case, so no entry of the log.

        Raises:
            CaseMissing: there is no such case.
        """
        case = self.case(case_id)
        if case.conversation_id is None or case.channel == CALL:
            return
        if case.claimed_by == staff and case.state in LIVE_STATES:
            make = sqlite.insert if is_sqlite(self.connection) else postgresql.insert
            row = {"conversation_id": case.conversation_id, "at": self.now()}
            key = [staff_typing.c.conversation_id]
            self.execute(make(staff_typing).values(row).on_conflict_do_update(index_elements=key, set_=row))

    def is_staff_typing(self, conversation_id: str) -> bool:
        """Whether staff have typed within the last seconds and not sent it yet."""
        query = select(staff_typing.c.at).where(staff_typing.c.conversation_id == conversation_id)
        at = self.connection.execute(query).scalar()
        return at is not None and self.now() - at < TYPING

    def record_reply(self, case_id: str, staff: str, text: str, message_id: str | None = None) -> dict[str, Any]:
        """Write to the person, as `Cases.record_reply` says, which ends the sign that staff are typing."""
        message = super().record_reply(case_id, staff, text, message_id)
        mine = select(cases.c.conversation_id).where(cases.c.id == plain_code(case_id)).scalar_subquery()
        self.execute(delete(staff_typing).where(staff_typing.c.conversation_id == mine))
        return message

    def raise_level(self, case_id: str, staff: str, level: str, reason: str = "") -> Case:
        """Raise the level of a case, whoever has it: nobody must wait for leave to see an emergency.

        Args:
            case_id: the case.
            staff: who raises it.
            level: the new level, or `crisis`, which stands for `emergency` with the mark.
            reason: why, if wished; it becomes a note.

        Raises:
            CaseMissing: there is no such case.
            ClaimConflict: it is closed.
            ValueError: the level is not one of ours, or no higher than the present one.
        """
        case = self._open(case_id)
        crisis = case.crisis or level == "crisis"
        level = _known("emergency" if level == "crisis" else level)
        if LEVELS.index(level) < LEVELS.index(case.level) or (level, crisis) == (case.level, case.crisis):
            raise ValueError(f"case {case.id} is at {case.level} already; {level} would not raise it")
        self._set_level(case, level, crisis, "case.raised", staff, _text(reason, "reason") if reason else "")
        return self.case(case.id)

    def lower_level(self, case_id: str, staff: str, level: str, reason: str) -> Case:
        """Lower the level of a case, which a clinician alone may do, with a reason that stands on the case.

        A crisis mark stays, so the case stays at the head of the queue. Should the person, or a red flag, ask for a
        higher level again, it is raised again.

        Args:
            case_id: the case.
            staff: the name of a clinician's account.
            level: the new level.
            reason: why, in words.

        Raises:
            CaseMissing: there is no such case.
            AccountMissing: there is no account with this name.
            NotAllowed: the account is no clinician's, or is disabled.
            ClaimConflict: the case is closed.
            ValueError: the level is not one of ours or no lower than the present one, or the reason is empty.
        """
        account = self.account(staff)
        if account.role != CLINICIAN or account.disabled_at:
            raise NotAllowed("only a clinician may lower a level; ask one, or leave it as it is")
        reason = _text(reason, "reason")
        case = self._open(case_id)
        if LEVELS.index(_known(level)) >= LEVELS.index(case.level):
            raise ValueError(f"case {case.id} is at {case.level}; {level} would not lower it")
        self._set_level(case, level, case.crisis, "case.lowered", account.name, reason)
        return self.case(case.id)

    def assign(self, case_id: str, by: str, to: str) -> Case:
        """Give a case to somebody: one that nobody has, one's own, or, as a supervisor, anybody's.

        One that waits is claimed by it; a follow-up changes its owner and keeps its time.

        Raises:
            CaseMissing: there is no such case.
            AccountMissing: there is no account with the name `to`.
            NotAllowed: that account is disabled.
            ClaimConflict: somebody else has the case, or it is closed.
        """
        owner = self._lock_account(self.account(to))
        if owner.disabled_at:
            raise NotAllowed(f"the account of {owner.name} is disabled; give the case to somebody who can take it")
        case = self._open(case_id)
        if case.state in LIVE_STATES and case.claimed_by != by and not self._is_supervisor(by):
            raise ClaimConflict(f"case {case.id} is with {case.claimed_by}; they must hand it over or release it")
        state = "claimed" if case.state == "waiting" else case.state
        self._move(case.id, state, claimed_by=owner.name, claimed_at=self.now())
        self.audit("case.assigned", by, case.id, to=owner.id)
        return self.case(case.id)

    def open_call(self, staff: str, locale: str) -> Case:
        """Open a case for somebody on the telephone, with a conversation of channel `call`; who took the call has it.

        The level begins at `keep`, and rises with what the checklist finds. The checklist answers throughout.

        Raises:
            RecordsError: the locale is not a language tag.
        """
        conversation = self.create_conversation(CALL, locale)
        case = self.open_case(conversation.id, CALLED, "keep", staff)
        return self.claim(case.id, staff)

    def earlier_cases(self, case_id: str) -> list[Case]:
        """Return the other cases of the same chat that were opened before this one, the latest first.

        Raises:
            CaseMissing: there is no such case.
        """
        case = self.case(case_id)
        if case.conversation_id is None:
            return []
        same = (cases.c.conversation_id == case.conversation_id, cases.c.id != case.id)
        query = select(cases).where(*same, cases.c.opened_at <= case.opened_at)
        return [self._case(row) for row in self.execute(query.order_by(cases.c.opened_at.desc(), cases.c.id))]

    def cases_held_by(self, name: str) -> list[Case]:
        """Return the cases whose chat this member of staff has now, oldest claim first."""
        held = (cases.c.claimed_by == name, cases.c.state.in_(LIVE_STATES))
        return [self._case(row) for row in self.execute(select(cases).where(*held).order_by(cases.c.claimed_at))]

    def case_events(self, case_id: str) -> list[Event]:
        """Return who did what with a case and when, oldest first, from the audit log.

        After "forget me" the facts are still there; what was written is not.

        Raises:
            CaseMissing: there is no such case.
        """
        case = self.case(case_id)
        texts = {str(note.number): note.text for note in self.notes(case.id)}
        return [
            Event(entry.number, entry.at, entry.what, entry.who, entry.facts, texts.get(entry.facts.get("note", "")))
            for entry in self.entries_about(case.id)
        ]

    def last_entry(self) -> int:
        """Return the number of the last entry of the log: while it stands still, no case has changed."""
        row = self.first(select(func.max(log.c.seq)))
        return int(row[0] or 0) if row else 0

    def pulse(self, case_id: str) -> tuple[str, int, int]:
        """Return what is another one as soon as a case, or its chat, is another one. Views do not count.

        Raises:
            CaseMissing: there is no such case.
        """
        row = self.first(select(cases.c.conversation_id, cases.c.state).where(cases.c.id == plain_code(case_id)))
        if row is None:
            raise CaseMissing("there is no such case")
        mine = (log.c.about == plain_code(case_id), log.c.what.notin_(("case.viewed", "case.exported")))
        entry = self.first(select(func.max(log.c.seq)).where(*mine))
        count = select(conversations.c.message_count).where(conversations.c.id == row.conversation_id)
        said = self.first(count)
        return row.state, int(entry[0] or 0) if entry else 0, int(said[0]) if said else -1

    def stamps(self, open_cases: Sequence[Case]) -> dict[str, datetime]:
        """Return when the chat of each of these cases was last written to, by case; forgotten ones are left out."""
        query = select(cases.c.id, conversations.c.updated_at).join_from(cases, conversations)
        found = self.execute(query.where(cases.c.state != "closed"))
        wanted = {case.id for case in open_cases}
        return {row.id: row.updated_at for row in found if row.id in wanted}

    def note_view(self, case_id: str, staff: str) -> None:
        """Enter in the log that somebody looked at a case.

        Raises:
            CaseMissing: there is no such case.
        """
        self.audit("case.viewed", staff, self.case(case_id).id)

    def note_export(self, case_id: str, staff: str, form: str) -> None:
        """Enter in the log that somebody took a case out, in the form of `pdf`, `csv`, `fhir` or the like.

        Raises:
            CaseMissing: there is no such case.
            ValueError: the form is no id.
        """
        self.audit("case.exported", staff, self.case(case_id).id, form=form)

    def sheet(self, case_id: str) -> dict[str, Any]:
        """Return what staff filled in about a case; empty when nobody did.

        Raises:
            CaseMissing: there is no such case.
        """
        row = self.first(select(case_sheets.c.data).where(case_sheets.c.case_id == self.case(case_id).id))
        return dict(self.cipher.decrypt(row.data)) if row else {}

    def save_sheet(self, case_id: str, staff: str, sheet: Mapping[str, Any]) -> None:
        """Replace what staff filled in about a case, a closed one too: a log sheet is often finished afterwards.

        Raises:
            CaseMissing: there is no such case.
            RecordsError: the chat was forgotten or its retention ended, so nothing may be written about it
                any more.
        """
        case = self._locked(self.case(case_id).id)
        if case.conversation_id is None:
            raise RecordsError(f"the text of case {case.id} was deleted; nothing more is written about this person")
        data = self.cipher.encrypt(dict(sheet))
        if not self.changed(update(case_sheets).where(case_sheets.c.case_id == case.id).values(data=data)):
            self.execute(insert(case_sheets).values(case_id=case.id, data=data))
        self.audit("case.sheet_saved", staff, case.id)

    def disable_account(self, name: str, by: str) -> list[Case]:
        """End an account and its sessions; the cases whose chat it has go back to the queue, and are returned.

        A follow-up stays due at its time, and anybody may claim it. Disabling twice is no fault.

        Raises:
            AccountMissing: there is none with this name.
        """
        known: Account = self.account(name)
        if known.disabled_at:
            return []
        # Locked in the order of a claim, and all of it before the log: else the two could wait for each other.
        self._lock_account(known)
        held = []
        for case_id in sorted(case.id for case in self.cases_held_by(known.name)):
            case = self._locked(case_id)
            if case.claimed_by == known.name and case.state in LIVE_STATES:
                held.append(case_id)
        self._disable(known, by)
        return [self.release(case_id, by) for case_id in held]

    def _open(self, case_id: str) -> Case:
        """Return a case that is not closed, with its row locked until the transaction ends."""
        case = self._locked(self.case(case_id).id)
        if case.state == "closed":
            raise ClaimConflict(f"case {case.id} is closed")
        return case

    def _is_supervisor(self, name: str) -> bool:
        known = self._find(name)
        return known is not None and known.role == SUPERVISOR and known.disabled_at is None


def _known(level: str) -> str:
    if level not in LEVELS:
        raise ValueError(f"{level[:20]!a} is no level; use one of {', '.join(LEVELS)}")
    return level


def _text(text: str, what: str) -> str:
    """Return a text that staff typed, without space around it.

    Raises:
        ValueError: it is empty, or too long to be read.
    """
    if not text.strip():
        raise ValueError(f"the {what} is empty; say in a few words why")
    if len(text) > TEXT_LENGTH:
        raise ValueError(f"the {what} has more than {TEXT_LENGTH} characters; say it shorter")
    return text.strip()
