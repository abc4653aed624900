"""Logs without people in them: no message text, name, number, token or conversation id, at any level.

Rasa and its libraries put what a person wrote into their log lines, and whole stack frames into their tracebacks. So a
line from outside this project keeps its level, its logger and the place in the code, and loses its words; a line of our
own keeps the fields named in `FIELDS`. Until the server answers people, lines from outside keep their words too: they
then say why a start failed.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

#: What our own lines may say: kinds and counts, never words or ids of people.
FIELDS = frozenset(
    {
        "action",
        "app",
        "conversations",
        "count",
        "days",
        "error",
        "limit",
        "open_cases",
        "part",
        "path",
        "port",
        "reason",
        "route",
        "status",
        "utterance",
    }
)
OURS = ("bot", "actions")
_START = Path(__file__).resolve().parents[2]


def configure(level: str = "WARNING") -> Redaction:
    """Send every line of this process to standard error, as described above; replaces what was set up before."""
    redaction = Redaction()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(redaction)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Libraries that bring handlers of their own would write past ours.
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in ("sanic.root", "sanic.error", "sanic.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    # Warnings of libraries are for their developers; what Rasa warns of at a start, our own checks refuse.
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.processors.add_log_level, only_fields],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    return redaction


def only_fields(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """A structured line as text: the event's name, and the fields that may be named.

    Rasa's structured lines carry the message, the slots and the sender beside a fixed event name.
    """
    name = str(event.get("event", "")).split("\n")[0]
    parts = [f"{key}={event[key]}" for key in sorted(FIELDS & event.keys())]
    return " ".join([name if _is_event_name(name) else "event", *parts])


def _is_event_name(name: str) -> bool:
    return 0 < len(name) <= 80 and all(c.isalnum() or c in "._-" for c in name)


class Redaction(logging.Formatter):
    """Writes a line; from the moment that `serving` is set, without the words of libraries."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%SZ")
        self.serving = False

    def format(self, record: logging.LogRecord) -> str:
        """The line. An exception is its type and the places it passed, never its text or any local value."""
        ours = record.name.split(".")[0] in OURS
        if ours or not self.serving:
            words = f"{record.name}: {record.getMessage()}"
        else:
            words = f"{record.name}: {place_of(record.pathname)}:{record.lineno}"
        when = self.formatTime(record, self.datefmt)
        line = f"{when} {record.levelname} {words}"
        if record.exc_info and record.exc_info[0] is not None:
            line += f" [{trace(record.exc_info[0], record.exc_info[2])}]"
        return line.replace("\n", " ")


def trace(kind: type[BaseException], traceback: TracebackType | None) -> str:
    """The type of an exception and the last places that it passed."""
    places = []
    while traceback is not None:
        places.append(f"{place_of(traceback.tb_frame.f_code.co_filename)}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return " < ".join([kind.__name__, *reversed(places[-6:])])


def place_of(filename: str) -> str:
    """A file as it is named in the project or in its package, without the folders above."""
    path = Path(filename)
    if path.is_relative_to(_START) and "site-packages" not in path.parts:
        return path.relative_to(_START).as_posix()
    return "/".join(path.parts[-3:])
