"""Encryption of stored text, and the key file of a development machine."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import KeyLost, RecordsError
from bot.records.cipher import Cipher, new_key

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEY = new_key()


@given(JSON)
def test_every_value_comes_back(value: Any) -> None:
    """What is decrypted equals what was encrypted, half a character pair included."""
    cipher = Cipher([KEY])
    assert cipher.decrypt(cipher.encrypt(value)) == value


def test_the_text_does_not_show() -> None:
    """The encrypted form holds nothing of the text, and differs each time."""
    cipher = Cipher([KEY])
    first, second = cipher.encrypt("my gums bled"), cipher.encrypt("my gums bled")
    assert "gums" not in first
    assert first != second


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    """With a new key in front, old text is readable, and new text is not readable with the old key alone."""
    old_key, newer_key = new_key(), new_key()
    both = Cipher([newer_key, old_key])
    assert both.decrypt(Cipher([old_key]).encrypt("before")) == "before"
    with pytest.raises(KeyLost):
        Cipher([old_key]).decrypt(both.encrypt("after"))


def test_a_renewed_token_needs_the_first_key_only() -> None:
    """Renewing moves a value from the old key to the new one."""
    old_key, newer_key = new_key(), new_key()
    renewed = Cipher([newer_key, old_key]).renew(Cipher([old_key]).encrypt({"a": 1}))
    assert Cipher([newer_key]).decrypt(renewed) == {"a": 1}


@pytest.mark.parametrize("damage", [lambda t: t[:-2], lambda t: "A" + t[1:], lambda t: "", lambda t: "é"])
def test_damaged_text_is_a_lost_key(damage: Any) -> None:
    """A token that was cut or changed is refused, plainly, rather than read as something else."""
    with pytest.raises(KeyLost, match="cannot be read"):
        Cipher([KEY]).decrypt(damage(Cipher([KEY]).encrypt("x")))


def test_a_bad_key_is_named_by_its_place_and_not_shown() -> None:
    """The message says which key is wrong and how to make one; it never repeats the key."""
    with pytest.raises(RecordsError, match="key 2 of SIGNPOST_KEYS") as caught:
        Cipher([KEY, "not-a-key-but-secret"])
    assert "secret" not in str(caught.value)


def test_no_key_is_refused() -> None:
    """An empty list of keys says how to make one."""
    with pytest.raises(RecordsError, match="new-key"):
        Cipher.from_text(" , \n")


def test_keys_are_read_with_spaces_around_them() -> None:
    """A list with spaces and line ends reads as the keys alone."""
    cipher = Cipher.from_text(f" {new_key()} ,\n {KEY}\n")
    assert cipher.decrypt(Cipher([KEY]).encrypt("x")) == "x"


def test_the_repr_shows_no_key() -> None:
    """A cipher that ends up in a log line shows nothing of its keys."""
    assert KEY not in repr(Cipher([KEY]))


def test_the_development_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    """The first call makes the file with mode 0600, the next one reads the same key."""
    path = tmp_path / "var" / "keys"
    token = Cipher.development(path).encrypt("x")
    assert Cipher.development(path).decrypt(token) == "x"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """The message names the file and the command that mends it."""
    path = tmp_path / "keys"
    Cipher.development(path)
    path.chmod(0o644)
    with pytest.raises(RecordsError, match="chmod 600"):
        Cipher.development(path)


def test_a_key_file_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    """A file in the way of the folder gives a message, not a traceback of the system."""
    (tmp_path / "var").write_text("in the way")
    with pytest.raises(RecordsError, match="cannot be made or read"):
        Cipher.development(tmp_path / "var" / "keys")
