"""Every route of the desk refuses whoever may not use it, and a form that no page of the desk sent; nothing changes.

The routes are those of the router of the whole application: a new one is tested without being named here.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import Sanic

from bot.server import app as application
from bot.server import runtime as runtimes
from desk.roles import ACTIONS, ROLES, may
from desk.web.routes import Route
from tests.conftest import NewServer
from tests.support.chat import Chat
from tests.support.desk import SESSION, Browser, Page, hire
from tests.support.server import Server
from tests.support.turns import open_runtime

pytestmark = pytest.mark.server

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
#: What every policy of a page must say; nothing inline, nothing from elsewhere.
POLICY = ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "require-trusted-types-for 'script'")


def routes_of_the_application(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, frozenset[str], Any]]:
    """All routes below the desk as the router has them: path, methods, and what handles them."""
    runtime = open_runtime(folder)
    monkeypatch.setattr(runtimes, "current", lambda: runtime)
    monkeypatch.setattr(Sanic, "test_mode", True)
    Sanic._app_registry.pop("signpost", None)
    try:
        app = application.build(runtime, None, lambda: None)
        app.router.finalize()
        return [
            (f"/{route.path.lstrip('/')}", frozenset(route.methods), route.handler)
            for route in app.router.routes
            if route.path.lstrip("/").startswith("desk")
        ]
    finally:
        Sanic._app_registry.pop("signpost", None)
        runtime.records.dispose()


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Route]]:
    """Every route of the desk but its fixed files, with its whole path."""
    with pytest.MonkeyPatch.context() as patch:
        found = routes_of_the_application(tmp_path_factory.mktemp("app"), patch)
    ours = []
    for path, methods, handler in found:
        if path.startswith("/desk/static/"):
            assert methods <= {"GET", "HEAD"}, path
            continue
        assert isinstance(handler, partial) and isinstance(handler.args[0], Route), f"{path} goes past desk.web.routes"
        route = handler.args[0]
        assert methods == {route.method}, path
        ours.append((path, route))
    assert len(ours) > 15
    return ours


@pytest.fixture(scope="module")
def desk(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this file alone, whose clock only goes on."""
    started = Server(tmp_path_factory.mktemp("desk"), trained_model).start()
    yield started
    started.close()


@pytest.fixture(scope="module")
def staff(desk: Server) -> dict[str, Browser]:
    """Somebody of each role, signed in."""
    return {role: hire(desk, role) for role in ROLES}


@pytest.fixture(scope="module")
def case(desk: Server) -> str:
    """A case that waits."""
    chat = Chat(desk).start()
    chat.say("I want to talk to a person")
    return str(desk.staff("list").split()[0])


def stored(server: Server) -> list[str]:
    """All that the database holds, the log included."""
    with sqlite3.connect(f"file:{server.var / 'signpost.db'}?mode=ro", uri=True) as database:
        return list(database.iterdump())


def filled(path: str, case: str) -> str:
    """An address of a route, with the case in it; other parameters get a value that nothing has."""
    values = {"case_id": case, "form": "pdf"}
    return re.sub(r"<([a-z_]+)(?::[a-z]+)?>", lambda found: values.get(found[1], "nothing"), path)


def csrf_of(browser: Browser) -> str:
    return browser.get("/").form("sign-out")[1]["csrf"]


def plain_headers(response: httpx.Response) -> None:
    """The headers of every answer of the desk are there."""
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS, response.url
    policy = response.headers["content-security-policy"]
    assert all(part in policy for part in POLICY), policy
    assert "unsafe" not in policy
    assert response.headers["cache-control"] == "no-store", response.url
    assert response.status_code == 303 or "location" not in response.headers


def test_a_mistyped_address_gets_a_page_that_says_so(desk: Server, staff: dict[str, Browser]) -> None:
    """With the desk's own headers, to whoever is signed in and whoever is not."""
    for browser in (staff["helper"], Browser(desk)):
        page = browser.get("/cases")
        plain_headers(page.response)
        assert page.status == 404
        assert "no such page here. Go back" in page.fault


# who ------------------------------------------------------------------------------------------------------------------


def test_what_a_route_needs_is_in_the_table_of_roles(routes: list[tuple[str, Route]]) -> None:
    """A slip in the name of an action would let nobody in; only the sign-in is for everybody."""
    for path, route in routes:
        assert route.needs in (*ACTIONS, "signed_in", "anybody"), path
        assert (route.needs == "anybody") == path.startswith("/desk/sign-in"), path


