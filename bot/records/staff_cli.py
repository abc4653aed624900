"""The commands of staff and operators on the store: `staff ...`, `purge`, `rotate-keys`, `verify-audit`."""

from __future__ import annotations

import argparse
import getpass
import sys
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any, TextIO

from bot.errors import RecordsError, SignpostError
from bot.records.cases import STATES, Case
from bot.records.store import Records

Command = Callable[[argparse.Namespace, Records, TextIO], int]

_REASON_WIDTH = 60
_MISSING = "�"


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to the parser of `python -m bot`; each sets `records_command`, which `run` calls."""
    _add_staff(subparsers.add_parser("staff", help="see the people who wait, and answer them"))
    for name, command, text in (
        ("purge", _purge, "delete everything past its retention"),
        ("rotate-keys", _rotate, "encrypt everything anew with the first key of SIGNPOST_KEYS"),
        ("verify-audit", _verify, "check that nobody changed the audit log"),
    ):
        subparsers.add_parser(name, help=text, description=text).set_defaults(records_command=command)


def run(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    """Run the command that was parsed; return the exit code. A fault is one line, beginning with `error:`."""
    command: Command = args.records_command
    try:
        return command(args, records, out)
    except (SignpostError, ValueError) as error:
        print(f"error: {error}", file=out)
        return 1


def _add_staff(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="command")
    listing = commands.add_parser("list", help="the cases, most urgent first")
    listing.add_argument("--state", choices=STATES, help="only these; without it, all that are not closed")
    listing.set_defaults(records_command=_list)
    for name, command, text in (
        ("show", _show, "one case with its chat"),
        ("claim", _claim, "take a case; the bot keeps quiet from here on"),
        ("reply", _reply, "write to the person in the same chat (claims the case)"),
        ("note", _note, "add a note that the person never sees"),
        ("release", _release, "put a case back into the queue; the bot answers again"),
        ("close", _close, "end a case; the bot answers again"),
    ):
        single = commands.add_parser(name, help=text, description=text)
        single.add_argument("case", help="the id of the case, as `staff list` shows it")
        single.set_defaults(records_command=command, takes_chat=name in ("claim", "reply"))
        if name in ("reply", "note"):
            single.add_argument("text", nargs="+", help="the text; - reads it from standard input")
        if name == "close":
            single.add_argument("--outcome", required=True, help="a short id, such as team_called")
    for each in commands.choices.values():
        each.add_argument("--as", dest="staff", default=None, help="your name; without it, the account's name")


def _list(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.transaction() as store:
        found = store.cases(args.state)
        store.audit("queue.viewed", staff_name(args), args.state or "open")
        now = store.now()
    if not found:
        print("No cases." if args.state else "Nobody is waiting.", file=out)
    for case in found:
        reason = " ".join(printable(case.reason or "(text deleted)").split())
        if len(reason) > _REASON_WIDTH:
            reason = reason[: _REASON_WIDTH - 1] + "…"
        print(
            f"{case.id}  {_level(case):<18}  {_standing(case, now):<34}  {case.channel:<8}  {reason}",
            file=out,
        )
    return 0


def _show(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.transaction() as store:
        case = store.case(args.case)
        notes = store.notes(case.id)
        chat = store.messages(case.conversation_id) if case.conversation_id else None
        store.audit("case.viewed", staff_name(args), case.id)
        now = store.now()
    print(f"Case {case.id}: {_level(case)}, {_standing(case, now)}", file=out)
    print(f"Opened {_time(case.opened_at)} by {printable(case.opened_by)}, channel {case.channel}", file=out)
    print(f"Why: {_indented(case.reason or '(text deleted)')}", file=out)
    for note in notes:
        print(f"Note {_time(note.at)} {printable(note.by)}: {_indented(note.text)}", file=out)
    if chat is None:
        print("The chat was deleted, by the person or at the end of its retention.", file=out)
    for message in chat or ():
        author = {"person": "PERSON", "staff": "STAFF"}.get(message["author"], "bot")
        print(f"{printable(str(message.get('at', '')))}  {author}: {_indented(_said(message))}", file=out)
    return 0


def _claim(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.transaction() as store:
        case = store.claim(args.case, staff_name(args))
    print(
        f"Case {case.id} is yours. The bot keeps quiet, red flags excepted, until you release or close it.",
        file=out,
    )
    return 0


def _reply(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    text = _text(args)
    with records.transaction() as store:
        store.record_reply(args.case, staff_name(args), text)
        case = store.case(args.case)
    print(
        f"Your reply is in the chat of case {case.id}. This does not show whether the person has read it.",
        file=out,
    )
    print("The bot keeps quiet, red flags excepted, until you release or close the case.", file=out)
    return 0


def _note(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    text = _text(args)
    with records.transaction() as store:
        case = store.case(args.case)
        store.add_note(case.id, staff_name(args), text)
    print(f"Noted on case {case.id}. The person does not see it.", file=out)
    return 0


def _release(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.transaction() as store:
        case = store.release(args.case, staff_name(args))
    print(
        f"Case {case.id} is back in the queue and the bot answers again. The person still waits for staff.",
        file=out,
    )
    return 0


def _close(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.transaction() as store:
        case = store.close(args.case, staff_name(args), args.outcome)
    print(f"Case {case.id} is closed ({case.outcome}). The bot answers again.", file=out)
    return 0


def _purge(_args: argparse.Namespace, records: Records, out: TextIO) -> int:
    report = records.purge()
    print(
        f"Deleted: {report.conversations} conversations past their retention, "
        f"{report.replies} stored answers, {report.resume_codes} resume codes.",
        file=out,
    )
    if report.open_cases:
        print(
            f"{report.open_cases} of them had an open case: somebody may never have been answered.",
            file=out,
        )
    return 0


def _rotate(_args: argparse.Namespace, records: Records, out: TextIO) -> int:
    count = records.rotate()
    print(f"{count} stored values now use the first key of SIGNPOST_KEYS.", file=out)
    print("Take the old key away only when every running server has the new key first.", file=out)
    return 0


def _verify(_args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.reading() as store:
        fault = store.verify_audit()
    if fault:
        print(f"error: the audit log is not as it was written: {fault.why}", file=out)
        return 1
    print("The audit log is as it was written.", file=out)
    return 0


def printable(text: str) -> str:
    """Return text from outside without control and direction characters: it cannot steer the terminal."""
    return "".join(_MISSING if _steers(character) else character for character in text)


def _steers(character: str) -> bool:
    # The joiner inside emoji is a format character too, and harmless.
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in "\n\u200d"


def _indented(text: str) -> str:
    # A second line that began at the margin could pass for a line of this program or of another author.
    return printable(text.replace("\r\n", "\n")).replace("\n", "\n      | ")


def _said(message: dict[str, Any]) -> str:
    return str(message.get("text") or "(no text)")


def _level(case: Case) -> str:
    return f"{case.level} + CRISIS" if case.crisis else case.level


def _standing(case: Case, now: datetime) -> str:
    who = printable(case.claimed_by or "")
    if case.state == "waiting":
        return f"waiting for {_span(case.waiting_since, now)}"
    if case.state == "follow_up_due" and case.follow_up_at:
        return f"follow-up {_time(case.follow_up_at)}, {who}"
    if case.state == "closed":
        return f"closed: {case.outcome}"
    return f"{case.state} by {who}"


def _span(since: datetime, now: datetime) -> str:
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def staff_name(args: argparse.Namespace) -> str:
    """Return the name that a command was given, or that of the account.

    Raises:
        RecordsError: it is no name that can be shown.
    """
    name: str = args.staff or getpass.getuser()
    if len(name) > 80 or not name.isprintable():
        raise RecordsError("a staff name has at most 80 characters that can be printed")
    return name


def _text(args: argparse.Namespace) -> str:
    text = sys.stdin.read() if args.text == ["-"] else " ".join(args.text)
    if not text.strip():
        raise RecordsError("the text is empty")
    return text.strip()
