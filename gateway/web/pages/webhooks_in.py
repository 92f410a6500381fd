"""Other systems that come to us: those that may send webhooks, and those that hold a token of the API."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from gateway.api.scopes import SCOPES
from gateway.api.tokens import MOST_DAYS, NAME_LETTERS, NoToken, new_calendar, new_token, take_back
from gateway.store import lift_runs, webhook_sources
from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.tokens import tokens
from gateway.store.webhook_sources import Source
from gateway.web.access import needs
from gateway.web.context import gateway, language, now, store, visit
from gateway.web.forms import Form, FormMistake, fields
from gateway.web.line import own_origin
from gateway.web.mistake_words import in_words
from gateway.web.render import back, render
from gateway.webhooks import sources
from gateway.webhooks.sources import SourceRefused

_HERE = "/webhooks/in"
_SOURCE = _HERE + "/sources/{id:[0-9]{1,12}}"


@needs(Role.COORDINATOR)
async def show(request: web.Request) -> web.Response:
    """Show every system that may come in."""
    return await _page(request)


async def _page(request: web.Request, *, secret: str = "", what: str = "", problem: str = "") -> web.Response:
    """Show the page, with a secret that was just made, or with what is wrong."""
    return render(
        request,
        "webhooks_in.html",
        status=422 if problem else 200,
        sources=await store(request).read(webhook_sources.sources),
        source_scopes=sources.SCOPES,
        tokens=await store(request).read(tokens),
        scopes=SCOPES,
        drivers=await store(request).read(lift_runs.drivers),
        most_days=MOST_DAYS,
        origin=_origin(request),
        secret=secret,
        what=what,
        problem=problem,
    )


def _origin(request: web.Request) -> str:
    address = gateway(request).address
    return address if address.startswith("https") else own_origin(request)


@needs(Role.COORDINATOR)
async def add_source(request: web.Request) -> web.Response:
    """Let a system send webhooks to us, and show its secret this once."""
    form = await fields(request)
    name, scopes = form.text("name", most=40, empty=True), form.all("scope")
    me = visit(request).account.id
    try:
        secret = await store(request).write(_add_source, name, scopes, me, now(request))
    except SourceRefused as refused:
        return await _page(request, problem=in_words(language(request), str(refused)))
    return await _page(request, secret=secret, what="source")


def _add_source(tx: Tx, name: str, scopes: list[str], me: int, moment: datetime) -> str:
    source_id = sources.add_source(tx, name, scopes, moment)
    journal(tx, me, "webhooks.source_added", f"source:{source_id}", moment)
    return _source(tx, source_id).secret


@needs(Role.COORDINATOR)
async def rotate_source(request: web.Request) -> web.Response:
    """Give a source a new secret and show it this once; the old one is good for a day, unless it leaked."""
    form, source_id = await fields(request), int(request.match_info["id"])
    me = visit(request).account.id
    secret = await store(request).write(_rotate_source, source_id, form.ticked("leaked"), me, now(request))
    return await _page(request, secret=secret, what="source")


def _rotate_source(tx: Tx, source_id: int, leaked: bool, me: int, moment: datetime) -> str:
    _source(tx, source_id)
    journal(tx, me, "webhooks.source_secret_changed", f"source:{source_id}", moment)
    return sources.rotate_secret(tx, source_id, moment, leaked=leaked)


_DEEDS = {"on": sources.switch_on, "off": sources.switch_off, "remove": sources.remove_source}


@needs(Role.COORDINATOR)
async def act_on_source(request: web.Request) -> web.Response:
    """Switch a source on or off, or remove it."""
    source_id, deed = int(request.match_info["id"]), request.match_info["deed"]
    form = await fields(request)
    if deed == "remove" and not form.ticked("sure"):
        raise FormMistake("sure", "webhooks.not_sure")
    await store(request).write(_act_on_source, source_id, deed, visit(request).account.id, now(request))
    return await back(request, _HERE, f"webhooks.done_source_{deed}")


def _act_on_source(tx: Tx, source_id: int, deed: str, me: int, moment: datetime) -> None:
    _source(tx, source_id)
    _DEEDS[deed](tx, source_id, moment)
    journal(tx, me, f"webhooks.source_{deed}", f"source:{source_id}", moment)


def _source(tx: Tx, source_id: int) -> Source:
    found = webhook_sources.source_by_id(tx, source_id)
    if found is None:
        raise web.HTTPNotFound
    return found


@needs(Role.COORDINATOR)
async def add_token(request: web.Request) -> web.Response:
    """Make a token of the API, or the address of a driver's calendar, and show it this once."""
    form, kind = await fields(request), request.match_info["kind"]
    me = visit(request).account.id
    try:
        made = await store(request).write(_add_token, kind, form, me, now(request))
    except NoToken as refused:
        return await _page(request, problem=in_words(language(request), str(refused)))
    secret = f"{_origin(request)}/api/v1/calendars/{made}.ics" if kind == "calendars" else made
    return await _page(request, secret=secret, what=kind)


def _add_token(tx: Tx, kind: str, form: Form, me: int, moment: datetime) -> str:
    days = form.whole("days", least=1, most=MOST_DAYS)
    name = form.text("name", most=NAME_LETTERS)
    if kind == "tokens":
        return new_token(tx, name, form.all("scope"), days, moment, me)
    driver = lift_runs.driver_by_id(tx, form.whole("driver"))
    if driver is None:
        raise FormMistake("driver", "common.field_choice")
    return new_calendar(tx, name, driver.number, days, moment, me)


@needs(Role.COORDINATOR)
async def revoke_token(request: web.Request) -> web.Response:
    """Let a token be used no more."""
    token_id, me = int(request.match_info["id"]), visit(request).account.id
    try:
        await store(request).write(take_back, token_id, now(request), me)
    except NoToken:
        return await back(request, _HERE, "webhooks.token_gone", problem=True)
    return await back(request, _HERE, "webhooks.done_revoked")


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [
        web.get(_HERE, show),
        web.post(_HERE + "/sources", add_source),
        web.post(_SOURCE + "/rotate", rotate_source),
        web.post(_SOURCE + "/{deed:on|off|remove}", act_on_source),
        web.post(_HERE + "/{kind:tokens|calendars}", add_token),
        web.post(_HERE + "/tokens/{id:[0-9]{1,12}}/revoke", revoke_token),
    ]
