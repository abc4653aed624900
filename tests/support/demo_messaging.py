"""Shows a short chat on each messaging app in the terminal, with the real server and without the network.

    python -m tests.support.demo_messaging [APP ...]

Each line on the right is what a person writes or presses; it goes to the server as that app's company would deliver it,
signed, and what comes back is what the company was sent. No account is needed, and nobody outside is called.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support.companies import Companies, Phone
from tests.support.server import Server
from tests.support.serving import SITE, trained
from tests.support.store import Store
from tests.support.wire.apps import WIRES
from tests.support.wire.base import Sent

#: What the person does: a label to choose, or words. A label is pressed where the app drew it, else its number is typed.
CHAT = (
    "hello",
    "Start the checklist",
    "None of these",
    "None of these",
    "Me",
    "my gums bled on Tuesday and I am tired all the time",
    "I want the summary",
)
WIDTH, BUBBLE = 96, 62
#: Terminal colours by what they are for.
COLOURS = {"app": "1;36", "button": "36", "person": "32", "frame": "2"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the chat on each app that was asked for; 0 when every message was answered."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("app", nargs="*", help=f"one or more of {', '.join(WIRES)}; without any, all of them")
    apps = parser.parse_args(arguments).app or list(WIRES)
    if unknown := set(apps) - set(WIRES):
        parser.error(f"no such app: {', '.join(sorted(unknown))}")
    painter = Painter(colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    with tempfile.TemporaryDirectory(prefix="signpost-") as folder, Companies() as companies:
        site = Path(folder) / "site.yml"
        site.write_text(SITE, encoding="utf-8")
        settings = {"SIGNPOST_SITE": str(site), **companies.settings(Path(folder))}
        server = Server(Path(folder) / "server", trained(), settings)
        store = Store(server, site)
        try:
            server.start()
            for place, app in enumerate(apps):
                painter.title(app)
                play(Phone(companies, server, WIRES[app], place + 1), store, painter)
        finally:
            store.close()
            server.close()
    return 0


def play(phone: Phone, store: Store, painter: Painter) -> None:
    """The chat on one phone."""
    screen: list[Sent] = []
    for meant in CHAT:
        buttons = {label: (label, data) for sent in screen for label, data in sent.buttons}
        before = len(phone.seen)
        if meant in buttons and phone.app != "integrator":
            painter.person(f"[ {meant} ]")
            answer = phone.press(buttons[meant])
        else:
            said = _number(meant, screen) or meant
            painter.person(said)
            answer = phone.write(said)
        answer.raise_for_status()
        store.settle()
        screen = phone.seen[before:]
        for sent in screen:
            painter.bubble(sent, buttons=phone.app != "integrator")


def _number(label: str, screen: Sequence[Sent]) -> str | None:
    """The number of the line with this label, as it stands on the screen."""
    lines = [line.partition(". ") for sent in screen for line in sent.text.splitlines()]
    return next((number for number, _, rest in lines if rest == label and number.isdigit()), None)


class Painter:
    """Draws a chat in letters."""

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def title(self, app: str) -> None:
        """The name of an app, before its chat."""
        print(f"\n{self._painted(f' {app} '.center(WIDTH, '='), 'app')}\n")

    def person(self, words: str) -> None:
        """What the person says, on the right."""
        for line in textwrap.wrap(words, BUBBLE):
            print(self._painted(f"{line} <".rjust(WIDTH), "person"))

    def bubble(self, sent: Sent, *, buttons: bool) -> None:
        """What came, in a frame on the left, with its buttons below."""
        rule = self._painted(f"  +{'-' * (BUBBLE + 2)}+", "frame")
        side = self._painted("|", "frame")
        text = sent.text if sent.file is None else f"{sent.text}\n[file: {sent.file}]".strip()
        print(rule)
        for line in text.splitlines():
            for piece in textwrap.wrap(line, BUBBLE) or [""]:
                print(f"  {side} {piece:<{BUBBLE}} {side}")
        print(rule)
        for line in _rows([label for label, _ in sent.buttons] if buttons else []):
            print(self._painted(line, "button"))

    def _painted(self, text: str, what: str) -> str:
        return f"\033[{COLOURS[what]}m{text}\033[0m" if self._colour else text


def _rows(labels: Sequence[str]) -> Iterator[str]:
    """Buttons in brackets, as many in a row as fit."""
    row = "   "
    for label in labels:
        button = f" [ {label} ]"
        if len(row) + len(button) > BUBBLE + 8 and row.strip():
            yield row
            row = "   "
        row += button
    if row.strip():
        yield row


if __name__ == "__main__":
    sys.exit(main())
