"""What each channel refuses, in the wire format of its provider, through its own routes.

Forged, altered, late, replayed, oversized, of a wrong type, meant for another channel, unreadable: the right status,
nothing kept, counted, and no word, id or secret in the log. What a provider itself delivers twice is taken once.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.channels import limits
from tests.support.turns import NOW
from tests.support.wire.apps import WIRES
from tests.support.wire.base import Request, Wire
from tests.support.wire.inside import Inside

WORDS, PERSON = "my lump is back since Tuesday", 417
every = pytest.mark.parametrize("name", WIRES)


def good(wire: Wire, id: int = 1, now: datetime = NOW) -> Request:  # noqa: A002
    return wire.text(PERSON, WORDS, id, now)


def with_headers(request: Request, **changes: str | None) -> Request:
    """With these headers instead, or without those that are None."""
    named = {name.replace("_", "-").lower(): value for name, value in changes.items()}
    kept = {name: value for name, value in request.headers.items() if name.lower() not in named}
    return replace(request, headers=kept | {name: value for name, value in named.items() if value is not None})


#: The header that holds the proof, and the field of the driver that only the provider and the server know.
PROOF = {
    "sms": ("X-Twilio-Signature", "token"),
    "whatsapp": ("X-Twilio-Signature", "token"),
    "telegram": ("X-Telegram-Bot-Api-Secret-Token", "secret"),
    "messenger": ("X-Hub-Signature-256", "secret"),
    "slack": ("X-Slack-Signature", "secret"),
    "integrator": ("X-Signpost-Signature", "secret"),
}
STAMP = {"slack": "X-Slack-Request-Timestamp", "integrator": "X-Signpost-Timestamp"}
UNREADABLE = {
    "sms": (403, "wrong_channel"),  # a form without an account
    "whatsapp": (403, "wrong_channel"),
    "telegram": (400, "unreadable"),
    "messenger": (400, "unreadable"),
    "slack": (400, "unreadable"),
    "integrator": (400, "not_json"),
}


def guessed(wire: Wire, now: datetime = NOW) -> Request:
    """By somebody who knows all but the secret, and has one that is as long."""
    field = PROOF[wire.name][1]
    return good(replace(wire, **{field: "0" * len(getattr(wire, field))}), now=now)


def altered(request: Request) -> Request:
    changed = request.body.replace(b"Tuesday", b"Sunday ")
    assert changed != request.body
    return replace(request, body=changed)


def refusals(wire: Wire) -> dict[str, tuple[Request, int, str]]:
    """Every way in which a request is none of this provider's for this channel, with status and reason."""
    request, (proof, _) = good(wire), PROOF[wire.name]
    # One app gathers messages; all others send one at a time.
    most = limits.BATCH_BYTES if wire.name == "messenger" else limits.BODY_BYTES
    large = wire.signed(b" " * (most + 1), NOW)
    table = {
        "missing": (with_headers(request, **{proof: None}), 401, "missing_signature"),
        "empty": (with_headers(request, **{proof: ""}), 401, "missing_signature"),
        "wrong": (guessed(wire), 401, "forged"),
        "nonsense": (with_headers(request, **{proof: "v0=sha256=,"}), 401, "forged"),
        "twice": (with_headers(request, **{proof: f"{request.headers[proof]}, x"}), 401, "forged"),
        "oversized": (large, 413, "too_large"),
        "oversized_and_forged": (replace(large, headers=request.headers), 413, "too_large"),
        "text": (with_headers(request, content_type="text/plain"), 415, "wrong_type"),
        "multipart": (with_headers(request, content_type="multipart/form-data; boundary=x"), 415, "wrong_type"),
        "no_type": (with_headers(request, content_type=None), 415, "wrong_type"),
        "unreadable": (wire.signed(b"{", NOW), *UNREADABLE[wire.name]),
    }
    if wire.sealed:
        table["altered"] = (altered(request), 401, "forged")
        table["longer"] = (replace(request, body=request.body + b" "), 401, "forged")
        table["emptied"] = (replace(request, body=b""), 401, "forged")
    if wire.timed:
        for words, seconds in (("late", -301), ("early", 301), ("of_last_year", -31_536_000)):
            table[words] = (wire.text(PERSON, WORDS, 1, NOW + timedelta(seconds=seconds)), 401, "late")
        moved = str(int(NOW.timestamp()) + 1)
        table["another_time"] = (with_headers(request, **{STAMP[wire.name]: moved}), 401, "forged")
        table["no_time"] = (with_headers(request, **{STAMP[wire.name]: None}), 401, "missing_signature")
    if wire.api == "twilio":
        table["another_address"] = (good(replace(wire, public="https://evil.example.org")), 401, "forged")
        table["another_query"] = (replace(request, path=f"{wire.path}?x=1"), 401, "forged")
    return table


