"""A member of staff who takes a call at the desk of a real server, with forms alone, as a browser without scripts does.

    desk = CallDesk(store, "helper")               # has an account and a session
    call = desk.start(caller="Mrs Lee")            # POST /desk/calls; the page of the first question is read
    call.answer("start")                           # a choice of the question on the page
    call.answer("fatigue", "fever", text="words")  # several, and words with them
    call.fill("temperature", temperature="38.4")   # the form whose address ends so
    call.page                                      # the last page: status, html, words, forms

Sessions are made in the store: signing in has tests of its own.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

from bot.clinical import checklist
from bot.clinical.state import State
from bot.clinical.summary import build_summary
from bot.content.render import Renderer
from bot.records import Case
from desk import accounts
from tests.support.store import Store

PASSWORD = "copper lantern ferry oboe"
Fields = Sequence[tuple[str, str]]


@dataclass
class Form:
    """One form of a page: where it leads, what it sends untouched, and what can be picked."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    #: (name, value) of ticks and of buttons that send something.
    picks: list[tuple[str, str]] = field(default_factory=list)
    #: The key of each pick, by its value.
    keys: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """What was answered."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.status, self.html = response.status_code, response.text
        self.path = response.request.url.path
        self.forms: list[Form] = []
        self._alerts = 0
        self._open: list[str] = []
        self.words, self.alert = "", ""
        self.phones: list[str] = []
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(found["action"]))
        elif tag in ("input", "button") and self.forms and found.get("name"):
            form = self.forms[-1]
            if tag == "button" or found.get("type") == "checkbox":
                form.picks.append((found["name"], found.get("value", "")))
                form.keys[found.get("value", "")] = found.get("data-key", "")
            else:
                form.fields[found["name"]] = found.get("value", "")
        elif tag == "a" and found.get("href", "").startswith("tel:"):
            self.phones.append(found["href"].removeprefix("tel:"))
        if tag in ("section", "p", "div"):
            self._open.append("alert" if found.get("role") == "alert" and "hidden" not in found else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("section", "p", "div") and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self.words += data
        if "alert" in self._open:
            self.alert += data

    def form(self, ending: str) -> Form:
        """The form whose address ends so.

        Raises:
            AssertionError: there is none.
        """
        found = [form for form in self.forms if form.action.endswith(f"/{ending}")]
        assert found, f"{self.path} ({self.status}) has no form {ending}: {' '.join(self.words.split())[:400]}"
        return found[0]


class CallDesk:
    """Somebody at the desk."""

    def __init__(self, store: Store, role: str = "helper", name: str | None = None) -> None:
        self.store, self.name = store, name or f"{role.title()} {secrets.token_hex(3)}"
        first = accounts.add(store.records, self.name, role, "test")
        self.session = accounts.choose_password(store.records, self.name, first.password, PASSWORD)

    def get(self, path: str) -> Page:
        """A page of the desk; where it leads is followed."""
        return self._followed(self.request("GET", f"/desk{path}"))

    def send(self, form: Form, fields: Fields) -> Page:
        """Send a form with these fields."""
        body = httpx.QueryParams(list(fields))
        return self._followed(self.request("POST", form.action, content=str(body)))

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Any request, with this session."""
        server = self.store.server
        headers = {"cookie": f"__Host-desk={self.session}", "origin": server.url}
        if "content" in options:
            headers["content-type"] = "application/x-www-form-urlencoded"
        return server.http.request(method, path, headers=headers | options.pop("headers", {}), **options)

    def _followed(self, response: httpx.Response) -> Page:
        while response.status_code == 303:
            response = self.request("GET", response.headers["location"])
        return Page(response)

    def start(self, **typed: str) -> Call:
        """Take a call."""
        form = self.get("/calls").form("calls")
        page = self.send(form, [*{**form.fields, **typed}.items()])
        found = re.fullmatch(r"/desk/calls/(\w+)", page.path)
        assert found, f"{page.path}: {page.words}"
        return Call(self, found[1], page)


class Call:
    """One call, at its present page."""

    def __init__(self, desk: CallDesk, case_id: str, page: Page) -> None:
        self.desk, self.case_id, self.page = desk, case_id, page

    @property
    def step(self) -> str:
        """The question that the page asks."""
        return self.page.form("answer").fields["step"]

    @property
    def choices(self) -> list[str]:
        """What the page offers."""
        return [value for _, value in self.page.form("answer").picks]

    def open(self) -> Call:
        """Load the page of the call again."""
        self.page = self.desk.get(f"/calls/{self.case_id}")
        return self

    def fields(self, *choices: str, text: str = "") -> list[tuple[str, str]]:
        """What the form of the answer sends with these choices."""
        form = self.page.form("answer")
        offered = {value: name for name, value in form.picks}
        picks = [(offered.get(choice, "choice"), choice) for choice in choices]
        return [*{**form.fields, "text": text}.items(), *picks]

    def answer(self, *choices: str, text: str = "") -> Call:
        """Answer the question of the page."""
        self.page = self.desk.send(self.page.form("answer"), self.fields(*choices, text=text))
        return self

    def fill(self, ending: str, **typed: str) -> Call:
        """Fill in another form of the page; `__` in a name stands for a colon."""
        form = self.page.form(ending)
        named = {name.replace("__", ":"): value for name, value in typed.items()}
        self.page = self.desk.send(form, [*{**form.fields, **named}.items()])
        return self

    def until(self, step: str) -> Call:
        """Answer with none, or the first choice, until this question is asked."""
        for _ in range(60):
            if self.step == step:
                return self
            self.answer("none" if "none" in self.choices else self.choices[0])
        raise AssertionError(f"{step} was never asked")

    # what is on record ----------------------------------------------------------------------------------------------

    @property
    def case(self) -> Case:
        """The case."""
        with self.desk.store.records.reading() as store:
            return store.case(self.case_id)

    @property
    def sheet(self) -> Mapping[str, str]:
        """What staff typed."""
        with self.desk.store.records.reading() as store:
            return store.sheet(self.case_id)

    @property
    def state(self) -> State:
        """The checklist."""
        with self.desk.store.records.reading() as store:
            return State.from_json(store.state(str(store.case(self.case_id).conversation_id)) or {})

    @property
    def transcript(self) -> list[dict[str, Any]]:
        """What was said."""
        with self.desk.store.records.reading() as store:
            return store.messages(str(store.case(self.case_id).conversation_id))

    def summary(self) -> dict[str, Any]:
        """The summary of the contract, as the widget would give it."""
        store, state = self.desk.store, self.state
        content = checklist.in_force(store.content, store.site, store.clock())
        summary = build_summary(state, content, store.site, store.clock())
        return Renderer(store.content, store.site, state.voice, state.country).summary(summary)
