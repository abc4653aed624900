"""Signs what Schemathesis posts to the integrator webhook, as the document asks. It runs in Schemathesis's environment.

A case whose headers are wrong on purpose keeps them: it must be refused.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import time
from typing import Any

import requests
import schemathesis

SECRET = os.environ["SIGNPOST_INTEGRATOR_SECRET"].encode()
HEADERS = {"X-Signpost-Timestamp": "[0-9]{1,12}", "X-Signpost-Signature": "v1=[0-9a-f]{64}"}


class Signed(requests.auth.AuthBase):
    """Sets the headers when the bytes of the body are known."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else body
        stamp = str(int(time.time()))
        mac = hmac.new(SECRET, f"v1:{stamp}:".encode() + raw, hashlib.sha256)
        request.headers["X-Signpost-Timestamp"] = stamp
        request.headers["X-Signpost-Signature"] = f"v1={mac.hexdigest()}"
        return request


@schemathesis.hook
def before_call(_context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Sign each case whose headers have the right form."""
    given = case.headers or {}
    if all(re.fullmatch(pattern, str(given.get(name, ""))) for name, pattern in HEADERS.items()):
        kwargs["auth"] = Signed()
