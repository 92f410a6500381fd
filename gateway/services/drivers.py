"""The driver's side of a day: the list, who got in and out, who did not come, and what riders hear of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from flows.conversation import Outcome, Prompt
from flows.gsm7 import parts
from flows.model import ActionSpec
from flows.render import PARTS_MAX
from flows.value import Json, Value, text
from gateway.services import trips
from gateway.services.acting import Acting, Action, Heeded, Timing
from gateway.services.lifecycle import IllegalMove
from gateway.services.lift_words import (
    Scene,
    driver_line,
    language_of,
    number_trips,
    tell_rider,
    who_comes,
)
from gateway.services.trip_moves import SEATED, desk_of
from gateway.store import lift_rules, lift_runs, lifts
from gateway.store.lift_runs import Driver, PlannedRun
from gateway.store.lifts import Trip

# A rider hears that the driver has set out when the pick-up is no further off than this.
SET_OUT_WITHIN = timedelta(minutes=45)
# How far ahead a driver's next list is looked for.
DAYS_AHEAD = 14
_HEADING_ROOM = "X" * 40


def send_lists(timing: Timing) -> None:
    """Send each driver the list of the day before the run begins; a day without riders costs no text."""
    rules = lift_rules.booking_rules(timing.tx)
    if rules is None:
        return
    until = timing.now + timedelta(minutes=rules.list_min)
    for run in lift_runs.lists_due(timing.tx, timing.now - timedelta(hours=12), until):
        driver = lift_runs.driver_by_id(timing.tx, run.driver_id)
        fresh = lift_runs.run_by_id(timing.tx, run.id)
        if driver is None or fresh is None or fresh.list_sent_at is not None:
            continue
        listed = [
            trip for trip in number_trips(timing, driver.id, run) if trip.state in (*SEATED, "on_board")
        ]
        lift_runs.note_list_sent(timing.tx, driver.id, run.day, timing.now)
        if listed:
            _send_list(timing, driver, run.day, listed)
            timing.emit("run.list_sent", f"run:{run.id}", date=run.day.isoformat(), driver=driver.id)


def next_list(timing: Timing) -> datetime | None:
    """Give when a driver is to be sent a list next, as far as runs are known today."""
    rules = lift_rules.booking_rules(timing.tx)
    if rules is None:
        return None
    lead = timedelta(minutes=rules.list_min)
    due = lift_runs.lists_due(timing.tx, timing.now + lead, timing.now + lead + timedelta(days=1))
    return due[0].room.starts_at - lead if due else None


def list_day(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Give the driver today's list, or that of the next day with runs."""
    driver = lift_runs.driver_by_id(acting.tx, acting.resident.id)
    if driver is None:
        return Outcome("no_driver")
    run = _next_run(acting, driver)
    if run is None:
        return Outcome("none")
    listed = [trip for trip in number_trips(acting, driver.id, run) if trip.holds and trip.state != "offered"]
    lift_runs.note_list_sent(acting.tx, driver.id, run.day, acting.now)
    lines: list[Json] = [driver_line(acting, acting.language, trip) for trip in listed]
    day = Value("date", run.day.isoformat())
    return Outcome("listed" if lines else "empty", {"day": day, "lines": Value("list", lines)})


