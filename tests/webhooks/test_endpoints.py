"""What a coordinator can do with an endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from gateway.store.webhooks import Wanted
from gateway.webhooks import endpoints, lane
from gateway.webhooks.addresses import NOBODY
from gateway.webhooks.endpoints import EndpointRefused
from tests.webhooks.receiver import Receiver, receiver
from tests.webhooks.sending import LOOPBACK, Sending, sending

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


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(tmp_path: Path, cases: Receiver) -> None:
    async with sending(tmp_path, now=datetime.now(UTC)) as out:
        endpoint = await out.add(cases.url, ["help.*"])
        new = await out.village.store.write(endpoints.rotate_secret, endpoint.id, out.village.hands.now)
        await out.happen("help.opened", "help:1")
        [call] = await cases.wait_for(1)
        for secret in (endpoint.secret, new):
            assert Webhook(secret).verify(call.body, call.headers)
        await out.do(endpoints.end_old_secret, endpoint.id)
        await out.happen("help.opened", "help:2")
        call = (await cases.wait_for(2))[-1]
        assert Webhook(new).verify(call.body, call.headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(endpoint.secret).verify(call.body, call.headers)


async def test_an_old_secret_ends_after_a_day_and_one_that_leaked_at_once(
    out: Sending, cases: Receiver
) -> None:
    endpoint = await out.add(cases.url)
    now = out.village.hands.now
    await out.village.store.write(endpoints.rotate_secret, endpoint.id, now)
    changed = await out.endpoint(endpoint.id)
    assert changed.secrets(now + 23 * HOUR) == (changed.secret, endpoint.secret)
    assert changed.secrets(now + 25 * HOUR) == (changed.secret,)
    await out.village.store.write(endpoints.rotate_secret, endpoint.id, now, leaked=True)
    assert len((await out.endpoint(endpoint.id)).secrets(now)) == 1


async def test_no_secret_shows_when_an_endpoint_is_printed(out: Sending, cases: Receiver) -> None:
    assert "whsec_" not in repr(await out.add(cases.url))


async def test_one_many_and_all_since_a_moment_are_sent_again_with_their_ids(
    out: Sending, cases: Receiver
) -> None:
    endpoint = await out.add(cases.url, ["help.*"])
    for n in range(3):
        await out.happen("help.opened", f"help:{n}")
        await cases.wait_for(n + 1)
        out.pass_time(HOUR)
    await out.settled(endpoint.id)
    listed = await out.deliveries(endpoint.id)
    ids = {call.json["data"]["id"]: call.id for call in cases.calls}
    now = out.village.hands.now
    assert await out.village.store.write(endpoints.replay, endpoint.id, [listed[0].id], now) == 1
    await cases.wait_for(4)
    await out.settled(endpoint.id)
    many = [one.id for one in listed]
    assert await out.village.store.write(endpoints.replay, endpoint.id, [*many, 999], now) == 3
    await cases.wait_for(7)
    await out.settled(endpoint.id)
    await out.village.store.write(endpoints.replay_since, endpoint.id, now - 2.5 * HOUR, now)
    calls = await cases.wait_for(9)
    await out.settled(endpoint.id)
    assert [call.json["data"]["id"] for call in calls[7:]] == [1, 2]
    assert all(call.id == ids[call.json["data"]["id"]] for call in calls)
    assert (await out.endpoint(endpoint.id)).replay is None


async def test_what_was_given_up_can_be_sent_again_all_at_once(out: Sending, cases: Receiver) -> None:
    cases.usually = 500
    endpoint = await out.add(cases.url, ["help.*"])
    await out.happen_together(*(("help.opened", f"help:{n}") for n in range(2)))
    async with asyncio.timeout(20):
        while (await out.counts(endpoint.id)).failed < 2:
            out.pass_time(8 * HOUR)
            await asyncio.sleep(0.05)
    cases.usually = 204
    assert await out.do(endpoints.replay_failed, endpoint.id) == 2
    await out.settled(endpoint.id)
    assert (await out.counts(endpoint.id)).failed == 0


async def test_an_endpoint_that_is_off_hears_of_what_it_missed_only_when_asked(
    out: Sending, cases: Receiver
) -> None:
    endpoint = await out.add(cases.url, ["help.*"])
    await out.do(endpoints.switch_off, endpoint.id)
    await out.happen("help.opened", "help:1")
    out.pass_time(HOUR)
    await out.do(endpoints.switch_on, endpoint.id)
    await out.happen("help.opened", "help:2")
    await cases.wait_for(1)
    await out.settled(endpoint.id)
    assert [call.json["data"]["id"] for call in cases.calls] == [2]
    now = out.village.hands.now
    await out.village.store.write(endpoints.replay_since, endpoint.id, now - 2 * HOUR, now)
    await cases.wait_for(3)
    assert [call.json["data"]["id"] for call in cases.calls[1:]] == [1, 2]


async def test_a_changed_address_is_used_at_once_even_for_what_failed(out: Sending, cases: Receiver) -> None:
    async with receiver() as better:
        cases.usually = 404
        endpoint = await out.add(cases.url, ["help.*"])
        await out.happen()
        delivery = await out.tried(endpoint.id, 1)
        wanted = Wanted("Better", better.url, ("help.*",))
        now = out.village.hands.now
        await out.village.store.write(endpoints.change_endpoint, endpoint.id, wanted, LOOPBACK, now)
        await out.village.store.write(endpoints.replay, endpoint.id, [delivery.id], now)
        await out.settled(endpoint.id)
        assert len(better.calls) == 1


async def test_a_test_goes_to_the_tested_alone(out: Sending, cases: Receiver) -> None:
    async with receiver() as other:
        await out.add(other.url)
        endpoint = await out.add(cases.url, ["help.*"])
        await out.do(endpoints.send_test, endpoint.id)
        [call] = await cases.wait_for(1)
        assert call.json["type"] == "webhook.test"
        await out.happen()
        await cases.wait_for(2)
        await other.wait_for(2)
        assert "webhook.test" not in other.types()


async def test_only_ticked_fields_are_sent_besides_and_what_is_erased_is_not(
    out: Sending, cases: Receiver
) -> None:
    number = "+447700900123"
    await out.add(cases.url, ["help.opened"], ["name", "number", "words"])
    async with receiver() as thin:
        await out.add(thin.url, ["help.opened"])
        await out.village.text(number, "HELP please collect my tablets from the chemist")
        [call] = await cases.wait_for(1)
        assert call.json["data"]["number"] == number
        assert "tablets" in call.json["data"]["words"]
        [bare] = await thin.wait_for(1)
        assert set(bare.json["data"]) == {"id", "object", "state", "code"}
        assert bare.id == call.id


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Wanted("", "https://a.example/", ("*",)), "name"),
        (Wanted("x" * 99, "https://a.example/", ("*",)), "name"),
        (Wanted("A", "http://a.example/", ("*",)), "https"),
        (Wanted("A", "https://10.0.0.1/", ("*",)), "may not go"),
        (Wanted("A", "https://a.example/", ()), "at least one"),
        (Wanted("A", "https://a.example/", ("nothing.such",)), "nothing.such"),
        (Wanted("A", "https://a.example/", ("webhook.test",)), "webhook.test"),
        (Wanted("A", "https://a.example/", ("help.*",), ("seats",)), "seats"),
        (Wanted("A", "https://a.example/", ("poll.*", "vote.*"), ("winner",)), "winner"),
        (Wanted("A", "https://a.example/", ("vote.cast",), ("member",)), "member"),
    ],
)
async def test_what_cannot_be_is_refused_with_words(out: Sending, wanted: Wanted, why: str) -> None:
    with pytest.raises(EndpointRefused, match=why):
        await out.village.store.write(endpoints.add_endpoint, wanted, NOBODY, out.village.hands.now)


async def test_there_is_a_limit_to_endpoints(out: Sending, cases: Receiver) -> None:
    for _ in range(endpoints.MOST_ENDPOINTS):
        await out.add(cases.url)
    with pytest.raises(EndpointRefused, match="20 endpoints"):
        await out.add(cases.url)


async def test_a_long_replay_goes_through_everything_once(out: Sending, cases: Receiver) -> None:
    endpoint = await out.add(cases.url, ["help.*"])
    for _ in range(2):
        await out.happen_together(*(("help.opened", f"help:{n}") for n in range(250)))
        await out.happen_together(*(("lift.booked", f"trip:{n}") for n in range(2500)))
    await out.settled(endpoint.id)
    assert len(cases.calls) == 500
    now = out.village.hands.now
    assert await out.village.store.write(endpoints.replay_since, endpoint.id, now, now) >= 5500
    await cases.wait_for(1000)
    await out.settled(endpoint.id)
    assert len(cases.calls) == 1000
    assert len({call.id for call in cases.calls}) == 500


async def test_deliveries_are_listed_in_pages_the_newest_first(out: Sending, cases: Receiver) -> None:
    endpoint = await out.add(cases.url, ["help.*"])
    await out.happen_together(*(("help.opened", f"help:{n}") for n in range(120)))
    await cases.wait_for(120)
    await out.settled(endpoint.id)
    first = await out.deliveries(endpoint.id)
    second = await out.deliveries(endpoint.id, before=first[-1].event)
    third = await out.deliveries(endpoint.id, before=second[-1].event)
    subjects = [one.subject for one in (*first, *second, *third)]
    assert [len(first), len(second), len(third)] == [50, 50, 20]
    assert subjects == [f"help:{n}" for n in reversed(range(120))]
    assert await out.deliveries(endpoint.id, "failed") == []
