"""Words from sound, with real vosk, a real model, and voices through a real GSM codec."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from modem.errors import SpeechDown
from modem.speech.recogniser import MOST_OPEN, MOST_UTTERANCES, SpeechRecogniser
from modem.speech.utterance import LONGEST_SECONDS
from tests.modem.callers import CONDITIONS, SPEAKERS, Condition, has_gsm, on_the_line, say, silence
from tests.modem.listening import KOREAN, YES_NO, heard, recogniser, speak_to

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAYS = ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ears() -> AsyncIterator[SpeechRecogniser]:
    started = recogniser()
    await started.load("ko")
    yield started
    await started.stop()


async def test_yes_and_no_are_told_apart_by_whoever_speaks(ears: SpeechRecogniser) -> None:
    for speaker in SPEAKERS:
        assert (await heard(ears, say("네", "ko", speaker), YES_NO))[0] == "네", speaker
        assert (await heard(ears, say("아니요", "ko", speaker), YES_NO))[0] == "아니요", speaker


@pytest.mark.skipif(not has_gsm(), reason="no GSM codec here (Debian: libgsm1)")
@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.name)
async def test_a_bad_line_never_turns_yes_into_no(ears: SpeechRecogniser, condition: Condition) -> None:
    understood = 0
    for seed, speaker in enumerate(SPEAKERS[::2]):
        for said, opposite in (("네", "아니요"), ("아니요", "네")):
            sound = on_the_line(silence(0.2) + say(said, "ko", speaker), condition, seed)
            answers = await heard(ears, sound, ("네", "아니요"))
            assert answers[:1] != (opposite,), speaker
            understood += answers[:1] == (said,)
    assert understood >= len(SPEAKERS) // 2, f"{understood} of {len(SPEAKERS)} understood"


async def test_nobody_is_heard_in_silence(ears: SpeechRecogniser) -> None:
    assert await heard(ears, silence(1.0), YES_NO) == ()


async def test_an_utterance_without_any_sound_is_nothing(ears: SpeechRecogniser) -> None:
    assert (await ears.listen("ko", YES_NO).result()).alternatives == ()


async def test_competing_answers_come_each_once_and_the_likeliest_first(ears: SpeechRecogniser) -> None:
    several = [await heard(ears, say(day, "ko", speaker), DAYS) for day in DAYS for speaker in SPEAKERS[:2]]
    assert any(len(answers) > 1 for answers in several)
    for answers in several:
        assert len(set(answers)) == len(answers) <= 4


async def test_the_models_unknown_word_is_never_an_answer(ears: SpeechRecogniser) -> None:
    for words in ("도서관에 가고 싶은데요", "글쎄요 잘 모르겠습니다", "버스"):
        for answer in await heard(ears, say(words, "ko"), ("네", "아니요")):
            assert set(answer.split()) <= {"네", "아니요"}


async def test_words_the_model_does_not_know_are_named(ears: SpeechRecogniser) -> None:
    assert await ears.unknown_words("ko", ["네 좋아요", "Ashby Green", "네 ashby"]) == ("ashby", "green")
    assert await ears.unknown_words("ko", []) == ()


async def test_a_phrase_with_an_unknown_word_does_not_spoil_the_others(ears: SpeechRecogniser) -> None:
    assert (await heard(ears, say("네", "ko"), ("네", "아니요", "zebra crossing")))[0] == "네"


async def test_a_model_of_another_language_is_noticed_and_callers_use_keys() -> None:
    ears = recogniser({"en": KOREAN})
    try:
        with pytest.raises(SpeechDown, match="none of the words"):
            await heard(ears, say("yes", "en"), ("yes", "no", "help"), "en")
        async with asyncio.timeout(5):
            while ears.languages():  # noqa: ASYNC110 - told by another process
                await asyncio.sleep(0.01)
        assert "it is of another language" in ears.explain()
        assert len(ears.troubles()) == 1, "and coordinators are told"
        assert "plainline models get en" in ears.explain()
        with pytest.raises(SpeechDown):
            ears.listen("en", ("yes",))
    finally:
        await ears.stop()


async def test_korean_written_together_is_heard_in_parts(ears: SpeechRecogniser) -> None:
    # The model has neither as one word; it has the parts.
    assert await ears.unknown_words("ko", ["열한 시", "시민회관앞"]) == ()


async def test_a_huge_grammar_reaches_the_recogniser(ears: SpeechRecogniser) -> None:
    grammar = [*YES_NO, *(f"{day} {number}" for day in DAYS for number in range(2000))]
    assert (await heard(ears, say("네", "ko"), grammar))[0] == "네"


async def test_language_tags_with_a_region_find_their_model(ears: SpeechRecogniser) -> None:
    assert (await heard(ears, say("네", "ko"), YES_NO, language="ko-KR"))[0] == "네"


async def test_open_vocabulary_hears_words(ears: SpeechRecogniser) -> None:
    assert await heard(ears, say("안녕하세요", "ko"), ())


async def test_sixteen_callers_are_understood_at_once_and_a_transcript_beside_them(
    ears: SpeechRecogniser,
) -> None:
    transcript = speak_to(ears.listen("ko", ()), say("안녕하세요", "ko"))
    said = ["네" if number % 2 else "아니요" for number in range(16)]
    sounds = [say(word, "ko", SPEAKERS[number % 6]) for number, word in enumerate(said)]
    utterances = [ears.listen("ko", YES_NO) for _ in said]
    for utterance, sound in zip(utterances, sounds, strict=True):
        speak_to(utterance, sound)
    results = await asyncio.gather(*(utterance.result() for utterance in utterances))
    assert [result.alternatives[0] for result in results] == said
    assert (await transcript.result()).alternatives


async def test_a_result_comes_soon_even_when_all_is_said_at_once(ears: SpeechRecogniser) -> None:
    took = []
    for speaker in SPEAKERS:
        utterance = speak_to(ears.listen("ko", YES_NO), say("아니요", "ko", speaker))
        began = time.monotonic()
        await utterance.result()
        took.append(time.monotonic() - began)
    assert sorted(took)[len(took) // 2] < 0.5


async def test_too_many_at_once_are_refused_and_room_comes_back(ears: SpeechRecogniser) -> None:
    many = [ears.listen("ko", YES_NO) for _ in range(MOST_UTTERANCES)]
    with pytest.raises(SpeechDown, match="Too many callers"):
        ears.listen("ko", YES_NO)
    for utterance in many:
        utterance.cancel()
    open_ones = [ears.listen("ko", ()) for _ in range(MOST_OPEN)]
    with pytest.raises(SpeechDown, match="Too many recordings"):
        ears.listen("ko", ())
    assert (await heard(ears, say("네", "ko"), YES_NO))[0] == "네"
    for utterance in open_ones:
        utterance.cancel()


async def test_what_is_cancelled_gives_its_place_back(ears: SpeechRecogniser) -> None:
    utterance = speak_to(ears.listen("ko", YES_NO), say("네", "ko"))
    waiting = asyncio.create_task(utterance.result())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not ears._utterances


async def test_sound_without_end_is_bounded(ears: SpeechRecogniser) -> None:
    utterance = ears.listen("ko", YES_NO)
    for _ in range(10 * LONGEST_SECONDS):
        utterance.feed(silence(1.0))
    assert (await utterance.result()).alternatives == ()


async def test_a_language_without_a_model_is_refused_and_said(ears: SpeechRecogniser) -> None:
    with pytest.raises(SpeechDown, match="plainline models get cy"):
        ears.listen("cy", ("ie", "na"))
    assert ears.languages() == ("ko",)
    assert ears.explain() == "Speech is understood in: ko."


@pytest.mark.soak
async def test_a_thousand_utterances_leave_nothing_behind(ears: SpeechRecogniser) -> None:
    sounds = [say(word, "ko", speaker) for word in ("네", "아니요") for speaker in SPEAKERS]

    async def hundred() -> None:
        for number in range(0, 96, 16):
            spoken = [sounds[(number + each) % len(sounds)] for each in range(16)]
            await asyncio.gather(*(heard(ears, sound, YES_NO) for sound in spoken))

    await hundred()
    before, descriptors = resident_megabytes(ears.pid), count_descriptors()
    for _ in range(10):
        await hundred()
    assert resident_megabytes(ears.pid) - before < 60
    assert count_descriptors() == descriptors
    assert not ears._utterances


def resident_megabytes(pid: int | None) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6


def count_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
