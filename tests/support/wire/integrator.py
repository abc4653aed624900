"""The service of an integrator, written after the document that the server gives to integrators, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import yaml
from jsonschema import Draft202012Validator
from jsonschema.validators import RefResolver

from tests.support.wire.base import JSON, Answer, Broken, Call, Request, Sent, Took, Wire

DOCUMENT = Path(__file__).parents[3] / "bot" / "channels" / "integrator.yml"


@dataclass(frozen=True)
class Integrator(Wire):
    """Another service with an app of its own."""

    name: ClassVar[str] = "integrator"
    channel: ClassVar[str] = "bot.channels.integrator.IntegratorChannel"
    api: ClassVar[str] = "integrator"
    timed: ClassVar[bool] = True
    once: ClassVar[bool] = True

    secret: str = "a-secret-that-both-services-share-0123456789"

    def environment(self, url: str) -> dict[str, str]:
        return {"SIGNPOST_INTEGRATOR_SECRET": self.secret, "SIGNPOST_INTEGRATOR_URL": f"{url}/replies"}

    def ids(self, person: int) -> tuple[str, ...]:
        return (f"member-{person:06d}-of-the-app",)

    def _signature(self, stamp: str, body: bytes) -> str:
        return "v1=" + hmac.new(self.secret.encode(), f"v1:{stamp}:".encode() + body, hashlib.sha256).hexdigest()

    def signed(self, body: bytes, now: datetime) -> Request:
        stamp = str(int(now.timestamp()))
        headers = {
            "Content-Type": JSON,
            "X-Signpost-Timestamp": stamp,
            "X-Signpost-Signature": self._signature(stamp, body),
        }
        return Request(self.path, headers, body)

    def _message(self, person: int, id: int, now: datetime, **more: Any) -> Request:  # noqa: A002
        body = {"id": f"{id:08d}", "person": self.ids(person)[0], **more}
        return self.signed(json.dumps(body, ensure_ascii=False).encode(), now)

    def text(self, person: int, words: str, id: int, now: datetime) -> Request:  # noqa: A002
        return self._message(person, id, now, text=words)

    def press(self, person: int, data: str, label: str, id: int, now: datetime) -> Request:  # noqa: A002
        """A choice of a question. `data` is JSON with its step and choices."""
        return self._message(person, id, now, **json.loads(data))

    def again(self, request: Request, now: datetime) -> Request:
        """Signed anew, as the document asks."""
        return self.signed(request.body, now)

    # what goes ------------------------------------------------------------------------------------------------------

    def _take(self, call: Call) -> Took:
        stamp, given = call.headers.get("x-signpost-timestamp", ""), call.headers.get("x-signpost-signature", "")
        if not stamp.isdigit() or not hmac.compare_digest(given, self._signature(stamp, call.body)):
            raise Broken("not signed", Answer(401))
        if (call.method, call.endpoint) != ("POST", "/replies"):
            raise Broken("not our address", Answer(404))
        if call.headers.get("content-type") != JSON:
            raise Broken("not JSON", Answer(415))
        reply = json.loads(call.body)
        if faults := list(_reply().iter_errors(reply)):
            raise Broken(f"not as described: {faults[0].message}", Answer(422))
        if call.headers.get("x-signpost-delivery") != reply["id"]:
            raise Broken("its id is not that of its header", Answer(422))
        person = int(reply["person"].split("-")[1])
        buttons = [
            (choice["label"], json.dumps({"step": message["step"], "choices": [choice["id"]]}))
            for message in reply["messages"]
            if message["kind"] == "question"
            for choice in message["choices"]
        ]
        return Took(Answer(204), Sent(person, "\n\n".join(reply["texts"]), tuple(buttons), app=self.name))

    def busy(self, seconds: int = 1) -> Answer:
        return Answer(429, headers={"Retry-After": str(seconds)})

    def broken(self) -> Answer:
        return Answer(503)

    def refusal(self) -> Answer:
        return Answer(410)


def _reply() -> Draft202012Validator:
    document = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    resolver = RefResolver.from_schema(document)
    return Draft202012Validator(document["components"]["schemas"]["Reply"], resolver=resolver)
