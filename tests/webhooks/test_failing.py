"""What becomes of an endpoint that fails, and of what waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from gateway.webhooks import endpoints, lane
from gateway.webhooks.schedule import GAPS
from tests.webhooks.receiver import Receiver, receiver
from tests.webhooks.sending import Sending, sending, until

HOUR = timedelta(hours=1)


@pytest.fixture
async def cases() -> AsyncIterator[Receiver]:
    async with receiver() as one:
        yield one


@pytest.fixture
async def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sending]:
    monkeypatch.setattr(lane, "SETTLE_SECONDS", 0.01)
    async with sending(tmp_path) as one:
        yield one


async def test_what_is_never_taken_is_tried_for_three_days_and_then_given_up(
    out: Sending, cases: Receiver
) -> None:
    cases.usually = 500
    endpoint = await out.add(cases.url, ["help.*"])
    await out.happen()
    for attempt, gap in enumerate(GAPS, start=1):
        delivery = await out.tried(endpoint.id, attempt)
        assert delivery.state == "waiting"
        assert gap <= delivery.next_at - out.village.hands.now <= gap * 1.2
        out.pass_time(delivery.next_at - out.village.hands.now)
    delivery = await out.tried(endpoint.id, len(GAPS) + 1)
    assert (delivery.state, delivery.status, delivery.reason) == ("failed", 500, "It answered 500.")
    assert len({call.id for call in cases.calls}) == 1
    assert len({call.headers["webhook-timestamp"] for call in cases.calls}) == len(GAPS) + 1
    assert (await out.counts(endpoint.id)).failed == 1


async def test_a_receiver_that_asks_for_a_pause_gets_it_for_all_that_waits(
    out: Sending, cases: Receiver
) -> None:
    async def later(request: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "600"})

    cases.answers.append(later)
    endpoint = await out.add(cases.url, ["help.*"])
    await out.happen("help.opened", "help:1")
    await out.tried(endpoint.id, 1)
    await out.happen("help.opened", "help:2")
    out.pass_time(timedelta(seconds=590))
    await out.settled_in_store(endpoint.id, 2)
    assert len(cases.calls) == 1
    out.pass_time(timedelta(seconds=131))
    await out.settled(endpoint.id)
    assert len(cases.calls) == 3


async def test_a_pause_outlives_a_restart(out: Sending, cases: Receiver) -> None:
    async def later(request: web.Request) -> web.Response:
        return web.Response(status=503, headers={"Retry-After": "3600"})

    cases.answers.append(later)
    endpoint = await out.add(cases.url, ["help.*"])
    await out.happen("help.opened", "help:1")
    await out.tried(endpoint.id, 1)
    await out.stop()
    await out.start()
    await out.happen("help.opened", "help:2")
    await out.settled_in_store(endpoint.id, 2)
    assert len(cases.calls) == 1
    out.pass_time(1.3 * HOUR)
    await out.settled(endpoint.id)


async def test_gone_is_gone_and_the_people_on_duty_are_told(out: Sending, cases: Receiver) -> None:
    cases.usually = 410
    endpoint = await out.add(cases.url, ["help.*"], name="Council cases")
    await out.village.sent()
    await out.happen("help.opened", "help:1")
    await until(lambda: out.is_state(endpoint.id, "gone"))
    told = await out.village.sent()
    assert told
    assert all("Council cases" in words for _, words in told)
    await out.happen("help.opened", "help:2")
    out.pass_time(3 * HOUR)
    await out.village.text("+447700900123", "MENU")
    assert len(cases.calls) == 1
    cases.usually = 204
    await out.do(endpoints.switch_on, endpoint.id)
    await out.happen("help.opened", "help:3")
    await out.settled(endpoint.id)
    assert [call.json["data"]["id"] for call in cases.calls] == [1, 1, 3]


async def test_redirects_count_as_failures(out: Sending, cases: Receiver) -> None:
    async def elsewhere(request: web.Request) -> web.Response:
        return web.Response(status=308, headers={"Location": cases.url})

    cases.answers.append(elsewhere)
    endpoint = await out.add(cases.url, ["help.*"])
    await out.happen()
    delivery = await out.tried(endpoint.id, 1)
    assert (delivery.state, delivery.status) == ("waiting", 308)
    assert len(cases.calls) == 1


async def test_one_text_says_that_it_fails_and_one_that_it_is_well_again(
    out: Sending, cases: Receiver
) -> None:
    cases.usually = 502
    endpoint = await out.add(cases.url, ["help.*"], name="Council cases")
    await out.village.sent()
    await out.happen("help.opened", "help:1")
    await out.tried(endpoint.id, 1)
    assert (await out.endpoint(endpoint.id)).trouble == "It answered 502."
    assert "Council cases" in out.webhooks.troubles()[0]
    assert await out.village.sent() == []
    for attempt in range(2, 8):
        delivery = await out.tried(endpoint.id, attempt - 1)
        out.pass_time(delivery.next_at - out.village.hands.now)
        await out.tried(endpoint.id, attempt)
    told = await out.village.sent()
    coordinators = {number for number, _ in told}
    assert len(told) == len(coordinators) >= 1
    assert all("Council cases" in words and "not answer" in words for _, words in told)
    cases.usually = 204
    await out.happen("help.opened", "help:2")
    out.pass_time(timedelta(minutes=7))
    await out.settled(endpoint.id)
    again = await out.village.sent()
    assert {number for number, _ in again} == coordinators
    assert all("answers again" in words for _, words in again)
    assert (await out.endpoint(endpoint.id)).trouble == ""
    assert out.webhooks.troubles() == []
    events = [name for name, _ in await out.village.events() if name.startswith("webhook.")]
    assert events == ["webhook.added", "webhook.failing", "webhook.healed"]


async def test_what_waited_for_hours_goes_at_once_when_the_receiver_is_back(
    out: Sending, cases: Receiver
) -> None:
    cases.usually = 500
    endpoint = await out.add(cases.url, ["help.*"])
    await out.happen("help.opened", "help:1")
    for attempt in range(1, 6):
        delivery = await out.tried(endpoint.id, attempt)
        out.pass_time(delivery.next_at - out.village.hands.now)
    delivery = await out.tried(endpoint.id, 6)
    assert delivery.next_at - out.village.hands.now > 4 * HOUR
    cases.usually = 204
    out.pass_time(timedelta(minutes=7))
    await out.happen("help.opened", "help:2")
    await out.settled(endpoint.id)


async def test_old_deliveries_are_erased(out: Sending, cases: Receiver) -> None:
    endpoint = await out.add(cases.url, ["help.*"])
    await out.happen()
    await out.settled(endpoint.id)
    out.pass_time(timedelta(days=13))
    await out.webhooks.keep_up()
    assert len(await out.deliveries(endpoint.id)) == 1
    out.pass_time(timedelta(days=2))
    await out.webhooks.keep_up()
    assert await out.deliveries(endpoint.id) == []


async def test_what_waits_for_two_weeks_is_given_up_and_the_rest_goes_on(
    out: Sending, cases: Receiver
) -> None:
    cases.usually = 500
    endpoint = await out.add(cases.url, ["help.*"])
    await out.happen_together(("help.opened", "help:1"), ("help.looking", "help:1"))
    await out.settled_in_store(endpoint.id, 2)
    out.pass_time(timedelta(days=13))
    await out.happen("help.done", "help:1")
    await out.settled_in_store(endpoint.id, 3)
    out.pass_time(timedelta(days=2))
    await out.webhooks.keep_up()
    assert (await out.counts(endpoint.id))[:2] == (1, 2)
    cases.usually = 204
    out.pass_time(HOUR)
    await out.settled(endpoint.id)
    assert cases.types()[-1] == "help.done"
    assert "help.looking" not in cases.types()


async def test_what_a_clock_that_was_ahead_put_off_is_tried(out: Sending, cases: Receiver) -> None:
    cases.answers.append(500)
    endpoint = await out.add(cases.url, ["help.*"])
    out.pass_time(timedelta(days=400))
    await out.happen()
    await out.tried(endpoint.id, 1)
    out.pass_time(timedelta(days=-400))
    await out.webhooks.keep_up()
    out.webhooks.wake()
    await out.settled(endpoint.id)
