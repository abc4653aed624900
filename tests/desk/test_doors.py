"""The two other doors of the desk, on a real server: by the site's own provider, and into the practice room."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

from tests.support.chat import Chat
from tests.support.desk import Browser, Page, hire, parsed
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider
from tests.support.server import Server

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    """The provider of a hospital."""
    started = OidcProvider(lambda: datetime.now(timezone.utc)).start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def desk(provider: OidcProvider, trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose staff may come by the provider, or with a password."""
    settings = {
        "SIGNPOST_OIDC_ISSUER": provider.issuer,
        "SIGNPOST_OIDC_CLIENT_ID": CLIENT_ID,
        "SIGNPOST_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "SIGNPOST_OIDC_NAME": "Example Hospital",
    }
    server = Server(tmp_path_factory.mktemp("doors"), trained_model, settings)
    server.env["SIGNPOST_PUBLIC_URL"] = server.url
    yield server.start()
    server.close()


def come_by_provider(server: Server, browser: Browser) -> Page:
    """Press the button, consent at the provider, and come back."""
    assert "Sign in with Example Hospital" in browser.get("/sign-in").words
    begun = browser.request("GET", "/desk/sign-in/oidc")
    assert begun.status_code == 303, begun.text
    consented = httpx.get(begun.headers["location"], follow_redirects=False)
    back = httpx.URL(consented.headers["location"])
    assert str(back).startswith(f"{server.url}/desk/sign-in/oidc/back?")
    handshake = SimpleCookie(begun.headers["set-cookie"])["__Secure-desk-handshake"]
    assert (handshake["path"], handshake["samesite"], handshake["httponly"]) == ("/desk/sign-in/oidc/back", "Lax", True)
    cookies = "; ".join(filter(None, [browser.held.get("cookie"), f"__Secure-desk-handshake={handshake.value}"]))
    return Page(server.http.get(back.raw_path.decode(), headers={"Cookie": cookies}, follow_redirects=False))


def test_staff_come_in_by_the_provider(desk: Server, provider: OidcProvider) -> None:
    """Who is linked is in, under the name of the desk; who is not reads the id to give to a supervisor."""
    provider.subject = "nurse-4711"
    stranger = come_by_provider(desk, Browser(desk))
    assert stranger.status == 403
    assert "nurse-4711" in stranger.words
    desk.staff("add", "Nora", "--role", "clinician", "--oidc", "nurse-4711")
    done = come_by_provider(desk, Browser(desk))
    assert (done.status, done.response.headers["location"]) == (303, "/desk/")
    cookies = SimpleCookie("; ".join(done.response.headers.get_list("set-cookie")))
    queue = desk.http.get("/desk/", headers={"Cookie": f"__Host-desk={cookies['__Host-desk'].value}"})
    assert queue.status_code == 200
    assert "Nora, clinician" in parsed(queue.text).words


def test_nobody_comes_back_who_did_not_leave(desk: Server) -> None:
    """An address with a code that somebody else was given opens nothing."""
    answer = desk.http.get("/desk/sign-in/oidc/back?code=stolen&state=made-up")
    assert answer.status_code == 403
    assert "__Host-desk" not in SimpleCookie("; ".join(answer.headers.get_list("set-cookie")))


def test_practice_is_the_desk_with_made_up_cases(desk: Server) -> None:
    """The same pages, clearly marked; what is done there is seen neither in the real queue nor by anybody."""
    chat = Chat(desk).start()
    chat.say("I want to talk to a person")
    real = str(desk.staff("list").split()[0])
    maya = hire(desk, "clinician")
    practice = maya.get("/practice/")
    assert practice.status == 200, practice.words
    assert "Practice. Everything here is made up." in practice.words
    made_up = [row.attributes["data-id"] for row in practice.tree.all("tr") if "data-id" in row.attributes]
    assert len(made_up) >= 10
    assert real not in made_up
    waiting = next(r for r in practice.tree.all("tr") if r.attributes.get("data-state") == "waiting")
    case = f"/practice/cases/{waiting.attributes['data-id']}"
    page = maya.get(case)
    assert "Practice." in page.words
    answered = maya.send(page, "reply", text="Hello, this is practice.")
    assert "Hello, this is practice." in answered.words
    assert "Practice." not in maya.get("/").words
    assert {row.attributes["data-id"] for row in maya.get("/").tree.all("tr") if "data-id" in row.attributes} == {real}
    assert maya.get(f"/practice/cases/{real}").status == 404
    assert maya.get(f"/cases/{waiting.attributes['data-id']}").status == 404
    assert all("practice" not in message["text"] for message in chat.history()["messages"])


def test_practice_begins_anew(desk: Server) -> None:
    """What was done is gone, and the times are fresh."""
    omar = hire(desk, "helper")
    practice = omar.get("/practice/")
    row = next(r for r in practice.tree.all("tr") if r.attributes.get("data-state") == "waiting")
    omar.send(omar.get(f"/practice/cases/{row.attributes['data-id']}"), "claim")
    anew = omar.send(omar.get("/practice/"), "reset")
    assert anew.status == 200
    assert row.attributes["data-id"] not in [r.attributes.get("data-id") for r in anew.tree.all("tr")]
    assert len([r for r in anew.tree.all("tr") if "data-id" in r.attributes]) >= 10
    assert "due" in anew.words


def test_a_call_can_be_practised(desk: Server) -> None:
    """The checklist of a made-up caller answers without touching the real store."""
    ines = hire(desk, "helper")
    begun = ines.send(ines.get("/practice/"), "calls")
    assert "/desk/practice/calls/" in (begun.led or ""), begun.words
    assert desk.staff("list").count("call") == 0
