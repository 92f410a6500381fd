"""Sound from words: the right engine, a telephone's sound, nothing kept that must not be, no process left."""

from __future__ import annotations

import asyncio
import os
import signal
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from modem.errors import SpeechDown
from modem.speech import voice as module
from modem.speech.cache import SoundCache, sentence_key
from modem.speech.voice import SpeechVoice
from tests.modem.callers import level

KOREAN = "안녕하세요. 어디로 모시러 갈까요?"
ENGLISH = "Where shall we pick you up?"
PRIVATE = "네 일 칠 공"


@pytest.fixture
def cache(tmp_path: Path) -> SoundCache:
    return SoundCache(tmp_path / "prompts")


@pytest.fixture
async def voice(cache: SoundCache) -> AsyncIterator[SpeechVoice]:
    speaking = SpeechVoice(cache)
    yield speaking
    await speaking.stop()


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "prompts").glob("*"))


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def share_of_band(sound: bytes, lowest: float, highest: float) -> float:
    """How much of the energy lies between two frequencies (Hz)."""
    energy = np.abs(np.fft.rfft(np.frombuffer(sound, "<i2").astype(np.float64))) ** 2
    at = np.fft.rfftfreq(len(sound) // 2, 1 / 8000)
    return float(energy[(at >= lowest) & (at < highest)].sum() / energy.sum())


@pytest.mark.parametrize(
    ("words", "language"), [(KOREAN, "ko"), ("¿Dónde le recogemos?", "es"), (ENGLISH, "en")]
)
async def test_a_sentence_becomes_sound_for_a_telephone(
    voice: SpeechVoice, words: str, language: str
) -> None:
    sound = await voice.speak(words, language)
    assert 0.8 < len(sound) / 16000 < 6
    assert 0.04 < level(sound) < 0.12
    assert np.abs(np.frombuffer(sound, "<i2").astype(int)).max() < 32000
    assert share_of_band(sound, 0, 140) < 0.001
    assert share_of_band(sound, 3820, 4001) < 0.001


async def test_it_begins_and_ends_with_its_words(voice: SpeechVoice) -> None:
    sound = await voice.speak(ENGLISH, "en")
    assert level(sound[: 16 * 150]) > 0.005
    assert level(sound[-16 * 150 :]) > 0.005


@pytest.mark.parametrize(("words", "language"), [(KOREAN, "ko"), (ENGLISH, "en")])
async def test_slow_is_really_slower(voice: SpeechVoice, words: str, language: str) -> None:
    usual, slow = await voice.speak(words, language), await voice.speak(words, language, slow=True)
    assert len(slow) > 1.25 * len(usual)
    assert level(slow) == pytest.approx(level(usual), rel=0.2)


async def test_english_is_spoken_by_the_clear_voice(voice: SpeechVoice, cache: SoundCache) -> None:
    sound = await voice.speak(ENGLISH, "en-GB")
    assert cache.get(sentence_key("hibari", "en-GB", ENGLISH, slow=False)) == sound


async def test_a_language_nobody_speaks_is_refused(voice: SpeechVoice) -> None:
    with pytest.raises(SpeechDown, match="no voice for tlh"):
        await voice.speak("nuqneH", "tlh")


async def test_no_words_are_no_sound_and_no_process(voice: SpeechVoice) -> None:
    assert await voice.speak("  ", "en") == b""
    assert voice.pid is None


async def test_the_same_words_are_made_once(voice: SpeechVoice, tmp_path: Path) -> None:
    sound = await voice.speak(KOREAN, "ko")
    [file] = kept(tmp_path)
    with wave.open(str(file)) as read:
        assert (read.getframerate(), read.getsampwidth(), read.getnchannels()) == (8000, 2, 1)
    await voice.stop()
    assert await voice.speak(KOREAN, "ko") == sound
    assert voice.pid is None


async def test_what_is_private_leaves_nothing_on_the_disk(voice: SpeechVoice, tmp_path: Path) -> None:
    assert await voice.speak(PRIVATE, "ko", keep=False)
    assert kept(tmp_path) == []


async def test_prompts_are_made_before_the_first_call_and_the_voice_is_let_go(cache: SoundCache) -> None:
    voice = SpeechVoice(cache, idle_seconds=0.05)
    for slow in (False, True):
        await voice.speak(KOREAN, "ko", slow=slow)
    async with asyncio.timeout(10):
        while voice.pid is not None:  # noqa: ASYNC110 - of a process there is no event to wait for
            await asyncio.sleep(0.02)
    assert await voice.speak(KOREAN, "ko", slow=True)
    assert voice.pid is None
    await voice.stop()


async def test_many_callers_are_spoken_to_at_once(voice: SpeechVoice) -> None:
    words = [f"버스 {number} 번" for number in range(16)]
    together = await asyncio.gather(*(voice.speak(each, "ko") for each in words))
    alone = [await voice.speak(each, "ko", keep=False) for each in words]
    for one, other in zip(together, alone, strict=True):
        # Its hiss is never quite the same.
        assert abs(len(one) - len(other)) < 16000 * 0.15
    assert len(set(together)) == 16


async def test_a_voice_that_dies_while_it_speaks_is_replaced_by_the_last_resort(
    voice: SpeechVoice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "stand_in.py").write_text(
        "import os, sys, types\n"
        "sys.modules['modem.speech.hibari'] = types.SimpleNamespace(Hibari=os.abort)\n"
        "from modem.speech.serve import run\n"
        "from modem.speech.voice_process import main\n"
        "run(main)\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path.cwd()}")
    monkeypatch.setattr(module, "_MODULE", "stand_in")
    assert await voice.speak(ENGLISH, "en", keep=False)
    survivor = voice.pid
    # The one that died is not asked again at once.
    assert await voice.speak("Thank you.", "en", keep=False)
    assert voice.pid == survivor


async def test_a_killed_voice_speaks_the_next_sentence(voice: SpeechVoice) -> None:
    await voice.warm("ko")
    os.kill(voice.pid or 0, signal.SIGKILL)
    assert await voice.speak(KOREAN, "ko", keep=False)


async def test_a_caller_who_hangs_up_ends_what_was_being_made(voice: SpeechVoice) -> None:
    await voice.warm("ko")
    making = asyncio.create_task(voice.speak(KOREAN * 50, "ko", keep=False))
    await asyncio.sleep(0)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert await voice.speak("네", "ko", keep=False)


async def test_stopping_leaves_no_process_and_no_descriptor(cache: SoundCache) -> None:
    before = descriptors()
    voice = SpeechVoice(cache)
    await voice.speak("네", "ko")
    pid = voice.pid
    await voice.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid or 0, 0)
    assert descriptors() == before


async def test_a_piper_voice_that_is_not_there_does_not_silence_anybody(
    cache: SoundCache, tmp_path: Path
) -> None:
    voice = SpeechVoice(cache, {"ko": tmp_path / "ko.onnx"})
    assert await voice.speak("네", "ko")
    await voice.stop()
