"""The rota: shifts put in, given to volunteers, taken off; and who is on duty now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from gateway.services import shifts
from gateway.services.help_fit import at
from gateway.services.lifecycle import IllegalMove
from gateway.store import people, volunteers
from gateway.store import shifts as store_shifts
from gateway.store.accounts import Account, Role
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.people import Resident
from gateway.store.shifts import Shift
from gateway.turns import Turns
from gateway.web.access import needs
from gateway.web.context import gateway, now, store, visit
from gateway.web.forms import Form, FormMistake, fields
from gateway.web.render import back, render

MOST_WEEKS = 26
LONGEST_WHAT = 60


@dataclass(frozen=True, slots=True)
class Rota:
    """The shifts that are not over, who hears of urgent matters now, and who may have a shift."""

    ahead: Sequence[Shift]
    on_duty: Sequence[Resident]
    helpers: Sequence[tuple[int, str]]


def _rota(tx: Tx) -> Rota:
    helpers = {one.id: one.name or one.number for one in volunteers.volunteers(tx)}
    helpers |= {one.id: one.name or one.number for one in people.coordinators(tx)}
    return Rota(
        store_shifts.shifts_ahead(tx),
        people.coordinators_on_duty(tx),
        sorted(helpers.items(), key=lambda pair: pair[1]),
    )


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show the rota and who is on duty now."""
    return await _page(request)


@needs(Role.OBSERVER)
async def show_now(request: web.Request) -> web.Response:
    """Show who is on duty alone, for a page that is open."""
    return render(request, "shifts_now.html", rota=await store(request).read(_rota))


async def _page(request: web.Request, mistake: FormMistake | None = None) -> web.Response:
    return render(
        request,
        "shifts.html",
        status=422 if mistake else 200,
        rota=await store(request).read(_rota),
        mistake=mistake,
        longest=LONGEST_WHAT,
        most_weeks=MOST_WEEKS,
    )


@needs(Role.ORGANISER)
async def add(request: web.Request) -> web.Response:
    """Put a shift into the rota, on the same weekday for so many weeks."""
    form, moment = await fields(request), now(request)
    try:
        times = _times(form, gateway(request).turns.community.zone, moment)
        what = form.text("what", most=LONGEST_WHAT)
    except FormMistake as mistake:
        return await _page(request, mistake)
    await store(request).write(
        _add, gateway(request).turns, what, times, form.ticked("duty"), visit(request).account, moment
    )
    gateway(request).timers.wake()
    return await back(request, "/shifts", "shifts.added", n=len(times))


def _add(
    tx: Tx,
    turns: Turns,
    what: str,
    times: Sequence[tuple[datetime, datetime]],
    duty: bool,
    account: Account,
    moment: datetime,
) -> None:
    timing = turns.timing(tx, moment)
    for starts_at, ends_at in times:
        made = shifts.add(timing, what, starts_at, ends_at, duty=duty)
        journal(tx, account.id, "shifts.add", f"shift:{made}", moment)


@needs(Role.ORGANISER)
async def act(request: web.Request) -> web.Response:
    """Give a shift to somebody, take it from them, or take it off the rota."""
    shift_id, deed, form = int(request.match_info["id"]), request.match_info["deed"], await fields(request)
    try:
        await store(request).write(
            _act, gateway(request).turns, deed, shift_id, form, visit(request).account, now(request)
        )
    except IllegalMove:
        return await back(request, "/shifts", "shifts.not_moved", problem=True)
    gateway(request).queued()
    gateway(request).timers.wake()
    return await back(request, "/shifts", f"shifts.done_{deed}")


def _act(
    tx: Tx, turns: Turns, deed: str, shift_id: int, form: Form, account: Account, moment: datetime
) -> None:
    found, timing = store_shifts.shift(tx, shift_id), turns.timing(tx, moment)
    if found is None:
        raise web.HTTPNotFound
    match deed:
        case "give":
            helper = form.whole("helper")
            if not people.is_known(tx, helper) or not shifts.may_take(tx, helper):
                raise FormMistake("helper", "common.field_choice")
            shifts.assign(timing, found, helper)
        case "free":
            shifts.free(timing, found)
        case _:
            shifts.cancel(timing, found)
    journal(tx, account.id, f"shifts.{deed}", f"shift:{shift_id}", moment)


def _times(form: Form, zone: ZoneInfo, moment: datetime) -> list[tuple[datetime, datetime]]:
    """Give beginning and end of each; one that would end before it begins ends the day after."""
    try:
        day = date.fromisoformat(form.text("day", most=10))
        starts, ends = (time.fromisoformat(form.text(name, most=8)) for name in ("starts", "ends"))
    except ValueError:
        raise FormMistake("day", "shifts.day_wrong") from None
    over = timedelta(days=0 if ends > starts else 1)
    days = [day + timedelta(weeks=week) for week in range(form.whole("weeks", least=1, most=MOST_WEEKS))]
    found = [(at(one, starts, zone), at(one + over, ends, zone)) for one in days]
    if found[0][0] <= moment:
        raise FormMistake("day", "shifts.day_past")
    return found


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [
        web.get("/shifts", show),
        web.get("/shifts/now", show_now),
        web.post("/shifts", add),
        web.post("/shifts/{id:[0-9]{1,12}}/{deed:give|free|cancel}", act),
    ]
