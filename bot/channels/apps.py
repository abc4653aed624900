"""What each messaging app can show. Facts of the apps' own documents; nothing here decides what is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Words that phone companies take as commands of their own, whatever the chat is about.
SEIZED = frozenset(
    "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT START YES UNSTOP HELP INFO".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class App:
    """One app. Letters are counted by `bot.channels.text_split.length`: an emoji may be two."""

    name: str
    #: The app's name as people know it; None where a chat can come from any.
    label: str | None
    #: What tells people who else keeps a copy, said at first contact.
    copy: str
    #: Letters of one message, and of one that carries buttons or a list.
    text_limit: int
    options_limit: int
    #: How many buttons a message can have, and how many letters each.
    buttons: int = 0
    button_letters: int = 0
    #: The same for the rows of a list that opens.
    list_rows: int = 0
    row_letters: int = 0
    #: Bytes that come back when a button is pressed.
    data_bytes: int = 0
    #: Whether the summary can be sent as a file, from this server to the app and to nobody else.
    can_file: bool = False
    #: Words that never reach this chat, or cut it off.
    seized: frozenset[str] = frozenset()
    #: Hours after the person's last message in which the app takes a message that staff write; None: at any time.
    reply_hours: int | None = None
    #: Whether an address is a telephone number, so that staff can ring it.
    by_number: bool = False


#: Ten joined parts of 153 letters, as far as networks join them reliably; Twilio itself takes 1600.
SMS = App("sms", None, "text_copy_phone", 1530, 1530, seized=SEIZED, by_number=True)
#: By Twilio, which fetches a file from an open address: a summary has none, so it goes as text.
WHATSAPP = App("whatsapp", "WhatsApp", "text_copy_app", 1600, 1024, 3, 20, 10, 24, 200, reply_hours=24, by_number=True)
#: A button has a row of its own. Longer words are cut off on a narrow phone.
TELEGRAM = App("telegram", "Telegram", "text_copy_app", 4096, 4096, 24, 40, data_bytes=64, can_file=True)
MESSENGER = App(
    "messenger", "Messenger", "text_copy_app", 2000, 2000, 13, 20, data_bytes=1000, can_file=True, reply_hours=24
)
#: The letters of one section of a message.
SLACK = App("slack", "Slack", "text_copy_app", 3000, 3000, 25, 75, data_bytes=2000, can_file=True)
#: Another service's own app: it gets numbered text, and the message objects to draw as it likes.
WEBHOOK = App("webhook", None, "text_copy_other", 4000, 4000)

APPS: Mapping[str, App] = {app.name: app for app in (SMS, WHATSAPP, TELEGRAM, MESSENGER, SLACK, WEBHOOK)}
