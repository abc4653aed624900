"""A real server for tests: `python -m bot serve` in a process of its own (see `warm`), on a free port of 127.0.0.1."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx

from tests.support import warm

ROOT = Path(__file__).resolve().parents[2]
#: Seconds for a start with a trained model, on a machine that is busy with other tests.
START = 120.0
STOP = 20.0


class Clock:
    """The server's clock: the machine's time and the seconds in a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seconds = 0.0
        self.set(0)

    def set(self, seconds: float) -> None:
        """Move the clock to this many seconds from the machine's time."""
        self.seconds = seconds
        draft = self.file.with_suffix(".new")
        draft.write_text(str(seconds), encoding="utf-8")
        draft.replace(self.file)

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass."""
        self.set(self.seconds + ((days * 24 + hours) * 60 + minutes) * 60 + seconds)


class Server:
    """One server and its files, all below `var`. `env` adds to the environment or replaces it."""

    def __init__(self, var: Path, model: Path | None, env: Mapping[str, str] | None = None, *arguments: str) -> None:
        self.var = var
        var.mkdir(parents=True, exist_ok=True)
        self.clock = Clock(var / "clock")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        self.log = var / "server.log"
        self.env = {"SIGNPOST_VAR": str(var), "SIGNPOST_CLOCK_FILE": str(self.clock.file), **(env or {})}
        self._arguments = [*(["--model", str(model)] if model else []), *arguments]
        self.process: BaseProcess | None = None

    def start(self) -> Server:
        """Start it and wait until a chat answers.

        Raises:
            AssertionError: it ended, or took too long; with what it wrote.
        """
        self.log.touch()
        begin = self.log.stat().st_size
        arguments = ["serve", "--port", str(self.port), *self._arguments]
        self.process = warm.begin(arguments, environment(self.env), ROOT, out=self.log, err=self.log)
        deadline = time.monotonic() + START
        while time.monotonic() < deadline:
            written = self.log.read_bytes()[begin:]
            if b"Signpost is ready" in written:
                return self
            if self.process.exitcode is not None:
                raise AssertionError(f"the server ended with {self.process.exitcode}:\n{written.decode()}")
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the server did not start in {START} s:\n{self.output()}")

    def stop(self) -> int:
        """Ask it to stop, as a service manager does; its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """End it, and the connections to it; for the end of a test."""
        self.kill()
        self.http.close()

    def restart(self) -> Server:
        """Kill it in the middle of whatever it does, and start it again on the same files."""
        self.kill()
        return self.start()

    def _end(self, how: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        if process.exitcode is None:
            os.kill(process.pid, how)  # type: ignore[arg-type]
        process.join(STOP)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise AssertionError(f"the server did not stop in {STOP} s:\n{self.output()}")
        return process.exitcode

    def output(self) -> str:
        """Everything that it has written."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def command(self, *arguments: str, input: str | None = None) -> subprocess.CompletedProcess[str]:  # noqa: A002
        """Run `python -m bot ...` on the same files, as staff do beside a running server."""
        with tempfile.TemporaryDirectory(dir=self.var) as name:
            feed, out, err = (Path(name) / each for each in ("in", "out", "err"))
            feed.write_text(input or "", encoding="utf-8")
            process = warm.begin(arguments, environment(self.env), ROOT, feed=feed, out=out, err=err)
            process.join(START)
            if process.exitcode is None:
                process.kill()
                raise AssertionError(f"`{' '.join(arguments)}` did not end in {START} s")
            said, faults = (each.read_text(encoding="utf-8") for each in (out, err))
        return subprocess.CompletedProcess(arguments, process.exitcode, said, faults)

    def staff(self, *arguments: str, name: str = "Maya") -> str:
        """Run a `staff` command; what it prints.

        Raises:
            AssertionError: it failed.
        """
        done = self.command("staff", *arguments, "--as", name)
        assert done.returncode == 0, done.stderr
        return done.stdout


def bot(
    *arguments: str,
    env: Mapping[str, str] | None = None,
    input: str | None = None,  # noqa: A002 - subprocess's own word
    limit: float = START,
) -> subprocess.CompletedProcess[str]:
    """Run `python -m bot ...` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env=environment(env or {}),
        input=input,
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without its own settings of Signpost, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SIGNPOST_", "SANIC_", "PORT"))}
    return {**kept, "PYTHONUNBUFFERED": "1", **extra}


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def json_lines(text: str) -> list[dict[str, Any]]:
    """The objects of JSON lines."""
    import json

    return [json.loads(line) for line in text.splitlines() if line.strip()]
