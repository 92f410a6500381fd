"""Ranked polls by text, in Ashby, which has none of its own."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.community_votes import VotesData, install_votes
from gateway.store import polls, votes
from tests.store.hall import poll
from tests.village import MONDAY, Village, ashby

ROSE = "+447700900123"


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    """Ashby with two ranked polls that are over in a day, and the only ones open then."""
    opens = MONDAY + timedelta(days=40)
    polls = [
        poll("open", method="ranked", opens_at=opens, closes_at=opens + timedelta(days=1)),
        poll("shut", method="ranked", secret=True, opens_at=opens, closes_at=opens + timedelta(days=1)),
    ]
    async with ashby(tmp_path) as ready:
        await ready.store.write(install_votes, VotesData((), polls), MONDAY)
        await ready.move_to(opens)
        await ready.sent()
        yield ready


async def say(village: Village, *texts: str) -> str:
    """Text one after another and give the last reply."""
    replies = [await village.text(ROSE, body) for body in texts]
    return "\n".join(replies[-1])


async def test_a_ranking_is_read_back_in_its_order_and_counted(village: Village) -> None:
    assert "best first" in await say(village, "VOTE", "1")
    assert "Ash, Oak, Elm" in await say(village, "3 1 2")
    assert "recorded" in await say(village, "1")
    await village.move_to(MONDAY + timedelta(days=42))
    assert "The result: Ash." in await say(village, "RESULTS", "2")


async def test_a_secret_ranking_may_name_only_some(village: Village) -> None:
    assert (await say(village, "VOTE", "2")).startswith("SECRET VOTE.")
    assert "You chose: Elm." in await say(village, "elm")
    assert "erased" in await say(village, "yes")
    await village.move_to(MONDAY + timedelta(days=42))
    shut = await village.store.read(polls.poll_by_key, "shut")
    assert shut is not None
    assert shut.result["winners"] == ["elm"]


async def test_a_clock_nobody_trusts_opens_and_closes_nothing(village: Village) -> None:
    village.hands.synchronised = False
    village.hands.now += timedelta(days=3650)
    await village.timers.tick()
    for key in ("open", "shut"):
        found = await village.store.read(polls.poll_by_key, key)
        assert found is not None
        assert found.state == "open"
