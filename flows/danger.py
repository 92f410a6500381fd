"""Words of danger, in every language, also where a hand shook: a cry that is missed may cost a life.

A harmless text taken for a cry costs one line with the number to call; so slips are taken generously,
but never so that one everyday word stands for another ("cooking" is no "choking").
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

SLIP_LETTERS_MIN = 4
"""A shorter word counts only as it is written."""

OTHER_LETTER_MIN = 5
"""From so many letters on, one of them may be another, where the words beside it leave no doubt."""

SLIPS_MAX = 2
"""Slips in a cry, all its words together."""

TWO_SLIPS_MIN = 9
"""From so many letters on a word may have two slips."""

SURE_LETTERS_MIN = 4
"""So long must a word of the same cry be, exactly as it is written, to leave no doubt."""

WORDS_MAX = 120
"""Words of a text in which slips are looked for; what is exact counts anywhere."""

ENDING_MIN = 6
"""A shorter word that only goes on, or breaks off, is another word: "humor" is no "humo"."""

_ALIKE = (frozenset("csz"), frozenset("ck"), frozenset("bv"), frozenset("gj"), frozenset("iy"))
"""Letters people write for one another because they sound alike."""

Cry = tuple[str, ...]

# Korean as it sounds: final letters that are spoken alike, and vowels nobody tells apart any more.
_SOUNDS = str.maketrans(
    {
        **dict.fromkeys("ᆨᆩᆪᆰᆿ", "ᆨ"),
        **dict.fromkeys("ᆫᆬᆭ", "ᆫ"),
        **dict.fromkeys("ᆮᆺᆻᆽᆾᇀᇂ", "ᆮ"),
        **dict.fromkeys("ᆯᆲᆳᆴᆶ", "ᆯ"),
        **dict.fromkeys("ᆷᆱ", "ᆷ"),
        **dict.fromkeys("ᆸᆹᆵᇁ", "ᆸ"),
        **dict.fromkeys("ᅦᅢ", "ᅢ"),
        **dict.fromkeys("ᅨᅤ", "ᅤ"),
        **dict.fromkeys("ᅬᅫᅰ", "ᅫ"),
        " ": None,
    }
)


class Danger:
    """Every cry for help, as folded words, with the languages it belongs to."""

    def __init__(self) -> None:
        self.cries: dict[str, tuple[str, ...]] = {}
        self._first_words: dict[str, list[Cry]] = {}
        self._beginnings: dict[tuple[str, int], list[str]] = {}
        self._syllables: list[tuple[str, str]] = []

    def add(self, cry: str, language: str) -> None:
        """Learn a cry, which is folded already; a number counts only as the whole text."""
        first = cry not in self.cries
        self.cries[cry] = (*self.cries.get(cry, ()), language)
        if not first or cry.replace(" ", "").isdigit():
            return
        if not cry.isascii():
            self._syllables.append((_sound(cry), cry))
            return
        words = tuple(cry.split())
        if words[0] not in self._first_words:
            # A slip keeps the first letter, and makes a word longer or shorter by a letter or two.
            most = _most_slips(words[0])
            for length in range(len(words[0]) - most, len(words[0]) + most + 1):
                self._beginnings.setdefault((cry[0], length), []).append(words[0])
        self._first_words.setdefault(words[0], []).append(words)

    def languages(self, folded: str) -> tuple[str, ...]:
        """Give the languages of a cry in a text; none where nobody cries for help."""
        return self.cries.get(folded) or self._exact(folded) or self._slipped(folded)

    def _exact(self, folded: str) -> tuple[str, ...]:
        words = folded.split()
        for index, word in enumerate(words):
            for cry in self._first_words.get(word, ()):
                if tuple(words[index : index + len(cry)]) == cry:
                    return self.cries[" ".join(cry)]
        if folded.isascii():
            return ()
        together = _sound(folded)
        return next((self.cries[cry] for sound, cry in self._syllables if sound in together), ())

    def _slipped(self, folded: str) -> tuple[str, ...]:
        """Give the languages of all cries that a text may be a slip of, those with the fewest slips first."""
        words = folded.split()[:WORDS_MAX]
        found: list[tuple[int, tuple[str, ...]]] = []
        for at, word in enumerate(words):
            firsts = self._beginnings.get((word[0], len(word)))
            if firsts is None:
                continue
            most = SLIPS_MAX if len(word) >= TWO_SLIPS_MIN - SLIPS_MAX else 1
            near = process.extract(word, firsts, scorer=OSA.distance, score_cutoff=most, limit=None)
            for cry in (cry for first in sorted(near) for cry in self._first_words[first[0]]):
                written = words[at : at + len(cry)]
                slips = _slips(cry, written) if len(written) == len(cry) else None
                if slips is not None:
                    found.append((slips, self.cries[" ".join(cry)]))
        ordered = sorted(found, key=lambda pair: pair[0])
        return tuple(dict.fromkeys(language for _, languages in ordered for language in languages))


def _slips(cry: Cry, written: Sequence[str]) -> int | None:
    """Count the slips by which words differ from a cry; None where they are words of their own."""
    sure = any(a == b and len(a) >= SURE_LETTERS_MIN for a, b in zip(cry, written, strict=True))
    slips = 0
    for meant, word in zip(cry, written, strict=True):
        if meant == word:
            continue
        if word[0] != meant[0] or not word.isascii() or _goes_on(meant, word):
            return None
        distance = OSA.distance(meant, word)
        slips += distance
        most = _most_slips(meant)
        if distance > most:
            return None
        other_letter = (
            len(meant) == len(word) and sorted(meant) != sorted(word) and not _sound_alike(meant, word)
        )
        if other_letter and most == 1 and not (sure and len(meant) >= OTHER_LETTER_MIN):
            return None
    return slips if slips <= SLIPS_MAX else None


def _most_slips(word: str) -> int:
    if len(word) < SLIP_LETTERS_MIN:
        return 0
    return 1 if len(word) < TWO_SLIPS_MIN else SLIPS_MAX


def _sound_alike(meant: str, word: str) -> bool:
    pairs = [{a, b} for a, b in zip(meant, word, strict=True) if a != b]
    return all(any(pair <= alike for alike in _ALIKE) for pair in pairs)


def _goes_on(meant: str, word: str) -> bool:
    return len(meant) < ENDING_MIN and (word.startswith(meant) or meant.startswith(word))


def _sound(text: str) -> str:
    """Give what Korean sounds like, without its spaces; emoji and all else stay as they are."""
    return unicodedata.normalize("NFD", text).translate(_SOUNDS)
