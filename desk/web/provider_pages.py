"""Signing in by the site's own provider: to it, and back."""

from __future__ import annotations

from sanic.response import HTTPResponse, redirect

from bot.errors import ProviderSignInRefused, ProviderUnavailable, SignInSlowed
from desk.handshake import LIFETIME
from desk.oidc import BACK_PATH
from desk.provider_sign_in import Back, UnknownIdentity, sign_in_back
from desk.web.routes import Route
from desk.web.sign_in_pages import signed_in
from desk.web.visit import DEVICE, UNKEPT, Visit
from desk.words import say

#: Only on the way to the provider and back; `__Host-` would need the path of all pages.
HANDSHAKE = "__Secure-desk-handshake"


async def leave(visit: Visit) -> HTTPResponse:
    """Send the browser to the provider."""
    provider = visit.desk.provider
    if provider is None:
        return visit.fault(404, say("desk.faults.no_provider"))
    try:
        begun = await provider.begin()
    except ProviderUnavailable as fault:
        return visit.fault(503, str(fault))
    return _keep(redirect(begun.address, status=303, headers=UNKEPT), begun.cookie)


async def come_back(visit: Visit) -> HTTPResponse:
    """Take who comes from the provider, if it is proved who they are and an account is theirs."""
    provider = visit.desk.provider
    if provider is None:
        return visit.fault(404, say("desk.faults.no_provider"))
    request = visit.request
    back = Back(
        answer={name: request.args.get(name) for name in request.args},
        cookie=request.cookies.get(HANDSHAKE),
        address=visit.address,
        device=request.cookies.get(DEVICE),
        session=visit.session_id,
    )
    try:
        done = await sign_in_back(visit.runtime.records, provider, back)
    except UnknownIdentity as unknown:
        shown = None if unknown.why == "disabled" else unknown.identity.subject
        response = visit.render("not_linked.html", 403, words=str(unknown), subject=shown)
    except SignInSlowed as slowed:
        response = visit.fault(429, str(slowed))
    except ProviderSignInRefused as refused:
        response = visit.fault(403, str(refused))
    except ProviderUnavailable as fault:
        response = visit.fault(503, str(fault))
    else:
        response = signed_in(visit, done)
    return _keep(response, "")


def _keep(response: HTTPResponse, value: str) -> HTTPResponse:
    response.cookies[HANDSHAKE] = value
    cookie = response.cookies[HANDSHAKE]
    # Strict would not come back with the redirect from the provider's site.
    cookie["path"], cookie["secure"], cookie["httponly"], cookie["samesite"] = BACK_PATH, True, True, "Lax"
    cookie["max-age"] = int(LIFETIME.total_seconds()) if value else 0
    return response


ROUTES = (
    Route("GET", "/sign-in/oidc", "anybody", leave),
    Route("GET", "/sign-in/oidc/back", "anybody", come_back),
)
