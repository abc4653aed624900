"""The supervisor's pages over HTTP, on a real server: who is let in, what each form does, and what it refuses."""

from __future__ import annotations

import base64
import csv
import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.records import Cipher, Records
from desk import totp
from tests.conftest import NewServer
from tests.support.desk import Browser, Page, hire
from tests.support.server import Server

pytestmark = [pytest.mark.server, pytest.mark.long]

PAGES = ("/overview", "/accounts", "/counts", "/hours", "/snippets")
FORMS = (
    *("/log/verify", "/counts/csv", "/hours", "/hours/site-file", "/snippets", "/snippets/X", "/snippets/X/retire"),
    *("/accounts", "/accounts/X/reset", "/accounts/X/role", "/accounts/X/disable"),
)


@pytest.fixture(scope="module")
def boss(server: Server) -> Browser:
    """A supervisor on the shared server."""
    return hire(server, "supervisor")


@contextmanager
def store_of(server: Server, at: Callable[[], datetime] | None = None) -> Iterator[Any]:
    """A transaction on the files of a server, as another process of it has one; at another time, if wished."""

    def now() -> datetime:
        return datetime.now(timezone.utc) + timedelta(seconds=server.clock.seconds)

    records = Records.open(
        f"sqlite:///{server.var}/signpost.db", Cipher.development(server.var / "keys"), at or now, 30
    )
    try:
        with records.transaction() as store:
            yield store
    finally:
        records.dispose()


def open_case(store: Any, level: str = "now", channel: str = "widget") -> str:
    """A new case at a level; its id."""
    return str(store.open_case(store.create_conversation(channel, "en").id, "asked", level, "person").id)


def entries(server: Server, about: str) -> list[tuple[str, str, dict[str, str]]]:
    """What the log says about something: what, who, facts."""
    with store_of(server) as store:
        return [(entry.what, entry.who, dict(entry.facts)) for entry in store.entries_about(about)]


def section(page: Page, title: str) -> str:
    """The words of the section with a title of this id."""
    (found,) = (e for e in page.tree.walk() if e.attributes.get("aria-labelledby") == title and e.tag == "section")
    return found.words


def lines(page: Page) -> list[list[str]]:
    """Every row of every table, by cell."""
    return [[cell.words for cell in row.children if not isinstance(cell, str)] for row in page.tree.all("tr")]


# who is let in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["helper", "clinician"])
def test_nobody_else_sees_these_pages(server: Server, role: str) -> None:
    """Neither in the menu nor by their address, and no form of theirs is taken."""
    other = hire(server, role)
    menu = other.get("/")
    for path in PAGES:
        assert f'href="/desk{path}"' not in menu.html
        refused = other.get(path)
        assert refused.status == 403
        assert "Ask a supervisor" in refused.words
    fields = menu.form("sign-out")[1]
    for path in FORMS:
        assert other.post(path, {**fields, "name": "Eve", "role": "supervisor"}).status == 403
    assert "Eve" not in server.staff("accounts")


def test_a_supervisor_finds_them_in_the_menu(boss: Browser) -> None:
    """Each by its name, and each says what it is."""
    menu = boss.get("/")
    for path in PAGES:
        assert f'href="/desk{path}"' in menu.html
        page = boss.get(path)
        assert page.status == 200
        assert len(page.tree.all("h1")) == 1


# the overview ---------------------------------------------------------------------------------------------------------


