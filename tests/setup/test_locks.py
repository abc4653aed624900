"""The locks: complete, by hash, and without a word about where to download."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
#: Environments beside .venv, each for one purpose.
BESIDE = ["tests/requirements-schemathesis.lock"]
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    """Return name -> version of everything that `lock` installs."""
    return dict(PIN.findall((ROOT / lock).read_text()))


def test_each_input_has_its_lock():
    """Every requirements*.in has been resolved, and no lock is left over from one that is gone."""
    inputs = sorted(path.name for path in ROOT.glob("requirements*.in"))
    assert [f"{lock[:-5]}.in" for lock in LOCKS] == inputs
    assert len(LOCKS) == 4


@pytest.mark.parametrize(
    "name", [*LOCKS, *BESIDE, "requirements-overrides.txt", *(f"{lock[:-5]}.in" for lock in LOCKS + BESIDE)]
)
def test_no_host_is_named(name):
    """Neither a lock nor its input names an address, an index or an installer's link option."""
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-(-|i\b|f\b)(?!hash)", text, re.MULTILINE)
    assert not re.search(r"\b(pypi|pythonhosted|index-url|find-links)\b", text)


@pytest.mark.parametrize("lock", LOCKS + BESIDE)
def test_every_pin_carries_a_hash(lock):
    """Each package stands with `==` and at least one SHA-256, so that nothing unlocked can be installed."""
    lines = [line for line in (ROOT / lock).read_text().splitlines() if not line.lstrip().startswith("#")]
    entries = re.split(r"\n(?=\S)", "\n".join(lines).strip())
    assert len(entries) == len(pins(lock))
    for entry in entries:
        assert PIN.match(entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry


def test_what_is_asked_for_is_locked():
    """Every name in an input file stands in its lock."""
    for lock in LOCKS:
        lines = (ROOT / f"{lock[:-5]}.in").read_text().splitlines()
        asked = {re.split(r"[\s=<>~!#\[]", line)[0].lower() for line in lines if re.match(r"\w", line)}
        assert asked, lock
        assert asked <= pins(lock).keys()


def test_the_locks_agree():
    """A package that stands in two locks has one version, so the order of installing changes nothing."""
    runtime = pins("requirements.lock")
    for lock in LOCKS:
        shared = pins(lock).keys() & runtime.keys()
        assert {name: pins(lock)[name] for name in shared} == {name: runtime[name] for name in shared}


def test_no_tensorflow_is_locked():
    """The TensorFlow names come from the tree, never from an index."""
    for lock in LOCKS:
        assert not [name for name in pins(lock) if name.startswith(("tensorflow", "keras"))]
