"""Conversations: one thread a resident, and a person who answers where one is wanted."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from flows.gsm7 import parts
from gateway.errors import GatewayError
from gateway.recordings import RecordingLost
from gateway.services import threads as answering
from gateway.services.threads import NotSent
from gateway.store import accounts, people, threads
from gateway.store.accounts import Account, Role
from gateway.store.database import Tx
from gateway.store.instant import from_text
from gateway.store.journal import journal
from gateway.store.recordings import recording_by_id
from gateway.turns import Turns
from gateway.web.access import needs
from gateway.web.context import gateway, language, now, store, visit
from gateway.web.forms import LONGEST_FIELD, FormMistake, fields
from gateway.web.render import back, render
from gateway.web.thread_view import View, view_of

PAGE = 30
ENTRIES = 60
FEWEST_LETTERS = 2


@needs(Role.OBSERVER)
async def show_list(request: web.Request) -> web.Response:
    """Show who waits for a person, and then every thread, the newest first; or what a search finds."""
    return render(request, "conversations.html", **await _list(request))


@needs(Role.OBSERVER)
async def show_threads(request: web.Request) -> web.Response:
    """Show the list alone, for a page that is open."""
    return render(request, "conversations_list.html", **await _list(request))


async def _list(request: web.Request) -> dict[str, Any]:
    # Whoever may not see words may not find by them either.
    wanted = request.query.get("q", "").strip()[:100] if visit(request).names else ""
    before = _before(request.query.get("before", ""))
    if len(wanted) >= FEWEST_LETTERS:
        found = await store(request).read(threads.find_threads, wanted)
        return {"q": wanted, "waiting": [], "recent": found, "more": ""}
    waiting = await store(request).read(threads.waiting_threads) if before is None else []
    recent = await store(request).read(threads.threads_before, before, PAGE + 1)
    more = "{}~{}".format(*threads.cursor(recent[PAGE - 1])) if len(recent) > PAGE else ""
    return {"q": wanted, "waiting": waiting, "recent": recent[:PAGE], "more": more}


def _before(written: str) -> tuple[str, int] | None:
    at, _, resident = written.partition("~")
    if not at or not (resident.isascii() and resident.isdigit() and len(resident) < 13):
        return None
    return at[:40], int(resident)


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show a thread, and what can be done in it."""
    view = await _view(request)
    others = [one for one in await store(request).read(accounts.accounts) if one.role.covers(Role.ORGANISER)]
    return _thread(request, view, others)


def _thread(
    request: web.Request, view: View, others: list[Account], typed: str = "", problem: str = ""
) -> web.Response:
    return render(
        request,
        "thread.html",
        status=422 if problem else 200,
        view=view,
        others=others,
        typed=typed,
        problem=problem,
    )


@needs(Role.OBSERVER)
async def show_entries(request: web.Request) -> web.Response:
    """Show what was said, for a page that is open."""
    return render(request, "thread_entries.html", view=await _view(request))


async def _view(request: web.Request) -> View:
    resident_id = int(request.match_info["id"])
    before = _moment(request.query.get("before", ""))
    view = await store(request).read(view_of, resident_id, before, ENTRIES, names=visit(request).names)
    if view is None:
        raise web.HTTPNotFound
    return view


def _moment(written: str) -> datetime | None:
    """Read where a page of a thread ends; None for what is no moment, or none the calendar has in UTC."""
    try:
        return from_text(written).astimezone(UTC) if written else None
    except (ValueError, OverflowError):
        return None


@needs(Role.ORGANISER)
async def reply(request: web.Request) -> web.Response:
    """Send a resident what a coordinator wrote."""
    resident_id, form = int(request.match_info["id"]), await fields(request)
    body = form.text("body", most=LONGEST_FIELD, empty=True, lines=True)
    turns, who = gateway(request).turns, visit(request).account.id
    try:
        await store(request).write(_reply, turns, resident_id, who, body, now(request))
    except NotSent as refused:
        view = await _view(request)
        others = await store(request).read(accounts.accounts)
        return _thread(request, view, others, body, f"conversations.not_sent_{refused.key}")
    gateway(request).queued()
    return await back(request, f"/conversations/{resident_id}", "conversations.sent")


