"""How fast the widget is on a slow phone, and what Lighthouse says of the page that it stands on.

    .venv/bin/python -m bench.widget [--runs 5]

The first question is timed from the navigation, the launcher pressed as soon as it is there, with the real server,
360 px, 1.6 Mbit/s, 150 ms, and a quarter of this processor: run it on a machine that is otherwise idle.
Lighthouse 12.2.3 is used where `LIGHTHOUSE` names its `cli/index.js`, or `lighthouse` stands on PATH; it is 185 MB,
and so not a dependency. To have it once:  npm install --prefix /tmp/lh lighthouse@12.2.3 --ignore-scripts
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
PATIENCE = 600
Row = tuple[str, str, str, bool]


def main() -> int:
    """Measure, and print a table of figures beside their targets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    node = shutil.which("node")
    if not node or not (ROOT / "widget" / "node_modules").is_dir():
        print("not measured: needs Node 20 or later and `make widget-deps`")
        return 0
    keeper = [sys.executable, "-m", "tests.support.serving"]
    with subprocess.Popen(keeper, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        if server.stdin is None or server.stdout is None:
            raise SystemExit("the server has no pipes")
        url = json.loads(server.stdout.readline())["url"]
        rows = [*speed(node, url, runs), *lighthouse(node, url)]
        server.stdin.close()
    print(f"{'':<44} {'measured':>24}  target")
    for name, measured, target, met in rows:
        print(f"{name:<44} {measured:>24}  {target}{'' if met else '   NOT MET'}")
    return 0


def speed(node: str, url: str, runs: int) -> list[Row]:
    """The rows that our own script measures."""
    script = [node, str(ROOT / "widget" / "tests" / "speed.mjs"), url, str(runs)]
    done = subprocess.run(script, stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE)
    found: dict[str, Any] = json.loads(done.stdout)
    first, blocking, shift = found["first"], found["blocking"], found["shift"]
    before = found["before"]
    return [
        (f"first question, of {runs}", _two(first, "ms"), "p75 at most 1500 ms", _p75(first) <= 1500),
        ("total blocking time until then", _two(blocking, "ms"), "median at most 200 ms", _middle(blocking) <= 200),
        ("layout shift", _two(shift, ""), "at most 0.02", max(shift) <= 0.02),
        ("fetched before the tap", f"{before['bytes']} bytes", "at most 1024 bytes", before["bytes"] <= 1024),
        ("long tasks before the tap", str(before["longTasks"]), "0", before["longTasks"] == 0),
    ]


def lighthouse(node: str, url: str) -> list[Row]:
    """Lighthouse's own rows, or one that says how to have them."""
    named = os.environ.get("LIGHTHOUSE")
    program = [node, named] if named else [found] if (found := shutil.which("lighthouse")) else None
    if program is None:
        return [("Lighthouse", "not measured", "set LIGHTHOUSE; see `python -m bench.widget --help`", True)]
    flags = "--headless --no-sandbox --disable-gpu --disable-quic"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        command = [
            *program,
            f"{url}/demo",
            "--quiet",
            "--output=json",
            f"--output-path={out}",
            f"--chrome-flags={flags}",
        ]
        env = {**os.environ, "CHROME_PATH": CHROMIUM}
        subprocess.run(command, check=True, timeout=PATIENCE, env=env)
        report = json.loads(out.read_text(encoding="utf-8"))
    score = {name: category["score"] for name, category in report["categories"].items()}
    audits = report["audits"]
    paint, blocked = audits["largest-contentful-paint"]["displayValue"], audits["total-blocking-time"]["displayValue"]
    return [
        (
            "Lighthouse, mobile: performance",
            f"{score['performance']:.2f}",
            "at least 0.95",
            score["performance"] >= 0.95,
        ),
        ("Lighthouse: accessibility", f"{score['accessibility']:.2f}", "1.00", score["accessibility"] >= 1),
        ("Lighthouse: best practices", f"{score['best-practices']:.2f}", "-", True),
        ("Lighthouse: largest paint, blocking", f"{paint}, {blocked}", "-", True),
    ]


def _middle(values: list[float]) -> float:
    return statistics.median(values)


def _p75(values: list[float]) -> float:
    """The value that three quarters of the runs do not exceed."""
    return sorted(values)[max(0, -(-len(values) * 3 // 4) - 1)]


def _two(values: list[float], unit: str) -> str:
    return f"median {_middle(values):g}, p75 {_p75(values):g} {unit}".strip()


if __name__ == "__main__":
    sys.exit(main())
