"""Another system opens and closes polls, enters papers where they are not secret, and takes out ballots."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.counting.blt import hash_of
from gateway.store.database import Tx
from tests.api.asking import ROSE, Asker, deeds

BLT = '3 1\n4 1 2 0\n3 2 1 0\n2 3 2 0\n0\n"Oak"\n"Elm"\n"Ash"\n"Tree"\n'


async def member_of(system: Asker, name: str) -> int:
    """Give the id of the member with a name."""
    found = (await system.get("/members?limit=200")).json["items"]
    return next(int(one["id"]) for one in found if one["name"] == name)


async def vote(system: Asker, *words: str) -> None:
    """Let Rose vote for Church green in the poll about the bench."""
    for said in words or ("VOTE", "1", "1", "1"):
        await system.village.text(ROSE, said)


async def test_a_poll_is_opened_before_its_time_and_closed_after(system: Asker) -> None:
    opened = await system.post("/polls/outing/state", {"state": "open"})
    assert (opened.json["state"], opened.json["voted"]) == ("open", 0)
    assert opened.json["members"] > 0
    assert (await system.post("/polls/outing/state", {"state": "open"})).code == "forbidden_move"
    closed = await system.post("/polls/outing/state", {"state": "closed"})
    assert closed.json["state"] == "published"
    kinds = [kind for kind, _ in await system.village.events()]
    assert [kind for kind in kinds if kind.startswith("poll.")] == [
        "poll.opened", "poll.closed", "poll.counted", "poll.published",
    ]  # fmt: skip
    assert await deeds(system) == [("api.poll_moved", 1), ("api.poll_moved", 1)]


async def test_a_poll_that_is_over_goes_nowhere(system: Asker) -> None:
    await system.post("/polls/bench/state", {"state": "closed"})
    for state in ("scheduled", "open", "closed", "cancelled", "published"):
        answer = await system.post("/polls/bench/state", {"state": state})
        assert answer.status in (409, 422), state
    assert (await system.get("/polls/bench")).json["state"] == "published"


async def test_a_poll_closes_later_and_never_earlier(system: Asker) -> None:
    before = (await system.get("/polls/bench")).json["closes_at"]
    later = await system.ask("PUT", "/polls/bench/close", json={"closes_at": "2026-04-20T18:00:00Z"})
    assert later.json["closes_at"] == "2026-04-20T18:00:00.000Z"
    assert later.json["closes_at"] > before
    for moment in ("2026-03-10T18:00:00Z", "2026-03-01T18:00:00Z", "9999-12-31T23:59:59Z"):
        refused = await system.ask("PUT", "/polls/bench/close", json={"closes_at": moment})
        assert refused.status == 422, moment
    assert "poll.extended" in [kind for kind, _ in await system.village.events()]


async def test_a_vote_on_paper_is_entered_once_and_never_told(system: Asker) -> None:
    member = await member_of(system, "Margaret Oakes")
    paper = {"member": member, "how": "post", "options": ["pond"], "scores": []}
    entered = await system.post("/polls/bench/papers", paper)
    assert (entered.json["voted"], entered.json["post"]) == (1, 1)
    assert b"pond" not in entered.raw
    again = await system.post("/polls/bench/papers", paper)
    assert (again.status, again.code) == (409, "not_taken")
    assert b"Margaret" not in again.raw, "who may not know people learns no name from a refusal"
    [told] = [data for kind, data in await system.village.events() if kind == "vote.entered"]
    assert "pond" not in str(told)
    await system.post("/polls/bench/state", {"state": "closed"})
    report = (await system.get("/polls/bench/report")).json
    assert report["count"]["rounds"][0]["votes"]["pond"] == 1
    assert report["turnout"]["post"] == 1
    assert ("api.vote_entered", 1) in await deeds(system)


async def test_no_vote_of_a_secret_poll_is_taken_from_another_system(system: Asker) -> None:
    member = await member_of(system, "Margaret Oakes")
    paper = {"member": member, "how": "post", "options": ["adeyemi"], "scores": []}
    answer = await system.post("/polls/hall/papers", paper, headers={"Idempotency-Key": "p"})
    assert (answer.status, answer.code) == (403, "secret_poll")
    assert (await system.get("/polls/hall")).json["voted"] == 0

    def kept(tx: Tx) -> list[Any]:
        return tx.all("SELECT request_hash FROM api_answer")

    assert await system.village.store.read(kept) == [], "the hash of a paper would give it away"


@pytest.mark.parametrize(
    "change",
    [
        {"options": ["moon"]},
        {"options": []},
        {"options": ["pond", "green"]},
        {"member": 999},
        {"scores": [{"option": "pond", "score": 3}], "options": []},
    ],
)
async def test_a_paper_that_is_no_vote_is_refused(system: Asker, change: dict[str, Any]) -> None:
    member = await member_of(system, "Margaret Oakes")
    paper = {"member": member, "how": "proxy", "options": ["pond"], "scores": [], **change}
    answer = await system.post("/polls/bench/papers", paper)
    assert (answer.status, answer.code) == (409, "not_taken")
    assert (await system.get("/polls/bench")).json["voted"] == 0


async def test_nothing_of_a_result_is_out_before_it_is_published(system: Asker) -> None:
    await vote(system)
    reader = await system.let_in("polls:read")
    for path in ("/polls/bench/report", "/polls/bench/ballots.blt"):
        for token in (reader, system.token):
            open_still = await system.get(path, token=token)
            assert (open_still.status, open_still.code) == (409, "not_published")

    def by_hand(tx: Tx) -> None:
        tx.run("UPDATE poll SET publish = 'by_hand' WHERE key = 'bench'")

    await system.village.store.write(by_hand)
    assert (await system.post("/polls/bench/state", {"state": "closed"})).json["state"] == "counted"
    assert (await system.get("/polls/bench/report", token=reader)).code == "not_published"
    assert (await system.get("/polls/bench/report")).status == 200, "who closed it may look at it first"
    await system.post("/polls/bench/state", {"state": "published"})
    assert (await system.get("/polls/bench/report", token=reader)).status == 200


async def test_the_ballots_go_out_as_blt_and_come_to_the_same_elsewhere(system: Asker) -> None:
    await vote(system)
    await system.post("/polls/bench/state", {"state": "closed"})
    report = (await system.get("/polls/bench/report")).json
    answer = await system.get("/polls/bench/ballots.blt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    blt = answer.raw.decode()
    assert report["hash"] == hash_of(blt)
    assert "Rose" not in blt
    counted = (await system.post("/count-ballots", {"blt": blt, "method": "plurality"})).json
    assert counted["hash"] == report["hash"]
    assert counted["options"][int(counted["count"]["winners"][0]) - 1] == "Church green"
    assert report["count"]["winners"] == ["green"]


async def test_ballots_of_another_program_are_counted_round_by_round(system: Asker) -> None:
    counted = (await system.post("/count-ballots", {"blt": BLT.replace("\n", "\r\n")})).json
    assert (counted["title"], counted["options"], counted["seats"]) == ("Tree", ["Oak", "Elm", "Ash"], 1)
    assert counted["count"]["winners"] == ["2"], "Ash's votes pass on to Elm"
    assert len(counted["count"]["rounds"]) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"blt": "nonsense"}, "bad_blt"),
        ({"blt": "2 1\n1 7 0\n0\n"}, "bad_blt"),
        ({"blt": BLT, "order": "1,2"}, "bad_order"),
        ({"blt": BLT, "method": "coin"}, "bad_body"),
        ({"blt": ""}, "bad_body"),
    ],
)
async def test_a_file_that_is_no_blt_is_refused_without_repeating_it(
    system: Asker, body: dict[str, Any], code: str
) -> None:
    answer = await system.post("/count-ballots", body)
    assert (answer.status, answer.code) == (422, code)
    assert b"nonsense" not in answer.raw


async def test_who_may_read_polls_may_not_move_them(system: Asker) -> None:
    token = await system.let_in("polls:read")
    moved = await system.post("/polls/bench/state", {"state": "closed"}, token=token)
    assert (moved.status, moved.code) == (403, "no_scope")


async def test_a_tie_is_decided_by_what_was_drawn(system: Asker) -> None:
    early = await system.post("/polls/bench/lot", {"seed": "4 2 6 1"})
    assert (early.status, early.code) == (409, "forbidden_move")

    def drawn(tx: Tx) -> None:
        tx.run("UPDATE poll SET tie_rule = 'draw', tie_order = '[]' WHERE key = 'bench'")

    await system.village.store.write(drawn)
    for name, option in (("Margaret Oakes", "pond"), ("Tom Barker", "green")):
        paper = {"member": await member_of(system, name), "how": "post", "options": [option], "scores": []}
        assert (await system.post("/polls/bench/papers", paper)).status == 200
    assert (await system.post("/polls/bench/state", {"state": "closed"})).json["state"] == "tied"
    assert (await system.post("/polls/bench/lot", {"seed": "4 2 6 1"})).json["state"] == "published"
    assert (await system.get("/polls/bench/report")).json["lot_seed"] == "4 2 6 1"
