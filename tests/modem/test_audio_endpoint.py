"""An utterance is heard from its first syllable to its last, by whoever speaks, over noise and coding."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest

from modem.audio import voice_activity
from modem.audio.endpoint import Endpointer, Event
from modem.audio.line import FRAME_SECONDS
from modem.audio.tones import pressed
from modem.audio.voice_activity import VoiceActivity
from modem.audio.wav import levelled, samples, sound
from modem.errors import SpeechDown
from tests.modem.telephone import frames, gsm, hiss, noisy, recorded, silence, spoken

LEAD = 0.6
ANSWERS = ("no", "yes", "lift", "help", "tomorrow", "half past two", "five", "the health centre", "stop")
VOICES = ("en-gb", "en-us+f3", "en-gb-scotland+m4")


@dataclass
class Utterance:
    """What the end-pointer made of a recording, in seconds from its begin."""

    events: list[Event]
    kept_from: float | None = None
    began: float | None = None
    ended: float | None = None


def listened(data: bytes, silence_ms: int = 400) -> Utterance:
    endpointer, found = Endpointer(silence_ms), Utterance([])
    for count, frame in enumerate(frames(data), start=1):
        event, now = endpointer.feed(frame), count * FRAME_SECONDS
        if event is Event.BEGAN and found.began is None:
            found.began, found.kept_from = now, now - len(endpointer.preroll) / 16_000
        elif event is Event.ENDED and found.ended is None:
            found.ended = now
        if event is not Event.NOTHING:
            found.events.append(event)
    return found


def spans(clip: bytes) -> tuple[float, float, float]:
    """Where a clean clip begins and ends to be loud, and its longest pause."""
    heard = samples(clip)
    steps = len(heard) // 80
    power = 10 * np.log10((heard[: steps * 80].reshape(steps, 80) ** 2).mean(axis=1) + 1e-12)
    loud = np.flatnonzero(power > power.max() - 35) * 0.01
    return (
        float(loud[0]),
        float(loud[-1]) + 0.01,
        max((after - at for at, after in pairwise(loud)), default=0.0),
    )


@dataclass
class Tally:
    missed: int = 0
    front_cut: int = 0
    cut_short: int = 0
    never_ended: int = 0
    lags: list[float] = field(default_factory=list)


def tally(clips: list[bytes], dbfs: float, snr_db: float | None) -> Tally:
    """Listen to each clip on its own, quiet before and after, as an answer is."""
    found = Tally()
    for clip in clips:
        clip = levelled(clip, dbfs)
        begins, ends, _ = spans(clip)
        line = silence(LEAD) + clip + silence(1.2)
        if snr_db is not None:
            noise = samples(hiss(len(line) / 16_000 + 0.1, dbfs - snr_db))[: len(line) // 2]
            line = sound(samples(line) + noise)
        heard = listened(gsm(line))
        if heard.began is None or heard.kept_from is None:
            found.missed += 1
            continue
        found.front_cut += heard.kept_from > LEAD + begins + 0.02
        if heard.ended is None:
            found.never_ended += 1
        else:
            found.cut_short += heard.ended < LEAD + ends - 0.08
            found.lags.append(heard.ended - LEAD - ends)
    return found


def human() -> list[bytes]:
    """Prompts of up to 5 s without a pause that would end an utterance."""
    clips = [clip for _, clip in recorded() if 3_000 < len(clip) < 80_000]
    return [clip for clip in clips if spans(clip)[2] < 0.3]


def synthetic() -> list[bytes]:
    return [spoken(words, voice) for words in ANSWERS for voice in VOICES]


@pytest.mark.parametrize("snr_db", [None, 20, 10])
def test_people_are_heard_whole_through_gsm_and_noise(snr_db: float | None) -> None:
    clips = human()[::12]
    found = tally(clips, -20, snr_db)
    assert len(clips) > 30
    assert found.missed <= 0.01 * len(clips)
    assert (found.front_cut, found.cut_short, found.never_ended) == (0, 0, 0)
    assert np.median(found.lags) < 0.55, "with 400 ms of silence asked for"


@pytest.mark.parametrize("snr_db", [20, 10])
def test_short_answers_of_several_voices_are_heard_whole(snr_db: float) -> None:
    found = tally(synthetic(), -20, snr_db)
    assert (found.missed, found.front_cut, found.cut_short, found.never_ended) == (0, 0, 0, 0)


@pytest.mark.parametrize("dbfs", [-38, -6])
def test_faint_and_shouting_callers_are_heard(dbfs: float) -> None:
    found = tally(human()[::27], dbfs, 20)
    assert (found.missed, found.front_cut, found.cut_short, found.never_ended) == (0, 0, 0, 0)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("snr_db", [None, 20, 10])
def test_every_recording_is_heard_whole(snr_db: float | None) -> None:
    clips = human()
    found = tally(clips, -20, snr_db)
    assert found.missed <= 0.01 * len(clips)
    assert found.cut_short == 0
    assert found.front_cut <= 0.01 * len(clips)


@pytest.mark.parametrize("silence_ms", [300, 400, 700])
def test_the_silence_asked_for_is_what_ends_an_utterance(silence_ms: int) -> None:
    """A pause shorter than that is a pause for breath."""
    word = spoken("tomorrow")
    pause = silence(silence_ms / 1000 - 0.15)
    events = listened(silence(0.5) + word + pause + word + silence(1.5), silence_ms).events
    assert events == [Event.BEGAN, Event.ENDED]
    pause = silence(silence_ms / 1000 + 0.35)
    events = listened(silence(0.5) + word + pause + word + silence(1.5), silence_ms).events
    assert events == [Event.BEGAN, Event.ENDED, Event.BEGAN, Event.ENDED]


def test_somebody_who_does_not_stop_is_stopped() -> None:
    story = b"".join(clip for _, clip in recorded()[:40])
    endpointer = Endpointer(700, longest_s=3.0)
    seen = [
        (event, count)
        for count, frame in enumerate(frames(story))
        if (event := endpointer.feed(frame)).value > 1
    ]
    assert Event.TOO_LONG in [event for event, _ in seen]
    (began, at), (ended, then) = seen[:2]
    assert (began, ended) == (Event.BEGAN, Event.TOO_LONG)
    assert (then - at) * FRAME_SECONDS == pytest.approx(3.0, abs=0.05)


@pytest.mark.parametrize("dbfs", [None, -50, -25])
def test_where_nobody_speaks_it_says_so_in_time(dbfs: float | None) -> None:
    line = silence(5) if dbfs is None else gsm(hiss(5, dbfs))
    endpointer = Endpointer(400, patience_s=4.0)
    events = [endpointer.feed(frame) for frame in frames(line)]
    assert events.index(Event.NOBODY_SPOKE) * FRAME_SECONDS == pytest.approx(4.0, abs=0.05)
    assert Event.BEGAN not in events


def test_keys_are_no_speech() -> None:
    assert listened(pressed("1234567890*#")).began is None


def test_each_line_has_a_memory_of_its_own() -> None:
    """Though all share one network."""
    answer = list(frames(silence(0.5) + spoken("yes") + silence(1)))
    noise = list(frames(noisy(spoken("one two three four five six"), 5)))
    ear, other, alone = Endpointer(400), Endpointer(400), Endpointer(400)
    between = []
    for count, frame in enumerate(answer):
        between.append(ear.feed(frame))
        other.feed(noise[count % len(noise)])
    assert between == [alone.feed(frame) for frame in answer]
    assert Event.ENDED in between


def test_a_machine_that_cannot_run_the_network_says_what_that_means(monkeypatch: pytest.MonkeyPatch) -> None:
    voice_activity._network.cache_clear()
    monkeypatch.setattr(voice_activity, "_PACKAGE", "not_installed_anywhere")
    with pytest.raises(SpeechDown, match="callers use keys"):
        Endpointer(400)
    voice_activity._network.cache_clear()


def test_sixteen_lines_cost_less_than_a_fifth_of_a_core() -> None:
    ears = [VoiceActivity() for _ in range(16)]
    window = samples(hiss(0.032, -30))
    begin = time.thread_time()
    for _ in range(31):
        for ear in ears:
            ear.likelihood(window)
    assert time.thread_time() - begin < 0.2
