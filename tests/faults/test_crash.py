"""Killed or without power at any write: nothing acknowledged is lost, answered twice or half done."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from gateway.store.database import Tx, _prepare, open_store
from modem.driver import Inbox
from tests.faults import power_loss, scenario
from tests.faults.scenario import IMSI, TEXTS

IMAGES = 2_000
IMAGES_SOAKED = 20_000
KILLS = 5
IN_MEMORY = Path("/dev/shm")
SCENARIO = "tests.faults.scenario"
CALLS = ("pwrite64", "fdatasync", "ftruncate", "unlink", "write")
CALLED = re.compile(r"(\d+) +(\w+)\(")

pytestmark = [
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed (apt install strace)"),
    pytest.mark.timeout(300),
]


class State(NamedTuple):
    """What a database says about the texts: the state of each, replies by text, trips, how it stands."""

    texts: tuple[tuple[str, str], ...]
    replies: tuple[int, ...]
    trips: tuple[str, ...]
    conversations: tuple[tuple[str, str], ...]


def state_of(tx: Tx) -> State:
    """Read what matters; anything half done shows here."""
    texts = tx.all("SELECT id, body, state FROM inbound ORDER BY id")
    replies = Counter(row["inbound_id"] for row in tx.all("SELECT inbound_id FROM outbound"))
    return State(
        tuple((row["body"], row["state"]) for row in texts),
        tuple(replies[row["id"]] for row in texts),
        tuple(row["state"] for row in tx.all("SELECT state FROM trip ORDER BY id")),
        tuple(
            (row["flow"], row["status"])
            for row in tx.all("SELECT flow, status FROM conversation ORDER BY id")
        ),
    )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ashby's database before the first text."""
    folder = tmp_path_factory.mktemp("prepared")
    asyncio.run(scenario.prepare(folder))
    return folder


@pytest.fixture(scope="module")
def states(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[State]:
    """What the database says after 0, 1, 2, … texts when nothing goes wrong."""
    folder = copy(prepared, tmp_path_factory.mktemp("whole"))

    async def take_all() -> list[State]:
        store, intake, _ = await scenario.gateway(folder)
        found = [await store.read(state_of)]
        for number in range(len(TEXTS)):
            await intake.take("test", IMSI, Inbox((scenario.part(number),)))
            found.append(await store.read(state_of))
        await store.close()
        return found

    found = asyncio.run(take_all())
    assert found[-1].trips == ("booked",), "the scenario must book a lift"
    return found


def copy(source: Path, target: Path) -> Path:
    """Copy the files of a folder into another."""
    for file in source.iterdir():
        shutil.copy(file, target)
    return target


def lay_out(folder: Path, image: Mapping[str, bytes | bytearray]) -> None:
    """Put an image into a folder, and nothing else."""
    for file in folder.iterdir():
        file.unlink()
    for name, content in image.items():
        if name:
            (folder / name).write_bytes(content)


def took(told: str) -> int:
    """Count the texts that the outside was told may be deleted."""
    return told.count("took ")


async def check(folder: Path, told: str, states: Sequence[State], first: int) -> None:
    """Start again on what is left, as a gateway would, and compare with the course without a fault.

    It goes on from text `first`: whatever was acknowledged may be gone from the SIM, or still be there.
    """
    store, intake, _ = await scenario.gateway(folder)
    try:
        is_a_moment_without_fault(await store.read(state_of), told, states)
        for number in range(first, len(TEXTS)):
            await intake.take("test", IMSI, Inbox((scenario.part(number),)))
        assert await store.read(state_of) == states[-1]
        assert await store.read(damage) == "ok"
    finally:
        await store.close()


def is_a_moment_without_fault(left: State, told: str, states: Sequence[State]) -> None:
    """Nothing is half done, and nothing that was acknowledged is missing."""
    assert left in states, f"half a turn: {left}"
    assert states.index(left) >= took(told), "an acknowledged text is lost"


def first_text(told: str, random: Random) -> int:
    """The text to go on with: the SIM may have let go of what was acknowledged, or not yet."""
    return took(told) if random.random() < 0.5 else 0


def opened(folder: Path) -> tuple[State, bytes]:
    """Open what is left as a gateway's one writer does; give how it stands and a digest of the file then."""
    path = folder / "plainline.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        _prepare(connection, scenario.NOW)
        state = state_of(Tx(connection))
    assert [file.name for file in folder.iterdir()] == [path.name], "the log is emptied and put away"
    return state, sha256(path.read_bytes()).digest()


def damage(tx: Tx) -> str:
    """Give SQLite's own opinion of the file."""
    row = tx.one("PRAGMA quick_check")
    assert row is not None
    return str(row[0])


def killed_at(folder: Path, call: str, number: int, mode: str) -> tuple[bool, str]:
    """Run the scenario and kill it at the n-th `call`; give whether it died and what it told."""
    command = [sys.executable, "-m", SCENARIO, str(folder), mode, *map(str, range(len(TEXTS)))]
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}"]
    done = subprocess.run(
        ["strace", "-f", *inject, "-o", "/dev/null", *command], capture_output=True, check=False
    )
    return done.returncode != 0, done.stdout.decode()


