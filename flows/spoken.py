"""What a turn says, as sentences for the ear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from flows.conversation import Effect
from flows.library import Library


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording that may exist: `library/FLOW/audio/LANGUAGE/KEY.wav`; parts lie in flow `common`."""

    flow: str
    key: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence, and the clips that say it one after the other (none: only a voice can)."""

    text: str
    clips: tuple[Clip, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One piece of speech: `text` for a voice, in `language`.

    `clip` is a recording of the whole, the best there is; next best are the `pieces`' clips, if all
    of them exist, joined; else a voice says `text`. A `private` sentence is not cached or logged.
    """

    text: str
    language: str
    clip: Clip | None = None
    pieces: tuple[Piece, ...] = ()
    private: bool = False


def spoken(library: Library, effects: Sequence[Effect], language: str, zone: tzinfo) -> list[Sentence]:
    """Give what a turn's effects say on a call, in order; `Again` and what merely happened say nothing."""
    raise NotImplementedError
