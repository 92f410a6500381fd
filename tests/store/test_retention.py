"""Every kind of record has a term of its own: what is older is gone from the file, what still runs stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.retention import Retention
from gateway.services import announcements, board, shifts
from gateway.services.acting import Timing
from gateway.store import board as board_store
from gateway.store import recordings
from gateway.store import shifts as shift_store
from gateway.store.announcements import Audience
from gateway.store.calls import begin_call
from gateway.store.database import Tx
from gateway.store.help_foodbank import add_referral
from gateway.store.people import meet
from gateway.terms import Terms
from tests.village import Village, ashby

ROSE = "+447700900171"
DAY = timedelta(days=1)
OVER, RUNS = "zygodactyl parrots", "a brass band"
TERMS = Terms(board=10, announcements=20, shifts=30, foodbank=40)
TABLES = {
    "board": "board_idea",
    "announcements": "announcement",
    "shifts": "shift",
    "foodbank": "food_referral",
}


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as village:
        yield village


async def do(village: Village, what: Callable[[Timing], object]) -> None:
    """Let a coordinator do something."""
    await village.store.write(lambda tx: what(village.turns.timing(tx, village.hands.now)))


async def counted(village: Village, table: str) -> int:
    def count(tx: Tx) -> int:
        row = tx.one(f"SELECT COUNT(*) AS n FROM {table}")
        return int(row["n"]) if row else 0

    return await village.store.read(count)


def bytes_of(folder: Path) -> bytes:
    """Give everything that lies in the data folder, the database's log included."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


def an_idea(timing: Timing, what: str, *, over: bool) -> None:
    rose = meet(timing.tx, ROSE, timing.now)
    made = board_store.add_idea(timing.tx, rose.id, board.OPENED, "en", what, 4, timing.now)
    board.let_through(timing, made, what, "", 4)
    if over:
        board.end(timing, made, "complete", "it was done")


def an_announcement(timing: Timing, what: str, *, over: bool) -> None:
    made = announcements.announce(timing, "news", {"en": what}, Audience(("volunteers",)), None)
    if over:
        announcements.stop(timing, made)


def a_shift(timing: Timing, what: str, *, over: bool) -> None:
    starts = timing.now + (DAY / 24 if over else 90 * DAY)
    made = shifts.add(timing, what, starts, starts + DAY / 24, duty=False)
    found = shift_store.shift(timing.tx, made)
    assert found is not None
    shifts.give(timing, found, meet(timing.tx, ROSE, timing.now).id)
    if over:
        shifts.cancel(timing, replace(found, state="taken"))


def a_referral(timing: Timing, what: str, *, over: bool) -> None:
    rose = meet(timing.tx, ROSE, timing.now)
    words = dict.fromkeys(("diet", "allergies", "cooking", "voucher"), what)
    state = {"state": "given", "closed_at": timing.now.isoformat()} if over else {"state": "new"}
    counts = {"adults": 1, "children": 0, "code": "2A" if over else "3B"}
    add_referral(timing.tx, timing.now, resident_id=rose.id, language="en", **words, **state, **counts)


MAKING: Mapping[str, Callable[..., None]] = {
    "board": an_idea,
    "announcements": an_announcement,
    "shifts": a_shift,
    "foodbank": a_referral,
}


@pytest.mark.parametrize("kind", list(MAKING))
async def test_what_is_over_is_erased_once_its_own_term_is_and_what_runs_is_not(
    kind: str, village: Village, tmp_path: Path
) -> None:
    await do(village, lambda timing: MAKING[kind](timing, OVER, over=True))
    await do(village, lambda timing: MAKING[kind](timing, RUNS, over=False))
    night = Retention(village.store, village.turns, village.clock, TERMS)
    term: int = getattr(TERMS, kind)
    village.hands.pass_time((term - 1) * DAY)
    await night.night()
    assert await counted(village, TABLES[kind]) == 2
    village.hands.pass_time(2 * DAY)
    await night.night()
    assert await counted(village, TABLES[kind]) == 1
    await village.store.write(_forget_what_was_told)
    left = bytes_of(tmp_path)
    assert OVER.encode() not in left
    assert RUNS.encode() in left


async def test_each_kind_of_recording_has_a_term_of_its_own(village: Village) -> None:
    terms = replace(TERMS, voicemails=7, recorded_messages=20)
    await village.store.write(_record_each, village, terms)
    kept = []
    for days in (6, 2, 13, 11):  # 6, 8, 21 and 32 days later
        village.hands.pass_time(days * DAY)
        await village.store.write(recordings.forget_overdue, village.hands.now)
        kept.append([one.kind for one in await village.store.read(recordings.recordings)])
    assert kept == [["voicemail", "message", "answer"], ["message", "answer"], ["answer"], []]


async def test_a_term_that_was_shortened_counts_for_what_was_recorded_before(village: Village) -> None:
    await village.store.write(_record_each, village, Terms())
    village.hands.pass_time(8 * DAY)
    shorter = replace(Terms(), voicemails=7)
    await Retention(village.store, village.turns, village.clock, shorter).night()
    await village.store.write(recordings.forget_overdue, village.hands.now)
    left = await village.store.read(recordings.recordings)
    assert [one.kind for one in left] == ["message", "answer"]


def _forget_what_was_told(tx: Tx) -> None:
    """Erase the texts: they have a term of their own."""
    tx.run("DELETE FROM outbound")
    tx.forget_log()


def _record_each(tx: Tx, village: Village, terms: Terms) -> None:
    now = village.hands.now
    rose = meet(tx, ROSE, now)
    call_id = begin_call(tx, link="test", resident_id=rose.id, direction="in", purpose="", now=now)
    for kind, keep in terms.of_recordings().items():
        recordings.keep_recording(
            tx,
            call_id=call_id,
            resident_id=rose.id,
            kind=kind,
            flow="help",
            step="what",
            file=f"{kind}.enc",
            seconds=3.0,
            transcript=OVER,
            now=now,
            keep=keep,
        )
