"""All drivers, by the name of their channel."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.wire.base import Wire
from tests.support.wire.integrator import Integrator
from tests.support.wire.messenger import Messenger
from tests.support.wire.slack import Slack
from tests.support.wire.telegram import Telegram
from tests.support.wire.twilio import Sms, WhatsApp

WIRES: Mapping[str, Wire] = {
    wire.name: wire for wire in (Sms(), WhatsApp(), Telegram(), Messenger(), Slack(), Integrator())
}
