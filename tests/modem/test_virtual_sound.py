"""The sound of calls on the software network: what one end says, the other hears, at either pace."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from modem.audio import wav
from modem.audio.keys import KeyDetector
from modem.audio.line import FRAME_BYTES, RATE, SILENCE
from modem.audio.software import AHEAD_FRAMES, LOCK_STEP, REAL, SoftwareLine, sound_socket
from modem.audio.tones import pressed
from modem.errors import LineLost
from modem.virtual.phone_call import PhoneCall
from tests.modem.virtual_bench import ANN, BEN, MODEM, Bench, bench

pytestmark = pytest.mark.alone

paces = pytest.mark.parametrize("pace", [REAL, LOCK_STEP])


def hum(seconds: float, seed: int = 1) -> bytes:
    """Sound no two frames of which are alike."""
    noise = np.random.default_rng(seed).uniform(-0.3, 0.3, round(seconds * RATE))
    return wav.sound(noise.astype(np.float32))


def frames_of(sound: bytes) -> list[bytes]:
    """The frames of a sound that are not silent."""
    pieces = [sound[at : at + FRAME_BYTES] for at in range(0, len(sound), FRAME_BYTES)]
    return [piece for piece in pieces if piece != SILENCE]


class Ear:
    """Hears everything that comes over a line."""

    def __init__(self, line: SoftwareLine) -> None:
        self.frames: list[bytes] = []
        self.lost = False
        self._more = asyncio.Event()
        self._line = line
        self._running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            while True:
                self.frames.append(await self._line.hear())
                self._more.set()
        except LineLost:
            self.lost = True

    async def stop(self) -> None:
        """Stop hearing."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def until(self, heard: Callable[[], bool]) -> None:
        """Hear until something was heard."""
        async with asyncio.timeout(5):
            while not heard():
                self._more.clear()
                await self._more.wait()

    async def until_lost(self) -> None:
        """Hear until the line is gone."""
        async with asyncio.timeout(5):
            await self._running

    @property
    def sound(self) -> bytes:
        """All of it."""
        return b"".join(self.frames)


@asynccontextmanager
async def talking(b: Bench, pace: str) -> AsyncIterator[tuple[PhoneCall, SoftwareLine, Ear]]:
    """Ann has rung the modem, which has answered and opened its line."""
    await b.simulator.sound_pace(pace)
    call = await (await b.simulator.phone(ANN)).call(MODEM)
    await b.line.until("RING")
    assert (await b.line.at("ATA"))[-1] == "OK"
    await call.answered()
    line = SoftwareLine(b.simulator.path, MODEM)
    await line.open()
    ear = Ear(line)
    try:
        yield call, line, ear
    finally:
        await ear.stop()
        await line.close()


@paces
async def test_what_one_end_says_the_other_hears(tmp_path: Path, pace: str) -> None:
    async with bench(tmp_path) as b, talking(b, pace) as (call, line, ear):
        mine, yours = hum(0.4, 1), hum(0.4, 2)
        call.say(mine)
        line.say(yours)
        await call.hear(0.8)
        assert frames_of(ear.sound) == frames_of(mine)
        assert frames_of(call.heard) == frames_of(yours)
        await line.said()
        assert line.dropped.heard == line.dropped.said == 0


async def test_in_lock_step_no_frame_is_lost_and_time_flies(tmp_path: Path) -> None:
    async with bench(tmp_path) as b, talking(b, LOCK_STEP) as (call, line, ear):
        mine, yours = hum(60, 1), hum(60, 2)
        call.say(mine)
        line.say(yours)
        began = time.monotonic()
        await call.hear(61)
        assert time.monotonic() - began < 20
        assert frames_of(ear.sound) == frames_of(mine)
        assert frames_of(call.heard) == frames_of(yours)


