"""Ballots go out as BLT and come back as they were; a file with a mistake is refused with its line."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.counting.blt import Blt, BltMistake, hash_of, read_blt, write_blt

FOOD = """\
4 2 # options, seats
-4
3 1 3 0
2 2 0   # two of these
1 1=2 3 0
0
"Tea and cake" "Curry"
"Pie"
"Nobody"
"What to eat"
"""


def test_a_file_of_another_program_is_read() -> None:
    found = read_blt(FOOD)
    assert found == Blt(
        ("Tea and cake", "Curry", "Pie", "Nobody"),
        {b"\1\0\2\0": 3, b"\0\1\0\0": 2, b"\1\1\2\0": 1},
        2,
        "What to eat",
        withdrawn=frozenset({3}),
    )


def test_scores_are_written_option_by_option() -> None:
    scored = Blt(("Oak", "Elm"), {bytes((6, 1)): 2}, scored=True)
    assert write_blt(scored).splitlines()[1] == "2 1:5 2:0 0"
    assert read_blt(write_blt(scored)) == scored


NAMES = st.lists(st.text("abc é한", min_size=1, max_size=8), min_size=3, max_size=3)
MARKS = st.permutations((1, 2, 3)).flatmap(
    lambda ranks: st.integers(1, 3).map(lambda most: bytes(rank if rank <= most else 0 for rank in ranks))
)


@given(NAMES, st.lists(MARKS, max_size=20), st.integers(1, 3))
def test_what_is_written_reads_back_and_looks_the_same_in_any_order(
    names: list[str], cast: list[bytes], seats: int
) -> None:
    election = Blt(tuple(names), dict(Counter(cast)), seats, "A title")
    said = write_blt(election)
    assert read_blt(said) == election
    assert write_blt(Blt(tuple(names), dict(Counter(reversed(cast))), seats, "A title")) == said
    assert hash_of(said) == sha256(said.encode()).hexdigest()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "Line 1"),
        ("two 1\n0\n", "Line 1"),
        ("2 3\n0\n", "Line 1"),
        ("2 1\n1 3 0\n0\n", "Line 2: there is no option 3"),
        ("2 1\n1 1 1 0\n0\n", "Line 2: option 1 stands on one ballot twice"),
        ("2 1\n1 1\n0\n", "Line 2: a ballot is"),
        ("2 1\n1 1 0\n", "a line with 0 alone"),
        ('2 1\n1 1 0\n0\n"Oak"\n', "2 names must follow"),
        ("2 1\n1 1:300 0\n0\n", "at most 254"),
    ],
)
def test_a_mistake_is_told_with_its_line(source: str, says: str) -> None:
    with pytest.raises(BltMistake, match=says):
        read_blt(source)


def test_the_command_counts_a_file_round_by_round(tmp_path: Path) -> None:
    file = tmp_path / "food.blt"
    file.write_text('3 1\n4 1 0\n3 2 3 0\n2 3 2 0\n0\n"Oak"\n"Elm"\n"Ash"\n"Trees"\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "count", str(file)], capture_output=True, text=True, check=True
    )
    assert (
        "round 2\n  Elm                                5\n  Oak                                4"
        in done.stdout
    )
    assert "result: Elm" in done.stdout
    assert hash_of(file.read_text(encoding="utf-8")) in done.stdout
