"""Sign-in by OpenID Connect against a provider on loopback: the whole way, and everything that must not get in."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import (
    HandshakeLost,
    IdentityRefused,
    ProviderDeclined,
    ProviderUnavailable,
    SignpostError,
)
from bot.settings import OidcSettings
from desk import handshake, oidc
from desk.oidc import BACK_PATH, Begun, Identity, Provider
from tests.records.conftest import Now
from tests.support.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    OidcProvider,
    made_by_hand,
    new_key,
    signed,
)

PUBLIC = "https://chat.example.org"
SECRET = b"s" * 32
NOW = datetime(2024, 3, 1, 9, 0, tzinfo=timezone.utc)


@pytest.fixture
def fake(clock: Now) -> Iterator[OidcProvider]:
    provider = OidcProvider(clock).start()
    yield provider
    provider.stop()


@pytest.fixture
def settings(fake: OidcProvider) -> OidcSettings:
    return OidcSettings(fake.issuer, CLIENT_ID, CLIENT_SECRET, "Hospital account")


@pytest.fixture
def provider(settings: OidcSettings, clock: Now) -> Provider:
    return Provider(settings, PUBLIC, SECRET, clock)


def begin(provider: Provider) -> Begun:
    return asyncio.run(provider.begin())


def visit(begun: Begun) -> dict[str, str]:
    """What the browser is sent back with."""
    sent = httpx.get(begun.address, trust_env=False)
    assert sent.status_code == 302, sent.text
    parts = urlsplit(sent.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == PUBLIC + BACK_PATH
    return dict(parse_qsl(parts.query))


def finish(provider: Provider, answer: dict[str, str], cookie: str | None) -> Identity:
    return asyncio.run(provider.finish(answer, cookie))


def walk(provider: Provider) -> Identity:
    """The whole way of one browser."""
    begun = begin(provider)
    return finish(provider, visit(begun), begun.cookie)


def refused(provider: Provider, kind: type[SignpostError], why: str) -> None:
    with pytest.raises(kind) as caught:
        walk(provider)
    assert type(caught.value) is kind
    assert caught.value.why == why


# the way in ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "PS256"])
def test_the_whole_way(fake: OidcProvider, provider: Provider, algorithm: str) -> None:
    """The provider, which checks PKCE, client and redirect address, says who it is."""
    fake.algorithm = algorithm
    fake.discovery = {"id_token_signing_alg_values_supported": [algorithm]}
    fake.claims = {"name": "Anna Example"}
    assert walk(provider) == Identity(fake.issuer, "anna-17", "Anna Example")


def test_only_who_it_is_is_asked_for(provider: Provider, settings: OidcSettings, clock: Now) -> None:
    """No address, no telephone; a site may ask for more."""
    assert dict(parse_qsl(urlsplit(begin(provider).address).query))["scope"] == "openid"
    wider = Provider(replace(settings, scopes=("openid", "profile")), PUBLIC, SECRET, clock)
    assert dict(parse_qsl(urlsplit(begin(wider).address).query))["scope"] == "openid profile"


def test_the_secret_in_the_form_where_the_provider_wants_it_there(fake: OidcProvider, provider: Provider) -> None:
    """Some know no other way."""
    fake.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"]}
    assert walk(provider).subject == "anna-17"


def test_what_a_provider_need_not_say(fake: OidcProvider, provider: Provider) -> None:
    """It then signs by RS256, takes the secret in the header, and knows PKCE or passes it over."""
    silent = ("id_token_signing_alg_values_supported", "code_challenge_methods_supported")
    fake.discovery = dict.fromkeys((*silent, "token_endpoint_auth_methods_supported"))
    assert walk(provider).subject == "anna-17"
    fake.algorithm = "ES256"
    fake.rotate()
    refused(provider, IdentityRefused, "token")


def test_new_keys_are_read_once(fake: OidcProvider, provider: Provider) -> None:
    """A provider may change them at any time; what it says of itself is not asked for each time."""
    walk(provider)
    walk(provider)
    assert (fake.asked["/jwks"], fake.asked["/.well-known/openid-configuration"]) == (1, 1)
    fake.rotate()
    walk(provider)
    assert fake.asked["/jwks"] == 2
    fake.sign = lambda claims: signed(new_key("RS256", 99), claims)
    refused(provider, IdentityRefused, "signature")
    assert fake.asked["/jwks"] == 3
    assert fake.asked["/.well-known/openid-configuration"] == 1


def test_a_new_key_under_the_old_name(fake: OidcProvider, provider: Provider) -> None:
    """Its signature does not fit the key at hand: the keys are read again."""
    fake.names_keys = False
    walk(provider)
    fake.rotate()
    assert walk(provider).subject == "anna-17"
    assert fake.asked["/jwks"] == 2


def test_what_it_says_of_itself_is_asked_for_again_after_an_hour(
    fake: OidcProvider, provider: Provider, clock: Now
) -> None:
    """An address that has moved is found."""
    walk(provider)
    clock.advance(hours=1)
    walk(provider)
    assert fake.asked["/.well-known/openid-configuration"] == 2


def test_many_at_once(fake: OidcProvider, provider: Provider) -> None:
    """Each gets their own answer."""

    async def all_of_them() -> list[Identity]:
        begun = [await provider.begin() for _ in range(8)]
        answers = await asyncio.gather(*(asyncio.to_thread(visit, each) for each in begun))
        return await asyncio.gather(
            *(provider.finish(answer, each.cookie) for answer, each in zip(answers, begun, strict=True))
        )

    assert {each.subject for each in asyncio.run(all_of_them())} == {"anna-17"}


# forged tokens ------------------------------------------------------------------------------------------------------


def _public_pem(fake: OidcProvider) -> bytes:
    return fake.key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _hs256(fake: OidcProvider, claims: dict[str, Any], key: bytes) -> str:
    return made_by_hand({"alg": "HS256", "typ": "JWT", "kid": fake.key.kid}, claims, key)


#: How a token is made that nobody may get in with.
FORGED: dict[str, tuple[Callable[[OidcProvider, dict[str, Any]], str], str]] = {
    "no signature": (lambda fake, claims: made_by_hand({"alg": "none"}, claims), "token"),
    "no signature, in capitals": (lambda fake, claims: made_by_hand({"alg": "None"}, claims), "token"),
    "no signature, with a key named": (
        lambda fake, claims: made_by_hand({"alg": "none", "kid": fake.key.kid}, claims),
        "token",
    ),
    "MAC by the public key as PEM": (lambda fake, claims: _hs256(fake, claims, _public_pem(fake)), "token"),
    "MAC by the public key as JSON": (
        lambda fake, claims: _hs256(fake, claims, json.dumps(fake.key.as_dict(private=False)).encode()),
        "token",
    ),
    "MAC by the client's secret": (lambda fake, claims: _hs256(fake, claims, CLIENT_SECRET.encode()), "token"),
    "MAC by nothing": (lambda fake, claims: _hs256(fake, claims, b""), "token"),
    "MAC by a key that the provider publishes": (
        lambda fake, claims: made_by_hand({"alg": "HS256"}, claims, base64.b64decode("AAAA")),
        "token",
    ),
    "a foreign key": (lambda fake, claims: signed(new_key("RS256", 99), claims), "signature"),
    "a foreign key under the provider's name": (
        lambda fake, claims: signed(new_key("RS256", 99), claims, kid=fake.key.kid),
        "signature",
    ),
    "a foreign key that it brings itself": (
        lambda fake, claims: signed(
            new_key("RS256", 99), claims, kid=fake.key.kid, jwk=new_key("RS256", 99).as_dict(private=False)
        ),
        "signature",
    ),
    "another algorithm than its key": (
        lambda fake, claims: signed(new_key("ES256", 99), claims, kid=fake.key.kid),
        "signature",
    ),
    "changed after it was signed": (
        lambda fake, claims: ".".join(
            [
                (parts := signed(fake.key, claims).split("."))[0],
                made_by_hand({}, {**claims, "sub": "boss"}).split(".")[1],
                parts[2],
            ]
        ),
        "signature",
    ),
    "a header that must be understood": (
        lambda fake, claims: made_by_hand({"alg": "RS256", "crit": ["exp"], "kid": fake.key.kid}, claims, b"x"),
        "token",
    ),
    "no token": (lambda fake, claims: "", "token"),
    "half a token": (lambda fake, claims: signed(fake.key, claims).rsplit(".", 1)[0], "token"),
    "no object": (lambda fake, claims: _list_token(fake), "token"),
}


def _list_token(fake: OidcProvider) -> str:
    from joserfc import jws

    return jws.serialize_compact({"alg": "RS256", "kid": fake.key.kid}, b'["sub"]', fake.key)


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_token_is_refused(fake: OidcProvider, provider: Provider, how: str) -> None:
    """Even where the provider says that it uses `none` and HMAC, as this one does."""
    sign, why = FORGED[how]
    fake.sign = lambda claims: sign(fake, claims)
    refused(provider, IdentityRefused, why)
    fake.sign = None
    walk(provider)


@pytest.mark.parametrize("claims", [{"id_token": None}, {}])
def test_an_answer_without_a_token(fake: OidcProvider, provider: Provider, claims: dict[str, Any]) -> None:
    """As a provider of OAuth alone gives it."""
    fake.broken["/token"] = 200, json.dumps({"access_token": "x", **claims}).encode()
    refused(provider, IdentityRefused, "no_token")


# true tokens, for somebody or something else ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://other.example.org"}, "claim_iss"),
        ({"iss": None}, "claim_iss"),
        ({"aud": "another client"}, "claim_aud"),
        ({"aud": ["another client"]}, "claim_aud"),
        ({"aud": []}, "claim_aud"),
        ({"aud": None}, "claim_aud"),
        ({"aud": [CLIENT_ID, "another client"]}, "claim_azp"),
        ({"aud": [CLIENT_ID, "another client"], "azp": "another client"}, "claim_azp"),
        ({"azp": "another client"}, "claim_azp"),
        ({"nonce": "of another sign-in"}, "claim_nonce"),
        ({"nonce": None}, "claim_nonce"),
        ({"nonce": ""}, "claim_nonce"),
        ({"exp": None}, "claim_exp"),
        ({"exp": "tomorrow"}, "claim_exp"),
        ({"iat": None}, "claim_iat"),
        ({"sub": None}, "claim_sub"),
        ({"sub": ""}, "claim_sub"),
        ({"sub": 17}, "claim_sub"),
        ({"sub": "x" * 256}, "claim_sub"),
        ({"at_hash": "of another access token"}, "claim_at_hash"),
    ],
    ids=str,
)
def test_a_token_of_or_for_another_is_refused(
    fake: OidcProvider, provider: Provider, claims: dict[str, Any], why: str
) -> None:
    """The provider's own key has signed it, and it is still not this one's."""
    fake.claims = claims
    refused(provider, IdentityRefused, why)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        (lambda now: {"exp": now - 61}, "claim_exp"),
        (lambda now: {"exp": now - 10 * 365 * 86400}, "claim_exp"),
        (lambda now: {"nbf": now + 120}, "claim_nbf"),
        (lambda now: {"iat": now + 120}, "claim_iat"),
    ],
)
def test_a_token_of_another_time_is_refused(
    fake: OidcProvider, provider: Provider, clock: Now, claims: Callable[[int], dict[str, int]], why: str
) -> None:
    """By this server's clock, give or take a minute."""
    fake.claims = claims(int(clock().timestamp()))
    refused(provider, IdentityRefused, why)


