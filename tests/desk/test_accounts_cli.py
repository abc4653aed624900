"""The commands on accounts: secrets shown once, every fault in one line that says what to do, nobody left waiting."""

from __future__ import annotations

import argparse
import base64
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import segno
from sqlalchemy import text

from bot.errors import NotLinked, SiteError
from bot.records import Records, staff_cli
from bot.server import staff
from bot.server.runtime import Runtime
from bot.settings import OidcSettings
from desk import accounts_cli
from desk.sign_in import Attempt, sign_in, sign_in_by_provider
from desk.totp import code_at, step_of
from tests.support.turns import open_runtime

Command = Callable[..., tuple[int, str]]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    accounts_cli.add_parsers(staff_cli.add_parsers(parser.add_subparsers(required=True)))
    return parser


@pytest.fixture
def command(sqlite_records: Records) -> Command:
    """Runs a command line; gives exit code and output."""

    def call(*words: str) -> tuple[int, str]:
        out = io.StringIO()
        return staff_cli.run(_parser().parse_args(words), sqlite_records, out), out.getvalue()

    return call


def _secret(out: str, label: str) -> str:
    found = re.search(rf"^  {label} +(\S+)$", out, flags=re.MULTILINE)
    assert found, out
    return found[1]


def test_add_shows_what_to_sign_in_with(command: Command, sqlite_records: Records, clock: Any) -> None:
    """Both secrets work, and stand nowhere in the database."""
    code, out = command("staff", "add", "Anna K", "--role", "clinician", "--as", "root")
    assert code == 0
    assert "Anna K can sign in at the desk, as clinician." in out
    assert "not shown again" in out
    password, secret = _secret(out, "first password"), _secret(out, "authenticator")
    assert f"otpauth://totp/Signpost%3AAnna%20K?secret={secret}&" in out
    shown = code_at(base64.b32decode(secret), step_of(clock()))
    done = sign_in(sqlite_records, Attempt("anna k", password, shown, "192.0.2.7"))
    assert (done.account.name, done.account.role, done.account.must_change) == ("Anna K", "clinician", True)
    with sqlite_records.reading() as store:
        dump = str(store.execute(text("SELECT * FROM staff")).all()) + str(
            store.execute(text("SELECT * FROM audit")).all()
        )
    assert password not in dump
    assert secret not in dump


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["add", "anna", "--role", "helper"], "Anna has an account already; `staff reset` gives it a new password"),
        (["add", "ＡＮＮＡ", "--role", "helper"], "Anna has an account already"),
        (["add", "Gone", "--role", "helper"], "Gone has a disabled account already"),
        (["add", "Ben", "--role", "doctor"], "'doctor' is no role; use one of helper, clinician, supervisor"),
        (["add", "Ben", "--role", "\x1b[2J"], "is no role"),
        (["add", "", "--role", "helper"], "a name has 1 to 40 characters"),
        (["add", "  ", "--role", "helper"], "a name has 1 to 40 characters"),
        (["add", "x" * 41, "--role", "helper"], "a name has 1 to 40 characters"),
        (["add", "a\x1bb", "--role", "helper"], "that can be printed"),
        (["add", "Red_Flag", "--role", "helper"], "means something else in the log; choose another name"),
        (["disable", "Nobody"], "there is no account with this name; `staff accounts` shows them"),
        (["reset", "Nobody"], "there is no account with this name; `staff accounts` shows them"),
        (["reset", "Anna", "--as", "a\x1bb"], "can be printed"),
        (["role", "Nobody", "helper"], "there is no account with this name; `staff accounts` shows them"),
        (["role", "Anna", "doctor"], "'doctor' is no role; use one of helper, clinician, supervisor"),
        (["unlink", "Nobody"], "there is no account with this name; `staff accounts` shows them"),
        (["link", "Anna", "17"], "no provider of sign-ins; set SIGNPOST_OIDC_ISSUER"),
        (["add", "Ben", "--role", "helper", "--oidc", "17"], "no provider of sign-ins; set SIGNPOST_OIDC_ISSUER"),
    ],
)
def test_a_fault_is_one_line_that_says_what_to_do(
    command: Command, sqlite_records: Records, words: list[str], message: str
) -> None:
    """And nothing has changed."""
    command("staff", "add", "Anna", "--role", "helper")
    command("staff", "add", "Gone", "--role", "helper")
    command("staff", "disable", "Gone")
    with sqlite_records.reading() as store:
        before = store.accounts(), store.credentials("Anna")
    code, out = command("staff", *words)
    assert (code, out.count("\n")) == (1, 1)
    assert out.startswith("error: ")
    assert message in out
    assert out.strip().isprintable()
    with sqlite_records.reading() as store:
        assert (store.accounts(), store.credentials("Anna")) == before


