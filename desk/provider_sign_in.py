"""A browser that comes back from the provider of sign-ins: slowed down, proved, signed in, and entered in the log."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.errors import NotLinked, ProviderSignInRefused, ProviderUnavailable
from bot.records import Records, Tries
from bot.settings import Settings
from desk import throttle, tries
from desk.oidc import Identity, Provider
from desk.sign_in import SignedIn, sign_in_by_provider


@dataclass(frozen=True)
class Back:
    """What a browser brought from the provider, where it came from, and what it had kept."""

    answer: Mapping[str, str] = field(repr=False)
    cookie: str | None = field(repr=False)
    address: str
    device: str | None = field(default=None, repr=False)
    session: str | None = field(default=None, repr=False)


class UnknownIdentity(NotLinked):
    """As `NotLinked`, with who it is by the provider: shown to themselves alone, to be told to a supervisor."""

    def __init__(self, refused: NotLinked, identity: Identity) -> None:
        super().__init__(str(refused), refused.why)
        self.identity = identity


def provider_of(settings: Settings, records: Records, clock: Clock) -> Provider | None:
    """Return the provider of the settings, for as long as the server runs; None when there is none."""
    if settings.oidc is None or settings.public_url is None:
        return None
    return Provider(settings.oidc, settings.public_url, records.secret("oidc"), clock)


async def sign_in_back(records: Records, provider: Provider, back: Back) -> SignedIn:
    """Sign in who came back from the provider. The store is worked on in threads.

    Tries that come to nothing are counted: by the browser if staff have used it before, else by the address. There is
    nothing to guess here, but each one asks the provider and fills the log.

    Raises:
        SignInSlowed: too many came to nothing; it says how long to wait, and nothing was checked.
        UnknownIdentity: it is proved who they are, and no account that may sign in is theirs.
        ProviderSignInRefused: it is not proved; the kinds stand in `Provider.finish`.
        ProviderUnavailable: the provider is down, slow, or set up otherwise than here.
        RecordsError: the store cannot be used.
    """
    before = await asyncio.to_thread(_admit, records, back)
    try:
        identity = await provider.finish(back.answer, back.cookie)
    except ProviderUnavailable:
        await asyncio.to_thread(_take_back, records, before)
        raise
    except ProviderSignInRefused as refused:
        await asyncio.to_thread(_refused, records, refused.why)
        raise
    try:
        signed_in = await asyncio.to_thread(
            sign_in_by_provider, records, identity.issuer, identity.subject, back.device, back.session
        )
    except NotLinked as refused:
        raise UnknownIdentity(refused, identity) from None
    await asyncio.to_thread(_take_back, records, before)
    return signed_in


def _admit(records: Records, back: Back) -> dict[str, Tries]:
    with records.transaction() as store:
        known = back.device is not None and store.is_known_browser(back.device)
        key = f"provider_device {back.device}" if known else f"provider_address {throttle.network_of(back.address)}"
        return tries.count(store, {key: throttle.ADDRESS}, "unknown")


def _take_back(records: Records, before: Mapping[str, Tries]) -> None:
    with records.transaction() as store:
        tries.take_back(store, before)


def _refused(records: Records, why: str) -> None:
    with records.transaction() as store:
        store.audit("sign_in.failed", "unknown", "unknown", why=why, by="oidc")
