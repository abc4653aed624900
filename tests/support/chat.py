"""A person's chat with a real server, for tests: what they say and press, and what comes back.

    def test_something(chat):                      # a fresh conversation on the shared server; starts itself
        chat.pick("start")                         # press a choice of the question on screen
        chat.pick("night_sweats", "fever")         # several at once
        chat.pick("fatigue", text="since Easter")  # a choice and words with it
        chat.say("my gums bled on Tuesday")        # words alone
        assert chat.step == "page_blood"           # the step on screen, from the server
        assert "flag_heard" in chat.utterances     # ids of what was said in answer to the last message
        assert chat.level == "emergency"           # level of the last answer; None while nothing is noted
        assert chat.directions[-1]["contacts"]     # directions in the last answer
        assert "999" in chat.phones                # every number in the last answer, in order
        chat.last_question["choices"]              # the question on screen, with its choices
        chat.text                                  # all words of the last answer in one string
        chat.summary()["signs"]["present"]         # GET /summary
        chat.history()                             # GET /history: {"messages", "progress", "level", "contacts"}

Ways through: `walk(**answers)` presses "none" (or skips) until the summary, and `answers` replace that for a step:
`chat.walk(page_body=["fatigue"], worry="a_little")`. `until(step)` does the same up to a step and leaves it on screen.

A restart: `chat.server.restart()` (or `kill()`, then `start()`); the same chat goes on. Time:
`chat.server.clock.advance(days=3)` (the tokens then expire: `chat.refresh()` gets a
new one, and `say` and `pick` do it by themselves, as the widget does).

`chat.post(...)`, `chat.get(...)` and `chat.request(...)` give the raw `httpx.Response` for tests of the contract.
Every answer of `say` and `pick` must be 200; `Refused` shows status and body otherwise.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import httpx

from tests.support.server import Server

BASE = "/webhooks/widget"
#: More answers than any walk through the checklist needs.
WALK_LIMIT = 120


class Refused(AssertionError):
    """The server did not answer 200."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(
            f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text[:800]}"
        )
        self.response = response
        self.status = response.status_code
        self.error: dict[str, Any] = response.json().get("error", {}) if response.text.startswith("{") else {}


