"""What a neighbour may record: every clip a call can use, the words to read, and taking recordings in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
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
OVER_NOISE_DB = 8.0


class NotAClip(GatewayError):
    """This recording cannot be a clip: record it again."""


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
        try:
            if name not in known:
                raise NotAClip("no prompt has this name; see: plainline prompts list")
            keep_clip(clip_of(wav.read(file)), target / name)
            clips += 1
        except (NotAClip, wav.NotSound) as error:
            wrong.append(f"{name}: {error}")
    return Taken(clips, tuple(wrong))


def clip_of(sound: bytes) -> bytes:
    """Make a clip of a recording: no silence at its ends, as loud as all others. Raises NotAClip."""
    if wav.level(sound) < QUIETEST_DBFS:
        raise NotAClip("it is almost silent; speak closer to the microphone and record it again")
    if len(sound) / 2 / RATE > LONGEST_SECONDS:
        raise NotAClip("it is longer than a minute; record one prompt a file")
    spoken = wav.trimmed(sound, quiet_dbfs=max(wav.QUIET_DBFS, _noise(sound) + OVER_NOISE_DB))
    if not spoken:
        raise NotAClip("it is all noise; record it again in a quiet room")
    return wav.levelled(spoken, LEVEL_DBFS)


def keep_clip(clip: bytes, place: Path) -> None:
    """Put a clip in its place, whole or not at all: calls may be using what is there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(".part")
    wav.write(unfinished, clip)
    unfinished.replace(place)


def _noise(sound: bytes) -> float:
    """Give the level of the quietest stretches, in dBFS: of a telephone line, or of a room."""
    step = RATE // 50 * 2
    levels = sorted(wav.level(sound[at : at + step]) for at in range(0, len(sound) - step, step))
    return levels[len(levels) // 10] if levels else -inf


def _clip(clip: Clip, words: str, language: str) -> ToRecord:
    return ToRecord(Path(clip.flow, "audio", language, f"{clip.key}.wav"), " ".join(words.split()))
