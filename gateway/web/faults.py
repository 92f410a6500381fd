"""What a browser is told when something went wrong: plain words, and nothing of anybody."""

from __future__ import annotations

import asyncio
import logging
import secrets

from aiohttp import web

from gateway.errors import StoreError
from gateway.web.access import Handler
from gateway.web.context import language, set_language
from gateway.web.forms import FormMistake
from gateway.web.line import own_origin
from gateway.web.render import render
from gateway.web.visits import own_path
from gateway.web.words import choose_language, knows, say

log = logging.getLogger(__name__)


@web.middleware
async def tell_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Make a page in words of every error; one nobody foresaw has an id that stands in the log, too."""
    set_language(request, choose_language("", request.headers.get("Accept-Language", "")))
    try:
        return await handler(request)
    except FormMistake as mistake:
        return fault_page(request, 422, say(language(request), mistake.key, **mistake.values))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return fault_page(request, error.status)
    except StoreError:
        return fault_page(request, 503)
    except asyncio.CancelledError:
        raise
    except Exception:
        fault = secrets.token_hex(4)
        resource = request.match_info.route.resource
        page = resource.canonical if resource is not None else ""
        log.exception("a page failed", extra={"fault": fault, "page": page})
        return fault_page(request, 500, fault=fault)


def _page_before(request: web.Request) -> str:
    """Give the page of ours that the browser came from."""
    before = request.headers.get("Referer", "")
    return own_path(before.removeprefix(own_origin(request)))


def fault_page(request: web.Request, status: int, why: str = "", *, fault: str = "") -> web.Response:
    """Give the page that tells of an error, with `why` in place of the usual words."""
    key = f"fault.{status}" if knows(f"fault.{status}.title") else "fault.other"
    return render(
        request, "fault.html", status=status, key=key, why=why, fault=fault, back=_page_before(request)
    )
