"""What a neighbour may record: every clip a call can use, the words to read, and taking recordings in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.clips import recordable
from flows.library import COMMON, Library
from flows.spoken import Clip
from gateway.errors import GatewayError
from modem.audio import wav
from modem.audio.line import RATE

LEVEL_DBFS = -20.0
QUIETEST_DBFS = -45.0
LONGEST_SECONDS = 60.0


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


def to_record(library: Library, language: str, places: Mapping[str, str]) -> Iterator[ToRecord]:
    """Give every clip of a language; `places` are the labels of the community's places by key."""
    for found in recordable(library, language):
        yield _clip(found.clip, found.text, language)
    for key, label in places.items():
        yield _clip(Clip(COMMON, f"place.{key}"), label, language)


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


def _clip(clip: Clip, words: str, language: str) -> ToRecord:
    return ToRecord(Path(clip.flow, "audio", language, f"{clip.key}.wav"), " ".join(words.split()))
