"""Signing in: name, password and code in, a session out. Wrong ones are counted before they are checked.

Who signs in by the site's provider (`desk.oidc`) comes in through `sign_in_by_provider`.

Call it in a thread: checking a password takes a twentieth of a second by design, and holds no lock of the store.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.errors import NotLinked, SignInRefused
from bot.records import Account, Credentials, Records, Transaction, Tries
from bot.records.accounts import folded_name
from desk import passwords, throttle, totp, tries
from desk.words import say

_REFUSED = "name, password or code is not right. A code counts once: wait for the next one"


@dataclass(frozen=True)
class Attempt:
    """What somebody typed, and where it came from. `device` and `session` are what the browser had kept."""

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    address: str
    device: str | None = field(default=None, repr=False)
    session: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SignedIn:
    """Somebody is signed in. The browser keeps both ids: `session` until it ends, `device` for months."""

    account: Account
    session: str = field(repr=False)
    device: str = field(repr=False)


def sign_in(records: Records, attempt: Attempt, *, by_password: bool = True) -> SignedIn:
    """Check an attempt; begin a session, under a new id, and end the one that this browser had.

    Every attempt that is checked is entered in the audit log, and the beginning of every wait; what was typed never is.

    Args:
        records: the store.
        attempt: what was typed.
        by_password: whether the site lets passwords in at all (`Settings.password_sign_in`).

    Raises:
        SignInSlowed: there were too many wrong ones; it says how long to wait, and nothing was checked.
        SignInRefused: something is wrong, or the account is disabled; it does not say which.
        RecordsError: the store cannot be used.
    """
    if not by_password:
        raise SignInRefused(say("oidc.passwords_closed"))
    with records.transaction() as store:
        known = store.credentials(attempt.name)
        before = tries.count(store, _limits(store, attempt, known), known.account.id if known else "unknown")
    right = passwords.matches(known.secrets.password_hash if known else None, attempt.password)
    # Hashed outside of any transaction: chats would wait for it.
    renewed = _renewed(known, attempt.password) if right else None
    with records.transaction() as store:
        fault = _fault(store, attempt, known, right=right)
        if fault is None and known is not None:
            return _begin(store, attempt, known.account, before, renewed)
        who = known.account if known else None
        store.audit("sign_in.failed", who.name if who else "unknown", who.id if who else "unknown", why=fault or "name")
    raise SignInRefused(_REFUSED)


def sign_in_by_provider(
    records: Records, issuer: str, subject: str, device: str | None, session: str | None
) -> SignedIn:
    """Begin a session for somebody whose provider has just said who they are; end the one that this browser had.

    Nothing else is asked: how sure the provider is, and by which second factor, is the provider's. Both ways out are
    entered in the audit log, which never names a subject.

    Args:
        records: the store.
        issuer: the provider.
        subject: who it is there.
        device: what the browser had kept, as in `Attempt`.
        session: the same.

    Raises:
        NotLinked: no account is linked with them, or theirs is disabled; it says what to ask for.
        RecordsError: the store cannot be used.
    """
    with records.transaction() as store:
        account = store.account_of(issuer, subject)
        if account and not account.disabled_at:
            signed_in = SignedIn(account, store.rotate_session(account, session), store.know_device(account, device))
            store.audit("sign_in", account.name, account.id, by="oidc")
            return signed_in
        why = "disabled" if account else "not_linked"
        name, about = (account.name, account.id) if account else ("unknown", "unknown")
        store.audit("sign_in.failed", name, about, why=why, by="oidc")
    raise NotLinked(say(f"oidc.{why}"), why)


def _limits(store: Transaction, attempt: Attempt, known: Credentials | None) -> dict[str, throttle.Limit]:
    """Return the keys that this attempt counts under, with their limits."""
    if known and attempt.device and store.is_known_device(known.account, attempt.device):
        return {f"device {known.account.id} {attempt.device}": throttle.DEVICE}
    return {
        f"account {folded_name(attempt.name)}": throttle.ACCOUNT,
        f"address {throttle.network_of(attempt.address)}": throttle.ADDRESS,
    }


def _fault(store: Transaction, attempt: Attempt, known: Credentials | None, *, right: bool) -> str | None:
    """Return what is wrong, for the log; None when nothing is, and the code is then taken."""
    # Read again: the account may have been disabled, or reset, while the password was being checked.
    present = store.credentials(attempt.name)
    if known is None or present is None:
        return "name"
    if not right or present.secrets != known.secrets:
        return "password"
    if present.account.disabled_at:
        return "disabled"
    step = totp.matching_step(present.secrets.totp_secret, attempt.code, store.now(), present.last_step)
    if step is None or not store.take_code(present.account, step):
        return "code"
    return None


def _begin(
    store: Transaction, attempt: Attempt, account: Account, before: dict[str, Tries], renewed: str | None
) -> SignedIn:
    own = [key for key in before if key.startswith("device ")]
    for key in own:
        store.clear_tries(key)
    tries.take_back(store, {key: stood for key, stood in before.items() if key not in own})
    if renewed:
        store.renew_hash(account.id, renewed)
    session = store.rotate_session(account, attempt.session)
    device = store.know_device(account, attempt.device)
    store.audit("sign_in", account.name, account.id)
    return SignedIn(account, session, device)


def _renewed(known: Credentials | None, password: str) -> str | None:
    """Return a new hash of the same password when the old one was made with weaker parameters."""
    if known is None or not passwords.is_outdated(known.secrets.password_hash):
        return None
    return passwords.hash_password(password)
