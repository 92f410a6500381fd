"""Many calls, in a row and at once: nothing is left behind, no sound is lost, no text is kept waiting."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from modem.audio.software import REAL
from modem.virtual.phone_call import PhoneCall
from tests.calls.outside import running_gateway, told_to_tell_of_callers, write_settings
from tests.calls.ringing import RingingTown, hears_korean, ringing_town
from tests.faults.conversation import until
from tests.modem import callers

CALLS_AT_ONCE = 16
CALL_SECONDS = 40.0
POOL = 4
MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Held:
    """What this process holds: threads, Python's and others, descriptors, and memory in megabytes."""

    threads: int
    descriptors: int
    megabytes: float

    @staticmethod
    def now() -> Held:
        """Give what it holds, once what nobody needs is thrown away."""
        gc.collect()
        descriptors = len(list(Path("/proc/self/fd").iterdir()))
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return Held(len(list(Path("/proc/self/task").iterdir())), descriptors, pages * 4096 / MB)


async def all_threads_of_the_pool() -> None:
    """Have the pool of the loop start all its threads, which it otherwise does as they are wanted."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(POOL))
    together = threading.Barrier(POOL)
    await asyncio.gather(*(asyncio.to_thread(together.wait) for _ in range(POOL)))


@pytest.mark.parametrize(
    ("warming_up", "calls", "megabytes"),
    [
        pytest.param(5, 50, 20.0, id="50"),  # which are still warming up: allocators fill their arenas
        pytest.param(200, 1000, 5.0, id="1000", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
    ],
)
async def test_calls_in_a_row_leave_no_thread_no_descriptor_and_no_megabyte(
    tmp_path: Path, prompts: Path, warming_up: int, calls: int, megabytes: float
) -> None:
    await all_threads_of_the_pool()
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        for number in range(warming_up):
            await _short_call(town, number)
        before = Held.now()
        for number in range(calls):
            await _short_call(town, number)

        async def nothing_left() -> bool:
            now = Held.now()
            return now.threads <= before.threads and now.descriptors <= before.descriptors

        with contextlib.suppress(AssertionError):
            await until(nothing_left, "the last call to be put away")
        after = Held.now()
        print(f"before {before}, after {after}")
        assert after.threads <= before.threads
        assert after.descriptors <= before.descriptors
        assert after.megabytes < before.megabytes + megabytes


async def _short_call(town: RingingTown, number: int) -> None:
    """Ring, listen, press a key and hang up, each at another moment."""
    caller = await town.rings(f"+4477009005{number % 50:02d}")
    await caller.hears()
    if number % 3:
        await caller.presses("1")
    if number % 3 == 1:
        await caller.presses("2")
        await caller.hears_out()
    await caller.call.hang_up()
    await town.ready()
    town.watch.forget()


@pytest.mark.soak
@pytest.mark.timeout(600)
async def test_sixteen_calls_at_once_lose_no_frame_and_keep_no_text_waiting(
    tmp_path: Path, prompts: Path, unused_tcp_port: int
) -> None:
    async with ringing_town(tmp_path, prompts, pace=REAL, modems=CALLS_AT_ONCE) as town:
        hears_korean(town)
        settings = await write_settings(town, unused_tcp_port)
        async with running_gateway(settings) as gateway:
            for modem in town.config.modems:
                ready = partial(told_to_tell_of_callers, town, modem.number or "")
                await until(ready, f"{modem.name} to be ready", 60)
            await until(partial(_says, gateway.log, "prompts ready"), "the prompts to be made", 120)
            alone = [await _text_seconds(town, number) for number in range(20)]
            began = time.monotonic()
            calling = [
                asyncio.create_task(_long_call(town, place, modem.number or ""))
                for place, modem in enumerate(town.config.modems)
            ]
            meanwhile: list[float] = []
            while not all(call.done() for call in calling):
                meanwhile.append(await _text_seconds(town, 20 + len(meanwhile)))
                await asyncio.sleep(0.5)
            calls = await asyncio.gather(*calling)
            took = time.monotonic() - began
        counts = [(await town.simulator.log(modem.number or ""))["frames"] for modem in town.config.modems]
        late, heard = sum(c.get("late", 0) for c in counts), sum(c["heard"] for c in counts)
        slowest = statistics.quantiles(meanwhile, n=20)[-1]
        print(f"{len(calls)} calls in {took:.0f} s: {heard} frames heard, {late} late")
        both = f"{statistics.median(alone):.3f} s, meanwhile {statistics.median(meanwhile):.3f} s"
        print(f"a text alone {both}, one in twenty {slowest:.3f} s")
        assert all(call.seconds > CALL_SECONDS for call in calls)
        assert "sound was dropped" not in gateway.log.read_text()
        assert late <= heard / 200, "a frame is late when this machine does something else for 60 ms"
        assert slowest < 1.0


async def _says(log: Path, words: str) -> bool:
    return words in await asyncio.to_thread(log.read_text)


async def _long_call(town: RingingTown, place: int, number: str) -> PhoneCall:
    """Keep a line busy with keys, every second one with Korean words as well, to real ears."""
    call = await (await town.simulator.phone(f"+4477009006{place:02d}")).call(number)
    await call.answered(30)
    speaks = place % 2 == 1
    word = callers.silence(0.3) + callers.say("도움", "ko")
    for keys in ("3" if speaks else "1", "2", "#", "#", "1", "*", "*", "*"):
        await call.hear(CALL_SECONDS / 8)
        if speaks and keys == "*":
            call.say(word)
            await call.said()
        else:
            await call.press(keys)
    await call.hear(1)
    await call.hang_up()
    return call


async def _text_seconds(town: RingingTown, number: int) -> float:
    """How long a resident waits for the reply to a text, in seconds."""
    phone = await town.simulator.phone(f"+447700900{400 + number % 90}")
    began = time.monotonic()
    modem = town.config.modems[number % CALLS_AT_ONCE]  # each answers its own texts, at its pace
    await phone.text(modem.number or "", "MENU")
    await phone.next(20)
    return time.monotonic() - began
