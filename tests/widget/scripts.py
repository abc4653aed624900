"""Runs the widget's browser scripts, which start the real server themselves, and keeps what each of their parts found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "widget" / "tests"


def run(script: str, *arguments: str, model: Path, limit: float) -> dict[str, dict[str, Any]]:
    """What the script found, by the name of each part.

    Raises:
        AssertionError: Node or the packages are missing, or the script ended before it was done.
    """
    node = shutil.which("node")
    assert node, "Node is needed for the browser tests: install nodejs 20 or later"
    assert (ROOT / "widget" / "node_modules" / "playwright-core").is_dir(), "run `make widget-deps` first"
    done = subprocess.run(
        [node, str(TESTS / script), *arguments],
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
        env={**os.environ, "NO_PROXY": "*", "SIGNPOST_TEST_MODEL": str(model), "SIGNPOST_TEST_PYTHON": sys.executable},
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {one.pop("name"): one for one in found}
