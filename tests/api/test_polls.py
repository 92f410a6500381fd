"""How a poll came out is told once the community publishes it, and not a moment before."""

from __future__ import annotations

from datetime import timedelta

from gateway.store.database import Tx
from tests.api.asking import ROSE, Asker


async def test_turnout_is_told_while_a_poll_is_open_and_never_results(system: Asker) -> None:
    before = (await system.get("/polls/bench")).json
    assert (before["state"], before["voted"], before["result"]) == ("open", 0, None)
    assert before["members"] > 0
    for words in ("VOTE", "1", "1", "1"):
        await system.village.text(ROSE, words)
    after = await system.get("/polls/bench")
    assert after.json["result"] is None
    assert after.json["voted"] == 1


async def test_a_result_that_is_counted_but_not_published_is_nobodys(system: Asker) -> None:
    def half_done(tx: Tx) -> None:
        tx.run("UPDATE poll SET state = 'counted', result = '{\"winners\":[\"green\"]}' WHERE key = 'bench'")

    await system.village.store.write(half_done)
    assert (await system.get("/polls/bench")).json["result"] is None


async def test_a_published_result_is_told(system: Asker) -> None:
    await system.village.move_to(system.village.hands.now + timedelta(days=29))
    polls = (await system.get("/polls")).json["items"]
    assert {"bench", "hall"} <= {poll["key"] for poll in polls}
    assert all(poll["result"] is not None for poll in polls if poll["state"] == "published")
    assert any(poll["state"] == "published" for poll in polls)


async def test_a_poll_that_is_not_there_is_not_found(system: Asker) -> None:
    for key in ("nothing", "b" * 65, "%00", "bench%20"):
        assert (await system.get(f"/polls/{key}")).status == 404
