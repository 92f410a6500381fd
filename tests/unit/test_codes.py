"""Codes can be read aloud, typed on a keypad and mistaken for nothing else."""

from random import Random

import pytest

from gateway.services.codes import new_code, read_code


def test_a_code_has_no_signs_that_look_like_one_another() -> None:
    random = Random(1)
    codes = {new_code(random, ()) for _ in range(2000)}
    assert codes
    for code in codes:
        assert code[0] in "23456789"
        assert code[1] in "ABCDEFGHJKLMNPQRSTUVWXYZ"
        assert len(code) == 2


def test_no_code_is_given_twice_while_it_is_taken() -> None:
    random, taken = Random(2), set[str]()
    for _ in range(400):
        code = new_code(random, taken)
        assert code not in taken
        taken.add(code)


def test_the_same_seed_draws_the_same_code() -> None:
    assert new_code(Random(7), ()) == new_code(Random(7), ())


@pytest.mark.parametrize("typed", ["4F", "4f", " 4 f.", "(4F)", "4-F"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == "4F"


@pytest.mark.parametrize("typed", ["", "F4", "4", "F", "44", "0F", "4O", "4FF", "insulin", "👍"])
def test_what_is_no_code_is_not_taken_for_one(typed: str) -> None:
    assert read_code(typed) == ""


def test_every_drawn_code_can_be_read_back() -> None:
    random, taken = Random(3), set[str]()
    for _ in range(300):
        code = new_code(random, taken)
        taken.add(code)
        assert read_code(code.lower()) == code
