"""Yes or no, one of several, a place, an order: picked by number, name or near miss."""

import pytest

from flows.answers import TYPES
from flows.answers.base import Choice
from flows.value import Value
from tests.unit.asking import CHOICES, Village, question, said, unclear, understood

KOREAN = (Choice("bingo", "빙고"), Choice("chess", "체스"), Choice("tea", "차와 케이크"))

YES = {
    "en": (
        "yes",
        "YES PLEASE",
        "yep",
        "yeah go on then",
        "ok",
        "yesss",
        "y",
        "1",
        "👍",
        "👍🏽",
        "👍👍👍",
        "✅",
        "yes 😀",
        "no problem",
    ),
    "es": (
        "si",
        "sí por favor",
        "Sí, gracias",
        "claro que sí",
        "vale",
        "síííí",
        "👍🏿",
        "uno",
        "no hay problema",
    ),
    "ko": ("네", "네 부탁해요", "네~", "응", "ㅇㅇ", "좋아요", "1번", "네, 좋습니다"),
}
NO = {
    "en": (
        "no",
        "nope",
        "no thanks",
        "NO THANK YOU",
        "nah",
        "n",
        "2",
        "👎",
        "👎🏾",
        "nooo",
        "no sorry I can't make it",
        "no i'm ok thanks",
        "don't",
    ),
    "es": ("no", "no gracias", "para nada", "no, no puedo", "claro que no", "dos"),
    "ko": ("아니요", "아뇨", "안돼요", "ㄴㄴ", "아니요, 괜찮아요", "2번"),
}
NEITHER = {
    "en": (
        "",
        "?",
        "yes no",
        "yes or no",
        "maybe",
        "not sure",
        "yes but not tuesday",
        "👍👎",
        "no 👍",
        "😀",
        "3",
        "I will see",
    ),
    "es": ("no sé", "sí pero no", "depende", "quizás"),
    "ko": ("글쎄요", "모르겠어요", "괜찮아요"),
}


@pytest.mark.parametrize(("language", "typed"), [(lang, text) for lang in YES for text in YES[lang]])
def test_yes(language: str, typed: str) -> None:
    assert understood("yes_no", typed, question(language)) == "yes"


@pytest.mark.parametrize(("language", "typed"), [(lang, text) for lang in NO for text in NO[lang]])
def test_no(language: str, typed: str) -> None:
    assert understood("yes_no", typed, question(language)) == "no"


@pytest.mark.parametrize(("language", "typed"), [(lang, text) for lang in NEITHER for text in NEITHER[lang]])
def test_neither_yes_nor_no(language: str, typed: str) -> None:
    assert unclear("yes_no", typed, question(language)).reason == "unclear.yes_no"


def test_a_yes_in_another_language_is_a_yes() -> None:
    assert understood("yes_no", "네", question("en")) == "yes"
    assert understood("yes_no", "yes", question("ko")) == "yes"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("2", "chess"),
        ("2️⃣", "chess"),
        ("#2", "chess"),
        ("2.", "chess"),
        ("no 2", "chess"),
        ("two please", "chess"),
        ("the second one", "chess"),
        ("option 2", "chess"),
        ("2 chess", "chess"),
        ("the last one", "walk"),
        ("A", "bingo"),
        ("(d)", "walk"),
        ("bingo", "bingo"),
        ("BINGO!!", "bingo"),
        ("game night", "bingo"),
        ("bngo", "bingo"),
        ("chss", "chess"),
        ("cake please", "tea"),
        ("Tea & cake", "tea"),
        ("walk", "walk"),
        ("I'd like bingo please", "bingo"),
        ("I would love to play chess with you", "chess"),
    ],
)
def test_a_choice_by_number_letter_name_or_near_miss(typed: str, key: str) -> None:
    label = next(choice.label for choice in CHOICES if choice.key == key)
    assert understood("choice", typed, question()) == [key, label]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "unclear.choice"),
        ("👍", "unclear.choice"),
        ("dominoes", "unclear.choice"),
        ("not bingo", "unclear.choice"),
        ("0", "unclear.choice.number"),
        ("5", "unclear.choice.number"),
        ("bingo or chess", "unclear.choice.between"),
        ("2 bingo", "unclear.choice.between"),
        ("b", "unclear.choice.between"),  # the second, or Bingo
    ],
)
def test_what_is_no_choice_says_why(typed: str, reason: str) -> None:
    assert unclear("choice", typed, question()).reason == reason


def test_two_choices_too_near_each_other_are_both_named() -> None:
    twins = (Choice("m", "Mornings"), Choice("w", "Warnings"))
    answer = unclear("choice", "mornins or warnins", question(choices=twins))
    assert answer.reason in {"unclear.choice.between", "unclear.choice"}
    answer = unclear("choice", "wornings", question(choices=twins))
    assert answer.reason == "unclear.choice.between"
    assert sorted(str(v) for v in said(answer.values).values()) == ["Mornings", "Warnings"]


