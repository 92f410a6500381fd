"""The virtual phone: a telephone on the page, on the network made of software; only there where that is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from flows.reworded import reworded
from gateway.store.accounts import Role
from gateway.store.flow_texts import draft_texts, has_draft
from gateway.web.access import needs
from gateway.web.context import GATEWAY, LIVE, gateway, now, store
from gateway.web.forms import fields
from gateway.web.phone_booth import PhoneBooth
from gateway.web.render import back, render
from modem.audio.line import FRAME_BYTES
from modem.virtual.client import SimulatorError

if TYPE_CHECKING:
    from modem.virtual.phone_call import PhoneCall  # needs all of numpy

BOOTH: web.AppKey[PhoneBooth] = web.AppKey("phone_booth")
NUMBERS = tuple(f"+4477009001{place:02d}" for place in range(90, 98))
"""Numbers to play with: set aside for stories, so they are nobody's."""
SOCKET = "simulator"
KEYS = frozenset("0123456789*#")
LONGEST_TEXT = 1_000
# A browser that sends sound faster than life has its oldest dropped: a quarter of a second may wait.
MOST_UNSAID = 12 * FRAME_BYTES


@needs(Role.ORGANISER)
async def show(request: web.Request) -> web.Response:
    """Show the telephone."""
    return await _phone(request, "phone.html")


@needs(Role.ORGANISER)
async def show_screen(request: web.Request) -> web.Response:
    """Show its screen alone, for a page that is open."""
    return await _phone(request, "phone_screen.html")


async def _phone(request: web.Request, template: str) -> web.Response:
    wanted = request.query.get("number", NUMBERS[0])
    number = wanted if wanted in NUMBERS else NUMBERS[0]
    booth, turns = request.app[BOOTH], gateway(request).turns
    try:
        held, ours = await booth.hold(number), await booth.number()
    except SimulatorError:
        raise web.HTTPNotFound from None
    return render(
        request,
        template,
        number=number,
        numbers=NUMBERS,
        ours=ours,
        texts=tuple(held.texts),
        trying=number in turns.trying,
        drafted=await store(request).read(has_draft),
    )


@needs(Role.ORGANISER)
async def text(request: web.Request) -> web.Response:
    """Text the gateway from the virtual phone."""
    form = await fields(request)
    number = form.choice("number", NUMBERS)
    body = form.text("body", most=LONGEST_TEXT, lines=True)
    try:
        await request.app[BOOTH].text(number, body, now(request))
    except SimulatorError:
        raise web.HTTPNotFound from None
    return await back(request, f"/phone?number={number.replace('+', '%2B')}")


@needs(Role.COORDINATOR)
async def choose_draft(request: web.Request) -> web.Response:
    """Have this telephone hear the draft of the texts, or what everybody hears."""
    form = await fields(request)
    number, turns = form.choice("number", NUMBERS), gateway(request).turns
    if form.ticked("draft"):
        turns.trying[number] = reworded(turns.files, await store(request).read(draft_texts))
    else:
        turns.trying.pop(number, None)
    return await back(request, f"/phone?number={number.replace('+', '%2B')}")


@needs(Role.ORGANISER)
async def call(request: web.Request) -> web.WebSocketResponse:
    """Ring the gateway: sound both ways as frames of 20 ms (8 kHz, 16 bit), keys and hanging up as JSON."""
    number = request.query.get("number", "")
    if number not in NUMBERS:
        raise web.HTTPNotFound
    try:
        ringing = await request.app[BOOTH].ring(number)
    except SimulatorError:
        raise web.HTTPNotFound from None
    socket = web.WebSocketResponse(max_msg_size=1 << 16, heartbeat=20.0)
    await socket.prepare(request)
    hearing = asyncio.create_task(_let_hear(socket, ringing))
    try:
        await _take(socket, ringing)
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
        with suppress(SimulatorError):
            if not ringing.over:
                await ringing.hang_up()
    return socket


async def _let_hear(socket: web.WebSocketResponse, ringing: PhoneCall) -> None:
    """Tell the page how the call goes, and let it hear what is said."""
    answered = asyncio.create_task(ringing.answered(timeout=120.0))
    ended = asyncio.create_task(ringing.ended(timeout=3600.0))
    try:
        await asyncio.wait({answered, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done() and not answered.exception():
            await socket.send_json({"state": "answered"})
            async for frame in ringing.frames():
                await socket.send_bytes(frame)
        await socket.send_json({"state": "ended", "by": ringing.ended_by})
        await socket.close()
    except (ConnectionError, TimeoutError):
        await socket.close()
    finally:
        for task in (answered, ended):
            task.cancel()
        await asyncio.gather(answered, ended, return_exceptions=True)


async def _take(socket: web.WebSocketResponse, ringing: PhoneCall) -> None:
    """Take what the page says, presses, or that it hangs up."""
    async for message in socket:
        if message.type is WSMsgType.BINARY:
            if ringing.unsaid_bytes < MOST_UNSAID:
                ringing.say(message.data)
        elif message.type is WSMsgType.TEXT:
            try:
                deed = json.loads(message.data)
                keys = str(deed.get("press", ""))
                if deed.get("hang_up"):
                    return
                if keys and set(keys) <= KEYS and len(keys) < 20:
                    await ringing.press(keys)
            except (ValueError, AttributeError, RecursionError, SimulatorError):
                return


def is_there(data: Path) -> bool:
    """Whether a gateway with its data in a folder is on the network made of software."""
    return (data / SOCKET).exists()


async def booth_of(site: web.Application) -> AsyncIterator[None]:
    """Hold the virtual phones for as long as the site is open."""
    live = site[LIVE]
    site[BOOTH] = PhoneBooth(site[GATEWAY].data / SOCKET, lambda: live.happened({"phone"}))
    yield
    await site[BOOTH].close()


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [
        web.get("/phone", show),
        web.get("/phone/screen", show_screen),
        web.post("/phone/text", text),
        web.post("/phone/draft", choose_draft),
        web.get("/phone/call", call),
    ]