@pytest.mark.parametrize("call", ["pwrite64", "fdatasync"])
def test_killed_at_a_write_of_a_turn_nothing_is_lost_or_doubled(
    call: str, prepared: Path, states: list[State], tmp_path: Path
) -> None:
    random = Random(7)
    total = count_calls(prepared, tmp_path, "take")[call]
    for number in random.sample(range(1, total + 1), min(KILLS, total)):
        folder = copy(prepared, fresh(tmp_path / str(number)))
        died, told = killed_at(folder, call, number, "take")
        assert died
        asyncio.run(check(folder, told, states, first_text(told, random)))


@pytest.mark.soak
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("mode", ["take", "send"])
def test_killed_at_every_write(
    call: str, mode: str, prepared: Path, states: list[State], tmp_path: Path
) -> None:
    random = Random(8)
    for number in range(1, count_calls(prepared, tmp_path, mode)[call] + 1):
        folder = copy(prepared, fresh(tmp_path / str(number)))
        died, told = killed_at(folder, call, number, mode)
        assert died
        if mode == "send":
            check_heard(folder, told)
        else:
            asyncio.run(check(folder, told, states, first_text(told, random)))


def test_killed_at_a_write_of_an_outgoing_text_no_prompt_is_sent_twice(
    prepared: Path, tmp_path: Path
) -> None:
    random = Random(9)
    total = count_calls(prepared, tmp_path, "send")["pwrite64"]
    for number in random.sample(range(1, total + 1), KILLS):
        folder = copy(prepared, fresh(tmp_path / str(number)))
        died, told = killed_at(folder, "pwrite64", number, "send")
        assert died
        check_heard(folder, told)


def check_heard(folder: Path, told: str) -> None:
    """Finish what the killed process began; then look at what the resident heard in both lives."""
    before = took(told)
    afterwards: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scenario, "tell", afterwards.append)
        asyncio.run(scenario.take(folder, [*range(before, len(TEXTS))], send=True, reopen=False))
    heard = Counter(re.findall(r"^heard (\d+) ", "\n".join([*told.splitlines(), *afterwards]), re.MULTILINE))
    rows = asyncio.run(outbound_in(folder))
    assert rows
    for row_id, kind, end, ref in rows:
        times = heard[str(row_id)]
        assert times <= (2 if kind == "confirmation" else 1), f"{kind} {row_id} was sent {times} times"
        assert times >= 1 or end == "uncertain", f"{kind} {row_id} ended {end} and was never sent"
        assert kind != "confirmation" or (times >= 1 and ref), "a confirmation is heard and has a reference"


async def outbound_in(folder: Path) -> list[tuple[int, str, str, str]]:
    """Read every text made in a folder's database."""
    store = await open_store(folder / "plainline.db", now=scenario.NOW)
    try:
        return await store.read(all_outbound)
    finally:
        await store.close()


def all_outbound(tx: Tx) -> list[tuple[int, str, str, str]]:
    """Give id, kind, state and reference of every text made."""
    return [tuple(row) for row in tx.all("SELECT id, kind, state, ref FROM outbound ORDER BY id")]


def fresh(folder: Path) -> Path:
    """Make a folder."""
    folder.mkdir()
    return folder


def count_calls(prepared: Path, tmp_path: Path, mode: str) -> Counter[str]:
    """Count how often the thread that makes each call most makes it: strace counts each thread by itself."""
    folder = copy(prepared, fresh(tmp_path / "count"))
    log = tmp_path / "calls"
    command = [sys.executable, "-m", SCENARIO, str(folder), mode, *map(str, range(len(TEXTS)))]
    subprocess.run(
        ["strace", "-f", "-e", f"trace={','.join(CALLS)}", "-o", str(log), *command],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    lines = log.read_text(errors="replace").splitlines()
    by_thread = Counter(found.groups() for line in lines if (found := CALLED.match(line)))
    most: Counter[str] = Counter()
    for (_, call), times in by_thread.items():
        most[call] = max(most[call], times)
    return most


@pytest.mark.parametrize("count", [IMAGES, pytest.param(IMAGES_SOAKED, marks=pytest.mark.soak)])
def test_without_power_at_any_moment_nothing_is_lost_or_doubled(
    count: int, prepared: Path, states: list[State], tmp_path: Path
) -> None:
    random = Random(11)
    folder = copy(prepared, fresh(tmp_path / "recorded"))
    arguments = [str(folder), "reopen", *map(str, range(len(TEXTS)))]
    operations = power_loss.record(folder, [SCENARIO, *arguments], tmp_path / "log")
    assert sum(operation.kind == "sync" for operation in operations) >= len(TEXTS)
    gone_on_from: set[tuple[bytes, int]] = set()

    async def check_all(image_folder: Path) -> int:
        checked = 0
        for image in power_loss.images(prepared, operations, count, random):
            lay_out(image_folder, image)
            told = image[""].decode()
            state, file = opened(image_folder)
            is_a_moment_without_fault(state, told, states)
            first = first_text(told, random)
            # How it goes on hangs on nothing but the bytes it begins with: from the same it goes on once.
            if (file, first) not in gone_on_from:
                lay_out(image_folder, image)
                await check(image_folder, told, states, first)
                gone_on_from.add((file, first))
            checked += 1
        return checked

    # What is synced here is of no interest any more, so it lies in memory where the system has a place there.
    with TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else tmp_path) as image_folder:
        assert asyncio.run(check_all(Path(image_folder))) == count
    assert len(gone_on_from) > len(TEXTS), "every text was the first to be taken after some cut"
