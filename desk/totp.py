"""Codes of the second factor: TOTP as in RFC 6238, six digits, 30 seconds, SHA-1, which every authenticator knows.

Pure: the caller says what time it is and which code was taken last.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
#: Bytes of a secret: as many as the hash has, which RFC 4226 recommends.
SECRET_BYTES = 20
#: Telephones are seldom set better than this: one step before and one after the present one count too.
_DRIFT = (0, -1, 1)


def new_secret() -> str:
    """Return a random secret in base 32, as authenticators take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Return the code of a time step (RFC 4226, section 5.3)."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(moment: datetime) -> int:
    """Return the time step of a moment."""
    return int(moment.timestamp()) // STEP_SECONDS


def matching_step(secret: str, typed: str, now: datetime, last_step: int) -> int | None:
    """Return the time step whose code was typed, or None: wrong, too old, too new, or taken before.

    Args:
        secret: in base 32.
        typed: what the person typed; spaces are ignored, as many authenticators show one in the middle.
        now: the present moment.
        last_step: the step of the last code that was taken; this one and earlier ones count no more.
    """
    code = "".join(typed.split())
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    key = base64.b32decode(secret)
    steps = [step_of(now) + drift for drift in _DRIFT]
    matches = [step for step in steps if hmac.compare_digest(code_at(key, step), code)]
    return next((step for step in matches if step > last_step), None)


def address(secret: str, name: str, service: str) -> str:
    """Return the `otpauth:` address that an authenticator reads, from a picture or by hand."""
    label = quote(f"{service}:{name}", safe="")
    return (
        f"otpauth://totp/{label}?secret={secret}&issuer={quote(service, safe='')}&digits={DIGITS}&period={STEP_SECONDS}"
    )