@pytest.mark.parametrize(
    "words",
    [
        *(["add", "Ben"], ["add", "--role", "helper"], ["disable"], ["reset"], ["accounts", "x"]),
        *(["link", "Anna"], ["unlink"], ["role", "Anna"]),
    ],
)
def test_wrong_use_shows_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """As with every command."""
    with pytest.raises(SystemExit) as caught:
        _parser().parse_args(["staff", *words])
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_accounts_shows_how_each_stands(command: Command, sqlite_records: Records) -> None:
    """By name, without anything to sign in with; and that somebody looked is in the log."""
    assert "`staff add NAME --role supervisor` makes the first" in command("staff", "accounts")[1]
    for name, role in (("Cleo", "clinician"), ("Anna", "helper"), ("Ben", "supervisor")):
        command("staff", "add", name, "--role", role)
    command("staff", "disable", "Ben")
    with sqlite_records.transaction() as store:
        store.change_password("Anna", "$argon2id$hash")
    code, out = command("staff", "accounts", "--as", "Sue")
    assert code == 0
    rows = [line.split(maxsplit=3) for line in out.splitlines()]
    assert [(role, name, how) for _, role, name, how in rows] == [
        ("helper", "Anna", "in use"),
        ("supervisor", "Ben", "disabled on 2024-03-01"),
        ("clinician", "Cleo", "has a first password still"),
    ]
    with sqlite_records.reading() as store:
        assert [entry.who for entry in store.entries_about("accounts")][-1] == "Sue"


def test_reset_gives_new_secrets_and_brings_back(command: Command, sqlite_records: Records) -> None:
    """The old ones are worth nothing any more."""
    old = command("staff", "add", "Anna", "--role", "helper")[1]
    command("staff", "disable", "anna")
    code, new = command("staff", "reset", "ANNA")
    assert code == 0
    assert "Anna can sign in again, as helper, and is signed out everywhere." in new
    for label in ("first password", "authenticator"):
        assert _secret(old, label) != _secret(new, label)
    with sqlite_records.reading() as store:
        assert store.account("Anna").disabled_at is None


def test_disable_says_what_follows(command: Command, sqlite_records: Records) -> None:
    """Which cases are free again, that nobody is left to supervise, and that it was done before."""
    command("staff", "add", "Sue", "--role", "supervisor")
    with sqlite_records.transaction() as store:
        case = store.open_case(store.create_conversation("widget", "en").id, "asked", "now", "person")
        store.claim(case.id, "Sue")
    code, out = command("staff", "disable", "sue")
    assert code == 0
    assert "Sue can no longer sign in" in out
    assert f"Case {case.id} (now) is back in the queue" in out
    assert "No supervisor is left" in out
    assert "waiting for" in command("staff", "list")[1]
    assert "was disabled already, on 2024-03-01" in command("staff", "disable", "Sue")[1]


def test_every_change_is_in_the_log(command: Command, sqlite_records: Records) -> None:
    """Who did it, and to whom, by the id that never changes."""
    command("staff", "add", "Anna", "--role", "helper", "--as", "Sue")
    command("staff", "reset", "Anna", "--as", "Sue")
    command("staff", "disable", "Anna", "--as", "Sue")
    with sqlite_records.reading() as store:
        entries = store.entries_about(store.account("Anna").id)
    assert [(entry.what, entry.who, entry.facts) for entry in entries] == [
        ("account.added", "Sue", {"role": "helper"}),
        ("account.reset", "Sue", {}),
        ("account.disabled", "Sue", {}),
    ]


def test_another_role(command: Command, sqlite_records: Records) -> None:
    """It holds at once; who had the old one is signed out; and the last supervisor is missed."""
    command("staff", "add", "Sue", "--role", "supervisor")
    code, out = command("staff", "role", "sue", "clinician", "--as", "root")
    assert code == 0
    assert "Sue is now clinician, and is signed out everywhere." in out
    assert "No supervisor is left" in out
    assert "Sue is clinician already." in command("staff", "role", "Sue", "clinician")[1]
    with sqlite_records.reading() as store:
        assert store.account("Sue").role == "clinician"
        entries = store.entries_about(store.account("Sue").id)
    assert [(e.what, e.who, e.facts) for e in entries[1:]] == [
        ("account.role_changed", "root", {"old": "supervisor", "new": "clinician"})
    ]


