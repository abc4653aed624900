"""What a small trained network hears in a message beyond the word lists: signs, red flags, roles, places, intent.

The network is `encoder/model.onnx`, trained offline by `python -m training.train` from the project's own messages on
top of all-MiniLM-L6-v2 (Apache-2.0; see docs/decisions/0021 and its card in `encoder/`), and run by onnxruntime on one
thread. The same text gives the same answer; nothing of a message is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from bot.errors import SignpostError
from bot.nlp.wordpiece import WordPiece

FOLDER = Path(__file__).parent / "encoder"
#: Tokens that the network reads at once, the two marks and the prompt among them; longer messages are read in windows.
WINDOW = 128
#: Tokens that a window shares with the one before it.
OVERLAP = 24
#: Windows of a message that are read at most: the first ones and the last. The patterns read everything.
WINDOWS = 4
#: How the prompt names the person that the chat is about.
_PROMPTS = {"self": "me :", "child": "my child :", "adult": "my relative :"}


class EncoderError(SignpostError):
    """The network's files are missing or broken."""


@dataclass(frozen=True)
class Heard:
    """One sign or red flag that the network hears: how likely it is spoken of, how likely in each role, and where."""

    label: str  # sign:<id> or flag:<id>
    likely: float
    roles: Mapping[str, float]
    start: int
    end: int

    @property
    def present(self) -> float:
        """The likelihood that the person has it now."""
        return self.likely * self.roles["present"]

    @property
    def role(self) -> str:
        """The likeliest role."""
        return max(self.roles, key=lambda role: self.roles[role])


@dataclass(frozen=True)
class Hearing:
    """What the network makes of a message: every label that is at least faintly likely, and the intents."""

    heard: tuple[Heard, ...] = ()
    intents: Mapping[str, float] = field(default_factory=dict)


def windows(pieces: WordPiece, about: str, text: str) -> list[tuple[list[int], list[tuple[int, int]]]]:
    """The windows of a message that are read, each as token ids and their places; (0, 0) for marks and the prompt."""
    lead, _ = pieces.encode(_PROMPTS[about])
    ids, places = pieces.encode(text)
    room = WINDOW - len(lead) - 2
    starts = range(0, max(1, len(ids) - OVERLAP), room - OVERLAP)
    chosen = starts if len(starts) <= WINDOWS else [*starts[: WINDOWS - 1], len(ids) - room]
    mark = [(0, 0)]
    return [
        (
            [pieces.start, *lead, *ids[at : at + room], pieces.end],
            [*mark * (len(lead) + 1), *places[at : at + room], *mark],
        )
        for at in chosen
    ]


class Encoder:
    """The network in memory. One instance serves all threads."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Load the model, its vocabulary and its card.

        Raises:
            EncoderError: a file is missing, broken, or not the one that the card names.
        """
        try:
            card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
            files = {name: (folder / name).read_bytes() for name in ("model.onnx", "vocab.txt")}
            changed = [n for n, held in files.items() if hashlib.sha256(held).hexdigest() != card["sha256"][n]]
        except (OSError, ValueError, KeyError) as error:
            raise EncoderError(f"{folder}: the trained network cannot be read ({type(error).__name__})") from error
        if changed:
            raise EncoderError(f"{folder / changed[0]}: not the file that card.json names; check it out again")
        self.labels: tuple[str, ...] = tuple(card["labels"])
        self._roles: tuple[str, ...] = tuple(card["roles"])
        self._intents: tuple[str, ...] = tuple(card["intents"])
        vocabulary = files["vocab.txt"].decode("utf-8").split("\n")
        self.pieces = WordPiece({piece: number for number, piece in enumerate(vocabulary) if piece})
        self._session = onnxruntime.InferenceSession(files["model.onnx"], _options(), ["CPUExecutionProvider"])

    def hear(self, text: str, about: str = "self", least: float = 0.05) -> Hearing:
        """Read one message.

        Args:
            text: the message as typed.
            about: `self`, `child` or `adult`.
            least: labels less likely than this are left out.
        """
        best: dict[str, Heard] = {}
        intents: list[Any] = []
        for ids, places in windows(self.pieces, about, text):
            mentions, roles, intent, attention = self._run(ids)
            intents.append(intent)
            for number, label in enumerate(self.labels):
                likely = float(mentions[number])
                if likely >= least and (label not in best or best[label].present < likely * roles[number][0]):
                    start, end = _place(attention[number], places)
                    named = dict(zip(self._roles, map(float, roles[number]), strict=True))
                    best[label] = Heard(label, likely, named, start, end)
        mean = np.mean(intents, axis=0)
        ordered = sorted(best.values(), key=lambda h: (h.start, h.label))
        return Hearing(tuple(ordered), {name: float(p) for name, p in zip(self._intents, mean, strict=True)})

    def _run(self, ids: Sequence[int]) -> tuple[Any, Any, Any, Any]:
        row = np.asarray([ids], dtype=np.int64)
        out = self._session.run(None, {"ids": row, "mask": np.ones_like(row)})
        mentions, roles, intents, attention = (part[0] for part in out)
        return 1 / (1 + np.exp(-mentions)), _softmax(roles), _softmax(intents), attention


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    # one message at a time on one thread: more threads cost more than they give at this length
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """The encoder that the product ships; loaded once."""
    return Encoder()


def _softmax(logits: Any) -> Any:
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _place(attention: Any, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The stretch of text around the word most looked at, as far as its neighbours hold a third of its attention."""
    words = [(i, span) for i, span in enumerate(places) if span != (0, 0)]
    if not words:
        return 0, 0
    weight: dict[tuple[int, int], float] = {}
    for i, span in words:
        weight[span] = weight.get(span, 0.0) + float(attention[i])
    spans = list(weight)
    top = max(range(len(spans)), key=lambda n: weight[spans[n]])
    first = last = top
    while first > 0 and weight[spans[first - 1]] >= weight[spans[top]] / 3:
        first -= 1
    while last + 1 < len(spans) and weight[spans[last + 1]] >= weight[spans[top]] / 3:
        last += 1
    return spans[first][0], spans[last][1]
