"""What every turn works with, read once in each process: reviewed content, the site's settings, the clock.

It needs no database: an action server of its own, and training, have only this. `bot.server.runtime` adds the records.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock, shifted_clock, system_clock
from bot.content.loader import Content, load_content
from bot.settings import Settings
from bot.site import Site, load_site


@dataclass(frozen=True)
class Resources:
    """Read-only, shared by all conversations."""

    content: Content
    site: Site
    now: Clock


_current: Resources | None = None


def resources() -> Resources:
    """The process's resources; read as the environment says at first use.

    `load_content` alone hashes every file, which is too much for every message.

    Raises:
        SignpostError: with one clear line for the operator.
    """
    return _current or use(read(Settings.from_env()))


def use(kit: Resources | None) -> Resources:
    """Make these the process's resources; None has them read again."""
    global _current
    _current = kit or read(Settings.from_env())
    return _current


def read(settings: Settings) -> Resources:
    """Read content and site as the settings say.

    Raises:
        SignpostError: with one clear line a fault for the operator.
    """
    clock = shifted_clock(settings.clock_file) if settings.clock_file else system_clock
    return Resources(load_content(settings.content), load_site(settings.site), clock)
