"""A call's sound over a modem's second serial port: exact in pace, whatever pieces the port makes of it."""

from __future__ import annotations

import asyncio
import os
import random
import tty
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from modem.audio import pcm_commands, wav
from modem.audio.keys import KeyDetector
from modem.audio.line import FRAME_BYTES, FRAME_SECONDS
from modem.audio.measure import measure
from modem.audio.pcm_commands import NONE, PcmCommands
from modem.audio.serial_pcm import SerialPcmLine
from modem.audio.tones import pressed
from modem.errors import LineLost, Refused
from tests.modem.leaping import leaping_time

pytestmark = pytest.mark.alone


class ModemEnd:
    """The modem's side of the port: gives sound in bursts of odd sizes, as USB does."""

    def __init__(self) -> None:
        self._master, slave = os.openpty()
        tty.setraw(self._master)
        self.path = Path(os.ttyname(slave))
        self._slave = slave
        self.commands: list[str] = []
        self.arrived: list[tuple[float, bytes]] = []
        os.set_blocking(self._master, False)
        self.go_on()

    async def command(self, command: str) -> None:
        self.commands.append(command)

    async def speak(self, data: bytes, seed: int = 1) -> None:
        """Send sound in pieces of 1 to 1,000 bytes, as fast as the line reads it."""
        chance = random.Random(seed)
        while data:
            size = chance.choice((1, 7, 64, 319, 640, 1_000))
            sent = os.write(self._master, data[:size])
            data = data[sent:]
            await asyncio.sleep(0.0005)

    def _read(self) -> None:
        self.arrived.append((asyncio.get_running_loop().time(), os.read(self._master, 65_536)))

    def stall(self) -> None:
        """Take nothing any more; a pseudo-terminal holds 4 kB by itself."""
        asyncio.get_running_loop().remove_reader(self._master)

    def go_on(self) -> None:
        """Take what comes again."""
        asyncio.get_running_loop().add_reader(self._master, self._read)

    @property
    def heard(self) -> bytes:
        return b"".join(data for _, data in self.arrived)

    def unplug(self) -> None:
        if self._master >= 0:
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            os.close(self._slave)
            self._master = -1


class EchoingEnd(ModemEnd):
    """Gives back what it is given, a fifth of a second later and 12 dB quieter."""

    def _read(self) -> None:
        super()._read()
        data = self.arrived[-1][1]
        assert len(data) % 2 == 0, "frames are written whole"
        quieter = wav.sound(wav.samples(data) * np.float32(0.25))
        asyncio.get_running_loop().call_later(0.2, os.write, self._master, quieter)


@pytest.fixture
async def modem() -> AsyncIterator[ModemEnd]:
    end = ModemEnd()
    yield end
    end.unplug()


def made(modem: ModemEnd, commands: PcmCommands = NONE) -> SerialPcmLine:
    return SerialPcmLine(modem.path, commands, modem.command)


async def test_keys_are_heard_in_bursts_of_odd_sizes(modem: ModemEnd) -> None:
    line, detector, keys = made(modem), KeyDetector(), ""
    await line.open()
    speaking = asyncio.create_task(modem.speak(pressed("1937")))
    async with asyncio.timeout(10):
        while len(keys) < 4:
            keys += "".join(detector.feed(await line.hear()))
    await speaking
    await line.close()
    assert keys == "1937"


async def test_the_echo_of_a_port_is_measured() -> None:
    end = EchoingEnd()
    with leaping_time():
        line = made(end)
        await line.open()
        found = await measure(line)
        await line.close()
        await asyncio.sleep(0.5)  # the last of it comes back
    end.unplug()
    assert found.echo_db == pytest.approx(12, abs=1)
    assert found.delay_s == pytest.approx(0.2, abs=0.05)


async def test_a_frame_is_written_every_20_ms_and_silence_when_idle(modem: ModemEnd) -> None:
    with leaping_time() as clock:
        line = made(modem)
        await line.open()
        begin = clock.time()
        while len(modem.heard) < 50 * FRAME_BYTES:
            await line_pause()
        took = clock.time() - begin
        tone = pressed("5", 0.2, 0.0)
        line.say(tone)
        await line.said()
        while len(modem.heard.strip(b"\0")) < len(tone.strip(b"\0")):
            await line_pause()
        await line.close()
    assert took == pytest.approx(49 * FRAME_SECONDS, abs=0.1)
    assert modem.heard[: 50 * FRAME_BYTES] == bytes(50 * FRAME_BYTES)
    assert tone in modem.heard
    assert len(modem.heard) % FRAME_BYTES == 0


