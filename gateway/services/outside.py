"""What another system may do here: the same moves as ours, and the resident hears of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from flows.conversation import Prompt
from flows.value import Json, Value
from gateway.errors import GatewayError
from gateway.services import trips
from gateway.services.acting import Acting
from gateway.services.help_own import end
from gateway.services.help_words import facts
from gateway.services.lifecycle import IllegalMove, advance
from gateway.store import help as help_store
from gateway.store import lifts, outbound, people
from gateway.store.consents import FlowConsent, drop_consent, keep_consent
from gateway.store.conversations import OPEN, latest_conversation
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.journal import journal
from gateway.store.lifts import Trip
from gateway.store.outbound import Lane
from gateway.turns import Turns, emitter

By: TypeAlias = Mapping[str, Json]
"""Which system it is: `{"token": 5}` by the API, `{"source": 2}` by a webhook."""

HOUR = timedelta(hours=1)
# The state a request is to reach, the move that leads there, and what the resident is told.
REQUEST_MOVES: Mapping[str, tuple[str, str]] = {
    "looking": ("look", "news_looking"),
    "matched": ("match", "news_matched"),
    "done": ("complete", "news_done"),
    "failed": ("fail", "news_failed"),
    "withdrawn": ("withdraw", "news_withdrawn"),
    "duplicate": ("merge", "news_duplicate"),
}
# What a rider is told of a trip; of one that is over nobody needs to be.
TRIP_NEWS: Mapping[str, tuple[str, str]] = {
    "booked": ("seat_found", "confirmation"),
    "cancelled": ("news_cancelled", "confirmation"),
    "unmet": ("no_seat_found", "statement"),
}


class NoSuchMove(GatewayError):
    """Nobody outside may move a record there: nothing was changed."""


def move_request(
    tx: Tx,
    turns: Turns,
    request_id: int,
    state: str,
    reference: str,
    by: By,
    now: datetime,
    *,
    of: int | None = None,
) -> bool:
    """Move a request to `state` and tell its resident; give whether they were told. Raises IllegalMove.

    `reference` is what the other system calls it. It is kept in the event, and told to no resident.
    `of` is the request that stays, where this one is its duplicate.
    """
    request = help_store.find_request(tx, request_id)
    if request is None:
        raise NoSuchMove("There is no such request, so nothing was changed.")
    trigger, phrase = REQUEST_MOVES[state]
    acting = acting_for(tx, turns, request.resident_id, now)
    columns = {"duplicate_of": of} if of is not None else {}
    moved = end(acting, request, trigger, {"reference": reference, **by}, **columns)
    subject = f"help:{request_id}"
    journal(tx, None, "api.request_moved", subject, now, state=moved.state, **by)
    prompt = Prompt("help", phrase, "confirmation", facts(request))
    return _tell(tx, turns, request.resident_id, prompt, subject, now)


def move_trip(tx: Tx, turns: Turns, trip_id: int, state: str, by: By, now: datetime) -> bool:
    """Move a trip to `state` and tell its rider where that is news; give whether they were told.

    Raises IllegalMove, also where no run has room for a trip that is to be booked.
    """
    trip = lifts.trip_by_id(tx, trip_id)
    acting = acting_for(tx, turns, trip.resident_id, now)
    moved = _moved(acting, trip, state)
    journal(tx, None, "api.trip_moved", f"trip:{trip_id}", now, state=moved.state, **by)
    news = TRIP_NEWS.get(moved.state)
    if news is None:
        return False
    prompt = trips.notice(news[0], moved, news[1])
    return _tell(tx, turns, trip.resident_id, prompt, f"trip:{trip_id}", now)


def hand_over(tx: Tx, turns: Turns, trip_id: int, picked_up_at: datetime, by: By, now: datetime) -> bool:
    """Give a trip to another scheme that has confirmed it, and tell its rider when they are picked up.

    Its seat here goes to whoever waits. Gives whether the rider was told; raises IllegalMove for a trip
    that is over.
    """
    trip = lifts.trip_by_id(tx, trip_id)
    acting = acting_for(tx, turns, trip.resident_id, now)
    trips.cancel(acting, trip)
    subject = f"trip:{trip_id}"
    acting.emit("lift.handed_over", subject, code=trip.code, resident=trip.resident_id, **by)
    journal(tx, None, "api.handed_over", subject, now, **by)
    local = picked_up_at.astimezone(turns.community.zone)
    values = {
        **trips.facts(trip),
        "day": Value("date", local.date().isoformat()),
        "time": Value("time", local.time().isoformat("minutes")),
    }
    prompt = Prompt("lift", "news_handed_over", "confirmation", values)
    return _tell(tx, turns, trip.resident_id, prompt, subject, now)


def _moved(acting: Acting, trip: Trip, state: str) -> Trip:
    if state in _TRIP_ENDS:
        return _TRIP_ENDS[state](acting, trip)
    advance(trips.LIFECYCLE, trip.state, "seat")  # what is over needs no look for a seat
    booked = trips.seat(acting, trip)
    if booked is None:
        raise IllegalMove("No run has room for this trip, so nothing was changed. It stays as it was.")
    return booked


_TRIP_ENDS: Mapping[str, Callable[[Acting, Trip], Trip]] = {
    "on_board": trips.board,
    "cancelled": trips.cancel,
    "no_show": trips.miss,
    "done": trips.finish,
    "unmet": trips.lapse,
}
TRIP_MOVES = ("booked", *_TRIP_ENDS)
"""The states another system may move a trip to."""


def acting_for(tx: Tx, turns: Turns, resident_id: int, now: datetime) -> Acting:
    """Give what a service needs that is asked for a resident by somebody else."""
    resident = people.resident_by_id(tx, resident_id)
    return Acting(
        tx=tx,
        resident=resident,
        language=resident.language or turns.community.language,
        now=now,
        zone=turns.community.zone,
        random=turns.random,
        emit=emitter(tx, now),
        tell=turns.notices(tx, now).tell,
    )


def _tell(tx: Tx, turns: Turns, resident_id: int, prompt: Prompt, ref: str, now: datetime) -> bool:
    resident = people.resident_by_id(tx, resident_id)
    turns.notices(tx, now).tell(resident.number, prompt, ref=ref)
    return not resident.stopped


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent: as the sender has it (`gateway.sender.Spending`)."""

    texts_per_day: int
    texts_per_number_per_hour: int
    zone: ZoneInfo


