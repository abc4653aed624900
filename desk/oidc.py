"""Sign-in by OpenID Connect: the authorization code flow with PKCE, as a client of one provider.

    begin    discovery -> the provider's address to send the browser to, and a cookie for it to keep
    finish   the browser is back -> its cookie is ours -> the code is exchanged -> the ID token is proved -> who it is

No token outlives `finish`: the provider says once who somebody is, and from then on the desk's own session counts.
Authlib writes the requests and holds the rules of an ID token, joserfc under it reads the signature. See
docs/decisions/0088.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar

import aiohttp
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, KeySet
from joserfc.jws import JWSRegistry

from bot.clock import Clock
from bot.errors import HandshakeLost, IdentityRefused, ProviderDeclined, ProviderUnavailable
from bot.settings import OidcSettings, is_secure
from desk import handshake
from desk.words import say

#: Where the provider sends browsers back to. Register it there, behind the public address of this server.
BACK_PATH = "/desk/sign-in/oidc/back"
#: For all that one step asks of the provider. Somebody waits before a blank page meanwhile.
TIME_LIMIT = timedelta(seconds=10)
#: What the provider says of itself is asked for again after this long; its keys as well when one is not known.
DISCOVERY_LIFE = timedelta(hours=1)
#: Clocks differ. Beyond it, a token is too old or not yet good.
LEEWAY = timedelta(minutes=1)
#: More than any answer of a provider holds.
BODY_BYTES = 256 * 1024
#: Signatures that only the holder of a private key can make. Never `none`, never HMAC: a public key is no secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")

_DISCOVERY = "/.well-known/openid-configuration"
#: By OpenID Connect Discovery, section 3, what holds when a provider says nothing.
_DEFAULT_ALGORITHM = "RS256"
_AUTH_METHODS = ("client_secret_basic", "client_secret_post")
#: Longer than any code or subject; the standard ends a subject at 255.
_CODE_LENGTH, _SUBJECT_LENGTH = 4096, 255
#: Some providers put their certificates into the header.
_HEADER_BYTES = 8192
_ERROR = re.compile(r"[a-z_]{1,40}")

T = TypeVar("T")


@dataclass(frozen=True)
class Begun:
    """A sign-in that has begun: send the browser to `address`, and let it keep `cookie` for `handshake.LIFETIME`."""

    address: str = field(repr=False)
    cookie: str = field(repr=False)


@dataclass(frozen=True)
class Identity:
    """Who somebody is by the provider. `name` is what the provider calls them, to be shown; it proves nothing."""

    issuer: str
    subject: str = field(repr=False)
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class _Metadata:
    """What the provider says of itself, checked, and until when that holds."""

    authorize: str
    token: str
    jwks: str
    algorithms: tuple[str, ...]
    auth_method: str
    names_itself: bool
    until: datetime


class Provider:
    """One provider, for as long as the server runs. Its methods may be awaited at the same time."""

    def __init__(self, settings: OidcSettings, public_url: str, secret: bytes, clock: Clock) -> None:
        """Take the settings; nothing is asked of the provider yet, which may be down when the server starts.

        Args:
            settings: of the environment.
            public_url: where browsers reach this server, without a slash at the end.
            secret: signs what browsers keep: `records.secret("oidc")`, the same in every process.
            clock: tells the time.
        """
        self.name = settings.name
        self.issuer = settings.issuer
        self._settings = settings
        self._back = public_url + BACK_PATH
        self._secret = secret
        self._clock = clock
        self._metadata: _Metadata | None = None
        self._keys: KeySet | None = None

    async def begin(self) -> Begun:
        """Begin a sign-in.

        Raises:
            ProviderUnavailable: the provider is down, slow, or set up otherwise than here.
        """
        return await _in_time(self._begin())

    async def finish(self, answer: Mapping[str, str], cookie: str | None) -> Identity:
        """Return who came back from the provider.

        Args:
            answer: the query of the address that the browser came back to.
            cookie: what it had kept from `begin`. Take it from the browser now, whatever comes of this.

        Raises:
            HandshakeLost: this browser has not begun it, or too long ago.
            ProviderDeclined: the provider says no, or takes its own code no more: it was used before, perhaps.
            IdentityRefused: what came is not of this provider, for this server, of this sign-in, and of now.
            ProviderUnavailable: the provider is down, slow, or set up otherwise than here.
        """
        begun = handshake.read(self._secret, cookie, self._clock())
        if not hmac.compare_digest(answer.get("state", "").encode("utf-8", "replace"), begun.state.encode()):
            raise HandshakeLost(say("oidc.lost"), "state")
        return await _in_time(self._finish(answer, begun))

    async def _begin(self) -> Begun:
        async with _client() as http:
            metadata = await self._discovered(http)
        begun = handshake.begin(self._secret, self._clock())
        address, _ = self._oauth(metadata).create_authorization_url(
            metadata.authorize, state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
        )
        return Begun(address, begun.cookie)

    async def _finish(self, answer: Mapping[str, str], begun: handshake.Handshake) -> Identity:
        async with _client() as http:
            metadata = await self._discovered(http)
            # RFC 9207: an answer of another provider, to which this browser was lured meanwhile.
            named = answer.get("iss")
            if named != self.issuer and (named is not None or metadata.names_itself):
                raise IdentityRefused(say("oidc.refused"), "answer_issuer")
            if "error" in answer:
                raise ProviderDeclined(say("oidc.declined", name=self.name), _id_of(answer["error"]))
            code = answer.get("code", "")
            if not 0 < len(code) <= _CODE_LENGTH:
                raise ProviderDeclined(say("oidc.declined", name=self.name), "no_code")
            tokens = await self._exchange(http, metadata, code, begun.verifier)
            token = await self._proved(http, metadata, tokens.get("id_token"))
        return self._identity(token, tokens, begun.nonce)

    async def _discovered(self, http: aiohttp.ClientSession) -> _Metadata:
        if self._metadata is None or self._clock() >= self._metadata.until:
            found = await self._json(http, "GET", self.issuer.rstrip("/") + _DISCOVERY)
            self._metadata = self._checked(found)
            self._keys = None
        return self._metadata

    def _checked(self, found: Mapping[str, Any]) -> _Metadata:
        """Return what a provider says of itself, if it can be worked with.

        Raises:
            ProviderUnavailable: it cannot, or it is another provider.
        """
        if found.get("issuer") != self.issuer:
            self._unavailable("issuer")
        addresses = [found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        authorize, token, jwks = [each if isinstance(each, str) and is_secure(each) else "" for each in addresses]
        if not (authorize and token and jwks):
            self._unavailable("endpoints")
        offered = _names(found, "id_token_signing_alg_values_supported", _DEFAULT_ALGORITHM)
        algorithms = tuple(each for each in ALGORITHMS if each in offered)
        if not algorithms:
            self._unavailable("algorithms")
        # Those that leave it out mostly can: only who lists other ways alone says that they cannot.
        if "S256" not in _names(found, "code_challenge_methods_supported", "S256"):
            self._unavailable("pkce")
        methods = _names(found, "token_endpoint_auth_methods_supported", _AUTH_METHODS[0])
        method = next((each for each in _AUTH_METHODS if each in methods), None) or self._unavailable("client_auth")
        names_itself = found.get("authorization_response_iss_parameter_supported") is True
        until = self._clock() + DISCOVERY_LIFE
        return _Metadata(authorize, token, jwks, algorithms, method, names_itself, until)

    async def _exchange(
        self, http: aiohttp.ClientSession, metadata: _Metadata, code: str, verifier: str
    ) -> Mapping[str, Any]:
        body = prepare_token_request("authorization_code", redirect_uri=self._back, code=code, code_verifier=verifier)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        signed = self._oauth(metadata).client_auth(metadata.auth_method)
        address, headers, body = signed.prepare("POST", metadata.token, headers, body)
        return await self._json(http, "POST", address, headers=headers, data=body)

    async def _proved(self, http: aiohttp.ClientSession, metadata: _Metadata, token: Any) -> jwt.Token:
        """Return a token that one of the provider's keys has signed. For a key that is new, they are read once more."""
        if not isinstance(token, str):
            raise IdentityRefused(say("oidc.refused"), "no_token")
        fresh = self._keys is None
        keys = self._keys or await self._read_keys(http, metadata)
        try:
            return _verified(token, keys, metadata.algorithms)
        except (InvalidKeyIdError, BadSignatureError):
            if fresh:
                raise IdentityRefused(say("oidc.refused"), "signature") from None
        try:
            return _verified(token, await self._read_keys(http, metadata), metadata.algorithms)
        except (InvalidKeyIdError, BadSignatureError):
            raise IdentityRefused(say("oidc.refused"), "signature") from None

    async def _read_keys(self, http: aiohttp.ClientSession, metadata: _Metadata) -> KeySet:
        found = await self._json(http, "GET", metadata.jwks)
        keys = []
        for each in found.get("keys") or ():
            try:
                if each.get("kty") != "oct":
                    keys.append(JWKRegistry.import_key(each))
            except (JoseError, ValueError, TypeError, KeyError, AttributeError):
                # One that is of no use here must not take the others with it.
                continue
        if not keys:
            self._unavailable("keys")
        self._keys = KeySet(keys)
        return self._keys

    def _identity(self, token: jwt.Token, tokens: Mapping[str, Any], nonce: str) -> Identity:
        """Return whom a signed token names.

        Raises:
            IdentityRefused: it is of another provider, for another client, too old, or of another sign-in.
        """
        options = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
        }
        known = {"nonce": nonce, "client_id": self._settings.client_id, "access_token": tokens.get("access_token")}
        try:
            claims = CodeIDToken(token.claims, token.header, options, known)
            claims.validate(now=int(self._clock().timestamp()), leeway=int(LEEWAY.total_seconds()))
        except ClaimError as error:
            raise IdentityRefused(say("oidc.refused"), f"claim_{_id_of(error.claim)}") from None
        except (JoseError, ValueError, TypeError, AttributeError):
            raise IdentityRefused(say("oidc.refused"), "claims") from None
        subject, name = claims["sub"], claims.get("name")
        if not isinstance(subject, str) or not 0 < len(subject) <= _SUBJECT_LENGTH:
            raise IdentityRefused(say("oidc.refused"), "claim_sub")
        return Identity(self.issuer, subject, name if isinstance(name, str) and name.strip() else None)

    def _oauth(self, metadata: _Metadata) -> OAuth2Client:
        """Return Authlib's part that writes requests; it speaks to nobody by itself."""
        return OAuth2Client(
            None,
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret,
            token_endpoint_auth_method=metadata.auth_method,
            scope=" ".join(self._settings.scopes),
            redirect_uri=self._back,
            code_challenge_method="S256",
        )

    async def _json(self, http: aiohttp.ClientSession, method: str, address: str, **request: Any) -> Mapping[str, Any]:
        """Return the object that the provider answers.

        Raises:
            ProviderDeclined: it answers that it does not take the code.
            ProviderUnavailable: it answers something else than was asked for, or nothing.
        """
        try:
            # No redirect: what the provider says of itself names where everything is, and secrets go nowhere else.
            async with http.request(method, address, allow_redirects=False, **request) as response:
                body = await _read(response)
                status = response.status
        except (aiohttp.ClientError, OSError, ValueError):
            self._unavailable("unreachable")
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            found = None
        if method == "POST" and status in (400, 401, 403) and isinstance(found, dict):
            self._declined(_id_of(found.get("error")))
        if status != 200 or not isinstance(found, dict):
            self._unavailable(f"status_{status}" if status != 200 else "answer")
        return found

    def _declined(self, error: str) -> NoReturn:
        if error in ("invalid_client", "unauthorized_client"):
            # Nobody who signs in can help it: id or secret is another one than here.
            self._unavailable(error)
        raise ProviderDeclined(say("oidc.declined", name=self.name), error)

    def _unavailable(self, why: str) -> NoReturn:
        raise ProviderUnavailable(say("oidc.unavailable", name=self.name), why)


