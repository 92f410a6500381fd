"""What was not taken is tried again as the specification says, for three days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from gateway.webhooks.schedule import (
    GAPS,
    LONGEST_REST,
    LONGEST_RETRY_AFTER,
    gives_up,
    next_attempt,
    read_retry_after,
    rest,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_the_waits_are_those_of_the_specification_and_a_little_more() -> None:
    random = Random(7)
    waits = [next_attempt(n, NOW, random, None) - NOW for n in range(1, 10)]
    for gap, wait in zip(GAPS, waits, strict=True):
        assert gap <= wait <= gap * 1.2
    assert sum(GAPS, timedelta()) == timedelta(days=3, hours=3, minutes=35, seconds=5)
    assert len({wait / gap for gap, wait in zip(GAPS, waits, strict=True)}) == len(GAPS)


def test_it_is_given_up_after_three_days_and_all_attempts() -> None:
    assert gives_up(10, NOW, NOW + timedelta(days=3))
    assert not gives_up(10, NOW, NOW + timedelta(days=2))
    assert not gives_up(3, NOW, NOW + timedelta(days=4))


def test_the_wish_of_the_receiver_goes_before_the_schedule() -> None:
    assert next_attempt(9, NOW, Random(1), timedelta(seconds=30)) < NOW + timedelta(seconds=37)
    assert next_attempt(1, NOW, Random(1), timedelta(hours=2)) >= NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 5 ", 5),
        ("0", 1),
        ("Mon, 02 Mar 2026 09:31:00 GMT", 60),
        ("Mon, 02 Mar 2026 09:00:00 GMT", 1),
        ("Fri, 02 Mar 2046 09:00:00 GMT", LONGEST_RETRY_AFTER.total_seconds()),
        ("999999999999999999999999", LONGEST_RETRY_AFTER.total_seconds()),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_within_bounds(header: str, seconds: float) -> None:
    assert read_retry_after(header, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "soon",
        "-5",
        "1.5",
        "٣",
        "Mon, 99 Foo",
        "Mon, 02 Mar 2026 09:00:00 +9999999999",
        "Mon, 02 Mar 2026",
    ],
)
def test_a_retry_after_that_says_nothing_is_no_wish(header: str | None) -> None:
    assert read_retry_after(header, NOW) is None


def test_a_receiver_that_fails_on_and_on_is_left_alone_longer_and_longer() -> None:
    rests = [rest(failures, Random(1)) for failures in range(1, 40)]
    assert rests[:2] == [timedelta(), timedelta()]
    assert timedelta(seconds=1) <= rests[2] < rests[3] < rests[6]
    assert all(one <= LONGEST_REST * 1.2 for one in rests)
    assert rest(10_000, Random(1)) >= LONGEST_REST
