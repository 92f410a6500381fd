"""Webhooks reach their receiver: signed, thin, in order, and none is lost."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from gateway.store.webhook_deliveries import Parcel
from gateway.webhooks import endpoints, lane
from gateway.webhooks.lane import CONCURRENCY, READY
from tests.webhooks.receiver import Receiver, receiver
from tests.webhooks.sending import Sending, sending


@pytest.fixture
async def cases() -> AsyncIterator[Receiver]:
    async with receiver() as one:
        yield one


@pytest.fixture
async def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sending]:
    monkeypatch.setattr(lane, "SETTLE_SECONDS", 0.01)
    async with sending(tmp_path) as one:
        yield one


async def test_what_happens_is_told_thin(out: Sending, cases: Receiver) -> None:
    endpoint = await out.add(cases.url, ["help.*"])
    await out.happen("help.opened", "help:7", code="4F")
    [call] = await cases.wait_for(1)
    assert call.json == {
        "type": "help.opened",
        "timestamp": "2026-03-02T09:30:00.000Z",
        "data": {"id": 7, "object": "request", "state": "new", "code": "4F"},
    }
    assert call.headers["content-type"] == "application/json"
    await out.settled(endpoint.id)
    [delivery] = await out.deliveries(endpoint.id)
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 204, 1)


async def test_the_reference_library_takes_what_comes(tmp_path: Path, cases: Receiver) -> None:
    async with sending(tmp_path, now=datetime.now(UTC)) as out:
        endpoint = await out.add(cases.url)
        await out.village.text("+447700900123", "HELP please collect my tablets from the chemist")
        calls = await cases.wait_for(3)
        for call in calls:
            assert Webhook(endpoint.secret).verify(call.body, call.headers)["type"] == call.json["type"]


async def test_only_what_was_asked_for_is_told_and_nothing_from_before(out: Sending, cases: Receiver) -> None:
    await out.happen("help.opened", "help:1")
    await out.add(cases.url, ["help.done", "lift.*"])
    for what, subject in (("help.opened", "help:2"), ("lift.booked", "trip:3"), ("help.done", "help:2")):
        await out.happen(what, subject)
    await cases.wait_for(2)
    assert sorted(cases.types()) == ["help.done", "lift.booked"]


async def test_events_about_one_subject_come_in_order_though_the_first_is_tried_again(
    out: Sending, cases: Receiver
) -> None:
    endpoint = await out.add(cases.url, ["help.*"])
    cases.answers.append(503)
    await out.happen("help.opened", "help:1")
    await out.tried(endpoint.id, 1)
    await out.happen_together(("help.looking", "help:1"), ("help.done", "help:1"), ("help.opened", "help:2"))
    await cases.wait_for(2)
    assert [call.json["data"]["id"] for call in cases.calls] == [1, 2]
    out.pass_time(timedelta(seconds=7))
    calls = await cases.wait_for(5)
    assert [call.json["type"] for call in calls if call.json["data"]["id"] == 1] == [
        "help.opened", "help.opened", "help.looking", "help.done",
    ]  # fmt: skip
    assert calls[0].id == calls[2].id
    await out.settled(endpoint.id)


async def test_whatever_a_receiver_refuses_every_event_arrives_once_taken_in_order(
    out: Sending, cases: Receiver
) -> None:
    random = Random(5)
    taken: list[tuple[int, str]] = []

    async def moody(request: web.Request) -> web.Response:
        status = random.choice([204, 200, 204, 500, 302, 404])
        if status < 300:
            call = [one for one in cases.calls if one.id == request.headers["webhook-id"]][-1]
            taken.append((call.json["data"]["id"], call.id))
        return web.Response(status=status)

    cases.usually = moody
    endpoint = await out.add(cases.url, ["help.*"])
    events = [("help.described", f"help:{n % 7}") for n in range(70)]
    for at in range(0, 70, 10):
        await out.happen_together(*events[at : at + 10])
    async with asyncio.timeout(30):
        while (await out.counts(endpoint.id)).waiting:
            out.pass_time(timedelta(minutes=20))
            await asyncio.sleep(0.02)
    assert len(taken) == len(set(taken)) == 70
    ids = {delivery.id: delivery for delivery in await out.deliveries(endpoint.id)}
    assert len(ids) == 50
    order: dict[int, list[str]] = {}
    for about, id_ in taken:
        order.setdefault(about, []).append(id_)
    first_seen = list(dict.fromkeys(call.id for call in cases.calls))
    for came in order.values():
        assert came == sorted(came, key=first_seen.index)


async def test_a_receiver_that_hangs_delays_no_other(tmp_path: Path, cases: Receiver) -> None:
    never = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    async with receiver() as slow, sending(tmp_path) as out:
        slow.usually = hang
        await out.add(slow.url, name="Slow")
        quick = await out.add(cases.url, ["help.*"])
        await out.happen_together(*(("help.opened", f"help:{n}") for n in range(100)))
        await cases.wait_for(100)
        await slow.wait_for(CONCURRENCY)
        await out.settled(quick.id)
        await out.stop()
        never.set()


async def test_a_receiver_that_fails_gets_one_call_at_a_time(out: Sending, cases: Receiver) -> None:
    at_once: list[int] = []
    under_way = 0

    async def overloaded(request: web.Request) -> web.Response:
        nonlocal under_way
        under_way += 1
        at_once.append(under_way)
        await asyncio.sleep(0.03)
        under_way -= 1
        return web.Response(status=503)

    cases.usually = overloaded
    await out.add(cases.url, ["help.*"])
    await out.happen_together(*(("help.opened", f"help:{n}") for n in range(40)))
    await cases.wait_for(CONCURRENCY)
    async with asyncio.timeout(20):
        while len(at_once) < CONCURRENCY + 8:
            out.pass_time(timedelta(minutes=7))
            await asyncio.sleep(0.02)
    assert max(at_once[:CONCURRENCY]) > 1
    assert set(at_once[-5:]) == {1}


async def test_what_was_on_its_way_when_the_gateway_stopped_goes_out_after_the_next_start(
    out: Sending, cases: Receiver
) -> None:
    endpoint = await out.add(cases.url, ["help.*"])
    await cases_ready(out, cases)
    await out.stop()
    await out.happen_together(*(("help.opened", f"help:{n}") for n in range(30)))
    await out.start()
    await cases.wait_for(31)
    await out.settled(endpoint.id)
    assert len({call.id for call in cases.calls}) == 31


async def cases_ready(out: Sending, cases: Receiver) -> None:
    await out.happen("help.opened", "help:999")
    await cases.wait_for(1)


async def test_a_huge_backlog_stays_on_the_disk(out: Sending, cases: Receiver) -> None:
    cases.usually = 500
    endpoint = await out.add(cases.url, ["help.*"])
    for batch in range(0, 600, 300):
        await out.happen_together(*(("help.opened", f"help:{batch + n}") for n in range(300)))
    await out.settled_in_store(endpoint.id, 600)
    held = sum(isinstance(one, Parcel) for one in gc.get_objects())
    assert 0 < held <= 2 * READY
    assert len(cases.calls) < 50
    cases.usually = 204
    async with asyncio.timeout(40):
        while (await out.counts(endpoint.id)).waiting:
            out.pass_time(timedelta(minutes=6))
            await asyncio.sleep(0.05)
    assert len({call.id for call in cases.calls}) == 600


async def test_without_an_endpoint_a_turn_asks_nothing_of_the_database_for_webhooks(out: Sending) -> None:
    for _ in range(3):  # what a start asks for is asked by then
        await out.village.store.read(lambda tx: tx.one("SELECT 1"))
    seen: list[str] = []
    for connection in (out.village.store._writer, out.village.store._reader):
        await connection.set_trace_callback(seen.append)
    await out.village.text("+447700900123", "HELP please collect my tablets from the chemist")
    assert seen
    assert [sql for sql in seen if "webhook" in sql] == []


async def test_a_receiver_that_is_removed_is_forgotten(out: Sending, cases: Receiver) -> None:
    cases.usually = 500
    endpoint = await out.add(cases.url, ["help.*"])
    await out.happen_together(*(("help.opened", f"help:{n}") for n in range(30)))
    await cases.wait_for(1)
    await out.do(endpoints.remove_endpoint, endpoint.id)
    await out.gone_from_store(endpoint.id)
