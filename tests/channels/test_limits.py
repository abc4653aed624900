"""How often a key may come."""

from __future__ import annotations

from bot.channels.limits import TokenBucket


class Ticks:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_allowed_and_then_the_rate() -> None:
    """After the burst, one more is allowed for each share of a minute that passes."""
    ticks = Ticks()
    bucket = TokenBucket(burst=3, per_minute=60, monotonic=ticks)
    assert [bucket.allow("a") for _ in range(4)] == [True, True, True, False]
    ticks.now += 1
    assert [bucket.allow("a") for _ in range(2)] == [True, False]


def test_keys_do_not_share_a_bucket() -> None:
    """One who asks too often does not stop another."""
    bucket = TokenBucket(burst=1, per_minute=1, monotonic=Ticks())
    assert bucket.allow("a")
    assert not bucket.allow("a")
    assert bucket.allow("b")


def test_a_long_rest_gives_no_more_than_the_burst() -> None:
    """Tokens do not pile up."""
    ticks = Ticks()
    bucket = TokenBucket(burst=2, per_minute=60, monotonic=ticks)
    bucket.allow("a")
    ticks.now += 3600
    assert [bucket.allow("a") for _ in range(3)] == [True, True, False]


def test_only_so_many_keys_are_remembered() -> None:
    """The memory of the bucket is bounded; the key that came longest ago is forgotten."""
    bucket = TokenBucket(burst=1, per_minute=0.001, keys=2, monotonic=Ticks())
    assert [bucket.allow(key) for key in "abc"] == [True, True, True]
    assert bucket.allow("a")
    assert not bucket.allow("c")
