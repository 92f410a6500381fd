"""What the ears of a call need to know for the question a conversation stands at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flows.answers import TYPES, options
from flows.answers.base import Question
from flows.answers.lexicon import lexicon
from flows.by_ear import RECORDED_TYPES
from flows.call_phrases import CALL_WORDS
from flows.conversation import Conversation, Setting
from flows.keypad import REPEAT_KEY
from flows.library import Library
from flows.limits import LIVE
from flows.sayable import sayable
from flows.stand import Stand
from flows.words import MENU, spoken

PATIENCE_MS = 6000
"""How long a caller may think."""

THINKING_MS = 9000
"""How long where there is something to look for (a PIN) or to put into words."""

SILENCE_MS: Mapping[str, int] = {
    "yes_no": 300,
    "choice": 400,
    "number": 400,
    "date": 500,
    "time": 500,
    "place": 500,
    "name": 600,
    "phone": 700,
    "ranking": 700,
    "free_text": 700,
}
"""Silence that ends an answer, by its type: the longer what is said, the longer people breathe."""

SPOKEN_WORDS = ("help", "menu", "person", "back", "language", "stop", "quit", *CALL_WORDS)
"""Global words a caller may say at any moment."""

ENTRY_PAUSE_MS, PLACE_PAUSE_MS = 2500, 1500
"""A place is mostly one key from a list."""

PLACE_KEYS, PHONE_KEYS, DATE_KEYS, TIME_KEYS = 12, 15, 4, 4
SECRET_TYPES = frozenset({"pin"})

CRY_WORDS_MAX = 2
"""Longer cries for help are not listened for in a grammar: other words would be taken for them."""


@dataclass(frozen=True, slots=True)
class Keypad:
    """How keys become entries.

    An entry has at most `longest` digits and is over at once when it has them, at #, or when no key
    came for `pause_ms`. A key of `at_once` is an entry by itself when no digit stands before it.
    With `longest` 0 every key is.
    """

    longest: int
    at_once: str
    pause_ms: int = ENTRY_PAUSE_MS


@dataclass(frozen=True, slots=True)
class Expectation:
    """What may come now, and what to do with it.

    `type` is the answer type, or `` where the call asks something of its own. `phrases` are the
    grammar in `language`, global words among them; empty where `open` (any words). An utterance is
    over after `silence_ms` without speech; `Silence` is due when nothing came for `patience_ms`
    after the prompt. `keys_only`: do not listen to speech at all. `record`: keep the sound
    (encrypted) and transcribe it beside; # ends it. `secret`: neither sound nor words nor keys may
    be kept or logged anywhere.
    """

    type: str
    language: str
    phrases: tuple[str, ...]
    open: bool
    keypad: Keypad
    silence_ms: int
    patience_ms: int
    keys_only: bool = False
    record: bool = False
    secret: bool = False


_BY_ONE_KEY = Keypad(0, "0123456789*")
_MESSAGE = Expectation("", "", (), True, _BY_ONE_KEY, SILENCE_MS["free_text"], THINKING_MS, record=True)


def expects(library: Library, conversation: Conversation | None, setting: Setting) -> Expectation:
    """Give what may come now that the turn before left `conversation` so."""
    live = conversation is not None and conversation.status in LIVE
    language = conversation.language if live and conversation else setting.language
    if conversation is None or not live or setting.stopped:
        return _asked_on_call(library, language, setting, ("start",))
    if conversation.status == "person":
        return replace(_MESSAGE, language=language)
    call = conversation.call
    if call.asking == "language" and not call.cry:
        return _asked_on_call(library, language, setting, (), languages=True)
    if call.cry or call.asking == "stop" or call.check:
        return _yes_or_no(library, language, setting)
    return _Step(library, conversation, setting).expectation()


def _asked_on_call(
    library: Library, language: str, setting: Setting, words: tuple[str, ...], *, languages: bool = False
) -> Expectation:
    phrases = list(_words(library, language, (*words, "person", "repeat")))
    phrases += _language_names(library, language) if languages else ()
    return _expectation("", language, phrases, _BY_ONE_KEY, setting, SILENCE_MS["choice"])


def _yes_or_no(library: Library, language: str, setting: Setting) -> Expectation:
    said = lexicon(language).tables["grammar"]
    phrases = [*said["yes"], *said["no"], *everywhere(library, language)]
    return _expectation("yes_no", language, phrases, _BY_ONE_KEY, setting, SILENCE_MS["yes_no"])


def _expectation(
    kind: str, language: str, phrases: list[str], keypad: Keypad, setting: Setting, silence_ms: int
) -> Expectation:
    grammar = tuple(dict.fromkeys(said for phrase in phrases if (said := heard_as(phrase, language))))
    return Expectation(
        kind, language, grammar, False, keypad, silence_ms, PATIENCE_MS, keys_only=not setting.hears
    )


def heard_as(phrase: str, language: str) -> str:
    """Give a phrase as a recogniser writes it: small letters, numbers in words, no signs."""
    said = sayable(phrase, language).lower()
    return " ".join("".join(c if c.isalnum() or c == "'" else " " for c in said).split())


def everywhere(library: Library, language: str) -> Iterator[str]:
    """Give the global words, the languages' names and the cries for help in one language."""
    yield from _words(library, language, SPOKEN_WORDS)
    yield from _language_names(library, language)
    for cry in library.common[language].emergency:
        if len(cry.split()) <= CRY_WORDS_MAX and not cry.replace(" ", "").isdigit():
            yield cry


