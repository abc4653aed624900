"""Signing in at the desk: right and wrong ones, sessions and their ends, and waits that shut nobody out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from bot.errors import SignInRefused, SignInSlowed
from bot.records import Records
from bot.records.sign_ins import DEVICE_LIFE, IDLE, LONGEST, TRY_LIFE
from desk import accounts, passwords, throttle
from desk.sign_in import Attempt, sign_in
from tests.desk.conftest import PASSWORD, Person


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashes: what is tested here is not how dear they are."""
    passwords._nobody.cache_clear()
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


def _log(records: Records) -> list[tuple[str, str, str, str | None]]:
    with records.reading() as store:
        rows = store.execute(text("SELECT what, who, about, facts FROM audit ORDER BY seq")).all()
    return [tuple(row) for row in rows if row.what.startswith("sign_")]


def _fail(person: Person, times: int, **typed: Any) -> None:
    """So many wrong sign-ins that were checked."""
    for _ in range(times):
        with pytest.raises(SignInRefused):
            person.sign_in(**{"password": "a wrong password", "device": None, **typed})


# right and wrong ----------------------------------------------------------------------------------------------------


def test_the_right_three_begin_a_session(records: Records, anna: Person) -> None:
    """Name in any case, password and code; and it is in the log."""
    done = anna.sign_in(name=" ANNA ")
    with records.reading() as store:
        session = store.session(done.session)
    assert session
    assert session.account == done.account == anna.account
    assert session.account.must_change
    assert _log(records) == [("sign_in", "Anna", anna.account.id, None)]


@pytest.mark.parametrize(
    ("typed", "who", "why"),
    [
        ({"name": "Nobody"}, "unknown", "name"),
        ({"name": ""}, "unknown", "name"),
        ({"password": "a wrong password"}, "Anna", "password"),
        ({"password": ""}, "Anna", "password"),
        ({"password": "x" * 100_000}, "Anna", "password"),
        ({"code": "000000"}, "Anna", "code"),
        ({"code": ""}, "Anna", "code"),
        ({"code": "'; DROP TABLE staff; --"}, "Anna", "code"),
    ],
)
def test_anything_wrong_is_refused_in_the_same_words(
    records: Records, anna: Person, typed: dict[str, str], who: str, why: str
) -> None:
    """Which of them it was stands in the log alone, and what was typed nowhere."""
    with pytest.raises(SignInRefused, match="name, password or code is not right"):
        anna.sign_in(**typed)
    ((what, by, about, facts),) = _log(records)
    assert (what, by, facts) == ("sign_in.failed", who, f"why={why}")
    assert about == (anna.account.id if who == "Anna" else "unknown")


def test_a_code_counts_once(records: Records, anna: Person) -> None:
    """Read over a shoulder, or caught on the way, it is of no use; the next one is."""
    code = anna.code()
    anna.sign_in(code=code)
    with pytest.raises(SignInRefused):
        anna.sign_in(code=code)
    anna.sign_in()


def test_the_store_takes_a_step_once(records: Records, anna: Person) -> None:
    """By itself, whatever was read before: of two processes that saw the same last step one gets it."""
    with records.transaction() as store:
        assert [store.take_code(anna.account, step) for step in (7, 7, 6, 8)] == [True, False, False, True]


def test_a_code_of_a_wrong_password_still_counts(anna: Person) -> None:
    """A slip in the password does not cost half a minute."""
    code = anna.code()
    with pytest.raises(SignInRefused):
        anna.sign_in(code=code, password="a wrong password")
    anna.sign_in(code=code)


def test_a_disabled_account_does_not_get_in(records: Records, anna: Person) -> None:
    """It is told no more than anybody else, and a reset brings it back with new secrets alone."""
    with records.transaction() as store:
        store.disable_account("Anna", "root")
    with pytest.raises(SignInRefused):
        anna.sign_in()
    assert _log(records)[-1][3] == "why=disabled"
    first = accounts.reset(records, "anna", "root")
    with pytest.raises(SignInRefused):
        anna.sign_in()
    anna.password, anna.secret = first.password, first.totp_secret
    assert anna.sign_in().account.disabled_at is None


