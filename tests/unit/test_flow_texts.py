"""Texts in a coordinator's words: drafted, tried by one number, switched on, and gone back from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows.reworded import Rewording, reworded
from gateway import flow_texts
from gateway.store import flow_texts as store
from gateway.store.accounts import Role, add_account
from gateway.store.database import Tx
from gateway.store.step_counts import step_counts
from tests.village import LIBRARY, MONDAY, Village, ashby

ROSE, GEORGE = "+447700900123", "+447700900134"
KINDER = Rewording("lift", "en", "pickup", "sms", "Where may we fetch you from?")


def _coordinator(tx: Tx) -> int:
    return add_account(tx, "maria", "Maria", Role.COORDINATOR, "-", MONDAY)


async def draft(village: Village, change: Rewording) -> int:
    who = await village.store.write(_coordinator)
    await village.store.write(store.write_draft, change, who, MONDAY)
    return who


async def test_a_draft_is_tried_by_one_number_before_everybody_hears_it(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await draft(village, KINDER)
        changes = await village.store.read(store.draft_texts)
        village.turns.trying[GEORGE] = reworded(village.turns.files, changes)
        assert "Where may we fetch you from?" in (await village.text(GEORGE, "LIFT"))[0]
        assert "Where shall we pick you up?" in (await village.text(ROSE, "LIFT"))[0]


async def test_what_was_switched_on_can_be_gone_back_from(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        who = await draft(village, KINDER)
        assert not await village.store.read(store.live_texts), "a draft is not said"
        assert await village.store.write(store.switch_on_draft, MONDAY)
        assert await village.store.read(store.live_texts) == [KINDER]
        other = Rewording("lift", "en", "dropoff", "sms", "And where to?")
        await village.store.write(store.write_draft, other, who, MONDAY)
        assert await village.store.read(store.draft_texts) == [other, KINDER]
        await village.store.write(store.switch_on_draft, MONDAY)
        first = (await village.store.read(store.revisions))[-1]
        assert (first.state, first.changes, first.by) == ("past", 1, "Maria")
        await village.store.write(store.draft_from, first.id, who, MONDAY)
        await village.store.write(store.switch_on_draft, MONDAY)
        assert await village.store.read(store.live_texts) == [KINDER]
        await village.store.write(store.draft_from, None, who, MONDAY)
        await village.store.write(store.switch_on_draft, MONDAY)
        assert not await village.store.read(store.live_texts), "the files' own words are a way back too"


async def test_empty_words_bring_back_those_of_the_file(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        who = await draft(village, KINDER)
        nothing = Rewording("lift", "en", "pickup", "sms", "")
        await village.store.write(store.write_draft, nothing, who, MONDAY)
        assert not await village.store.read(store.draft_texts)


def test_words_that_cannot_be_said_are_refused_with_a_reason() -> None:
    assert not flow_texts.problems_of(LIBRARY, [KINDER])
    unknown = Rewording("lift", "en", "pickup", "sms", "Hello {nobody}, where from?")
    (problem, *_) = flow_texts.problems_of(LIBRARY, [unknown])
    assert "nobody" in str(problem)
    long = Rewording("lift", "en", "pickup", "sms", "Where shall we pick you up? " * 12)
    assert flow_texts.problems_of(LIBRARY, [long])


def test_a_text_that_an_update_took_away_is_left_out() -> None:
    gone = Rewording("lift", "en", "no_such_phrase", "sms", "Hello")
    assert reworded(LIBRARY, [gone]).flow("lift").texts == LIBRARY.flow("lift").texts


async def test_it_is_counted_how_residents_fare_at_a_question(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        for body in ("LIFT", "church hall", "qwertyuiop zzz", "MENU"):
            await village.text(ROSE, body)
        await village.timers.tick()
        counts = await village.store.read(step_counts, "lift", date(2026, 3, 1))
        assert counts["pickup"] == {"passed": 1, "stopped": 0, "unclear": 0}
        assert counts["dropoff"] == {"passed": 0, "stopped": 1, "unclear": 1}
        assert not await village.store.read(step_counts, "lift", date(2026, 3, 3))


async def test_nothing_is_counted_of_a_flow_that_keeps_secrets(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        for body in ("VOTE", "1", "2"):
            await village.text(ROSE, body)
        await village.timers.tick()
        assert not await village.store.read(step_counts, "vote", date(2026, 3, 1))
