"""One item of a FHIR Questionnaire together with its answers, so that question and answer cannot drift apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.exports.words import clean

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """`type` is a code of R4's item-type. `options` are (code, display) pairs of a choice.

    `children` are the items below. A repeating group holds in `rows` its children once for each time it occurs,
    with their answers; its own `children` then only say which questions there are.
    """

    link_id: str
    text: str
    type: str
    options: tuple[tuple[str, str], ...] = ()
    answers: tuple[Answer, ...] = ()
    children: tuple[Item, ...] = ()
    rows: tuple[tuple[Item, ...], ...] | None = None
    repeats: bool = False
    #: Worked out by the checklist, not asked.
    read_only: bool = False

    def definition(self) -> dict[str, Any]:
        """The item of the Questionnaire."""
        item: dict[str, Any] = {"linkId": self.link_id, "text": self.text, "type": self.type}
        if self.repeats:
            item["repeats"] = True
        if self.read_only:
            item["readOnly"] = True
        if self.options:
            item["answerOption"] = [
                {"valueCoding": {"code": code, "display": display}} for code, display in self.options
            ]
        if self.children:
            item["item"] = [child.definition() for child in self.children]
        return item

    def response(self) -> Iterator[dict[str, Any]]:
        """The items of the QuestionnaireResponse: none when nothing was answered."""
        head = {"linkId": self.link_id, "text": self.text}
        if self.type == "group":
            for row in (self.children,) if self.rows is None else self.rows:
                below = [answered for child in row for answered in child.response()]
                if below:
                    yield {**head, "item": below}
        elif self.answers:
            first, *others = self.answers
            below = [answered for child in self.children for answered in child.response()]
            yield {**head, "answer": [{**first, **({"item": below} if below else {})}, *others]}

    # makers -------------------------------------------------------------------------------------------------------

    @classmethod
    def group(
        cls, link_id: str, text: str, children: Iterable[Item], rows: tuple[tuple[Item, ...], ...] | None = None
    ) -> Item:
        """A heading over other items; with `rows`, one that occurs as often as there are rows."""
        return cls(link_id, text, "group", children=tuple(children), rows=rows, repeats=rows is not None)

    @classmethod
    def words(cls, link_id: str, text: str, *said: object, repeats: bool = False, read_only: bool = False) -> Item:
        """Text of any length; what is empty or None is no answer."""
        answers = tuple({"valueString": clean(words)} for words in said if words is not None and clean(words))
        return cls(link_id, text, "text", answers=answers, repeats=repeats, read_only=read_only)

    @classmethod
    def choice(
        cls,
        link_id: str,
        text: str,
        options: Iterable[tuple[str, str]],
        *picked: str | None,
        repeats: bool = False,
        read_only: bool = False,
        children: tuple[Item, ...] = (),
    ) -> Item:
        """Codes from a list.

        A summary may be older than the list: a code that the list no longer has is added to it, as its own name.
        """
        known = dict(options)
        known.update({code: clean(code) for code in picked if code and code not in known})
        answers = tuple({"valueCoding": {"code": code, "display": known[code]}} for code in picked if code)
        return cls(
            link_id,
            text,
            "choice",
            options=tuple(known.items()),
            answers=answers,
            repeats=repeats,
            read_only=read_only,
            children=children,
        )
