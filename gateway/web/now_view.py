"""What the page Now shows: whom a person is needed for, what the gateway does, today's lifts and polls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from gateway.store import (
    board,
    calls,
    enrolments,
    help_foodbank,
    lift_runs,
    outbound,
    people,
    polls,
    threads,
    votes,
    webhooks,
)
from gateway.store import help as store_help
from gateway.store.database import Tx
from gateway.store.help import HelpRequest
from gateway.store.people import Resident
from gateway.store.polls import Poll
from gateway.store.threads import Thread
from gateway.store.votes import Turnout
from gateway.store.webhooks import Endpoint
from gateway.web.day_view import Day, day_of

MOST_SHOWN = 20
STUCK = ("tied", "interrupted")
WAITS = ("new", "looking", "offered")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for help that waits for a person, and who asked."""

    request: HelpRequest
    resident: Resident


@dataclass(frozen=True, slots=True)
class Needs:
    """What waits for a person: `held` requests before `waiting` threads before `unmet` requests …

    … before `households` without a time at the food bank, polls that are `stuck`, `wishes` to become a
    member, `ideas` for the board, and `endpoints` that take nothing.
    """

    held: tuple[Asked, ...]
    waiting: tuple[Thread, ...]
    waiting_more: int
    unmet: tuple[Asked, ...]
    households: int
    stuck: tuple[Poll, ...]
    wishes: int
    ideas: int
    endpoints: tuple[Endpoint, ...]

    @property
    def any(self) -> bool:
        """Whether anything waits."""
        people_wait = self.held or self.waiting or self.unmet or self.households
        return bool(people_wait or self.stuck or self.wishes or self.ideas or self.endpoints)


@dataclass(frozen=True, slots=True)
class Today:
    """Today's lifts, None where the community has none; and the polls that are open, with turn-out."""

    tomorrow: date
    lifts: Day | None
    polls: tuple[Poll, ...]
    turnouts: Mapping[str, Turnout]


@dataclass(frozen=True, slots=True)
class Doing:
    """What was used of today's caps: parts of texts, and whole minutes of calls we made."""

    parts: int
    minutes: int


def needs_of(tx: Tx) -> Needs:
    """Give what waits for a person."""
    asked = [one for one in store_help.requests_in(tx, WAITS) if one.held or one.nobody_at is not None]
    waiting = threads.waiting_threads(tx, MOST_SHOWN)
    return Needs(
        held=_asked(tx, [one for one in asked if one.held]),
        waiting=tuple(waiting),
        waiting_more=threads.count_waiting(tx) - len(waiting),
        unmet=_asked(tx, [one for one in asked if not one.held]),
        households=sum(one.state == "new" for one in help_foodbank.open_referrals(tx)),
        stuck=tuple(poll for state in STUCK for poll in polls.polls_in(tx, state)),
        wishes=len(enrolments.waiting(tx)),
        ideas=len(board.ideas_in(tx, "waiting")),
        endpoints=tuple(
            one
            for one in webhooks.endpoints(tx)
            if one.state == "gone" or (one.state == "on" and one.failing_since is not None)
        ),
    )


def _asked(tx: Tx, requests: list[HelpRequest]) -> tuple[Asked, ...]:
    return tuple(Asked(one, people.resident_by_id(tx, one.resident_id)) for one in requests[:MOST_SHOWN])


def today_of(tx: Tx, now: datetime, zone: tzinfo) -> Today:
    """Give today's lifts and the open polls."""
    day = now.astimezone(zone).date()
    found = polls.polls_in(tx, "open")
    return Today(
        day + timedelta(days=1),
        day_of(tx, day, _at(now, time(6), zone), _at(now, time(22), zone))
        if lift_runs.vehicles(tx)
        else None,
        tuple(found),
        {poll.key: votes.turnout(tx, poll.id) for poll in found},
    )


def doing_of(tx: Tx, now: datetime, zone: tzinfo) -> Doing:
    """Give what was used of today's caps."""
    midnight = _at(now, time(), zone)
    seconds = calls.seconds_called_since(tx, midnight)
    return Doing(outbound.parts_sent(tx, midnight, midnight + timedelta(days=1)), -int(-seconds // 60))


def _at(now: datetime, clock: time, zone: tzinfo) -> datetime:
    return datetime.combine(now.astimezone(zone).date(), clock, zone)
