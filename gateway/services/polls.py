"""Polls through their life: opened and closed at their times, then counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from flows.value import Json
from gateway.services.acting import Timed, Timing
from gateway.services.counting import Count, count_to_json, count_votes
from gateway.services.lifecycle import advance, lifecycle
from gateway.services.secrecy import forget_unfinished_votes
from gateway.store import votes as store

LIFECYCLE = lifecycle(
    "draft",
    {
        "open": {"open": ("draft",)},
        "lapse": {"lapsed": ("draft",)},
        "close": {"closed": ("open",)},
        "count": {"counted": ("closed",)},
    },
)


def keep_times(timing: Timing) -> datetime | None:
    """Open, close and count the polls whose time has come; give when the next one's comes.

    To be called only while the clock is trusted. A poll whose whole time passed while the
    gateway was off lapses: nobody could have voted in it.
    """
    for poll in store.polls_in(timing.tx, "draft"):
        if poll.closes_at <= timing.now:
            store.set_state(timing.tx, poll.id, advance(LIFECYCLE, poll.state, "lapse"))
            timing.emit("poll.lapsed", f"poll:{poll.id}", key=poll.key)
        elif poll.opens_at <= timing.now:
            _open(timing, poll)
    for poll in store.polls_in(timing.tx, "open"):
        if poll.closes_at <= timing.now:
            _close(timing, poll)
    ahead = [poll.opens_at for poll in store.polls_in(timing.tx, "draft")]
    ahead += [poll.closes_at for poll in store.polls_in(timing.tx, "open")]
    return min(ahead, default=None)


TIMED: Timed = keep_times


def count(poll: store.Poll, votes: Counter[bytes]) -> Count:
    """Count the votes of a poll by its method and its tie order."""
    keys = [option.key for option in poll.options]
    return count_votes(poll.method, keys, votes, 1, poll.tie_order)


def _open(timing: Timing, poll: store.Poll) -> None:
    order = [option.key for option in poll.options]
    if poll.tie_rule == "lot":
        timing.random.shuffle(order)
    if poll.tie_rule == "none":
        order = []
    roll = store.open_poll(timing.tx, poll, advance(LIFECYCLE, poll.state, "open"), order, timing.now)
    timing.emit("poll.opened", f"poll:{poll.id}", key=poll.key, secret=poll.secret, roll=roll)


def _close(timing: Timing, poll: store.Poll) -> None:
    closed = replace(poll, state=advance(LIFECYCLE, poll.state, "close"))
    store.set_state(timing.tx, closed.id, closed.state)
    forget_unfinished_votes(timing.tx, poll)
    turnout = store.turnout(timing.tx, poll.id)
    timing.emit("poll.closed", f"poll:{poll.id}", key=poll.key, voted=turnout.voted, roll=turnout.roll)
    counted = count(closed, store.votes_of(timing.tx, closed))
    quorate = turnout.voted >= poll.quorum
    store.keep_result(
        timing.tx,
        poll.id,
        advance(LIFECYCLE, closed.state, "count"),
        {**count_to_json(counted), "quorate": quorate},
    )
    tied: list[Json] = list(counted.tied)
    timing.emit(
        "poll.counted",
        f"poll:{poll.id}",
        key=poll.key,
        winners=list(counted.winners) if quorate else [],
        tied=tied if quorate else [],
        quorate=quorate,
    )