@pytest.mark.parametrize(
    "claims", [{"aud": [CLIENT_ID]}, {"aud": [CLIENT_ID, "another"], "azp": CLIENT_ID}, {"sub": "x" * 255}], ids=str
)
def test_a_token_for_this_one_among_others(fake: OidcProvider, provider: Provider, claims: dict[str, Any]) -> None:
    """As the standard has it."""
    fake.claims = claims
    assert walk(provider).subject == claims.get("sub", "anna-17")


def test_clocks_may_differ_by_less_than_a_minute(fake: OidcProvider, provider: Provider, clock: Now) -> None:
    """No clock is right."""
    now = int(clock().timestamp())
    for claims in ({"exp": now - 30}, {"iat": now + 30}):
        fake.claims = claims
        walk(provider)


# the browser --------------------------------------------------------------------------------------------------------


def test_an_answer_counts_in_the_browser_that_asked(provider: Provider) -> None:
    """Who lures somebody to their own answer signs nobody in as themselves."""
    mine, other = begin(provider), begin(provider)
    answer = visit(mine)
    for cookie in (other.cookie, None, "", "x", mine.cookie[:-2], mine.cookie + "x"):
        with pytest.raises(HandshakeLost):
            finish(provider, answer, cookie)
    for state in ("", "x", answer["state"][:-1], answer["state"] + "x", "é", "\ud800"):
        with pytest.raises(HandshakeLost):
            finish(provider, {**answer, "state": state}, mine.cookie)
    with pytest.raises(HandshakeLost):
        finish(provider, {"code": answer["code"]}, mine.cookie)
    assert finish(provider, answer, mine.cookie).subject == "anna-17"


