"""A line's echo is measured as it is, and taken away so that a caller is heard while we speak."""

from __future__ import annotations

import sys
from collections import deque

import numpy as np
import pytest

from modem.audio.echo import EchoCancelled
from modem.audio.endpoint import Endpointer, Event
from modem.audio.line import FRAME_BYTES, SILENCE, Dropped
from modem.audio.measure import measure
from modem.audio.wav import level, levelled, samples, sound
from modem.errors import SpeechDown
from tests.modem.telephone import frames, gsm, hiss, recorded, silence


class EchoingLine:
    """A line as fast as it is read, whose far end gives back what it is given, later, quieter and smeared."""

    def __init__(
        self, delay_s: float = 0.25, echo_db: float = 12.0, noise_dbfs: float = -55.0, caller: bytes = b""
    ) -> None:
        self.dropped = Dropped()
        rng = np.random.default_rng(5)
        self._path = np.zeros(round(delay_s * 8_000) + 160)
        tail = rng.standard_normal(160) * np.exp(-np.arange(160) / 25)
        tail[0] = 3.0
        self._path[-160:] = tail / np.sqrt((tail**2).sum()) * 10 ** (-echo_db / 20)
        self._past = np.zeros(len(self._path) - 1)
        self._said = bytearray()
        self._noise = hiss(60, noise_dbfs)
        self._caller = deque(frames(caller))
        self.pure: list[bytes] = []

    async def open(self) -> None: ...

    async def hear(self) -> bytes:
        frame = bytes(self._said[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\0")
        del self._said[:FRAME_BYTES]
        given = np.concatenate([self._past, samples(frame)])
        self._past = given[160:]
        echo = np.convolve(given, self._path, "valid")
        noise, self._noise = samples(self._noise[:FRAME_BYTES]), self._noise[FRAME_BYTES:]
        person = samples(self._caller.popleft() if self._caller else SILENCE)
        self.pure.append(sound(person))
        return sound(echo + noise + person)

    def say(self, sound: bytes) -> None:
        self._said += sound

    async def said(self) -> None:
        self._said.clear()

    def hush(self) -> None:
        self._said.clear()

    async def close(self) -> None: ...


@pytest.mark.parametrize(("delay_s", "echo_db"), [(0.0, 6.0), (0.18, 12.0), (0.4, 25.0), (0.9, 35.0)])
async def test_level_delay_and_strength_of_an_echo_are_found(delay_s: float, echo_db: float) -> None:
    found = await measure(EchoingLine(delay_s, echo_db, noise_dbfs=-58))
    assert found.delay_s == pytest.approx(delay_s, abs=0.005)
    assert found.echo_db == pytest.approx(echo_db, abs=1.5)
    assert found.noise_dbfs == pytest.approx(-58, abs=1)
    assert found.dropped == 0


@pytest.mark.parametrize("noise_dbfs", [-90.0, -40.0])
async def test_where_there_is_no_echo_none_is_found(noise_dbfs: float) -> None:
    found = await measure(EchoingLine(echo_db=200.0, noise_dbfs=noise_dbfs))
    assert (found.echo_db, found.delay_s) == (None, None)


async def test_a_dead_line_has_no_echo() -> None:
    class Dead(EchoingLine):
        async def hear(self) -> bytes:
            return SILENCE

    assert (await measure(Dead())).echo_db is None


async def test_an_echo_is_found_through_a_codec() -> None:
    class Mobile(EchoingLine):
        """What comes back is coded as one piece at the end, so it is made before it is heard."""

        def say(self, sound: bytes) -> None:
            back = silence(0.3) + sound + silence(3)
            self._coming = deque(frames(gsm(levelled(back, level(back) - 15))))

        async def hear(self) -> bytes:
            coming: deque[bytes] = getattr(self, "_coming", deque())
            return coming.popleft() if coming else SILENCE

    found = await measure(Mobile())
    assert found.delay_s == pytest.approx(0.3, abs=0.03)
    assert found.echo_db == pytest.approx(15, abs=3)


def cancelled(line: EchoingLine, delay_s: float) -> EchoCancelled:
    pytest.importorskip("pyaec", reason="needs the extra echo")
    return EchoCancelled(line, delay_s, 10.0)


def prompt(seconds: float) -> bytes:
    clips = b"".join(clip for _, clip in recorded()[:40])
    return levelled(clips[: 2 * round(seconds * 8_000)], -18)


@pytest.mark.parametrize("off_by_s", [-0.03, 0.0, 0.03])
async def test_our_own_voice_is_taken_out(off_by_s: float) -> None:
    """After three seconds 20 dB at least, even where the measured delay was not quite right."""
    line = cancelled(EchoingLine(0.25, 10.0, noise_dbfs=-70), 0.25 + off_by_s)
    plain = EchoingLine(0.25, 10.0, noise_dbfs=-70)
    line.say(prompt(6))
    plain.say(prompt(6))
    clean = [await line.hear() for _ in range(300)]
    echo = [await plain.hear() for _ in range(300)]
    assert level(b"".join(echo[150:])) - level(b"".join(clean[150:])) > 20


async def test_a_caller_who_speaks_over_us_is_heard_and_we_ourselves_are_not() -> None:
    person = max((clip for _, clip in recorded() if len(clip) < 60_000), key=len)
    caller = silence(4) + levelled(person, -20)
    line = cancelled(EchoingLine(0.25, 10.0, noise_dbfs=-60, caller=caller), 0.25)
    line.say(prompt(8))
    ears = Endpointer(400, patience_s=60)
    began = [count * 0.02 for count in range(400) if ears.feed(await line.hear()) is Event.BEGAN]
    settled = [at for at in began if at > 1.0]
    assert settled
    assert 4.0 <= settled[0] < 4.6


async def test_what_was_hushed_is_no_echo() -> None:
    line = cancelled(EchoingLine(0.25, 10.0), 0.25)
    line.say(prompt(2))
    line.hush()
    heard = b"".join([await line.hear() for _ in range(50)])
    assert level(heard) < -45


async def test_where_it_is_not_installed_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaec", None)
    with pytest.raises(SpeechDown, match="callers interrupt by keys"):
        EchoCancelled(EchoingLine(), 0.2, 12.0)
