"""Who is looking: found by the cookie before a handler runs, or sent to sign in."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from aiohttp import web

from gateway.store.database import Tx
from gateway.store.sessions import SEEN_AGAIN, Session, clear_flash, session_by_token, touch_session
from gateway.store.urgent import open_urgent
from gateway.web.access import Handler, access_of
from gateway.web.context import Visit, note_count, now, set_language, set_visit, store
from gateway.web.cookies import hash_token, read_token
from gateway.web.words import choose_language


@web.middleware
async def find_visit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find who is looking, and let them no further than their role allows."""
    access = access_of(request.match_info.handler)
    if access is None or not access.cookies or request.path.startswith("/static/"):
        return await handler(request)
    note_count(request)
    token, moment = read_token(request), now(request)
    found = await store(request).read(_visit, hash_token(token), moment) if token else None
    if found is not None:
        set_visit(request, found)
        wanted = found.account.language
        set_language(request, choose_language(wanted, request.headers.get("Accept-Language", "")))
    if access.role is None:
        return await handler(request)
    if found is None:
        return _sign_in(request)
    if not found.role.covers(access.role):
        raise web.HTTPForbidden
    response = await handler(request)
    await _after(request, found.session, response, moment)
    return response


async def _after(
    request: web.Request, session: Session, response: web.StreamResponse, moment: datetime
) -> None:
    """Remember that somebody is there, and what was said to them; a page that looks by itself is nobody."""
    if is_piece(request):
        return
    if session.flash and response.content_type == "text/html" and request.method == "GET":
        await store(request).write(clear_flash, session.id)
    if moment - session.seen_at > SEEN_AGAIN:
        await store(request).write(touch_session, session.id, moment)


def is_piece(request: web.Request) -> bool:
    """Whether a piece of a page is asked for, by the page itself."""
    return request.method == "GET" and (
        "HX-Request" in request.headers or request.headers.get("Accept") == "text/event-stream"
    )


def own_path(path: str) -> str:
    """Give a path of ours to go on to; anything else becomes the first page."""
    good = (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and path.isprintable()
        and "\\" not in path
    )
    return path if good else "/"


def _sign_in(request: web.Request) -> web.Response:
    if is_piece(request) or "HX-Request" in request.headers:
        return web.Response(status=401, headers={"HX-Redirect": "/login"})
    path = request.path_qs if request.method == "GET" else "/"
    wanted = "" if path == "/" else f"?next={quote(path, safe='/')}"
    return web.Response(status=303, headers={"Location": f"/login{wanted}"})


def _visit(tx: Tx, token_hash: str, moment: datetime) -> Visit | None:
    session = session_by_token(tx, token_hash, moment)
    if session is None or session.stage != "in":
        return None
    return Visit(session, open_urgent(tx))
