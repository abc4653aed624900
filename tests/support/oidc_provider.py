"""A provider of sign-ins on loopback: real HTTP, real signatures, as strict as a good one and as wrong as a test asks.

It consents at once: whoever comes to its authorization endpoint is `subject`, and is sent back with a code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "signpost-desk", "a secret of the client"
TOKEN_MINUTES = 5

Key = RSAKey | ECKey


@cache
def new_key(algorithm: str, number: int, kid: str | None = None) -> Key:
    """A private key; the same for the same number, since making one takes long."""
    about = {"kid": kid or f"{algorithm}-{number}", "alg": algorithm, "use": "sig"}
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", about)
    return RSAKey.generate_key(2048, about)


def signed(key: Key, claims: Mapping[str, Any], **header: Any) -> str:
    """A token that a key has signed by its own algorithm."""
    about = {"alg": key.as_dict()["alg"], "kid": key.kid, **header}
    return jwt.encode(about, dict(claims), key, algorithms=[about["alg"]])


def made_by_hand(header: Mapping[str, Any], claims: Mapping[str, Any], mac_key: bytes | None = None) -> str:
    """A token that no library would make: without a signature, or with a MAC by whatever key."""
    parts = b".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    mac = _base64(hmac.new(mac_key, parts, hashlib.sha256).digest()) if mac_key is not None else b""
    return (parts + b"." + mac).decode()


@dataclass
class OidcProvider:
    """The provider. A test changes what it likes: every field holds from the next request on."""

    clock: Callable[[], datetime]
    algorithm: str = "RS256"
    subject: str = "anna-17"
    #: What tokens hold otherwise than they should; None takes a claim out.
    claims: dict[str, Any] = field(default_factory=dict)
    #: Makes the token from its claims, in the place of the provider's own key.
    sign: Callable[[dict[str, Any]], str] | None = None
    #: What it says of itself otherwise.
    discovery: dict[str, Any] = field(default_factory=dict)
    #: What it adds to the answer that browsers carry back.
    answer: dict[str, str] = field(default_factory=dict)
    #: Answers by path that are given in the place of its own: a status and a body.
    broken: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    #: Paths from which it sends on to where the answer is.
    moved: set[str] = field(default_factory=set)
    #: Paths on which it never answers.
    silent: set[str] = field(default_factory=set)
    #: Whether each of its keys has a name of its own.
    names_keys: bool = True
    asked: Counter[str] = field(default_factory=Counter)
    _number: int = 0
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> OidcProvider:
        """Listen on a port of its own."""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider._serve(self)

            def do_POST(self) -> None:
                provider._serve(self)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Listen no more; who waits for an answer gets none."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    @property
    def issuer(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def key(self) -> Key:
        """The key that it signs with."""
        return new_key(self.algorithm, self._number, None if self.names_keys else "the key")

    def rotate(self) -> None:
        """Sign with another key, and publish that one alone."""
        self._number += 1

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        self.asked[parts.path] += 1
        if parts.path in self.silent:
            self._stopped.wait(30)
            return
        path = parts.path.removeprefix("/moved")
        if path in self.broken:
            self._send(request, *self.broken[path])
        elif parts.path in self.moved:
            self._send_on(request, f"{self.issuer}/moved{path}")
        elif parts.path == "/authorize":
            self._authorize(request, dict(parse_qsl(parts.query)))
        else:
            status, found = self._answer(request, path)
            self._send(request, status, json.dumps(found).encode())

    def _answer(self, request: BaseHTTPRequestHandler, path: str) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            return 200, self._about_itself()
        if path == "/jwks":
            return 200, {"keys": [{"kty": "oct", "k": "AAAA"}, {"kty": "new"}, self.key.as_dict(private=False)]}
        if path == "/token" and request.command == "POST":
            form = parse_qs(request.rfile.read(int(request.headers["Content-Length"])).decode())
            return self._token({name: values[0] for name, values in form.items()}, request.headers["Authorization"])
        return 404, {}

    def _about_itself(self) -> dict[str, Any]:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
        return {name: value for name, value in {**found, **self.discovery}.items() if value is not None}

    def _authorize(self, request: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        good = {"response_type": "code", "client_id": CLIENT_ID, "code_challenge_method": "S256"}
        if any(asked.get(name) != value for name, value in good.items()) or "openid" not in asked["scope"].split():
            self._send(request, 400, b"a request that a provider refuses")
            return
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        answer = {"code": code, "state": asked["state"], **self.answer}
        self._send_on(request, f"{asked['redirect_uri']}?{urlencode(answer)}")

    def _token(self, form: dict[str, str], authorization: str | None) -> tuple[int, dict[str, Any]]:
        if authorization:
            given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        else:
            given = f"{form.get('client_id')}:{form.get('client_secret')}"
        if given != f"{CLIENT_ID}:{CLIENT_SECRET}":
            return 401, {"error": "invalid_client"}
        # Taken out: a code counts once.
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = _base64(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode()
        if (
            asked is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + TOKEN_MINUTES * 60,
            "nonce": asked["nonce"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.sign(claims) if self.sign else signed(self.key, claims)
        return 200, {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": token}

    def _send_on(self, request: BaseHTTPRequestHandler, address: str) -> None:
        request.rfile.read(int(request.headers["Content-Length"] or 0))
        request.send_response(302 if request.command == "GET" else 307)
        request.send_header("Location", address)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def _send(self, request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


def _base64(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")
