"""What people type, wherever they type it, is text on every page of the desk: no element and no attribute comes of it."""

from __future__ import annotations

import csv
import io
import json
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from bot.exports.words import JOINERS
from tests.support.chat import Chat
from tests.support.desk import Browser, Element, Page, hire, parsed
from tests.support.server import Server

pytestmark = pytest.mark.server

MARK = "zq7"
#: At most as long as a name, which staff see everywhere.
NAME = '"><img src=x onerror=a()>{{7*7}}zq7'
TEXTS = (
    f"<script>alert('{MARK}')</script>",
    f"</textarea></p></li><img src=x onerror=alert(1) {MARK}><b>bold</b>",
    f'" autofocus onfocus="alert(1)" {MARK}="',
    f"' onmouseover='alert(1)' {MARK}='",
    f"{{{{7*7}}}}{MARK}{{% raw %}}{{# c #}} ${{7*7}} #{{7*7}}",
    f"javascript:alert('{MARK}') data:text/html,<h1>{MARK}</h1>",
    f"<!-- {MARK} --> <![CDATA[ {MARK} ]]> &lt;b&gt; &#x3c;b&#x3e; &amp;",
    f'=HYPERLINK("https://example.org","{MARK}")',
    f"@SUM(1+1)*cmd|' /C calc'!A0 {MARK}",
    f"I have a fever, night sweats and <i>{MARK}</i> bruises on my \u202eleg\u202c \u2066x\u2069",
    f"nul \x00 bell \x07 escape \x1b[31m backspace \x08 {MARK} \u200b\ufeff \u2028next\u2029 \ufffe",
    f"event: queue\ndata: {MARK}\n\nevent: signed-out\ndata: {{}}\n\n",
    f"{MARK} " * 1200,
)
#: Where words of people may stand in an attribute: what is in a field, and names.
IN_ATTRIBUTES = {("input", "value"), ("option", "value"), ("body", "data-name"), ("tr", "data-owner")}
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


@dataclass(frozen=True)
class Shape:
    """What a page is made of."""

    tags: frozenset[str]
    attributes: frozenset[str]

    @classmethod
    def of(cls, *trees: Element) -> Shape:
        """All of these pages."""
        elements = [element for tree in trees for element in tree.walk()]
        return cls(frozenset(e.tag for e in elements), frozenset(name for e in elements for name in e.attributes))


@dataclass
class Place:
    """A server with a case in which everything hostile was written, and one in which nothing was."""

    server: Server
    browser: Browser
    case: str
    shape: Shape


