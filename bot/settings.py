"""What the environment decides: read once, into one typed object, with every fault reported together."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from bot.errors import StartError

ROOT = Path(__file__).resolve().parents[1]
#: Characters of a key that is not to be guessed.
KEY_LENGTH = 32
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_OIDC = ("SIGNPOST_OIDC_ISSUER", "SIGNPOST_OIDC_CLIENT_ID", "SIGNPOST_OIDC_CLIENT_SECRET", "SIGNPOST_OIDC_NAME")
_OIDC_OPTIONAL = ("SIGNPOST_OIDC_SCOPES", "SIGNPOST_OIDC_ONLY")
#: Characters that the name of the provider may have: it stands on a button.
_BUTTON_LENGTH = 40
#: The characters of a scope, RFC 6749, section 3.3.
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,80}")


@dataclass(frozen=True)
class OidcSettings:
    """An OpenID Connect provider by which staff may sign in. `only`: passwords then open nothing at the desk."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    #: What the provider is called, as in "Sign in with ...".
    name: str
    scopes: tuple[str, ...] = ("openid",)
    only: bool = False


@dataclass(frozen=True)
class Settings:
    """Everything read from the environment. Secrets do not show in the repr."""

    var: Path
    database_url: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)
    site: Path
    content: Path
    credentials: Path
    host: str
    port: int
    clock_file: Path | None
    log_level: str
    production: bool
    metrics_key: str | None = field(default=None, repr=False)
    #: Scheme, host and port by which browsers reach the server, such as https://chat.example.org; no slash at the end.
    public_url: str | None = None
    oidc: OidcSettings | None = None

    @property
    def password_sign_in(self) -> bool:
        """Whether staff may sign in with a password and a code."""
        return self.oidc is None or not self.oidc.only

    @classmethod
    def from_env(
        cls, env: Mapping[str, str] | None = None, *, production: bool = False, port: int | None = None
    ) -> Settings:
        """Read the environment.

        Raises:
            StartError: one line a fault, each naming the variable and what to do.
        """
        env = os.environ if env is None else env
        faults: list[str] = []
        var = Path(env.get("SIGNPOST_VAR") or ROOT / "var")
        keys = tuple(key.strip() for key in env.get("SIGNPOST_KEYS", "").split(",") if key.strip())
        clock_file = Path(env["SIGNPOST_CLOCK_FILE"]) if env.get("SIGNPOST_CLOCK_FILE") else None
        settings = cls(
            var=var,
            database_url=env.get("SIGNPOST_DATABASE_URL") or f"sqlite:///{var / 'signpost.db'}",
            keys=keys,
            site=Path(env.get("SIGNPOST_SITE") or ROOT / "site.yml"),
            content=Path(env.get("SIGNPOST_CONTENT") or ROOT / "content"),
            credentials=Path(env.get("SIGNPOST_CREDENTIALS") or ROOT / "credentials.yml"),
            host=env.get("SIGNPOST_HOST") or "127.0.0.1",
            port=port if port is not None else _port(env.get("PORT"), faults),
            clock_file=clock_file,
            log_level=_log_level(env.get("LOG_LEVEL"), faults),
            production=production,
            metrics_key=_metrics_key(env.get("SIGNPOST_METRICS_KEY", ""), faults),
            public_url=_public_url(env.get("SIGNPOST_PUBLIC_URL", "").strip(), faults),
            oidc=_oidc(env, faults),
        )
        if production and not keys:
            faults.append(
                "SIGNPOST_KEYS is not set. Production needs its own key; make one with `python -m bot new-key`."
            )
        if production and clock_file:
            faults.append("SIGNPOST_CLOCK_FILE is set. It moves the clock for tests; unset it in production.")
        if faults:
            raise StartError("\n".join(faults))
        return settings


def _port(value: str | None, faults: list[str]) -> int:
    if not value:
        return 5005
    if value.isascii() and value.isdigit() and 0 < int(value) < 65536:
        return int(value)
    faults.append(f"PORT={value!r} is not a port. Use a number from 1 to 65535.")
    return 5005


