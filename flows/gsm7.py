"""What a text costs: its alphabet and how many parts it takes on a GSM network (3GPP TS 23.038, 23.040)."""

from __future__ import annotations

import unicodedata
from collections.abc import Set

SINGLE_SEPTETS = 160
PART_SEPTETS = 153
SINGLE_UNITS = 70
PART_UNITS = 67

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_ALPHABET = _BASIC | _EXTENDED
_LOOKALIKES = {
    "‘": "'",
    "’": "'",
    "‚": ",",
    "‛": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": "-",
    "―": "-",
    "−": "-",
    "‐": "-",
    "…": "...",
    "•": "-",
    "·": "-",
    "\t": " ",
    "`": "'",
    "´": "'",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
    "œ": "oe",
    "Œ": "OE",
}


def is_gsm7(text: str) -> bool:
    """Tell whether the text needs nothing but the default GSM alphabet and its extension table."""
    return _ALPHABET.issuperset(text)


def parts(text: str) -> int:
    """Count the parts a text is sent in; an escape or surrogate pair is never torn; nothing is no part."""
    if not text:
        return 0
    if is_gsm7(text):
        return _count(text, _EXTENDED.intersection(text), SINGLE_SEPTETS, PART_SEPTETS)
    astral = {character for character in text if character > "\uffff"}
    return _count(text, astral, SINGLE_UNITS, PART_UNITS)


def _count(text: str, double: Set[str], single: int, part: int) -> int:
    """Count parts of so many units, `single` where one is enough; characters in `double` take two units."""
    if not double:
        return 1 if len(text) <= single else -(-len(text) // part)
    widths = [2 if character in double else 1 for character in text]
    if sum(widths) <= single:
        return 1
    count, used = 1, 0
    for width in widths:
        if used + width > part:
            count, used = count + 1, 0
        used += width
    return count


def cheapen(text: str) -> str:
    """Replace characters outside the GSM alphabet by lookalikes, where that makes the whole text fit into it.

    `é` stays, `ŵ` becomes `w`, curly quotes straight; a text that needs UCS-2 anyway stays as it is.
    """
    if is_gsm7(text):
        return text
    cheaper = "".join(character if character in _ALPHABET else _lookalike(character) for character in text)
    return cheaper if is_gsm7(cheaper) else text


def _lookalike(character: str) -> str:
    known = _LOOKALIKES.get(character)
    if known is not None:
        return known
    spread = unicodedata.normalize("NFKD", character)
    plain = "".join(c for c in spread if not unicodedata.combining(c))
    return plain if plain and is_gsm7(plain) else character
