"""Requests for help: a board by state, and each with its history and all that can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from aiohttp import web

from flows.value import Json
from gateway.help_settings import HelpSettings
from gateway.services import help_desk
from gateway.services.acting import Timing
from gateway.services.help_desk import History
from gateway.services.lifecycle import IllegalMove
from gateway.store import help as store_help
from gateway.store import people, volunteers
from gateway.store.accounts import Account, Role
from gateway.store.database import Tx
from gateway.store.help import OPEN, HelpRequest
from gateway.store.help_settings import help_settings
from gateway.store.journal import journal
from gateway.store.people import Resident
from gateway.store.volunteers import Volunteer
from gateway.turns import Turns
from gateway.web.access import needs
from gateway.web.context import gateway, language, now, store, visit
from gateway.web.forms import Form, FormMistake, fields
from gateway.web.render import back, render
from gateway.web.words import knows, say

CLOSED_SHOWN = timedelta(days=14)
LONGEST_NOTE = 500
# What may be done by hand from each state, in the order of the buttons.
MOVES: Mapping[str, tuple[str, ...]] = {
    "new": ("look", "complete", "fail", "withdraw"),
    "looking": ("look", "complete", "fail", "withdraw"),
    "offered": ("complete", "fail", "withdraw"),
    "matched": ("complete", "take", "fail", "withdraw"),
    "done": ("reopen",),
    "failed": ("reopen",),
    "withdrawn": (),
    "duplicate": (),
}
# Where a card may be dropped, and the move that leads there.
DROPS: Mapping[str, str] = {"looking": "look", "done": "complete", "failed": "fail", "withdrawn": "withdraw"}


@dataclass(frozen=True, slots=True)
class Card:
    """A request on the board, with whoever asked and whoever helps."""

    request: HelpRequest
    resident: Resident
    helper: Resident | None


@dataclass(frozen=True, slots=True)
class Board:
    """Open requests by state, and those that ended of late."""

    columns: Mapping[str, tuple[Card, ...]]
    closed: tuple[Card, ...]
    settings: HelpSettings


@dataclass(frozen=True, slots=True)
class Whole:
    """A request with all that happened to it and everybody who could be asked."""

    card: Card
    history: History
    volunteers: tuple[Volunteer, ...]
    others: tuple[HelpRequest, ...]
    settings: HelpSettings


def _card(tx: Tx, request: HelpRequest) -> Card:
    helper = people.resident_by_id(tx, request.volunteer_id) if request.volunteer_id else None
    return Card(request, people.resident_by_id(tx, request.resident_id), helper)


def _board(tx: Tx, since: datetime) -> Board:
    found = [_card(tx, request) for request in store_help.requests_in(tx)]
    return Board(
        {state: tuple(card for card in found if card.request.state == state) for state in OPEN},
        tuple(_card(tx, request) for request in store_help.closed_since(tx, since, 100)),
        help_settings(tx),
    )


def _whole(tx: Tx, request_id: int) -> Whole | None:
    request = store_help.find_request(tx, request_id)
    if request is None:
        return None
    return Whole(
        _card(tx, request),
        help_desk.history(tx, request_id),
        tuple(volunteers.volunteers(tx)),
        tuple(other for other in store_help.requests_in(tx) if other.id != request_id),
        help_settings(tx),
    )


@needs(Role.OBSERVER)
async def show_board(request: web.Request) -> web.Response:
    """Show every open request by its state, and what ended of late."""
    return await _show(request, "help.html")


@needs(Role.OBSERVER)
async def show_columns(request: web.Request) -> web.Response:
    """Show the board alone, for a page that is open."""
    return await _show(request, "help_board.html")


async def _show(request: web.Request, template: str) -> web.Response:
    board = await store(request).read(_board, now(request) - CLOSED_SHOWN)
    return render(request, template, board=board, moves=MOVES, drops=DROPS)


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show one request."""
    whole = await store(request).read(_whole, int(request.match_info["id"]))
    if whole is None:
        raise web.HTTPNotFound
    return render(
        request, "help_request.html", whole=whole, moves=MOVES, event_words=partial(_event_words, request)
    )


def _event_words(request: web.Request, type_: str, told: Mapping[str, Json]) -> str:
    """Say an event of a request in words; one that has none goes by its type."""
    key = "help.event_" + type_.removeprefix("help.").replace(".", "_")
    by = str(told.get("by", ""))
    if not knows(key):
        return type_
    return say(language(request), key, by=by) if by else say(language(request), key)


@needs(Role.ORGANISER)
async def act(request: web.Request) -> web.Response:
    """Do something with a request: move it on, offer it, give it to somebody, note, sort, join."""
    request_id, form = int(request.match_info["id"]), await fields(request)
    deed = request.match_info["deed"]
    where = "/help" if form.ticked("board") else f"/help/{request_id}"
    try:
        done = await store(request).write(
            _act, gateway(request).turns, deed, request_id, form, visit(request).account, now(request)
        )
    except IllegalMove:
        return await back(request, where, "help.not_moved", problem=True)
    gateway(request).queued()
    return await back(request, where, f"help.done_{done}")


def _act(
    tx: Tx, turns: Turns, deed: str, request_id: int, form: Form, account: Account, moment: datetime
) -> str:
    if store_help.find_request(tx, request_id) is None:
        raise FormMistake("id", "help.gone")
    doing, by = turns.timing(tx, moment), account.name
    done = deed
    match deed:
        case "move":
            done = form.choice("move", sorted({move for moves in MOVES.values() for move in moves}))
            if done == "take":
                help_desk.take_from(doing, request_id, by)
            else:
                help_desk.set_state(doing, request_id, done, by)
        case "offer":
            help_desk.offer_now(doing, request_id, [_id(one) for one in form.all("volunteer")], by)
        case "assign":
            help_desk.assign(doing, request_id, form.whole("volunteer"), by)
        case "note":
            help_desk.note(doing, request_id, form.text("words", most=LONGEST_NOTE, lines=True), by)
        case "duplicate":
            _join(doing, request_id, form.whole("of"), by)
        case _:
            _sort(tx, doing, request_id, form, by)
    journal(tx, account.id, f"help.{done}", f"help:{request_id}", moment)
    return done


def _id(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) < 13):
        raise FormMistake("volunteer", "common.field_choice")
    return int(written)


def _join(doing: Timing, request_id: int, of_id: int, by: str) -> None:
    if store_help.find_request(doing.tx, of_id) is None:
        raise FormMistake("of", "common.field_choice")
    help_desk.mark_duplicate(doing, request_id, of_id, by)


def _sort(tx: Tx, doing: Timing, request_id: int, form: Form, by: str) -> None:
    settings = help_settings(tx)
    written = form.text("wanted_on", most=10, empty=True)
    try:
        wanted_on = date.fromisoformat(written) if written else None
    except ValueError:
        raise FormMistake("wanted_on", "help.date_wrong") from None
    help_desk.set_details(
        doing,
        request_id,
        by,
        category=form.choice("category", ["", *(one.key for one in settings.categories)]),
        urgency=form.choice("urgency", ["", *(one.key for one in settings.urgencies)]),
        area=form.text("area", most=100, empty=True),
        wanted_on=wanted_on,
    )


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    one = "/help/{id:[0-9]{1,12}}"
    return [
        web.get("/help", show_board),
        web.get("/help/board", show_columns),
        web.get(one, show),
        web.post(one + "/{deed:move|offer|assign|note|duplicate|sort}", act),
    ]
