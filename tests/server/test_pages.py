"""The pages around the chat, and the health of the server."""

from __future__ import annotations

import pytest

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


def test_a_page_that_has_not_changed_is_not_sent_again(server: Server) -> None:
    """304 for the tag that was given."""
    first = server.http.get("/widget/signpost-chat.js")
    again = server.http.get("/widget/signpost-chat.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "no-cache"


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
