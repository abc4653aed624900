"""The commands of staff and operators on the store: `staff ...`, `purge`, `rotate-keys`, `verify-audit`."""

from __future__ import annotations

import argparse
import getpass
import sys
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any, TextIO

from bot.channels.window import Window, number_of, window
from bot.errors import RecordsError, SignpostError
from bot.records.cases import STATES, Case
from bot.records.store import Records, Transaction

Command = Callable[[argparse.Namespace, Records, TextIO], int]

_REASON_WIDTH = 60
_MISSING = "�"


def add_parsers(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    """Add the commands to the parser of `python -m bot`; each sets `records_command`, which `run` calls.

    Returns:
        The commands of `staff`, for others to be added.
    """
    staff = _add_staff(subparsers.add_parser("staff", help="see the people who wait, and answer them"))
    for name, command, text in (
        ("purge", _purge, "delete everything past its retention"),
        ("rotate-keys", _rotate, "encrypt everything anew with the first key of SIGNPOST_KEYS"),
        ("verify-audit", _verify, "check that nobody changed the audit log"),
    ):
        subparsers.add_parser(name, help=text, description=text).set_defaults(records_command=command)
    return staff


def run(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    """Run the command that was parsed; return the exit code. A fault is one line, beginning with `error:`."""
    command: Command = args.records_command
    try:
        return command(args, records, out)
    except (SignpostError, ValueError) as error:
        print(f"error: {error}", file=out)
        return 1


def _add_staff(parser: argparse.ArgumentParser) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    commands = parser.add_subparsers(required=True, metavar="command")
    listing = commands.add_parser("list", help="the cases, most urgent first")
    listing.add_argument("--state", choices=STATES, help="only these; without it, all that are not closed")
    # Whoever knows the site's minutes hands in what says how late a case is: `(case, now) -> words`.
    listing.set_defaults(records_command=_list, lateness=None)
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
    return commands


def _list(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.transaction() as store:
        found = store.cases(args.state)
        warnings = {case.id: _warning(store, case) for case in found}
        store.audit("queue.viewed", staff_name(args), args.state or "open")
        now = store.now()
    lateness = args.lateness
    if not found:
        print("No cases." if args.state else "Nobody is waiting.", file=out)
    for case in found:
        reason = " ".join(printable(case.reason or "(text deleted)").split())
        if len(reason) > _REASON_WIDTH:
            reason = reason[: _REASON_WIDTH - 1] + "…"
        late = lateness(case, now) if lateness else ""
        why = (f"{late}  " if late else "") + warnings[case.id] + reason
        print(f"{case.id}  {_level(case):<18}  {_standing(case, now):<34}  {case.channel:<9}  {why}", file=out)
    return 0


def _show(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.transaction() as store:
        case = store.case(args.case)
        notes = store.notes(case.id)
        chat = store.messages(case.conversation_id) if case.conversation_id else None
        unsent = store.unsent(case.conversation_id) if case.conversation_id else set()
        reach = _reach(store, case)
        number = _number(store, case, staff_name(args))
        store.audit("case.viewed", staff_name(args), case.id)
        now = store.now()
    print(f"Case {case.id}: {_level(case)}, {_standing(case, now)}", file=out)
    print(f"Opened {_time(case.opened_at)} by {printable(case.opened_by)}, channel {case.channel}", file=out)
    print(f"Why: {_indented(case.reason or '(text deleted)')}", file=out)
    if reach:
        print(_told(reach, now), file=out)
    if number is not None:
        print(_instead(number), file=out)
    for note in notes:
        print(f"Note {_time(note.at)} {printable(note.by)}: {_indented(note.text)}", file=out)
    if chat is None:
        print("The chat was deleted, by the person or at the end of its retention.", file=out)
    for message in chat or ():
        author = {"person": "PERSON", "staff": "STAFF"}.get(message["author"], "bot")
        mark = _mark(message, unsent)
        print(f"{printable(str(message.get('at', '')))}  {author}{mark}: {_indented(_said(message))}", file=out)
    return 0


def _claim(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    with records.transaction() as store:
        case = store.claim(args.case, staff_name(args))
        reach, now = _reach(store, case), store.now()
    print(
        f"Case {case.id} is yours. The bot keeps quiet, red flags excepted, until you release or close it.",
        file=out,
    )
    if reach:
        print(_told(reach, now), file=out)
    return 0


def _reply(args: argparse.Namespace, records: Records, out: TextIO) -> int:
    text = _text(args)
    with records.transaction() as store:
        store.record_reply(args.case, staff_name(args), text)
        case = store.case(args.case)
        reach, now = _reach(store, case), store.now()
    print(
        f"Your reply is in the chat of case {case.id}. This does not show whether the person has read it.",
        file=out,
    )
    if reach:
        print(_told(reach, now), file=out)
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


def _reach(store: Transaction, case: Case) -> Window | None:
    return window(case.channel, store.heard_at(case.conversation_id)) if case.conversation_id else None


def _warning(store: Transaction, case: Case) -> str:
    """What keeps a reply from arriving, for the list; empty when nothing does."""
    if case.conversation_id is None or store.heard_at(case.conversation_id) is None:
        return ""
    if _undelivered(store, case.conversation_id):
        return "REPLY NOT DELIVERED  "
    reach, now = _reach(store, case), store.now()
    standing = reach.standing(now) if reach else "open"
    if reach and standing == "closing":
        return f"REPLY WITHIN {_span(now, reach.closes_at)}  "
    return "CANNOT REPLY  " if standing == "closed" else ""


def _undelivered(store: Transaction, conversation_id: str) -> bool:
    """Whether the last that staff wrote was not delivered, or not all of it."""
    from_staff = store.messages_after(conversation_id, None, author="staff")
    written = [message for message in from_staff if not message.get("utterance")]
    return bool(written and written[-1].get("undelivered"))


def _number(store: Transaction, case: Case, staff: str) -> str | None:
    """The number to ring when the app does not carry replies; empty when none is known, None when none is needed.

    It is shown only then, and that it was is in the log.
    """
    person = store.app_person_of(case.conversation_id) if case.conversation_id else None
    reach = _reach(store, case)
    closed = reach is not None and reach.standing(store.now()) == "closed"
    if person is None or not (closed or _undelivered(store, person.conversation_id)):
        return None
    number = number_of(person.app, person.address)
    if number:
        store.audit("case.number_viewed", staff, case.id)
    return number or ""


def _told(reach: Window, now: datetime) -> str:
    if reach.standing(now) == "closed":
        return (
            f"NO REPLY CAN BE SENT: {reach.app} delivers none later than {reach.hours} hours after the person's last "
            f"message. That time ended {_time(reach.closes_at)}. When they write again, it begins anew."
        )
    return f"{reach.app} delivers replies until {_time(reach.closes_at)}, for {_span(now, reach.closes_at)} more."


def _instead(number: str) -> str:
    if number:
        return f"Ring them instead: {printable(number)}, the number that they write from."
    return "Their number is not known here. Ring their care team, or wait until they write."


def _mark(message: dict[str, Any], unsent: set[str]) -> str:
    undelivered = message.get("undelivered")
    if undelivered:
        return " (NOT DELIVERED)" if undelivered == "all" else " (NOT ALL OF IT DELIVERED)"
    return " (not sent yet)" if message.get("id") in unsent else ""


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