@pytest.fixture(scope="module")
def place(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    server = Server(tmp_path_factory.mktemp("desk"), trained_model).start()
    browser = hire(server, "clinician", NAME)
    plain, known = opened(server, browser)
    say(plain, "I have a fever, night sweats and bruises on my leg")
    harmless = f"/cases/{write(browser, known, 'plain words')}"
    pages = [browser.get(path) for path in ("/", harmless, f"{harmless}/sheet", "/password")]
    pages += [Browser(server).get("/sign-in")]
    pages += [browser.do(harmless, "reply", text=" "), browser.do(harmless, "lower", level="keep", reason=" ")]
    pages += [browser.do(f"{harmless}/sheet", "sheet", temperature="hot")]
    chat, case = opened(server, browser)
    # All of the chat first: once staff have it, the checklist notes nothing but red flags.
    for text in sorted(TEXTS, key=lambda text: "fever" not in text):
        say(chat, text)
    for text in TEXTS:
        write(browser, case, text)
    yield Place(server, browser, case, Shape.of(*(page.tree for page in pages)))
    server.close()


def opened(server: Server, browser: Browser) -> tuple[Chat, str]:
    """A chat whose person asks for somebody, and its case."""

    def ids() -> set[str]:
        rows = browser.get("/").by_id("queue").all("tr")
        return {row.attributes["data-id"] for row in rows if "data-id" in row.attributes}

    before = ids()
    chat = Chat(server).start()
    say(chat, "I want to talk to a person")
    (case,) = ids() - before
    return chat, case


def say(chat: Chat, text: str) -> None:
    answer = chat.post("/messages", {"text": text, "id": secrets.token_hex(8)})
    assert answer.status_code == 200, answer.text


def write(browser: Browser, case: str, text: str) -> str:
    """Have staff write a text wherever there is room for it; each answer is a page that stands the test."""
    path = f"/cases/{case}"
    for action, typed in (
        ("claim", {}),
        ("reply", {"text": text[:2000]}),
        ("note", {"text": text[:4000]}),
        ("raise", {"level": "crisis", "reason": text[:900]}),
        ("lower", {"level": "keep", "reason": text[:900]}),
        ("raise", {"level": "emergency", "reason": text[:900]}),
    ):
        page = browser.get(path)
        if page.has_form(action):
            browser.send(page, action, **typed)
    line = " ".join(text.split())
    sheet = {"caller": line[:120], "reason": text[:1000], "medicines": line[:300], "patient_name": line[:200]}
    page = browser.do(f"{path}/sheet", "sheet", **sheet)
    assert page.led == f"/desk{path}", page.fault
    return case


def stands(page: Page, shape: Shape, *, led_on: bool = True) -> None:
    """Nothing on the page came from what people typed but text."""
    tree = page.tree
    found = Shape.of(tree)
    assert found.tags <= shape.tags, found.tags - shape.tags
    assert found.attributes <= shape.attributes, found.attributes - shape.attributes
    assert not [name for name in found.attributes if name.startswith("on") or name == "style"]
    for element in tree.walk():
        for name, value in element.attributes.items():
            # What tells one state of a part of the page from another has the owner's name in it.
            value = value.replace(NAME, "") if name == "data-key" else value  # noqa: PLW2901
            assert MARK not in value or (element.tag, name) in IN_ATTRIBUTES, (element.tag, name, value[:80])
            assert name not in ("href", "src", "action") or value.startswith(("/desk", "#")), value
        assert element.tag != "script" or (element.attributes["src"], element.raw) == ("/desk/static/desk.js", "")
    controls = {c for c in page.html if unicodedata.category(c) == "Cc" and c not in "\n\r\t"}
    assert not controls, controls
    assert not [words for words in shown(tree) if set(words) & TURNING]


def shown(element: Element) -> Iterator[str]:
    """The texts that one reads on it, without what stands in fields."""
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.tag != "textarea":
            yield from shown(child)


def visible(text: str) -> str:
    """A text as it can be looked for on a page: up to its first character that cannot be shown."""
    words = " ".join(text.split())
    for place, character in enumerate(words):
        if unicodedata.category(character) in ("Cc", "Cf", "Cn") and character not in JOINERS:
            return words[:place].strip()
    return words


@pytest.mark.parametrize("path", ["/", "/cases/{case}", "/cases/{case}/live", "/cases/{case}/sheet", "/password"])
def test_every_page_shows_text_as_text(place: Place, path: str) -> None:
    """Whatever was typed in the widget, the reply, the notes, the reasons, the sheet, or as a name."""
    page = place.browser.get(path.format(case=place.case))
    assert page.status == 200
    stands(page, place.shape)
    assert NAME in page.words


def test_what_was_typed_can_be_read(place: Place) -> None:
    """In the chat as the person wrote it, and in the history as staff did: nothing is lost, nothing worked out."""
    page = place.browser.get(f"/cases/{place.case}")
    chat = page.by_id("transcript").words
    for text in TEXTS:
        assert visible(text[:2000]) in chat, text[:80]
    assert "49" not in chat
    assert f"<i>{MARK}</i>" in next(e for e in page.tree.walk() if e.attributes.get("data-live") == "why").words


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_form_that_is_refused_shows_text_as_text(place: Place, text: str) -> None:
    """What was typed comes back in its field, and the fault quotes nothing that works."""
    browser, case = place.browser, f"/cases/{place.case}"
    mark = browser.get("/").form("sign-out")[1]["csrf"]
    for path, fields in (
        (f"{case}/reply", {"text": text + " " * 1 + "x" * 2001}),
        (f"{case}/raise", {"level": text, "reason": text}),
        (f"{case}/lower", {"level": text, "reason": text}),
        (f"{case}/follow-up", {"due": text}),
        (f"{case}/close", {"outcome": text}),
        (f"{case}/assign", {"to": text}),
        (f"{case}/sheet", {"caller": text + "\nx" * 200, "temperature": text, "told": text}),
        (f"{case}/sheet", {text: text}),
        ("/password", {"old": text, "new": text, "again": "other"}),
        ("/sign-in", {"name": text, "password": text, "code": text}),
    ):
        page = browser.post(path, {"csrf": mark, **fields}, follow=False)
        assert 400 <= page.status < 500, (path, page.status)
        stands(page, place.shape)
    answer = browser.request("GET", f"/desk/cases/{quote(text[:50], safe='')}")
    assert answer.status_code in (400, 404)
    if answer.headers["content-type"].startswith("text/html"):
        stands(Page(answer), place.shape)


@pytest.mark.parametrize("body", [b"text=%ED%A0%80zq7", b"text=\xff\xfe", b"text=%00%00", b"%", b"=&=&text"])
def test_what_is_no_text_at_all_breaks_nothing(place: Place, body: bytes) -> None:
    """Halves of characters and bytes that mean nothing: kept as marks, or refused."""
    browser, case = place.browser, f"/desk/cases/{place.case}"
    mark = browser.get("/").form("sign-out")[1]["csrf"].encode()
    kind = {"content-type": "application/x-www-form-urlencoded", "origin": place.server.url}
    answer = browser.request("POST", f"{case}/note", content=b"csrf=" + mark + b"&" + body, headers=kind)
    assert answer.status_code in (303, 400, 403)
    stands(browser.get(f"/cases/{place.case}"), place.shape)
    lone = b'{"text": "half \\ud83d a pair, \\udfff zq7", "id": "' + secrets.token_hex(4).encode() + b'"}'
    chat = Chat(place.server).start()
    sent = chat.request("POST", "/messages", content=lone, headers={"content-type": "application/json"})
    assert sent.status_code in (200, 400)


def test_the_live_queue_sends_text_as_text(place: Place) -> None:
    """The rows that a script puts into the page, and the framing of the stream itself."""
    with place.server.http.stream("GET", "/desk/events", headers=place.browser.held) as response:
        lines = response.iter_lines()
        event = next(line for line in lines if line.startswith("event: "))
        data = next(line for line in lines if line.startswith("data: "))
    assert event == "event: queue"
    rows = json.loads(data[6:])["rows"]
    assert NAME in parsed(rows[place.case]).words
    for row in rows.values():
        stands(Page(httpx.Response(200, text=row)), place.shape)


def test_a_table_of_the_case_computes_nothing(place: Place) -> None:
    """No cell begins as a formula does."""
    page = place.browser.get(f"/cases/{place.case}")
    answer = place.browser.send(page, "export/csv", consent="yes")
    assert answer.status == 200
    rows = csv.reader(io.StringIO(answer.response.content.decode("utf-8-sig"), newline=""))
    cells = [cell for row in rows for cell in row]
    assert any(MARK in cell for cell in cells)
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
    for form in ("pdf", "fhir"):
        assert place.browser.send(page, f"export/{form}").status == 200
