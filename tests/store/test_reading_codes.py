"""The code for reading prompts by telephone is good once, for a while, and is not guessed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.reading_code import MOST_WRONG, MOST_WRONG_A_NUMBER, VALID_FOR, code_waits, make_code, use_code
from gateway.store.database import Store
from gateway.store.events import events_about
from tests.village import MONDAY, ashby

VERA, GEORGE, CALL = 1, 2, 7


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with ashby(tmp_path) as village:
        yield village.store


async def key(store: Store, code: str, who: int = VERA, after: timedelta = timedelta()) -> str:
    return await store.write(use_code, code, who, CALL, MONDAY + after)


def another(code: str) -> str:
    return code[:-1] + ("0" if code[-1] != "0" else "1")


async def test_a_code_opens_its_language_once(store: Store) -> None:
    code = await store.write(make_code, "ko", MONDAY)
    assert len(code) == 6
    assert code[0] != "0"
    assert await key(store, code) == "ko"
    assert await key(store, code) == ""
    assert not await store.read(code_waits, MONDAY)


async def test_a_code_is_kept_as_a_hash(store: Store, tmp_path: Path) -> None:
    code = await store.write(make_code, "en", MONDAY)
    await store.close()
    files = await asyncio.to_thread(_files_in, tmp_path)
    assert any(b"$argon2id$" in file for file in files)
    assert not any(code.encode() in file for file in files)


async def test_a_code_is_good_for_some_hours_and_only_the_newest_is(store: Store) -> None:
    first = await store.write(make_code, "en", MONDAY)
    assert await key(store, first, after=VALID_FOR) == ""
    assert not await store.read(code_waits, MONDAY + VALID_FOR)
    second = await store.write(make_code, "en", MONDAY)
    if first != second:
        assert await key(store, first) == ""
    assert await key(store, second, after=VALID_FOR - timedelta(minutes=1)) == "en"


async def test_a_number_that_was_wrong_too_often_is_not_believed_any_more(store: Store) -> None:
    code = await store.write(make_code, "en", MONDAY)
    for _ in range(MOST_WRONG_A_NUMBER):
        assert await key(store, another(code)) == ""
    assert await key(store, code) == ""
    assert await key(store, code, GEORGE) == "en", "somebody else's mistakes are not theirs"


async def test_guessing_from_many_numbers_ends_the_code(store: Store) -> None:
    code = await store.write(make_code, "en", MONDAY)
    for guess in range(MOST_WRONG):
        assert await store.read(code_waits, MONDAY)
        assert await key(store, another(code), who=10 + guess % 7) == ""
    assert not await store.read(code_waits, MONDAY)
    assert await key(store, code) == ""
    told = [kind for _, kind, _ in await store.read(events_about, "reading_code:1")]
    assert told == ["reading_code.made", "reading_code.spent"]


def _files_in(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.iterdir() if file.is_file()]
