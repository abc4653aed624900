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
│   ├── ReplyConflict        a client id was used again for a different message
│   ├── WindowClosed         an app takes no reply before the person writes again
│   ├── MessageTaken         another process answers this message of an app
│   ├── AccountMissing       no account of staff with this name
│   ├── AccountTaken         there is an account with this name
│   ├── IdentityTaken        this person of the provider has another account
│   ├── NotAllowed           this account may not do this
│   ├── SnippetMissing       no snippet with this id
│   └── SnippetConflict      somebody else changed the snippet meanwhile
├── SignInRefused     name, password or code is wrong, or the account is disabled
│   └── ProviderSignInRefused    by the provider of sign-ins
│       ├── HandshakeLost        the sign-in was not begun in this browser, or too long ago
│       ├── ProviderDeclined     the provider did not sign them in, or not with this answer
│       ├── IdentityRefused      what came from the provider does not prove who it is
│       └── NotLinked            they are who they say, and no account that may sign in is theirs
├── ProviderUnavailable  the provider of sign-ins is down, slow, or set up otherwise than here
├── SignInSlowed      too many wrong sign-ins; trying again helps only later
└── StartError        the server must not start
"""

from __future__ import annotations

from datetime import timedelta


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


class WindowClosed(RecordsError):
    """The app takes no reply to this person before they write again. Nothing was kept."""


class MessageTaken(RecordsError):
    """A message of a messaging app was taken over by another process. Nothing of this answer was kept."""


class AccountMissing(RecordsError):
    """There is no account of staff with this name."""


class AccountTaken(RecordsError):
    """There is an account with this name, which nobody else may get: the log names people by it."""


class IdentityTaken(RecordsError):
    """The person of the provider is linked with another account. Nothing was changed."""


class NotAllowed(RecordsError):
    """The account may not do this: its role does not, or it is disabled. Nothing was changed."""


class SnippetMissing(RecordsError):
    """There is no snippet with this id."""


class SnippetConflict(RecordsError):
    """Somebody else changed the snippet after it was read. Nothing was changed."""


class SignInRefused(SignpostError):
    """Name, password or code is wrong, or the account is disabled. Which of them is not told."""


class ProviderSignInRefused(SignInRefused):
    """A sign-in by the provider that was refused. `why` is an id for the log, never text from outside."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class HandshakeLost(ProviderSignInRefused):
    """The sign-in was not begun in this browser, or too long ago, or it was begun again meanwhile."""


class ProviderDeclined(ProviderSignInRefused):
    """The provider did not sign them in, or no longer takes the answer that it gave."""


class IdentityRefused(ProviderSignInRefused):
    """What came in the provider's name does not prove who it is: another's, forged, expired, or for somebody else."""


class NotLinked(ProviderSignInRefused):
    """They are who they say, and no account of the desk that may sign in is theirs."""


class ProviderUnavailable(SignpostError):
    """The provider of sign-ins is down, slow, or set up otherwise than here. `why` is an id for the log."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class SignInSlowed(SignpostError):
    """Too many wrong sign-ins. Nothing was checked."""

    def __init__(self, message: str, wait: timedelta) -> None:
        super().__init__(message)
        self.wait = wait


class StartError(SignpostError):
    """Something the server needs is missing or is not what was configured."""
