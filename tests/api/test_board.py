"""Another system looks after the board: ideas let through, planned, given a meeting and closed."""

from __future__ import annotations

import pytest

from tests.api.asking import ROSE, Asker, deeds

IDEA = "SOMEBODY should mend the bench by the pond"
MEETING = {"meets_at": "2026-03-10T18:00:00Z", "where": "The church hall"}


async def idea_of(system: Asker, words: str = IDEA) -> int:
    """Let Rose have an idea, and give its id."""
    await system.village.text(ROSE, words)
    await system.village.events()
    await system.village.sent()
    return int((await system.get("/ideas?limit=200")).json["items"][-1]["id"])


async def test_an_idea_nobody_let_through_is_without_words_for_who_may_not_know_people(
    system: Asker,
) -> None:
    idea = await idea_of(system)
    token = await system.let_in("board:read")
    hidden = await system.get(f"/ideas/{idea}", token=token)
    assert (hidden.json["state"], hidden.json["what"]) == ("waiting", None)
    assert b"bench" not in hidden.raw
    assert "bench" in (await system.get(f"/ideas/{idea}")).json["what"]
    await system.post(f"/ideas/{idea}/state", {"state": "listed"})
    assert "bench" in (await system.get(f"/ideas/{idea}", token=token)).json["what"]


async def test_an_idea_goes_all_its_way_and_those_in_it_hear(system: Asker) -> None:
    idea = await idea_of(system)
    listed = await system.post(
        f"/ideas/{idea}/state", {"state": "listed", "what": "Mend the bench", "place": "Pond", "enough": 3}
    )
    assert listed.json["what"] == "Mend the bench"
    assert (listed.json["place"], listed.json["enough"], listed.json["joined"]) == ("Pond", 3, 1)
    planned = await system.post(f"/ideas/{idea}/state", {"state": "planned"})
    assert planned.json["state"] == "planned"
    met = await system.ask("PUT", f"/ideas/{idea}/meeting", json=MEETING)
    assert met.json["meets_at"] == "2026-03-10T18:00:00.000Z"
    done = await system.post(f"/ideas/{idea}/state", {"state": "done", "outcome": "It is like new."})
    assert (done.json["state"], done.json["outcome"]) == ("done", "It is like new.")
    assert [kind for kind, _ in await system.village.events()] == [
        "board.listed", "board.planned", "board.meeting_set", "board.done",
    ]  # fmt: skip
    told = [words for number, words in await system.village.sent() if number == ROSE]
    assert len(told) == 4
    assert "church hall" in " ".join(told)
    assert await deeds(system) == [
        ("api.idea_moved", 1), ("api.idea_moved", 1), ("api.meeting_set", 1), ("api.idea_moved", 1),
    ]  # fmt: skip
    assert system.woken


async def test_a_refused_idea_loses_its_words(system: Asker) -> None:
    idea = await idea_of(system)
    assert (await system.post(f"/ideas/{idea}/state", {"state": "refused"})).json["what"] == ""
    again = await system.post(f"/ideas/{idea}/state", {"state": "listed"})
    assert (again.status, again.json["code"]) == (422, "no_words"), "nothing is left to put on the board"


async def test_what_cannot_be_changes_nothing(system: Asker) -> None:
    idea = await idea_of(system)
    for state in ("planned", "done", "dropped"):
        answer = await system.post(f"/ideas/{idea}/state", {"state": state})
        assert (answer.status, answer.code) == (409, "forbidden_move"), state
    early = await system.ask("PUT", f"/ideas/{idea}/meeting", json=MEETING)
    assert (early.status, early.code) == (409, "forbidden_move")
    assert (await system.get(f"/ideas/{idea}")).json["state"] == "waiting"
    assert await system.village.sent() == []
    assert await deeds(system) == []


@pytest.mark.parametrize("moment", ["2026-03-01T18:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
async def test_a_meeting_lies_ahead(system: Asker, moment: str) -> None:
    idea = await idea_of(system)
    await system.post(f"/ideas/{idea}/state", {"state": "listed"})
    await system.post(f"/ideas/{idea}/state", {"state": "planned"})
    answer = await system.ask("PUT", f"/ideas/{idea}/meeting", json={**MEETING, "meets_at": moment})
    assert (answer.status, answer.code) == (422, "bad_moment")


async def test_ideas_are_listed_by_state_and_page(system: Asker) -> None:
    first = await idea_of(system)
    second = await idea_of(system, "SOMEBODY should paint the bus stop")
    await system.post(f"/ideas/{first}/state", {"state": "listed"})
    assert [one["id"] for one in (await system.get("/ideas?state=listed")).json["items"]] == [first]
    page = (await system.get("/ideas?limit=1")).json
    assert [one["id"] for one in page["items"]] == [first]
    rest = (await system.get(f"/ideas?limit=1&cursor={page['next']}")).json
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([second], None)
