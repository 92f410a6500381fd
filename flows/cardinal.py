"""Whole numbers in the words that people say: "two hundred and six", "doscientos seis", "이백육"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flows.answers.lexicon import lexicon

LARGEST = 999_999_999
"""Above it the digits are said one by one."""

TEN, HUNDRED, THOUSAND, MILLION, TEN_THOUSAND = 10, 100, 1000, 1_000_000, 10_000


def cardinal(number: int, language: str) -> str:
    """Say a number; one that is negative or has more than nine digits is said digit by digit."""
    words = lexicon(language)
    if not 0 <= number <= LARGEST:
        return digit_by_digit(str(abs(number)), language)
    return _SAYING[words.language](number, words.tables["aloud"])


def digit_by_digit(digits: str, language: str) -> str:
    """Say digits one after the other: "oh seven seven"."""
    said: Sequence[str] = lexicon(language).tables["aloud"]["digits"]
    return " ".join(said[int(digit)] for digit in digits)


def _english(number: int, said: Mapping[str, Any]) -> str:
    if number < len(said["units"]):
        return str(said["units"][number])
    if number < HUNDRED:
        tens, rest = divmod(number, TEN)
        return str(said["tens"][tens]) + (f"-{said['units'][rest]}" if rest else "")
    for size, name in ((MILLION, "million"), (THOUSAND, "thousand"), (HUNDRED, "hundred")):
        if number >= size:
            count, rest = divmod(number, size)
            head = f"{_english(count, said)} {name}"
            joint = " and " if rest < HUNDRED else " "
            return head + (joint + _english(rest, said) if rest else "")
    raise AssertionError


def _spanish(number: int, said: Mapping[str, Any]) -> str:
    if number < len(said["units"]):
        return str(said["units"][number])
    if number < HUNDRED:
        tens, rest = divmod(number, TEN)
        return str(said["tens"][tens]) + (f" y {said['units'][rest]}" if rest else "")
    if number < THOUSAND:
        hundreds, rest = divmod(number, HUNDRED)
        head = str(said["hundreds"][hundreds]) if rest or hundreds > 1 else "cien"
        return head + (f" {_spanish(rest, said)}" if rest else "")
    if number < MILLION:
        count, rest = divmod(number, THOUSAND)
        head = f"{_before_noun(_spanish(count, said))} mil" if count > 1 else "mil"
    else:
        count, rest = divmod(number, MILLION)
        head = f"{_before_noun(_spanish(count, said))} millones" if count > 1 else "un millón"
    return head + (f" {_spanish(rest, said)}" if rest else "")


def _before_noun(words: str) -> str:
    """Say "veintiún mil", not "veintiuno mil"."""
    if words.endswith("veintiuno"):
        return words.removesuffix("uno") + "ún"
    return words.removesuffix("o") if words.endswith("uno") else words


def _korean(number: int, said: Mapping[str, Any]) -> str:
    if number >= TEN_THOUSAND:
        count, rest = divmod(number, TEN_THOUSAND)
        head = "만" if count == 1 else f"{_korean(count, said)}만"
        return f"{head} {_korean(rest, said)}" if rest else head
    words = ""
    for size, name in ((THOUSAND, "천"), (HUNDRED, "백"), (TEN, "십")):
        count, number = divmod(number, size)
        if count:
            words += (said["units"][count] if count > 1 else "") + name
    return words + said["units"][number] if number or not words else words


_SAYING: Mapping[str, Callable[[int, Mapping[str, Any]], str]] = {
    "en": _english,
    "es": _spanish,
    "ko": _korean,
}
