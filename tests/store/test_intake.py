"""What the modem has accepted is never lost and never answered twice, whatever shape it has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from gateway import intake
from gateway.store import inbound
from gateway.store.database import Tx, open_store
from gateway.store.outbound import next_queued
from modem.driver import BrokenPart, Inbox, Part
from tests.village import MONDAY, Village, ashby

ANA = "+447700900123"
BOB = "+447700900124"
IMSI = "234150000000001"


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as village:
        yield village


def states(tx: Tx) -> list[tuple[str, str]]:
    return [tuple(row) for row in tx.all("SELECT body, state FROM inbound ORDER BY id")]


def long_text(sender: str, bodies: list[str], reference: int, first_place: int = 1) -> list[Part]:
    return [
        Part(
            place=f"SM:{first_place + index}",
            sender=sender,
            body=body,
            smsc_time=MONDAY,
            header=f"050003{reference:02x}{len(bodies):02x}{index + 1:02x}",
            reference=reference,
            total=len(bodies),
            number=index + 1,
        )
        for index, body in enumerate(bodies)
    ]


async def take(village: Village, *parts: Part) -> int:
    return (await village.intake.take("test", IMSI, Inbox(parts))).texts


async def test_the_same_stored_text_read_again_is_answered_once(village: Village) -> None:
    part = Part("SM:1", ANA, "LIFT", MONDAY)
    assert await take(village, part) == 1
    assert len(await village.sent()) == 1
    assert await take(village, part) == 0
    assert await village.sent() == []


async def test_a_text_the_network_delivers_twice_is_answered_once(village: Village) -> None:
    part = Part("SM:1", ANA, "LIFT", MONDAY)
    await take(village, part, replace(part, place="SM:2"))
    assert len(await village.sent()) == 1
    assert await village.store.read(states) == [("LIFT", "handled"), ("LIFT", "double")]


async def test_the_same_words_at_another_time_are_another_text(village: Village) -> None:
    part = Part("SM:1", ANA, "MENU", MONDAY)
    assert await take(village, part, replace(part, smsc_time=MONDAY + timedelta(seconds=1))) == 2


async def test_two_people_may_send_the_same_words_in_the_same_second(village: Village) -> None:
    part = Part("SM:1", ANA, "LIFT", MONDAY)
    assert await take(village, part, replace(part, place="SM:2", sender=BOB)) == 2


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_parts_come_in_any_order_with_duplicates_and_make_one_text(
    village: Village, order: tuple[int, ...]
) -> None:
    parts = long_text(ANA, ["HELP I need ", "my insulin collected ", "from the chemist"], 7)
    for index in order:
        await take(village, parts[index])
        await take(village, parts[index], replace(parts[index], place=f"SM:{20 + index}"))
    assert await village.store.read(states) == [
        ("HELP I need my insulin collected from the chemist", "handled")
    ]
    assert await take(village, *parts) == 0


async def test_an_emoji_cut_in_two_between_parts_is_whole_again(village: Village) -> None:
    submit = "0791449737019037440C91447700091032000862203121000000"
    halves = ["0050", "D83D"], ["DC4D", "0051"]
    parts = []
    for index, units in enumerate(halves):
        data = bytes.fromhex(f"05000307020{index + 1}" + "".join(units))
        raw = submit + f"{len(data):02X}" + data.hex()
        part = long_text(ANA, ["?", "?"], 7)[index]
        parts.append(replace(part, body="P\ufffd" if index == 0 else "\ufffdQ", raw=raw))
    await take(village, *parts)
    assert [body for body, _ in await village.store.read(states)] == ["P👍Q"]


async def test_several_senders_with_one_reference_are_kept_apart(village: Village) -> None:
    ana = long_text(ANA, ["HELP with ", "shopping"], 7)
    bob = long_text(BOB, ["HELP with ", "gardening"], 7, first_place=3)
    await take(village, ana[0], bob[1])
    await take(village, bob[0], ana[1])
    bodies = {body for body, _ in await village.store.read(states)}
    assert bodies == {"HELP with shopping", "HELP with gardening"}


async def test_parts_survive_a_restart(tmp_path: Path) -> None:
    first, second = long_text(ANA, ["HELP with ", "shopping"], 7)
    async with ashby(tmp_path) as village:
        assert await take(village, first) == 0
    async with ashby(tmp_path) as village:
        assert await take(village, second) == 1


async def test_an_incomplete_text_goes_to_a_person_and_blocks_nobody(village: Village) -> None:
    await take(village, long_text(ANA, ["I fell and ", "cannot get ", "up"], 7)[0])
    assert await village.text(ANA, "MENU")
    await village.events()
    await village.move_to(MONDAY + timedelta(hours=3))
    assert "message.incomplete" in {kind for kind, _ in await village.events()}
    assert any("I fell and" in words for _, words in await village.sent())


async def test_a_part_that_came_by_a_clock_that_was_ahead_does_not_wait_for_years(village: Village) -> None:
    now = village.hands.now
    village.hands.now += timedelta(days=3653)
    await take(village, long_text(ANA, ["I fell and ", "cannot get ", "up"], 7)[0])
    village.hands.now = now
    await village.timers.tick()
    assert any("I fell and" in words for _, words in await village.sent())


async def test_a_text_of_fifty_parts_is_one_text(village: Village) -> None:
    parts = long_text(ANA, [f"{n:03}" + "x" * 150 for n in range(50)], 9)
    parts[0] = replace(parts[0], body="HELP " + parts[0].body)
    for part in reversed(parts):
        await take(village, part)
    (body, state), *_ = await village.store.read(states)
    assert state == "handled"
    assert len(body) == 50 * 153 + 5
    assert await village.sent()


async def test_a_broken_message_is_kept_raw_and_may_be_deleted(village: Village) -> None:
    inbox = Inbox((), (BrokenPart("SM:4", "0791deadbeef", "unknown alphabet"),))
    taken = await village.intake.take("test", IMSI, inbox)
    assert taken.places == ("SM:4",)

    def raw(tx: Tx) -> list[str]:
        return [row["raw"] for row in tx.all("SELECT raw FROM broken_part")]

    await village.intake.take("test", IMSI, inbox)
    assert await village.store.read(raw) == ["0791deadbeef"]
    assert [kind for kind, _ in await village.events()] == ["message.broken"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "\0",
        "LIFT\0\0",
        "🙂",
        "👍🏽👍🏽",
        "שלום אני צריך עזרה",
        "\ud83d",
        "\u202etfil",
        "a" * 10_000,
        "?!.",
    ],
)
async def test_whatever_is_written_gets_an_answer(village: Village, body: str) -> None:
    assert await village.text(ANA, body)


@pytest.mark.parametrize("sender", ["60777", "Vodafone", "", "+449061234567", "+447700900000", "\0"])
async def test_whoever_must_not_be_texted_is_kept_and_not_answered(village: Village, sender: str) -> None:
    assert await village.text(sender, "LIFT") == []
    assert await village.store.read(states) == [("LIFT", "ignored")]


async def test_a_fault_in_a_turn_loses_nothing_and_a_person_is_told(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(type(village.turns), "take", fault)
        replies = await village.text(ANA, "LIFT")
    assert len(replies) == 1
    assert village.to_others, "the duty coordinator is told"
    assert await village.store.read(states) == [("LIFT", "failed")]
    assert await village.text(ANA, "MENU")


async def test_many_residents_at_once_each_get_their_own_answer(village: Village) -> None:
    numbers = [f"+4477009001{n:02}" for n in range(40)]
    await asyncio.gather(
        *(take(village, Part(f"SM:{n}", number, "LIFT", MONDAY)) for n, number in enumerate(numbers))
    )
    assert sorted(number for number, _ in await village.sent()) == numbers


async def test_the_database_of_the_village_opens_again(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await village.text(ANA, "LIFT")
    store = await open_store(tmp_path / "plainline.db", now=MONDAY)
    assert await store.read(states) == [("LIFT", "handled")]
    await store.close()


async def test_a_part_that_cannot_be_dealt_with_is_kept_raw_and_stops_no_other(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = inbound.record_part

    def fault(tx: Tx, link: str, imsi: str, part: Part, *rest: Any) -> inbound.Inbound | None:
        if part.sender == BOB:
            raise ZeroDivisionError
        return sound(tx, link, imsi, part, *rest)

    monkeypatch.setattr(intake, "record_part", fault)
    poison = Part("SM:1", BOB, "LIFT", MONDAY, raw="0791")
    taken = await village.intake.take("test", IMSI, Inbox((poison, Part("SM:2", ANA, "LIFT", MONDAY))))
    assert (sorted(taken.places), taken.texts) == (["SM:1", "SM:2"], 1)
    assert [number for number, _ in await village.sent()] == [ANA]
    kept = await village.store.read(lambda tx: [row["raw"] for row in tx.all("SELECT raw FROM broken_part")])
    assert kept == ["0791"]


async def test_a_resident_is_answered_by_a_box_whose_clock_stopped_years_ago(village: Village) -> None:
    village.hands.synchronised = False
    today = village.hands.now
    village.hands.now -= timedelta(days=3653)
    await village.timers.tick()
    await take(village, Part("SM:1", ANA, "LIFT", today))
    due = await village.store.read(next_queued, village.clock.now())
    assert due is not None
    assert due.number == ANA


async def test_a_silence_from_a_clock_that_was_ahead_does_not_last_for_years(village: Village) -> None:
    await village.text(ANA, "MENU")

    def quiet_for_ten_years(tx: Tx) -> None:
        tx.run("UPDATE resident SET quiet_until = '2036-03-02T09:30:00.000Z'")

    await village.store.write(quiet_for_ten_years)
    assert await village.text(ANA, "I should like to speak to somebody about the garden, if I may")
