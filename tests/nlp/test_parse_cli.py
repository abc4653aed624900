"""`python -m bot parse`: lines in, JSON out, in order."""

from __future__ import annotations

import io
import json

import pytest

from bot.clinical.understanding import OpenQuestion, Understanding
from bot.nlp.parse_cli import main, parse_line

STEPS = {"sign:cough": OpenQuestion("sign:cough", "yes_no", (("yes", "Yes"), ("no", "No")), {"yes": "cough"})}


def run(*lines: str) -> list[dict[str, object]]:
    """The objects written for these lines."""
    out = io.StringIO()
    main([line + "\n" for line in lines], out, None, STEPS)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_one_object_a_line_in_order() -> None:
    """Plain text, JSON, an empty line and broken JSON each give one object."""
    got = run("hello", '{"text": "she has a cough", "about": "relative"}', "", '{"text": ', '{"about": "self"}')
    assert [o["text"] for o in got] == ["hello", "she has a cough", "", '{"text": ', '{"about": "self"}']
    assert got[1]["mentions"][0]["role"] == "present"  # type: ignore[index]
    assert got[2]["readability"] == "empty"


def test_contract_keys() -> None:
    """The keys that other programs rely on."""
    got = run("no fever, temp 36.8")[0]
    keys = {
        "text",
        "intent",
        "confidence",
        "topic",
        "mentions",
        "red_flags",
        "red_flag_mentions",
        "temperatures",
        "language",
    }
    assert keys <= set(got)
    assert set(got["mentions"][0]) == {"sign", "role", "start", "end", "cue"}  # type: ignore[index]


def test_question_by_step_id() -> None:
    """The step on screen makes a short answer an answer."""
    assert run('{"text": "not really", "question": "sign:cough"}')[0]["picks"] == ["no"]


def test_unknown_step_is_no_question() -> None:
    """An unknown step does no harm."""
    assert run('{"text": "not really", "question": "nowhere"}')[0]["picks"] == []


def test_what_the_model_understood_is_written_as_it_is() -> None:
    """With a trained model the answer is the pipeline's own."""

    def interpreter(text: str, metadata: object) -> dict[str, object]:
        return {"understanding": Understanding(text=text, intent="ask_treatment", confidence=0.8).to_json()}

    assert parse_line("tell me more", interpreter)["intent"] == "ask_treatment"


def test_model_that_fails_to_load_stops_the_command() -> None:
    """No answers are written as if a model had given them."""

    def load() -> None:
        raise RuntimeError("no model")

    out = io.StringIO()
    with pytest.raises(RuntimeError):
        main(["hello\n"], out, load)  # type: ignore[arg-type]
    assert out.getvalue() == ""
