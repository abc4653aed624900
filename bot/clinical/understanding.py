"""What was understood of one message: the one shape that `bot.nlp` writes and the checklist core reads.

Offsets are Python code points of the raw text, end exclusive. Every mention keeps the words (`cue`) that
decided its role, so that staff and tests can see why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

ROLES = ("present", "absent", "past", "other", "question")


@dataclass(frozen=True)
class Mention:
    """A warning sign named in the text, with the role it plays there."""

    sign: str
    role: str
    start: int
    end: int
    cue: str | None = None


@dataclass(frozen=True)
class FlagMention:
    """A red flag named in the text. `unclear` asks for one closed question before it is set aside."""

    flag: str
    role: str
    start: int
    end: int
    cue: str | None = None
    unclear: bool = False


@dataclass(frozen=True)
class Temperature:
    """A body temperature in degrees Celsius, unrounded. `when` is now, last_24h or earlier."""

    c: float
    when: str
    words: str


@dataclass(frozen=True)
class Duration:
    """When something began, as said. `days` is how many days ago, None when the words give no number.

    `loose`: the number is not meant to the day ("about three days", "a few days").
    """

    words: str
    days: float | None
    start: int
    end: int
    loose: bool = False


#: From this confidence on an intent is acted upon as understood.
SURE = 0.6


@dataclass(frozen=True)
class Understanding:
    """One message, understood. The defaults are those of a message that says nothing."""

    text: str = ""
    intent: str = "out_of_scope"
    confidence: float = 0.0
    #: Where the intent came from: rule, model or fallback.
    source: str = "fallback"
    topic: str | None = None
    mentions: tuple[Mention, ...] = ()
    red_flag_mentions: tuple[FlagMention, ...] = ()
    temperatures: tuple[Temperature, ...] = ()
    durations: tuple[Duration, ...] = ()
    language: str = "en"
    #: True when the words leave no room for more: "only the sweats", "just a cough, nothing else".
    exclusive: bool = False
    #: ok, empty, emoji, unreadable (pasted code, keyboard noise) or too_long.
    readability: str = "ok"
    #: What "change my answer about ..." is about: a sign id or a step id.
    change: str | None = None
    #: Choice ids of the step on screen that the words pick ("the first two", "yes", "none of those").
    picks: tuple[str, ...] = ()
    #: Medicines named that can hide a fever: paracetamol, ibuprofen, steroid.
    medicines: tuple[str, ...] = ()

    @property
    def is_guess(self) -> bool:
        """Whether the intent is only the likeliest of several: nothing that leads away from the page rests on it."""
        return self.confidence < SURE

    @property
    def red_flags(self) -> tuple[str, ...]:
        """Ids of the red flags present now, each once, in the order of the text."""
        return tuple(dict.fromkeys(m.flag for m in self.red_flag_mentions if m.role == "present" and not m.unclear))

    def to_json(self) -> dict[str, Any]:
        """The object that `python -m bot parse` prints, and more that our own parts read."""
        return {**asdict(self), "red_flags": list(self.red_flags)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Understanding:
        """Read back what `to_json` wrote.

        Raises:
            TypeError: a field is missing or unknown.
        """
        fields = dict(data)
        fields.pop("red_flags", None)
        kinds = {
            "mentions": Mention,
            "red_flag_mentions": FlagMention,
            "temperatures": Temperature,
            "durations": Duration,
        }
        for name, kind in kinds.items():
            fields[name] = tuple(kind(**item) for item in fields.get(name, ()))
        for name in ("picks", "medicines"):
            fields[name] = tuple(fields.get(name, ()))
        return cls(**fields)


@dataclass(frozen=True)
class OpenQuestion:
    """The step on screen, as the understanding of a short answer needs it."""

    step: str
    kind: str  # yes_no, single, multiple or free
    #: (choice id, the label shown), in the order shown.
    choices: tuple[tuple[str, str], ...] = ()
    #: The signs or flags that the choices of a multiple step stand for, by choice id.
    signs: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, step: str, choices: Iterable[tuple[str, str]], *, multiple: bool, signs: Mapping[str, str] | None = None
    ) -> OpenQuestion:
        """The question that these choices make. The two that lead away, `skip` and `back`, are no answers to it."""
        answers = tuple((id_, label) for id_, label in choices if id_ not in ("skip", "back"))
        ids = {id_ for id_, _ in answers}
        yes_no = {"yes", "no"} <= ids
        kind = "multiple" if multiple else "yes_no" if yes_no else "single" if len(answers) > 1 else "free"
        return cls(step, kind, answers, signs or {})
