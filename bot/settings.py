"""What the environment decides: read once, into one typed object, with every fault reported together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import StartError

ROOT = Path(__file__).resolve().parents[1]
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True)
class Settings:
    """Everything read from the environment. Secrets do not show in the repr."""

    var: Path
    database_url: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)
    site: Path
    content: Path
    host: str
    port: int
    clock_file: Path | None
    log_level: str
    production: bool

    @classmethod
    def from_env(
        cls, env: Mapping[str, str] | None = None, *, production: bool = False, port: int | None = None
    ) -> Settings:
        """Read the environment.

        Raises:
            StartError: one line a fault, each naming the variable and what to do.
        """
        env = os.environ if env is None else env
        faults: list[str] = []
        var = Path(env.get("SIGNPOST_VAR") or ROOT / "var")
        keys = tuple(key.strip() for key in env.get("SIGNPOST_KEYS", "").split(",") if key.strip())
        clock_file = Path(env["SIGNPOST_CLOCK_FILE"]) if env.get("SIGNPOST_CLOCK_FILE") else None
        settings = cls(
            var=var,
            database_url=env.get("SIGNPOST_DATABASE_URL") or f"sqlite:///{var / 'signpost.db'}",
            keys=keys,
            site=Path(env.get("SIGNPOST_SITE") or ROOT / "site.yml"),
            content=Path(env.get("SIGNPOST_CONTENT") or ROOT / "content"),
            host=env.get("SIGNPOST_HOST") or "127.0.0.1",
            port=port if port is not None else _port(env.get("PORT"), faults),
            clock_file=clock_file,
            log_level=_log_level(env.get("LOG_LEVEL"), faults),
            production=production,
        )
        if production and not keys:
            faults.append(
                "SIGNPOST_KEYS is not set. Production needs its own key; make one with `python -m bot new-key`."
            )
        if production and clock_file:
            faults.append("SIGNPOST_CLOCK_FILE is set. It moves the clock for tests; unset it in production.")
        if faults:
            raise StartError("\n".join(faults))
        return settings


def _port(value: str | None, faults: list[str]) -> int:
    if not value:
        return 5005
    if value.isascii() and value.isdigit() and 0 < int(value) < 65536:
        return int(value)
    faults.append(f"PORT={value!r} is not a port. Use a number from 1 to 65535.")
    return 5005


def _log_level(value: str | None, faults: list[str]) -> str:
    level = (value or "WARNING").upper()
    if level in LOG_LEVELS:
        return level
    faults.append(f"LOG_LEVEL={value!r} is not a level. Use one of {', '.join(LOG_LEVELS)}.")
    return "WARNING"
