"""What a system says of one message, and the lines in which it is asked and answers.

Systems run in processes of their own, some under another Python: nothing here but the standard library.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Ask:
    """One message to read; with `end`, only the role of the words from `start` to `end` is asked for."""

    text: str
    about: str = "self"
    #: The yes-or-no question that the text answers.
    question: str | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Said:
    """The answer. What a system has no notion of stays None."""

    signs: tuple[tuple[str, str], ...] = ()  # id, role
    flags: tuple[tuple[str, str, bool], ...] = ()  # id, role, whether the person would be asked about it
    intent: str | None = None
    #: yes, no, unsure or none.
    answer: str | None = None
    role: str | None = None
    ms: float = 0.0
    #: Whether the slower of our two paths was needed.
    slow: bool | None = None

    @property
    def present(self) -> set[str]:
        """Signs that are there now."""
        return {sign for sign, role in self.signs if role == "present"}

    @property
    def raised(self) -> set[str]:
        """Red flags that are there now, without those that would only be asked about."""
        return {flag for flag, role, unclear in self.flags if role == "present" and not unclear}

    @property
    def asked(self) -> set[str]:
        """Red flags that would be asked about."""
        return {flag for flag, _, unclear in self.flags if unclear}

    @property
    def crisis(self) -> bool:
        """Whether self-harm is seen, as an intent or as a red flag."""
        return self.intent == "crisis" or "self_harm" in self.raised


def said_of(found: Iterable[tuple[str, str, str]], ms: float) -> Said:
    """The answer of a system that finds names: each with its kind (sign or flag), id and role."""
    found = list(found)
    return Said(
        signs=tuple((name, role) for kind, name, role in found if kind == "sign"),
        flags=tuple((name, role, False) for kind, name, role in found if kind == "flag"),
        ms=ms,
    )


def said(line: str) -> Said:
    """Read an answer back."""
    fields: dict[str, Any] = json.loads(line)
    fields["signs"] = tuple((sign, role) for sign, role in fields["signs"])
    fields["flags"] = tuple((flag, role, unclear) for flag, role, unclear in fields["flags"])
    return Said(**fields)


#: Reads one message and gives the answer as `Said` holds it, with the milliseconds that it measured itself.
Reader = Callable[[Ask], Said]
_WARM_UP = ("hello", "I have had a fever since Monday", "no cough, and my mum had one last year", "what is remission?")


def timed(parse: Callable[[], Any]) -> tuple[Any, float]:
    """What a call gives, and its milliseconds."""
    start = time.perf_counter()
    result = parse()
    return result, (time.perf_counter() - start) * 1000


def one_core() -> None:
    """Keep this process and the threads it will start to one core, the same for every system."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def serve(load: Callable[[], Reader]) -> None:
    """Answer one line on standard output for each on standard input, until there are no more."""
    one_core()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    read = load()
    for text in _WARM_UP:
        read(Ask(text))
    answers.write("ready\n")
    answers.flush()
    for line in sys.stdin:
        answers.write(json.dumps(asdict(read(Ask(**json.loads(line))))) + "\n")
        answers.flush()
