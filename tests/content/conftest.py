"""A copy of the real content that a test may break, and the seeds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content.check import Fault, check_content
from bot.content.seeds import seeds_folder

REAL = Path(__file__).resolve().parents[2] / "content"
Break = Callable[[str, str, str], Path]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the real content."""
    return Path(shutil.copytree(REAL, tmp_path / "content"))


@pytest.fixture
def swap(copy: Path) -> Break:
    """Replace the first occurrence of some text in a file of the copy; the text must be there."""

    def replace(file: str, old: str, new: str) -> Path:
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} no longer has {old!r}: choose other words for this test"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return copy

    return replace


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the five documents. In CI their absence is a failure."""
    folder = seeds_folder()
    if folder is None:
        message = "the five documents are not at hand; set SIGNPOST_SEEDS to their folder"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def clean(seeds: Path) -> frozenset[Fault]:
    """What the check says of the real content: a rule is proven only by a fault that is not in here."""
    return frozenset(check_content(REAL, seeds))