def test_nothing_is_asked_of_the_provider_for_a_browser_that_did_not_ask(
    fake: OidcProvider, provider: Provider
) -> None:
    """Strangers cannot have it flooded through this server."""
    with pytest.raises(HandshakeLost):
        finish(provider, {"code": "x", "state": "y"}, None)
    assert not fake.asked


def test_a_code_of_another_sign_in_is_refused(provider: Provider) -> None:
    """Put into one's own answer, it meets the wrong verifier."""
    mine, other = begin(provider), begin(provider)
    stolen = visit(other)["code"]
    with pytest.raises(ProviderDeclined) as caught:
        finish(provider, {**visit(mine), "code": stolen}, mine.cookie)
    assert caught.value.why == "invalid_grant"


def test_a_code_counts_once(provider: Provider) -> None:
    """The same address opened again signs nobody in."""
    begun = begin(provider)
    answer = visit(begun)
    finish(provider, answer, begun.cookie)
    with pytest.raises(ProviderDeclined) as caught:
        finish(provider, answer, begun.cookie)
    assert caught.value.why == "invalid_grant"


def test_a_token_of_an_earlier_sign_in_is_refused(fake: OidcProvider, provider: Provider) -> None:
    """Played again by whoever got hold of it."""
    kept: list[str] = []

    def sign(claims: dict[str, Any]) -> str:
        kept.append(signed(fake.key, claims))
        return kept[0]

    fake.sign = sign
    walk(provider)
    refused(provider, IdentityRefused, "claim_nonce")


