"""The messages of the contract as texts for messaging apps: one rendering for all, within the limits of each.

Pure: no network, no clock, no wording of its own. `say` gives the reviewed words in the voice of the reader.

A turn is packed into as few messages as fit, since networks may swap two that follow each other closely; a direction
and a summary stand alone, so that they can be found and passed on. A question of one answer becomes buttons or a list
where the app has them and every label fits in full; otherwise its choices are numbered, and `read` follows the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from bot.channels.apps import App
from bot.channels.text_reading import button_data, shown
from bot.channels.text_split import length, split
from bot.clinical.reply import Value
from bot.exports.lines import Line, noted
from bot.exports.words import clean
from bot.nlp.answers import RESERVED

Say = Callable[[str, Mapping[str, Value]], str]
Style = Literal["buttons", "list", "numbers"]
#: Letters of help that still stand beside the choices of one question; more is read on demand ("3?").
HELP_SHOWN = 320
GAP = "\n\n"


@dataclass(frozen=True)
class Option:
    """One choice as the app shows it. What a button of it carries is `button_data(step, id)`."""

    id: str
    label: str


@dataclass(frozen=True)
class Outgoing:
    """One message to send. The parts of a long question come in order, and the last one has its options.

    With the style `numbers` the options stand in the text, and nothing is to be drawn. `opens` is the label of the
    button that opens a `list`.
    """

    text: str
    options: tuple[Option, ...] = ()
    step: str | None = None
    style: Style = "numbers"
    opens: str | None = None


def render(messages: Sequence[Mapping[str, Any]], app: App, say: Say) -> list[Outgoing]:
    """The messages of one turn as texts for this app, none longer than it takes.

    Beside those of the contract there is one of the kind `explanation`, with the `question` and the choices that the
    person `asks` to read more about (`Read.asks`): what a sign looks like, then how to answer. It is no turn.

    Raises:
        RenderError: a wording is missing.
    """
    packer = _Packer(app)
    for message in messages:
        if message["kind"] == "question":
            packer.ask(_question(message, app, say))
        elif message["kind"] == "direction":
            packer.alone(_card(message, say))
        elif message["kind"] == "summary":
            packer.alone(_summary(message, say))
        elif message["kind"] == "explanation":
            packer.alone(_explanation(message, app, say))
        else:
            packer.add(_statement(message, say))
            if message["utterance"] == "welcome_kept":
                packer.add(say(app.copy, {"app": app.label} if app.label else {}))
                packer.add(say("text_stop_word", {}) if app.seized else "")
    return packer.done()


def numbered(part: Outgoing, say: Say) -> Outgoing:
    """A part with its options as numbered lines, where an app cannot draw them after all.

    Raises:
        RenderError: a wording is missing.
    """
    if part.style == "numbers":
        return part
    lines = "\n".join(f"{number}. {option.label}" for number, option in enumerate(part.options, 1))
    text = GAP.join((part.text, lines, say("text_reply_one", {})))
    return Outgoing(text, part.options, part.step)


# packing --------------------------------------------------------------------------------------------------------------


class _Packer:
    """Collects texts, and joins them while they fit."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._out: list[Outgoing] = []
        self._open = ""

    def add(self, text: str) -> None:
        """A text that may stand together with others."""
        if not text.strip():
            return
        joined = f"{self._open}{GAP}{text}" if self._open else text
        if length(joined) > self._app.text_limit:
            self._flush()
            joined = text
        self._open = joined

    def alone(self, text: str) -> None:
        """A text that stands alone."""
        self._flush()
        self.add(text)
        self._flush()

    def ask(self, asked: Outgoing) -> None:
        """A question, together with what stands before it where both fit."""
        limit = self._app.text_limit if asked.style == "numbers" else self._app.options_limit
        joined = f"{self._open}{GAP}{asked.text}" if self._open else asked.text
        if length(joined) > limit:
            self._flush()
            joined = asked.text
        self._open = ""
        *before, last = split(joined, limit) or [""]
        self._out += [Outgoing(part) for part in before]
        self._out.append(Outgoing(last, asked.options, asked.step, asked.style, asked.opens))

    def done(self) -> list[Outgoing]:
        """Everything, in order."""
        self._flush()
        return self._out

    def _flush(self) -> None:
        self._out += [Outgoing(part) for part in split(self._open, self._app.text_limit)]
        self._open = ""


# texts ----------------------------------------------------------------------------------------------------------------


def _statement(message: Mapping[str, Any], say: Say) -> str:
    """The text; what a member of staff writes begins with who writes."""
    if message["author"] != "staff" or message["utterance"] is not None:
        return str(message["text"])
    name = clean(message.get("name") or "")
    who = say("text_staff", {"name": f"={name}"}) if name else say("text_staff_unnamed", {})
    return f"{who}\n{message['text']}"


