"""A person finishes a check in a real browser, on the real server, with nothing but the keyboard."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.server import Server

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "widget" / "tests" / "real-check.mjs"


@pytest.mark.browser
def test_a_check_is_finished_by_keyboard_and_the_summary_read(server: Server, tmp_path: Path) -> None:
    """From the first Tab to the direction: nothing is out of reach, axe finds nothing, and nobody else is asked."""
    node = shutil.which("node")
    assert node, "Node is needed for the browser test: install nodejs 20 or later"
    assert (ROOT / "widget" / "node_modules" / "playwright-core").is_dir(), "run `make widget-deps` first"
    done = subprocess.run(
        [node, str(SCRIPT), server.url, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env={**os.environ, "NO_PROXY": "*"},
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert "drenching sweats at night" in seen["summary"]
    assert "Tell your care team" in seen["all"]
    assert "0808 2080 888" in seen["all"]
    assert "I have noticed drenching sweats at night" in seen["all"]
    assert seen["accessibility"] == []
    assert seen["faults"] == []
    assert seen["focus"] != "body"
