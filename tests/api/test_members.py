"""Another system lets members in, ends memberships and gives new PINs, which stand in one answer alone."""

from __future__ import annotations

from gateway.store.database import Tx
from gateway.store.members import member_by_id
from gateway.store.pin import is_pin
from tests.api.asking import Asker, deeds

ZOE, PENNS = "+447700900777", "+447700900131"  # two members share a handset


async def wish_of(system: Asker, number: str = ZOE, name: str = "Zoe Marsh") -> int:
    """Let somebody ask to be a member, and give the id of their wish."""
    for words in ("JOIN", name, "2", "1"):
        await system.village.text(number, words)
    await system.village.sent()
    await system.village.events()
    return int((await system.get("/enrolments")).json["items"][-1]["id"])


async def test_members_are_named_to_who_may_know_people(system: Asker) -> None:
    named = (await system.get("/members?limit=200")).json["items"]
    assert {"Rose Hill", "Edith Penn"} <= {one["name"] for one in named}
    assert {one["has_pin"] for one in named if one["name"].endswith("Penn")} == {True}
    unnamed = await system.get("/members?limit=200", token=await system.let_in("members:read"))
    assert {one["name"] for one in unnamed.json["items"]} == {None}
    assert b"Penn" not in unnamed.raw


async def test_somebody_who_asked_becomes_a_member_and_hears_of_it(system: Asker) -> None:
    wish = await wish_of(system)
    token = await system.let_in("members:read")
    assert b"Zoe" not in (await system.get("/enrolments", token=token)).raw
    decided = await system.post(f"/enrolments/{wish}/state", {"state": "approved"})
    assert (decided.json["enrolment"]["state"], decided.json["need_pins"]) == ("approved", [])
    member = decided.json["member"]
    assert (await system.get(f"/members/{member}")).json["name"] == "Zoe Marsh"
    assert [number for number, _ in await system.village.sent()] == [ZOE]
    assert [kind for kind, _ in await system.village.events()] == ["enrolment.approved", "member.added"]
    assert await deeds(system) == [("api.enrolment_decided", 1)]
    again = await system.post(f"/enrolments/{wish}/state", {"state": "refused"})
    assert (again.status, again.code) == (409, "forbidden_move")


async def test_somebody_is_turned_down_and_hears_of_it(system: Asker) -> None:
    wish = await wish_of(system)
    decided = await system.post(f"/enrolments/{wish}/state", {"state": "refused"})
    assert (decided.json["enrolment"]["state"], decided.json["member"]) == ("refused", None)
    assert [number for number, _ in await system.village.sent()] == [ZOE]
    assert (await system.get("/enrolments?state=waiting")).json["items"] == []
    assert (await system.post("/enrolments/999/state", {"state": "refused"})).status == 404


async def test_a_membership_ends(system: Asker) -> None:
    member = (await system.get("/members?limit=1")).json["items"][0]["id"]
    ended = await system.post(f"/members/{member}/leave")
    assert ended.json["left_at"] is not None
    assert member not in [one["id"] for one in (await system.get("/members?limit=200")).json["items"]]
    assert [kind for kind, _ in await system.village.events()] == ["member.left"]
    assert await deeds(system) == [("api.member_left", 1)]
    late = await system.post(f"/members/{member}/pin")
    assert (late.status, late.code) == (409, "forbidden_move")


async def test_a_new_pin_stands_in_one_answer_and_is_kept_nowhere(system: Asker) -> None:
    members = (await system.get("/members?limit=200")).json["items"]
    edith = next(one["id"] for one in members if one["name"] == "Edith Penn")
    answer = await system.post(f"/members/{edith}/pin")
    pin = answer.json["pin"]
    kept = await system.village.store.read(member_by_id, edith)
    assert kept is not None
    assert is_pin(kept.pin_hash, pin)
    assert await system.village.sent() == [], "a text would be read by all who share the handset"
    assert [kind for kind, _ in await system.village.events()] == ["member.pin_reset"]
    assert await deeds(system) == [("api.pin_reset", 1)]

    def rows(tx: Tx) -> list[str]:
        found = tx.all("SELECT detail AS it FROM journal UNION ALL SELECT data FROM event")
        return [row["it"] for row in found if pin in row["it"]]

    assert await system.village.store.read(rows) == []


async def test_a_pin_is_not_kept_for_a_key_either(system: Asker) -> None:
    member = (await system.get("/members?limit=1")).json["items"][0]["id"]
    answer = await system.post(f"/members/{member}/pin", headers={"Idempotency-Key": "pin"})
    assert (answer.status, answer.code) == (400, "bad_key")
    assert await deeds(system) == []


async def test_somebody_who_asked_on_paper_is_made_a_member(system: Asker) -> None:
    made = await system.post("/members", {"name": " Zoe  Marsh ", "number": "07700 900777"})
    assert (made.status, made.json["member"]["name"], made.json["need_pins"]) == (201, "Zoe Marsh", [])
    assert made.json["member"]["person"] == await system.person(ZOE)
    again = await system.post("/members", {"name": "Zoe Marsh", "number": ZOE})
    assert (again.status, again.code) == (409, "known")
    shared = await system.post("/members", {"name": "Max Marsh", "number": ZOE})
    assert set(shared.json["need_pins"]) == {made.json["member"]["id"], shared.json["member"]["id"]}
    assert [kind for kind, _ in await system.village.events()] == ["member.added", "member.added"]
    assert await deeds(system) == [("api.member_admitted", 1)] * 2
    for wrong in ({"name": "Eve", "number": "999"}, {"name": "  ", "number": ZOE}):
        refused = await system.post("/members", wrong)
        assert (refused.status, refused.code) == (422, "bad_member")
    assert await system.village.sent() == []
