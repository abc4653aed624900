"""What supervisors change while the server runs: reviewed texts for replies, and when somebody is there to answer.

Every change is a row of its own: the latest version counts, and who changed what, when, can always be read.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from bot.errors import NotAllowed, SnippetConflict, SnippetMissing
from bot.records.accounts import SUPERVISOR, Accounts
from bot.records.tables import desk_settings, snippets
from bot.records.work import new_code, plain_code
from bot.site import SupportTimes
from bot.snippets import Snippet, Wording, checked

_ID_LENGTH = 6
_HOURS = "hours"


@dataclass(frozen=True)
class HoursChange:
    """Times that somebody set; None: they went back to the site file."""

    version: int
    at: datetime
    by: str
    times: SupportTimes | None


class DeskSettings(Accounts):
    """The part of a transaction that is a supervisor's alone to change. Every change is entered in the audit log."""

    # when somebody is there ----------------------------------------------------------------------------------------

    def hours(self) -> SupportTimes | None:
        """Return the times that a supervisor set; None when those of the site file hold. One look at an index."""
        row = self._latest_hours()
        return self._times(row.data) if row else None

    def hours_changes(self) -> list[HoursChange]:
        """Return who set which times and when, oldest first."""
        query = select(desk_settings).where(desk_settings.c.key == _HOURS).order_by(desk_settings.c.version)
        return [HoursChange(row.version, row.at, row.by, self._times(row.data)) for row in self.execute(query)]

    def set_hours(self, times: SupportTimes | None, by: str) -> None:
        """Set when somebody is there; None goes back to the site file. It holds from the next message on, everywhere.

        Setting what is set already changes nothing.

        Raises:
            AccountMissing: there is no account with the name `by`.
            NotAllowed: the account is no supervisor's, or is disabled.
        """
        name = self._supervisor(by)
        self._lock()
        row = self._latest_hours()
        if (self._times(row.data) if row else None) == times:
            return
        version = row.version + 1 if row else 1
        data = None if times is None else self.cipher.encrypt(times.to_json())
        values = {"key": _HOURS, "version": version, "at": self.now(), "by": name, "data": data}
        self.execute(insert(desk_settings).values(values))
        self.audit("hours.set" if times else "hours.from_site_file", name, _HOURS, version=version)

    # snippets -------------------------------------------------------------------------------------------------------

    def snippets(self) -> list[Snippet]:
        """Return every snippet as it stands, by title; those past their review and retired ones too."""
        of_it = snippets.alias()
        latest = select(func.max(of_it.c.version)).where(of_it.c.id == snippets.c.id).scalar_subquery()
        found = [self._snippet(row) for row in self.execute(select(snippets).where(snippets.c.version == latest))]
        return sorted(found, key=lambda snippet: (snippet.title.casefold(), snippet.id))

    def snippet(self, snippet_id: str) -> Snippet:
        """Return a snippet as it stands.

        Raises:
            SnippetMissing: there is none with this id.
        """
        return self.snippet_versions(snippet_id)[-1]

    def snippet_versions(self, snippet_id: str) -> list[Snippet]:
        """Return all that a snippet ever was, oldest first.

        Raises:
            SnippetMissing: there is none with this id.
        """
        query = select(snippets).where(snippets.c.id == plain_code(snippet_id)).order_by(snippets.c.version)
        found = [self._snippet(row) for row in self.execute(query)]
        if not found:
            raise SnippetMissing("there is no such snippet; choose one from the list")
        return found

    def add_snippet(self, wording: Wording, by: str, draft: str | None = None) -> Snippet:
        """Make a snippet, perhaps from a shipped draft (its id), which somebody has read and takes over.

        Raises:
            AccountMissing: there is no account with the name `by`.
            NotAllowed: the account is no supervisor's, or is disabled.
            ValueError: a part is missing, too long, or no date to review it by; one line a fault.
        """
        name = self._supervisor(by)
        wording = checked(wording, self.now().date())
        self._lock()
        snippet_id = new_code(_ID_LENGTH)
        while self.first(select(snippets.c.id).where(snippets.c.id == snippet_id)):
            snippet_id = new_code(_ID_LENGTH)
        return self._keep("snippet.added", snippet_id, 1, wording, name, draft)

    def change_snippet(self, snippet_id: str, version: int, wording: Wording, by: str) -> Snippet:
        """Replace what a snippet says; the earlier version stays. A retired one is offered again.

        Args:
            snippet_id: the snippet.
            version: the one that was read and changed, so that nobody undoes what they have not seen.
            wording: what it is to say, all of it.
            by: the name of a supervisor's account.

        Raises:
            SnippetMissing: there is none with this id.
            SnippetConflict: there is a later version.
            AccountMissing: there is no account with the name `by`.
            NotAllowed: the account is no supervisor's, or is disabled.
            ValueError: a part is missing, too long, or no date to review it by; one line a fault.
        """
        name = self._supervisor(by)
        wording = checked(wording, self.now().date())
        self._lock()
        known = self.snippet(snippet_id)
        if known.version != version:
            raise SnippetConflict(f"{known.by} has changed this snippet meanwhile; read it again, then change it")
        return self._keep("snippet.changed", known.id, version + 1, wording, name, known.draft)

    def retire_snippet(self, snippet_id: str, by: str) -> Snippet:
        """Take a snippet out of use, whatever its version; it is kept. Again is no fault.

        Raises:
            SnippetMissing: there is none with this id.
            AccountMissing: there is no account with the name `by`.
            NotAllowed: the account is no supervisor's, or is disabled.
        """
        name = self._supervisor(by)
        self._lock()
        known = self.snippet(snippet_id)
        if known.retired:
            return known
        wording = Wording(known.title, known.text, known.source, known.review_by)
        return self._keep("snippet.retired", known.id, known.version + 1, wording, name, known.draft)

    def _keep(self, what: str, snippet_id: str, version: int, wording: Wording, by: str, draft: str | None) -> Snippet:
        data = asdict(wording)
        review_by = data.pop("review_by")
        row = {
            "id": snippet_id,
            "version": version,
            "at": self.now(),
            "by": by,
            "retired": what == "snippet.retired",
            "review_by": review_by,
            "draft": draft,
            "data": self.cipher.encrypt(data),
        }
        self.execute(insert(snippets).values(row))
        self.audit(what, by, snippet_id, version=version)
        return self.snippet(snippet_id)

    def _snippet(self, row: Any) -> Snippet:
        values = self.values(row)
        return Snippet(**self.cipher.decrypt(values.pop("data")), **values)

    def _latest_hours(self) -> Any | None:
        query = select(desk_settings.c.version, desk_settings.c.data).where(desk_settings.c.key == _HOURS)
        return self.first(query.order_by(desk_settings.c.version.desc()).limit(1))

    def _times(self, data: str | None) -> SupportTimes | None:
        return SupportTimes.model_validate(self.cipher.decrypt(data)) if data else None

    def _supervisor(self, by: str) -> str:
        """Return the name of the account: the store asks for the role, so that no page can forget to."""
        account = self.account(by)
        if account.role != SUPERVISOR or account.disabled_at:
            raise NotAllowed("only a supervisor may change this; ask one")
        return account.name

    def _lock(self) -> None:
        """Let one change be made after the other. Each ends in the log, so the head of the log is the lock of all."""
        self._lock_head()
