"""What is said on a call: a neighbour's clips joined into sentences, which do not run into each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from flows.spoken import Clip, Piece, Sentence
from gateway.mouth import Mouth
from modem.audio import tones, wav
from modem.audio.line import RATE, Dropped
from modem.errors import SpeechDown

STEP = RATE // 100


class Tape:
    """A line that keeps what is said on it."""

    def __init__(self) -> None:
        self.dropped = Dropped()
        self.sound = b""

    async def open(self) -> None: ...

    async def hear(self) -> bytes:
        raise AssertionError("nobody listens")

    def say(self, sound: bytes) -> None:
        self.sound += sound

    async def said(self) -> None: ...

    def hush(self) -> None: ...

    async def close(self) -> None: ...


class Mute:
    """No voice at all: only what was recorded can be said."""

    async def speak(self, words: str, language: str, *, slow: bool = False, keep: bool = True) -> bytes:
        raise SpeechDown("There is no voice.")

    async def warm(self, language: str) -> None:
        raise SpeechDown("There is no voice.")


def recorded(folder: Path, *keys: str) -> Mouth:
    """A mouth whose clips are tones of 0.4 s."""
    for key in keys:
        file = folder / "lift" / "audio" / "en" / f"{key}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        wav.write(file, tones.beep())
    return Mouth(Mute(), (folder,))


def whole(key: str) -> Sentence:
    return Sentence("words", "en", clip=Clip("lift", key))


def stretches(sound: bytes) -> list[tuple[bool, float]]:
    """Where there is sound and where there is silence, in order, with their lengths in seconds."""
    steps = np.abs(wav.samples(sound))[: len(sound) // 2 // STEP * STEP].reshape(-1, STEP).max(axis=1) > 0.001
    found: list[tuple[bool, float]] = []
    for loud in steps.tolist():
        if found and found[-1][0] == loud:
            found[-1] = (loud, found[-1][1] + 0.01)
        else:
            found.append((loud, 0.01))
    return found


async def test_between_two_sentences_there_is_a_pause_and_after_the_last_one_none(tmp_path: Path) -> None:
    tape = Tape()
    await recorded(tmp_path, "a", "b").say(tape, [whole("a"), whole("b")], slow=False)
    (_, first), (silent, pause), (_, second) = stretches(tape.sound)
    assert not silent
    assert 0.24 <= pause <= 0.27
    assert first > 0.38 < second


async def test_the_parts_of_one_sentence_are_joined_without_a_pause_and_without_a_click(
    tmp_path: Path,
) -> None:
    mouth, tape = recorded(tmp_path, "a.1", "a.2"), Tape()
    parts = (Piece("one", (Clip("lift", "a.1"),)), Piece("two", (Clip("lift", "a.2"),)))
    await mouth.say(tape, [Sentence("one two", "en", pieces=parts)], slow=False)
    assert len(tape.sound) == 2 * len(tones.beep())
    steps = np.abs(np.diff(wav.samples(tape.sound)))
    assert steps.max() < 1.05 * np.abs(np.diff(wav.samples(tones.beep()))).max()


async def test_what_cannot_be_said_leaves_no_pause_behind(tmp_path: Path) -> None:
    tape = Tape()
    await recorded(tmp_path, "a").say(tape, [whole("not recorded"), whole("a")], slow=False)
    assert len(tape.sound) == len(tones.beep())
