"""Signed, short-lived tokens for one conversation each. The server makes the id; a client never names one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from jwt.types import Options

LIFETIME = timedelta(minutes=30)
ALGORITHM = "HS256"
AUDIENCE = "signpost-widget"


class TokenRefused(Exception):
    """No token, a forged one, or one for something else. `reason` is a word for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TokenExpired(TokenRefused):
    """A true token that is past its time; it can be refreshed."""


@dataclass(frozen=True)
class Token:
    """A token and when it expires."""

    value: str
    expires_at: datetime


@dataclass(frozen=True)
class Sessions:
    """Makes and reads tokens with one secret."""

    secret: bytes

    def issue(self, conversation: str, now: datetime) -> Token:
        """A token for this conversation, good for `LIFETIME`."""
        expires = (now + LIFETIME).replace(microsecond=0)
        claims = {"sub": conversation, "aud": AUDIENCE, "iat": now, "exp": expires, "jti": secrets.token_urlsafe(6)}
        return Token(jwt.encode(claims, self.secret, algorithm=ALGORITHM), expires)

    def read(self, header: str | None, now: datetime, *, expired_too: bool = False) -> str:
        """The conversation of an `Authorization: Bearer ...` header.

        Raises:
            TokenExpired: true, but past its time (never with `expired_too`).
            TokenRefused: anything else.
        """
        scheme, _, value = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not value.strip():
            raise TokenRefused("missing")
        try:
            # The time is compared below, with the injected clock.
            options: Options = {"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False}
            claims = jwt.decode(value.strip(), self.secret, algorithms=[ALGORITHM], audience=AUDIENCE, options=options)
        except jwt.PyJWTError as error:
            raise TokenRefused("forged") from error
        if not isinstance(claims["sub"], str):
            raise TokenRefused("forged")
        if not expired_too and claims["exp"] <= now.timestamp():
            raise TokenExpired("expired")
        return claims["sub"]
