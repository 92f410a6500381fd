"""Travel times come from the table, else from the distance, else from what is usual."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway.public_holidays import is_calendar, is_holiday
from gateway.travel import TravelTimes, straight_km

LONDON, PARIS = (51.5074, -0.1278), (48.8566, 2.3522)


def test_what_is_written_down_counts_and_holds_for_the_way_back() -> None:
    times = TravelTimes({("a", "b"): 7, ("b", "c"): 9, ("c", "b"): 4}, {}, 30, 20)
    assert [minutes(times, *way) for way in ("ab", "ba", "bc", "cb")] == [7, 7, 9, 4]


def test_where_nothing_is_written_down_the_distance_counts() -> None:
    # A degree of latitude is 111 km: 0.1 of one is 11.1 km, 14.5 km by road, 29 minutes at 30 km/h.
    times = TravelTimes({}, {"a": (52.0, -1.0), "b": (52.1, -1.0), "c": (52.0001, -1.0)}, 30, 20)
    assert minutes(times, "a", "b") == 29
    assert minutes(times, "a", "c") == 2
    assert minutes(times, "a", "a") == 0


def test_where_nothing_is_known_the_usual_time_counts() -> None:
    assert minutes(TravelTimes({}, {"a": (52.0, -1.0)}, 30, 20), "a", "b") == 20


def test_the_straight_distance_is_that_of_a_globe() -> None:
    assert straight_km(LONDON, PARIS) == pytest.approx(343.5, abs=1)


@pytest.mark.parametrize(
    ("calendar", "day", "holiday"),
    [
        ("GB-ENG", date(2026, 4, 3), True),  # Good Friday
        ("GB-ENG", date(2026, 4, 6), True),  # Easter Monday, which Scotland does not have
        ("GB-SCT", date(2026, 4, 6), False),
        ("KR", date(2026, 9, 25), True),  # Chuseok
        ("ES", date(2026, 10, 12), True),
        ("GB-ENG", date(2026, 4, 7), False),
        ("", date(2026, 12, 25), False),
    ],
)
def test_public_holidays_are_those_of_the_region(calendar: str, day: date, holiday: bool) -> None:
    assert is_holiday(calendar, day) is holiday


def test_a_calendar_is_a_country_or_a_part_of_it() -> None:
    assert is_calendar("GB")
    assert is_calendar("GB-ENG")
    assert not is_calendar("GB-XYZ")
    assert not is_calendar("Ashby")


def minutes(times: TravelTimes, origin: str, destination: str) -> int:
    return times(origin, destination) // timedelta(minutes=1)