def test_it_must_not_take_too_long(provider: Provider, clock: Now) -> None:
    """Ten minutes, and not one second more."""
    begun = begin(provider)
    answer = visit(begun)
    clock.advance(seconds=handshake.LIFETIME.total_seconds())
    with pytest.raises(HandshakeLost) as caught:
        finish(provider, answer, begun.cookie)
    assert caught.value.why == "too_late"
    begun = begin(provider)
    answer = visit(begun)
    clock.advance(seconds=handshake.LIFETIME.total_seconds() - 1)
    assert finish(provider, answer, begun.cookie).subject == "anna-17"


def test_processes_share_what_they_sign(settings: OidcSettings, provider: Provider, clock: Now) -> None:
    """One begins, another one finishes; one with another secret does not."""
    begun = begin(provider)
    answer = visit(begun)
    with pytest.raises(HandshakeLost):
        finish(Provider(settings, PUBLIC, b"t" * 32, clock), answer, begun.cookie)
    assert finish(Provider(settings, PUBLIC, SECRET, clock), answer, begun.cookie).subject == "anna-17"


def test_the_cookie_holds_nothing_that_is_of_use(provider: Provider) -> None:
    """Neither state nor nonce nor verifier; and nothing of it shows in a log."""
    begun = begin(provider)
    known = handshake.read(SECRET, begun.cookie, NOW)
    inside = base64.urlsafe_b64decode(begun.cookie.split(".")[1] + "==").decode()
    for secret in (known.state, known.nonce, known.verifier):
        assert len(secret) == 43
        assert secret not in inside
        assert secret not in repr(begun) + repr(known)
    assert known.verifier not in begun.address
    assert len({known.state, known.nonce, known.verifier}) == 3


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_any_other_cookie_is_refused(value: str) -> None:
    """Whatever stands in it."""
    with pytest.raises(HandshakeLost):
        handshake.read(SECRET, value, NOW)


