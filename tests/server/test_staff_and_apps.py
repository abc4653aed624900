"""Apps on a real server as staff and operators see them: Slack both ways, a closed window, and the figures."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator

from tests.conftest import NewServer
from tests.support.server import Server

pytestmark = pytest.mark.server

SID, TOKEN, SECRET, KEY, PUBLIC = "AC" + "0" * 32, "t" * 40, "s" * 32, "k" * 32, "https://chat.example.org"
PERSON, OURS = "whatsapp:+447700900123", "whatsapp:+447700900456"
CREDENTIALS = """
bot.channels.widget.WidgetChannel: {}
bot.channels.twilio.TwilioWhatsAppChannel: {}
bot.channels.slack.SlackChannel: {}
"""


class Companies:
    """Twilio and Slack in one, on 127.0.0.1: whatever is sent is taken, and remembered as text."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        companies = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                companies.taken.append(f"{self.path} {body}")
                answer = b'{"ok": true}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, words: str, seconds: float = 30) -> None:
        """Wait until something with these words was sent.

        Raises:
            AssertionError: nothing was.
        """
        deadline = time.monotonic() + seconds
        while not any(words in taken for taken in self.taken):
            assert time.monotonic() < deadline, f"{words!r} did not come: {self.taken}"
            time.sleep(0.05)


@pytest.fixture
def companies() -> Iterator[Companies]:
    made = Companies()
    yield made
    made.close()


@pytest.fixture
def server(new_server: NewServer, tmp_path: Path, companies: Companies) -> Server:
    file = tmp_path / "credentials.yml"
    file.write_text(CREDENTIALS, encoding="utf-8")
    return new_server(
        env={
            "SIGNPOST_CREDENTIALS": str(file),
            "SIGNPOST_METRICS_KEY": KEY,
            "SIGNPOST_TWILIO_ACCOUNT_SID": SID,
            "SIGNPOST_TWILIO_AUTH_TOKEN": TOKEN,
            "SIGNPOST_WHATSAPP_SENDER": OURS.partition(":")[2],
            "SIGNPOST_PUBLIC_URL": PUBLIC,
            "SIGNPOST_TWILIO_API_URL": companies.url,
            "SIGNPOST_SLACK_SIGNING_SECRET": SECRET,
            "SIGNPOST_SLACK_BOT_TOKEN": TOKEN,
            "SIGNPOST_SLACK_API_URL": companies.url + "/api",
        }
    )


def slack(server: Server, secret: str = SECRET, **event: Any) -> Any:
    """Post a request as Slack does; the answer of the webhook."""
    body = json.dumps(event).encode()
    stamp = str(int(time.time() + server.clock.seconds))
    given = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": str(given),
    }
    return server.http.post("/webhooks/slack/messages", content=body, headers=headers)


def whatsapp_lost(server: Server, callback: str) -> Any:
    """Report to where a message asks for it, as Twilio does, that it did not arrive."""
    form = {"MessageSid": "SM9", "MessageStatus": "undelivered", "ErrorCode": "63016", "AccountSid": SID, "From": OURS}
    form["To"] = PERSON
    given = RequestValidator(TOKEN).compute_signature(callback, form)
    return server.http.post(callback.removeprefix(PUBLIC), data=form, headers={"X-Twilio-Signature": given})


def whatsapp(server: Server, number: int, text: str) -> Any:
    """Post a message as Twilio does."""
    form = {"MessageSid": f"SM{number}", "AccountSid": SID, "From": PERSON, "To": OURS, "Body": text}
    path = "/webhooks/whatsapp/messages"
    given = RequestValidator(TOKEN).compute_signature(PUBLIC + path, form)
    return server.http.post(path, data=form, headers={"X-Twilio-Signature": given})


def test_slack_answers_what_it_is_asked_and_the_operator_sees_what_it_refused(
    server: Server, companies: Companies
) -> None:
    """The trial of the address, a forged request, a chat in a direct message; then the figures, with the key alone."""
    trial = slack(server, type="url_verification", challenge="a-word-of-slack")
    assert (trial.status_code, trial.text) == (200, "a-word-of-slack")
    assert trial.headers["content-type"].startswith("text/plain")
    message = {"type": "message", "channel_type": "im", "user": "U1", "channel": "D1", "ts": "1.1", "text": "hello"}
    assert slack(server, "u" * 32, type="event_callback", event=message).status_code == 401
    assert slack(server, type="event_callback", event=message).status_code == 200
    companies.wait("Start the checklist")
    assert any(taken.startswith("/api/chat.postMessage") for taken in companies.taken)

    assert server.http.get("/metrics").status_code == 401
    figures = server.http.get("/metrics", headers={"Authorization": f"Bearer {KEY}"}).text
    assert 'signpost_app_refused_total{app="slack",reason="forged"} 1.0' in figures
    assert 'signpost_app_events_total{app="slack",event="received"} 1.0' in figures
    assert 'signpost_app_events_total{app="whatsapp",event="given_up"} 0.0' in figures


def test_staff_cannot_write_into_a_window_that_has_closed(server: Server, companies: Companies) -> None:
    """Nothing is sent, not even that somebody came; the case waits on, with the number to ring."""
    whatsapp(server, 1, "I want to talk to a person")
    companies.wait("Start+the+checklist")
    case = server.staff("list").split()[0]
    server.clock.advance(hours=25)
    sent = len(companies.taken)
    refused = server.command("staff", "reply", case, "Are you well?", "--as", "Maya")
    assert refused.returncode == 1
    assert "not sent: WhatsApp" in refused.stdout + refused.stderr
    listed = server.staff("list")
    assert "waiting for" in listed
    assert "CANNOT REPLY" in listed
    assert "Ring them instead: +447700900123" in server.staff("show", case)
    whatsapp(server, 2, "hello again")
    deadline = time.monotonic() + 30
    while len(companies.taken) == sent:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not any("Maya" in taken for taken in companies.taken)
    server.staff("reply", case, "Are you well?")
    companies.wait("Are+you+well")


def test_a_reply_that_twilio_took_and_could_not_deliver_stands_on_the_case(
    server: Server, companies: Companies
) -> None:
    """Reported after the case was closed: it is opened again, with what to do instead."""
    whatsapp(server, 1, "I want to talk to a person")
    companies.wait("Start+the+checklist")
    case = server.staff("list").split()[0]
    server.staff("reply", case, "Are you well?")
    companies.wait("Are+you+well")
    server.staff("close", case, "--outcome", "advised")
    sent = next(taken for taken in companies.taken if "Are+you+well" in taken)
    callback = parse_qs(sent.partition(" ")[2])["StatusCallback"][0]
    assert whatsapp_lost(server, callback.replace("of=", "of=x")).status_code == 200
    assert "NOT DELIVERED" not in server.staff("list")
    assert whatsapp_lost(server, callback).status_code == 200
    listed = server.staff("list")
    assert "REPLY NOT DELIVERED" in listed
    shown = server.staff("show", listed.split()[0])
    assert "(NOT DELIVERED)" in next(line for line in shown.splitlines() if "Are you well?" in line), shown
    assert "Ring them instead: +447700900123" in shown
