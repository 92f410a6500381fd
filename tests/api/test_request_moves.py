"""A case system puts a request to volunteers, gives it to one, takes it back, sorts it and joins doubles."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.asking import ROSE, Asker, deeds

ANN, BILL = "+447700900021", "+447700900022"


async def told(system: Asker) -> set[str]:
    """Give who was texted since this was last asked."""
    return {number for number, _ in await system.village.sent()}


async def test_a_request_is_given_to_a_volunteer_who_alone_hears_what_it_is(system: Asker) -> None:
    request, ann = await system.request_of(), await system.person(ANN)
    await system.village.sent()
    given = await system.post(f"/requests/{request}/assign", {"person": ann})
    assert (given.json["state"], given.json["volunteer"]) == ("matched", ann)
    texts = await system.village.sent()
    assert any("my gate is broken" in words for number, words in texts if number == ANN)
    assert ROSE in {number for number, _ in texts}
    assert not any("my gate is broken" in words for number, words in texts if number not in (ANN, ROSE))
    offers = (await system.get(f"/requests/{request}/offers")).json["offers"]
    assert [(one["person"], one["state"]) for one in offers] == [(ann, "accepted")]
    assert "help.matched" in [kind for kind, _ in await system.village.events()]
    assert await deeds(system) == [("api.request_assigned", 1)]


async def test_it_is_taken_back_and_others_are_looked_for(system: Asker) -> None:
    request, ann = await system.request_of(), await system.person(ANN)
    nobody = await system.post(f"/requests/{request}/release")
    assert (nobody.status, nobody.code) == (409, "forbidden_move")
    await system.post(f"/requests/{request}/assign", {"person": ann})
    taken = await system.post(f"/requests/{request}/assign", {"person": await system.person(BILL)})
    assert (taken.status, taken.code) == (409, "forbidden_move")
    await system.village.sent()
    freed = await system.post(f"/requests/{request}/release")
    assert (freed.json["state"], freed.json["volunteer"]) == ("looking", None)
    assert {ANN, ROSE} <= await told(system)


async def test_it_is_put_to_those_who_are_named(system: Asker) -> None:
    request = await system.request_of()
    people = [await system.person(ANN), await system.person(BILL)]
    await system.village.sent()
    offered = await system.post(f"/requests/{request}/offers", {"people": people})
    assert offered.json["state"] == "offered"
    texts = await system.village.sent()
    assert {number for number, _ in texts} == {ANN, BILL}
    assert not any("gate" in words or "Rose" in words for _, words in texts), "no words and no name"
    stranger = await system.post(f"/requests/{request}/offers", {"people": ["p" + "0" * 32]})
    assert stranger.status == 404


async def test_sorting_a_request_puts_it_to_whom_it_fits(system: Asker) -> None:
    request = await system.request_of()
    await system.village.sent()
    await system.post(f"/requests/{request}/offers", {"people": []})
    await system.village.sent()
    details = {"category": "shopping", "urgency": "today", "area": "mill_lane"}
    sorted_now = await system.ask("PUT", f"/requests/{request}/details", json=details)
    assert (sorted_now.json["category"], sorted_now.json["state"]) == ("shopping", "offered")
    assert ANN in await told(system)
    assert await deeds(system) == [("api.request_offered", 1), ("api.request_sorted", 1)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"category": "dragons"}, "no_such_key"),
        ({"urgency": "never"}, "no_such_key"),
        ({"area": "mars"}, "no_such_key"),
        ({"wanted_on": "2026-03-01"}, "bad_day"),
        ({"wanted_on": "9999-12-31"}, "bad_day"),
    ],
)
async def test_a_request_is_sorted_by_what_the_community_knows(
    system: Asker, change: dict[str, Any], code: str
) -> None:
    request = await system.request_of()
    body = {"category": "shopping", **change}
    answer = await system.ask("PUT", f"/requests/{request}/details", json=body)
    assert (answer.status, answer.code) == (422, code)
    assert (await system.get(f"/requests/{request}")).json["category"] == ""


async def test_what_did_not_happen_is_opened_again(system: Asker) -> None:
    request = await system.request_of()
    early = await system.post(f"/requests/{request}/reopen")
    assert (early.status, early.code) == (409, "forbidden_move")
    await system.post(f"/requests/{request}/state", {"state": "done"})
    again = await system.post(f"/requests/{request}/reopen")
    assert (again.json["state"], again.json["closed_at"]) == ("looking", None)


async def test_a_double_says_which_request_stays(system: Asker) -> None:
    stays = await system.request_of()
    double = await system.request_of("+447700900124", "HELP bread please")
    for wrong in (double, 99):
        refused = await system.post(f"/requests/{double}/state", {"state": "duplicate", "of": wrong})
        assert (refused.status, refused.code) == (422, "no_such_request")
    misplaced = await system.post(f"/requests/{double}/state", {"state": "done", "of": stays})
    assert misplaced.status == 422
    await system.village.sent()
    moved = await system.post(f"/requests/{double}/state", {"state": "duplicate", "of": stays})
    assert moved.json["request"]["state"] == "duplicate"
    assert await told(system) == {"+447700900124"}
    kept = await system.village.store.read(
        lambda tx: tx.one("SELECT duplicate_of FROM help_request WHERE id = 2")
    )
    assert kept is not None
    assert kept[0] == stays