def _metrics_key(value: str, faults: list[str]) -> str | None:
    if value and len(value) < KEY_LENGTH:
        faults.append(
            f"SIGNPOST_METRICS_KEY is too short. Give it at least {KEY_LENGTH} characters, or unset it for no /metrics."
        )
    return value or None


def _public_url(value: str, faults: list[str]) -> str | None:
    if not value:
        return None
    parts = _secure(value)
    if parts is None or parts.path.strip("/") or parts.query or parts.fragment:
        faults.append(
            f"SIGNPOST_PUBLIC_URL={value!a} is not an address for browsers. "
            "Use https and a host alone, such as https://chat.example.org; http only for this machine itself."
        )
        return None
    return f"{parts.scheme}://{parts.netloc}"


def _oidc(env: Mapping[str, str], faults: list[str]) -> OidcSettings | None:
    """Read the provider by which staff sign in: all of it, or nothing."""
    if not any(env.get(name, "").strip() for name in (*_OIDC, *_OIDC_OPTIONAL)):
        return None
    missing = [name for name in (*_OIDC, "SIGNPOST_PUBLIC_URL") if not env.get(name, "").strip()]
    faults.extend(
        f"{name} is not set. Sign-in by OpenID Connect needs it; unset the others for none." for name in missing
    )
    issuer, client_id, secret, name = (env.get(each, "").strip() for each in _OIDC)
    parts = _secure(issuer)
    if issuer and (parts is None or parts.query or parts.fragment):
        faults.append(
            f"SIGNPOST_OIDC_ISSUER={issuer!a} is not an issuer. Copy it from your provider, exactly: "
            "https, nothing behind a ? or a #; http only for this machine itself."
        )
    faults.extend(
        f"{each} has characters that cannot be sent. Copy it from your provider again."
        for each, value in (("SIGNPOST_OIDC_CLIENT_ID", client_id), ("SIGNPOST_OIDC_CLIENT_SECRET", secret))
        if not (value.isascii() and value.isprintable())
    )
    if len(name) > _BUTTON_LENGTH or not name.isprintable():
        faults.append(f"SIGNPOST_OIDC_NAME does not fit on a button. Use at most {_BUTTON_LENGTH} characters.")
    scopes = _scopes(env.get("SIGNPOST_OIDC_SCOPES", ""), faults)
    return OidcSettings(issuer, client_id, secret, name, scopes, _yes(env, "SIGNPOST_OIDC_ONLY", faults))


def _scopes(value: str, faults: list[str]) -> tuple[str, ...]:
    """Read what is asked of the provider. `openid` alone tells who it is, and is asked for in any case."""
    if bad := [each for each in value.split() if not _SCOPE.fullmatch(each)]:
        faults.append(f"SIGNPOST_OIDC_SCOPES: {bad[0]!a} is no scope. Use words with spaces between, or unset it.")
    return tuple(dict.fromkeys(("openid", *value.split())))


def _yes(env: Mapping[str, str], name: str, faults: list[str]) -> bool:
    value = env.get(name, "").strip().lower()
    if value not in ("", "true", "false"):
        faults.append(f"{name}={env[name]!a} is neither true nor false.")
    return value == "true"


def _secure(address: str) -> SplitResult | None:
    """Return the parts of an address that nobody on the way can read: https, or http on this machine itself."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.username is not None or not address.isascii() or re.search(r"[\s\x00-\x1f\x7f\\]", address):
        return None
    return parts if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)) else None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, which nobody on the way can listen to."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_secure(address: str) -> bool:
    """Whether an address is of https, or of http on this machine itself, and holds no name or password."""
    return _secure(address) is not None


def _log_level(value: str | None, faults: list[str]) -> str:
    level = (value or "WARNING").upper()
    if level in LOG_LEVELS:
        return level
    faults.append(f"LOG_LEVEL={value!r} is not a level. Use one of {', '.join(LOG_LEVELS)}.")
    return "WARNING"
