"""Webhooks reach their receiver: signed, thin, in order, and again where they were not taken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.webhooks.receiver import Receiver, receiver
from tests.webhooks.sending import Sending, sending


@pytest.fixture
async def cases() -> AsyncIterator[Receiver]:
    async with receiver() as one:
        yield one


@pytest.fixture
async def out(tmp_path: Path, cases: Receiver) -> AsyncIterator[Sending]:
    async with sending(tmp_path, cases) as one:
        yield one


async def test_what_happens_is_told_signed_and_thin(out: Sending, cases: Receiver) -> None:
    endpoint = await out.add(cases.url, ["help.*"])
    await out.happen("help.opened", "help:7", code="4F")
    [call] = await cases.wait_for(1)
    assert call.json["data"] == {"id": 7, "object": "request", "state": "new", "code": "4F"}
    assert call.headers["content-type"] == "application/json"
    assert call.headers["webhook-signature"].startswith("v1,")
    await out.settled(endpoint.id)
    [delivery] = await out.deliveries(endpoint.id)
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 204, 1)


async def test_events_about_one_subject_come_in_order_though_the_first_has_to_be_tried_again(
    out: Sending, cases: Receiver
) -> None:
    endpoint = await out.add(cases.url, ["help.*"])
    cases.answers.append(503)
    await out.happen("help.opened", "help:1")
    await cases.wait_for(1)
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
