"""Numbers in words, written as digits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from text_to_num import alpha2digit

from flows.answers.lexicon import Lexicon, key, lexicon

_SINO_DIGITS = {c: n for n, c in enumerate("영일이삼사오육칠팔구")} | {"공": 0}
_SINO_UNITS = {"십": 10, "백": 100, "천": 1000}
_SINO = "[영공일이삼사오육칠팔구십백천만]{1,12}"
# 일 and 월 count days and months, but not where Sunday (일요일) or Monday (월요일) begins.
_SINO_COUNTED = re.compile(rf"(?<![0-9요내매])({_SINO})\s?(?=[월일](?![요욜])|년|주|시|분|명|개|살|인분|세)")
_NATIVE = "(?:열|스물|스무|서른|마흔)?(?:하나|한|둘|두|셋|세|넷|네|다섯|여섯|일곱|여덟|여덜|아홉)?"
_NATIVE_COUNTED = re.compile(rf"({_NATIVE})\s?(?=시|명|개|분|살|사람|자리|번|가지|달|주|대)")
_FIRST = re.compile(r"첫\s?(?=번)")


def in_digits(folded: str, language: str) -> str:
    """Write the numbers of a folded text in digits: "half past two" gives "half past 2".

    Ordinals keep their ending in English ("5th") and lose it elsewhere.
    """
    words = lexicon(language)
    if words.language == "ko":
        return _korean(folded, words)
    if folded.isdigit():
        return folded
    extra = _extra_words(words.language)
    if any(word in folded for word in extra):
        folded = _replace_words(folded, extra)
    digits: str = alpha2digit(folded, words.language, threshold=0)
    return digits.replace("º", "").replace("ª", "").replace(".ᵉʳ", "")


def whole_number(digits: str) -> int | None:
    """Read a text that is nothing but ASCII digits, at most nine."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else None


@cache
def _extra_words(language: str) -> Mapping[str, str]:
    table = lexicon(language).tables["number"].get("words", {})
    return {key(phrase): number for number, phrases in table.items() for phrase in phrases}


@cache
def _extra_pattern(language_words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(language_words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _replace_words(text: str, words: Mapping[str, str]) -> str:
    return _extra_pattern(tuple(words)).sub(lambda match: words[match[0]], text)


def _korean(text: str, words: Lexicon) -> str:
    bare = text.replace(" ", "")
    if re.fullmatch(_SINO, bare):
        return str(_sino(bare))
    if bare and re.fullmatch(_NATIVE, bare):
        return str(_native(bare, words))
    text = _FIRST.sub("1", text)
    text = _SINO_COUNTED.sub(lambda match: str(_sino(match[1])), text)
    return _NATIVE_COUNTED.sub(lambda m: str(_native(m[1], words)) if m[1] else m[0], text)


def _sino(text: str) -> int:
    if not any(c in _SINO_UNITS or c == "만" for c in text):
        return int("".join(str(_SINO_DIGITS[c]) for c in text))
    total = part = digit = 0
    for c in text:
        if c in _SINO_DIGITS:
            digit = _SINO_DIGITS[c]
        elif c == "만":
            total, part, digit = total + (part + digit or 1) * 10_000, 0, 0
        else:
            part, digit = part + (digit or 1) * _SINO_UNITS[c], 0
    return total + part + digit


def _native(text: str, words: Lexicon) -> int:
    table = _extra_words(words.language)
    total = 0
    for name in sorted(table, key=len, reverse=True):
        if name in text:
            total += int(table[name])
            text = text.replace(name, "", 1)
    return total
