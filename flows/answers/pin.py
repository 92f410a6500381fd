"""A PIN of four to eight digits. The value holds it; it is never said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flows.answers import options, words
from flows.answers.base import Answer, Question, Unclear, Understood
from flows.answers.fold import fold
from flows.answers.lexicon import lexicon
from flows.answers.phone import in_figures
from flows.value import Value

_RUN = re.compile(r"[0-9](?:[ .-]?[0-9])*")


class PinType:
    """The answer type `pin`. Option `digits`: how many, or the fewest and the most; 4 if not given."""

    name = "pin"

    def parse(self, text: str, question: Question) -> Answer:
        """Understand one run of digits of the right length; the reason of an unclear one holds none of it."""
        fewest, most = options.digits(question.options)
        wanted = {"digits": Value("text", f"{fewest}-{most}" if most > fewest else str(fewest))}
        runs = _RUN.findall(in_figures(fold(text), lexicon(question.language)))
        if len(runs) != 1:
            return Unclear("unclear.pin", wanted)
        pin = "".join(character for character in runs[0] if character.isdigit())
        if not fewest <= len(pin) <= most:
            return Unclear("unclear.pin.length", wanted)
        return Understood(Value("pin", pin))

    def grammar(self, question: Question) -> Sequence[str]:
        """Give the words digits are said in."""
        said = lexicon(question.language).tables["grammar"]
        return [*said["numbers"][:10], *said["digits"]]

    def keys(self, question: Question) -> Mapping[str, str]:
        """Take digits as they are."""
        return {}

    def words(self, value: Value, language: str) -> str:
        """Say asterisks."""
        return words.pin(language)

    def typical(self, question: Question) -> Value:
        """Give a PIN of the longest length."""
        return Value("pin", "0" * options.digits(question.options)[1])
