"""A backup is whole, checked, private, and never half of one."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.store.backup import back_up
from gateway.store.database import Store, Tx, open_store
from gateway.store.inspect import inspect

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
SETTINGS = 'data = "."\n[[modem]]\nname = "main"\ndevice = "software"\n[limits]\nallowed_countries = ["GB"]\n'


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """The database of a gateway that runs."""
    store = await open_store(tmp_path / "plainline.db", now=NOW)
    yield store
    await store.close()


def note(tx: Tx, words: str) -> None:
    tx.run("CREATE TABLE IF NOT EXISTS note (words TEXT)")
    tx.run("INSERT INTO note VALUES (:words)", words=words)


def notes(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute("SELECT words FROM note")]
    finally:
        connection.close()


async def test_a_backup_holds_what_was_written_while_the_gateway_runs_on(
    store: Store, tmp_path: Path
) -> None:
    await store.write(note, "before")
    copy = tmp_path / "copy.db"
    size = back_up(store.path, copy)
    await store.write(note, "after")
    assert notes(copy) == ["before"]
    assert size == copy.stat().st_size
    assert inspect(copy).schema == inspect(store.path).newest


async def test_a_backup_is_one_file_that_its_owner_alone_may_read(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    back_up(store.path, folder / "copy.db")
    assert [file.name for file in folder.iterdir()] == ["copy.db"]
    assert (folder / "copy.db").stat().st_mode & 0o777 == 0o600


async def test_a_gateway_starts_from_a_backup(store: Store, tmp_path: Path) -> None:
    await store.write(note, "kept")
    back_up(store.path, tmp_path / "copy.db")
    restored = await open_store(tmp_path / "copy.db", now=NOW)
    assert await restored.read(lambda tx: tx.one("SELECT words FROM note")["words"]) == "kept"  # type: ignore[index]
    await restored.close()


async def test_a_file_that_is_there_is_replaced_only_on_demand(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("precious")
    with pytest.raises(StoreError, match="--force"):
        back_up(store.path, copy)
    assert copy.read_text() == "precious"
    await store.write(note, "new")
    back_up(store.path, copy, replace=True)
    assert notes(copy) == ["new"]
    assert copy.stat().st_mode & 0o777 == 0o600


def test_no_database_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing to copy"):
        back_up(tmp_path / "none.db", tmp_path / "copy.db")


async def test_a_folder_that_is_not_there_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Check that the folder is there"):
        back_up(store.path, tmp_path / "nowhere" / "copy.db")


def test_a_damaged_database_gives_no_backup_and_spares_the_last_one(tmp_path: Path) -> None:
    database, copy = tmp_path / "plainline.db", tmp_path / "copy.db"
    make_damaged(database)
    copy.write_text("the last good one")
    with pytest.raises(StoreError):
        back_up(database, copy, replace=True)
    assert copy.read_text() == "the last good one"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db", "plainline.db"]
    with pytest.raises(StoreError):
        inspect(database)


async def make_database(path: Path) -> None:
    await (await open_store(path, now=NOW)).close()


def make_damaged(path: Path) -> None:
    """Write a database and spoil a page in its middle."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT)")
    connection.executemany("INSERT INTO migration (name) VALUES (?)", [("x" * 900,)] * 100)
    connection.execute("CREATE INDEX by_name ON migration (name)")
    connection.commit()
    connection.close()
    with path.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\xff" * 4096)


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    asyncio.run(make_database(tmp_path / "plainline.db"))
    (tmp_path / "plainline.toml").write_text(SETTINGS)
    command = [sys.executable, "-m", "gateway", "backup", "copy.db"]
    for status in (0, 1):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == status
    assert done.stderr.startswith("plainline: copy.db is there already.")
    assert (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
async def test_a_copy_never_takes_the_place_of_the_database_itself(
    store: Store, tmp_path: Path, ending: str
) -> None:
    (tmp_path / "link.db").symlink_to(store.path.with_name(store.path.name + ending))
    before = store.path.stat().st_ino
    for target in (store.path.with_name(store.path.name + ending), tmp_path / "link.db"):
        with pytest.raises(StoreError, match="is the database itself"):
            back_up(store.path, target, replace=True)
    assert store.path.stat().st_ino == before
