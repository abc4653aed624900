"""Sessions of staff, the browsers that they are known in, codes that count once, and wrong sign-ins.

Ids of sessions and devices are random and kept as keyed hashes: a copy of the database lets nobody in.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.records.accounts import Account, Accounts
from bot.records.engine import is_sqlite
from bot.records.tables import sign_in_tries, staff, staff_devices, staff_sessions

#: A session ends when nobody used it for this long, as on a desk that somebody left.
IDLE = timedelta(minutes=20)
#: And after one long shift, used or not.
LONGEST = timedelta(hours=12)
#: A browser that was not used for this long is a stranger again.
DEVICE_LIFE = timedelta(days=90)
#: Wrong sign-ins are forgotten a day after the last one.
TRY_LIFE = timedelta(days=1)
#: Use is noted at most this often: a page that asks every second need not write every second.
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Session:
    """Somebody is signed in. `ends_at` is the end that no use puts off."""

    account: Account
    started_at: datetime
    used_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Tries:
    """Wrong sign-ins under one key; `last_at` is None when there are none."""

    failures: int
    last_at: datetime | None


class SignIns(Accounts):
    """The part of a transaction that keeps sessions and wrong sign-ins."""

    def start_session(self, account: Account) -> str:
        """Return the id of a new session, which is told once and kept by the browser alone."""
        session_id = secrets.token_urlsafe(32)
        now = self.now()
        row = {
            "id_hash": self._session_hash(session_id),
            "staff_id": account.id,
            "started_at": now,
            "used_at": now,
            "ends_at": now + LONGEST,
        }
        self.execute(insert(staff_sessions).values(row))
        return session_id

    def session(self, session_id: str) -> Session | None:
        """Return who is signed in, or None: unknown, ended, idle for too long, or the account is disabled.

        Only looks: what a page asks for by itself must not keep somebody signed in.
        """
        query = select(staff_sessions).where(staff_sessions.c.id_hash == self._session_hash(session_id))
        row = self.first(query)
        if row is None or self.now() >= min(row.ends_at, row.used_at + IDLE):
            return None
        account = self._account(self.first(select(staff).where(staff.c.id == row.staff_id)))
        return None if account.disabled_at else Session(account, row.started_at, row.used_at, row.ends_at)

    def use_session(self, session_id: str) -> Session | None:
        """Return who is signed in, as `session` does, and note that a person did something."""
        found = self.session(session_id)
        if found and self.now() - found.used_at >= _NOTED_EVERY:
            mine = staff_sessions.c.id_hash == self._session_hash(session_id)
            self.execute(update(staff_sessions).where(mine).values(used_at=self.now()))
        return found

    def end_session(self, session_id: str) -> None:
        """Sign out. Nothing happens for a session that has ended."""
        found = self.session(session_id)
        self._drop_session(session_id)
        if found:
            self.audit("sign_out", found.account.name, found.account.id)

    def _drop_session(self, session_id: str) -> None:
        self.execute(delete(staff_sessions).where(staff_sessions.c.id_hash == self._session_hash(session_id)))

    def rotate_session(self, account: Account, earlier: str | None) -> str:
        """Return a new session and end the one that the same browser had, whoever's it was."""
        if earlier:
            self._drop_session(earlier)
        return self.start_session(account)

    def take_code(self, account: Account, step: int) -> bool:
        """Note that the code of a time step was used; False when it, or a later one, was used before."""
        unused = and_(staff.c.id == account.id, staff.c.totp_step < step)
        return self.changed(update(staff).where(unused).values(totp_step=step)) == 1

    def is_known_device(self, account: Account, device: str) -> bool:
        """Whether the account has signed in from this browser, not too long ago."""
        query = select(staff_devices.c.used_at).where(
            staff_devices.c.device_hash == self._device_hash(device),
            staff_devices.c.staff_id == account.id,
            staff_devices.c.used_at > self.now() - DEVICE_LIFE,
        )
        return self.first(query) is not None

    def is_known_browser(self, device: str) -> bool:
        """Whether anybody has signed in from this browser, not too long ago."""
        query = select(staff_devices.c.used_at).where(
            staff_devices.c.device_hash == self._device_hash(device),
            staff_devices.c.used_at > self.now() - DEVICE_LIFE,
        )
        return self.first(query) is not None

    def know_device(self, account: Account, device: str | None) -> str:
        """Note that the account signed in from this browser; return the id for it to keep, new unless we made it.

        An id that we did not make is not taken over: somebody may have put it there.
        """
        mine = staff_devices.c.device_hash == self._device_hash(device or "")
        if device is None or self.first(select(staff_devices.c.staff_id).where(mine)) is None:
            device = secrets.token_urlsafe(32)
        hashed, now = self._device_hash(device), self.now()
        row = and_(staff_devices.c.device_hash == hashed, staff_devices.c.staff_id == account.id)
        if not self.changed(update(staff_devices).where(row).values(used_at=now)):
            self.execute(insert(staff_devices).values(device_hash=hashed, staff_id=account.id, used_at=now))
        return device

    def tries(self, key: str) -> Tries:
        """Return the wrong sign-ins under a key; whoever else asks for it waits until this transaction ends."""
        row = {"key_hash": self._try_hash(key), "failures": 0, "last_at": self.now()}
        make = sqlite.insert if is_sqlite(self.connection) else postgresql.insert
        self.execute(make(sign_in_tries).values(row).on_conflict_do_nothing())
        mine = sign_in_tries.c.key_hash == row["key_hash"]
        found = self.first(select(sign_in_tries).where(mine).with_for_update())
        if found is None or not found.failures or found.last_at <= self.now() - TRY_LIFE:
            return Tries(0, None)
        return Tries(found.failures, found.last_at)

    def count_try(self, key: str) -> Tries:
        """Count a sign-in as wrong, before it is known whether it is: many at once cannot outrun the count."""
        counted = Tries(self.tries(key).failures + 1, self.now())
        self._set_tries(key, counted)
        return counted

    def take_back_try(self, key: str, before: Tries) -> None:
        """Take one wrong sign-in back that was counted beforehand and turned out right.

        Args:
            key: the key it was counted under.
            before: what stood there then. It comes back as it was, unless others have failed meanwhile.
        """
        found = self.tries(key)
        if found.failures <= before.failures + 1:
            self._set_tries(key, before)
        else:
            self._set_tries(key, Tries(found.failures - 1, found.last_at))

    def clear_tries(self, key: str) -> None:
        """Forget the wrong sign-ins under a key."""
        self._set_tries(key, Tries(0, None))

    def _set_tries(self, key: str, tries: Tries) -> None:
        mine = sign_in_tries.c.key_hash == self._try_hash(key)
        values = {"failures": tries.failures, "last_at": tries.last_at or self.now()}
        self.execute(update(sign_in_tries).where(mine).values(values))

    def _purge_sign_ins(self, now: datetime) -> None:
        """Delete sessions that have ended, wrong sign-ins that are forgotten, and browsers unused for long."""
        over = or_(staff_sessions.c.ends_at <= now, staff_sessions.c.used_at <= now - IDLE)
        self.execute(delete(staff_sessions).where(over))
        self.execute(delete(sign_in_tries).where(sign_in_tries.c.last_at <= now - TRY_LIFE))
        self.execute(delete(staff_devices).where(staff_devices.c.used_at <= now - DEVICE_LIFE))

    def _session_hash(self, session_id: str) -> str:
        return self.keyed_hash("session", session_id)

    def _device_hash(self, device: str) -> str:
        return self.keyed_hash("device", device)

    def _try_hash(self, key: str) -> str:
        return self.keyed_hash("sign_in", key)
