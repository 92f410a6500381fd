"""A cry for help is heard in every language, also where a hand shook; everyday words are no cry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.danger import _slips
from flows.words import spoken
from tests.village import LIBRARY

VOCABULARY = LIBRARY.vocabulary

SLIPS = {
    "en": [
        "he is having a hart atack",
        "call an ambulence",
        "ambulnce please",
        "chest pian since this morning",
        "she cant breth",
        "my neighbour is unconsious",
        "she has colapsed in the kitchen",
        "he is chocking on something",
        "its an emergnecy",
        "house on fier",
        "someone is breking in",
        "he has a kinfe",
        "i am suicidle",
        "mum has falen over",
    ],
    "es": [
        "mi marido no respria",
        "llamen una ambulansia",
        "me quiero mroir",
        "no puedo respiar",
        "es una emerjencia",
        "creo que es un infrato",
        "mi madre se ha caido",
        "hay un insendio",
    ],
    "ko": [
        "엄마가 쓰러졋어요",
        "의식이업어요",
        "숨을 못쉬어요",
        "불이낫어요 도와주세요",
        "자살하고싶어요",
        "가스냄세가 나요",
    ],
}
EVERYDAY = [
    "my husband is cooking dinner, can somebody bring milk",
    "is anyone fitting me in for a haircut",
    "the house needs painting",
    "can you fix the gate, it fell off",
    "a collapsible chair would be good",
    "the meat is overdone",
    "my hearing aid needs a battery",
    "can somebody take my chest of drawers to the tip",
    "Juan está de buen humor y con mucho humor",
    "hay juego de cartas en la sala",
    "necesito pasar por la farmacia",
    "선물을 주고 싶어요",
    "약국에 내려 주세요",
    "장을 봐 주세요",
]


@pytest.mark.parametrize(
    ("language", "words"), [(tag, slip) for tag, slips in SLIPS.items() for slip in slips]
)
def test_a_cry_is_heard_though_it_is_misspelt(language: str, words: str) -> None:
    assert VOCABULARY.emergency(spoken(words), language) == language


@pytest.mark.parametrize("words", EVERYDAY)
def test_everyday_words_are_no_cry(words: str) -> None:
    assert VOCABULARY.emergency(spoken(words), "en") == ""


def test_every_cry_is_heard_with_one_letter_lost_or_two_swapped() -> None:
    missed = [
        slip
        for cry in VOCABULARY.danger.cries
        if cry.isascii() and len(cry.split()) == 1 and len(cry) >= 6 and cry.isalpha()
        for at in range(1, len(cry) - 2)
        for slip in (cry[:at] + cry[at + 1 :], cry[:at] + cry[at + 1] + cry[at] + cry[at + 2 :])
        if not VOCABULARY.emergency(f"please {slip} now", "en")
    ]
    assert missed == []


def _by_trying_every_cry(folded: str) -> tuple[str, ...]:
    words = folded.split()
    tried = [
        (slips, VOCABULARY.danger.cries[cry])
        for at in range(len(words))
        for cry in sorted(VOCABULARY.danger.cries)
        if cry.isascii() and not cry.replace(" ", "").isdigit()
        if len(written := words[at : at + len(cry.split())]) == len(cry.split())
        if (slips := _slips(tuple(cry.split()), written)) is not None
    ]
    fewest = sorted(tried, key=lambda pair: pair[0])
    return tuple(dict.fromkeys(language for _, languages in fewest for language in languages))


@st.composite
def slips(draw: st.DrawFn) -> str:
    """Cries with up to four letters lost, added or changed, amid other words."""
    cry = draw(st.sampled_from(sorted(VOCABULARY.danger.cries)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(cry)))
        cry = (
            cry[:at]
            + draw(st.sampled_from(["", "", " ", *"aeioscvbnt"]))
            + cry[at + draw(st.integers(0, 1)) :]
        )
    words = st.sampled_from(["", "please", "now", "mi casa", "help", "약국에", "9"])
    return " ".join(f"{draw(words)} {cry} {draw(words)}".split())


@given(slips())
def test_looking_first_at_how_words_begin_misses_no_cry_that_trying_each_of_them_finds(text: str) -> None:
    assert set(VOCABULARY.danger._slipped(text)) == set(_by_trying_every_cry(text))
