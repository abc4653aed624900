"""What the chat server shares: the resources of `bot.resources`, and the records. Opened once in each process."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot import resources
from bot.channels.counts import Counts
from bot.clock import Clock
from bot.content.loader import Content
from bot.records.cipher import Cipher
from bot.records.store import Records
from bot.resources import Resources
from bot.settings import Settings
from bot.site import Site


@dataclass(frozen=True)
class Runtime:
    """Everything that is read once, and what this process counts. Pass it on instead of reading again."""

    settings: Settings
    content: Content
    site: Site
    records: Records
    clock: Clock
    counts: Counts = field(default_factory=Counts)


_current: Runtime | None = None


def open_runtime(settings: Settings, kit: Resources | None = None) -> Runtime:
    """Open the records, and make this the process's runtime. Without `kit`, content and site are read first.

    Raises:
        SignpostError: with one clear line for the operator.
    """
    kit = kit or resources.read(settings)
    settings.var.mkdir(parents=True, exist_ok=True)
    records = Records.open(settings.database_url, cipher_of(settings), kit.now, kit.site.retention_days)
    return use(Runtime(settings, kit.content, kit.site, records, kit.now))


def cipher_of(settings: Settings) -> Cipher:
    """The keys of the environment; without any, a local key of this machine, made at first use.

    Raises:
        RecordsError: a key is none, or the local key cannot be read.
    """
    return Cipher(settings.keys) if settings.keys else Cipher.development(settings.var / "keys")


def use(runtime: Runtime) -> Runtime:
    """Make this the process's runtime, for the actions and the wording too."""
    global _current
    _current = runtime
    resources.use(Resources(runtime.content, runtime.site, runtime.clock))
    return runtime


def current() -> Runtime:
    """The process's runtime; opened from the environment at first use, so that every `rasa` command finds one."""
    return _current or open_runtime(Settings.from_env())
