"""Whoever picks up a call of ours: a person says a word and waits, a machine goes on; with a real voice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from gateway.ears import Ears
from modem.audio.line import FRAME_BYTES, RATE, Dropped
from modem.audio.wav import levelled
from tests.modem.telephone import frames, gsm, recorded, silence

SHORT, LONG = (0.3, 1.5), (5.0, 60.0)
"""Seconds that a word and a machine's greeting last."""


class Answered:
    """The line of a telephone that was picked up: it says its greeting and then nothing."""

    def __init__(self, greeting: bytes) -> None:
        self.dropped = Dropped()
        self._frames: Iterator[bytes] = frames(greeting)

    async def open(self) -> None: ...

    async def hear(self) -> bytes:
        await asyncio.sleep(0)
        return next(self._frames, bytes(FRAME_BYTES))

    def say(self, sound: bytes) -> None: ...

    async def said(self) -> None: ...

    def hush(self) -> None: ...

    async def close(self) -> None: ...


async def is_person(greeting: bytes) -> bool:
    """Whether a greeting, through the network, is taken for a person's."""
    ears = Ears(Answered(gsm(silence(0.5) + levelled(greeting, -22))), None)
    hearing = asyncio.create_task(ears.run())
    try:
        return await ears.greeted_by_person()
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


def lasting(between: tuple[float, float], every: int) -> list[tuple[str, bytes]]:
    """Some of what a woman recorded for Asterisk, between so many seconds long."""
    least, most = between
    return [(name, clip) for name, clip in recorded() if least < len(clip) / 2 / RATE < most][::every]


async def test_whoever_says_a_word_and_waits_is_a_person() -> None:
    clips = lasting(SHORT, every=12)
    assert len(clips) > 20
    assert [name for name, clip in clips if not await is_person(clip)] == []


async def test_what_goes_on_and_on_is_a_machine() -> None:
    clips = lasting(LONG, every=4)
    assert len(clips) > 10
    assert [name for name, clip in clips if await is_person(clip)] == []


async def test_whoever_picks_up_and_says_nothing_is_a_person() -> None:
    assert await is_person(silence(0.1))
