"""A power cut in the middle of what staff do: sent again after the restart, it is done once, and nobody is lost."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlencode, urlsplit

import pytest

from tests.conftest import NewServer
from tests.support.chat import Chat
from tests.support.desk import Browser, hire

pytestmark = [pytest.mark.server, pytest.mark.long]

#: Seconds between the last byte of a form and the end of the server.
DELAYS = [0.0, 0.005, 0.02, 0.1]


def opened(browser: Browser) -> tuple[Chat, str]:
    """A chat whose person asks for somebody, and the address of its case."""

    def ids() -> set[str]:
        rows = browser.get("/").by_id("queue").all("tr")
        return {row.attributes["data-id"] for row in rows if "data-id" in row.attributes}

    before = ids()
    chat = Chat(browser.server).start()
    chat.say("I want to talk to a person")
    (case,) = ids() - before
    return chat, f"/cases/{case}"


def sent(browser: Browser, action: str, fields: dict[str, str]) -> socket.socket:
    """A form that is sent whole, and whose answer nobody waits for."""
    body = urlencode(fields).encode()
    url = urlsplit(browser.server.url)
    headers = {
        "Host": url.netloc,
        "Origin": browser.server.url,
        "Cookie": browser.held["cookie"],
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
    }
    head = f"POST {action} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    made = socket.create_connection((url.hostname or "", url.port or 0))
    made.sendall(head.encode() + b"\r\n" + body)
    return made


@pytest.mark.parametrize("delay", [pytest.param(delay, marks=pytest.mark.long if delay else ()) for delay in DELAYS])
def test_a_form_cut_off_by_a_power_cut_is_done_once(new_server: NewServer, delay: float) -> None:
    """A reply and a claim, killed on their way: after the same form once more there is one message and one claim."""
    server = new_server()
    helper = hire(server)
    (chat, replied), (_, claimed) = opened(helper), opened(helper)
    action, fields = helper.get(replied).form("reply")
    reply = (action, fields | {"text": "Are you still there?"})
    claim = helper.get(claimed).form("claim")
    sockets = [sent(helper, *reply), sent(helper, *claim)]
    time.sleep(delay)
    server.restart()
    for each in sockets:
        each.close()

    # Between the cut and the second form nobody is lost: each case waits, or is somebody's.
    for case in (replied, claimed):
        row = helper.get("/").by_id(f"case-{case.rpartition('/')[2]}")
        assert row.attributes["data-state"] == "waiting" or row.attributes["data-owner"] == helper.name
    for action, fields in (reply, claim):
        assert helper.post(action, fields).status == 200

    messages = chat.history()["messages"]
    assert [m["text"] for m in messages].count("Are you still there?") == 1
    assert [m["utterance"] for m in messages].count("human_joined") == 1
    page = helper.get(replied)
    assert page.by_id("transcript").words.count("Are you still there?") == 1
    assert "Answered" in page.words
    page = helper.get(claimed)
    taken = next(e for e in page.tree.walk() if e.attributes.get("data-live") == "history").words
    assert taken.count("took the case") == 1 and f"Taken: {helper.name}" in page.words
    verified = server.command("verify-audit")
    assert verified.returncode == 0, verified.stdout + verified.stderr
