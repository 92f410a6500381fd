"""What every answer type promises, whatever is typed and in whatever language."""

import time
import tomllib
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flows
from flows.answers import TYPES, lexicon
from flows.answers.base import Understood
from flows.answers.date import TAGS as DATE_TAGS
from flows.answers.lexicon import LANGUAGES, key
from flows.answers.options import OPTIONS, problems
from flows.answers.reasons import REASONS
from flows.answers.time import TAGS as TIME_TAGS
from flows.answers.words import say
from flows.errors import FlowsError
from flows.value import Json, Value
from tests.unit.asking import LONDON, question, understood

ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=40)  # lone surrogates and NULs too
SAMPLE = """
2 two half past quarter to . : / - , 5 may next tuesday week in days the of and b a then 14 30 pm no yes not
mañana que viene 다음 주 화요일 5월 두 시 반 번 일 월 👍 Regards, 07700 900123 + bingo chess tesco 99999 ½ º
29 feb 31 o'clock morning last second first not or a.m. x # 반 지금 후 menos cuarto las
"""
WORDS = st.sampled_from([*SAMPLE.split(), "\n"])
SENTENCES = st.lists(WORDS, max_size=12).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(sorted(TYPES)), st.sampled_from(["en", "es", "ko", "cy", "en-GB"]), ANYTHING | SENTENCES
)
def test_any_text_is_understood_or_unclear_for_a_listed_reason(
    type_name: str, language: str, typed: str
) -> None:
    asked = question(language, within="28d") if type_name == "date" else question(language)
    answer = TYPES[type_name].parse(typed, asked)
    if isinstance(answer, Understood):
        assert answer.value.type == type_name
        say(answer.value, language, LONDON).encode("utf-8")
    else:
        assert answer.reason == f"unclear.{type_name}" or answer.reason.startswith(f"unclear.{type_name}.")
        assert set(answer.values) == set(REASONS[answer.reason])
        for value in answer.values.values():
            say(value, language, LONDON)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(TYPES)), st.sampled_from(LANGUAGES), ANYTHING | SENTENCES)
def test_what_was_understood_and_said_again_means_the_same(type_name: str, language: str, typed: str) -> None:
    asked = question(language, partial=True)
    answer = TYPES[type_name].parse(typed, asked)
    if isinstance(answer, Understood) and type_name not in {"pin", "name", "free_text"}:
        words = TYPES[type_name].words(answer.value, language)
        assert TYPES[type_name].parse(words, asked) == answer


