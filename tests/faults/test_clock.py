"""A clock that is years wrong, at the start or from one moment to the next: nothing ends before its time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.config import Limits
from gateway.store.database import Tx
from modem.driver import Inbox, Part
from tests.faults.conversation import town, until
from tests.faults.residents import CARMEN, GEORGE, PENNS, ROSE, Line, Resident
from tests.village import Village, ashby

TEN_YEARS = timedelta(days=3652)
WRONG = pytest.mark.parametrize("wrong", [TEN_YEARS, -TEN_YEARS], ids=["ahead", "behind"])
ENDS = {"conversation.ended", "message.expired", "message.incomplete", "poll.closed", "poll.lapsed"}
OTHER = "+447700900151"


class World:
    """A village, and the time that it really is, whatever its clock says."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.true = village.hands.now
        self._place = 0

    def pass_time(self, span: timedelta) -> None:
        """Let time pass."""
        self.true += span
        self.village.hands.pass_time(span)

    def jump(self, span: timedelta) -> None:
        """Set the village's clock wrong; the kernel knows that nobody vouches for it any more."""
        self.village.hands.synchronised = False
        self.village.hands.now += span

    def mend(self) -> None:
        """Set the village's clock right, as the kernel then knows."""
        self.village.hands.now = self.true
        self.village.hands.synchronised = True

    async def text(self, sender: str, body: str) -> str:
        """Text the village at the network's time; give the reply."""
        self.pass_time(timedelta(seconds=10))
        await self.part(sender, body)
        return "\n".join(words for number, words in await self.village.sent() if number == sender)

    async def part(self, sender: str, body: str, number: int = 1, total: int = 1) -> None:
        """Let one part of a text reach the village at the network's time."""
        self._place += 1
        part = Part(f"SM:{self._place}", sender, body, self.true, reference=7, number=number, total=total)
        await self.village.intake.take("main", "234150000000001", Inbox((part,)))

    async def ended(self) -> list[str]:
        """Give what has ended since this was last asked."""
        await self.village.timers.tick()
        return [kind for kind, _ in await self.village.events() if kind in ENDS]


@WRONG
async def test_while_the_clock_is_wrong_nothing_ends_and_who_texts_is_answered(
    wrong: timedelta, tmp_path: Path
) -> None:
    async with ashby(tmp_path) as village:
        world = World(village)
        await world.text(ROSE.number, "LIFT")
        await world.part(OTHER, "HELP the first half of ", 1, 2)
        world.jump(wrong)
        assert await world.ended() == []
        for said, heard in (("mill lane", "Where"), ("the surgery", "day"), ("tomorrow", "time")):
            assert heard in await world.text(ROSE.number, said)
            assert await world.ended() == []
        await world.text(ROSE.number, "10.30am")
        assert "Tuesday 3 March" in await world.text(ROSE.number, "1")
        assert "Where shall the new bench go?" in await world.text(GEORGE.number, "VOTE")
        await world.part(OTHER, "a long text", 2, 2)
        assert [words for number, words in await village.sent() if number == OTHER]
        world.pass_time(timedelta(hours=20))
        assert await world.ended() == []
        assert "Booked: Tuesday 3 March" in await world.text(ROSE.number, "YES")


@WRONG
async def test_once_the_clock_is_right_again_waits_go_on_for_as_long_as_they_had_left(
    wrong: timedelta, tmp_path: Path
) -> None:
    async with ashby(tmp_path) as village:
        world = World(village)
        await world.text(ROSE.number, "LIFT")
        world.jump(wrong)
        assert await world.ended() == []
        await world.text(CARMEN.number, "VIAJE")
        world.mend()
        assert await world.ended() == []
        assert "Where" in await world.text(ROSE.number, "mill lane")
        world.pass_time(timedelta(hours=13))
        assert (await world.ended()).count("conversation.ended") == 2
        assert "poll.closed" not in await world.ended()
        world.pass_time(timedelta(days=28))
        assert (await world.ended()).count("poll.closed") == 2


