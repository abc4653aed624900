"""What a small trained network hears in a message beyond the word lists: signs, red flags, roles, places, intent.

The network is `encoder/model.onnx`, trained offline by `python -m training.train` from the project's own messages on
top of all-MiniLM-L6-v2 (Apache-2.0; see docs/decisions/0021 and its card in `encoder/`), and run by onnxruntime on one
thread. The same text gives the same answer; nothing of a message is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
#: How the prompt names the person that the chat is about.
_PROMPTS = {"self": "me :", "child": "my child :", "adult": "my relative :"}


class EncoderError(SignpostError):
    """The network's files are missing or broken."""


@dataclass(frozen=True)
class Heard:
    """One sign or red flag that the network hears: how likely it is spoken of, the likelihood of each role, the place."""

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
    intents: Mapping[str, float] | None = None


def prompt(
    pieces: WordPiece, about: str, text: str, longest: int = WINDOW, first: int = 0
) -> tuple[list[int], list[tuple[int, int]], int]:
    """Token ids of one window from token `first` on, the place of each (0, 0 for marks), and where to go on (0: end)."""
    lead, _ = pieces.encode(_PROMPTS[about])
    ids, places = pieces.encode(text)
    room = longest - len(lead) - 2
    window, spans = ids[first : first + room], places[first : first + room]
    more = first + room - OVERLAP if first + room < len(ids) else 0
    return (
        [pieces.start, *lead, *window, pieces.end],
        [(0, 0)] * (len(lead) + 1) + spans + [(0, 0)],
        more,
    )


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
            self.labels: tuple[str, ...] = tuple(card["labels"])
            self._roles: tuple[str, ...] = tuple(card["roles"])
            self._intents: tuple[str, ...] = tuple(card["intents"])
            vocabulary = files["vocab.txt"].decode("utf-8").split("\n")
            self.pieces = WordPiece({piece: number for number, piece in enumerate(vocabulary) if piece})
            self._session = onnxruntime.InferenceSession(files["model.onnx"], _options(), ["CPUExecutionProvider"])
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise EncoderError(f"{folder}: the trained network cannot be read ({type(error).__name__})") from error
        for name, content in files.items():
            if hashlib.sha256(content).hexdigest() != card["sha256"][name]:
                raise EncoderError(f"{folder / name}: not the file that card.json names; get it again")

    def hear(self, text: str, about: str = "self", least: float = 0.05) -> Hearing:
        """Read one message.

        Args:
            text: the message as typed.
            about: `self`, `child` or `adult`.
            least: labels less likely than this are left out.
        """
        best: dict[str, Heard] = {}
        intents: list[Any] = []
        for ids, places in self._windows(text, about):
            mentions, roles, intent, attention = self._run(ids)
            intents.append(intent)
            for number, label in enumerate(self.labels):
                likely = float(mentions[number])
                if likely >= least and (label not in best or self._worth(best[label]) < likely * roles[number][0]):
                    start, end = _place(attention[number], places)
                    named = dict(zip(self._roles, map(float, roles[number])))
                    best[label] = Heard(label, likely, named, start, end)
        mean = np.mean(intents, axis=0) if intents else []
        ordered = sorted(best.values(), key=lambda h: (h.start, h.label))
        return Hearing(tuple(ordered), {name: float(p) for name, p in zip(self._intents, mean)})

    @staticmethod
    def _worth(heard: Heard) -> float:
        return heard.present

    def _windows(self, text: str, about: str) -> Iterator[tuple[list[int], list[tuple[int, int]]]]:
        first = 0
        while True:
            ids, places, more = prompt(self.pieces, about, text, first=first)
            yield ids, places
            if not more:
                return
            first = more

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
