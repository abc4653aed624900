"""How long sign-ins are slowed down after wrong ones. Pure: counts and moments in, a moment out.

A wait grows with every wrong sign-in and never beyond a quarter of an hour: slowing down is enough against
guessing, and nobody can shut somebody out for good. Browsers in which an account has signed in before are counted by
themselves, so a stranger who tries every name, from wherever, keeps nobody from their own desk.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limit:
    """How many wrong sign-ins cost nothing, what the next one costs, and the most that any costs."""

    free: int
    first: timedelta = timedelta(seconds=30)
    most: timedelta = timedelta(minutes=15)


#: One account, from one browser that it has used before.
DEVICE = Limit(free=5)
#: One account, from all browsers that it has not.
ACCOUNT = Limit(free=5)
#: One address, for all such browsers. Behind it may sit a whole hospital.
ADDRESS = Limit(free=20)


def open_at(limit: Limit, failures: int, last_at: datetime | None) -> datetime | None:
    """Return when the next try is taken, or None when it is taken at once."""
    beyond = failures - limit.free
    if last_at is None or beyond < 0:
        return None
    # The exponent is held down before the power is taken: a count can be large.
    return last_at + min(limit.first * (1 << min(beyond, 10)), limit.most)


def network_of(address: str) -> str:
    """Return what stands for an address: itself, or the /64 of an IPv6 one, all of which one person can have."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