def counted(inside: Inside, reason: str) -> int:
    return inside.messaging.counts.get(inside.wire.name, f"refused:{reason}")


@every
def test_what_is_refused(channels: dict[str, Inside], name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Status, reason, count, the error of the contract; no row, and no word of the request in the log."""
    inside = channels[name]
    for case, (request, status, reason) in refusals(inside.wire).items():
        before, count = inside.rows(), counted(inside, reason)
        with capture_logs() as lines, caplog.at_level(logging.DEBUG):
            answer = inside.post(request)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, reason), case
        assert answer.json()["error"]["contacts"], case
        assert inside.rows() == before, case
        assert counted(inside, reason) == count + 1, case
        assert [line["event"] for line in lines] == ["app.request.refused"], case
        silent(inside.wire, f"{lines} {caplog.text} {answer.text}")


def silent(wire: Wire, written: str) -> None:
    """Nothing of a person, of what they wrote, or of a secret."""
    secrets = {getattr(wire, PROOF[wire.name][1]), WORDS, "lump", *wire.ids(PERSON)}
    assert not [secret for secret in secrets if secret in written]


@pytest.mark.parametrize(("made_for", "sent_to"), [(a, b) for a in WIRES for b in WIRES if a != b])
def test_a_request_for_one_channel_is_refused_at_every_other(
    channels: dict[str, Inside], made_for: str, sent_to: str
) -> None:
    """However well it is proved for the one: SMS and WhatsApp share a secret, and the address tells them apart."""
    inside, request = channels[sent_to], good(WIRES[made_for])
    before = inside.rows()
    answer = inside.post(replace(request, path=inside.wire.path))
    assert answer.status_code in (401, 415)
    assert inside.rows() == before


@every
def test_what_is_meant_for_another_account_or_app(channels: dict[str, Inside], name: str) -> None:
    """Proved by the right secret, and not for this channel."""
    inside = channels[name]
    for case, request in inside.wire.elsewhere(PERSON, 2, NOW).items():
        before = inside.rows()
        answer = inside.post(request)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_channel"), case
        assert inside.rows() == before, case


@every
def test_what_nobody_is_to_answer_is_taken_and_not_kept(channels: dict[str, Inside], name: str) -> None:
    """Receipts and the like are answered with 2xx, or the provider would send them for days."""
    inside = channels[name]
    for case, request in inside.wire.others(PERSON, 3, NOW).items():
        before = inside.rows()
        answer = inside.post(request)
        assert answer.status_code == 200, (case, answer.text)
        assert inside.rows()["inbox"] == before["inbox"], case


@every
def test_a_repeat_by_the_provider_is_taken_once(channels: dict[str, Inside], name: str) -> None:
    """Three deliveries of one message, one row, and 200 each time."""
    inside = channels[name]
    first, before = good(inside.wire, 4), inside.rows()["inbox"]
    second = inside.wire.again(first, NOW + timedelta(seconds=10))
    third = inside.wire.again(second, NOW + timedelta(seconds=60))
    assert [inside.post(request).status_code for request in (first, second, third)] == [200, 200, 200]
    assert inside.rows()["inbox"] == before + 1


@every
def test_a_copy_of_a_request_is_not_answered(channels: dict[str, Inside], name: str) -> None:
    """By whoever overheard it: refused where no provider would send it, else taken for the provider's own repeat."""
    inside = channels[name]
    request = good(inside.wire, 5)
    assert inside.post(request).status_code == 200
    before = inside.rows()["inbox"]
    copy = inside.post(request)
    assert copy.status_code == (409 if inside.wire.once else 200)
    assert inside.rows()["inbox"] == before


@every
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(channels: dict[str, Inside], name: str, method: str) -> None:
    """405; Meta alone asks by GET whether the address is ours, and not without its token."""
    inside = channels[name]
    answer = inside.post(replace(good(inside.wire), method=method))
    expected = (403,) if (name, method) == ("messenger", "GET") else (405,)
    assert answer.status_code in expected
