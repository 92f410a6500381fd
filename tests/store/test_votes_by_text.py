"""Votes by text, by every method, in Ashby."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.conversation import Called, Heard
from gateway.community_votes import VotesData, install_votes
from gateway.store import polls, votes
from gateway.store.threads import entries, find_threads, threads_before, waiting_threads
from tests.store.hall import poll
from tests.village import MONDAY, Village, ashby

ROSE, LUCIA = "+447700900123", "+447700900132"
OPENS = MONDAY + timedelta(days=40)


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    """Ashby with polls that are over in a day, and the only ones open then."""
    closes = OPENS + timedelta(days=1)
    drafts = [
        poll("open", method="ranked", opens_at=OPENS, closes_at=closes),
        poll("shut", method="ranked", secret=True, opens_at=OPENS, closes_at=closes),
        poll("plan", method="consent", opens_at=OPENS, closes_at=closes),
        poll("marks", method="score", opens_at=OPENS, closes_at=closes),
    ]
    async with ashby(tmp_path) as ready:
        await ready.store.write(install_votes, VotesData((), drafts), MONDAY)
        await ready.move_to(OPENS)
        await ready.sent()
        yield ready


async def say(village: Village, *texts: str, by: str = ROSE) -> str:
    """Text one after another and give the last reply."""
    replies = [await village.text(by, body) for body in texts]
    return "\n".join(replies[-1])


async def result(village: Village, key: str) -> polls.Poll:
    """Wait for the close and give a poll."""
    await village.move_to(OPENS + timedelta(days=2))
    found = await village.store.read(polls.poll_by_key, key)
    assert found is not None
    return found


async def test_a_ranking_is_read_back_in_its_order_and_counted(village: Village) -> None:
    assert "best first" in await say(village, "VOTE", "1")
    assert "Ash, Oak, Elm" in await say(village, "3 1 2")
    assert "recorded" in await say(village, "1")
    assert (await result(village, "open")).result["winners"] == ["ash"]
    assert "The result: Ash." in await say(village, "RESULTS", "4")


async def test_a_secret_ranking_may_name_only_some(village: Village) -> None:
    assert (await say(village, "VOTE", "2")).startswith("SECRET VOTE.")
    assert "You chose: Elm." in await say(village, "elm")
    assert "erased" in await say(village, "yes")
    assert (await result(village, "shut")).result["winners"] == ["elm"]


async def test_scores_are_taken_however_they_come_and_nothing_else_is(village: Village) -> None:
    assert "Oak: 0 to 5?" in await say(village, "VOTE", "4")
    for wrong in ("5 4", "9 1 1", "55555", "the lot of them please"):
        assert "Oak: 0 to 5?" in await say(village, wrong)
    assert "Oak 5, Elm 0, Ash 3" in await say(village, "five zero three")
    assert "recorded" in await say(village, "1")
    marks = await result(village, "marks")
    assert marks.result["rounds"][0]["votes"] == {"oak": 5, "elm": 0, "ash": 3}
    assert await village.store.read(votes.rejections, marks.id) == {"invalid": 4}


async def test_an_objection_stands_until_it_is_withdrawn_and_a_person_is_waited_for(village: Village) -> None:
    assert "What is your objection?" in await say(village, "VOTE", "3", "object", by=LUCIA)
    assert "Record it and tell a coordinator?" in await say(village, "It is too loud", by=LUCIA)
    assert "goes to a coordinator" in await say(village, "1", by=LUCIA)
    told = [words for _, words in village.to_others]
    assert told
    assert all("Lucía Campos" in words and "It is too loud" in words for words in told)
    assert [thread.number for thread in await village.store.read(waiting_threads)] == [LUCIA]
    stands = await village.stands(LUCIA)
    assert stands is not None
    assert (stands.status, stands.answers) == ("person", {})
    assert await village.text(LUCIA, "Is there no other day?") == [], "no flow answers what a person is to"
    plan = await village.store.read(polls.poll_by_key, "plan")
    assert plan is not None
    assert [o.state for o in await village.store.read(votes.objections, plan.id)] == ["open"]
    assert "replaces the old one" in await say(village, "MENU", "VOTE", "3", "agree", "1", by=LUCIA)
    assert [o.state for o in await village.store.read(votes.objections, plan.id)] == ["withdrawn"]
    assert (await result(village, "plan")).result["winners"] == ["agree"]


async def test_answers_that_are_no_vote_are_counted_and_asked_again(village: Village) -> None:
    await say(village, "VOTE", "1", "the moon", "2 2", "1 2 3", "1")
    found = await result(village, "open")
    assert await village.store.read(votes.rejections, found.id) == {"invalid": 2}


async def test_coordinators_see_that_somebody_votes_in_secret_and_not_what_they_write(
    village: Village,
) -> None:
    await say(village, "HELP", "my tap drips", "MENU")
    await say(village, "VOTE", "2", "elm")
    rose = next(t for t in await village.store.read(threads_before, None, 50) if t.number == ROSE)
    assert rose.last == ""
    written = [entry.body for entry in await village.store.read(entries, rose.resident_id, None, 50)]
    assert [t.number for t in await village.store.read(find_threads, "tap drips")] == [ROSE]
    assert await village.store.read(find_threads, "elm") == []
    assert any("tap" in body for body in written)
    assert not any("elm" in body.lower() or "You chose" in body for body in written)


async def test_what_was_misheard_of_a_secret_vote_is_told_to_nobody(village: Village) -> None:
    await village.call(ROSE, Called())
    for said in ("English", "vote", "the second one", *["something about the old elms"] * 3):
        turn = await village.call(ROSE, Heard((said,)))
    assert turn.conversation is not None
    assert (turn.conversation.flow, turn.conversation.status) == ("vote", "person")
    told = await village.store.read(lambda tx: tx.all("SELECT body FROM outbound WHERE number <> :n", n=ROSE))
    assert any("asks for a person" in row["body"] for row in told)
    assert not any("elm" in row["body"] for row in told)


async def test_a_clock_nobody_trusts_opens_and_closes_nothing(village: Village) -> None:
    village.hands.synchronised = False
    village.hands.now += timedelta(days=3650)
    await village.timers.tick()
    for key in ("open", "shut"):
        found = await village.store.read(polls.poll_by_key, key)
        assert found is not None
        assert found.state == "open"
