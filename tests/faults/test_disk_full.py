"""A full disk: texts stay on the SIM, replies in the queue, and all goes on once there is room."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

import pytest

from gateway.errors import GatewayError, StoreFull
from gateway.store.database import Tx
from tests.faults.conversation import OURS, Town, town, until
from tests.faults.residents import EVERYBODY, GEORGE, PENNS, ROSE, Resident
from tests.village import ashby

DISK_BYTES = 4 << 20

Full = Callable[[Town], AbstractAsyncContextManager[None]]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, as root; otherwise the test is skipped."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture(params=["disk", "pages"])
def full(request: pytest.FixtureRequest) -> tuple[Full, Path | None]:
    """A way to fill what the gateway writes to, really or by what SQLite may take, and where that is."""
    if request.param == "pages":
        return without_pages, None
    place: Path = request.getfixturevalue("disk")
    return lambda _: without_room(place), place


@asynccontextmanager
async def without_room(disk: Path) -> AsyncIterator[None]:
    """Fill a disk to the last byte, and make room again afterwards."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        ballast.unlink()


@asynccontextmanager
async def without_pages(ashby: Town) -> AsyncIterator[None]:
    """Let the database grow no more, and let it again afterwards."""
    await ashby.gateway.store.write(limit_pages, 1)
    try:
        yield
    finally:
        await ashby.gateway.store.write(limit_pages, 1 << 30)


def limit_pages(tx: Tx, pages: int) -> None:
    """Let the database file have so many pages; it keeps those it has."""
    tx.one(f"PRAGMA max_page_count = {pages}")


async def on_the_sim(ashby: Town) -> int:
    """Count the texts that lie on the SIM."""
    sim = await ashby.simulator.sim(OURS)
    return sum(len(slots) for slots in sim["storages"].values())


async def test_texts_wait_on_the_sim_until_there_is_room(
    tmp_path: Path, full: tuple[Full, Path | None]
) -> None:
    fill, place = full
    async with town(tmp_path, data=place) as ashby, ashby.serving():
        await ashby.converse(Resident(ROSE.number, ROSE.lines[:4]))
        async with asyncio.TaskGroup() as group, fill(ashby):
            group.create_task(ashby.converse(Resident(ROSE.number, ROSE.lines[4:])))
            group.create_task(ashby.converse_all([PENNS, GEORGE]))
            await ashby.explained("disk is full", "none is lost", "Make room")

            async def waiting() -> bool:
                return await on_the_sim(ashby) > 0

            await until(waiting, "texts to wait on the SIM")
            assert (await ashby.gateway.health()).ready, "the modem works all the while"
        await ashby.nothing_lost_or_doubled([ROSE, PENNS, GEORGE])


async def test_a_disk_that_fills_up_amid_conversations_again_and_again_costs_nothing_but_time(
    tmp_path: Path, full: tuple[Full, Path | None]
) -> None:
    fill, place = full
    async with town(tmp_path, data=place) as ashby, ashby.serving():
        async with asyncio.TaskGroup() as group:
            group.create_task(ashby.converse_all(EVERYBODY))
            for enough in (5, 15):

                async def heard(enough: int = enough) -> bool:
                    return sum(len(heard) for heard in ashby.heard.values()) >= enough

                await until(heard, "conversations to go on")
                async with fill(ashby):
                    await ashby.explained("disk is full")
        await ashby.nothing_lost_or_doubled(EVERYBODY)


async def test_a_gateway_that_starts_on_a_full_disk_says_so_and_starts_once_there_is_room(
    tmp_path: Path, disk: Path
) -> None:
    async with town(tmp_path, data=disk) as ashby:
        async with ashby.serving():
            await ashby.converse(Resident(ROSE.number, ROSE.lines[:4]))
        async with without_room(disk):
            with pytest.raises(GatewayError, match="disk is full"):
                async with ashby.serving():
                    pass
        async with ashby.serving():
            await ashby.converse(Resident(ROSE.number, ROSE.lines[4:]))
            await ashby.nothing_lost_or_doubled([ROSE])


async def test_without_room_for_a_second_copy_the_file_stays_as_it_is(disk: Path) -> None:
    async with ashby(disk) as village:
        await village.store.write(lambda tx: tx.forget_log())
        async with without_room(disk):
            with pytest.raises(StoreFull):
                await village.store.rewrite()
            assert village.store.erased, "it is tried again"
        assert await village.text("+447700900123", "MENU")
        await village.store.rewrite()
        assert await village.store.read(lambda tx: tx.one("PRAGMA integrity_check")[0]) == "ok"  # type: ignore[index]
