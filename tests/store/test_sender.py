"""What is queued goes out once, in order of need, within what may be spent."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from gateway.clock import Clock
from gateway.sender import MOST_ATTEMPTS, Sender, Spending
from gateway.store.database import Store, Tx, open_store
from gateway.store.outbound import Lane, queue_text
from modem.driver import PartSent, Report, Send, SendFailed, Sent
from modem.errors import LinkDown
from tests.hands import Hands

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ANA = "+447700900123"
SPENDING = Spending(500, 20, "GB", ("GB",), ("+447700900000",), ZoneInfo("Europe/London"))

Answer = Callable[[Send], PartSent | Sent | SendFailed | None]


def taken(message: Send) -> Sent:
    return Sent(message.id)


def refused(code: int, *, retryable: bool, certain: bool = True) -> Answer:
    return lambda message: SendFailed(message.id, message.first_part, code, "no", retryable, certain)


@dataclass
class ScriptedLink:
    """A link whose answers are written down beforehand; the last one goes for all later texts."""

    answers: list[Answer]
    sent: list[Send] = field(default_factory=list)
    sender: Sender | None = None
    on_sent: Callable[[Sent], Awaitable[None]] | None = None

    async def send(self, message: Send) -> None:
        """Take a text and answer as written."""
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        event = answer(message)
        if event is None:
            raise LinkDown("the modem is not ready")
        self.sent.append(message)
        asyncio.get_running_loop().call_soon(
            lambda: setattr(self, "task", asyncio.ensure_future(self._tell(event)))
        )

    async def _tell(self, event: PartSent | Sent | SendFailed) -> None:
        assert self.sender is not None
        if isinstance(event, SendFailed):
            await self.sender.on_failed(event)
        elif isinstance(event, Sent):
            await self.sender.on_part_sent(PartSent(event.id, 0, int(event.id) % 256))
            await (self.on_sent or self.sender.on_sent)(event)


@dataclass
class Desk:
    """A sender with its link, clock and store."""

    store: Store
    hands: Hands
    link: ScriptedLink
    sender: Sender

    async def queue(
        self,
        body: str = "hello",
        number: str = ANA,
        kind: str = "statement",
        lane: Lane = Lane.ANSWER,
        ref: str = "",
    ) -> int:
        """Queue a text of one part."""
        now = self.hands.now

        def put(tx: Tx) -> int:
            return queue_text(tx, number=number, body=body, parts=1, kind=kind, lane=lane, now=now, ref=ref)

        return await self.store.write(put)

    async def drain(self) -> list[str]:
        """Send what may go now; give what the link was handed, in order."""
        before = len(self.link.sent)
        while await self.sender.send_next():
            pass
        return [message.body for message in self.link.sent[before:]]

    async def state(self, text_id: int) -> str:
        """Give the state of a text."""

        def read(tx: Tx) -> str:
            row = tx.one("SELECT state FROM outbound WHERE id = :id", id=text_id)
            assert row is not None
            return str(row["state"])

        return await self.store.read(read)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(tmp_path / "plainline.db", now=NOW)
    yield store
    await store.close()


def desk(store: Store, *answers: Answer, spending: Spending = SPENDING) -> Desk:
    hands = Hands(NOW)
    link = ScriptedLink(list(answers) or [taken])
    sender = Sender(store, link, Clock(hands.sources()), spending, Random(1), 0.0, lambda: hands.steady)
    link.sender = sender
    return Desk(store, hands, link, sender)


async def test_answers_go_before_notices_before_broadcasts(store: Store) -> None:
    d = desk(store)
    for lane in (Lane.BROADCAST, Lane.NOTICE, Lane.ANSWER):
        await d.queue(lane.name, lane=lane)
    assert await d.drain() == ["ANSWER", "NOTICE", "BROADCAST"]


async def test_a_delivery_report_makes_it_delivered(store: Store) -> None:
    d = desk(store)
    text = await d.queue()
    await d.drain()
    assert await d.state(text) == "sent"
    await d.sender.on_report(Report(ANA, text % 256, "pending", 32, None))
    assert await d.state(text) == "sent"
    await d.sender.on_report(Report(ANA, text % 256, "delivered", 0, None))
    assert await d.state(text) == "delivered"


async def test_a_report_that_overtakes_the_end_of_sending_counts(store: Store) -> None:
    handed_over = asyncio.Event()

    def one_part(message: Send) -> PartSent:
        handed_over.set()
        return PartSent(message.id, 0, 7)

    d = desk(store, one_part)
    text = await d.queue()
    sending = asyncio.create_task(d.drain())
    await handed_over.wait()
    await d.sender.on_part_sent(PartSent(str(text), 0, 7))
    await d.sender.on_report(Report(ANA, 7, "delivered", 0, None))
    await d.sender.on_sent(Sent(str(text)))
    assert len(await sending) == 1
    assert await d.state(text) == "delivered"


async def test_a_report_for_another_number_or_reference_changes_nothing(store: Store) -> None:
    d = desk(store)
    text = await d.queue()
    await d.drain()
    await d.sender.on_report(Report("+447700900199", text % 256, "delivered", 0, None))
    await d.sender.on_report(Report(ANA, (text + 1) % 256, "delivered", 0, None))
    assert await d.state(text) == "sent"


async def test_what_can_be_tried_again_is_tried_again_later(store: Store) -> None:
    d = desk(store, refused(38, retryable=True), taken)
    text = await d.queue()
    assert await d.drain() == ["hello"]
    assert await d.state(text) == "queued"
    assert await d.drain() == []
    d.hands.pass_time(timedelta(seconds=30))
    assert await d.drain() == ["hello"]
    assert await d.state(text) == "sent"


async def test_it_is_not_tried_for_ever(store: Store) -> None:
    d = desk(store, refused(38, retryable=True))
    text = await d.queue()
    for _ in range(MOST_ATTEMPTS + 5):
        await d.drain()
        d.hands.pass_time(timedelta(hours=1))
    assert len(d.link.sent) == MOST_ATTEMPTS
    assert await d.state(text) == "failed"


async def test_what_cannot_succeed_is_not_tried_again(store: Store) -> None:
    d = desk(store, refused(1, retryable=False))
    text = await d.queue()
    await d.drain()
    assert await d.state(text) == "failed"


@pytest.mark.parametrize("kind", ["question", "statement"])
async def test_a_prompt_with_unknown_end_is_not_said_again(store: Store, kind: str) -> None:
    d = desk(store, refused(-1, retryable=True, certain=False), taken)
    text = await d.queue(kind=kind)
    await d.drain()
    d.hands.pass_time(timedelta(hours=1))
    await d.drain()
    assert len(d.link.sent) == 1
    assert await d.state(text) == "uncertain"


async def test_a_confirmation_with_unknown_end_is_said_once_more_with_its_reference(store: Store) -> None:
    d = desk(store, refused(-1, retryable=True, certain=False))
    text = await d.queue("Booked.", kind="confirmation", ref="4F")
    for _ in range(5):
        await d.drain()
        d.hands.pass_time(timedelta(hours=1))
    assert [message.body for message in d.link.sent] == ["Booked.", "Booked. (4F)"]
    assert await d.state(text) == "uncertain"


async def test_an_attempt_that_a_crash_cut_short_is_settled_at_the_next_start(store: Store) -> None:
    d = desk(store)
    question = await d.queue("Which day?", kind="question")
    booked = await d.queue("Booked. Ref 4F", kind="confirmation", ref="4F")

    def cut_short(tx: Tx) -> None:
        tx.run("UPDATE outbound SET state = 'sending', attempts = 1")

    await store.write(cut_short)
    await d.sender.recover()
    assert await d.state(question) == "uncertain"
    assert await d.drain() == ["Booked. Ref 4F"]
    assert await d.state(booked) == "sent"


async def test_a_link_that_goes_down_keeps_the_text(store: Store) -> None:
    d = desk(store, lambda _: None, taken)
    text = await d.queue()
    assert await d.drain() == []
    assert await d.state(text) == "queued"
    assert await d.drain() == ["hello"]


async def test_todays_cap_holds_and_tomorrow_it_goes_on(store: Store) -> None:
    d = desk(store, spending=Spending(3, 20, "GB", ("GB",), (), ZoneInfo("Europe/London")))
    for n in range(5):
        await d.queue(str(n))
    assert await d.drain() == ["0", "1", "2"]
    d.hands.pass_time(timedelta(hours=15))
    assert await d.drain() == ["3", "4"]


@pytest.mark.parametrize(
    "number", ["60777", "+449061234567", "+34612345678", "Vodafone", "+447700900000", "+447012345678"]
)
async def test_nothing_goes_where_it_must_not(store: Store, number: str) -> None:
    d = desk(store)
    text = await d.queue(number=number)
    assert await d.drain() == []
    assert await d.state(text) == "held"


async def test_one_number_does_not_get_a_flood(store: Store) -> None:
    d = desk(store, spending=Spending(500, 4, "GB", ("GB",), (), ZoneInfo("Europe/London")))
    for n in range(6):
        await d.queue(str(n))
    await d.queue("somebody else", number="+447700900199")
    assert await d.drain() == ["0", "1", "2", "3", "somebody else"]


async def test_texts_keep_the_pace_of_the_modem(store: Store) -> None:
    d = desk(store)
    d.sender.gap = 0.05
    d.sender.steady = asyncio.get_running_loop().time
    for n in range(3):
        await d.queue(str(n))
    times: list[float] = []
    send = d.link.send

    async def timed(message: Send) -> None:
        times.append(asyncio.get_running_loop().time())
        await send(message)

    d.link.send = timed  # type: ignore[method-assign]
    d.sender.link_ready(True)
    running = asyncio.create_task(d.sender.run())
    async with asyncio.timeout(10):
        while len(times) < 3:
            d.sender.wake()
            await asyncio.sleep(0.01)
    running.cancel()
    assert all(later - earlier >= 0.049 for earlier, later in itertools.pairwise(times))


async def test_a_reply_goes_at_once_however_wrong_the_clock_is(store: Store) -> None:
    """While the clock is in doubt a turn goes by the network's time, which may be years from ours."""
    for years in (-10, 10):
        d = desk(store)
        d.hands.synchronised = False
        await d.queue()
        d.hands.now = NOW.replace(year=NOW.year + years)
        assert await d.drain() == ["hello"]


