"""What a neighbour may record: every clip a call can use, the words to read, and taking recordings in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.aloud import aloud
from flows.library import COMMON, Library
from flows.limits import EXTRAS
from flows.model import Phrase
from flows.phrases import placeholders
from flows.spoken import fragments, voice_of
from flows.value import Value
from gateway.errors import GatewayError
from modem.audio import wav
from modem.audio.line import RATE

LEVEL_DBFS = -20.0
QUIETEST_DBFS = -45.0
LONGEST_SECONDS = 60.0
_MONDAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class ToRecord:
    """One clip: where its recording goes, below a folder of recordings, and what to read."""

    file: Path
    words: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking in a folder: how many clips, and what was wrong with others, a sentence each."""

    clips: int
    wrong: tuple[str, ...]


def to_record(library: Library, language: str, places: dict[str, str]) -> Iterator[ToRecord]:
    """Give every clip of a language; `places` are the labels of the community's places by key."""
    for flow in library.flows.values():
        texts = flow.texts.get(language)
        if texts is None:
            continue
        for key, phrase in texts.phrases.items():
            yield from _phrase(flow.name, key, phrase, language)
        for name, options in texts.options.items():
            for option, text in options.items():
                yield _clip(flow.name, f"option.{name}.{option}", text.label, language)
    for key, phrase in library.common[language].phrases.items():
        if key.startswith("call."):
            yield from _phrase(COMMON, key, phrase, language)
    yield from _parts(language, places)


def take_in(source: Path, target: Path, known: set[Path]) -> Taken:
    """Take WAV files laid out as `to_record` names them: trimmed, evened out, made fit for the telephone.

    Raises GatewayError when `source` is no folder.
    """
    if not source.is_dir():
        raise GatewayError(f"{source} is no folder. Name the folder that holds the recordings.")
    clips, wrong = 0, []
    for file in sorted(source.rglob("*.wav")):
        name = file.relative_to(source)
        mistake = _mistake(file) if name in known else "no prompt has this name; see: plainline prompts list"
        if mistake:
            wrong.append(f"{name}: {mistake}")
            continue
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_suffix(".part")
        wav.write(unfinished, wav.levelled(wav.trimmed(wav.read(file)), LEVEL_DBFS))
        unfinished.replace(place)
        clips += 1
    return Taken(clips, tuple(wrong))


def _mistake(file: Path) -> str:
    try:
        sound = wav.read(file)
    except wav.NotSound as error:
        return str(error)
    if wav.level(sound) < QUIETEST_DBFS:
        return "it is almost silent; speak closer to the microphone and record it again"
    if len(sound) / 2 / RATE > LONGEST_SECONDS:
        return "it is longer than a minute; record one prompt a file"
    return ""


def _phrase(flow: str, key: str, phrase: Phrase, language: str) -> Iterator[ToRecord]:
    words = voice_of(phrase, language)
    if placeholders(words) <= EXTRAS:
        yield _clip(flow, key, words, language)
        return
    for _, fragment, clip in fragments(words, flow, key, language):
        if clip is not None:
            yield _clip(clip.flow, clip.key, f"… {fragment.strip()} …", language)


def _parts(language: str, places: dict[str, str]) -> Iterator[ToRecord]:
    """Numbers, days, times and places: what fills the gaps of other clips."""
    for key, label in places.items():
        yield _clip(COMMON, f"place.{key}", label, language)
    seen: set[str] = set()
    for value in _values():
        said = aloud(value, language, ZoneInfo("UTC"))
        for key in said.clips:
            if key not in seen:
                seen.add(key)
                yield _clip(COMMON, key, f"({key.replace('.', ' ')}) in: {said.text}", language)


def _values() -> Iterator[Value]:
    yield from (Value("yes_no", answer) for answer in ("yes", "no"))
    yield from (Value("number", number) for number in range(61))
    yield from (Value("date", (_MONDAY + timedelta(days=31 * n)).isoformat()) for n in range(12))
    yield from (Value("date", (_MONDAY + timedelta(days=n)).isoformat()) for n in range(31))
    yield from (Value("time", time(hour, 0).isoformat()) for hour in range(24))
    yield from (Value("time", time(9, minute).isoformat()) for minute in range(5, 60, 5))
    yield from (Value("phone", f"+44770090012{digit}") for digit in range(10))


def _clip(flow: str, key: str, words: str, language: str) -> ToRecord:
    return ToRecord(Path(flow, "audio", language, f"{key}.wav"), " ".join(words.split()))
