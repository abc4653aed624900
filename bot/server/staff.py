"""The commands of staff and operators, with what the person in the chat reads when somebody comes or goes."""

from __future__ import annotations

import argparse
from typing import TextIO

from bot.channels import handover
from bot.records import staff_cli
from bot.records.conversations import LIVE_STATES
from bot.server.runtime import Runtime


class _Refused(Exception):
    """Leaves the transaction of a command that was refused; the command has said why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def run(args: argparse.Namespace, runtime: Runtime, out: TextIO) -> int:
    """Run a command on the records; a notice in the chat is kept together with what it tells of, or not at all.

    Raises:
        CaseMissing: there is no such case.
        RecordsError: the store cannot be used.
    """
    if not hasattr(args, "case"):
        return staff_cli.run(args, runtime.records, out)
    try:
        with runtime.records.transaction() as records:
            if args.takes_chat and records.case(args.case).state not in LIVE_STATES:
                # The person first reads who is there, and then what they say.
                with handover.watched(records, args.case, runtime):
                    records.claim(args.case, staff_cli.staff_name(args))
            with handover.watched(records, args.case, runtime):
                if code := staff_cli.run(args, runtime.records, out):
                    raise _Refused(code)
    except _Refused as refused:
        return refused.code
    return 0
