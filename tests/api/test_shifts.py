"""Another system keeps the rota: shifts made, given to people, taken away, and who is on duty."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.asking import ROSE, Asker, deeds

ANN = "+447700900021"  # a volunteer
DESK = {"what": "Phone desk", "starts_at": "2026-03-02T14:00:00Z", "ends_at": "2026-03-02T17:00:00Z"}


async def test_a_shift_is_made_given_released_and_cancelled(system: Asker) -> None:
    made = await system.post("/shifts", {**DESK, "duty": True})
    assert (made.status, made.json["state"], made.json["person"]) == (201, "open", None)
    shift, ann = made.json["id"], await system.person(ANN)
    given = await system.post(f"/shifts/{shift}/assign", {"person": ann})
    assert (given.json["state"], given.json["person"]) == ("taken", ann)
    freed = await system.post(f"/shifts/{shift}/release")
    assert (freed.json["state"], freed.json["person"]) == ("open", None)
    assert (await system.post(f"/shifts/{shift}/cancel")).json["state"] == "cancelled"
    assert [number for number, _ in await system.village.sent()] == [ANN, ANN]
    assert [kind for kind, _ in await system.village.events()] == [
        "shift.added", "shift.taken", "shift.freed", "shift.cancelled",
    ]  # fmt: skip
    assert [action for action, token in await deeds(system) if token == 1] == [
        "api.shift_made", "api.shift_assigned", "api.shift_released", "api.shift_cancelled",
    ]  # fmt: skip


async def test_a_shift_that_somebody_has_is_given_to_nobody_else(system: Asker) -> None:
    shift = (await system.post("/shifts", DESK)).json["id"]
    await system.village.text(ANN, f"TAKE {shift}")
    await system.village.sent()
    answer = await system.post(f"/shifts/{shift}/assign", {"person": await system.person("+447700900022")})
    assert (answer.status, answer.code) == (409, "forbidden_move")
    assert (await system.get(f"/shifts/{shift}")).json["person"] == await system.person(ANN)
    assert await system.village.sent() == []


async def test_only_who_helps_is_on_the_rota(system: Asker) -> None:
    await system.village.text(ROSE, "MENU")
    shift = (await system.post("/shifts", DESK)).json["id"]
    answer = await system.post(f"/shifts/{shift}/assign", {"person": await system.person(ROSE)})
    assert (answer.status, answer.code) == (403, "not_allowed")
    assert (await system.get(f"/shifts/{shift}")).json["state"] == "open"


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": "2026-03-01T14:00:00Z", "ends_at": "2026-03-01T17:00:00Z"},
        {"ends_at": "2026-03-02T14:00:00Z"},
        {"ends_at": "2026-03-12T14:00:00Z"},
        {"starts_at": "9999-12-31T22:00:00Z", "ends_at": "9999-12-31T23:00:00Z"},
        {"what": "  "},
    ],
)
async def test_a_shift_that_cannot_be_is_refused(system: Asker, change: dict[str, Any]) -> None:
    answer = await system.post("/shifts", {**DESK, **change})
    assert answer.status == 422
    assert (await system.get("/shifts")).json["items"] == []


async def test_who_is_on_duty_is_told_without_a_name(system: Asker) -> None:
    shift = (await system.post("/shifts", {**DESK, "duty": True})).json["id"]
    await system.post(f"/shifts/{shift}/assign", {"person": await system.person(ANN)})
    await system.village.move_to(datetime(2026, 3, 2, 14, 5, tzinfo=UTC))
    named = (await system.get("/on-duty")).json["people"]
    assert named == [{"person": await system.person(ANN), "name": "Ann Whitlock"}]
    unnamed = await system.get("/on-duty", token=await system.let_in("shifts:read"))
    assert unnamed.json["people"] == [{"person": await system.person(ANN), "name": None}]
    assert (await system.get("/shifts?state=on")).json["items"][0]["id"] == shift
