"""How long the server takes from the command to its first answer, and the memory it then holds.

    .venv/bin/python -m bench.start [--runs 5]

The model is trained first, so that this is a second start. Whole-process figures; quote the median.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bot.server import model
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120


def main() -> None:
    """Start the server several times and print seconds and megabytes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    models = Settings.from_env().var / "models"
    if model.model_is_stale(models):
        model.train(models)
    figures = [_one(model.model_path(models)) for _ in range(runs)]
    for name, unit, values in (
        ("first answer", "s", [f[0] for f in figures]),
        ("resident", "MB", [f[1] for f in figures]),
    ):
        low, middle, high = min(values), statistics.median(values), max(values)
        print(f"{name:<14} min {low:7.1f}  median {middle:7.1f}  max {high:7.1f} {unit}   ({runs} runs)")


def _one(path: Path) -> tuple[float, float]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "SIGNPOST_VAR": folder, "PORT": str(port)}
        command = [sys.executable, "-m", "bot", "serve", "--model", str(path)]
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return _until_answer(f"http://127.0.0.1:{port}/webhooks/widget/session", began), _resident(process.pid)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _until_answer(url: str, began: float) -> float:
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        while time.monotonic() - began < PATIENCE:
            try:
                if client.post(url).status_code == httpx.codes.CREATED:
                    return time.monotonic() - began
            except httpx.TransportError:
                time.sleep(0.05)
    raise SystemExit("the server did not answer")


def _resident(pid: int) -> float:
    """Resident memory in megabytes, as Linux counts it."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found.group(1)) / 1024 if found else 0.0


if __name__ == "__main__":
    main()
