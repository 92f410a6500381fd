"""Settings: the community as it is loaded, and lists taken over from CSV files, with one step back."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from aiohttp import web

from gateway import community_import
from gateway.community import Community
from gateway.community_import import LISTS, ImportRefused, Preview
from gateway.community_lifts import LiftSchemeError
from gateway.community_votes import VotesMistake
from gateway.errors import ConfigError
from gateway.store.accounts import Role
from gateway.store.community import install
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.places import load_places
from gateway.web.access import needs
from gateway.web.context import STAGED, Staged, gateway, language, now, store, visit
from gateway.web.forms import FormMistake, fields, upload
from gateway.web.mistake_words import in_words
from gateway.web.render import back, render

if TYPE_CHECKING:
    from gateway.app import Gateway

_HERE = "/settings"
_Deed: TypeAlias = Callable[[Tx, int, datetime], Community]
REFUSALS = (ConfigError, LiftSchemeError, VotesMistake, OSError)


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show the community as it is loaded."""
    return await _page(request)


async def _page(
    request: web.Request,
    *,
    seen: Preview | None = None,
    digest: str = "",
    mistakes: list[str] | None = None,
) -> web.Response:
    """Show the page, with what a file would do, or with what is wrong in it."""
    running = gateway(request)
    desks = [modem.calls for modem in running.modems if modem.calls is not None]
    return render(
        request,
        "settings.html",
        status=422 if mistakes else 200,
        loaded=running.turns.community,
        limits=running.limits,
        minutes_per_day=desks[0].rules.minutes_per_day if desks else None,
        lists=LISTS,
        folder=str(running.folder) if running.folder else "",
        writable=community_import.is_writable(running.folder),
        undoable=await asyncio.to_thread(community_import.undoable, _undo(running)),
        seen=seen,
        digest=digest,
        mistakes=[in_words(language(request), one) for one in mistakes or []],
    )


def _undo(running: Gateway) -> Path:
    return running.data / "community-undo"


def _folder(running: Gateway) -> Path:
    if running.folder is None or not community_import.is_writable(running.folder):
        raise FormMistake("file", "settings.not_writable")
    return running.folder


@needs(Role.COORDINATOR)
async def look(request: web.Request) -> web.Response:
    """Show what a file would do, without doing it."""
    running = gateway(request)
    folder = _folder(running)
    values, content = await upload(request)
    name = values.get("list", "")
    if name not in LISTS:
        raise FormMistake("list", "common.field_choice")
    if not content.strip():
        raise FormMistake("file", "settings.no_file")
    seen = await asyncio.to_thread(community_import.preview, folder, name, content)
    if seen.mistakes:
        return await _page(request, mistakes=seen.mistakes)
    request.app[STAGED][visit(request).session.id] = Staged(content, now(request))
    return await _page(request, seen=seen, digest=hashlib.sha256(content).hexdigest())


@needs(Role.COORDINATOR)
async def leave(request: web.Request) -> web.Response:
    """Leave everything as it is, and forget the file that was looked at."""
    _drop(request)
    return await back(request, _HERE)


def _drop(request: web.Request) -> None:
    request.app[STAGED].pop(visit(request).session.id, None)


@needs(Role.COORDINATOR)
async def take_over(request: web.Request) -> web.Response:
    """Take over the file that was looked at."""
    running, form = gateway(request), await fields(request)
    folder, name, digest = _folder(running), form.choice("list", LISTS), form.text("digest", most=64)
    staged = request.app[STAGED].get(visit(request).session.id)
    content = staged.content if staged else b""
    if staged is None or hashlib.sha256(content).hexdigest() != digest:
        return await back(request, _HERE, "settings.look_again", problem=True)

    def do(tx: Tx, me: int, moment: datetime) -> Community:
        journal(tx, me, "settings.imported", f"file:{name}", moment)
        return community_import.take_over(
            folder, _undo(running), name, content, lambda found: _install(tx, found, running, moment)
        )

    return await _done(request, do, "settings.done_imported")


@needs(Role.COORDINATOR)
async def take_back(request: web.Request) -> web.Response:
    """Put the file that was there before the last import back."""
    running = gateway(request)
    folder = _folder(running)

    def do(tx: Tx, me: int, moment: datetime) -> Community:
        journal(tx, me, "settings.undone", "community", moment)
        return community_import.take_back(
            folder, _undo(running), lambda found: _install(tx, found, running, moment)
        )

    return await _done(request, do, "settings.done_undone")


def _install(tx: Tx, found: Community, running: Gateway, moment: datetime) -> None:
    install(tx, found, moment, trusted=running.clock.trusted)
    tx.tell("community.changed")


async def _done(request: web.Request, do: _Deed, key: str) -> web.Response:
    """Do it in one transaction, have every turn from here on know of it, and say so."""
    running = gateway(request)
    try:
        found = await store(request).write(do, visit(request).account.id, now(request))
    except ImportRefused as refused:
        return await _page(request, mistakes=refused.mistakes)
    except REFUSALS as refused:
        return await _page(request, mistakes=str(refused).splitlines())
    running.turns.community = found
    running.turns.places = await store(request).read(load_places)
    _drop(request)
    running.texts_taken()
    return await back(request, _HERE, key)


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [
        web.get(_HERE, show),
        web.post(_HERE + "/look", look),
        web.post(_HERE + "/leave", leave),
        web.post(_HERE + "/take-over", take_over),
        web.post(_HERE + "/take-back", take_back),
    ]
