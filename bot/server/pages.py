"""The pages around the chat: the demo page, the chat on a page of its own, and the widget's built files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, raw, redirect
from sanic.response import json as json_response

from bot.server.compression import compress
from bot.server.health import Health
from bot.site import Numbers

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
#: The widget's files stand in other sites' pages too. A module of another origin needs the first of these; the second
#: is for sites that take nothing from others unless it is offered. The chat itself answers only `allowed_origins`.
FOR_EVERY_SITE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
#: The languages that `/chat?language=` may name, the default first. In them its words stand in `chat.html`.
LANGUAGES = ("en-GB", "en-US")


def blueprint(health: Health, numbers: Numbers) -> Blueprint:
    """All routes of this module. `numbers` are shown on the chat's own page without any script."""
    pages = Blueprint("pages")
    compress(pages)
    demo = {"/demo": DEMO / "index.html"}
    demo |= {f"/demo/{file.relative_to(DEMO).as_posix()}": file for file in _files(DEMO)}
    routes = {path: FixedFile(file.read_bytes(), file.suffix) for path, file in demo.items()}
    for file in _files(DIST):
        path = f"/widget/{file.relative_to(DIST).as_posix()}"
        routes[path] = FixedFile(file.read_bytes(), file.suffix, FOR_EVERY_SITE)
    chats = {language: FixedFile(chat_page(language, numbers), ".html") for language in LANGUAGES}
    for path, page in routes.items():
        pages.add_route(page, path, methods=["GET", "HEAD"], name=f"page{path.replace('/', '_').replace('.', '_')}")

    @pages.route("/chat", methods=["GET", "HEAD"])
    async def get_chat(request: Request) -> HTTPResponse:
        wanted = str(request.args.get("language", ""))
        return await chats[next((each for each in LANGUAGES if each.lower() == wanted.lower()), LANGUAGES[0])](request)

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


def chat_page(language: str, numbers: Numbers) -> bytes:
    """The chat on a page of its own, in one of `LANGUAGES`. Its links to call work without a script."""
    page = (DEMO / "chat.html").read_text(encoding="utf-8").replace('"en-GB"', f'"{language}"')
    return page.replace("<!-- numbers -->", "\n        ".join(_calls(numbers))).encode()


def _calls(numbers: Numbers) -> Iterator[str]:
    for number in (numbers.day, numbers.out_of_hours):
        if number and (digits := re.sub(r"[^\d+*#]", "", number.phone)):
            yield f'<p><a href="tel:{digits}">{escape(number.name)}: <bdi>{escape(number.phone)}</bdi></a></p>'


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


class FixedFile:
    """A handler that answers with one file, which has a tag by which a browser can tell that it has it already."""

    def __init__(self, body: bytes, suffix: str, headers: Mapping[str, str] | None = None) -> None:
        self._body = body
        self._type = TYPES.get(suffix, "application/octet-stream")
        self._tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        self._headers = HEADERS | {"ETag": self._tag, "Cache-Control": CACHING} | dict(headers or {})

    async def __call__(self, request: Request) -> HTTPResponse:
        """The file, or that the browser has it."""
        if request.headers.get("if-none-match") == self._tag:
            return empty(status=304, headers=self._headers)
        return raw(self._body, content_type=self._type, headers=self._headers)
