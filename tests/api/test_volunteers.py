"""Another system reads what volunteers offer, lets them pause or come back, and asks them less often."""

from __future__ import annotations

import pytest

from tests.api.asking import ROSE, Asker, deeds

ANN = "+447700900021"


async def test_volunteers_are_listed_and_named_to_who_may_know_people(system: Asker) -> None:
    named = {one["name"]: one for one in (await system.get("/volunteers")).json["items"]}
    ann = named["Ann Whitlock"]
    assert (ann["categories"], ann["areas"]) == (["shopping", "medicine"], ["mill_lane", "market_place"])
    assert ann["hours"][0] == {"weekday": 0, "starts": "09:00", "ends": "17:00"}
    assert (ann["weekly_offers"], ann["paused"], ann["paused_until"]) == (3, False, None)
    unnamed = await system.get("/volunteers?limit=2", token=await system.let_in("volunteers:read"))
    assert [one["name"] for one in unnamed.json["items"]] == [None, None]
    rest = await system.get(f"/volunteers?limit=200&cursor={unnamed.json['next']}")
    assert len(rest.json["items"]) == len(named) - 2


async def test_a_pause_begins_and_ends_and_the_volunteer_hears(system: Asker) -> None:
    ann = await system.person(ANN)
    paused = await system.post(f"/volunteers/{ann}/pause", {"until": "2026-03-10T00:00:00Z"})
    assert (paused.json["paused"], paused.json["paused_until"]) == (True, "2026-03-10T00:00:00.000Z")
    back = await system.post(f"/volunteers/{ann}/resume")
    assert (back.json["paused"], back.json["paused_until"]) == (False, None)
    endless = await system.post(f"/volunteers/{ann}/pause", {})
    assert (endless.json["paused"], endless.json["paused_until"]) == (True, None)
    assert [number for number, _ in await system.village.sent()] == [ANN, ANN, ANN]
    assert [kind for kind, _ in await system.village.events()] == [
        "volunteer.paused", "volunteer.resumed", "volunteer.paused",
    ]  # fmt: skip
    assert await deeds(system) == [
        ("api.volunteer_paused", 1), ("api.volunteer_resumed", 1), ("api.volunteer_paused", 1),
    ]  # fmt: skip


async def test_who_pauses_passes_on_what_they_were_asked(system: Asker) -> None:
    request, ann = await system.request_of(), await system.person(ANN)
    await system.post(f"/requests/{request}/offers", {"people": [ann]})
    await system.post(f"/volunteers/{ann}/pause", {})
    [offer] = (await system.get(f"/requests/{request}/offers")).json["offers"]
    assert (offer["person"], offer["state"]) == (ann, "declined")


async def test_a_volunteer_bears_so_many_offers(system: Asker) -> None:
    ann = await system.person(ANN)
    limited = await system.ask("PUT", f"/volunteers/{ann}/limits", json={"weekly_offers": 1})
    assert limited.json["weekly_offers"] == 1
    assert [kind for kind, _ in await system.village.events()] == ["volunteer.changed"]
    for wrong in (0, -1, 10_000, "two"):
        answer = await system.ask("PUT", f"/volunteers/{ann}/limits", json={"weekly_offers": wrong})
        assert (answer.status, answer.code) == (422, "bad_body")


@pytest.mark.parametrize("until", ["2026-03-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_a_pause_ends_in_the_year_to_come(system: Asker, until: str) -> None:
    ann = await system.person(ANN)
    answer = await system.post(f"/volunteers/{ann}/pause", {"until": until})
    assert (answer.status, answer.code) == (422, "bad_moment")


async def test_who_is_no_volunteer_is_not_found(system: Asker) -> None:
    await system.village.text(ROSE, "MENU")
    rose = await system.person(ROSE)
    assert (await system.get(f"/volunteers/{rose}")).status == 404
    assert (await system.post(f"/volunteers/{rose}/pause", {})).status == 404
    ann = await system.person(ANN)
    nothing = await system.post(f"/volunteers/{ann}/resume")
    assert (nothing.status, nothing.code) == (409, "forbidden_move")
