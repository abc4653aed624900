"""The demo of the messaging apps: a chat as its person sees it, without colours where nobody looks at a terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.demo_messaging import CHAT
from tests.support.server import ROOT, environment

pytestmark = pytest.mark.server


@pytest.mark.long
def test_a_chat_on_one_app(trained_model: Path) -> None:
    """It ends by itself; the person's words are there, and what the bot noted, the buttons, and a number to call."""
    done = demo("telegram")
    assert done.returncode == 0, done.stderr
    assert " telegram ====" in done.stdout
    assert f" {CHAT[0]} <\n" in done.stdout
    assert "\n    [ Start the checklist ] [ Ask a question ] [ I want a person ]\n" in done.stdout
    assert " [ Start the checklist ] <\n" in done.stdout
    assert "| I have noted: bleeding and new or worse tiredness" in done.stdout
    assert "020 7946 0000" in done.stdout
    assert "\033[" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_an_app_that_is_not_there() -> None:
    """One line that names it, and no chat."""
    done = demo("pigeon")
    assert (done.returncode, done.stdout) == (2, "")
    assert "pigeon" in done.stderr
    assert "Traceback" not in done.stderr


def demo(*apps: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.support.demo_messaging", *apps]
    return subprocess.run(
        command, cwd=ROOT, env=environment({}), capture_output=True, text=True, timeout=280, check=False
    )