async def test_a_clock_that_was_ahead_once_uses_up_no_later_day(store: Store) -> None:
    d = desk(store, spending=Spending(2, 2, "GB", ("GB",), (), ZoneInfo("Europe/London")))
    d.hands.now = NOW.replace(year=NOW.year + 10)
    for n in range(2):
        await d.queue(str(n))
    assert await d.drain() == ["0", "1"]
    d.hands.now = NOW
    await d.queue("2")
    assert await d.drain() == ["2"]


async def test_after_a_restart_what_waited_by_the_clock_of_before_may_go(store: Store) -> None:
    d = desk(store, refused(38, retryable=True), taken)
    await d.queue()
    await d.drain()
    d.hands.now = NOW - timedelta(days=3653)
    assert await d.drain() == []
    await d.sender.recover()
    assert await d.drain() == ["hello"]


async def test_an_emergency_overtakes_every_answer(store: Store) -> None:
    d = desk(store)
    await d.queue("answer")
    await d.queue("emergency", lane=Lane.URGENT)
    assert await d.drain() == ["emergency", "answer"]


async def test_an_emergency_is_told_although_the_day_and_the_hour_are_used_up(store: Store) -> None:
    d = desk(store, spending=Spending(3, 2, "GB", ("GB",), (), ZoneInfo("Europe/London")))
    for n in range(4):
        await d.queue(str(n))
    await d.queue("3", number="+447700900199")
    assert await d.drain() == ["0", "1", "3"]
    assert d.sender.trouble == ""
    await d.queue("4", number="+447700900199")
    assert await d.drain() == []
    assert "Today's 3 texts are used up" in d.sender.trouble
    await d.queue("emergency", lane=Lane.URGENT)
    assert await d.drain() == ["emergency"]
    await d.queue("a flood of emergencies", lane=Lane.URGENT)
    assert await d.drain() == []


