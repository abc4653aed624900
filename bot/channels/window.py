"""How staff can reach a person in an app: for how long it still takes their messages, and which number to ring if not.

WhatsApp and Messenger take free messages for a day after the person's last one, and then none until they write again;
what is sent all the same can vanish without a word. So staff are told beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.channels.apps import APPS

Standing = Literal["open", "closing", "closed"]
#: From this long before its end staff are told in the list, too.
CLOSING = timedelta(hours=4)


@dataclass(frozen=True)
class Window:
    """The time in which an app takes replies: until `closes_at`, `hours` after the person's last message."""

    app: str
    hours: int
    closes_at: datetime

    def standing(self, now: datetime) -> Standing:
        """How it stands at this moment; at `closes_at` itself it is closed."""
        if now >= self.closes_at:
            return "closed"
        return "closing" if self.closes_at - now <= CLOSING else "open"


def window(channel: str, heard_at: datetime | None) -> Window | None:
    """The window of a chat whose person was heard last at this time; None where none was, or the app has no window."""
    app = APPS.get(channel)
    if app is None or app.reply_hours is None or heard_at is None:
        return None
    return Window(app.label or app.name, app.reply_hours, heard_at + timedelta(hours=app.reply_hours))


def number_of(channel: str, address: str) -> str | None:
    """The telephone number in an address of this app, such as `whatsapp:+44...`; None where there is none."""
    app = APPS.get(channel)
    number = address.rpartition(":")[2]
    return number if app is not None and app.by_number and number.startswith("+") else None
