"""Accounts of staff: who they are, what role they have, and what they sign in with."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, select, update

from bot.errors import AccountMissing, AccountTaken, IdentityTaken, RecordsError
from bot.records.audit import AuditLog
from bot.records.tables import staff, staff_devices, staff_identities, staff_sessions
from bot.records.work import new_code

ROLES = ("helper", "clinician", "supervisor")
#: Only a clinical role may lower a level.
CLINICIAN = "clinician"
SUPERVISOR = "supervisor"

_NAME_LENGTH = 40
_ID_LENGTH = 8
#: Who raised a case that rose with its chat.
BY_CHECKLIST = "checklist"
#: Characters of an issuer and of a subject, the latter by OpenID Connect Core, section 2.
_IDENTITY_LENGTH = 255
#: What the log and the cases call those who are not staff: no account may have one of these names.
NOT_PEOPLE = frozenset({"person", "red_flag", "site", "staff", "bot", "retention", "delivery", "unknown", BY_CHECKLIST})


@dataclass(frozen=True)
class Account:
    """One member of staff. `must_change`: the password is a first one, made by somebody else."""

    id: str
    name: str
    role: str
    must_change: bool
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True)
class Secrets:
    """What an account signs in with: the hash of its password, and the secret of its second factor (base 32)."""

    password_hash: str = field(repr=False)
    totp_secret: str = field(repr=False)


@dataclass(frozen=True)
class Credentials:
    """An account with its secrets. `last_step` is the time step of the last code that was taken."""

    account: Account
    secrets: Secrets
    last_step: int


_COLUMNS = (staff.c.id, staff.c.name, staff.c.role, staff.c.must_change, staff.c.created_at, staff.c.disabled_at)


class Accounts(AuditLog):
    """The part of a transaction that keeps accounts. Every change is entered in the audit log."""

    def add_account(self, name: str, role: str, secrets: Secrets, by: str, *, must_change: bool = True) -> Account:
        """Make an account with a first password, which its owner must change unless nobody knows it.

        Raises:
            RecordsError: the name cannot be shown, or stands for something else in the log.
            AccountTaken: there is one with this name, perhaps disabled.
            ValueError: the role is not one of ours.
        """
        _check_role(role)
        name = plain_name(name)
        if known := self._find(name):
            state = "a disabled account" if known.disabled_at else "an account"
            raise AccountTaken(
                f"{known.name} has {state} already; `staff reset` gives it a new password, or choose another name"
            )
        row = {
            "id": new_code(_ID_LENGTH),
            "name": name,
            "name_hash": self._name_hash(name),
            "role": role,
            "must_change": must_change,
            "created_at": self.now(),
            **self._sealed(secrets),
        }
        self.execute(insert(staff).values(row))
        self.audit("account.added", by, row["id"], role=role)
        return self.account(name)

    def accounts(self) -> list[Account]:
        """Return all accounts by name, disabled ones too."""
        return [self._account(row) for row in self.execute(select(*_COLUMNS).order_by(staff.c.name, staff.c.id))]

    def account(self, name: str) -> Account:
        """Return an account by its name, in any case.

        Raises:
            AccountMissing: there is none.
        """
        found = self._find(name)
        if found is None:
            raise AccountMissing("there is no account with this name; `staff accounts` shows them")
        return found

    def credentials(self, name: str) -> Credentials | None:
        """Return what an account signs in with, disabled ones too; None when there is none with this name."""
        row = self.first(select(staff).where(staff.c.name_hash == self._name_hash(name)))
        if row is None:
            return None
        secrets = Secrets(self.cipher.decrypt(row.password), self.cipher.decrypt(row.totp))
        return Credentials(self._account(row), secrets, row.totp_step)

    def reset_account(self, name: str, secrets: Secrets, by: str) -> Account:
        """Give an account a first password and a new second factor; a disabled one may sign in again.

        Its sessions end, and no browser is known as its own any more: the old one may be in other hands.

        Raises:
            AccountMissing: there is none with this name.
        """
        known = self.account(name)
        self._change(known, must_change=True, disabled_at=None, **self._sealed(secrets))
        self.execute(delete(staff_devices).where(staff_devices.c.staff_id == known.id))
        self.audit("account.reset", by, known.id)
        return self.account(name)

    def change_password(self, name: str, password_hash: str) -> Account:
        """Replace the password by one that the owner chose; sessions end, that of this change too.

        Raises:
            AccountMissing: there is none with this name.
        """
        known = self.account(name)
        self._change(known, must_change=False, password=self.cipher.encrypt(password_hash))
        self.audit("account.password_changed", known.name, known.id)
        return self.account(name)

    def renew_hash(self, account_id: str, password_hash: str) -> None:
        """Replace the hash of the same password by a stronger one; nothing else changes."""
        password = self.cipher.encrypt(password_hash)
        self.execute(update(staff).where(staff.c.id == account_id).values(password=password))

    def change_role(self, name: str, role: str, by: str) -> Account:
        """Give an account another role; its sessions end, so that nobody goes on with the old one.

        Raises:
            AccountMissing: there is none with this name.
            ValueError: the role is not one of ours.
        """
        _check_role(role)
        known = self.account(name)
        if known.role != role:
            self._change(known, role=role)
            self.audit("account.role_changed", by, known.id, old=known.role, new=role)
        return self.account(name)

    def link_identity(self, name: str, issuer: str, subject: str, by: str, secrets: Secrets | None = None) -> Account:
        """Let a person of a provider sign in to an account, in the place of who was linked with it there before.

        Its sessions end: whoever has one may be somebody else.

        Args:
            name: of the account.
            issuer: the provider.
            subject: who it is there. Kept as a keyed hash alone.
            by: who does it, for the log.
            secrets: ones that nobody knows, to replace a first password that was not used yet.

        Raises:
            AccountMissing: there is none with this name.
            IdentityTaken: this person is linked with another account.
            RecordsError: issuer or subject is none.
        """
        known = self.account(name)
        if not (0 < len(issuer) <= _IDENTITY_LENGTH and 0 < len(subject) <= _IDENTITY_LENGTH and subject.isprintable()):
            raise RecordsError(f"a subject has 1 to {_IDENTITY_LENGTH} characters, exactly as the provider shows it")
        other = self.account_of(issuer, subject)
        if other and other.id != known.id:
            raise IdentityTaken(f"this subject is linked with {other.name}; `staff unlink` takes it from there first")
        self._unlink(known, issuer)
        row = {"issuer": issuer, "subject_hash": self._subject_hash(issuer, subject), "staff_id": known.id}
        self.execute(insert(staff_identities).values(**row, linked_at=self.now()))
        self._change(known, **({"must_change": False, **self._sealed(secrets)} if secrets else {}))
        self.audit("account.linked", by, known.id)
        return self.account(name)

    def unlink_identity(self, name: str, by: str) -> bool:
        """Take every provider from an account, and end its sessions; False when there was none.

        Raises:
            AccountMissing: there is none with this name.
        """
        known = self.account(name)
        if not self._unlink(known):
            return False
        self._change(known)
        self.audit("account.unlinked", by, known.id)
        return True

    def account_of(self, issuer: str, subject: str) -> Account | None:
        """Return the account of a person of a provider, a disabled one too; None when none is linked."""
        mine = and_(
            staff_identities.c.issuer == issuer,
            staff_identities.c.subject_hash == self._subject_hash(issuer, subject),
        )
        row = self.first(select(*_COLUMNS).where(staff.c.id == staff_identities.c.staff_id, mine))
        return self._account(row) if row else None

    def linked_accounts(self) -> set[str]:
        """Return the ids of the accounts that are linked with a person of a provider."""
        return {row.staff_id for row in self.execute(select(staff_identities.c.staff_id))}

    def _unlink(self, known: Account, issuer: str | None = None) -> int:
        mine = staff_identities.c.staff_id == known.id
        if issuer is not None:
            mine = and_(mine, staff_identities.c.issuer == issuer)
        return self.changed(delete(staff_identities).where(mine))

    def _disable(self, known: Account, by: str) -> None:
        """End the account and its sessions. Cases are not looked at; see `CaseWork.disable_account`."""
        self._change(known, disabled_at=self.now())
        self.execute(delete(staff_devices).where(staff_devices.c.staff_id == known.id))
        self.audit("account.disabled", by, known.id)

    def _change(self, known: Account, **values: Any) -> None:
        """Change an account, or nothing of it, and end its sessions."""
        if values:
            self.execute(update(staff).where(staff.c.id == known.id).values(values))
        self.execute(delete(staff_sessions).where(staff_sessions.c.staff_id == known.id))

    def _lock_account(self, known: Account) -> Account:
        """Return the account as it is now; it stays so until this transaction ends."""
        return self._account(self.first(select(*_COLUMNS).where(staff.c.id == known.id).with_for_update()))

    def _find(self, name: str) -> Account | None:
        row = self.first(select(*_COLUMNS).where(staff.c.name_hash == self._name_hash(name)))
        return self._account(row) if row else None

    def _sealed(self, secrets: Secrets) -> dict[str, Any]:
        return {
            "password": self.cipher.encrypt(secrets.password_hash),
            "totp": self.cipher.encrypt(secrets.totp_secret),
            "totp_step": 0,
        }

    def _name_hash(self, name: str) -> str:
        return self.keyed_hash("staff", folded_name(name))

    def _subject_hash(self, issuer: str, subject: str) -> str:
        return self.keyed_hash("identity", f"{issuer}\0{subject}")

    def _account(self, row: Any) -> Account:
        return Account(row.id, row.name, row.role, row.must_change, row.created_at, row.disabled_at)


def folded_name(name: str) -> str:
    """Return a name as everybody would read it: without case, width or superfluous spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def plain_name(name: str) -> str:
    """Return a name as it is kept: single spaces, nothing around it.

    Raises:
        RecordsError: it is empty, too long, cannot be shown, or stands for something else in the log.
    """
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    if not 0 < len(plain) <= _NAME_LENGTH or not plain.isprintable():
        raise RecordsError(f"a name has 1 to {_NAME_LENGTH} characters that can be printed, such as Anna or Anna K")
    if folded_name(plain) in NOT_PEOPLE:
        raise RecordsError(f"{plain} means something else in the log; choose another name")
    return plain


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise ValueError(f"{role[:20]!a} is no role; use one of {', '.join(ROLES)}")