@WRONG
async def test_a_text_confirms_a_clock_that_nobody_else_vouches_for(wrong: timedelta, tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        world = World(village)
        await world.text(ROSE.number, "LIFT")
        world.jump(wrong)
        assert await world.ended() == []
        world.village.hands.now = world.true
        world.pass_time(timedelta(hours=20))
        assert await world.ended() == []
        await world.text(GEORGE.number, "MENU")
        assert village.clock.trusted
        assert await world.ended() == [], "what became overdue in doubt has time to be answered"
        world.pass_time(timedelta(hours=13))
        assert "conversation.ended" in await world.ended()


@WRONG
async def test_a_gateway_stopped_while_its_clock_was_wrong_ends_nothing_when_it_starts_with_a_right_one(
    wrong: timedelta, tmp_path: Path
) -> None:
    async with ashby(tmp_path) as village:
        world = World(village)
        await world.text(ROSE.number, "LIFT")
        world.jump(wrong)
        assert await world.ended() == []
    async with ashby(tmp_path, now=world.true + timedelta(minutes=5)) as village:
        world = World(village)
        assert await world.ended() == []
        assert "Where" in await world.text(ROSE.number, "mill lane")
        world.pass_time(timedelta(hours=13))
        assert "conversation.ended" in await world.ended()


@WRONG
async def test_texts_wait_as_long_as_they_may_and_no_longer(wrong: timedelta, tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        world = World(village)
        await world.text(ROSE.number, "MENU")
        world.jump(wrong)
        assert await world.ended() == []
        await world.text(CARMEN.number, "MENU")
        world.mend()
        assert await world.ended() == []
        assert await village.store.read(waiting) == 2
        world.pass_time(timedelta(hours=13))
        assert (await world.ended()).count("message.expired") == 2


async def test_a_text_that_lay_on_the_sim_does_not_confirm_a_clock_that_stood_still_meanwhile(
    tmp_path: Path,
) -> None:
    """The board has no clock: it starts with the time at which it lost power, three days ago."""
    async with ashby(tmp_path) as village:
        world = World(village)
        world.jump(timedelta())
        await world.text(ROSE.number, "MENU")
        world.true += timedelta(days=3)
        assert "Where" in await world.text(CARMEN.number, "LIFT")
        assert not village.clock.trusted, "a text never comes from the future"
        for said in ("mill lane", "the surgery", "tomorrow", "10.30am"):
            await world.text(CARMEN.number, said)
        assert "Friday 6 March" in await world.text(CARMEN.number, "1")


@WRONG
async def test_a_gateway_that_starts_with_a_wrong_clock_serves_and_opens_its_polls_once_time_is_known(
    wrong: timedelta, tmp_path: Path
) -> None:
    async with town(tmp_path) as place:
        place.hands.wrong_by = wrong
        place.hands.synchronised = False
        async with place.serving() as gateway:
            await place.converse_all([ROSE, CARMEN])
            assert (await gateway.health()).clock == "waiting"
            assert await gateway.store.read(trip_dates) == ["2026-03-03", "2026-03-03"]
            assert await gateway.store.read(open_polls) == 0
            place.hands.wrong_by = timedelta()
            place.hands.synchronised = True
            gateway.timers.wake()

            async def opened() -> bool:
                return await gateway.store.read(open_polls) == 2

            await until(opened, "the polls to open")
            assert (await gateway.health()).clock == "trusted"
            await place.converse_all([GEORGE, PENNS])
            await place.nothing_lost_or_doubled([ROSE, CARMEN, GEORGE, PENNS])
            place.hands.pass_time(timedelta(days=27))
            gateway.timers.wake()
            await place.converse(Resident(OTHER, [Line("MENU", "…")]))
            assert await gateway.store.read(open_polls) == 2


@WRONG
async def test_what_was_sent_by_a_wrong_clock_uses_up_no_later_hour_or_day(
    wrong: timedelta, tmp_path: Path
) -> None:
    limits = Limits(("GB",), texts_per_day=30, texts_per_number_per_hour=6)
    menu = Resident(OTHER, [Line("MENU", "…")] * 5)
    async with town(tmp_path, limits=limits) as place, place.serving():
        for wrong_by in (timedelta(), wrong, timedelta(), wrong, timedelta()):
            place.hands.wrong_by = wrong_by
            place.hands.synchronised = not wrong_by
            place.gateway.timers.wake()
            await place.converse(menu)
            place.hands.pass_time(timedelta(hours=1))


def waiting(tx: Tx) -> int:
    """Count the texts that wait to go to residents."""
    return len(tx.all("SELECT 1 FROM outbound WHERE state = 'queued' AND inbound_id IS NOT NULL"))


def open_polls(tx: Tx) -> int:
    """Count the polls that are open."""
    return len(tx.all("SELECT 1 FROM poll WHERE state = 'open'"))


def trip_dates(tx: Tx) -> list[str]:
    """Give the days for which lifts are booked."""
    return [row["date"] for row in tx.all("SELECT date FROM trip WHERE state = 'booked' ORDER BY id")]
