"""One speech model, as vosk has it: which words it knows, and what an utterance was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import vosk

from modem.errors import SpeechDown, WrongModel
from modem.speech.feeding import rate_of
from modem.speech.heard import MOST_ALTERNATIVES
from modem.speech.protocols import Heard
from modem.speech.spelling import words_of

_UNKNOWN_TOKENS = ("[unk]", "<UNK>", "<unk>", "<SPOKEN_NOISE>")
"""What models call a word they do not know; a name the model does not have would be dropped in silence."""

_ABSENT = -1
_FEW_PARTS = 2
_SYLLABLES = re.compile(r"[가-힣]+")

vosk.SetLogLevel(-1)


class VoskModel:
    """A loaded model. Raises `SpeechDown` when its folder holds no usable one."""

    def __init__(self, path: Path) -> None:
        try:
            self._model = vosk.Model(str(path))
        except Exception as error:
            # vosk raises nothing narrower.
            raise SpeechDown(f"{path} holds no usable speech model.") from error
        self.rate = rate_of(path)
        self.unknown_token = next((token for token in _UNKNOWN_TOKENS if self.knows(token)), "")

    def knows(self, word: str) -> bool:
        """Say whether the model can hear `word`."""
        return bool(self._model.vosk_model_find_word(word) != _ABSENT)

    def spelling(self, phrase: str) -> str:
        """Give `phrase` in words the model knows; empty when it has a word the model does not know."""
        spelt = [self._spell(word) for word in words_of(phrase)]
        return " ".join(spelt) if all(spelt) else ""

    def unknown(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Give the words of `phrases` that the model cannot hear, each once."""
        words = dict.fromkeys(word for phrase in phrases for word in words_of(phrase))
        return tuple(word for word in words if not self._spell(word))

    def recogniser(self, phrases: Sequence[str]) -> vosk.KaldiRecognizer:
        """Make a recogniser for one utterance; without phrases it listens openly.

        Raises `WrongModel` when the model knows none of the phrases.
        """
        if not phrases:
            recogniser = vosk.KaldiRecognizer(self._model, self.rate)
        else:
            spelt = [spelling for phrase in phrases if (spelling := self.spelling(phrase))]
            if not spelt:
                raise WrongModel("The speech model knows none of the words to expect.")
            # A model without such a token takes every noise for one of the phrases: reading back is for that.
            words = [*dict.fromkeys(spelt), *filter(None, [self.unknown_token])]
            grammar = json.dumps(words, ensure_ascii=False)
            recogniser = vosk.KaldiRecognizer(self._model, self.rate, grammar)
        recogniser.SetMaxAlternatives(MOST_ALTERNATIVES)
        return recogniser

    def heard(self, result: str) -> Heard:
        """Give what vosk's `result` says was heard, without its unknown words.

        Nothing when the likeliest is that no known word was said.
        """
        heard = [self._without_unknown(each["text"]) for each in json.loads(result)["alternatives"]]
        if not heard or not heard[0]:
            return Heard(())
        return Heard(tuple(dict.fromkeys(text for text in heard if text)))

    def _without_unknown(self, text: str) -> str:
        return " ".join(word for word in text.split() if word != self.unknown_token)

    def _spell(self, word: str) -> str:
        """`word` as the model has it: whole, or in known parts where the parts sound like the whole."""
        if self.knows(word):
            return word
        if not _SYLLABLES.fullmatch(word):
            return ""
        best: list[tuple[str, ...] | None] = [()]
        for end in range(1, len(word) + 1):
            ways = [
                (*before, word[start:end])
                for start in range(end)
                if (before := best[start]) is not None and self.knows(word[start:end])
            ]
            best.append(min(ways, key=len, default=None))
        parts = best[-1] or ()
        # A model may know every single syllable; a long word made of those is heard in any noise.
        return " ".join(parts) if len(parts) <= max(_FEW_PARTS, len(word) // 2) else ""
