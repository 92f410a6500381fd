"""Live pages: what was committed is told to every open page, which then fetches what it shows again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from gateway.store.accounts import Role
from gateway.store.sessions import session_by_token
from gateway.web.access import needs
from gateway.web.context import LIVE, now, store, visit
from gateway.web.cookies import hash_token, read_token

# So many open pages at once; one more is told to come back later.
MOST_PAGES = 400
HEARTBEAT_SECONDS = 20.0
# Between two tellings to one page: a burst of texts makes a page fetch once, not fifty times.
GAP_SECONDS = 0.25


@dataclass(eq=False, slots=True)
class _Page:
    """An open page. What it has not been told yet is a set, so it cannot grow beyond the topics there are."""

    session: int
    waiting: set[str] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False


class Live:
    """All pages that are open and listen."""

    def __init__(self) -> None:
        self._pages: set[_Page] = set()
        self.count = 0
        """How often something happened: a page knows by it whether it missed anything."""

    @property
    def pages(self) -> int:
        """How many pages listen."""
        return len(self._pages)

    def happened(self, types: Iterable[str]) -> None:
        """Tell every page of events by topic: `help.opened` is told as `help`."""
        self.count += 1
        topics = {name.partition(".")[0] for name in types}
        for page in self._pages:
            page.waiting |= topics
            page.woken.set()

    def end(self, sessions: Iterable[int]) -> None:
        """End the pages of sessions that ended."""
        ended = set(sessions)
        for page in self._pages:
            if page.session in ended:
                page.over = True
                page.woken.set()

    def end_all(self) -> None:
        """End every page: the gateway stops."""
        self.end({page.session for page in self._pages})

    async def feed(self, request: web.Request, response: web.StreamResponse) -> None:
        """Tell a page what happens, until it, its session or the gateway ends."""
        page = _Page(visit(request).session.id)
        self._pages.add(page)
        try:
            await response.write(b"retry: 3000\n" + self._message(()))
            while not page.over:
                await self._feed_once(request, response, page)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._pages.discard(page)

    async def _feed_once(self, request: web.Request, response: web.StreamResponse, page: _Page) -> None:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await page.woken.wait()
        except TimeoutError:
            await response.write(b": still here\n\n")
            page.over = await _has_ended(request)
            return
        page.woken.clear()
        topics, page.waiting = sorted(page.waiting), set()
        if topics and not page.over:
            await response.write(self._message(topics))
            await asyncio.sleep(GAP_SECONDS)

    def _message(self, topics: Sequence[str]) -> bytes:
        return f"event: live\ndata: {json.dumps({'count': self.count, 'topics': topics})}\n\n".encode()


def hang_up(request: web.Request, sessions: Iterable[int]) -> None:
    """End the open pages of sessions that ended."""
    request.app[LIVE].end(sessions)


@needs(Role.OBSERVER)
async def _listen(request: web.Request) -> web.StreamResponse:
    live = request.app[LIVE]
    if live.pages >= MOST_PAGES:
        raise web.HTTPServiceUnavailable
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    await live.feed(request, response)
    return response


async def _has_ended(request: web.Request) -> bool:
    token = hash_token(read_token(request))
    return await store(request).read(session_by_token, token, now(request)) is None


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [web.get("/live", _listen)]
