"""Tokens: what is accepted, and what is not."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import jwt
import pytest

from bot.channels.sessions import ALGORITHM, AUDIENCE, LIFETIME, Sessions, TokenExpired, TokenRefused

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
SECRET = b"s" * 32
SESSIONS = Sessions(SECRET)


def header(**claims: object) -> str:
    """A header with a token of our own making."""
    whole = {"sub": "someone", "aud": AUDIENCE, "exp": NOW + LIFETIME, **claims}
    return "Bearer " + jwt.encode({k: v for k, v in whole.items() if v is not None}, SECRET, algorithm=ALGORITHM)


def test_an_issued_token_names_its_conversation_until_it_expires() -> None:
    """A token is read up to the second of its end, and not from then on."""
    token = SESSIONS.issue("someone", NOW)
    assert SESSIONS.read(f"Bearer {token.value}", token.expires_at - timedelta(seconds=1)) == "someone"
    with pytest.raises(TokenExpired):
        SESSIONS.read(f"Bearer {token.value}", token.expires_at)


def test_an_expired_token_can_be_refreshed() -> None:
    """Refreshing reads an expired token, however old."""
    token = SESSIONS.issue("someone", NOW)
    assert SESSIONS.read(f"Bearer {token.value}", NOW + timedelta(days=400), expired_too=True) == "someone"


@pytest.mark.parametrize("bad", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer abc", "Bearer a.b.c"])
def test_what_is_no_token_is_refused(bad: str | None) -> None:
    """Headers that hold no token are refused, and not as expired."""
    with pytest.raises(TokenRefused) as refused:
        SESSIONS.read(bad, NOW)
    assert not isinstance(refused.value, TokenExpired)


def test_a_token_of_another_secret_is_refused() -> None:
    """A forged signature is refused, for refreshing too."""
    token = Sessions(b"t" * 32).issue("someone", NOW)
    for expired_too in (False, True):
        with pytest.raises(TokenRefused):
            SESSIONS.read(f"Bearer {token.value}", NOW, expired_too=expired_too)


def test_a_token_without_signature_is_refused() -> None:
    """The algorithm `none` is not taken."""
    unsigned = jwt.encode({"sub": "someone", "aud": AUDIENCE, "exp": NOW + LIFETIME}, None, algorithm="none")
    with pytest.raises(TokenRefused):
        SESSIONS.read(f"Bearer {unsigned}", NOW)


@pytest.mark.parametrize("claims", [{"aud": "desk"}, {"aud": None}, {"sub": None}, {"exp": None}])
def test_a_token_for_something_else_is_refused(claims: dict[str, object]) -> None:
    """A well-signed token of another kind is refused."""
    with pytest.raises(TokenRefused):
        SESSIONS.read(header(**claims), NOW)
