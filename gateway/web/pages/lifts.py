"""Lifts: the day by vehicle, who waits for a seat, runs and trips moved by hand, the driver's sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from aiohttp import web

from gateway.services import runs, trips
from gateway.services.lifecycle import IllegalMove
from gateway.services.lift_words import tell_rider
from gateway.services.runs import NoRoom, RunPlan, RunRefused
from gateway.services.trip_moves import NoLifts
from gateway.store import lift_runs, lifts
from gateway.store.accounts import Account, Role
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.turns import Turns
from gateway.web.access import needs
from gateway.web.context import gateway, now, store, visit
from gateway.web.day_view import CHART_WIDTH, ROW_HEIGHT, Day, day_of
from gateway.web.forms import Form, FormMistake, fields
from gateway.web.render import back, render

FIRST_HOUR, LAST_HOUR = 6, 22
PLANNED_AHEAD = timedelta(days=60)
# The calendar's own ends have no day before or after them.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
# What a coordinator may say became of a trip, by its state.
DEEDS: Mapping[str, tuple[str, ...]] = {
    "requested": ("cancel",),
    "standby": ("cancel",),
    "offered": ("cancel",),
    "booked": ("board", "finish", "miss", "cancel"),
    "reminded": ("board", "finish", "miss", "cancel"),
    "on_board": ("finish",),
    "no_show": ("board",),
}


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show a day."""
    return await _show(request, "lifts.html")


@needs(Role.OBSERVER)
async def show_day(request: web.Request) -> web.Response:
    """Show the day alone, for a page that is open."""
    return await _show(request, "lifts_day.html")


async def _show(request: web.Request, template: str) -> web.Response:
    day = await _day(request)
    today = _today(request)
    return render(
        request,
        template,
        day=day,
        before=day.day - timedelta(days=1),
        after=day.day + timedelta(days=1),
        today=today,
        deeds=DEEDS,
        chart_width=CHART_WIDTH,
        row_height=ROW_HEIGHT,
    )


async def _day(request: web.Request) -> Day:
    today = _today(request)
    try:
        day = date.fromisoformat(request.query.get("day", "")) if request.query.get("day") else today
    except ValueError:
        raise web.HTTPNotFound from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise web.HTTPNotFound
    zone = gateway(request).turns.community.zone
    if today <= day <= today + PLANNED_AHEAD:
        await store(request).write(lift_runs.plan_day, day, zone, now(request))
    starts, ends = (datetime.combine(day, time(hour), zone) for hour in (FIRST_HOUR, LAST_HOUR))
    return await store(request).read(day_of, day, starts, ends)


def _today(request: web.Request) -> date:
    return now(request).astimezone(gateway(request).turns.community.zone).date()


@needs(Role.ORGANISER)
async def show_sheet(request: web.Request) -> web.Response:
    """Show what a driver takes along, to be printed."""
    day = await _day(request)
    wanted = int(request.match_info["id"])
    mine = [one for one in day.runs if one.run.driver_id == wanted]
    if not mine:
        raise web.HTTPNotFound
    return render(request, "lifts_sheet.html", day=day, runs=mine)


@needs(Role.ORGANISER)
async def act_on_trip(request: web.Request) -> web.Response:
    """Say what became of a trip, cancel it, or move it to another run."""
    form, trip_id = await fields(request), int(request.match_info["id"])
    where = _where(form)
    try:
        deed = await store(request).write(
            _act_on_trip, gateway(request).turns, trip_id, form, visit(request).account, now(request)
        )
    except NoRoom:
        return await back(request, where, "lifts.no_room", problem=True)
    except IllegalMove:
        return await back(request, where, "lifts.not_moved", problem=True)
    gateway(request).queued()
    return await back(request, where, f"lifts.done_{deed}")


def _act_on_trip(tx: Tx, turns: Turns, trip_id: int, form: Form, who: Account, moment: datetime) -> str:
    trip = lifts.find_trip(tx, trip_id)
    if trip is None:
        raise FormMistake("id", "lifts.gone")
    scene = turns.timing(tx, moment)
    deed = form.choice("deed", ("board", "finish", "miss", "cancel", "move"))
    match deed:
        case "board":
            trips.board(scene, trip)
        case "finish":
            trips.finish(scene, trip)
        case "miss":
            trips.miss(scene, trip)
        case "cancel":
            tell_rider(scene, "news_cancelled", trips.cancel(scene, trip), "confirmation")
        case _:
            runs.move_trip(scene, trip, _known_run(tx, form.whole("run")))
    journal(tx, who.id, f"lifts.{deed}", f"trip:{trip_id}", moment)
    return deed


def _known_run(tx: Tx, run_id: int) -> int:
    if lift_runs.run_by_id(tx, run_id) is None:
        raise FormMistake("run", "common.field_choice")
    return run_id


@needs(Role.ORGANISER)
async def act_on_runs(request: web.Request) -> web.Response:
    """Add a run, change one, or take one away."""
    form = await fields(request)
    where = _where(form)
    try:
        deed = await store(request).write(
            _act_on_runs, gateway(request).turns, form, visit(request).account, now(request)
        )
    except (RunRefused, NoLifts) as refused:
        return await back(request, where, "lifts.refused", problem=True, why=str(refused))
    gateway(request).queued()
    return await back(request, where, f"lifts.done_{deed}")


def _act_on_runs(tx: Tx, turns: Turns, form: Form, who: Account, moment: datetime) -> str:
    scene = turns.timing(tx, moment)
    deed = form.choice("deed", ("add_run", "change_run", "cancel_run"))
    if deed == "cancel_run":
        run_id = _known_run(tx, form.whole("run"))
        runs.cancel_run(scene, run_id)
    else:
        plan = _plan(tx, form)
        if deed == "add_run":
            run_id = runs.add_run(scene, plan).id
        else:
            run_id = _known_run(tx, form.whole("run"))
            runs.change_run(scene, run_id, plan)
    journal(tx, who.id, f"lifts.{deed}", f"run:{run_id}", moment)
    return deed


def _plan(tx: Tx, form: Form) -> RunPlan:
    try:
        day = date.fromisoformat(form.text("day", most=10))
        starts, ends = (time.fromisoformat(form.text(name, most=8)) for name in ("starts", "ends"))
    except ValueError:
        raise FormMistake("starts", "lifts.time_wrong") from None
    return RunPlan(
        day=day,
        vehicle=form.choice("vehicle", [one.key for one in lift_runs.vehicles(tx)]),
        driver_id=int(form.choice("driver", [str(one.id) for one in lift_runs.drivers(tx)])),
        starts=starts.replace(tzinfo=None),
        ends=ends.replace(tzinfo=None),
    )


def _where(form: Form) -> str:
    try:
        return f"/lifts?day={date.fromisoformat(form.text('day', most=10, empty=True)).isoformat()}"
    except ValueError:
        return "/lifts"


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [
        web.get("/lifts", show),
        web.get("/lifts/day", show_day),
        web.get("/lifts/sheet/{id:[0-9]{1,12}}", show_sheet),
        web.post("/lifts/trips/{id:[0-9]{1,12}}", act_on_trip),
        web.post("/lifts/runs", act_on_runs),
    ]