def test_who_is_disabled_while_the_password_is_checked_stays_out(
    records: Records, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is looked at again afterwards."""
    real = passwords.matches

    def meanwhile(hashed: str | None, password: str) -> bool:
        with records.transaction() as store:
            store.disable_account("Anna", "root")
        return real(hashed, password)

    monkeypatch.setattr(passwords, "matches", meanwhile)
    with pytest.raises(SignInRefused):
        anna.sign_in()


def test_two_at_once_with_one_code(url: str, open_store: Callable[[str], Records], anna: Person) -> None:
    """Of two browsers in two processes one gets in."""
    stores = [open_store(url), open_store(url)]
    attempt = Attempt(anna.account.name, anna.password, anna.code(), "192.0.2.7")
    got: list[str] = []

    def run(each: Records) -> None:
        try:
            sign_in(each, attempt)
            got.append("in")
        except SignInRefused:
            got.append("out")

    threads = [threading.Thread(target=run, args=(each,)) for each in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == ["in", "out"]


def test_a_hash_of_weaker_parameters_is_made_anew(
    records: Records, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the next sign-in, without anybody noticing."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    done = anna.sign_in()
    with records.reading() as store:
        known = store.credentials("Anna")
        assert known and "t=2" in known.secrets.password_hash
        assert store.session(done.session)
    anna.sign_in()


# sessions -----------------------------------------------------------------------------------------------------------


def test_a_session_ends_when_nobody_uses_it(records: Records, anna: Person, clock: Any) -> None:
    """A page that asks by itself does not keep it; a person does."""
    done = anna.sign_in()
    for _ in range(3):
        clock.advance(minutes=IDLE.total_seconds() / 60 - 1)
        with records.transaction() as store:
            assert store.use_session(done.session)
    for _ in range(3):
        with records.reading() as store:
            found = store.session(done.session)
        clock.advance(minutes=IDLE.total_seconds() / 60 / 2)
    assert found is None


def test_a_session_ends_after_a_long_shift(records: Records, anna: Person, clock: Any) -> None:
    """However busy the shift was."""
    done = anna.sign_in()
    begun = clock()
    while clock() - begun < LONGEST - timedelta(minutes=10):
        clock.advance(minutes=10)
        with records.transaction() as store:
            assert store.use_session(done.session), clock() - begun
    clock.advance(minutes=10)
    with records.transaction() as store:
        assert store.use_session(done.session) is None


def test_signing_in_again_ends_the_session_that_the_browser_had(records: Records, hire: Any) -> None:
    """Its id is never used again, so that one planted there is of no use; other browsers stay signed in."""
    anna, ben = hire("Anna"), hire("Ben")
    elsewhere, first = anna.sign_in(device=None), anna.sign_in(device=None)
    second = ben.sign_in(session=first.session)
    with records.reading() as store:
        assert store.session(first.session) is None
        assert store.session(elsewhere.session)
        assert store.session(second.session)
        assert store.session("planted") is None


def test_signing_out_ends_it(records: Records, anna: Person) -> None:
    """At once, once, and in the log."""
    done = anna.sign_in()
    with records.transaction() as store:
        store.end_session(done.session)
        store.end_session(done.session)
        assert store.session(done.session) is None
    assert [what for what, *_ in _log(records)] == ["sign_in", "sign_out"]


@pytest.mark.parametrize(
    "change",
    [
        lambda records: records.disable_account("Anna", "root"),
        lambda records: records.change_role("Anna", "supervisor", "root"),
        lambda records: records.change_password("Anna", "$argon2id$hash"),
    ],
)
def test_a_changed_account_is_signed_out_everywhere(
    records: Records, hire: Any, change: Callable[[Any], object]
) -> None:
    """Nobody goes on with rights, or a password, that they no longer have; others are not disturbed."""
    anna, ben = hire("Anna"), hire("Ben")
    mine, other = [anna.sign_in(device=None) for _ in range(2)], ben.sign_in()
    with records.transaction() as store:
        change(store)
        assert [store.session(each.session) for each in mine] == [None, None]
        assert store.session(other.session)


def test_nothing_that_lets_in_stands_in_the_database(records: Records, anna: Person) -> None:
    """Neither session nor device, password, code or secret, nor the address."""
    done = anna.sign_in()
    _fail(anna, 1)
    with records.reading() as store:
        dump = "".join(
            str(store.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("staff", "staff_sessions", "staff_devices", "sign_in_tries", "audit")
        )
    for secret in (done.session, done.device, anna.password, anna.secret, anna.address, "$argon2id$"):
        assert secret not in dump
    assert done.session not in repr(done)
    assert anna.password not in repr(Attempt("Anna", anna.password, "123456", "192.0.2.7"))


def test_the_purge_takes_what_is_over(records: Records, anna: Person, clock: Any) -> None:
    """Ended sessions, forgotten tries, browsers unused for months; the account stays."""
    anna.sign_in()
    _fail(anna, 2)
    clock.advance(days=DEVICE_LIFE.days + 1)
    records.purge()
    with records.reading() as store:
        for table in ("staff_sessions", "staff_devices", "sign_in_tries"):
            assert store.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table
        assert store.account("Anna") == anna.account


# a password of one's own --------------------------------------------------------------------------------------------


def test_choosing_a_password(records: Records, anna: Person) -> None:
    """The first one no longer works, every session but the new one has ended, and it is nobody else's any more."""
    done = anna.sign_in()
    session = accounts.choose_password(records, "Anna", anna.password, PASSWORD)
    with records.reading() as store:
        assert store.session(done.session) is None
        found = store.session(session)
        assert found and not found.account.must_change
    with pytest.raises(SignInRefused):
        anna.sign_in()
    anna.password = PASSWORD
    anna.sign_in()


@pytest.mark.parametrize(
    ("new", "message"),
    [("short", "at least 12"), ("Password1234", "others would try"), (None, "is the old one"), ("x" * 300, "at most")],
)
def test_a_bad_choice_is_said_in_words(records: Records, anna: Person, new: str | None, message: str) -> None:
    """And nothing has changed."""
    with pytest.raises(ValueError, match=message):
        accounts.choose_password(records, "Anna", anna.password, anna.password if new is None else new)
    anna.sign_in()


def test_the_old_password_is_asked_for(records: Records, anna: Person) -> None:
    """A desk that somebody left open does not give the account away."""
    with pytest.raises(SignInRefused):
        accounts.choose_password(records, "Anna", "a wrong password", PASSWORD)
    with records.transaction() as store:
        store.disable_account("Anna", "root")
    with pytest.raises(SignInRefused):
        accounts.choose_password(records, "Anna", anna.password, PASSWORD)


# waits --------------------------------------------------------------------------------------------------------------


def test_wrong_ones_are_slowed_down(records: Records, anna: Person, clock: Any) -> None:
    """After five, half a minute in which even the right ones are not checked; and it says how long."""
    _fail(anna, 5)
    with pytest.raises(SignInSlowed, match="Try again in a minute") as caught:
        anna.sign_in()
    assert caught.value.wait == throttle.ACCOUNT.first
    assert _log(records)[-2:] == [
        ("sign_in.slowed", "site", anna.account.id, "by=account failures=5"),
        ("sign_in.failed", "Anna", anna.account.id, "why=password"),
    ]
    clock.advance(seconds=30)
    anna.sign_in()


def test_a_wait_survives_a_restart(url: str, open_store: Callable[[str], Records], anna: Person) -> None:
    """It is stored, and holds for every process."""
    _fail(anna, 5)
    anna.records = open_store(url)
    with pytest.raises(SignInSlowed):
        anna.sign_in()


def test_names_without_an_account_are_slowed_down_too(records: Records, anna: Person) -> None:
    """Else waiting would tell which names there are."""
    _fail(anna, 5, name="Nobody")
    with pytest.raises(SignInSlowed):
        anna.sign_in(name="nobody ")
    anna.sign_in()


def test_an_address_that_tries_many_names_is_slowed_down(records: Records, anna: Person) -> None:
    """Later than an account is, since many may share it; other addresses are not."""
    for number in range(throttle.ADDRESS.free):
        _fail(anna, 1, name=f"name{number}")
    with pytest.raises(SignInSlowed):
        anna.sign_in()
    anna.sign_in(address="198.51.100.1")


def test_a_stranger_shuts_nobody_out_of_their_own_desk(records: Records, hire: Any, clock: Any) -> None:
    """From the same address, against every name: who has signed in from a browser before still does."""
    staff = [hire(name) for name in ("Anna", "Ben", "Cleo")]
    for person in staff:
        person.sign_in()
    for _ in range(40):
        for person in staff:
            try:
                sign_in(records, Attempt(person.account.name, "a wrong password", "000000", person.address))
            except (SignInRefused, SignInSlowed):
                clock.advance(seconds=7)
    with pytest.raises(SignInSlowed):
        staff[0].sign_in(device=None)
    for person in staff:
        person.sign_in()


def test_a_browser_is_counted_by_itself(records: Records, anna: Person, clock: Any) -> None:
    """Who guesses at a known browser waits there; the account is open elsewhere, and a right one clears the count."""
    anna.sign_in()
    _fail(anna, 5, device=anna.device)
    with pytest.raises(SignInSlowed):
        anna.sign_in()
    device, anna.device = anna.device, None
    anna.sign_in()
    anna.device = device
    anna.sign_in()
    _fail(anna, 4, device=anna.device)
    anna.sign_in()


def test_a_device_id_that_we_did_not_make_is_not_taken_over(records: Records, anna: Person) -> None:
    """One that somebody put there must not become a known browser."""
    done = anna.sign_in(device="planted")
    assert done.device != "planted"
    with records.reading() as store:
        assert store.is_known_device(anna.account, done.device)
        assert not store.is_known_device(anna.account, "planted")


def test_a_shared_browser_is_known_for_each_who_used_it(records: Records, hire: Any) -> None:
    """And for nobody else."""
    anna, ben, cleo = hire("Anna"), hire("Ben"), hire("Cleo")
    device = anna.sign_in().device
    assert ben.sign_in(device=device).device == device
    with records.reading() as store:
        assert [store.is_known_device(p.account, device) for p in (anna, ben, cleo)] == [True, True, False]


def test_wrong_ones_are_forgotten_after_a_day(records: Records, anna: Person, clock: Any) -> None:
    """And a right one from a new browser leaves what strangers did as it was."""
    _fail(anna, 4)
    anna.sign_in(device=None)
    _fail(anna, 1)
    with pytest.raises(SignInSlowed):
        anna.sign_in(device=None)
    clock.advance(seconds=TRY_LIFE.total_seconds())
    _fail(anna, 4)
    anna.sign_in(device=None)


def test_many_at_once_do_not_outrun_the_count(
    url: str, open_store: Callable[[str], Records], anna: Person, clock: Any
) -> None:
    """Of twenty guesses at the same moment, in two processes, five are checked: each is counted before."""
    stores = [open_store(url), open_store(url)]
    ready = threading.Barrier(20)
    got: list[str] = []

    def guess(place: int) -> None:
        ready.wait()
        try:
            sign_in(stores[place % 2], Attempt("Anna", f"guess {place}", "000000", f"192.0.2.{place}"))
        except Exception as error:
            got.append(type(error).__name__)

    threads = [threading.Thread(target=guess, args=(place,)) for place in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A store that is busy for a second refuses as well; what matters is what was checked.
    assert len(got) == 20
    assert 1 <= got.count("SignInRefused") <= throttle.ACCOUNT.free


def test_a_log_with_sign_ins_is_whole_and_a_changed_one_is_named(records: Records, anna: Person) -> None:
    """Nobody takes their failed attempts out of it."""
    _fail(anna, 2)
    anna.sign_in()
    with records.transaction() as store:
        assert store.verify_audit() is None
        (place,) = store.execute(text("SELECT min(seq) FROM audit WHERE what = 'sign_in.failed'")).one()
        store.execute(text("UPDATE audit SET what = 'sign_in', facts = NULL WHERE what = 'sign_in.failed'"))
        fault = store.verify_audit()
    assert fault and fault.seq == place
