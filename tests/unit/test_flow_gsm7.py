"""Counting parts and saving characters: exactly as the library that sends the texts does it."""

from __future__ import annotations

import re
from typing import Any

import gammu
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.gsm7 import cheapen, is_gsm7, parts

UDH = "ConcatenatedMessages"

pieces = st.one_of(
    st.sampled_from(["a", "é", "€", "{", "[", "~", "\\", "^", "|", " ", "ñ", "ü", "\n", "@", "Δ"]),
    st.sampled_from(["한", "ŵ", "“", "😀", "e\u0301", "—"]),
    st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc", "Cn", "Co"]),
)
# gammu counts two tildes in a row as one when it splits UCS-2, and makes parts longer than a part can be.
texts = st.builds(
    lambda chosen, times: re.sub("~+", "~", "".join(chosen) * times),
    st.lists(pieces, min_size=1, max_size=40),
    st.integers(1, 16),
)


def encoded(text: str) -> list[dict[str, Any]]:
    entry = {"ID": "ConcatenatedTextLong", "Buffer": text}
    found: list[dict[str, Any]] = gammu.EncodeSMS(
        {"Class": -1, "Unicode": not is_gsm7(text), "Entries": [entry]}
    )
    return found


@settings(max_examples=300, deadline=None)
@given(texts)
def test_parts_are_counted_as_gammu_splits_them(text: str) -> None:
    assert parts(text) == len(encoded(text))


@settings(max_examples=150, deadline=None)
@given(texts)
def test_long_texts_are_counted_as_gammu_counts_them(text: str) -> None:
    coding = "Default_No_Compression" if is_gsm7(text) else "Unicode_No_Compression"
    if parts(text) > 1:
        assert gammu.SMSCounter(text, UDH, coding)[0] == parts(text)


def test_gammu_carries_exactly_our_alphabet_in_seven_bits() -> None:
    for code in [*range(0x20, 0x7F), *range(0xA0, 0x530), *range(0x2000, 0x2300)]:
        entry = {"ID": "ConcatenatedAutoTextLong", "Buffer": f"x{chr(code)}x"}
        coding = gammu.EncodeSMS({"Class": -1, "Unicode": False, "Entries": [entry]})[0]["Coding"]
        # gammu takes a superscript one for a 1; we would rather send what was written.
        if chr(code) != "¹":
            assert is_gsm7(chr(code)) == coding.startswith("Default"), hex(code)


def test_the_edges_of_a_part() -> None:
    assert [parts("a" * n) for n in (0, 1, 160, 161, 306, 307)] == [0, 1, 1, 2, 2, 3]
    assert [parts("한" * n) for n in (70, 71, 134, 135)] == [1, 2, 2, 3]
    assert [parts("€" * n) for n in (80, 81)] == [1, 2]
    assert parts("a" * 152 + "€" + "a" * 152) == 3
    assert parts("a" * 66 + "😀" + "a" * 66) == 3


def test_what_doubles_the_cost_is_replaced_and_what_does_not_stays() -> None:
    assert cheapen("Gŵyl y café — “Croeso”…\u00a0siŵr") == 'Gwyl y café - "Croeso"... siwr'
    assert cheapen("¿Está aquí?") == "¿Esta aqui?"
    assert cheapen("Ångström ñandú €5") == "Ångström ñandu €5"


def test_nothing_is_replaced_where_that_saves_nothing() -> None:
    assert cheapen("“안녕하세요”") == "“안녕하세요”"
    assert cheapen("“ok” 👍") == "“ok” 👍"


@settings(max_examples=200, deadline=None)
@given(texts)
def test_a_cheaper_text_never_costs_more(text: str) -> None:
    cheaper = cheapen(text)
    assert cheaper == text or (is_gsm7(cheaper) and not is_gsm7(text))
