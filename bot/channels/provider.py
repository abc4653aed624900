"""What a messaging app is to the rest: how its requests are proved and read, and how answers are written and sent.

Each app is a small module with one class that keeps to `Provider`. Everything that holds for all of them stands
elsewhere, once: `inbound` (limits, repeats, keeping), `answering` (turns, in order), `delivery` (sending, again if need
be).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Mapping, Protocol, Sequence

import aiohttp

#: What a button that only opens a chat stands for: its person has said nothing yet, and is greeted.
GREETING = "hello"


class Refusal(Exception):
    """A request that is not taken. `reason` is a word for the log and for programs, never text of the request."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class SendFailed(Exception):
    """An app did not take a message. `for_good`: it never will. `retry_after`: seconds that it asked to wait."""

    def __init__(self, reason: str, *, for_good: bool = False, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.for_good, self.retry_after = reason, for_good, retry_after


@dataclass(frozen=True)
class Raw:
    """A request as it came. `target` is path and query; the names of `headers` are in lower case."""

    target: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Incoming:
    """One message of a person, as the app gave it.

    `sender` says who wrote, `address` where the answer goes, `id` is the app's own for this message. A pressed button
    brings `step` and `choices`. `unread` is true when there was something besides words: a picture, a voice message.
    """

    id: str
    sender: str
    address: str
    text: str = ""
    step: str | None = None
    choices: tuple[str, ...] = ()
    unread: bool = False


@dataclass(frozen=True)
class Lost:
    """An app's later word that something it had taken from us did not arrive.

    `address` and `key` are those with which it was sent; `reason` is a word for the operator.
    """

    address: str
    key: str
    reason: str


@dataclass(frozen=True)
class Typed:
    """What typed words say: choices of the question they answer, and the words that are not such an answer.

    `asks` are choices that the person only wants to read more about; then nothing was answered.
    """

    choices: tuple[str, ...]
    text: str
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Thanks:
    """The body that tells an app that its request was taken."""

    body: str = ""
    media_type: str = "text/plain"


class Provider(Protocol):
    """One messaging app. Reading is pure; only `send` speaks to the network."""

    @property
    def name(self) -> str:
        """The name below `/webhooks/`, and of its conversations' channel."""

    @property
    def path(self) -> str:
        """Where the app delivers, below its name."""

    @property
    def media_types(self) -> frozenset[str]:
        """The only content types that are read."""

    @property
    def body_bytes(self) -> int:
        """The largest request that is read."""

    def prove(self, request: Raw, now: datetime) -> str | None:
        """See to it that the app itself sent exactly this, without reading it.

        Returns:
            What is unlike in any two requests, so that this one is refused when it comes again; None where an app
            sends the very same request again by itself.

        Raises:
            Refusal: it is not proved, or too old.
        """

    def read(self, request: Raw) -> Sequence[Incoming | Lost]:
        """The messages of a proved request, and what of ours it says was lost; nothing for a typing mark and the like.

        Raises:
            Refusal: it cannot be read.
        """

    def thanks(self, request: Raw, *, repeated: bool) -> Thanks:
        """What to answer to a proved request when all of it was taken; `repeated` when nothing of it was new."""

    def typed(self, text: str, question: Mapping[str, Any] | None) -> Typed:
        """What typed words answer of the question that its writer had seen. Never guesses."""

    def parts(self, messages: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        """The message objects as what is sent, one part a request. The same messages always give the same parts.

        Beside those of the contract there is one of the kind `explanation`: more about the choices `asks` of the
        `question` in it.
        """

    async def send(self, http: aiohttp.ClientSession, address: str, part: Any, key: str) -> None:
        """Send one part. `key` is the same whenever this part is sent again.

        Raises:
            SendFailed: the app did not take it.
        """
