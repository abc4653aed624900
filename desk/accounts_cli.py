"""The commands on accounts of staff: `staff add`, `link`, `unlink`, `role`, `disable`, `reset`, `accounts`."""

from __future__ import annotations

import argparse
import io
import sys
from typing import TYPE_CHECKING, TextIO

from bot.errors import RecordsError
from bot.records import ROLES, Records, Transaction
from bot.records.accounts import SUPERVISOR
from bot.records.staff_cli import printable, staff_name

if TYPE_CHECKING:
    from desk.accounts import First

_SERVICE = "Signpost"
#: White on black, whatever colours the terminal has: some authenticators read no picture with light and dark swapped.
_PICTURE, _PLAIN = "\x1b[97;40m", "\x1b[0m"
#: The least border of a picture, in its own units, that authenticators read on a black ground.
_BORDER = 2


_NAME = "the name of the account, as `staff accounts` shows it"
_LINK = "let somebody sign in to an account by the provider, in the place of who was linked with it before"


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to those of `python -m bot staff`; each sets `records_command`, as those do."""
    add = commands.add_parser("add", help="make an account for the desk", description="make an account for the desk")
    add.add_argument("account", metavar="name", help="the name to sign in with, which people in the chat see too")
    # Not `choices`: a wrong role is answered in the words of the store, like a wrong name.
    add.add_argument("--role", required=True, help=f"what they may do: {', '.join(ROLES)}")
    help_ = "who they are at the provider of sign-ins, instead of a password and an authenticator"
    add.add_argument("--oidc", metavar="subject", default=None, help=help_)
    add.set_defaults(records_command=_add)
    link = commands.add_parser("link", help="let somebody sign in by the provider", description=_LINK)
    link.add_argument("account", metavar="name", help=_NAME)
    link.add_argument("subject", help="their id at the provider; it shows them when they try to sign in")
    link.set_defaults(records_command=_link)
    role = commands.add_parser("role", help="give an account another role", description="give an account another role")
    role.add_argument("account", metavar="name", help=_NAME)
    role.add_argument("role", help=f"what they may do from now on: {', '.join(ROLES)}")
    role.set_defaults(records_command=_role)
    for name, command, text in (
        ("disable", _disable, "end an account; the cases that it has go back to the queue"),
        ("unlink", _unlink, "take the provider from an account; `reset` gives it a password"),
        ("reset", _reset, "give an account a new password and authenticator; a disabled one may sign in again"),
    ):
        single = commands.add_parser(name, help=text, description=text)
        single.add_argument("account", metavar="name", help=_NAME)
        single.set_defaults(records_command=command, ends_account=name == "disable")
    listing = commands.add_parser("accounts", help="the accounts of the desk", description="the accounts of the desk")
    listing.set_defaults(records_command=_accounts)
    for name in ("add", "link", "unlink", "role", "disable", "reset", "accounts"):
        help_ = "your name, for the log; without it, the account's name on this machine"
        commands.choices[name].add_argument("--as", dest="staff", default=None, help=help_)


def _add(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    # Here and not above: the other commands need no Argon2.
    from desk import accounts

    if args.oidc is not None:
        account = accounts.add_linked(records, args.account, args.role, _issuer(args), args.oidc, staff_name(args))
        print(f"{printable(account.name)} can sign in at the desk by the provider, as {account.role}.", file=out)
        print("There is no password; `staff reset` gives one.", file=out)
        return 0
    first = accounts.add(records, args.account, args.role, staff_name(args))
    print(f"{printable(first.account.name)} can sign in at the desk, as {first.account.role}.", file=out)
    _show_secrets(first, out, by_password=getattr(args, "by_password", True))
    return 0


def _reset(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    from desk import accounts

    first = accounts.reset(records, args.account, staff_name(args))
    name = printable(first.account.name)
    print(f"{name} can sign in again, as {first.account.role}, and is signed out everywhere.", file=out)
    _show_secrets(first, out, by_password=getattr(args, "by_password", True))
    return 0


def _link(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    from desk import accounts

    with records.reading() as store:
        known = store.account(args.account)
    account = accounts.link(records, args.account, _issuer(args), args.subject, staff_name(args))
    name = printable(account.name)
    print(f"{name} can sign in by the provider, as {account.role}, and is signed out everywhere.", file=out)
    if known.must_change:
        print("The first password, which was not used yet, works no more; `staff reset` gives a new one.", file=out)
    if account.disabled_at:
        print(f"The account is disabled since {account.disabled_at:%Y-%m-%d}: `staff reset` opens it again.", file=out)
    return 0


def _unlink(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.transaction() as store:
        linked = store.unlink_identity(args.account, staff_name(args))
        name = printable(store.account(args.account).name)
    if linked:
        print(f"{name} can no longer sign in by the provider, and is signed out everywhere.", file=out)
    else:
        print(f"{name} was not linked.", file=out)
    return 0


def _role(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.transaction() as store:
        known = store.account(args.account)
        account = store.change_role(args.account, args.role, staff_name(args))
        supervised = _is_supervised(store)
    if known.role == account.role:
        print(f"{printable(account.name)} is {account.role} already.", file=out)
    else:
        print(f"{printable(account.name)} is now {account.role}, and is signed out everywhere.", file=out)
    _warn_unless(supervised, out)
    return 0


def _issuer(args: argparse.Namespace) -> str:
    """Return the provider of the server's settings, which its command line hands on.

    Raises:
        RecordsError: there is none.
    """
    issuer: str | None = getattr(args, "issuer", None)
    if issuer is None:
        raise RecordsError("this server has no provider of sign-ins; set SIGNPOST_OIDC_ISSUER and what belongs to it")
    return issuer


def _disable(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.transaction() as store:
        known = store.account(args.account)
        freed = store.disable_account(args.account, staff_name(args))
        supervised = _is_supervised(store)
    name = printable(known.name)
    if known.disabled_at:
        print(f"{name} was disabled already, on {known.disabled_at:%Y-%m-%d}.", file=out)
    else:
        print(f"{name} can no longer sign in. The account stays, so that the log can be read.", file=out)
    for case in freed:
        print(f"Case {case.id} ({case.level}) is back in the queue and the bot answers again.", file=out)
    _warn_unless(supervised, out)
    return 0


def _accounts(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.transaction() as store:
        found = store.accounts()
        linked = store.linked_accounts()
        store.audit("accounts.viewed", staff_name(args), "accounts")
    if not found:
        print("There are no accounts: `staff add NAME --role supervisor` makes the first.", file=out)
    for account in found:
        if account.disabled_at:
            standing = f"disabled on {account.disabled_at:%Y-%m-%d}"
        else:
            standing = "has a first password still" if account.must_change else "in use"
            standing += ", by the provider" if account.id in linked else ""
        print(f"{account.id}  {account.role:<10}  {printable(account.name):<40}  {standing}", file=out)
    return 0


def _show_secrets(first: First, out: TextIO, *, by_password: bool) -> None:
    from desk import totp

    print("Give them both of these by different ways; they are not shown again:", file=out)
    print(f"  first password   {first.password}", file=out)
    print(f"  authenticator    {first.totp_secret}", file=out)
    _show_picture(totp.address(first.totp_secret, first.account.name, _SERVICE), out)
    print(f"  or as address    {totp.address(first.totp_secret, first.account.name, _SERVICE)}", file=out)
    print("At the first sign-in they choose a password of their own.", file=out)
    if not by_password:
        print("But SIGNPOST_OIDC_ONLY is set, and no password lets in: `staff link` lets them sign in.", file=out)


def _show_picture(address: str, out: TextIO) -> None:
    """Draw what an authenticator photographs, where the output of the command is a terminal that can show it."""
    if not (sys.stdout.isatty() and (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"):
        return
    import segno

    drawn = io.StringIO()
    segno.make_qr(address, error="m").terminal(drawn, compact=True, border=_BORDER)
    print("  or as picture, for a screen that nobody else sees:", file=out)
    for line in drawn.getvalue().splitlines():
        print(f"    {_PICTURE}{line}{_PLAIN}", file=out)


def _is_supervised(store: Transaction) -> bool:
    return any(each.role == SUPERVISOR and each.disabled_at is None for each in store.accounts())


def _warn_unless(supervised: bool, out: TextIO) -> None:
    if not supervised:
        print("No supervisor is left: `staff add NAME --role supervisor` makes one.", file=out)