@given(st.integers(min_value=0, max_value=10**6), st.integers(min_value=0, max_value=2**20))
def test_a_changed_cookie_is_refused(place: int, other: int) -> None:
    """At any place, in any way."""
    cookie = handshake.begin(SECRET, NOW).cookie
    place %= len(cookie)
    changed = cookie[:place] + chr(33 + other % 90) + cookie[place + 1 :]
    try:
        read = handshake.read(SECRET, changed, NOW)
    except HandshakeLost:
        return
    # The last character of a part carries bits that say nothing: then it is the same cookie.
    assert read.state == handshake.read(SECRET, cookie, NOW).state


# the provider -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"error": "access_denied", "error_description": "<script>"}, "access_denied"),
        ({"error": "x" * 100}, "other"),
        ({"error": "<b>"}, "other"),
        ({"code": ""}, "no_code"),
        ({"code": "x" * 5000}, "no_code"),
        ({"code": "made up"}, "invalid_grant"),
    ],
)
def test_a_provider_that_says_no(provider: Provider, answer: dict[str, str], why: str) -> None:
    """In our words; its own are not repeated."""
    begun = begin(provider)
    with pytest.raises(ProviderDeclined) as caught:
        finish(provider, {**visit(begun), **answer}, begun.cookie)
    assert caught.value.why == why
    assert "Hospital account did not sign you in" in str(caught.value)
    assert "script" not in str(caught.value)


def test_an_answer_of_another_provider_is_refused(fake: OidcProvider, provider: Provider) -> None:
    """RFC 9207: the browser was lured elsewhere meanwhile. The code is not sent on."""
    fake.answer = {"iss": "https://other.example.org"}
    refused(provider, IdentityRefused, "answer_issuer")
    assert fake.asked["/token"] == 0
    fake.answer = {"iss": fake.issuer}
    walk(provider)


def test_a_provider_that_names_itself_always_does(fake: OidcProvider, provider: Provider) -> None:
    """An answer without the name is not its own."""
    fake.discovery = {"authorization_response_iss_parameter_supported": True}
    refused(provider, IdentityRefused, "answer_issuer")
    fake.answer = {"iss": fake.issuer}
    walk(provider)


@pytest.mark.parametrize(
    ("discovery", "why"),
    [
        ({"issuer": "https://other.example.org"}, "issuer"),
        ({"issuer": None}, "issuer"),
        ({"authorization_endpoint": None}, "endpoints"),
        ({"authorization_endpoint": "http://192.0.2.1/authorize"}, "endpoints"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "endpoints"),
        ({"token_endpoint": "http://other.example.org/token"}, "endpoints"),
        ({"token_endpoint": ["https://other.example.org/token"]}, "endpoints"),
        ({"jwks_uri": "http://other.example.org/jwks"}, "endpoints"),
        ({"jwks_uri": "file:///etc/passwd"}, "endpoints"),
        ({"id_token_signing_alg_values_supported": ["none"]}, "algorithms"),
        ({"id_token_signing_alg_values_supported": ["HS256"]}, "algorithms"),
        ({"id_token_signing_alg_values_supported": "RS256"}, "algorithms"),
        ({"code_challenge_methods_supported": ["plain"]}, "pkce"),
        ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, "client_auth"),
    ],
    ids=str,
)
def test_a_provider_that_cannot_be_worked_with(
    fake: OidcProvider, provider: Provider, discovery: dict[str, Any], why: str
) -> None:
    """It is never worked with in a lesser way, and the next try asks again."""
    fake.discovery = discovery
    with pytest.raises(ProviderUnavailable) as caught:
        begin(provider)
    assert caught.value.why == why
    fake.discovery = {}
    walk(provider)