def test_what_is_late_and_who_has_it(new_server: NewServer) -> None:
    """With how late it is; what is not late yet only waits; a reply that did not arrive is named."""
    server = new_server()
    boss = hire(server, "supervisor")
    anna = hire(server, "helper", "Anna <b>K</b>")
    with store_of(server) as store:
        late, taken, early = open_case(store, "now"), open_case(store, "emergency"), open_case(store, "keep")
        chat, person = store.create_conversation("telegram", "en").id, store.person_of("telegram", "1")
        store.add_app_person(chat, "telegram", person, "1")
        lost = store.open_case(chat, "asked", "soon", "person").id
    anna.do(f"/cases/{taken}", "claim")
    anna.do(f"/cases/{lost}", "reply", text="How are you?")
    with store_of(server) as store:
        ids = [message["id"] for message in store.messages(chat) if message.get("name") and not message["utterance"]]
        store.note_undelivered(person, ids, partly=False)
    server.clock.advance(minutes=18)
    page = boss.get("/overview")
    assert ["Now", late, "overdue by 3 minutes", "nobody"] in lines(page)
    assert ["Emergency", taken, "overdue by 13 minutes", "Anna <b>K</b>"] in lines(page)
    assert early not in section(page, "late-title")
    assert ["Now", "1", "18 min"] in lines(page)
    assert ["Emergency", "0", "nobody"] in lines(page)
    assert f"{lost}, " in section(page, "undelivered-title")
    assert "Not delivered" in section(page, "undelivered-title")


def test_the_state_of_the_content(boss: Browser) -> None:
    """Its version, how many files are signed, and each that is not."""
    from bot.content.loader import load_content

    content = load_content()
    words = section(boss.get("/overview"), "content-title")
    assert content.version in words
    unsigned = content.unreviewed()
    assert f"{len(content.reviews) - len(unsigned)} of {len(content.reviews)} files" in words
    assert all(file in words for file in unsigned)


def test_the_log_is_checked_and_says_so_in_itself(new_server: NewServer) -> None:
    """Whole; then with one entry changed in the database, which is named; both are in the log."""
    server = new_server()
    boss = hire(server, "supervisor")
    whole = boss.do("/overview", "log/verify")
    assert whole.status == 200
    number = int(re.search(r"the log is whole, (\d+) entries", whole.words)[1])
    assert entries(server, "log")[-1] == ("log.verified", boss.name, {"entries": str(number)})
    with sqlite3.connect(server.var / "signpost.db") as database:
        database.execute("UPDATE audit SET who = 'Mallory' WHERE seq = 3")
    database.close()
    broken = boss.do("/overview", "log/verify")
    assert "entry 3 was changed" in broken.fault
    assert "keep a copy of the database" in broken.fault
    assert entries(server, "log")[-1] == ("log.verified", boss.name, {"broken": "3"})


# accounts -------------------------------------------------------------------------------------------------------------


def form_of(page: Page, name: str, action: str) -> str:
    """The end of the address of a form about somebody."""
    (row,) = (item for item in page.tree.all("li") if any(h.words == name for h in item.all("h3")))
    return row.attributes["id"].replace("account-", "accounts/") + f"/{action}"


def shown(page: Page) -> tuple[str, str]:
    """First password and key of the authenticator, as they are read off the page."""
    password, secret = (e.words for e in page.tree.all("p", **{"class": "secret"}))
    return password, secret.replace(" ", "")


def test_a_new_account_signs_in_with_what_was_shown_once(server: Server, boss: Browser) -> None:
    """The page has the secrets and their picture; nothing else ever has."""
    page = boss.do("/accounts", "accounts", name="Zoë Ωmega", role="clinician")
    assert page.status == 200
    password, secret = shown(page)
    (picture,) = page.tree.all("svg")
    assert picture.attributes["role"] == "img"
    assert "Zoë Ωmega" in picture.attributes["aria-label"]
    assert page.response.headers["cache-control"] == "no-store"
    files = b"".join(file.read_bytes() for file in server.var.glob("signpost.db*"))
    for told in (password, secret):
        assert told not in boss.get("/accounts").html
        assert told.encode() not in files
        assert told not in server.output()
    zoe = Browser(server, "Zoë Ωmega", password, secret)
    assert zoe.sign_in().led == "/desk/password"


