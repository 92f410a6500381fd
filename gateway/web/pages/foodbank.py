"""The food bank: how full its times are, who waits for a parcel, and what became of each referral."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from flows.value import Json
from gateway.services import foodbank_desk
from gateway.services.foodbank_desk import HandOut, NoRoom
from gateway.services.lifecycle import IllegalMove
from gateway.store import help_foodbank as store_foodbank
from gateway.store import people
from gateway.store.accounts import Account, Role
from gateway.store.database import Tx
from gateway.store.events import events_about
from gateway.store.help_foodbank import Referral
from gateway.store.help_settings import foodbank_settings
from gateway.store.journal import journal
from gateway.store.people import Resident
from gateway.turns import Turns
from gateway.web.access import needs
from gateway.web.context import gateway, language, now, store, visit
from gateway.web.forms import Form, FormMistake, fields
from gateway.web.render import back, render

HERE = "/help/foodbank"
CLOSED_SHOWN = timedelta(days=28)
MOST_CLOSED = 100
LONGEST_ADDRESS = 160
# What may be done by hand from each state, in the order of the buttons.
MOVES: Mapping[str, tuple[str, ...]] = {"new": ("cancel",), "booked": ("give", "miss", "cancel")}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A referral with whoever asked."""

    referral: Referral
    resident: Resident


@dataclass(frozen=True, slots=True)
class FoodBankDesk:
    """The times ahead, the households without a time, those with one, soonest first, and those before.

    `place` is where it is, '' where the community has no food bank.
    """

    place: str
    times: Sequence[HandOut]
    waiting: Sequence[Parcel]
    booked: Sequence[Parcel]
    closed: Sequence[Parcel]


@dataclass(frozen=True, slots=True)
class Whole:
    """A referral with all that happened to it (when, event type, details) and the times it could have."""

    parcel: Parcel
    times: Sequence[HandOut]
    events: Sequence[tuple[datetime, str, Mapping[str, Json]]]


def _parcels(tx: Tx, referrals: Sequence[Referral]) -> list[Parcel]:
    return [Parcel(one, people.resident_by_id(tx, one.resident_id)) for one in referrals]


def _times(tx: Tx, turns: Turns, moment: datetime) -> Sequence[HandOut]:
    bank = foodbank_settings(tx)
    return foodbank_desk.times_ahead(turns.timing(tx, moment), bank) if bank else ()


def _desk(tx: Tx, turns: Turns, moment: datetime) -> FoodBankDesk:
    bank = foodbank_settings(tx)
    opened = store_foodbank.open_referrals(tx)
    booked = [one for one in opened if one.state == "booked"]
    return FoodBankDesk(
        place=bank.place if bank else "",
        times=_times(tx, turns, moment),
        waiting=_parcels(tx, [one for one in opened if one.state == "new"]),
        booked=_parcels(tx, sorted(booked, key=lambda one: (str(one.starts_at), one.id))),
        closed=_parcels(tx, store_foodbank.closed_referrals(tx, moment - CLOSED_SHOWN, MOST_CLOSED)),
    )


def _whole(tx: Tx, referral_id: int, turns: Turns, moment: datetime) -> Whole | None:
    referral = store_foodbank.find_referral(tx, referral_id)
    if referral is None:
        return None
    parcel = Parcel(referral, people.resident_by_id(tx, referral.resident_id))
    return Whole(parcel, _times(tx, turns, moment), events_about(tx, f"referral:{referral_id}"))


@needs(Role.OBSERVER)
async def show_desk(request: web.Request) -> web.Response:
    """Show the times ahead, every open referral, and those that ended of late."""
    return await _show(request, "foodbank.html")


@needs(Role.OBSERVER)
async def show_list(request: web.Request) -> web.Response:
    """Show the times and referrals alone, for a page that is open."""
    return await _show(request, "foodbank_list.html")


async def _show(request: web.Request, template: str) -> web.Response:
    desk = await store(request).read(_desk, gateway(request).turns, now(request))
    return render(request, template, desk=desk, moves=MOVES, choice=_choice(request))


def _choice(request: web.Request) -> partial[str]:
    """Give what says an answer of the household in words: one of the flow's choices, or their own."""
    return partial(gateway(request).turns.label, language(request), foodbank_desk.FLOW)


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show one referral."""
    referral_id = int(request.match_info["id"])
    whole = await store(request).read(_whole, referral_id, gateway(request).turns, now(request))
    if whole is None:
        raise web.HTTPNotFound
    return render(
        request,
        "foodbank_referral.html",
        whole=whole,
        moves=MOVES.get(whole.parcel.referral.state, ()),
        choice=_choice(request),
        longest=LONGEST_ADDRESS,
    )


@needs(Role.ORGANISER)
async def act(request: web.Request) -> web.Response:
    """Do something with a referral: give it a time, or say how it ended."""
    referral_id, form = int(request.match_info["id"]), await fields(request)
    deed = request.match_info["deed"]
    where = HERE if form.ticked("list") else f"{HERE}/{referral_id}"
    account = visit(request).account
    try:
        await store(request).write(
            _act, gateway(request).turns, deed, referral_id, form, account, now(request)
        )
    except NoRoom:
        return await back(request, where, "foodbank.no_room", problem=True)
    except IllegalMove:
        return await back(request, where, "foodbank.not_moved", problem=True)
    except FormMistake as mistake:
        return await back(request, where, mistake.key, problem=True, **mistake.values)
    gateway(request).queued()
    gateway(request).timers.wake()
    return await back(request, where, f"foodbank.done_{deed}")


def _act(
    tx: Tx, turns: Turns, deed: str, referral_id: int, form: Form, account: Account, moment: datetime
) -> None:
    referral = store_foodbank.find_referral(tx, referral_id)
    if referral is None:
        raise web.HTTPNotFound
    doing, by = turns.timing(tx, moment), account.name
    if deed == "time":
        key, address = form.text("time", most=60), form.text("address", most=LONGEST_ADDRESS, empty=True)
        if not address and foodbank_desk.needs_address(doing, referral, key):
            raise FormMistake("address", "foodbank.address_missing")
        foodbank_desk.give_time(doing, referral_id, key, address, by, crowd=form.ticked("crowd"))
    else:
        foodbank_desk.set_state(doing, referral_id, deed, by)
    journal(tx, account.id, f"foodbank.{deed}", f"referral:{referral_id}", moment)


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    one = HERE + "/{id:[0-9]{1,12}}"
    return [
        web.get(HERE, show_desk),
        web.get(HERE + "/list", show_list),
        web.get(one, show),
        web.post(one + "/{deed:time|give|miss|cancel}", act),
    ]
