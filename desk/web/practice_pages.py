"""What only the practice room has: beginning it anew."""

from __future__ import annotations

import asyncio

from desk import practice
from desk.web.routes import Route
from desk.web.visit import Visit


async def begin_anew(visit: Visit) -> str:
    """Put every made-up case back as it was, with fresh times."""
    if visit.desk.practice is not None:
        # It plays a dozen chats, and real ones would wait.
        await asyncio.to_thread(practice.reset, visit.desk.practice)
    return "/"


ROUTES = (Route("POST", "/reset", "practice.use", begin_anew),)