# the picture --------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """Standard output as a terminal, or as what is not one."""

    def __init__(self, encoding: str | None, *, is_terminal: bool = True) -> None:
        super().__init__()
        self._named, self._is_terminal = encoding, is_terminal

    @property
    def encoding(self) -> str | None:  # type: ignore[override]
        return self._named

    def isatty(self) -> bool:
        return self._is_terminal


#: The halves of a character that are dark, above and below: the ground is white, and what is drawn is the light.
_DARK = {" ": (1, 1), "\u2580": (0, 1), "\u2584": (1, 0), "\u2588": (0, 0)}


@pytest.mark.parametrize("words", [("add", "Anna K", "--role", "helper"), ("reset", "Ben")])
def test_a_terminal_shows_what_an_authenticator_photographs(
    command: Command, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """The very address that stands beside it, white on black whatever the terminal's colours."""
    command("staff", "add", "Ben", "--role", "helper")
    monkeypatch.setattr(accounts_cli.sys, "stdout", Terminal("UTF-8"))
    code, out = command("staff", *words)
    monkeypatch.undo()
    assert code == 0
    rows = re.findall(r"^    \x1b\[97;40m([ \u2580\u2584\u2588]+)\x1b\[0m$", out, flags=re.MULTILINE)
    drawn = [[_DARK[character][half] for character in row] for row in rows for half in (0, 1)]
    assert max(map(len, rows)) + len("    ") <= 80
    address = re.search(r"otpauth://\S+", out)
    assert address
    expected = [list(row) for row in segno.make_qr(address[0], error="m").matrix_iter(border=2)]
    assert drawn[: len(expected)] == expected
    assert _secret(out, "authenticator") in address[0]


@pytest.mark.parametrize(
    "terminal", [Terminal("utf-8", is_terminal=False), Terminal("ascii"), Terminal("latin-1"), Terminal(None)]
)
def test_what_cannot_show_a_picture_gets_none(
    command: Command, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    """A file, a pipe or an old terminal gets the text, and no broken signs."""
    monkeypatch.setattr(accounts_cli.sys, "stdout", terminal)
    code, out = command("staff", "add", "Anna", "--role", "helper")
    monkeypatch.undo()
    assert code == 0
    assert "otpauth://" in out
    assert out.isascii()
    assert "\x1b" not in out


# with the server's own settings -------------------------------------------------------------------------------------


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    opened = open_runtime(tmp_path)
    yield opened
    opened.records.dispose()


def _run(runtime: Runtime, *words: str) -> tuple[int, str]:
    out = io.StringIO()
    return staff.run(_parser().parse_args(words), runtime, out), out.getvalue()


def _chat(runtime: Runtime) -> tuple[str, str]:
    """A chat with a case that Anna has."""
    with runtime.records.transaction() as store:
        chat = store.create_conversation("widget", "en").id
        case = store.open_case(chat, "asked", "now", "person")
    assert _run(runtime, "staff", "claim", case.id, "--as", "Anna")[0] == 0
    return chat, case.id


def test_people_are_told_when_staff_are_taken_out(runtime: Runtime) -> None:
    """In each chat that the account had: the bot answers again, and nobody waits for who is gone."""
    _run(runtime, "staff", "add", "Anna", "--role", "helper")
    chats = [_chat(runtime)[0] for _ in range(2)]
    assert _run(runtime, "staff", "disable", "Anna")[0] == 0
    with runtime.records.reading() as store:
        for chat in chats:
            said = [message["utterance"] for message in store.messages(chat)]
            assert "human_left" in said
            assert (found := store.conversation(chat)) and not found.handover


def test_a_disable_that_is_refused_says_so_once(runtime: Runtime) -> None:
    """With its exit code."""
    code, out = _run(runtime, "staff", "disable", "Nobody")
    assert (code, out.count("error: there is no account")) == (1, 1)


def test_a_case_ends_with_an_outcome_of_the_site(runtime: Runtime) -> None:
    """Another one is refused with those that there are, and the case stays open."""
    _, case_id = _chat(runtime)
    with pytest.raises(SiteError, match="use one of advised, team_called"):
        _run(runtime, "staff", "close", case_id, "--as", "Anna", "--outcome", "went_well")
    with runtime.records.reading() as store:
        assert store.case(case_id).state == "claimed"
    assert _run(runtime, "staff", "close", case_id, "--as", "Anna", "--outcome", "team_called")[0] == 0


def test_the_list_says_how_late_each_case_is(runtime: Runtime) -> None:
    """By the site's own minutes."""
    with runtime.records.transaction() as store:
        for level in ("now", "emergency"):
            store.open_case(store.create_conversation("widget", "en").id, "asked", level, "person")
    lines = _run(runtime, "staff", "list")[1].splitlines()
    assert ["due in 5 minutes" in lines[0], "due in 15 minutes" in lines[1]] == [True, True]
    late = replace(runtime, site=runtime.site.model_copy(update={"overdue_minutes": {"emergency": 0, "now": 1}}))
    lines = _run(late, "staff", "list")[1].splitlines()
    assert ["overdue now" in lines[0], "due in 1 minute" in lines[1]] == [True, True]


ISSUER = "https://id.example.org"


@pytest.fixture
def linked(runtime: Runtime) -> Runtime:
    """With a provider of sign-ins."""
    oidc = OidcSettings(ISSUER, "signpost-desk", "a secret", "Hospital account")
    return replace(runtime, settings=replace(runtime.settings, oidc=oidc))


def _enter(runtime: Runtime, subject: str) -> str:
    return sign_in_by_provider(runtime.records, ISSUER, subject, None, None).account.name


def test_an_account_for_the_provider_alone(linked: Runtime) -> None:
    """No password is shown, since there is none."""
    code, out = _run(linked, "staff", "add", "Anna", "--role", "helper", "--oidc", "anna-17", "--as", "root")
    assert code == 0
    assert "Anna can sign in at the desk by the provider, as helper." in out
    assert "first password" not in out
    assert "otpauth" not in out
    assert _enter(linked, "anna-17") == "Anna"
    assert "in use, by the provider" in _run(linked, "staff", "accounts")[1]


def test_a_password_that_opens_nothing_is_said_to(linked: Runtime) -> None:
    """Where the provider is the only way."""
    assert "SIGNPOST_OIDC_ONLY" not in _run(linked, "staff", "add", "Anna", "--role", "helper")[1]
    assert linked.settings.oidc
    oidc = replace(linked.settings.oidc, only=True)
    alone = replace(linked, settings=replace(linked.settings, oidc=oidc))
    for words in (("add", "Ben", "--role", "helper"), ("reset", "Anna")):
        assert "no password lets in: `staff link` lets them sign in." in _run(alone, "staff", *words)[1]


def test_linking_and_unlinking(linked: Runtime) -> None:
    """What follows for the password, for a disabled account, and for the log."""
    _run(linked, "staff", "add", "Anna", "--role", "helper")
    code, out = _run(linked, "staff", "link", "anna", "anna-17", "--as", "Sue")
    assert code == 0
    assert "Anna can sign in by the provider, as helper, and is signed out everywhere." in out
    assert "The first password, which was not used yet, works no more" in out
    assert _enter(linked, "anna-17") == "Anna"
    _run(linked, "staff", "disable", "Anna")
    assert "disabled since" in _run(linked, "staff", "link", "Anna", "anna-18")[1]
    _run(linked, "staff", "reset", "Anna")
    assert _enter(linked, "anna-18") == "Anna"
    assert "can no longer sign in by the provider" in _run(linked, "staff", "unlink", "Anna", "--as", "Sue")[1]
    assert "Anna was not linked." in _run(linked, "staff", "unlink", "Anna")[1]
    with pytest.raises(NotLinked):
        _enter(linked, "anna-18")
    with linked.records.reading() as store:
        entries = [(e.what, e.who) for e in store.entries_about(store.account("Anna").id)]
        held = str(store.execute(text("SELECT * FROM audit")).all())
    assert ("account.linked", "Sue") in entries
    assert ("account.unlinked", "Sue") in entries
    assert "anna-1" not in held


def test_a_subject_of_another_account(linked: Runtime) -> None:
    """One line, and nothing has changed."""
    _run(linked, "staff", "add", "Anna", "--role", "helper", "--oidc", "anna-17")
    code, out = _run(linked, "staff", "add", "Ben", "--role", "helper", "--oidc", "anna-17")
    assert (code, out) == (1, "error: this subject is linked with Anna; `staff unlink` takes it from there first\n")
    with linked.records.reading() as store:
        assert [each.name for each in store.accounts()] == ["Anna"]