def test_the_picture_holds_the_key(boss: Browser) -> None:
    """The very address that an authenticator takes."""
    from desk import qr

    page = boss.do("/accounts", "accounts", name="Quentin", role="helper")
    _, secret = shown(page)
    (path,) = page.tree.all("path")
    service = re.search(r">([^<]+): Support desk<", page.html)[1]
    assert path.attributes["d"] in qr.svg(totp.address(secret, "Quentin", service), "")
    assert base64.b32decode(secret)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"name": " ", "role": "helper"}, "a name has 1 to 40 characters"),
        ({"name": "person", "role": "helper"}, "means something else in the log"),
        ({"name": "<i>Ida</i>", "role": "queen"}, "is no role"),
    ],
)
def test_what_cannot_be_an_account_is_said_and_stays_typed(boss: Browser, typed: dict[str, str], fault: str) -> None:
    """The fault is announced, and the form keeps the name and the role."""
    page = boss.do("/accounts", "accounts", **typed)
    assert page.status == 400
    assert fault in page.fault
    assert page.by_id("name").attributes["value"] == typed["name"]
    picked = [radio for radio in page.tree.all("input", type="radio") if "checked" in radio.attributes]
    assert [radio.attributes["value"] for radio in picked] == [typed["role"]] * (typed["role"] == "helper")


def test_a_name_is_somebodys_once(boss: Browser) -> None:
    """Whatever its case; it says what to do."""
    boss.do("/accounts", "accounts", name="Olga", role="helper")
    again = boss.do("/accounts", "accounts", name="OLGA ", role="helper")
    assert again.status == 400
    assert "Give that one new secrets below" in again.fault


def test_new_secrets_end_the_old_ones(server: Server, boss: Browser) -> None:
    """Signed out everywhere; the old password is refused, the new one taken."""
    anna = hire(server, "helper")
    page = boss.send(boss.get("/accounts"), form_of(boss.get("/accounts"), anna.name, "reset"))
    password, secret = shown(page)
    assert anna.get("/").led == "/desk/sign-in"
    assert anna.sign_in().status == 403
    assert Browser(server, anna.name, password, secret).sign_in().led == "/desk/password"


def test_another_role_holds_from_the_next_sign_in(server: Server, boss: Browser) -> None:
    """The old session ends; the page says the new role; the log says both."""
    anna = hire(server, "helper")
    page = boss.send(
        boss.get("/accounts"), ending := form_of(boss.get("/accounts"), anna.name, "role"), role="supervisor"
    )
    assert page.led == "/desk/accounts"
    assert anna.get("/overview").led == "/desk/sign-in"
    anna.sign_in()
    assert anna.get("/overview").status == 200
    changed = ("account.role_changed", boss.name, {"old": "helper", "new": "supervisor"})
    assert changed in entries(server, ending.split("/")[1])


def test_who_is_disabled_leaves_no_case_behind(server: Server, boss: Browser) -> None:
    """The case waits again, the person reads that the checklist goes on, and the account is let in no more."""
    anna = hire(server, "helper")
    with store_of(server) as store:
        case = open_case(store)
        chat = store.case(case).conversation_id
    anna.do(f"/cases/{case}", "claim")
    listing = boss.get("/accounts")
    assert "has 1 open chats" in listing.words
    page = boss.send(listing, form_of(listing, anna.name, "disable"))
    assert page.status == 200
    with store_of(server) as store:
        assert store.case(case).state == "waiting"
        told = [message["utterance"] for message in store.messages(chat)]
    assert "human_left" in told
    assert told.index("human_joined") < told.index("human_left")
    assert anna.get("/").led == "/desk/sign-in"
    assert not page.has_form(form_of(page, anna.name, "disable"))
    back = boss.send(page, form_of(page, anna.name, "reset"))
    assert Browser(server, anna.name, *shown(back)).sign_in().led == "/desk/password"


def test_the_last_supervisor_stays(new_server: NewServer) -> None:
    """Neither disabled nor given another role: nothing is changed, and it says what to do. With a second one, done."""
    server = new_server()
    boss = hire(server, "supervisor")
    for action, typed in (("disable", {}), ("role", {"role": "helper"})):
        page = boss.get("/accounts")
        refused = boss.send(page, form_of(page, boss.name, action), **typed)
        assert refused.status == 403
        assert "Make somebody else a supervisor first" in refused.fault
        assert boss.get("/overview").status == 200, "still signed in, so nothing was kept"
    other = hire(server, "supervisor")
    page = boss.get("/accounts")
    boss.send(page, form_of(page, boss.name, "role"), role="helper")
    assert boss.get("/").led == "/desk/sign-in"
    page = other.get("/accounts")
    assert other.send(page, form_of(page, other.name, "disable")).status == 403