def test_who_is_signed_out_gets_nowhere(desk: Server, routes: list[tuple[str, Route]], case: str, staff: Any) -> None:
    """Pages lead to the sign-in; forms and streams are refused; nothing is said of the case, and nothing changes."""
    before = stored(desk)
    for stranger in (Browser(desk), with_cookie(desk, "x" * 43), with_cookie(desk, "\u00e9;")):
        for path, route in routes:
            if route.needs == "anybody":
                continue
            if route.method == "POST":
                page = stranger.post(filled(path, case), {"csrf": "x", "text": "x"}, follow=False)
                assert page.status == 401, path
            else:
                page = stranger.get(filled(path, case), follow=False)
                assert page.status == (401 if route.streams else 303), path
                assert route.streams or page.led == "/desk/sign-in"
            plain_headers(page.response)
            assert "I want to talk" not in page.html
            assert not page.response.headers.get_list("set-cookie")
    assert stored(desk) == before


def with_cookie(server: Server, value: str) -> Browser:
    made = Browser(server)
    made.cookies[SESSION] = value.encode().decode("latin-1") if value.isascii() else "%C3%A9"
    return made


def test_a_role_that_may_not_is_refused(
    desk: Server, routes: list[tuple[str, Route]], staff: dict[str, Browser], case: str
) -> None:
    """By the table alone: 403, also with a right form of one's own session, and nothing changes."""
    marks = {role: csrf_of(browser) for role, browser in staff.items()}
    before, tried = stored(desk), 0
    for (path, route), role in itertools.product(routes, ROLES):
        if route.needs in ("anybody", "signed_in") or may(role, route.needs):
            continue
        tried += 1
        fields = {"csrf": marks[role], "level": "keep", "reason": "because"}
        if route.method == "POST":
            page = staff[role].post(filled(path, case), fields, follow=False)
        else:
            page = staff[role].get(filled(path, case), follow=False)
        assert page.status == 403, (path, role)
        assert f"This is not for the role {role}" in page.words
        plain_headers(page.response)
    assert tried
    assert stored(desk) == before


def test_a_first_password_leads_to_a_new_one_and_nowhere_else(
    desk: Server, routes: list[tuple[str, Route]], case: str
) -> None:
    """Whatever is asked for; signing out is free."""
    newcomer = hire(desk, "supervisor", first=True)
    page = newcomer.get("/password")
    assert page.status == 200 and "Choose your own" in page.words
    mark, before = page.form("password")[1]["csrf"], stored(desk)
    for path, route in routes:
        if route.needs == "anybody" or path in ("/desk/password", "/desk/sign-out"):
            continue
        if route.method == "POST":
            answer = newcomer.post(filled(path, case), {"csrf": mark}, follow=False)
        else:
            answer = newcomer.get(filled(path, case), follow=False)
        assert (answer.status, answer.led) == (303, "/desk/password"), path
    assert stored(desk) == before
    for old, new, again in (
        ("wrong", "four words of mine here", None),
        (newcomer.password, "cat1", None),
        (newcomer.password, "four words of mine here", "four words of mine hare"),
    ):
        refused = newcomer.send(page, "password", old=old, new=new, again=again or new)
        assert refused.status in (400, 403) and refused.fault
        assert new not in refused.html and old not in refused.html
    assert newcomer.send(page, "sign-out").led == "/desk/sign-in"


# forms ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "mark"),
    [
        ({}, ""),
        ({}, "0" * 64),
        ({}, "another's"),
        ({}, "é\x00"),
        ({"origin": "https://elsewhere.example"}, "own"),
        ({"origin": "null"}, "own"),
        ({"origin": ""}, "own"),
        ({"origin": "", "sec_fetch_site": "cross-site"}, "own"),
        ({"origin": "", "sec_fetch_site": "none"}, "own"),
        ({"origin": "", "sec_fetch_site": "same-site"}, "own"),
    ],
)
def test_a_form_from_elsewhere_is_not_taken(
    desk: Server,
    routes: list[tuple[str, Route]],
    staff: dict[str, Browser],
    case: str,
    headers: dict[str, str],
    mark: str,
) -> None:
    """Without the mark of this very session, or sent by a page of another server, or by nobody knows whom."""
    clinician = staff["clinician"]
    marks = {"own": csrf_of(clinician), "another's": csrf_of(staff["helper"])}
    before = stored(desk)
    for path, route in routes:
        if route.method != "POST" or not (route.needs == "signed_in" or may("clinician", str(route.needs))):
            continue
        fields = {"csrf": marks.get(mark, mark), "text": "x", "level": "emergency", "outcome": "advised"}
        page = clinician.post(filled(path, case), fields, follow=False, **headers)
        assert page.status == 403 and page.fault, path
        plain_headers(page.response)
    assert stored(desk) == before


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
def test_nobody_can_be_signed_in_from_elsewhere(desk: Server, staff: dict[str, Browser], origin: str) -> None:
    """A page of another server cannot sign somebody in as somebody else; it is not even counted."""
    anna = staff["helper"]
    stranger, before = Browser(desk), stored(desk)
    fields = {"name": anna.name, "password": anna.password, "code": anna.code()}
    page = stranger.post("/sign-in", fields, follow=False, origin=origin)
    assert page.status == 403
    assert not stranger.cookies
    assert stored(desk) == before


