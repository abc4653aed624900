"""The pages around the chat: the demo page, the chat on a page of its own, and the widget's built files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, raw, redirect
from sanic.response import json as json_response

from bot.server.health import Health

ROOT = Path(__file__).resolve().parents[2]
DEMO, DIST = ROOT / "widget" / "demo", ROOT / "widget" / "dist"

#: Only this server's own files; no inline script or style, no frame around the page, nothing sent anywhere else.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Content-Security-Policy": PAGE_POLICY,
}
#: Written down here, because Python's table depends on the machine.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
#: The browser asks each time whether a file changed (it has a tag): a widget of an older contract would break.
CACHING = "no-cache"


def blueprint(health: Health) -> Blueprint:
    """All routes of this module."""
    pages = Blueprint("pages")
    files = {"/demo": DEMO / "index.html", "/chat": DEMO / "chat.html"}
    files |= {f"/demo/{file.name}": file for file in _files(DEMO)}
    files |= {f"/widget/{file.name}": file for file in _files(DIST)}
    for path, file in files.items():
        pages.add_route(
            _Page(file), path, methods=["GET", "HEAD"], name=f"page{path.replace('/', '_').replace('.', '_')}"
        )

    @pages.get("/")
    async def get_root(_request: Request) -> HTTPResponse:
        return redirect("/demo")

    @pages.get("/health")
    async def get_health(_request: Request) -> HTTPResponse:
        failing = await health.check()
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        if failing:
            return json_response({"status": "failing", "part": failing}, status=503, headers=headers)
        return json_response({"status": "ok"}, headers=headers)

    return pages


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.is_file()) if folder.is_dir() else []


class _Page:
    """One file, read once, with a tag by which a browser can tell that it has it already."""

    def __init__(self, file: Path) -> None:
        self._body = file.read_bytes()
        self._type = TYPES.get(file.suffix, "application/octet-stream")
        self._tag = f'"{hashlib.sha256(self._body).hexdigest()[:20]}"'

    async def __call__(self, request: Request) -> HTTPResponse:
        headers = HEADERS | {"ETag": self._tag, "Cache-Control": CACHING}
        if request.headers.get("if-none-match") == self._tag:
            return empty(status=304, headers=headers)
        return raw(self._body, content_type=self._type, headers=headers)