def test_an_account_that_is_not_there(boss: Browser) -> None:
    """It says so, whatever is asked of it."""
    fields = boss.get("/").form("sign-out")[1]
    for action in ("reset", "role", "disable"):
        missing = boss.post(f"/accounts/NOBODY/{action}", {**fields, "role": "helper"})
        assert missing.status == 404
        assert "There is no account with this name" in missing.fault
        fields = boss.get("/").form("sign-out")[1]


# counts ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def counted(server: Server) -> str:
    """Eight cases in an earlier month of the shared server, five of them `now`; the month."""
    moment = datetime.now(timezone.utc).replace(day=15, hour=9, minute=30) - timedelta(days=45)
    for number in range(8):
        with store_of(server, lambda: moment) as store:
            open_case(store, "now" if number < 5 else "soon", "sms")
    return f"{moment:%Y-%m}"


def test_a_month_that_is_over_is_counted(server: Server, boss: Browser, counted: str) -> None:
    """Charts with their tables, small numbers hidden; the look is in the log."""
    page = boss.get("/counts")
    assert not page.tree.all("svg")
    assert counted in [option.attributes["value"] for option in page.tree.all("option")]
    assert f"{datetime.now(timezone.utc):%Y-%m}" not in [o.attributes["value"] for o in page.tree.all("option")]
    page = boss.get(f"/counts?month={counted}")
    assert "8 cases" in page.words
    assert len(page.tree.all("svg")) == len(page.tree.all("table")) == 7
    assert ["SMS", "8"] in lines(page)
    assert ["Soon", "fewer than 5"] in lines(page)
    assert ["Now", "hidden"] in lines(page)
    assert ("counts.viewed", boss.name, {"month": counted}) in entries(server, "counts")


def test_the_counts_as_a_table(server: Server, boss: Browser, counted: str) -> None:
    """The same numbers; that it was taken out is in the log."""
    page = boss.do(f"/counts?month={counted}", "counts/csv")
    assert page.response.headers["content-type"].startswith("text/csv")
    assert f'filename="counts-{counted}.csv"' in page.response.headers["content-disposition"]
    lines = list(csv.reader(io.StringIO(page.response.content.decode("utf-8-sig"))))
    assert ["All cases", "", "8"] in lines
    assert ("counts.exported", boss.name, {"month": counted}) in entries(server, "counts")


@pytest.mark.parametrize("month", ["2020-01", "2999-01", "now", f"{datetime.now(timezone.utc):%Y-%m}"])
def test_nothing_else_is_counted(server: Server, boss: Browser, counted: str, month: str) -> None:
    """Not this month, which would show the next case alone; neither as a page nor as a file."""
    before = entries(server, "counts")
    page = boss.get(f"/counts?month={month}")
    assert page.status == 400
    assert "Choose a month from the list" in page.fault
    refused = boss.do(f"/counts?month={counted}", "counts/csv", month=month)
    assert refused.status == 400
    assert "Choose a month from the list" in refused.fault
    assert not refused.tree.all("svg")
    assert [entry for entry in entries(server, "counts") if entry[0] == "counts.exported"] == [
        entry for entry in before if entry[0] == "counts.exported"
    ]


def test_too_few_cases_are_not_counted(new_server: NewServer) -> None:
    """Not even how many they were; and before there is any, no month is offered."""
    server = new_server()
    boss = hire(server, "supervisor")
    assert "no month with cases that is over yet" in boss.get("/counts").words
    moment = datetime.now(timezone.utc).replace(day=15) - timedelta(days=45)
    with store_of(server, lambda: moment) as store:
        for _ in range(4):
            open_case(store)
    page = boss.get(f"/counts?month={moment:%Y-%m}")
    assert "Fewer than 5 cases" in page.words
    assert not page.tree.all("svg")


