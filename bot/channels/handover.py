"""What the person in the chat reads when staff come or go. Whatever claims and releases cases uses it."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import Any, Iterator

from bot.clinical import checklist, flow
from bot.clinical.reply import Say
from bot.clinical.state import State
from bot.content.render import Renderer
from bot.records.conversations import LIVE_STATES
from bot.records.store import Transaction
from bot.server.runtime import Runtime


@contextmanager
def watched(records: Transaction, case_id: str, runtime: Runtime) -> Iterator[None]:
    """Tell the person, in the same transaction, when the block made staff take the chat over, leave it, or change.

    When they leave, the question of the step is asked, unless it is what was asked last.

    Raises:
        CaseMissing: there is no such case.
    """
    conversation = records.case(case_id).conversation_id
    if conversation:
        # A turn of the person's locks the chat before the case. In the other order the two could wait for each other.
        records.lock(conversation)
    before = _who_has(records, case_id, conversation)
    yield
    after = _who_has(records, case_id, conversation)
    if conversation is None or before == after:
        return
    name = after or records.case(case_id).claimed_by or runtime.site.support.name
    stored = records.state(conversation)
    state = State.from_json(stored) if stored else checklist.new_state(runtime.content)
    say = [Say("human_joined" if after else "human_left", "notice", values={"name": f"={name}"})]
    if not after:
        question = flow.ask(state, checklist.in_force(runtime.content, runtime.site, runtime.clock()), runtime.site)
        asked = [m["step"] for m in records.messages(conversation) if m["kind"] == "question"]
        # What was asked last may have been about an emergency. Else it is on screen still, perhaps with ticks.
        if asked[-1:] != [question.step]:
            say.append(question)
    renderer = Renderer(runtime.content, runtime.site, state.voice, state.country)
    records.append_messages(conversation, [_stamped(renderer.message(one), runtime) for one in say])


def reply(
    records: Transaction, case_id: str, staff: str, text: str, runtime: Runtime, message_id: str | None = None
) -> dict[str, Any]:
    """Write to the person, who first reads who is there; return the message. See `Cases.record_reply`.

    A repeat of what was sent returns the first message, and takes no case that has moved on since.

    Raises:
        CaseMissing, ClaimConflict, ConversationGone, ReplyConflict, WindowClosed, RecordsError, ValueError: as there.
    """
    if message_id is not None and (earlier := records.earlier_reply(case_id, staff, text, message_id)):
        return earlier
    if records.case(case_id).state not in LIVE_STATES:
        with watched(records, case_id, runtime):
            records.claim(case_id, staff)
    return records.record_reply(case_id, staff, text, message_id)


def _who_has(records: Transaction, case_id: str, conversation_id: str | None) -> str | None:
    """Whoever of the staff has the chat; None while the checklist has it."""
    found = records.conversation(conversation_id) if conversation_id else None
    return records.case(case_id).claimed_by if found is not None and found.handover else None


def _stamped(message: dict[str, Any], runtime: Runtime) -> dict[str, Any]:
    # With staff as its author it reaches the open page together with what they write.
    at = runtime.clock().isoformat(timespec="milliseconds")
    return {"id": secrets.token_urlsafe(9), "at": at, **message, "author": "staff"}
