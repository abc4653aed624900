"""The plain webhook for another service's own app: signed JSON in, signed JSON out. `integrator.yml` describes it.

Both ways a request carries the time and an HMAC over time and body, with one shared secret. What comes must be new to
within five minutes and must not be the same request twice; a message that is sent again, signed anew, is answered once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from pathlib import Path
from typing import Any, Mapping, Sequence

import aiohttp
import yaml
from jsonschema import Draft202012Validator
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels import limits
from bot.channels.apps import WEBHOOK
from bot.channels.delivery import after_status
from bot.channels.inbound import fresh
from bot.channels.messaging import blueprint, own_renderer
from bot.channels.provider import Incoming, Raw, Refusal, Thanks, Typed
from bot.channels.switched_on import Needs
from bot.channels.texting import Texting
from bot.channels.widget import OnNewMessage
from bot.clock import Clock, system_clock
from bot.content.render import Renderer

SECRET, URL = "SIGNPOST_INTEGRATOR_SECRET", "SIGNPOST_INTEGRATOR_URL"
TIMESTAMP, SIGNATURE, DELIVERY = "X-Signpost-Timestamp", "X-Signpost-Signature", "X-Signpost-Delivery"
#: Seconds that the time of a request may be away from ours, before or after.
WINDOW = 300.0
VERSION = "v1"
DOCUMENT: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("integrator.yml").read_text(encoding="utf-8"))
_INCOMING = Draft202012Validator(DOCUMENT["components"]["schemas"]["IncomingMessage"])


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """The value of the signature header for a body sent at this time (seconds since 1970, in digits)."""
    signed = b":".join((VERSION.encode(), timestamp.encode(), body))
    return f"{VERSION}={hmac.new(secret, signed, hashlib.sha256).hexdigest()}"


class Integrator:
    """Keeps to `bot.channels.provider.Provider`."""

    name, path, media_types = "integrator", "/messages", frozenset({"application/json"})
    body_bytes = limits.BODY_BYTES

    def __init__(self, secret: str, url: str, renderer: Renderer, clock: Clock = system_clock) -> None:
        self._secret = secret.encode()
        self._url = url
        self._clock = clock
        self._texting = Texting(WEBHOOK, renderer)

    def prove(self, request: Raw, now: datetime) -> str | None:
        """Check time and signature; the signature is what no two requests share.

        Raises:
            Refusal: 401, with what is wrong.
        """
        stamp, given = (request.headers.get(name.lower(), "") for name in (TIMESTAMP, SIGNATURE))
        if not stamp or not given:
            raise Refusal(401, "missing_signature")
        expected = signature(self._secret, stamp, request.body)
        if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
            raise Refusal(401, "forged")
        if not fresh(stamp, now, WINDOW):
            raise Refusal(401, "late")
        return given

    def read(self, request: Raw) -> Sequence[Incoming]:
        """The one message of a request.

        Raises:
            Refusal: 400, it is not as the document says.
        """
        try:
            found = json.loads(request.body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise Refusal(400, "not_json") from None
        if not _INCOMING.is_valid(found):
            raise Refusal(400, "not_as_described")
        return [
            Incoming(
                id=found["id"],
                sender=found["person"],
                address=found["person"],
                text=found.get("text", ""),
                step=found.get("step"),
                choices=tuple(found.get("choices", ())),
            )
        ]

    def thanks(self, request: Raw, *, repeated: bool) -> Thanks:  # noqa: ARG002 - the same for all
        """Whether it was new."""
        return Thanks(json.dumps({"status": "repeated" if repeated else "accepted"}), "application/json")

    def typed(self, text: str, question: Mapping[str, Any] | None) -> Typed:
        """As in every app: numbers are read, and words stay words."""
        return self._texting.typed(text, question)

    def parts(self, messages: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        """All of a reply at once: the message objects to draw, and the same as plain texts to show."""
        texts = [part.text for part in self._texting.parts(messages)]
        return [{"messages": [m for m in messages if m["kind"] != "explanation"], "texts": texts}]

    async def send(self, http: aiohttp.ClientSession, address: str, part: Any, key: str) -> None:
        """Post a reply to the address of the service.

        Raises:
            SendFailed: it did not answer with 2xx.
        """
        body = json.dumps({"id": key, "person": address, **part}, ensure_ascii=False).encode()
        stamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: stamp,
            SIGNATURE: signature(self._secret, stamp, body),
            DELIVERY: key,
        }
        async with http.post(self._url, data=body, headers=headers, allow_redirects=False) as response:
            if failed := after_status(response.status, response.headers, self._clock()):
                raise failed


def _refuse(_constant: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")


class IntegratorChannel(InputChannel):
    """The channel. It exists only when credentials.yml names it and the environment holds what it needs."""

    def __init__(self, secret: str, url: str) -> None:
        self._secret, self._url = secret, url

    @classmethod
    def name(cls) -> str:
        """The name below `/webhooks/`."""
        return Integrator.name

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> IntegratorChannel:  # noqa: ARG003 - Rasa's signature
        """Read the secret and the address from the environment.

        Raises:
            StartError: one is missing, or cannot be used.
        """
        needs = Needs("the integrator webhook")
        secret = needs.secret(SECRET, "the secret that you share with the service")
        url = needs.address(URL, "the address that replies are posted to")
        needs.check()
        return cls(secret, url)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """`POST /messages`, and the document that describes it."""
        renderer, clock = own_renderer()
        routes = blueprint(Integrator(self._secret, self._url, renderer, clock), on_new_message)

        @routes.get("/openapi.json")
        async def get_document(_request: Request) -> HTTPResponse:
            return json_response(DOCUMENT, headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})

        return routes