# when somebody is there -----------------------------------------------------------------------------------------------


def test_hours_are_set_and_taken_back(new_server: NewServer) -> None:
    """Those of the site file first; then what was typed, by whom; then the site file again. The log has both."""
    server = new_server()
    boss = hire(server, "supervisor")
    page = boss.get("/hours")
    assert "These are the hours of the site file" in page.words
    assert not page.has_form("hours/site-file")
    closed = f"{datetime.now(timezone.utc).date() + timedelta(days=9)}"
    page = boss.send(page, "hours", mon_opens="9:00", mon_closes="17:30", sun_all_day="yes", closed_days=closed)
    assert page.led == "/desk/hours"
    assert f"{boss.name} set these on" in page.words
    value = {e.attributes["name"]: e.attributes for e in page.tree.all("input") if "name" in e.attributes}
    assert (value["mon_opens"]["value"], value["mon_closes"]["value"]) == ("09:00", "17:30")
    assert "checked" in value["sun_all_day"]
    assert "checked" not in value["mon_all_day"]
    assert page.by_id("closed_days").raw == closed
    page = boss.do("/hours", "hours/site-file")
    assert "These are the hours of the site file" in page.words
    assert f"{boss.name}: went back to the site file" in page.words
    assert [what for what, _, _ in entries(server, "hours")] == ["hours.set", "hours.from_site_file"]


def test_what_is_no_time_is_said_and_stays_typed(boss: Browser) -> None:
    """Every fault at once, by its day; nothing is changed."""
    page = boss.do(
        "/hours", "hours", mon_opens="late", mon_closes="17:00", tue_opens="9:00", closed_days="Christmas <b>"
    )
    assert page.status == 400
    for fault in ("Monday: give both times", "Tuesday: give both times", "Christmas is no date"):
        assert fault in page.fault
    value = {e.attributes["name"]: e.attributes.get("value") for e in page.tree.all("input") if "name" in e.attributes}
    assert (value["mon_opens"], value["tue_opens"]) == ("late", "9:00")
    assert page.by_id("closed_days").raw == "Christmas <b>"
    assert "These are the hours of the site file" in boss.get("/hours").words


# snippets -------------------------------------------------------------------------------------------------------------

NEXT_YEAR = f"{datetime.now(timezone.utc).date() + timedelta(days=365)}"
SNIPPET = {
    "title": "Ring <now>",
    "text": "Please ring the team now.\n\nThe number is on your card.",
    "source": "Our own leaflet",
    "review_by": NEXT_YEAR,
}


def snippet_of(page: Page, title: str) -> str:
    """The address of the snippet with this title, below the desk."""
    (row,) = (item for item in page.tree.all("li") if any(h.words == title for h in item.all("h3")))
    return row.all("a")[0].attributes["href"].removeprefix("/desk")


def test_a_snippet_is_offered_in_replies_until_it_is_retired(server: Server, boss: Browser) -> None:
    """With its source and the date to review it by; whole, as it was written."""
    anna = hire(server, "helper")
    with store_of(server) as store:
        case = f"/cases/{open_case(store)}"
    page = boss.do("/snippets/new", "snippets", **SNIPPET)
    assert page.led == "/desk/snippets"
    assert "Ring <now>" in section(page, "offered-title")
    address = snippet_of(page, "Ring <now>")
    shown = anna.get(case)
    assert "Ring <now>" in [option.words for option in shown.tree.all("option")]
    assert shown.by_id(address.replace("/snippets/", "snippet-")).raw == SNIPPET["text"]
    assert f"Source: Our own leaflet. Review by {NEXT_YEAR}." in shown.words
    boss.do(address, address.rsplit("/", 1)[-1], title="Ring them")
    assert "Ring them" in [option.words for option in anna.get(case).tree.all("option")]
    page = boss.do("/snippets", f"{address.rsplit('/', 1)[-1]}/retire")
    assert "Ring them" in section(page, "retired-title")
    assert "Ring them" not in anna.get(case).words
    assert [what for what, _, _ in entries(server, address.rsplit("/", 1)[-1])] == [
        "snippet.added",
        "snippet.changed",
        "snippet.retired",
    ]
    # Brought back by being signed anew.
    boss.do(address, address.rsplit("/", 1)[-1], title="Ring them")
    assert "Ring them" in anna.get(case).words


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"review_by": "soon"}, "Give the date until which the text holds"),
        ({"review_by": "2020-01-01"}, "has passed"),
        ({"title": " ", "source": ""}, "the title is empty"),
        ({"text": "x" * 701}, "the text has 701 characters"),
    ],
)
def test_what_is_no_snippet_is_said_and_stays_typed(boss: Browser, typed: dict[str, str], fault: str) -> None:
    """All that was typed, so that only what is wrong has to be written again."""
    page = boss.do("/snippets/new", "snippets", **{**SNIPPET, **typed})
    assert page.status == 400
    assert fault in page.fault
    wanted = {**SNIPPET, **typed}
    assert page.by_id("text").raw == wanted["text"]
    for field in ("title", "source", "review_by"):
        assert page.by_id(field).attributes["value"] == wanted[field]


