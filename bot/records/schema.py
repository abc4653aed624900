"""Brings a database to the schema of this release, and checks that the keys are the ones that wrote it."""

from __future__ import annotations

import secrets
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Engine

from bot.errors import KeyLost, RecordsError
from bot.records.cipher import Cipher
from bot.records.engine import begin_writing, is_sqlite, translated_errors, wait_longer
from bot.records.tables import meta

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOOKUP_SALT = "lookup_salt"
#: Any number that no other program uses on the same database; keeps two starting processes from migrating at
#: once.
_ADVISORY_LOCK = int.from_bytes(b"signpst", "big")


def prepare(engine: Engine, cipher: Cipher) -> bytes:
    """Migrate to the newest schema and return the secret that look-up hashes are made with.

    Raises:
        RecordsError: the database was made by a newer release, or is not one of ours.
        RecordsUnavailable: it cannot be reached or written.
        KeyLost: it was written with other keys.
    """
    with translated_errors(), engine.connect() as connection, connection.begin():
        wait_longer(connection)
        begin_writing(connection)
        if not is_sqlite(connection):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
        _upgrade(connection)
        return _lookup_salt(connection, cipher)


def alembic_config(connection: Connection) -> Config:
    """Return the settings for Alembic's commands, which then work over this connection."""
    config = Config()
    # Alembic reads a percent sign in a setting as the beginning of a reference.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    try:
        command.upgrade(alembic_config(connection), "head")
    except CommandError:
        raise RecordsError(
            "the database has tables of a newer release; start that release, or restore the backup made before it"
        ) from None


def _lookup_salt(connection: Connection, cipher: Cipher) -> bytes:
    """Return the random secret kept in the database; being encrypted, it also proves that the keys fit."""
    token = connection.execute(select(meta.c.value).where(meta.c.key == _LOOKUP_SALT)).scalar()
    if token is None:
        salt = secrets.token_bytes(32)
        connection.execute(insert(meta).values(key=_LOOKUP_SALT, value=cipher.encrypt(salt.hex())))
        return salt
    try:
        return bytes.fromhex(cipher.decrypt(token))
    except KeyLost:
        raise KeyLost(
            "the database was written with a key that is not in SIGNPOST_KEYS: put that key back; "
            "without it the stored text is lost, and only a new database can be started"
        ) from None
