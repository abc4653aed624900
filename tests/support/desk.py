"""The desk as staff use it in a browser without scripts: they sign in, look at pages, fill in forms and send them.

    anna = hire(server, "helper")                  # makes an account, signs in, chooses a password
    page = anna.get("/cases/ABC123")               # a Page: status, words, forms, elements
    page = anna.send(page, "reply", text="Hello")  # the form whose action ends so, with its own fields and these
    anna.do("/cases/ABC123", "claim")              # both at once
    anna.sign_out(); anna.sign_in()                # moves the server's clock on: a code counts once

An answer that leads to another page is followed, as browsers do; `page.led` says where it led. `get` and `post` with
`follow=False` give the first answer. `csrf` and `once` come from the page, and nothing is added to a form but what is
named. Cookies are kept by hand: httpx does not send those that are for TLS alone.
"""

from __future__ import annotations

import base64
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any

import httpx

from desk import totp
from tests.support.server import Server

PASSWORD = "copper lantern ferry oboe"
SESSION = "__Host-desk"
VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass
class Element:
    """One element of a page."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """This element and all within it."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    @property
    def raw(self) -> str:
        """All its text, as it stands; a break of the line is one."""
        if self.tag == "br":
            return "\n"
        return "".join(c if isinstance(c, str) else c.raw for c in self.children)

    @property
    def words(self) -> str:
        """All its text, with single spaces."""
        return " ".join(self.raw.split())

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements within it of a tag that have these attributes."""
        wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
        return [e for e in self.walk() if e.tag == tag and wanted.items() <= e.attributes.items()]


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> ends <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def parsed(html: str) -> Element:
    """The tree of a page.

    Raises:
        AssertionError: an element is not ended where it should be.
    """
    tree = _Tree()
    tree.feed(html)
    tree.close()
    return tree.root


class Page:
    """What was answered."""

    def __init__(self, response: httpx.Response, led: str | None = None) -> None:
        self.response, self.led = response, led
        self.status = response.status_code
        self.html = response.text

    @cached_property
    def tree(self) -> Element:
        """The page, parsed."""
        return parsed(self.html)

    @property
    def words(self) -> str:
        """What one reads on it."""
        return self.tree.words

    def by_id(self, id_: str) -> Element:
        """The element of this id."""
        return next(e for e in self.tree.walk() if e.attributes.get("id") == id_)

    @property
    def fault(self) -> str:
        """What it says is wrong; empty when nothing is."""
        return " ".join(e.words for e in self.tree.walk() if e.attributes.get("role") == "alert")

    def has_form(self, ending: str) -> bool:
        """Whether there is a form whose action ends so."""
        return any(form.attributes.get("action", "").endswith(f"/{ending}") for form in self.tree.all("form"))

    def form(self, ending: str) -> tuple[str, dict[str, str]]:
        """Where the form leads whose action ends so, and what it sends when nothing is touched.

        Raises:
            AssertionError: there is none.
        """
        found = [form for form in self.tree.all("form") if form.attributes.get("action", "").endswith(f"/{ending}")]
        assert found, f"{self.response.url} has no form {ending}: {self.status} {self.words[:300]}"
        return found[0].attributes["action"], {
            e.attributes["name"]: _value(e)
            for e in found[0].walk()
            if e.tag in ("input", "textarea", "select") and e.attributes.get("type") != "checkbox"
        }


def _value(element: Element) -> str:
    if element.tag == "textarea":
        return element.raw
    if element.tag == "select":
        options = element.all("option")
        return options[0].attributes["value"] if options else ""
    return element.attributes.get("value", "")


class Browser:
    """One browser, and whoever sits at it."""

    def __init__(self, server: Server, name: str = "", password: str = "", secret: str = "") -> None:
        self.server, self.name, self.password, self._secret = server, name, password, secret
        self.cookies: dict[str, str] = {}
        self._last_step = 0

    # pages ----------------------------------------------------------------------------------------------------------

    def get(self, path: str = "/", *, follow: bool = True, **headers: str) -> Page:
        """Look at a page, by its address below the desk."""
        return self._answered(self.request("GET", _below(path), headers=_named(headers)), follow=follow)

    def post(self, path: str, fields: dict[str, str], *, follow: bool = True, **headers: str) -> Page:
        """Send a form, as a page of the desk does; a header that is given as empty is left out."""
        return self._answered(
            self.request("POST", _below(path), data=fields, headers={"origin": self.server.url} | _named(headers)),
            follow=follow,
        )

    def send(self, page: Page, ending: str, **typed: str) -> Page:
        """Fill in the form whose action ends so, and send it."""
        action, fields = page.form(ending)
        return self.post(action, fields | {name.replace("__", ":"): value for name, value in typed.items()})

    def do(self, path: str, ending: str, **typed: str) -> Page:
        """Open a page, and send a form of it."""
        return self.send(self.get(path), ending, **typed)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Any request with this browser's cookies; its own are kept."""
        headers = {name: value for name, value in options.pop("headers", {}).items() if value}
        response = self.server.http.request(method, path, headers=headers | self.held, **options)
        self._keep(response)
        return response

    @property
    def held(self) -> dict[str, str]:
        """The header with what this browser keeps."""
        return {"cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}

    def _answered(self, response: httpx.Response, *, follow: bool) -> Page:
        led = response.headers.get("location")
        if follow and response.status_code == 303:
            assert led, "a way on without an address"
            return Page(self.get(led).response, led)
        return Page(response, led)

    def _keep(self, response: httpx.Response) -> None:
        for line in response.headers.get_list("set-cookie"):
            for name, cookie in SimpleCookie(line).items():
                if cookie["max-age"] == "0" or not cookie.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = cookie.value

    # signing in -----------------------------------------------------------------------------------------------------

    def code(self) -> str:
        """What the authenticator shows; the server's clock goes on when that was used."""
        step = totp.step_of(self._now())
        if step <= self._last_step:
            self.server.clock.advance(seconds=totp.STEP_SECONDS * (self._last_step - step + 1))
            step = totp.step_of(self._now())
        self._last_step = step
        return totp.code_at(base64.b32decode(self._secret), step)

    def _now(self) -> Any:
        from datetime import datetime, timezone

        return datetime.fromtimestamp(time.time() + self.server.clock.seconds, timezone.utc)

    def sign_in(self, **typed: str) -> Page:
        """Sign in, with anything typed differently; the page that it leads to."""
        fields = {"name": self.name, "password": self.password, **({} if "code" in typed else {"code": self.code()})}
        return self.post("/sign-in", fields | typed)

    def sign_out(self) -> Page:
        """Sign out."""
        return self.do("/", "sign-out")


def hire(server: Server, role: str = "helper", name: str | None = None, *, first: bool = False) -> Browser:
    """Make an account and sign in, with a password of one's own; with `first`, only with that of the account."""
    name = name or f"{role.title()} {secrets.token_hex(3)}"
    told = server.staff("add", name, "--role", role)
    password, secret = (_line(told, word) for word in ("first password", "authenticator"))
    made = Browser(server, name, password, secret)
    page = made.sign_in()
    assert page.led == "/desk/password", page.words
    if not first:
        page = made.send(page, "password", old=password, new=PASSWORD, again=PASSWORD)
        assert page.led == "/desk/", page.words
        made.password = PASSWORD
    return made


def _line(text: str, label: str) -> str:
    found = re.search(rf"{label} +(\S+)", text)
    assert found, text
    return found[1]


def _below(path: str) -> str:
    return path if path.startswith("/desk") else f"/desk{path}"


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
