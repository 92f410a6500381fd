"""Sentences on the disk: whole, bounded, and shared without harm."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from modem.speech.cache import SoundCache, sentence_key

SECOND = bytes(range(250)) * 64


def key(words: str) -> str:
    return sentence_key("espeak", "ko", words, slow=False)


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    SoundCache(tmp_path).put(key("네"), SECOND)
    assert SoundCache(tmp_path).get(key("네")) == SECOND
    assert SoundCache(tmp_path).get(key("아니요")) is None


def test_engine_language_words_and_pace_each_make_another_sentence() -> None:
    keys = {
        sentence_key(engine, language, words, slow=slow)
        for engine in ("espeak", "hibari")
        for language in ("en", "ko")
        for words in ("yes", "no")
        for slow in (True, False)
    }
    assert len(keys) == 16


def test_a_file_name_tells_nothing_of_the_words(tmp_path: Path) -> None:
    SoundCache(tmp_path).put(key("Pauline"), SECOND)
    [file] = tmp_path.iterdir()
    assert "pauline" not in file.name.lower()


def test_half_a_file_counts_as_none(tmp_path: Path) -> None:
    cache = SoundCache(tmp_path)
    cache.put(key("네"), SECOND)
    [file] = tmp_path.iterdir()
    for size in (0, 20, 44, 1000):
        cache.put(key("네"), SECOND)
        os.truncate(file, size)
        assert cache.get(key("네")) is None, size


def test_what_was_used_longest_ago_makes_room(tmp_path: Path) -> None:
    cache = SoundCache(tmp_path, most_octets=10 * len(SECOND))
    for number in range(9):
        cache.put(key(str(number)), SECOND)
        os.utime(tmp_path / f"{key(str(number))}.wav", (number, number))
    assert cache.get(key("0")) == SECOND  # used just now
    for number in range(9, 13):
        cache.put(key(str(number)), SECOND)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 10 * len(SECOND)
    assert cache.get(key("0")) == SECOND
    assert cache.get(key("1")) is None
    assert cache.get(key("12")) == SECOND


def test_a_folder_that_cannot_be_written_only_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = SoundCache(tmp_path / "file" / "prompts")
    cache.put(key("네"), SECOND)
    assert cache.get(key("네")) is None


def test_two_makers_of_one_sentence_leave_it_whole(tmp_path: Path) -> None:
    caches = [SoundCache(tmp_path), SoundCache(tmp_path)]
    broken: list[bytes | None] = []

    def make(cache: SoundCache) -> None:
        for _ in range(100):
            cache.put(key("네"), SECOND)
            if (sound := cache.get(key("네"))) != SECOND:
                broken.append(sound)

    makers = [threading.Thread(target=make, args=(cache,)) for cache in caches]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert not broken
    assert [file.suffix for file in tmp_path.iterdir()] == [".wav"]
