"""Counting tries before they are checked, under as many keys as they count for; see `desk.throttle` for the waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.errors import SignInSlowed
from bot.records import Transaction, Tries
from desk import throttle


def count(store: Transaction, limits: Mapping[str, throttle.Limit], about: str) -> dict[str, Tries]:
    """Count a try as wrong under each of its keys, and return what stood there before.

    The beginning of every wait is entered in the audit log.

    Args:
        store: the transaction.
        limits: the keys, each with its limit. The first word of a key says what it is, and stands in the log.
        about: whom the log is to name: an id of an account, or `unknown`.

    Raises:
        SignInSlowed: one of the keys asks to wait. Nothing was counted.
    """
    now = store.now()
    # In one order for everybody, so that two who sign in at once never wait for each other.
    before = {key: store.tries(key) for key in sorted(limits)}
    waits = [throttle.open_at(limits[key], tries.failures, tries.last_at) for key, tries in before.items()]
    wait = max((moment - now for moment in waits if moment), default=timedelta(0))
    if wait > timedelta(0):
        raise SignInSlowed(f"too many wrong sign-ins. Try again in {_minutes(wait)}", wait)
    for key in sorted(limits):
        counted = store.count_try(key)
        if throttle.open_at(limits[key], counted.failures, counted.last_at):
            store.audit("sign_in.slowed", "site", about, by=key.split(" ", 1)[0], failures=counted.failures)
    return before


def take_back(store: Transaction, before: Mapping[str, Tries]) -> None:
    """Take back what `count` counted, for a try that turned out right; wrong ones of others stay."""
    for key, tries in sorted(before.items()):
        store.take_back_try(key, tries)


def _minutes(wait: timedelta) -> str:
    minutes = -(-wait // timedelta(minutes=1))
    return "a minute" if minutes == 1 else f"{minutes} minutes"
