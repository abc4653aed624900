"""Making accounts, giving new secrets, and choosing a password of one's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from secrets import token_urlsafe

from bot.errors import NotAllowed, SignInRefused
from bot.records import Account, Credentials, Records, Secrets, Transaction
from bot.records.accounts import SUPERVISOR
from bot.records.work import new_code
from desk import passwords, throttle, totp, tries
from desk.words import say

#: Characters of a first password, 5 bits each.
_FIRST_LENGTH = 16


@dataclass(frozen=True)
class First:
    """An account with its first secrets, which are shown once and stand nowhere in the clear."""

    account: Account
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)


def add(records: Records, name: str, role: str, by: str) -> First:
    """Make an account with a random first password and a second factor.

    Raises:
        RecordsError: the name cannot be used, or the store cannot.
        AccountTaken: there is an account with this name.
        ValueError: the role is not one of ours.
    """
    password, secret = _first_password(), totp.new_secret()
    # Before the transaction: chats would wait while it is being hashed.
    secrets = Secrets(passwords.hash_password(password), secret)
    with records.transaction() as store:
        return First(store.add_account(name, role, secrets, by), password, secret)


def add_linked(records: Records, name: str, role: str, issuer: str, subject: str, by: str) -> Account:
    """Make an account whose owner signs in by a provider, and by no password until `reset` gives one.

    Raises:
        RecordsError: the name or the subject cannot be used, or the store cannot.
        AccountTaken: there is an account with this name.
        IdentityTaken: this person of the provider has another account.
        ValueError: the role is not one of ours.
    """
    secrets = _unknown()
    with records.transaction() as store:
        store.add_account(name, role, secrets, by, must_change=False)
        return store.link_identity(name, issuer, subject, by)


def link(records: Records, name: str, issuer: str, subject: str, by: str) -> Account:
    """Let a person of a provider sign in to an account. A first password that was not used yet works no more.

    Raises:
        AccountMissing: there is no account with this name.
        IdentityTaken: this person of the provider has another account.
        RecordsError: the subject cannot be used, or the store cannot.
    """
    secrets = _unknown()
    with records.transaction() as store:
        unused = store.account(name).must_change
        return store.link_identity(name, issuer, subject, by, secrets if unused else None)


def reset(records: Records, name: str, by: str) -> First:
    """Give an account a new first password and second factor; a disabled one may sign in again.

    Raises:
        AccountMissing: there is no account with this name.
    """
    password, secret = _first_password(), totp.new_secret()
    secrets = Secrets(passwords.hash_password(password), secret)
    with records.transaction() as store:
        return First(store.reset_account(name, secrets, by), password, secret)


def choose_password(records: Records, name: str, old: str, new: str) -> str:
    """Replace a password by one that its owner chose, end every session, and return a new one.

    Raises:
        AccountMissing: there is no account with this name.
        SignInRefused: the old password is not right, which is counted and entered in the audit log.
        SignInSlowed: it was wrong too often; it says how long to wait, and nothing was checked.
        ValueError: the new one is refused; it says why and what to do.
    """
    with records.transaction() as store:
        account = store.account(name)
        known = store.credentials(name)
        # A count of its own: who guesses at a desk that somebody left must not keep its owner from signing in.
        before = tries.count(store, {f"change {account.id}": throttle.DEVICE}, account.id)
    right = passwords.matches(known.secrets.password_hash if known else None, old)
    with records.transaction() as store:
        # Read again: it may have been reset, or disabled, while the old password was being checked.
        right = right and _unchanged(known, store.credentials(name))
        if right:
            for key in before:
                store.clear_tries(key)
        else:
            store.audit("account.password_refused", account.name, account.id)
    if not right:
        raise SignInRefused("the old password is not right")
    if old == new:
        raise ValueError("the new password is the old one: choose another")
    if fault := passwords.fault(new, account.name):
        raise ValueError(f"the new password is {fault}")
    hashed = passwords.hash_password(new)
    with records.transaction() as store:
        return store.start_session(store.change_password(account.name, hashed))


def _unchanged(known: Credentials | None, present: Credentials | None) -> bool:
    return bool(known and present and present.secrets == known.secrets and not present.account.disabled_at)


def _unknown() -> Secrets:
    """Return secrets that nobody knows. They cost as much to check as others, so that nobody can tell them apart."""
    return Secrets(passwords.hash_password(token_urlsafe(32)), totp.new_secret())


def keep_a_supervisor(store: Transaction) -> None:
    """Refuse a change after which nobody could make accounts at the desk any more; asked for after it.

    Ask within the same transaction: the change is in the log by then, whose end one transaction after the other has,
    so that of two supervisors who end each other's accounts at once, the second is refused.

    Raises:
        NotAllowed: no supervisor is left. Nothing of the transaction may be kept.
    """
    if not any(account.role == SUPERVISOR and account.disabled_at is None for account in store.accounts()):
        raise NotAllowed(say("desk.accounts.last_supervisor"))


def _first_password() -> str:
    code = new_code(_FIRST_LENGTH)
    return "-".join(code[start : start + 4] for start in range(0, _FIRST_LENGTH, 4))
