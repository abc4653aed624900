"""`python -m bot parse`: one message a line in, one JSON object a line out, in the same order.

A line is plain text, or JSON with `text` and optionally `about` (self, child, adult; `relative` is read as adult)
and `question` (the id of the step on screen, or the step itself as `OpenQuestion` in JSON). A line that looks like
JSON and is none, or has no `text`, is read as plain text: whatever people send is a message.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TextIO

from bot.clinical.understanding import OpenQuestion, Understanding
from bot.nlp.understand import open_question, understander

#: What Rasa's model says of a text with this metadata: its parse data.
Interpreter = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]

_ABOUT = {"relative": "adult", "adult": "adult", "child": "child", "self": "self"}


def parse_line(
    line: str, interpreter: Interpreter | None, steps: Mapping[str, OpenQuestion] | None = None
) -> dict[str, Any]:
    """The understanding of one line as `Understanding.to_json` gives it.

    Args:
        line: one message, see the module.
        interpreter: the trained Rasa model; None reads without Rasa, which gives the same.
        steps: the steps that `question` may name.
    """
    text, about, question = read_line(line, steps or {})
    if interpreter is None:
        return understander().understand(text, about, question).to_json()
    data = interpreter(text, {"about": about, "question": question_json(question)})
    return Understanding.from_json({**data["understanding"], "text": text}).to_json()


def read_line(line: str, steps: Mapping[str, OpenQuestion]) -> tuple[str, str, OpenQuestion | None]:
    """(text, about, question) of a line."""
    line = line.rstrip("\r\n")
    try:
        data = json.loads(line) if line.lstrip().startswith("{") else None
    except ValueError:
        data = None
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        return line, "self", None
    named = data.get("question")
    about = data.get("about")
    question = steps.get(named) if isinstance(named, str) else open_question(named)
    return data["text"], _ABOUT.get(about, "self") if isinstance(about, str) else "self", question


def question_json(question: OpenQuestion | None) -> dict[str, Any] | None:
    """The question as it travels in message metadata; `bot.nlp.understand.open_question` reads it back."""
    if question is None:
        return None
    choices = [[choice, label] for choice, label in question.choices]
    return {"step": question.step, "kind": question.kind, "choices": choices, "signs": dict(question.signs)}


def main(
    lines: Iterable[str],
    out: TextIO,
    load_model: Callable[[], Interpreter] | None = None,
    steps: Mapping[str, OpenQuestion] | None = None,
) -> None:
    """Answer every line in order. The model is loaded once, before the first line.

    Raises:
        Whatever `load_model` raises: without its model the command must not answer as if it had one.
    """
    interpreter = load_model() if load_model else None
    for line in lines:
        out.write(json.dumps(parse_line(line, interpreter, steps)) + "\n")
        out.flush()
