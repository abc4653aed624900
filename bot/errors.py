"""Errors of the project. Each message is one line (or one a fault) for the operator: what to do about it.

SignpostError
├── ContentError      the reviewed content cannot be used
├── SiteError         site.yml cannot be used
├── RenderError       an utterance outside the closed set, or a text that could not be filled
├── RecordsError      the store cannot be used
│   ├── RecordsUnavailable   locked, unreachable or not writable just now: trying again may help
│   ├── KeyLost              stored text cannot be read with the keys at hand
│   ├── ConversationGone     unknown, forgotten, or past its retention
│   ├── CaseMissing          no case with this id
│   ├── ClaimConflict        another member of staff has the case, or it is closed
│   └── ReplyConflict        a client id was used again for a different message
└── StartError        the server must not start
"""

from __future__ import annotations


class SignpostError(Exception):
    """Root of the family."""


class ContentError(SignpostError):
    """The reviewed content is missing, unreadable or contradicts itself."""


class SiteError(SignpostError):
    """The operator's settings are missing, unreadable or out of bounds."""


class RenderError(SignpostError):
    """An utterance id outside the closed set, or a placeholder without a value."""


class RecordsError(SignpostError):
    """The store cannot be opened, read or written."""


class RecordsUnavailable(RecordsError):
    """The store is locked, unreachable or not writable just now. Nothing of the transaction was kept."""


class KeyLost(RecordsError):
    """Stored text cannot be read with the keys at hand, and never will be without the key that wrote it."""


class ConversationGone(RecordsError):
    """The conversation is unknown, was forgotten, or is past its retention."""


class CaseMissing(RecordsError):
    """There is no case with this id."""


class ClaimConflict(RecordsError):
    """Another member of staff has the case, or the case is closed. Nothing was changed."""


class ReplyConflict(RecordsError):
    """A client id came again with a different message. The first one stands."""


class StartError(SignpostError):
    """Something the server needs is missing or is not what was configured."""
