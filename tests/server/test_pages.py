"""The pages around the chat, and the health of the server."""

from __future__ import annotations

import pytest

from bot.server.pages import LANGUAGES, chat_page
from bot.site import Number, Numbers
from tests.support.server import Server

pytestmark = pytest.mark.server


def test_the_root_leads_to_the_demo(server: Server) -> None:
    """`/` redirects."""
    response = server.http.get("/")
    assert (response.status_code, response.headers["location"]) == (302, "/demo")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/demo", "text/html; charset=utf-8"),
        ("/chat", "text/html; charset=utf-8"),
        ("/demo/demo.css", "text/css; charset=utf-8"),
        ("/demo/icon.svg", "image/svg+xml"),
        ("/widget/loader.js", "text/javascript; charset=utf-8"),
        ("/widget/signpost-chat.js", "text/javascript; charset=utf-8"),
        ("/widget/locales/en-US.js", "text/javascript; charset=utf-8"),
    ],
)
def test_pages_have_a_strict_policy(server: Server, path: str, kind: str) -> None:
    """Only this server's own files may run or load; nothing is sniffed, framed or sent as referrer."""
    response = server.http.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == kind
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_other_sites_may_run_the_widget_but_not_this_server_s_pages(server: Server) -> None:
    """A module of another origin needs leave to run. The pages need none, since they are not to be read elsewhere."""
    for name in ("loader.js", "signpost-chat.js", "extras.js"):
        headers = server.http.get(f"/widget/{name}").headers
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "access-control-allow-origin" not in server.http.get("/chat").headers


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("", "en-GB"),
        ("?language=en-US", "en-US"),
        ("?language=EN-us", "en-US"),
        ("?language=tlh", "en-GB"),
        ("?language=%22%3E%3Cscript%3E", "en-GB"),
        ("?language=", "en-GB"),
        ("?language=en-US&token=abc&server=https://elsewhere.example&heading=Hello", "en-US"),
    ],
)
def test_the_address_chooses_the_language_and_nothing_else(server: Server, query: str, language: str) -> None:
    """The page is one of those that are there for the languages, whatever else the address says."""
    response = server.http.get(f"/chat{query}")
    assert response.content == chat_page(language, Numbers())
    assert f'<html lang="{language}">' in response.text
    assert f'<signpost-chat language="{language}" start-open full-page>' in response.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chat_s_page_says_whom_to_call_without_a_script(language: str) -> None:
    """With the numbers of the site as links, in their own words and not as markup; without, the treatment card."""
    number = Number(name="Day unit <b>7</b>", phone="020 7946 0000", all_day=True)
    page = chat_page(language, Numbers(day=number)).decode()
    assert '<a href="tel:02079460000">Day unit &lt;b&gt;7&lt;/b&gt;: <bdi>020 7946 0000</bdi></a>' in page
    for one in (page, chat_page(language, Numbers()).decode()):
        assert "<title>Warning signs checklist</title>" in one
        assert "number on your treatment card" in one
        assert "call your emergency number now" in one
        assert "<!--" not in one


def test_a_page_that_has_not_changed_is_not_sent_again(server: Server) -> None:
    """304 for the tag that was given."""
    first = server.http.get("/widget/signpost-chat.js")
    again = server.http.get("/widget/signpost-chat.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "no-cache"


def test_files_come_gzipped_where_the_browser_takes_it(server: Server) -> None:
    """The loader below one kilobyte, as promised to the sites that put it on every page; the same bytes either way."""
    path = "/widget/loader.js"
    small = server.http.get(path, headers={"Accept-Encoding": "gzip"})
    plain = server.http.get(path, headers={"Accept-Encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert int(small.headers["content-length"]) <= 1024
    assert small.content == plain.content
    assert small.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path", ["/demo/../site.yml", "/widget/../../site.yml", "/demo/%2e%2e/site.yml", "/widget//etc/passwd", "/site.yml"]
)
def test_no_other_file_can_be_had(server: Server, path: str) -> None:
    """Only files that are named: no way out of the folders."""
    assert server.http.get(path).status_code == 404


def test_health_is_ok_and_leaves_nothing(server: Server) -> None:
    """A real turn, of which no conversation is kept."""
    import sqlite3

    def count() -> int:
        database = sqlite3.connect(f"file:{server.var / 'signpost.db'}?mode=ro", uri=True)
        rows: int = database.execute(
            "SELECT (SELECT count(*) FROM conversations) + (SELECT count(*) FROM audit)"
        ).fetchone()[0]
        database.close()
        return rows

    before = count()
    response = server.http.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["cache-control"] == "no-store"
    assert count() == before
