"""What a coordinator does with a poll: write it, set its times, extend, close, draw a lot, publish.

Each is one transaction and one event that says who did it (`by`, such as `coordinator:7`), which is the
log. Functions raise IllegalMove where the poll stands otherwise, VotesMistake where what was written
contradicts itself; then nothing was changed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gateway.community_votes import PollEntry, VotesMistake, poll_mistakes, rules_of
from gateway.services.acting import Timing
from gateway.services.lifecycle import advance
from gateway.services.polls import LIFECYCLE, close, count, keep_count, keep_times, lot, move, tell_roll
from gateway.services.polls import publish as publish_poll
from gateway.store import polls
from gateway.store.database import Tx
from gateway.store.polls import Poll

LONGEST_SEED = 200


def free_key(tx: Tx) -> str:
    """Give a key that no poll has."""
    number = len(polls.all_polls(tx)) + 1
    while polls.poll_by_key(tx, f"vote_{number}") is not None:
        number += 1
    return f"vote_{number}"


def draft(timing: Timing, entry: PollEntry, *, by: str) -> Poll:
    """Write down a new poll that nobody sees yet."""
    _refuse(entry)
    if polls.add_poll(timing.tx, entry.key, "draft", rules_of(entry)) is None:
        raise VotesMistake(f"There is a vote called {entry.key} already. Choose another key.")
    poll = _again(timing, entry.key)
    timing.emit("poll.drafted", f"poll:{poll.id}", key=poll.key, by=by)
    return poll


def change(timing: Timing, poll: Poll, entry: PollEntry, *, by: str) -> Poll:
    """Write a poll anew that is not open yet; one that was scheduled is a draft again."""
    _refuse(replace(entry, key=poll.key))
    if poll.state != "draft":
        move(timing, poll, "revise")
    polls.change_rules(timing.tx, poll.id, rules_of(entry))
    timing.emit("poll.changed", f"poll:{poll.id}", key=poll.key, by=by)
    return _again(timing, poll.key)


def schedule(timing: Timing, poll: Poll, *, by: str) -> Poll:
    """Let a draft open at its time, which may be now."""
    if poll.closes_at <= timing.now:
        raise VotesMistake("This vote would be over before it opens. Set a later close.")
    move(timing, poll, "schedule")
    timing.emit("poll.scheduled", f"poll:{poll.id}", key=poll.key, by=by)
    keep_times(timing)
    return _again(timing, poll.key)


def open_now(timing: Timing, poll: Poll, *, by: str) -> Poll:
    """Open a draft or a scheduled poll now, whatever its time was."""
    if poll.closes_at <= timing.now:
        raise VotesMistake("This vote would be over before it opens. Set a later close.")
    if poll.state != "scheduled":
        move(timing, poll, "schedule")
        timing.emit("poll.scheduled", f"poll:{poll.id}", key=poll.key, by=by)
    polls.set_times(timing.tx, poll.id, min(poll.opens_at, timing.now), poll.closes_at)
    keep_times(timing)
    return _again(timing, poll.key)


def extend(timing: Timing, poll: Poll, closes_at: datetime, *, by: str) -> Poll:
    """Let an open poll close later."""
    advance(LIFECYCLE, poll.state, "close")
    if closes_at <= poll.closes_at:
        raise VotesMistake("The new close must be later than the old one; to close earlier, close it now.")
    polls.set_times(timing.tx, poll.id, poll.opens_at, closes_at)
    timing.emit("poll.extended", f"poll:{poll.id}", key=poll.key, closes=closes_at.isoformat(), by=by)
    return _again(timing, poll.key)


def close_early(timing: Timing, poll: Poll, *, by: str) -> Poll:
    """Close an open poll now and count it."""
    close(timing, poll, by=by)
    keep_times(timing)
    return _again(timing, poll.key)


def cancel(timing: Timing, poll: Poll, *, by: str) -> Poll:
    """Call a poll off for good; what was voted is never counted."""
    move(timing, poll, "cancel")
    timing.emit("poll.cancelled", f"poll:{poll.id}", key=poll.key, by=by)
    if poll.state in {"open", "interrupted"} and poll.announce:
        tell_roll(timing, poll, "cancelled")
    return _again(timing, poll.key)


def resume(timing: Timing, poll: Poll, closes_at: datetime, *, by: str) -> Poll:
    """Open a poll again that came back from a backup, and tell everybody on its roll what that means."""
    if closes_at <= timing.now:
        raise VotesMistake("The vote would be over at once. Set a close that people have time for.")
    polls.set_times(timing.tx, poll.id, poll.opens_at, closes_at)
    opened = replace(move(timing, poll, "resume"), closes_at=closes_at)
    timing.emit("poll.resumed", f"poll:{poll.id}", key=poll.key, closes=closes_at.isoformat(), by=by)
    tell_roll(timing, opened, "resumed_secret" if poll.secret else "resumed_named")
    return _again(timing, poll.key)


def draw_lot(timing: Timing, poll: Poll, seed: str, *, by: str) -> Poll:
    """Decide a tie by lot. `seed` is what was drawn before witnesses (dice, say); the report shows it."""
    advance(LIFECYCLE, poll.state, "draw")
    words = " ".join(seed.split())
    if not words or len(words) > LONGEST_SEED:
        raise VotesMistake("Write down what was drawn, such as the numbers of the dice: 4 2 6 1.")
    order = lot(words, poll)
    polls.set_tie_order(timing.tx, poll.id, order, words)
    drawn = replace(poll, tie_order=order, lot_seed=words)
    timing.emit("poll.lot_drawn", f"poll:{poll.id}", key=poll.key, seed=words, by=by)
    keep_count(timing, drawn, count(timing, drawn, order), "draw", by=by)
    return _again(timing, poll.key)


def publish(timing: Timing, poll: Poll, *, by: str) -> Poll:
    """Let residents hear the result of a counted poll."""
    publish_poll(timing, poll, by=by)
    return _again(timing, poll.key)


def _refuse(entry: PollEntry) -> None:
    mistakes = [*poll_mistakes(entry)]
    if mistakes:
        raise VotesMistake("; ".join(mistakes) + ". Nothing was kept; mend it and try again.")


def _again(timing: Timing, key: str) -> Poll:
    found = polls.poll_by_key(timing.tx, key)
    assert found is not None, "a poll that was just written is there"  # noqa: S101
    return found