async def test_in_lock_step_time_stands_still_while_the_phone_does_nothing(tmp_path: Path) -> None:
    async with bench(tmp_path) as b, talking(b, LOCK_STEP) as (call, _, ear):
        await call.hear(1)
        await b.simulator.log(0)  # whatever was under way has come by then
        assert len(ear.frames) == 50
        await call.hear(0.5)
        assert len(ear.frames) == 75
        assert call.seconds == pytest.approx(1.5)


async def test_in_lock_step_the_line_may_be_opened_late(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.sound_pace(LOCK_STEP)
        call = await (await b.simulator.phone(ANN)).call(MODEM)
        await b.line.until("RING")
        await b.line.at("ATA")
        await call.answered()
        call.say(hum(0.5))
        hearing = asyncio.create_task(call.hear(0.5))
        await asyncio.sleep(0.1)  # life goes on meanwhile, and must not take part in it
        line = SoftwareLine(b.simulator.path, 0)
        await line.open()
        ear = Ear(line)
        await hearing
        assert frames_of(ear.sound) == frames_of(hum(0.5))
        await ear.stop()
        await line.close()


async def test_at_the_real_pace_a_second_takes_a_second(tmp_path: Path) -> None:
    async with bench(tmp_path) as b, talking(b, REAL) as (call, line, _):
        began = time.monotonic()
        await call.hear(1)
        assert 0.9 < time.monotonic() - began < 1.6
        said = time.monotonic()
        line.say(hum(0.5))
        await line.said()
        assert 0.4 < time.monotonic() - said < 1.0
        assert (await b.simulator.log(0))["frames"]["heard"] >= 50


async def test_at_the_real_pace_what_comes_too_late_is_lost_and_not_said_later(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.sound_pace(REAL)
        call = await (await b.simulator.phone(ANN)).call(MODEM)
        await b.line.until("RING")
        await b.line.at("ATA")
        await call.answered()
        heard, says = await asyncio.open_unix_connection(sound_socket(b.simulator.path))
        says.write(json.dumps({"modem": 0}).encode() + b"\n")
        await heard.readline()
        late = frames_of(hum(0.5, 1))
        for _ in late:  # half a second passes, and nothing is said
            await heard.readexactly(FRAME_BYTES)
        says.write(b"".join(late))
        on_time = frames_of(hum(0.5, 2))
        for frame in on_time:
            await heard.readexactly(FRAME_BYTES)
            says.write(frame)
        for _ in range(AHEAD_FRAMES):
            await heard.readexactly(FRAME_BYTES)
        says.close()
        caught = frames_of(call.heard)
        assert len([frame for frame in caught if frame in late]) < 10, "at most what still made it"
        assert len([frame for frame in caught if frame in on_time]) > len(on_time) - 10, "in time again"
        assert caught == [frame for frame in late + on_time if frame in caught], "and in order"


@paces
async def test_a_key_is_a_tone_and_a_report(tmp_path: Path, pace: str) -> None:
    async with bench(tmp_path, f"{MODEM}:sim7600") as b, talking(b, pace) as (call, _, ear):
        await call.press("1#")
        await call.press("5", reported=False)
        await call.hear(0.1)
        assert [await b.line.until("+RXDTMF") for _ in "1#"] == ["+RXDTMF: 1", "+RXDTMF: #"]
        detector = KeyDetector()
        assert [key for frame in ear.frames for key in detector.feed(frame)] == ["1", "#", "5"]
        await b.line.at("AT")
        assert b.line.heard.count(b"+RXDTMF") == 2


@paces
async def test_hushing_stops_what_is_said(tmp_path: Path, pace: str) -> None:
    async with bench(tmp_path) as b, talking(b, pace) as (call, line, ear):
        line.say(hum(30))
        call.say(hum(30))
        await call.hear(0.3)
        line.hush()
        call.hush()
        await call.hear(0.5)
        assert len(frames_of(call.heard)) < 40
        assert len(frames_of(ear.sound)) < 40
        assert frames_of(await call.hear(0.2)) == []


@paces
async def test_the_end_of_a_call_is_told_with_who_ended_it(tmp_path: Path, pace: str) -> None:
    async with bench(tmp_path) as b:
        async with talking(b, pace) as (call, line, _):
            line.say(pressed("1"))
            await line_said(call, line)
            assert await b.line.at("AT+CHUP") == ["OK"]
            assert await call.ended() == "NO CARRIER"
            assert call.ended_by == "other"
            assert frames_of(call.heard)
        async with talking(b, pace) as (call, _, _):
            await call.hear(0.1)
            await call.hang_up()
            assert call.ended_by == "phone"
            await b.line.until("NO CARRIER")
            assert await call.hear(5) == b""
        async with talking(b, pace) as (call, _, ear):
            await b.simulator.unplug(0)
            assert await call.ended() == "NO CARRIER"
            assert call.ended_by == "network"
            await ear.until_lost()
            assert ear.lost


async def line_said(call: PhoneCall, line: SoftwareLine) -> None:
    """Let the line say all it has to say, and the phone hear it."""
    said = asyncio.create_task(line.said())
    while not said.done():
        await call.hear(0.1)


@paces
async def test_the_phone_rings_answers_and_takes_a_message(tmp_path: Path, pace: str) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.sound_pace(pace)
        phone = await b.simulator.phone(ANN)
        assert await b.line.at(f"ATD{ANN};") == ["OK"]
        assert f'0,3,0,0,"{ANN}",145' in (await b.line.at("AT+CLCC"))[0]
        call = await phone.rung()
        message = asyncio.create_task(call.take_message(hum(0.2)))
        line = SoftwareLine(b.simulator.path, MODEM)
        await line.open()
        ear = Ear(line)
        await ear.until(lambda: len(frames_of(ear.sound)) >= 30)  # greeting and beep are 600 ms
        line.say(hum(0.5, 3))
        await line.said()
        await b.line.at("AT+CHUP")
        assert set(frames_of(await message)) >= set(frames_of(hum(0.5, 3))[:20])
        await ear.stop()
        await line.close()


async def test_a_phone_that_is_not_answered_is_given_up(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.rings(every=0.05, lasting=0.2)
        phone = await b.simulator.phone(ANN)
        await b.line.at(f"ATD{ANN};")
        call = await phone.rung()
        assert await b.line.line() == "NO ANSWER"
        assert await call.ended() == "NO ANSWER"
        assert call.ended_by == "network"


async def test_hearing_out_ends_after_a_pause(tmp_path: Path) -> None:
    async with bench(tmp_path) as b, talking(b, LOCK_STEP) as (call, line, _):
        line.say(hum(1.0) + bytes(RATE) + hum(1.0) + bytes(2 * RATE * 3) + hum(1.0))
        said = await call.hear_out(pause=1.0)
        assert len(frames_of(said)) == 100
        assert call.seconds == pytest.approx(3.5, abs=0.2)


async def test_frames_lost_in_the_air_are_silent(tmp_path: Path) -> None:
    async with bench(tmp_path) as b, talking(b, LOCK_STEP) as (call, _, ear):
        await b.simulator.fault(0, "sound_gap", probability=0.1, times=None)
        call.say(hum(10))
        await call.hear(10)
        assert len(ear.frames) == 500
        assert 400 < len(frames_of(ear.sound)) < 490


@paces
async def test_an_echo_comes_back_later_and_quieter(tmp_path: Path, pace: str) -> None:
    async with bench(tmp_path) as b, talking(b, pace) as (call, line, ear):
        await b.simulator.fault(0, "echo", ms=200, size=20, times=None)
        mine = hum(0.4)
        line.say(mine)
        await call.hear(1.0)
        echo = b"".join(frames_of(ear.sound))
        assert np.abs(wav.samples(echo) - wav.samples(mine) / 10).max() < 0.001
        before = next(at for at, frame in enumerate(ear.frames) if frame != SILENCE)
        assert 10 <= before <= 25, "200 ms after it was said, and the line's own delay"


@paces
async def test_the_sound_goes_away_in_the_middle_of_a_call(tmp_path: Path, pace: str) -> None:
    async with bench(tmp_path) as b, talking(b, pace) as (call, line, ear):
        await call.hear(0.2)
        await b.simulator.fault(0, "sound_lost")
        call.say(hum(0.1))
        assert frames_of(await call.hear(0.2)) == []
        await ear.until_lost()
        with pytest.raises(LineLost):
            line.say(SILENCE)
        await line.close()
        await line.open()
        again = Ear(line)
        await call.hear(0.2)
        assert again.frames
        await again.stop()


async def test_there_is_no_sound_without_a_stick(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.unplug(0)
        with pytest.raises(LineLost):
            await SoftwareLine(b.simulator.path, MODEM).open()
        with pytest.raises(LineLost):
            await SoftwareLine(tmp_path / "nowhere", MODEM).open()


@pytest.mark.parametrize("dialect", ["sim800", "sim7600", "e173", "ec25"])
async def test_a_second_caller_waits_gets_the_engaged_tone_or_rings_next(
    tmp_path: Path, dialect: str
) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}") as b:
        for command in ("AT+CLIP=1", "AT+CCWA=1,1"):
            await b.line.at(command)
        async with talking(b, LOCK_STEP) as (call, _, _):
            ben = await b.simulator.phone(BEN)
            second = await ben.call(MODEM)
            assert f'"{BEN}",145' in await b.line.until("+CCWA")
            assert f'1,5,0,0,"{BEN}",145' in (await b.line.at("AT+CLCC"))[-2]
            assert await b.line.at("AT+CHLD=0") == ["OK"]
            assert await second.ended() == "BUSY"
            third = await ben.call(MODEM)
            await b.line.until("+CCWA")
            await third.hang_up()
            last = await ben.call(MODEM)
            await b.line.until("+CCWA")
            assert await b.line.at("AT+CHUP") == ["OK"]
            assert await call.ended() == "NO CARRIER"
            assert BEN in await b.line.until("+CLIP")
            assert await b.line.at("ATA") == ["OK"]
            await last.answered()


async def test_sixteen_calls_hear_their_own_sound(tmp_path: Path) -> None:
    numbers = [f"+4477009002{place:02d}" for place in range(16)]
    async with bench(tmp_path, *(f"{number}:sim800" for number in numbers)) as b:
        await b.simulator.sound_pace(LOCK_STEP)
        b.server.network.rings.every = 60

        async def hold(place: int) -> None:
            phone = await b.simulator.phone(f"+4477009003{place:02d}")
            call = await phone.call(numbers[place])
            b.server.modems[place].voice.take()
            await call.answered()
            line = SoftwareLine(b.simulator.path, numbers[place])
            await line.open()
            ear = Ear(line)
            call.say(hum(2, place))
            line.say(hum(2, 100 + place))
            await call.hear(2.1)
            assert frames_of(ear.sound) == frames_of(hum(2, place))
            assert frames_of(call.heard) == frames_of(hum(2, 100 + place))
            await ear.stop()
            await line.close()
            await call.hang_up()

        await asyncio.gather(*(hold(place) for place in range(16)))


async def test_the_clock_of_the_network_is_told_and_may_be_wrong(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        told = (await b.line.at("AT+CCLK?"))[0]
        assert told.startswith(f'+CCLK: "{time.gmtime().tm_year % 100:02d}/')
        assert told.endswith('+00"')
        assert await b.line.at('AT+CCLK="04/01/01,00:00:00+00"') == ["OK"]
        assert (await b.line.at("AT+CCLK?"))[0].startswith('+CCLK: "04/01/01,00:00')
