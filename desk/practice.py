"""Practice: made-up cases on a store of their own, for staff who learn the desk.

Nothing made up can come among real cases, or the other way round: it is another database, and its transactions put
nothing into the outbox, so that no reply of a trainee goes anywhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.engine import make_url

from bot.channels import handover
from bot.channels.counts import Counts
from bot.channels.turns import Turns
from bot.clinical import checklist
from bot.clinical.state import State
from bot.clinical.understanding import Understanding
from bot.clinical.urgency import assess
from bot.content.render import Renderer
from bot.errors import KeyLost, RecordsError, StartError
from bot.nlp.understand import open_question, understand
from bot.records import CALL, Account, Case, Records, Secrets, Transaction
from bot.records.audit import HEAD
from bot.records.tables import audit, cases, conversations, inbox, meta, outbox, received
from bot.server.runtime import Runtime, cipher_of
from desk.practice_people import Deed, MadeUp, Turn, people, play

FILE = "practice.db"
LOCALE = "en-GB"
#: Days at least that all is kept, since some of the people wrote two days ago. Else it is the site's own retention:
#: what trainees write may be about somebody, too.
SHORTEST_RETENTION = 7
#: Who makes accounts here, in the log of practice.
PRACTICE = "practice"
#: Nobody signs in to practice: who is signed in at the desk is let in. No password has this hash.
_NO_SECRETS = Secrets("", "")


class PracticeTransaction(Transaction):
    """A transaction by which nothing can be sent, and all can be deleted."""

    def enqueue(self, app: str, person: str, address: str, messages: Sequence[Mapping[str, Any]]) -> None:
        """Send nothing: nobody is at the address."""

    def is_empty(self) -> bool:
        """Whether there is no chat, or none whose retention still runs."""
        kept = select(func.count()).select_from(conversations).where(conversations.c.expires_at > self.now())
        return not self.execute(kept).scalar()

    def empty(self) -> None:
        """Delete all cases and chats with the log of them. Accounts stay."""
        for table in (cases, conversations, inbox, outbox, received, audit):
            self.execute(delete(table))
        self.execute(delete(meta).where(meta.c.key == HEAD))


class PracticeRecords(Records):
    """The store of practice."""

    kind = PracticeTransaction


def open_practice(runtime: Runtime) -> Runtime:
    """Open practice beside the real desk: the same content, site, clock and keys, on a file of its own below var.

    When there is nothing in it, or all of it is past its retention, it is filled, which takes some seconds. A file that
    was written with keys which are no longer at hand is made anew: nothing in it is of value, and rotated keys must not
    keep a server from starting.

    Returns:
        A runtime with the records of practice, for the desk's pages below its own path. It must not become the
        process's runtime (`bot.server.runtime.use`).

    Raises:
        StartError: the real database is that very file.
        RecordsError: it cannot be opened or written.
    """
    file = runtime.settings.var / FILE
    real = make_url(runtime.settings.database_url)
    if real.get_backend_name() == "sqlite" and real.database and Path(real.database).resolve() == file.resolve():
        raise StartError(f"SIGNPOST_DATABASE_URL names {FILE}, which is for practice. Give real cases another file.")
    try:
        records = _open(file, runtime)
    except KeyLost:
        for part in ("", "-wal", "-shm"):
            file.with_name(file.name + part).unlink(missing_ok=True)
        records = _open(file, runtime)
    practice = replace(runtime, records=records, counts=Counts())
    with _writing(practice) as store:
        empty = store.is_empty()
    if empty:
        reset(practice)
    return practice


def reset(practice: Runtime) -> None:
    """Delete everything in practice and fill it anew, with times up to now. Whoever looks sees the old or the new.

    It takes some seconds of computing: a server does it in a thread.

    Raises:
        RecordsError: these are not the records of practice, or they cannot be written.
    """
    now = practice.clock()
    # Played before the store is locked.
    chats = [(made, _played(made, practice, now)) for made in people().people]
    with _writing(practice) as store:
        store.empty()
        fill(store, practice, chats, now)


def fill(
    store: PracticeTransaction, practice: Runtime, chats: Sequence[tuple[MadeUp, Sequence[Turn]]], now: datetime
) -> None:
    """Write the chats of people, and what their colleague did with their cases, as if it had happened until `now`."""
    colleague = people().colleague
    if store.credentials(colleague) is None:
        store.add_account(colleague, "helper", _NO_SECRETS, PRACTICE)
    for made, turns in chats:
        case = _write_chat(store, practice, made, turns, colleague)
        for deed in made.deeds:
            at = now - timedelta(minutes=deed.ago)
            with _at(store, at):
                _do(store, case, deed, colleague, replace(practice, clock=store.clock), now)
        if made.sheet:
            with _at(store, turns[-1].at):
                store.save_sheet(case.id, colleague, made.sheet)


def enrol(practice: Runtime, account: Account) -> None:
    """Let somebody of the staff practise under their own name and role; call it before their request is done.

    Their account in practice can sign in nowhere. A role that has changed since is taken over.

    Raises:
        RecordsError: the store cannot be used.
    """
    with practice.records.reading() as store:
        known = store.credentials(account.name)
    if known and known.account.role == account.role:
        return
    with practice.records.transaction() as store:
        if store.credentials(account.name) is None:
            store.add_account(account.name, account.role, _NO_SECRETS, PRACTICE)
        store.change_role(account.name, account.role, PRACTICE)


def turns_of(practice: Runtime) -> Turns:
    """What answers in practice: the same core, understanding and words, without Rasa, whose store is the real one."""

    async def ask(
        conversation: str, text: str, metadata: Mapping[str, Any], parsed: Mapping[str, Any] | None
    ) -> list[dict[str, Any]]:
        with practice.records.reading() as store:
            stored = store.state(conversation)
        state = State.from_json(stored) if stored else checklist.new_state(practice.content)
        question = open_question(metadata.get("question"))
        said = (
            Understanding.from_json(parsed["understanding"])
            if parsed
            else understand(text, state.about or "self", question)
        )
        message = checklist.Incoming(said, metadata.get("step"), tuple(metadata.get("choices") or ()))
        outcome = checklist.turn(state, message, practice.content, practice.site, practice.clock())
        practice.records.write(lambda store: store.save_state(conversation, outcome.state.to_json()))
        renderer = Renderer(practice.content, practice.site, outcome.state.voice, outcome.state.country)
        return [renderer.message(say) for say in outcome.say]

    return Turns(practice, ask, understand)


def _open(file: Path, runtime: Runtime) -> Records:
    cipher, days = cipher_of(runtime.settings), max(runtime.site.retention_days, SHORTEST_RETENTION)
    return PracticeRecords.open(f"sqlite:///{file}", cipher, runtime.clock, days)


@contextmanager
def _writing(practice: Runtime) -> Iterator[PracticeTransaction]:
    with practice.records.transaction() as store:
        if not isinstance(store, PracticeTransaction):
            raise RecordsError("these are real cases, not those of practice; nothing was changed")
        yield store


@contextmanager
def _at(store: Transaction, moment: datetime) -> Iterator[None]:
    """Have what is written bear this moment."""
    clock = store.clock
    store.clock = lambda: moment
    try:
        yield
    finally:
        store.clock = clock


def _played(made: MadeUp, practice: Runtime, now: datetime) -> tuple[Turn, ...]:
    began = now - timedelta(minutes=made.began)
    return tuple(play(made, practice.content, practice.site, began, understand))


def _write_chat(store: Transaction, practice: Runtime, made: MadeUp, turns: Sequence[Turn], colleague: str) -> Case:
    """Write a chat, opening its case where the checklist asks for that; a call has one from the beginning."""
    with _at(store, turns[0].at):
        if made.channel == CALL:
            conversation = store.open_call(colleague, LOCALE).conversation_id or ""
        else:
            conversation = store.create_conversation(made.channel, LOCALE).id
    waiting: list[dict[str, Any]] = []
    for turn in turns:
        waiting += [{"id": secrets.token_urlsafe(9), **message} for message in turn.messages]
        asked = [effect.partition(":")[2] for effect in turn.state.effects if effect.startswith("open_case:")]
        if asked or turn is turns[-1]:
            with _at(store, turn.at):
                store.save_state(conversation, turn.state.to_json())
                store.append_messages(conversation, waiting)
                _open_case(store, practice, made, conversation, turn, asked)
            waiting = []
    with _at(store, turns[-1].at):
        if made.address:
            store.add_app_person(conversation, made.channel, store.person_of(made.channel, made.address), made.address)
        case = store.case_for(conversation)
    if case is None:
        raise RecordsError(f"{made.id} of practice asked for nobody, so there is no case")
    return case


def _open_case(
    store: Transaction, practice: Runtime, made: MadeUp, conversation: str, turn: Turn, asked: Sequence[str]
) -> None:
    """Open the case, or raise it, as a channel does with the turn (`bot.channels.turns`); that of a call is open."""
    found = assess(turn.state, checklist.in_force(practice.content, practice.site, turn.at))
    if made.channel == CALL:
        store.open_case(conversation, "", found.level, people().colleague, crisis=found.crisis)
        return
    for reason in asked:
        by = "red_flag" if reason == "red_flag" else "person"
        store.open_case(conversation, reason, found.level, by, crisis=found.crisis)


def _do(store: Transaction, case: Case, deed: Deed, colleague: str, practice: Runtime, now: datetime) -> None:
    """What the colleague did, with what the person reads of it."""
    if deed.do == "note":
        store.add_note(case.id, colleague, deed.text)
    elif deed.do == "reply":
        handover.reply(store, case.id, colleague, deed.text, practice)
    elif deed.do == "undelivered":
        _lose_last_reply(store, case)
    else:
        with handover.watched(store, case.id, practice):
            if deed.do == "claim":
                store.claim(case.id, colleague)
            elif deed.do == "follow_up":
                store.set_follow_up(case.id, colleague, now + timedelta(minutes=deed.due or 0))
            elif deed.do == "release":
                store.release(case.id, colleague)
            else:
                # A site may have a list of its own.
                known = [outcome for outcome in practice.site.outcomes if outcome == deed.outcome]
                store.close(case.id, colleague, next(iter([*known, *practice.site.outcomes])))


def _lose_last_reply(store: Transaction, case: Case) -> None:
    """Mark what staff wrote last as not delivered, as it is marked when an app does not take it."""
    person = store.app_person_of(case.conversation_id or "")
    replies = [message for message in store.messages(case.conversation_id or "") if message["author"] == "staff"]
    if person and replies:
        store.note_undelivered(person.person, [replies[-1]["id"]], partly=False)
