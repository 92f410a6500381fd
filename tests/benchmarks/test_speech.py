"""How well callers are understood: by task, line and codec, with the real Korean model.

The callers are espeak-ng's Korean voices, which people misunderstand too: the figures compare ways of
listening and lines with each other, and say little of a resident.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from flows.answers.lexicon import lexicon
from modem.speech.cache import SoundCache
from modem.speech.recogniser import SpeechRecogniser
from modem.speech.voice import SpeechVoice
from tests.benchmarks.table import milliseconds, row
from tests.modem.callers import CONDITIONS, SPEAKERS, Condition, has_gsm, on_the_line, say, silence
from tests.modem.listening import heard, recogniser, speak_to

pytestmark = [
    pytest.mark.bench,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not has_gsm(), reason="no GSM codec here (Debian: libgsm1)"),
]

_SAID = lexicon("ko").tables["grammar"]
_WEEK = ["월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"]
_DAYS = ["오늘", "내일", "모레", *_WEEK]
TASKS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "yes or no": (("네", "아니요", "좋아요"), [*_SAID["yes"], *_SAID["no"]]),
    "number": (_SAID["numbers"][1:10], _SAID["numbers"]),
    "day": (_DAYS, [*_SAID["date"], *_DAYS, *_SAID["ordinals"]]),
    "place": (("도서관", "병원", "시장", "역"), ("도서관", "병원", "시장", "역", "교회", "학교", "우체국")),
}

SENTENCES = {"en": "I heard: Tuesday, half past two. Is that right?", "ko": "화요일 두 시 반. 맞습니까?"}
_KINDS = ("right", "among others", "wrong", "nothing")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ears() -> AsyncIterator[SpeechRecogniser]:
    started = recogniser()
    await started.load("ko")
    yield started
    await started.stop()


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.name)
async def test_words_heard(ears: SpeechRecogniser, condition: Condition) -> None:
    for task, (words, grammar) in TASKS.items():
        counts: Counter[str] = Counter()
        for seed, speaker in enumerate(SPEAKERS):
            for word in words:
                sound = on_the_line(silence(0.2) + say(word, "ko", speaker), condition, seed)
                counts[_kind(word, await heard(ears, sound, grammar))] += 1
        shares = ", ".join(f"{name} {100 * counts[name] // counts.total()} %" for name in _KINDS)
        row(f"heard, {task}, {condition.name} ({counts.total()} answers)", shares)


async def test_time_from_the_end_of_a_word_to_what_was_heard(ears: SpeechRecogniser) -> None:
    took = []
    for speaker in SPEAKERS * 4:
        utterance = ears.listen("ko", TASKS["yes or no"][1])
        speak_to(utterance, say("아니요", "ko", speaker))
        # As in life, where what was said is computed while it is said.
        await asyncio.sleep(0.3)
        began = time.perf_counter()
        await utterance.result()
        took.append(time.perf_counter() - began)
    row("end of utterance to result, median", milliseconds(took, 50), "50 ms")


async def test_time_to_make_a_sentence(tmp_path: Path) -> None:
    voice = SpeechVoice(SoundCache(tmp_path))
    try:
        for language, words in SENTENCES.items():
            await voice.warm(language)
            took = []
            for _ in range(10):
                began = time.perf_counter()
                await voice.speak(words, language, keep=False)
                took.append(time.perf_counter() - began)
            row(f"a sentence made, {language}, median", milliseconds(took, 50), "100 ms")
    finally:
        await voice.stop()


def _kind(word: str, answers: Sequence[str]) -> str:
    said = [answer.replace(" ", "") for answer in answers]
    if not said:
        return "nothing"
    if said[0] == word.replace(" ", ""):
        return "right"
    return "among others" if word.replace(" ", "") in said else "wrong"
