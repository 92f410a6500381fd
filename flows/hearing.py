"""What an utterance means: its alternatives understood one by one, and compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flows.answering import counts
from flows.answers import TYPES
from flows.answers.base import Answer, Unclear, Understood
from flows.keywords import Keyword
from flows.limits import LIVE
from flows.value import Value
from flows.walk import Walk
from flows.words import MENU, Word, spoken


@dataclass(frozen=True, slots=True)
class Meaning:
    """What words come to where a conversation stands: a global word, an answer, or a keyword.

    At the menu a keyword wins: every call comes back there, and CANCEL MY LIFT books none.
    """

    body: str
    word: Word | None = None
    value: Value | None = None
    keyword: Keyword | None = None

    def same_as(self, other: Meaning) -> bool:
        """Tell whether acting on either comes to the same."""
        return self._key() == other._key()

    def _key(self) -> tuple[str, str, str, str]:
        word = self.word or Word("", ())
        value = json.dumps(self.value.to_json()) if self.value else ""
        keyword = f"{self.keyword.flow} {spoken(self.keyword.argument)}" if self.keyword else ""
        return word.name, word.value, value, keyword


def crying(walk: Walk, alternatives: Sequence[str]) -> tuple[str, str]:
    """Give the first alternative with emergency words, and their language (both empty: none has any)."""
    for body in alternatives:
        language = walk.library.vocabulary.emergency(spoken(body), walk.said.language)
        if language:
            return body, language
    return "", ""


def meanings(walk: Walk, alternatives: Sequence[str], *, answers: bool = True) -> list[Meaning]:
    """Give what the alternatives mean, each meaning once, those without any left out.

    Without `answers` only global words count.
    """
    found: list[Meaning] = []
    for body in alternatives:
        meaning = _meaning(walk, body, answers=answers)
        if meaning is not None and not any(meaning.same_as(other) for other in found):
            found.append(meaning)
    return found


def _meaning(walk: Walk, body: str, *, answers: bool) -> Meaning | None:
    folded = spoken(body)
    word = walk.library.vocabulary.word(folded)
    if word is not None and counts(walk, word, body, folded):
        return Meaning(body, word=word)
    if not answers or walk.status not in LIVE:
        return None
    keywords = walk.library.vocabulary.keywords
    keyword = keywords.first(body, folded, walk.said.language)
    at_menu = walk.stand.flow.name == MENU
    if at_menu and keyword is not None and keyword.flow != MENU:
        return Meaning(body, keyword=keyword)
    answer = walk.parse(body)
    if isinstance(answer, Understood):
        return Meaning(body, value=answer.value)
    if keyword is None and at_menu:
        keyword = keywords.mentioned(body, folded, walk.said.language)
    return Meaning(body, keyword=keyword) if keyword else None


def yes_or_no(walk: Walk, alternatives: Sequence[str]) -> str:
    """Give `yes` or `no` where the alternatives agree on it, else nothing."""
    question = walk.stand.question(walk.stand.ask, walk.setting, walk.said.language)
    parsed = [TYPES["yes_no"].parse(body, question) for body in alternatives]
    said = {str(answer.value.data) for answer in parsed if isinstance(answer, Understood)}
    return said.pop() if len(said) == 1 else ""


def why_unclear(walk: Walk, alternatives: Sequence[str]) -> Unclear:
    """Give the reason for which the likeliest alternative is no answer; noise was not heard well."""
    answer: Answer = walk.parse(alternatives[0]) if alternatives else UNHEARD
    return answer if isinstance(answer, Unclear) else UNHEARD


UNHEARD = Unclear("call.unheard")