HOSTILE = {
    "long": "a" * 10_000,
    "long words": "tomorrow " * 1_200,
    "digits": "1" * 10_000,
    "numbers": "1 " * 5_000,
    "dots": "1." * 5_000,
    "spaces": " " * 10_000,
    "lines": "\n" * 10_000,
    "closings": "Regards,\n" * 1_100,
    "right to left": "مرحبا " * 1_600,
    "expanding": "ﷺ" * 10_000,
    "emoji": "👍🏽" * 5_000,
    "nulls": "\x00" * 10_000,
    "surrogates": "\ud800" * 10_000,
    "marks": "a" + "\u0301" * 10_000,
    "korean": "다음주" * 3_300,
    "numerals": "one hundred and " * 600,
    "brackets": "(" * 10_000,
    "plus": "+" * 10_000,
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
@pytest.mark.parametrize("type_name", sorted(TYPES))
def test_ten_thousand_characters_cost_little(type_name: str, kind: str) -> None:
    asked = question("ko" if kind == "korean" else "en")
    parse = TYPES[type_name].parse
    parse(HOSTILE[kind], asked)  # loads what is loaded once
    spent = []
    for _ in range(5):
        before = time.process_time()
        parse(HOSTILE[kind], asked)
        spent.append(time.process_time() - before)
    assert min(spent) < 0.005


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("type_name", sorted(TYPES))
def test_what_a_type_offers_it_understands(type_name: str, language: str) -> None:
    asked = question(language)
    answer_type = TYPES[type_name]
    assert all(phrase == phrase.lower() and phrase for phrase in answer_type.grammar(asked))
    for text in answer_type.keys(asked).values():
        understood(type_name, text, asked)
    typical = answer_type.typical(asked)
    assert typical.type == type_name
    if type_name not in {"pin"}:
        assert say(typical, language, LONDON)
        understood(type_name, answer_type.words(typical, language), asked)


def test_keys_are_one_and_two_for_yes_and_no_and_one_to_n_for_choices() -> None:
    asked = question()
    assert dict(TYPES["yes_no"].keys(asked)) == {"1": "yes", "2": "no"}
    assert list(TYPES["choice"].keys(asked)) == ["1", "2", "3", "4"]
    assert {name for name, answer_type in TYPES.items() if answer_type.keys(asked)} == {"yes_no", "choice"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_phrase_with_its_values_and_no_others(language: str) -> None:
    file = f"{flows.__path__[0]}/library/common/unclear/{language}.toml"
    with open(file, "rb") as source:  # noqa: PTH123
        phrases = tomllib.load(source)["phrases"]
    assert set(phrases) == set(REASONS)
    for reason, phrase in phrases.items():
        assert {name for _, name, _, _ in Formatter().parse(phrase) if name} == set(REASONS[reason]), reason


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("table", "tags"), [("date", DATE_TAGS), ("time", TIME_TAGS)])
def test_no_phrase_of_a_lexicon_means_two_things(
    language: str, table: str, tags: tuple[tuple[str, str], ...]
) -> None:
    seen: dict[str, tuple[str, str]] = {}
    names = dict(tags)
    for entry, phrases in lexicon.lexicon(language).tables[table].items():
        if entry not in names:
            assert entry == "rewrite", f"{entry} is read by nobody"
            continue
        for number, said in phrases.items():
            for phrase in said:
                meaning = seen.setdefault(
                    key(phrase).replace(" ", "" if language == "ko" else " "), (entry, number)
                )
                assert meaning == (entry, number), phrase


def test_every_lexicon_has_the_same_tables() -> None:
    tables = {language: lexicon.lexicon(language).tables for language in LANGUAGES}
    assert tables["en"].keys() == tables["es"].keys() == tables["ko"].keys()
    for language in LANGUAGES:
        for table in ("yes_no", "choice", "ranking", "name", "phone", "typical", "grammar"):
            assert tables[language][table].keys() == tables["en"][table].keys(), (language, table)


def test_a_language_without_a_lexicon_is_read_as_english() -> None:
    assert understood("date", "tomorrow", question("cy")) == "2026-03-05"
    assert understood("date", "tomorrow", question("en-GB")) == "2026-03-05"


@pytest.mark.parametrize(
    ("type_name", "options"),
    [
        ("date", {"within": "28d"}),
        ("date", {"within": "4w"}),
        ("time", {"between": ["08:00", 1200]}),
        ("number", {"min": 1, "max": 8, "alone": 1}),
        ("pin", {"digits": 6}),
        ("pin", {"digits": [4, 8]}),
        ("ranking", {"partial": True}),
        ("choice", {"options": ["a", "b"]}),
    ],
)
def test_options_that_mean_something_are_taken(type_name: str, options: dict[str, Json]) -> None:
    assert problems(type_name, options) == []


@pytest.mark.parametrize(
    ("type_name", "options", "says"),
    [
        ("date", {"withn": "28d"}, "no option 'withn'"),
        ("date", {"within": 28}, "such as 28d"),
        ("date", {"within": "a month"}, "such as 28d"),
        ("time", {"between": "08:00"}, "two times"),
        ("time", {"between": ["8am", "20:00"]}, "write times"),
        ("time", {"between": ["20:00", "08:00"]}, "before it begins"),
        ("number", {"min": 3, "max": 2}, "swap them"),
        ("number", {"max": "lots"}, "whole number"),
        ("number", {"max": True}, "whole number"),
        ("pin", {"digits": 3}, "4 to 8"),
        ("pin", {"digits": [6, 4]}, "4 to 8"),
        ("yes_no", {"max": 3}, "no option 'max'"),
    ],
)
def test_options_that_mean_nothing_are_refused_with_a_remedy(
    type_name: str, options: dict[str, Json], says: str
) -> None:
    assert any(says in problem for problem in problems(type_name, options))


def test_every_type_says_which_options_it_takes() -> None:
    assert set(OPTIONS) == set(TYPES)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Value("text", "as it is"), ["as it is"] * 3),
        (Value("list", ["one", "two"]), ["one\ntwo"] * 3),
        (Value("options", [["a", "Bingo"], ["b", "Chess"]]), ["1 Bingo\n2 Chess"] * 3),
        (Value("choice", ["a", "Bingo"]), ["Bingo"] * 3),
        (Value("pin", "1234"), ["****"] * 3),
        (Value("yes_no", "yes"), ["yes", "sí", "네"]),
        (Value("phone", "+447700900123"), ["+44 7700 900123"] * 3),
        (
            Value("datetime", "2026-07-01T13:30:00+00:00"),
            ["Wednesday 1 July, 2.30 pm", "miércoles 1 de julio, 14:30", "7월 1일 수요일 오후 2시 30분"],
        ),
    ],
)
def test_values_are_said_in_each_language(value: Value, words: list[str]) -> None:
    assert [say(value, language, ZoneInfo("Europe/London")) for language in LANGUAGES] == words


def test_a_value_of_no_known_type_is_refused() -> None:
    with pytest.raises(FlowsError, match="no words"):
        say(Value("weather", "rain"), "en", LONDON)
