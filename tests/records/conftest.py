"""Stores for tests: on a SQLite file, on PostgreSQL, or on each in turn."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import psycopg2
import pytest

from bot.records import Cipher, Records
from bot.records.cipher import new_key

RETENTION_DAYS = 30

_MISSING = "PostgreSQL is not installed; these tests need it: apt-get install postgresql"


class Now:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.moment = datetime(2024, 3, 1, 9, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **span: float) -> None:
        """Let time pass; takes what `timedelta` takes."""
        self.moment += timedelta(**span)


@pytest.fixture
def clock() -> Now:
    return Now()


@pytest.fixture
def retention_days() -> int:
    return RETENTION_DAYS


@pytest.fixture
def cipher() -> Cipher:
    return Cipher([new_key()])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with running_server() as address:
        yield address


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'signpost.db'}"


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    return empty_database(postgres_server)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database; each test that asks for it runs once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]))


@pytest.fixture
def open_store(cipher: Cipher, clock: Now) -> Iterator[Callable[[str], Records]]:
    """Opens stores on a database; each is like one process."""
    opened: list[Records] = []

    def open_one(address: str) -> Records:
        opened.append(Records.open(address, cipher, clock, RETENTION_DAYS))
        return opened[-1]

    yield open_one
    for each in opened:
        each.dispose()


@pytest.fixture
def records(url: str, open_store: Callable[[str], Records]) -> Records:
    return open_store(url)


@pytest.fixture
def sqlite_records(sqlite_url: str, open_store: Callable[[str], Records]) -> Records:
    return open_store(sqlite_url)


@pytest.fixture
def chat(records: Records) -> str:
    """The id of a conversation in `records`."""
    with records.transaction() as store:
        return store.create_conversation("widget", "en").id


@contextmanager
def running_server() -> Iterator[str]:
    """Start a server and give its address without a database name; stop it and remove its files at the end.

    Without PostgreSQL the tests are skipped with the name of what to install; in CI they fail.
    """
    programs = _programs()
    if programs is None:
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    # Not below pytest's own folder: the server's account may not enter it.
    home = Path(tempfile.mkdtemp(prefix="signpost-pg-"))
    account = _account()
    if account:
        shutil.chown(home, account)
    data, password = home / "data", secrets.token_hex(16)
    try:
        _initialise(programs, data, password, account)
        port = _free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c fsync=off"
        _run([programs / "pg_ctl", "start", "-w", "-D", data, "-l", home / "log", "-o", options], account)
        try:
            yield f"postgresql://signpost:{password}@127.0.0.1:{port}"
        finally:
            _run([programs / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", data], account)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def empty_database(server: str) -> str:
    """Empty the server's one database and return its address: faster than a new one for each test."""
    connection = psycopg2.connect(f"{server}/postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    finally:
        connection.close()
    return f"{server}/postgres"


def _programs() -> Path | None:
    """Return the folder of the newest server; Debian keeps it off the PATH."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if versions:
        return max(versions, key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _account() -> str | None:
    """Return the account to run the server under: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam("postgres").pw_name


def _initialise(programs: Path, data: Path, password: str, account: str | None) -> None:
    file = data.parent / "password"
    file.write_text(password, encoding="ascii")
    file.chmod(0o600)
    if account:
        shutil.chown(file, account)
    encoding = ["-E", "UTF8", "--locale=C", "--no-sync"]
    user = ["-U", "signpost", "--auth=scram-sha-256", f"--pwfile={file}"]
    _run([programs / "initdb", "-D", data, *user, *encoding], account)


def _run(command: list[str | Path], account: str | None) -> None:
    # The server that pg_ctl starts inherits the output: a pipe would never end.
    subprocess.run(command, user=account, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
