"""A real server that another program starts, kills and moves in time: lines on standard input, one JSON line back.

    python -m tests.support.serving [--model FILE] [--port PORT]

The browser's tests, written in JavaScript, are the other program. The first line that comes back is
`{"url": ..., "pid": ...}`; then each command is answered when it is done:

    kill                 end the server's process at once, as a power cut does
    start                start it again, on the same port and the same files
    clock SECONDS        move its clock this many seconds from the machine's time
    staff ["reply", ..]  run `python -m bot staff ...`; what it prints comes back

When standard input ends, the server ends too, and its files are deleted.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.support.server import ROOT, Server, bot

#: A service with numbers, so that the call bar is a link. The numbers are Ofcom's, for drama: nobody has them.
SITE = """
name: Example blood cancer clinic
countries: [GB]
time_zone: Europe/London
numbers:
  day: {name: Example day unit, phone: 020 7946 0000, all_day: true}
  out_of_hours: {name: Example advice line, phone: 020 7946 0001, all_day: true}
"""


def main() -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="a trained model; without it that of var/, trained if it is old")
    parser.add_argument("--port", type=int, help="a port of 127.0.0.1; without it a free one")
    arguments = parser.parse_args()
    # Killed with whoever started it: the server has a session of its own, and would live on.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="signpost-") as folder:
        var = Path(folder)
        site = var / "site.yml"
        site.write_text(SITE, encoding="utf-8")
        server = Server(var, arguments.model or trained(), {"SIGNPOST_SITE": str(site)})
        if arguments.port:
            server.port, server.url = arguments.port, f"http://127.0.0.1:{arguments.port}"
        try:
            answer(start(server))
            for line in sys.stdin:
                name, _, rest = line.strip().partition(" ")
                answer(COMMANDS[name](server, rest))
        finally:
            server.close()
    return 0


def trained() -> Path:
    """The model of `var/models`, trained first when it does not fit the present inputs."""
    from bot.server import model

    models = ROOT / "var" / "models"
    if model.model_is_stale(models):
        done = bot("train", env={"SIGNPOST_VAR": str(ROOT / "var")}, limit=600)
        if done.returncode:
            raise SystemExit(done.stderr)
    return model.model_path(models)


def start(server: Server, _rest: str = "") -> dict[str, Any]:
    """Start, and say where and as which process."""
    server.start()
    return {"url": server.url, "pid": server.process.pid if server.process else None}


def kill(server: Server, _rest: str = "") -> dict[str, Any]:
    """End the process at once."""
    server.kill()
    return {}


def clock(server: Server, seconds: str) -> dict[str, Any]:
    """Let time pass, forwards only."""
    server.clock.set(float(seconds))
    return {}


def staff(server: Server, arguments: str) -> dict[str, Any]:
    """What a command of staff prints."""
    return {"printed": server.staff(*json.loads(arguments))}


COMMANDS = {"start": start, "kill": kill, "clock": clock, "staff": staff}


def answer(value: dict[str, Any]) -> None:
    """One line on standard output."""
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    sys.exit(main())
