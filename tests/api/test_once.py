"""A write with an Idempotency-Key is done once, however often it is sent."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.api.asking import ROSE, Asker

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


async def greeted(system: Asker) -> dict[str, str]:
    """Let Rose be known and give a text to her."""
    await system.village.text(ROSE, "MENU")
    await system.village.sent()
    return {"person": await system.person(), "body": "The van comes at 3pm."}


async def test_the_same_request_again_gets_the_same_answer_and_does_nothing(system: Asker) -> None:
    text = await greeted(system)
    first = await system.post("/messages/sent", text, headers=KEY)
    again = await system.post("/messages/sent", text, headers=KEY)
    assert (again.status, again.raw) == (first.status, first.raw)
    assert len(await system.village.sent()) == 1


async def test_a_key_belongs_to_one_request(system: Asker) -> None:
    text = await greeted(system)
    await system.post("/messages/sent", text, headers=KEY)
    other = await system.post("/messages/sent", {**text, "body": "Something else"}, headers=KEY)
    assert (other.status, other.code) == (422, "key_reused")
    assert len(await system.village.sent()) == 1


async def test_two_systems_may_use_the_same_key(system: Asker) -> None:
    text = await greeted(system)
    token = await system.let_in("messages:write")
    await system.post("/messages/sent", text, headers=KEY)
    assert (await system.post("/messages/sent", text, headers=KEY, token=token)).status == 202
    assert len(await system.village.sent()) == 2


async def test_a_key_is_free_again_after_a_day(system: Asker) -> None:
    text = await greeted(system)
    await system.post("/messages/sent", text, headers=KEY)
    system.village.hands.pass_time(timedelta(hours=25))
    await system.post("/messages/sent", text, headers=KEY)
    assert len(await system.village.sent()) == 2
    kept = await system.village.store.read(lambda tx: tx.all("SELECT 1 FROM api_answer"))
    assert len(kept) == 1


async def test_of_two_at_the_same_moment_one_is_done(system: Asker) -> None:
    text = await greeted(system)
    answers = await asyncio.gather(*(system.post("/messages/sent", text, headers=KEY) for _ in range(8)))
    assert {answer.status for answer in answers} <= {202, 409}
    assert all(answer.code == "in_flight" for answer in answers if answer.status == 409)
    assert len(await system.village.sent()) == 1


async def test_a_refusal_is_not_kept(system: Asker) -> None:
    text = await greeted(system)
    await system.village.text(ROSE, "STOP")
    assert (await system.post("/messages/sent", text, headers=KEY)).code == "stopped"
    await system.village.text(ROSE, "START")
    assert (await system.post("/messages/sent", text, headers=KEY)).status == 202


async def test_a_key_has_an_end(system: Asker) -> None:
    answer = await system.post(
        "/messages/sent", await greeted(system), headers={"Idempotency-Key": "k" * 256}
    )
    assert (answer.status, answer.code) == (400, "bad_key")
