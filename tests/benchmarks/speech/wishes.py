"""What an artificial caller wants, step by step: what they say, press, and want to hear read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers at a step of a flow.

    `kind` is the row of the table it counts in; without `words` it is pressed. `said_back` is what a
    read-back of it says, `change` the key that changes it after the last one.
    """

    kind: str
    words: str
    keys: tuple[str, ...]
    said_back: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody rings for: a flow, the answer to each step, the step that binds, and how it is said
    that it is done.
    """

    flow: str
    answers: Mapping[str, Answer]
    binds: str = ""
    done: str = ""


YES, NO = "네", "아니요"

LIFT = Wish(
    "lift",
    {
        "wish": Answer("keyword", "이동", ("2",)),
        "pickup": Answer("place", "약국", ("#", "1"), "Boots Chemist", "1"),
        "dropoff": Answer("place", "병원", ("#", "6"), "Royal Ashby Hospital", "2"),
        "day": Answer("day", "목요일", ("0305",), "삼월 오일 목요일", "3"),
        "time": Answer("time", "정오", ("1200",), "낮 열두 시", "4"),
        "needs": Answer("choice", "혼자", ("1",), "혼자", "5"),
        "confirm": Answer("yes or no", YES, ("1",)),
    },
    binds="confirm",
    done="예약했습니다",
)
VOTE = Wish(
    "vote",
    {
        "wish": Answer("keyword", "투표", ("4",)),
        "poll": Answer("", "", ("1",)),
        "choose": Answer("option", "오리 연못", ("2",), "오리 연못"),
        "confirm": Answer("yes or no", YES, ("1",)),
    },
    binds="confirm",
    done="투표가 기록",
)
HELP = Wish("help", {"wish": Answer("keyword", "도움", ("1",))})

KINDS = ("keyword", "place", "day", "time", "choice", "option", "yes or no")