def test_a_form_that_is_too_long_is_refused_in_words(desk: Server, staff: dict[str, Browser], case: str) -> None:
    """Beyond what the server reads at all, too, with the headers of the desk."""
    before = stored(desk)
    page = staff["helper"].do(f"/cases/{case}", "note", text="x" * 70_000)
    assert page.status == 413 and "Shorten it" in page.fault
    staff["helper"].get(f"/cases/{case}/live")
    huge = staff["helper"].request(
        "POST", f"/desk/cases/{case}/note", content=b"x" * 3_000_000, headers={"origin": desk.url}
    )
    assert huge.status_code == 413
    plain_headers(huge)
    assert [line for line in stored(desk) if "case_notes" in line] == [line for line in before if "case_notes" in line]


# what every answer has ------------------------------------------------------------------------------------------------


def test_every_answer_has_the_headers_of_the_desk(
    desk: Server, routes: list[tuple[str, Route]], staff: dict[str, Browser], case: str
) -> None:
    """Pages, streams, faults, addresses that there are not, and methods that no route takes."""
    supervisor = staff["supervisor"]
    for path, route in routes:
        if route.method != "GET":
            continue
        address = filled(path, case)
        with desk.http.stream("GET", address, headers=supervisor.held) as response:
            plain_headers(response)
            assert response.status_code in (200, 303, 404), address
            assert response.headers["content-type"].startswith("text/event-stream") == route.streams
    for method, path in (
        ("GET", "/desk/nothing"),
        ("GET", "/desk/cases/NONE00"),
        ("GET", "/desk/cases/%3Cscript%3E"),
        ("PUT", "/desk/"),
        ("HEAD", "/desk/"),
        ("GET", f"/desk/cases/{case}/reply"),
        ("POST", "/desk/nothing"),
        ("GET", "/desk/static/../desk.js"),
    ):
        answer = supervisor.request(method, path, headers={"origin": desk.url})
        assert answer.status_code in (403, 404, 405), path
        plain_headers(answer)


