"""Gzip for the pages and the widget's files: a slow phone gets the first question sooner."""

from __future__ import annotations

import gzip
from functools import lru_cache

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

#: Below this a header more costs as much as is won.
SMALLEST = 400


def compress(pages: Blueprint) -> None:
    """Gzip what these routes answer, where the browser takes it. For fixed files, in which nothing secret stands."""

    @pages.on_response
    async def gzip_body(request: Request, response: HTTPResponse) -> None:
        body, kind = response.body, response.content_type or ""
        if not body or len(body) < SMALLEST or not kind.startswith(("text/", "image/svg")):
            return
        response.headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            response.body = _gzipped(body)
            response.headers["Content-Encoding"] = "gzip"


@lru_cache(maxsize=64)
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