class Chat:
    """One conversation. See the module docstring."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.token = ""
        self.answer: dict[str, Any] = {}
        self.said: list[dict[str, Any]] = []
        self.last_question: dict[str, Any] = {}

    # starting -------------------------------------------------------------------------------------------------------

    def start(self, **body: Any) -> Chat:
        """Begin a conversation (`POST /session`); `resume_code="..."` takes another one up."""
        response = self.request("POST", "/session", json=body or None, token=None)
        if response.status_code != 201:
            raise Refused(response)
        self.token = response.json()["token"]
        self._take(response.json())
        return self

    def refresh(self) -> Chat:
        """A new token for an expired one."""
        response = self.post("/session/refresh")
        if response.status_code != 200:
            raise Refused(response)
        self.token = response.json()["token"]
        return self

    def copy(self) -> Chat:
        """The same conversation in another tab: the same token, and nothing else in common."""
        other = Chat(self.server)
        other.token, other.last_question = self.token, self.last_question
        return other

    # saying ---------------------------------------------------------------------------------------------------------

    def say(self, text: str, *, id: str | None = None) -> Chat:  # noqa: A002 - the contract's word
        """Send words."""
        return self._send({"text": text, "id": id or secrets.token_hex(8)})

    def pick(self, *choices: str, text: str | None = None, step: str | None = None, id: str | None = None) -> Chat:  # noqa: A002
        """Press choices of the question on screen; `step` presses those of another, as from an old page.

        Raises:
            AssertionError: the question on screen has no such choice (never with `step`).
        """
        if step is None:
            missing = set(choices) - set(self.choices)
            assert not missing, f"{self.step} offers {self.choices}, not {sorted(missing)}"
        body = {"step": step or self.last_question["step"], "choices": list(choices), "id": id or secrets.token_hex(8)}
        return self._send(body | ({"text": text} if text is not None else {}))

    def answer_step(self, answer: str | Sequence[str]) -> Chat:
        """Press one choice, or several; `"words: ..."` says the rest of the string."""
        if isinstance(answer, str) and answer.startswith("words: "):
            return self.say(answer.removeprefix("words: "))
        return self.pick(*([answer] if isinstance(answer, str) else answer))

    def until(self, step: str, **answers: str | Sequence[str]) -> Chat:
        """Go on until this step is on screen, with the given answers and the plainest ones otherwise.

        Keys of `answers` are steps; for steps with a colon write two underscores (`since__fatigue`).
        """
        wanted = {key.replace("__", ":"): value for key, value in answers.items()}
        for _ in range(WALK_LIMIT):
            if self.step == step:
                return self
            self.answer_step(wanted.get(self.step) or self._plainest())
        raise AssertionError(f"{step} did not come; the chat stands at {self.step}")

    def walk(self, **answers: str | Sequence[str]) -> Chat:
        """Go on to the summary."""
        return self.until("summary", **answers)

    def _plainest(self) -> str:
        """The choice that notes nothing new."""
        for choice in ("start", "continue", "none", "no", "skip", "finish", "called", "now_called", "unsure"):
            if choice in self.choices:
                return choice
        return self.choices[0]

    # what came back -------------------------------------------------------------------------------------------------

    @property
    def step(self) -> str:
        """The step on screen."""
        return str(self.answer["progress"]["step"])

    @property
    def level(self) -> str | None:
        """The level of the last answer."""
        level: str | None = self.answer["level"]
        return level

    @property
    def choices(self) -> list[str]:
        """The choice ids of the question on screen."""
        return [choice["id"] for choice in self.last_question.get("choices", ())]

    @property
    def utterances(self) -> list[str]:
        """The ids of what was said last."""
        return [message["utterance"] for message in self.said]

    @property
    def directions(self) -> list[dict[str, Any]]:
        """The directions in what was said last."""
        return [message["direction"] for message in self.said if message["direction"]]

    @property
    def phones(self) -> list[str]:
        """The numbers in what was said last."""
        contacts = [contact for direction in self.directions for contact in direction["contacts"]]
        return [contact["phone"] for contact in contacts if contact["phone"]]

    @property
    def text(self) -> str:
        """What was said last, with what to say on the phone, as one text."""
        parts = [m["text"] for m in self.said] + [direction["say"] for direction in self.directions]
        return "\n".join(parts)

    def history(self) -> dict[str, Any]:
        """Everything that was said."""
        return self._json(self._fresh("GET", "/history"))

    def summary(self, suffix: str = "") -> Any:
        """The summary; with a suffix such as `txt`, the bytes of that file."""
        response = self._fresh("GET", f"/summary.{suffix}" if suffix else "/summary")
        if response.status_code != 200:
            raise Refused(response)
        return response.content if suffix else response.json()

    def keep(self, keep: bool = True) -> str | None:
        """Keep the chat on this device; the resume code."""
        code: str | None = self._json(self._fresh("POST", "/keep", json={"keep": keep}))["resume_code"]
        return code

    def forget(self) -> dict[str, Any]:
        """Delete the conversation; the receipt."""
        receipt: dict[str, Any] = self._json(self._fresh("DELETE", "/conversation"))["receipt"]
        return receipt

    # raw ------------------------------------------------------------------------------------------------------------

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        """`POST` below the channel's address."""
        return self.request("POST", path, json=json, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """`GET` below the channel's address."""
        return self.request("GET", path, **options)

    def request(self, method: str, path: str, token: str | None = "", **options: Any) -> httpx.Response:
        """Any request below the channel's address, with this chat's token; `token=None` sends none."""
        headers = dict(options.pop("headers", {}))
        token = self.token if token == "" else token
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.server.http.request(method, BASE + path, headers=headers, **options)

    def _fresh(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A request that gets itself a new token once when the old one has expired, as the widget does."""
        response = self.request(method, path, **options)
        if response.status_code == 401 and response.json()["error"]["code"] == "token_expired":
            self.refresh()
            response = self.request(method, path, **options)
        return response

    @staticmethod
    def _json(response: httpx.Response) -> dict[str, Any]:
        if response.status_code != 200:
            raise Refused(response)
        found: dict[str, Any] = response.json()
        return found

    def _send(self, body: dict[str, Any]) -> Chat:
        self._take(self._json(self._fresh("POST", "/messages", json=body)))
        return self

    def _take(self, answer: dict[str, Any]) -> None:
        self.answer, self.said = answer, answer["messages"]
        for message in self.said:
            if message["kind"] == "question":
                self.last_question = message
