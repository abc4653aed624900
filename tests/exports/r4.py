"""What makes a QuestionnaireResponse valid R4 (4.0.1): the models of fhirclient, and the rules that they leave out.

fhirclient knows names, types, cardinality and dates; not codes of required bindings, empty strings, two values of one
choice, nor whether a response fits its Questionnaire. Those are checked here, from the R4 pages of the two resources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from fhirclient.models.fhirabstractbase import FHIRValidationError
from fhirclient.models.questionnaireresponse import QuestionnaireResponse

RESPONSE_STATUS = {"in-progress", "completed", "amended", "entered-in-error", "stopped"}
PUBLICATION_STATUS = {"draft", "active", "retired", "unknown"}
#: The answer that each type of item takes. Types that the export does not use are not listed.
VALUE_OF = {
    "boolean": "valueBoolean",
    "date": "valueDate",
    "quantity": "valueQuantity",
    "text": "valueString",
    "choice": "valueCoding",
}
STRING = re.compile(r"[ \r\n\t\S]+")
CODE = re.compile(r"[^\s]+(\s[^\s]+)*")
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def faults(resource: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with the resource; empty when nothing is."""
    found = []
    try:
        if QuestionnaireResponse(dict(resource), strict=True).as_json() != resource:
            found.append("the models read it differently")
    except FHIRValidationError as error:
        return [f"model: {error}"]
    (form,) = resource["contained"]
    if resource["questionnaire"] != f"#{form['id']}":
        found.append("dom-3: the contained questionnaire is not the one answered")
    if resource["status"] not in RESPONSE_STATUS or form["status"] not in PUBLICATION_STATUS:
        found.append("status: unknown code")
    if not re.fullmatch(r"[A-Z]([A-Za-z0-9_]){0,254}", form["name"]):
        found.append("que-0: name")
    ids = [item["linkId"] for item in _all(form["item"])]
    if len(ids) != len(set(ids)):
        found.append("que-2: a linkId twice")
    ET.fromstring(resource["text"]["div"])  # noqa: S314 - our own output
    found += [f"string: {text!r}" for text in _strings(resource) if not _string_fits(text)]
    found += [fault for item in _all(form["item"]) for fault in _definition(item)]
    return found + list(_response(resource.get("item", []), form["item"]))


def _string_fits(text: str) -> bool:
    controls = any(ord(c) < 32 and c not in "\t\n\r" for c in text)
    return bool(STRING.fullmatch(text)) and bool(text.strip()) and not controls


def _all(items: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for item in items:
        yield item
        yield from _all(item.get("item", []))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _definition(item: Mapping[str, Any]) -> Iterator[str]:
    if item["type"] not in {"group", *VALUE_OF}:
        yield f"{item['linkId']}: type {item['type']}"
    if item["type"] == "group" and not item.get("item"):
        yield f"{item['linkId']}: que-1: a group without items"
    if (item["type"] == "choice") != ("answerOption" in item):
        yield f"{item['linkId']}: que-5: options and type do not fit"


def _response(answered: Sequence[Mapping[str, Any]], asked: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Whether these items answer those, in their order."""
    order = [item["linkId"] for item in asked]
    ids = [item["linkId"] for item in answered]
    if set(ids) - set(order):
        yield f"not asked here: {set(ids) - set(order)}"
        return
    if ids != sorted(ids, key=order.index):
        yield f"out of order: {ids}"
    by_id = {item["linkId"]: item for item in asked}
    for item in answered:
        question = by_id[item["linkId"]]
        if ids.count(item["linkId"]) > 1 and not (question["type"] == "group" and question.get("repeats")):
            yield f"{item['linkId']}: more than once"
        if question["type"] == "group":
            yield from _group(item, question)
        else:
            yield from _answers(item, question)


def _group(item: Mapping[str, Any], question: Mapping[str, Any]) -> Iterator[str]:
    if "answer" in item:
        yield f"{item['linkId']}: a group with an answer"
    yield from _response(item["item"], question["item"])


def _answers(item: Mapping[str, Any], question: Mapping[str, Any]) -> Iterator[str]:
    if "item" in item:
        yield f"{item['linkId']}: items stand beside the answer, not below it"
    if len(item["answer"]) > 1 and not question.get("repeats"):
        yield f"{item['linkId']}: several answers"
    for answer in item["answer"]:
        values = [key for key in answer if key != "item"]
        if values != [VALUE_OF.get(question["type"])]:
            yield f"{item['linkId']}: {values} for {question['type']}"
            continue
        value = answer[values[0]]
        if question["type"] == "choice":
            if {"valueCoding": value} not in question["answerOption"]:
                yield f"{item['linkId']}: {value} is not an option"
            if not CODE.fullmatch(value["code"]):
                yield f"{item['linkId']}: {value['code']!r} is no code"
        if question["type"] == "date" and not DATE.fullmatch(value):
            yield f"{item['linkId']}: {value!r} is no date"
        yield from _response(answer.get("item", []), question.get("item", []))
