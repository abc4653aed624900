"""`python -m bot serve`: everything is checked in order, cheap things first, before anybody can chat."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from bot import resources
from bot.clock import system_clock
from bot.content.loader import Content, load_content
from bot.errors import SignpostError, StartError
from bot.server import logs, model
from bot.server.runtime import Runtime, open_runtime
from bot.settings import Settings
from bot.site import Site, load_site

T = TypeVar("T")
#: Variables that `Settings` may find fault with.
CHECKED = ("PORT", "LOG_LEVEL", "SIGNPOST_METRICS_KEY")


def serve(*, production: bool = False, port: int | None = None, model_file: Path | None = None) -> int:
    """Run the server until it is told to stop; return the exit code.

    Raises:
        SignpostError: it must not start; one line for each reason.
    """
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    settings, kit = checked(production=production, port=port, model_file=model_file)
    runtime = open_runtime(settings, kit)
    try:
        return _serve(runtime, model_file)
    finally:
        runtime.records.dispose()


def _serve(runtime: Runtime, model_file: Path | None) -> int:
    settings = runtime.settings
    sock = listen(settings.host, settings.port)
    redaction = logs.configure(settings.log_level)
    # Rasa takes seconds to import; what can be refused without it was refused before.
    from bot.server import app as web
    from bot.server import guards

    guards.check_configured_names(credentials=settings.credentials)
    agent = web.load(trained(settings, model_file), runtime)

    def ready() -> None:
        print(f"Signpost is ready: {address(settings)}/demo", flush=True)  # noqa: T201 - said to whoever started it

    app = web.build(runtime, agent, ready)
    redaction.serving = True
    web.run(app, sock)
    if app.ctx.failed:
        raise StartError(f"the chat does not answer ({app.ctx.failed}). The lines above name the part.")
    return 0


def listen(host: str, port: int) -> socket.socket:
    """Take the port now, so that nobody else can while the model is trained.

    Raises:
        StartError: it is in use, or not ours to take.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        sock = socket.socket(family, kind, protocol)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(100)
        return sock
    except OSError as error:
        reason = error.strerror or "unknown host"
        raise StartError(
            f"port {port} on {host} cannot be used: {reason}. Stop what runs there, or choose another with --port."
        ) from None


def trained(settings: Settings, model_file: Path | None = None) -> Path:
    """The model to use: the one that is named, else one for the present inputs, trained now if there is none.

    Raises:
        StartError: it could not be trained.
    """
    if model_file is not None:
        return model_file
    folder = models(settings)
    if model.model_is_stale(folder):
        print("The model is older than its inputs. Training it, which takes a minute ...", file=sys.stderr)  # noqa: T201
        return model.train(folder)
    return model.model_path(folder)


def models(settings: Settings) -> Path:
    """The folder of trained models."""
    return settings.var / "models"


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    return f"http://{host}:{settings.port}"


# what must be in order ----------------------------------------------------------------------------------------------


def checked(
    *, production: bool = False, port: int | None = None, model_file: Path | None = None
) -> tuple[Settings, resources.Resources]:
    """Settings, content and site, when all are in order.

    Raises:
        StartError: every fault that was found, each on its own line.
    """
    faults: list[str] = []
    settings = _try(lambda: Settings.from_env(production=production, port=port), faults)
    # With faults in the settings, the rest is looked at all the same, so that one start names everything.
    paths = settings or Settings.from_env({k: v for k, v in os.environ.items() if k not in CHECKED})
    content = _try(lambda: load_content(paths.content), faults)
    site = _try(lambda: load_site(paths.site), faults)
    if model_file is not None and not model_file.is_file():
        faults.append(f"--model {model_file}: there is no such file.")
    if production:
        faults += production_faults(paths, content, site, model_file)
    if faults or settings is None or content is None or site is None:
        raise StartError("\n".join(faults))
    return settings, resources.read(settings)


def _try(read: Callable[[], T], faults: list[str]) -> T | None:
    try:
        return read()
    except SignpostError as error:
        faults += str(error).splitlines()
        return None


def production_faults(
    settings: Settings, content: Content | None, site: Site | None, model_file: Path | None = None
) -> list[str]:
    """Why these must not be served to people; one line each, empty when they may."""
    faults: list[str] = []
    if site:
        faults += _site_faults(site)
    if content:
        faults += _review_faults(content, system_clock().date())
    if model_file is None and content and model.model_is_stale(models(settings)):
        faults.append("the model is older than its inputs. Train it before the start: python -m bot train")
    return faults


def _site_faults(site: Site) -> list[str]:
    faults = []
    day, night = site.numbers.day, site.numbers.out_of_hours
    if day is None:
        faults.append(
            "site.yml: numbers.day: is missing. Give the care team's own number; the card of the demo is not enough."
        )
    if night is None and not (day and day.all_day):
        faults.append("site.yml: numbers.out_of_hours: is missing. Give it, or set all_day on the day number.")
    if not site.reviewer:
        faults.append("site.yml: reviewer: is missing. Name the clinician who signed the content of this site.")
    return faults


def _review_faults(content: Content, today: date) -> list[str]:
    faults = []
    if unreviewed := content.unreviewed():
        faults.append(f"content: no clinician has signed {_some(unreviewed)}. See `python -m bot review`.")
    if expired := content.expired(today):
        faults.append(f"content: the review of {_some(expired)} has expired. Have it read and signed again.")
    return faults


def _some(files: tuple[str, ...]) -> str:
    shown = ", ".join(files[:3])
    return shown if len(files) <= 3 else f"{shown} and {len(files) - 3} more files"
