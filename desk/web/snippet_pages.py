"""Reviewed texts for replies, for the supervisor: what staff are offered, what waits to be read, and changing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sanic.response import HTTPResponse

from bot.records import Transaction
from bot.snippets import SOURCE_LENGTH, TEXT_LENGTH, TITLE_LENGTH, Snippet, Wording
from desk.snippets import drafts, shelf, warnings
from desk.web.routes import Route
from desk.web.visit import Visit
from desk.words import say

HOME = "/snippets"


def today(visit: Visit) -> date:
    """The day at the site."""
    return visit.now.astimezone(visit.desk.turns.runtime.site.zone).date()


def offered(visit: Visit) -> tuple[Snippet, ...]:
    """What staff may put into a reply today."""
    with visit.runtime.records.reading() as store:
        return shelf(store.snippets(), today(visit)).offered


def show_snippets(visit: Visit, snippet_id: str = "", fault: str = "") -> HTTPResponse:
    """All of them, by what may be done with them, each with what to be warned of."""
    del snippet_id
    with visit.runtime.records.reading() as store:
        known = store.snippets()
    return visit.render("snippets.html", shelf=shelf(known, today(visit)), warnings=warnings, fault=fault)


def show_new(visit: Visit, fault: str = "") -> HTTPResponse:
    """The form for a new one, perhaps with a shipped draft in it; after a fault with what was typed."""
    draft = str(visit.request.args.get("draft", "")) or visit.form.get("draft", "")
    return _form(visit, visit.form if fault else _drafted(visit, draft), None, draft, fault)


def show_snippet(visit: Visit, snippet_id: str, fault: str = "") -> HTTPResponse:
    """The form for one that there is; after a fault with what was typed."""
    with visit.runtime.records.reading() as store:
        known = store.snippet(snippet_id)
    stored = {"title": known.title, "text": known.text, "source": known.source, "review_by": str(known.review_by)}
    return _form(visit, visit.form if fault else stored, known, "", fault)


def _form(visit: Visit, typed: Mapping[str, str], known: Snippet | None, draft: str, fault: str) -> HTTPResponse:
    return visit.render(
        "snippet.html",
        typed={name: typed.get(name, "") for name in ("title", "text", "source", "review_by")},
        known=known,
        # Somebody changed it meanwhile: it is shown as it is now, to be compared before it is saved again.
        changed=bool(known and fault and typed.get("version") != str(known.version)),
        draft=draft,
        warned=warnings(typed.get("text", "")),
        most={"title": TITLE_LENGTH, "text": TEXT_LENGTH, "source": SOURCE_LENGTH},
        fault=fault,
    )


def _drafted(visit: Visit, draft_id: str) -> dict[str, str]:
    """A draft as it is shipped, without a date: whoever signs it gives one."""
    for draft in drafts():
        if draft.id == draft_id:
            source = draft.source(visit.desk.turns.content.sources)
            return {"title": draft.title, "text": draft.text, "source": source}
    return {}


def add(visit: Visit, store: Transaction) -> None:
    """Make a snippet."""
    del store  # in the practice room it is not the one that holds them
    wording = _wording(visit)
    draft = visit.form.get("draft", "")
    with visit.runtime.records.transaction() as real:
        real.add_snippet(wording, visit.name, draft if draft in {one.id for one in drafts()} else None)


def change(visit: Visit, store: Transaction, snippet_id: str) -> None:
    """Change a snippet, or bring back a retired one."""
    del store
    wording, version = _wording(visit), visit.form.get("version", "")
    with visit.runtime.records.transaction() as real:
        real.change_snippet(
            snippet_id, int(version) if version.isascii() and version.isdigit() else 0, wording, visit.name
        )


def retire(visit: Visit, store: Transaction, snippet_id: str) -> None:
    """Take a snippet out of use."""
    del store
    with visit.runtime.records.transaction() as real:
        real.retire_snippet(snippet_id, visit.name)


def _wording(visit: Visit) -> Wording:
    typed = visit.form.get("review_by", "").strip()
    try:
        review_by = date.fromisoformat(typed)
    except ValueError:
        raise ValueError(say("desk.snippets.no_date")) from None
    form = visit.form
    return Wording(form.get("title", ""), form.get("text", ""), form.get("source", ""), review_by)


ROUTES = (
    Route("GET", "/snippets", "snippets.edit", show_snippets),
    Route("GET", "/snippets/new", "snippets.edit", show_new),
    Route("POST", "/snippets", "snippets.edit", add, HOME, show_new),
    Route("GET", "/snippets/<snippet_id>", "snippets.edit", show_snippet),
    Route("POST", "/snippets/<snippet_id>", "snippets.edit", change, HOME, show_snippet),
    Route("POST", "/snippets/<snippet_id>/retire", "snippets.edit", retire, HOME, show_snippets),
)
