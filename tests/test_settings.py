"""What the environment decides about addresses and sign-in: all or nothing, and every fault named at once."""

from __future__ import annotations

import pytest

from bot.errors import StartError
from bot.settings import OidcSettings, Settings

OIDC = {
    "SIGNPOST_OIDC_ISSUER": "https://id.example.org/realms/staff",
    "SIGNPOST_OIDC_CLIENT_ID": "signpost-desk",
    "SIGNPOST_OIDC_CLIENT_SECRET": "a secret",
    "SIGNPOST_OIDC_NAME": "Hospital account",
    "SIGNPOST_PUBLIC_URL": "https://chat.example.org",
}


def faults(env: dict[str, str]) -> list[str]:
    """The lines that are said of these settings; none when they are taken."""
    try:
        Settings.from_env(env)
    except StartError as error:
        return str(error).splitlines()
    return []


def test_without_any_of_it_there_is_no_provider() -> None:
    """And passwords let in, as they do beside a provider unless it is to be the only way."""
    plain = Settings.from_env({})
    assert (plain.oidc, plain.public_url, plain.password_sign_in) == (None, None, True)
    assert Settings.from_env(OIDC).password_sign_in
    assert not Settings.from_env({**OIDC, "SIGNPOST_OIDC_ONLY": "true"}).password_sign_in


def test_all_of_it() -> None:
    """As it was set, and without the secret where settings are shown."""
    found = Settings.from_env(
        {**OIDC, "SIGNPOST_OIDC_SCOPES": "profile openid", "SIGNPOST_PUBLIC_URL": "https://x.org/"}
    )
    scopes = ("openid", "profile")
    expected = OidcSettings(OIDC["SIGNPOST_OIDC_ISSUER"], "signpost-desk", "a secret", "Hospital account", scopes)
    assert found.oidc == expected
    assert found.public_url == "https://x.org"
    assert "a secret" not in repr(found)


@pytest.mark.parametrize("missing", OIDC)
@pytest.mark.parametrize("empty", ["", "  "])
def test_a_part_alone_is_refused(missing: str, empty: str) -> None:
    """The line names what is missing."""
    (line,) = faults({**OIDC, missing: empty})
    assert line.startswith(f"{missing} is not set.")


@pytest.mark.parametrize("name", ["SIGNPOST_OIDC_ONLY", "SIGNPOST_OIDC_SCOPES"])
def test_what_belongs_to_it_alone_is_refused(name: str) -> None:
    """Nobody must think that passwords are off when nothing else is on: every other one is named."""
    found = faults({name: "true"})
    assert [line.split()[0] for line in found] == list(OIDC)


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("https://id.example.org", True),
        ("https://id.example.org:8443/a/b/", True),
        ("http://127.0.0.1:9000", True),
        ("http://localhost:9000", True),
        ("http://[::1]:9000", True),
        ("http://id.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("http://localhost.example.org", False),
        ("http://10.0.0.1", False),
        ("https://", False),
        ("https:id.example.org", False),
        ("id.example.org", False),
        ("ftp://id.example.org", False),
        ("https://anna:secret@id.example.org", False),
        ("https://id.example.org/?a=b", False),
        ("https://id.example.org/#a", False),
        ("https://id.example.org:port", False),
        ("https://id.example.org:99999", False),
        ("https://id.exam ple.org", False),
        ("https://id.example.org\\@other.org", False),
        ("https://[::1", False),
        ("https://ide\u0301.example.org", False),
    ],
)
def test_an_issuer_is_https_or_this_machine(address: str, taken: bool) -> None:
    """What goes there holds a secret."""
    found = faults({**OIDC, "SIGNPOST_OIDC_ISSUER": address})
    assert len(found) == (0 if taken else 1)
    assert all(line.startswith("SIGNPOST_OIDC_ISSUER=") for line in found)


@pytest.mark.parametrize(
    "address",
    [
        "http://chat.example.org",
        "https://chat.example.org/desk",
        "https://chat.example.org?x",
        "chat.example.org",
        "//x",
    ],
)
def test_the_public_address_is_a_host_alone(address: str) -> None:
    """With or without a provider."""
    for env in ({"SIGNPOST_PUBLIC_URL": address}, {**OIDC, "SIGNPOST_PUBLIC_URL": address}):
        (line,) = faults(env)
        assert line.startswith("SIGNPOST_PUBLIC_URL=")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIGNPOST_OIDC_CLIENT_ID", "caf\u00e9"),
        ("SIGNPOST_OIDC_CLIENT_SECRET", "a\x00b"),
        ("SIGNPOST_OIDC_NAME", "x" * 41),
        ("SIGNPOST_OIDC_NAME", "a\u202eb"),
        ("SIGNPOST_OIDC_SCOPES", 'profile "x"'),
        ("SIGNPOST_OIDC_ONLY", "yes"),
    ],
)
def test_what_cannot_be_meant_is_refused(name: str, value: str) -> None:
    """The variable is named; a secret is not repeated."""
    (line,) = faults({**OIDC, name: value})
    assert line.startswith(name)
    if "SECRET" in name:
        assert value not in line


def test_every_fault_is_said_at_once() -> None:
    """With those that have nothing to do with it."""
    env = {"PORT": "x", "SIGNPOST_OIDC_ISSUER": "http://id.example.org", "SIGNPOST_PUBLIC_URL": "x", "LOG_LEVEL": "y"}
    assert len(faults(env)) == 7
