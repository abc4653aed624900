"""Buttons and lists on WhatsApp by way of Twilio, which draws them from templates that it keeps.

One template serves every question with as many choices: all that is shown comes as its variables, so that Twilio's
store of templates never holds what was said to a person, and an account needs 13 of them at most. They are looked up by
name at the first use and made where they are missing. Within 24 hours of a person's message WhatsApp takes them without
approval, and every question of the checklist follows a message (Twilio's pages on `twilio/quick-reply`, on
`twilio/list-picker` and on variables).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.channels.text import Outgoing
from bot.channels.text_reading import button_data
from bot.channels.wire import answer_object, member

API = "https://content.twilio.com"
#: Part of the names of templates; another number for another shape. Twilio asks for a language and never shows it.
VERSION, LANGUAGE = "v1", "en"
#: Templates that are listed in one answer, and answers that are read: the account may hold other services' templates.
PAGE, PAGES = 50, 20


class NotDrawn(Exception):
    """Twilio gave no template. `reason` is a word for the operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def name_of(part: Outgoing) -> str:
    """The name of the template that draws this part."""
    return f"signpost_{part.style}_{len(part.options)}_{VERSION}"


def template(part: Outgoing) -> dict[str, Any]:
    """The template for parts of this shape, as Twilio's Content API takes it."""
    count = len(part.options)
    labels = [(f"{{{{label{n}}}}}", f"{{{{id{n}}}}}") for n in range(1, count + 1)]
    shape: dict[str, Any] = {"body": "{{text}}"}
    if part.style == "list":
        kind = "twilio/list-picker"
        shape |= {"button": "{{opens}}", "items": [{"item": label, "id": id_} for label, id_ in labels]}
    else:
        kind = "twilio/quick-reply"
        shape["actions"] = [{"type": "QUICK_REPLY", "title": label, "id": id_} for label, id_ in labels]
    samples = {name: name for name in variables(part)}
    return {"friendly_name": name_of(part), "language": LANGUAGE, "variables": samples, "types": {kind: shape}}


def variables(part: Outgoing) -> dict[str, str]:
    """What this part has in the places of its template."""
    found = {"text": part.text} | ({"opens": part.opens} if part.opens else {})
    for number, option in enumerate(part.options, 1):
        found[f"label{number}"] = option.label
        found[f"id{number}"] = button_data(str(part.step), option.id)
    return found


class Templates:
    """The templates of one account, by name; asked for once."""

    def __init__(self, api: str, headers: Mapping[str, str]) -> None:
        self._url = f"{api}/v1/Content"
        self._headers = headers
        self._known: dict[str, str] = {}
        self._listed = False
        self._one_at_a_time = asyncio.Lock()

    async def fields(self, http: aiohttp.ClientSession, part: Outgoing) -> dict[str, str]:
        """What stands in a message in place of its text.

        Raises:
            NotDrawn: there is no template for it, and none could be made.
        """
        name = name_of(part)
        async with self._one_at_a_time:
            if name not in self._known and not self._listed:
                await self._list(http)
            if name not in self._known:
                self._known[name] = await self._make(http, part)
        return {"ContentSid": self._known[name], "ContentVariables": json.dumps(variables(part), ensure_ascii=False)}

    def forget(self) -> None:
        """Look all of them up again: somebody may have deleted one."""
        self._known.clear()
        self._listed = False

    async def _list(self, http: aiohttp.ClientSession) -> None:
        url: str | None = f"{self._url}?PageSize={PAGE}"
        for _ in range(PAGES):
            if url is None:
                break
            found = await self._call(http, "GET", url)
            for one in member(found, list, "contents") or ():
                name, sid = member(one, str, "friendly_name"), member(one, str, "sid")
                if name and sid:
                    self._known[name] = sid
            following = member(found, str, "meta", "next_page_url")
            # Never to another address: the request carries the account's token.
            url = following if following and following.startswith(self._url) else None
        self._listed = True

    async def _make(self, http: aiohttp.ClientSession, part: Outgoing) -> str:
        sid = member(await self._call(http, "POST", self._url, template(part)), str, "sid")
        if not sid:
            raise NotDrawn("no_template")
        return sid

    async def _call(self, http: aiohttp.ClientSession, method: str, url: str, body: Any = None) -> Any:
        try:
            async with http.request(method, url, json=body, headers=self._headers, allow_redirects=False) as response:
                status, found = response.status, await answer_object(response)
        except asyncio.TimeoutError:
            raise NotDrawn("timeout") from None
        except (aiohttp.ClientError, OSError):
            raise NotDrawn("connection") from None
        if not 200 <= status < 300:
            raise NotDrawn(f"http_{status}")
        return found
