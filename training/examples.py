"""What the network learns from: the labelled messages, and the intent examples of Rasa's training data."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import yaml

from bot.nlp.encoder import windows
from bot.nlp.wordpiece import WordPiece
from training.messages import ABOUT, INTENTS, ROLES, ROOT, Labelled, read_all

#: Intents whose examples name no sign and no flag, so that they teach what is none.
SIGNLESS = (
    "affirm", "ask_bot_identity", "ask_contact", "ask_human", "ask_privacy", "delete_my_data", "deny", "get_summary",
    "goodbye", "greet", "later", "out_of_scope", "repeat", "restart", "skip", "start_checklist", "stop", "thanks",
    "unsure", "why_ask",
)  # fmt: skip
_JOINTS = (". ", " ", ", ", " and ", " also ", "\n", "... ", " - ", "! ", " but ")


@dataclass(frozen=True)
class Example:
    """A message with its labels; `signed` when its signs and flags are labelled, `weight` of its intent."""

    message: Labelled
    signed: bool
    has_intent: bool = True


def intent_examples() -> Iterator[Labelled]:
    """The examples of `data/nlu`."""
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", ()):
            if "intent" not in block or block["intent"] not in INTENTS:
                continue
            for number, line in enumerate(block["examples"].splitlines()):
                text = line.strip().removeprefix("-").strip()
                if text:
                    yield Labelled(text, intent=block["intent"], place=f"{path.name}:{block['intent']}:{number}")


def examples() -> list[Example]:
    """Every example, in a fixed order."""
    found = [Example(m, signed=True) for m in read_all()]
    found += [Example(m, signed=m.intent in SIGNLESS) for m in intent_examples()]
    return found


def split(all_examples: Sequence[Example], share: int = 10) -> tuple[list[Example], list[Example]]:
    """Training and development examples: one in `share` of both kinds is kept back for choosing limits.

    Which ones hangs on their text alone, so that a message never changes sides when others are added.
    """
    train: list[Example] = []
    kept: list[Example] = []
    for example in all_examples:
        number = int.from_bytes(hashlib.sha256(example.message.text.encode()).digest()[:4], "big")
        (train if number % share else kept).append(example)
    return train, kept


# variation -----------------------------------------------------------------------------------------------------------


def varied(example: Example, others: Sequence[Example], rng: random.Random) -> Example:
    """The example as somebody else might have typed it: slips, lost marks, another message of the same chat."""
    message = example.message
    if not example.signed and message.about == "self" and rng.random() < 0.3:
        message = replace(message, about=rng.choice(ABOUT))
    if example.signed and rng.random() < 0.18:
        example, message = _joined(example, message, rng.choice(others), rng)
    text = message.text
    if rng.random() < 0.2:
        text = re.sub(r"[^\w\s.,/:]", "", text)
    if rng.random() < 0.15:
        text = re.sub(r"[.,;:!?'’\"]+(?!\d)", "", text)
    if rng.random() < 0.25 and text.strip():
        text = _slips(text, rng)
    return replace(example, message=replace(message, text=text.strip() or message.text))


def _joined(example: Example, first: Labelled, other: Example, rng: random.Random) -> tuple[Example, Labelled]:
    second = other.message
    same = first.about == second.about or not (second.signs or second.flags)
    pairs = [(first.signs, second.signs), (first.flags, second.flags)]
    clash = any(a.get(k, role) != role for a, b in pairs for k, role in b.items())
    if not other.signed or not same or clash or len(first.text) + len(second.text) > 500:
        return example, first
    texts = [first.text, second.text]
    rng.shuffle(texts)
    flags = {**first.flags, **second.flags}
    joined = replace(
        first, text=rng.choice(_JOINTS).join(texts), signs={**first.signs, **second.signs}, flags=flags
    )  # fmt: skip
    return replace(example, message=joined, has_intent=first.intent == second.intent), joined


def _slips(text: str, rng: random.Random) -> str:
    letters = list(text)
    for _ in range(max(1, len(letters) // 40)):
        at = rng.randrange(len(letters))
        if not letters[at].isalpha():
            continue
        kind = rng.random()
        if kind < 0.35:
            letters[at] = ""
        elif kind < 0.6 and at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif kind < 0.8:
            letters[at] *= 2
        else:
            letters[at] = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return "".join(letters) or text


# arrays --------------------------------------------------------------------------------------------------------------


def ids_of(message: Labelled, pieces: WordPiece) -> list[int]:
    """Token ids as the product makes them; of a long message the first window."""
    return windows(pieces, message.about, message.text)[0][0]


def roles_of(message: Labelled, labels: Sequence[str]) -> list[int]:
    """For each label the number of its role, or -1 where it is not spoken of."""
    known = {f"sign:{k}": v for k, v in message.signs.items()} | {f"flag:{k}": v for k, v in message.flags.items()}
    return [ROLES.index(known[label]) if label in known else -1 for label in labels]
