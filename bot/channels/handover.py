"""What the person in the chat reads when staff come or go. Whatever claims and releases cases uses it."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import Iterator

from bot.clinical.reply import Say
from bot.clinical.state import State
from bot.content.render import Renderer
from bot.records.store import Transaction
from bot.server.runtime import Runtime


@contextmanager
def watched(records: Transaction, case_id: str, runtime: Runtime) -> Iterator[None]:
    """Tell the person, in the same transaction, when the block made staff take the chat over or leave it.

    Raises:
        CaseMissing: there is no such case.
    """
    conversation = records.case(case_id).conversation_id
    before = _is_with_staff(records, conversation)
    yield
    after = _is_with_staff(records, conversation)
    if conversation is None or before == after:
        return
    name = records.case(case_id).claimed_by or runtime.site.support.name
    _tell(records, conversation, "human_joined" if after else "human_left", name, runtime)


def _is_with_staff(records: Transaction, conversation_id: str | None) -> bool:
    found = records.conversation(conversation_id) if conversation_id else None
    return found is not None and found.handover


def _tell(records: Transaction, conversation: str, utterance: str, name: str, runtime: Runtime) -> None:
    stored = records.state(conversation)
    state = State.from_json(stored) if stored else State()
    renderer = Renderer(runtime.content, runtime.site, state.voice, state.country)
    message = renderer.message(Say(utterance, "notice", values={"name": f"={name}"}))
    # With staff as its author it reaches the open page together with what they write.
    stamp = {"id": secrets.token_urlsafe(9), "at": runtime.clock().isoformat(timespec="milliseconds")}
    records.append_messages(conversation, [{**stamp, **message, "author": "staff"}])
