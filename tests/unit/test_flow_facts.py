"""Several answers in one text: what is plain is taken, what is not is asked for."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from flows.answers.base import Question
from flows.answers.fold import fold
from flows.facts import Asked, corrections, facts
from flows.library import Library, load_library
from flows.value import Value
from tests.unit.flow_making import LONDON, NOW

PLACES = Path(__file__).parents[2] / "gateway" / "sample" / "ashby" / "places.csv"


class Village:
    """The places of the sample community."""

    def __init__(self) -> None:
        rows = list(csv.DictReader(PLACES.read_text("utf-8").splitlines()))
        self._labels = {row["key"]: row["label"] for row in rows}
        self._names = {
            fold(name): row["key"] for row in rows for name in (row["label"], *row["nicknames"].split("|"))
        }

    def names(self, language: str) -> Mapping[str, str]:
        """Know them by every name."""
        return self._names

    def label(self, key: str) -> str:
        """Name one."""
        return self._labels[key]


VILLAGE = Village()


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def asked(library: Library, language: str) -> Asked:
    flow = library.flow("lift")
    asks = [ask for name in flow.argument if (ask := flow.steps[name].ask)]
    plain = Question(language, NOW.astimezone(LONDON), "GB", VILLAGE)
    return [
        (
            ask,
            replace(
                plain,
                options=ask.options,
                choices=library.choices(flow, ask, language) if ask.type == "choice" else (),
            ),
        )
        for ask in asks
    ]


def keys(found: Mapping[str, Value]) -> dict[str, str]:
    return {name: str(v.data if isinstance(v.data, str) else v.data[0]) for name, v in found.items()}  # type: ignore[index]


def understood(library: Library, body: str, language: str = "en") -> dict[str, str]:
    marks = library.flow("lift").texts[language].marks
    questions = asked(library, language)
    return keys(facts(body, questions, marks, [ask.name for ask, _ in questions]))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("to the hospital tomorrow 2pm", {"dropoff": "hospital", "day": "2026-03-03", "time": "14:00"}),
        ("hospital friday 10.30", {"dropoff": "hospital", "day": "2026-03-06", "time": "10:30"}),
        ("from 10 mill lane to the surgery", {"pickup": "mill_lane", "dropoff": "surgery"}),
        ("hospital from mill lane", {"pickup": "mill_lane", "dropoff": "hospital"}),
        ("mill lane to hospital", {"pickup": "mill_lane", "dropoff": "hospital"}),
        ("to teh hopsital tomorow mornin", {"dropoff": "hospital", "day": "2026-03-03", "time": "09:00"}),
        (
            "2 people to the church at 3 on the 5th",
            {"dropoff": "church", "needs": "companion", "day": "2026-03-05", "time": "15:00"},
        ),
        ("3 o'clock", {"time": "15:00"}),
        ("church tomorrow 11", {"dropoff": "church", "day": "2026-03-03", "time": "11:00"}),
        (
            "church tomorrow at 10 and back at 2",
            {"dropoff": "church", "day": "2026-03-03", "time": "10:00", "back": "14:00"},
        ),
        (
            "church, back at half past two tomorrow",
            {"dropoff": "church", "day": "2026-03-03", "back": "14:30"},
        ),
        (
            "church tomorrow, there by 10.30",
            {"dropoff": "church", "day": "2026-03-03", "time": "10:30", "timing": "arrive"},
        ),
        ("church friday 6", {"dropoff": "church", "day": "2026-03-06"}),
        ("church 6 march", {"dropoff": "church", "day": "2026-03-06"}),
        ("10.30 please", {"time": "10:30"}),
    ],
)
def test_what_is_plain_is_taken(library: Library, body: str, found: dict[str, str]) -> None:
    assert understood(library, body) == found


@pytest.mark.parametrize(
    "body",
    [
        "",
        "1",
        "5/5",
        "please",
        "take me",  # is no answer to who is coming
        "wheelchair with my carer",  # two answers
        "to the hospital or to the surgery",
    ],
)
def test_what_is_not_plain_is_left_to_be_asked(library: Library, body: str) -> None:
    assert understood(library, body) == {}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            "al hospital el viernes a las diez y media de la mañana",
            {"dropoff": "hospital", "day": "2026-03-06", "time": "10:30"},
        ),
        ("7 de la mañana", {"time": "07:00"}),
        ("de la iglesia a la farmacia", {"pickup": "church", "dropoff": "chemist"}),
        ("a la calle del molino", {"dropoff": "mill_lane"}),
        (
            "para ir al médico mañana, somos dos",
            {"dropoff": "surgery", "needs": "companion", "day": "2026-03-03"},
        ),
    ],
)
def test_spanish_says_from_and_to_in_its_own_way(library: Library, body: str, found: dict[str, str]) -> None:
    assert understood(library, body, "es") == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            "밀 레인에서 병원까지 내일 오전 10시",
            {"pickup": "mill_lane", "dropoff": "hospital", "day": "2026-03-03", "time": "10:00"},
        ),
        ("오차드코트에서 약국으로", {"pickup": "orchard_court", "dropoff": "chemist"}),
        ("내일 병원에 가야 해요", {"dropoff": "hospital", "day": "2026-03-03"}),
    ],
)
def test_korean_marks_the_end_of_a_word(library: Library, body: str, found: dict[str, str]) -> None:
    assert understood(library, body, "ko") == found


HELD = {
    "pickup": Value("place", ["mill_lane", "Mill Lane"]),
    "dropoff": Value("place", ["surgery", "Ashby Surgery"]),
    "day": Value("date", "2026-03-03"),
    "time": Value("time", "10:30"),
    "needs": Value("choice", ["alone", "Solo yo"]),
}


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("but make it 3 o'clock", {"time": "15:00"}),
        ("not tuesday wednesday", {"day": "2026-03-04"}),
        ("wednesday not tuesday", {"day": "2026-03-04"}),
        ("not half 10, half past 11", {"time": "11:30"}),
        ("to the hospital", {"dropoff": "hospital"}),
        ("with my carer", {"needs": "companion"}),
        ("on tuesday", {}),
        ("just one person", {}),
        ("", {}),
        ("3", {}),
    ],
)
def test_a_correction_is_what_differs_from_what_is_held(
    library: Library, body: str, changed: dict[str, str]
) -> None:
    marks = library.flow("lift").texts["en"].marks
    assert keys(corrections(body, asked(library, "en"), marks, HELD)) == changed


def test_what_was_never_answered_cannot_be_corrected(library: Library) -> None:
    marks = library.flow("lift").texts["en"].marks
    assert corrections("make it 3 o'clock", asked(library, "en"), marks, {}) == {}
