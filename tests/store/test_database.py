"""The store keeps what it acknowledged, and nothing of what failed."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.errors import StoreError, StoreFromFuture, StoreFull
from gateway.store.database import Store, Tx, open_store
from gateway.store.inspect import inspect
from gateway.store.migrate import migrations

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(tmp_path / "plainline.db", now=NOW)
    yield store
    await store.close()


def put(tx: Tx, name: str, value: str = "x") -> None:
    tx.run("INSERT INTO fact VALUES (:name, :value)", name=name, value=value)


def modes(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def names(tx: Tx) -> list[str]:
    return [row["name"] for row in tx.all("SELECT name FROM fact ORDER BY name")]


async def test_what_was_written_is_read_by_the_second_connection(store: Store) -> None:
    await store.write(put, "a")
    assert await store.read(names) == ["a"]


async def test_every_commit_waits_for_the_disk(store: Store) -> None:
    def settings(tx: Tx) -> tuple[str, int, int]:
        mode = tx.one("PRAGMA journal_mode")
        synchronous = tx.one("PRAGMA synchronous")
        secure = tx.one("PRAGMA secure_delete")
        assert mode is not None
        assert synchronous is not None
        assert secure is not None
        return mode[0], synchronous[0], secure[0]

    assert await store.write(settings) == ("wal", 2, 1)


async def test_a_failed_transaction_undoes_itself_and_not_those_beside_it(store: Store) -> None:
    def fail(tx: Tx) -> None:
        put(tx, "half")
        raise ValueError("no")

    results = await asyncio.gather(
        store.write(put, "a"), store.write(fail), store.write(put, "b"), return_exceptions=True
    )
    assert isinstance(results[1], ValueError)
    assert await store.read(names) == ["a", "b"]


async def test_transactions_that_wait_together_share_one_commit_in_their_order(store: Store) -> None:
    seen: list[str] = []

    def note(tx: Tx, name: str) -> int:
        seen.append(name)
        put(tx, name)
        return len(seen)

    results = await asyncio.gather(*(store.write(note, f"{n:03}") for n in range(50)))
    assert results == list(range(1, 51))
    assert await store.read(names) == [f"{n:03}" for n in range(50)]


async def test_a_savepoint_inside_a_transaction_undoes_its_inside_alone(store: Store) -> None:
    def undone(tx: Tx) -> None:
        with tx.savepoint():
            put(tx, "undone")
            raise ValueError("inside")

    def partly(tx: Tx) -> None:
        put(tx, "kept")
        with pytest.raises(ValueError, match="inside"):
            undone(tx)

    await store.write(partly)
    assert await store.read(names) == ["kept"]


async def test_the_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="readonly"):
        await store.read(put, "a")


async def test_somebody_who_stops_waiting_does_not_stop_the_others(store: Store) -> None:
    first = asyncio.create_task(store.write(put, "first"))
    second = asyncio.create_task(store.write(put, "second"))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert await store.read(names) == ["first", "second"]


async def test_a_full_disk_says_so_loses_nothing_and_heals(store: Store) -> None:
    def limit(tx: Tx, pages: int) -> None:
        tx.one(f"PRAGMA max_page_count = {pages}")

    await store.write(put, "before")
    await store.write(limit, 1)  # SQLite holds it at the present size: the next page is one too many
    results = await asyncio.gather(
        store.write(put, "small"), store.write(put, "big", "x" * 1_000_000), return_exceptions=True
    )
    assert isinstance(results[1], StoreFull)
    assert await store.read(names) == (["before"] if results[0] is not None else ["before", "small"])
    await store.write(limit, 1_000_000)
    await store.write(put, "after", "x" * 1_000_000)
    assert "after" in await store.read(names)


async def test_a_database_from_the_future_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "plainline.db"
    store = await open_store(path, now=NOW)

    def tomorrow(tx: Tx) -> None:
        tx.run("INSERT INTO migration VALUES (9999, 'later.sql', '2030-01-01T00:00:00.000Z')")

    await store.write(tomorrow)
    await store.close()
    with pytest.raises(StoreFromFuture, match="newer Plainline"):
        await open_store(path, now=NOW)


async def test_something_else_than_a_database_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "plainline.db"
    path.write_bytes(b"this is a shopping list, not a database. " * 100)
    with pytest.raises(StoreError, match="newest backup"):
        await open_store(path, now=NOW)


async def test_what_was_erased_leaves_the_log_too(store: Store) -> None:
    def erase(tx: Tx) -> None:
        tx.run("UPDATE fact SET value = ''")
        tx.forget_log()

    await store.write(put, "a", "a secret nobody may read")
    assert b"a secret" in store.path.with_name("plainline.db-wal").read_bytes()
    await store.write(erase)
    for file in store.path.parent.iterdir():
        assert b"a secret" not in file.read_bytes()


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [number for number, _, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_what_comes_after_the_end_is_refused_and_does_not_hang(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "plainline.db", now=NOW)
    await store.close()
    async with asyncio.timeout(10):
        with pytest.raises(StoreError, match="closed"):
            await store.write(put, "late")
        with pytest.raises(StoreError, match="closed"):
            await store.read(names)


async def test_nobody_is_left_waiting_when_the_databases_thread_is_gone(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "plainline.db", now=NOW)
    await store._writer.close()
    async with asyncio.timeout(10):
        with pytest.raises(StoreError):
            await store.write(put, "a")
    await store.close()


async def test_the_files_are_for_their_owner_alone(store: Store, tmp_path: Path) -> None:
    await store.write(put, "a")
    assert modes(tmp_path) == dict.fromkeys(("plainline.db", "plainline.db-wal", "plainline.db-shm"), 0o600)


async def test_a_folder_may_have_an_odd_name(tmp_path: Path) -> None:
    folder = tmp_path / "100% sure? #1 ñ"
    folder.mkdir()
    store = await open_store(folder / "plainline.db", now=NOW)
    await store.write(put, "a")
    assert await store.read(names) == ["a"]
    await store.close()
    assert inspect(folder / "plainline.db").schema


async def test_a_disk_that_became_read_only_says_so_and_heals(store: Store) -> None:
    """A worn SD card is made read-only by the kernel."""
    await store._writer.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match=r"takes no changes .* SD card"):
        await store.write(put, "lost")
    assert "SD card" in store.trouble
    await store._writer.execute("PRAGMA query_only = OFF")
    await store.write(put, "kept")
    assert await store.read(names) == ["kept"]
    assert store.trouble == ""
