"""What a driver of a provider is: how the provider calls our webhook, and how its API takes what the server sends.

Written from the providers' public documentation and not from our own reading of their requests, which it checks.
Everything here is pure: who runs it decides how a request travels and where the API listens.

    wire = WIRES["telegram"]
    wire.text(1, "hello", 1, now)           # a Request, as Telegram makes it
    replace(wire, secret="x" * 40).text(..) # the same by somebody who does not know the secret
    replace(request, body=b"...")           # altered on its way
    wire.take(call)                         # a Took: what was Sent to whom, and what the API answers

A person is a number. `ids` are the names by which the provider knows that person: none of them may reach a log.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from email.parser import BytesParser
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class Request:
    """A request to the server under test. `path` has its query."""

    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    method: str = "POST"


@dataclass(frozen=True)
class Call:
    """A request of the server to a provider's API, which listens at `base`; `path` is below it, with its query.

    The names of `headers` are in lower case.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    base: str = "http://127.0.0.1"

    @property
    def query(self) -> dict[str, str]:
        """The fields of the address."""
        return dict(parse_qsl(urlsplit(self.path).query))

    @property
    def endpoint(self) -> str:
        """The path without its query."""
        return urlsplit(self.path).path


@dataclass(frozen=True)
class Answer:
    """What an API answers."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """A message as its person sees it. `buttons` are (label, what `press` takes as data)."""

    person: int
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    file: str | None = None
    app: str = ""


@dataclass(frozen=True)
class Took:
    """What became of a call: the answer, the message if it was one, and the rule of the API that it broke, if any."""

    answer: Answer
    sent: Sent | None = None
    fault: str | None = None


class Broken(Exception):
    """A call against the rules of an API, with its own answer to that."""

    def __init__(self, fault: str, answer: Answer) -> None:
        super().__init__(fault)
        self.fault, self.answer = fault, answer


class NotThere(Exception):
    """The app has nothing of the kind."""


class Wire(ABC):
    """One provider. `OURS` and the like are made up; numbers are Ofcom's for drama."""

    #: Below `/webhooks/`, and in credentials.yml.
    name: ClassVar[str]
    channel: ClassVar[str]
    #: Where its API listens, below the address that all of a test share: two apps of one company share one.
    api: ClassVar[str]
    #: Whether a request tells when it was made, so that an old one can be refused.
    timed: ClassVar[bool] = False
    #: Whether the proof covers the body, so that an altered one can be told.
    sealed: ClassVar[bool] = True
    #: Whether the very same request, byte by byte, is refused the second time: no provider sends it.
    once: ClassVar[bool] = False

    @property
    def path(self) -> str:
        """Where the provider is told to deliver."""
        return f"/webhooks/{self.name}/messages"

    # what comes -----------------------------------------------------------------------------------------------------

    @abstractmethod
    def environment(self, url: str) -> dict[str, str]:
        """The variables that the channel needs, with the API at `url`."""

    @abstractmethod
    def ids(self, person: int) -> tuple[str, ...]:
        """The names of a person on the wire."""

    @abstractmethod
    def signed(self, body: bytes, now: datetime) -> Request:
        """A request of the usual kind with any body at all, proved to be the provider's."""

    def proved(self, body: bytes, now: datetime, like: Request) -> Request:
        """A request with any body at all, proved to be the provider's, of the kind of another one."""
        return self.signed(body, now)

    @abstractmethod
    def text(self, person: int, words: str, id: int, now: datetime) -> Request:  # noqa: A002 - the provider's word
        """A person's words. `id` is new for each message of all people."""

    def press(self, person: int, data: str, label: str, id: int, now: datetime) -> Request:  # noqa: A002
        """A pressed button.

        Raises:
            NotThere: the app has no buttons.
        """
        raise NotThere(self.name)

    def picture(self, person: int, id: int, now: datetime) -> Request:  # noqa: A002
        """A picture without words.

        Raises:
            NotThere: the app carries none.
        """
        raise NotThere(self.name)

    def others(self, person: int, id: int, now: datetime) -> dict[str, Request]:  # noqa: A002
        """Receipts and whatever else the provider delivers to the same address, which nobody is to answer."""
        return {}

    def elsewhere(self, person: int, id: int, now: datetime) -> dict[str, Request]:  # noqa: A002
        """Proved requests that were meant for another channel, account or app."""
        return {}

    def again(self, request: Request, now: datetime) -> Request:
        """The same delivery once more, by the provider itself."""
        return request

    # what goes ------------------------------------------------------------------------------------------------------

    def take(self, call: Call) -> Took:
        """What the API makes of a call."""
        try:
            return self._take(call)
        except Broken as broken:
            return Took(broken.answer, fault=broken.fault)

    @abstractmethod
    def _take(self, call: Call) -> Took:
        """What the API makes of a call.

        Raises:
            Broken: it is against the rules.
        """

    @abstractmethod
    def busy(self, seconds: int = 1) -> Answer:
        """The API asks to be called again later."""

    @abstractmethod
    def broken(self) -> Answer:
        """The API has a fault of its own."""

    @abstractmethod
    def refusal(self) -> Answer:
        """The person cannot be reached, now or later."""


def answer(status: int, body: Any, **headers: str) -> Answer:
    """An answer of JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(body).encode(), {"Content-Type": f"{JSON}; charset=utf-8", **named})


@dataclass(frozen=True)
class Upload:
    """A file in a form."""

    name: str
    content: bytes = field(repr=False)


def fields(call: Call) -> dict[str, Any]:
    """The fields of a call in any of the three forms that APIs take: JSON, a form, a form with files (`Upload`)."""
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == JSON:
        found = json.loads(call.body)
        return found if isinstance(found, dict) else {}
    if kind == FORM:
        return dict(parse_qsl(call.body.decode(), keep_blank_values=True))
    if kind == "multipart/form-data":
        head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode()
        whole = BytesParser().parsebytes(head + call.body)
        return {str(part.get_param("name", header="content-disposition")): _field(part) for part in whole.get_payload()}
    return {}


def _field(part: Message) -> str | Upload:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    name = part.get_filename()
    return content.decode() if name is None else Upload(name, content)


def structure(value: Any) -> Any:
    """A field that is JSON inside JSON where it came in a form."""
    return json.loads(value) if isinstance(value, str) else value


def bearer(call: Call) -> str:
    """The token of the Authorization header."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def utf16(text: str) -> int:
    """Letters as most apps count them: an emoji may be two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
