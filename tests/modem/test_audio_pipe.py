"""Between a sound device's thread and the call nothing is lost unseen, and nothing waits for ever."""

from __future__ import annotations

import asyncio
import random
import threading

import pytest

from modem.audio.line import FRAME_BYTES, SILENCE
from modem.audio.pipe import HEARD_FRAMES, SAID_BYTES, FramePipe
from modem.errors import LineLost


def counted(frames: int) -> bytes:
    """Sound in which no two frames are the same."""
    return b"".join(number.to_bytes(4, "little") * (FRAME_BYTES // 4) for number in range(1, frames + 1))


async def test_sound_in_odd_pieces_is_heard_in_whole_frames() -> None:
    pipe, data, chance = FramePipe(), counted(40), random.Random(1)
    start = 0
    while start < len(data):
        size = chance.choice((1, 3, 160, 319, 321, 977))
        pipe.put(data[start : start + size])
        start += size
    assert b"".join([await pipe.hear() for _ in range(40)]) == data


async def test_a_call_that_reads_too_slowly_hears_the_newest_second() -> None:
    pipe, data = FramePipe(), counted(HEARD_FRAMES + 7)
    pipe.put(data)
    assert pipe.dropped.heard == 7
    assert await pipe.hear() == data[7 * FRAME_BYTES : 8 * FRAME_BYTES]


async def test_what_is_said_is_played_in_order_and_then_silence() -> None:
    pipe, data = FramePipe(), counted(3)
    pipe.say(data[:500])
    pipe.say(data[500:])
    assert b"".join(pipe.take() for _ in range(3)) == data
    assert pipe.take() == SILENCE


async def test_a_device_may_take_any_number_of_bytes() -> None:
    pipe, data = FramePipe(), counted(2)
    pipe.say(data)
    assert pipe.take(100) + pipe.take(1_000) == data + bytes(1_100 - len(data))


async def test_the_last_piece_is_filled_with_silence() -> None:
    pipe = FramePipe()
    pipe.say(b"\1\1" * 10)
    assert pipe.take() == (b"\1\1" * 10).ljust(FRAME_BYTES, b"\0")


async def test_half_a_sample_is_never_played() -> None:
    """One odd byte would turn all that follows into noise."""
    pipe = FramePipe()
    pipe.say(b"\1\1\1")
    pipe.say(b"\2\2")
    assert pipe.take(4) == b"\1\1\2\2"


async def test_more_than_fits_is_dropped_and_counted() -> None:
    pipe = FramePipe()
    pipe.say(bytes(SAID_BYTES - FRAME_BYTES))
    pipe.say(counted(4))
    assert pipe.dropped.said == 3
    pipe.say(counted(1))
    assert pipe.dropped.said == 4


async def test_said_waits_for_the_device_and_for_what_is_queued_meanwhile() -> None:
    pipe = FramePipe()
    pipe.say(counted(2))
    waiting = asyncio.create_task(pipe.said())
    pipe.take()
    pipe.take()
    pipe.say(counted(1))  # before the loop has heard that the queue had run empty
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    pipe.take()
    async with asyncio.timeout(5):
        await waiting


async def test_nothing_queued_is_said_at_once() -> None:
    async with asyncio.timeout(5):
        await FramePipe().said()


async def test_hush_forgets_what_is_queued() -> None:
    pipe = FramePipe()
    pipe.say(counted(9))
    waiting = asyncio.create_task(pipe.said())
    await asyncio.sleep(0)
    pipe.hush()
    async with asyncio.timeout(5):
        await waiting
    assert pipe.take() == SILENCE


async def test_a_lost_device_ends_every_wait_with_its_reason() -> None:
    pipe = FramePipe()
    pipe.say(counted(1))
    hearing, saying = asyncio.create_task(pipe.hear()), asyncio.create_task(pipe.said())
    await asyncio.sleep(0)
    pipe.fail(LineLost("pulled out"))
    pipe.fail(LineLost("and closed after that"))
    async with asyncio.timeout(5):
        for wait in (hearing, saying, pipe.hear(), pipe.said()):
            with pytest.raises(LineLost, match="pulled out"):
                await wait
    with pytest.raises(LineLost, match="pulled out"):
        pipe.say(SILENCE)


async def test_the_last_words_before_the_device_went_are_heard() -> None:
    pipe = FramePipe()
    pipe.put(counted(1))
    pipe.fail(LineLost("pulled out"))
    assert await pipe.hear() == counted(1)
    with pytest.raises(LineLost):
        await pipe.hear()


async def test_a_thread_and_the_loop_at_full_speed_lose_nothing() -> None:
    """No frame is lost, doubled or torn, and no wake-up is missed, however the two sides interleave."""
    pipe, data = FramePipe(), counted(4_000)
    room = threading.Semaphore(HEARD_FRAMES)
    played = bytearray()

    def device() -> None:
        for start in range(0, len(data), FRAME_BYTES):
            room.acquire(timeout=5)
            pipe.put(data[start : start + FRAME_BYTES])
            played.extend(pipe.take())

    pipe.say(data)
    thread = threading.Thread(target=device)
    thread.start()
    heard = bytearray()
    async with asyncio.timeout(20):
        for _ in range(4_000):
            heard += await pipe.hear()
            room.release()
        await pipe.said()
    thread.join()
    assert heard == data
    assert played == data
    assert (pipe.dropped.heard, pipe.dropped.said) == (0, 0)


async def test_a_device_that_outlives_the_loop_does_no_harm() -> None:
    loop = asyncio.new_event_loop()
    pipe = await asyncio.to_thread(loop.run_until_complete, _made())
    loop.close()
    pipe.put(SILENCE)
    pipe.fail(LineLost("pulled out"))


async def _made() -> FramePipe:
    return FramePipe()
