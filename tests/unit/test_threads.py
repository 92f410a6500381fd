"""Threads: a coordinator takes over, replies, hands back, and nobody is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.services import threads as answering
from gateway.services.threads import NotSent
from gateway.store import threads
from gateway.store.accounts import Role, add_account
from gateway.store.database import Tx
from gateway.store.people import resident_by_number
from tests.village import Village, ashby

ROSE, DUTY = "+447700900123", "+447700900101"


async def resident(village: Village, number: str = ROSE) -> int:
    found = await village.store.read(resident_by_number, number)
    assert found is not None
    return found.id


async def coordinator(village: Village) -> int:
    def make(tx: Tx, now: datetime) -> int:
        return add_account(tx, "maria", "Maria", Role.COORDINATOR, "-", now)

    return await village.store.write(make, village.hands.now)


async def test_while_a_person_answers_the_flow_is_silent_and_goes_on_when_handed_back(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        who = await coordinator(village)
        assert "Where shall we pick you up?" in (await village.text(ROSE, "LIFT"))[0]
        rose = await resident(village)
        await village.store.write(answering.take_over, village.turns, rose, who, village.hands.now)
        assert not await village.text(ROSE, "church hall"), "the flow keeps quiet"
        assert not village.to_others, "whoever answers on the dashboard is not texted too"
        await village.store.write(
            answering.reply, village.turns, rose, who, "Hello Rose, this is Maria.", village.hands.now
        )
        assert (ROSE, "Hello Rose, this is Maria.") in await village.sent()
        await village.store.write(answering.hand_back, village.turns, rose, village.hands.now)
        assert "Where shall we pick you up?" in (await village.sent())[0][1]
        assert "Where do you want to go?" in (await village.text(ROSE, "church hall"))[0]


async def test_the_longest_waiting_comes_first_and_an_answer_ends_the_waiting(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        who = await coordinator(village)
        await village.text("+447700900124", "PERSON")
        await village.text(ROSE, "PERSON")
        waiting = await village.store.read(threads.waiting_threads)
        assert [thread.number for thread in waiting] == ["+447700900124", ROSE]
        now = village.hands.now
        await village.store.write(
            answering.reply, village.turns, waiting[0].resident_id, who, "I'm here.", now
        )
        assert [thread.number for thread in await village.store.read(threads.waiting_threads)] == [ROSE]
        await village.store.write(answering.close, village.turns, await resident(village), now)
        assert await village.store.read(threads.count_waiting) == 0
        assert await village.text(ROSE, "hello"), "after the end the flows answer again"


async def test_when_the_coordinator_leaves_the_page_the_people_on_duty_are_texted(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        who = await coordinator(village)
        await village.text(ROSE, "LIFT")
        rose = await resident(village)
        await village.store.write(answering.take_over, village.turns, rose, who, village.hands.now)
        await village.text(ROSE, "are you still there?")
        assert not village.to_others
        village.hands.pass_time(answering.UNANSWERED_FOR + timedelta(minutes=1))
        await village.timers.tick()
        told = [words for number, words in await village.sent() if number != ROSE]
        assert told
        assert all("are you still there?" in words for words in told)
        await village.timers.tick()
        assert not await village.sent(), "they are told once"


@pytest.mark.parametrize(("body", "key"), [("  ", "empty"), ("x" * 700, "long")])
async def test_what_cannot_be_sent_is_said(tmp_path: Path, body: str, key: str) -> None:
    async with ashby(tmp_path) as village:
        who = await coordinator(village)
        await village.text(ROSE, "HELLO")
        with pytest.raises(NotSent) as refused:
            await village.store.write(
                answering.reply, village.turns, await resident(village), who, body, village.hands.now
            )
        assert refused.value.key == key


async def test_nobody_is_written_to_after_stop(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        who = await coordinator(village)
        await village.text(ROSE, "STOP")
        with pytest.raises(NotSent) as refused:
            await village.store.write(
                answering.reply, village.turns, await resident(village), who, "Hello?", village.hands.now
            )
        assert refused.value.key == "stopped"


async def test_a_thread_shows_both_sides_in_order_and_is_found_again(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await village.text(ROSE, "LIFT")
        await village.text(ROSE, "church hall")
        rose = await resident(village)
        entries = await village.store.read(threads.entries, rose, None, 50)
        texts = [(entry.kind, entry.body) for entry in entries if entry.kind.startswith("text")]
        assert [kind for kind, _ in texts] == ["text_in", "text_out", "text_in", "text_out"]
        assert texts[2][1] == "church hall"
        for wanted in ("church ha", "900123", "07700 900123"):
            found = await village.store.read(threads.find_threads, wanted)
            assert [thread.number for thread in found] == [ROSE], wanted
        assert not await village.store.read(threads.find_threads, "100%_")
        (first,) = await village.store.read(threads.threads_before, None, 10)
        assert (first.flow, first.status) == ("lift", "active")
        assert not await village.store.read(threads.threads_before, threads.cursor(first), 10)
