"""Who comes in by the provider: linked accounts alone, slowed down, in the log without a subject; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from bot.errors import (
    HandshakeLost,
    IdentityRefused,
    IdentityTaken,
    NotLinked,
    ProviderUnavailable,
    RecordsError,
    SignInRefused,
    SignInSlowed,
)
from bot.records import Records
from bot.settings import Settings
from desk import accounts, passwords, throttle
from desk.oidc import Provider
from desk.provider_sign_in import Back, UnknownIdentity, provider_of, sign_in_back
from desk.sign_in import Attempt, SignedIn, sign_in, sign_in_by_provider
from tests.desk.conftest import Person
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider

ISSUER, SUBJECT = "https://id.example.org", "anna-17"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashes: what is tested here is not how dear they are."""
    passwords._nobody.cache_clear()
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


def _log(records: Records) -> list[tuple[str, str, str, str | None]]:
    with records.reading() as store:
        rows = store.execute(text("SELECT what, who, about, facts FROM audit ORDER BY seq")).all()
    return [tuple(row) for row in rows if row.what.startswith("sign_")]


def _dump(records: Records) -> str:
    tables = ("staff", "staff_identities", "staff_sessions", "staff_devices", "sign_in_tries", "audit")
    with records.reading() as store:
        return "".join(str(store.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)


def _enter(records: Records, subject: str = SUBJECT, issuer: str = ISSUER, **kept: Any) -> SignedIn:
    return sign_in_by_provider(records, issuer, subject, kept.get("device"), kept.get("session"))


# links --------------------------------------------------------------------------------------------------------------


def test_a_linked_account_gets_in(records: Records, anna: Person) -> None:
    """By the provider's word alone, and the log says by what."""
    accounts.link(records, "anna", ISSUER, SUBJECT, "root")
    done = _enter(records)
    with records.reading() as store:
        session = store.session(done.session)
        assert session and session.account == done.account == store.account("Anna")
        assert store.is_known_device(done.account, done.device)
        assert [(e.what, e.who) for e in store.entries_about(anna.account.id)][1] == ("account.linked", "root")
    assert _log(records) == [("sign_in", "Anna", anna.account.id, "by=oidc")]


@pytest.mark.parametrize(("issuer", "subject"), [(ISSUER, "ANNA-17"), (ISSUER, "anna-17 "), (ISSUER + "/", SUBJECT)])
def test_who_is_not_linked_is_told_what_to_ask_for(records: Records, anna: Person, issuer: str, subject: str) -> None:
    """Subjects are compared letter by letter. The log has the try, and not the subject."""
    accounts.link(records, "Anna", ISSUER, SUBJECT, "root")
    with pytest.raises(NotLinked, match="Ask a supervisor to link yours") as caught:
        _enter(records, subject, issuer)
    assert caught.value.why == "not_linked"
    assert _log(records) == [("sign_in.failed", "unknown", "unknown", "why=not_linked by=oidc")]


def test_a_disabled_account_does_not_get_in(records: Records, anna: Person) -> None:
    """And a reset opens it again."""
    accounts.link(records, "Anna", ISSUER, SUBJECT, "root")
    with records.transaction() as store:
        store.disable_account("Anna", "root")
    with pytest.raises(NotLinked, match="is disabled"):
        _enter(records)
    assert _log(records) == [("sign_in.failed", "Anna", anna.account.id, "why=disabled by=oidc")]
    accounts.reset(records, "Anna", "root")
    assert _enter(records).account.name == "Anna"


def test_an_account_without_a_password(records: Records) -> None:
    """Made for the provider alone: there is nothing to choose, and nothing to guess."""
    account = accounts.add_linked(records, "Ben", "clinician", ISSUER, SUBJECT, "root")
    assert (account.role, account.must_change) == ("clinician", False)
    assert _enter(records).account == account
    for password in ("", "password", SUBJECT):
        with pytest.raises(SignInRefused):
            sign_in(records, Attempt("Ben", password, "000000", "192.0.2.7"))


def test_an_account_is_made_with_its_link_or_not_at_all(records: Records, anna: Person) -> None:
    """A subject that another one has, or that is none, leaves no account behind."""
    accounts.link(records, "Anna", ISSUER, SUBJECT, "root")
    with pytest.raises(IdentityTaken, match="linked with Anna; `staff unlink`"):
        accounts.add_linked(records, "Ben", "helper", ISSUER, SUBJECT, "root")
    for subject in ("", "x" * 256, "a\nb"):
        with pytest.raises(RecordsError, match="a subject has 1 to 255 characters"):
            accounts.add_linked(records, "Ben", "helper", ISSUER, subject, "root")
    with records.reading() as store:
        assert [each.name for each in store.accounts()] == ["Anna"]


def test_a_first_password_ends_with_the_link(records: Records, hire: Any) -> None:
    """It may lie in a letter box still. One of their own stays good beside the provider."""
    anna, ben = hire("Anna"), hire("Ben")
    with records.transaction() as store:
        store.change_password("Ben", passwords.hash_password("copper lantern ferry oboe"))
    ben.password = "copper lantern ferry oboe"
    for name in ("Anna", "Ben"):
        assert not accounts.link(records, name, ISSUER, name, "root").must_change
    with pytest.raises(SignInRefused):
        anna.sign_in()
    ben.sign_in()


def test_one_person_one_account(records: Records, hire: Any) -> None:
    """A new link takes the place of the old one; the same person cannot have two, and another provider's is another."""
    hire("Anna")
    hire("Ben")
    accounts.link(records, "Anna", ISSUER, SUBJECT, "root")
    accounts.link(records, "Anna", ISSUER, SUBJECT, "root")
    with pytest.raises(IdentityTaken):
        accounts.link(records, "Ben", ISSUER, SUBJECT, "root")
    accounts.link(records, "Anna", ISSUER, "anna-18", "root")
    with pytest.raises(NotLinked):
        _enter(records)
    accounts.link(records, "Ben", ISSUER, SUBJECT, "root")
    accounts.link(records, "Anna", "https://other.example.org", SUBJECT, "root")
    assert _enter(records).account.name == "Ben"
    assert _enter(records, "anna-18").account.name == "Anna"
    assert _enter(records, issuer="https://other.example.org").account.name == "Anna"


def test_a_link_that_changes_signs_out(records: Records, anna: Person) -> None:
    """Whoever is in may be somebody else."""
    accounts.link(records, "Anna", ISSUER, SUBJECT, "root")
    sessions = [_enter(records).session]
    accounts.link(records, "Anna", ISSUER, "anna-18", "root")
    sessions.append(_enter(records, "anna-18").session)
    with records.transaction() as store:
        assert store.unlink_identity("ANNA", "root")
        assert not store.unlink_identity("Anna", "root")
        assert [store.session(each) for each in sessions] == [None, None]
        assert store.linked_accounts() == set()
    with pytest.raises(NotLinked):
        _enter(records, "anna-18")


def test_the_browser_keeps_its_device_and_loses_its_session(records: Records, hire: Any) -> None:
    """As after a sign-in by password."""
    anna = hire("Anna")
    accounts.link(records, "Anna", ISSUER, SUBJECT, "root")
    first = _enter(records)
    second = _enter(records, device=first.device, session=first.session)
    assert second.device == first.device
    assert _enter(records, device="planted").device != "planted"
    with records.reading() as store:
        assert store.session(first.session) is None
        assert store.session(second.session)
        assert store.is_known_browser(first.device)
        assert not store.is_known_browser("planted")
    assert anna.account.id == second.account.id


def test_no_subject_stands_in_the_database(records: Records, anna: Person) -> None:
    """Neither that of an account nor one that was refused."""
    accounts.link(records, "Anna", ISSUER, SUBJECT, "root")
    done = _enter(records)
    with pytest.raises(NotLinked) as caught:
        _enter(records, "mallory-66")
    held = _dump(records) + repr(done) + str(caught.value)
    for secret in (SUBJECT, "mallory-66", done.session, done.device):
        assert secret not in held


# the way back from the provider -------------------------------------------------------------------------------------


@pytest.fixture
def fake(clock: Any) -> Iterator[OidcProvider]:
    provider = OidcProvider(clock).start()
    yield provider
    provider.stop()


@pytest.fixture
def provider(fake: OidcProvider, records: Records, clock: Any) -> Provider:
    settings = Settings.from_env(
        {
            "SIGNPOST_OIDC_ISSUER": fake.issuer,
            "SIGNPOST_OIDC_CLIENT_ID": CLIENT_ID,
            "SIGNPOST_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "SIGNPOST_OIDC_NAME": "Hospital account",
            "SIGNPOST_PUBLIC_URL": "https://chat.example.org",
        }
    )
    made = provider_of(settings, records, clock)
    assert made
    return made


Walk = Callable[..., SignedIn]


@pytest.fixture
def walk(records: Records, provider: Provider) -> Walk:
    """The whole way of one browser."""

    async def go(address: str = "192.0.2.7", device: str | None = None, **answer: str) -> SignedIn:
        begun = await provider.begin()
        async with httpx.AsyncClient(trust_env=False) as http:
            sent = await http.get(begun.address)
        brought = dict(parse_qsl(urlsplit(sent.headers["location"]).query)) | answer
        return await sign_in_back(records, provider, Back(brought, begun.cookie, address, device))

    return lambda **kept: asyncio.run(go(**kept))


def test_from_the_button_to_the_session(records: Records, fake: OidcProvider, anna: Person, walk: Walk) -> None:
    """And the count of what came to nothing is as before."""
    accounts.link(records, "Anna", fake.issuer, SUBJECT, "root")
    for _ in range(throttle.ADDRESS.free + 2):
        done = walk()
    with records.reading() as store:
        assert store.session(done.session)


def test_who_is_not_linked_learns_their_own_id(records: Records, fake: OidcProvider, anna: Person, walk: Walk) -> None:
    """To tell it to a supervisor; the message itself, which may be logged, does not hold it."""
    with pytest.raises(UnknownIdentity) as caught:
        walk()
    assert caught.value.identity.subject == SUBJECT
    assert SUBJECT not in str(caught.value) + repr(caught.value)
    assert _log(records)[-1] == ("sign_in.failed", "unknown", "unknown", "why=not_linked by=oidc")
    accounts.link(records, "Anna", caught.value.identity.issuer, caught.value.identity.subject, "root")
    assert walk().account.name == "Anna"


@pytest.mark.parametrize(
    ("spoil", "answer", "kind", "why"),
    [
        ({}, {"state": "x"}, HandshakeLost, "state"),
        ({"claims": {"nonce": "x"}}, {}, IdentityRefused, "claim_nonce"),
        ({"claims": {"aud": "another"}}, {}, IdentityRefused, "claim_aud"),
    ],
)
def test_what_is_refused_is_in_the_log(
    records: Records,
    fake: OidcProvider,
    walk: Walk,
    spoil: dict[str, Any],
    answer: dict[str, str],
    kind: type[Exception],
    why: str,
) -> None:
    """With the reason, and nobody's name: nobody has proved theirs."""
    for name, value in spoil.items():
        setattr(fake, name, value)
    with pytest.raises(kind):
        walk(**answer)
    assert _log(records) == [("sign_in.failed", "unknown", "unknown", f"why={why} by=oidc")]


def test_what_comes_to_nothing_is_slowed_down(
    records: Records, fake: OidcProvider, anna: Person, walk: Walk, clock: Any
) -> None:
    """By address; the provider is not asked any more. Other addresses, known browsers and passwords go on."""
    accounts.link(records, "Anna", fake.issuer, SUBJECT, "root")
    device = walk().device
    for _ in range(throttle.ADDRESS.free):
        with pytest.raises(HandshakeLost):
            walk(state="x")
    asked = fake.asked["/token"]
    with pytest.raises(SignInSlowed, match="Try again in a minute"):
        walk()
    assert fake.asked["/token"] == asked
    assert ("sign_in.slowed", "site", "unknown", f"by=provider_address failures={throttle.ADDRESS.free}") in _log(
        records
    )
    walk(address="198.51.100.1")
    walk(device=device)
    with pytest.raises(SignInRefused):
        anna.sign_in(password="a wrong password")
    clock.advance(seconds=throttle.ADDRESS.first.total_seconds())
    walk()


def test_a_provider_that_is_down_costs_nobody_their_tries(records: Records, fake: OidcProvider, walk: Walk) -> None:
    """It is not theirs to help."""
    fake.broken["/token"] = 503, b""
    for _ in range(throttle.ADDRESS.free + 2):
        with pytest.raises(ProviderUnavailable):
            walk()
    assert _log(records) == []


def test_without_settings_there_is_no_provider(records: Records, clock: Any) -> None:
    """And no button."""
    assert provider_of(Settings.from_env({}), records, clock) is None


# passwords beside it ------------------------------------------------------------------------------------------------


def test_passwords_can_be_closed(records: Records, anna: Person) -> None:
    """The right one is refused too, before anything is checked or counted."""
    attempt = Attempt("Anna", anna.password, anna.code(), anna.address)
    with pytest.raises(SignInRefused, match="passwords are not used"):
        sign_in(records, attempt, by_password=False)
    assert _log(records) == []
    assert sign_in(records, attempt).account.name == "Anna"


def test_guessing_the_old_password_is_slowed_down(records: Records, anna: Person, clock: Any) -> None:
    """At a desk that somebody left. Their next sign-in is not, and the right one forgets the wrong ones."""
    new = "copper lantern ferry oboe"
    for number in range(throttle.DEVICE.free):
        with pytest.raises(SignInRefused):
            accounts.choose_password(records, "Anna", f"guess {number}", new)
    with pytest.raises(SignInSlowed):
        accounts.choose_password(records, "Anna", anna.password, new)
    with records.reading() as store:
        found = [(e.what, e.who, dict(e.facts)) for e in store.entries_about(anna.account.id)]
    assert found.count(("account.password_refused", "Anna", {})) == throttle.DEVICE.free
    assert ("sign_in.slowed", "site", {"by": "change", "failures": str(throttle.DEVICE.free)}) in found
    anna.sign_in()
    clock.advance(seconds=throttle.DEVICE.first.total_seconds())
    accounts.choose_password(records, "anna", anna.password, new)
    for _ in range(throttle.DEVICE.free - 1):
        with pytest.raises(SignInRefused):
            accounts.choose_password(records, "Anna", anna.password, new)
    with pytest.raises(ValueError, match="is the old one"):
        accounts.choose_password(records, "Anna", new, new)


def test_an_old_password_that_is_reset_meanwhile_is_none(
    records: Records, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is being checked."""
    real = passwords.matches

    def meanwhile(hashed: str | None, password: str) -> bool:
        accounts.reset(records, "Anna", "root")
        return real(hashed, password)

    monkeypatch.setattr(passwords, "matches", meanwhile)
    with pytest.raises(SignInRefused):
        accounts.choose_password(records, "Anna", anna.password, "copper lantern ferry oboe")
