"""A template and what it shows made into a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from aiohttp import web
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from flows.value import Json
from gateway.store.people import Resident
from gateway.store.sessions import add_flash
from gateway.store.urgent import Urgent
from gateway.web import assets, words
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
    body = _environment().get_template(template).render(_around(request) | context)
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
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gateway.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["static"] = assets.address_of
    environment.filters.update(
        shown=shown,
        clock=clock,
        clock24=clock24,
        day=day,
        local_day=local_day,
        moment=moment,
        language_name=words.language_name,
    )
    return environment


@cache
def _locale(language: str, region: str) -> Locale:
    """Give how moments are written: `en` in GB has 24 hours, in US twice 12."""
    try:
        return Locale.parse(f"{language}_{region}")
    except UnknownLocaleError:
        return Locale(language)


@pass_context
def shown(context: Context, value: str | Resident | Urgent) -> str:
    """Show a name, number or words of a resident, or a resident, to those who may see them."""
    if not context["names"]:
        if isinstance(value, str):
            return str(context["t"]("common.hidden")) if value else ""
        resident_id = value.id if isinstance(value, Resident) else value.resident_id
        return str(context["t"]("common.resident", id=resident_id))
    if isinstance(value, str):
        return value
    return f"{value.name} ({value.number})" if value.name else value.number


@pass_context
def clock(context: Context, at: datetime) -> str:
    """Show the local time of day of a moment."""
    return format_time(at.astimezone(context["zone"]), "short", locale=context["locale"])


@pass_context
def clock24(context: Context, at: datetime) -> str:
    """Write the local time of day of a moment as a time field has it: 09:30."""
    return f"{at.astimezone(context['zone']):%H:%M}"


@pass_context
def local_day(context: Context, at: date) -> str:
    """Show a local day with its weekday."""
    return format_date(at, "full", locale=context["locale"])


@pass_context
def day(context: Context, at: datetime) -> str:
    """Show the local day of a moment."""
    return format_date(at.astimezone(context["zone"]), "medium", locale=context["locale"])


@pass_context
def moment(context: Context, at: datetime) -> Markup:
    """Show a moment: its time today, its day and time before."""
    local, today = at.astimezone(context["zone"]), context["now"].astimezone(context["zone"])
    words_ = clock(context, at)
    if local.date() != today.date():
        words_ = f"{day(context, at)}, {words_}"
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(timespec="seconds"), words_)