async def test_a_notice_to_somebody_who_had_too_many_waits_and_is_not_lost(store: Store) -> None:
    d = desk(store, spending=Spending(500, 2, "GB", ("GB",), (), ZoneInfo("Europe/London")))
    for n in range(3):
        await d.queue(str(n), lane=Lane.NOTICE)
    assert await d.drain() == ["0", "1"]
    d.hands.pass_time(timedelta(minutes=75))
    assert await d.drain() == ["2"]


async def test_a_coordinator_hears_that_the_network_takes_no_texts(store: Store) -> None:
    d = desk(store, refused(30, retryable=False), taken)
    await d.queue()
    await d.drain()
    assert "Has the SIM credit" in d.sender.trouble
    await d.queue()
    await d.drain()
    assert d.sender.trouble == ""


async def test_one_texts_end_that_cannot_be_written_down_stops_no_other(store: Store) -> None:
    d = desk(store)
    first, second = await d.queue("first"), await d.queue("second")

    def refuse(tx: Tx) -> None:
        tx.run(
            f"CREATE TRIGGER refuse BEFORE UPDATE ON outbound WHEN NEW.state = 'sent' AND NEW.id = {first} "
            "BEGIN SELECT RAISE(ABORT, 'a fault of ours'); END"
        )

    await store.write(refuse)
    told = d.sender.on_sent
    faults: list[BaseException] = []

    async def on_sent(event: Sent) -> None:
        try:
            await told(event)
        except sqlite3.IntegrityError as fault:
            faults.append(fault)

    d.link.on_sent = on_sent
    async with asyncio.timeout(10):
        assert await d.drain() == ["first", "second"]
    assert len(faults) == 1
    assert [await d.state(first), await d.state(second)] == ["sending", "sent"]


async def test_a_sender_that_finishes_hands_nothing_more_over_and_ends(store: Store) -> None:
    d = desk(store)
    d.sender.link_ready(True)
    running = asyncio.create_task(d.sender.run())
    await d.queue()
    await d.sender.finish()
    d.sender.wake()
    async with asyncio.timeout(10):
        await running
    assert await d.drain() == []


async def test_a_stop_waits_for_the_text_under_way(store: Store) -> None:
    under_way = asyncio.Event()

    def slowly(message: Send) -> PartSent:
        under_way.set()
        return PartSent(message.id, 0, 1)

    d = desk(store, slowly)
    text = await d.queue()
    sending = asyncio.create_task(d.drain())
    await under_way.wait()
    stopping = asyncio.create_task(d.sender.finish())
    await asyncio.sleep(0)
    assert not stopping.done()
    await d.sender.on_sent(Sent(str(text)))
    async with asyncio.timeout(10):
        await stopping
    await sending
    assert await d.state(text) == "sent"
