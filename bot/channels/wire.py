"""Reading JSON that another program wrote, member by member. What is missing or of another kind is None."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import aiohttp

from bot.channels.provider import Refusal

T = TypeVar("T")
#: Bytes of an answer that are read. Some apps send back what was sent.
ANSWER = 256 * 1024


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body.

    Raises:
        Refusal: 400, it is none.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refusal(400, "unreadable")
    return found


async def answer_object(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """The JSON object that an app answered with; an empty one where it is none, or is far too large.

    Raises:
        aiohttp.ClientError: the connection broke.
    """
    body = b""
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > ANSWER:
            return {}
    try:
        return json_object(body)
    except Refusal:
        return {}


def member(found: Any, kind: type[T], *path: str) -> T | None:
    """What stands at a path of names, if it is of this kind. `true` is no number, although Python takes it for one."""
    for name in path:
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found if isinstance(found, kind) and (kind is bool or not isinstance(found, bool)) else None
