"""What people say beside the answers: the same page must come back, and nothing that was noted may be lost."""

from __future__ import annotations

from typing import Any

from tests.support.chat import Chat


def record(chat: Chat) -> dict[str, Any]:
    """What the summary holds of the answers, without the notes and the directions, which grow as people talk."""
    summary: dict[str, Any] = chat.summary()
    return {key: value for key, value in summary.items() if key not in ("notes", "directions", "started_at")}


def noted(chat: Chat) -> dict[str, dict[str, Any]]:
    """The signs that are noted as there, by id, as the summary has them."""
    return {sign["sign"]: sign for sign in chat.summary()["signs"]["present"]}


def aside(chat: Chat, words: str, *expected: str) -> Chat:
    """Say something that answers nothing: these utterances, then the same question, with the record as it was.

    Words that the checklist cannot place may be added to the notes; none may be taken from them.
    """
    step, choices, before, notes = chat.step, chat.choices, record(chat), chat.summary()["notes"]
    chat.say(words)
    assert set(expected) <= set(chat.utterances), chat.utterances
    same_page(chat, step, choices)
    assert record(chat) == before
    assert chat.summary()["notes"][: len(notes)] == notes
    return chat


def same_page(chat: Chat, step: str, choices: list[str]) -> None:
    """The question of this step is on screen with these choices, and stands last in the answer."""
    assert chat.step == step
    assert chat.said[-1]["kind"] == "question", chat.utterances
    assert (chat.last_question["step"], chat.choices) == (step, choices)