async def test_a_loop_that_was_held_up_catches_up_without_a_burst(modem: ModemEnd) -> None:
    """After 90 ms the missing frames follow at once; after half a second only the pace goes on."""
    with leaping_time() as clock:
        line = made(modem)
        await line.open()
        while not modem.heard:
            await line_pause()
        had, begin = len(modem.heard), clock.time()
        clock.hold_up(0.09)
        while len(modem.heard) < had + 10 * FRAME_BYTES:
            await line_pause()
        assert clock.time() - begin < 14 * FRAME_SECONDS, "those of the hold-up are among the ten"
        had, begin = len(modem.heard), clock.time()
        clock.hold_up(0.5)
        while len(modem.heard) < had + 10 * FRAME_BYTES:
            await line_pause()
        assert clock.time() - begin > 0.5 + 3 * FRAME_SECONDS, "those of half a second are not"
        await line.close()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def line_pause() -> None:
    """Let the loop run until the next frame is surely due."""
    await asyncio.sleep(FRAME_SECONDS)


@pytest.mark.parametrize(
    ("commands", "start", "stop"),
    [
        (pcm_commands.HUAWEI, ["AT^DDSETEX=2"], []),
        (pcm_commands.QUECTEL_SERIAL, ["AT+QPCMV=1,0"], ["AT+QPCMV=0"]),
        (pcm_commands.QUECTEL_SOUND_CARD, ["AT+QPCMV=1,2"], ["AT+QPCMV=0"]),
        (pcm_commands.SIMCOM, ["AT+CPCMREG=1"], ["AT+CPCMREG=0"]),
    ],
)
async def test_each_make_is_told_its_own_way(
    modem: ModemEnd, commands: PcmCommands, start: list[str], stop: list[str]
) -> None:
    line = made(modem, commands)
    await line.open()
    assert modem.commands == start
    await line.close()
    await line.close()
    assert modem.commands == start + stop


async def test_a_modem_that_vanishes_ends_the_call_in_words(modem: ModemEnd) -> None:
    line = made(modem)
    await line.open()
    modem.unplug()
    async with asyncio.timeout(5):
        with pytest.raises(LineLost, match="the conversation goes on by text"):
            await line.hear()
        with pytest.raises(LineLost):
            await line.said()
    with pytest.raises(LineLost):
        line.say(bytes(320))
    await line.close()


async def test_a_port_that_is_not_there_is_named(tmp_path: Path, modem: ModemEnd) -> None:
    line = SerialPcmLine(tmp_path / "ttyUSB9", NONE, modem.command)
    with pytest.raises(LineLost, match="ttyUSB9"):
        await line.open()
    await line.close()


async def test_a_file_that_is_no_port_is_refused(tmp_path: Path, modem: ModemEnd) -> None:
    (tmp_path / "notes.txt").write_text("not a port")
    with pytest.raises(LineLost, match=r"notes\.txt"):
        await SerialPcmLine(tmp_path / "notes.txt", NONE, modem.command).open()


async def test_a_modem_that_refuses_leaves_no_port_open(modem: ModemEnd) -> None:
    async def refuse(_: str) -> None:
        raise Refused("CME", 3)

    before = descriptors()
    line = SerialPcmLine(modem.path, pcm_commands.SIMCOM, refuse)
    with pytest.raises(Refused):
        await line.open()
    assert descriptors() == before
    await line.close()


async def test_a_line_can_be_opened_again(modem: ModemEnd) -> None:
    before = descriptors()
    line = made(modem)
    for _ in range(3):
        await line.open()
        await line.close()
    assert descriptors() == before


async def test_a_modem_that_takes_nothing_loses_frames_and_not_the_call(modem: ModemEnd) -> None:
    modem.stall()
    line = made(modem)
    await line.open()
    async with asyncio.timeout(10):
        while not line.dropped.said:
            await line_pause()
        await modem.speak(bytes(FRAME_BYTES))
        assert await line.hear() == bytes(FRAME_BYTES)
        modem.go_on()
        lost = line.dropped.said
        while line.dropped.said > lost or len(modem.heard) < 20 * FRAME_BYTES:
            lost = line.dropped.said
            await line_pause()
    await line.close()
