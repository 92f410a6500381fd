"""Shifts: taken by text, given away, reminded of, and who is on one hears of urgent matters first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.services import shifts
from gateway.services.lifecycle import IllegalMove
from gateway.store import privacy
from gateway.store import shifts as store
from gateway.store.database import Tx
from gateway.store.people import resident_by_number
from tests.village import Village, ashby

ANN, BILL, SOFIA, MARGARET, ROSE = (
    "+447700900021",
    "+447700900022",
    "+447700900023",
    "+447700900001",
    "+447700900123",
)
LINE = "1 Wednesday 4 March, 10 am - 1 pm: Phone desk"


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as village:
        yield village


async def rota(village: Village, *hours: tuple[int, int], duty: bool = False) -> None:
    """Put shifts at the phone desk on Wednesday into the rota."""

    def add(tx: Tx) -> None:
        for begins, ends in hours:
            starts, over = (datetime(2026, 3, 4, hour, tzinfo=UTC) for hour in (begins, ends))
            shifts.add(village.turns.timing(tx, village.hands.now), "Phone desk", starts, over, duty=duty)

    await village.store.write(add)


async def state(village: Village, shift_id: int = 1) -> str:
    found = await village.store.read(store.shift, shift_id)
    assert found is not None
    return found.state


async def test_a_shift_is_found_taken_reminded_of_and_given_away(village: Village) -> None:
    await rota(village, (10, 13))
    assert await village.text(ANN, "SHIFTS") == [f"Free:\n{LINE}\nTo take one, text TAKE and its number."]
    [heard] = await village.text(ANN, "take 1")
    assert heard.startswith(f"It is yours: {LINE}.")
    assert (await village.text(ANN, "shifts"))[0].startswith(f"Yours:\n{LINE}\n")
    [late] = await village.text(BILL, "take 1")
    assert late.startswith("Sorry, that one is not free")
    await village.sent()
    await village.move_to(datetime(2026, 3, 3, 18, tzinfo=UTC))
    assert [(number, words.split(":")[0]) for number, words in await village.sent()] == [
        (ANN, "Your shift tomorrow")
    ]
    [asked] = await village.text(ANN, "SWAP 1")
    assert "Until somebody takes it, it stays yours" in asked
    await village.text(BILL, "TAKE 1")
    assert [words for number, words in village.to_others if number == ANN] == [
        f"Somebody has taken your shift: {LINE}. It is no longer yours. Thank you."
    ]
    assert await state(village) == "taken"


async def test_those_on_the_rota_are_asked_to_swap_and_it_can_be_kept(village: Village) -> None:
    await rota(village, (10, 13), (14, 16))
    await village.text(ANN, "take 1")
    await village.text(SOFIA, "tomo 2")
    await village.text(ANN, "swap 1")
    [(number, words)] = village.to_others
    assert (number, words.startswith("¿Puede con este turno?")) == (SOFIA, True)
    await village.text(ANN, "take 1")
    assert await state(village) == "taken"


async def test_nobody_is_in_two_shifts_at_once(village: Village) -> None:
    await rota(village, (10, 13), (12, 15))
    await village.text(ANN, "take 1")
    [heard] = await village.text(ANN, "take 2")
    assert heard.startswith("You have another shift at that time")
    assert await state(village, 2) == "open"


async def test_whoever_is_on_shift_hears_of_an_emergency_before_the_coordinators(village: Village) -> None:
    await rota(village, (10, 13), duty=True)
    await village.text(ANN, "take 1")
    await village.move_to(datetime(2026, 3, 4, 10, tzinfo=UTC))
    await village.sent()
    assert await state(village) == "on"
    await village.text(ROSE, "ambulance")
    assert [number for number, words in village.to_others if "EMERGENCY" in words] == [ANN]
    await village.move_to(datetime(2026, 3, 4, 10, 10, tzinfo=UTC))
    assert [number for number, words in await village.sent() if "STILL NOBODY" in words] == [MARGARET]
    assert (await village.text(ANN, "got it"))[0]
    await village.move_to(datetime(2026, 3, 4, 13, tzinfo=UTC))
    assert await state(village) == "over"
    await village.text("+447700900124", "ambulance")
    assert [number for number, words in village.to_others if "EMERGENCY" in words] == [MARGARET]


async def test_a_shift_nobody_took_is_told_of_when_it_begins(village: Village) -> None:
    await rota(village, (10, 13))
    await village.move_to(datetime(2026, 3, 4, 10, tzinfo=UTC))
    assert [(number, words.startswith("Nobody has taken")) for number, words in await village.sent()] == [
        (MARGARET, True)
    ]
    assert await state(village) == "missed"
    [heard] = await village.text(ANN, "take 1")
    assert heard.startswith("Sorry, that one is not free")


async def test_a_coordinator_gives_takes_away_and_cancels_and_it_is_told(village: Village) -> None:
    await rota(village, (10, 13))

    def do(tx: Tx, deed: str) -> None:
        found, timing = store.shift(tx, 1), village.turns.timing(tx, village.hands.now)
        ann = resident_by_number(tx, ANN)
        assert found is not None
        assert ann is not None
        if deed == "assign":
            shifts.assign(timing, found, ann.id)
        else:
            {"free": shifts.free, "cancel": shifts.cancel}[deed](timing, found)

    for deed, words in (("assign", "is yours"), ("free", "no longer yours"), ("cancel", "")):
        await village.store.write(do, deed)
        told = await village.sent()
        assert [(number, words in body) for number, body in told] == ([(ANN, True)] if words else [])
    with pytest.raises(IllegalMove):
        await village.store.write(do, "assign")


async def test_whoever_is_forgotten_leaves_the_rota(village: Village) -> None:
    await rota(village, (10, 13))
    await village.text(ANN, "take 1")

    def forget(tx: Tx) -> None:
        ann = resident_by_number(tx, ANN)
        assert ann is not None
        privacy.erase_person(tx, ann.id, village.hands.now, keep_number=False)

    await village.store.write(forget)
    assert await state(village) == "open"
