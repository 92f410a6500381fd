"""Polls through their life: opened and closed at their times, counted, published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from flows.conversation import Prompt
from flows.value import Json, Value, text
from gateway.counting import Count, count_to_json, count_votes
from gateway.services.acting import Timed, Timing
from gateway.services.lifecycle import advance, lifecycle
from gateway.services.secrecy import FLOW, forget_unfinished_votes
from gateway.store import members, people, polls, votes
from gateway.store.database import Tx
from gateway.store.polls import Poll

LIFECYCLE = lifecycle(
    "draft",
    {
        "schedule": {"scheduled": ("draft",)},
        "revise": {"draft": ("scheduled",)},
        "open": {"open": ("scheduled",)},
        "lapse": {"lapsed": ("scheduled",)},
        "close": {"closed": ("open",)},
        "copy": {"copied": ("open",)},
        "interrupt": {"interrupted": ("copied",)},
        "resume": {"open": ("interrupted",)},
        "count": {"counted": ("closed",)},
        "tie": {"tied": ("closed",)},
        "draw": {"counted": ("tied",)},
        "publish": {"published": ("counted",)},
        "cancel": {"cancelled": ("draft", "scheduled", "open", "interrupted")},
    },
)
"""`copied` stands in backups alone: a poll that was open when the backup was made (store/backup.py)."""

_SEED_BITS = 64


def keep_times(timing: Timing) -> datetime | None:
    """Open, close, count and publish the polls whose time has come; give when the next one's comes.

    To be called only while the clock is trusted. A poll whose whole time passed while the
    gateway was off lapses: nobody could have voted in it.
    """
    for poll in polls.polls_in(timing.tx, "copied"):
        _interrupt(timing, poll)
    for poll in polls.polls_in(timing.tx, "scheduled"):
        if poll.closes_at <= timing.now:
            move(timing, poll, "lapse")
            timing.emit("poll.lapsed", f"poll:{poll.id}", key=poll.key)
        elif poll.opens_at <= timing.now:
            _open(timing, poll)
    for poll in polls.polls_in(timing.tx, "open"):
        if poll.closes_at <= timing.now:
            close(timing, poll)
    for poll in polls.polls_in(timing.tx, "closed"):
        _count(timing, poll)
    ahead = [poll.opens_at for poll in polls.polls_in(timing.tx, "scheduled")]
    ahead += [poll.closes_at for poll in polls.polls_in(timing.tx, "open")]
    return min(ahead, default=None)


TIMED: Timed = keep_times


def move(timing: Timing, poll: Poll, trigger: str) -> Poll:
    """Take a poll one step further in its life. Raises IllegalMove."""
    moved = replace(poll, state=advance(LIFECYCLE, poll.state, trigger))
    polls.set_state(timing.tx, poll.id, moved.state)
    return moved


def close(timing: Timing, poll: Poll, *, by: str = "") -> None:
    """Close a poll, at its time or because a coordinator (`by`) says so; it is counted on the next tick."""
    closed = move(timing, poll, "close")
    polls.set_closed(timing.tx, closed.id, timing.now if by else min(timing.now, poll.closes_at))
    forget_unfinished_votes(timing.tx, closed)
    turnout = votes.turnout(timing.tx, closed.id)
    timing.emit(
        "poll.closed", f"poll:{closed.id}", key=closed.key, voted=turnout.voted, roll=turnout.roll, by=by
    )


def count(timing: Timing, poll: Poll, tie_order: Sequence[str]) -> Count:
    """Count the votes of a poll that is over by its method; without an order a tie stands."""
    return count_votes(poll.method, poll.keys, votes.votes_of(timing.tx, poll), poll.seats, tie_order)


def keep_count(timing: Timing, poll: Poll, counted: Count, trigger: str, *, by: str = "") -> None:
    """Keep what a count came to; publish it, unless a coordinator wants to look at it first."""
    quorate = votes.turnout(timing.tx, poll.id).voted >= poll.quorum
    result = {**count_to_json(counted), "quorate": quorate}
    polls.keep_result(timing.tx, poll.id, result)
    done = replace(move(timing, poll, trigger), result=result)
    timing.emit("poll.counted", f"poll:{poll.id}", key=poll.key, quorate=quorate)
    if poll.publish == "at_close":
        publish(timing, done, by=by)


def publish(timing: Timing, poll: Poll, *, by: str = "") -> None:
    """Let residents hear the result of a counted poll. Raises IllegalMove."""
    move(timing, poll, "publish")
    quorate = bool(poll.result["quorate"])
    winners: list[Json] = list(poll.result["winners"]) if quorate else []
    tied: list[Json] = list(poll.result["tied"]) if quorate else []
    timing.emit(
        "poll.published",
        f"poll:{poll.id}",
        key=poll.key,
        winners=winners,
        tied=tied,
        quorate=quorate,
        by=by,
    )


def lot(seed: str, poll: Poll) -> tuple[str, ...]:
    """Give the order that a seed draws, strongest first.

    Anybody can make it again: it is the order of the SHA-256 sums of `SEED POLL OPTION`.
    """
    return tuple(sorted(poll.keys, key=lambda key: sha256(f"{seed} {poll.key} {key}".encode()).hexdigest()))


def tell_roll(timing: Timing, poll: Poll, key: str) -> None:
    """Text every handset on a poll's roll a phrase of the vote; who said STOP hears nothing."""
    for resident_id in members.residents_on_roll(timing.tx, poll.id):
        reader = people.resident_by_id(timing.tx, resident_id)
        told = facts(poll, reader.language or timing.usual_language)
        timing.tell(reader.number, Prompt(FLOW, key, values=told))


