"""A food bank's own system reads its referrals, gives times that have room, and says how each ended."""

from __future__ import annotations

from tests.api.asking import ROSE, Asker, deeds

ASKS = ("FOODBANK", "2", "3", "vegetarian", "nuts", "microwave", "no")


async def referral_of(system: Asker, number: str = ROSE) -> int:
    """Let somebody have a parcel on Tuesday, and give the referral's id."""
    for words in (*ASKS, "I collect it", "1"):
        await system.village.text(number, words)
    await system.village.sent()
    await system.village.events()
    return int((await system.get("/referrals?limit=200")).json["items"][-1]["id"])


async def test_a_referral_is_read_without_words_by_who_may_not_know_people(system: Asker) -> None:
    referral = await referral_of(system)
    whole = (await system.get(f"/referrals/{referral}")).json
    assert (whole["state"], whole["adults"], whole["children"]) == ("booked", 2, 3)
    assert (whole["time"], whole["starts_at"]) == ("tuesday@2026-03-03", "2026-03-03T10:00:00.000Z")
    assert whole["allergies"] == "nuts"
    thin = await system.get(f"/referrals/{referral}", token=await system.let_in("foodbank:read"))
    assert [thin.json[name] for name in ("diet", "allergies", "cooking", "voucher", "address")] == [None] * 5
    assert b"nuts" not in thin.raw


async def test_a_household_gets_another_time_and_hears_of_it(system: Asker) -> None:
    referral = await referral_of(system)
    times = (await system.get("/food-bank-times")).json["times"]
    assert [one["households"] for one in times if one["key"] == "tuesday@2026-03-03"] == [1]
    moved = await system.ask("PUT", f"/referrals/{referral}/time", json={"time": "friday@2026-03-06"})
    assert (moved.json["state"], moved.json["time"]) == ("booked", "friday@2026-03-06")
    [(number, words)] = await system.village.sent()
    assert number == ROSE
    assert "Friday" in words
    assert [kind for kind, _ in await system.village.events()] == ["foodbank.booked"]
    assert await deeds(system) == [("api.referral_moved", 1)]


async def test_parcels_are_brought_only_to_an_address(system: Asker) -> None:
    referral = await referral_of(system)
    round_ = {"time": "round@2026-03-05"}
    refused = await system.ask("PUT", f"/referrals/{referral}/time", json=round_)
    assert (refused.status, refused.code) == (422, "no_address")
    brought = await system.ask(
        "PUT", f"/referrals/{referral}/time", json={**round_, "address": "2 Mill Lane"}
    )
    assert (brought.json["time"], brought.json["address"]) == ("round@2026-03-05", "2 Mill Lane")


async def test_a_time_that_is_full_or_none_is_refused(system: Asker) -> None:
    referral = await referral_of(system)
    await system.village.store.write(
        lambda tx: [
            tx.run(
                "INSERT INTO food_referral (code, resident_id, state, language, adults, children, diet, "
                "allergies, cooking, voucher, address, slot, slot_date, opened_at, changed_at) "
                "SELECT :code, resident_id, 'booked', 'en', 1, 0, '', '', '', '', '', 'friday', "
                "'2026-03-06', opened_at, changed_at FROM food_referral WHERE id = 1",
                code=f"9{place}",
            )
            for place in range(12)
        ]
    )
    full = await system.ask("PUT", f"/referrals/{referral}/time", json={"time": "friday@2026-03-06"})
    assert (full.status, full.code) == (409, "no_room")
    for key in ("friday@2026-03-07", "never@2026-03-06", "friday@9999-99-99"):
        none = await system.ask("PUT", f"/referrals/{referral}/time", json={"time": key})
        assert (none.status, none.code) == (409, "forbidden_move"), key
    assert (await system.get(f"/referrals/{referral}")).json["time"] == "tuesday@2026-03-03"


async def test_it_ends_once(system: Asker) -> None:
    given = await referral_of(system)
    assert (await system.post(f"/referrals/{given}/state", {"state": "given"})).json["state"] == "given"
    assert await system.village.sent() == []
    again = await system.post(f"/referrals/{given}/state", {"state": "missed"})
    assert (again.status, again.code) == (409, "forbidden_move")
    cancelled = await referral_of(system, "+447700900124")
    await system.post(f"/referrals/{cancelled}/state", {"state": "cancelled"})
    assert [number for number, _ in await system.village.sent()] == ["+447700900124"]
    assert [one["id"] for one in (await system.get("/referrals?state=given")).json["items"]] == [given]
    assert (await system.get("/referrals/999")).status == 404


async def test_who_may_read_may_not_move(system: Asker) -> None:
    referral = await referral_of(system)
    token = await system.let_in("foodbank:read", "people:read")
    moved = await system.post(f"/referrals/{referral}/state", {"state": "given"}, token=token)
    assert (moved.status, moved.code) == (403, "no_scope")