def _words(library: Library, language: str, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        yield from library.common[language].words.get(name, ())


def _language_names(library: Library, language: str) -> list[str]:
    return [name for names in library.common[language].languages.values() for name in names]


class _Step:
    """What is expected at a question of a flow."""

    def __init__(self, library: Library, conversation: Conversation, setting: Setting) -> None:
        self._library = library
        self._setting = setting
        self._language = conversation.language
        self._call = conversation.call
        self._stand = Stand.of(library, conversation)
        self._ask = self._stand.ask
        self._question = self._stand.question(self._ask, setting, self._language)

    def expectation(self) -> Expectation:
        kind = self._ask.type
        record = kind in RECORDED_TYPES
        secret = self._stand.flow.secret or kind in SECRET_TYPES
        phrases = [] if record or kind in SECRET_TYPES else self._phrases()
        told = _expectation(
            kind, self._language, phrases, self._keypad(), self._setting, SILENCE_MS.get(kind, 0)
        )
        return replace(
            told,
            open=record,
            keys_only=kind in SECRET_TYPES or (not self._setting.hears and (not record or secret)),
            record=record and not secret,
            secret=secret,
            patience_ms=THINKING_MS if record or kind in SECRET_TYPES else PATIENCE_MS,
        )

    def _phrases(self) -> list[str]:
        answers = TYPES[self._ask.type].grammar(self._question)
        return [*answers, *self._keywords(), *everywhere(self._library, self._language)]

    def _keywords(self) -> Iterator[str]:
        """At the menu the flows' keywords are heard too; where something has ended, so is a no."""
        if self._stand.flow.name != MENU:
            return
        for flow in self._library.flows.values():
            texts = flow.texts.get(self._language)
            yield from (spoken(keyword) for keyword in (texts.keywords if texts else ()))
        if self._call.asking == "more":
            said = lexicon(self._language).tables["grammar"]
            yield from (*said["yes"], *said["no"])

    def _keypad(self) -> Keypad:
        kind = self._ask.type
        if kind in RECORDED_TYPES:
            return _BY_ONE_KEY
        keymap = TYPES[kind].keys(self._question)
        if keymap and max(map(len, keymap)) == 1:
            return _BY_ONE_KEY
        longest = _longest(kind, self._question) or max(map(len, keymap), default=1)
        return Keypad(longest, REPEAT_KEY, PLACE_PAUSE_MS if kind == "place" else ENTRY_PAUSE_MS)


def _longest(kind: str, question: Question) -> int:
    """Give the digits of the longest entry; 0: the options' own numbers say."""
    match kind:
        case "pin":
            return options.digits(question.options)[1]
        case "number":
            return len(str(options.whole(question.options, "max", 999_999_999)))
        case "ranking":
            return max(1, len(question.choices))
        case "choice":
            return 0
    return {"place": PLACE_KEYS, "phone": PHONE_KEYS, "date": DATE_KEYS, "time": TIME_KEYS}[kind]
