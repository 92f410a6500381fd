"""What every request is checked for before a handler sees it, and what every answer says to the browser."""

from __future__ import annotations

import asyncio

from aiohttp import web

from gateway.web.access import Handler, access_of
from gateway.web.line import is_encrypted, is_private, knows_host, own_origin
from gateway.web.render import render

MOST_BODY_OCTETS = 1 << 20
BODY_SECONDS = 20.0
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_HEADERS = {
    # No inline script, no inline style, nothing from elsewhere, no frame around us, no form to others.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; "
    "form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Other sites learn nothing, while our own forms still say where they come from: with `no-referrer`
    # browsers send `Origin: null` with a form, and older ones would have nothing to be known by.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Say on every answer what the browser may do with it."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.pop("Server", None)
    if is_encrypted(request):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


@web.middleware
async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse names that are not ours: a page elsewhere may have had its own name pointed at us."""
    if not knows_host(request):
        raise web.HTTPMisdirectedRequest
    return await handler(request)


@web.middleware
async def check_line(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Show nothing, and let nobody type a password, where others on the way could read along."""
    access = access_of(request.match_info.handler)
    if access is None or not access.cookies or request.path.startswith("/static/") or is_private(request):
        return await handler(request)
    return render(request, "insecure.html", status=403)


@web.middleware
async def check_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site's page has the browser send with our cookie."""
    access = access_of(request.match_info.handler)
    if (access is None or access.cookies) and _changes_something(request) and not _is_from_us(request):
        raise web.HTTPForbidden
    return await handler(request)


@web.middleware
async def read_body(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Have the whole body here before anything is done with it, within its limits of size and time."""
    if request.method in _SAFE or not request.body_exists:
        return await handler(request)
    if (request.content_length or 0) > MOST_BODY_OCTETS:
        raise web.HTTPRequestEntityTooLarge(MOST_BODY_OCTETS, request.content_length or 0)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return await handler(request)


def _changes_something(request: web.Request) -> bool:
    # A WebSocket begins with a GET and may do anything after it.
    return request.method not in _SAFE or request.headers.get("Upgrade", "").casefold() == "websocket"


def _is_from_us(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin, referer = request.headers.get("Origin"), request.headers.get("Referer")
    if origin is not None and origin != "null":
        return origin.casefold() == own_origin(request)
    if site is not None:
        return True
    # A browser too old to say more: it must at least name the page it comes from.
    return (
        origin is None
        and referer is not None
        and f"{referer.casefold()}/".startswith(f"{own_origin(request)}/")
    )
