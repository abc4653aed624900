"""Plays a script in all channels at once, line by line, and sees to it that nobody reads less than in the widget.

The widget goes first: it is told the ids of what the person means. The question that was on its screen gives the
labels of these choices, and each phone answers by what stands on its own screen: it presses the button with that
label, or types the number beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from tests.parity.script import Answer, Script, Turn
from tests.support.chat import Chat
from tests.support.companies import Companies, Phone
from tests.support.store import Store
from tests.support.wire.base import Sent

#: How each app's people join numbers, where buttons are not pressed.
JOINED = {"sms": " and ", "whatsapp": ",", "telegram": ", ", "messenger": " & ", "slack": " ", "integrator": ", and "}
#: Who types the words of the legend in place of a number, for what every question offers.
WORDS_OF_LEGEND = {"none": "none", "unsure": "not sure", "skip": "skip", "back": "back"}
#: Chats whose app draws the buttons by itself, or has none: numbers are typed there.
NEVER_PRESSES = ("integrator",)
SPOKEN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()  # noqa: SIM905
)


@dataclass
class Played:
    """What came of a script in one channel."""

    summary: dict[str, Any]
    said: list[str]  # ids of what the bot said, in order
    phones: list[str]  # numbers that stood on a line of their own, in order
    cases: int


@dataclass
class Player:
    """One script, one person in every channel."""

    script: Script
    widget: Chat
    phones: Sequence[Phone]
    companies: Companies
    store: Store
    #: How many messages each phone had seen before it wrote last: what came since is on its screen.
    _before: dict[str, int] = field(default_factory=dict)
    #: What the widget said that the phones have not been compared with.
    _unread: list[Mapping[str, Any]] = field(default_factory=list)
    _widget_phones: list[str] = field(default_factory=list)
    _gone: bool = True

    def play(self) -> dict[str, Played]:
        """All lines, then what there is on record in each channel."""
        for turn in self.script.turns:
            if turn.wait:
                self.widget.server.clock.advance(seconds=turn.wait.total_seconds())
            self._play(turn)
        history = self.widget.history()["messages"]
        case = int("human_case" in [m["utterance"] for m in history])
        found = {"widget": Played(self.widget.summary(), _said(history), self._widget_phones, case)}
        for phone in self.phones:
            transcript = self.store.transcript(phone)
            shown = _numbers(phone.seen, self._known_numbers())
            found[phone.app] = Played(self.store.summary(phone), _said(transcript), shown, self.store.cases(phone))
        return found

    def _play(self, turn: Turn) -> None:
        if self._gone:
            self._begin()
        question = self.widget.last_question
        for answer in turn.answers:
            self._answer_in_widget(answer, question)
        screens = {phone.app: phone.seen[self._before.get(phone.app, 0) :] for phone in self.phones}
        self._before = {phone.app: len(phone.seen) for phone in self.phones}
        with ExitStack() as until_all_is_written:
            if len(turn.answers) > 1:
                until_all_is_written.enter_context(self.companies.held())
            for phone in self.phones:
                for answer in turn.answers:
                    self._answer_on(phone, answer, question, screens[phone.app])
        self.store.settle()
        for phone in self.phones:
            self._compare(phone)
        self._unread.clear()

    # the widget -----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """A new chat, at first and after everything was deleted."""
        self.widget.start()
        self._gone = False
        # In an app the first question comes with the answer to the first words.
        self._hear([message for message in self.widget.said if message["kind"] != "question"])

    def _answer_in_widget(self, answer: Answer, question: Mapping[str, Any]) -> None:
        if not answer.choices:
            self.widget.say(answer.words)
        else:
            assert question["step"] == answer.step, f"{question['step']} is on screen, not {answer.step}"
            offered = [choice["id"] for choice in question["choices"]]
            assert set(answer.choices) <= set(offered), f"{answer.step} offers {offered}, not {answer.choices}"
            self.widget.pick(*answer.choices, text=answer.words or None, step=answer.step)
        self._hear(self.widget.said)
        self._gone = "receipt" in self.widget.answer

    def _hear(self, messages: Sequence[Mapping[str, Any]]) -> None:
        self._unread += messages
        for message in messages:
            contacts = message["direction"]["contacts"] if message["direction"] else ()
            self._widget_phones += [contact["phone"] for contact in contacts if contact["phone"]]

    # the apps -------------------------------------------------------------------------------------------------------

    def _answer_on(self, phone: Phone, answer: Answer, question: Mapping[str, Any], screen: Sequence[Sent]) -> None:
        if not answer.choices:
            phone.write(answer.words).raise_for_status()
            return
        labels = {choice["id"]: choice["label"] for choice in question["choices"]}
        wanted = [labels[choice] for choice in answer.choices]
        buttons = {label: (label, data) for sent in screen for label, data in sent.buttons}
        pressing = self.script.by == "press" and phone.app not in NEVER_PRESSES and not answer.words
        if pressing and len(wanted) == 1 and wanted[0] in buttons:
            phone.press(buttons[wanted[0]]).raise_for_status()
            return
        numbers = [_number(label, screen) for label in wanted]
        said = JOINED[phone.app].join(map(str, numbers))
        if self.script.by == "voice":
            said = " and ".join(SPOKEN[number] for number in numbers)
        elif phone.app == "whatsapp" and answer.choices[0] in WORDS_OF_LEGEND and len(wanted) == 1:
            said = WORDS_OF_LEGEND[answer.choices[0]]
        phone.write(f"{said} {answer.words}".strip()).raise_for_status()

    def _compare(self, phone: Phone) -> None:
        """Everything that the widget said in this turn stands on the phone, letter by letter but for the breaks."""
        new = phone.seen[self._before[phone.app] :]
        read = _flat("\n".join("\n".join([sent.text, *(label for label, _ in sent.buttons)]) for sent in new))
        for message in self._unread:
            for piece in _pieces(message):
                assert _flat(piece) in read, f"{phone.app} leaves out {piece!r} of {message['utterance']}: {read}"

    def _known_numbers(self) -> frozenset[str]:
        return frozenset(self._widget_phones)


def _number(label: str, screen: Sequence[Sent]) -> int:
    """The number of a line, read off the screen: it stands before the label, or it is the place of the button.

    Raises:
        AssertionError: there is no such line.
    """
    lines = [line for sent in screen for line in sent.text.splitlines()]
    numbered = [int(found[1]) for line in lines if (found := re.fullmatch(r"(\d+)\. (.+)", line)) and found[2] == label]
    if numbered:
        return numbered[-1]
    shown = [name for sent in screen for name, _ in sent.buttons]
    assert label in shown, f"no line and no button says {label!r}: {lines + shown}"
    return shown.index(label) + 1


def _pieces(message: Mapping[str, Any]) -> list[str]:
    """What a person reads of a message in the widget."""
    found = [message["text"], *(choice["label"] for choice in message["choices"])]
    if message["direction"]:
        found.append(message["direction"]["say"])
        for contact in message["direction"]["contacts"]:
            found += [contact["name"], contact["phone"], contact["hours"], contact["if_no_answer"]]
    return [piece for piece in found if piece]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _said(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(message["utterance"]) for message in messages if message["author"] == "bot"]


def _numbers(seen: Sequence[Sent], known: frozenset[str]) -> list[str]:
    """The lines that are a telephone number and nothing else, as a phone offers them to tap."""
    lines = [line.strip() for sent in seen for line in sent.text.splitlines()]
    return [line for line in lines if line in known]


def comparable(summary: Mapping[str, Any]) -> Any:
    """A summary without the moments at which things were said, which differ by the time that a channel takes."""
    found = json.loads(json.dumps(summary, default=str))
    found.pop("started_at")
    for reading in found["temperatures"]:
        reading.pop("at")
    return found
