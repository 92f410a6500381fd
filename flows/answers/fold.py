"""Bring what people type to one spelling, so that equal answers compare equal."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

READ_AT_MOST = 1000
"""Characters of a text that are read for a short answer."""

SIGNATURE_LINES = 6
"""Lines at the end of a text in which a signature is looked for."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff]"
)
_SENT_FROM = re.compile(
    r"(sent (from|via|using) |get outlook|enviado (desde|con) |obt[eé]n outlook|.{1,30}에서 보냄)",
    re.IGNORECASE,
)
_SENT_FROM_INLINE = re.compile(
    r"\s(sent from|enviado desde) (my|mi) \S{1,20}( \S{1,20})?[.!]?$", re.IGNORECASE
)
_CLOSING = re.compile(
    r"((many |kind |best |warm )?(regards|wishes|thanks|thank you)|cheers|love|yours( \w{1,12})?"
    r"|(un |muchos )?(saludos?|abrazos?)|atentamente|(muchas )?gracias|감사합니다|고맙습니다|드림)"
    r"( from)?[,.!]{0,3}",
    re.IGNORECASE,
)
_TYPOGRAPHIC = str.maketrans(
    dict.fromkeys("‘’‚‛ʼʹ′´`＇", "'")
    | dict.fromkeys("“”„‟«»″", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("🏻🏼🏽🏾🏿ºª")
    | {"½": " 1/2", "\u20e3": None}
)
_DROPPED = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co"})
_EDGE = " \n\t.,!?;:\"'()[]{}<>*_~…·。、¡¿|\\/="
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d]"
)


def clean(text: str) -> str:
    """Drop what cannot be seen or stored (NULs, controls, lone surrogates, direction overrides)."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))


def without_signature(text: str) -> str:
    """Drop what a phone or a polite person puts under a text; never the whole text."""
    if "\n" not in text:
        return _SENT_FROM_INLINE.sub("", text[-80:]).join((text[:-80], "")) if " " in text else text
    lines = text.strip().split("\n")
    first = max(1, len(lines) - SIGNATURE_LINES)
    for at in range(first, len(lines)):
        line = lines[at].strip()
        if line in {"--", "—", "__"} or _SENT_FROM.match(line) or _is_closing(lines, at):
            return "\n".join(lines[:at]).rstrip()
    return text


def _is_closing(lines: list[str], at: int) -> bool:
    """Tell whether line `at` closes a letter: nothing but names may stand under it."""
    under = [line for line in lines[at + 1 :] if line.strip()]
    return (
        _CLOSING.fullmatch(lines[at].strip()[:40]) is not None
        and len(under) <= 2
        and all(len(line.split()) <= 4 for line in under)
    )


@lru_cache(maxsize=4)  # one turn folds the same text four times; of those before it little stays in memory
def fold(text: str) -> str:
    """Give the text in the one spelling that words are compared in.

    Lower case, no accents, plain quotes, dashes, digits and spaces, no skin tones or variation
    selectors, no punctuation around it, no signature. At most `READ_AT_MOST` characters are read.
    """
    text = without_signature(clean(text[: 2 * READ_AT_MOST]))[:READ_AT_MOST]
    text = text.replace("`", "'").lower() if text.isascii() else _fold_unicode(text)
    return " ".join(text.split()).strip(_EDGE).rstrip(_EDGE + "-")


def _fold_unicode(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.translate(_TYPOGRAPHIC)).casefold()
    kept = (c for c in spread[:READ_AT_MOST] if c.isascii() or unicodedata.category(c) not in _DROPPED)
    plain = "".join(c if c.isascii() or not c.isdecimal() else str(unicodedata.decimal(c)) for c in kept)
    return unicodedata.normalize("NFC", plain.translate(_TYPOGRAPHIC))[:READ_AT_MOST]


def without_emoji(folded: str) -> str:
    """Drop pictures, arrows and dingbats from a folded text."""
    return folded if folded.isascii() else " ".join(_EMOJI.sub(" ", folded).split()).strip(_EDGE)
