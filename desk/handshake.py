"""What binds a sign-in by the provider to the browser that began it. Pure: secret and present moment are handed in.

The browser keeps one signed value in a cookie. From its random seed come, by the server's secret, the `state` that the
provider sends back, the `nonce` that it signs, and the PKCE verifier. None of the three stands in the cookie, so who
has read the address in a log cannot make the cookie, and who has the cookie cannot make the verifier.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import jwt
from jwt.types import Options

from bot.errors import HandshakeLost
from desk.words import say

#: How long somebody may take at the provider, second factor included.
LIFETIME = timedelta(minutes=10)
_AUDIENCE = "signpost-oidc"
_ALGORITHM = "HS256"


@dataclass(frozen=True)
class Handshake:
    """One sign-in that was begun. `cookie` is what the browser keeps, until it comes back or `LIFETIME` is over."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    cookie: str = field(repr=False)


def begin(secret: bytes, now: datetime) -> Handshake:
    """Return a new one."""
    seed = secrets.token_urlsafe(32)
    claims = {"jti": seed, "aud": _AUDIENCE, "exp": now + LIFETIME}
    return _of(secret, seed, jwt.encode(claims, secret, algorithm=_ALGORITHM))


def read(secret: bytes, cookie: str | None, now: datetime) -> Handshake:
    """Return the one that a browser's cookie stands for.

    Raises:
        HandshakeLost: there is none, it is not ours, or it is too old.
    """
    if not cookie:
        raise HandshakeLost(say("oidc.lost"), "no_cookie")
    try:
        # The time is compared below, with the injected clock.
        options: Options = {"require": ["jti", "exp"], "verify_exp": False}
        claims = jwt.decode(cookie, secret, algorithms=[_ALGORITHM], audience=_AUDIENCE, options=options)
    except jwt.PyJWTError:
        raise HandshakeLost(say("oidc.lost"), "cookie") from None
    if claims["exp"] <= now.timestamp():
        raise HandshakeLost(say("oidc.lost"), "too_late")
    return _of(secret, claims["jti"], cookie)


def _of(secret: bytes, seed: str, cookie: str) -> Handshake:
    state, nonce, verifier = (_derived(secret, purpose, seed) for purpose in ("state", "nonce", "verifier"))
    return Handshake(state, nonce, verifier, cookie)


def _derived(secret: bytes, purpose: str, seed: str) -> str:
    """Return 43 characters, as many as a PKCE verifier has at least (RFC 7636, section 4.1)."""
    digest = hmac.new(secret, f"{purpose}\0{seed}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
