"""The network's time is read as it is meant, and nonsense is no time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from gateway.network_time import network_time


def test_the_zone_is_counted_in_quarters_of_an_hour() -> None:
    assert network_time(['+CCLK: "26/03/02,09:30:00+04"', "OK"]) == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    west = timezone(timedelta(hours=-3, minutes=-30))
    assert network_time(['+CCLK: "26/03/02,09:30:00-14"']) == datetime(2026, 3, 2, 9, 30, tzinfo=west)


def test_a_modem_without_zone_speaks_utc() -> None:
    assert network_time(['+CCLK: "26/03/02,09:30:00"']) == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "line", ["", "OK", '+CCLK: "80/13/41,25:61:00+00"', '+CCLK: ""', '+CCLK: "26/03/02,09:30:00+99"']
)
def test_nonsense_is_no_time(line: str) -> None:
    assert network_time([line]) is None
