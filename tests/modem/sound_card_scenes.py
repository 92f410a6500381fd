"""Scenes with real sound cards, each run in a process of its own by test_audio_sound_card."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from modem.audio import card, portaudio
from modem.audio.keys import KeyDetector
from modem.audio.line import FRAME_SECONDS
from modem.audio.measure import measure
from modem.audio.sound_card import SoundCardLine
from modem.audio.tones import pressed, tone
from modem.audio.wav import level, samples, sound
from modem.errors import LineLost
from tests.modem.sound_server import CALLER, MODEM, SoundServer, sound_server


async def pair() -> tuple[SoundCardLine, SoundCardLine]:
    modem, caller = SoundCardLine(MODEM), SoundCardLine(CALLER)
    await modem.open()
    await caller.open()
    return modem, caller


def held() -> tuple[int, int]:
    """Threads that are not Python's, which keeps some for work to come, and descriptors."""
    threads = len(list(Path("/proc/self/task").iterdir())) - threading.active_count()
    return threads, len(list(Path("/proc/self/fd").iterdir()))


async def keys_heard(line: SoundCardLine, count: int) -> str:
    detector, keys = KeyDetector(), ""
    async with asyncio.timeout(15):
        while len(keys) < count:
            keys += "".join(detector.feed(await line.hear()))
    return keys


async def talk(_: SoundServer) -> None:
    """Keys both ways at once, and every thread and device let go afterwards."""
    modem, caller = await pair()
    modem.say(pressed("1234567890", 0.2))
    caller.say(pressed("0987654321", 0.2))
    there, back = await asyncio.gather(keys_heard(caller, 10), keys_heard(modem, 10))
    await modem.said()
    await modem.close()
    await caller.close()
    await modem.close()
    print("heard", there, "and", back)
    assert back == "0987654321"
    # None on a machine with time to spare.
    assert modem.dropped.heard + caller.dropped.heard < 25
    before = held()
    for line in (modem, caller) * 4:
        await line.open()
        await line.hear()
        await line.close()
    assert held() == before


async def talk_at_48_khz(server: SoundServer) -> None:
    """As if the cards had but this rate, as common USB cards do."""
    setattr(card, "_RATES", (48_000,))  # noqa: B010 its type names the four rates it has
    await talk(server)


async def barge_in(_: SoundServer) -> None:
    """A long prompt stops within the latency of the cards."""
    modem, caller = await pair()
    modem.say(tone("5", 30.0))
    await keys_heard(caller, 1)
    modem.hush()
    frames = 0
    async with asyncio.timeout(5):
        while level(await caller.hear()) > -50:
            frames += 1
    assert frames * FRAME_SECONDS < 0.5
    print("quiet after", frames * FRAME_SECONDS)
    await modem.close()
    await caller.close()


async def hang_up_early(_: SoundServer) -> None:
    """Callers who hang up while the card is being opened leave nothing open behind them."""
    modem, caller = await pair()
    await modem.close()
    await caller.close()  # with both, or a hiccup of the other is counted
    before = held()
    for line in (modem, caller) * 4:
        opening = asyncio.create_task(line.open())
        await asyncio.sleep(0)
        opening.cancel()
        await asyncio.wait([opening], timeout=10)
        assert opening.cancelled()
        assert held() == before
    modem, caller = await pair()
    modem.say(pressed("42"))
    print("heard", await keys_heard(caller, 2))
    await modem.close()
    await caller.close()


async def hiccup(_: SoundServer) -> None:
    """PortAudio gives the stream up in the middle of a sentence; the rest of it is said all the same."""
    modem, caller = await pair()
    modem.say(pressed("12"))
    caller.say(pressed("789"))
    heard = await keys_heard(caller, 2)
    modem._card._stream.abort()  # type: ignore[union-attr]
    modem.say(pressed("345"))
    print("heard", heard + await keys_heard(caller, 3))
    await asyncio.gather(*(modem.hear() for _frame in range(10)))
    await modem.close()
    await caller.close()
    assert not portaudio._open_streams


async def echo(_: SoundServer) -> None:
    """The other end gives back what it hears, 12 dB quieter: that is measured through both cards."""
    modem, caller = await pair()

    async def give_back() -> None:
        while True:
            caller.say(sound(samples(await caller.hear()) * np.float32(0.25)))

    giving = asyncio.create_task(give_back())
    found = await measure(modem)
    giving.cancel()
    print("echo", round(found.echo_db or 0), "dB")
    assert found.delay_s is not None
    assert 0.02 < found.delay_s < 1.0
    await modem.close()
    await caller.close()


async def replug(server: SoundServer) -> None:
    """Both cards vanish in the middle of a call, and come back."""
    modem, caller = await pair()
    await caller.hear()
    server.stop()
    try:
        async with asyncio.timeout(10):
            while True:
                await caller.hear()
    except LineLost as lost:
        print("lost:", lost)
    await modem.close()
    await caller.close()
    try:
        await modem.open()
    except LineLost as lost:
        print(lost)
    server.start()
    modem, caller = await pair()
    modem.say(pressed("123"))
    print("heard", await keys_heard(caller, 3))
    await modem.close()
    await caller.close()


async def wrong_name(_: SoundServer) -> None:
    """A typing error in the settings; and while a call is on, nobody pulls PortAudio from under it."""
    try:
        await SoundCardLine("no such card").open()
    except LineLost as lost:
        print(lost)
    modem, caller = await pair()
    with pytest.raises(LineLost, match="no call is on"):
        await SoundCardLine("no such card").open()
    modem.say(pressed("7"))
    assert await keys_heard(caller, 1) == "7"
    await modem.close()
    await caller.close()
    assert MODEM in portaudio.devices()


def main(scene: str, folder: Path) -> None:
    """Play one scene on a sound server of its own."""
    with sound_server(folder) as server:
        os.environ.update(server.environment)
        asyncio.run(globals()[scene](server))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
