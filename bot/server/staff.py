"""The commands of staff and operators, with what the person in the chat reads when somebody comes or goes."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from typing import TextIO

from bot.channels import handover
from bot.errors import AccountMissing
from bot.records import Transaction, staff_cli
from bot.records.conversations import LIVE_STATES
from bot.server.runtime import Runtime
from desk.overdue import overdue_words


class _Refused(Exception):
    """Leaves the transaction of a command that was refused; the command has said why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def run(args: argparse.Namespace, runtime: Runtime, out: TextIO) -> int:
    """Run a command on the records; a notice in the chat is kept together with what it tells of, or not at all.

    Raises:
        CaseMissing: there is no such case.
        SiteError: a case cannot end with this outcome.
        RecordsError: the store cannot be used.
    """
    _hand_on(args, runtime)
    if not hasattr(args, "case") and not getattr(args, "ends_account", False):
        return staff_cli.run(args, runtime.records, out)
    runtime.site.check_outcome(getattr(args, "outcome", None))
    try:
        with runtime.records.transaction() as records, ExitStack() as chats:
            if getattr(args, "takes_chat", False) and records.case(args.case).state not in LIVE_STATES:
                # The person first reads who is there, and then what they say.
                with handover.watched(records, args.case, runtime):
                    records.claim(args.case, staff_cli.staff_name(args))
            for case_id in _touched(args, records):
                chats.enter_context(handover.watched(records, case_id, runtime))
            if code := staff_cli.run(args, runtime.records, out):
                raise _Refused(code)
    except _Refused as refused:
        return refused.code
    return 0


def _hand_on(args: argparse.Namespace, runtime: Runtime) -> None:
    """Give the commands what stands in the settings: how long people may wait, and who signs staff in."""
    minutes: dict[str, int] = {level: wait for level, wait in runtime.site.overdue_minutes.items()}  # noqa: C416 - wider
    args.lateness = lambda case, now: overdue_words(case, minutes, now)
    args.by_password = runtime.settings.password_sign_in
    args.issuer = runtime.settings.oidc.issuer if runtime.settings.oidc else None


def _touched(args: argparse.Namespace, records: Transaction) -> list[str]:
    """Return the cases whose chat the command may take over or leave."""
    if hasattr(args, "case"):
        return [args.case]
    try:
        return [case.id for case in records.cases_held_by(records.account(args.account).name)]
    except AccountMissing:
        # The command itself says so.
        return []
