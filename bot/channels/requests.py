"""Reading requests of people's clients strictly, and the one shape of every error."""

from __future__ import annotations

import json
from typing import Any, Mapping

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels import limits
from bot.channels.turns import TEXT_LENGTH
from bot.clinical import checklist

NEVER_STORED = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Refused(Exception):
    """An answer other than success. `code` is for programs, `utterance` and `values` for the person."""

    def __init__(self, status: int, code: str, utterance: str = "outage", **values: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.utterance, self.values = status, code, utterance, values


def error(status: int, code: str, message: str, contacts: list[dict[str, Any]]) -> HTTPResponse:
    """The error of the contract: a person whose chat breaks still reads whom to call."""
    body = {"error": {"code": code, "message": message, "contacts": contacts}}
    return json_response(body, status=status, headers=NEVER_STORED)


def body_of(request: Request, *, optional: bool = False) -> dict[str, Any]:
    """The JSON object of a request; with `optional`, an empty one where there is no body.

    Raises:
        Refused: too large, not JSON, or not an object.
    """
    if len(request.body) > limits.BODY_BYTES:
        raise Refused(413, "too_large", "too_long", limit=checklist.LIMIT)
    if optional and not request.body:
        return {}
    if not (request.content_type or "").startswith("application/json"):
        raise Refused(415, "send_json")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused(400, "not_json") from None
    if not isinstance(body, dict):
        raise Refused(400, "not_an_object")
    return body


def string_of(body: Mapping[str, Any], key: str, length: int) -> str | None:
    """A short string, or None where there is none.

    Raises:
        Refused: it is something else, or too long.
    """
    value = body.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > length:
        raise Refused(400, f"{key}_must_be_a_short_string")
    return value


def choices_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the choices pressed.

    Raises:
        Refused: they are something else, or more than any page has.
    """
    choices = body.get("choices") or []
    if not isinstance(choices, list) or len(choices) > limits.CHOICES:
        raise Refused(400, "choices_must_be_a_list_of_ids")
    if not all(isinstance(choice, str) and len(choice) <= limits.ID_LENGTH for choice in choices):
        raise Refused(400, "choices_must_be_a_list_of_ids")
    return tuple(choices)


def text_of(body: Mapping[str, Any], key: str = "text") -> str:
    """What the person wrote, cut where no more is read; empty where there is nothing.

    Raises:
        Refused: it is not a string.
    """
    text = body.get(key)
    if text is None:
        return ""
    if not isinstance(text, str):
        raise Refused(400, f"{key}_must_be_a_string")
    # Lone surrogates are legal in JSON but not in UTF-8, and so cannot be stored.
    return text[:TEXT_LENGTH].encode("utf-8", "replace").decode("utf-8")
