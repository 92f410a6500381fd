"""The door of the API: what serves it is loaded when the first system knocks, for mostly none ever does."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Middleware

from gateway.web.access import Handler

if TYPE_CHECKING:
    from gateway.api.serving import Api
    from gateway.app import Gateway

PREFIX = "/api/v1"


def api_door(gateway: Gateway) -> Middleware:
    """Give the middleware that keeps the API apart: what stands inside of it is for pages.

    Whatever goes to an address below the API's, there or not, is answered here: no cookie is looked at, no
    session begun, and no page made of an error.
    """
    opened: list[Api] = []
    opening = asyncio.Lock()

    async def api() -> Api:
        async with opening:
            if not opened:
                # On a thread: whoever is on the telephone would hear the pause.
                serving = await asyncio.to_thread(import_module, "gateway.api.serving")
                opened.append(serving.api_of(gateway))
            return opened[0]

    @web.middleware
    async def keep_apart(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(f"{PREFIX}/"):
            return await handler(request)
        return await (await api()).serve(request)

    return keep_apart