def test_fixed_files_can_be_had_by_everybody_and_are_asked_for_each_time(desk: Server) -> None:
    """The sign-in needs them; they hold nothing of anybody."""
    for name in ("desk.css", "desk.js"):
        answer = desk.http.get(f"/desk/static/{name}")
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        again = desk.http.get(f"/desk/static/{name}", headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304


def test_cookies_are_for_this_host_over_tls_and_out_of_reach_of_scripts(
    desk: Server, staff: dict[str, Browser]
) -> None:
    """The session ends with the browser; a new sign-in gets another one, and the one before it has ended."""
    anna = staff["helper"]
    before = dict(anna.cookies)
    fields = {"name": anna.name, "password": anna.password, "code": anna.code()}
    response = anna.post("/sign-in", fields, follow=False).response
    lines = response.headers.get_list("set-cookie")
    assert len(lines) == 2
    for line in lines:
        parts = {part.strip().lower().partition("=")[0] for part in line.split(";")}
        assert line.startswith("__Host-")
        assert {"secure", "httponly", "samesite", "path"} <= parts and "domain" not in parts, line
        assert "path=/;" in line.lower() + ";"
    assert anna.cookies[SESSION] != before[SESSION]
    old = Browser(desk)
    old.cookies = before
    assert old.get("/", follow=False).led == "/desk/sign-in"


# time -----------------------------------------------------------------------------------------------------------------


class Stream:
    """A stream that a page holds open, read beside the test."""

    def __init__(self, browser: Browser, path: str) -> None:
        self.events: list[str] = []
        self.opened, self.ended = threading.Event(), threading.Event()
        self._args = (browser.server.url + path, browser.held)
        threading.Thread(target=self._read, daemon=True).start()
        assert self.opened.wait(20)

    def _read(self) -> None:
        url, headers = self._args
        try:
            with httpx.stream("GET", url, headers=headers, timeout=60, trust_env=False) as response:
                for line in response.iter_lines():
                    self.opened.set()
                    if line.startswith("event: "):
                        self.events.append(line[7:])
        finally:
            self.ended.set()


def test_a_session_that_nobody_uses_ends_and_its_streams_with_it(new_server: NewServer) -> None:
    """After 20 minutes, however much its pages ask by themselves; one look in between, and it is 20 minutes again."""
    server = new_server()
    anna = hire(server)
    Chat(server).start().say("I want to talk to a person")
    case = server.staff("list").split()[0]
    streams = [Stream(anna, "/desk/events"), Stream(anna, f"/desk/cases/{case}/events")]
    server.clock.advance(minutes=15)
    assert anna.get("/").status == 200
    server.clock.advance(minutes=19)
    for _ in range(3):
        assert anna.get(f"/cases/{case}/live", x_desk_live="1", follow=False).status == 200
    server.clock.advance(minutes=1, seconds=5)
    assert anna.get(f"/cases/{case}/live", x_desk_live="1", follow=False).status == 401
    assert anna.get("/", follow=False).led == "/desk/sign-in"
    deadline = time.monotonic() + 20
    for stream in streams:
        assert stream.ended.wait(max(0.1, deadline - time.monotonic()))
        assert stream.events[-1] == "signed-out"
    assert anna.sign_in().led == "/desk/"


def test_an_account_that_is_disabled_is_out_at_once(new_server: NewServer) -> None:
    """The next thing it asks for, and the streams that are open; signing in says no more than for anybody."""
    server = new_server()
    anna = hire(server)
    stream = Stream(anna, "/desk/events")
    page = anna.get("/")
    server.staff("disable", anna.name)
    assert anna.send(page, "sign-out").status == 401
    assert anna.get("/", follow=False).led == "/desk/sign-in"
    assert stream.ended.wait(20) and stream.events[-1] == "signed-out"
    refused = anna.sign_in()
    assert refused.status == 403
    assert refused.fault == Browser(server, "Nobody", "x" * 20, "A" * 32).sign_in().fault


def test_after_too_many_wrong_sign_ins_the_page_says_how_long_to_wait(new_server: NewServer) -> None:
    """Refused without a check, also with the right password, until then; what was typed is not in the page."""
    server = new_server()
    anna = hire(server)
    stranger = Browser(server, anna.name, anna.password, anna._secret)
    for _ in range(5):
        page = stranger.sign_in(password="wrong and long enough", code="000000")
        assert page.status == 403
        assert "wrong and long" not in page.html
    slowed = stranger.sign_in(password=anna.password, code="000000")
    assert slowed.status == 429
    assert re.search(r"Try again in (a minute|\d+ minutes)", slowed.fault), slowed.fault
    server.clock.advance(minutes=2)
    stranger._last_step = anna._last_step
    assert stranger.sign_in().led == "/desk/"


def test_the_old_password_cannot_be_guessed_at_a_desk_that_somebody_left(new_server: NewServer) -> None:
    """After a few wrong ones there is a wait, also for the right one; a right one with a bad new one counts for nothing."""
    server = new_server()
    anna = hire(server)
    page = anna.get("/password")
    for _ in range(8):
        assert anna.send(page, "password", old=anna.password, new="cat1", again="cat1").status == 400
    for _ in range(5):
        assert anna.send(page, "password", old="a wrong one", new="x" * 20, again="x" * 20).status == 403
    new = "four words of mine here"
    slowed = anna.send(page, "password", old=anna.password, new=new, again=new)
    assert slowed.status == 429 and "Wait 1 min" in slowed.fault
    server.clock.advance(minutes=1)
    assert anna.send(page, "password", old=anna.password, new=new, again=new).led == "/desk/"


def test_signing_out_ends_the_session_for_good(desk: Server, staff: dict[str, Browser]) -> None:
    """What the browser had kept lets nobody in any more."""
    clinician = staff["clinician"]
    kept = dict(clinician.cookies)
    page: Page = clinician.sign_out()
    assert page.led == "/desk/sign-in" and SESSION not in clinician.cookies
    copied = Browser(desk)
    copied.cookies = kept
    assert copied.get("/", follow=False).led == "/desk/sign-in"
    assert clinician.sign_in().led == "/desk/"
