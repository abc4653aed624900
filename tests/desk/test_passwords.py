"""Passwords: length is the rule, what everybody tries first is refused, and a hash tells nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import passwords
from desk.passwords import LONGEST, SHORTEST, fault, hash_password, is_outdated, matches


@pytest.mark.parametrize(
    "password",
    [
        "copper lantern ferry oboe",
        "Tuesday's rain, twice",
        "x7#Qp!2vLm9$",
        "почта окно река",
        "鍵が三つと青い傘と古い駅の切符",
        "correct horse battery staple",
    ],
)
def test_a_long_one_is_taken(password: str) -> None:
    """In any language, without any kind of character being asked for."""
    assert fault(password, "Anna") is None


@pytest.mark.parametrize("password", ["", "short", "elevenchars"])
def test_a_short_one_is_refused(password: str) -> None:
    """With the length and what to do."""
    assert f"at least {SHORTEST} characters" in (fault(password) or "")


def test_an_endless_one_is_refused() -> None:
    """Nobody types it, and hashing it costs time."""
    assert f"at most {LONGEST}" in (fault("copper lantern " * 20) or "")


@pytest.mark.parametrize(
    "password",
    [
        "Password1234",
        "p@ssw0rd2024!",
        "PASSWORD PASSWORD",
        "Welcome-2024-Welcome",
        "hospital12345",
        "letmeinletmein",
        "iloveyou2024",
        "qwertyuiop[]",
        "qwertyuiopas",
        "poiuytrewqlkj",
        "abcdefghijkl",
        "123456789012",
        "210987654321",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "1q2w3e4r5t6y",
        "07700 900123",
        "Anna12345678",
        "annahospital1",
        "signpost desk",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    """Common words with digits, runs along the keyboard, one piece repeated, numbers, one's own name."""
    assert "others would try" in (fault(password, "Anna") or "")


def test_the_check_is_quick_for_anything_long() -> None:
    """No pattern of common words makes it slow."""
    begun = time.process_time()
    fault("passwordpass" * 16 + "!x")
    fault("aisthemy" * 24 + "q")
    assert time.process_time() - begun < 1


@given(password=st.text(max_size=40), name=st.text(max_size=20))
@settings(deadline=None)
def test_any_text_gets_an_answer(password: str, name: str) -> None:
    """Nothing breaks, and too short is always refused."""
    said = fault(password, name)
    assert said is not None or SHORTEST <= len(password) <= LONGEST


def test_a_hash_matches_its_password_alone() -> None:
    """It is Argon2id, salted, and holds nothing of the password."""
    first, second = hash_password("copper lantern"), hash_password("copper lantern")
    assert first != second
    assert first.startswith("$argon2id$")
    assert "copper" not in first
    assert matches(first, "copper lantern")
    assert not matches(first, "copper lanterm")
    assert not matches(first, "")


def test_what_looks_the_same_is_the_same() -> None:
    """One keyboard writes an accent with the letter, another beside it; half a character pair breaks nothing."""
    assert matches(hash_password("caf\u00e9 lantern ferry"), "cafe\u0301 lantern ferry")
    assert not matches(hash_password("copper lantern"), "\ud800")


def test_nobody_has_no_password() -> None:
    """Without a hash, and with a broken one, nothing matches."""
    assert not matches(None, "copper lantern")
    assert not matches("no hash", "copper lantern")


def test_a_name_without_an_account_costs_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time of an answer would tell which names there are."""
    checked: list[str] = []
    real = passwords._HASHER.verify

    class Counting:
        def verify(self, hashed: str, password: bytes) -> bool:
            checked.append(hashed)
            return real(hashed, password)

    hashed = hash_password("copper lantern")
    passwords._nobody()
    monkeypatch.setattr(passwords, "_HASHER", Counting())
    matches(None, "copper lantern")
    matches(hashed, "copper lantern")
    assert [each.rsplit("$", 2)[0] for each in checked] == [hashed.rsplit("$", 2)[0]] * 2


def test_a_hash_of_weaker_parameters_is_outdated() -> None:
    """So that it is made anew when its owner signs in."""
    weaker = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43
    assert is_outdated(weaker)
    assert not is_outdated(hash_password("copper lantern"))
