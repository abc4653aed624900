"""Codes of the second factor: those of the standards, in their time, and once."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.totp import SECRET_BYTES, address, code_at, matching_step, new_secret, step_of

#: Of both standards' test vectors.
KEY = b"12345678901234567890"
SECRET = base64.b32encode(KEY).decode("ascii")
NOW = datetime(2024, 3, 1, 9, 0, 10, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    """Appendix B, SHA-1, eight digits; six are the last six of them."""
    step = step_of(datetime.fromtimestamp(seconds, timezone.utc))
    assert code_at(KEY, step, digits=8) == code
    assert code_at(KEY, step) == code[-6:]


@pytest.mark.parametrize(
    ("count", "code"),
    enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]),
)
def test_the_codes_are_those_of_rfc_4226(count: int, code: str) -> None:
    """Appendix D."""
    assert code_at(KEY, count) == code


@pytest.mark.parametrize(("drift", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_half_a_minute_off(drift: int, taken: bool) -> None:
    """One step before and one after the present count too, and no more."""
    step = step_of(NOW) + drift
    found = matching_step(SECRET, code_at(KEY, step), NOW, last_step=0)
    assert found == (step if taken else None)


def test_a_code_counts_once() -> None:
    """Neither the last one that was taken nor one before it is taken again."""
    step = step_of(NOW)
    for last in (step, step + 1):
        assert matching_step(SECRET, code_at(KEY, step), NOW, last_step=last) is None
    assert matching_step(SECRET, code_at(KEY, step + 1), NOW, last_step=step) == step + 1


def test_a_code_may_be_typed_with_a_space() -> None:
    """As many authenticators show it."""
    code = code_at(KEY, step_of(NOW))
    assert matching_step(SECRET, f" {code[:3]} {code[3:]}\n", NOW, last_step=0) == step_of(NOW)


@given(typed=st.text(max_size=12))
def test_nothing_else_is_a_code(typed: str) -> None:
    """Whatever is typed, nothing breaks, and only the three codes of the moment count."""
    codes = {code_at(KEY, step_of(NOW) + drift) for drift in (-1, 0, 1)}
    assert (matching_step(SECRET, typed, NOW, last_step=0) is not None) is ("".join(typed.split()) in codes)


def test_digits_of_other_scripts_are_no_code() -> None:
    """They look like a number to Python, and no authenticator shows them."""
    code = code_at(KEY, step_of(NOW))
    assert matching_step(SECRET, code.translate({48 + n: 0x660 + n for n in range(10)}), NOW, last_step=0) is None


def test_a_new_secret_is_long_and_new() -> None:
    """As long as the hash, and never the same."""
    first, second = new_secret(), new_secret()
    assert first != second
    assert len(base64.b32decode(first)) == SECRET_BYTES


def test_the_address_can_be_read_back() -> None:
    """By an authenticator: name, service and secret stand where it looks for them, whatever the name holds."""
    parts = urlsplit(address(SECRET, "Anna & Ben: day?", "Signpost"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Signpost%3AAnna%20%26%20Ben%3A%20day%3F"
    assert parse_qs(parts.query) == {"secret": [SECRET], "issuer": ["Signpost"], "digits": ["6"], "period": ["30"]}


def test_time_that_passes_ends_a_code() -> None:
    """A code seen over a shoulder is of no use two minutes later."""
    code = code_at(KEY, step_of(NOW))
    assert matching_step(SECRET, code, NOW + timedelta(minutes=2), last_step=0) is None
