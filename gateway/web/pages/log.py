"""The log: who did what, when. There is nothing here that could alter it."""

from __future__ import annotations

from aiohttp import web

from gateway.store.accounts import Role
from gateway.store.journal import Entry, latest_entries
from gateway.web.access import needs
from gateway.web.context import language, store
from gateway.web.render import render
from gateway.web.words import knows, language_name, say

_A_PAGE = 50


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show the newest deeds, or those before one."""
    before = request.query.get("before", "")
    last = int(before) if before.isascii() and before.isdigit() and len(before) < 13 else None
    entries = await store(request).read(latest_entries, before=last, limit=_A_PAGE + 1)
    return render(
        request,
        "log.html",
        entries=[(entry, _words(language(request), entry)) for entry in entries[:_A_PAGE]],
        older=entries[_A_PAGE - 1].id if len(entries) > _A_PAGE else None,
        first=last is None,
    )


def _words(tag: str, entry: Entry) -> str:
    """Say what was done: `help.moved` in the words `help.log.moved`."""
    area, _, deed = entry.action.partition(".")
    key = f"{area}.log.{deed}"
    values = {name: _value(tag, name, value) for name, value in entry.detail.items()}
    return say(tag, key, subject=entry.subject, **values) if knows(key) else entry.action


def _value(tag: str, name: str, value: object) -> object:
    """Say a role and a language in words; anything else as it is."""
    if name == "language":
        return language_name(str(value))
    return say(tag, f"coordinators.role_{value}") if value in tuple(Role) else value


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [web.get("/log", show)]