def _card(message: Mapping[str, Any], say: Say) -> str:
    """The direction: what to do and how soon, whom to reach, what to say. Each number has a line of its own to tap."""
    direction = message["direction"]
    parts = [str(message["text"])]
    if direction["contacts"]:
        parts += [f"{say('summary_contacts', {})}:", *_contacts(direction["contacts"])]
    if direction["say"]:
        parts += [f'{say("summary_say", {})}:\n"{direction["say"]}"']
    return GAP.join(parts)


def _contacts(contacts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each contact as a paragraph; what to do when nobody answers stands once, below those that share it."""
    for contact, following in zip_longest(contacts, contacts[1:]):
        lines = [contact["name"], contact["phone"], contact["hours"]]
        no_answer = contact["if_no_answer"]
        if no_answer and (following is None or following["if_no_answer"] != no_answer):
            lines.append(no_answer)
        yield "\n".join(clean(line) for line in lines if line)


def _summary(message: Mapping[str, Any], say: Say) -> str:
    """What was noted, under the headings of the printed summary. The direction comes in a message of its own."""
    sections = noted(message["summary"], _Wording(say), None)
    parts = [f"{say(heading, {})}:\n{_lines(lines)}" for heading, lines in sections if lines]
    return GAP.join([str(message["text"]), *parts, say("summary_not_diagnosis", {})])


def _lines(lines: Sequence[Line]) -> str:
    before = {"item": "- ", "phone": "  ", "detail": "  "}
    return "\n".join(before.get(line.style, "") + line.text for line in lines)


@dataclass(frozen=True)
class _Wording:
    """`say` as the exports ask for words."""

    say: Say

    def text(self, utterance: str, values: Mapping[str, Value] | None = None) -> str:
        return self.say(utterance, values or {})


# questions ------------------------------------------------------------------------------------------------------------


def _question(message: Mapping[str, Any], app: App, say: Say) -> Outgoing:
    """The question in one text, with buttons or a list where they can show it whole, else with numbered lines."""
    choices = shown(message, app)
    style = _style(message, app)
    lines = _lines_of(choices, style, helps=_helps_are_short(choices))
    text = GAP.join(part for part in (str(message["text"]), *lines, _legend(message, app, say)) if part)
    options = tuple(Option(choice["id"], choice["label"]) for choice in choices)
    return Outgoing(text, options, message["step"], style, say("text_open_list", {}) if style == "list" else None)


def _style(message: Mapping[str, Any], app: App) -> Style:
    """Buttons and lists take one answer, and only labels that are shown in full and tell each other apart."""
    ids = [choice["id"] for choice in message["choices"]]
    labels = {choice["label"] for choice in message["choices"]}
    if message["multiple"] or not message["step"] or not labels or len(labels) < len(ids):
        return "numbers"
    if any(len(button_data(message["step"], id_).encode()) > app.data_bytes for id_ in ids):
        return "numbers"
    longest = max(map(length, labels))
    if len(ids) <= app.buttons and longest <= app.button_letters:
        return "buttons"
    return "list" if len(ids) <= app.list_rows and longest <= app.row_letters else "numbers"


def _lines_of(choices: Sequence[Mapping[str, Any]], style: Style, *, helps: bool) -> list[str]:
    """The choices by number, those that every question has apart; below buttons only what there is to add to them."""
    if style != "numbers":
        return ["\n".join(f"- {c['label']}\n  {c['help']}" for c in choices if helps and c["help"])]
    lines = [
        f"{number}. {c['label']}\n   {c['help']}" if helps and c["help"] else f"{number}. {c['label']}"
        for number, c in enumerate(choices, 1)
    ]
    own = _own(choices)
    return ["\n".join(lines[:own]), "\n".join(lines[own:])]


def _legend(message: Mapping[str, Any], app: App, say: Say) -> str:
    """How to answer. Below buttons only how to read more: everything else is plain to see there."""
    choices = shown(message, app)
    own = _own(choices)
    lines = []
    if choices and _style(message, app) == "numbers":
        several = message["multiple"] and own > 1
        lines.append(say("text_reply_many", {"number": min(own, 3)}) if several else say("text_reply_one", {}))
        words = [say(f"text_word_{choice['id']}", {}) for choice in choices[own:]]
        lines += [say("text_reply_words", {"words": ", ".join(words)})] if words else []
    helped = [number for number, choice in enumerate(choices, 1) if choice["help"]]
    if helped and not _helps_are_short(choices):
        lines.append(say("text_reply_help", {"number": helped[0]}))
    return "\n".join(lines)


def _explanation(message: Mapping[str, Any], app: App, say: Say) -> str:
    asked = [
        f"{number}. {choice['label']}{GAP}{choice['help']}"
        for number, choice in enumerate(shown(message["question"], app), 1)
        if choice["id"] in message["asks"] and choice["help"]
    ]
    return GAP.join(part for part in (*asked, _legend(message["question"], app, say)) if part)


def _own(choices: Sequence[Mapping[str, Any]]) -> int:
    """How many choices belong to this question alone; they come first."""
    return sum(choice["id"] not in RESERVED for choice in choices)


def _helps_are_short(choices: Sequence[Mapping[str, Any]]) -> bool:
    return sum(length(choice["help"] or "") for choice in choices) <= HELP_SHOWN
