"""A community's transport as its coordinators write it down, and its way into the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import combinations

from gateway.errors import GatewayError
from gateway.store import calls, lift_rules, lift_runs, lifts
from gateway.store.database import Tx
from gateway.store.lift_rules import BookingRules, SpecialDay
from gateway.store.lift_runs import Vehicle
from gateway.store.people import meet, set_language, set_name


class LiftSchemeError(GatewayError):
    """The transport of a community contradicts itself: nothing was loaded. Mend the file and try again."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver, known by an E.164 number; `name_told`: riders may hear the first name."""

    number: str
    name: str
    name_told: bool = False


@dataclass(frozen=True, slots=True)
class Rider:
    """A rider, known by an E.164 number: who travels (a key of the question), and home (a place's key).

    Who `reads_no_texts` is rung where others get a text; None leaves what was known.
    """

    number: str
    name: str
    language: str
    needs: str
    home: str | None
    reads_no_texts: bool | None = None


@dataclass(frozen=True, slots=True)
class DriverHours:
    """When a driver (by number) drives which vehicle (by key), every week. Monday is 0."""

    driver: str
    vehicle: str
    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """Between which local times riders are on the road on a weekday (Monday is 0).

    A weekday without service hours is a day without lifts.
    """

    weekday: int
    start_pickup_drop_off_window: time
    end_pickup_drop_off_window: time


@dataclass(frozen=True, slots=True)
class TravelTime:
    """Minutes from one place (by key) to another; it holds for the way back too unless that is given."""

    origin: str
    destination: str
    minutes: int


@dataclass(frozen=True, slots=True)
class LiftScheme:
    """The whole transport of a community. Its places are loaded before it."""

    vehicles: Sequence[Vehicle]
    drivers: Sequence[Driver]
    driver_hours: Sequence[DriverHours]
    service_hours: Sequence[ServiceHours]
    travel_times: Sequence[TravelTime] = ()
    rules: BookingRules = field(default_factory=BookingRules)
    special_days: Sequence[SpecialDay] = ()
    riders: Sequence[Rider] = ()


def install_lifts(tx: Tx, data: LiftScheme, now: datetime) -> None:
    """Load a community's transport, over whatever was loaded before.

    Days that already have runs keep them; later days follow the new driver hours. Raises
    LiftSchemeError for transport that contradicts itself.
    """
    for mistake in mistakes(data):
        raise LiftSchemeError(mistake)
    lift_rules.save_rules(tx, data.rules)
    for vehicle in data.vehicles:
        lift_runs.save_vehicle(tx, vehicle)
    drivers = {driver.number: _enrol(tx, driver, now) for driver in data.drivers}
    lift_runs.save_driver_hours(
        tx, [(drivers[h.driver], h.vehicle, h.weekday, h.starts, h.ends) for h in data.driver_hours]
    )
    lift_rules.save_service_hours(
        tx,
        [
            (h.weekday, h.start_pickup_drop_off_window, h.end_pickup_drop_off_window)
            for h in data.service_hours
        ],
    )
    lift_rules.save_special_days(tx, data.special_days)
    lift_rules.save_travel_times(tx, [(t.origin, t.destination, t.minutes) for t in data.travel_times])
    for rider in data.riders:
        _enrol_rider(tx, rider, now)


def mistakes(data: LiftScheme) -> Iterable[str]:
    """Give what is wrong with a scheme, in words for a coordinator."""
    vehicles = {vehicle.key for vehicle in data.vehicles}
    drivers = {driver.number for driver in data.drivers}
    for vehicle in data.vehicles:
        yield from _about_vehicle(vehicle)
    for hours in data.driver_hours:
        if hours.vehicle not in vehicles:
            yield f"A driver drives {hours.vehicle}, which is not among the vehicles. Correct the key."
        if hours.driver not in drivers:
            yield f"Somebody who is not among the drivers drives {hours.vehicle}. Add the driver."
        if not hours.starts < hours.ends:
            yield f"Driver hours of {hours.vehicle} end ({hours.ends}) before they start ({hours.starts})."
    for weekday in data.service_hours:
        if not weekday.start_pickup_drop_off_window < weekday.end_pickup_drop_off_window:
            yield f"Service hours of weekday {weekday.weekday} end before they start."
    yield from _clashes(data.driver_hours)


def _about_vehicle(vehicle: Vehicle) -> Iterable[str]:
    if vehicle.seats < 0 or vehicle.wheelchair_spaces < 0 or vehicle.seats + vehicle.wheelchair_spaces == 0:
        yield f"Vehicle {vehicle.key} has no room for riders. Give it seats or wheelchair spaces."
    if vehicle.wheelchair_spaces > 0 and not vehicle.lift:
        yield f"Vehicle {vehicle.key} has wheelchair spaces but no lift or ramp. Correct one of the two."


def _clashes(hours: Sequence[DriverHours]) -> Iterable[str]:
    for one, other in combinations(hours, 2):
        if one.weekday == other.weekday and one.starts < other.ends and other.starts < one.ends:
            if one.vehicle == other.vehicle:
                yield (
                    f"Vehicle {one.vehicle} has two drivers at once on weekday {one.weekday}. "
                    "Let one of them end before the other starts."
                )
            elif one.driver == other.driver:
                yield (
                    f"One driver drives {one.vehicle} and {other.vehicle} at once on weekday {one.weekday}. "
                    "Give one of them to somebody else."
                )


def _enrol(tx: Tx, driver: Driver, now: datetime) -> int:
    resident = meet(tx, driver.number, now)
    if not resident.name:
        set_name(tx, resident.id, driver.name)
    lift_runs.save_driver(tx, resident.id, name_told=driver.name_told)
    return resident.id


def _enrol_rider(tx: Tx, rider: Rider, now: datetime) -> None:
    resident = meet(tx, rider.number, now)
    if not resident.name:
        set_name(tx, resident.id, rider.name)
    if rider.language and not resident.language:
        set_language(tx, resident.id, rider.language)
    if rider.reads_no_texts is not None:
        calls.set_reads_no_texts(tx, resident.id, rider.reads_no_texts)
    lifts.install_rider(tx, resident.id, rider.needs, rider.home)