def set_out(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Tell the next rider that the driver has set out."""
    driver, waiting = _waiting(acting)
    if driver is None or not waiting:
        return Outcome("none")
    _say_set_out(acting, driver, waiting[0])
    return Outcome("told", {"line": text(driver_line(acting, acting.language, waiting[0]))})


def mark(move: Callable[[Scene, Trip], Trip]) -> Callable[[Acting, Mapping[str, Value]], Outcome]:
    """Give the action that moves the trip with a number, and says which rider is next."""

    def run(acting: Acting, values: Mapping[str, Value]) -> Outcome:
        trip = _numbered(acting, str(values["number"].data))
        if trip is None:
            return Outcome("unknown")
        try:
            move(acting, trip)
        except IllegalMove:
            return Outcome("over")
        driver, waiting = _waiting(acting)
        if driver is None or not waiting:
            return Outcome("last")
        if _comes_next(acting, waiting[0]):
            _say_set_out(acting, driver, waiting[0])
        return Outcome("next", {"line": text(driver_line(acting, acting.language, waiting[0]))})

    return run


def get_in(scene: Scene, trip: Trip) -> Trip:
    """Note that a rider got in, late or not. Raises IllegalMove, also where the seat has gone meanwhile."""
    run = lift_runs.run_by_id(scene.tx, trip.run_id or 0)
    if run is None or not (trip.holds or desk_of(scene).can_carry(run.room, trip.journey, but=trip.id)):
        raise IllegalMove("That seat has gone to somebody else meanwhile, so nothing was changed.")
    return trips.board(scene, trip)


def drives_today(acting: Acting, names: str) -> bool:  # noqa: ARG001
    """Tell whether the resident has riders to pick up or put down today."""
    return _today_run(acting) is not None


def _numbered(acting: Acting, number: str) -> Trip | None:
    run = _today_run(acting)
    if run is None or not number.isdigit():
        return None
    listed = lifts.listed_trips(acting.tx, run.driver_id, run.day)
    return next((trip for trip in listed if trip.number == int(number)), None)


def _waiting(acting: Acting) -> tuple[Driver | None, list[Trip]]:
    """Give the driver and the riders still to be picked up today, the next one first."""
    run = _today_run(acting)
    if run is None:
        return None, []
    listed = number_trips(acting, run.driver_id, run)
    driver = lift_runs.driver_by_id(acting.tx, run.driver_id)
    return driver, [trip for trip in listed if trip.state in SEATED]


def _comes_next(acting: Acting, trip: Trip) -> bool:
    """Tell whether a rider is who the driver goes to now: nobody has to get out before, and it is time."""
    run = _today_run(acting)
    listed = lifts.listed_trips(acting.tx, run.driver_id, run.day) if run else []
    starts_at = trip.journey.load.starts_at
    before = any(one.state == "on_board" and one.journey.load.ends_at <= starts_at for one in listed)
    return not before and starts_at - acting.now <= SET_OUT_WITHIN


def _say_set_out(scene: Scene, driver: Driver, trip: Trip) -> None:
    if trip.set_out_at is not None:
        return
    lifts.note_set_out(scene.tx, trip.id, scene.now)
    scene.emit("lift.set_out", f"trip:{trip.id}", code=trip.code, resident=trip.resident_id, driver=driver.id)
    name = who_comes(driver)
    if name is None:
        tell_rider(scene, "set_out", trip)
    else:
        tell_rider(scene, "set_out_named", trip, driver=name)


def _today_run(acting: Acting) -> PlannedRun | None:
    day = acting.now.astimezone(acting.zone).date()
    found = lift_runs.runs_of(acting.tx, acting.resident.id, day, day)
    return found[0] if found else None


def _next_run(acting: Acting, driver: Driver) -> PlannedRun | None:
    day: date = acting.now.astimezone(acting.zone).date()
    found = lift_runs.runs_of(acting.tx, driver.id, day, day + timedelta(days=DAYS_AHEAD))
    return next((run for run in found if run.room.ends_at > acting.now), None)


def _send_list(timing: Timing, driver: Driver, day: date, listed: list[Trip]) -> None:
    """Send a list in texts of two parts at most, the day in each."""
    language = language_of(timing, driver)
    texts: list[list[Json]] = [[]]
    for trip in listed:
        line = driver_line(timing, language, trip)
        if texts[-1] and parts("\n".join([_HEADING_ROOM, *map(str, texts[-1]), line])) > PARTS_MAX:
            texts.append([])
        texts[-1].append(line)
    for lines in texts:
        values = {"day": Value("date", day.isoformat()), "lines": Value("list", lines)}
        timing.tell(
            driver.number, Prompt("driver_list", "sent", "confirmation", values), ref=f"driver:{driver.id}"
        )


_MARKED = {"next": ("line",), "last": (), "unknown": (), "over": ()}
ACTIONS: Mapping[str, Action] = {
    spec.name: Action(spec, run)
    for spec, run in (
        (
            ActionSpec(
                "driver.list",
                {"listed": ("day", "lines"), "empty": ("day", "lines"), "none": (), "no_driver": ()},
            ),
            list_day,
        ),
        (ActionSpec("driver.set_out", {"told": ("line",), "none": ()}, binding=True), set_out),
        (ActionSpec("driver.aboard", _MARKED, binding=True), mark(get_in)),
        (ActionSpec("driver.arrived", _MARKED, binding=True), mark(trips.finish)),
        (ActionSpec("driver.no_show", _MARKED, binding=True), mark(trips.miss)),
    )
}
HEEDED: Mapping[str, Heeded] = dict.fromkeys(
    ("driver_aboard", "driver_arrived", "driver_no_show", "driver_out"), drives_today
)
