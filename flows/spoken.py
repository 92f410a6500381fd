"""What a turn says, as sentences for the ear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from flows.aloud import aloud
from flows.conversation import Effect, Page, Prompt
from flows.library import COMMON, Library
from flows.limits import EXTRAS
from flows.model import Phrase
from flows.phrases import placeholders, split
from flows.sayable import said_not_written, sayable
from flows.value import Value, text

SAID_TWICE_WORDS = 4
"""Words of the longest option that is said twice, as what it is and as what to say for it."""

_WORD = re.compile(r"\w")
_SPANISH_ONE = re.compile(r"\b([Ll])as una\b")


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
    sentences: list[Sentence] = []
    for effect in effects:
        if isinstance(effect, Page):
            sentences.append(Sentence(sayable(effect.text, language), language))
        elif isinstance(effect, Prompt):
            sentences += _Speaker(library, effect, effect.language or language, zone).sentences()
    return [sentence for sentence in sentences if sentence.text]


def voice_of(phrase: Phrase, language: str, variant: str = "sms") -> str:
    """Give a phrase's words for the ear: its voice, or its text turned from written to said."""
    wanted = phrase.help if variant == "help" and phrase.help else phrase.voice or phrase.sms
    return said_not_written(wanted, language)


def fragments(words: str, flow: str, key: str, language: str) -> Iterator[tuple[str, str, Clip | None]]:
    """Cut a phrase at its placeholders: a fragment with its clip, or a placeholder's name."""
    for place, piece in enumerate(split(words)):
        if place % 2:
            yield piece, "", None
        elif piece:
            has_words = _WORD.search(piece) is not None
            yield "", _sayable(piece, language), Clip(flow, f"{key}.{place // 2 + 1}") if has_words else None


def _sayable(fragment: str, language: str) -> str:
    """Make a fragment sayable and keep the spaces at its ends."""
    bare = fragment.strip()
    if not bare:
        return " " if fragment else ""
    lead, trail = fragment[:1].isspace(), fragment[-1:].isspace()
    return f"{' ' if lead else ''}{sayable(bare, language)}{' ' if trail else ''}"


class _Speaker:
    """Says one prompt in one language."""

    def __init__(self, library: Library, prompt: Prompt, language: str, zone: tzinfo) -> None:
        self._library = library
        self._prompt = prompt
        self._language = language
        self._zone = zone

    def sentences(self) -> Iterator[Sentence]:
        prompt = self._prompt
        phrase = self._library.phrase(prompt.flow, prompt.version, prompt.key, self._language)
        if phrase is None:
            return
        helps = prompt.variant == "help" and bool(phrase.help)
        key = f"{prompt.key}.help" if helps else prompt.key
        words = voice_of(phrase, self._language, prompt.variant)
        yield self._sentence(words, prompt.flow, key, prompt.values)
        for place, label in enumerate(prompt.options, 1):
            yield from self._option(place, label)

    def _option(self, place: int, label: str) -> Iterator[Sentence]:
        """The first option tells that it may be said or pressed, the others are short."""
        label = label.rstrip(" .?!")
        sayable_too = place == 1 and self._prompt.variant != "keys" and len(label.split()) <= SAID_TWICE_WORDS
        key = "call.option" if sayable_too else "call.option_key"
        phrase = self._library.phrase(COMMON, 0, key, self._language)
        if phrase is not None:
            values = {"label": text(label), "key": Value("number", place)}
            yield self._sentence(voice_of(phrase, self._language), COMMON, key, values)

    def _sentence(self, words: str, flow: str, key: str, values: Mapping[str, Value]) -> Sentence:
        pieces = tuple(self._pieces(words, flow, key, values))
        whole = " ".join("".join(piece.text for piece in pieces).split())
        whole = _SPANISH_ONE.sub(r"\1a una", whole) if self._language.startswith("es") else whole
        constant = placeholders(words) <= EXTRAS
        return Sentence(
            text=re.sub(r"\s+([.,;:!?])", r"\1", whole),
            language=self._language,
            clip=Clip(flow, key) if constant else None,
            pieces=() if constant else tuple(piece for piece in pieces if _WORD.search(piece.text)),
            private=self._prompt.private,
        )

    def _pieces(self, words: str, flow: str, key: str, values: Mapping[str, Value]) -> Iterator[Piece]:
        for name, fragment, clip in fragments(words, flow, key, self._language):
            if not name:
                yield Piece(fragment, (clip,) if clip else ())
            elif name in values:
                yield self._value(name, values[name])

    def _value(self, name: str, value: Value) -> Piece:
        said = aloud(value, self._language, self._zone)
        clips = tuple(Clip(COMMON, key) for key in said.clips) or self._label_clips(name, value)
        return Piece(said.text, clips)

    def _label_clips(self, name: str, value: Value) -> tuple[Clip, ...]:
        """Give the clip of an option the flow itself names, as an answer or as what is on offer."""
        prompt = self._prompt
        flow = self._library.versions.get((prompt.flow, prompt.version))
        texts = flow.texts.get(self._language) if flow else None
        if flow is None or texts is None:
            return ()
        if value.type == "choice" and isinstance(value.data, list | tuple) and value.data:
            known = str(value.data[0]) in texts.options.get(name, {})
            return (Clip(flow.name, f"option.{name}.{value.data[0]}"),) if known else ()
        step = flow.steps.get(prompt.key)
        if name != "label" or step is None or step.ask is None:
            return ()
        options = texts.options.get(step.ask.name, {})
        keys = [key for key, option in options.items() if option.label == value.data]
        return tuple(Clip(flow.name, f"option.{step.ask.name}.{key}") for key in keys[:1])