@pytest.mark.parametrize(
    ("typed", "key"), [("2.30", "a"), ("3.30 pm", "b"), ("4pm", "c"), ("2", "b"), ("the 4 pm one", "c")]
)
def test_a_time_in_a_label_is_not_a_place_in_the_list(typed: str, key: str) -> None:
    times = ("2.30 pm", "3.30 pm", "4 pm")
    offers = tuple(Choice(k, f"Tuesday 24 November, {at}") for k, at in zip("abc", times, strict=True))
    found = understood("choice", typed, question(choices=offers))
    assert isinstance(found, list)
    assert found[0] == key


def test_a_code_in_a_label_is_one_word() -> None:
    lifts = (Choice("a", "Tuesday 3 March, Ashby (9R)"), Choice("b", "Thursday 5 March, Castle (3R)"))
    assert understood("choice", "3r", question(choices=lifts)) == ["b", "Thursday 5 March, Castle (3R)"]


@pytest.mark.parametrize(
    ("language", "typed", "key"),
    [
        ("es", "la segunda", "chess"),
        ("es", "el dos", "chess"),
        ("es", "quiero bingo", "bingo"),
        ("es", "opción 3", "tea"),
        ("es", "la última", "walk"),
        ("ko", "2번", "chess"),
        ("ko", "이번", "chess"),
        ("ko", "두 번째요", "chess"),
        ("ko", "체스로 할게요", "chess"),
        ("ko", "케이크", "tea"),
        ("ko", "마지막", "tea"),
    ],
)
def test_choices_in_spanish_and_korean(language: str, typed: str, key: str) -> None:
    choices = KOREAN if language == "ko" else CHOICES
    found = understood("choice", typed, question(language, choices=choices))
    assert isinstance(found, list)
    assert found[0] == key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Ashby Surgery", "surgery"),
        ("the docs", "surgery"),
        ("to the docs please", "surgery"),
        ("castle", "castle"),
        ("castle surgry", "castle"),
        ("from town", "market"),
        ("marketplace", "market"),
        ("tesko", "tesco"),
        ("I need to go to Tesco please", "tesco"),
        ("st marys", "church"),
        ("St Mary\u2019s church", "church"),
        ("보건소에 가야 해요", "health"),
        ("centro de dia", "day_centre"),
    ],
)
def test_a_place_by_name_nickname_or_near_miss(typed: str, key: str) -> None:
    assert understood("place", typed, question()) == [key, Village().label(key)]


def test_a_place_that_may_be_several_names_them() -> None:
    answer = unclear("place", "surgery", question())
    assert answer.reason == "unclear.place.between"
    assert said(answer.values) == {"places": "Ashby Surgery, Castle Surgery"}
    assert unclear("place", "tesco or town", question()).reason == "unclear.place.between"


@pytest.mark.parametrize("typed", ["", "👍", "12 high street", "??", "x"])
def test_a_place_nobody_knows_is_unclear(typed: str) -> None:
    assert unclear("place", typed, question()).reason == "unclear.place"


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("2 1 3 4", "chess bingo tea walk"),
        ("2134", "chess bingo tea walk"),
        ("213", "chess bingo tea walk"),  # the one left out is the last
        ("two one three", "chess bingo tea walk"),
        ("B, A, C", "chess bingo tea walk"),
        ("bac", "chess bingo tea walk"),
        ("B>A>C>D", "chess bingo tea walk"),
        ("chess then bingo then cake", "chess bingo tea walk"),
        ("tea and cake and chess and bingo", "tea chess bingo walk"),
        ("chess\nbingo\ncake", "chess bingo tea walk"),
        ("1. chess 2. bingo 3. cake", "chess bingo tea walk"),
        ("1st chess, 2nd bingo, 3rd walk", "chess bingo walk tea"),
        ("chess bingo walk", "chess bingo walk tea"),
        ("the second, then the first, then the third", "chess bingo tea walk"),
    ],
)
def test_choices_ranked(typed: str, order: str) -> None:
    found = understood("ranking", typed, question())
    assert isinstance(found, list)
    assert [pair[0] for pair in found] == order.split()


@pytest.mark.parametrize(
    ("typed", "reason", "values"),
    [
        ("2 1 1 3", "unclear.ranking.twice", {"choice": "Bingo"}),
        ("chess then bingo", "unclear.ranking.missing", {"missing": "Tea and cake, Walking group"}),
        ("9 1 2", "unclear.ranking.number", {"count": 4}),
        ("dunno", "unclear.ranking", {"count": 4}),
        ("", "unclear.ranking", {"count": 4}),
        ("👍", "unclear.ranking", {"count": 4}),
    ],
)
def test_a_ranking_that_cannot_be_counted_says_why(
    typed: str, reason: str, values: dict[str, str | int]
) -> None:
    answer = unclear("ranking", typed, question())
    assert answer.reason == reason
    assert said(answer.values) == values


def test_a_partial_ranking_only_where_the_question_allows_it() -> None:
    assert understood("ranking", "chess", question(partial=True)) == [["chess", "Chess"]]
    assert unclear("ranking", "chess", question()).reason == "unclear.ranking.missing"


def test_labels_with_and_in_them_are_one_choice() -> None:
    value = TYPES["ranking"].words(Value("ranking", [["tea", "Tea and cake"], ["chess", "Chess"]]), "en")
    assert value == "Tea and cake, Chess"
    assert understood("ranking", value, question(partial=True)) == [
        ["tea", "Tea and cake"],
        ["chess", "Chess"],
    ]
