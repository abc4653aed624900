"""Rasa's starter pipeline, trained on our data: `python -m bench.nlu.systems.starter MODEL`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

from bench.nlu.plain_words import FLAGS, SIGNS, named
from bench.nlu.said import Ask, Reader, Said, serve, timed

_KINDS = {"warning_sign": ("sign", SIGNS), "red_flag": ("flag", FLAGS)}
_ANSWERS = {"affirm": "yes", "deny": "no", "unsure": "unsure"}
#: Entities cannot overlap, so a red flag stands for its sign too.
_SIGN_OF = {
    "fever_38": "fever",
    "uncontrolled_bleeding": "bleeding",
    "severe_breathlessness": "breathlessness",
    "acute_confusion": "confusion",
    "spinal_cord": "spinal_cord",
}


def ids_of(entity: dict[str, Any], text: str) -> Iterator[tuple[str, str, str]]:
    """Kind, id and role of an entity: its synonym's id, or whatever is named in words that have no synonym."""
    kind, known = _KINDS[entity["entity"]]
    role = entity.get("role") or "present"
    words = text[entity["start"] : entity["end"]]
    ids = [entity["value"]] if entity["value"] in known else [n.id for n in named(words) if n.kind == kind]
    for name in ids:
        yield kind, name, role
        if kind == "flag" and name in _SIGN_OF:
            yield "sign", _SIGN_OF[name], role


def load() -> Reader:
    """The trained model, in Rasa's own agent."""
    from rasa.core.agent import Agent

    agent = Agent.load(sys.argv[1])
    loop = asyncio.new_event_loop()

    def parse(text: str) -> dict[str, Any]:
        parsed: dict[str, Any] = loop.run_until_complete(agent.parse_message(text))
        parsed["entities"] = [e for e in parsed["entities"] if e["entity"] in _KINDS]
        return parsed

    def read(ask: Ask) -> Said:
        parsed, ms = timed(lambda: parse(ask.text))
        if ask.end:
            over = [e for e in parsed["entities"] if e["start"] < ask.end and ask.start < e["end"]]
            return Said(role=over[0].get("role") if over else None, ms=ms)
        found = [one for entity in parsed["entities"] for one in ids_of(entity, ask.text)]
        intent = parsed["intent"]["name"]
        return Said(
            signs=tuple((name, role) for kind, name, role in found if kind == "sign"),
            flags=tuple((name, role, False) for kind, name, role in found if kind == "flag"),
            intent="out_of_scope" if intent in (None, "nlu_fallback") else intent,
            answer=_ANSWERS.get(intent, "none"),
            ms=ms,
        )

    return read


if __name__ == "__main__":
    serve(load)