def test_nobody_undoes_what_they_have_not_seen(server: Server, boss: Browser) -> None:
    """Of two who change one snippet, the second reads what the first wrote, keeps their own, and can save after that."""
    other = hire(server, "supervisor")
    address = snippet_of(boss.do("/snippets/new", "snippets", **{**SNIPPET, "title": "Twice"}), "Twice")
    id_ = address.rsplit("/", 1)[-1]
    mine, theirs = boss.get(address), other.get(address)
    other.send(theirs, id_, text="Theirs.")
    refused = boss.send(mine, id_, text="Mine.")
    assert refused.status == 409
    assert f"{other.name} has changed this snippet meanwhile" in refused.fault
    assert "Theirs." in section(refused, "now-title")
    assert refused.by_id("text").raw == "Mine."
    assert boss.send(refused, id_).led == "/desk/snippets"
    assert "Mine." in other.get(address).by_id("text").raw


def test_a_draft_is_taken_over_with_a_date(boss: Browser) -> None:
    """It comes with its text and its source, and is no draft afterwards."""
    from desk.snippets import drafts

    draft = drafts()[0]
    page = boss.get(f"/snippets/new?draft={draft.id}")
    assert page.by_id("text").raw == draft.text
    assert page.by_id("source").attributes["value"]
    assert page.by_id("review_by").attributes["value"] == ""
    assert boss.send(page, "snippets").status == 400
    page = boss.send(page, "snippets", review_by=NEXT_YEAR)
    assert draft.title in section(page, "offered-title")
    assert draft.title not in section(page, "drafts-title")


def test_words_that_the_chat_would_never_say_are_named(boss: Browser) -> None:
    """Beside the text, in the list and in the form; the supervisor decides."""
    page = boss.do(
        "/snippets/new", "snippets", **{**SNIPPET, "title": "Bad", "text": "You are fine, nothing to worry about."}
    )
    address = snippet_of(page, "Bad")
    assert "can be read as all clear" in section(page, "offered-title")
    assert "can be read as all clear" in boss.get(address).words


def test_a_snippet_that_is_not_there(boss: Browser) -> None:
    """It says so, to every question."""
    fields = boss.get("/").form("sign-out")[1]
    assert boss.get("/snippets/NOSUCH").status == 404
    assert boss.post("/snippets/NOSUCH", {**fields, **SNIPPET}).status == 404


def test_a_text_past_its_review_is_the_supervisors_to_read(new_server: NewServer) -> None:
    """Staff are not offered it any more; the overview says so."""
    server = new_server()
    boss = hire(server, "supervisor")
    boss.do("/snippets/new", "snippets", **SNIPPET)
    assert "past their review" not in boss.get("/overview").words
    server.clock.advance(days=367)
    boss.sign_in()
    assert "1 past their review" in boss.get("/overview").words
    assert "Ring <now>" in section(boss.get("/snippets"), "past-title")
