"""The GSM 7-bit default alphabet (3GPP TS 23.038), apart from libgammu: tests have two opinions."""

from __future__ import annotations

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_ESCAPE = 0x1B
_SEPTETS: dict[str, tuple[int, ...]] = {character: (code,) for code, character in enumerate(_BASIC)}
del _SEPTETS["\x1b"]
_SEPTETS |= {character: (_ESCAPE, code) for code, character in _EXTENSION.items()}


def fits(text: str) -> bool:
    """Whether every character of `text` is in the default alphabet or its extension table."""
    return all(character in _SEPTETS for character in text)


def septets_of(character: str) -> tuple[int, ...]:
    """The one or two septets of `character`; KeyError when the alphabet does not have it."""
    return _SEPTETS[character]


def encode(text: str) -> list[int]:
    """`text` as septets; KeyError when a character does not fit."""
    return [septet for character in text for septet in _SEPTETS[character]]


def decode(septets: list[int]) -> str:
    """Septets as text; an unknown extension code reads as its basic character, as TS 23.038 asks."""
    out: list[str] = []
    escaped = False
    for septet in septets:
        if escaped:
            out.append(_EXTENSION.get(septet, _BASIC[septet]))
            escaped = False
        elif septet == _ESCAPE:
            escaped = True
        else:
            out.append(_BASIC[septet])
    return "".join(out)


def pack(septets: list[int], fill: int = 0) -> bytes:
    """Septets packed into octets after `fill` zero bits (0 to 6)."""
    bits = 0
    for position, septet in enumerate(septets):
        bits |= septet << (fill + 7 * position)
    return bits.to_bytes((fill + 7 * len(septets) + 7) // 8, "little")


def unpack(octets: bytes, count: int, fill: int = 0) -> list[int]:
    """`count` septets out of packed octets, the first after `fill` bits."""
    bits = int.from_bytes(octets, "little") >> fill
    return [(bits >> (7 * position)) & 0x7F for position in range(count)]