def wait_for_budget(tx: Tx, budget: Budget, number: str, cost: int, now: datetime) -> int:
    """Give the seconds until `cost` more parts may go to a number, 0 when they may now.

    What waits in the queue counts as well: another system must not use up what answers need.
    """
    local = now.astimezone(budget.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + timedelta(days=1)
    used = outbound.parts_sent(tx, midnight, tomorrow) + outbound.parts_waiting(tx)
    if used + cost > budget.texts_per_day:
        return max(1, math.ceil((tomorrow - now).total_seconds()))
    if outbound.texts_made_for(tx, number, now - HOUR, now) >= budget.texts_per_number_per_hour:
        return int(HOUR.total_seconds())
    return 0


def send_text(
    tx: Tx, resident_id: int, number: str, body: str, cost: int, token_id: int, now: datetime
) -> int:
    """Queue a text of another system to a resident and give its id."""
    text_id = outbound.queue_text(
        tx,
        number=number,
        body=body,
        parts=cost,
        kind="statement",
        lane=Lane.NOTICE,
        now=now,
        resident_id=resident_id,
    )
    subject = f"message:{text_id}"
    write_event(tx, "message.asked_for", subject, {"token": token_id, "resident": resident_id}, now)
    journal(tx, None, "api.text_sent", subject, now, parts=cost, token=token_id)
    return text_id


def record_consent(tx: Tx, consent: FlowConsent, now: datetime) -> None:
    """Keep that a resident agreed to a flow."""
    keep_consent(tx, consent)
    subject = f"resident:{consent.resident_id}"
    write_event(tx, "consent.given", subject, {"flow": consent.flow, "token": consent.token_id}, now)
    journal(tx, None, "api.consent_recorded", subject, now, flow=consent.flow, token=consent.token_id)


def withdraw_consent(tx: Tx, resident_id: int, flow: str, token_id: int, now: datetime) -> bool:
    """Forget that a resident agreed to a flow; False where they had not."""
    if not drop_consent(tx, resident_id, flow):
        return False
    subject = f"resident:{resident_id}"
    write_event(tx, "consent.withdrawn", subject, {"flow": flow, "token": token_id}, now)
    journal(tx, None, "api.consent_withdrawn", subject, now, flow=flow, token=token_id)
    return True


def start_flow(tx: Tx, turns: Turns, resident_id: int, flow: str, token_id: int, now: datetime) -> str | None:
    """Start a flow with a resident and give how the conversation stands; None while they are in another."""
    kept = latest_conversation(tx, resident_id)
    if kept is not None and kept.conversation.status in OPEN:
        return None
    turn = turns.start(tx, people.resident_by_id(tx, resident_id), flow, {}, now)
    journal(tx, None, "api.flow_started", f"resident:{resident_id}", now, flow=flow, token=token_id)
    return turn.conversation.status if turn.conversation else "completed"
