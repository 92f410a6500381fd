"""Many are forgotten in one night: what others were told of them first; a crash between is made good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.forgetting import PEOPLE, Forgetting, Looked
from gateway.retention import Retention
from gateway.store import mentions
from gateway.store.database import Tx
from gateway.store.instant import to_text
from gateway.store.mentions import Words, words_of
from gateway.store.people import resident_by_number
from gateway.store.privacy import ask_to_forget, asked_to_forget, erase_words
from gateway.terms import Terms
from tests.village import Village, ashby

MANY = 2 * PEOPLE + 3
DUTY = "+447700900021"


def number(person: int) -> str:
    return f"+4477011{person + 10_000}"


def name(person: int) -> str:
    return f"Wilhelmina Quux{person}"


def fill(tx: Tx, village: Village) -> None:
    """Let some want to be forgotten, of each of whom the one on duty was told."""
    for person in range(MANY):
        resident = tx.insert(
            "INSERT INTO resident (number, name, created_at) VALUES (:number, :name, :now) RETURNING id",
            number=number(person),
            name=name(person),
            now=to_text(village.hands.now),
        )
        ask_to_forget(tx, resident, village.hands.now)
        tell(tx, village, f"{name(person)} ({number(person)}) has asked for help", ended=True)


def tell(tx: Tx, village: Village, body: str, *, ended: bool, to: str = DUTY) -> None:
    now = to_text(village.hands.now)
    tx.run(
        "INSERT INTO outbound (number, body, kind, lane, state, parts, not_before, valid_until, created_at, "
        "ended_at) VALUES (:number, :body, 'statement', 1, :state, 1, :now, :now, :now, :ended)",
        number=to,
        body=body,
        state="sent" if ended else "queued",
        now=now,
        ended=now if ended else None,
    )


def left_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def traces(folder: Path) -> list[int]:
    """Give of whom something is left in any byte of the data folder."""
    left = left_of(folder)
    return [one for one in range(MANY) if name(one).encode() in left or number(one).encode() in left]


async def still_asking(village: Village) -> int:
    return len(await village.store.read(asked_to_forget))


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as village:
        await village.store.write(fill, village)
        yield village


async def test_after_a_night_no_byte_of_any_of_them_is_left(village: Village, tmp_path: Path) -> None:
    assert len(traces(tmp_path)) == MANY
    await Retention(village.store, village.turns, village.clock, Terms()).night()
    assert await still_asking(village) == 0
    assert traces(tmp_path) == []


async def test_nothing_is_left_where_rows_lay_before_they_moved_in_the_file(
    village: Village, tmp_path: Path
) -> None:
    """Once the answers between them are erased, what the one on duty was told lies closer together.

    SQLite moves it there, and leaves its bytes where they were.
    """
    rose = await village.store.read(resident_by_number, number(0))
    assert rose is not None

    def write_to_both(tx: Tx) -> None:
        for turn in range(120):
            words = f"{name(0)} will be called for at the church hall at half past {turn} and brought back"
            tell(tx, village, words, ended=True, to=number(0) if turn % 2 else DUTY)

    await village.store.write(write_to_both)
    await village.store.write(erase_words, rose.id)
    await Retention(village.store, village.turns, village.clock, Terms()).night()
    assert traces(tmp_path) == []


@pytest.mark.parametrize("on_call", [False, True])
async def test_what_was_erased_by_day_is_gone_from_where_it_lay_before_at_the_next_look_without_a_caller(
    village: Village, on_call: bool
) -> None:
    retention = Retention(village.store, village.turns, village.clock, Terms(), lambda: on_call)
    await retention.night()
    await village.store.write(lambda tx: tx.forget_log())
    assert village.store.erased
    await retention.look()
    assert village.store.erased is on_call


async def test_turns_go_on_after_the_file_was_written_anew(village: Village) -> None:
    def begin_to_read(tx: Tx) -> list[str]:
        return [row["body"] for row in tx.all("SELECT body FROM outbound ORDER BY id")]

    before = await village.store.read(begin_to_read)
    turn, _, _ = await asyncio.gather(
        village.text(DUTY, "MENU"), village.store.rewrite(), village.text(number(MANY), "MENU")
    )
    assert turn
    assert (await village.store.read(begin_to_read))[: len(before)] == before


async def test_a_night_that_broke_off_anywhere_is_made_good_by_the_next(
    village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetting = Forgetting(village.store, village.turns)
    finish = Forgetting._finish_few
    for allowed in (0, 1, 1):  # the first time every mention goes, and nobody
        calls = 0

        def break_off(self: Forgetting, *few: object, most: int = allowed) -> int:
            nonlocal calls
            calls += 1
            if calls > most:
                raise StoreError("the power went")
            return finish(self, *few)  # type: ignore[arg-type]

        with monkeypatch.context() as broken:
            broken.setattr(Forgetting, "_finish_few", break_off)
            with pytest.raises(StoreError):
                await forgetting.finish(village.hands.now)
        assert await still_asking(village) > 0
    assert await still_asking(village) == MANY - 2 * PEOPLE
    await forgetting.finish(village.hands.now)
    assert traces(tmp_path) == []


async def test_whoever_stands_in_a_text_that_has_yet_to_go_waits_until_it_has_gone(
    village: Village, tmp_path: Path
) -> None:
    forgetting = Forgetting(village.store, village.turns)
    await village.store.write(lambda tx: tell(tx, village, f"Please ring {number(7)}", ended=False))
    await forgetting.finish(village.hands.now)
    assert await still_asking(village) == 1
    assert await village.store.read(resident_by_number, number(7)) is not None
    await village.store.write(lambda tx: tx.run("UPDATE outbound SET state = 'sent', ended_at = created_at"))
    await forgetting.finish(village.hands.now + timedelta(days=1))
    assert await still_asking(village) == 0
    assert traces(tmp_path) == []


async def test_what_is_told_while_the_texts_are_looked_through_goes_too(
    village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_through = Forgetting._empty_mentions

    async def and_meanwhile(self: Forgetting, words: dict[int, frozenset[str]]) -> Looked:
        looked = await look_through(self, words)
        await village.store.write(lambda tx: tell(tx, village, f"{name(3)} again", ended=True))
        return looked

    monkeypatch.setattr(Forgetting, "_empty_mentions", and_meanwhile)
    await Forgetting(village.store, village.turns).finish(village.hands.now)
    assert traces(tmp_path) == []


async def test_who_is_called_otherwise_since_is_looked_for_once_more(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_through = Forgetting._empty_mentions

    async def and_meanwhile(self: Forgetting, words: dict[int, frozenset[str]]) -> Looked:
        looked = await look_through(self, words)
        renamed = "UPDATE resident SET name = 'Philippa Quux' WHERE name = :name"
        await village.store.write(lambda tx: tx.run(renamed, name=name(3)))
        return looked

    with monkeypatch.context() as renaming:
        renaming.setattr(Forgetting, "_empty_mentions", and_meanwhile)
        await Forgetting(village.store, village.turns).finish(village.hands.now)
    assert await still_asking(village) == 1
    await Forgetting(village.store, village.turns).finish(village.hands.now)
    assert await still_asking(village) == 0


async def test_all_texts_are_looked_through_a_few_at_a_time(
    village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mentions, "TEXTS_A_LOOK", 4)
    await Forgetting(village.store, village.turns).finish(village.hands.now)
    assert traces(tmp_path) == []


async def test_what_was_told_shortened_is_found_by_its_beginning(village: Village) -> None:
    what = "my zygodactyl parrots to the vet's, both of them, and back"
    rose = "+447700900171"
    await village.text(rose, f"HELP with {what}")
    resident = await village.store.read(resident_by_number, rose)
    assert resident is not None
    words = Words(await village.store.read(words_of, resident.id))
    assert words.within(f"12: {what[:36]} ...")
    assert words.within(f"Ring {rose}, please")
    assert words.within("Ring +44 7700 900171, please"), "as texts say numbers"
    assert not words.within("12: my zygodactyl")