def tell_duty(timing: Timing, poll: Poll, key: str) -> None:
    """Text the coordinators on duty a phrase of the vote's own."""
    for reader in people.coordinators_on_duty(timing.tx):
        told = facts(poll, reader.language or timing.usual_language)
        timing.tell(reader.number, Prompt(FLOW, key, values=told))


def facts(poll: Poll, language: str) -> dict[str, Value]:
    """Give what phrases say about a poll: `question`, `closes`, `copied`."""
    told = {
        "question": text(said(poll.question, language)),
        "closes": Value("datetime", poll.closes_at.isoformat()),
    }
    if poll.copied_at is not None:
        told["copied"] = Value("datetime", poll.copied_at.isoformat())
    return told


def poll_of(tx: Tx, values: Mapping[str, Value]) -> Poll | None:
    """Give the poll that a conversation is about."""
    data = values["poll"].data if "poll" in values else None
    return polls.poll_by_key(tx, str(data[0])) if isinstance(data, (list, tuple)) else None


def pair(poll: Poll, language: str) -> list[Json]:
    """Give a poll as a choice among polls."""
    return [poll.key, said(poll.question, language)]


def said(words: Mapping[str, str], language: str) -> str:
    """Give the words in a language, else in its main language, else in the first one written."""
    for wanted in (language, language.partition("-")[0]):
        if wanted in words:
            return words[wanted]
    return next(iter(words.values()))


def _open(timing: Timing, poll: Poll) -> None:
    seed = f"{timing.random.getrandbits(_SEED_BITS):016x}" if poll.tie_rule == "lot" else ""
    order = {"lot": lot(seed, poll), "listed": poll.keys}.get(poll.tie_rule, ())
    polls.set_tie_order(timing.tx, poll.id, order, seed)
    polls.set_opened(timing.tx, poll.id, timing.now)
    opened = move(timing, poll, "open")
    roll = votes.freeze_roll(timing.tx, opened)
    timing.emit("poll.opened", f"poll:{poll.id}", key=poll.key, secret=poll.secret, roll=roll)
    if poll.announce:
        tell_roll(timing, opened, "opened_secret" if poll.secret else "opened_named")


def _interrupt(timing: Timing, poll: Poll) -> None:
    move(timing, poll, "interrupt")
    timing.emit("poll.interrupted", f"poll:{poll.id}", key=poll.key)
    tell_duty(timing, poll, "duty_interrupted")


def _count(timing: Timing, poll: Poll) -> None:
    counted = count(timing, poll, poll.tie_order)
    if counted.tied and poll.tie_rule == "draw" and votes.turnout(timing.tx, poll.id).voted >= poll.quorum:
        move(timing, poll, "tie")
        timing.emit("poll.tied", f"poll:{poll.id}", key=poll.key)
        tell_duty(timing, poll, "duty_tied")
    else:
        keep_count(timing, poll, counted, "count")