PATHS = ("/.well-known/openid-configuration", "/token", "/jwks")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "broken",
    [(500, b"{}"), (503, b"busy"), (404, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b"["), (302, b""), (204, b"")],
    ids=str,
)
def test_a_provider_that_answers_badly(
    fake: OidcProvider, provider: Provider, path: str, broken: tuple[int, bytes]
) -> None:
    """On any of the ways; and it is well again when the provider is."""
    fake.broken[path] = broken
    with pytest.raises(ProviderUnavailable, match="Hospital account cannot be reached"):
        walk(provider)
    del fake.broken[path]
    walk(provider)


@pytest.mark.parametrize("path", PATHS)
def test_a_provider_that_sends_on(fake: OidcProvider, provider: Provider, path: str) -> None:
    """Not even to where the answer is: code and secret go only where the provider says of itself that they belong."""
    fake.moved.add(path)
    with pytest.raises(ProviderUnavailable):
        walk(provider)
    assert fake.asked[f"/moved{path}"] == 0


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"issuer": "' + b"x" * oidc.BODY_BYTES + b'"}'], ids=["deep", "long"]
)
def test_a_provider_that_answers_too_much(fake: OidcProvider, provider: Provider, body: bytes) -> None:
    """Memory is not the provider's to fill."""
    fake.broken[PATHS[0]] = 200, body
    with pytest.raises(ProviderUnavailable):
        begin(provider)


@pytest.mark.parametrize("keys", [[], None, [{"kty": "oct", "k": "AAAA"}], [{"kty": "RSA"}], ["x"]], ids=str)
def test_a_provider_without_keys(fake: OidcProvider, provider: Provider, keys: Any) -> None:
    """None that is of use."""
    fake.broken["/jwks"] = 200, json.dumps({"keys": keys}).encode()
    refused(provider, ProviderUnavailable, "keys")


@pytest.mark.parametrize("path", PATHS)
def test_a_slow_provider(fake: OidcProvider, provider: Provider, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    monkeypatch.setattr(oidc, "TIME_LIMIT", timedelta(seconds=0.5))
    fake.silent.add(path)
    refused(provider, ProviderUnavailable, "slow")


def test_a_provider_that_is_down(fake: OidcProvider, provider: Provider) -> None:
    """At the beginning, or when somebody comes back."""
    begun = begin(provider)
    answer = visit(begun)
    fake.stop()
    with pytest.raises(ProviderUnavailable) as caught:
        finish(provider, answer, begun.cookie)
    assert caught.value.why == "unreachable"
    provider._metadata = None
    with pytest.raises(ProviderUnavailable):
        begin(provider)


def test_a_wrong_secret_is_a_fault_of_the_server(settings: OidcSettings, clock: Now) -> None:
    """Nobody who signs in can help it."""
    refused(
        Provider(replace(settings, client_secret="wrong"), PUBLIC, SECRET, clock), ProviderUnavailable, "invalid_client"
    )


def test_no_token_is_kept(fake: OidcProvider, provider: Provider) -> None:
    """What stays is what the provider publishes."""
    kept: list[str] = []

    def sign(claims: dict[str, Any]) -> str:
        kept.append(signed(fake.key, claims))
        return kept[-1]

    fake.sign = sign
    identity = walk(provider)
    held = repr(vars(provider)) + repr(vars(identity))
    assert kept[0] not in held
    assert set(vars(provider)) == {"name", "issuer", "_settings", "_back", "_secret", "_clock", "_metadata", "_keys"}
