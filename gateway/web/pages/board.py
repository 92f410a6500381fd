"""The board: what somebody should do, let through, planned, and seen through to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from gateway.services import board
from gateway.services.lifecycle import IllegalMove
from gateway.store import board as store_board
from gateway.store import people
from gateway.store.accounts import Account, Role
from gateway.store.board import Idea
from gateway.store.database import Tx
from gateway.store.events import events_about
from gateway.store.journal import journal
from gateway.store.people import Resident
from gateway.turns import Turns
from gateway.web.access import needs
from gateway.web.context import gateway, now, store, visit
from gateway.web.forms import Form, FormMistake, fields
from gateway.web.render import back, render

CLOSED_SHOWN = timedelta(days=90)
MOST_CLOSED = 100
LONGEST_IDEA = 300
FEWEST, MOST_ENOUGH = 2, 99
STATES = ("waiting", "listed", "planned")
# What may be done by hand from each state, in the order it is shown.
DEEDS: Mapping[str, tuple[str, ...]] = {
    "waiting": ("let_through", "refuse"),
    "listed": ("plan", "complete", "drop"),
    "planned": ("meeting", "complete", "drop"),
}


@dataclass(frozen=True, slots=True)
class Board:
    """Open ideas by state, and those that ended of late."""

    columns: Mapping[str, tuple[Idea, ...]]
    closed: tuple[Idea, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """An idea with whoever had it, who is in, and what happened (type and moment), the oldest first."""

    idea: Idea
    author: Resident | None
    joiners: tuple[Resident, ...]
    events: tuple[tuple[datetime, str], ...]


def _board(tx: Tx, since: datetime) -> Board:
    return Board(
        {state: tuple(store_board.ideas_in(tx, state)) for state in STATES},
        tuple(store_board.closed_ideas(tx, since, MOST_CLOSED)),
    )


def _whole(tx: Tx, idea_id: int) -> Whole | None:
    found = store_board.idea(tx, idea_id)
    if found is None:
        return None
    author = people.resident_by_id(tx, found.resident_id) if found.resident_id is not None else None
    events = tuple((at, type_) for at, type_, _ in events_about(tx, f"board:{idea_id}"))
    return Whole(found, author, tuple(store_board.joiners(tx, idea_id)), events)


@needs(Role.OBSERVER)
async def show_board(request: web.Request) -> web.Response:
    """Show every idea by how far it is, and those that ended of late."""
    found = await store(request).read(_board, now(request) - CLOSED_SHOWN)
    return render(request, "board.html", board=found)


@needs(Role.OBSERVER)
async def show_ideas(request: web.Request) -> web.Response:
    """Show the ideas alone, for a page that is open."""
    found = await store(request).read(_board, now(request) - CLOSED_SHOWN)
    return render(request, "board_ideas.html", board=found)


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show one idea, who is in, and what can be done with it."""
    whole = await store(request).read(_whole, int(request.match_info["id"]))
    if whole is None:
        raise web.HTTPNotFound
    return render(
        request,
        "board_idea.html",
        whole=whole,
        deeds=DEEDS.get(whole.idea.state, ()),
        longest=LONGEST_IDEA,
        fewest=FEWEST,
        most=MOST_ENOUGH,
    )


@needs(Role.ORGANISER)
async def act(request: web.Request) -> web.Response:
    """Do something with an idea: let it through or not, plan it, set its meeting, close it."""
    idea_id, deed = int(request.match_info["id"]), request.match_info["deed"]
    form, where = await fields(request), f"/board/{idea_id}"
    try:
        await store(request).write(
            _act, gateway(request).turns, deed, idea_id, form, visit(request).account, now(request)
        )
    except IllegalMove:
        return await back(request, where, "board.not_moved", problem=True)
    except FormMistake as mistake:
        return await back(request, where, mistake.key, problem=True, **mistake.values)
    gateway(request).queued()
    gateway(request).timers.wake()
    return await back(request, where, f"board.done_{deed}")


def _act(
    tx: Tx, turns: Turns, deed: str, idea_id: int, form: Form, account: Account, moment: datetime
) -> None:
    if store_board.idea(tx, idea_id) is None:
        raise web.HTTPNotFound
    doing = turns.timing(tx, moment)
    match deed:
        case "let_through":
            what = form.text("what", most=LONGEST_IDEA)
            place = form.text("place", most=100, empty=True)
            board.let_through(
                doing, idea_id, what, place, form.whole("enough", least=FEWEST, most=MOST_ENOUGH)
            )
        case "refuse":
            board.refuse(doing, idea_id)
        case "plan":
            board.plan(doing, idea_id)
        case "meeting":
            meets_at = _meets_at(form, turns.community.zone, moment)
            board.set_meeting(doing, idea_id, meets_at, form.text("where", most=100))
        case _:
            board.end(doing, idea_id, deed, form.text("outcome", most=LONGEST_IDEA, empty=True))
    journal(tx, account.id, f"board.{deed}", f"board:{idea_id}", moment)


def _meets_at(form: Form, zone: ZoneInfo, moment: datetime) -> datetime:
    try:
        local = datetime.fromisoformat(form.text("meets", most=20))
    except ValueError:
        raise FormMistake("meets", "board.meets_wrong") from None
    meets_at = local.replace(tzinfo=zone).astimezone(UTC)
    if meets_at <= moment:
        raise FormMistake("meets", "board.meets_past")
    return meets_at


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    one = "/board/{id:[0-9]{1,12}}"
    return [
        web.get("/board", show_board),
        web.get("/board/ideas", show_ideas),
        web.get(one, show),
        web.post(one + "/{deed:let_through|refuse|plan|meeting|complete|drop}", act),
    ]
