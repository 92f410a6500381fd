"""Short codes people read aloud and type on a keypad: a digit and a letter, such as 4F."""

from __future__ import annotations

from collections.abc import Container
from random import Random

# No 0 or 1 and no O or I, which are each other's doubles on a small screen. Digits come first,
# so that 5 and S, 2 and Z, 8 and B cannot be mistaken for one another either.
_DIGITS = "23456789"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_TRIES = 40


def new_code(random: Random, taken: Container[str]) -> str:
    """Draw a code that is not in `taken`; it grows by a digit when the short ones run out."""
    digits = 1
    while True:
        for _ in range(_TRIES):
            code = "".join(random.choice(_DIGITS) for _ in range(digits)) + random.choice(_LETTERS)
            if code not in taken:
                return code
        digits += 1


def read_code(words: str) -> str:
    """Give the code somebody typed (`4 f.` is `4F`), or an empty string when it is none."""
    code = "".join(letter for letter in words.upper() if letter.isalnum())
    digits, letter = code[:-1], code[-1:]
    good = bool(digits) and letter in _LETTERS and all(digit in _DIGITS for digit in digits)
    return code if good else ""
