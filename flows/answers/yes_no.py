"""Yes or no: "yep", "YES PLEASE", "no thanks", a thumb. The value is "yes" or "no"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flows.answers import words
from flows.answers.base import Answer, Question, Unclear, Understood
from flows.answers.fold import fold, without_emoji
from flows.answers.lexicon import LANGUAGES, Lexicon, lexicon, plain
from flows.value import Value

SIGNS = {"yes": "👍👌✅✔☑🆗💯🙆⭕", "no": "👎❌✖✗✘🚫🙅⛔🛑"}
"""Pictures that answer by themselves."""

SENTENCE_WORDS = 8
"""Words of the longest sentence that is taken for an answer by how it begins."""

UNCLEAR = Unclear("unclear.yes_no")

_REPEATED = re.compile(r"(.)\1+")


class YesNoType:
    """The answer type `yes_no`."""

    name = "yes_no"

    def parse(self, text: str, question: Question) -> Answer:
        """Understand a yes or a no in the question's language, else in any that has a lexicon."""
        folded = fold(text)
        said = plain(folded)
        language = lexicon(question.language)
        answer = _exact(said, language)
        if answer is None and not folded.isascii():
            sign = _sign(folded)
            if sign == "both":
                return UNCLEAR
            said = plain(without_emoji(folded))
            if sign and not said:
                answer = sign
            elif sign:
                answer = sign if _words(said, language) in {sign, None} else "both"
        if answer is None:
            answer = _words(said, language)
        return Understood(Value("yes_no", answer)) if answer in {"yes", "no"} else UNCLEAR

    def grammar(self, question: Question) -> Sequence[str]:
        """Give the commonest ways of saying either."""
        said = lexicon(question.language).tables["grammar"]
        return [*said["yes"], *said["no"]]

    def keys(self, question: Question) -> Mapping[str, str]:
        """Map 1 to yes and 2 to no."""
        yes, no = lexicon(question.language).tables["yes_no"]["says"]
        return {"1": yes, "2": no}

    def words(self, value: Value, language: str) -> str:
        """Say yes or no."""
        return words.yes_no(str(value.data), language)

    def typical(self, question: Question) -> Value:
        """Give a yes."""
        return Value("yes_no", "yes")


def _exact(said: str, language: Lexicon) -> str | None:
    if said in language.yes:
        return "yes"
    return "no" if said in language.no else None


def _words(said: str, language: Lexicon) -> str | None:
    """Understand words: known as they are, without polite ones, stretched, in another language, or
    a short sentence that begins with one."""
    for words_said in (said, language.without_fillers(said), _REPEATED.sub(r"\1", said)):
        answer = _exact(words_said, language)
        if answer:
            return answer
    for other in LANGUAGES:
        answer = _exact(said, lexicon(other)) if not said.isdigit() else None
        if answer:
            return answer
    return _sentence(said.split(), language)


def _sentence(said: list[str], language: Lexicon) -> str | None:
    if not said or len(said) > SENTENCE_WORDS or any(phrase in language.hedges for phrase in _runs(said)):
        return None
    opening = next((" ".join(said[:n]) for n in (3, 2, 1) if _exact(" ".join(said[:n]), language)), None)
    if opening is None or opening.isdigit() or _exact(said[0], language) is None:
        return None
    answer = _exact(opening, language)
    rest = said[len(opening.split()) :]
    contrary = language.phrases("yes_no", "surely_no" if answer == "yes" else "surely_yes")
    return None if contrary.intersection(rest) and _exact(" ".join(rest), language) != answer else answer


def _runs(said: list[str]) -> list[str]:
    return [" ".join(said[at : at + size]) for size in (1, 2, 3) for at in range(len(said) - size + 1)]


def _sign(folded: str) -> str | None:
    """Give the answer of the pictures in a text, `both` if they disagree."""
    shown = {answer for answer, signs in SIGNS.items() if any(sign in folded for sign in signs)}
    return "both" if len(shown) > 1 else next(iter(shown), None)
