"""A template and what it shows made into a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, partial
from typing import Any

from aiohttp import web
from babel import Locale, UnknownLocaleError

from flows.value import Json
from gateway.store.sessions import add_flash
from gateway.web import words
from gateway.web.context import Visit, count, gateway, language, store, visit, visit_or_none

DAILY = (
    ("/", "nav.now"),
    ("/conversations", "nav.conversations"),
    ("/help", "nav.help"),
    ("/lifts", "nav.lifts"),
    ("/votes", "nav.votes"),
    ("/board", "nav.board"),
    ("/announcements", "nav.announcements"),
    ("/shifts", "nav.shifts"),
    ("/people", "nav.people"),
)
SELDOM = (
    ("/flows", "nav.flows"),
    ("/phone", "nav.phone"),
    ("/modems", "nav.modems"),
    ("/webhooks", "nav.webhooks"),
    ("/log", "nav.log"),
    ("/settings", "nav.settings"),
    ("/coordinators", "nav.coordinators"),
    ("/account", "nav.account"),
)
NAV = DAILY + SELDOM
"""Every page of the menu, in its order. One that is not there, or not for this role, is left out.

On a wide screen those of every day stand in one row, the others behind the word More.
"""

MENU: web.AppKey[Mapping[str, str]] = web.AppKey("menu")
"""The least role for each page of the menu that is there."""


def render(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """Make a page, or a piece of one, of a template in `templates/` and give it to the browser."""
    from gateway.web.templating import templates  # 2 MB that wait until somebody looks at a page

    body = templates().get_template(template).render(_around(request) | context)
    return web.Response(
        text=body, status=status, content_type="text/html", headers={"Cache-Control": "no-store"}
    )


async def back(
    request: web.Request, path: str, key: str = "", *, problem: bool = False, **values: Json
) -> web.Response:
    """Send the browser on to `path`, whose page says the words `key` once, as done or as a problem."""
    if key:
        session = visit(request).session.id
        await store(request).write(add_flash, session, "problem" if problem else "done", key, values)
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})


def _around(request: web.Request) -> dict[str, Any]:
    """Give what every template knows."""
    tag, looking = language(request), visit_or_none(request)
    community = gateway(request).turns.community
    return {
        "t": partial(words.say, tag),
        "lang": tag,
        "visit": looking,
        "names": looking is not None and looking.names,
        "urgent": looking.urgent if looking else (),
        "flashes": looking.session.flash if looking else (),
        "path": request.path,
        "menu": _entries(request, looking, DAILY),
        "more_menu": _entries(request, looking, SELDOM),
        "community": community.name,
        "zone": community.zone,
        "now": gateway(request).clock.now(),
        "count": count(request),
        "locale": _locale(tag, community.region),
    }


def _entries(
    request: web.Request, looking: Visit | None, among: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    return [
        (path, key)
        for path, key in among
        if looking and (role := request.app[MENU].get(path)) and looking.may(role)
    ]


@cache
def _locale(language: str, region: str) -> Locale:
    """Give how moments are written: `en` in GB has 24 hours, in US twice 12."""
    try:
        return Locale.parse(f"{language}_{region}")
    except UnknownLocaleError:
        return Locale(language)
