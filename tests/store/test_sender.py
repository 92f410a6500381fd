"""What is queued goes out once, whatever becomes of an attempt."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.sender import MOST_ATTEMPTS
from gateway.store import people
from gateway.store.database import Store, Tx, open_store
from gateway.store.inbound import record_part
from gateway.store.outbound import Lane, queue_text
from modem.driver import Part, PartSent, Report, Send, Sent
from tests.store.desk import ANA, NOW, desk, refused, taken


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(tmp_path / "plainline.db", now=NOW)
    yield store
    await store.close()


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


async def test_a_confirmation_is_said_once_more_however_often_it_was_refused_before(store: Store) -> None:
    d = desk(
        store,
        refused(42, retryable=True),
        refused(42, retryable=True),
        refused(-1, retryable=True, certain=False),
        taken,
    )
    text = await d.queue("Booked.", kind="confirmation", ref="4F")
    for _ in range(5):
        await d.drain()
        d.hands.pass_time(timedelta(hours=1))
    assert [message.body for message in d.link.sent] == [*["Booked."] * 3, "Booked. (4F)"]
    assert await d.state(text) == "sent"


async def test_a_modem_that_is_not_ready_uses_up_no_attempt(store: Store) -> None:
    d = desk(store, *[lambda _: None] * (2 * MOST_ATTEMPTS), refused(42, retryable=True), taken)
    text = await d.queue()
    for _ in range(2 * MOST_ATTEMPTS + 2):
        await d.drain()
        d.hands.pass_time(timedelta(minutes=20))
    assert await d.state(text) == "sent"


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


async def test_a_reply_goes_at_once_however_wrong_the_clock_is(store: Store) -> None:
    """While the clock is in doubt a turn goes by the network's time, which may be years from ours."""
    for years in (-10, 10):
        d = desk(store)
        d.hands.synchronised = False
        await d.queue()
        d.hands.now = NOW.replace(year=NOW.year + years)
        assert await d.drain() == ["hello"]


async def test_after_a_restart_what_waited_by_the_clock_of_before_may_go(store: Store) -> None:
    d = desk(store, refused(38, retryable=True), taken)
    await d.queue()
    await d.drain()
    d.hands.now = NOW - timedelta(days=3653)
    assert await d.drain() == []
    await d.sender.recover()
    assert await d.drain() == ["hello"]


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


def _texted(tx: Tx, link: str, number: str) -> None:
    """Have somebody text a modem, and an answer wait for them."""
    resident = people.meet(tx, number, NOW)
    record_part(tx, link, "234150000000001", Part(f"SM:{link}", number, "hi", NOW), NOW, resident.id)
    queue_text(
        tx,
        number=number,
        body=f"to who texted {link}",
        parts=1,
        kind="statement",
        lane=Lane.NOTICE,
        now=NOW,
        resident_id=resident.id,
    )


async def test_of_two_modems_each_answers_who_texted_it_or_both_if_one_is_gone(store: Store) -> None:
    north, south = desk(store), desk(store)
    north.sender.others = lambda: ["south"] if south.sender.sends else []
    south.sender.others = lambda: ["north"] if north.sender.sends else []
    for one in (north, south):
        one.sender.link_ready(ready=True)
    await store.write(_texted, "north", ANA)
    await store.write(_texted, "south", "+447700900124")
    await north.queue("to whom nobody knows", "+447700900125")
    assert await south.drain() == ["to whom nobody knows", "to who texted south"]
    assert await south.drain() == []
    south.sender.link_ready(ready=False)
    await store.write(_texted, "south", "+447700900126")
    assert await north.drain() == ["to who texted north", "to who texted south"]


async def test_what_one_modem_could_not_be_handed_the_other_says_at_once(store: Store) -> None:
    north, south = desk(store), desk(store, lambda message: None)
    north.sender.others = lambda: ["south"] if south.sender.sends else []
    south.sender.wake_others = north.sender.wake
    said = asyncio.Event()

    async def says(event: Sent) -> None:
        await north.sender.on_sent(event)
        said.set()

    north.link.on_sent = says
    for one in (north, south):
        one.sender.link_ready(ready=True)
    await store.write(_texted, "south", ANA)
    running = asyncio.create_task(north.sender.run())
    assert await south.drain() == []
    async with asyncio.timeout(5):
        await said.wait()
    running.cancel()
    assert [message.number for message in north.link.sent] == [ANA]
