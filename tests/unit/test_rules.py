"""What `tests/RULES.md` says shows a rule is there, in English and in Spanish."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.library import BUILT_IN

TESTS = Path(__file__).parents[1]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (TESTS / "RULES.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| rule", "| ---"))
]
SPANISH = re.compile(r"[¿¡ñáéíóú]|\b(para|su|mi|lo)\b")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_rule_is_shown(row: list[str]) -> None:
    rule, english, spanish, tests = row
    assert bool(english) == bool(spanish), f"shown in one language alone: {rule}"
    assert english or tests, f"nothing shows: {rule}"
    for name in english.split():
        assert _told(name), f"no transcript {name}"
    for name in spanish.split():
        assert SPANISH.search(_told(name)), f"no transcript in Spanish {name}"
    for test in tests.split():
        file, _, function = test.partition("::")
        assert not function or f"def {function}(" in (TESTS / file).read_text(encoding="utf-8"), test
        assert (TESTS / file).is_file()


def test_no_rule_is_listed_twice() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS) >= 60


def _told(name: str) -> str:
    """Give what is said in a transcript, notes left out (empty: there is none)."""
    flow, _, tale = name.partition("/")
    path = BUILT_IN / flow / "transcripts" / f"{tale}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return "\n".join(line for line in lines if not line.startswith("#"))