def _reply(tx: Tx, turns: Turns, resident_id: int, account_id: int, body: str, moment: datetime) -> None:
    _known(tx, resident_id)
    text_id = answering.reply(tx, turns, resident_id, account_id, body, moment)
    journal(tx, account_id, "conversations.replied", f"resident:{resident_id}", moment, message=text_id)


@needs(Role.ORGANISER)
async def act(request: web.Request) -> web.Response:
    """Take a thread over, hand it back, close it, or ask another coordinator to answer."""
    resident_id, deed = int(request.match_info["id"]), request.match_info["deed"]
    form = await fields(request)
    to = form.whole("to") if deed == "assign" else 0
    who, turns = visit(request).account.id, gateway(request).turns
    await store(request).write(_act, turns, deed, resident_id, who, to, now(request))
    gateway(request).queued()
    return await back(request, f"/conversations/{resident_id}", f"conversations.done_{deed}")


def _act(
    tx: Tx, turns: Turns, deed: str, resident_id: int, account_id: int, to: int, moment: datetime
) -> None:
    _known(tx, resident_id)
    if deed == "take":
        answering.take_over(tx, turns, resident_id, account_id, moment)
    elif deed == "back":
        answering.hand_back(tx, turns, resident_id, moment)
    elif deed == "close":
        answering.close(tx, turns, resident_id, moment)
    else:
        asked = accounts.account_by_id(tx, to)
        if asked is None or not asked.role.covers(Role.ORGANISER):
            raise FormMistake("to", "common.field_choice")
        answering.assign(tx, resident_id, to, moment)
    journal(tx, account_id, f"conversations.{deed}", f"resident:{resident_id}", moment)


def _known(tx: Tx, resident_id: int) -> None:
    if not people.is_known(tx, resident_id):
        raise FormMistake("id", "conversations.gone")


@needs(Role.ORGANISER)
async def count_parts(request: web.Request) -> web.Response:
    """Say how many texts some words make, and what they cost."""
    form = await fields(request)
    body = form.text("body", most=LONGEST_FIELD, empty=True, lines=True)
    count = parts(body) if body else 0
    price = gateway(request).limits.text_price
    cost = price.of(count, language(request)) if price is not None and count else ""
    return render(
        request, "parts.html", count=count, cost=cost, too_long=count > answering.LONGEST_REPLY_PARTS
    )


@needs(Role.ORGANISER)
async def hear_recording(request: web.Request) -> web.Response:
    """Give the sound of a recording."""
    found = await store(request).read(recording_by_id, int(request.match_info["id"]))
    exchange = gateway(request).exchange
    if found is None or exchange is None:
        raise web.HTTPNotFound
    try:
        # Reading and deciphering minutes of sound would hold up every call there is.
        sound = await asyncio.to_thread(exchange.recordings.read, found.file)
    except RecordingLost as lost:
        raise web.HTTPNotFound from lost
    except GatewayError as error:
        raise web.HTTPServiceUnavailable from error
    return web.Response(
        body=sound,
        content_type="audio/wav",
        headers={"Cache-Control": "no-store", "Content-Disposition": "inline"},
    )


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    one = "/conversations/{id:[0-9]{1,12}}"
    return [
        web.get("/conversations", show_list),
        web.get("/conversations/threads", show_threads),
        web.post("/conversations/parts", count_parts),
        web.get(one, show),
        web.get(one + "/entries", show_entries),
        web.post(one + "/reply", reply),
        web.post(one + "/{deed:take|back|close|assign}", act),
        web.get("/recordings/{id:[0-9]{1,12}}", hear_recording),
    ]