def _verified(token: str, keys: KeySet, algorithms: tuple[str, ...]) -> jwt.Token:
    """Return what a token holds, if one of these keys has signed it by one of these algorithms.

    Raises:
        InvalidKeyIdError: none of the keys is the one that it names.
        BadSignatureError: the key has not signed it.
        IdentityRefused: it is no token that could ever be taken.
    """
    # Headers that are not known to us must be passed over (RFC 7515, section 4), unless the token calls them critical.
    registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
    registry.max_header_length = _HEADER_BYTES
    try:
        proved = jwt.decode(token, keys, algorithms=list(algorithms), registry=registry)
    except (InvalidKeyIdError, BadSignatureError):
        raise
    except (JoseError, ValueError, TypeError, AttributeError, KeyError):
        # Among them: an algorithm that is not one of these, and a key that is of another kind than the algorithm.
        raise IdentityRefused(say("oidc.refused"), "token") from None
    if not isinstance(proved.claims, dict):
        raise IdentityRefused(say("oidc.refused"), "token")
    return proved


def _names(found: Mapping[str, Any], key: str, default: str) -> list[Any]:
    names = found.get(key, [default])
    return names if isinstance(names, list) else []


def _id_of(value: Any) -> str:
    """Return a word of the provider's as it may stand in the log; `other` for what is no such word."""
    return value if isinstance(value, str) and _ERROR.fullmatch(value) else "other"


def _client() -> aiohttp.ClientSession:
    # No cookies of the provider's: each sign-in is by itself.
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=TIME_LIMIT.total_seconds()), cookie_jar=aiohttp.DummyCookieJar()
    )


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for part in response.content.iter_any():
        body += part
        if len(body) > BODY_BYTES:
            raise ValueError("longer than any answer of a provider")
    return body


async def _in_time(step: Awaitable[T]) -> T:
    try:
        return await asyncio.wait_for(step, TIME_LIMIT.total_seconds())
    except asyncio.TimeoutError:
        raise ProviderUnavailable(say("oidc.slow"), "slow") from None
