"""How long sign-ins are slowed down: longer with each wrong one, never for long, never for good."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.throttle import ACCOUNT, ADDRESS, DEVICE, Limit, network_of, open_at

LAST = datetime(2024, 3, 1, 9, 0, tzinfo=timezone.utc)
LIMITS = st.sampled_from([ACCOUNT, ADDRESS, DEVICE])


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, None), (4, None), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (11, 900), (10**9, 900)],
)
def test_the_wait_after_wrong_ones(failures: int, seconds: int | None) -> None:
    """Four slips cost nothing; then half a minute, doubled each time, up to a quarter of an hour."""
    expected = None if seconds is None else LAST + timedelta(seconds=seconds)
    assert open_at(ACCOUNT, failures, LAST) == expected


@given(limit=LIMITS, failures=st.integers(0, 10**12))
def test_a_wait_ends(limit: Limit, failures: int) -> None:
    """No number of wrong ones shuts anybody out for longer than the most, and one more never shortens it."""
    now, then = open_at(limit, failures, LAST), open_at(limit, failures + 1, LAST)
    assert now is None or LAST < now <= LAST + limit.most
    assert now is None or (then is not None and then >= now)


def test_without_wrong_ones_nobody_waits() -> None:
    """Whatever the count, without a moment there was none."""
    assert open_at(ACCOUNT, 100, None) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_what_stands_for_an_address(address: str, network: str) -> None:
    """One person can have all addresses of an IPv6 /64, and a proxy may name anything."""
    assert network_of(address) == network
